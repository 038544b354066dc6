use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, Error as _};
use serde_json::value::RawValue;

use crate::{Error, GoogleService, Items, Listed, Page, Request, items, meet::Meet};

/// What of a list to give.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Google's filter, such as `space.meeting_code = "abc-mnop-xyz" AND end_time IS NULL`. Recordings, transcripts and
    /// their entries have none.
    pub filter: Option<String>,
    /// Items a page at most. Google has limits of its own.
    pub page_size: Option<u32>,
    /// The page with this token.
    pub page_token: Option<String>,
}

impl ListQuery {
    /// What this filter lets through.
    pub fn filtered(filter: impl Into<String>) -> Self {
        Self { filter: Some(filter.into()), ..Self::default() }
    }
}

/// One page of a list whose items lie under `key`.
pub(super) async fn page<T: DeserializeOwned>(
    meet: &Meet,
    request: Request,
    key: &'static str,
    query: &ListQuery,
) -> Result<Page<T>, Error> {
    let size = query.page_size.map(|size| size.to_string());
    let request = request
        .query_opt("filter", query.filter.as_deref())
        .query_opt("pageSize", size.as_deref())
        .query_opt("pageToken", query.page_token.as_deref());
    meet.client().read(request, |body| read(body, key)).await
}

/// All items of a list, page by page.
pub(super) fn all<'a, T: DeserializeOwned + Send + 'a>(
    meet: &'a Meet,
    request: Request,
    key: &'static str,
    query: ListQuery,
) -> Items<'a, T> {
    items(request.operation, query.page_token.clone(), move |page_token| {
        let (request, query) = (request.clone(), ListQuery { page_token, ..query.clone() });
        async move { page(meet, request, key, &query).await }
    })
}

fn read<T: DeserializeOwned>(body: &[u8], key: &str) -> Result<Page<T>, serde_json::Error> {
    let fields: BTreeMap<String, &RawValue> = serde_json::from_slice(body)?;
    // The shape of a value inside is a matter of data, wherever in its text the trouble lies.
    let data = |error: serde_json::Error| serde_json::Error::custom(format!("{:?} in a list", error.classify()));
    let items: Option<Listed<T>> =
        fields.get(key).map(|raw| serde_json::from_str(raw.get())).transpose().map_err(data)?;
    let next = fields.get("nextPageToken").map(|raw| serde_json::from_str(raw.get())).transpose().map_err(data)?;
    Ok(Page { items: items.unwrap_or_default(), next: next.flatten() })
}
