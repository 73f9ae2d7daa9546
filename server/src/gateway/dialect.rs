//! A protocol, as one connection speaks it after its greeting.

use std::pin::Pin;
use std::sync::Arc;

use chat::protocol::CloseCode;

use super::requests::{Desk, Renewed};
use super::socket::Heard;

/// A request that is being served.
pub(crate) type Serving = Pin<Box<dyn Future<Output = Renewed> + Send>>;

/// What a frame meant.
pub(crate) enum Meaning {
    /// Only that something of ours has arrived.
    Acknowledged,
    /// Nothing that is not done already.
    Done,
    Asked(Serving),
}

/// What a connection makes of the frames that it hears.
pub(crate) trait Dialect: Send + Sync + 'static {
    /// How many frames count as one: a protocol may need many for what another one says at once.
    const FRAMES_FOR_ONE: u32 = 1;
    /// Milliseconds a connection outlives its token.
    const TOKEN_GRACE_MS: i64;

    /// Where its requests are done.
    fn desk(&self) -> &Desk;

    /// What a frame means; whoever says what nobody understands is closed.
    fn understand(self: Arc<Self>, heard: Heard) -> Result<Meaning, CloseCode>;
}
