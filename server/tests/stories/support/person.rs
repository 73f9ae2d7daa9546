//! A person with a client, as the page has one, and the sentences that stories are made of.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;

use chat::protocol::{Accepted, Command, SOCKET_PATH};
use chat::{ChannelSid, MessageIndex, Nonce, Refusal, Timestamp, UserSid};
use client::socket::native::{NativeClient, Settings, TokenSource};
use client::{
    Client, ConnectionState, Event, Input, Line, NoticeKind, Outcome, PendingState, Ticket,
};
use server::clock::Clock;

use tokio::task::AbortHandle;

use super::pass::Pass;
use super::schemas::Misfits;
use super::{TestServer, soon};

/// Somebody in a story.
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) client: NativeClient,
    pub(crate) pass: Pass,
    pub(crate) clock: Clock,
    /// Presses "retry now" whenever it is offered.
    impatience: Option<AbortHandle>,
    /// What was said or heard, and fits no schema.
    misfits: Misfits,
}

impl Drop for Person {
    fn drop(&mut self) {
        if let Some(impatience) = &self.impatience {
            impatience.abort();
        }
        if !thread::panicking() {
            self.misfits.assert_none();
        }
    }
}

impl Person {
    /// Opens the page: connects over this address, and is in General.
    pub(crate) async fn arrive(over: SocketAddr, pass: Pass, clock: &Clock) -> Self {
        let source = pass.source();
        Self::arrive_with(over, pass, source, clock).await
    }

    /// As [`Person::arrive`], with tokens from elsewhere.
    pub(crate) async fn arrive_with(
        over: SocketAddr,
        pass: Pass,
        tokens: TokenSource,
        clock: &Clock,
    ) -> Self {
        let person = Self::begin(over, pass, tokens, clock);
        person.enters_general().await;
        person
    }

    /// Starts a client whose person never waits for the next attempt.
    pub(crate) fn impatient(over: SocketAddr, pass: Pass, clock: &Clock) -> Self {
        let source = pass.source();
        let mut person = Self::begin(over, pass, source, clock);
        let client = person.client.clone();
        let pressing = tokio::spawn(async move {
            loop {
                client
                    .until(|client| matches!(client.state(), ConnectionState::Waiting { .. }))
                    .await;
                client.feed(Input::RetryNow);
            }
        });
        person.impatience = Some(pressing.abort_handle());
        person
    }

    /// Opens a page of another build.
    pub(crate) async fn of_build(version: &str, server: &TestServer) -> Self {
        let pass = server.pass("ada");
        let source = pass.source();
        let person = Self::begin_build(version, server.address, pass, source, &server.clock);
        person.enters_general().await;
        person
    }

    /// Starts a client and waits for nothing.
    pub(crate) fn begin(over: SocketAddr, pass: Pass, tokens: TokenSource, clock: &Clock) -> Self {
        Self::begin_build(server::site::version(), over, pass, tokens, clock)
    }

    fn begin_build(
        version: &str,
        over: SocketAddr,
        pass: Pass,
        tokens: TokenSource,
        clock: &Clock,
    ) -> Self {
        let now = clock.clone();
        let misfits = Misfits::default();
        let client = NativeClient::start(Settings {
            url: format!("ws://{over}{SOCKET_PATH}"),
            origin: None,
            version: version.to_owned(),
            seed: fresh_seed(),
            clock: Arc::new(move || now.now()),
            tokens,
            observer: Some(misfits.observer()),
        });
        let (name, clock) = (pass.name.clone(), clock.clone());
        Self { name, client, pass, clock, impatience: None, misfits }
    }

    /// Is welcomed, joins General if need be, and has it open.
    pub(crate) async fn enters_general(&self) {
        let general = self.until("is welcomed", |client| {
            client.memberships().is_known().then(|| client.general()).flatten()
        });
        let general = general.await;
        if !self.client.with(|client, _| client.memberships().contains(general)) {
            self.asks(|client, now| client.join(general, now)).await;
        }
        self.opens("general").await;
    }

    /// Waits until this person's client finds something.
    pub(crate) async fn until<T>(&self, what: &str, look: impl FnMut(&Client) -> Option<T>) -> T {
        soon(&format!("{} {what}", self.name), self.client.wait_for(look)).await
    }

