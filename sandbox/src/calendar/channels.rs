//! Push channels: `watch` on the four lists, `channels.stop`, and the messages themselves.
//! [Push notifications](https://developers.google.com/workspace/calendar/api/guides/push)
//!
//! A channel holds at most one waiting message: several changes before it is sent make one message, as every message
//! only says "look again".

use std::{net::IpAddr, time::Duration};

use bytes::Bytes;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use portico_transport::{Backoff, TransportError};
use portico_world::Rng;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    access::{self, Role},
    body, errors,
    events::insert::base32hex,
    tables::{CalendarTables, ChannelRow, key, prefix},
};
use crate::{
    http::{ApiError, Call, Reply},
    sandbox::Sandbox,
    state::State,
};

/// A channel lives this long when nobody says otherwise.
const USUAL_MILLIS: i64 = 7 * 24 * 3600 * 1000;
/// A channel lives at most this long.
const LONGEST_MILLIS: i64 = 30 * 24 * 3600 * 1000;
/// A message is given up after this many tries.
const MOST_TRIES: u32 = 8;

const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A message that waits to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Whether the first message, `sync`, is still to be sent.
    #[serde(default)]
    pub sync: bool,
    /// Whether there is a change to tell.
    #[serde(default)]
    pub exists: bool,
    /// Not before this time, in microseconds; 0 is at once.
    pub due: i64,
    /// How often it was tried in vain.
    #[serde(default)]
    pub tries: u32,
}

/// What `events.watch` watches.
pub fn events_resource(calendar: &str) -> String {
    format!("events:{calendar}")
}

/// What `acl.watch` watches.
pub fn acl_resource(calendar: &str) -> String {
    format!("acl:{calendar}")
}

/// What `calendarList.watch` watches.
pub fn calendar_list_resource(account: &str) -> String {
    format!("calendarList:{account}")
}

/// What `settings.watch` watches.
pub fn settings_resource(account: &str) -> String {
    format!("settings:{account}")
}

/// Tells every channel on a resource that it changed.
pub fn changed(tables: &mut CalendarTables, resource: &str) {
    let prefix = prefix(resource);
    let keys: Vec<String> = tables.channels.prefixed(&prefix).map(|(key, _)| key.clone()).collect();
    for key in keys {
        tables.channels.update(&key, |channel| match &mut channel.waiting {
            Some(waiting) => waiting.exists = true,
            none => *none = Some(Waiting { sync: false, exists: true, due: 0, tries: 0 }),
        });
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, IN_PATH).to_string()
}

/// `POST calendars/{calendarId}/events/watch`.
pub fn watch_events(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let access = access::open_events(state, call, Role::FreeBusyReader)?;
    let path = format!("calendars/{}/events", encoded(call.path("calendarId")));
    watch(state, call, &events_resource(&access.calendar), &path)
}

/// `POST calendars/{calendarId}/acl/watch`.
pub fn watch_acl(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let access = access::open_calendar(state, call, Role::Owner)?;
    let path = format!("calendars/{}/acl", encoded(call.path("calendarId")));
    watch(state, call, &acl_resource(&access.calendar), &path)
}

/// `POST users/me/calendarList/watch`.
pub fn watch_calendar_list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    super::begin(state, call);
    watch(state, call, &calendar_list_resource(&call.account), "users/me/calendarList")
}

/// `POST users/me/settings/watch`.
pub fn watch_settings(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    super::begin(state, call);
    watch(state, call, &settings_resource(&call.account), "users/me/settings")
}

/// Whether a message may go there: https, or plain http on this machine.
fn is_allowed(address: &str) -> bool {
    let Ok(url) = url::Url::parse(address) else {
        return false;
    };
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(url::Host::Domain(name))) => name == "localhost" || name.ends_with(".localhost"),
        ("http", Some(url::Host::Ipv4(ip))) => IpAddr::V4(ip).is_loopback(),
        ("http", Some(url::Host::Ipv6(ip))) => IpAddr::V6(ip).is_loopback(),
        _ => false,
    }
}

/// What somebody wants to watch.
pub struct Watched {
    /// Its name here, as in `events:…`; what stands before the colon says how messages name a change.
    pub resource: String,
    /// Its address, as Google spells it.
    pub address: String,
    /// How long a channel lives when nobody says otherwise, in milliseconds.
    pub usual: i64,
    /// How long it lives at most.
    pub longest: i64,
}

fn watch(state: &mut State, call: &Call, resource: &str, path: &str) -> Result<Reply, ApiError> {
    let address = format!("https://www.googleapis.com/calendar/v3/{path}?alt=json");
    open(state, call, &Watched { resource: resource.to_owned(), address, usual: USUAL_MILLIS, longest: LONGEST_MILLIS })
}

