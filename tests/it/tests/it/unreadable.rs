//! Events of Google's that make no sense: they are named, and everything around them goes on.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use portico_sandbox::SandboxTransport;
use portico_transport::{Answer, Transport};
use portico_world::ExposeSecret;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use crate::{
    conflicts::GoogleCalendar,
    events::titles,
    portal::{ADMINISTRATOR, ANNA, Portal, User, work},
};

fn event(title: &str) -> Value {
    json!({
        "title": title, "use_google_meet": false,
        "start_time": "2026-12-08T10:00:00+01:00", "end_time": "2026-12-08T11:00:00+01:00",
    })
}

/// The next answers to a method hold these events of Google's instead.
async fn answers(portal: &Portal, method: &str, body: &Value) {
    portal.google("POST", "faults", json!({"method": method, "times": 1, "status": 200, "body": body})).await;
}

/// What the journal says of events that were set aside: their ids.
async fn set_aside(portal: &Portal) -> Vec<String> {
    let audit = portal.user(ADMINISTRATOR).await.get("/audit?limit=500").await.expect(200).json["items"].clone();
    let entries = audit.as_array().unwrap().iter().filter(|entry| entry["action"] == "link.set_aside");
    let ids = entries.flat_map(|entry| entry["after"]["google_events"].as_array().unwrap().clone());
    let mut ids: Vec<String> = ids.map(|id| id.as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

async fn sync(user: &User<'_>) -> Value {
    user.get("/calendar/links").await.expect(200).json["items"][0]["sync"].clone()
}

#[tokio::test]
async fn an_unreadable_event_is_named_and_the_rest_of_the_page_comes() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let day = |title: &str, day: u32| {
            let next = day + 1;
            let (start, end) = (format!("2026-12-{day:02}"), format!("2026-12-{next:02}"));
            json!({"summary": title, "start": {"date": start}, "end": {"date": end}})
        };
        for (title, number) in [("odd before", 9), ("odd broken", 10), ("odd after", 11)] {
            google.call("POST", "events", day(title, number)).await;
        }
        // Google's whole answer, in which one event has no start that anybody could read.
        let mut page = google.call("GET", "events", Value::Null).await;
        let mut broken = String::new();
        for item in page["items"].as_array_mut().unwrap() {
            if item["summary"] == "odd broken" {
                item["start"] = json!({"dateTime": "the day after the fair"});
                broken = item["id"].as_str().unwrap().to_owned();
            }
        }
        // Others make no sense in other ways.
        for other in [
            json!({"id": "oddnoend", "status": "confirmed", "summary": "odd", "start": {"dateTime": "2026-12-10T10:00:00Z"}, "end": {"date": "2026-12-11"}}),
            json!({"id": "oddtype", "status": "confirmed", "summary": {"odd": 1}, "start": {"date": "2026-12-10"}, "end": {"date": "2026-12-11"}}),
        ] {
            page["items"].as_array_mut().unwrap().insert(0, other);
        }
        answers(&portal, "calendar.events.list", &page).await;
        portal.advance(901);
        portal.work().await;
        let mut shown = titles(&anna).await;
        shown.retain(|title| title.starts_with("odd"));
        shown.sort();
        assert_eq!(shown, ["odd after", "odd before"]);
        let mut expect = [broken, "oddnoend".to_owned(), "oddtype".to_owned()];
        expect.sort();
        assert_eq!(set_aside(&portal).await, expect);
        assert_eq!(sync(&anna).await["state"], "in_step");
    }
}

/// One series that cannot be read holds up neither its own occurrences nor anything else.
#[tokio::test]
async fn an_unreadable_series_holds_up_nothing_else() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let mut page = google.call("GET", "events", Value::Null).await;
        let series = json!({
            "id": "oddseries", "iCalUID": "oddseries@google.com", "status": "confirmed", "summary": ["odd"],
            "start": {"date": "2026-12-08"}, "end": {"date": "2026-12-09"}, "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"],
        });
        let occurrence = json!({
            "id": "oddseries_20261209", "iCalUID": "oddseries@google.com", "status": "confirmed", "summary": "odd once",
            "recurringEventId": "oddseries", "originalStartTime": {"date": "2026-12-09"},
            "start": {"date": "2026-12-10"}, "end": {"date": "2026-12-11"},
        });
        let plain = json!({
            "id": "oddplain", "iCalUID": "oddplain@google.com", "status": "confirmed", "summary": "odd plain",
            "start": {"date": "2026-12-10"}, "end": {"date": "2026-12-11"},
        });
        page["items"].as_array_mut().unwrap().extend([series.clone(), occurrence, plain]);
        answers(&portal, "calendar.events.list", &page).await;
        // The series is asked for by itself, and is no better then.
        answers(&portal, "calendar.events.get", &series).await;
        anna.post("/calendar/events", event("still goes out")).await.expect(201);
        portal.advance(901);
        portal.work().await;
        let shown = titles(&anna).await;
        assert!(shown.contains(&"odd plain".to_owned()) && shown.contains(&"odd once".to_owned()), "{shown:?}");
        assert!(set_aside(&portal).await.contains(&"oddseries".to_owned()));
        google.titled("still goes out").await;
        assert_eq!(sync(&anna).await["state"], "in_step");
    }
}

