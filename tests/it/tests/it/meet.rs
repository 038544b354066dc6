//! Online meetings: the answer to a create carries the link when Google is quick, and says "pending" when it is not.

use std::{sync::Arc, time::Duration};

use axum::body::Body;
use http::{Request, header};
use http_body_util::BodyExt;
use jiff::Timestamp;
use portico_app::{App, Worker};
use portico_world::{Clock, Sleep, VirtualClock};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tower::ServiceExt;

use crate::{
    conflicts::GoogleCalendar,
    portal::{ANNA, DAVID, Portal, User},
};

/// A clock on which nobody gets on with waiting before the worker has come to rest. A rest from before somebody began to
/// wait counts for nothing: the worker may not have seen yet what is waited for.
struct TurnByTurn {
    clock: Arc<VirtualClock>,
    turns: Arc<Notify>,
}

impl Clock for TurnByTurn {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let (clock, turns) = (self.clock.clone(), self.turns.clone());
        Box::pin(async move {
            turns.notified().await;
            clock.sleep(duration).await;
        })
    }
}

/// Makes a meeting while a worker is at work beside; the answer.
async fn make(app: &Arc<App>, turns: &Notify, cookie: &str, title: &str) -> Value {
    let body = json!({
        "title": title, "start_time": "2026-12-08T10:00:00+01:00", "end_time": "2026-12-08T11:00:00+01:00",
    });
    let request = Request::post("/api/v1/calendar/events")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let answer = portico_api::router(app.clone()).oneshot(request);
    tokio::pin!(answer);
    let worker = Worker::new(app.clone(), 4);
    let response = loop {
        let rest = async {
            while worker.run_once().await.unwrap() > 0 {}
            turns.notify_waiters();
            tokio::task::yield_now().await;
        };
        tokio::select! {
            response = &mut answer => break response.unwrap(),
            () = rest => {}
        }
    };
    assert_eq!(response.status().as_u16(), 201);
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test]
async fn the_answer_carries_the_link_or_says_that_it_follows() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let turns = Arc::new(Notify::new());
        let app = portal.by_clock(Arc::new(TurnByTurn { clock: portal.clock.clone(), turns: turns.clone() })).await;
        let cookie = anna.cookie.clone().unwrap();
        let quick = make(&app, &turns, &cookie, "quick").await;
        let link = quick["hangout_link"].as_str().unwrap_or_else(|| panic!("no link in {quick}"));
        assert!(link.starts_with("https://meet.google.com/"), "{link}");
        assert_eq!((&quick["conference"]["state"], &quick["sync"]), (&json!("ready"), &json!("in_step")));

        // Google takes a minute to make the room.
        portal.google("PUT", "quota", json!({"calendar_meet_delay_ms": 60_000})).await;
        let slow = make(&app, &turns, &cookie, "slow").await;
        assert_eq!((slow.get("hangout_link"), &slow["sync"]), (None, &json!("pending")), "{slow}");
        assert_ne!(slow["conference"]["state"], "ready");
        let path = format!("/calendar/events/{}", slow["id"].as_str().unwrap());
        for _ in 0..10 {
            portal.advance(60);
            portal.work().await;
        }
        let later = anna.get(&path).await.expect(200).json;
        assert!(later["hangout_link"].is_string(), "{later}");
        assert_eq!(later["sync"], "in_step");
        // The way to Google's own page comes with an event that is asked for by itself.
        let page = later["google_url"].as_str().unwrap();
        assert!(page.starts_with("https://www.google.com/calendar/event"), "{page}");
    }
}

