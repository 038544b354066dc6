//! `messages.*`

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    access, deliver, errors, history, labels,
    pages::{self, Dated},
    search::{self, Page},
    tables::{Happened, MessageRow, key},
    upload, view,
};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

impl Dated for &MessageRow {
    fn place(&self) -> (i64, &str) {
        (self.date, &self.id)
    }
}

/// The messages that a list asks for.
pub fn wanted<'a>(state: &'a State, call: &Call) -> Result<Vec<&'a MessageRow>, ApiError> {
    let q = call.param("q").filter(|q| !q.trim().is_empty());
    if q.is_some()
        && access::is_metadata_only(call)
        && !call.scopes.iter().any(|scope| scope.ends_with("gmail.compose"))
    {
        return Err(errors::forbidden("Metadata scope does not support 'q' parameter"));
    }
    let search = search::read(q.unwrap_or_default());
    let with = call.params("labelIds");
    if let Some(unknown) = with.iter().find(|label| !labels::exists(state, &call.account, label)) {
        return Err(errors::label(unknown));
    }
    let everywhere = call.param("includeSpamTrash") == Some("true")
        || with.iter().any(|label| matches!(*label, "SPAM" | "TRASH"))
        || search.looks_everywhere();
    let rows = state.gmail.messages_of(&call.account);
    let rows = rows.filter(|row| (everywhere || !row.is_put_away()) && with.iter().all(|label| row.has(label)));
    Ok(rows.filter(|row| q.is_none() || search.fits(state, &call.account, &Page::new(row), call.now)).collect())
}

/// `GET messages`
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let rows = wanted(state, call)?;
    let total = rows.len();
    let (rows, next) = pages::page(call, rows)?;
    let mut body = view::only("resultSizeEstimate", json!(total));
    if !rows.is_empty() {
        body.insert("messages".to_owned(), rows.into_iter().map(view::ids).collect());
    }
    body.extend(next.map(|token| ("nextPageToken".to_owned(), json!(token))));
    Ok(Reply::json(body))
}

/// The message that a call names.
fn found<'a>(state: &'a State, call: &Call, id: &str) -> Result<&'a MessageRow, ApiError> {
    let is_id = id.len() <= 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_id {
        return Err(errors::invalid("Invalid id value"));
    }
    state.gmail.message(&call.account, id).ok_or_else(errors::not_found)
}

/// `GET messages/{id}`
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let format = view::Format::asked(call)?;
    let row = found(state, call, call.path("id"))?;
    Ok(Reply::json(view::message(row, format, &call.params("metadataHeaders"))))
}

/// `GET messages/{messageId}/attachments/{id}`
pub fn attachment(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let row = found(state, call, call.path("messageId"))?;
    let bytes = view::attachment(row, call.path("id")).ok_or_else(|| errors::invalid("Invalid attachment token"))?;
    Ok(Reply::json(json!({"size": bytes.len(), "data": view::encode(&bytes)})))
}

/// `POST messages/send`
pub fn send(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let (metadata, raw) = upload::message(call)?;
    let id = deliver::send(state, call, &raw, metadata.get("threadId").and_then(Value::as_str))?;
    answer(state, call, &id)
}

/// `POST /upload/…/messages`: into the mailbox as it is.
pub fn insert(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    put_in(state, call, "receivedTime", &[])
}

/// `POST /upload/…/messages/import`: as if it had come in.
pub fn import(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    put_in(state, call, "dateHeader", &["INBOX", "UNREAD"])
}

fn put_in(state: &mut State, call: &Call, source: &str, usual: &[&str]) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let (metadata, raw) = upload::message(call)?;
    let named: Option<Vec<String>> = metadata
        .get("labelIds")
        .and_then(Value::as_array)
        .map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    let labels = match &named {
        Some(names) => {
            if let Some(unknown) = names.iter().find(|name| !labels::exists(state, &call.account, name)) {
                return Err(errors::label(unknown));
            }
            names.iter().cloned().collect()
        }
        None => usual.iter().map(|label| (*label).to_owned()).collect(),
    };
    let date = match call.param("internalDateSource").unwrap_or(source) {
        "dateHeader" => deliver::date(&raw).unwrap_or_else(|| call.now.as_millisecond()),
        "receivedTime" => call.now.as_millisecond(),
        other => return Err(errors::invalid(format!("Invalid value at 'internal_date_source' (\"{other}\")"))),
    };
    let thread = match metadata.get("threadId").and_then(Value::as_str) {
        Some(thread) => deliver::joined(state, &call.account, &raw, thread)?,
        None => deliver::thread_of(state, &call.account, &raw),
    };
    let id = deliver::store(state, &*call.rng, &call.account, &raw, labels, thread, date, call.now);
    answer(state, call, &id)
}

