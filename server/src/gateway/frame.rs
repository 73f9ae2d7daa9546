//! What the server says, as text: serialised once, shared by every socket it goes to.

use axum::extract::ws::Utf8Bytes;
use chat::protocol::ServerFrame;

/// A frame's text; a clone shares the bytes.
pub(crate) type Frame = Utf8Bytes;

/// The frame as it travels.
pub(crate) fn encode(frame: &ServerFrame) -> Frame {
    serde_json::to_string(frame).expect("frames are plain data with string keys").into()
}
