//! JSON Schemas of the frames, made of the types that carry them; with the feature `schema` only.
//! What a type writes by its own hand is described by hand here.

use std::borrow::Cow;

pub use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::protocol::{Accepted, ClientFrame, Reply, Scope, ServerFrame};
use crate::refusal::WireRefusal;
use crate::role::{Permission, Permissions};

/// A UUID as everybody writes it; the server reads it in capitals, too.
pub(crate) const UUID: &str = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";

/// What the server takes: a field is required where the server refuses a frame without it.
pub fn client_frame() -> Schema {
    of::<ClientFrame>(SchemaSettings::draft2020_12().for_deserialize())
}

/// What the server sends: a field is required where it is always there.
pub fn server_frame() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    of::<ServerFrame>(settings.with_transform(RecursiveTransform(left_out_sooner_than_null)))
}

fn of<Frame: JsonSchema>(settings: SchemaSettings) -> Schema {
    let settings = settings
        .with_transform(RecursiveTransform(told_to_strangers))
        .with_transform(RecursiveTransform(bounded));
    settings.into_generator().into_root_schema_for::<Frame>()
}

/// Descriptions are the types' own comments, which are broken into lines and link to each other.
fn told_to_strangers(schema: &mut Schema) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        let plain = text.replace("[`", "`").replace("`]", "`");
        let paragraphs: Vec<_> =
            plain.split("\n\n").map(|lines| lines.replace('\n', " ")).collect();
        *text = paragraphs.join("\n\n");
    }
}

/// A format is only a remark; this number is checked.
fn bounded(schema: &mut Schema) {
    if schema.get("format").and_then(Value::as_str) == Some("uint32") {
        schema.insert("maximum".to_owned(), u32::MAX.into());
    }
}

/// What the server may leave out, it never sends as null.
fn left_out_sooner_than_null(schema: &mut Schema) {
    let required = schema.get("required").cloned().unwrap_or_default();
    let is_required = |name: &str| {
        required.as_array().is_some_and(|names| names.iter().any(|required| required == name))
    };
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    for (name, property) in properties {
        if !is_required(name) {
            without_null(property);
        }
    }
}

/// An option is a choice between something and null, in one of two spellings.
fn without_null(property: &mut Value) {
    if let Some([kind, _]) = property["type"].as_array().map(Vec::as_slice) {
        property["type"] = kind.clone();
    }
    if let Some([Value::Object(some), _]) = property["anyOf"].as_array().map(Vec::as_slice) {
        let (some, property) = (some.clone(), property.as_object_mut().expect("it has fields"));
        property.remove("anyOf");
        property.extend(some);
    }
}

impl JsonSchema for Scope {
    fn schema_name() -> Cow<'static, str> {
        "Scope".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What has a sequence of its own: a channel or a user by its SID, or the directory.",
            "type": "string",
            "pattern": "^((CH|US)[0-9a-f]{32}|directory)$",
        })
    }
}

impl JsonSchema for Permissions {
    fn schema_name() -> Cow<'static, str> {
        "Permissions".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = Permission::ALL.iter().map(|permission| permission.name()).collect();
        json_schema!({
            "description": "A set of permissions, by their names.",
            "type": "array",
            "items": { "enum": names },
            "uniqueItems": true,
        })
    }
}

impl JsonSchema for Reply {
    fn schema_name() -> Cow<'static, str> {
        "Reply".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The answer to a request: `ok` or `refused`.",
            "type": "object",
            "properties": {
                "ref": generator.subschema_for::<u32>(),
                "ok": generator.subschema_for::<Accepted>(),
                "refused": generator.subschema_for::<WireRefusal>(),
            },
            "required": ["ref"],
            "oneOf": [{ "required": ["ok"] }, { "required": ["refused"] }],
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::{env, fs};

    use super::*;

    /// Set to write the files anew.
    const WRITE: &str = "WRITE_SCHEMAS";

    fn is_written(name: &str, schema: &Schema) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schemas").join(name);
        let text = format!("{:#}\n", schema.as_value());
        if env::var_os(WRITE).is_some() {
            fs::write(&path, &text).expect("the folder is there");
        }
        let written = fs::read_to_string(&path).expect("the file is there");
        assert!(written == text, "{name} is not what the types say; {WRITE}=1 writes it anew");
    }

    #[test]
    fn the_files_say_what_the_types_say() {
        is_written("client-frame.json", &client_frame());
        is_written("server-frame.json", &server_frame());
    }

    #[test]
    fn a_field_that_the_server_leaves_out_is_never_null() {
        let schema = server_frame().to_value();
        let [message, unread, refusal] =
            ["Message", "Unread", "WireRefusal"].map(|name| &schema["$defs"][name]);
        let [edited, retry_after] =
            [&message["properties"]["edited"], &refusal["properties"]["retry_after"]];
        assert_eq!((&edited["$ref"], edited.get("anyOf")), (&"#/$defs/Edited".into(), None));
        assert_eq!(retry_after["type"], "integer");
        assert_eq!(unread["properties"]["horizon"]["anyOf"][1]["type"], "null");
    }
}
