//! A whole server without a network, for tests: requests go in, answers come out.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use chat::protocol::Scope;
use chat::{Identity, RoleSid, Timestamp};
use futures_util::Stream;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, ORIGIN, SET_COOKIE};
use http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::clock::{Clock, ManualClock};
use crate::commands;
use crate::config::{Config, Settings};
use crate::passwords;
use crate::running::open;
use crate::site::Assets;
use crate::state::AppState;
use crate::store::{ChosenName, Database};
use crate::{queries, router};

/// The server, its clock and its folder.
pub(crate) struct House {
    pub(crate) state: AppState,
    pub(crate) clock: ManualClock,
    router: Router,
    _data: TempDir,
}

/// What came out.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl House {
    /// One that is set up as by default.
    pub(crate) async fn open() -> Self {
        Self::with(|_| {}).await
    }

    /// One with other settings.
    pub(crate) async fn with(set: impl FnOnce(&mut Settings)) -> Self {
        let _ = any_spawner::Executor::init_tokio();
        let data = TempDir::new().expect("a folder");
        let mut settings = Settings::default();
        set(&mut settings);
        let mut config = Config::new(settings).expect("they work");
        config.data = data.path().to_owned();
        config.database = Database::Memory;
        let clock = ManualClock::new(Timestamp(1_700_000_000_000));
        let port = config.listen.port();
        let mut shared = open(port, config, Clock::Manual(clock.clone())).await.expect("it opens");
        shared.assets = || {
            Some(Assets {
                script: "/pkg/yoriai.js".to_owned(),
                wasm: "/pkg/yoriai.wasm".to_owned(),
                style: "/pkg/yoriai.css".to_owned(),
            })
        };
        let state = Arc::new(shared);
        let router = router(Arc::clone(&state));
        Self { state, clock, router, _data: data }
    }

    /// An account with a password.
    pub(crate) async fn account(&self, name: &str, password: &str) {
        let name = ChosenName::parse(name).expect("a name");
        let hash = passwords::hash(password).expect("a password");
        let role = RoleSid::SERVICE_USER;
        self.state
            .home()
            .store
            .write(Scope::Directory, move |tx, m| {
                commands::add_user::add_user(tx, &name, &hash, role, m)
            })
            .await
            .expect("added");
    }

    /// Whether somebody bears this name now.
    pub(crate) async fn knows(&self, name: &str) -> bool {
        let identity = Identity::parse(name).expect("a name");
        let question =
            move |tx: &mut dyn crate::store::Tx| queries::user_named::user_named(tx, &identity);
        self.state.home().store.read(question).await.expect("an answer").is_some()
    }

    /// Our own page opens an address.
    pub(crate) async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.answer(ours("GET", path, cookie).body(Body::empty())).await
    }

    /// Our own page sends a form.
    pub(crate) async fn form(&self, path: &str, cookie: &str, form: &str) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        let request = ours("POST", path, cookie)
            .header(CONTENT_TYPE, kind)
            .header(CONTENT_LENGTH, form.len());
        self.answer(request.body(form.to_owned().into())).await
    }

    /// Our own page sends a form in pieces, and does not say how long it is.
    pub(crate) async fn in_pieces(
        &self,
        path: &str,
        form: impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static,
    ) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        let request = ours("POST", path, "").header(CONTENT_TYPE, kind);
        self.answer(request.body(Body::from_stream(form))).await
    }

    /// Our own page sends JSON.
    pub(crate) async fn json(&self, path: &str, cookie: &str, json: &Value) -> Answer {
        let request = ours("POST", path, cookie).header(CONTENT_TYPE, "application/json");
        self.answer(request.body(json.to_string().into())).await
    }

    /// Anybody sends anything.
    pub(crate) async fn answer(&self, request: http::Result<Request<Body>>) -> Answer {
        let request = request.expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("it never fails");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 1_000_000).await.expect("a body");
        let body = String::from_utf8_lossy(&body).into_owned();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

fn ours(method: &str, path: &str, cookie: &str) -> http::request::Builder {
    let request = Request::builder().method(method).uri(path).header(HOST, "127.0.0.1:3000");
    let request = request.header("sec-fetch-site", "same-origin");
    let request = if method == "GET" {
        request.header("sec-fetch-mode", "navigate")
    } else {
        request.header(ORIGIN, "http://127.0.0.1:3000")
    };
    if cookie.is_empty() { request } else { request.header(COOKIE, cookie) }
}

impl Answer {
    /// The session cookie that was set, as a browser sends it back.
    pub(crate) fn cookie(&self) -> Option<String> {
        let cookies = self.headers.get_all(SET_COOKIE).iter();
        let mut pairs = cookies.filter_map(|text| text.to_str().ok()?.split(';').next());
        pairs.find(|pair| pair.starts_with("__Host-yoriai=")).map(str::to_owned)
    }

    /// One header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body, read as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }
}
