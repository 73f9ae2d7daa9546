//! What a view is given to follow: every closure behind one type for its kind, since each type of
//! its own is a copy of the machinery around it in the page.

use std::sync::{Arc, Mutex};

use leptos::prelude::*;

use crate::store::view::Key;

/// What an event does.
pub(crate) fn on<E: 'static>(run: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(run)
}

/// An attribute that changes, and is not there where there is nothing to say.
pub(crate) fn attribute<T: Words>(
    mut value: impl FnMut() -> T + Send + 'static,
) -> Arc<Mutex<dyn FnMut() -> Option<String> + Send>> {
    Arc::new(Mutex::new(move || value().words()))
}

/// A property of an element that changes.
pub(crate) fn property<T>(
    value: impl FnMut() -> T + Send + 'static,
) -> Arc<Mutex<dyn FnMut() -> T + Send>> {
    Arc::new(Mutex::new(value))
}

/// What an attribute can say.
pub(crate) trait Words {
    fn words(self) -> Option<String>;
}

impl Words for String {
    fn words(self) -> Option<String> {
        Some(self)
    }
}

impl Words for &str {
    fn words(self) -> Option<String> {
        Some(self.to_owned())
    }
}

impl<T: Words> Words for Option<T> {
    fn words(self) -> Option<String> {
        self?.words()
    }
}

/// A piece of the page that changes.
pub(crate) fn drawn<V: IntoView + 'static>(
    mut draw: impl FnMut() -> V + Send + 'static,
) -> AnyView {
    let draw: Arc<Mutex<dyn FnMut() -> AnyView + Send>> =
        Arc::new(Mutex::new(move || draw().into_any()));
    draw.into_any()
}

/// Pieces of the page, each drawn once and kept for as long as its key is there.
pub(crate) fn list<V: IntoView + 'static>(
    keys: impl Fn() -> Vec<Key> + Send + Sync + 'static,
    draw: impl Fn(Key) -> V + Send + Sync + 'static,
) -> AnyView {
    list_of(Box::new(keys), Arc::new(move |key| draw(key).into_any()))
}

type Keys = Box<dyn Fn() -> Vec<Key> + Send + Sync>;
type Draw = Arc<dyn Fn(Key) -> AnyView + Send + Sync>;

// A closure that is written in a generic function is a type of its own for each of its callers.
fn list_of(keys: Keys, draw: Draw) -> AnyView {
    view! { <For each=keys key=Clone::clone children=move |key| draw(key)/> }.into_any()
}

/// Runs once what it reads is there, and whenever that changes.
pub(crate) fn follow(run: impl FnMut() + 'static) {
    follow_boxed(Box::new(run));
}

fn follow_boxed(mut run: Box<dyn FnMut()>) {
    Effect::new(move |_| run());
}

/// Shows its children while something holds.
#[component]
pub fn When(
    holds: impl Fn() -> bool + Send + Sync + 'static,
    #[prop(optional, into)] fallback: ViewFn,
    children: ChildrenFn,
) -> impl IntoView {
    when(Box::new(holds), fallback, children)
}

fn when(
    holds: Box<dyn Fn() -> bool + Send + Sync>,
    fallback: ViewFn,
    children: ChildrenFn,
) -> AnyView {
    let holds = ArcMemo::new(move |_| holds());
    drawn(move || match holds.get() {
        true => children(),
        false => fallback.run(),
    })
}
