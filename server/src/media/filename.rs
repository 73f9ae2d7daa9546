//! Names of files, as others may see and save them.

use crate::limits::FILENAME_BYTES_MAX;

/// What a file is called, without where it lay and without what cannot be seen or misleads. Nothing
/// where nothing is left.
pub(super) fn cleaned(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen: String = last.chars().filter(|character| !is_unseen(*character)).collect();
    let seen = seen.trim().trim_start_matches('.').trim_start();
    let mut end = seen.len().min(FILENAME_BYTES_MAX);
    while !seen.is_char_boundary(end) {
        end -= 1;
    }
    seen[..end].trim_end().to_owned()
}

/// Control characters, and those that turn text around or take no room.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_and_hides_nothing() {
        for (name, expected) in [
            ("山の写真.png", "山の写真.png"),
            (" two words.txt ", "two words.txt"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ada\\cat.gif", "cat.gif"),
            ("..", ""),
            (".htaccess", "htaccess"),
            ("a/", ""),
            ("cat\u{202e}gpj.exe", "catgpj.exe"),
            ("a\r\nSet-Cookie: b", "aSet-Cookie: b"),
            ("\u{feff}a\0b\u{7f}.txt", "ab.txt"),
            ("", ""),
        ] {
            assert_eq!(cleaned(name), expected, "{name:?}");
        }
    }

    #[test]
    fn a_name_is_cut_between_characters() {
        let long = "山".repeat(FILENAME_BYTES_MAX);
        let cut = cleaned(&long);
        assert_eq!(cut, "山".repeat(FILENAME_BYTES_MAX / 3));
        assert_eq!(cleaned(&"a".repeat(300)).len(), FILENAME_BYTES_MAX);
    }
}
