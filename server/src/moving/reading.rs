//! Files of rows, read one row at a time however long they are: an answer of a list, a bare array,
//! or one object a line.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tokio::sync::mpsc;

use super::rows::Kind;
use crate::limits::{MOVED_HEAD_BYTES, MOVED_ROWS_AHEAD};

/// What some programs write before a text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A row, or why there is none.
pub(super) struct Read<T> {
    /// File and line, or file and number.
    pub(super) place: String,
    pub(super) row: Result<T, String>,
    /// Of its text.
    pub(super) bytes: usize,
}

/// Every row of a kind in a folder, in the order of its files. They are read a little ahead, by a
/// thread of its own, which ends when nobody listens any more.
pub(super) fn rows<T: Kind>(folder: &Path) -> io::Result<mpsc::Receiver<Read<T>>> {
    let files = pages(folder, T::NAME)?;
    let (sender, rows) = mpsc::channel(MOVED_ROWS_AHEAD);
    tokio::task::spawn_blocking(move || {
        for file in files {
            let mut tell = |place: &str, row: Result<&str, String>| {
                let bytes = row.as_ref().map_or(0, |text| text.len());
                let row = row.and_then(|text| {
                    serde_json::from_str(text)
                        .map_err(|error| format!("It cannot be read: {error}."))
                });
                let place = format!("{} {place}", shown(&file));
                sender.blocking_send(Read { place, row, bytes }).is_ok()
            };
            if let Err(error) = read(&file, T::NAME, &mut tell) {
                tell("from here on", Err(format!("It cannot be read: {error}.")));
            }
        }
    });
    Ok(rows)
}

/// `messages.json`, `messages.0.json`, `messages.1.json` …, in this order.
fn pages(folder: &Path, name: &str) -> io::Result<Vec<PathBuf>> {
    let mut pages = Vec::new();
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        let file = path.file_name().and_then(|file| file.to_str()).unwrap_or_default();
        let stem = file.strip_suffix(".json").or_else(|| file.strip_suffix(".jsonl"));
        let Some(rest) = stem.and_then(|stem| stem.strip_prefix(name)) else { continue };
        let number = rest.strip_prefix('.').map(str::parse::<u64>);
        match number {
            None if rest.is_empty() => pages.push((None, path)),
            Some(Ok(number)) => pages.push((Some(number), path)),
            _ => {}
        }
    }
    pages.sort();
    Ok(pages.into_iter().map(|(_, path)| path).collect())
}

/// The folder's name and the file's: enough to find it.
fn shown(file: &Path) -> String {
    let name = |path: Option<&Path>| {
        path.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned())
    };
    let folder = name(file.parent()).unwrap_or_default();
    format!("{folder}/{}", name(Some(file)).unwrap_or_default())
}

/// Takes a row, or what is wrong with it; says whether it wishes for more.
type Tell<'a> = dyn FnMut(&str, Result<&str, String>) -> bool + 'a;

fn read(file: &Path, list: &str, tell: &mut Tell<'_>) -> Result<(), serde_json::Error> {
    let file = File::open(file).map_err(serde_json::Error::io)?;
    let mut reader = BufReader::with_capacity(MOVED_HEAD_BYTES, file);
    let mut head = reader.fill_buf().map_err(serde_json::Error::io)?;
    if head.starts_with(BYTE_ORDER_MARK) {
        reader.consume(BYTE_ORDER_MARK.len());
        head = reader.fill_buf().map_err(serde_json::Error::io)?;
    }
    if is_lines(head, list) {
        return lines(reader, tell).map_err(serde_json::Error::io);
    }
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    Whole { list, tell }.deserialize(&mut deserializer)?;
    deserializer.end()
}

/// Whether a file that begins like this has one object a line, not one that goes over many lines or
/// has the list in it.
fn is_lines(head: &[u8], list: &str) -> bool {
    let lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let mut lines = lines.filter(|line| !line.is_empty());
    let Some(first) = lines.next().filter(|first| first.starts_with(b"{")) else { return false };
    match serde_json::from_slice::<Map<String, Value>>(first) {
        Ok(object) => !object.contains_key(list),
        // A broken line, or the beginning of an answer that goes over several.
        Err(_) => {
            let key = format!("\"{list}\"");
            !first.windows(key.len()).any(|part| part == key.as_bytes())
                && lines.next().is_some_and(|second| second.starts_with(b"{"))
        }
    }
}

