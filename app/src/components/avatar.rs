//! A face without a picture: initials on one of eight dyes, both from the identity.

use crate::prelude::*;
use chat::Identity;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    Full,
    Medium,
}

#[component]
pub fn Avatar(identity: Identity, size: Size, you: bool) -> impl IntoView {
    let mut class = "avatar".to_owned();
    if size == Size::Medium {
        class.push_str(" avatar--medium");
    }
    if you {
        class.push_str(" avatar--you");
    }
    view! {
        <span class=class data-dye=dye(identity.as_str()).to_string() aria-hidden="true">
            {initials(identity.as_str())}
        </span>
    }
}

/// One of eight, the same on every page and every device (FNV-1a).
fn dye(identity: &str) -> u32 {
    let hash = identity
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash >> 16) % 8 + 1
}

/// The first letters of the first and last word, which the style sheet makes capitals; one
/// character where writing has none.
fn initials(identity: &str) -> String {
    let mut words =
        identity.split(|c: char| c.is_whitespace() || matches!(c, '.' | '_' | '-' | '@'));
    let mut firsts =
        words.by_ref().filter_map(|word| word.chars().next()).filter(|first| first.is_alphabetic());
    let Some(first) = firsts.next() else {
        return identity.chars().take(1).collect();
    };
    let last = firsts.last().filter(|_| has_capitals(first));
    std::iter::once(first).chain(last).collect()
}

fn has_capitals(character: char) -> bool {
    character.is_uppercase() || character.is_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_the_first_and_last_word() {
        assert_eq!(initials("Ada"), "A");
        assert_eq!(initials("grace okafor"), "go");
        assert_eq!(initials("Tomás de la Rivera"), "TR");
        assert_eq!(initials("ada.lovelace"), "al");
        assert_eq!(initials("佐藤 健司"), "佐");
        assert_eq!(initials("Ada 2"), "A");
        assert_eq!(initials("--"), "-");
        assert_eq!(initials("42"), "4");
    }

    #[test]
    fn a_dye_is_one_of_eight_and_stays() {
        for name in ["Ada", "Grace", "佐藤健司", ""] {
            assert!((1..=8).contains(&dye(name)), "{name}");
            assert_eq!(dye(name), dye(name));
        }
    }
}
