//! A file on its way in: told what it is from its first bytes, freed of what it tells of its maker,
//! written while it comes, and never all of it in memory. What breaks off leaves nothing behind.

use bytes::Bytes;
use chat::protocol::Scope;
use chat::{Media, MediaSid, Refusal};
use futures_util::{Stream, StreamExt};
use http::HeaderMap;
use http::header::CONTENT_LENGTH;

use super::filename::cleaned;
use super::head::{Found, PlainText};
use super::traces::Wiper;
use super::visitor::Visitor;
use crate::clock::Clock;
use crate::commands::{
    Actor, Announced, CommandError, Moment, Outcome, begin_upload, keep_upload, leave_upload,
};
use crate::config::MediaSettings;
use crate::files::{Shelf, Writing};
use crate::limits::{UPLOAD_HEAD_BYTES, UPLOAD_SILENT_MS};
use crate::rest::Failure;
use crate::state::AppState;
use crate::store::{Broken, Store, Tx};

/// What is said of a file before it comes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parcel {
    pub(crate) filename: String,
    /// Bytes, where it is said.
    pub(crate) announced: Option<u64>,
    /// The SID that it had elsewhere.
    pub(crate) sid: Option<MediaSid>,
}

/// As many bytes as a request says it has.
pub(super) fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Takes a file in; a message may have it from then on. It runs to its end on its own: whoever asked
/// may be gone before, and what is begun is put away all the same.
pub(crate) async fn receive<S, E>(
    state: AppState,
    visitor: Visitor,
    parcel: Parcel,
    bytes: S,
) -> Result<Media, Failure>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin + 'static,
    E: Send + 'static,
{
    let receiving = tokio::spawn(async move {
        let user = visitor.user();
        let _place = state.arrivals.take(user)?;
        visitor.gateway.allowance.upload(user, state.clock.now())?;
        let intake = Intake {
            store: visitor.gateway.store.clone(),
            shelf: state.files.of(visitor.gateway.service.sid),
            clock: state.clock.clone(),
            settings: state.config.media.clone(),
        };
        intake.take(visitor.by, parcel, bytes).await
    });
    receiving.await.map_err(Broken::new).map_err(CommandError::from)?
}

/// Where files of one service are taken in.
pub(crate) struct Intake {
    pub(crate) store: Store,
    pub(crate) shelf: Shelf,
    pub(crate) clock: Clock,
    pub(crate) settings: MediaSettings,
}

/// What comes, up to its limit.
struct Inbox<S> {
    bytes: S,
    clock: Clock,
    taken: u64,
    bytes_max: u64,
    /// Nothing more comes, or it would be too much.
    over: bool,
}

impl<S, E> Inbox<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    /// The next bytes; nothing at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        let next = self.awaited().await;
        self.over = !matches!(next, Ok(Some(_)));
        next
    }

    /// Whoever is still sending does not listen, and would not hear why it is not taken.
    async fn hear_out(&mut self) {
        while !self.over {
            // What comes is not taken anyway.
            let _ = self.next().await;
        }
    }

    async fn awaited(&mut self) -> Result<Option<Bytes>, Refusal> {
        let deadline = self.clock.now().plus(UPLOAD_SILENT_MS);
        let next = tokio::select! {
            next = self.bytes.next() => next,
            () = self.clock.reach(deadline) => return Err(Refusal::Unavailable),
        };
        let Some(next) = next else { return Ok(None) };
        let bytes = next.map_err(|_| Refusal::Unavailable)?;
        self.taken += bytes.len() as u64;
        if self.bytes_max < self.taken {
            return Err(Refusal::MediaTooLarge);
        }
        Ok(Some(bytes))
    }

    /// As many as it takes to tell what it is, or all.
    async fn head(&mut self) -> Result<Bytes, Refusal> {
        let mut head = Vec::new();
        while head.len() < UPLOAD_HEAD_BYTES
            && let Some(bytes) = self.next().await?
        {
            head.extend_from_slice(&bytes);
        }
        Ok(head.into())
    }
}

