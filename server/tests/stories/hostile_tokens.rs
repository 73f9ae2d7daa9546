//! Tokens that nobody may come in with, said at every door that takes tokens: none is accepted, each
//! is refused with its code and one sentence, and the sentence tells nothing of our keys.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chat::limits::HELLO_BYTES_MAX;
use chat::protocol::{Answer, CloseCode, Command, ServerFrame};
use chat::refusal::WireRefusal;
use chat::{Refusal, ServiceSid};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};
use server::clock::Clock;
use server::commands::delete_user;
use server::keys::{Key, Keys};
use server::limits::{INIT_BYTES_MAX, KEYS_PAUSE_MS, TOKEN_BYTES_MAX};

use crate::support::http;
use crate::support::sdk::Sdk;
use crate::support::{Came, Raw, TestServer};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// Bytes of a request's head that hyper takes.
const HEAD_BYTES_MAX: usize = 417_792;

/// Where a token may be said. Each is tried with each token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// The socket's first frame.
    Hello,
    /// The socket, when the one before ends soon.
    RenewToken,
    /// The first packet of the official browser SDK.
    Init,
    /// Its next one, when the one before ends soon.
    Update,
    /// With a file.
    Upload,
}

const DOORS: [Door; 5] = [Door::Hello, Door::RenewToken, Door::Init, Door::Update, Door::Upload];

impl Door {
    /// A header loses white space at its ends, and has no lines.
    fn lets_through(self, token: &str) -> bool {
        self != Self::Upload || (token.trim() == token && !token.contains(char::is_control))
    }
}

/// What a door says to a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Welcome,
    No(u32),
    /// Nothing: the connection is closed.
    Closed,
}

/// What a door must say to a token.
type Expected = fn(Door, &str) -> Said;

/// A token, and what is expected of a door.
struct Case {
    name: String,
    token: String,
    expected: Expected,
}

#[tokio::test]
async fn no_door_takes_a_hostile_token() {
    let mut stage = Stage::set().await;
    let cases = stage.cases().await;
    assert!(45 <= cases.len(), "{}", cases.len());
    let mut others = Vec::new();
    for case in &cases {
        for door in DOORS.into_iter().filter(|door| door.lets_through(&case.token)) {
            let said = stage.says(door, &case.token).await;
            if said != (case.expected)(door, &case.token) {
                others.push(format!("{}: {said:?} by {door:?}", case.name));
            }
        }
    }
    assert!(others.is_empty(), "{others:#?}");
    let good = stage.mint.good();
    for door in DOORS {
        assert_eq!(stage.says(door, &good).await, Said::Welcome, "{door:?}");
    }
}

/// What signs.
struct Mint {
    keys: Keys,
    service: ServiceSid,
    /// In seconds.
    now: i64,
}

impl Mint {
    fn key(&self) -> &Key {
        self.keys.newest_for_backend().expect("made at first start")
    }

    fn header(&self) -> Value {
        json!({"alg": "HS256", "typ": "JWT", "cty": "twilio-fpa;v=1"})
    }

    fn claims(&self) -> Value {
        json!({
            "jti": format!("{}-{}", self.key().sid, self.now),
            "iss": self.key().sid.to_string(),
            "sub": self.keys.account_sid.to_string(),
            "iat": self.now,
            "exp": self.now + HOUR,
            "grants": {"identity": "ada", "chat": {"service_sid": self.service.to_string()}},
        })
    }

    fn good(&self) -> String {
        self.with_claims(|_| {})
    }

    fn with_claims(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = self.claims();
        change(&mut claims);
        self.signed(&self.header().to_string(), &claims.to_string())
    }

    fn with_header(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut header = self.header();
        change(&mut header);
        self.signed(&header.to_string(), &self.claims().to_string())
    }

    fn signed(&self, header: &str, claims: &str) -> String {
        signed(self.key().secret.reveal(), Algorithm::HS256, header, claims)
    }
}

fn signed(secret: &str, algorithm: Algorithm, header: &str, claims: &str) -> String {
    let content = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let secret = EncodingKey::from_secret(secret.as_bytes());
    let signature = crypto::sign(content.as_bytes(), &secret, algorithm).expect("it signs");
    format!("{content}.{signature}")
}

