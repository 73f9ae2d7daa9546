//! What a file is, told from its bytes alone: neither its name nor what is said of it counts.

use std::io::Cursor;

use chat::{Dimensions, Refusal};
use exif::{In, Reader, Tag};

use crate::limits::IMAGE_PIXELS_MAX;

/// What is taken, as it is recognised, and what it is called here. Whatever may run in a browser, or
/// elsewhere, is not among them.
const KINDS: [(&str, &str); 18] = [
    ("image/png", "image/png"),
    ("image/jpeg", "image/jpeg"),
    ("image/gif", "image/gif"),
    ("image/webp", "image/webp"),
    ("image/avif", "image/avif"),
    ("video/mp4", "video/mp4"),
    ("video/x-m4v", "video/mp4"),
    ("video/webm", "video/webm"),
    ("audio/mpeg", "audio/mpeg"),
    ("audio/ogg", "audio/ogg"),
    ("audio/opus", "audio/ogg"),
    ("audio/x-wav", "audio/wav"),
    ("audio/x-flac", "audio/flac"),
    ("audio/m4a", "audio/mp4"),
    ("audio/aac", "audio/aac"),
    ("application/pdf", "application/pdf"),
    ("application/zip", "application/zip"),
    ("application/gzip", "application/gzip"),
];

/// Whatever a browser turns as EXIF says; with the others it does not heed that, as tried in Chromium.
const TURNED: [&str; 2] = ["image/jpeg", "image/png"];

/// What is plain text.
const TEXT: &str = "text/plain";

/// What the beginning of a file says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) content_type: &'static str,
    pub(super) dimensions: Option<Dimensions>,
    /// How the camera was held, as EXIF says it: 1 to 8, where whoever draws the image heeds it.
    pub(super) orientation: Option<u8>,
}

impl Found {
    /// Of a file that begins like this.
    pub(super) fn in_head(head: &[u8]) -> Result<Self, Refusal> {
        if head.is_empty() {
            return Err(Refusal::MediaEmpty);
        }
        let Some(kind) = infer::get(head) else { return Self::text(head) };
        let known = KINDS.iter().find(|(found, _)| *found == kind.mime_type());
        let (_, content_type) = known.ok_or(Refusal::MediaRefused)?;
        if !content_type.starts_with("image/") {
            return Ok(Self { content_type, dimensions: None, orientation: None });
        }
        let orientation = TURNED.contains(content_type).then(|| orientation(head)).flatten();
        let is_turned = matches!(orientation, Some(5..=8));
        let dimensions = dimensions(head)?;
        let dimensions = dimensions.map(|it| if is_turned { on_its_side(it) } else { it });
        Ok(Self { content_type, dimensions, orientation })
    }

    fn text(head: &[u8]) -> Result<Self, Refusal> {
        if is_markup(head) || !PlainText::default().goes_on(head) {
            return Err(Refusal::MediaRefused);
        }
        Ok(Self { content_type: TEXT, dimensions: None, orientation: None })
    }

    pub(super) fn is_text(&self) -> bool {
        self.content_type == TEXT
    }
}

/// Whether a browser may show it in its place: the kinds above that it draws or plays.
pub(super) fn is_shown(content_type: &str) -> bool {
    ["image/", "audio/", "video/"].iter().any(|kind| content_type.starts_with(kind))
}

/// Nothing where the size stands too far behind; then nobody draws it in its place.
fn dimensions(head: &[u8]) -> Result<Option<Dimensions>, Refusal> {
    let Ok(size) = imagesize::blob_size(head) else { return Ok(None) };
    let narrowed = (u32::try_from(size.width), u32::try_from(size.height));
    let (Ok(width), Ok(height)) = narrowed else { return Err(Refusal::ImageTooLarge) };
    if IMAGE_PIXELS_MAX < u64::from(width) * u64::from(height) {
        return Err(Refusal::ImageTooLarge);
    }
    Ok(Some(Dimensions { width, height }))
}

fn orientation(head: &[u8]) -> Option<u8> {
    let exif = Reader::new().read_from_container(&mut Cursor::new(head)).ok()?;
    let orientation = exif.get_field(Tag::Orientation, In::PRIMARY)?.value.get_uint(0)?;
    u8::try_from(orientation).ok()
}

/// So whoever draws it lays it, for so the camera was held.
fn on_its_side(Dimensions { width, height }: Dimensions) -> Dimensions {
    Dimensions { width: height, height: width }
}

/// Whether it is HTML, SVG or other XML: it begins with a tag, a declaration or a comment.
fn is_markup(head: &[u8]) -> bool {
    let head = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head).trim_ascii_start();
    match head {
        [b'<', next, ..] => next.is_ascii_alphabetic() || matches!(next, b'!' | b'?' | b'/'),
        _ => false,
    }
}

/// Text that comes in pieces: UTF-8 without control characters.
#[derive(Default)]
pub(super) struct PlainText {
    /// The beginning of a character whose end is in the next piece.
    cut: Vec<u8>,
}

impl PlainText {
    /// Whether the next piece is text, too.
    pub(super) fn goes_on(&mut self, piece: &[u8]) -> bool {
        let mut text = std::mem::take(&mut self.cut);
        text.extend_from_slice(piece);
        let valid = match str::from_utf8(&text) {
            Ok(text) => text.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => return false,
        };
        self.cut = text[valid..].to_vec();
        text[..valid].iter().all(|byte| !byte.is_ascii_control() || b"\t\n\x0c\r".contains(byte))
    }

