use std::pin::pin;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::FutureExt;
use serde_json::{Value, json};

use super::*;
use crate::clock::{Clock, ManualClock};

const NOW: Timestamp = Timestamp(1_700_000_000_000);
const HOUR: i64 = 3_600;

struct House {
    tokens: Tokens,
    keys: Keys,
    service: ServiceSid,
}

fn house() -> House {
    let mut keys = Keys::fresh(&Clock::Manual(ManualClock::new(NOW)));
    let clock = Clock::Manual(ManualClock::new(NOW.plus(1)));
    let retired = keys.add(&clock).sid;
    keys.retire(retired, NOW).expect("retired");
    let service = ServiceSid::from_bytes([3; 16]);
    House { tokens: Tokens::new(keys.clone(), service, HOUR), keys, service }
}

fn ada() -> User {
    User {
        sid: UserSid::from_bytes([1; 16]),
        identity: Identity::parse("ada").expect("a name"),
        role: chat::RoleSid::SERVICE_USER,
        friendly_name: None,
        attributes: Default::default(),
        guest: true,
        retired: false,
        entered: chat::Sequence(1),
        changed: chat::Sequence(1),
    }
}

impl House {
    fn backend_key(&self) -> &Key {
        self.keys.newest_for_backend().expect("made with the house")
    }

    fn header(&self) -> Value {
        json!({"alg": "HS256", "typ": "JWT", "cty": "twilio-fpa;v=1"})
    }

    /// As Node's library makes them.
    fn claims(&self) -> Value {
        let now = NOW.seconds();
        json!({
            "jti": format!("{}-{now}", self.backend_key().sid),
            "iss": self.backend_key().sid.to_string(),
            "sub": self.keys.account_sid.to_string(),
            "iat": now,
            "exp": now + HOUR,
            "grants": {"identity": "ada", "chat": {"service_sid": self.service.to_string()}},
        })
    }

    fn signed(&self, header: &Value, claims: &Value) -> String {
        signed_with(self.backend_key().secret.reveal(), &header.to_string(), &claims.to_string())
    }

    fn with_claims(&self, change: impl FnOnce(&mut Value)) -> Result<Bearer, Refusal> {
        let mut claims = self.claims();
        change(&mut claims);
        self.tokens.verify(&self.signed(&self.header(), &claims), NOW)
    }

    fn with_header(&self, change: impl FnOnce(&mut Value)) -> Result<Bearer, Refusal> {
        let mut header = self.header();
        change(&mut header);
        self.tokens.verify(&self.signed(&header, &self.claims()), NOW)
    }
}

fn signed_with(secret: &str, header: &str, claims: &str) -> String {
    let content = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let secret = EncodingKey::from_secret(secret.as_bytes());
    let signature = jsonwebtoken::crypto::sign(content.as_bytes(), &secret, Algorithm::HS256);
    format!("{content}.{}", signature.expect("signs"))
}

fn without(claims: &mut Value, name: &str) {
    claims.as_object_mut().expect("an object").remove(name);
}

#[test]
fn the_web_apps_token_speaks_for_one_session() {
    let house = house();
    let session = SessionSid::from_bytes([2; 16]);
    let (token, expires_at) = house.tokens.sign_own(&ada(), session, NOW);
    assert_eq!(expires_at, NOW.plus(HOUR * 1_000));
    let bearer = house.tokens.verify(&token, NOW).expect("good");
    assert_eq!(bearer.own, Some((ada().sid, session)));
    assert_eq!(bearer.identity, ada().identity);
    assert_eq!(bearer.expires_at, expires_at);
}

#[test]
fn a_backends_token_speaks_for_an_identity() {
    let house = house();
    let token =
        house.tokens.sign_for(house.service, &ada().identity, 60, NOW).expect("there is a key");
    let bearer = house.tokens.verify(&token, NOW).expect("good");
    assert_eq!((bearer.identity, bearer.own), (ada().identity, None));
    assert!(house.with_claims(|_| {}).is_ok());
}

