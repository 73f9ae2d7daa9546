use super::*;

const PORT: u16 = 3_000;

fn public() -> PublicUrl {
    "https://chat.example".parse().expect("an address")
}

/// A browser that posts from our own page.
fn post() -> Knock<'static> {
    Knock {
        host: "chat.example",
        origin: Some("https://chat.example"),
        site: Some("same-origin"),
        mode: Some("cors"),
        has_cookie: true,
        reads: false,
    }
}

/// A browser that opens our page by a bookmark.
fn visit() -> Knock<'static> {
    Knock { origin: None, site: Some("none"), mode: Some("navigate"), reads: true, ..post() }
}

fn admitted(knock: Knock<'_>) -> bool {
    knock.judge(&public(), PORT).is_ok()
}

#[test]
fn our_own_page_comes_in() {
    assert!(admitted(post()));
    assert!(admitted(visit()));
    // Chromium sends no Sec-Fetch-Site with a WebSocket upgrade.
    assert!(admitted(Knock { site: None, mode: None, ..post() }));
    assert!(admitted(Knock { origin: None, ..post() }));
    assert!(admitted(Knock { host: "CHAT.example", ..post() }));
}

#[test]
fn this_machine_comes_in_at_the_port_that_we_listen_on() {
    let local = |host, origin| Knock { host, origin: Some(origin), site: None, ..post() };
    assert!(admitted(local("localhost:3000", "http://localhost:3000")));
    assert!(admitted(local("127.0.0.1:3000", "http://127.0.0.1:3000")));
    assert!(admitted(local("[::1]:3000", "http://[::1]:3000")));
    assert!(!admitted(local("localhost:3001", "http://localhost:3001")));
    assert!(!admitted(local("localhost:3000", "http://127.0.0.1:3000")));
    assert!(!admitted(local("localhost:3000", "http://localhost:8080")));
}

#[test]
fn another_origin_is_refused_however_much_it_looks_like_ours() {
    for origin in [
        "https://evil.example",
        "https://chat.example.evil",
        "https://evil-chat.example",
        "https://chat.example:8443",
        "https://chat.example.",
        "https://CHAT.example",
        "http://chat.example",
        "https://chat.example/",
        "null",
        "",
        "?",
    ] {
        let knock = Knock { origin: Some(origin), site: None, ..post() };
        assert!(!admitted(knock), "{origin}");
    }
}

#[test]
fn a_host_that_is_not_ours_is_refused() {
    for host in ["evil.example", "chat.example.evil", "chat.example:8443", "chat.example.", ""] {
        let origin = format!("https://{host}");
        assert!(!admitted(Knock { host, origin: Some(&origin), ..post() }), "{host}");
        assert!(!admitted(Knock { host, ..visit() }), "{host}");
    }
}

#[test]
fn a_request_that_another_site_causes_is_refused() {
    for site in ["cross-site", "same-site", "none", "?"] {
        assert!(!admitted(Knock { site: Some(site), ..post() }), "{site}");
        assert!(!admitted(Knock { site: Some(site), origin: None, ..post() }), "{site}");
    }
    let taken_in = Knock { site: Some("cross-site"), mode: Some("no-cors"), ..visit() };
    assert!(!admitted(taken_in));
    let link = Knock { site: Some("cross-site"), ..visit() };
    assert!(admitted(link));
}

#[test]
fn a_program_comes_in_unless_it_brings_a_cookie() {
    let program = |has_cookie| Knock {
        host: "yoriai.internal",
        origin: None,
        site: None,
        mode: None,
        has_cookie,
        reads: false,
    };
    assert!(admitted(program(false)));
    assert!(!admitted(program(true)));
    assert!(!admitted(Knock { host: "chat.example", ..program(true) }));
}

#[test]
fn under_plain_http_browsers_say_nothing_with_a_page() {
    let silent = Knock { site: None, mode: None, ..visit() };
    assert!(admitted(silent));
}
