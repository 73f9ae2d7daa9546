//! Whatever is cut, refused or lost on the way: every message is accepted once, in order, and the
//! channel is seen as it is.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chat::protocol::{
    Accepted, Answer, Changes, ChannelState, Command, HistoryPage, Opened, Posted, Reply, Row,
    Scope, ServerFrame,
};
use chat::{Body, ChannelSid, Draft, Media, Message, MessageIndex, Nonce, Refusal, Sequence};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::scene::{
    Scene, change, channel, channel_row, media, message, opened, photo, refusal, state, unread,
};
use crate::{Effect, Event, Input, Line, LineKey};

const CHANNELS: u128 = 3;
/// Half seconds after which everything that was put off has been done.
const QUIET: u32 = 10;

#[derive(Clone, Debug)]
enum Step {
    Say(u128),
    Attach(u128),
    /// The upload that runs ends well, or breaks.
    Upload {
        breaks: bool,
    },
    OtherSays(u128),
    Open(u128),
    GoBack(u128),
    /// The server takes the next request, and is too busy for it or not.
    Serve {
        busy: bool,
    },
    /// The client hears the next of what the server said.
    Hear,
    /// A change is lost between the server's nodes.
    LoseAChange,
    /// The connection breaks; the server still gets some of what was on its way.
    Cut(Index),
    Connect,
    Pass(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..CHANNELS).prop_map(Step::Say),
        2 => (0..CHANNELS).prop_map(Step::Attach),
        2 => prop::bool::weighted(0.2).prop_map(|breaks| Step::Upload { breaks }),
        1 => (0..CHANNELS).prop_map(Step::OtherSays),
        1 => (0..CHANNELS).prop_map(Step::Open),
        1 => (0..CHANNELS).prop_map(Step::GoBack),
        6 => prop::bool::weighted(0.2).prop_map(|busy| Step::Serve { busy }),
        6 => Just(Step::Hear),
        1 => Just(Step::LoseAChange),
        1 => any::<Index>().prop_map(Step::Cut),
        2 => Just(Step::Connect),
        2 => (0_i64..3_000).prop_map(Step::Pass),
    ];
    prop::collection::vec(step, 1..150)
}

/// A server small enough to be right: channels are lists, a sequence is a message.
#[derive(Default)]
struct Server {
    channels: BTreeMap<ChannelSid, Vec<Message>>,
    first_replies: BTreeMap<Nonce, Posted>,
    /// To the client, in order.
    said: VecDeque<ServerFrame>,
}

impl Server {
    fn new() -> Self {
        let channels = (0..CHANNELS).map(|number| (channel(number), Vec::new())).collect();
        Self { channels, ..Self::default() }
    }

    fn head(&self, sid: ChannelSid) -> u64 {
        self.channels[&sid].len() as u64
    }

    fn states(&self) -> Vec<ChannelState> {
        self.channels.keys().map(|&sid| state(sid, self.head(sid))).collect()
    }

    fn post(&mut self, author: &str, draft: &Draft) -> Posted {
        if let Some(posted) = self.first_replies.get(&draft.nonce) {
            return *posted;
        }
        let before = self.head(draft.channel);
        let mut row = message(author, before, before + 1);
        row.nonce = draft.nonce;
        row.media = draft.media.map(|sid| Media { sid, ..media(0) });
        row.body = Body::parse(&draft.body).ok();
        assert!(row.body.is_some() || row.media.is_some(), "it was parsed before");
        let posted = Posted { sid: row.sid, index: row.index };
        self.first_replies.insert(draft.nonce, posted);
        self.channels.entry(draft.channel).or_default().push(row.clone());
        let scope = Scope::Channel(draft.channel);
        let told = change(scope, before, before + 1, vec![Row::Message(row)]);
        self.said.push_back(ServerFrame::Change(told));
        posted
    }

    fn answer(&mut self, command: &Command) -> Answer {
        let accepted = match command {
            Command::PostMessage(draft) => Accepted::Posted(self.post("ada", draft)),
            Command::Resume { scope, since } => Accepted::Changes(self.resume(*scope, since.0)),
            Command::OpenChannel { channel } => Accepted::Opened(Box::new(self.open(*channel))),
            Command::History { channel, before, .. } => {
                Accepted::History(self.history(*channel, before.0 as usize))
            }
            Command::Unread { channel } => {
                Accepted::Unread(unread(None, self.head(*channel), self.head(*channel)))
            }
            other => unreachable!("{other:?}"),
        };
        Answer::Ok(accepted)
    }

