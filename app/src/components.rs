//! The parts of the page, each in a file of its own, its CSS in the file of the same name.

pub(crate) mod avatar;
pub(crate) mod mark;
