//! A request as the tunnel carries it, in the shape of HTTP, and its answer.

use std::borrow::Cow;

use chat::{Nonce, Refusal};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::codec::Packet;
use crate::clock::{Clock, fresh_id};
use crate::commands::CommandError;
use crate::gateway::refusal_of;

/// The code of an address where there is nothing.
const NOT_FOUND: u32 = 20_404;

/// What a client asks for.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// The path's segments, decoded.
    pub(crate) path: Vec<String>,
    /// As it is written: some clients encode nothing.
    written: String,
    params: Map<String, Value>,
    body: bytes::Bytes,
    /// The client's own mark of a change that it asks for.
    mutation: Option<String>,
}

/// What it gets.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In words; a client shows them where the status is an error.
    pub(crate) reason: String,
    pub(crate) retry_after: Option<u32>,
    pub(crate) body: Value,
}

/// An answer, or why there is none.
pub(crate) type Answered = Result<Answer, CommandError>;

impl Call {
    /// Reads a request; nothing if it is none.
    pub(crate) fn read(packet: &Packet) -> Option<Self> {
        let request = packet.header.get("http_request")?.as_object()?;
        let method = request.get("method")?.as_str()?.to_ascii_uppercase();
        let written = request.get("path")?.as_str()?.to_owned();
        let path = written.split('/').filter(|segment| !segment.is_empty());
        Some(Self {
            method,
            path: path.map(|segment| decoded(segment).into_owned()).collect(),
            written: written.clone(),
            params: request.get("params").and_then(Value::as_object).cloned().unwrap_or_default(),
            body: packet.payload.clone(),
            mutation: mutation_in(request),
        })
    }

    /// What stands behind a segment of the path, as it is written.
    pub(crate) fn behind(&self, segment: &str) -> Option<&str> {
        self.written.rsplit_once(segment).map(|(_, rest)| rest)
    }

    /// A parameter, decoded; the first one, where there are several.
    pub(crate) fn param(&self, name: &str) -> Option<Cow<'_, str>> {
        let value = self.params.get(name)?;
        let text = value.as_str().or_else(|| value.as_array()?.first()?.as_str())?;
        Some(decoded(text)).filter(|text| !text.is_empty())
    }

    /// A parameter that must be right where it is given.
    pub(crate) fn parsed<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Refusal> {
        let parsed = self.param(name).map(|text| text.parse().map_err(|_| Refusal::BadParameter));
        parsed.transpose()
    }

    /// The body, as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_json::from_slice(&self.body).map_err(|_| Refusal::BadParameter)
    }

    /// A field of the body, where that is a form.
    pub(crate) fn form(&self, name: &str) -> Option<String> {
        let text = str::from_utf8(&self.body).ok()?;
        let mut fields = text.split('&').filter_map(|field| field.split_once('='));
        let (_, value) = fields.find(|(field, _)| *field == name)?;
        Some(decoded(value).into_owned())
    }

    /// The nonce of the command that this request becomes: the same for the same mutation.
    pub(crate) fn nonce(&self, clock: &Clock) -> Nonce {
        Nonce(match &self.mutation {
            Some(mutation) => Uuid::try_parse(mutation).unwrap_or_else(|_| digest(mutation)),
            None => fresh_id(clock.now()),
        })
    }
}

fn mutation_in(request: &Map<String, Value>) -> Option<String> {
    let headers = request.get("headers")?.as_object()?;
    let named = |name: &str| name.eq_ignore_ascii_case("x-twilio-mutation-id");
    let (_, value) = headers.iter().find(|(name, _)| named(name))?;
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn digest(text: &str) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(text)[..16]);
    Uuid::from_bytes(bytes)
}

/// Some segments come encoded and others raw. What is no encoding stays as it is.
fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text))
}

impl Answer {
    /// What was asked for.
    pub(crate) fn ok(body: Value) -> Self {
        Self::of(200, "OK", body)
    }

    /// What was made.
    pub(crate) fn created(body: Value) -> Self {
        Self::of(201, "Created", body)
    }

    /// Done, and nothing to say.
    pub(crate) fn done() -> Self {
        Self::of(204, "No Content", Value::Null)
    }

    /// There is nothing at this address.
    pub(crate) fn unknown() -> Self {
        let message = "There is nothing at this address.";
        let body = json!({"code": NOT_FOUND, "message": message, "status": 404});
        Self::of(404, message, body)
    }

    fn of(status: u16, reason: &str, body: Value) -> Self {
        Self { status, reason: reason.to_owned(), retry_after: None, body }
    }

    /// The answer that says no.
    pub(crate) fn refused(refusal: Refusal) -> Self {
        let wire = refusal.to_wire();
        let (status, reason) = (wire.status, wire.message);
        let body = json!({"code": wire.code, "message": reason, "status": status});
        Self { status, reason, retry_after: wire.retry_after, body }
    }
}

impl From<CommandError> for Answer {
    fn from(error: CommandError) -> Self {
        Self::refused(refusal_of(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tunnel::codec::write;
    use chat::Timestamp;

    use crate::clock::ManualClock;

    fn call(request: Value, body: Option<Value>) -> Call {
        let header = json!({"method": "message", "id": "TM1", "http_request": request});
        let packet = Packet::read(&write(&header, body.as_ref())).expect("our own");
        Call::read(&packet).expect("a request")
    }

    #[test]
    fn segments_and_parameters_are_decoded_and_what_is_no_encoding_stays() {
        let call = call(
            json!({
                "method": "get",
                "path": "/Client/v1/Users/%E5%B1%B1%E7%94%B0/50%/a+b",
                "params": {"From": "a%20b+c", "Order": ["asc", "desc"], "PageSize": "x"},
            }),
            None,
        );
        assert_eq!(call.method, "GET");
        assert_eq!(call.path, ["Client", "v1", "Users", "山田", "50%", "a+b"]);
        assert_eq!(call.param("From").as_deref(), Some("a b+c"));
        assert_eq!(call.param("Order").as_deref(), Some("asc"));
        assert_eq!(call.param("PageToken"), None);
        assert_eq!(call.parsed::<usize>("PageSize"), Err(Refusal::BadParameter));
    }

    #[test]
    fn the_same_mutation_has_the_same_nonce() {
        let clock = Clock::Manual(ManualClock::new(Timestamp(0)));
        let nonce = |id: &str| {
            let headers = json!({"X-Twilio-Mutation-Id": id});
            let request = json!({"method": "POST", "path": "/", "headers": headers});
            call(request, None).nonce(&clock)
        };
        let uuid = "f47ac10b-58cc-4372-a567-0e02b2c3d479";
        assert_eq!(nonce(uuid).0.to_string(), uuid);
        assert_eq!(nonce("mine"), nonce("mine"));
        assert_ne!(nonce("mine"), nonce("another"));
        assert_ne!(nonce(""), nonce(""), "a request without one is new every time");
    }

    #[test]
    fn what_is_no_request_is_not_understood() {
        for header in [
            json!({}),
            json!({"http_request": 5}),
            json!({"http_request": {"path": "/"}}),
            json!({"http_request": {"method": "GET", "path": ["/"]}}),
        ] {
            let packet = Packet::read(&write(&header, None)).expect("our own");
            assert!(Call::read(&packet).is_none(), "{header}");
        }
    }

    #[test]
    fn a_no_brings_its_code_and_its_sentence() {
        let answer = Answer::refused(Refusal::AlreadyAMember);
        assert_eq!((answer.status, answer.body["code"].as_u64()), (409, Some(50404)));
        assert_eq!(answer.body["message"], answer.reason);
    }
}
