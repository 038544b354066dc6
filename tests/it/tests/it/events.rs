//! Events through the door: bad input named, guests who are colleagues, answers, deletions taken back, privacy.

use axum::body::Body;
use http::{Method, Request, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    conflicts::GoogleCalendar,
    portal::{ADMINISTRATOR, ANNA, DAVID, OTHER_TENANT, Portal, User, WITHOUT_GOOGLE},
};

const WINDOW: &str = "from=2026-12-07T00:00:00Z&to=2026-12-21T00:00:00Z";

/// An hour in the sample week, with what a test adds.
pub fn event(title: &str, more: Value) -> Value {
    let mut body = json!({
        "title": title, "use_google_meet": false, "time_zone": "Europe/Prague",
        "start_time": "2026-12-08T10:00:00+01:00", "end_time": "2026-12-08T11:00:00+01:00",
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

fn meeting() -> Value {
    json!({
        "title": "Rozpočet 🐴",
        "start_time": "2026-12-08T10:00:00+01:00",
        "end_time": "2026-12-08T11:00:00+01:00",
    })
}

fn with(mut body: Value, more: Value) -> Value {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

pub async fn titles(user: &User<'_>) -> Vec<String> {
    let items = user.get(&format!("/calendar/events?{WINDOW}")).await.expect(200).json["items"].clone();
    items.as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

async fn make(user: &User<'_>, body: Value) -> Value {
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
async fn colleagues_who_are_invited_see_it_and_answer_and_lose_it_again() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        let made = make(&anna, with(meeting(), json!({"attendees": [DAVID, "x@elsewhere.example"]}))).await;
        let of_david = david.get(&format!("/calendar/events?{WINDOW}")).await.expect(200).json["items"].clone();
        let invited = of_david.as_array().unwrap().iter().find(|item| item["title"] == "Rozpočet 🐴").unwrap().clone();
        assert_ne!(invited["id"], made["id"]);
        assert_eq!(invited["can"], json!({"edit": false, "delete": true, "answer": true, "move": false}));
        let own = invited["attendees"].as_array().unwrap().iter().find(|a| a["self"] == true).unwrap();
        assert_eq!((&own["email"], own["employee_id"].is_string()), (&json!(DAVID), true));
        let id = invited["id"].as_str().unwrap();

        let refused = david.patch(&format!("/calendar/events/{id}"), json!({"title": "Mine"})).await.expect(409);
        assert_eq!(refused.json["reason"], "only_organizer");
        david.patch(&format!("/calendar/events/{id}"), json!({"color": "3"})).await.expect(200);
        let answered = david
            .post(&format!("/calendar/events/{id}/answer"), json!({"answer": "accepted", "comment": "yes"}))
            .await
            .expect(200);
        let own_id = made["id"].as_str().unwrap();
        let organizers = anna.get(&format!("/calendar/events/{own_id}")).await.expect(200).json;
        for seen in [&answered.json, &organizers] {
            let line = seen["attendees"].as_array().unwrap().iter().find(|a| a["email"] == DAVID).unwrap();
            assert_eq!((&line["answer"], &line["comment"]), (&json!("accepted"), &json!("yes")));
        }
        assert!(organizers.get("color").is_none(), "a colour is everybody's own");

        anna.patch(&format!("/calendar/events/{own_id}"), json!({"attendees": ["x@elsewhere.example"]}))
            .await
            .expect(200);
        david.get(&format!("/calendar/events/{id}")).await.expect(404);
        anna.patch(&format!("/calendar/events/{own_id}"), json!({"attendees": [DAVID]})).await.expect(200);
        david.get(&format!("/calendar/events/{id}")).await.expect(200);

        // The organizer's deletion takes it out of both calendars; taken back, it is in both again.
        let deleted = anna.delete(&format!("/calendar/events/{own_id}")).await.expect(200).json;
        david.get(&format!("/calendar/events/{id}")).await.expect(404);
        anna.get(&format!("/calendar/events/{own_id}")).await.expect(404);
        anna.post(&format!("/calendar/events/{}/undo", deleted["id"].as_str().unwrap()), Value::Null).await.expect(200);
        david.get(&format!("/calendar/events/{id}")).await.expect(200);

        // A guest's deletion is a "no", and leaves the organizer's alone.
        david.delete(&format!("/calendar/events/{id}")).await.expect(200);
        let organizers = anna.get(&format!("/calendar/events/{own_id}")).await.expect(200).json;
        let line = organizers["attendees"].as_array().unwrap().iter().find(|a| a["email"] == DAVID).unwrap();
        assert_eq!(line["answer"], "declined");
    }
}

/// The organizer is connected and the colleague is not: Google takes nobody's answer from somebody else, and keeps asking.
#[tokio::test]
async fn an_answer_given_here_stands_when_google_hears_of_it_from_the_organizer_alone() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        anna.connect(ANNA).await;
        portal.work().await;
        let made = make(&anna, with(meeting(), json!({"attendees": [DAVID]}))).await;
        portal.work().await;
        let of_david = david.get(&format!("/calendar/events?{WINDOW}")).await.expect(200).json["items"].clone();
        let invited = of_david.as_array().unwrap().iter().find(|item| item["title"] == made["title"]).unwrap().clone();
        let path = format!("/calendar/events/{}", invited["id"].as_str().unwrap());
        let organizers = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        let mut title = made["title"].as_str().unwrap().to_owned();
        for said in ["accepted", "declined"] {
            let david = portal.user(DAVID).await;
            david.post(&format!("{path}/answer"), json!({"answer": said})).await.expect(200);
            portal.work().await;
            // Another change at Google brings the guest list again, without the answer.
            let google = GoogleCalendar::of(&portal, ANNA).await;
            let id = google.titled(&title).await["id"].as_str().unwrap().to_owned();
            title = format!("Rozpočet, {said}");
            google.call("PATCH", &format!("events/{id}"), json!({"summary": title})).await;
            portal.work().await;
            portal.advance(16 * 60);
            portal.work().await;
            let seen_by_anna = portal.user(ANNA).await.get(&organizers).await.expect(200).json;
            let seen_by_david = portal.user(DAVID).await.get(&path).await.expect(200).json;
            for seen in [&seen_by_anna, &seen_by_david] {
                let line = seen["attendees"].as_array().unwrap().iter().find(|a| a["email"] == DAVID).unwrap();
                assert_eq!((&line["answer"], &seen["title"]), (&json!(said), &json!(title)));
            }
            assert_eq!(seen_by_anna["sync"], "in_step");
        }
    }
}

#[tokio::test]
async fn a_deletion_can_be_taken_back_for_thirty_days() {
    for portal in Portal::each().await {
        for (days, status) in [(29, 200), (31, 409)] {
            let anna = portal.user(ANNA).await;
            let made = make(&anna, meeting()).await;
            let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
            anna.delete(&path).await.expect(200);
            anna.delete(&path).await.expect(404);
            portal.advance(days * 86_400);
            let anna = portal.user(ANNA).await;
            anna.post(&format!("{path}/undo"), Value::Null).await.expect(status);
        }
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

async fn deleted(user: &User<'_>) -> Vec<Value> {
    user.get("/calendar/deleted").await.expect(200).json["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn what_is_taken_back_tells_the_guests_only_if_the_deletion_did() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        for notify in [true, false] {
            let guests = json!({"attendees": ["x@elsewhere.example"], "use_google_meet": false});
            let made = make(&anna, with(meeting(), guests)).await;
            portal.work().await;
            let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
            let gone = anna.delete(&format!("{path}?notify={notify}")).await.expect(200).json;
            portal.work().await;
            portal.google("DELETE", "mail", Value::Null).await;
            let listed = deleted(&anna).await;
            assert_eq!(listed.len(), 1, "{listed:?}");
            assert_eq!(
                (&listed[0]["event"]["id"], &listed[0]["undo_until"], &listed[0]["tells_guests"]),
                (&gone["id"], &gone["undo_until"], &json!(notify))
            );
            anna.post(&format!("{path}/undo"), Value::Null).await.expect(200);
            portal.work().await;
            let mails = portal.google("GET", "mail", Value::Null).await["items"].as_array().unwrap().len();
            assert_eq!(mails, usize::from(notify), "notify={notify}");
            assert_eq!(deleted(&anna).await, Vec::<Value>::new());
            anna.delete(&format!("{path}?notify=false")).await.expect(200);
            anna.post(&format!("{path}/undo"), Value::Null).await.expect(200);
        }
    }
}

#[tokio::test]
async fn what_was_deleted_is_listed_to_those_who_may_take_it_back() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let weekly = make(&anna, with(meeting(), json!({"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=3"]}))).await;
        let occurrence = format!("{}_20261215T090000Z", weekly["id"].as_str().unwrap());
        let single = make(&anna, with(meeting(), json!({"title": "Once", "attendees": [DAVID]}))).await;
        for id in [&occurrence, single["id"].as_str().unwrap()] {
            portal.advance(60);
            anna.delete(&format!("/calendar/events/{id}")).await.expect(200);
        }
        let ids = |items: &[Value]| -> Vec<Value> { items.iter().map(|item| item["event"]["id"].clone()).collect() };
        assert_eq!(ids(&deleted(&anna).await), [single["id"].clone(), json!(occurrence)], "the latest first");
        assert_eq!(deleted(&portal.user(DAVID).await).await, Vec::<Value>::new(), "a guest deleted nothing");
        let first = anna.get("/calendar/deleted?limit=1").await.expect(200).json;
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = anna.get(&format!("/calendar/deleted?limit=1&cursor={cursor}")).await.expect(200).json;
        assert_eq!(ids(second["items"].as_array().unwrap()), [json!(occurrence)]);
        anna.get("/calendar/deleted?cursor=x").await.expect(422);
        // An event that is moved to another calendar is deleted nowhere.
        let other = anna.post("/calendar/calendars", json!({"name": "Other"})).await.expect(201).json;
        anna.post(&format!("/calendar/events/{occurrence}/undo"), Value::Null).await.expect(200);
        let all = format!("/calendar/events/{}", weekly["id"].as_str().unwrap());
        anna.patch(&all, json!({"calendar_id": other["id"]})).await.expect(200);
        assert_eq!(ids(&deleted(&anna).await), [single["id"].clone()]);
        portal.advance(31 * 86_400);
        assert_eq!(deleted(&portal.user(ANNA).await).await, Vec::<Value>::new());
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
async fn colleagues_see_busy_and_nothing_more_unless_it_is_shared() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        let open = make(&anna, meeting()).await;
        let hidden = make(&anna, with(meeting(), json!({"title": "Doktor", "visibility": "private"}))).await;
        make(&anna, with(meeting(), json!({"title": "Volno", "transparency": "transparent"}))).await;
        let calendar = open["calendar_id"].as_str().unwrap();
        let window = format!("/calendar/events?{WINDOW}&calendar={calendar}");
        let seen = david.get(&window).await.expect(200).json["items"].clone();
        for item in seen.as_array().unwrap() {
            assert_eq!(
                (&item["title"], &item["busy_only"], &item["attendees"]),
                (&json!(""), &json!(true), &json!([]))
            );
        }
        assert!(!seen.to_string().contains("Volno") && !seen.to_string().contains("Rozpo"));
        david.get(&format!("/calendar/events/{}", open["id"].as_str().unwrap())).await.expect(404);

        anna.patch(&format!("/calendar/calendars/{calendar}"), json!({"sharing": "details"})).await.expect(200);
        let seen = david.get(&window).await.expect(200).json["items"].clone().to_string();
        assert!(seen.contains("Rozpo") && !seen.contains("Doktor"), "{seen}");
        let private = david.get(&format!("/calendar/events/{}", hidden["id"].as_str().unwrap())).await.expect(200).json;
        assert_eq!((&private["title"], &private["busy_only"]), (&json!(""), &json!(true)));
        let refused =
            david.patch(&format!("/calendar/events/{}", open["id"].as_str().unwrap()), json!({"title": "x"})).await;
        refused.expect(409);
        david.patch(&format!("/calendar/calendars/{calendar}"), json!({"name": "x"})).await.expect(409);
    }
}

