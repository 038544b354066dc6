//! `drafts.*`

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    access, deliver, errors, messages, pages,
    tables::{DraftRow, key},
    upload, view,
};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

fn found(state: &State, call: &Call, id: &str) -> Result<DraftRow, ApiError> {
    state.gmail.drafts.get(&key(&call.account, id)).cloned().ok_or_else(errors::not_found)
}

/// `GET drafts`
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let prefix = key(&call.account, "");
    let drafts: BTreeMap<&str, &str> =
        state.gmail.drafts.prefixed(&prefix).map(|(_, row)| (row.message.as_str(), row.id.as_str())).collect();
    let rows: Vec<_> =
        messages::wanted(state, call)?.into_iter().filter(|row| drafts.contains_key(row.id.as_str())).collect();
    let total = rows.len();
    let (rows, next) = pages::page(call, rows)?;
    let mut body = view::only("resultSizeEstimate", json!(total));
    if !rows.is_empty() {
        let shown = rows.into_iter().map(|row| json!({"id": drafts[row.id.as_str()], "message": view::ids(row)}));
        body.insert("drafts".to_owned(), shown.collect());
    }
    body.extend(next.map(|token| ("nextPageToken".to_owned(), json!(token))));
    Ok(Reply::json(body))
}

/// `GET drafts/{id}`
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let draft = found(state, call, call.path("id"))?;
    let format = view::Format::asked(call)?;
    let row = state.gmail.message(&call.account, &draft.message).ok_or_else(errors::not_found)?;
    Ok(Reply::json(json!({"id": draft.id, "message": view::message(row, format, &[])})))
}

fn store(state: &mut State, call: &Call, draft: String, old: Option<&str>) -> Result<Reply, ApiError> {
    let (metadata, raw) = upload::draft(call)?;
    let thread = match metadata.get("threadId").and_then(Value::as_str) {
        Some(thread) if state.gmail.thread(&call.account, thread).is_empty() => return Err(errors::not_found()),
        Some(thread) => Some(thread.to_owned()),
        None => old.and_then(|old| state.gmail.message(&call.account, old)).map(|row| row.thread.clone()),
    };
    let raw = deliver::completed(state, call, &raw);
    let labels = BTreeSet::from(["DRAFT".to_owned()]);
    let id =
        deliver::store(state, &*call.rng, &call.account, &raw, labels, thread, call.now.as_millisecond(), call.now);
    state.gmail.drafts.put(key(&call.account, &draft), DraftRow { id: draft.clone(), message: id.clone() });
    if let Some(old) = old {
        messages::remove(state, call, old);
    }
    let row = state.gmail.message(&call.account, &id).ok_or_else(errors::not_found)?;
    Ok(Reply::json(json!({"id": draft, "message": view::labelled(row)})))
}

/// `POST drafts`
pub fn create(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let id = format!("r{}", call.rng.next_u64() >> 1);
    store(state, call, id, None)
}

/// `PUT drafts/{id}`: the message in it is another one afterwards.
pub fn update(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let draft = found(state, call, call.path("id"))?;
    store(state, call, draft.id, Some(&draft.message))
}

/// `POST drafts/send`: as it is, or with the message that comes along.
pub fn send(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let (id, metadata, other) = upload::named_draft(call)?;
    let draft = found(state, call, &id)?;
    let row = state.gmail.message(&call.account, &draft.message).cloned().ok_or_else(errors::not_found)?;
    let has_others = state.gmail.thread(&call.account, &row.thread).len() > 1;
    let own = has_others.then_some(row.thread.as_str());
    let thread = metadata.get("threadId").and_then(Value::as_str).or(own);
    let id = deliver::send(state, call, &other.unwrap_or_else(|| row.raw()), thread)?;
    messages::remove(state, call, &row.id);
    let row = state.gmail.message(&call.account, &id).ok_or_else(errors::not_found)?;
    Ok(Reply::json(view::labelled(row)))
}

/// `DELETE drafts/{id}`
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let draft = found(state, call, call.path("id"))?;
    messages::remove(state, call, &draft.message);
    Ok(Reply::empty())
}
