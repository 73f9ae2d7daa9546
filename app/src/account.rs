//! Who is signed in: the three server functions. What they do is the server's, lent as a context.

mod answer;

use chat::refusal::WireRefusal;
use chat::{Identity, Timestamp};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

pub use self::answer::Answer;

/// A token for the socket, and when it ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessToken {
    pub token: String,
    pub identity: Identity,
    pub expires_at: Timestamp,
}

/// What the card says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    pub name: String,
    /// Nothing for a guest.
    #[serde(default)]
    pub password: Option<String>,
}

/// Why one may not come in, and a free name like the wished one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRefusal {
    pub refusal: WireRefusal,
    #[serde(default)]
    pub suggestion: Option<String>,
}

/// The answer of an account function: yes, or a refusal that the page puts into words.
pub type AccountAnswer<T> = Result<T, AccountRefusal>;

/// What the server does for the functions below. Each method takes what it needs of the request
/// (cookie, headers) from its Leptos context at once, and sets the session cookie itself.
#[cfg(feature = "ssr")]
pub trait AccountDoor: Send + Sync {
    /// A token for the identity that this session is bound to.
    fn access_token(&self) -> DoorAnswer<AccessToken>;
    /// Starts a session: a guest's lease, or an account's.
    fn sign_in(&self, credentials: Credentials) -> DoorAnswer<Identity>;
    /// Ends the session, everywhere at once.
    fn sign_out(&self) -> DoorAnswer<()>;
}

/// A door's answer, on its way.
#[cfg(feature = "ssr")]
pub type DoorAnswer<T> =
    std::pin::Pin<Box<dyn std::future::Future<Output = AccountAnswer<T>> + Send>>;

/// Asks for an access token for this session.
#[server(endpoint = "access_token", input = Json, output = Answer)]
pub async fn fetch_token() -> Result<AccountAnswer<AccessToken>, ServerFnError> {
    Ok(door().access_token().await)
}

/// Signs in, as a guest or with a password.
#[server(endpoint = "sign_in", input = Json, output = Answer)]
pub async fn sign_in(credentials: Credentials) -> Result<AccountAnswer<Identity>, ServerFnError> {
    Ok(door().sign_in(credentials).await)
}

/// Signs out of this session.
#[server(endpoint = "sign_out", input = Json, output = Answer)]
pub async fn sign_out() -> Result<AccountAnswer<()>, ServerFnError> {
    Ok(door().sign_out().await)
}

#[cfg(feature = "ssr")]
fn door() -> std::sync::Arc<dyn AccountDoor> {
    expect_context()
}
