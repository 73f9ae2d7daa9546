//! What goes from commands and connections to the hub. This one is local: it serves one node.

use chat::protocol::Typing;
use tokio::sync::mpsc;

use crate::limits::TYPING_QUEUE_MAX;
use crate::store::Told;

/// Where connections publish what leaves nothing behind.
#[derive(Clone)]
pub struct Bus {
    typing: mpsc::Sender<Typing>,
}

/// Where the hub hears of everything.
pub struct News {
    told: mpsc::Receiver<Told>,
    typing: mpsc::Receiver<Typing>,
}

/// One piece of news.
pub enum Item {
    /// Committed together.
    Told(Told),
    /// Somebody is composing.
    Typing(Typing),
}

/// The bus of a single node, which also carries what its store tells.
pub fn local(told: mpsc::Receiver<Told>) -> (Bus, News) {
    let (sender, typing) = mpsc::channel(TYPING_QUEUE_MAX);
    (Bus { typing: sender }, News { told, typing })
}

impl Bus {
    /// Says that somebody is typing; lost if too much is said already.
    pub fn publish_typing(&self, typing: Typing) {
        let _ = self.typing.try_send(typing);
    }
}

impl News {
    /// The next piece of news, in the order of the commits; nothing once the store has ended.
    pub async fn next(&mut self) -> Option<Item> {
        tokio::select! {
            // A signal goes out before the message that it announced.
            biased;
            Some(typing) = self.typing.recv() => Some(Item::Typing(typing)),
            told = self.told.recv() => told.map(Item::Told),
        }
    }
}