/// A room that Google could not make is said so on the event, and switching Meet on again asks for another one.
#[tokio::test]
async fn a_room_that_fails_is_shown_and_can_be_asked_for_again() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let turns = Arc::new(Notify::new());
        let app = portal.by_clock(Arc::new(TurnByTurn { clock: portal.clock.clone(), turns: turns.clone() })).await;
        let cookie = anna.cookie.clone().unwrap();
        portal.google("PUT", "quota", json!({"calendar_meet_failures": 2})).await;
        let failed = make(&app, &turns, &cookie, "at once").await;
        assert_eq!(
            (&failed["conference"], failed.get("hangout_link")),
            (&json!({"state": "failed"}), None),
            "{failed}"
        );
        assert_eq!(failed["sync"], "in_step", "the event itself is at Google");

        // Nobody waits for an answer: the failure is found later.
        portal.google("PUT", "quota", json!({"calendar_meet_delay_ms": 60_000})).await;
        let slow = make(&app, &turns, &cookie, "later").await;
        assert_ne!(slow["conference"]["state"], "failed");
        let path = format!("/calendar/events/{}", slow["id"].as_str().unwrap());
        for _ in 0..10 {
            portal.advance(60);
            portal.work().await;
        }
        let seen = anna.get(&path).await.expect(200).json;
        assert_eq!((&seen["conference"], &seen["sync"]), (&json!({"state": "failed"}), &json!("in_step")));
        // It is not asked for again by itself.
        let since = portal.last_request().await;
        for _ in 0..3 {
            portal.advance(901);
            portal.work().await;
        }
        assert_eq!(portal.calls(since, "calendar.events.patch").await, Vec::<Value>::new());
        assert_eq!(portal.calls(since, "calendar.events.get").await, Vec::<Value>::new());

        portal.google("PUT", "quota", json!({"calendar_meet_delay_ms": 0})).await;
        anna.patch(&path, json!({"use_google_meet": true})).await.expect(200);
        for _ in 0..3 {
            portal.work().await;
            portal.advance(5);
        }
        let seen = anna.get(&path).await.expect(200).json;
        assert_eq!((&seen["conference"]["state"], &seen["sync"]), (&json!("ready"), &json!("in_step")), "{seen}");
        let asked = portal.calls(since, "calendar.events.patch").await;
        assert_eq!(asked.len(), 1, "{asked:?}");
    }
}

/// A room stays through changes of the event, and is removed on both sides wherever it is removed.
#[tokio::test]
async fn a_room_stays_through_changes_and_goes_from_both_sides() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        for ours in [true, false] {
            let google = GoogleCalendar::of(&portal, ANNA).await;
            let body = json!({
                "title": "room", "start_time": "2026-12-08T10:00:00+01:00", "end_time": "2026-12-08T11:00:00+01:00",
            });
            let made = anna.post("/calendar/events", body).await.expect(201).json;
            let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
            for _ in 0..3 {
                portal.work().await;
                portal.advance(5);
            }
            let room = anna.get(&path).await.expect(200).json["hangout_link"].clone();
            assert!(room.is_string());
            let there = google.titled("room").await["id"].as_str().unwrap().to_owned();
            anna.patch(&path, json!({"title": "room 2", "start_time": "2026-12-09T10:00:00+01:00"})).await.expect(200);
            portal.work().await;
            google.call("PATCH", &format!("events/{there}"), json!({"location": "Labe"})).await;
            portal.advance(901);
            portal.work().await;
            let remote = google.call("GET", &format!("events/{there}"), Value::Null).await;
            let seen = anna.get(&path).await.expect(200).json;
            assert_eq!((&seen["hangout_link"], &remote["hangoutLink"]), (&room, &room));
            assert_eq!((&seen["location"], &remote["summary"]), (&json!("Labe"), &json!("room 2")));

            if ours {
                anna.patch(&path, json!({"use_google_meet": false})).await.expect(200);
            } else {
                let none = json!({"conferenceData": null});
                google.call("PATCH", &format!("events/{there}?conferenceDataVersion=1"), none).await;
            }
            portal.work().await;
            portal.advance(901);
            portal.work().await;
            let remote = google.call("GET", &format!("events/{there}"), Value::Null).await;
            let seen = anna.get(&path).await.expect(200).json;
            assert_eq!((seen.get("hangout_link"), seen.get("conference")), (None, None), "{ours}: {seen}");
            assert_eq!((remote.get("hangoutLink"), remote.get("conferenceData")), (None, None), "{ours}: {remote}");
            assert_eq!(seen["sync"], "in_step");
            anna.delete(&path).await.expect(200);
            portal.work().await;
        }
    }
}

