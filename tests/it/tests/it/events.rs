//! Events through the door: how they are made and edited, bad input named, what goes out and what does not.

use http::{Method, header};
use serde_json::{Value, json};

use crate::portal::{ADMINISTRATOR, ANNA, DAVID, Portal, User};

pub const WINDOW: &str = "from=2026-12-07T00:00:00Z&to=2026-12-21T00:00:00Z";

/// An hour in the sample week, with what a test adds.
pub fn event(title: &str, more: Value) -> Value {
    let mut body = json!({
        "title": title, "use_google_meet": false, "time_zone": "Europe/Prague",
        "start_time": "2026-12-08T10:00:00+01:00", "end_time": "2026-12-08T11:00:00+01:00",
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

pub fn meeting() -> Value {
    json!({
        "title": "Rozpočet 🐴",
        "start_time": "2026-12-08T10:00:00+01:00",
        "end_time": "2026-12-08T11:00:00+01:00",
    })
}

pub fn with(mut body: Value, more: Value) -> Value {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

pub async fn titles(user: &User<'_>) -> Vec<String> {
    let items = user.get(&format!("/calendar/events?{WINDOW}")).await.expect(200).json["items"].clone();
    items.as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

pub async fn make(user: &User<'_>, body: Value) -> Value {
    user.post("/calendar/events", body).await.expect(201).json
}

#[tokio::test]
async fn what_is_made_is_seen_as_it_was_said() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let said = with(
            meeting(),
            json!({
                "description": "line one\nline two", "location": "Vltava", "visibility": "private", "transparency": "transparent",
                "color": "5", "reminders": {"overrides": [{"method": "popup", "minutes": 10}]}, "guests_can_modify": true,
                "guests_can_see_other_guests": false, "attendees": ["x@elsewhere.example", {"email": "Y@elsewhere.example", "optional": true}],
            }),
        );
        let made = make(&anna, said.clone()).await;
        let read = anna.get(&format!("/calendar/events/{}", made["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(read.json, made);
        assert_eq!(read.headers["etag"], format!("\"{}\"", made["etag"].as_str().unwrap()));
        for field in ["title", "description", "location", "visibility", "transparency", "color", "guests_can_modify"] {
            assert_eq!(made[field], said[field], "{field}");
        }
        assert_eq!(made["start_time"], "2026-12-08T10:00:00+01:00");
        assert_eq!(made["time_zone"], "Europe/Prague", "absent: the person's, else the company's");
        assert_eq!(made["reminders"], json!({"use_default": false, "overrides": [{"method": "popup", "minutes": 10}]}));
        let guests: Vec<_> =
            made["attendees"].as_array().unwrap().iter().map(|a| (&a["email"], &a["optional"], &a["answer"])).collect();
        assert_eq!(
            guests,
            [
                (&json!("x@elsewhere.example"), &json!(false), &json!("needs_action")),
                (&json!("y@elsewhere.example"), &json!(true), &json!("needs_action")),
            ]
        );
        assert_eq!(made["sync"], "not_connected");
        assert_eq!(made["can"], json!({"edit": true, "delete": true, "answer": false, "move": true}));
        let days = json!({"title": "Dovolená", "start_date": "2026-12-10", "end_date": "2026-12-12"});
        let days = make(&anna, days).await;
        assert_eq!(
            (&days["all_day"], &days["start_date"], &days["end_date"]),
            (&json!(true), &json!("2026-12-10"), &json!("2026-12-12"))
        );
        assert_eq!(titles(&anna).await.iter().filter(|t| *t == "Rozpočet 🐴" || *t == "Dovolená").count(), 2);
    }
}

#[tokio::test]
async fn every_field_that_is_not_right_is_named_and_nothing_is_stored() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let before = titles(&anna).await;
        let many: Vec<String> = (0..500).map(|number| format!("guest{number}@elsewhere.example")).collect();
        for (more, field, code) in [
            (json!({"end_time": "2026-12-08T09:00:00+01:00"}), "end_time", "before_start"),
            (json!({"start_time": "2026-12-08T10:00:00"}), "start_time", "no_zone"),
            (json!({"start_time": "tomorrow"}), "start_time", "bad_time"),
            (json!({"start_time": null}), "start_time", "required"),
            (json!({"time_zone": "Mars/Olympus"}), "time_zone", "unknown_zone"),
            (json!({"recurrence": ["RRULE:FREQ=SOMETIMES"]}), "recurrence", "recurrence"),
            (json!({"recurrence": ["RRULE:FREQ=SECONDLY"]}), "recurrence", "recurrence"),
            (json!({"description": "x".repeat(2 * 1024 * 1024)}), "description", "too_long"),
            (json!({"title": "x".repeat(9 * 1024)}), "title", "too_long"),
            (json!({"attendees": many}), "attendees", "too_many"),
            (json!({"attendees": ["fine@elsewhere.example", "not an address"]}), "attendees[1]", "email"),
            (json!({"colour": "red"}), "colour", "unknown_field"),
            (json!({"color": "red"}), "color", "unknown_value"),
            (json!({"visibility": "secret"}), "visibility", "unknown_value"),
            (json!({"title": 5}), "title", "wrong_type"),
            (json!({"calendar_id": "nowhere"}), "calendar_id", "unknown"),
            (
                json!({"reminders": {"overrides": [{"method": "popup", "minutes": 99999}]}}),
                "reminders.overrides[0].minutes",
                "out_of_range",
            ),
            (json!({"start_date": "2026-12-08"}), "start_time", "date_or_time"),
        ] {
            let reply = anna.post("/calendar/events", with(meeting(), more)).await.expect(422);
            let named: Vec<_> = reply.json["errors"]
                .as_array()
                .unwrap()
                .iter()
                .map(|e| (e["field"].as_str().unwrap(), e["code"].as_str().unwrap()))
                .collect();
            assert!(named.contains(&(field, code)), "{field} {code}: {named:?}");
            assert_eq!(reply.slug(), "invalid");
        }
        let several =
            json!({"title": "x".repeat(9000), "start_time": "2026-12-08T10:00:00", "end_time": "later", "color": "0"});
        let reply = anna.post("/calendar/events", several).await.expect(422);
        let fields: Vec<_> =
            reply.json["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
        assert_eq!(fields, ["start_time", "end_time", "title", "color"]);
        let days = json!({"title": "x", "start_date": "2026-12-10", "end_date": "2026-12-10"});
        assert_eq!(anna.post("/calendar/events", days).await.expect(422).json["errors"][0]["field"], "end_date");
        assert_eq!(titles(&anna).await, before);
    }
}

#[tokio::test]
async fn the_same_key_makes_one_event_and_another_body_is_refused() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let key = [("idempotency-key", "k-1")];
        let first = anna.ask_with(Method::POST, "/calendar/events", meeting(), &key).await.expect(201);
        let again = anna.ask_with(Method::POST, "/calendar/events", meeting(), &key).await.expect(201);
        assert_eq!(first.json["id"], again.json["id"]);
        let other = anna.ask_with(Method::POST, "/calendar/events", with(meeting(), json!({"title": "x"})), &key).await;
        assert_eq!(other.expect(422).slug(), "idempotency-mismatch");
        let at_once = [("idempotency-key", "k-2")];
        let ask = || anna.ask_with(Method::POST, "/calendar/events", meeting(), &at_once);
        let replies = futures::future::join_all((0..8).map(|_| ask())).await;
        let mut ids: Vec<Value> = replies.into_iter().map(|reply| reply.expect(201).json["id"].clone()).collect();
        ids.dedup();
        assert_eq!(ids.len(), 1, "{ids:?}");
        let david = portal.user(DAVID).await;
        let theirs = david.ask_with(Method::POST, "/calendar/events", meeting(), &key).await.expect(201);
        assert_ne!(theirs.json["id"], first.json["id"], "a key is a person's own");
        portal.advance(25 * 3600);
        let anna = portal.user(ANNA).await;
        let later = anna.ask_with(Method::POST, "/calendar/events", meeting(), &key).await.expect(201);
        assert_ne!(later.json["id"], first.json["id"]);
    }
}

#[tokio::test]
async fn what_does_not_go_out_says_why() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        let id = david.connect(DAVID).await;
        portal.work().await;
        let stands = async |event: &str| {
            let seen = david.get(&format!("/calendar/events/{event}")).await.expect(200).json;
            (seen["sync"].clone(), seen["sync_reason"].clone())
        };
        let own = make(&david, with(meeting(), json!({"title": "Own", "use_google_meet": false}))).await["id"]
            .as_str()
            .unwrap()
            .to_owned();
        portal.work().await;
        assert_eq!(stands(&own).await, (json!("in_step"), Value::Null));
        david.post(&format!("/google/connections/{id}/pause"), Value::Null).await.expect(200);
        david.patch(&format!("/calendar/events/{own}"), json!({"location": "Vltava"})).await.expect(200);
        assert_eq!(stands(&own).await, (json!("pending"), json!("paused")));
        david.post(&format!("/google/connections/{id}/resume"), Value::Null).await.expect(200);
        portal.work().await;
        assert_eq!(stands(&own).await, (json!("in_step"), Value::Null));

        // The organizer has no Google: the guest's calendar does not insert somebody else's meeting.
        make(&anna, with(meeting(), json!({"title": "Hers", "attendees": [DAVID]}))).await;
        portal.work().await;
        let list = david.get(&format!("/calendar/events?{WINDOW}")).await.expect(200).json["items"].clone();
        let copy = list.as_array().unwrap().iter().find(|item| item["title"] == "Hers").unwrap().clone();
        assert_eq!((&copy["sync"], &copy["sync_reason"]), (&json!("not_connected"), &json!("organizer")));

        david.delete(&format!("/google/connections/{id}")).await.expect(204);
        portal.work().await;
        assert_eq!(stands(&own).await, (json!("not_connected"), Value::Null));
    }
}

#[tokio::test]
async fn every_create_is_carried_out_once_for_its_key() {
    for portal in Portal::each().await {
        let eva = portal.user(ADMINISTRATOR).await;
        let key = [("idempotency-key", "k-1")];
        let client = json!({"name": "Own", "client_id": "own.example", "client_secret": "s"});
        for (path, body) in [("/calendar/calendars", json!({"name": "Second"})), ("/google/clients", client)] {
            let refused = eva.ask_with(Method::POST, path, body.clone(), &[("idempotency-key", "")]).await.expect(422);
            assert_eq!(refused.json["errors"][0]["field"], "idempotency-key");
            let key = [("idempotency-key", path)];
            let first = eva.ask_with(Method::POST, path, body.clone(), &key).await.expect(201).json;
            let again = eva.ask_with(Method::POST, path, body.clone(), &key).await.expect(201).json;
            assert_eq!(first["id"], again["id"]);
            let mut other = body;
            other["name"] = json!("Another");
            let other = eva.ask_with(Method::POST, path, other, &key).await.expect(422);
            assert_eq!(other.slug(), "idempotency-mismatch");
            let list = eva.get(path).await.expect(200).json["items"].clone();
            assert_eq!(list.as_array().unwrap().iter().filter(|item| item["id"] == first["id"]).count(), 1);
            assert_eq!(list.as_array().unwrap().iter().filter(|item| item["name"] == first["name"]).count(), 1);
        }
        // The same content under another address is another request.
        eva.ask_with(Method::POST, "/calendar/events", meeting(), &key).await.expect(201);
        let elsewhere = eva.ask_with(Method::POST, "/calendar/calendars", json!({"name": "x"}), &key).await;
        assert_eq!(elsewhere.expect(422).slug(), "idempotency-mismatch");
    }
}

#[tokio::test]
async fn a_method_that_an_address_does_not_take_is_told_like_every_refusal() {
    let portal = Portal::each().await.remove(0);
    let anna = portal.user(ANNA).await;
    for (method, path) in [(Method::PUT, "/calendar/events"), (Method::DELETE, "/me"), (Method::POST, "/audit")] {
        let refused = anna.ask(method, path, Value::Null).await.expect(405);
        assert_eq!(refused.slug(), "method-not-allowed");
        assert!(refused.headers.contains_key(header::ALLOW), "{path}");
    }
}

#[tokio::test]
async fn an_edit_of_what_was_changed_meanwhile_is_refused_when_the_person_asks_for_that() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let made = make(&anna, meeting()).await;
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        let seen = format!("\"{}\"", made["etag"].as_str().unwrap());
        let changed =
            anna.ask_with(Method::PATCH, &path, json!({"title": "B"}), &[("if-match", &seen)]).await.expect(200);
        assert_ne!(changed.json["etag"], made["etag"]);
        let stale =
            anna.ask_with(Method::PATCH, &path, json!({"title": "C"}), &[("if-match", &seen)]).await.expect(412);
        assert_eq!(stale.slug(), "stale");
        anna.patch(&path, json!({"title": "D"})).await.expect(200);
    }
}

