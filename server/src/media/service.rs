//! Programmable Chat's media service, for its official browser SDK and for backends.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Path, Query, Request, State};
use chat::{MediaSid, Refusal, ServiceSid};
use futures_util::{StreamExt, stream};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::arriving::{Parcel, announced, receive};
use super::description::described;
use super::visitor::Visitor;
use crate::bodies::{Untaken, taken};
use crate::doors::Caller;
use crate::limits::{MEDIA_SET_MAX, REQUEST_BYTES_MAX};
use crate::queries::readable_media;
use crate::rest::Failure;
use crate::state::AppState;
use crate::store::Upload;

/// As the router reads it.
pub(super) const ROUTE: &str = "/v1/Services/{service}/Media";
/// One file.
pub(super) const ONE: &str = "/v1/Services/{service}/Media/{media}";
/// Several at once.
pub(super) const SET: &str = "/v1/Services/{service}/MediaSet";

/// Where the media service of one of our services is.
pub(crate) fn address_of(base: &str, service: ServiceSid) -> String {
    format!("{base}/v1/Services/{service}/Media")
}

#[derive(Deserialize)]
pub(super) struct Named {
    #[serde(default, rename = "Filename")]
    filename: String,
}

/// `POST …/Media`: the body is the file, or a form with it in its first field.
pub(super) async fn upload(
    State(state): State<AppState>,
    Path(service): Path<String>,
    Query(named): Query<Named>,
    request: Request,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let caller = Caller::behind(&request, &state.config.trusted_proxies);
    let visitor = Visitor::in_service(&state, request.headers(), caller, &service).await?;
    let (gateway, by) = (visitor.gateway.clone(), visitor.by);
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|text| text.to_str().ok());
    let parcel = Parcel { filename: named.filename, ..Parcel::default() };
    let media = if content_type.is_some_and(|text| text.starts_with("multipart/form-data")) {
        from_form(state.clone(), visitor, parcel, request).await?
    } else {
        let parcel = Parcel { announced: announced(request.headers()), ..parcel };
        let bytes = request.into_body().into_data_stream();
        receive(state.clone(), visitor, parcel, bytes).await?
    };
    let visitor = Visitor { gateway, by };
    let upload = find(&visitor, media.sid).await?;
    Ok((StatusCode::CREATED, Json(described(&state, &visitor, &upload, state.clock.now()))))
}

/// `GET …/Media/{media}`
pub(super) async fn describe(
    State(state): State<AppState>,
    Path((service, media)): Path<(String, String)>,
    request: Request,
) -> Result<Json<Value>, Failure> {
    let caller = Caller::behind(&request, &state.config.trusted_proxies);
    let visitor = Visitor::in_service(&state, request.headers(), caller, &service).await?;
    let sid = media.parse().map_err(|_| Refusal::MediaNotFound)?;
    let upload = find(&visitor, sid).await?;
    Ok(Json(described(&state, &visitor, &upload, state.clock.now())))
}

#[derive(Deserialize)]
struct Wanted {
    list: Vec<WantedOne>,
}

#[derive(Deserialize)]
struct WantedOne {
    media_sid: String,
}

/// `POST …/MediaSet`: it only reads.
pub(super) async fn describe_set(
    State(state): State<AppState>,
    Path(service): Path<String>,
    request: Request,
) -> Result<Json<Vec<Value>>, Failure> {
    let caller = Caller::behind(&request, &state.config.trusted_proxies);
    let visitor = Visitor::in_service(&state, request.headers(), caller, &service).await?;
    let whole = taken(&state.clock, request, REQUEST_BYTES_MAX).await;
    let whole = whole.map_err(|_| Refusal::BadParameter)?;
    let Json(wanted) =
        Json::<Wanted>::from_request(whole, &()).await.map_err(|_| Refusal::BadParameter)?;
    if MEDIA_SET_MAX < wanted.list.len() {
        return Err(Refusal::BadParameter.into());
    }
    let mut items = Vec::new();
    for WantedOne { media_sid } in wanted.list {
        let found = match media_sid.parse() {
            Ok(sid) => find(&visitor, sid).await,
            Err(_) => Err(Refusal::MediaNotFound.into()),
        };
        items.push(match found {
            Ok(upload) => {
                let record = described(&state, &visitor, &upload, state.clock.now());
                json!({"code": 200, "media_record": record})
            }
            Err(failure) => {
                let status = failure.refusal().status();
                json!({"code": status, "media_record": {"sid": media_sid}})
            }
        });
    }
    Ok(Json(items))
}

async fn find(visitor: &Visitor, sid: MediaSid) -> Result<Upload, Failure> {
    let by = visitor.by;
    Ok(visitor.gateway.store.read(move |tx| readable_media(tx, by, sid)).await?)
}

/// The first field of a form. Its bytes are handed on one piece after the other, and their end is
/// said: a form that breaks off is no shorter file.
async fn from_form(
    state: AppState,
    visitor: Visitor,
    mut parcel: Parcel,
    request: Request,
) -> Result<chat::Media, Failure> {
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|_| Refusal::BadParameter)?;
    let field = form.next_field().await.map_err(|_| Refusal::BadParameter)?;
    let mut field = field.ok_or(Refusal::MediaEmpty)?;
    if let Some(name) = field.file_name().filter(|_| parcel.filename.is_empty()) {
        parcel.filename = name.to_owned();
    }
    let (pieces, coming) = mpsc::channel::<Option<Bytes>>(1);
    let hand_on = async move {
        while let Ok(piece) = field.next().await.transpose() {
            let is_last = piece.is_none();
            if pieces.send(piece).await.is_err() || is_last {
                break;
            }
        }
    };
    let bytes = stream::try_unfold(coming, |mut coming| async move {
        let piece = coming.recv().await.ok_or(Untaken::BrokeOff)?;
        Ok::<_, Untaken>(piece.map(|piece| (piece, coming)))
    });
    let (received, ()) = tokio::join!(receive(state, visitor, parcel, bytes.boxed()), hand_on);
    received
}