    /// Two messages at a time.
    fn resume(&self, scope: Scope, since: u64) -> Changes {
        let epoch = crate::scene::epoch(1);
        let Scope::Channel(sid) = scope else {
            let change = change(scope, since, since, Vec::new());
            return Changes { epoch, change, more: false, gap: false };
        };
        let upto = (since + 2).min(self.head(sid));
        let rows = &self.channels[&sid][since as usize..upto as usize];
        let rows = rows.iter().cloned().map(Row::Message).collect();
        let more = upto < self.head(sid);
        Changes { epoch, change: change(scope, since, upto, rows), more, gap: false }
    }

    fn history(&self, sid: ChannelSid, before: usize) -> HistoryPage {
        let first = before.saturating_sub(2);
        let messages = self.channels[&sid][first..before].to_vec();
        HistoryPage { messages, earlier: 0 < first }
    }

    fn open(&self, sid: ChannelSid) -> Opened {
        let messages = &self.channels[&sid];
        let page = messages[messages.len().saturating_sub(3)..].to_vec();
        Opened { channel: channel_row(sid, Some("Plaza"), 0), ..opened(self.head(sid), page) }
    }
}

struct Play {
    scene: Scene,
    server: Server,
    said: BTreeMap<ChannelSid, Vec<Nonce>>,
    others: u128,
}

impl Play {
    fn new() -> Self {
        let mut play =
            Self { scene: Scene::new(), server: Server::new(), said: BTreeMap::new(), others: 0 };
        play.connect();
        play
    }

    fn act(&mut self, step: &Step) {
        match step {
            Step::Say(number) => self.say(channel(*number)),
            Step::Attach(number) => self.attach(channel(*number)),
            Step::Upload { breaks } => self.upload(*breaks),
            Step::OtherSays(number) => self.other_says(channel(*number)),
            Step::Open(number) => {
                self.scene.act(|client, now| client.open(channel(*number), now));
            }
            Step::GoBack(number) => {
                self.scene.act(|client, now| client.older(channel(*number), now));
            }
            Step::Serve { busy } => self.serve(*busy),
            Step::Hear => self.hear(),
            Step::LoseAChange => {
                let is_change = |frame: &ServerFrame| matches!(frame, ServerFrame::Change(_));
                if let Some(at) = self.server.said.iter().position(is_change) {
                    self.server.said.remove(at);
                }
            }
            Step::Cut(arrives) => self.cut(*arrives),
            Step::Connect => self.connect(),
            Step::Pass(milliseconds) => self.scene.pass(*milliseconds),
        }
    }

    fn is_online(&self) -> bool {
        self.scene.client.state().is_online()
    }

    fn say(&mut self, sid: ChannelSid) {
        if let Ok(nonce) = self.scene.act(|client, now| client.post(sid, "a word", now)) {
            self.said.entry(sid).or_default().push(nonce);
        }
    }

    fn attach(&mut self, sid: ChannelSid) {
        let attached = self.scene.act(|client, now| client.post_file(sid, "", photo(), now));
        if let Ok(nonce) = attached {
            self.said.entry(sid).or_default().push(nonce);
        }
    }

    fn upload(&mut self, breaks: bool) {
        let is_upload = |effect: &Effect| matches!(effect, Effect::Upload { .. });
        let Some(at) = self.scene.effects.iter().position(is_upload) else { return };
        if let Effect::Upload { nonce, .. } = self.scene.effects.remove(at) {
            assert!(!self.scene.effects.iter().any(is_upload), "one at a time");
            let sid = media(nonce.0.as_u128()).sid;
            self.scene.input(match breaks {
                true => Input::UploadBroke { nonce },
                false => Input::Uploaded { nonce, media: Media { sid, ..media(0) } },
            });
        }
    }

    fn other_says(&mut self, sid: ChannelSid) {
        self.others += 1;
        let nonce = crate::scene::nonce(self.others);
        let body = "another's word".to_owned();
        let draft = Draft { channel: sid, nonce, body, attributes: String::new(), media: None };
        self.server.post("grace", &draft);
        if !self.is_online() {
            self.server.said.clear();
        }
    }

    fn serve(&mut self, busy: bool) {
        if self.scene.requests.is_empty() {
            return;
        }
        let (reference, command) = self.scene.requests.remove(0);
        let answer = match busy {
            true => Answer::Refused(Refusal::TooManyRequests { retry_after_ms: 300 }.to_wire()),
            false => self.server.answer(&command),
        };
        self.server.said.push_back(ServerFrame::Reply(Reply { reference, answer }));
    }

    fn hear(&mut self) {
        if let Some(frame) = self.server.said.pop_front() {
            self.scene.server(&frame);
        }
    }

