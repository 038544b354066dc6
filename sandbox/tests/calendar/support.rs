//! A sandbox of one test, its people, and the receiver of its push messages.

use std::{
    collections::VecDeque,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use jiff::Timestamp;
use portico_sandbox::{Sandbox, SandboxTransport};
use portico_transport::{Answer, Transport};
use portico_world::{VirtualClock, World};
use serde_json::{Value, json};

pub const CALENDAR: &str = "https://www.googleapis.com/auth/calendar";

/// A Google with some people.
pub struct Google {
    pub sandbox: Arc<Sandbox>,
    pub clock: Arc<VirtualClock>,
    pub receiver: Arc<Receiver>,
    transport: SandboxTransport,
}

/// Somebody with a token.
#[derive(Clone)]
pub struct Person {
    pub email: String,
    token: String,
    transport: SandboxTransport,
}

/// An answer.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub body: Value,
}

impl Got {
    /// The body of a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.body);
        self.body
    }

    /// Asserts a refusal with that status and reason.
    #[track_caller]
    pub fn refused(&self, status: u16, reason: &str) {
        assert_eq!((self.status, self.reason()), (status, reason), "{}", self.body);
    }

    pub fn reason(&self) -> &str {
        self.body["error"]["errors"][0]["reason"].as_str().unwrap_or_default()
    }
}

/// What push messages are sent to.
#[derive(Default)]
pub struct Receiver {
    pub messages: Mutex<Vec<http::Request<Bytes>>>,
    pub answers: Mutex<VecDeque<u16>>,
}

impl Receiver {
    /// The messages so far, as (channel, number, state).
    pub fn seen(&self) -> Vec<(String, u64, String)> {
        let messages = self.messages.lock().unwrap();
        let header = |message: &http::Request<Bytes>, name: &str| message.headers()[name].to_str().unwrap().to_owned();
        messages
            .iter()
            .map(|message| {
                (
                    header(message, "x-goog-channel-id"),
                    header(message, "x-goog-message-number").parse().unwrap(),
                    header(message, "x-goog-resource-state"),
                )
            })
            .collect()
    }
}

impl Transport for Receiver {
    fn send(&self, request: http::Request<Bytes>) -> Answer<'_> {
        self.messages.lock().unwrap().push(request);
        let status = self.answers.lock().unwrap().pop_front().unwrap_or(204);
        Box::pin(async move { Ok(http::Response::builder().status(status).body(Bytes::new()).unwrap()) })
    }
}

