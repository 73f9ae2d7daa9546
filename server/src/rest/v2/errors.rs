//! What each code means, for whoever follows `more_info`. No credentials are needed to read it.

use axum::extract::Path;
use chat::Refusal;
use http::StatusCode;

use super::no::OWN;

/// `GET /v2/errors`: one line a code.
pub(super) async fn all() -> String {
    let mut lines: Vec<(u32, String)> = Refusal::ALL.iter().map(|refusal| line(*refusal)).collect();
    lines
        .extend(OWN.map(|(code, status, message)| (code, written(code, status.as_u16(), message))));
    lines.sort_by_key(|(code, _)| *code);
    lines.into_iter().map(|(_, line)| line + "\n").collect()
}

/// `GET /v2/errors/{code}`: one of them.
pub(super) async fn one(Path(code): Path<String>) -> (StatusCode, String) {
    let prefix = format!("{code} ");
    match all().await.lines().find(|line| line.starts_with(&prefix)) {
        Some(line) => (StatusCode::OK, format!("{line}\n")),
        None => (StatusCode::NOT_FOUND, "There is no such code.\n".to_owned()),
    }
}

fn line(refusal: Refusal) -> (u32, String) {
    let message = match refusal {
        Refusal::NotPermitted(_) => "The role lacks a permission.".to_owned(),
        Refusal::TooManyRequests { .. } => "Too many requests. Try again later.".to_owned(),
        other => other.message(),
    };
    (refusal.code(), written(refusal.code(), refusal.status(), &message))
}

fn written(code: u32, status: u16, message: &str) -> String {
    format!("{code} (HTTP {status}): {message}")
}
