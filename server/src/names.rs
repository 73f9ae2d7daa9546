//! Names as people choose them: brought to one form, measured, and told apart by their looks.

use chat::{Identity, Refusal, limits};
use unicode_normalization::UnicodeNormalization;

use crate::commands::CommandError;
use crate::store::{ChosenName, Tx};

/// Names that no guest may lease, nor any that looks like one of them.
const RESERVED: [&str; 10] = [
    ACTOR, "admin", "administrator", "channel", "everyone", "general", "here", "moderator",
    "support", "yoriai",
];

/// Who made the General Channel. Nobody bears this name.
const ACTOR: &str = "system";

/// How many numbers are tried before there is no suggestion.
const SUGGESTIONS_MAX: u32 = 50;

impl ChosenName {
    /// A name that a guest wishes to lease.
    pub fn for_guest(text: &str) -> Result<Self, Refusal> {
        let name = Self::parse(text)?;
        if RESERVED.iter().any(|reserved| skeleton(reserved) == name.skeleton) {
            return Err(Refusal::NameReserved);
        }
        Ok(name)
    }

    /// A name that an operator gives to an account.
    pub fn for_account(text: &str) -> Result<Self, Refusal> {
        let name = Self::parse(text)?;
        if skeleton(ACTOR) == name.skeleton {
            return Err(Refusal::NameReserved);
        }
        Ok(name)
    }

    fn parse(text: &str) -> Result<Self, Refusal> {
        // Several spaces look like one on a page.
        let normal: String = text.nfkc().collect();
        let words: Vec<&str> = normal.split_whitespace().collect();
        let identity = Identity::parse_chosen(&words.join(" "))?;
        let skeleton = skeleton(identity.as_str());
        Ok(Self { identity, skeleton })
    }
}

/// What a name looks like: names with the same skeleton are taken for each other by people.
pub fn skeleton(name: &str) -> String {
    let folded = name.nfkc().collect::<String>().to_lowercase();
    let looks = unicode_security::skeleton(&folded).collect::<String>().to_lowercase();
    // Folding has made a small letter of the capital that looks like an `l` in most typefaces.
    looks.replace('i', "l")
}

/// A free name like one that is taken: "ada 2".
pub fn free_like(tx: &mut dyn Tx, name: &ChosenName) -> Result<Option<ChosenName>, CommandError> {
    for number in 2..SUGGESTIONS_MAX {
        let Ok(candidate) = ChosenName::for_guest(&numbered(name.identity.as_str(), number)) else {
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
        ChosenName::for_guest(text).map(|name| name.identity.as_str().to_owned())
    }

    fn alike(one: &str, other: &str) -> bool {
        let skeleton = |text| ChosenName::for_guest(text).expect("a name").skeleton;
        skeleton(one) == skeleton(other)
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
    fn names_that_look_alike_count_as_the_same() {
        assert!(alike("ada", "ADA"));
        assert!(alike("ada", "аdа"));
        assert!(alike("Paul", "PauI"));
        assert!(alike("Paul", "Pau1"));
        assert!(alike("modern", "rnodem"));
        assert!(alike("二郎", "ニ郎"));
        assert!(!alike("ada", "ado"));
        assert!(!alike("ada 2", "ada 3"));
        assert!(!alike("花子", "花代"));
    }

    #[test]
    fn reserved_names_are_refused_in_every_guise() {
        for text in ["system", "System", "ｓｙｓｔｅｍ", "ѕуѕtеm", "Admin", "everyone", "YORIAI"] {
            assert_eq!(name(text), Err(Refusal::NameReserved), "{text}");
        }
        assert!(ChosenName::for_account("admin").is_ok());
        assert_eq!(ChosenName::for_account("SYSTEM"), Err(Refusal::NameReserved));
    }

    #[test]
    fn a_suggestion_fits() {
        assert_eq!(numbered("ada", 2), "ada 2");
        assert_eq!(numbered(&"山".repeat(32), 12), "山".repeat(29) + " 12");
    }
}