/// An administrator has switched Meet off at Google: the meeting goes out all the same, once and without a room.
#[tokio::test]
async fn where_meet_is_not_allowed_the_meeting_goes_out_without_it() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let main = async |user: &User<'_>| {
            let calendars = user.get("/calendar/calendars").await.expect(200).json["items"].clone();
            calendars.as_array().unwrap().iter().find(|calendar| calendar["is_main"] == true).unwrap().clone()
        };
        assert_eq!(main(&anna).await["has_meet"], true);
        let google = GoogleCalendar::of(&portal, ANNA).await;
        portal.google("PUT", "quota", json!({"calendar_meet_allowed": 0})).await;
        let event = |title: &str, meet: Option<bool>| {
            let mut event = json!({
                "title": title, "attendees": [DAVID],
                "start_time": "2026-12-08T10:00:00+01:00", "end_time": "2026-12-08T11:00:00+01:00",
            });
            if let Some(meet) = meet {
                event["use_google_meet"] = json!(meet);
            }
            event
        };
        portal.google("DELETE", "mail", Value::Null).await;
        let since = portal.last_request().await;
        let made = anna.post("/calendar/events", event("without a room", Some(true))).await.expect(201).json;
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        portal.work().await;
        let failed = async || {
            let seen = anna.get(&path).await.expect(200).json;
            assert_eq!(
                (&seen["conference"], &seen["sync"]),
                (&json!({"state": "failed"}), &json!("in_step")),
                "{seen}"
            );
        };
        failed().await;
        let there = google.titled("without a room").await;
        assert!(there["conferenceData"].is_null(), "{there}");
        let tries: Vec<u64> = portal
            .calls(since, "calendar.events.insert")
            .await
            .iter()
            .map(|call| call["status"].as_u64().unwrap())
            .collect();
        assert_eq!(tries, [400, 200]);
        let mails = portal.google("GET", "mail", Value::Null).await["items"].as_array().unwrap().len();
        assert_eq!(mails, 1, "David is invited once");
        // It is not asked for again by itself, and other edits go out as ever.
        let since = portal.last_request().await;
        portal.later().await;
        anna.patch(&path, json!({"location": "Praha"})).await.expect(200);
        portal.work().await;
        assert_eq!(google.titled("without a room").await["location"], "Praha");
        failed().await;
        let patches = portal.calls(since, "calendar.events.patch").await;
        assert_eq!(patches.iter().map(|call| call["status"].clone()).collect::<Vec<_>>(), [json!(200)]);

        // The next look at the account's calendars learns it: new meetings ask for no room.
        portal.advance(6 * 3600 + 1);
        portal.work().await;
        let anna = portal.user(ANNA).await;
        assert_eq!(main(&anna).await["has_meet"], false);
        let plain = anna.post("/calendar/events", event("plain", None)).await.expect(201).json;
        assert!(plain["conference"].is_null(), "{plain}");

        // It is allowed again, and asking again makes the room.
        portal.google("PUT", "quota", json!({"calendar_meet_allowed": 1})).await;
        anna.patch(&path, json!({"use_google_meet": true})).await.expect(200);
        for _ in 0..3 {
            portal.work().await;
            portal.advance(5);
        }
        let seen = anna.get(&path).await.expect(200).json;
        assert_eq!((&seen["conference"]["state"], &seen["sync"]), (&json!("ready"), &json!("in_step")), "{seen}");
    }
}
