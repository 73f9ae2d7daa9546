//! How a file is shown, by what it is.

use chat::media::Dimensions;
use client::Attachment;

/// An image is so high at most where it stands, in pixels.
const HEIGHT_MAX: f64 = 320.0;
/// An image is so wide at most, in pixels; less where its column is narrower.
const WIDTH_MAX: f64 = 480.0;

/// How a file is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Its message is deleted.
    Nothing,
    Picture,
    Sound,
    Film,
    /// By its icon and its name.
    Card(&'static str),
}

impl Kind {
    pub(super) fn of(file: Option<&Attachment>) -> Self {
        let Some(file) = file else { return Self::Nothing };
        if file.dimensions.is_some() {
            return Self::Picture;
        }
        match file.content_type.split_once('/').unwrap_or_default() {
            ("audio", _) => Self::Sound,
            ("video", _) => Self::Film,
            ("image", _) => Self::Card("image"),
            ("text", _) => Self::Card("document"),
            ("application", kind) => Self::Card(icon(kind)),
            _ => Self::Card("file"),
        }
    }

    /// Whether it is fetched to be seen, and not only when somebody saves it.
    pub(super) fn is_fetched(self) -> bool {
        matches!(self, Self::Picture | Self::Sound | Self::Film)
    }
}

fn icon(kind: &str) -> &'static str {
    let has = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    if has(&["pdf", "word", "document", "sheet", "excel", "presentation", "powerpoint", "rtf"]) {
        "document"
    } else if has(&["zip", "tar", "compressed", "rar", "bzip", "xz"]) {
        "archive"
    } else {
        "file"
    }
}

/// How large an image stands in its row: whole, and never larger than it is.
pub(super) fn shown_size(dimensions: Dimensions) -> (u32, u32) {
    let (width, height) = (f64::from(dimensions.width), f64::from(dimensions.height));
    let scale = (WIDTH_MAX / width.max(1.0)).min(HEIGHT_MAX / height.max(1.0)).min(1.0);
    let scaled = |length: f64| ((length * scale).round() as u32).max(1);
    (scaled(width), scaled(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(content_type: &str) -> Kind {
        Kind::of(Some(&Attachment {
            sid: None,
            filename: "a".to_owned(),
            content_type: content_type.to_owned(),
            size: 1,
            dimensions: None,
        }))
    }

    fn size(width: u32, height: u32) -> (u32, u32) {
        shown_size(Dimensions { width, height })
    }

    #[test]
    fn a_file_is_shown_by_what_it_is() {
        assert_eq!(Kind::of(None), Kind::Nothing);
        assert_eq!(kind("audio/mpeg"), Kind::Sound);
        assert_eq!(kind("video/mp4"), Kind::Film);
        assert_eq!(kind("text/plain; charset=utf-8"), Kind::Card("document"));
        assert_eq!(kind("application/pdf"), Kind::Card("document"));
        assert_eq!(kind("application/x-7z-compressed"), Kind::Card("archive"));
        assert_eq!(kind("application/octet-stream"), Kind::Card("file"));
        assert_eq!(kind(""), Kind::Card("file"));
    }

    #[test]
    fn only_an_image_whose_size_is_known_stands_in_its_place() {
        assert_eq!(kind("image/svg+xml"), Kind::Card("image"));
        let dimensions = Some(Dimensions { width: 4, height: 3 });
        let picture = Attachment {
            sid: None,
            filename: String::new(),
            content_type: "image/png".to_owned(),
            size: 1,
            dimensions,
        };
        assert_eq!(Kind::of(Some(&picture)), Kind::Picture);
    }

    #[test]
    fn a_card_is_fetched_only_when_somebody_saves_it() {
        assert!(kind("audio/mpeg").is_fetched() && kind("video/mp4").is_fetched());
        assert!(!kind("application/pdf").is_fetched());
    }

    #[test]
    fn an_image_is_whole_in_its_place_and_never_larger_than_it_is() {
        assert_eq!(size(64, 48), (64, 48));
        assert_eq!(size(640, 480), (427, 320));
        assert_eq!(size(4_000, 1_000), (480, 120));
        assert_eq!(size(1_000, 4_000), (80, 320));
        assert_eq!(size(1, 100_000), (1, 320));
        assert_eq!(size(0, 0), (1, 1));
    }
}
