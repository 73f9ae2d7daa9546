//! The page that describes the API to programs, as OpenAPI 3.1; made of the table of routes.

use axum::Json;
use axum::extract::State;
use schemars::Schema;
use serde_json::{Map, Value, json};

use super::ROOT;
use super::table::{Address, Answer, Operation};
use crate::site;
use crate::state::AppState;

/// `GET /v2/openapi.json`
pub(super) async fn page(State(state): State<AppState>) -> Json<Value> {
    let server = format!("{}{ROOT}", state.config.public_url);
    Json(described(&server, &super::addresses()))
}

fn described(server: &str, addresses: &[Address]) -> Value {
    let paths: Map<String, Value> =
        addresses.iter().map(|address| (address.path.to_owned(), path_item(address))).collect();
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Yoriai", "version": site::version() },
        "servers": [{ "url": server }],
        "security": [{ "basic": [] }],
        "components": {
            "securitySchemes": { "basic": { "type": "http", "scheme": "basic" } },
            "schemas": { "Error": error() },
        },
        "paths": paths,
    })
}

fn path_item(address: &Address) -> Value {
    let names = address.path.split(['{', '}']).skip(1).step_by(2);
    let parameters: Vec<Value> = names.map(|name| parameter("path", name, true, text())).collect();
    let mut item = Map::new();
    item.insert("parameters".to_owned(), parameters.into());
    for operation in &address.operations {
        item.insert(operation.method.to_owned(), described_operation(operation));
    }
    item.into()
}

fn described_operation(operation: &Operation) -> Value {
    let mut described = Map::new();
    let mut parameters = filters(operation.filters.as_ref());
    if matches!(operation.answer, Answer::Page { .. }) {
        let whole = || json!({ "type": "integer", "minimum": 0 });
        parameters.push(parameter("query", "PageSize", false, whole()));
        parameters.push(parameter("query", "Page", false, whole()));
        parameters.push(parameter("query", "PageToken", false, text()));
    }
    described.insert("parameters".to_owned(), parameters.into());
    if let Some(form) = &operation.form {
        let content = json!({ "application/x-www-form-urlencoded": { "schema": form } });
        described.insert("requestBody".to_owned(), json!({ "content": content }));
    }
    described.insert("responses".to_owned(), responses(&operation.answer));
    described.into()
}

fn filters(schema: Option<&Schema>) -> Vec<Value> {
    let properties = schema.and_then(|schema| schema.get("properties")?.as_object());
    let named = properties.into_iter().flatten();
    named.map(|(name, schema)| parameter("query", name, false, schema.clone())).collect()
}

fn responses(answer: &Answer) -> Value {
    let no = json!({
        "description": "No, and why.",
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } },
    });
    let yes = |description: &str, schema: Value| {
        json!({
            "description": description,
            "content": { "application/json": { "schema": schema } },
        })
    };
    match answer {
        Answer::One(status, schema) => {
            json!({ status.as_str(): yes("This one.", json!(schema)), "default": no })
        }
        Answer::Page { key, row } => {
            json!({ "200": yes("A page.", page_of(key, row)), "default": no })
        }
        Answer::Nothing => json!({ "204": { "description": "Gone." }, "default": no }),
        Answer::Unbuilt(reason) => {
            json!({ "501": { "description": reason, "content": no["content"] } })
        }
    }
}

fn page_of(key: &str, row: &Schema) -> Value {
    let (whole, link) = (json!({ "type": "integer" }), json!({ "type": ["string", "null"] }));
    json!({
        "type": "object",
        "required": ["meta", key],
        "properties": {
            "meta": {
                "type": "object",
                "properties": {
                    "page": whole,
                    "page_size": whole,
                    "first_page_url": text(),
                    "previous_page_url": link,
                    "url": text(),
                    "next_page_url": link,
                    "key": { "const": key },
                },
            },
            key: { "type": "array", "items": row },
        },
    })
}

fn error() -> Value {
    json!({
        "type": "object",
        "required": ["code", "message", "more_info", "status"],
        "properties": {
            "code": { "type": "integer" },
            "message": text(),
            "more_info": text(),
            "status": { "type": "integer" },
        },
    })
}

fn parameter(place: &str, name: &str, required: bool, schema: Value) -> Value {
    json!({ "in": place, "name": name, "required": required, "schema": schema })
}

fn text() -> Value {
    json!({ "type": "string" })
}
