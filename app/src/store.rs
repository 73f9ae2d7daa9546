//! What the page shows, as signals, and what a person does, as actions. Applying what the client
//! says is the only writer of what came from the server.

pub(crate) mod actions;
mod addresses;
mod apply;
mod choosing;
mod drafts;
mod driver;
pub(crate) mod farewell;
pub(crate) mod layout;
mod lists;
mod opening;
mod outboxes;
mod rows;
mod uploads;
pub mod view;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use chat::{ChannelSid, Identity, Nonce, Timestamp};
use client::{
    Client, ConnectionState, Effect, LineKey, Outcome, People, SortedMap, SortedSet, Ticket,
};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use self::addresses::Addresses;
use self::apply::Dirty;
use self::layout::ItemKey;
use self::view::{
    ChannelEntry, ChannelLists, Chosen, Dialog, Earlier, Editable, Head, MembersView, Myself, Pane,
    RowView, ScrollPlace, Told, Uploading,
};
use crate::browser::files::LocalFile;
use crate::browser::intl::Locale;
use crate::browser::socket::Socket;
use crate::browser::storage::NotKept;
use crate::browser::upload::Upload;
use crate::browser::{clock, dom, history, preferences, storage};
use crate::later::Arrival;
use crate::live::{ArcLive, Live};
use crate::place::Place;
use crate::wording::{Language, Wording};

/// Everything the page shows. Components read the signals and call the actions.
#[derive(Clone, Copy)]
pub(crate) struct Store {
    inner: StoredValue<Rc<Inner>, LocalStorage>,
    pub(crate) connection: Live<ConnectionState>,
    /// Whether there was a connection at least once.
    pub(crate) was_online: Live<bool>,
    pub(crate) myself: Live<Myself>,
    pub(crate) lists: Live<ChannelLists>,
    pub(crate) place: Live<Place>,
    pub(crate) pane: Live<Pane>,
    pub(crate) head: Live<Option<Head>>,
    /// Apart from the head, for every row looks at it.
    pub(crate) editable: Live<Editable>,
    /// The message that is being edited.
    pub(crate) editing: Live<Option<LineKey>>,
    pub(crate) items: Live<Vec<ItemKey>>,
    pub(crate) earlier: Live<Earlier>,
    /// Grows with every change of the open timeline.
    pub(crate) turned: Live<u64>,
    pub(crate) members: Live<MembersView>,
    /// Who of the members on view is reachable, and what they are called.
    pub(crate) people: Live<People>,
    pub(crate) members_shown: Live<bool>,
    /// Whether there is room for the members beside the channel.
    pub(crate) is_wide: Live<bool>,
    /// Whether there is room for one pane only.
    pub(crate) is_narrow: Live<bool>,
    pub(crate) typing: Live<Vec<String>>,
    /// Messages by others beyond the read horizon of the open channel.
    pub(crate) unseen: Live<u64>,
    /// The same of all my channels.
    pub(crate) unseen_anywhere: Live<u64>,
    /// Whether somebody may be looking at this tab.
    pub(crate) visible: Live<bool>,
    /// Files that are to go with the next message, of all channels.
    pub(crate) chosen: Live<Vec<Chosen>>,
    /// Whether files are dragged over the page, and may be dropped.
    pub(crate) dragging: Live<bool>,
    pub(crate) uploading: Live<Option<Uploading>>,
    /// Why what stands in the composer did not become a message.
    pub(crate) not_written: Live<Option<String>>,
    /// Messages of all channels that are not accepted yet.
    pub(crate) waiting: Live<u64>,
    /// Whether the dialogs and the editor are here.
    pub(crate) later: Live<Arrival>,
    pub(crate) dialog: Live<Option<Dialog>>,
    pub(crate) told: Live<Vec<Told>>,
    /// Failures, for the assertive line.
    pub(crate) spoken: Live<String>,
    /// What was refused a moment ago, for all to see.
    pub(crate) complaint: Live<String>,
    /// News that hurt nobody, for the polite line.
    pub(crate) murmured: Live<String>,
    pub(crate) newer_server: Live<bool>,
    pub(crate) not_kept: Live<Option<NotKept>>,
    pub(crate) language: Live<Language>,
    pub(crate) theme: Live<preferences::Theme>,
}

