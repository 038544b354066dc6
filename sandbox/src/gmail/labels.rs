//! `labels.*`

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    access, errors, messages,
    tables::{MessageRow, key},
    view,
};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

/// Gmail's own labels, and whether they are shown.
const SYSTEM: [(&str, bool); 15] = [
    ("CHAT", false),
    ("SENT", true),
    ("INBOX", true),
    ("IMPORTANT", false),
    ("TRASH", false),
    ("DRAFT", true),
    ("SPAM", false),
    ("CATEGORY_FORUMS", false),
    ("CATEGORY_UPDATES", false),
    ("CATEGORY_PERSONAL", false),
    ("CATEGORY_PROMOTIONS", false),
    ("CATEGORY_SOCIAL", false),
    ("STARRED", true),
    ("UNREAD", true),
    ("YELLOW_STAR", true),
];

/// How many of [`SYSTEM`] are listed; the last one is only understood.
const LISTED: usize = 14;

/// Labels that only Gmail itself puts on and takes off.
const FIXED: [&str; 3] = ["SENT", "DRAFT", "CHAT"];

fn own(state: &State, account: &str, id: &str) -> Option<Map<String, Value>> {
    state.gmail.labels.get(&key(account, id)).cloned()
}

fn is_system(id: &str) -> bool {
    SYSTEM.iter().any(|(name, _)| *name == id)
}

/// Whether there is a label with that id.
pub fn exists(state: &State, account: &str, id: &str) -> bool {
    is_system(id) || state.gmail.labels.contains(&key(account, id))
}

/// Refuses labels that there are not, and those that nobody puts on or takes off.
pub fn checked(state: &State, account: &str, names: &[String]) -> Result<BTreeSet<String>, ApiError> {
    if names.len() > 100 {
        return Err(errors::invalid("Too many labels"));
    }
    match names.iter().find(|name| !exists(state, account, name) || FIXED.contains(&name.as_str())) {
        Some(name) => Err(errors::label(name)),
        None => Ok(names.iter().cloned().collect()),
    }
}

/// The id of a label by its name as a search has it: in any case, with hyphens for spaces.
pub fn named(state: &State, account: &str, name: &str) -> Option<String> {
    let flat = |text: &str| text.to_lowercase().replace([' ', '/'], "-");
    let wanted = flat(name);
    if let Some((id, _)) = SYSTEM.iter().find(|(id, _)| flat(id) == wanted) {
        return Some((*id).to_owned());
    }
    let prefix = key(account, "");
    let mut rows = state.gmail.labels.prefixed(&prefix);
    rows.find(|(key, row)| {
        flat(row["name"].as_str().unwrap_or_default()) == wanted || key[prefix.len()..].eq_ignore_ascii_case(name)
    })
    .map(|(key, _)| key[prefix.len()..].to_owned())
}

fn system(id: &str, shown: bool) -> Map<String, Value> {
    let mut label = view::only("id", json!(id));
    label.insert("name".to_owned(), json!(id));
    if !shown {
        label.insert("messageListVisibility".to_owned(), json!("hide"));
        label.insert("labelListVisibility".to_owned(), json!("labelHide"));
    }
    label.insert("type".to_owned(), json!("system"));
    label
}

fn found(state: &State, account: &str, id: &str) -> Result<Map<String, Value>, ApiError> {
    let own = own(state, account, id);
    let system = || SYSTEM.iter().find(|(name, _)| *name == id).map(|(name, shown)| system(name, *shown));
    own.or_else(system).ok_or_else(errors::not_found)
}

/// `GET labels`
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let prefix = key(&call.account, "");
    let mut all: Vec<Value> = SYSTEM[..LISTED].iter().map(|(id, shown)| Value::Object(system(id, *shown))).collect();
    all.extend(state.gmail.labels.prefixed(&prefix).map(|(_, row)| Value::Object(row.clone())));
    Ok(Reply::json(json!({"labels": all})))
}

