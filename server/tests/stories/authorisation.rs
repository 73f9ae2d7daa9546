//! Who may do what: each actor tries each action in a public and in a private channel, through every
//! door that has it, and the answers are those of `authorisation.txt`, which people review.

mod actions;
mod functions;
mod hearing;
mod requests;
mod stage;

use chat::UserSid;
use chat::protocol::{Answer, Command, ServerFrame};

use crate::support::http::{self, Response};
use crate::support::sdk::Sdk;
use crate::support::{Backend, Came, Raw, TestServer};
use actions::{Action, elsewhere, in_a_channel};
use requests::{Request, in_rest, in_tunnel};
use stage::{Case, Spot, Stage};

/// Cells are `ok`, the code of the refusal, or `closed` where nobody says anything any more; who hears
/// of something is `told`. Through all doors of a row people get the same answer. The
/// REST API knows the backend only, so everybody else is refused there. `-` is where nobody can ask.
const TABLE: &str = include_str!("authorisation.txt");

/// Outside of the channel are also the guest, and `bare`, whose service role permits next to nothing.
const INSIDE: [&str; 9] = [
    "outsider",
    "invited",
    "former",
    "observer",
    "member",
    "admin",
    "service-admin",
    "guest",
    "bare",
];
/// Who is not let in at all: one without a token, and one whose user was deleted.
const OUTSIDE: [&str; 2] = ["anonymous", "deleted"];

/// Where nobody can ask.
const NOWHERE: &str = "-";

#[tokio::test]
async fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let server = TestServer::start().await;
    let mut house = House::open(&server).await;
    let actors = INSIDE.iter().chain(&OUTSIDE).chain(&["backend"]);
    let actors: Vec<String> = actors.copied().map(str::to_owned).collect();
    let mut table = row("", "", "doors", &actors);
    for (kind, actions) in
        [("public", in_a_channel()), ("private", in_a_channel()), ("any", elsewhere())]
    {
        for (name, action) in actions {
            let doors = doors(name, action);
            table += &row(kind, name, &doors, &house.answers(kind, name, action).await);
        }
        if kind != "any" {
            table += &row(kind, "find_media", "media", &house.with_file(kind).await);
            table += &house.hearing(kind).await;
        }
    }
    table += &functions::rows(&server, &house.stage).await;
    assert_eq!(table.trim_end(), TABLE.trim_end(), "the table as it is:\n{table}");
}

fn row(kind: &str, name: &str, doors: &str, cells: &[String]) -> String {
    let wide: String = cells.iter().map(|cell| format!("{cell:14}")).collect();
    format!("{kind:8}{name:26}{doors:19}{}\n", wide.trim_end())
}

/// Through which doors an action is tried.
fn doors(name: &str, action: Option<Action>) -> String {
    let doors = [
        ("socket", action.is_some()),
        ("tunnel", in_tunnel(name).is_some()),
        ("REST", in_rest(name).is_some()),
    ];
    let there: Vec<&str> = doors.into_iter().filter(|door| door.1).map(|door| door.0).collect();
    there.join(" ")
}

/// One cell; where doors differ, all of their answers, which the table has nowhere.
fn agreed(mut answers: Vec<String>) -> String {
    answers.dedup();
    if answers.is_empty() {
        return NOWHERE.to_owned();
    }
    answers.join("≠")
}

/// What each actor has, and secrets that are for something else, as credentials of the REST API.
fn impostors(server: &TestServer, stage: &Stage) -> Vec<Backend> {
    let keys = server.keys();
    let (own, key) = (keys.own().expect("there"), keys.newest_for_backend().expect("there"));
    let key_sid = key.sid.to_string();
    let of_account = (keys.account_sid.to_string(), key.secret.reveal().to_owned());
    let of_page = (own.sid.to_string(), own.secret.reveal().to_owned());
    let nothing = (String::new(), String::new());
    let tokens = stage.tokens.iter().chain([&stage.deleted]);
    tokens
        .map(|token| (key_sid.clone(), token.clone()))
        .chain([nothing, of_account, of_page])
        .map(|(name, secret)| Backend::with(server.address, &name, &secret))
        .collect()
}

/// A server with everybody at every door.
struct House<'a> {
    server: &'a TestServer,
    stage: Stage,
    tunnels: Vec<Sdk>,
    backend: Backend,
    /// Who pretends to be one.
    impostors: Vec<Backend>,
}

impl<'a> House<'a> {
    async fn open(server: &'a TestServer) -> Self {
        let stage = Stage::set(server).await;
        let mut tunnels = Vec::new();
        for token in &stage.tokens {
            tunnels.push(Sdk::arrive(server.address, token).await);
        }
        let nobody = Sdk::open(server.address, &[]).await.init("").await;
        let deleted = Sdk::open(server.address, &[]).await.init(&stage.deleted).await;
        // To the SDK a user who is gone is as good as an expired token.
        let codes = [&nobody["errorCode"], &deleted["errorCode"]];
        assert_eq!(codes, [20_101, 20_104], "nobody else gets into the tunnel");
        let impostors = impostors(server, &stage);
        let backend = server.backend().await;
        Self { server, stage, tunnels, backend, impostors }
    }

