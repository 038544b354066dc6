//! `threads.*`

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    access, errors, messages,
    pages::{self, Dated},
    tables::MessageRow,
    view,
};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

/// A conversation in a list, by the newest of its messages that fits.
struct Shown<'a> {
    newest: &'a MessageRow,
}

impl Dated for Shown<'_> {
    fn place(&self) -> (i64, &str) {
        (self.newest.date, &self.newest.thread)
    }
}

/// `GET threads`
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let mut newest: BTreeMap<&str, &MessageRow> = BTreeMap::new();
    for row in messages::wanted(state, call)? {
        let place = newest.entry(&row.thread).or_insert(row);
        if (row.date, &row.id) > (place.date, &place.id) {
            *place = row;
        }
    }
    let total = newest.len();
    let (shown, next) = pages::page(call, newest.into_values().map(|newest| Shown { newest }).collect())?;
    let mut body = view::only("resultSizeEstimate", json!(total));
    let threads: Vec<Value> = shown
        .iter()
        .map(|shown| {
            let rows = state.gmail.thread(&call.account, &shown.newest.thread);
            let last = rows.last().copied().unwrap_or(shown.newest);
            json!({"id": last.thread, "snippet": view::snippet(&last.raw()), "historyId": history(&rows)})
        })
        .collect();
    if !threads.is_empty() {
        body.insert("threads".to_owned(), json!(threads));
    }
    body.extend(next.map(|token| ("nextPageToken".to_owned(), json!(token))));
    Ok(Reply::json(body))
}

fn history(rows: &[&MessageRow]) -> String {
    rows.iter().map(|row| row.history).max().unwrap_or_default().to_string()
}

/// The ids of the messages of the conversation that a call names.
fn found(state: &mut State, call: &Call) -> Result<Vec<String>, ApiError> {
    access::open(state, call)?;
    let rows = state.gmail.thread(&call.account, call.path("id"));
    if rows.is_empty() {
        return Err(errors::not_found());
    }
    Ok(rows.into_iter().map(|row| row.id.clone()).collect())
}

/// `GET threads/{id}`
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    found(state, call)?;
    let format = view::Format::asked(call)?;
    if format == view::Format::Raw {
        return Err(errors::invalid("Invalid value at 'format' (\"raw\")"));
    }
    let only = call.params("metadataHeaders");
    let rows = state.gmail.thread(&call.account, call.path("id"));
    let messages: Vec<Value> = rows.iter().map(|row| view::message(row, format, &only)).collect();
    Ok(Reply::json(json!({"id": call.path("id"), "historyId": history(&rows), "messages": messages})))
}

fn relabel(
    state: &mut State,
    call: &Call,
    add: &BTreeSet<String>,
    remove: &BTreeSet<String>,
) -> Result<Reply, ApiError> {
    for id in found(state, call)? {
        messages::relabel(state, call, &id, add, remove);
    }
    let rows = state.gmail.thread(&call.account, call.path("id"));
    let messages: Vec<Value> = rows.into_iter().map(view::labelled).collect();
    Ok(Reply::json(json!({"id": call.path("id"), "messages": messages})))
}

/// `POST threads/{id}/modify`
pub fn modify(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    found(state, call)?;
    let (add, remove) = messages::asked(state, call)?;
    relabel(state, call, &add, &remove)
}

/// `POST threads/{id}/trash`
pub fn trash(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    relabel(state, call, &BTreeSet::from(["TRASH".to_owned()]), &BTreeSet::new())
}

/// `POST threads/{id}/untrash`
pub fn untrash(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    relabel(state, call, &BTreeSet::new(), &BTreeSet::from(["TRASH".to_owned()]))
}

/// `DELETE threads/{id}`
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    for id in found(state, call)? {
        messages::remove(state, call, &id);
    }
    Ok(Reply::empty())
}