    /// Waits until it is so.
    pub(crate) async fn so(&self, what: &str, mut look: impl FnMut(&Client) -> bool) {
        self.until(what, |client| look(client).then_some(())).await;
    }

    /// The channel that people call so: its unique name, or else its friendly one.
    pub(crate) async fn channel(&self, name: &str) -> ChannelSid {
        self.until(&format!("sees the channel {name}"), |client| find(client, name)).await
    }

    /// Turns to a channel and has its timeline.
    pub(crate) async fn opens(&self, name: &str) -> ChannelSid {
        let channel = self.channel(name).await;
        self.client.with(|client, now| client.open(channel, now));
        self.so(&format!("has {name} open"), |client| client.timeline(channel).is_some()).await;
        channel
    }

    /// Says something, and waits until it is accepted and on the page.
    pub(crate) async fn say(&self, text: &str, name: &str) -> MessageIndex {
        let channel = self.channel(name).await;
        let nonce = self.posts(text, channel);
        self.is_accepted(nonce, channel).await
    }

    /// Says something, and waits for nothing.
    pub(crate) fn posts(&self, text: &str, channel: ChannelSid) -> Nonce {
        let posted = self.client.with(|client, now| client.post(channel, text, now));
        posted.unwrap_or_else(|why| panic!("{} cannot post: {why:?}", self.name))
    }

    /// Waits until a message of one's own is accepted and on the page.
    pub(crate) async fn is_accepted(&self, nonce: Nonce, channel: ChannelSid) -> MessageIndex {
        self.until("is heard", |client| {
            if let Some(pending) = client.outbox().get(nonce) {
                let failed = matches!(pending.state, PendingState::Failed(_));
                assert!(!failed, "refused: {:?}", pending.state);
                return None;
            }
            let timeline = client.timeline(channel)?;
            timeline.messages().find(|message| message.nonce == nonce).map(|row| row.index)
        })
        .await
    }

    /// Waits until a text is on the page.
    pub(crate) async fn hears(&self, text: &str, name: &str) {
        let channel = self.channel(name).await;
        self.so(&format!("hears {text:?} in {name}"), |client| {
            texts(client, channel).iter().any(|other| other == text)
        })
        .await;
    }

    /// Waits until these are all the messages on the page, in this order.
    pub(crate) async fn has_heard(&self, expected: &[&str], name: &str) {
        let channel = self.channel(name).await;
        self.so(&format!("has heard {expected:?}"), |client| texts(client, channel) == expected)
            .await;
    }

    /// The messages on the page.
    pub(crate) async fn page(&self, name: &str) -> Vec<String> {
        let channel = self.channel(name).await;
        self.client.with(|client, _| texts(client, channel))
    }

    /// Waits until somebody is seen to have joined or left.
    pub(crate) async fn notices(&self, who: &str, kind: NoticeKind, name: &str) {
        let channel = self.channel(name).await;
        self.so(&format!("sees {who} {kind:?}"), |client| {
            client.lines(channel).any(|line| {
                matches!(line, Line::Notice(notice)
                    if notice.kind == kind && notice.identity.as_str() == who)
            })
        })
        .await;
    }

    /// Asks, and waits for the answer.
    pub(crate) async fn outcome(
        &self,
        act: impl FnOnce(&mut Client, Timestamp) -> Ticket,
    ) -> Outcome {
        soon(&format!("{} is answered", self.name), self.client.ask(act)).await
    }

    /// Asks what must be accepted.
    pub(crate) async fn asks(
        &self,
        act: impl FnOnce(&mut Client, Timestamp) -> Ticket,
    ) -> Accepted {
        match self.outcome(act).await {
            Outcome::Ok(accepted) => accepted,
            other => panic!("{} is not accepted: {other:?}", self.name),
        }
    }

    /// Asks what must be refused.
    pub(crate) async fn is_refused(
        &self,
        act: impl FnOnce(&mut Client, Timestamp) -> Ticket,
    ) -> Refusal {
        match self.outcome(act).await {
            Outcome::Refused(refusal) => Refusal::from_wire(&refusal).expect("a known reason"),
            other => panic!("{} is not refused: {other:?}", self.name),
        }
    }

