use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{Listed, Page, Request, calendar::Cursor};

/// One page of a list that can be continued by a sync token: calendars, access rules, settings.
#[derive(Clone, Debug, PartialEq)]
pub struct ListPage<T> {
    /// What is on it.
    pub items: Listed<T>,
    /// The version of the list.
    pub etag: Option<String>,
    /// What comes after this page.
    pub next: Cursor,
    /// What else Google sent beside the items.
    pub other: Map<String, Value>,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for ListPage<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", bound = "T: DeserializeOwned")]
        struct Envelope<T> {
            #[serde(default)]
            items: Listed<T>,
            etag: Option<String>,
            next_page_token: Option<String>,
            next_sync_token: Option<String>,
            #[serde(flatten)]
            other: Map<String, Value>,
        }
        let page = Envelope::<T>::deserialize(deserializer)?;
        let next = Cursor::of(page.next_page_token, page.next_sync_token);
        Ok(Self { items: page.items, etag: page.etag, next, other: page.other })
    }
}

impl<T> From<ListPage<T>> for Page<T> {
    fn from(page: ListPage<T>) -> Self {
        Self { items: page.items, next: page.next.page_token() }
    }
}

/// Which page of a list, as all lists of Calendar say it.
pub(super) fn page(request: Request, max_results: Option<u32>, page: Option<&str>, sync: Option<&str>) -> Request {
    request
        .query("maxResults", &max_results.unwrap_or(250).clamp(1, 250).to_string())
        .query_opt("syncToken", sync)
        .query_opt("pageToken", page)
}