#[tokio::test]
async fn an_invitation_is_as_private_as_its_organizer_made_it() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        let lucie = portal.user(WITHOUT_GOOGLE).await;
        let private = json!({"title": "Platy", "visibility": "private", "attendees": [WITHOUT_GOOGLE]});
        let made = make(&anna, with(meeting(), private)).await;
        let own = lucie.get(&format!("/calendar/events?{WINDOW}")).await.expect(200).json["items"].clone();
        let invited = own.as_array().unwrap().iter().find(|item| item["title"] == "Platy").unwrap().clone();
        let calendar = invited["calendar_id"].as_str().unwrap();
        lucie.patch(&format!("/calendar/calendars/{calendar}"), json!({"sharing": "details"})).await.expect(200);
        let window = format!("/calendar/events?{WINDOW}&calendar={calendar}");
        let seen = david.get(&window).await.expect(200).json["items"].clone().to_string();
        assert!(!seen.contains("Platy"), "{seen}");

        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        anna.patch(&path, json!({"visibility": "default"})).await.expect(200);
        let seen = david.get(&window).await.expect(200).json["items"].clone().to_string();
        assert!(seen.contains("Platy"), "{seen}");
    }
}

#[tokio::test]
async fn the_companys_calendars_are_everybodys_to_read_and_nobodys_to_write() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let list = anna.get("/calendar/calendars").await.expect(200).json["items"].clone();
        let of_kind =
            |kind: &str| list.as_array().unwrap().iter().find(|calendar| calendar["kind"] == kind).unwrap().clone();
        let (team, holidays) = (of_kind("team"), of_kind("holidays"));
        for calendar in [&team, &holidays] {
            assert_eq!(
                (&calendar["mine"], &calendar["access"], &calendar["writable"]),
                (&json!(false), &json!("reader"), &json!(false))
            );
            let there = with(meeting(), json!({"calendar_id": calendar["id"]}));
            assert_eq!(anna.post("/calendar/events", there).await.expect(422).json["errors"][0]["code"], "read_only");
        }
        let christmas = format!(
            "/calendar/events?from=2027-12-23T00:00:00Z&to=2027-12-27T12:00:00Z&calendar={}",
            holidays["id"].as_str().unwrap()
        );
        let days = anna.get(&christmas).await.expect(200).json["items"].clone();
        let days: Vec<_> = days
            .as_array()
            .unwrap()
            .iter()
            .map(|day| (day["start_date"].as_str().unwrap(), day["transparency"].as_str().unwrap()))
            .collect();
        assert_eq!(days, [("2027-12-24", "transparent"), ("2027-12-25", "transparent"), ("2027-12-26", "transparent")]);
        // One's own calendar is what a window means where none is named.
        assert!(!titles(&anna).await.iter().any(|title| title == "Ukázka sprintu"));
    }
}

