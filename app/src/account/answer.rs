//! How the answers of the server functions are written: as JSON, read as lightly as what comes
//! through the socket.

use bytes::Bytes;
use client::json::{self, Unreadable};
use leptos::server_fn::codec::Post;
use leptos::server_fn::{ContentType, Decodes, Encodes, Format, FormatType};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An answer in JSON.
pub type Answer = Post<AnswerEncoding>;

/// JSON, read by [`json::read`].
#[derive(Clone, Copy, Debug)]
pub struct AnswerEncoding;

impl ContentType for AnswerEncoding {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for AnswerEncoding {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for AnswerEncoding {
    type Error = serde_json::Error;

    fn encode(answer: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(answer).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for AnswerEncoding {
    type Error = Unreadable;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        json::read(str::from_utf8(&bytes).map_err(|_| Unreadable)?)
    }
}