#[tokio::test]
async fn a_start_alone_moves_an_event_and_an_end_alone_stretches_it() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let made = make(&anna, meeting()).await;
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        for (said, start, end) in [
            (
                json!({"start_time": "2026-12-09T14:00:00+01:00"}),
                "2026-12-09T14:00:00+01:00",
                "2026-12-09T15:00:00+01:00",
            ),
            (
                json!({"end_time": "2026-12-09T16:30:00+01:00"}),
                "2026-12-09T14:00:00+01:00",
                "2026-12-09T16:30:00+01:00",
            ),
        ] {
            let moved = anna.patch(&path, said).await.expect(200).json;
            assert_eq!((moved["start_time"].as_str(), moved["end_time"].as_str()), (Some(start), Some(end)));
        }
        anna.patch(&path, json!({"end_time": "2026-12-09T13:00:00+01:00"})).await.expect(422);
        let days = anna.patch(&path, json!({"start_date": "2026-12-09"})).await.expect(200).json;
        assert_eq!((days["start_date"].as_str(), days["end_date"].as_str()), (Some("2026-12-09"), Some("2026-12-10")));
        let cleared = anna.patch(&path, json!({"title": null, "location": ""})).await.expect(200).json;
        assert_eq!(cleared["title"], "");
    }
}

