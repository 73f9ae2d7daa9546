//! The seam under the store: one connection to a database, whatever its kind.

use crate::store::{Broken, Tx};

/// What is done inside one transaction.
pub type Work<'a> = dyn FnMut(&mut dyn Tx) -> Result<(), Broken> + 'a;

/// One connection. A transaction that breaks or panics has written nothing.
pub trait Backend: Send {
    /// Runs the work alone among all writers, and commits: what it wrote is durable on return.
    fn write(&mut self, work: &mut Work<'_>) -> Result<(), Broken>;

    /// Runs the work over one snapshot. It only asks.
    fn read(&mut self, work: &mut Work<'_>) -> Result<(), Broken>;
}
