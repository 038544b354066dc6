//! A connection ends while Google is being asked: the late answer is neither stored nor used.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures::channel::oneshot;
use http::{Method, Request};
use portico_sandbox::SandboxTransport;
use portico_store::{ChannelState, Link, SealedTokens};
use portico_transport::{Answer, Transport};
use serde_json::{Value, json};

use crate::{
    conflicts::GoogleCalendar,
    events::event,
    portal::{ANNA, Portal, User, work},
};

/// Where a call stands still: it has reached Google, and its answer waits.
struct Halt {
    method: Method,
    path: &'static str,
    reached: oneshot::Sender<()>,
    go_on: oneshot::Receiver<()>,
}

/// A network on which one call stands still.
struct Slow {
    inner: SandboxTransport,
    halt: Mutex<Option<Halt>>,
}

impl Transport for Slow {
    fn send(&self, request: Request<Bytes>) -> Answer<'_> {
        let halt = self
            .halt
            .lock()
            .unwrap()
            .take_if(|halt| request.method() == halt.method && request.uri().path().ends_with(halt.path));
        Box::pin(async move {
            let answer = self.inner.send(request).await;
            if let Some(halt) = halt {
                halt.reached.send(()).unwrap();
                halt.go_on.await.unwrap();
            }
            answer
        })
    }
}

/// Runs what is due, and lets `meanwhile` happen between the call and its answer.
async fn during(portal: &Portal, method: Method, path: &'static str, meanwhile: impl Future<Output = ()>) {
    let (reached, is_reached) = oneshot::channel();
    let (release, go_on) = oneshot::channel();
    let halt = Mutex::new(Some(Halt { method, path, reached, go_on }));
    let app = portal.through(Arc::new(Slow { inner: portal.network.clone(), halt })).await;
    futures::join!(work(&app), async {
        is_reached.await.expect("the call is made");
        meanwhile.await;
        release.send(()).unwrap();
    });
}

/// What of a connection is stored: its state, its tokens, its links.
async fn stored(portal: &Portal, user: &User<'_>, id: &str) -> (String, SealedTokens, Vec<Link>) {
    let mut tx = portal.app.store.tenant_read(portal.tenant(user).await).await.unwrap();
    let row = tx.connection(id.parse().unwrap()).await.unwrap().unwrap();
    let links = tx.links_of_connection(row.id).await.unwrap();
    tx.end().await.unwrap();
    (row.state, row.tokens, links)
}

/// The titles that begin with `late`, here and at Google.
async fn both(portal: &Portal, user: &User<'_>) -> (Vec<String>, Vec<String>) {
    let items = user.get("/calendar/events?from=2026-12-01&to=2027-01-01").await.expect(200).json["items"].clone();
    let google = GoogleCalendar::of(portal, ANNA).await;
    let there = google.call("GET", "events", Value::Null).await["items"].clone();
    let titles = |list: &Value, key: &str| {
        let mut all: Vec<String> = list
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|item| item[key].as_str())
            .filter(|title| title.starts_with("late"))
            .map(str::to_owned)
            .collect();
        all.sort();
        all
    };
    (titles(&items, "title"), titles(&there, "summary"))
}

