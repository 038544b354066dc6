use serde::{Deserialize, Deserializer};

use crate::{Page, Request, calendar::Cursor};

/// One page of a list that can be continued by a sync token: calendars, access rules, settings.
#[derive(Clone, Debug, PartialEq)]
pub struct ListPage<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// What comes after this page.
    pub next: Cursor,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for ListPage<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", bound = "T: Deserialize<'de>")]
        struct Envelope<T> {
            #[serde(default = "Vec::new")]
            items: Vec<T>,
            next_page_token: Option<String>,
            next_sync_token: Option<String>,
        }
        let page = Envelope::<T>::deserialize(deserializer)?;
        Ok(Self { items: page.items, next: Cursor::of(page.next_page_token, page.next_sync_token) })
    }
}

impl<T> From<ListPage<T>> for Page<T> {
    fn from(page: ListPage<T>) -> Self {
        Self { items: page.items.into(), next: page.next.page_token() }
    }
}

/// Which page of a list, as all lists of Calendar say it.
pub(super) fn page(request: Request, max_results: Option<u32>, page: Option<&str>, sync: Option<&str>) -> Request {
    request
        .query("maxResults", &max_results.unwrap_or(250).clamp(1, 250).to_string())
        .query_opt("syncToken", sync)
        .query_opt("pageToken", page)
}
