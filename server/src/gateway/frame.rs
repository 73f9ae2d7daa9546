//! What the server says: serialised once, shared by every socket it goes to.

use axum::extract::ws::{Message, Utf8Bytes};
use bytes::Bytes;
use chat::protocol::{Change, ServerFrame};
use serde::Serialize;

/// One thing to be sent over a socket; a clone shares the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    Text(Utf8Bytes),
    Bytes(Bytes),
}

impl Frame {
    /// Its bytes.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }
}

impl From<Frame> for Message {
    fn from(frame: Frame) -> Self {
        match frame {
            Frame::Text(text) => Self::Text(text),
            Frame::Bytes(bytes) => Self::Binary(bytes),
        }
    }
}

/// The frame as it travels.
pub(crate) fn encode(frame: &ServerFrame) -> Frame {
    text_of(frame)
}

/// A change's frame, of a change that is still needed.
pub(crate) fn encode_change(change: &Change) -> Frame {
    text_of(&Lent::Change(change))
}

/// Frames around what is only lent; they travel as [`ServerFrame`]s do.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Lent<'a> {
    Change(&'a Change),
}

fn text_of(frame: &impl Serialize) -> Frame {
    let text = serde_json::to_string(frame);
    Frame::Text(text.expect("frames are plain data with string keys").into())
}

#[cfg(test)]
impl Frame {
    /// What a test expects to be text.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Bytes(_) => panic!("text was expected"),
        }
    }
}

#[cfg(test)]
impl From<String> for Frame {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

#[cfg(test)]
impl From<&str> for Frame {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::Sequence;
    use chat::protocol::Scope;

    #[test]
    fn a_lent_change_travels_as_an_owned_one_does() {
        let rows = Vec::new();
        let (scope, after, sequence) = (Scope::Directory, Sequence(1), Sequence(2));
        let change = Change { scope, after, sequence, rows };
        assert_eq!(encode_change(&change), encode(&ServerFrame::Change(change)));
    }
}