/// An event whose copy at Google became unreadable is not sent and says so; the others go out.
#[tokio::test]
async fn an_event_that_became_unreadable_holds_up_no_other() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let made = anna.post("/calendar/events", event("odd")).await.expect(201).json;
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        portal.work().await;
        let there = google.titled("odd").await;
        let id = there["id"].as_str().unwrap();
        google.call("PATCH", &format!("events/{id}"), json!({"location": "Labe"})).await;
        // What Google tells of it is nonsense, in the list and by itself.
        let mut nonsense = google.call("GET", &format!("events/{id}"), Value::Null).await;
        nonsense["summary"] = json!({"odd": 1});
        let mut page = google.call("GET", "events", Value::Null).await;
        page["items"] = json!([nonsense]);
        answers(&portal, "calendar.events.list", &page).await;
        answers(&portal, "calendar.events.get", &nonsense).await;
        anna.patch(&path, json!({"title": "odd, changed here"})).await.expect(200);
        anna.post("/calendar/events", event("still goes out")).await.expect(201);
        portal.work().await;
        google.titled("still goes out").await;
        let seen = anna.get(&path).await.expect(200).json;
        assert_eq!((&seen["sync"], &seen["sync_reason"]), (&json!("refused"), &json!("unreadable")), "{seen}");
        assert_eq!(seen["title"], "odd, changed here");
        assert_eq!(sync(&anna).await["state"], "in_step");
        // The next change finds it readable again.
        anna.patch(&path, json!({"title": "odd, once more"})).await.expect(200);
        portal.work().await;
        let remote = google.call("GET", &format!("events/{id}"), Value::Null).await;
        assert_eq!((&remote["summary"], &remote["location"]), (&json!("odd, once more"), &json!("Labe")));
        let seen = anna.get(&path).await.expect(200).json;
        assert_eq!((&seen["sync"], &seen["location"]), (&json!("in_step"), &json!("Labe")));
    }
}

/// What takes no time, and what ends before it begins, comes once and is left alone from then on.
#[tokio::test]
async fn events_without_length_come_to_rest() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let mut page = google.call("GET", "events", Value::Null).await;
        let at = |time: &str| json!({"dateTime": time, "timeZone": "Europe/Prague"});
        let odd = |id: &str, start: Value, end: Value| {
            json!({
                "id": id, "iCalUID": format!("{id}@google.com"), "etag": "\"1\"", "status": "confirmed", "summary": id,
                "start": start, "end": end,
            })
        };
        let ten = "2026-12-08T10:00:00+01:00";
        page["items"].as_array_mut().unwrap().extend([
            odd("oddzero", at(ten), at(ten)),
            odd("oddbackwards", at(ten), at("2026-12-08T09:00:00+01:00")),
            odd("oddday", json!({"date": "2026-12-08"}), json!({"date": "2026-12-08"})),
            odd("oddyesterday", json!({"date": "2026-12-08"}), json!({"date": "2026-12-07"})),
        ]);
        let told = async |action: &str| {
            let audit =
                portal.user(ADMINISTRATOR).await.get("/audit?limit=500").await.expect(200).json["items"].clone();
            audit.as_array().unwrap().iter().filter(|entry| entry["action"] == action).count()
        };
        let before = told("meeting.created").await;
        for _ in 0..3 {
            answers(&portal, "calendar.events.list", &page).await;
            let since = portal.last_request().await;
            portal.advance(901);
            portal.work().await;
            let mut shown = titles(&anna).await;
            shown.retain(|title| title.starts_with("odd"));
            shown.sort();
            assert_eq!(shown, ["oddbackwards", "oddday", "oddyesterday", "oddzero"]);
            assert_eq!(sync(&anna).await["state"], "in_step");
            let mut writes = portal.requests(since).await;
            writes.retain(|call| call["verb"] != "GET");
            assert_eq!(writes, Vec::<Value>::new());
        }
        assert_eq!(told("meeting.created").await, before + 4);
        assert_eq!(told("meeting.updated").await, 0, "the second and the third time said nothing new");
    }
}

