//! The small lists (calendar list, access rules, settings): pages, sync tokens, tombstones.

use serde_json::{Map, Value, json};

use super::{
    access::Role,
    errors, params,
    tables::Version,
    tokens::{self, PageToken, Place, SyncToken},
};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

/// Which list is answered.
pub struct List {
    /// The `kind` of the answer.
    pub kind: &'static str,
    /// Its name in tokens.
    pub name: String,
    /// What the caller may do there.
    pub role: Role,
    /// How many entries a page has when nobody says.
    pub default_size: usize,
    /// How many entries a page has at most.
    pub most: usize,
}

/// An entry of a list.
pub struct Item {
    /// Its place in the order.
    pub id: String,
    /// Of its last change.
    pub version: Version,
    /// Whether it is deleted.
    pub gone: bool,
    /// Whether it is hidden.
    pub hidden: bool,
    /// The resource.
    pub json: Value,
}

/// One page of `items`, which come in the order of their ids.
///
/// What changes between two pages is reported by the next incremental list, because the sync token remembers how
/// things were when the first page was asked for.
pub fn answer(
    state: &State,
    call: &Call,
    list: &List,
    items: Vec<Item>,
    show_deleted: bool,
    show_hidden: bool,
) -> Result<Reply, ApiError> {
    let size = params::page_size(call, list.default_size, list.most)?;
    let digest = tokens::query_digest(&list.name, &call.account, &call.query);
    let page = params::text(call, "pageToken").map(|text| PageToken::read(text, &digest)).transpose()?;
    let sync = match params::text(call, "syncToken") {
        Some(text) => Some(SyncToken::read(state, text, &list.name, &call.account, list.role, call.now)?),
        None => None,
    };
    let snapshot = page.as_ref().map_or_else(|| state.calendar.last_version(), |page| page.snapshot);
    let since = sync.as_ref().map(|sync| sync.since);
    let newest = items.iter().map(|item| item.version).max().unwrap_or(0);
    let etag = tokens::collection_etag(&[&list.name, &newest.to_string(), list.role.word()]);
    if call.header("if-none-match").is_some_and(|tag| tag == etag) {
        return Ok(Reply::not_modified(&etag));
    }
    let mut wanted = items.into_iter().filter(|item| match since {
        Some(since) => item.version > since,
        None => (show_deleted || !item.gone) && (show_hidden || !item.hidden),
    });
    let after = page.map(|page| page.after.1);
    let mut shown = Vec::new();
    let mut last = None;
    let mut more = false;
    for item in wanted.by_ref().skip_while(|item| after.as_ref().is_some_and(|after| item.id <= *after)) {
        if shown.len() == size {
            more = true;
            break;
        }
        last = Some(item.id);
        shown.push(item.json);
    }
    let mut answer = Map::from_iter([
        ("kind".to_owned(), json!(list.kind)),
        ("etag".to_owned(), json!(etag)),
        ("items".to_owned(), Value::Array(shown)),
    ]);
    match last.filter(|_| more) {
        Some(last) => {
            let token =
                PageToken { query: digest, snapshot, asked: call.now.as_microsecond(), since, after: Place(0, last) };
            answer.insert("nextPageToken".to_owned(), json!(token.write()));
        }
        None => {
            let token = SyncToken {
                list: list.name.clone(),
                account: call.account.clone(),
                since: snapshot,
                given: call.now.as_microsecond(),
                generation: tokens::generation(state),
                role: list.role,
                time_min: None,
                time_max: None,
            };
            answer.insert("nextSyncToken".to_owned(), json!(token.write()));
        }
    }
    Ok(Reply::json(Value::Object(answer)).with_etag(&etag))
}

/// Refuses parameters that cannot go with a sync token.
pub fn refuse_with_sync_token(call: &Call, names: &[&str]) -> Result<(), ApiError> {
    if params::text(call, "syncToken").is_none() {
        return Ok(());
    }
    match names.iter().find(|name| params::text(call, name).is_some()) {
        Some(name) => {
            let message = format!("Cannot use {name} together with syncToken.");
            Err(errors::bad_request_because(&message, name))
        }
        None => Ok(()),
    }
}
