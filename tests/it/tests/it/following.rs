//! "This and following" by guests, and of what is a calendar's own.

use serde_json::{Value, json};

use crate::{
    conflicts::GoogleCalendar,
    portal::{ANNA, DAVID, Portal, User, WITHOUT_GOOGLE},
};

const THIRD: &str = "20261222T090000Z";

/// Tuesdays at ten from 8 December on, five times; with what a test adds.
fn weekly(more: Value) -> Value {
    let mut body = json!({
        "title": "weekly", "start_time": "2026-12-08T10:00:00", "end_time": "2026-12-08T11:00:00",
        "time_zone": "Europe/Prague", "recurrence": ["RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=5"], "use_google_meet": false,
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// The occurrences that a person sees.
async fn shown(user: &User<'_>) -> Vec<Value> {
    let items = user.get("/calendar/events?from=2026-12-01&to=2027-03-01").await.expect(200).json["items"].clone();
    let mut items = items.as_array().unwrap().clone();
    items.retain(|item| item["title"].as_str().unwrap().starts_with("weekly"));
    items
}

/// One member of each.
fn each(items: &[Value], member: &str) -> Value {
    items.iter().map(|item| item[member].clone()).collect()
}

async fn following(user: &User<'_>, body: Value) -> crate::portal::Reply {
    let series = shown(user).await[0]["series_id"].as_str().unwrap().to_owned();
    user.patch(&format!("/calendar/events/{series}_{THIRD}?scope=following"), body).await
}

#[tokio::test]
async fn a_guest_who_may_modify_cuts_the_organizers_series_and_it_stays_the_organizers() {
    for portal in Portal::each().await {
        let (anna, david, lucie) =
            (portal.user(ANNA).await, portal.user(DAVID).await, portal.user(WITHOUT_GOOGLE).await);
        let connected = async |user: &User<'_>, email: &str| {
            user.connect(email).await;
            portal.work().await;
        };
        // Nobody is connected, the organizer is, both are.
        for turn in 0..3 {
            match turn {
                1 => connected(&anna, ANNA).await,
                2 => connected(&david, DAVID).await,
                _ => {}
            }
            let body = weekly(json!({"attendees": [DAVID, WITHOUT_GOOGLE], "guests_can_modify": true}));
            let made = anna.post("/calendar/events", body).await.expect(201).json;
            portal.work().await;
            portal.later().await;
            david
                .patch(
                    &format!("/calendar/events/{}?scope=all", shown(&david).await[0]["series_id"].as_str().unwrap()),
                    json!({"color": "7"}),
                )
                .await
                .expect(200);
            portal.work().await;
            let new = following(&david, json!({"title": "weekly, by David"})).await.expect(200).json;
            assert_eq!(
                (&new["title"], &new["organizer"]["email"], &new["color"], &new["can"]["edit"]),
                (&json!("weekly, by David"), &json!(ANNA), &json!("7"), &json!(true)),
                "turn {turn}: {new}"
            );
            for _ in 0..2 {
                for user in [&anna, &david, &lucie] {
                    let items = shown(user).await;
                    let (old, new) = ("weekly", "weekly, by David");
                    assert_eq!(each(&items, "title"), json!([old, old, new, new, new]), "turn {turn}");
                    for item in &items {
                        assert_eq!(item["organizer"]["email"], ANNA, "{item}");
                    }
                }
                let own = json!(["7", "7", "7", "7", "7"]);
                assert_eq!(each(&shown(&david).await, "color"), own, "what is the guest's own goes along");
                assert_eq!(each(&shown(&anna).await, "color"), json!([null, null, null, null, null]));
                portal.work().await;
                portal.later().await;
            }
            let accounts = [ANNA, DAVID];
            for account in &accounts[..turn] {
                let google = GoogleCalendar::of(&portal, account).await;
                let list = google
                    .call(
                        "GET",
                        "events?singleEvents=true&timeMin=2026-12-01T00:00:00Z&timeMax=2027-02-01T00:00:00Z",
                        Value::Null,
                    )
                    .await;
                let mut items = list["items"].as_array().unwrap().clone();
                items.retain(|item| item["summary"].as_str().is_some_and(|title| title.starts_with("weekly")));
                assert_eq!(items.len(), 5, "turn {turn}, {account}: {items:?}");
                assert!(items.iter().all(|item| item["organizer"]["email"] == ANNA), "{items:?}");
            }
            assert_eq!(david.get("/calendar/conflicts").await.expect(200).json["items"], json!([]));
            for id in [made["id"].as_str().unwrap(), shown(&anna).await[4]["series_id"].as_str().unwrap()] {
                anna.delete(&format!("/calendar/events/{id}")).await.expect(200);
            }
            portal.work().await;
            portal.later().await;
            assert!(shown(&david).await.is_empty(), "the organizer's deletion takes both parts away");
        }
    }
}

/// Whom nobody here organizes for, nobody here cuts.
#[tokio::test]
async fn a_guest_does_not_cut_an_outsiders_series() {
    for portal in Portal::each().await {
        let david = portal.user(DAVID).await;
        david.connect(DAVID).await;
        portal.work().await;
        portal.google("POST", "users", json!({"email": "x@elsewhere.example", "name": "X", "kind": "user"})).await;
        let theirs = GoogleCalendar::of(&portal, "x@elsewhere.example").await;
        let body = json!({
            "summary": "weekly", "start": {"dateTime": "2026-12-08T10:00:00", "timeZone": "Europe/Prague"},
            "end": {"dateTime": "2026-12-08T11:00:00", "timeZone": "Europe/Prague"},
            "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=5"], "attendees": [{"email": DAVID}], "guestsCanModify": true,
        });
        theirs.call("POST", "events", body).await;
        portal.later().await;
        let refused = following(&david, json!({"title": "weekly, by David"})).await.expect(422).json;
        assert_eq!(
            (&refused["errors"][0]["field"], &refused["errors"][0]["code"]),
            (&json!("scope"), &json!("not_for_guests"))
        );
        assert_eq!(each(&shown(&david).await, "title"), json!(["weekly", "weekly", "weekly", "weekly", "weekly"]));
    }
}

/// A colour or a reminder from here on is nobody else's business: nobody is mailed, and the meeting keeps its room.
#[tokio::test]
async fn what_is_a_calendars_own_cuts_no_series() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        anna.connect(ANNA).await;
        portal.work().await;
        // The series and the two before it, of one that ends and of one that does not.
        for rule in ["RRULE:FREQ=WEEKLY;COUNT=5", "RRULE:FREQ=WEEKLY"] {
            let body = weekly(json!({"attendees": [DAVID], "recurrence": [rule], "use_google_meet": true}));
            let made = anna.post("/calendar/events", body).await.expect(201).json;
            let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
            for _ in 0..3 {
                portal.work().await;
                portal.advance(5);
            }
            let room = anna.get(&path).await.expect(200).json["hangout_link"].clone();
            assert!(room.is_string());
            portal.google("DELETE", "mail", Value::Null).await;
            let since = portal.last_request().await;
            let reminders = json!({"use_default": false, "overrides": [{"method": "popup", "minutes": 3}]});
            let own = following(&anna, json!({"color": "5", "reminders": reminders})).await.expect(200).json;
            assert_eq!(
                (&own["color"], &own["series_id"], &own["hangout_link"]),
                (&json!("5"), &made["id"], &room),
                "{rule}"
            );
            // A guest's own is the guest's.
            following(&david, json!({"color": "9"})).await.expect(200);
            for _ in 0..2 {
                let (of_anna, of_david) = (shown(&anna).await, shown(&david).await);
                assert_eq!(each(&of_anna[..5], "color"), json!([null, null, "5", "5", "5"]), "{rule}");
                assert_eq!(each(&of_david[..5], "color"), json!([null, null, "9", "9", "9"]), "{rule}");
                assert_eq!(of_anna[1]["reminders"]["use_default"], true, "{rule}");
                assert_eq!(of_anna[3]["reminders"], reminders, "{rule}");
                for item in of_anna.iter().chain(&of_david) {
                    assert_eq!(item["hangout_link"], room, "{rule}: {item}");
                }
                portal.work().await;
                portal.later().await;
            }
            assert_eq!(portal.google("GET", "mail", Value::Null).await["items"], json!([]), "{rule}");
            assert_eq!(portal.calls(since, "calendar.events.insert").await, Vec::<Value>::new(), "{rule}");
            assert_eq!(portal.calls(since, "calendar.events.patch").await.len(), 3, "{rule}");
            anna.delete(&path).await.expect(200);
            portal.work().await;
        }
    }
}