/// Opens a channel as the body of the call wants it.
pub fn open(state: &mut State, call: &Call, watched: &Watched) -> Result<Reply, ApiError> {
    let resource = watched.resource.as_str();
    let body = body::without_nulls(body::read(&call.body, &body::CHANNEL)?);
    let text = |key: &str| body.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let id = text("id").ok_or_else(|| errors::required("Missing channel id."))?;
    if id.chars().count() > 64 || !id.chars().all(|c| c.is_ascii_alphanumeric() || "-_+/=".contains(c)) {
        return Err(errors::invalid("Invalid channel id: up to 64 characters of A-Z a-z 0-9 - _ + / ="));
    }
    if !matches!(text("type"), Some("web_hook" | "webhook")) {
        return Err(errors::push("push.channelTypeNotSupported", "Channel type not supported."));
    }
    let address = text("address").ok_or_else(|| errors::required("Missing channel address."))?;
    if !is_allowed(address) {
        let message = format!("WebHook callback must be HTTPS: {address}");
        return Err(errors::push("push.webhookUrlNotHttps", &message));
    }
    let host = url::Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    if state.clients.get(&call.client_id).is_some_and(|client| client.foreign_hosts.contains(&host)) {
        let message = format!("Unauthorized WebHook callback channel: {address}");
        return Err(ApiError::new(401, "push.webhookUrlUnauthorized", message));
    }
    if text("token").is_some_and(|token| token.chars().count() > 256) {
        return Err(errors::invalid("Invalid channel token: at most 256 characters."));
    }
    forget_expired(&mut state.calendar, call.now);
    if state.calendar.channels.values().any(|channel| channel.id == id && channel.project == call.project) {
        return Err(errors::push("channelIdNotUnique", &format!("Channel id {id} not unique")));
    }
    let now = call.now.as_millisecond();
    let ttl = body.get("params").and_then(|params| params.get("ttl")).and_then(Value::as_str);
    let ttl = ttl.map(|ttl| ttl.parse::<i64>().map_err(|_| errors::invalid("Invalid ttl."))).transpose()?;
    let wish = match (body.get("expiration").and_then(Value::as_i64), ttl) {
        (Some(expiration), _) if expiration <= now => return Err(errors::invalid("Invalid expiration.")),
        (Some(expiration), _) => expiration - now,
        (None, Some(ttl)) if ttl <= 0 => return Err(errors::invalid("Invalid ttl.")),
        (None, Some(ttl)) => ttl.saturating_mul(1000),
        (None, None) => watched.usual,
    };
    let channel = ChannelRow {
        id: id.to_owned(),
        project: call.project.clone(),
        client: call.client_id.clone(),
        account: call.account.clone(),
        resource_id: base32hex(&Sha256::digest(format!("resource {resource}")))[..27].to_owned(),
        resource_uri: watched.address.clone(),
        address: address.to_owned(),
        token: text("token").map(str::to_owned),
        expiration: now + wish.min(watched.longest),
        number: 0,
        waiting: Some(Waiting { sync: true, exists: false, due: 0, tries: 0 }),
    };
    let answer = resource_of(&channel);
    state.calendar.channels.put(key(resource, &format!("{}/{id}", call.project)), channel);
    Ok(Reply::json(answer))
}

fn resource_of(channel: &ChannelRow) -> Value {
    let mut shown = Map::from_iter([
        ("kind".to_owned(), json!("api#channel")),
        ("id".to_owned(), json!(channel.id)),
        ("resourceId".to_owned(), json!(channel.resource_id)),
        ("resourceUri".to_owned(), json!(channel.resource_uri)),
        ("expiration".to_owned(), json!(channel.expiration.to_string())),
    ]);
    if let Some(token) = &channel.token {
        shown.insert("token".to_owned(), json!(token));
    }
    Value::Object(shown)
}

fn forget_expired(tables: &mut CalendarTables, now: Timestamp) {
    let now = now.as_millisecond();
    if tables.channels.values().any(|channel| channel.expiration <= now) {
        tables.channels.retain(|_, channel| channel.expiration > now);
    }
}

/// `POST channels/stop`.
pub fn stop(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    super::begin(state, call);
    let body = body::read(&call.body, &body::CHANNEL)?;
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
    let (id, resource_id) = (text("id"), text("resourceId"));
    if id.is_empty() || resource_id.is_empty() {
        return Err(errors::required("Missing channel id or resource id."));
    }
    forget_expired(&mut state.calendar, call.now);
    let found = state.calendar.channels.iter().find(|(_, channel)| {
        channel.id == id
            && channel.resource_id == resource_id
            && channel.client == call.client_id
            && channel.account == call.account
    });
    let Some(key) = found.map(|(key, _)| key.clone()) else {
        let message = format!("Channel '{id}' not found for project '{}'", call.project);
        return Err(ApiError::new(404, "notFound", message));
    };
    state.calendar.channels.remove(&key);
    Ok(Reply::empty())
}

/// A message taken out of its channel to be sent.
struct Message {
    /// The channel's key.
    key: String,
    sync: bool,
    tries: u32,
}