fn lines(mut reader: impl BufRead, tell: &mut Tell<'_>) -> io::Result<()> {
    let mut line = String::new();
    for number in 1_u64.. {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            break;
        }
        let text = line.trim();
        if !text.is_empty() && !tell(&format!("line {number}"), Ok(text)) {
            break;
        }
    }
    Ok(())
}

/// A whole file that is one value: the list, an answer that has the list in it, or a single row.
struct Whole<'a, 'b> {
    list: &'a str,
    tell: &'a mut Tell<'b>,
}

impl<'de> DeserializeSeed<'de> for Whole<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Whole<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of {}", self.list)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        let mut number = 0_u64;
        while let Some(row) = rows.next_element::<Box<RawValue>>()? {
            number += 1;
            if !(self.tell)(&format!("row {number}"), Ok(row.get())) {
                return Err(A::Error::custom("nobody listens"));
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let mut others = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            if name == self.list {
                fields.next_value_seed(Whole { list: self.list, tell: &mut *self.tell })?;
                while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                return Ok(());
            }
            others.insert(name, fields.next_value()?);
        }
        (self.tell)("row 1", Ok(&Value::Object(others).to_string()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), text).expect("it is written");
        let mut told = Vec::new();
        let mut tell = |place: &str, row: Result<&str, String>| {
            told.push(format!("{place} {}", row.expect("text")));
            true
        };
        let read = read(file.path(), "users", &mut tell);
        told.extend(read.err().map(|_| "broken".to_owned()));
        told
    }

    #[test]
    fn a_file_is_an_answer_an_array_or_has_one_object_a_line() {
        let rows = ["row 1 {\"a\":1}", "row 2 {\"a\":[2]}"];
        let lines = ["line 1 {\"a\":1}", "line 3 {\"a\":[2]}"];
        for (text, expected) in [
            (r#"{"meta": {"page": 0}, "users": [{"a":1}, {"a":[2]}], "more": 1}"#, &rows[..]),
            ("{\n  \"meta\": {},\n  \"users\": [\n{\"a\":1},\n{\"a\":[2]}]}\n", &rows),
            ("{\"users\": [\n{\"a\":1},\n{\"a\":[2]}\n]}\n", &rows),
            (r#" [{"a":1}, {"a":[2]}]"#, &rows),
            ("{\"a\":1}\n\n{\"a\":[2]}\n", &lines),
            ("{\"a\":1}", &lines[..1]),
            ("{\n\"a\":1\n}", &rows[..1]),
            (r#"{"users": []}"#, &[]),
            ("[]", &[]),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        for text in ["[{\"a\":1}]", "{\"users\": [{\"a\":1}]}", "{\n\"users\": [\n{\"a\":1}]}"] {
            assert_eq!(told(&format!("\u{feff}{text}")), ["row 1 {\"a\":1}"], "{text}");
        }
        assert_eq!(told("\u{feff}{\"a\":1}\n"), ["line 1 {\"a\":1}"]);
        assert_eq!(told("\u{feff}"), ["broken"]);
    }

    #[test]
    fn a_broken_line_costs_itself_and_a_broken_list_what_follows() {
        assert_eq!(told("{\"a\"\n{\"a\":1}\n"), ["line 1 {\"a\"", "line 2 {\"a\":1}"]);
        assert_eq!(told(r#"[{"a":1}, {"a""#), ["row 1 {\"a\":1}", "broken"]);
        assert_eq!(told(""), ["broken"]);
        assert_eq!(told(r#"{"users": 7}"#), ["broken"]);
    }

    #[test]
    fn numbered_pages_come_in_the_order_of_their_numbers() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["users.10.json", "users.2.jsonl", "users.json", "users.txt", "users.x.json"] {
            fs::write(folder.path().join(name), "[]").expect("it is written");
        }
        let pages = pages(folder.path(), "users").expect("it is there");
        let names: Vec<_> = pages.iter().filter_map(|page| page.file_name()?.to_str()).collect();
        assert_eq!(names, ["users.json", "users.2.jsonl", "users.10.json"]);
        assert!(super::pages(&folder.path().join("none"), "users").expect("nothing").is_empty());
    }
}