/// Ids and labels of a message.
fn answer(state: &State, call: &Call, id: &str) -> Result<Reply, ApiError> {
    Ok(Reply::json(view::labelled(found(state, call, id)?)))
}

/// The labels that a body puts on and takes off.
pub fn asked(state: &State, call: &Call) -> Result<(BTreeSet<String>, BTreeSet<String>), ApiError> {
    let names = |field: &str| -> Vec<String> {
        call.body[field].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let (add, remove) = (names("addLabelIds"), names("removeLabelIds"));
    if add.is_empty() && remove.is_empty() {
        return Err(errors::invalid("No label add or removes specified"));
    }
    Ok((labels::checked(state, &call.account, &add)?, labels::checked(state, &call.account, &remove)?))
}

/// Puts labels on a message and takes some off, and notes what changed. Spam leaves the inbox.
pub fn relabel(state: &mut State, call: &Call, id: &str, add: &BTreeSet<String>, remove: &BTreeSet<String>) {
    let key = key(&call.account, id);
    let Some(before) = state.gmail.messages.get(&key).map(|row| row.labels.clone()) else { return };
    let mut after: BTreeSet<String> = before.difference(remove).chain(add).cloned().collect();
    if add.contains("SPAM") {
        after.remove("INBOX");
    }
    let added: BTreeSet<String> = after.difference(&before).cloned().collect();
    let removed: BTreeSet<String> = before.difference(&after).cloned().collect();
    state.gmail.messages.update(&key, |row| row.labels = after);
    for (what, changed) in [(Happened::LabelsAdded, added), (Happened::LabelsRemoved, removed)] {
        if let Some(row) = state.gmail.messages.get(&key).cloned().filter(|_| !changed.is_empty()) {
            history::note(state, &call.account, &row, what, changed, call.now);
        }
    }
}

/// Takes a message away for ever.
pub fn remove(state: &mut State, call: &Call, id: &str) {
    if let Some(row) = state.gmail.messages.remove(&key(&call.account, id)) {
        let prefix = key(&call.account, "");
        state.gmail.drafts.retain(|key, draft| !(key.starts_with(&prefix) && draft.message == row.id));
        history::note(state, &call.account, &row, Happened::MessagesDeleted, BTreeSet::new(), call.now);
    }
}

/// `POST messages/{id}/modify`
pub fn modify(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let (add, remove) = asked(state, call)?;
    let id = found(state, call, call.path("id"))?.id.clone();
    relabel(state, call, &id, &add, &remove);
    answer(state, call, &id)
}

/// `POST messages/{id}/trash`
pub fn trash(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let id = found(state, call, call.path("id"))?.id.clone();
    relabel(state, call, &id, &BTreeSet::from(["TRASH".to_owned()]), &BTreeSet::new());
    answer(state, call, &id)
}

/// `POST messages/{id}/untrash`
pub fn untrash(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let id = found(state, call, call.path("id"))?.id.clone();
    relabel(state, call, &id, &BTreeSet::new(), &BTreeSet::from(["TRASH".to_owned()]));
    answer(state, call, &id)
}

/// `DELETE messages/{id}`
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let id = found(state, call, call.path("id"))?.id.clone();
    remove(state, call, &id);
    Ok(Reply::empty())
}

/// The ids of a batch: at most 1,000.
fn ids(call: &Call) -> Result<Vec<String>, ApiError> {
    let ids: Vec<String> =
        call.body["ids"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    match ids.len() {
        0 => Err(errors::invalid("No message ids specified")),
        1..=1000 => Ok(ids),
        _ => Err(errors::invalid("Too many message ids")),
    }
}

/// `POST messages/batchModify`
pub fn batch_modify(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let (add, remove) = asked(state, call)?;
    for id in ids(call)? {
        relabel(state, call, &id, &add, &remove);
    }
    Ok(Reply::empty())
}

/// `POST messages/batchDelete`
pub fn batch_delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    for id in ids(call)? {
        remove(state, call, &id);
    }
    Ok(Reply::empty())
}