/// What no component reads directly.
struct Inner {
    server_name: String,
    identity: Identity,
    client: RefCell<Client>,
    effects_running: Cell<bool>,
    socket: RefCell<Option<Socket>>,
    wake: RefCell<Option<Timeout>>,
    answers: RefCell<SortedMap<Ticket, Answer>>,
    dirty: RefCell<Dirty>,
    rows: RefCell<SortedMap<ItemKey, ArcLive<RowView>>>,
    entries: RefCell<SortedMap<ChannelSid, ArcLive<ChannelEntry>>>,
    open: Cell<Option<ChannelSid>>,
    /// The channel that was open last, where it ceased to be mine.
    lost: Cell<Option<ChannelSid>>,
    new_after: Cell<Option<layout::NewAfter>>,
    /// Whether what stands in sight in the open channel is to stay unread.
    leaves_unread: Cell<bool>,
    /// Channels that were left or deleted by a click on this page.
    left_here: RefCell<SortedSet<ChannelSid>>,
    told_so_far: Cell<u32>,
    /// Whether it was asked already what should become of old messages.
    asked_for_stale: Cell<bool>,
    /// Whether this page is on its way to the sign-in card.
    is_leaving: Cell<bool>,
    wants_focus: Cell<bool>,
    /// A channel that was just made or joined, and is about to be here.
    arriving: Cell<Option<ChannelSid>>,
    caught_up: Cell<bool>,
    joined_general: Cell<bool>,
    /// Whether that is not answered yet.
    joins_general: Cell<bool>,
    at_end: Cell<bool>,
    wants_end: Cell<bool>,
    drafts: RefCell<SortedMap<ChannelSid, String>>,
    /// What is in [`Store::chosen`], by its number.
    chosen: RefCell<SortedMap<u32, LocalFile>>,
    sent_files: RefCell<SortedMap<Nonce, LocalFile>>,
    upload: RefCell<Option<Upload>>,
    upload_timer: RefCell<Option<Timeout>>,
    complaint_timer: RefCell<Option<Timeout>>,
    addresses: RefCell<Addresses>,
    places: RefCell<SortedMap<ChannelSid, ScrollPlace>>,
    before_turn: RefCell<Option<Box<dyn Fn()>>>,
    locale: RefCell<Locale>,
    tab: String,
    outbox_key: RefCell<Option<String>>,
}

/// The widths at which the columns change, as in the style sheet.
const WIDE: &str = "(width >= 68rem)";
const NARROW: &str = "(width < 46rem)";

type Answer = Box<dyn FnOnce(Outcome)>;

/// The store that `mount` lent to every component.
pub(crate) fn store() -> Store {
    expect_context()
}