#[tokio::test]
async fn what_a_key_signed_counts_until_the_key_is_retired() {
    let house = house();
    let first = house.backend_key().sid;
    let of_first =
        house.tokens.sign_for(house.service, &ada().identity, 60, NOW).expect("there is a key");
    let mut keys = house.keys.clone();
    let second = keys.add(&Clock::System).sid;
    house.tokens.adopt(keys.clone());
    let of_second =
        house.tokens.sign_for(house.service, &ada().identity, 60, NOW).expect("there are two");
    assert_eq!(house.tokens.verify(&of_first, NOW).map(|bearer| bearer.key), Ok(first));
    assert_eq!(house.tokens.verify(&of_second, NOW).map(|bearer| bearer.key), Ok(second));
    let mut retired = pin!(house.tokens.retired(first));
    assert_eq!((&mut retired).now_or_never(), None);

    keys.retire(first, NOW).expect("it is there");
    house.tokens.adopt(keys);

    retired.await;
    house.tokens.retired(KeySid::from_bytes([7; 16])).await;
    assert_eq!(house.tokens.retired(second).now_or_never(), None);
    assert_eq!(house.tokens.verify(&of_first, NOW), Err(Refusal::TokenIssuer));
    assert!(house.tokens.verify(&of_second, NOW).is_ok());
}

#[test]
fn tokens_of_other_libraries_count() {
    let house = house();
    let python = house.with_claims(|claims| {
        without(claims, "iat");
        claims["nbf"] = json!(NOW.seconds());
    });
    assert!(python.is_ok());
    let old = house.with_claims(|claims| {
        claims["grants"] =
            json!({"identity": "ada", "ip_messaging": {"service_sid": house.service.to_string()}});
    });
    assert!(old.is_ok());
    let regional = house.with_header(|header| header["twr"] = json!("ie1"));
    assert!(regional.is_ok());
    let more = house.with_claims(|claims| {
        claims["grants"]["chat"]["endpoint_id"] = json!("Chat:ada:phone");
        claims["grants"]["video"] = json!({"room": "x"});
    });
    assert!(more.is_ok());
}

#[test]
fn a_token_counts_up_to_the_very_moment_of_its_end() {
    let house = house();
    let token =
        house.tokens.sign_for(house.service, &ada().identity, 60, NOW).expect("there is a key");
    assert!(house.tokens.verify(&token, NOW.plus(59_999)).is_ok());
    assert_eq!(house.tokens.verify(&token, NOW.plus(60_000)), Err(Refusal::TokenExpired));
}

#[test]
fn another_keys_word_about_a_session_counts_for_nothing() {
    let house = house();
    let bearer = house.with_claims(|claims| {
        claims["user"] = json!(ada().sid.to_string());
        claims["session"] = json!(SessionSid::from_bytes([2; 16]).to_string());
    });
    assert_eq!(bearer.expect("good, without them").own, None);
}

#[test]
fn a_wrong_time_has_its_code() {
    let house = house();
    let now = NOW.seconds();
    let times = [
        ("exp", json!(now), Refusal::TokenExpired),
        ("exp", json!(now - 1), Refusal::TokenExpired),
        ("exp", json!(-1), Refusal::TokenExpired),
        ("exp", json!(i64::MAX), Refusal::TokenExpired),
        ("exp", json!(i64::MIN), Refusal::TokenExpired),
        ("exp", json!(now + 24 * HOUR + 1), Refusal::TokenExpired),
        ("exp", json!(u64::MAX), Refusal::TokenInvalid),
        ("exp", json!("soon"), Refusal::TokenInvalid),
        ("exp", json!((now + HOUR).to_string()), Refusal::TokenInvalid),
        ("exp", json!((now + HOUR) as f64 + 0.5), Refusal::TokenInvalid),
        ("exp", json!(null), Refusal::TokenInvalid),
        ("exp", json!([now + HOUR]), Refusal::TokenInvalid),
        ("nbf", json!(now + 1), Refusal::TokenNotYetValid),
        ("nbf", json!(i64::MAX), Refusal::TokenNotYetValid),
        ("nbf", json!("now"), Refusal::TokenInvalid),
        ("iat", json!(now - 24 * HOUR), Refusal::TokenExpired),
        ("iat", json!(i64::MIN), Refusal::TokenExpired),
        ("iat", json!(now + HOUR), Refusal::TokenInvalid),
        ("iat", json!(i64::MAX), Refusal::TokenInvalid),
        ("iat", json!({}), Refusal::TokenInvalid),
    ];
    for (claim, value, refusal) in times {
        let answer = house.with_claims(|claims| claims[claim] = value.clone());
        assert_eq!(answer, Err(refusal), "{claim}: {value}");
    }
    assert_eq!(house.with_claims(|claims| without(claims, "exp")), Err(Refusal::TokenInvalid));
}

