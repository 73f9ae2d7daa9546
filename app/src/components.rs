//! The parts of the page, each in a file of its own, its CSS in the file of the same name.

pub mod avatar;
pub mod mark;
