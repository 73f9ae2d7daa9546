//! What an image tells beside what it shows: where, when and with what it was taken, what it was made
//! from. It is overwritten while the file comes, each byte in its place, so that the size stays as it was
//! announced. Which way up the camera was held is kept where whoever draws the image turns it by that.

use bytes::Bytes;
use crc32fast::Hasher;

/// Goes over a file as it comes.
pub(super) struct Wiper {
    container: Container,
    /// How the camera was held, where that is worth telling: 2 to 8, as EXIF says it.
    turned: Option<u8>,
    state: State,
    /// What is known of the part that begins here.
    head: Vec<u8>,
}

/// How a kind of file is put together: of parts that say what they are, and how long.
#[derive(Clone, Copy)]
enum Container {
    Jpeg,
    Png,
    Webp,
}

enum State {
    /// A part begins, and has not said yet what it is.
    Head,
    /// So many bytes of a part are left.
    Part { left: u64, fate: Fate, then: Then },
    /// What a JPEG draws, up to its next marker; whether that has begun.
    Drawing { marked: bool },
    /// The image is over. Whatever follows is no part of it.
    Over,
    /// It is none of these, or not as it should be: it stays as it is.
    Unknown,
}

enum Fate {
    Keep,
    /// Another text takes its place, then nothing but zeros.
    Overwrite {
        with: Vec<u8>,
        hasher: Hasher,
    },
    /// The first byte loses these bits.
    Clear(u8),
}

enum Then {
    Head,
    Drawing,
    /// The checksum of what was overwritten.
    Checksum,
    Over,
}

impl Wiper {
    /// One for a file of this content type; nothing where it tells nothing, or where nobody knows how.
    pub(super) fn of(content_type: &str, orientation: Option<u8>) -> Option<Self> {
        let container = match content_type {
            "image/jpeg" => Container::Jpeg,
            "image/png" => Container::Png,
            "image/webp" => Container::Webp,
            _ => return None,
        };
        let turned = orientation.filter(|orientation| (2..=8).contains(orientation));
        let state = State::Part { left: container.opening(), fate: Fate::Keep, then: Then::Head };
        Some(Self { container, turned, state, head: Vec::new() })
    }

    /// The next bytes of the file, as they are kept.
    pub(super) fn wipe(&mut self, bytes: Bytes) -> Bytes {
        if matches!(self.state, State::Unknown) {
            return bytes;
        }
        let mut bytes = Vec::from(bytes);
        let mut rest = &mut bytes[..];
        while !rest.is_empty() {
            let done = self.step(rest);
            rest = &mut rest[done..];
        }
        bytes.into()
    }

    /// Goes over some of these bytes, and says over how many.
    fn step(&mut self, bytes: &mut [u8]) -> usize {
        match &mut self.state {
            State::Head => {
                self.head.push(bytes[0]);
                if let Some(state) = self.container.part(&self.head, self.turned) {
                    self.head.clear();
                    self.enter(state);
                }
                1
            }
            State::Part { left, fate, .. } => {
                let count =
                    usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
                fate.befall(&mut bytes[..count]);
                *left -= count as u64;
                self.leave();
                count
            }
            State::Drawing { marked: false } => {
                let place = bytes.iter().position(|byte| *byte == 0xFF);
                self.state = State::Drawing { marked: place.is_some() };
                place.map_or(bytes.len(), |place| place + 1)
            }
            State::Drawing { marked: true } => match bytes[0] {
                // A byte of the drawing itself, or a mark within it.
                0x00 | 0xD0..=0xD7 => {
                    self.state = State::Drawing { marked: false };
                    1
                }
                0xFF => 1,
                _ => {
                    self.head.push(0xFF);
                    self.state = State::Head;
                    0
                }
            },
            State::Over => {
                bytes.fill(0);
                bytes.len()
            }
            State::Unknown => bytes.len(),
        }
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.leave();
    }

    /// Goes on to what follows a part, once nothing of it is left.
    fn leave(&mut self) {
        let State::Part { left: 0, fate, then } = &mut self.state else { return };
        self.state = match then {
            Then::Head => State::Head,
            Then::Drawing => State::Drawing { marked: false },
            Then::Over => State::Over,
            Then::Checksum => {
                let Fate::Overwrite { hasher, .. } = fate else { return };
                let with = hasher.clone().finalize().to_be_bytes().to_vec();
                let fate = Fate::Overwrite { with, hasher: Hasher::new() };
                State::Part { left: 4, fate, then: Then::Head }
            }
        };
    }
}