#[tokio::test]
async fn an_event_moves_to_another_calendar() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let made = make(&anna, meeting()).await;
        let other =
            anna.post("/calendar/calendars", json!({"name": "Projects", "color": "#AA3300"})).await.expect(201).json;
        let other = other["id"].as_str().unwrap();
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        let moved = anna.patch(&path, json!({"calendar_id": other, "title": "Moved"})).await.expect(200).json;
        assert_eq!((moved["calendar_id"].as_str().unwrap(), moved["title"].as_str().unwrap()), (other, "Moved"));
        assert_eq!(titles(&anna).await.iter().filter(|title| *title == "Moved" || *title == "Rozpočet 🐴").count(), 1);
        let list = anna.get("/calendar/calendars").await.expect(200).json["items"].clone();
        let names: Vec<&str> = list
            .as_array()
            .unwrap()
            .iter()
            .filter(|c| c["mine"] == true)
            .map(|c| c["name"].as_str().unwrap())
            .collect();
        assert!(names.contains(&"Projects"), "{names:?}");
    }
}

#[tokio::test]
async fn a_window_is_paged_without_gap_and_bounded() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        make(&anna, with(meeting(), json!({"title": "daily", "recurrence": ["RRULE:FREQ=DAILY;COUNT=9"]}))).await;
        let all = anna.get(&format!("/calendar/events?{WINDOW}")).await.expect(200).json["items"].clone();
        let all: Vec<Value> = all.as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
        assert!(all.len() >= 9);
        let mut paged = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = anna.get(&format!("/calendar/events?{WINDOW}&limit=2&cursor={cursor}")).await.expect(200).json;
            paged.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(paged, all);
        for bad in
            ["from=2026-01-01&to=2028-01-01", "from=2026-02-01&to=2026-01-01", "from=soon", "limit=0", "cursor=x"]
        {
            anna.get(&format!("/calendar/events?{bad}")).await.expect(422);
        }
        anna.get("/calendar/events").await.expect(200);
        portal.anonymous().get("/calendar/events").await.expect(401);
    }
}