    /// Makes a channel, and is taken to it.
    pub(crate) async fn creates(&self, friendly_name: &str) -> ChannelSid {
        self.creates_one(friendly_name, false).await
    }

    /// Makes a channel that nobody else knows, and is taken to it.
    pub(crate) async fn creates_private(&self, friendly_name: &str) -> ChannelSid {
        self.creates_one(friendly_name, true).await
    }

    async fn creates_one(&self, friendly_name: &str, private: bool) -> ChannelSid {
        let created = self.asks(|client, now| {
            client.create_channel(friendly_name, None, private, now).expect("a possible name")
        });
        let Accepted::Created(created) = created.await else {
            panic!("a channel was expected");
        };
        self.so("is in the new channel", |client| client.memberships().contains(created.channel))
            .await;
        self.opens(friendly_name).await
    }

    /// Becomes a member, and opens the channel.
    pub(crate) async fn joins(&self, name: &str) -> ChannelSid {
        let channel = self.channel(name).await;
        self.asks(|client, now| client.join(channel, now)).await;
        self.opens(name).await
    }

    /// Is a member no more.
    pub(crate) async fn leaves(&self, name: &str) {
        let channel = self.channel(name).await;
        self.asks(|client, now| client.leave(channel, now)).await;
        self.so("is out", |client| !client.memberships().contains(channel)).await;
    }

    /// Ends a channel.
    pub(crate) async fn deletes(&self, name: &str) {
        let channel = self.channel(name).await;
        self.asks(|client, now| client.delete_channel(channel, now)).await;
    }

    /// Waits until the server knows what was read here.
    pub(crate) async fn tells_its_horizon(&self, channel: ChannelSid) {
        self.so("has told what was read", |client| !client.is_telling(channel)).await;
    }

    /// What the server counts as unread for this person.
    pub(crate) async fn unread_on_the_server(&self, channel: ChannelSid) -> u64 {
        match self.asks(|client, now| client.ask(Command::Unread { channel }, now)).await {
            Accepted::Unread(unread) => unread.unread,
            other => panic!("a count was expected: {other:?}"),
        }
    }

    /// Waits until everything that the server sent so far is here.
    pub(crate) async fn round_trip(&self) {
        let general = self.channel("general").await;
        self.asks(|client, now| client.ask(Command::Unread { channel: general }, now)).await;
    }

    /// The browser loses the network.
    pub(crate) async fn goes_away(&self) {
        self.client.cut();
        self.client.feed(Input::NetworkDown);
        self.so("is away", |client| *client.state() == ConnectionState::Offline).await;
    }

    /// The browser has a network again.
    pub(crate) async fn comes_back(&self) {
        self.client.feed(Input::NetworkUp);
        self.is_online().await;
    }

    /// Waits until the connection stands.
    pub(crate) async fn is_online(&self) {
        self.client.feed(Input::RetryNow);
        self.so("is online", |client| client.state().is_online()).await;
    }

    /// How often the connection has broken since this was last asked.
    pub(crate) fn breaks(&self) -> usize {
        let events = self.client.take_events();
        let welcomes = events.iter().filter(|event| matches!(event, Event::Welcomed { .. }));
        welcomes.count().saturating_sub(1)
    }

    /// How the connection stands.
    pub(crate) fn state(&self) -> ConnectionState {
        self.client.with(|client, _| client.state().clone())
    }

    /// Who the server says this is.
    pub(crate) fn user(&self) -> UserSid {
        self.client.with(|client, _| client.me().expect("welcomed").user)
    }
}

fn find(client: &Client, name: &str) -> Option<ChannelSid> {
    let directory = client.directory();
    if name == "general" {
        return client.general();
    }
    directory.with_unique_name(name).or_else(|| {
        let public = directory.iter().map(|(sid, _)| sid);
        let mut known = public.chain(client.memberships().channels());
        known.find(|&sid| {
            client.details(sid).is_some_and(|details| details.friendly_name.as_str() == name)
        })
    })
}

fn texts(client: &Client, channel: ChannelSid) -> Vec<String> {
    let messages = client.timeline(channel).into_iter().flat_map(|timeline| timeline.messages());
    messages.filter_map(|message| Some(message.body.as_ref()?.as_str().to_owned())).collect()
}

fn fresh_seed() -> u64 {
    u64::from_le_bytes(server::clock::random_bytes())
}
