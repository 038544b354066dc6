//! `changes.*`: what changed for an account since some point. A file is listed once, at its last change.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    access::{self, Role},
    errors, spaces,
    tables::{ChangeRow, key},
    view,
};
use crate::{
    calendar::channels::{self, Watched},
    http::{ApiError, Call, Reply},
    state::State,
};

const COUNTER: &str = "drive_changes";

/// What `changes.watch` watches.
fn resource(account: &str) -> String {
    format!("drive_changes:{account}")
}

/// What `files.watch` watches.
fn file_resource(id: &str) -> String {
    format!("drive_file:{id}")
}

/// Who has a file in the own lists.
pub fn who_sees(state: &State, id: &str, now: Timestamp) -> Vec<String> {
    let people = state.users.values().filter(|user| user.is_person()).map(|user| user.email.clone());
    people.filter(|account| access::role_in(state, account, id, now, true).is_some()).collect()
}

/// Notes that a file changed, for all who see it and for those who saw it before.
pub fn note(state: &mut State, id: &str, before: &[String], now: Timestamp) {
    let after = who_sees(state, id, now);
    let mut all: BTreeMap<String, bool> = before.iter().map(|account| (account.clone(), true)).collect();
    all.extend(after.into_iter().map(|account| (account, false)));
    for (account, removed) in all {
        let number = state.count(COUNTER);
        let prefix = key(&account, "");
        let old = state.drive.changes.prefixed(&prefix).find(|(_, row)| row.file == id).map(|(key, _)| key.clone());
        if let Some(old) = old {
            state.drive.changes.remove(&old);
        }
        let row = ChangeRow { file: id.to_owned(), at: now, removed };
        state.drive.changes.put(key(&account, &format!("{number:016}")), row);
        channels::changed(&mut state.calendar, &resource(&account));
    }
    channels::changed(&mut state.calendar, &file_resource(id));
}

fn next_number(state: &State) -> u64 {
    state.counters.get(COUNTER).copied().unwrap_or(0) + 1
}

/// `GET changes/startPageToken`
pub fn start(state: &mut State, _call: &Call) -> Result<Reply, ApiError> {
    Ok(Reply::json(json!({"kind": "drive#startPageToken", "startPageToken": next_number(state).to_string()})))
}

fn page_token(call: &Call) -> Result<u64, ApiError> {
    let token = call.param("pageToken").filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| errors::required_parameter("pageToken"))?;
    token.parse().ok().filter(|number| *number > 0).ok_or_else(|| errors::invalid("pageToken"))
}

/// `GET changes`
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let from = page_token(call)?;
    let size = super::files::page_size(call, 100, 1000)?;
    let spaces = spaces::asked(call)?;
    let with_removed = call.param("includeRemoved") != Some("false");
    let prefix = key(&call.account, "");
    let numbered = state.drive.changes.prefixed(&prefix).filter_map(|(key, row)| {
        let number: u64 = key.strip_prefix(&prefix)?.parse().ok()?;
        (number >= from).then_some((number, row))
    });
    let visible = numbered.filter(|(_, row)| {
        let file = state.drive.files.get(&row.file);
        let is_asked = |file| access::in_scope(state, call, file) && spaces.contains(&spaces::of(state, file));
        (with_removed || !row.removed) && file.is_none_or(is_asked)
    });
    let mut shown = Vec::new();
    let mut next = None;
    for (number, row) in visible {
        if shown.len() == size {
            next = Some(number);
            break;
        }
        shown.push(change(state, call, row));
    }
    let mut answer = json!({"kind": "drive#changeList", "changes": shown});
    match next {
        Some(number) => answer["nextPageToken"] = json!(number.to_string()),
        None => answer["newStartPageToken"] = json!(next_number(state).max(from).to_string()),
    }
    Ok(Reply::json(answer))
}

fn change(state: &State, call: &Call, row: &ChangeRow) -> Value {
    let mut shown = json!({
        "kind": "drive#change",
        "type": "file",
        "changeType": "file",
        "time": view::time(row.at),
        "removed": row.removed,
        "fileId": row.file,
    });
    let role = access::role_in(state, &call.account, &row.file, call.now, false);
    if let (false, Some(file), Some(role)) = (row.removed, state.drive.files.get(&row.file), role) {
        shown["file"] = view::usual(call, view::file(state, call, &row.file, file, role));
    }
    shown
}

/// `POST changes/watch`
pub fn watch(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let token = page_token(call)?;
    let address = format!("https://www.googleapis.com/drive/v3/changes?alt=json&pageToken={token}");
    channels::open(
        state,
        call,
        &Watched { resource: resource(&call.account), address, usual: HOUR, longest: 7 * 24 * HOUR },
    )
}

/// In milliseconds.
const HOUR: i64 = 3600 * 1000;

/// `POST files/{fileId}/watch`
pub fn watch_file(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let (id, _, _) = access::open(state, call, Role::Reader)?;
    let address = format!("https://www.googleapis.com/drive/v3/files/{id}?alt=json");
    channels::open(state, call, &Watched { resource: file_resource(&id), address, usual: HOUR, longest: 24 * HOUR })
}