    /// What everybody gets who tries an action.
    async fn answers(&mut self, kind: &str, name: &str, action: Option<Action>) -> Vec<String> {
        let mut cells = Vec::new();
        for (actor, who) in INSIDE.into_iter().enumerate() {
            let mut spot = self.stage.spot(self.server, kind, who).await;
            let mut answers = Vec::new();
            if let Some(action) = action {
                let answer = self.on_socket(spot, actor, action).await;
                if answer == "ok" {
                    spot = self.stage.spot(self.server, kind, who).await;
                }
                answers.push(answer);
            }
            if let Some(request) = in_tunnel(name) {
                answers.push(self.in_tunnel(spot, actor, request).await);
            }
            cells.push(agreed(answers));
        }
        let spot = self.stage.spot(self.server, kind, "member").await;
        cells.extend(self.outside(spot, action).await);
        cells.push(match in_rest(name) {
            Some(request) => self.in_rest(spot, request).await,
            None => NOWHERE.to_owned(),
        });
        cells
    }

    async fn on_socket(&mut self, spot: Spot, actor: usize, action: Action) -> String {
        let command = action(&Case { spot, me: self.stage.users[actor], stage: &self.stage });
        match self.stage.people[actor].ask(command).await {
            Answer::Ok(_) => "ok".to_owned(),
            Answer::Refused(refusal) => refusal.code.to_string(),
        }
    }

    async fn in_tunnel(
        &mut self,
        spot: Spot,
        actor: usize,
        (method, path, body): Request,
    ) -> String {
        let [path, body] = [path, body].map(|text| filled(text, spot, INSIDE[actor]));
        let body = (!body.is_empty()).then(|| body.parse().unwrap_or(body.into()));
        let nothing = serde_json::json!({});
        let reply = self.tunnels[actor].request(method, &path, nothing, body).await;
        match reply.status {
            200..300 => "ok".to_owned(),
            _ => reply.body["code"].to_string(),
        }
    }

    /// What becomes of it for those who are not let in.
    async fn outside(&mut self, spot: Spot, action: Option<Action>) -> Vec<String> {
        let Some(action) = action else { return OUTSIDE.map(|_| NOWHERE.to_owned()).into() };
        let mut cells = Vec::new();
        for token in ["", &self.stage.deleted] {
            let me = UserSid::from_bytes([0; 16]);
            let command = action(&Case { spot, me, stage: &self.stage });
            cells.push(asked_outside(self.server, token, command).await);
        }
        cells
    }

    /// What the backend gets; nobody else gets anything, with whatever they have.
    async fn in_rest(&mut self, spot: Spot, (method, path, body): Request) -> String {
        let [path, body] = [path, body].map(|text| filled(text, spot, "member"));
        let path = self.backend.path(&path);
        for (which, impostor) in self.impostors.iter().enumerate() {
            let no = impostor.asks(method, &path, &body).await;
            assert!([401, 429].contains(&no.status), "{method} {path} by {which}: {no:?}");
        }
        said(&self.backend.asks(method, &path, &body).await)
    }

    /// What everybody gets who asks the media service for the admin's file.
    async fn with_file(&mut self, kind: &str) -> Vec<String> {
        let spot = self.stage.spot(self.server, kind, "member").await;
        let path = format!("/v1/Services/{}/Media/{}", self.backend.service(), spot.file);
        let line = format!("GET {path}");
        let mut cells = Vec::new();
        for token in self.stage.tokens.iter().chain([&String::new(), &self.stage.deleted]) {
            let headers = [("X-Twilio-Token", token.as_str())];
            let asked = http::request(self.server.address, &line, &headers, "");
            cells.push(said(&asked.await.expect("it answers")));
        }
        cells.push(said(&self.backend.get(&path).await));
        cells
    }
}

fn said(answer: &Response) -> String {
    match answer.status {
        200..300 => "ok".to_owned(),
        _ => answer.json()["code"].to_string(),
    }
}

/// A request's text about this spot, by somebody.
fn filled(text: &str, spot: Spot, me: &str) -> String {
    text.replace("{channel}", &spot.channel.to_string())
        .replace("{theirs}", &spot.theirs.to_string())
        .replace("{own}", &spot.own.to_string())
        .replace("{me}", me)
}

async fn asked_outside(server: &TestServer, token: &str, command: Command) -> String {
    let mut raw = Raw::open(server.address).await;
    if !token.is_empty() {
        raw.hello(token).await;
    }
    raw.request(command).await;
    match raw.next().await {
        Came::Frame(ServerFrame::Refused(refusal)) => refusal.code.to_string(),
        Came::Frame(frame) => panic!("nobody was let in: {frame:?}"),
        Came::Closed(_) => "closed".to_owned(),
    }
}