/// `GET labels/{id}`: with its counts.
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let mut label = found(state, &call.account, call.path("id"))?;
    let rows: Vec<&MessageRow> =
        state.gmail.messages_of(&call.account).filter(|row| row.has(call.path("id"))).collect();
    let threads = |unread: bool| -> usize {
        let rows = rows.iter().filter(|row| !unread || row.has("UNREAD"));
        rows.map(|row| row.thread.as_str()).collect::<BTreeSet<_>>().len()
    };
    label.insert("messagesTotal".to_owned(), json!(rows.len()));
    label.insert("messagesUnread".to_owned(), json!(rows.iter().filter(|row| row.has("UNREAD")).count()));
    label.insert("threadsTotal".to_owned(), json!(threads(false)));
    label.insert("threadsUnread".to_owned(), json!(threads(true)));
    Ok(Reply::json(label))
}

/// Reads the fields that people may write into `label`.
fn write(state: &State, call: &Call, id: &str, mut label: Map<String, Value>) -> Result<Map<String, Value>, ApiError> {
    let body = call.object()?;
    for (name, allowed) in [
        ("messageListVisibility", &["show", "hide"][..]),
        ("labelListVisibility", &["labelShow", "labelShowIfUnread", "labelHide"][..]),
    ] {
        match body.get(name) {
            None => {}
            Some(Value::Null) => drop(label.remove(name)),
            Some(value) if allowed.iter().any(|word| value == word) => {
                drop(label.insert(name.to_owned(), value.clone()))
            }
            Some(value) => return Err(errors::invalid(format!("Invalid value at 'label.{name}' ({value})"))),
        }
    }
    match body.get("color") {
        None => {}
        Some(Value::Null) => drop(label.remove("color")),
        Some(color) => {
            let is_colour = |part: &str| {
                color[part]
                    .as_str()
                    .and_then(|text| text.strip_prefix('#'))
                    .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
            };
            if !is_colour("textColor") || !is_colour("backgroundColor") {
                return Err(errors::invalid("Label color is not on the allowed color palette"));
            }
            label.insert("color".to_owned(), color.clone());
        }
    }
    if let Some(name) = body.get("name") {
        let name = name.as_str().unwrap_or_default().trim();
        if name.is_empty() || is_system(&name.to_uppercase()) {
            return Err(errors::invalid("Invalid label name"));
        }
        if named(state, &call.account, name).is_some_and(|other| other != id) {
            return Err(errors::exists("Label name exists or conflicts"));
        }
        label.insert("name".to_owned(), json!(name));
    }
    if !label.contains_key("name") {
        return Err(errors::invalid("Invalid label name"));
    }
    Ok(label)
}

/// `POST labels`
pub fn create(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let mailbox = access::open(state, call)?;
    let number = mailbox.labels + 1;
    let id = format!("Label_{number}");
    let mut label = view::only("id", json!(id));
    label.insert("messageListVisibility".to_owned(), json!("show"));
    label.insert("labelListVisibility".to_owned(), json!("labelShow"));
    label.insert("type".to_owned(), json!("user"));
    let label = write(state, call, &id, label)?;
    state.gmail.mailboxes.update(&call.account, |mailbox| mailbox.labels = number);
    state.gmail.labels.put(key(&call.account, &id), label.clone());
    Ok(Reply::json(label))
}

fn change(state: &mut State, call: &Call, whole: bool) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let id = call.path("id");
    let mut label = found(state, &call.account, id)?;
    if is_system(id) {
        return Err(errors::invalid("Cannot modify system label"));
    }
    if whole {
        label.remove("color");
    }
    let label = write(state, call, id, label)?;
    state.gmail.labels.put(key(&call.account, id), label.clone());
    Ok(Reply::json(label))
}

/// `PATCH labels/{id}`
pub fn patch(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    change(state, call, false)
}

/// `PUT labels/{id}`
pub fn update(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    change(state, call, true)
}

/// `DELETE labels/{id}`: off every message too.
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    let id = call.path("id");
    found(state, &call.account, id)?;
    if is_system(id) {
        return Err(errors::invalid("Invalid delete request"));
    }
    let rows: Vec<String> =
        state.gmail.messages_of(&call.account).filter(|row| row.has(id)).map(|row| row.id.clone()).collect();
    for message in rows {
        messages::relabel(state, call, &message, &BTreeSet::new(), &BTreeSet::from([id.to_owned()]));
    }
    state.gmail.labels.remove(&key(&call.account, id));
    Ok(Reply::empty())
}