    fn cut(&mut self, arrives: Index) {
        if !self.is_online() {
            return;
        }
        let on_the_way = std::mem::take(&mut self.scene.requests);
        let arrived = arrives.index(on_the_way.len() + 1);
        for (_, command) in &on_the_way[..arrived] {
            self.server.answer(command);
        }
        self.server.said.clear();
        self.scene.cut();
    }

    fn connect(&mut self) {
        if !self.is_online() {
            self.scene.requests.clear();
            self.server.said.clear();
            self.scene.welcome.channels = self.server.states();
            self.scene.connect();
        }
    }

    /// Nothing goes wrong any more, until nothing has happened for a while.
    fn end_well(&mut self) {
        let mut quiet = 0;
        for _ in 0..5_000 {
            self.connect();
            self.serve(false);
            self.hear();
            self.upload(false);
            if !self.scene.requests.is_empty() || !self.server.said.is_empty() {
                quiet = 0;
                continue;
            }
            quiet += 1;
            self.scene.pass(500);
            if QUIET <= quiet && self.scene.client.outbox().iter().count() == 0 {
                return;
            }
        }
        panic!("never quiet: {:?} {:?}", self.scene.client.outbox(), self.scene.requests);
    }

    fn accepted(&self, sid: ChannelSid) -> Vec<Nonce> {
        let mine = |message: &&Message| message.author == crate::scene::user("ada");
        self.server.channels[&sid].iter().filter(mine).map(|message| message.nonce).collect()
    }

    /// What a channel shows, each line with its key.
    fn shown(&self, sid: ChannelSid) -> Vec<(LineKey, String)> {
        let ada = crate::scene::user("ada");
        let lines = self.scene.client.lines(sid);
        lines.map(|line| (line.key(ada), format!("{line:?}"))).collect()
    }

    /// Does a step, and checks what the page relies on: a key names one line, and no line comes,
    /// changes or goes untold.
    fn act_and_tell(&mut self, step: &Step) {
        let before: Vec<_> = (0..CHANNELS).map(|number| self.shown(channel(number))).collect();
        self.scene.events.clear();
        self.act(step);
        for (number, before) in (0..CHANNELS).zip(before) {
            let after = self.shown(channel(number));
            let keys: BTreeSet<_> = after.iter().map(|(key, _)| *key).collect();
            assert_eq!(keys.len(), after.len(), "a key twice: {after:?}");
            let is_told = self.scene.events.iter().any(
                |event| matches!(event, Event::Timeline { channel: of, .. } if *of == channel(number)),
            );
            assert!(is_told || before == after, "untold: {before:?} became {after:?}");
        }
    }

    fn seen(&self, sid: ChannelSid) -> Vec<MessageIndex> {
        let lines = self.scene.client.lines(sid).map(|line| match line {
            Line::Message(message) => message.index,
            other => panic!("nothing else is left: {other:?}"),
        });
        lines.collect()
    }
}

proptest! {
    #[test]
    fn what_ada_says_is_accepted_once_and_in_order_whatever_happens(steps in steps()) {
        let mut play = Play::new();
        steps.iter().for_each(|step| play.act(step));
        play.end_well();
        for number in 0..CHANNELS {
            let said = play.said.get(&channel(number)).cloned().unwrap_or_default();
            prop_assert_eq!(play.accepted(channel(number)), said);
        }
    }

    #[test]
    fn the_page_is_told_of_every_line_and_never_has_a_key_twice(steps in steps()) {
        let mut play = Play::new();
        steps.iter().for_each(|step| play.act_and_tell(step));
    }

    #[test]
    fn ada_sees_every_channel_as_it_is_in_the_end(steps in steps()) {
        let mut play = Play::new();
        steps.iter().for_each(|step| play.act(step));
        // The loss of the very last change can only be noticed by the next one.
        (0..CHANNELS).for_each(|number| play.other_says(channel(number)));
        play.end_well();
        for number in 0..CHANNELS {
            let sid = channel(number);
            if play.scene.client.timeline(sid).is_none() {
                continue;
            }
            let seen = play.seen(sid);
            let first = seen.first().map_or(0, |index| index.0);
            let all: Vec<_> = (first..play.server.head(sid)).map(MessageIndex).collect();
            prop_assert_eq!(seen, all);
        }
    }
}

#[test]
fn the_small_server_refuses_when_it_is_busy() {
    let mut play = Play::new();
    play.scene.answer_resumes();
    play.say(channel(0));
    play.serve(true);
    play.hear();
    assert!(play.accepted(channel(0)).is_empty());
    assert!(play.scene.requests.is_empty(), "the outbox waits");
    assert!(refusal(true, None).temporary);
    play.end_well();
    assert_eq!(play.accepted(channel(0)).len(), 1);
    assert_eq!(play.server.head(channel(0)), Sequence(1).0);
}
