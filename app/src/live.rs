//! Values that views follow. They do what Leptos's signals do, over its triggers: a signal of each
//! type costs the page four kilobytes of machinery there, and next to nothing here.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::{Arc, PoisonError, RwLock};

use leptos::prelude::*;

struct Slot<T> {
    value: RwLock<T>,
    changed: ArcTrigger,
}

/// A value that lives for as long as somebody holds it.
pub struct ArcLive<T>(Arc<Slot<T>>);

impl<T> Clone for ArcLive<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Send + Sync + 'static> ArcLive<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Arc::new(Slot { value: RwLock::new(value), changed: ArcTrigger::new() }))
    }

    pub(crate) fn with_untracked<U>(&self, read: impl FnOnce(&T) -> U) -> U {
        read(&self.0.value.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn update(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.0.value.write().unwrap_or_else(PoisonError::into_inner));
        self.0.changed.notify();
    }

    pub(crate) fn set(&self, value: T) {
        self.update(|old| *old = value);
    }
}

/// A value that lives for as long as the component that made it; to hand around freely.
pub struct Live<T> {
    slot: StoredValue<Arc<dyn Any + Send + Sync>>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Live<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Live<T> {}

impl<T: Default + Send + Sync + 'static> Default for Live<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: Send + Sync + 'static> From<ArcLive<T>> for Live<T> {
    fn from(live: ArcLive<T>) -> Self {
        Self { slot: StoredValue::new(live.0), of: PhantomData }
    }
}

impl<T: Send + Sync + 'static> Live<T> {
    pub(crate) fn new(value: T) -> Self {
        ArcLive::new(value).into()
    }

    /// The value, unless its component is gone.
    fn slot(self) -> Option<ArcLive<T>> {
        self.slot.try_get_value()?.downcast().ok().map(ArcLive)
    }

    /// # Panics
    ///
    /// As a signal of Leptos does: when the component is gone whose value is read.
    fn read(self) -> ArcLive<T> {
        self.slot().expect("a view outlives none of its values")
    }

    pub(crate) fn track(self) {
        self.read().0.changed.track();
    }

    pub(crate) fn with<U>(self, read: impl FnOnce(&T) -> U) -> U {
        let live = self.read();
        live.0.changed.track();
        live.with_untracked(read)
    }

    pub(crate) fn with_untracked<U>(self, read: impl FnOnce(&T) -> U) -> U {
        self.read().with_untracked(read)
    }

    /// Changes the value; of a component that is gone, nothing.
    pub(crate) fn update(self, change: impl FnOnce(&mut T)) {
        if let Some(live) = self.slot() {
            live.update(change);
        }
    }

    pub(crate) fn set(self, value: T) {
        self.update(|old| *old = value);
    }
}

impl<T: Clone + Send + Sync + 'static> Live<T> {
    pub(crate) fn get(self) -> T {
        self.with(T::clone)
    }

    pub(crate) fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}
