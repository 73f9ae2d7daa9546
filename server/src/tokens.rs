//! Access tokens of Programmable Chat's shape: signed for the web app, verified for everybody.

mod claims;
mod spent;

use std::sync::Arc;

use chat::limits::TOKEN_LIFE_SECONDS_MAX;
use chat::{
    AccountSid, Identity, KeySid, Refusal, ServiceSid, SessionSid, Timestamp, User, UserSid,
};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use sha2::Sha256;
use tokio::sync::watch;

use crate::keys::{Key, Keys, Secret};
use crate::limits::TOKEN_BYTES_MAX;
use claims::{Chat, Claims, Grants, Peek};

pub use spent::Spent;
pub(crate) use spent::{Mark, Which};

/// What `cty` says, up to its version.
const CONTENT_TYPE: &str = "twilio-fpa";

/// Signs and verifies. Clones share the keys.
#[derive(Clone, Debug)]
pub struct Tokens(Arc<Signing>);

#[derive(Debug)]
struct Signing {
    keys: watch::Sender<Keys>,
    service: ServiceSid,
    own_life: i64,
    /// In test mode only.
    spent: Option<Spent>,
}

/// Whom a token speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// Where it lets them in; whether there is such a service, is not judged here.
    pub service: ServiceSid,
    pub identity: Identity,
    /// Which key signed it.
    pub key: KeySid,
    pub expires_at: Timestamp,
    /// Whose session it is, if our own server made it.
    pub own: Option<(UserSid, SessionSid)>,
    /// By which test mode knows the token again.
    pub(crate) mark: Option<Mark>,
}

/// Whom a token is for, and how long.
struct Wish<'a> {
    service: ServiceSid,
    identity: &'a Identity,
    own: Option<(UserSid, SessionSid)>,
    life: i64,
}

impl Tokens {
    /// The web app's own tokens are for this service, and last `own_life` seconds.
    pub fn new(keys: Keys, service: ServiceSid, own_life: i64) -> Self {
        Self::with_spent(keys, service, own_life, None)
    }

    /// The same; those that test mode spends count no more.
    pub fn with_spent(
        keys: Keys,
        service: ServiceSid,
        own_life: i64,
        spent: Option<Spent>,
    ) -> Self {
        Self(Arc::new(Signing { keys: watch::Sender::new(keys), service, own_life, spent }))
    }

    /// Those that count as expired, in test mode.
    pub(crate) fn spent(&self) -> Option<&Spent> {
        self.0.spent.as_ref()
    }

    /// These are the keys from now on.
    pub fn adopt(&self, keys: Keys) {
        self.0.keys.send_if_modified(|known| {
            let changed = *known != keys;
            *known = keys;
            changed
        });
    }

    /// Returns once this key is in use no more.
    pub async fn retired(&self, key: KeySid) {
        let mut keys = self.0.keys.subscribe();
        // The sender is ours and lives on, so waiting cannot fail.
        let _ = keys.wait_for(|keys| keys.live(key).is_none()).await;
    }

    /// The account that all of it belongs to.
    pub fn account(&self) -> AccountSid {
        self.0.keys.borrow().account_sid
    }

    /// The account's auth token, which also signs what webhooks are told.
    pub fn auth_token(&self) -> Option<Secret> {
        self.0.keys.borrow().auth_token.clone()
    }

    /// The account, if this name and this secret open the REST API now.
    pub fn admit(&self, name: &str, secret: &str) -> Option<AccountSid> {
        let keys = self.0.keys.borrow();
        keys.admit(name, secret).then_some(keys.account_sid)
    }

    /// What proves that this server wrote a text, for one purpose. No token is signed with this key.
    pub(crate) fn seal(&self, purpose: &str, text: &str) -> [u8; 32] {
        let keys = self.0.keys.borrow();
        let key = keys.own().expect("keys are read only with one of the server's own");
        mac(&mac(key.secret.reveal().as_bytes(), purpose), text)
    }

    /// A token for a session of the web app, and when it ends.
    pub fn sign_own(
        &self,
        user: &User,
        session: SessionSid,
        now: Timestamp,
    ) -> (String, Timestamp) {
        let own = Some((user.sid, session));
        let (service, life) = (self.0.service, self.0.own_life);
        let wish = Wish { service, identity: &user.identity, own, life };
        let keys = self.0.keys.borrow();
        let key = keys.own().expect("keys are read only with one of the server's own");
        self.sign(&keys, key, &wish, now)
    }

    /// A token as a site's backend would sign it; nothing if no key for a backend is in use.
    pub fn sign_for(
        &self,
        service: ServiceSid,
        identity: &Identity,
        life: i64,
        now: Timestamp,
    ) -> Option<String> {
        let keys = self.0.keys.borrow();
        let key = keys.newest_for_backend()?;
        Some(self.sign(&keys, key, &Wish { service, identity, own: None, life }, now).0)
    }

