//! `history.list`, and the records behind it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    access, errors, pages,
    tables::{Happened, HistoryRow, MessageRow, key},
    watch,
};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

/// Notes a change of a message. `row` is what it is afterwards.
pub fn note(
    state: &mut State,
    account: &str,
    row: &MessageRow,
    what: Happened,
    changed: BTreeSet<String>,
    now: jiff::Timestamp,
) {
    let id = state.gmail.mailbox(account).history + 1;
    state.gmail.mailboxes.update(account, |mailbox| mailbox.history = id);
    let record = HistoryRow {
        id,
        what,
        message: row.id.clone(),
        thread: row.thread.clone(),
        labels: row.labels.clone(),
        changed,
    };
    let touched: BTreeSet<String> = record.labels.union(&record.changed).cloned().collect();
    state.gmail.history.put(key(account, &format!("{id:020}")), record);
    state.gmail.messages.update(&key(account, &row.id), |row| row.history = id);
    watch::publish(state, account, &touched, now);
}

/// Forgets every history id that was given out so far, of one account or of all.
pub fn forget(state: &mut State, account: Option<&str>) {
    let accounts: Vec<String> = state.gmail.mailboxes.iter().map(|(name, _)| name.clone()).collect();
    for name in accounts.iter().filter(|name| account.is_none_or(|wanted| wanted == *name)) {
        state.gmail.mailboxes.update(name, |mailbox| {
            mailbox.history += 1;
            mailbox.remembered = mailbox.history;
        });
    }
}

/// `GET history`
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let mailbox = access::open(state, call)?;
    let start = call.param("startHistoryId").ok_or_else(|| errors::invalid("Missing startHistoryId"))?;
    let start: u64 = start.parse().map_err(|_| errors::invalid("Invalid startHistoryId"))?;
    if start < mailbox.remembered || start > mailbox.history {
        return Err(errors::not_found());
    }
    let types = call.params("historyTypes");
    if let Some(unknown) = types.iter().find(|name| kind(name).is_none()) {
        return Err(errors::invalid(format!("Invalid value at 'history_types' (\"{unknown}\")")));
    }
    let kinds: Vec<Happened> = types.iter().filter_map(|name| kind(name)).collect();
    let label = call.param("labelId");
    let from = match call.param("pageToken") {
        Some(token) => pages::number(token)?,
        None => start,
    };
    let prefix = key(&call.account, "");
    let rows: Vec<&HistoryRow> = state
        .gmail
        .history
        .range_from(key(&call.account, &format!("{:020}", from.saturating_add(1))))
        .take_while(|(key, _)| key.starts_with(&prefix))
        .map(|(_, row)| row)
        .filter(|row| kinds.is_empty() || kinds.contains(&row.what))
        .filter(|row| label.is_none_or(|label| row.labels.contains(label) || row.changed.contains(label)))
        .collect();
    let size = pages::size(call)?;
    let mut body = Map::new();
    if !rows.is_empty() {
        body.insert("history".to_owned(), rows.iter().take(size).map(|row| record(row)).collect());
    }
    if rows.len() > size {
        let last = rows.get(size - 1).map_or(0, |row| row.id);
        body.insert("nextPageToken".to_owned(), json!(last.to_string()));
    }
    body.insert("historyId".to_owned(), json!(mailbox.history.to_string()));
    Ok(Reply::json(Value::Object(body)))
}

fn kind(name: &str) -> Option<Happened> {
    Some(match name {
        "messageAdded" => Happened::MessagesAdded,
        "messageDeleted" => Happened::MessagesDeleted,
        "labelAdded" => Happened::LabelsAdded,
        "labelRemoved" => Happened::LabelsRemoved,
        _ => return None,
    })
}

fn record(row: &HistoryRow) -> Value {
    let ids = json!({"id": row.message, "threadId": row.thread});
    let mut message = ids.clone();
    if !row.labels.is_empty() {
        message["labelIds"] = json!(row.labels);
    }
    let mut entry = json!({"message": message});
    let name = match row.what {
        Happened::MessagesAdded => "messagesAdded",
        Happened::MessagesDeleted => "messagesDeleted",
        Happened::LabelsAdded => "labelsAdded",
        Happened::LabelsRemoved => "labelsRemoved",
    };
    if matches!(row.what, Happened::LabelsAdded | Happened::LabelsRemoved) {
        entry["labelIds"] = json!(row.changed);
    }
    json!({"id": row.id.to_string(), "messages": [ids], name: [entry]})
}
