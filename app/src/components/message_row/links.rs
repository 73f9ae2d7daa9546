//! Finds links in a text: what begins with http:// or https://, up to where the sentence goes on.

/// A piece of a message's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Text(&'a str),
    Link(&'a str),
}

/// Splits a text into links and what stands between them; together they are the text again.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((start, length)) = next_link(rest) {
        let (before, from) = rest.split_at(start);
        let (link, after) = from.split_at(length);
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        parts.push(Part::Link(link));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

fn next_link(text: &str) -> Option<(usize, usize)> {
    let mut searched = 0;
    while let Some(found) = text[searched..].find("http") {
        let start = searched + found;
        let from = &text[start..];
        let scheme = ["https://", "http://"].into_iter().find(|scheme| from.starts_with(scheme));
        let begins_a_word = !text[..start].ends_with(|before: char| before.is_ascii_alphanumeric());
        if let (Some(scheme), true) = (scheme, begins_a_word) {
            let length = link_length(from);
            if scheme.len() < length {
                return Some((start, length));
            }
        }
        searched = start + "http".len();
    }
    None
}

/// How far a link reaches: to white space or a bracket of Japanese writing, without the marks that
/// end the sentence around it.
fn link_length(from: &str) -> usize {
    let end = from.find(|c: char| c.is_whitespace() || c.is_control() || is_outside(c));
    let mut link = &from[..end.unwrap_or(from.len())];
    loop {
        let shorter = link.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '"', '*', '_']);
        let shorter = match shorter.chars().last() {
            Some(close @ (')' | ']' | '}')) if is_unopened(shorter, close) => {
                &shorter[..shorter.len() - close.len_utf8()]
            }
            _ => shorter,
        };
        if shorter.len() == link.len() {
            return link.len();
        }
        link = shorter;
    }
}

/// What never belongs to a link as people write it.
fn is_outside(c: char) -> bool {
    matches!(
        c,
        '<' | '>'
            | '"'
            | '、'
            | '。'
            | '「'
            | '」'
            | '『'
            | '』'
            | '（'
            | '）'
            | '，'
            | '．'
            | '！'
            | '？'
    )
}

fn is_unopened(link: &str, close: char) -> bool {
    let open = match close {
        ')' => '(',
        ']' => '[',
        _ => '{',
    };
    link.matches(open).count() < link.matches(close).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<&str> {
        parts(text)
            .into_iter()
            .filter_map(|part| match part {
                Part::Link(link) => Some(link),
                Part::Text(_) => None,
            })
            .collect()
    }

    #[test]
    fn a_link_ends_where_the_sentence_goes_on() {
        assert_eq!(links("See https://example.org/a?b=c."), ["https://example.org/a?b=c"]);
        assert_eq!(links("(https://example.org)"), ["https://example.org"]);
        assert_eq!(
            links("https://en.example/Rust_(language)!"),
            ["https://en.example/Rust_(language)"]
        );
        assert_eq!(links("見て：https://example.jp/祭り。"), ["https://example.jp/祭り"]);
        assert_eq!(links("「https://example.jp」"), ["https://example.jp"]);
    }

    #[test]
    fn only_http_and_https_are_links() {
        assert!(links("javascript:alert(1) ftp://x http:// xhttp://a.b https://").is_empty());
        assert_eq!(
            links("http://127.0.0.1:3000/ and http://b"),
            ["http://127.0.0.1:3000/", "http://b"]
        );
    }

    #[test]
    fn nothing_of_the_text_is_lost() {
        for text in
            ["", "no link", "https://a.b", "a https://a.b, (http://c)\n\nd http", "httphttp://x"]
        {
            let whole: String = parts(text)
                .iter()
                .map(|part| match part {
                    Part::Text(text) | Part::Link(text) => *text,
                })
                .collect();
            assert_eq!(whole, text);
        }
    }
}