fn without(claims: &mut Value, name: &str) {
    claims.as_object_mut().expect("an object").remove(name);
}

/// A server, and somebody at each door that wants a connection which is there already.
struct Stage {
    server: TestServer,
    mint: Mint,
    retired: Key,
    on_socket: Raw,
    in_tunnel: Sdk,
}

impl Stage {
    async fn set() -> Self {
        let (server, time) = TestServer::start_manual().await;
        let retired = server.keys().newest_for_backend().expect("made at first start").clone();
        server.change_keys(|keys| {
            keys.add(&Clock::System);
            keys.retire(retired.sid, server.now()).expect("it is a backend's");
        });
        time.advance(KEYS_PAUSE_MS);
        server.until_retired(retired.sid).await;
        let service = server.backend().await.service().parse().expect("a SID");
        let mint = Mint { keys: server.keys(), service, now: server.now().seconds() };
        let good = mint.good();
        let (on_socket, _) = Raw::welcomed(server.address, &good).await;
        let in_tunnel = Sdk::arrive(server.address, &good).await;
        Self { server, mint, retired, on_socket, in_tunnel }
    }

    /// Says a token at a door. Whoever is inside already stays there, whatever they say.
    async fn says(&mut self, door: Door, token: &str) -> Said {
        let address = self.server.address;
        match door {
            Door::Hello => {
                let mut raw = Raw::open(address).await;
                raw.hello(token).await;
                match raw.next().await {
                    Came::Frame(ServerFrame::Welcome(_)) => Said::Welcome,
                    Came::Frame(ServerFrame::Refused(refusal)) => {
                        let terminal = raw.closed().await.expect("a code of ours");
                        assert_eq!(terminal, close_of(&refusal));
                        self.no(&refusal)
                    }
                    Came::Frame(other) => panic!("an answer was expected: {other:?}"),
                    Came::Closed(_) => Said::Closed,
                }
            }
            Door::RenewToken => {
                let command = Command::RenewToken { token: token.to_owned() };
                match self.on_socket.ask_or_close(command).await {
                    Some(Answer::Ok(_)) => Said::Welcome,
                    Some(Answer::Refused(refusal)) => {
                        self.on_socket.round_trip().await;
                        self.no(&refusal)
                    }
                    None => {
                        self.on_socket = Raw::welcomed(address, &self.mint.good()).await.0;
                        Said::Closed
                    }
                }
            }
            Door::Init => {
                let mut sdk = Sdk::open(address, &[]).await;
                match sdk.init_or_close(token).await {
                    Some(status) => self.status(&status),
                    None => Said::Closed,
                }
            }
            Door::Upload => {
                let headers = [("x-twilio-token", token)];
                let answer = http::request(address, "POST /media", &headers, "Hello").await;
                let answer = answer.expect("the server is there");
                match answer.status {
                    201 => Said::Welcome,
                    431 => Said::Closed,
                    _ => self.no(&serde_json::from_str(&answer.body).expect("a refusal")),
                }
            }
            Door::Update => match self.in_tunnel.update_or_close(token).await {
                Some(status) => {
                    assert_eq!(self.in_tunnel.get("/Client/v1/Configuration").await.status, 200);
                    self.status(&status)
                }
                None => {
                    self.in_tunnel = Sdk::arrive(address, &self.mint.good()).await;
                    Said::Closed
                }
            },
        }
    }

    fn status(&self, status: &Value) -> Said {
        if status["code"] == 200 {
            return Said::Welcome;
        }
        self.tells_nothing(status["description"].as_str().expect("a sentence"));
        Said::No(status["errorCode"].as_u64().expect("a code").try_into().expect("a short one"))
    }

    fn no(&self, refusal: &WireRefusal) -> Said {
        assert!(!refusal.temporary, "{refusal:?}");
        self.tells_nothing(&refusal.message);
        Said::No(refusal.code)
    }

    /// One sentence, the same for everybody: nothing of it comes from the token or from our keys.
    fn tells_nothing(&self, sentence: &str) {
        let known = Refusal::ALL.iter().any(|refusal| refusal.message() == sentence);
        assert!(known && sentence.ends_with('.'), "{sentence}");
    }

