//! Files beside messages: how they come in, who may have them, and how they go.

use chat::protocol::{Accepted, Answer, Command, MediaUrl, NewChannel, Row, ServerFrame};
use chat::{ChannelSid, Draft, Media, MediaSid, Message, MessageIndex, Refusal, UserSid};
use server::clock::{Clock, ManualClock};
use server::commands::{Announced, Quotas, begin_upload};
use server::limits::{MEDIA_URL_MS, UPLOAD_LEFT_AFTER_MS};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::messages::draft;
use crate::support::http::{self, Response};
use crate::support::{Came, Raw, TestServer, nonce, soon};

/// Somebody who brings files.
struct Painter {
    token: String,
    raw: Raw,
    user: UserSid,
    general: ChannelSid,
}

impl Painter {
    /// Comes with a token of the backend's, and is in General.
    async fn comes(server: &TestServer, name: &str) -> Self {
        let token = server.backend_token(name, 3_600);
        let (mut raw, welcome) = Raw::welcomed(server.address, &token).await;
        let general = welcome.general;
        raw.accepted(Command::JoinChannel { channel: general, nonce: nonce() }).await;
        Self { token, raw, user: welcome.user, general }
    }

    async fn sends(&self, server: &TestServer, filename: &str, content: &[u8]) -> Response {
        let bearer = format!("Bearer {}", self.token);
        let line = format!("POST /media?filename={filename}");
        let headers = [("Authorization", bearer.as_str())];
        let sent = http::request(server.address, &line, &headers, content);
        soon("a file is answered", sent).await.expect("the server is there")
    }

    /// Brings what is taken.
    async fn brings(&self, server: &TestServer, filename: &str, content: &[u8]) -> Media {
        let answer = self.sends(server, filename, content).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        serde_json::from_value(answer.json()).expect("a file")
    }

    /// A channel of their own.
    async fn creates(&mut self, private: bool) -> ChannelSid {
        let wish = NewChannel {
            nonce: nonce(),
            friendly_name: "Studio".to_owned(),
            unique_name: None,
            attributes: String::new(),
            private,
            without_joining: false,
        };
        match self.raw.accepted(Command::CreateChannel(wish)).await {
            Accepted::Created(created) => created.channel,
            other => panic!("a channel was expected: {other:?}"),
        }
    }

    async fn shows(&mut self, channel: ChannelSid, media: MediaSid) -> MessageIndex {
        match self.raw.accepted(Command::PostMessage(showing(channel, media))).await {
            Accepted::Posted(posted) => posted.index,
            other => panic!("a message was expected: {other:?}"),
        }
    }

    async fn url(&mut self, channel: ChannelSid, index: MessageIndex) -> MediaUrl {
        match self.raw.accepted(Command::MediaUrl { channel, index }).await {
            Accepted::MediaUrl(url) => url,
            other => panic!("an address was expected: {other:?}"),
        }
    }

    /// The next message with a file that this person hears of.
    async fn sees(&mut self) -> Message {
        loop {
            let Came::Frame(ServerFrame::Change(change)) = self.raw.next().await else { continue };
            for row in change.rows {
                if let Row::Message(message) = row
                    && message.media.is_some()
                {
                    return message;
                }
            }
        }
    }
}

fn showing(channel: ChannelSid, media: MediaSid) -> Draft {
    Draft { media: Some(media), body: String::new(), ..draft(channel, "") }
}

async fn gets(server: &TestServer, path: &str, headers: &[(&str, &str)]) -> Response {
    let line = format!("GET {path}");
    let got = http::request(server.address, &line, headers, "");
    soon("a file is fetched", got).await.expect("the server is there")
}

/// The answer says no, as the socket would.
#[track_caller]
fn is_no(answer: &Response, refusal: Refusal) {
    let told = serde_json::to_value(refusal.to_wire()).expect("plain data");
    assert_eq!((answer.status, answer.json()), (refusal.status(), told), "{answer:?}");
}

/// A picture of three pixels by two, and some bytes behind its head.
fn picture() -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x03\0\0\0\x02\x08\x06\0\0\0".to_vec();
    png.extend((0..1_000).map(|number| (number % 251) as u8));
    png
}

async fn manual(set: impl FnOnce(&mut server::config::Config)) -> (TestServer, ManualClock) {
    let clock = ManualClock::new(Clock::System.now());
    (TestServer::start_with(Clock::Manual(clock.clone()), set).await, clock)
}

