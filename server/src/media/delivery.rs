//! A file on its way out. Each time it is judged anew whether whoever asks may read its message; and
//! whatever it is, it runs nowhere.

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use chat::{Media, Refusal};
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH, IF_RANGE, RANGE,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::head::is_shown;
use super::link::{Link, Sealed};
use super::range::Asked;
use crate::commands::{Actor, CommandError};
use crate::gateway::Gateway;
use crate::headers::RESOURCE_POLICY;
use crate::queries::readable_media;
use crate::rest::Failure;
use crate::state::AppState;

/// What stands for itself in the name of a file (RFC 5987's attr-char).
const NOT_ATTRIBUTE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// `GET /media/{service}/{media}`
pub(super) async fn deliver(
    State(state): State<AppState>,
    Path((service, media)): Path<(String, String)>,
    sealed: Result<Query<Sealed>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let Query(sealed) = sealed.map_err(|_| Refusal::MediaUrlInvalid)?;
    let now = state.clock.now();
    let link = Link::read((&service, &media), &sealed, &state.tokens, now)?;
    let gateway = state.services.of(link.service).ok_or(Refusal::MediaNotFound)?;
    let media = readable(&gateway, &link).await?;

    let mut response = answer(&state, &link, &media, &headers).await?;
    describe(response.headers_mut(), &media, link.expires_at.since(now));
    Ok(response)
}

async fn readable(gateway: &Gateway, link: &Link) -> Result<Media, Failure> {
    let (user, sid) = (link.user, link.media);
    let is_operator = user == gateway.service.system();
    let by = if is_operator { Actor::Operator(user) } else { Actor::User(user) };
    let found = gateway.store.read(move |tx| readable_media(tx, by, sid)).await;
    Ok(found.map_err(hidden)?.media)
}

/// Whoever may not have it is told no more than that there is none.
fn hidden(error: CommandError) -> Failure {
    match error {
        CommandError::Refused(refusal) if !refusal.is_temporary() => Refusal::MediaNotFound.into(),
        other => other.into(),
    }
}

async fn answer(
    state: &AppState,
    link: &Link,
    media: &Media,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let said = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let tag = tag_of(media);
    if said(IF_NONE_MATCH).is_some_and(|known| known.contains(&tag) || known == "*") {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let is_same = said(IF_RANGE).is_none_or(|known| known == tag);
    let (status, part) = match Asked::by(said(RANGE).filter(|_| is_same), media.size) {
        Asked::All => (StatusCode::OK, 0..media.size),
        Asked::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
        Asked::Beyond => {
            let range = [(CONTENT_RANGE, format!("bytes */{}", media.size))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, range).into_response());
        }
    };
    let shelf = state.files.of(link.service);
    let bytes = shelf.read(media.sid, part.clone()).await.map_err(CommandError::from)?;
    let mut response = (status, Body::from_stream(bytes)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, (part.end - part.start).into());
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {}-{}/{}", part.start, part.end - 1, media.size);
        headers.insert(CONTENT_RANGE, text(range));
    }
    Ok(response)
}

/// A file never changes under its SID.
fn tag_of(media: &Media) -> String {
    format!("\"{}\"", media.sid)
}

/// What goes with every answer about a file: what it is, that nothing in it may run, and how long a
/// browser may keep it.
fn describe(headers: &mut HeaderMap, media: &Media, left_ms: i64) {
    let charset = if media.content_type.starts_with("text/") { "; charset=utf-8" } else { "" };
    headers.insert(CONTENT_TYPE, text(format!("{}{charset}", media.content_type)));
    headers.insert(CONTENT_DISPOSITION, text(disposition(media)));
    let policy = HeaderValue::from_static("sandbox; default-src 'none'");
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    headers.insert(CACHE_CONTROL, text(format!("private, max-age={}", left_ms.max(0) / 1_000)));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(ETAG, text(tag_of(media)));
}

/// What a browser draws or plays stands in its place; everything else is saved. An image that was
/// not measured is no exception, for nobody knows how large it gets.
fn disposition(media: &Media) -> String {
    let is_measured = media.dimensions.is_some() || !media.content_type.starts_with("image/");
    let kind = if is_shown(&media.content_type) && is_measured { "inline" } else { "attachment" };
    if media.filename.is_empty() {
        return kind.to_owned();
    }
    let plain: String = media.filename.chars().map(plain).collect();
    let encoded = utf8_percent_encode(&media.filename, NOT_ATTRIBUTE);
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// For whoever reads only ASCII.
fn plain(character: char) -> char {
    match character {
        '"' | '\\' | '%' => '_',
        ' '..='~' => character,
        _ => '_',
    }
}

/// What was checked before: our own words, and names that were cleaned.
fn text(value: String) -> HeaderValue {
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::{Dimensions, MediaSid};

    fn media(content_type: &str, filename: &str) -> Media {
        Media {
            sid: MediaSid::from_bytes([7; 16]),
            filename: filename.to_owned(),
            content_type: content_type.to_owned(),
            size: 10,
            dimensions: content_type
                .starts_with("image/")
                .then_some(Dimensions { width: 3, height: 2 }),
        }
    }

    #[test]
    fn what_is_drawn_or_played_stands_in_its_place_and_all_else_is_saved() {
        for (content_type, expected) in [
            ("image/png", "inline"),
            ("audio/mpeg", "inline"),
            ("video/mp4", "inline"),
            ("application/pdf", "attachment"),
            ("application/zip", "attachment"),
            ("text/plain", "attachment"),
        ] {
            assert_eq!(disposition(&media(content_type, "")), expected, "{content_type}");
        }
        let endless = Media { dimensions: None, ..media("image/jpeg", "") };
        assert_eq!(disposition(&endless), "attachment");
    }

    #[test]
    fn a_name_is_told_to_those_who_read_ascii_and_to_those_who_read_all() {
        for (filename, expected) in [
            ("cat.png", "inline; filename=\"cat.png\"; filename*=UTF-8''cat.png"),
            ("山 1.png", "inline; filename=\"_ 1.png\"; filename*=UTF-8''%E5%B1%B1%201.png"),
            ("a\"b\\c%.png", "inline; filename=\"a_b_c_.png\"; filename*=UTF-8''a%22b%5Cc%25.png"),
        ] {
            assert_eq!(disposition(&media("image/png", filename)), expected);
        }
    }
}