/// A last page that names no cursor is no success: the old one stays, and nothing is taken for gone.
#[tokio::test]
async fn a_last_page_without_a_cursor_is_no_success() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        anna.post("/calendar/events", event("odd")).await.expect(201);
        portal.work().await;
        portal.advance(901);
        portal.work().await;
        let before = sync(&anna).await;
        for forget in [false, true] {
            if forget {
                portal.google("POST", "sync-tokens", json!({"expire": true})).await;
                portal.google("POST", "faults", json!({"method": "calendar.events.list", "times": 1})).await;
            }
            answers(&portal, "calendar.events.list", &json!({"kind": "calendar#events", "items": []})).await;
            portal.advance(901);
            portal.work().await;
            let late = sync(&anna).await;
            assert_eq!((&late["state"], &late["reason"]), (&json!("syncing"), &json!("no_cursor")), "{late}");
            assert!(titles(&anna).await.contains(&"odd".to_owned()));
            portal.advance(901);
            portal.work().await;
            assert_eq!(sync(&anna).await["state"], before["state"]);
            assert!(titles(&anna).await.contains(&"odd".to_owned()));
        }
        assert_eq!(anna.get("/calendar/holds").await.expect(200).json["items"], json!([]));
    }
}

/// The database refuses rows of `table` whose `column` holds this text from now on, as it would refuse what it cannot store.
async fn refuse(portal: &Portal, act: &str, table: &str, column: &str, text: &str) {
    if let Some(file) = portal.database.file() {
        let trigger = format!(
            "CREATE TRIGGER refuse BEFORE {act} ON {table} WHEN NEW.{column} LIKE '%{text}%'
              BEGIN SELECT RAISE(ABORT, 'refused'); END"
        );
        let mut owner = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
        sqlx::query(AssertSqlSafe(trigger)).execute(&mut owner).await.unwrap();
        owner.close().await.unwrap();
        return;
    }
    let owner = portal.database.owner_url.as_ref().unwrap();
    let mut owner = PgConnection::connect(owner.expose_secret()).await.unwrap();
    let check = format!("ALTER TABLE {table} ADD CONSTRAINT refuse CHECK ({column} NOT LIKE '%{text}%') NOT VALID");
    sqlx::query(AssertSqlSafe(check)).execute(&mut owner).await.unwrap();
    owner.close().await.unwrap();
}

/// An event that the database does not take holds the cursor at first, and is set aside after some tries; the rest of its page
/// comes. Where it is not one event but all, nothing is set aside.
#[tokio::test]
async fn an_event_that_the_database_does_not_take_is_set_aside_after_some_tries() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        portal.later().await;
        refuse(&portal, "INSERT", "meetings", "shared", "odd poison").await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let day =
            |title: &str| json!({"summary": title, "start": {"date": "2026-12-09"}, "end": {"date": "2026-12-10"}});
        google.call("POST", "events", day("odd before")).await;
        let poison = google.call("POST", "events", day("odd poison")).await["id"].as_str().unwrap().to_owned();
        google.call("POST", "events", day("odd after")).await;
        let odd = async || {
            let mut shown = titles(&anna).await;
            shown.retain(|title| title.starts_with("odd"));
            shown.sort();
            shown
        };
        let tokens = |call: &Value| {
            let query = call["query"].as_array().unwrap().clone();
            let token = query.into_iter().find(|pair| pair[0] == "syncToken");
            token.map(|pair| pair[1].as_str().unwrap().to_owned())
        };
        let cursor = async |since: u64| {
            let calls = portal.calls(since, "calendar.events.list").await;
            calls.iter().flat_map(tokens).collect::<Vec<_>>()
        };
        let mut used = Vec::new();
        for tries in 0..3 {
            let since = portal.last_request().await;
            portal.later().await;
            assert_eq!((odd().await, set_aside(&portal).await), (vec![], vec![]), "after {tries} tries");
            used.extend(cursor(since).await);
        }
        used.dedup();
        assert_eq!(used.len(), 1, "the cursor stays: {used:?}");
        portal.later().await;
        assert_eq!(
            (odd().await, set_aside(&portal).await),
            (vec!["odd after".into(), "odd before".into()], vec![poison])
        );
        assert_eq!(sync(&anna).await["state"], "in_step");
        // Both ways go on.
        let google = GoogleCalendar::of(&portal, ANNA).await;
        google.call("POST", "events", day("odd later")).await;
        anna.post("/calendar/events", event("still goes out")).await.expect(201);
        portal.later().await;
        assert_eq!(odd().await, ["odd after", "odd before", "odd later"]);
        let google = GoogleCalendar::of(&portal, ANNA).await;
        google.titled("still goes out").await;

        // Many at once are no event's fault.
        for number in 0..5 {
            google.call("POST", "events", day(&format!("odd poison {number}"))).await;
        }
        for _ in 0..6 {
            portal.later().await;
        }
        assert_eq!(set_aside(&portal).await.len(), 1, "nothing more is set aside");
        assert_eq!(odd().await.len(), 3);
    }
}

