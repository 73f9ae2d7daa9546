//! Moving in and moving out: a folder of files, as the REST API lists what they hold, and the store.
//! Reading it goes through the operator's commands; writing it asks one snapshot. Files lie beside.

mod dates;
mod export;
mod files;
mod import;
mod places;
mod reading;
mod report;
mod rows;

#[cfg(test)]
mod tests;

pub use export::export;
pub use files::{Named, export_files};
pub use import::{Import, Stopped};
pub use report::{Report, Tally};