#[tokio::test]
async fn a_file_goes_from_one_to_another() {
    let server = TestServer::start().await;
    let [mut ada, mut grace] =
        [Painter::comes(&server, "ada").await, Painter::comes(&server, "grace").await];
    let file = ada.brings(&server, "..%2F%E5%B1%B1%E2%80%AE.png", &picture()).await;
    assert_eq!((file.filename.as_str(), file.content_type.as_str()), ("山.png", "image/png"));
    assert_eq!(file.size, picture().len() as u64);
    let dimensions = file.dimensions.expect("it was measured");
    assert_eq!((dimensions.width, dimensions.height), (3, 2));

    let general = ada.general;
    let index = ada.shows(general, file.sid).await;
    let message = grace.sees().await;
    assert_eq!((message.index, message.body, message.media), (index, None, Some(file)));

    let url = grace.url(general, index).await;
    let whole = gets(&server, &url.path, &[]).await;
    assert_eq!((whole.status, &whole.bytes), (200, &picture()));
    for (name, expected) in [
        ("content-type", "image/png"),
        ("content-length", "1029"),
        ("content-disposition", "inline; filename=\"_.png\"; filename*=UTF-8''%E5%B1%B1.png"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("access-control-allow-origin", "*"),
        ("accept-ranges", "bytes"),
    ] {
        assert_eq!(whole.header(name), Some(expected), "{name}");
    }
    let kept =
        whole.header("cache-control").and_then(|text| text.strip_prefix("private, max-age="));
    let seconds: i64 = kept.expect("it says how long").parse().expect("a number");
    assert!((0..=MEDIA_URL_MS / 1_000).contains(&seconds), "{seconds}");

    let part = gets(&server, &url.path, &[("Range", "bytes=1000-")]).await;
    assert_eq!((part.status, &part.bytes[..]), (206, &picture()[1_000..]));
    assert_eq!(part.header("content-range"), Some("bytes 1000-1028/1029"));
    let beyond = gets(&server, &url.path, &[("Range", "bytes=1029-")]).await;
    assert_eq!((beyond.status, beyond.header("content-range")), (416, Some("bytes */1029")));
    let tag = whole.header("etag").expect("one").to_owned();
    let same = gets(&server, &url.path, &[("If-None-Match", &tag)]).await;
    assert_eq!((same.status, same.bytes.len()), (304, 0));
    let other = [("Range", "bytes=0-1"), ("If-Range", "\"another\"")];
    assert_eq!(gets(&server, &url.path, &other).await.status, 200);
    let head = http::request(server.address, &format!("HEAD {}", url.path), &[], "").await;
    let head = head.expect("the server is there");
    assert_eq!((head.status, head.header("content-length")), (200, Some("1029")));
    assert!(head.bytes.is_empty());
}

#[tokio::test]
async fn a_file_is_for_who_reads_its_own_channel_and_for_them_alone() {
    let server = TestServer::start().await;
    let mut people = Vec::new();
    for name in ["ada", "grace", "linus"] {
        people.push(Painter::comes(&server, name).await);
    }
    let [mut ada, mut grace, mut linus] = people.try_into().unwrap_or_else(|_| unreachable!());
    let (studio, general) = (ada.creates(true).await, ada.general);
    let identity = "grace".to_owned();
    ada.raw.accepted(Command::AddMember { channel: studio, identity, nonce: nonce() }).await;
    let file = ada.brings(&server, "", &picture()).await;
    let index = ada.shows(studio, file.sid).await;
    ada.raw.accepted(Command::PostMessage(draft(general, "Only words"))).await;

    // Linus reads another channel: to him there is neither the channel nor its file.
    let asked = linus.raw.refused(Command::MediaUrl { channel: studio, index }).await;
    assert_eq!(asked.code, Refusal::ChannelNotFound.code());
    let asked = linus.raw.refused(Command::MediaUrl { channel: general, index }).await;
    assert_eq!(asked.code, Refusal::MessageNotFound.code());

    // Whatever of an address is changed, it is none.
    let url = grace.url(studio, index).await;
    assert_eq!(gets(&server, &url.path, &[]).await.status, 200);
    let (bare, query) = url.path.split_once('?').expect("it has parameters");
    let hers = url.path.replace(&grace.user.to_string(), &linus.user.to_string());
    let later = url.path.replace("expires=1", "expires=2");
    let other = url.path.replace(&file.sid.to_string(), &MediaSid::from_bytes([7; 16]).to_string());
    for path in [bare, &hers, &later, &other, &format!("{bare}?{query}x"), &format!("{bare}?user=")]
    {
        is_no(&gets(&server, path, &[]).await, Refusal::MediaUrlInvalid);
    }

    // A removed member's address is worth nothing at once, and says no more than that.
    let user = grace.user;
    ada.raw.accepted(Command::RemoveMember { channel: studio, user }).await;
    is_no(&gets(&server, &url.path, &[]).await, Refusal::MediaNotFound);
    let mine = ada.url(studio, index).await;
    assert_eq!(gets(&server, &mine.path, &[]).await.status, 200);
    ada.raw.accepted(Command::DeleteMessage { channel: studio, index }).await;
    is_no(&gets(&server, &mine.path, &[]).await, Refusal::MediaNotFound);
}

#[tokio::test]
async fn an_address_ends() {
    let (server, clock) = manual(|_| {}).await;
    let mut ada = Painter::comes(&server, "ada").await;
    let file = ada.brings(&server, "", &picture()).await;
    let index = ada.shows(ada.general, file.sid).await;
    let url = ada.url(ada.general, index).await;
    clock.advance(MEDIA_URL_MS - 1);
    let last = gets(&server, &url.path, &[]).await;
    assert_eq!((last.status, last.header("cache-control")), (200, Some("private, max-age=0")));
    clock.advance(1);
    is_no(&gets(&server, &url.path, &[]).await, Refusal::MediaUrlInvalid);
}

#[tokio::test]
async fn what_could_run_in_a_browser_is_refused_or_only_saved() {
    let server = TestServer::start().await;
    let mut ada = Painter::comes(&server, "ada").await;
    for (content, refusal) in [
        (&b"<!DOCTYPE html><script>alert(1)</script>"[..], Refusal::MediaRefused),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", Refusal::MediaRefused),
        (b"MZ\x90\0\x03\0\0\0", Refusal::MediaRefused),
        (b"words, and then \0\x01\x02", Refusal::MediaRefused),
        (b"", Refusal::MediaEmpty),
    ] {
        is_no(&ada.sends(&server, "cat.png", content).await, refusal);
    }
    assert_eq!(server.files(), 0, "nothing of them was kept");

    let polyglot = b"GIF89a/*\x02\0\0\0\0\0*/=1;alert(1)//<script>alert(1)</script>";
    let text = b"Not a page: <script>alert(1)</script>";
    for (content, content_type, kind) in [
        (&polyglot[..], "image/gif", "inline"),
        (text, "text/plain; charset=utf-8", "attachment"),
        (b"%PDF-1.7\n/JavaScript", "application/pdf", "attachment"),
    ] {
        let file = ada.brings(&server, "page.html", content).await;
        let index = ada.shows(ada.general, file.sid).await;
        let url = ada.url(ada.general, index).await;
        let got = gets(&server, &url.path, &[]).await;
        assert_eq!((got.status, got.header("content-type")), (200, Some(content_type)));
        assert_eq!(got.header("x-content-type-options"), Some("nosniff"));
        let policy = got.header("content-security-policy");
        assert_eq!(policy, Some("sandbox; default-src 'none'"));
        let disposition = got.header("content-disposition").expect("it says what to do");
        assert!(disposition.starts_with(kind), "{disposition}");
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_while_it_comes() {
    let (server, clock) = manual(|config| config.media.file_bytes_max = 1_000_000).await;
    let ada = Painter::comes(&server, "ada").await;
    let large = b"x".repeat(1_000_001);
    is_no(&ada.sends(&server, "", &large).await, Refusal::MediaTooLarge);
    assert_eq!(ada.brings(&server, "", &large[1..]).await.size, 1_000_000);

    // One that does not say how large it is, and never ends.
    let mut stream = TcpStream::connect(server.address).await.expect("it is there");
    let head = head_of(&ada, "Transfer-Encoding: chunked");
    stream.write_all(head.as_bytes()).await.expect("it listens");
    let chunk = [b"10000\r\n", &b"x".repeat(0x10000)[..], b"\r\n"].concat();
    for _ in 0..16 {
        stream.write_all(&chunk).await.expect("it listens");
    }
    let answer = soon("it is answered", http::answer(stream)).await.expect("an answer");
    is_no(&answer, Refusal::MediaTooLarge);
    server.until_files(1, &clock).await;
}

fn head_of(painter: &Painter, length: &str) -> String {
    let token = &painter.token;
    format!(
        "POST /media HTTP/1.1\r\nHost: here\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         {length}\r\n\r\n"
    )
}

#[tokio::test]
async fn what_breaks_off_leaves_nothing_behind() {
    let (server, clock) = manual(|_| {}).await;
    let ada = Painter::comes(&server, "ada").await;
    let mut stream = TcpStream::connect(server.address).await.expect("it is there");
    let head = head_of(&ada, "Content-Length: 9000000");
    stream.write_all(head.as_bytes()).await.expect("it listens");
    stream.write_all(&b"x".repeat(6_000_000)).await.expect("it listens");
    let begun = async {
        while server.files() == 0 {
            tokio::task::yield_now().await;
        }
    };
    soon("it is written down", begun).await;
    drop(stream);
    server.until_files(0, &clock).await;
}

#[tokio::test]
async fn only_who_may_brings_files_and_only_so_many() {
    let (server, _) = manual(|config| {
        config.media.quotas = Quotas { of_user: 2_000, of_all: 5_000 };
        config.rates.messages = "1/s, burst 4".parse().expect("a rate");
    })
    .await;
    let ada = Painter::comes(&server, "ada").await;
    let nobody = http::request(server.address, "POST /media", &[], picture()).await;
    is_no(&nobody.expect("it is there"), Refusal::TokenInvalid);
    let stranger = [("Authorization", "Bearer abc")];
    let stranger = http::request(server.address, "POST /media", &stranger, picture()).await;
    assert_eq!(stranger.expect("it is there").status, 401);

    ada.brings(&server, "", &picture()).await;
    is_no(&ada.sends(&server, "", &picture()).await, Refusal::MediaOverQuota);
    ada.brings(&server, "", b"There is room for a few words").await;
    assert_eq!(ada.sends(&server, "", b"One more").await.status, 201);
    let fast = ada.sends(&server, "", b"One too many").await;
    assert_eq!((fast.status, fast.header("retry-after")), (429, Some("1")));
}

#[tokio::test]
async fn a_page_of_another_site_may_ask_for_it() {
    let server = TestServer::start().await;
    let ada = Painter::comes(&server, "ada").await;
    let asked = [
        ("Origin", "https://site.example"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "authorization,content-type"),
    ];
    let allowed = http::request(server.address, "OPTIONS /media", &asked, "").await;
    let allowed = allowed.expect("it is there");
    assert_eq!(allowed.status, 200);
    assert_eq!(allowed.header("access-control-allow-origin"), Some("*"));
    let headers = allowed.header("access-control-allow-headers").expect("some");
    assert!(headers.contains("authorization"), "{headers}");

    let bearer = format!("Bearer {}", ada.token);
    let elsewhere = [("Origin", "https://site.example"), ("Authorization", &bearer)];
    let brought = http::request(server.address, "POST /media", &elsewhere, picture()).await;
    let brought = brought.expect("it is there");
    assert_eq!(brought.status, 201);
    assert_eq!(brought.header("access-control-allow-origin"), Some("*"));
}

#[tokio::test]
async fn two_messages_race_for_one_file_and_a_lost_reply_is_repeated() {
    let server = TestServer::start().await;
    let mut ada = Painter::comes(&server, "ada").await;
    let (mut other_tab, _) = Raw::welcomed(server.address, &ada.token).await;
    let file = ada.brings(&server, "", &picture()).await;
    let drafts = [showing(ada.general, file.sid), showing(ada.general, file.sid)];
    let [first, second] = drafts.clone().map(Command::PostMessage);
    let (here, there) = tokio::join!(ada.raw.ask(first), other_tab.ask(second));
    let (won, posted) = match (here, there) {
        (Answer::Ok(Accepted::Posted(posted)), Answer::Refused(refusal)) => {
            assert_eq!(refusal.code, Refusal::MediaTaken.code());
            (&drafts[0], posted)
        }
        (Answer::Refused(refusal), Answer::Ok(Accepted::Posted(posted))) => {
            assert_eq!(refusal.code, Refusal::MediaTaken.code());
            (&drafts[1], posted)
        }
        other => panic!("one of them has it: {other:?}"),
    };
    let again = ada.raw.accepted(Command::PostMessage(won.clone())).await;
    assert_eq!(again, Accepted::Posted(posted));
}

#[tokio::test]
async fn what_no_message_takes_goes_after_a_day() {
    let (server, clock) = manual(|_| {}).await;
    let mut ada = Painter::comes(&server, "ada").await;
    let kept = ada.brings(&server, "", &picture()).await;
    ada.shows(ada.general, kept.sid).await;
    let waiting = ada.brings(&server, "", &picture()).await;
    // As if the server had been killed while it came.
    let (user, room) = (ada.user, Quotas { of_user: 9_000, of_all: 9_000 });
    server.operates(move |tx, m| begin_upload(tx, user, &Announced::default(), room, m)).await;
    assert_eq!(server.files(), 2);
    clock.advance(UPLOAD_LEFT_AFTER_MS + 1);
    server.until_files(1, &clock).await;

    let mut ada = Painter { token: server.backend_token("ada", 3_600), ..ada };
    (ada.raw, _) = Raw::welcomed(server.address, &ada.token).await;
    let late = ada.raw.refused(Command::PostMessage(showing(ada.general, waiting.sid))).await;
    assert_eq!(late.code, Refusal::MediaNotFound.code());
    let url = ada.url(ada.general, MessageIndex(0)).await;
    assert_eq!(gets(&server, &url.path, &[]).await.status, 200);
}

#[tokio::test]
async fn files_go_with_their_messages_and_with_their_channel() {
    let (server, clock) = manual(|_| {}).await;
    let mut ada = Painter::comes(&server, "ada").await;
    let studio = ada.creates(false).await;
    for channel in [ada.general, studio, studio] {
        let file = ada.brings(&server, "", &picture()).await;
        ada.shows(channel, file.sid).await;
    }
    assert_eq!(server.files(), 3);
    let first = MessageIndex(0);
    ada.raw.accepted(Command::DeleteMessage { channel: ada.general, index: first }).await;
    server.until_files(2, &clock).await;
    ada.raw.accepted(Command::DeleteChannel { channel: studio }).await;
    server.until_files(0, &clock).await;
}

#[tokio::test]
async fn a_backend_brings_a_file_and_says_it_in_anybodys_name() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    let media = format!("/v1/Services/{}/Media", backend.service());
    let brought = backend.asks("POST", &format!("{media}?Filename=notes.txt"), "Minutes").await;
    assert_eq!(brought.status, 201, "{brought:?}");
    let sid = brought.json()["sid"].as_str().expect("a SID").to_owned();
    let made = backend
        .makes("/Channels/general/Messages", &[("MediaSid", &sid), ("From", "secretary")])
        .await;
    assert_eq!((&made["type"], &made["body"]), (&"media".into(), &serde_json::Value::Null));
    let shown = serde_json::json!({
        "sid": sid, "size": 7, "content_type": "text/plain", "filename": "notes.txt",
    });
    assert_eq!(made["media"], shown);
    let again = backend.posts("/Channels/general/Messages", &[("MediaSid", &sid)]).await;
    assert_eq!(again.json()["code"], Refusal::MediaTaken.code());
    let none = backend.posts("/Channels/general/Messages", &[("MediaSid", "ME")]).await;
    assert_eq!(none.json()["code"], Refusal::MediaNotFound.code());

    let described = backend.asks("GET", &format!("{media}/{sid}"), "").await.json();
    let url = described["links"]["content_direct_temporary"].as_str().expect("an address");
    let path = url.strip_prefix(&format!("http://{}", server.address)).expect("it is ours");
    assert_eq!(gets(&server, path, &[]).await.body, "Minutes");

    let guess = [("Authorization", "Basic YTpi")];
    let guess = http::request(server.address, &format!("GET {media}/{sid}"), &guess, "").await;
    is_no(&guess.expect("it is there"), Refusal::TokenInvalid);
    let elsewhere = media.replace(backend.service(), "IS00000000000000000000000000000000");
    let elsewhere = backend.asks("GET", &format!("{elsewhere}/{sid}"), "").await;
    assert_eq!(elsewhere.status, 404);
}

#[tokio::test]
async fn a_service_ends_with_its_files() {
    let server = TestServer::start().await;
    let first = server.backend().await;
    let made = first.asks("POST", "/v2/Services", "FriendlyName=Second").await.json();
    let second = first.of_service(made["sid"].as_str().expect("a SID"));
    for backend in [&first, &second] {
        let media = format!("/v1/Services/{}/Media", backend.service());
        assert_eq!(backend.asks("POST", &media, "Minutes").await.status, 201);
    }
    assert_eq!(server.files(), 2);
    second.deletes("").await;
    assert_eq!(server.files(), 1);
}