/// Google's calls with a fault of ours in front of some: whoever sends this text finds it.
struct Broken {
    network: SandboxTransport,
    text: &'static str,
}

impl Transport for Broken {
    fn send(&self, request: Request<Bytes>) -> Answer<'_> {
        let sent = String::from_utf8_lossy(request.body());
        assert!(!sent.contains(self.text), "a fault of ours");
        self.network.send(request)
    }
}

/// The titles at Google that begin with `odd`, sorted.
async fn odd_at_google(portal: &Portal) -> Vec<String> {
    let google = GoogleCalendar::of(portal, ANNA).await;
    let list = google.call("GET", "events", Value::Null).await["items"].clone();
    let titles = list.as_array().unwrap().iter().filter_map(|item| item["summary"].as_str());
    let mut odd: Vec<String> = titles.filter(|title| title.starts_with("odd")).map(str::to_owned).collect();
    odd.sort();
    odd
}

/// An event that we cannot send, because the database or the program itself fails at it, holds up no other. After some tries it
/// is set aside and says so; changed, it is sent like any other.
#[tokio::test]
async fn an_event_that_we_cannot_send_holds_up_no_other() {
    for by_database in [true, false] {
        for portal in Portal::each().await {
            let (anna, _) = portal.connected(ANNA).await;
            let app = if by_database {
                refuse(&portal, "UPDATE", "entries", "sending", "odd poison").await;
                portal.app.clone()
            } else {
                portal.with_network(Arc::new(Broken { network: portal.network.clone(), text: "odd poison" })).await
            };
            let make = async |title: &str| {
                let made = anna.post("/calendar/events", event(title)).await.expect(201).json;
                format!("/calendar/events/{}", made["id"].as_str().unwrap())
            };
            make("odd before").await;
            let poison = make("odd poison").await;
            make("odd after").await;
            let stands = async || {
                let seen = portal.user(ANNA).await.get(&poison).await.expect(200).json;
                (seen["sync"].as_str().unwrap().to_owned(), seen["sync_reason"].as_str().map(str::to_owned))
            };
            for tries in 0..3 {
                work(&app).await;
                assert_eq!(odd_at_google(&portal).await, ["odd after", "odd before"], "after {tries} tries");
                assert_eq!(stands().await, ("pending".to_owned(), Some("internal".to_owned())));
                portal.advance(901);
            }
            work(&app).await;
            assert_eq!(stands().await, ("refused".to_owned(), Some("not_sent".to_owned())));
            let anna = portal.user(ANNA).await;
            assert_eq!(sync(&anna).await["state"], "in_step");
            anna.patch(&poison, json!({"title": "odd no more"})).await.expect(200);
            work(&app).await;
            assert_eq!(odd_at_google(&portal).await, ["odd after", "odd before", "odd no more"]);
            assert_eq!(stands().await, ("in_step".to_owned(), None));
        }
    }
}

/// An event at which Google itself fails goes on waiting, and holds up no other.
#[tokio::test]
async fn an_event_at_which_google_fails_holds_up_no_other() {
    for portal in Portal::each().await {
        let (anna, _) = portal.connected(ANNA).await;
        let mut made = Vec::new();
        for title in ["odd one", "odd two", "odd three"] {
            let event = anna.post("/calendar/events", event(title)).await.expect(201).json;
            made.push(format!("/calendar/events/{}", event["id"].as_str().unwrap()));
        }
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let id = google.titled("odd one").await["id"].as_str().unwrap().to_owned();
        let fault = json!({"method": "calendar.events.patch", "path": id, "times": 200, "status": 500});
        portal.google("POST", "faults", fault).await;
        for (path, number) in made.iter().zip(1..) {
            anna.patch(path, json!({"title": format!("odd {number}")})).await.expect(200);
        }
        for _ in 0..5 {
            portal.work().await;
            assert_eq!(odd_at_google(&portal).await, ["odd 2", "odd 3", "odd one"]);
            let seen = portal.user(ANNA).await.get(&made[0]).await.expect(200).json;
            assert_eq!((&seen["sync"], &seen["sync_reason"]), (&json!("pending"), &json!("google_unreachable")));
            portal.advance(901);
        }
        portal.google("DELETE", "faults", Value::Null).await;
        portal.later().await;
        assert_eq!(odd_at_google(&portal).await, ["odd 1", "odd 2", "odd 3"]);
    }
}
