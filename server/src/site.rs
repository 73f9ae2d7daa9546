//! The web app's files: inside the binary in a release, on the disk while developing.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::LazyLock;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../target/site"]
struct Files;

/// Where the page finds the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    pub script: String,
    pub wasm: String,
    pub style: String,
}

impl Assets {
    /// Those of this build; nothing if the web app was not built.
    pub fn built() -> Option<Self> {
        Some(Self {
            script: newest("pkg/yoriai", ".js")?,
            wasm: newest("pkg/yoriai", ".wasm")?,
            style: newest("pkg/yoriai", ".css")?,
        })
    }
}

/// This build of server and web app together: a page that was loaded from another one says so.
pub fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        let number = env!("CARGO_PKG_VERSION");
        match Assets::built().as_ref().and_then(|assets| hash_in(&assets.wasm)) {
            Some(hash) => format!("{number}+{}", hash.get(..8).unwrap_or(hash)),
            None => number.to_owned(),
        }
    });
    &VERSION
}

/// While developing, files of earlier builds lie about.
fn newest(start: &str, end: &str) -> Option<String> {
    let names = Files::iter().filter(|name| name.starts_with(start) && name.ends_with(end));
    let age = |name: &Cow<'_, str>| Files::get(name).and_then(|file| file.metadata.last_modified());
    names.max_by_key(age).map(|name| format!("/{name}"))
}

/// A file of the web app, or a 404. Never the page: who asks for a file that is gone wants no HTML.
pub async fn file(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    match Files::get(path) {
        Some(file) if !path.ends_with(".br") && !path.ends_with(".gz") => {
            served(path, file, &headers)
        }
        _ => not_found(),
    }
}

/// There is nothing at this address.
pub fn not_found() -> Response {
    (StatusCode::NOT_FOUND, [(CACHE_CONTROL, "no-store")], "There is no such page.").into_response()
}

fn served(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let etag = etag(&file);
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let (file, encoding) = compressed(path, file, headers);
    let mut response = Response::new(body(file));
    let answer = response.headers_mut();
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(cache_control(path)));
    answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        answer.insert(ETAG, etag);
    }
    if let Some(encoding) = encoding {
        answer.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// The form that was made while building, if the browser takes it.
fn compressed(
    path: &str,
    file: EmbeddedFile,
    headers: &HeaderMap,
) -> (EmbeddedFile, Option<&'static str>) {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|text| text.to_str().ok());
    for (encoding, ending) in [("br", "br"), ("gzip", "gz")] {
        if accepts(accepted.unwrap_or_default(), encoding)
            && let Some(smaller) = Files::get(&format!("{path}.{ending}"))
        {
            return (smaller, Some(encoding));
        }
    }
    (file, None)
}

fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|wish| {
        let mut parts = wish.split(';').map(str::trim);
        parts.next() == Some(encoding) && !parts.any(is_no)
    })
}

/// `q=0` is a polite way to say no.
fn is_no(weight: &str) -> bool {
    weight.strip_prefix("q=").and_then(|weight| weight.parse().ok()) == Some(0.0_f32)
}

fn body(file: EmbeddedFile) -> Body {
    Body::from(match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    })
}

fn etag(file: &EmbeddedFile) -> String {
    let mut etag = "\"".to_owned();
    for byte in &file.metadata.sha256_hash()[..16] {
        let _ = write!(etag, "{byte:02x}");
    }
    etag + "\""
}

/// A name with a hash in it never gets another content.
fn cache_control(path: &str) -> &'static str {
    if is_hashed(path) { "public, max-age=31536000, immutable" } else { "no-cache" }
}

fn is_hashed(path: &str) -> bool {
    path.starts_with("pkg/") && hash_in(path).is_some()
}

/// `yoriai.<22 characters>.js`, as cargo-leptos names its files.
fn hash_in(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    let parts: Vec<&str> = name.split('.').collect();
    match parts[..] {
        [_, hash, _] if hash.len() == 22 => Some(hash),
        _ => None,
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webmanifest" => "application/manifest+json",
        "json" | "map" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_hashed_name_is_kept_for_ever() {
        assert!(is_hashed("pkg/yoriai.AbCdEfGhIjKlMnOpQrStUv.js"));
        assert!(is_hashed("pkg/yoriai_bg.AbCdEfGhIj-lMn_pQrStUv.wasm"));
        assert!(!is_hashed("pkg/yoriai.js"));
        assert!(!is_hashed("mark.AbCdEfGhIjKlMnOpQrStUv.svg"));
    }

    #[test]
    fn a_browser_says_what_it_can_unpack() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("gzip;q=0.5, br;q=1.0", "gzip"));
        assert!(!accepts("gzip, br;q=0", "br"));
        assert!(!accepts("brotli", "br"));
        assert!(!accepts("", "gzip"));
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_no_page() {
        for path in ["/pkg/yoriai.gone.js", "/pkg/", "/../Cargo.toml", "/pkg/..%2f..%2fCargo.toml"]
        {
            let uri = path.parse().expect("a path");
            let response = file(uri, HeaderMap::new()).await;
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
}