impl Fate {
    fn befall(&mut self, bytes: &mut [u8]) {
        match self {
            Self::Keep => {}
            Self::Overwrite { with, hasher } => {
                let known = with.len().min(bytes.len());
                bytes[..known].copy_from_slice(&with[..known]);
                bytes[known..].fill(0);
                with.drain(..known);
                hasher.update(bytes);
            }
            Self::Clear(bits) => {
                bytes[0] &= !std::mem::take(bits);
            }
        }
    }
}

impl Container {
    /// How many bytes a file begins with before its first part.
    fn opening(self) -> u64 {
        match self {
            Self::Jpeg => 2,
            Self::Png => 8,
            Self::Webp => 12,
        }
    }

    /// How a part that begins like this goes on; nothing while that is not said.
    fn part(self, head: &[u8], turned: Option<u8>) -> Option<State> {
        match self {
            Self::Jpeg => segment(head, turned),
            Self::Png => (head.len() == 8).then(|| chunk(head, turned)),
            Self::Webp => (head.len() == 8).then(|| riff_chunk(head)),
        }
    }
}

/// A part of a JPEG: one or more bytes 0xFF, its marker, and mostly its length.
fn segment(head: &[u8], turned: Option<u8>) -> Option<State> {
    const HEAD_BYTES_MAX: usize = 16;
    let fill = head.iter().take_while(|byte| **byte == 0xFF).count();
    let (length, begin) = match &head[fill..] {
        _ if fill == 0 || HEAD_BYTES_MAX < head.len() => return Some(State::Unknown),
        [0x01 | 0xD0..=0xD8] => return Some(State::Head),
        [0xD9] => return Some(State::Over),
        [_, high, low, begin @ ..] => (u64::from(u16::from_be_bytes([*high, *low])), begin),
        _ => return None,
    };
    let Some(left) = length.checked_sub(2) else { return Some(State::Unknown) };
    let then = if head[fill] == 0xDA { Then::Drawing } else { Then::Head };
    let fate = match head[fill] {
        0xE1 => overwritten(exif(turned, left), &[]),
        // Profiles of colours are needed; of the others here, the beginning tells nothing.
        0xE2 if begin.len() < 4 && 4 <= left => return None,
        0xE2 if begin != b"ICC_" => overwritten(Vec::new(), &[]),
        0xE3..=0xED | 0xEF | 0xFE => overwritten(Vec::new(), &[]),
        _ => Fate::Keep,
    };
    Some(State::Part { left: left - begin.len() as u64, fate, then })
}

/// A part of a PNG: its length, what it is, and after it a checksum.
fn chunk(head: &[u8], turned: Option<u8>) -> State {
    let (length, kind) = head.split_at(4);
    let length = u64::from(u32::from_be_bytes(length.try_into().unwrap_or_default()));
    let with = match kind {
        b"eXIf" => tiff(turned, length),
        b"tEXt" | b"zTXt" | b"iTXt" => Vec::new(),
        // A date that is one.
        b"tIME" => vec![0x07, 0xB2, 1, 1],
        b"IEND" => return State::Part { left: length + 4, fate: Fate::Keep, then: Then::Over },
        _ => return State::Part { left: length + 4, fate: Fate::Keep, then: Then::Head },
    };
    State::Part { left: length, fate: overwritten(with, kind), then: Then::Checksum }
}

/// A part of a WebP: what it is, and its length, made even.
fn riff_chunk(head: &[u8]) -> State {
    const HAS_EXIF: u8 = 0x08;
    const HAS_XMP: u8 = 0x04;
    let (kind, length) = head.split_at(4);
    let length = u64::from(u32::from_le_bytes(length.try_into().unwrap_or_default()));
    let fate = match kind {
        b"VP8X" => Fate::Clear(HAS_XMP | HAS_EXIF),
        b"EXIF" | b"XMP " => overwritten(Vec::new(), &[]),
        _ => Fate::Keep,
    };
    State::Part { left: length.next_multiple_of(2), fate, then: Then::Head }
}

