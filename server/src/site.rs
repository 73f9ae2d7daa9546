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
use sha2::{Digest, Sha256};

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
        match Assets::built() {
            Some(_) => format!("{number}+{}", *BUILD),
            None => number.to_owned(),
        }
    });
    &VERSION
}

/// All that the page loads, in eight characters. It stands in every address, for the hashes in the
/// names are not enough: cargo-leptos takes them before it writes the names of the parts into each
/// other, so that a file may have another content under its old name.
static BUILD: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> = Files::iter().filter(|name| name.starts_with(FOLDER)).collect();
    names.sort_unstable();
    let mut digest = Sha256::new();
    for file in names.iter().filter_map(|name| Files::get(name)) {
        digest.update(file.metadata.sha256_hash());
    }
    hex(&digest.finalize()[..4])
});

const FOLDER: &str = "pkg/";

/// While developing, files of earlier builds lie about.
fn newest(start: &str, end: &str) -> Option<String> {
    let names = Files::iter().filter(|name| name.starts_with(start) && name.ends_with(end));
    let age = |name: &Cow<'_, str>| Files::get(name).and_then(|file| file.metadata.last_modified());
    let name = names.max_by_key(age)?;
    Some(format!("/{FOLDER}{}/{}", *BUILD, name.strip_prefix(FOLDER)?))
}

/// The name of a file in this build's folder of addresses.
fn of_this_build(path: &str) -> Option<String> {
    let name = path.strip_prefix(FOLDER)?.strip_prefix(BUILD.as_str())?.strip_prefix('/')?;
    Some(format!("{FOLDER}{name}"))
}

/// A file of the web app, or a 404. Never the page: who asks for a file that is gone wants no HTML.
pub async fn file(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let (path, keeping) = match of_this_build(path) {
        Some(path) => (path, "public, max-age=31536000, immutable"),
        None => (path.to_owned(), "no-cache"),
    };
    match Files::get(&path) {
        Some(file) if !path.ends_with(".br") && !path.ends_with(".gz") => {
            served(&path, file, keeping, &headers)
        }
        _ => not_found(),
    }
}

/// There is nothing at this address.
pub fn not_found() -> Response {
    (StatusCode::NOT_FOUND, [(CACHE_CONTROL, "no-store")], "There is no such page.").into_response()
}

fn served(path: &str, file: EmbeddedFile, keeping: &'static str, headers: &HeaderMap) -> Response {
    let etag = etag(&file);
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let (file, encoding) = compressed(path, file, headers);
    let mut response = Response::new(body(file));
    let answer = response.headers_mut();
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(keeping));
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
    format!("\"{}\"", hex(&file.metadata.sha256_hash()[..16]))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
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
    fn only_what_belongs_to_this_build_is_kept_for_ever() {
        let address = format!("pkg/{}/yoriai.AbC.js", *BUILD);
        assert_eq!(of_this_build(&address).as_deref(), Some("pkg/yoriai.AbC.js"));
        assert_eq!(of_this_build("pkg/anotherb/yoriai.AbC.js"), None);
        assert_eq!(of_this_build("pkg/yoriai.AbC.js"), None);
        assert_eq!(of_this_build("mark.svg"), None);
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
