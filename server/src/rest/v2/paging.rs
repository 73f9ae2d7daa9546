//! Lists come a page at a time. The page's token names the last row of the page before, so a page
//! is whole whatever is added or removed meanwhile.

use std::marker::PhantomData;
use std::str::FromStr;

use axum::Json;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::form::Query;
use super::no::No;
use crate::limits::{REST_PAGE, REST_PAGE_MAX};
use crate::rest::Failure;
use crate::state::AppState;
use crate::store::Broken;

/// Which page of a list is asked for.
#[derive(Clone, Debug)]
pub(super) struct Paging {
    pub(super) size: usize,
    number: u64,
    token: Option<String>,
    /// The list's public address, and what else was asked of it.
    base: String,
    filters: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked {
    page_size: Option<usize>,
    page: Option<u64>,
    page_token: Option<String>,
}

/// Rows, and what the page after them begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cut<T> {
    pub(super) rows: Vec<T>,
    pub(super) next: Option<String>,
}

impl<T> Cut<T> {
    /// The same page, each row as it is shown.
    pub(super) fn map<R>(self, show: impl FnMut(T) -> R) -> Cut<R> {
        Cut { rows: self.rows.into_iter().map(show).collect(), next: self.next }
    }
}

#[derive(Serialize)]
struct Meta {
    page: u64,
    page_size: usize,
    first_page_url: String,
    previous_page_url: Option<String>,
    url: String,
    next_page_url: Option<String>,
    key: &'static str,
}

impl FromRequestParts<AppState> for Paging {
    type Rejection = No;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, No> {
        let Query(asked) = Query::<Asked>::from_request_parts(parts, state).await?;
        let Query(all) = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await?;
        let path =
            parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri).path();
        let token = asked.page_token.filter(|token| !token.is_empty());
        if token.is_none() && asked.page.is_some_and(|page| 0 < page) {
            let why = "A page is found by its PageToken: follow next_page_url.";
            return Err(No::Malformed(why.to_owned()));
        }
        let ours = ["PageSize", "Page", "PageToken"];
        Ok(Self {
            size: size(asked.page_size)?,
            number: asked.page.unwrap_or(0),
            token,
            base: format!("{}{path}", state.config.public_url),
            filters: all.into_iter().filter(|(name, _)| !ours.contains(&name.as_str())).collect(),
        })
    }
}

/// Libraries ask for a thousand and take what they get.
fn size(asked: Option<usize>) -> Result<usize, No> {
    match asked {
        Some(0) => Err(No::Malformed("PageSize is at least 1.".to_owned())),
        asked => Ok(asked.unwrap_or(REST_PAGE).min(REST_PAGE_MAX)),
    }
}

impl Paging {
    /// The row that the page comes after; nothing for the first page.
    pub(super) fn after<T: FromStr>(&self) -> Result<Option<T>, No> {
        let read = self.token.as_deref().map(str::parse).transpose();
        read.map_err(|_| No::Malformed("PageToken is none that this list gave.".to_owned()))
    }

    /// How many rows to ask for, to know whether there are more.
    pub(super) fn reach(&self) -> usize {
        self.size + 1
    }

    /// One page of what was reached; `token` names a row.
    pub(super) fn cut<T>(&self, mut rows: Vec<T>, token: impl Fn(&T) -> String) -> Cut<T> {
        let more = self.size < rows.len();
        rows.truncate(self.size);
        Cut { next: rows.last().filter(|_| more).map(token), rows }
    }

    /// The page as it travels.
    pub(super) fn listed<T: Serialize>(
        self,
        key: &'static str,
        page: Cut<T>,
    ) -> Result<Listed<T>, No> {
        let meta = Meta {
            page: self.number,
            page_size: self.size,
            first_page_url: self.url(0, None),
            previous_page_url: None,
            url: self.url(self.number, self.token.as_deref()),
            next_page_url: page
                .next
                .map(|token| self.url(self.number.saturating_add(1), Some(&token))),
            key,
        };
        let broken = |error| No::Failed(Failure::Broken(Broken::new(error)));
        let mut envelope = Map::new();
        envelope.insert("meta".to_owned(), serde_json::to_value(meta).map_err(broken)?);
        envelope.insert(key.to_owned(), serde_json::to_value(page.rows).map_err(broken)?);
        Ok(Listed(envelope.into(), PhantomData))
    }

    fn url(&self, number: u64, token: Option<&str>) -> String {
        let mut pairs = self.filters.clone();
        pairs.push(("PageSize".to_owned(), self.size.to_string()));
        pairs.push(("Page".to_owned(), number.to_string()));
        pairs.extend(token.map(|token| ("PageToken".to_owned(), token.to_owned())));
        let query = serde_html_form::to_string(pairs).unwrap_or_default();
        format!("{}?{query}", self.base)
    }
}

/// A list's answer: rows of one kind.
#[derive(Debug)]
pub(super) struct Listed<T>(Value, PhantomData<T>);

impl<T> IntoResponse for Listed<T> {
    fn into_response(self) -> Response {
        Json(self.0).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paging(size: usize, filters: &[(&str, &str)]) -> Paging {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Paging {
            size,
            number: 3,
            token: Some("IM7".to_owned()),
            base: "https://chat.example/v2/Services/IS1/Users".to_owned(),
            filters: filters.iter().map(own).collect(),
        }
    }

    #[test]
    fn a_page_knows_whether_another_one_follows() {
        let cut = |size, rows: &[u64]| paging(size, &[]).cut(rows.to_vec(), u64::to_string);
        assert_eq!(cut(2, &[4, 5, 6]), Cut { rows: vec![4, 5], next: Some("5".to_owned()) });
        assert_eq!(cut(2, &[4, 5]), Cut { rows: vec![4, 5], next: None });
        assert_eq!(cut(2, &[]), Cut { rows: vec![], next: None });
    }

    #[test]
    fn the_next_pages_address_is_public_and_keeps_what_was_asked() {
        let page = Cut { rows: vec![1], next: Some("8".to_owned()) };
        let Listed(answer, _) =
            paging(2, &[("Type", "public")]).listed("users", page).expect("plain");
        assert_eq!(
            answer["meta"]["next_page_url"],
            "https://chat.example/v2/Services/IS1/Users?Type=public&PageSize=2&Page=4&PageToken=8"
        );
        assert_eq!(answer["meta"]["key"], "users");
        assert_eq!(answer["users"], serde_json::json!([1]));
    }

    #[test]
    fn a_page_has_so_many_rows_and_no_more() {
        assert_eq!(size(None).ok(), Some(REST_PAGE));
        assert_eq!(size(Some(7)).ok(), Some(7));
        assert_eq!(size(Some(1_000)).ok(), Some(REST_PAGE_MAX));
        assert!(size(Some(0)).is_err());
    }

    #[test]
    fn a_token_that_this_list_did_not_give_is_refused() {
        assert!(paging(1, &[]).after::<u64>().is_err());
        assert_eq!(paging(1, &[]).after::<String>().ok().flatten().as_deref(), Some("IM7"));
    }
}
