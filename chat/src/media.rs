//! A file beside a message.

use serde::{Deserialize, Serialize};

use crate::ids::MediaSid;

/// A file as its message tells of it. Its bytes are fetched from an address that ends soon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Media {
    pub sid: MediaSid,
    /// What it was called where it came from; nothing where that is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub filename: String,
    /// Found in the bytes themselves.
    pub content_type: String,
    /// Bytes.
    pub size: u64,
    /// Pixels, of an image that is shown in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<Dimensions>,
}

/// How large an image is, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Dimensions {
    pub width: u32,
    pub height: u32,
}
