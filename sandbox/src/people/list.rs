//! Lists of people: pages, sync tokens, and what changed since.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    errors, fields, mask,
    person::{self, Kind},
    tables::{PersonRow, Version},
};
use crate::{
    calendar::{SYNC_GENERATION, read_token, write_token},
    http::{ApiError, Call, Reply},
    state::State,
};

/// How long a sync token is good, in microseconds from the full list that it goes back to.
pub const LONGEST: i64 = 7 * 24 * 3600 * 1_000_000;

/// What a sync token remembers.
#[derive(Serialize, Deserialize)]
struct SyncToken {
    list: String,
    account: String,
    query: String,
    since: Version,
    /// When the full list was asked for, in microseconds.
    full: i64,
    generation: u64,
}

/// What a page token remembers.
#[derive(Serialize, Deserialize)]
struct PageToken {
    list: String,
    account: String,
    query: String,
    since: Option<Version>,
    until: Version,
    full: i64,
    after: (String, String),
}

/// Which list is answered.
pub struct List {
    /// Its name in tokens.
    pub name: &'static str,
    /// Its name in the answer.
    pub key: &'static str,
    /// The names of the total in the answer.
    pub totals: &'static [&'static str],
}

/// Somebody in a list.
pub struct Item {
    /// The place in the order.
    pub sort: String,
    /// The name, which decides between equals.
    pub id: String,
    /// Of the last change.
    pub version: Version,
    /// Whether it is deleted.
    pub deleted: bool,
    /// The person.
    pub json: Value,
}

/// A number of the query within bounds; 0 and nothing are the default.
pub fn page_size(call: &Call, default: usize, most: usize) -> Result<usize, ApiError> {
    let Some(text) = call.param("pageSize").filter(|text| !text.is_empty() && *text != "0") else { return Ok(default) };
    let size = text.parse::<usize>().ok().filter(|size| *size <= most);
    size.ok_or_else(|| errors::invalid(format!("Page size must be between 1 and {most}.")))
}

/// A digest of what a list was asked for, without tokens and without what does not change it.
fn digest(call: &Call) -> String {
    const LEFT_OUT: [&str; 11] = [
        "pageToken",
        "syncToken",
        "requestSyncToken",
        "pageSize",
        "fields",
        "prettyPrint",
        "alt",
        "quotaUser",
        "key",
        "access_token",
        "$.xgafv",
    ];
    let pairs = call.query.iter().filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()));
    let mut parts: Vec<String> = pairs.map(|(name, value)| format!("{name}={value}")).collect();
    parts.sort();
    hex::encode(&Sha256::digest(parts.join("\n"))[..8])
}

/// Up to which version changes have reached the lists of changes: they come late with Google.
fn horizon(state: &State, call: &Call) -> Version {
    let delay = i64::try_from(state.limit("people_changes_delay_ms")).unwrap_or(0).saturating_mul(1000);
    let last = state.people.last_version();
    if delay == 0 { last } else { last.min(call.now.as_microsecond().saturating_sub(delay)) }
}

