//! What a token says, part by part. Nothing here judges it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chat::{Refusal, SessionSid, UserSid};
use serde::{Deserialize, Serialize};

/// The claims that count. Unknown ones are ignored; a claim of the wrong kind spoils the token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Claims {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) jti: Option<String>,
    /// The key's SID.
    pub(super) iss: String,
    /// The account's SID.
    pub(super) sub: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) iat: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) nbf: Option<i64>,
    pub(super) exp: i64,
    pub(super) grants: Grants,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<UserSid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<SessionSid>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Grants {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) identity: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) chat: Option<Chat>,
    /// The grant's name in the API's first years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ip_messaging: Option<Chat>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Chat {
    pub(super) service_sid: String,
}

impl Grants {
    pub(super) fn service_sid(&self) -> Option<&str> {
        let chat = self.chat.as_ref().or(self.ip_messaging.as_ref());
        chat.map(|chat| chat.service_sid.as_str())
    }
}

/// What must be known before the signature can be checked, and is not to be trusted yet.
pub(super) struct Peek {
    pub(super) cty: String,
    pub(super) iss: String,
}

#[derive(Deserialize)]
struct PeekedHeader {
    alg: String,
    typ: String,
    cty: String,
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct PeekedClaims {
    iss: String,
}

impl Peek {
    pub(super) fn at(token: &str) -> Result<Self, Refusal> {
        let parts: Vec<&str> = token.splitn(4, '.').collect();
        let [header, claims, _] = parts[..] else { return Err(Refusal::TokenInvalid) };
        let header: PeekedHeader = decoded(header)?;
        if header.alg != "HS256" || header.typ != "JWT" || header.crit.is_some() {
            return Err(Refusal::TokenInvalid);
        }
        let claims: PeekedClaims = decoded(claims)?;
        Ok(Self { cty: header.cty, iss: claims.iss })
    }
}

fn decoded<T: serde::de::DeserializeOwned>(part: &str) -> Result<T, Refusal> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::TokenInvalid)?;
    serde_json::from_slice(&json).map_err(|_| Refusal::TokenInvalid)
}
