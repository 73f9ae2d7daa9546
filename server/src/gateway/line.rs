//! What test mode does to connections: it ends them or their tokens, and slows or loses their
//! frames. Elsewhere no connection has a line, and nothing of this happens.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chat::Identity;
use chat::protocol::CloseCode;
use tokio::sync::mpsc;

use crate::tokens::{Bearer, Mark};

/// Every connection that was greeted; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    last: u64,
    listed: HashMap<u64, Listed>,
    everybodys: Arc<Trouble>,
    somebodys: HashMap<Identity, Arc<Trouble>>,
}

struct Listed {
    identity: Identity,
    token: Option<Mark>,
    orders: mpsc::UnboundedSender<Order>,
    /// It was told to end, and may still be saying goodbye.
    ends: bool,
}

/// What a connection is told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Go, without a goodbye.
    Cut,
    Close(CloseCode),
    /// Behave as if the token were about to expire.
    TokenEndsSoon,
}

/// Which way frames go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    ToClient,
    FromClient,
}

/// What befalls the frames of some connections, each way.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    to_client: OneWay,
    from_client: OneWay,
}

#[derive(Debug, Default)]
struct OneWay {
    /// Milliseconds of the machine's own time.
    delay: AtomicU32,
    /// How many of the next frames are lost.
    lost: AtomicU32,
}

/// One connection's share of it. Dropped with its clones, the connection is not listed any more.
#[derive(Clone)]
pub(crate) struct Line {
    place: Arc<Place>,
    troubles: [Arc<Trouble>; 2],
}

struct Place {
    id: u64,
    lines: Lines,
}

/// What comes for one connection.
pub(crate) struct Orders(Option<mpsc::UnboundedReceiver<Order>>);

impl Lines {
    /// A line for a connection of this bearer.
    pub(crate) fn join(&self, bearer: &Bearer) -> (Line, Orders) {
        let (orders, receiver) = mpsc::unbounded_channel();
        let mut state = self.lock();
        state.last += 1;
        let id = state.last;
        let identity = bearer.identity.clone();
        let troubles = [Arc::clone(&state.everybodys), state.trouble_of(&identity)];
        let listed = Listed { identity, token: bearer.mark.clone(), orders, ends: false };
        state.listed.insert(id, listed);
        let place = Arc::new(Place { id, lines: self.clone() });
        (Line { place, troubles }, Orders(Some(receiver)))
    }

    /// Tells everybody's connections, or somebody's, what to do; how many there are.
    pub(crate) fn order(&self, whose: Option<&Identity>, order: Order) -> usize {
        let is_meant = |listed: &Listed| whose.is_none_or(|identity| listed.identity == *identity);
        self.tell(is_meant, order)
    }

    /// The same for connections whose token is meant.
    pub(crate) fn order_by_token(&self, is_meant: impl Fn(&Mark) -> bool, order: Order) -> usize {
        self.tell(|listed| listed.token.as_ref().is_some_and(&is_meant), order)
    }

    /// What befalls everybody's frames, or somebody's, those of connections to come too.
    pub(crate) fn trouble(&self, whose: Option<&Identity>) -> Arc<Trouble> {
        let mut state = self.lock();
        match whose {
            Some(identity) => state.trouble_of(identity),
            None => Arc::clone(&state.everybodys),
        }
    }

    fn tell(&self, is_meant: impl Fn(&Listed) -> bool, order: Order) -> usize {
        let mut state = self.lock();
        let meant = state.listed.values_mut().filter(|listed| !listed.ends && is_meant(listed));
        let told = meant.filter_map(|listed| {
            listed.ends = order != Order::TokenEndsSoon;
            listed.orders.send(order).ok()
        });
        told.count()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn trouble_of(&mut self, identity: &Identity) -> Arc<Trouble> {
        Arc::clone(self.somebodys.entry(identity.clone()).or_default())
    }
}

impl Line {
    /// Another token speaks for the connection now.
    pub(crate) fn renew(&self, bearer: &Bearer) {
        let Place { id, lines } = &*self.place;
        if let Some(listed) = lines.lock().listed.get_mut(id) {
            listed.token = bearer.mark.clone();
        }
    }

    /// Milliseconds by which a frame is late.
    pub(crate) fn delay(&self, way: Way) -> u32 {
        let delays =
            self.troubles.iter().map(|trouble| trouble.on(way).delay.load(Ordering::Relaxed));
        delays.max().unwrap_or_default()
    }

    /// Whether the next frame is lost; then one fewer will be.
    pub(crate) fn loses(&self, way: Way) -> bool {
        self.troubles.iter().any(|trouble| {
            let lost = &trouble.on(way).lost;
            lost.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
                .is_ok()
        })
    }
}

impl Trouble {
    /// Makes frames late by so many milliseconds.
    pub(crate) fn set_delay(&self, way: Way, milliseconds: u32) {
        self.on(way).delay.store(milliseconds, Ordering::Relaxed);
    }

    /// Loses so many of the next frames.
    pub(crate) fn set_lost(&self, way: Way, count: u32) {
        self.on(way).lost.store(count, Ordering::Relaxed);
    }

    /// The delay in milliseconds, and how many frames will still be lost.
    pub(crate) fn stands(&self, way: Way) -> (u32, u32) {
        let OneWay { delay, lost } = self.on(way);
        (delay.load(Ordering::Relaxed), lost.load(Ordering::Relaxed))
    }

    fn on(&self, way: Way) -> &OneWay {
        match way {
            Way::ToClient => &self.to_client,
            Way::FromClient => &self.from_client,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.lines.lock().listed.remove(&self.id);
    }
}

impl Orders {
    /// For a connection without a line.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// The next one; never, where there is no line.
    pub(crate) async fn next(&mut self) -> Order {
        let order = match &mut self.0 {
            Some(orders) => orders.recv().await,
            None => None,
        };
        match order {
            Some(order) => order,
            None => std::future::pending().await,
        }
    }
}