impl Intake {
    /// Takes a file in. Whoever calls stays to the end.
    pub(crate) async fn take<S, E>(
        &self,
        by: Actor,
        parcel: Parcel,
        bytes: S,
    ) -> Result<Media, Failure>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
    {
        let bytes_max = self.settings.file_bytes_max;
        if parcel.announced.is_some_and(|announced| bytes_max < announced) {
            return Err(Refusal::MediaTooLarge.into());
        }
        let clock = self.clock.clone();
        let mut inbox = Inbox { bytes, clock, taken: 0, bytes_max, over: false };
        let taken = self.take_from(&mut inbox, by, parcel).await;
        if taken.is_err() {
            inbox.hear_out().await;
        }
        taken
    }

    async fn take_from<S, E>(
        &self,
        inbox: &mut Inbox<S>,
        by: Actor,
        parcel: Parcel,
    ) -> Result<Media, Failure>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
    {
        let head = inbox.head().await?;
        let found = Found::in_head(&head)?;

        let announced = Announced {
            sid: parcel.sid,
            filename: cleaned(&parcel.filename),
            size: parcel.announced.unwrap_or(0).max(head.len() as u64),
        };
        let filename = announced.filename.clone();
        let quotas = self.settings.quotas;
        let sid = self.write(move |tx, m| begin_upload(tx, by, &announced, quotas, m)).await?;
        let written = write(&self.shelf, sid, head, &found, inbox).await;
        let media = Media {
            sid,
            filename,
            content_type: found.content_type.to_owned(),
            size: inbox.taken,
            dimensions: found.dimensions,
        };
        let taken = match written {
            Ok(()) => self.keep(by, &media).await,
            Err(failure) => Err(failure),
        };
        if taken.is_err()
            && let Err(error) = self.write(move |tx, m| leave_upload(tx, sid, m)).await
        {
            tracing::error!(%error, %sid, "a file that broke off stays for a day");
        }
        taken.map(|()| media)
    }

    async fn keep(&self, by: Actor, media: &Media) -> Result<(), Failure> {
        let (media, quotas) = (media.clone(), self.settings.quotas);
        Ok(self.write(move |tx, m| keep_upload(tx, by, &media, quotas, m)).await?)
    }

    async fn write<R, C>(&self, command: C) -> Result<R, CommandError>
    where
        R: Send + 'static,
        C: Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send + 'static,
    {
        self.store.write(Scope::Directory, command).await
    }
}

async fn write<S, E>(
    shelf: &Shelf,
    sid: MediaSid,
    head: Bytes,
    found: &Found,
    inbox: &mut Inbox<S>,
) -> Result<(), Failure>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let mut writing = shelf.begin(sid).await.map_err(CommandError::from)?;
    match pour(&mut writing, head, found, inbox).await {
        Ok(()) => Ok(writing.finish().await.map_err(CommandError::from)?),
        Err(failure) => {
            if let Err(error) = writing.give_up().await {
                tracing::error!(%error, %sid, "a file that broke off could not be given up");
            }
            Err(failure)
        }
    }
}

async fn pour<S, E>(
    writing: &mut Writing,
    head: Bytes,
    found: &Found,
    inbox: &mut Inbox<S>,
) -> Result<(), Failure>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let mut text = found.is_text().then(PlainText::default);
    let mut wiper = Wiper::of(found.content_type, found.orientation);
    let mut next = Some(head);
    while let Some(bytes) = next {
        if text.as_mut().is_some_and(|text| !text.goes_on(&bytes)) {
            return Err(Refusal::MediaRefused.into());
        }
        let kept = match &mut wiper {
            Some(wiper) => wiper.wipe(bytes),
            None => bytes,
        };
        writing.add(kept).await.map_err(CommandError::from)?;
        next = inbox.next().await?;
    }
    if text.is_some_and(|text| !text.is_whole()) {
        return Err(Refusal::MediaRefused.into());
    }
    Ok(())
}