    fn sign(&self, keys: &Keys, key: &Key, wish: &Wish<'_>, now: Timestamp) -> (String, Timestamp) {
        let issued = now.seconds();
        let expires = issued.saturating_add(wish.life);
        let claims = Claims {
            jti: Some(format!("{}-{issued}", key.sid)),
            iss: key.sid.to_string(),
            sub: keys.account_sid.to_string(),
            iat: Some(issued),
            nbf: None,
            exp: expires,
            grants: Grants {
                identity: Some(wish.identity.as_str().to_owned()),
                chat: Some(Chat { service_sid: wish.service.to_string() }),
                ip_messaging: None,
            },
            user: wish.own.map(|(user, _)| user),
            session: wish.own.map(|(_, session)| session),
        };
        let mut header = Header::new(Algorithm::HS256);
        header.cty = Some(format!("{CONTENT_TYPE};v=1"));
        let secret = EncodingKey::from_secret(key.secret.reveal().as_bytes());
        let token = encode(&header, &claims, &secret).expect("HS256 signs any text");
        (token, Timestamp::from_seconds(expires))
    }

    /// Whom the token speaks for, if it is good now. Nothing in the token chooses how it is checked.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Bearer, Refusal> {
        if TOKEN_BYTES_MAX < token.len() {
            return Err(Refusal::TokenInvalid);
        }
        let peek = Peek::at(token)?;
        if !peek.cty.starts_with(CONTENT_TYPE) {
            return Err(Refusal::TokenInvalid);
        }
        let issuer: KeySid = peek.iss.parse().map_err(|_| Refusal::TokenIssuer)?;
        let keys = self.0.keys.borrow();
        let key = keys.live(issuer).ok_or(Refusal::TokenIssuer)?;
        let claims = signed_claims(token, key)?;

        if claims.sub != keys.account_sid.to_string() {
            return Err(Refusal::TokenIssuer);
        }
        judge_times(&claims, now)?;
        let service = claims.grants.service_sid().and_then(|sid| sid.parse().ok());
        let service = service.ok_or(Refusal::TokenInvalid)?;
        let own = session_of(&claims, key)?;
        if own.is_some() && service != self.0.service {
            return Err(Refusal::TokenInvalid);
        }
        let identity = Identity::parse(claims.grants.identity.as_deref().unwrap_or_default())?;
        let noted =
            self.0.spent.as_ref().map(|spent| spent.note(token, claims.jti.as_deref(), &identity));
        let mark = match noted {
            Some(None) => return Err(Refusal::TokenExpired),
            noted => noted.flatten(),
        };
        Ok(Bearer {
            service,
            key: key.sid,
            expires_at: Timestamp::from_seconds(claims.exp),
            own,
            identity,
            mark,
        })
    }
}

fn signed_claims(token: &str, key: &Key) -> Result<Claims, Refusal> {
    use jsonwebtoken::errors::ErrorKind;

    // The time is judged below: jsonwebtoken would read the system's clock.
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    let secret = DecodingKey::from_secret(key.secret.reveal().as_bytes());
    decode::<Claims>(token, &secret, &validation).map(|data| data.claims).map_err(|error| {
        match error.kind() {
            ErrorKind::InvalidSignature => Refusal::TokenSignature,
            _ => Refusal::TokenInvalid,
        }
    })
}

fn judge_times(claims: &Claims, now: Timestamp) -> Result<(), Refusal> {
    let expires = Timestamp::from_seconds(claims.exp);
    let life_max = TOKEN_LIFE_SECONDS_MAX.saturating_mul(1_000);
    if expires <= now || life_max < expires.since(now) {
        return Err(Refusal::TokenExpired);
    }
    if claims.nbf.is_some_and(|begins| now < Timestamp::from_seconds(begins)) {
        return Err(Refusal::TokenNotYetValid);
    }
    // Some libraries leave `iat` out. A clock that is a little ahead makes no token bad.
    if let Some(issued) = claims.iat {
        let life = claims.exp.saturating_sub(issued);
        if life <= 0 {
            return Err(Refusal::TokenInvalid);
        }
        if TOKEN_LIFE_SECONDS_MAX < life {
            return Err(Refusal::TokenExpired);
        }
    }
    Ok(())
}

/// Our own key's tokens always name a session; what another key says of one counts for nothing.
fn session_of(claims: &Claims, key: &Key) -> Result<Option<(UserSid, SessionSid)>, Refusal> {
    if !key.own {
        return Ok(None);
    }
    claims.user.zip(claims.session).map(Some).ok_or(Refusal::TokenInvalid)
}

fn mac(key: &[u8], text: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key may have any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests;