async fn send(transport: &SandboxTransport, request: http::Request<Bytes>) -> Got {
    let response = transport.send(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
    Got { status: parts.status.as_u16(), body }
}

impl Google {
    /// The sandbox that lives in `folder`, on Wednesday, 18 November 2026, 09:00 UTC.
    pub fn open(folder: Option<&Path>) -> Self {
        let (world, clock) = World::seeded("2026-11-18T09:00:00Z".parse::<Timestamp>().unwrap(), 1);
        let receiver = Arc::new(Receiver::default());
        portico_watch::install();
        let sandbox = Sandbox::open(folder, world, receiver.clone()).unwrap();
        let transport = SandboxTransport::new(sandbox.clone());
        Self { sandbox, clock, receiver, transport }
    }

    /// An empty sandbox in memory with an app.
    pub async fn new() -> Self {
        Self::with_app(None).await
    }

    /// The sandbox in `folder`, with an app.
    pub async fn with_app(folder: Option<&Path>) -> Self {
        let google = Self::open(folder);
        google
            .control(
                "POST",
                "clients",
                json!({"client_id": "app", "client_secret": "secret", "redirect_uris": ["http://localhost:9/cb"]}),
            )
            .await;
        google
    }

    pub async fn control(&self, verb: &str, path: &str, body: Value) -> Value {
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let request = http::Request::builder()
            .method(verb)
            .uri(format!("https://www.googleapis.com/_sandbox/{path}"))
            .header("content-type", "application/json")
            .body(body)
            .unwrap();
        send(&self.transport, request).await.ok()
    }

    /// A person in Prague with full access to the own calendars.
    pub async fn person(&self, email: &str) -> Person {
        let body = json!({"email": email, "name": email, "kind": "user", "time_zone": "Europe/Prague"});
        self.control("POST", "users", body).await;
        self.token(email, &[CALENDAR]).await
    }

    /// A token of somebody for some scopes.
    pub async fn token(&self, email: &str, scopes: &[&str]) -> Person {
        let body = json!({"account": email, "client": "app", "scopes": scopes});
        let tokens = self.control("POST", "tokens", body).await;
        self.holder(email, tokens["access_token"].as_str().unwrap().to_owned())
    }

    /// Somebody who has a token already.
    pub fn holder(&self, email: &str, token: String) -> Person {
        Person { email: email.to_owned(), token, transport: self.transport.clone() }
    }

    /// The mails so far, as (to, kind).
    pub async fn mails(&self) -> Vec<(String, String)> {
        let mails = self.control("GET", "mail", Value::Null).await;
        let list = mails.as_array().or_else(|| mails["items"].as_array()).cloned().unwrap_or_default();
        let text = |mail: &Value, key: &str| mail[key].as_str().unwrap().to_owned();
        list.iter().map(|mail| (text(mail, "to"), text(mail, "kind"))).collect()
    }

    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

impl Person {
    /// The token, for another opening of the sandbox.
    pub fn into_token(self) -> String {
        self.token
    }

    pub async fn call(&self, verb: &str, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Got {
        let mut request = http::Request::builder()
            .method(verb)
            .uri(format!("https://www.googleapis.com/calendar/v3/{path}"))
            .header("authorization", format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let bytes = match &body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Bytes::from(body.to_string())
            }
            None => Bytes::new(),
        };
        send(&self.transport, request.body(bytes).unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Got {
        self.call("GET", path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Got {
        self.call("POST", path, &[], Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Got {
        self.call("PATCH", path, &[], Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Got {
        self.call("PUT", path, &[], Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Got {
        self.call("DELETE", path, &[], None).await
    }

    /// Inserts an event into the primary calendar.
    pub async fn insert(&self, body: Value) -> Value {
        self.post("calendars/primary/events", body).await.ok()
    }

    /// An event of the primary calendar.
    pub async fn event(&self, id: &str) -> Value {
        self.get(&format!("calendars/primary/events/{id}")).await.ok()
    }

    /// A list of the primary calendar with these parameters: its last page, with the entries of all pages.
    pub async fn list(&self, parameters: &str) -> Value {
        let mut items = Vec::new();
        let mut token = String::new();
        loop {
            let page = self.get(&format!("calendars/primary/events?{parameters}{token}")).await.ok();
            items.extend(page["items"].as_array().unwrap().clone());
            match page["nextPageToken"].as_str() {
                Some(next) => {
                    assert!(page.get("nextSyncToken").is_none());
                    token = format!("&pageToken={next}");
                }
                None => {
                    let mut last = page;
                    last["items"] = json!(items);
                    return last;
                }
            }
        }
    }
}

/// A timed event on that day, in UTC.
pub fn timed(summary: &str, day: &str, from: &str, to: &str) -> Value {
    json!({
        "summary": summary,
        "start": {"dateTime": format!("{day}T{from}:00Z")},
        "end": {"dateTime": format!("{day}T{to}:00Z")},
    })
}

/// A weekly series on Mondays at 09:00 in Prague.
pub fn weekly(count: u32) -> Value {
    json!({
        "summary": "standup",
        "start": {"dateTime": "2026-11-23T09:00:00", "timeZone": "Europe/Prague"},
        "end": {"dateTime": "2026-11-23T09:30:00", "timeZone": "Europe/Prague"},
        "recurrence": [format!("RRULE:FREQ=WEEKLY;COUNT={count}")],
    })
}

/// The values of a field over a list.
pub fn each(list: &Value, key: &str) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item[key].as_str().unwrap_or_default().to_owned()).collect()
}

/// The value of a field as text.
#[track_caller]
pub fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}")).to_owned()
}

/// The answer of a guest.
pub fn answer_of(event: &Value, email: &str) -> String {
    let guests = event["attendees"].as_array().unwrap();
    let guest = guests.iter().find(|guest| guest["email"] == email).unwrap();
    text(guest, "responseStatus")
}