impl Store {
    /// A store for whom the server's page or a sign-in has named.
    pub(crate) fn new(identity: Identity) -> Self {
        let language = preferences::language();
        let [seed, tab] = clock::seed();
        let version = dom::shell_data("version").unwrap_or_default();
        let inner = Inner {
            server_name: dom::shell_data("server-name").unwrap_or_default(),
            identity,
            client: RefCell::new(Client::new(seed, &version)),
            effects_running: Cell::new(false),
            socket: RefCell::default(),
            wake: RefCell::default(),
            answers: RefCell::default(),
            dirty: RefCell::default(),
            rows: RefCell::default(),
            entries: RefCell::default(),
            open: Cell::default(),
            lost: Cell::default(),
            new_after: Cell::default(),
            leaves_unread: Cell::default(),
            left_here: RefCell::default(),
            told_so_far: Cell::default(),
            asked_for_stale: Cell::default(),
            is_leaving: Cell::default(),
            wants_focus: Cell::default(),
            arriving: Cell::default(),
            caught_up: Cell::default(),
            joined_general: Cell::default(),
            joins_general: Cell::default(),
            at_end: Cell::new(true),
            wants_end: Cell::default(),
            drafts: RefCell::default(),
            chosen: RefCell::default(),
            sent_files: RefCell::default(),
            upload: RefCell::default(),
            upload_timer: RefCell::default(),
            complaint_timer: RefCell::default(),
            addresses: RefCell::default(),
            places: RefCell::default(),
            before_turn: RefCell::default(),
            locale: RefCell::new(Locale::new(language)),
            tab: format!("{tab:016x}"),
            outbox_key: RefCell::default(),
        };
        Self {
            inner: StoredValue::new_local(Rc::new(inner)),
            connection: Live::new(ConnectionState::Idle),
            was_online: Live::default(),
            myself: Live::default(),
            lists: Live::default(),
            place: Live::new(history::place()),
            pane: Live::default(),
            head: Live::default(),
            editable: Live::default(),
            editing: Live::default(),
            items: Live::default(),
            earlier: Live::default(),
            turned: Live::default(),
            members: Live::default(),
            people: Live::default(),
            members_shown: Live::new(dom::matches(WIDE)),
            is_wide: Live::new(dom::matches(WIDE)),
            is_narrow: Live::new(dom::matches(NARROW)),
            typing: Live::default(),
            unseen: Live::default(),
            unseen_anywhere: Live::default(),
            visible: Live::new(dom::is_visible()),
            chosen: Live::default(),
            dragging: Live::default(),
            uploading: Live::default(),
            not_written: Live::default(),
            waiting: Live::default(),
            later: Live::default(),
            dialog: Live::default(),
            told: Live::default(),
            spoken: Live::default(),
            complaint: Live::default(),
            murmured: Live::default(),
            newer_server: Live::default(),
            not_kept: Live::new((!storage::is_allowed()).then_some(NotKept::Forbidden)),
            language: Live::new(language),
            theme: Live::new(preferences::theme()),
        }
    }

    fn inner(self) -> Rc<Inner> {
        self.inner.get_value()
    }

    /// The sentences in the page's language. The page is drawn anew when that changes.
    pub(crate) fn wording(self) -> &'static Wording {
        self.language.get_untracked().wording()
    }

    pub(crate) fn server_name(self) -> String {
        self.inner().server_name.clone()
    }

    /// Who is signed in.
    pub(crate) fn identity(self) -> Identity {
        self.inner().identity.clone()
    }

    pub(crate) fn locale(self) -> Locale {
        self.inner().locale.borrow().clone()
    }

    /// The row behind a key of [`Store::items`].
    pub(crate) fn row(self, key: ItemKey) -> Option<ArcLive<RowView>> {
        self.inner().rows.borrow().get(key).cloned()
    }

    /// The entry behind a channel of [`Store::lists`].
    pub(crate) fn entry(self, channel: ChannelSid) -> Option<ArcLive<ChannelEntry>> {
        self.inner().entries.borrow().get(channel).cloned()
    }

    /// The open channel.
    pub(crate) fn open(self) -> Option<ChannelSid> {
        self.inner().open.get()
    }

    /// Milliseconds until a moment.
    pub(crate) fn until(self, moment: Timestamp) -> i64 {
        moment.since(clock::now())
    }

    /// Before rows come, change or go: the place that is being read must be known.
    pub(crate) fn before_turn(self, run: impl Fn() + 'static) {
        *self.inner().before_turn.borrow_mut() = Some(Box::new(run));
    }

    /// Whether the next composer should take the focus: somebody has just come, or made a channel.
    pub(crate) fn wish_for_focus(self) {
        self.inner().wants_focus.set(true);
    }

    pub(crate) fn take_wish_for_focus(self) -> bool {
        self.inner().wants_focus.take()
    }

    /// Whether a person has just written: who writes looks at the end.
    pub(crate) fn take_wish_for_end(self) -> bool {
        self.inner().wants_end.take()
    }

    pub(crate) fn scroll_place(self, channel: ChannelSid) -> Option<ScrollPlace> {
        self.inner().places.borrow().get(channel).cloned()
    }

    pub(crate) fn keep_scroll_place(self, channel: ChannelSid, place: ScrollPlace) {
        let inner = self.inner();
        inner.at_end.set(place == ScrollPlace::End);
        inner.places.borrow_mut().insert(channel, place);
    }
}

impl Inner {
    fn client_effects(&self) -> Vec<Effect> {
        self.client.borrow_mut().take_effects()
    }

    fn next_number(&self) -> u32 {
        self.told_so_far.set(self.told_so_far.get() + 1);
        self.told_so_far.get()
    }
}
