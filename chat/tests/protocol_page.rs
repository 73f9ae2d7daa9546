//! `docs/protocol.md` is read here as server and client read frames: each example is whole and
//! spelled as we spell it, and nothing of the protocol is missing from the page.

use std::collections::BTreeSet;

use chat::Refusal;
use chat::protocol::{ClientFrame, CloseCode, ServerFrame};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

const PAGE: &str = include_str!("../../docs/protocol.md");
const SOURCE: &str = include_str!("../src/protocol.rs");

/// The page's examples of one side.
fn examples(of: &str) -> Vec<Value> {
    let fence = format!("```json {of}\n");
    let blocks = PAGE.split(fence.as_str()).skip(1);
    let texts = blocks.map(|block| block.split("```").next().expect("a block ends"));
    texts
        .map(|text| serde_json::from_str(text).unwrap_or_else(|no| panic!("{no}: {text}")))
        .collect()
}

fn is_spelled_as_ours<Frame: DeserializeOwned + Serialize>(example: &Value) {
    let frame: Frame = serde_json::from_value(example.clone())
        .unwrap_or_else(|error| panic!("{error}: {example:#}"));
    assert_eq!(serde_json::to_value(frame).expect("plain data"), *example);
}

/// The variants of an enum, as they stand on the wire.
fn variants(of: &str) -> BTreeSet<String> {
    let begin = format!("pub enum {of} {{\n");
    let body = SOURCE.split(begin.as_str()).nth(1).expect("the enum is there");
    let body = body.split("\n}").next().expect("it ends");
    let lines = body.lines().filter_map(|line| line.strip_prefix("    "));
    let names = lines.filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()));
    names
        .map(|line| snake(line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or(line)))
        .collect()
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

/// The names that stand at a path in some examples.
fn named<'a>(examples: impl IntoIterator<Item = &'a Value>, path: &str) -> BTreeSet<String> {
    let found = examples.into_iter().filter_map(|example| example.pointer(path)?.as_object());
    found.flat_map(|object| object.keys().cloned()).collect()
}

#[test]
fn each_example_is_a_frame_as_we_write_it() {
    examples("client").iter().for_each(is_spelled_as_ours::<ClientFrame>);
    examples("server").iter().for_each(is_spelled_as_ours::<ServerFrame>);
}

#[test]
fn no_frame_no_command_and_no_answer_is_missing() {
    let (client, server) = (examples("client"), examples("server"));
    assert_eq!(named(&client, ""), variants("ClientFrame"));
    assert_eq!(named(&client, "/request/command"), variants("Command"));
    assert_eq!(named(&server, ""), variants("ServerFrame"));
    assert_eq!(named(&server, "/reply/ok"), variants("Accepted"));
    let rows =
        server.iter().filter_map(|frame| frame.pointer("/change/rows")?.as_array()).flatten();
    assert_eq!(named(rows, ""), variants("Row"));
}

#[test]
fn no_refusal_and_no_close_is_missing() {
    let refusals = Refusal::ALL.iter().map(|refusal| {
        format!("| {} | {} | {} |", refusal.code(), refusal.status(), refusal.message())
    });
    let closes =
        CloseCode::ALL.iter().map(|code| format!("| {} | {} |", code.number(), code.reason()));
    let missing: Vec<String> = refusals.chain(closes).filter(|row| !PAGE.contains(row)).collect();
    assert!(missing.is_empty(), "missing:\n{}", missing.join("\n"));
}