#[tokio::test]
async fn another_tenants_ids_are_not_there() {
    for portal in Portal::each().await {
        let (anna, stranger) = (portal.user(ANNA).await, portal.user(OTHER_TENANT).await);
        let made = make(&anna, meeting()).await;
        let (id, calendar) = (made["id"].as_str().unwrap(), made["calendar_id"].as_str().unwrap());
        let path = format!("/calendar/events/{id}");
        stranger.get(&path).await.expect(404);
        stranger.patch(&path, json!({"title": "x"})).await.expect(404);
        stranger.delete(&path).await.expect(404);
        stranger.post(&format!("{path}/undo"), Value::Null).await.expect(404);
        stranger.post(&format!("{path}/answer"), json!({"answer": "accepted"})).await.expect(404);
        stranger.get(&format!("/calendar/events?calendar={calendar}")).await.expect(404);
        stranger.patch(&format!("/calendar/calendars/{calendar}"), json!({"name": "x"})).await.expect(404);
        let there = with(meeting(), json!({"calendar_id": calendar}));
        assert_eq!(
            stranger.post("/calendar/events", there).await.expect(422).json["errors"][0]["field"],
            "calendar_id"
        );
        assert_eq!(anna.get(&path).await.expect(200).json["title"], "Rozpočet 🐴");
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

#[tokio::test]
async fn a_slot_is_found_when_all_are_free() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        make(
            &anna,
            json!({"title": "a", "start_time": "2026-12-10T09:00:00+01:00", "end_time": "2026-12-10T12:00:00+01:00"}),
        )
        .await;
        make(&david, json!({"title": "b", "start_time": "2026-12-10T12:30:00+01:00", "end_time": "2026-12-10T17:00:00+01:00", "visibility": "private"})).await;
        let body =
            json!({"emails": [ANNA, DAVID], "from": "2026-12-10T00:00:00+01:00", "to": "2026-12-11T00:00:00+01:00"});
        let busy = anna.post("/calendar/free-busy", body.clone()).await.expect(200);
        assert_eq!(
            busy.json["items"][1]["busy"],
            json!([{"start": "2026-12-10T11:30:00Z", "end": "2026-12-10T16:00:00Z"}])
        );
        assert!(!busy.text.contains("title"));
        let found = anna.post("/calendar/find-time", with(body, json!({"minutes": 30}))).await.expect(200).json;
        let starts: Vec<&str> =
            found["slots"].as_array().unwrap().iter().map(|slot| slot["start_time"].as_str().unwrap()).collect();
        assert_eq!(starts, ["2026-12-10T12:00:00+01:00", "2026-12-10T17:00:00+01:00", "2026-12-10T17:30:00+01:00"]);
        let bad = json!({"emails": ["nobody"], "from": "2026-12-10", "to": "2026-12-09"});
        anna.post("/calendar/free-busy", bad).await.expect(422);
    }
}

