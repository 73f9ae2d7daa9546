//! `docs/protocol.md` is read here as server and client read frames: each example is whole and
//! spelled as we spell it, and nothing of the protocol is missing from the page. The schemas are held
//! against them, too.

use std::collections::BTreeSet;

use boon::{Compiler, SchemaIndex, Schemas};
use chat::Refusal;
use chat::protocol::{ClientFrame, CloseCode, ServerFrame};
use chat::schema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

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

/// Says whether a frame fits one side's schema.
struct Fit {
    schemas: Schemas,
    frame: SchemaIndex,
}

impl Fit {
    fn of(schema: chat::schema::Schema) -> Self {
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        compiler.add_resource("frame.json", schema.to_value()).expect("a name of its own");
        let frame = compiler.compile("frame.json", &mut schemas).expect("a schema");
        Self { schemas, frame }
    }

    fn is_good(&self, frame: &Value) -> bool {
        self.schemas.validate(frame, self.frame).is_ok()
    }
}

fn is_read<Frame: DeserializeOwned>(frame: &Value) -> bool {
    serde_json::from_value::<Frame>(frame.clone()).is_ok()
}

/// Where something stands in a frame, the frame itself first.
fn places(frame: &Value) -> Vec<String> {
    let inner: Vec<(String, &Value)> = match frame {
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(at, item)| (at.to_string(), item)).collect()
        }
        _ => Vec::new(),
    };
    let below = inner.into_iter().flat_map(|(key, value)| {
        places(value).into_iter().map(move |place| format!("/{key}{place}"))
    });
    [String::new()].into_iter().chain(below).collect()
}

/// The frame with something else at one place, or nothing there.
fn with(frame: &Value, place: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut frame = frame.clone();
    change(frame.pointer_mut(place).expect("a place in it"));
    frame
}

/// The frame with one more field in each of its objects in turn.
fn with_one_more(frame: &Value) -> Vec<Value> {
    let places = places(frame).into_iter();
    let objects = places.filter(|place| frame.pointer(place).is_some_and(Value::is_object));
    objects.map(|place| with(frame, &place, |object| object["colour"] = json!("red"))).collect()
}

/// The frame without each of its fields in turn.
fn with_one_less(frame: &Value) -> Vec<Value> {
    let places = places(frame).into_iter();
    let fields = places.filter_map(|place| {
        let (object, field) = place.rsplit_once('/')?;
        frame.pointer(object)?.as_object()?;
        Some(with(frame, object, |object| {
            object.as_object_mut().expect("an object").remove(field);
        }))
    });
    fields.collect()
}

/// The frame with something strange at each of its places in turn.
fn with_strange_values(frame: &Value) -> Vec<Value> {
    let strange = [json!(null), json!(true), json!(-1), json!(4_294_967_296_u64), json!(0.5)];
    let strange = strange.into_iter().chain([json!(""), json!("CH"), json!([]), json!({})]);
    let strange: Vec<Value> = strange.collect();
    let put = |place: String| strange.iter().map(move |value| (place.clone(), value));
    let puts = places(frame).into_iter().flat_map(put);
    puts.map(|(place, value)| with(frame, &place, |old| *old = value.clone())).collect()
}

#[test]
fn each_example_fits_its_schema_and_not_the_other() {
    let (client, server) = (Fit::of(schema::client_frame()), Fit::of(schema::server_frame()));
    for example in examples("client") {
        assert!(client.is_good(&example) && !server.is_good(&example), "{example:#}");
    }
    for example in examples("server") {
        assert!(server.is_good(&example) && !client.is_good(&example), "{example:#}");
    }
}

#[test]
fn the_schema_requires_of_a_client_just_what_the_server_does() {
    let fit = Fit::of(schema::client_frame());
    for frame in examples("client").iter().flat_map(with_one_less) {
        assert_eq!(fit.is_good(&frame), is_read::<ClientFrame>(&frame), "{frame:#}");
    }
}

#[test]
fn unknown_fields_are_good_just_where_they_are_ignored() {
    let fit = Fit::of(schema::client_frame());
    for frame in examples("client").iter().flat_map(with_one_more) {
        assert_eq!(fit.is_good(&frame), is_read::<ClientFrame>(&frame), "{frame:#}");
    }
    let fit = Fit::of(schema::server_frame());
    for frame in examples("server").iter().flat_map(with_one_more) {
        assert_eq!(fit.is_good(&frame), is_read::<ServerFrame>(&frame), "{frame:#}");
    }
}

#[test]
fn whatever_fits_a_schema_is_understood() {
    let fit = Fit::of(schema::client_frame());
    for frame in examples("client").iter().flat_map(with_strange_values) {
        assert!(!fit.is_good(&frame) || is_read::<ClientFrame>(&frame), "{frame:#}");
    }
    let fit = Fit::of(schema::server_frame());
    let strange = |example| [with_one_less(example), with_strange_values(example)].concat();
    for frame in examples("server").iter().flat_map(strange) {
        assert!(!fit.is_good(&frame) || is_read::<ServerFrame>(&frame), "{frame:#}");
    }
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