fn overwritten(with: Vec<u8>, kind: &[u8]) -> Fate {
    let mut hasher = Hasher::new();
    hasher.update(kind);
    Fate::Overwrite { with, hasher }
}

/// EXIF as a JPEG has it, that tells which way up the camera was held and nothing else, if it fits.
fn exif(turned: Option<u8>, room: u64) -> Vec<u8> {
    const BEGIN: &[u8] = b"Exif\0\0";
    let tiff = tiff(turned, room.saturating_sub(BEGIN.len() as u64));
    if tiff.is_empty() { tiff } else { [BEGIN, &tiff].concat() }
}

/// The same as other containers have it.
fn tiff(turned: Option<u8>, room: u64) -> Vec<u8> {
    let Some(turned) = turned else { return Vec::new() };
    let tiff = [
        // Most significant byte first; the only directory begins at byte 8, and has one entry.
        &b"MM\0\x2a\0\0\0\x08\0\x01"[..],
        // The orientation: one short number.
        &[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, turned, 0, 0],
        // No other directory follows.
        &[0; 4],
    ]
    .concat();
    if room < tiff.len() as u64 { Vec::new() } else { tiff }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use exif::{Exif, In, Reader, Tag};

    use super::*;

    const SECRET: &[u8] = b"35.6586 N 139.7454 E";

    /// What a camera writes: how it was held, and where it was.
    fn camera(orientation: u8) -> Vec<u8> {
        let entries = [
            &[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0][..],
            &[0x01, 0x0E, 0, 2, 0, 0, 0, 20, 0, 0, 0, 38],
        ];
        [&b"MM\0\x2a\0\0\0\x08\0\x02"[..], entries[0], entries[1], &[0; 4], SECRET].concat()
    }

    fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len() + 2).expect("a short one").to_be_bytes();
        [&[0xFF, marker], &length[..], content].concat()
    }

    fn jpeg(orientation: u8) -> Vec<u8> {
        let taken = [b"Exif\0\0", &camera(orientation)[..]].concat();
        let drawing = b"\x01\xff\x00\x02\xff\xd0\x03\xff\xff\x00".to_vec();
        [
            b"\xff\xd8".to_vec(),
            segment(0xE0, b"JFIF\0\x01\x01"),
            segment(0xE1, &taken),
            segment(0xE2, b"ICC_PROFILE\0colours"),
            segment(0xE2, &[b"MPF\0", SECRET].concat()),
            segment(0xED, SECRET),
            b"\xff".to_vec(),
            segment(0xFE, SECRET),
            segment(0xDB, b"tables \xff\xd9"),
            segment(0xDA, b"scan"),
            drawing.clone(),
            segment(0xC4, b"more tables \xff\xd9"),
            segment(0xDA, b"scan"),
            drawing,
            b"\xff\xd9".to_vec(),
            SECRET.to_vec(),
        ]
        .concat()
    }

    fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).expect("a short one").to_be_bytes();
        let mut hasher = Hasher::new();
        hasher.update(kind);
        hasher.update(content);
        [&length[..], kind, content, &hasher.finalize().to_be_bytes()].concat()
    }

    fn png(orientation: u8) -> Vec<u8> {
        [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            chunk(b"IHDR", b"\0\0\0\x03\0\0\0\x02\x08\x06\0\0\0"),
            chunk(b"eXIf", &camera(orientation)),
            chunk(b"tEXt", &[b"Comment\0", SECRET].concat()),
            chunk(b"tIME", b"\x07\xea\x0b\x1e\x10\x00\x00"),
            chunk(b"IDAT", b"drawing"),
            chunk(b"iTXt", SECRET),
            chunk(b"IEND", b""),
            SECRET.to_vec(),
        ]
        .concat()
    }

    fn webp(orientation: u8) -> Vec<u8> {
        let part = |kind: &[u8; 4], content: &[u8]| {
            let length = u32::try_from(content.len()).expect("a short one").to_le_bytes();
            let even = vec![0; content.len() % 2];
            [kind, &length[..], content, &even].concat()
        };
        let parts = [
            part(b"VP8X", b"\x1c\0\0\0\x02\0\0\x01\0\0"),
            part(b"VP8 ", b"drawing"),
            part(b"EXIF", &camera(orientation)),
            part(b"XMP ", SECRET),
        ]
        .concat();
        let length = u32::try_from(parts.len() + 4).expect("a short one").to_le_bytes();
        [b"RIFF", &length[..], b"WEBP", &parts].concat()
    }

    /// The file as it is kept when it comes in pieces of this size.
    fn kept(content_type: &str, orientation: u8, file: &[u8], piece: usize) -> Vec<u8> {
        let mut wiper = Wiper::of(content_type, Some(orientation)).expect("it is known");
        let pieces = file.chunks(piece).map(|piece| wiper.wipe(Bytes::copy_from_slice(piece)));
        pieces.collect::<Vec<_>>().concat()
    }

    fn read(file: &[u8]) -> Option<Exif> {
        Reader::new().read_from_container(&mut Cursor::new(file)).ok()
    }

    fn orientation(file: &[u8]) -> Option<u32> {
        read(file)?.get_field(Tag::Orientation, In::PRIMARY)?.value.get_uint(0)
    }

    type Made = fn(u8) -> Vec<u8>;
    const ALL: [(&str, Made); 3] = [("image/jpeg", jpeg), ("image/png", png), ("image/webp", webp)];

    fn has(file: &[u8], text: &[u8]) -> bool {
        file.windows(text.len()).any(|window| window == text)
    }

    #[test]
    fn nothing_is_told_but_how_the_camera_was_held() {
        for (content_type, made) in ALL {
            let file = made(6);
            assert!(has(&file, SECRET) && read(&file).is_some(), "{content_type}");
            let whole = kept(content_type, 6, &file, file.len());
            assert_eq!(whole.len(), file.len(), "{content_type}");
            assert!(!has(&whole, b"139"), "{content_type}: {}", whole.escape_ascii());
            let told = if content_type == "image/webp" { None } else { Some(6) };
            assert_eq!(orientation(&whole), told, "{content_type}");
            let fields = read(&whole).map(|exif| exif.fields().count());
            assert_eq!(fields, told.and(Some(1)), "{content_type}");
            for piece in 1..file.len() {
                assert_eq!(kept(content_type, 6, &file, piece), whole, "{content_type} by {piece}");
            }
        }
    }

    #[test]
    fn who_held_it_upright_tells_nothing() {
        for (content_type, made) in ALL {
            let whole = kept(content_type, 1, &made(1), 7);
            assert_eq!((orientation(&whole), has(&whole, b"139")), (None, false), "{content_type}");
        }
    }

    #[test]
    fn what_is_drawn_stays_as_it_was() {
        let whole = kept("image/jpeg", 1, &jpeg(1), 5);
        for part in [&b"ICC_PROFILE\0colours"[..], b"tables \xff\xd9", b"\x03\xff\xff\x00\xff\xd9"]
        {
            assert!(has(&whole, part), "{}", part.escape_ascii());
        }
        let whole = kept("image/png", 1, &png(1), 5);
        assert!(has(&whole, &chunk(b"IDAT", b"drawing")));
        for wiped in [chunk(b"tEXt", &[0; 28]), chunk(b"tIME", b"\x07\xb2\x01\x01\0\0\0")] {
            assert!(has(&whole, &wiped), "with a checksum that is right");
        }
        let whole = kept("image/webp", 1, &webp(1), 5);
        assert!(has(&whole, b"VP8X\x0a\0\0\0\x10\0\0\0") && has(&whole, b"drawing"));
    }

    #[test]
    fn what_is_not_as_it_should_be_stays_as_it_is() {
        for (content_type, begin) in
            [("image/jpeg", &b"\xff\xd8"[..]), ("image/jpeg", b"\xff\xd8\xff\xe1\0\x01")]
        {
            let file = [begin, b"whatever this is", SECRET].concat();
            assert_eq!(kept(content_type, 6, &file, 3), file);
        }
        let endless = [&b"\xff\xd8"[..], &[0xFF; 1_000]].concat();
        assert_eq!(kept("image/jpeg", 6, &endless, 9), endless);
        for (content_type, made) in ALL {
            let file = made(6);
            for end in 0..file.len() {
                assert_eq!(kept(content_type, 6, &file[..end], 64).len(), end, "cut off");
            }
        }
        assert!(Wiper::of("video/mp4", None).is_none());
    }
}