#[test]
fn a_wrong_issuer_or_subject_has_its_code() {
    let house = house();
    let retired = house.keys.keys.iter().find(|key| key.retired_at.is_some()).expect("one is");
    let issuers = [
        json!("SK00000000000000000000000000000000"),
        json!(retired.sid.to_string()),
        json!(format!("{}/", house.backend_key().sid)),
        json!(house.backend_key().sid.to_string().to_uppercase()),
        json!("../../dev/null"),
        json!("' OR 1=1 --"),
        json!(""),
    ];
    for issuer in issuers {
        let answer = house.with_claims(|claims| claims["iss"] = issuer.clone());
        assert_eq!(answer, Err(Refusal::TokenIssuer), "{issuer}");
    }
    let other_account = house.with_claims(|claims| claims["sub"] = json!("AC00"));
    assert_eq!(other_account, Err(Refusal::TokenIssuer));
    for claim in ["iss", "sub", "grants"] {
        let answer = house.with_claims(|claims| without(claims, claim));
        assert_eq!(answer, Err(Refusal::TokenInvalid), "{claim}");
        let answer = house.with_claims(|claims| claims[claim] = json!(7));
        assert_eq!(answer, Err(Refusal::TokenInvalid), "{claim}");
    }
    // The server's own key, without a session of its own making.
    let own = house.keys.own().expect("there");
    let mut claims = house.claims();
    claims["iss"] = json!(own.sid.to_string());
    let token = signed_with(own.secret.reveal(), &house.header().to_string(), &claims.to_string());
    assert_eq!(house.tokens.verify(&token, NOW), Err(Refusal::TokenInvalid));
    // One key's name on another one's signature.
    let token = house.signed(&house.header(), &claims);
    assert_eq!(house.tokens.verify(&token, NOW), Err(Refusal::TokenSignature));
}

#[test]
fn a_wrong_grant_is_refused() {
    let house = house();
    let service = house.service.to_string();
    let grants = [
        json!({}),
        json!({"identity": "ada"}),
        json!({"identity": "ada", "chat": {}}),
        json!({"identity": "ada", "chat": {"service_sid": ""}}),
        json!({"identity": "ada", "chat": {"service_sid": "our village"}}),
        json!({"identity": "ada", "video": {"service_sid": service}}),
        json!({"identity": 7, "chat": {"service_sid": service}}),
        json!({"identity": ["ada"], "chat": {"service_sid": service}}),
    ];
    for grants in grants {
        let answer = house.with_claims(|claims| claims["grants"] = grants.clone());
        assert_eq!(answer, Err(Refusal::TokenInvalid), "{grants}");
    }
    let identities = [
        (json!(""), Refusal::IdentityMissing),
        (json!(" "), Refusal::IdentityMissing),
        (json!(null), Refusal::IdentityMissing),
        (json!("x".repeat(257)), Refusal::IdentityTooLong),
        (json!(ada().sid.to_string()), Refusal::IdentityLikeSid),
        (json!("a\u{0}da"), Refusal::NameInvisible),
        (json!("a\u{202E}da"), Refusal::NameInvisible),
    ];
    for (identity, refusal) in identities {
        let answer = house.with_claims(|claims| claims["grants"]["identity"] = identity.clone());
        assert_eq!(answer, Err(refusal), "{identity}");
    }
}

