//! Refusals as a person reads them: the reason in the page's language, or the code of one that
//! this page does not know yet.

use chat::Refusal;
use chat::refusal::WireRefusal;
use client::Departure;

use crate::account::AccountRefusal;
use crate::store::view::Told;
use crate::wording::Wording;

/// The sentence for a channel that is gone.
pub(crate) fn gone(wording: &Wording, told: &Told) -> String {
    let words = &wording.gone;
    let name = told.name.as_ref().map(|name| name.as_str()).unwrap_or_default();
    match told.departure {
        Departure::Deleted => (words.deleted)(name),
        Departure::Left => (words.removed)(name),
    }
}

/// The sentence for a refusal from the wire.
pub(crate) fn refused(wording: &Wording, refusal: &WireRefusal) -> String {
    match Refusal::from_wire(refusal) {
        Some(refusal) => (wording.refusal)(refusal),
        None => (wording.unknown_refusal)(u64::from(refusal.code)),
    }
}

/// The sentence for a refused sign-in, with the name that was wished for.
pub(crate) fn refused_sign_in(wording: &Wording, refused: &AccountRefusal, name: &str) -> String {
    let words = &wording.sign_in;
    match Refusal::from_wire(&refused.refusal) {
        Some(Refusal::NameTaken) if refused.suggestion.is_some() => (words.taken)(name.trim()),
        Some(Refusal::NameTaken) => (words.taken_without_suggestion)(name.trim()),
        Some(Refusal::TooManyRequests { retry_after_ms }) => {
            (words.too_many_tries)(u64::from(retry_after_ms.div_ceil(1_000).max(1)))
        }
        _ => self::refused(wording, &refused.refusal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::Language;

    fn sentence(refusal: Refusal, suggestion: Option<&str>) -> String {
        let refused = AccountRefusal {
            refusal: refusal.to_wire(),
            suggestion: suggestion.map(str::to_owned),
        };
        refused_sign_in(Language::English.wording(), &refused, " Grace ")
    }

    #[test]
    fn a_taken_name_is_named() {
        assert!(sentence(Refusal::NameTaken, Some("Grace 2")).starts_with("Grace is taken"));
        assert!(sentence(Refusal::NameTaken, None).starts_with("Grace is taken"));
        assert_ne!(sentence(Refusal::NameTaken, Some("G")), sentence(Refusal::NameTaken, None));
    }

    #[test]
    fn a_wait_is_told_in_whole_seconds() {
        let busy = Refusal::TooManyRequests { retry_after_ms: 1_500 };
        assert!(sentence(busy, None).contains("2 seconds"));
    }

    #[test]
    fn a_reason_from_a_newer_server_is_told_by_its_code() {
        let newer = WireRefusal { code: 61_999, ..Refusal::NameTaken.to_wire() };
        assert!(refused(Language::English.wording(), &newer).contains("61999"));
    }
}
