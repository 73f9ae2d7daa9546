//! Pages: their size, the tokens of their neighbours, and the order that is asked for.

use std::fmt;
use std::str::FromStr;

use chat::{MessageIndex, Refusal, limits};
use serde_json::{Value, json};

use crate::tunnel::call::Call;

/// Items in a page, when the asker names no number.
const PAGE: usize = 50;

/// How many items a page is to have.
pub(super) fn size(call: &Call) -> Result<usize, Refusal> {
    Ok(call.parsed("PageSize")?.unwrap_or(PAGE).clamp(1, limits::HISTORY_PAGE_MAX))
}

/// Whether the order is ascending, which it is unless something else is asked for.
pub(super) fn ascending(call: &Call) -> Result<bool, Refusal> {
    match call.param("Order").as_deref() {
        None | Some("asc") => Ok(true),
        Some("desc") => Ok(false),
        Some(_) => Err(Refusal::BadParameter),
    }
}

/// The tokens of the neighbours, where there are any.
pub(super) fn meta<T: fmt::Display>(previous: Option<T>, next: Option<T>) -> Value {
    let text = |token: Option<T>| token.map(|token| token.to_string());
    json!({"previous_token": text(previous), "next_token": text(next)})
}

/// Names a page of messages: where it begins, the order within it, and where it lies of the page that
/// named it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) forward: bool,
    pub(super) ascending: bool,
    pub(super) from: MessageIndex,
    pub(super) size: usize,
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = if self.forward { "next" } else { "previous" };
        let order = if self.ascending { "asc" } else { "desc" };
        write!(f, "{direction}.{order}.{}.{}", self.from.0, self.size)
    }
}

impl FromStr for Token {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let parts: Vec<&str> = text.split('.').collect();
        let [direction, order, from, size] = parts[..] else { return Err(Refusal::BadParameter) };
        let forward = match direction {
            "next" => true,
            "previous" => false,
            _ => return Err(Refusal::BadParameter),
        };
        let ascending = match order {
            "asc" => true,
            "desc" => false,
            _ => return Err(Refusal::BadParameter),
        };
        let from = MessageIndex(from.parse().map_err(|_| Refusal::BadParameter)?);
        let size: usize = size.parse().map_err(|_| Refusal::BadParameter)?;
        Ok(Self { forward, ascending, from, size: size.clamp(1, limits::HISTORY_PAGE_MAX) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_what_it_prints_and_nothing_else() {
        for token in [
            Token { forward: true, ascending: false, from: MessageIndex(7), size: 30 },
            Token { forward: false, ascending: true, from: MessageIndex(0), size: 1 },
        ] {
            assert_eq!(token.to_string().parse(), Ok(token));
        }
        for text in ["", "next.asc.7", "next.up.7.30", "back.asc.7.30", "next.asc.-1.30"] {
            assert_eq!(text.parse::<Token>(), Err(Refusal::BadParameter), "{text}");
        }
        let huge: Token = "next.asc.7.99999".parse().expect("a token");
        assert_eq!(huge.size, limits::HISTORY_PAGE_MAX);
    }
}