/// Creating waits a little for Google to make the room; a Google that is slow or not worked with delays nobody for longer.
#[tokio::test]
async fn a_meeting_with_meet_waits_for_its_link_but_not_for_long() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        // Nobody works on the queue: the answer comes all the same, within five seconds of the clock.
        let before = portal.app.now();
        let waiting = make(&anna, meeting()).await;
        assert_eq!(
            (&waiting["sync"], &waiting["conference"]["state"]),
            (&json!("pending"), &json!("wanted")),
            "Meet is the default"
        );
        assert!(portal.app.now() >= before.plus_seconds(5) && portal.app.now() <= before.plus_seconds(6));
        portal.work().await;
        portal.advance(2);
        portal.work().await;
        let path = format!("/calendar/events/{}", waiting["id"].as_str().unwrap());
        let seen = anna.get(&path).await.expect(200).json;
        assert!(
            seen["hangout_link"].as_str().is_some_and(|link| link.starts_with("https://meet.google.com/")),
            "{seen}"
        );
        assert_eq!((&seen["conference"]["state"], &seen["sync"]), (&json!("ready"), &json!("in_step")));

        // Whole days are no exception; whoever says no asks for none, and does not wait.
        let days = json!({"title": "d", "start_date": "2026-12-10"});
        assert_eq!(make(&anna, days.clone()).await["conference"]["state"], "wanted");
        let before = portal.app.now();
        for body in [days, meeting()] {
            let made = make(&anna, with(body, json!({"use_google_meet": false}))).await;
            assert!(made.get("conference").is_none());
        }
        assert_eq!(portal.app.now(), before);
    }
}
