//! `people.listDirectoryPeople` and `people.searchDirectoryPeople`: the accounts of the caller's domain.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{errors, fields, list, mask, profile, search};
use crate::{
    calendar::{SYNC_GENERATION, read_token, write_token},
    http::{ApiError, Call, Reply},
    state::{State, User},
};

const SOURCES: [&str; 2] = ["DIRECTORY_SOURCE_TYPE_DOMAIN_CONTACT", "DIRECTORY_SOURCE_TYPE_DOMAIN_PROFILE"];

/// Everybody of the caller's domain, in the order of their numbers; nobody when only the domain's contacts are asked for,
/// of which the sandbox has none.
fn everybody(state: &State, call: &Call) -> Result<Vec<User>, ApiError> {
    let own = state.user_by_sub(&call.sub).and_then(|user| user.domain.clone());
    let Some(domain) = own else {
        return Err(errors::failed_precondition("Must be a G Suite domain user."));
    };
    let sources = call.params("sources");
    let wrong = sources.iter().find(|source| !SOURCES.contains(source));
    if sources.is_empty() || wrong.is_some() {
        return Err(errors::invalid("Request sources must name one or more directory sources."));
    }
    if !sources.contains(&SOURCES[1]) {
        return Ok(vec![]);
    }
    let fits = |user: &&User| user.is_person() && !user.disabled && user.domain.as_ref() == Some(&domain);
    let mut people: Vec<User> = state.users.values().filter(fits).cloned().collect();
    people.sort_by(|a, b| a.sub.cmp(&b.sub));
    Ok(people)
}

#[derive(Serialize, Deserialize)]
struct Token {
    account: String,
    /// Of a page token: the last person of the page before.
    after: Option<String>,
    /// How the directory looked, by its digest, when the list that this goes on from was asked for.
    base: Option<String>,
    /// How it looked when the first page of this list was asked for.
    seen: String,
    full: i64,
    generation: u64,
}

/// The people after the one at which the page before ended, and whether there are more than a page of them.
fn page(mut people: Vec<Value>, after: Option<&str>, size: usize) -> (Vec<Value>, Option<String>) {
    let name = |person: &Value| person["resourceName"].as_str().unwrap_or_default().to_owned();
    people.retain(|person| after.is_none_or(|after| name(person).as_str() > after));
    let more = people.len() > size;
    people.truncate(size);
    let last = people.last().map(name).filter(|_| more);
    (people, last)
}

/// `people.listDirectoryPeople`
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let mask = mask::required(call, "readMask", fields::READABLE, "people/listDirectoryPeople")?;
    let size = list::page_size(call, 100, 1000)?;
    let people = everybody(state, call)?;
    let generation = state.counters.get(SYNC_GENERATION).copied().unwrap_or(0);
    let read = |name: &str, what: &str| {
        let token = call.param(name).filter(|token| !token.is_empty());
        let read = |token| read_token(token).filter(|token: &Token| token.account == call.sub);
        token.map(|token| read(token).ok_or_else(|| errors::invalid(format!("{what} token is invalid.")))).transpose()
    };
    let (sync, started) = (read("syncToken", "Sync")?, read("pageToken", "Page")?);
    if let Some(sync) = &sync
        && (sync.generation != generation || call.now.as_microsecond() - sync.full > list::LONGEST)
    {
        return Err(errors::expired_sync_token());
    }
    let looks: BTreeMap<String, String> = people.iter().map(|user| (user.sub.clone(), profile::digest(user))).collect();
    let (base, seen, full) = match (&started, &sync) {
        (Some(page), _) => (page.base.clone(), page.seen.clone(), page.full),
        (None, sync) => {
            let whole: Vec<&str> = looks.values().map(String::as_str).collect();
            let seen = hex::encode(&Sha256::digest(whole.join(" "))[..12]);
            (
                sync.as_ref().map(|sync| sync.seen.clone()),
                seen,
                sync.as_ref().map_or(call.now.as_microsecond(), |s| s.full),
            )
        }
    };
    let before = base.as_ref().map(|base| state.people.directories.get(base).cloned().unwrap_or_default());
    let changed = |user: &&User| before.as_ref().is_none_or(|before| before.get(&user.sub) != looks.get(&user.sub));
    let mut shown: Vec<Value> =
        people.iter().filter(changed).map(|user| profile::resource(user, "DOMAIN_PROFILE", &mask)).collect();
    for sub in before.iter().flat_map(BTreeMap::keys).filter(|sub| !looks.contains_key(*sub)) {
        shown.push(json!({"resourceName": format!("people/{sub}"), "etag": format!("%{sub}"),
            "metadata": {"objectType": "PERSON", "deleted": true}}));
    }
    shown.sort_by(|a, b| a["resourceName"].as_str().cmp(&b["resourceName"].as_str()));
    let after = started.as_ref().and_then(|page| page.after.as_deref());
    let (shown, last) = page(shown, after, size);
    let mut body = json!({});
    if !shown.is_empty() {
        body["people"] = json!(shown);
    }
    let synced = call.param("requestSyncToken") == Some("true") || sync.is_some();
    if synced {
        state.people.directories.put(seen.clone(), looks);
    }
    let token = Token { account: call.sub.clone(), after: last, base, seen, full, generation };
    match &token.after {
        Some(_) => body["nextPageToken"] = json!(write_token(&token)),
        None if synced => body["nextSyncToken"] = json!(write_token(&token)),
        None => {}
    }
    Ok(Reply::json(body))
}

/// `people.searchDirectoryPeople`
pub fn search(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let mask = mask::required(call, "readMask", fields::READABLE, "people/searchDirectoryPeople")?;
    let size = list::page_size(call, 100, 500)?;
    let query = call.param("query").unwrap_or_default().trim();
    let people = everybody(state, call)?;
    let fits = |user: &&User| {
        let texts = [&user.name, &user.email];
        !query.is_empty() && (texts.iter().any(|text| search::fits(text, query)))
    };
    let found: Vec<Value> =
        people.iter().filter(fits).map(|user| profile::resource(user, "DOMAIN_PROFILE", &mask)).collect();
    let total = found.len();
    let after = call.param("pageToken").filter(|token| !token.is_empty()).map(|token| {
        let (account, after): (String, String) = read_token(token)?;
        (account == call.sub).then_some(after)
    });
    let after = match after {
        Some(None) => return Err(errors::invalid("Page token is invalid.")),
        Some(after) => after,
        None => None,
    };
    let (shown, last) = page(found, after.as_deref(), size);
    let mut body = json!({});
    if total > 0 {
        body["totalSize"] = json!(total);
    }
    if !shown.is_empty() {
        body["people"] = json!(shown);
    }
    if let Some(last) = last {
        body["nextPageToken"] = json!(write_token(&(&call.sub, &last)));
    }
    Ok(Reply::json(body))
}