    /// Whether it may end here.
    pub(super) fn is_whole(&self) -> bool {
        self.cut.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginning of a PNG of this size.
    pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        png.extend(width.to_be_bytes());
        png.extend(height.to_be_bytes());
        png.extend(b"\x08\x06\0\0\0");
        png
    }

    fn kind(head: &[u8]) -> Result<&'static str, Refusal> {
        Found::in_head(head).map(|found| found.content_type)
    }

    #[test]
    fn what_is_taken_is_known_by_its_bytes() {
        let wav = [&b"RIFF\x24\0\0\0WAVEfmt "[..], &[0; 24]].concat();
        let webp = [&b"RIFF\x24\0\0\0WEBPVP8 "[..], &[0; 24]].concat();
        for (head, expected) in [
            (&png(3, 2)[..], "image/png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "image/jpeg"),
            (b"GIF89a\x03\0\x02\0\0\0\0", "image/gif"),
            (&webp, "image/webp"),
            (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", "video/mp4"),
            (b"\0\0\0\x18ftypM4A \0\0\0\0isomM4A ", "audio/mp4"),
            (b"ID3\x04\0\0\0\0\0\0", "audio/mpeg"),
            (b"OggS\0\x02\0\0\0\0\0\0\0\0", "audio/ogg"),
            (&wav, "audio/wav"),
            (b"fLaC\0\0\0\x22", "audio/flac"),
            (b"%PDF-1.7\n", "application/pdf"),
            (b"PK\x03\x04\x14\0\0\0\x08\0", "application/zip"),
            ("お茶をどうぞ\n".as_bytes(), "text/plain"),
            (b"1 < 2, and I <3 you", "text/plain"),
        ] {
            assert_eq!(kind(head), Ok(expected), "{head:?}");
        }
    }

    #[test]
    fn what_could_run_somewhere_is_not_taken_whatever_it_is_called() {
        for head in [
            &b"<!DOCTYPE html><script>alert(1)</script>"[..],
            b" \n\t<html><body onload=alert(1)>",
            b"<x onload=alert(1)>",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            "\u{feff}<svg onload='alert(1)'/>".as_bytes(),
            b"<?xml version='1.0'?><svg/>",
            b"<!-- hidden --><script>",
            b"</title><script>",
            b"MZ\x90\0\x03\0\0\0\x04\0\0\0",
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0",
            b"#!/bin/sh\nrm -rf /\n",
            b"\0asm\x01\0\0\0",
            b"BM\x46\0\0\0\0\0\0\0",
        ] {
            assert_eq!(kind(head), Err(Refusal::MediaRefused), "{}", head.escape_ascii());
        }
        assert_eq!(kind(b""), Err(Refusal::MediaEmpty));
    }

    #[test]
    fn an_image_is_measured_before_anybody_draws_it() {
        let found = Found::in_head(&png(640, 480)).expect("a small one");
        assert_eq!(found.dimensions, Some(Dimensions { width: 640, height: 480 }));
        assert_eq!(Found::in_head(&png(10_000, 10_000)).map(|_| ()), Ok(()));
        assert_eq!(Found::in_head(&png(10_000, 10_001)), Err(Refusal::ImageTooLarge));
        assert_eq!(Found::in_head(&png(u32::MAX, u32::MAX)), Err(Refusal::ImageTooLarge));
        let cut = Found::in_head(b"\xff\xd8\xff\xe0\0\x10JFIF\0").expect("an image");
        assert_eq!(cut.dimensions, None);
    }

    /// The beginning of a photo of 640 by 480 pixels, and how the camera was held.
    fn photo(orientation: u8) -> Vec<u8> {
        let tiff = [
            &b"MM\0\x2a\0\0\0\x08\0\x01"[..],
            b"\x01\x12\0\x03\0\0\0\x01\0",
            &[orientation],
            b"\0\0\0\0\0\0",
        ]
        .concat();
        let length = u16::try_from(tiff.len() + 8).expect("a short one").to_be_bytes();
        let size = b"\xff\xc0\0\x11\x08\x01\xe0\x02\x80\x03\x01\x22\0\x02\x11\x01\x03\x11\x01";
        [b"\xff\xd8\xff\xe1", &length[..], b"Exif\0\0", &tiff, size, b"\xff\xd9"].concat()
    }

    #[test]
    fn a_photo_is_as_wide_as_it_is_drawn() {
        let size = |orientation| {
            let found = Found::in_head(&photo(orientation)).expect("a photo");
            let Dimensions { width, height } = found.dimensions.expect("it says so");
            (width, height)
        };
        assert_eq!([1, 3].map(size), [(640, 480); 2]);
        assert_eq!([5, 6, 7, 8].map(size), [(480, 640); 4]);
    }

    #[test]
    fn text_is_text_to_its_end() {
        let is_text = |pieces: &[&[u8]]| {
            let mut text = PlainText::default();
            pieces.iter().all(|piece| text.goes_on(piece)) && text.is_whole()
        };
        let [mountain, river] = ["山", "川"].map(str::as_bytes);
        assert!(is_text(&[b"a\tb\r\n", mountain]));
        assert!(is_text(&[&mountain[..1], &mountain[1..2], &mountain[2..], river]));
        assert!(!is_text(&[b"ab", &mountain[..2]]));
        assert!(!is_text(&[&mountain[..2], b"a"]));
        assert!(!is_text(&[b"a\0b"]));
        assert!(!is_text(&[b"\x1b[31m"]));
        assert!(!is_text(&[b"\xff\xfea\0"]));
    }
}
