//! The table of routes: each address with what may be done there, for the router and for the page
//! that describes the API alike.

use axum::Json;
use axum::routing::{MethodRouter, delete, get, post};
use http::StatusCode;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::desk::Desk;
use super::form::{Form, Query};
use super::no::{Gone, No};
use super::paging::{Listed, Paging};
use crate::state::AppState;

/// One address.
pub(super) struct Address {
    pub(super) path: &'static str,
    pub(super) methods: MethodRouter<AppState>,
    pub(super) operations: Vec<Operation>,
}

/// What may be done at an address.
pub(super) struct Operation {
    pub(super) method: &'static str,
    /// What may stand behind the question mark, beside the page.
    pub(super) filters: Option<Schema>,
    pub(super) form: Option<Schema>,
    pub(super) answer: Answer,
}

/// What comes back.
pub(super) enum Answer {
    One(StatusCode, Schema),
    Page { key: &'static str, row: Schema },
    Nothing,
    Unbuilt(&'static str),
}

/// An address at which nothing can be done yet.
pub(super) fn at(path: &'static str) -> Address {
    Address { path, methods: MethodRouter::new(), operations: Vec::new() }
}

impl Address {
    /// `GET` gives a page of a list.
    pub(super) fn lists<A, H, R>(self, key: &'static str, handler: H) -> Self
    where
        A: JsonSchema + Send + 'static,
        H: Fn(Desk, Paging) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<Listed<A>, No>> + Send + 'static,
    {
        let answer = Answer::Page { key, row: schema::<A>() };
        self.with("get", get(handler), None, None, answer)
    }

    /// `GET` gives a page of what a filter lets through.
    pub(super) fn lists_some<Q, A, H, R>(self, key: &'static str, handler: H) -> Self
    where
        Q: DeserializeOwned + JsonSchema + Send + 'static,
        A: JsonSchema + Send + 'static,
        H: Fn(Desk, Paging, Query<Q>) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<Listed<A>, No>> + Send + 'static,
    {
        let answer = Answer::Page { key, row: schema::<A>() };
        self.with("get", get(handler), Some(schema::<Q>()), None, answer)
    }

    /// `POST` makes one more.
    pub(super) fn creates<F, A, H, R>(self, handler: H) -> Self
    where
        F: DeserializeOwned + JsonSchema + Send + 'static,
        A: Serialize + JsonSchema + Send + 'static,
        H: Fn(Desk, Form<F>) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<(StatusCode, Json<A>), No>> + Send + 'static,
    {
        let answer = Answer::One(StatusCode::CREATED, schema::<A>());
        self.with("post", post(handler), None, Some(schema::<F>()), answer)
    }

    /// `GET` gives the one that is here.
    pub(super) fn fetches<A, H, R>(self, handler: H) -> Self
    where
        A: Serialize + JsonSchema + Send + 'static,
        H: Fn(Desk) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<Json<A>, No>> + Send + 'static,
    {
        self.with("get", get(handler), None, None, Answer::One(StatusCode::OK, schema::<A>()))
    }

    /// `POST` changes the one that is here.
    pub(super) fn updates<F, A, H, R>(self, handler: H) -> Self
    where
        F: DeserializeOwned + JsonSchema + Send + 'static,
        A: Serialize + JsonSchema + Send + 'static,
        H: Fn(Desk, Form<F>) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<Json<A>, No>> + Send + 'static,
    {
        let answer = Answer::One(StatusCode::OK, schema::<A>());
        self.with("post", post(handler), None, Some(schema::<F>()), answer)
    }

    /// `DELETE` ends the one that is here.
    pub(super) fn deletes<H, R>(self, handler: H) -> Self
    where
        H: Fn(Desk) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Gone> + Send + 'static,
    {
        self.with("delete", delete(handler), None, None, Answer::Nothing)
    }

    /// These would be here, but this server does not do them.
    pub(super) fn lacks(mut self, methods: &[&'static str], reason: &'static str) -> Self {
        for method in methods {
            let handler = move || async move { No::Unbuilt(reason) };
            let route = match *method {
                "get" => get(handler),
                "post" => post(handler),
                _ => delete(handler),
            };
            self = self.with(method, route, None, None, Answer::Unbuilt(reason));
        }
        self
    }

    fn with(
        mut self,
        method: &'static str,
        route: MethodRouter<AppState>,
        filters: Option<Schema>,
        form: Option<Schema>,
        answer: Answer,
    ) -> Self {
        self.methods = self.methods.merge(route);
        self.operations.push(Operation { method, filters, form, answer });
        self
    }
}

/// What a type looks like on the wire, in one piece.
fn schema<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    settings.into_generator().into_root_schema_for::<T>()
}