#[test]
fn nothing_in_the_header_chooses_how_a_token_is_checked() {
    let house = house();
    for algorithm in
        ["none", "None", "nOnE", "", "HS384", "HS512", "RS256", "PS256", "ES256", "EdDSA", "hs256"]
    {
        let answer = house.with_header(|header| header["alg"] = json!(algorithm));
        assert_eq!(answer, Err(Refusal::TokenInvalid), "{algorithm}");
    }
    for part in ["alg", "typ", "cty"] {
        let answer = house.with_header(|header| without(header, part));
        assert_eq!(answer, Err(Refusal::TokenInvalid), "{part}");
        let answer = house.with_header(|header| header[part] = json!(["HS256"]));
        assert_eq!(answer, Err(Refusal::TokenInvalid), "{part}");
    }
    let other_kind = house.with_header(|header| header["cty"] = json!("application/json"));
    assert_eq!(other_kind, Err(Refusal::TokenInvalid));
    let critical = house.with_header(|header| header["crit"] = json!(["exp"]));
    assert_eq!(critical, Err(Refusal::TokenInvalid));
    // A key's whereabouts in the header lead nowhere: another secret stays another secret.
    for (name, value) in [
        ("kid", json!("../../dev/null")),
        ("kid", json!("x".repeat(2_000))),
        ("jku", json!("https://evil.example/keys")),
        ("x5u", json!("https://evil.example/keys")),
        ("jwk", json!({"kty": "oct", "k": "AAAA"})),
        ("x5c", json!(["AAAA"])),
    ] {
        let mut header = house.header();
        header[name] = value;
        let foreign = signed_with("", &header.to_string(), &house.claims().to_string());
        assert!(house.tokens.verify(&foreign, NOW).is_err(), "{name}");
    }
}

#[test]
fn a_token_that_was_tampered_with_is_refused() {
    let house = house();
    let good = house.signed(&house.header(), &house.claims());
    assert!(house.tokens.verify(&good, NOW).is_ok());
    let (content, signature) = good.rsplit_once('.').expect("three parts");
    let (header, claims) = content.split_once('.').expect("two parts");
    let mut others = house.claims();
    others["grants"]["identity"] = json!("grace");
    let others = URL_SAFE_NO_PAD.encode(others.to_string());
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT","cty":"twilio-fpa;v=1"}"#);
    let twice = house.claims().to_string().replacen('{', "{\"exp\":9999999999,", 1);
    let twice =
        signed_with(house.backend_key().secret.reveal(), &house.header().to_string(), &twice);
    let hostile = [
        format!("{header}.{others}.{signature}"),
        format!("{none}.{claims}."),
        format!("{none}.{claims}.{signature}"),
        format!("{content}."),
        content.to_owned(),
        format!("{content}.{}", &signature[..signature.len() - 1]),
        format!("{content}.{signature}A"),
        format!("{content}.{signature}="),
        format!("{good}."),
        format!("{good}.{signature}"),
        format!(".{claims}.{signature}"),
        format!("{header}..{signature}"),
        format!("{header}=.{claims}.{signature}"),
        format!(" {good}"),
        format!("{good}\n"),
        good.replace('.', " . "),
        signed_with("x", &house.header().to_string(), &house.claims().to_string()),
        signed_with("", &house.header().to_string(), &house.claims().to_string()),
        twice,
        good.repeat(40),
        "x".repeat(1_000_000),
        String::new(),
        "..".to_owned(),
        "a.b.c".to_owned(),
        "é.é.é".to_owned(),
        "null.null.null".to_owned(),
    ];
    for token in hostile {
        assert!(house.tokens.verify(&token, NOW).is_err(), "{token:.80}");
    }
}

#[test]
fn a_token_of_another_house_is_refused() {
    let (house, other) = (house(), self::house());
    let token =
        other.tokens.sign_for(other.service, &ada().identity, 60, NOW).expect("there is a key");
    assert_eq!(house.tokens.verify(&token, NOW), Err(Refusal::TokenIssuer));
}