#[tokio::test]
async fn changes_reach_those_who_may_know_of_them() {
    for portal in Portal::each().await {
        let (anna, david, lucie) =
            (portal.user(ANNA).await, portal.user(DAVID).await, portal.user(WITHOUT_GOOGLE).await);
        let mut cursor = "0".to_owned();
        loop {
            let page = anna.get(&format!("/changes?cursor={cursor}&limit=500")).await.expect(200).json;
            cursor = page["next_cursor"].as_str().unwrap().to_owned();
            if page["more"] == false {
                break;
            }
        }
        let made = make(&anna, with(meeting(), json!({"attendees": [DAVID]}))).await;
        for (user, expect) in [(&anna, vec![("meeting.created", made["id"].as_str().unwrap())]), (&lucie, vec![])] {
            let page = user.get(&format!("/changes?cursor={cursor}")).await.expect(200).json;
            let created: Vec<(&str, &str)> = page["items"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|item| item["action"] == "meeting.created")
                .map(|item| (item["action"].as_str().unwrap(), item["event_id"].as_str().unwrap()))
                .collect();
            assert_eq!(created, expect);
        }
        let told = david.get(&format!("/changes?cursor={cursor}")).await.expect(200).json;
        let actions: Vec<&str> =
            told["items"].as_array().unwrap().iter().map(|item| item["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["meeting.invited"]);
        assert!(!told.to_string().contains("Rozpo"), "a change says that, not what");
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

/// The live stream tells of what the reader may see, from where the reader left off.
#[tokio::test]
async fn the_live_stream_goes_on_after_the_last_number() {
    for portal in Portal::each().await {
        let (anna, lucie) = (portal.user(ANNA).await, portal.user(WITHOUT_GOOGLE).await);
        portal.anonymous().get("/events").await.expect(401);
        let open = async |user: &User<'_>, last: Option<&str>| {
            let mut request =
                Request::builder().uri("/api/v1/events").header(header::COOKIE, user.cookie.as_ref().unwrap());
            if let Some(last) = last {
                request = request.header("last-event-id", last);
            }
            let router = portico_api::router(portal.app.clone());
            let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
            response.into_body()
        };
        let mut stream = open(&anna, None).await;
        let mut of_lucie = open(&lucie, None).await;
        for title in ["one", "two"] {
            make(&anna, with(meeting(), json!({"title": title}))).await;
        }
        make(&lucie, meeting()).await;
        let next = async |stream: &mut Body| {
            let frame = stream.frame().await.unwrap().unwrap().into_data().unwrap();
            let text = String::from_utf8(frame.to_vec()).unwrap();
            let field = |name: &str| {
                let line = text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
                line.unwrap_or_else(|| panic!("no {name} in {text}")).to_owned()
            };
            assert_eq!(field("event:"), "change");
            (field("id:"), serde_json::from_str::<Value>(&field("data:")).unwrap())
        };
        let (first, told) = next(&mut stream).await;
        assert_eq!((&told["action"], told["seq"].to_string()), (&json!("meeting.created"), first.clone()));
        let (second, _) = next(&mut stream).await;
        drop(stream);
        let mut resumed = open(&anna, Some(&first)).await;
        assert_eq!(next(&mut resumed).await.0, second);
        // The first that Lucie is told of is her own.
        let (_, own) = next(&mut of_lucie).await;
        let path = format!("/calendar/events/{}", own["event_id"].as_str().unwrap());
        lucie.get(&path).await.expect(200);
        let mut ahead = open(&anna, Some("999999")).await;
        make(&anna, meeting()).await;
        assert_eq!(next(&mut ahead).await.1["action"], "meeting.created");
        assert_eq!(next(&mut resumed).await.1["action"], "meeting.created");
        // A process that ends is not kept by those who follow it.
        let waits = resumed.frame();
        portal.app.live.stop();
        assert!(waits.await.is_none(), "the stream ends");
        assert!(open(&anna, None).await.frame().await.is_none(), "one that comes too late as well");
    }
}

/// The organizer is told which colleagues among the guests are not connected; nobody else is, and of nobody outside.
#[tokio::test]
async fn the_organizer_is_told_which_colleagues_are_not_connected() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        david.connect(DAVID).await;
        let guests = json!({"attendees": [ANNA, DAVID, WITHOUT_GOOGLE, "x@elsewhere.example"]});
        let daily = json!({"recurrence": ["RRULE:FREQ=DAILY;COUNT=2"]});
        let made = make(&anna, event("told", with(guests, daily))).await;
        let connected = |item: &Value| {
            let lines = item["attendees"].as_array().unwrap().clone();
            let of = |email: &str| {
                let line = lines.iter().find(|line| line["email"] == email).unwrap();
                line.get("google_calendar_connected").cloned()
            };
            [ANNA, DAVID, WITHOUT_GOOGLE, "x@elsewhere.example"].map(of)
        };
        let told = [None, Some(json!(true)), Some(json!(false)), None];
        let nothing = [None, None, None, None];
        let listed = async |user: &User<'_>| {
            let items = user.get(&format!("/calendar/events?{WINDOW}")).await.expect(200).json["items"].clone();
            items.as_array().unwrap().iter().find(|item| item["title"] == "told").unwrap().clone()
        };
        assert_eq!(connected(&made), told);
        assert_eq!(connected(&listed(&anna).await), told);
        let of_david = listed(&david).await;
        assert_eq!(connected(&of_david), nothing);
        let path = format!("/calendar/events/{}", of_david["id"].as_str().unwrap());
        assert_eq!(connected(&david.get(&path).await.expect(200).json), nothing);
        // A connection that ends counts no more.
        let id = david.get("/google/connections").await.expect(200).json["items"][0]["id"].clone();
        david.delete(&format!("/google/connections/{}", id.as_str().unwrap())).await.expect(204);
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        let told = [None, Some(json!(false)), Some(json!(false)), None];
        assert_eq!(connected(&anna.get(&path).await.expect(200).json), told);
    }
}
