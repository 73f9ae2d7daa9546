//! Which bytes of a file are asked for.

use std::ops::Range;

/// What a `Range` header says of a file of some size.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    All,
    Part(Range<u64>),
    /// It begins behind the end.
    Beyond,
}

impl Asked {
    /// Several parts, and what is no range of bytes, mean all of it, as HTTP has it.
    pub(super) fn by(header: Option<&str>, size: u64) -> Self {
        let asked = header.and_then(|text| text.trim().strip_prefix("bytes="));
        let Some((first, last)) = asked.and_then(|text| text.trim().split_once('-')) else {
            return Self::All;
        };
        let part = match (number(first), number(last)) {
            (Some(first), None) if last.is_empty() => first..size,
            (Some(first), Some(last)) if first <= last => first..size.min(last.saturating_add(1)),
            (None, Some(last)) if first.is_empty() => size.saturating_sub(last)..size,
            _ => return Self::All,
        };
        if part.is_empty() { Self::Beyond } else { Self::Part(part) }
    }
}

fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_asked_for_by_its_first_byte_its_last_or_how_many() {
        for (header, expected) in [
            ("bytes=0-", Asked::Part(0..10)),
            ("bytes=3-5", Asked::Part(3..6)),
            ("bytes=3-99", Asked::Part(3..10)),
            ("bytes=9-9", Asked::Part(9..10)),
            ("bytes=-4", Asked::Part(6..10)),
            ("bytes=-99", Asked::Part(0..10)),
            ("bytes=0-18446744073709551615", Asked::Part(0..10)),
            ("bytes=10-", Asked::Beyond),
            ("bytes=11-12", Asked::Beyond),
            ("bytes=-0", Asked::Beyond),
            ("bytes=5-3", Asked::All),
            ("bytes=0-1,3-4", Asked::All),
            ("bytes=+1-2", Asked::All),
            ("bytes=-", Asked::All),
            ("bytes=99999999999999999999-", Asked::All),
            ("lines=1-2", Asked::All),
            ("", Asked::All),
        ] {
            assert_eq!(Asked::by(Some(header), 10), expected, "{header}");
        }
        assert_eq!(Asked::by(None, 10), Asked::All);
    }
}
