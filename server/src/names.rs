//! Names as people choose them: brought to one form, measured, and another one proposed where one
//! is taken.

use chat::{Identity, Refusal, limits};
use unicode_normalization::UnicodeNormalization;

use crate::commands::CommandError;
use crate::store::{ChosenName, Tx, skeleton};

/// How many numbers are tried before there is no suggestion.
const SUGGESTIONS_MAX: u32 = 50;

impl ChosenName {
    /// Checks a name as a person typed it. Whether they may have it is for the commands to judge.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        // Several spaces look like one on a page.
        let normal: String = text.nfkc().collect();
        let words: Vec<&str> = normal.split_whitespace().collect();
        let identity = Identity::parse_chosen(&words.join(" "))?;
        Ok(Self::of(identity))
    }

    /// A name as it is.
    pub fn of(identity: Identity) -> Self {
        let skeleton = skeleton::of(identity.as_str());
        Self { identity, skeleton }
    }
}

/// A free name like one that is taken: "ada 2".
pub fn free_like(tx: &mut dyn Tx, name: &ChosenName) -> Result<Option<ChosenName>, CommandError> {
    for number in 2..SUGGESTIONS_MAX {
        let Ok(candidate) = ChosenName::parse(&numbered(name.identity.as_str(), number)) else {
            continue;
        };
        if tx.user_like(&candidate.skeleton)?.is_none() {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

/// The name with a number behind it, cut so that both fit.
fn numbered(name: &str, number: u32) -> String {
    let number = format!(" {number}");
    let room = limits::NAME_CHARACTERS_MAX - number.len();
    let start: String = name.chars().take(room).collect();
    start.trim_end().to_owned() + &number
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Result<String, Refusal> {
        ChosenName::parse(text).map(|name| name.identity.as_str().to_owned())
    }

    #[test]
    fn a_name_comes_to_one_form() {
        assert_eq!(name("  Ａｄａ  "), Ok("Ada".to_owned()));
        assert_eq!(name("ada \u{A0}  lovelace"), Ok("ada lovelace".to_owned()));
        assert_eq!(name("ﾊﾅｺ"), Ok("ハナコ".to_owned()));
        assert_eq!(name(""), Err(Refusal::NameBlank));
        assert_eq!(name("\u{3000}"), Err(Refusal::NameBlank));
        assert_eq!(name("x"), Err(Refusal::NameTooShort));
        assert_eq!(name(&"x".repeat(33)), Err(Refusal::NameTooLong));
        // One character that becomes eighteen: twice is too long.
        assert_eq!(name("\u{FDFA}\u{FDFA}"), Err(Refusal::NameTooLong));
        assert_eq!(name("a\u{200B}da"), Err(Refusal::NameInvisible));
    }

    #[test]
    fn a_suggestion_fits() {
        assert_eq!(numbered("ada", 2), "ada 2");
        assert_eq!(numbered(&"山".repeat(32), 12), "山".repeat(29) + " 12");
    }
}