#[tokio::test]
async fn a_late_answer_to_an_account_that_was_disconnected_is_neither_stored_nor_used() {
    for portal in Portal::each().await {
        for (method, path, wait) in [
            (Method::GET, "/events", 901),
            (Method::POST, "/events", 0),
            (Method::PATCH, "", 0),
            (Method::DELETE, "", 0),
            (Method::POST, "/token", 3600),
            (Method::GET, "/users/me/calendarList", 6 * 3600 + 1),
            (Method::POST, "/events/watch", 0),
        ] {
            let what = format!("{method} {path} on {:?}", portal.database.engine);
            let anna = portal.user(ANNA).await;
            let id = anna.connect(ANNA).await;
            let connection = format!("/google/connections/{id}");
            if path != "/events/watch" {
                portal.work().await;
            }
            // Something to change, something to delete, and something that only Google has.
            let google = GoogleCalendar::of(&portal, ANNA).await;
            let changed = anna.post("/calendar/events", event("late change", json!({}))).await.expect(201).json;
            let deleted = anna.post("/calendar/events", event("late deletion", json!({}))).await.expect(201).json;
            let at = |made: &Value| format!("/calendar/events/{}", made["id"].as_str().unwrap());
            if path != "/events/watch" {
                portal.work().await;
                portal.later().await;
            }
            let day = json!({"summary": "late there", "start": {"date": "2026-12-09"}, "end": {"date": "2026-12-10"}});
            google.call("POST", "events", day).await;
            match method {
                Method::POST if path == "/events" => {
                    anna.post("/calendar/events", event("late here", json!({}))).await.expect(201);
                }
                Method::PATCH => {
                    anna.patch(&at(&changed), json!({"title": "late change, made"})).await.expect(200);
                }
                Method::DELETE => {
                    anna.delete(&at(&deleted)).await.expect(200);
                }
                _ => {}
            }
            portal.advance(wait);
            let anna = portal.user(ANNA).await;
            let (mut before, mut asked) = ((Vec::new(), Vec::new()), 0);
            during(&portal, method.clone(), path, async {
                anna.delete(&connection).await.expect(204);
                before = both(&portal, &anna).await;
                asked = portal.last_request().await;
            })
            .await;
            let (state, tokens, links) = stored(&portal, &anna, &id).await;
            assert_eq!((state.as_str(), tokens), ("disconnected", SealedTokens::default()), "{what}");
            assert!(!links.is_empty());
            for link in &links {
                assert!(link.state != portico_store::LinkState::On && link.cursor.is_none(), "{what}: {link:?}");
                assert_eq!((link.page_token.as_deref(), link.pulling_generation), (None, None), "{what}");
            }
            let after: Vec<Value> = portal.requests(asked).await;
            let gives_back = |call: &Value| {
                let ends = ["/token", "/revoke"].iter().any(|path| call["path"] == *path);
                ends || call["method"] == "calendar.channels.stop"
            };
            assert!(after.iter().all(gives_back), "{what}: {after:?}");
            assert_eq!(both(&portal, &anna).await.0, before.0, "{what}");
            let mut tx = portal.app.store.instance().await.unwrap();
            let tenant = portal.tenant(&anna).await;
            for link in &links {
                let channels = tx.push_channels(tenant, link.id).await.unwrap();
                assert!(channels.iter().all(|channel| channel.state == ChannelState::Closing), "{what}: {channels:?}");
            }
            tx.commit().await.unwrap();

            // The next consent goes on from there, without doubles.
            assert_eq!(anna.connect(ANNA).await, id);
            portal.work().await;
            portal.later().await;
            let (here, there) = both(&portal, &anna).await;
            assert_eq!(here, there, "{what}");
            let mut expect = vec!["late change", "late deletion", "late there"];
            match method {
                Method::POST if path == "/events" => expect.insert(2, "late here"),
                Method::PATCH => expect[0] = "late change, made",
                Method::DELETE => drop(expect.remove(1)),
                _ => {}
            }
            assert_eq!(here, expect, "{what}");
            assert_eq!(anna.get("/calendar/conflicts").await.expect(200).json["items"], json!([]), "{what}");
            let items =
                anna.get("/calendar/events?from=2026-12-01&to=2027-01-01").await.expect(200).json["items"].clone();
            for item in
                items.as_array().unwrap().iter().filter(|item| item["title"].as_str().unwrap().starts_with("late"))
            {
                anna.delete(&format!("/calendar/events/{}", item["id"].as_str().unwrap())).await.expect(200);
            }
            portal.work().await;
            portal.later().await;
            assert_eq!(both(&portal, &anna).await, (vec![], vec![]), "{what}");
            anna.delete(&connection).await.expect(204);
            portal.work().await;
        }
    }
}
