//! Moving in and moving out: a folder of files, as the REST API lists what they hold, and the store.
//! Reading it goes through the operator's commands; writing it asks one snapshot.

mod dates;
mod export;
mod import;
mod places;
mod reading;
mod report;
mod rows;

pub use export::export;
pub use import::{Import, Stopped};
pub use report::{Report, Tally};