/// One page of `items`, in any order.
///
/// A full list shows everything at once, a list of changes what is older than the delay. What changes between two pages is
/// reported by the next list of changes, because the token remembers how things were when the first page was asked for.
pub fn answer(state: &State, call: &Call, list: &List, mut items: Vec<Item>) -> Result<Reply, ApiError> {
    let size = page_size(call, 100, 1000)?;
    let query = digest(call);
    let generation = state.counters.get(SYNC_GENERATION).copied().unwrap_or(0);
    let text = |name: &str| call.param(name).filter(|text| !text.is_empty());
    let sync = text("syncToken").map(|token| {
        let token: SyncToken = read_token(token)
            .filter(|token: &SyncToken| token.list == list.name && token.account == call.sub)
            .ok_or_else(|| errors::invalid("Sync token is invalid."))?;
        if token.generation != generation || call.now.as_microsecond() - token.full > LONGEST {
            return Err(errors::expired_sync_token());
        }
        if token.query != query {
            let message = "Sync token was given for other parameters: all parameters must match the first call.";
            return Err(errors::invalid(message));
        }
        Ok(token)
    });
    let sync = sync.transpose()?;
    let page = text("pageToken").map(|token| {
        read_token(token)
            .filter(|token: &PageToken| token.list == list.name && token.account == call.sub && token.query == query)
            .ok_or_else(|| errors::invalid("Page token is invalid."))
    });
    let page = page.transpose()?;
    let (since, full, until) = match (&page, &sync) {
        (Some(page), _) => (page.since, page.full, page.until),
        (None, Some(sync)) => (Some(sync.since), sync.full, horizon(state, call).max(sync.since)),
        (None, None) => (None, call.now.as_microsecond(), state.people.last_version()),
    };
    let total = items.iter().filter(|item| !item.deleted).count();
    items.retain(|item| match since {
        Some(since) => item.version > since && item.version <= until,
        None => !item.deleted,
    });
    items.sort_by(|a, b| (&a.sort, &a.id).cmp(&(&b.sort, &b.id)));
    if let Some(page) = &page {
        items.retain(|item| (&item.sort, &item.id) > (&page.after.0, &page.after.1));
    }
    let more = items.len() > size;
    items.truncate(size);
    let last = items.last().map(|item| (item.sort.clone(), item.id.clone()));
    let mut body = Map::new();
    if !items.is_empty() {
        body.insert(list.key.to_owned(), items.into_iter().map(|item| item.json).collect());
    }
    if since.is_none() && total > 0 {
        for name in list.totals {
            body.insert((*name).to_owned(), json!(total));
        }
    }
    let (name, account) = (list.name.to_owned(), call.sub.clone());
    match last.filter(|_| more) {
        Some(after) => {
            let token = PageToken { list: name, account, query, since, until, full, after };
            body.insert("nextPageToken".to_owned(), json!(write_token(&token)));
        }
        None if call.param("requestSyncToken") == Some("true") || sync.is_some() => {
            let token = SyncToken { list: name, account, query, since: until, full, generation };
            body.insert("nextSyncToken".to_owned(), json!(write_token(&token)));
        }
        None => {}
    }
    Ok(Reply::json(Value::Object(body)))
}

/// The place of a contact in that order.
fn sort_key(row: &PersonRow, order: &str) -> String {
    let name = |part: &str| {
        row.fields.get("names").and_then(|names| names[0][part].as_str()).unwrap_or_default().to_lowercase()
    };
    match order {
        "LAST_MODIFIED_DESCENDING" => format!("{:020}", i64::MAX - row.version),
        "FIRST_NAME_ASCENDING" => name("givenName"),
        "LAST_NAME_ASCENDING" => name("familyName"),
        _ => format!("{:020}", row.version),
    }
}

/// `people.connections.list`
pub fn connections(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    const ORDERS: [&str; 4] =
        ["LAST_MODIFIED_ASCENDING", "LAST_MODIFIED_DESCENDING", "FIRST_NAME_ASCENDING", "LAST_NAME_ASCENDING"];
    if ![call.sub.as_str(), "me"].contains(&call.path("id")) {
        return Err(errors::invalid("Only people/me is a valid resource name."));
    }
    let mask = mask::person_fields(call, "people.connections/list")?;
    let order = call.param("sortOrder").filter(|order| !order.is_empty()).unwrap_or(ORDERS[0]);
    if !ORDERS.contains(&order) {
        return Err(errors::invalid(format!("Invalid value at 'sort_order': \"{order}\"")));
    }
    let prefix = super::tables::key(&call.sub, "");
    let rows = state.people.contacts.prefixed(&prefix).map(|(_, row)| row);
    let items = rows.map(|row| Item {
        sort: sort_key(row, order),
        id: person::name_of(row),
        version: row.version,
        deleted: row.deleted,
        json: person::resource(row, Kind::Contact, &mask),
    });
    let list = List { name: "connections", key: "connections", totals: &["totalItems", "totalPeople"] };
    answer(state, call, &list, items.collect())
}

/// `otherContacts.list`
pub fn other_contacts(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let mask = mask::required(call, "readMask", fields::OF_OTHER_CONTACTS, "otherContacts/list")?;
    let prefix = super::tables::key(&call.sub, "");
    let items = state.people.others.prefixed(&prefix).map(|(_, row)| Item {
        sort: format!("{:020}", row.version),
        id: person::name_of(row),
        version: row.version,
        deleted: row.deleted,
        json: person::resource(row, Kind::OtherContact, &mask),
    });
    let list = List { name: "otherContacts", key: "otherContacts", totals: &["totalSize"] };
    answer(state, call, &list, items.collect())
}
