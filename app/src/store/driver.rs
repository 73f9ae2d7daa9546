//! Drives the client: hands it what happened, and does what it asks for.

use client::{Effect, Input};
use leptos::task::spawn_local;
use web_sys::Event;

use super::Store;
use super::farewell::Farewell;
use crate::account;
use crate::browser::socket::{self, Socket};
use crate::browser::{clock, dom};

impl Store {
    /// Goes online, and hears from now on of the network, of the page being seen, and of "back".
    pub(crate) fn start(self) {
        let window = dom::window();
        dom::listen(&window, "online", move |_: Event| self.feed(Input::NetworkUp));
        dom::listen(&window, "offline", move |_: Event| self.feed(Input::NetworkDown));
        dom::listen(&window, "pageshow", move |_: Event| self.feed(Input::Visible));
        dom::listen(&dom::document(), "visibilitychange", move |_: Event| {
            self.visible.set(dom::is_visible());
            if dom::is_visible() {
                self.feed(Input::Visible);
            }
        });
        dom::when_matching(super::WIDE, move |is_wide| {
            self.is_wide.set(is_wide);
            self.members_shown.set(is_wide);
        });
        dom::when_matching(super::NARROW, move |is_narrow| self.is_narrow.set(is_narrow));
        self.listen_to_dragging();
        self.listen_to_history();
        self.listen_to_other_tabs();
        self.feed(Input::Start);
    }

    /// Hands the client what happened.
    pub(crate) fn feed(self, input: Input) {
        self.drive(|client| client.handle(input, clock::now()));
    }

    /// Calls the client, and then does what it asks for.
    pub(super) fn drive<R>(self, call: impl FnOnce(&mut client::Client) -> R) -> R {
        let inner = self.inner();
        let result = call(&mut inner.client.borrow_mut());
        self.run_effects();
        result
    }

    /// Does what the client asks for until it asks for nothing more. An effect may call the client
    /// again: what comes of that is done here too, in order.
    fn run_effects(self) {
        let inner = self.inner();
        if inner.effects_running.replace(true) {
            return;
        }
        loop {
            let effects = inner.client_effects();
            if effects.is_empty() && !self.turn() {
                break;
            }
            for effect in effects {
                self.run(effect);
            }
        }
        inner.effects_running.set(false);
    }

    fn run(self, effect: Effect) {
        let inner = self.inner();
        match effect {
            Effect::FetchToken => self.fetch_token(),
            Effect::OpenSocket => {
                let opened = Socket::open(&socket::address(), move |event| self.feed(event.into()));
                *inner.socket.borrow_mut() = Some(opened);
            }
            Effect::Send(text) => {
                if let Some(socket) = &*inner.socket.borrow() {
                    socket.send(text);
                }
            }
            Effect::CloseSocket => {
                let closing = inner.socket.borrow_mut().take();
                if let Some(socket) = closing {
                    socket.close();
                }
            }
            Effect::Upload { nonce, token } => self.upload(nonce, &token),
            Effect::StopUpload(_) => self.stop_upload(),
            Effect::WakeAt(moment) => {
                let timer = clock::after(self.until(moment), move || self.feed(Input::Wake));
                *inner.wake.borrow_mut() = Some(timer);
            }
            Effect::SaveOutbox(saved) => self.save_outbox(&saved),
            Effect::Event(event) => self.apply(event),
        }
    }

    fn fetch_token(self) {
        spawn_local(async move {
            self.feed(match account::fetch_token().await {
                Ok(Ok(access)) => {
                    Input::Token { token: access.token, expires_at: Some(access.expires_at) }
                }
                Ok(Err(refused)) => Input::TokenRefused(refused.refusal),
                Err(_) => Input::TokenUnreachable,
            });
        });
    }

    /// Throws away whatever was not sent, here and in closed tabs.
    pub(crate) fn discard_unsent(self) {
        let unsent: Vec<_> =
            self.read(|client| client.outbox().iter().map(|pending| pending.nonce).collect());
        unsent.into_iter().for_each(|nonce| self.discard(nonce));
        self.forget_outboxes();
    }

    /// Signs out of the session. The page that comes then is the card.
    pub(crate) fn sign_out(self, refused: impl FnOnce() + 'static) {
        self.inner().is_leaving.set(true);
        spawn_local(async move {
            match account::sign_out().await {
                Ok(_) => {
                    self.forget_outboxes();
                    self.forget_drafts();
                    self.feed(Input::SignOut);
                    self.to_card(Farewell::SignedOut);
                }
                Err(_) => {
                    self.inner().is_leaving.set(false);
                    refused();
                }
            }
        });
    }

    /// Reads the client.
    pub(super) fn read<R>(self, read: impl FnOnce(&client::Client) -> R) -> R {
        read(&self.inner().client.borrow())
    }
}
