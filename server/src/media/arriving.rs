//! A file on its way in: told what it is from its first bytes, written while it comes, and never all
//! of it in memory. What breaks off leaves nothing behind.

use bytes::Bytes;
use chat::protocol::Scope;
use chat::{Media, MediaSid, Refusal};
use futures_util::{Stream, StreamExt};
use http::HeaderMap;
use http::header::CONTENT_LENGTH;

use super::filename::cleaned;
use super::head::{Found, PlainText};
use super::visitor::Visitor;
use crate::clock::Clock;
use crate::commands::{Announced, CommandError, begin_upload, keep_upload, leave_upload};
use crate::files::{Shelf, Writing};
use crate::limits::{UPLOAD_HEAD_BYTES, UPLOAD_SILENT_MS};
use crate::rest::Failure;
use crate::state::AppState;
use crate::store::Broken;

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
        let inbox = Inbox {
            bytes,
            clock: state.clock.clone(),
            taken: 0,
            bytes_max: state.config.media.file_bytes_max,
        };
        take_in(&state, &visitor, parcel, inbox).await
    });
    receiving.await.map_err(Broken::new).map_err(CommandError::from)?
}

/// What comes, up to its limit.
struct Inbox<S> {
    bytes: S,
    clock: Clock,
    taken: u64,
    bytes_max: u64,
}

impl<S, E> Inbox<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    /// The next bytes; nothing at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
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

async fn take_in<S, E>(
    state: &AppState,
    visitor: &Visitor,
    parcel: Parcel,
    mut inbox: Inbox<S>,
) -> Result<Media, Failure>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let (gateway, by) = (&visitor.gateway, visitor.by);
    let _place = state.arrivals.take(visitor.user())?;
    gateway.allowance.upload(visitor.user(), state.clock.now())?;
    if parcel.announced.is_some_and(|announced| inbox.bytes_max < announced) {
        return Err(Refusal::MediaTooLarge.into());
    }
    let head = inbox.head().await?;
    let found = Found::in_head(&head)?;

    let quotas = state.config.media.quotas;
    let announced = Announced {
        sid: parcel.sid,
        filename: cleaned(&parcel.filename),
        size: parcel.announced.unwrap_or(0).max(head.len() as u64),
    };
    let filename = announced.filename.clone();
    let begin =
        move |tx: &mut dyn crate::store::Tx, m: &_| begin_upload(tx, by, &announced, quotas, m);
    let sid = gateway.store.write(Scope::Directory, begin).await?;
    let shelf = state.files.of(gateway.service.sid);
    let taken = async {
        write(&shelf, sid, head, &found, &mut inbox).await?;
        let media = Media {
            sid,
            filename,
            content_type: found.content_type.to_owned(),
            size: inbox.taken,
            dimensions: found.dimensions,
        };
        let kept = media.clone();
        let keep =
            move |tx: &mut dyn crate::store::Tx, m: &_| keep_upload(tx, by, &kept, quotas, m);
        gateway.store.write(Scope::Directory, keep).await?;
        Ok(media)
    };
    let taken: Result<Media, Failure> = taken.await;
    if taken.is_err() {
        // The sweep removes its bytes; and itself finds it, should this not be written either.
        let leave = move |tx: &mut dyn crate::store::Tx, m: &_| leave_upload(tx, sid, m);
        if let Err(error) = gateway.store.write(Scope::Directory, leave).await {
            tracing::error!(%error, %sid, "a file that broke off stays for a day");
        }
    }
    taken
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
    let mut next = Some(head);
    while let Some(bytes) = next {
        if text.as_mut().is_some_and(|text| !text.goes_on(&bytes)) {
            return Err(Refusal::MediaRefused.into());
        }
        writing.add(bytes).await.map_err(CommandError::from)?;
        next = inbox.next().await?;
    }
    if text.is_some_and(|text| !text.is_whole()) {
        return Err(Refusal::MediaRefused.into());
    }
    Ok(())
}