    /// Every token that nobody may come in with.
    async fn cases(&mut self) -> Vec<Case> {
        let ended = self.of_an_ended_session().await;
        let gone = self.of_a_deleted_user().await;
        let foreign = self.of_somebody_elses_session().await;
        let mut cases = Cases(Vec::new());
        self.headers(&mut cases);
        self.signatures(&mut cases);
        self.shapes(&mut cases);
        self.times(&mut cases);
        self.issuers(&mut cases);
        self.grants(&mut cases);
        for (name, token) in [
            ("a session that has ended", ended),
            ("a user who was deleted", gone),
            ("a session of somebody else", foreign),
        ] {
            cases.add(name, token, |door, _| match door {
                Door::Hello | Door::Upload => code(Refusal::SessionEnded),
                // To the SDK it is as good as expired: only a new one helps.
                Door::Init => code(Refusal::TokenExpired),
                Door::RenewToken | Door::Update => code(Refusal::OtherUser),
            });
        }
        cases.0
    }

    fn headers(&self, cases: &mut Cases) {
        let mint = &self.mint;
        for algorithm in ["none", "None", "nOnE", "NONE", "", "HS384", "HS512", "RS256", "PS256"] {
            let token = mint.with_header(|header| header["alg"] = json!(algorithm));
            cases.invalid(format!("alg {algorithm:?}"), token);
        }
        for algorithm in ["ES256", "EdDSA", "hs256", "HS256 "] {
            let token = mint.with_header(|header| header["alg"] = json!(algorithm));
            cases.invalid(format!("alg {algorithm:?}"), token);
        }
        for (name, algorithm) in [("HS384", Algorithm::HS384), ("HS512", Algorithm::HS512)] {
            let header = json!({"alg": name, "typ": "JWT", "cty": "twilio-fpa;v=1"}).to_string();
            let secret = mint.key().secret.reveal();
            let token = signed(secret, algorithm, &header, &mint.claims().to_string());
            cases.invalid(format!("our own secret with {name}"), token);
        }
        for part in ["alg", "typ", "cty"] {
            cases.invalid(format!("no {part}"), mint.with_header(|header| without(header, part)));
        }
        for (part, value) in [
            ("typ", json!("at+jwt")),
            ("typ", json!("invite")),
            ("cty", json!("JWT")),
            ("crit", json!(["exp"])),
            ("crit", json!(["b64"])),
            ("alg", json!(["HS256"])),
        ] {
            let token = mint.with_header(|header| header[part] = value.clone());
            cases.invalid(format!("{part} {value}"), token);
        }
        let twice = mint.header().to_string().replacen('{', r#"{"alg":"none","#, 1);
        cases.invalid("alg twice", mint.signed(&twice, &mint.claims().to_string()));
        // Where a header says that a key is, nobody looks: the signature is another key's.
        for (name, value) in [
            ("kid", json!("../../dev/null")),
            ("kid", json!("' UNION SELECT '' --")),
            ("kid", json!("k".repeat(1_000))),
            ("kid", json!(mint.keys.own().expect("there").sid.to_string())),
            ("jku", json!("https://evil.example/keys")),
            ("x5u", json!("https://evil.example/keys")),
            ("x5c", json!(["AAAA"])),
            ("jwk", json!({"kty": "oct", "k": ""})),
        ] {
            let mut header = mint.header();
            header[name] = value.clone();
            let claims = mint.claims().to_string();
            let token = signed("", Algorithm::HS256, &header.to_string(), &claims);
            cases.add(format!("{name} {value:.40}"), token, signature);
        }
    }

    fn signatures(&self, cases: &mut Cases) {
        let mint = &self.mint;
        let (header, claims) = (mint.header().to_string(), mint.claims().to_string());
        let good = mint.good();
        let (content, its_signature) = good.rsplit_once('.').expect("three parts");
        let (head, _) = content.split_once('.').expect("two parts");
        let bytes = URL_SAFE_NO_PAD.decode(its_signature).expect("our own");
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut flipped = bytes.clone();
        flipped[0] ^= 1;
        let mut grace = mint.claims();
        grace["grants"]["identity"] = json!("grace");
        let grace = URL_SAFE_NO_PAD.encode(grace.to_string());
        let secret = mint.key().secret.reveal();
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT","cty":"twilio-fpa;v=1"}"#);
        for (name, token) in [
            ("an empty signature", format!("{content}.")),
            ("one bit flipped", format!("{content}.{}", URL_SAFE_NO_PAD.encode(&flipped))),
            ("half a signature", format!("{content}.{}", URL_SAFE_NO_PAD.encode(&bytes[..16]))),
            ("a signature in hex", format!("{content}.{hex}")),
            ("a signature twice", format!("{content}.{}", URL_SAFE_NO_PAD.encode(bytes.repeat(2)))),
            ("a signature and a letter", format!("{good}A")),
            ("other claims under a good signature", format!("{head}.{grace}.{its_signature}")),
            ("an empty secret", signed("", Algorithm::HS256, &header, &claims)),
            (
                "the key's name as the secret",
                signed(&mint.key().sid.to_string(), Algorithm::HS256, &header, &claims),
            ),
            (
                "the auth token as the secret",
                signed(
                    mint.keys.auth_token.as_ref().expect("made at first start").reveal(),
                    Algorithm::HS256,
                    &header,
                    &claims,
                ),
            ),
            ("the secret less its end", signed(&secret[1..], Algorithm::HS256, &header, &claims)),
        ] {
            cases.add(name, token, signature);
        }
        cases.invalid(
            "alg none and no signature",
            format!("{none}.{}.", &content[head.len() + 1..]),
        );
        cases.invalid("no signature at all", content.to_owned());
        cases.invalid("a padded signature", format!("{good}="));
        cases.invalid("a signature in plain base64", {
            format!("{content}.{}", STANDARD.encode(&bytes))
        });
        // 256 bits leave two of the last character unused, which must not make a second spelling.
        let (most, last) = good.split_at(good.len() - 1);
        let next = char::from(last.as_bytes()[0] + 1);
        cases.invalid("a signature with loose bits at its end", format!("{most}{next}"));
        cases.invalid("a part too many", format!("{good}.{its_signature}"));
        cases.invalid("a dot too many", format!("{good}."));
    }

    fn shapes(&self, cases: &mut Cases) {
        let mint = &self.mint;
        let good = mint.good();
        let (header, claims) = (mint.header().to_string(), mint.claims().to_string());
        let nested = mint.signed(&header, &good);
        let twice = |claim: &str| claims.replacen('{', &format!("{{{claim},"), 1);
        for (name, token) in [
            ("nothing", String::new()),
            ("two dots", "..".to_owned()),
            ("no base64", "a.b.c".to_owned()),
            ("null", "bnVsbA.bnVsbA.bnVsbA".to_owned()),
            ("a space before it", format!(" {good}")),
            ("a line's end behind it", format!("{good}\n")),
            ("Bearer before it", format!("Bearer {good}")),
            (
                "an encrypted one",
                format!("{}.AAAA.AAAA.AAAA.AAAA", good.split('.').next().unwrap_or_default()),
            ),
            ("one within another", nested),
            ("claims that are a list", mint.signed(&header, "[]")),
            ("exp twice", mint.signed(&header, &twice(r#""exp":9999999999"#))),
            ("iss twice", mint.signed(&header, &twice(r#""iss":"SK""#))),
            ("grants twice", mint.signed(&header, &twice(r#""grants":{"identity":"root"}"#))),
        ] {
            cases.invalid(name, token);
        }
        let long = |bytes: usize| {
            mint.with_claims(|claims| claims["grants"]["identity"] = json!("x".repeat(bytes)))
        };
        cases.add("an identity longer than a token may be", long(TOKEN_BYTES_MAX), too_long);
        cases.add("an identity of a megabyte", long(1_000_000), too_long);
        cases.add("a megabyte of nothing", "x".repeat(1_000_000), too_long);
    }

    fn times(&self, cases: &mut Cases) {
        let (mint, now) = (&self.mint, self.mint.now);
        let expired = |_: Door, _: &str| code(Refusal::TokenExpired);
        for exp in [now, now - 1, 0, -1, i64::MIN, i64::MAX, now + DAY + 1] {
            let token = mint.with_claims(|claims| claims["exp"] = json!(exp));
            cases.add(format!("exp {}", exp.saturating_sub(now)), token, expired);
        }
        for exp in [
            json!((now + HOUR).to_string()),
            json!((now + HOUR) as f64 + 0.5),
            json!(9_223_372_036_854_775_808_u64),
            json!(1e300),
            json!([now + HOUR]),
            json!({"$gt": 0}),
            json!(true),
            Value::Null,
        ] {
            let token = mint.with_claims(|claims| claims["exp"] = exp.clone());
            cases.invalid(format!("exp {exp}"), token);
        }
        cases.invalid("no exp", mint.with_claims(|claims| without(claims, "exp")));
        let long = mint.with_claims(|claims| claims["iat"] = json!(now - DAY));
        cases.add("a life of more than a day", long, expired);
        let backwards = mint.with_claims(|claims| claims["iat"] = json!(now + HOUR));
        cases.invalid("an end before its beginning", backwards);
        for nbf in [now + 1, i64::MAX] {
            let token = mint.with_claims(|claims| claims["nbf"] = json!(nbf));
            cases.add(format!("nbf {nbf}"), token, |_, _| code(Refusal::TokenNotYetValid));
        }
    }

    fn issuers(&self, cases: &mut Cases) {
        let mint = &self.mint;
        let issuer = |_: Door, _: &str| code(Refusal::TokenIssuer);
        for iss in [
            "SK00000000000000000000000000000000".to_owned(),
            format!("{}/", mint.key().sid),
            mint.key().sid.to_string().to_uppercase(),
            mint.keys.account_sid.to_string(),
            "../../dev/null".to_owned(),
            "' OR 1=1 --".to_owned(),
            String::new(),
        ] {
            let token = mint.with_claims(|claims| claims["iss"] = json!(iss));
            cases.add(format!("iss {iss:?}"), token, issuer);
        }
        let mut claims = mint.claims();
        claims["iss"] = json!(self.retired.sid.to_string());
        let secret = self.retired.secret.reveal();
        let (header, text) = (mint.header().to_string(), claims.to_string());
        cases.add(
            "a key that was retired",
            signed(secret, Algorithm::HS256, &header, &text),
            issuer,
        );
        let unsigned = signed("", Algorithm::HS256, &header, &text);
        cases.add("a retired key's name alone", unsigned, issuer);
        for sub in ["AC00000000000000000000000000000000", ""] {
            let token = mint.with_claims(|claims| claims["sub"] = json!(sub));
            cases.add(format!("sub {sub:?}"), token, issuer);
        }
        for claim in ["iss", "sub", "grants"] {
            let token = mint.with_claims(|claims| without(claims, claim));
            cases.invalid(format!("no {claim}"), token);
            let token = mint.with_claims(|claims| claims[claim] = json!([claim]));
            cases.invalid(format!("{claim} that is a list"), token);
        }
        let own = mint.keys.own().expect("there");
        claims["iss"] = json!(own.sid.to_string());
        let text = claims.to_string();
        let of_own = signed(own.secret.reveal(), Algorithm::HS256, &header, &text);
        cases.invalid("the server's own key, and no session", of_own);
        cases.add("the server's own key's name alone", mint.signed(&header, &text), signature);
    }

    fn grants(&self, cases: &mut Cases) {
        let (mint, service) = (&self.mint, self.mint.service.to_string());
        for grants in [
            json!({}),
            json!({"identity": "ada"}),
            json!({"identity": "ada", "chat": {}}),
            json!({"identity": "ada", "chat": {"service_sid": ""}}),
            json!({"identity": "ada", "chat": {"service_sid": "../default"}}),
            json!({"identity": "ada", "chat": {"service_sid": [service]}}),
            json!({"identity": "ada", "video": {"service_sid": service}}),
            json!({"identity": 7, "chat": {"service_sid": service}}),
            json!({"identity": ["ada"], "chat": {"service_sid": service}}),
        ] {
            let token = mint.with_claims(|claims| claims["grants"] = grants.clone());
            cases.invalid(format!("grants {grants}"), token);
        }
        let elsewhere = ServiceSid::from_bytes([9; 16]).to_string();
        let token =
            mint.with_claims(|claims| claims["grants"]["chat"]["service_sid"] = json!(elsewhere));
        cases.add("a service that is not here", token, |door, _| match door {
            Door::Hello | Door::Init | Door::Upload => code(Refusal::TokenInvalid),
            Door::RenewToken | Door::Update => code(Refusal::OtherUser),
        });
        let token = mint.with_claims(|claims| without(&mut claims["grants"], "identity"));
        cases.add("no identity", token, |_, _| code(Refusal::IdentityMissing));
        let identities: [(&str, Expected); 7] = [
            ("", |_, _| code(Refusal::IdentityMissing)),
            (" ", |_, _| code(Refusal::IdentityMissing)),
            ("US00000000000000000000000000000000", |_, _| code(Refusal::IdentityLikeSid)),
            ("a\u{0}da", |_, _| code(Refusal::NameInvisible)),
            ("a\u{202E}da", |_, _| code(Refusal::NameInvisible)),
            ("a\u{2066}da", |_, _| code(Refusal::NameInvisible)),
            // Judged where somebody is let in; whoever is in already is somebody else.
            ("system", |door, _| match door {
                Door::Hello | Door::Init | Door::Upload => code(Refusal::NameReserved),
                Door::RenewToken | Door::Update => code(Refusal::OtherUser),
            }),
        ];
        for (identity, expected) in identities {
            let token = mint.with_claims(|claims| claims["grants"]["identity"] = json!(identity));
            cases.add(format!("identity {identity:?}"), token, expected);
        }
        let token =
            mint.with_claims(|claims| claims["grants"]["identity"] = json!("x".repeat(257)));
        cases.add("an identity of 257", token, |_, _| code(Refusal::IdentityTooLong));
    }

    async fn of_an_ended_session(&self) -> String {
        let pass = self.server.pass("grace");
        let token = pass.good_token().await;
        pass.sign_out().await;
        token
    }

    async fn of_a_deleted_user(&self) -> String {
        let token = self.server.pass("linus").good_token().await;
        let (_, welcome) = Raw::welcomed(self.server.address, &token).await;
        self.server.operates(move |tx, m| delete_user(tx, welcome.user, m)).await;
        token
    }

    /// As if the server's own key were known: the session is another user's.
    async fn of_somebody_elses_session(&self) -> String {
        let [eve, mallory] = ["eve", "mallory"].map(|name| self.server.pass(name));
        let (eve, mallory) = (eve.good_token().await, mallory.good_token().await);
        let own = self.mint.keys.own().expect("there");
        let mut claims = claims_of(&eve);
        claims["session"] = claims_of(&mallory)["session"].clone();
        let header = self.mint.header().to_string();
        signed(own.secret.reveal(), Algorithm::HS256, &header, &claims.to_string())
    }
}

fn claims_of(token: &str) -> Value {
    let claims = token.split('.').nth(1).expect("claims");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).expect("base64")).expect("JSON")
}

struct Cases(Vec<Case>);

impl Cases {
    fn add(&mut self, name: impl Into<String>, token: String, expected: Expected) {
        self.0.push(Case { name: name.into(), token, expected });
    }

    /// One that is no token of the right kind, whatever the door.
    fn invalid(&mut self, name: impl Into<String>, token: String) {
        self.add(name, token, |_, _| code(Refusal::TokenInvalid));
    }
}

fn code(refusal: Refusal) -> Said {
    Said::No(refusal.code())
}

fn signature(_: Door, _: &str) -> Said {
    code(Refusal::TokenSignature)
}

/// Refused by its length alone, by whatever comes first: the frame's limit, the first frame's, or
/// the token's.
fn too_long(door: Door, token: &str) -> Said {
    let bytes_max = match door {
        Door::Hello => HELLO_BYTES_MAX,
        Door::Init => INIT_BYTES_MAX,
        Door::RenewToken | Door::Update => chat::limits::FRAME_BYTES_MAX,
        Door::Upload => HEAD_BYTES_MAX,
    };
    if bytes_max < token.len() { Said::Closed } else { code(Refusal::TokenInvalid) }
}

/// How a socket is closed after this refusal.
fn close_of(refusal: &WireRefusal) -> CloseCode {
    match refusal.code {
        code if code == Refusal::TokenExpired.code() => CloseCode::TokenExpired,
        code if code == Refusal::SessionEnded.code() => CloseCode::SessionEnded,
        _ => CloseCode::TokenRefused,
    }
}
