//! What a name looks like: names with one skeleton are taken for each other by people.

use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

use crate::store::nouns::ChosenName;

/// Who makes the General Channel; nobody is called so.
pub const SYSTEM: &str = "system";

/// Names that would speak with an authority which no guest has.
const RESERVED: [&str; 9] = [
    SYSTEM,
    "admin",
    "administrator",
    "moderator",
    "support",
    "everyone",
    "here",
    "general",
    "yoriai",
];

/// The skeleton of a name: case and compatibility forms folded, look-alikes made one.
pub fn of(name: &str) -> String {
    let folded = fold(&name.nfkc().collect::<String>());
    let plain = fold(&skeleton(&folded).collect::<String>());
    // A capital I looks like a small l, and folds to a small i: so all three are one.
    skeleton(&plain).map(|character| if character == 'i' { 'l' } else { character }).collect()
}

/// Whether a name looks like one that guests do not get.
pub fn is_reserved(name: &ChosenName) -> bool {
    let skeleton = of(name.identity.as_str());
    RESERVED.iter().any(|reserved| of(reserved) == skeleton)
}

/// Whether a name looks like the system's own.
pub fn is_system(name: &ChosenName) -> bool {
    of(name.identity.as_str()) == of(SYSTEM)
}

/// By way of the capitals, so that ß meets ss.
fn fold(text: &str) -> String {
    text.to_uppercase().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_have_one_skeleton() {
        for (one, other) in [
            ("Ada", "ada"),
            ("Ada", "\u{0410}d\u{0430}"),
            ("Ada", "Ａｄａ"),
            ("Alice", "AIice"),
            ("paul", "pau1"),
            ("Bob", "B0b"),
            ("Straße", "STRASSE"),
            ("山田", "⼭田"),
        ] {
            assert_eq!(of(one), of(other), "{one} {other}");
        }
    }

    #[test]
    fn other_names_have_other_skeletons() {
        for (one, other) in
            [("Ada", "Adam"), ("Grace", "Gracie"), ("山田", "山本"), ("José", "Jose")]
        {
            assert_ne!(of(one), of(other), "{one} {other}");
        }
    }
}