/// Sends what is due, one message after the other. Gives the number of messages sent, and when the next one is due.
pub async fn deliver(sandbox: &Sandbox) -> (usize, Option<Timestamp>) {
    let mut sent = 0;
    loop {
        let step = sandbox.transact(|state, now| {
            super::settle(state, now);
            take(state, now).ok_or_else(|| next_due(state))
        });
        let (message, request) = match step {
            Ok(Ok(taken)) => taken,
            Ok(Err(next)) => return (sent, next),
            Err(error) => {
                tracing::error!(%error, "push messages cannot be recorded");
                return (sent, None);
            }
        };
        let answer = sandbox.push_transport().send(request).await;
        sent += 1;
        let rng = sandbox.world().rng.clone();
        let recorded = sandbox.transact(|state, now| record(state, now, &message, &answer, &*rng));
        if let Err(error) = recorded {
            tracing::error!(%error, "push messages cannot be recorded");
            return (sent, None);
        }
    }
}

/// Whether something is due now or later.
pub fn has_post(state: &mut State) -> bool {
    state.calendar.next_meet().is_some() || state.calendar.channels.values().any(|channel| channel.waiting.is_some())
}

/// When something is due next: a message, or a Meet request; `None` when nothing waits.
fn next_due(state: &mut State) -> Option<Timestamp> {
    let meet = state.calendar.next_meet();
    let waiting = state.calendar.channels.values().filter_map(|channel| channel.waiting.as_ref());
    let due = waiting.map(|waiting| waiting.due).chain(meet).min()?;
    Timestamp::from_microsecond(due).ok()
}

/// Takes the next message that is due. The channel counts it as sent; [`record`] puts it back when it was not accepted.
fn take(state: &mut State, now: Timestamp) -> Option<(Message, http::Request<Bytes>)> {
    forget_expired(&mut state.calendar, now);
    loop {
        let due = now.as_microsecond();
        let waits = |channel: &ChannelRow| channel.waiting.as_ref().is_some_and(|waiting| waiting.due <= due);
        let key = state.calendar.channels.iter().find(|(_, channel)| waits(channel)).map(|(key, _)| key.clone())?;
        let taken = state.calendar.channels.update(&key, |channel| {
            let waiting = channel.waiting.take()?;
            if waiting.sync && waiting.exists {
                channel.waiting = Some(Waiting { sync: false, exists: true, due: waiting.due, tries: 0 });
            }
            channel.number += 1;
            message(&key, channel, &waiting)
        });
        // An address that makes no request never will: its message is dropped.
        if let Some(Some(message)) = taken {
            return Some(message);
        }
    }
}

/// How the messages of a resource say that it changed.
fn change_word(key: &str) -> &'static str {
    match key.split(':').next() {
        Some("drive_changes") => "change",
        Some("drive_file") => "update",
        _ => "exists",
    }
}

fn message(key: &str, channel: &ChannelRow, waiting: &Waiting) -> Option<(Message, http::Request<Bytes>)> {
    let expiration = Timestamp::from_millisecond(channel.expiration).ok()?;
    let mut request = http::Request::post(&channel.address)
        .header("content-length", "0")
        .header("accept", "*/*")
        .header("user-agent", "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)")
        .header("x-goog-channel-id", &channel.id)
        .header("x-goog-channel-expiration", expiration.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
        .header("x-goog-resource-state", if waiting.sync { "sync" } else { change_word(key) })
        .header("x-goog-message-number", channel.number.to_string())
        .header("x-goog-resource-id", &channel.resource_id)
        .header("x-goog-resource-uri", &channel.resource_uri);
    if let Some(token) = &channel.token {
        request = request.header("x-goog-channel-token", token);
    }
    let request = request.body(Bytes::new()).ok()?;
    Some((Message { key: key.to_owned(), sync: waiting.sync, tries: waiting.tries }, request))
}

/// Records what became of a message. It is sent again after 500, 502, 503, 504 or no answer, later and later; any
/// other answer that is not a success drops it.
fn record(
    state: &mut State,
    now: Timestamp,
    message: &Message,
    answer: &Result<http::Response<Bytes>, TransportError>,
    rng: &dyn Rng,
) {
    let again = match answer {
        Ok(response) => matches!(response.status().as_u16(), 500 | 502 | 503 | 504),
        Err(_) => true,
    };
    if !again || message.tries + 1 >= MOST_TRIES {
        return;
    }
    let backoff = Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(600) };
    let wait = i64::try_from(backoff.wait(message.tries, rng).as_micros()).unwrap_or(i64::MAX / 4);
    state.calendar.channels.update(&message.key, |channel| {
        let later = channel.waiting.take();
        channel.waiting = Some(Waiting {
            sync: message.sync,
            exists: !message.sync || later.is_some_and(|later| later.exists),
            due: now.as_microsecond().saturating_add(wait),
            tries: message.tries + 1,
        });
    });
}
