//! `watch`, `stop` and the profile. What Gmail publishes to Pub/Sub lies in `GET /_sandbox/mail-pushes`.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    access, errors, labels,
    tables::{PublishedRow, WatchRow},
    view,
};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

/// `GET profile`
pub fn profile(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let mailbox = access::open(state, call)?;
    let threads: BTreeSet<&str> = state.gmail.messages_of(&call.account).map(|row| row.thread.as_str()).collect();
    Ok(Reply::json(json!({
        "emailAddress": call.account,
        "messagesTotal": state.gmail.messages_of(&call.account).count(),
        "threadsTotal": threads.len(),
        "historyId": mailbox.history.to_string(),
    })))
}

/// `POST watch`
pub fn begin(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let mailbox = access::open(state, call)?;
    let topic = call.body["topicName"].as_str().unwrap_or_default();
    let parts: Vec<&str> = topic.split('/').collect();
    if !matches!(parts[..], ["projects", project, "topics", name] if project == call.project && !name.is_empty()) {
        let message = format!("Invalid topicName does not match projects/{}/topics/*", call.project);
        return Err(errors::invalid(message));
    }
    let wanted: BTreeSet<String> =
        call.body["labelIds"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    if let Some(unknown) = wanted.iter().find(|label| !labels::exists(state, &call.account, label)) {
        return Err(errors::label(unknown));
    }
    let filter = call.body["labelFilterBehavior"].as_str().or_else(|| call.body["labelFilterAction"].as_str());
    let exclude = filter.is_some_and(|filter| filter.eq_ignore_ascii_case("exclude"));
    let expires = call.now.checked_add(SignedDuration::from_hours(7 * 24)).unwrap_or(Timestamp::MAX);
    let row = WatchRow { topic: topic.to_owned(), labels: wanted, exclude, expires };
    put_out(state, &call.account, &row.topic, mailbox.history, call.now);
    state.gmail.mailboxes.update(&call.account, |mailbox| mailbox.watches.insert(call.project.clone(), row));
    let expiration = expires.as_millisecond().to_string();
    Ok(Reply::json(json!({"historyId": mailbox.history.to_string(), "expiration": expiration})))
}

/// `POST stop`
pub fn stop(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    access::open(state, call)?;
    state.gmail.mailboxes.update(&call.account, |mailbox| mailbox.watches.remove(&call.project));
    Ok(Reply::empty())
}

/// Tells whoever watches these labels that the mailbox has changed.
pub fn publish(state: &mut State, account: &str, touched: &BTreeSet<String>, now: Timestamp) {
    let mailbox = state.gmail.mailbox(account);
    for watch in mailbox.watches.values().filter(|watch| now < watch.expires) {
        let named = !watch.labels.is_disjoint(touched);
        if watch.labels.is_empty() || named != watch.exclude {
            put_out(state, account, &watch.topic, mailbox.history, now);
        }
    }
}

fn put_out(state: &mut State, account: &str, topic: &str, history: u64, now: Timestamp) {
    let row = PublishedRow { topic: topic.to_owned(), account: account.to_owned(), history, at: now };
    let number = state.count("gmail_published");
    state.gmail.published.put(format!("{number:012}"), row);
}

/// What was published, each as Pub/Sub posts it to a push subscription.
pub fn published(state: &State) -> Value {
    let items = state.gmail.published.iter().map(|(number, row)| {
        let data = json!({"emailAddress": row.account, "historyId": row.history}).to_string();
        let message = json!({
            "data": view::encode(data.as_bytes()),
            "messageId": number.trim_start_matches('0'),
            "publishTime": row.at,
        });
        json!({"topic": row.topic, "account": row.account, "history_id": row.history, "push": {"message": message}})
    });
    json!({"items": items.collect::<Vec<_>>()})
}
