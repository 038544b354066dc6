//! Guests, whether they are connected or not: who sees a meeting follows the guest list, whichever side changes it.

use serde_json::{Value, json};

use crate::{
    conflicts::GoogleCalendar,
    events::event,
    portal::{ANNA, DAVID, Portal, User, WITHOUT_GOOGLE},
};

/// Local starts and titles of what a person sees in December, of titles that begin with `joint`.
pub async fn shown(user: &User<'_>) -> Vec<(String, String)> {
    let items = user.get("/calendar/events?from=2026-12-01&to=2027-01-01").await.expect(200).json["items"].clone();
    items
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["title"].as_str().unwrap().starts_with("joint"))
        .map(|item| (item["start_time"].as_str().unwrap()[..16].to_owned(), item["title"].as_str().unwrap().to_owned()))
        .collect()
}

pub fn rows(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(start, title)| ((*start).to_owned(), (*title).to_owned())).collect()
}

/// The addresses on the guest list of an event in Portico.
async fn guests(user: &User<'_>, path: &str) -> Vec<String> {
    let seen = user.get(path).await.expect(200).json;
    let mut all: Vec<String> =
        seen["attendees"].as_array().unwrap().iter().map(|line| line["email"].as_str().unwrap().to_owned()).collect();
    all.sort();
    all
}

/// Anna alone is connected; what her colleagues see of her meetings comes through her calendar.
#[tokio::test]
async fn who_is_taken_off_the_list_at_google_sees_it_no_more() {
    for portal in Portal::each().await {
        let (anna, david, lucie) =
            (portal.user(ANNA).await, portal.user(DAVID).await, portal.user(WITHOUT_GOOGLE).await);
        anna.connect(ANNA).await;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let both = json!([DAVID, WITHOUT_GOOGLE]);
        let plain =
            anna.post("/calendar/events", event("joint plain", json!({"attendees": both}))).await.expect(201).json;
        let daily = json!({
            "attendees": both, "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"],
            "start_time": "2026-12-14T10:00:00+01:00", "end_time": "2026-12-14T11:00:00+01:00",
        });
        let series = anna.post("/calendar/events", event("joint daily", daily)).await.expect(201).json;
        portal.work().await;
        let all = rows(&[
            ("2026-12-08T10:00", "joint plain"),
            ("2026-12-14T10:00", "joint daily"),
            ("2026-12-15T10:00", "joint daily"),
            ("2026-12-16T10:00", "joint daily"),
        ]);
        for user in [&anna, &david, &lucie] {
            assert_eq!(shown(user).await, all);
        }

        // David is taken off both, Lucie off one occurrence.
        let id = async |title: &str| google.titled(title).await["id"].as_str().unwrap().to_owned();
        let only = json!({"attendees": [{"email": WITHOUT_GOOGLE}]});
        let (plain_there, series_there) = (id("joint plain").await, id("joint daily").await);
        google.call("PATCH", &format!("events/{plain_there}"), only.clone()).await;
        google.call("PATCH", &format!("events/{series_there}"), only).await;
        portal.later().await;
        for made in [&plain, &series] {
            let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
            assert_eq!(guests(&anna, &path).await, [WITHOUT_GOOGLE]);
        }
        assert_eq!(shown(&david).await, rows(&[]), "who is no guest any more");
        assert_eq!(shown(&lucie).await, all);
        let second = format!("events/{series_there}_20261215T090000Z");
        google.call("PATCH", &second, json!({"attendees": [{"email": "x@elsewhere.example"}]})).await;
        portal.later().await;
        assert_eq!(shown(&lucie).await, [&all[..2], &all[3..]].concat());
        assert_eq!(shown(&anna).await, all);

        // They are invited again.
        let again = json!({"attendees": [{"email": DAVID}, {"email": WITHOUT_GOOGLE}]});
        for id in [&plain_there, &format!("{series_there}_20261215T090000Z"), &series_there] {
            google.call("PATCH", &format!("events/{id}"), again.clone()).await;
        }
        portal.later().await;
        for user in [&lucie, &david] {
            assert_eq!(shown(user).await, all);
        }
    }
}

/// A link that leaves guests at home tells Google of none, and loses none here.
#[tokio::test]
async fn guests_who_stay_at_home_stay_on_the_list_here() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        anna.connect(ANNA).await;
        portal.work().await;
        let main = anna.get("/calendar/links").await.expect(200).json["items"][0].clone();
        let link = format!("/calendar/links/{}", main["id"].as_str().unwrap());
        anna.patch(&link, json!({"sync_attendees": false})).await.expect(200);
        portal.work().await;
        portal.google("DELETE", "mail", Value::Null).await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let list = json!({"attendees": [DAVID, "x@elsewhere.example"]});
        let made = anna.post("/calendar/events", event("joint", list)).await.expect(201).json;
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        portal.work().await;
        let both = [DAVID, "x@elsewhere.example"];
        for (ours, theirs) in
            [(json!({}), json!({})), (json!({"location": "Vltava"}), json!({"summary": "joint there"}))]
        {
            let there = google.call("GET", "events", Value::Null).await["items"].clone();
            let there = there.as_array().unwrap().iter().find(|item| item["summary"] == "joint").unwrap().clone();
            assert!(there.get("attendees").is_none(), "{there}");
            assert_eq!(guests(&anna, &path).await, both);
            assert_eq!(shown(&david).await.len(), 1);
            anna.patch(&path, ours).await.expect(200);
            google.call("PATCH", &format!("events/{}", there["id"].as_str().unwrap()), theirs).await;
            portal.later().await;
        }
        let seen = anna.get(&path).await.expect(200).json;
        assert_eq!(
            (&seen["title"], &seen["location"], &seen["sync"]),
            (&json!("joint there"), &json!("Vltava"), &json!("in_step"))
        );
        assert_eq!(guests(&anna, &path).await, both);
        let there = google.titled("joint there").await;
        assert_eq!((there.get("attendees"), &there["location"]), (None, &json!("Vltava")));
        assert_eq!(portal.google("GET", "mail", Value::Null).await["items"], json!([]), "nobody is told of anything");
        // A change of the list alone goes nowhere.
        let since = portal.last_request().await;
        anna.patch(&path, json!({"attendees": [DAVID]})).await.expect(200);
        portal.later().await;
        assert_eq!(portal.calls(since, "calendar.events.patch").await, Vec::<Value>::new());
        let seen = anna.get(&path).await.expect(200).json;
        assert_eq!((&seen["sync"], guests(&anna, &path).await), (&json!("in_step"), vec![DAVID.to_owned()]));
    }
}

/// What is over mails nobody; a series is over when all of it is.
#[tokio::test]
async fn what_is_over_mails_nobody() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        portal.google("DELETE", "mail", Value::Null).await;
        let mailed = async || portal.google("GET", "mail", Value::Null).await["items"].as_array().unwrap().len();
        let guest = json!(["x@elsewhere.example"]);
        let past = |rule: Value| {
            json!({
                "attendees": guest, "recurrence": rule,
                "start_time": "2026-11-16T10:00:00+01:00", "end_time": "2026-11-16T11:00:00+01:00",
            })
        };
        for (rule, mails) in [
            (json!([]), 0),
            (json!(["RRULE:FREQ=DAILY;COUNT=3"]), 0),
            (json!(["RRULE:FREQ=DAILY;UNTIL=20261120T090000Z"]), 0),
            (json!(["RRULE:FREQ=WEEKLY;COUNT=3"]), 1),
            (json!(["RRULE:FREQ=WEEKLY"]), 1),
        ] {
            portal.google("DELETE", "mail", Value::Null).await;
            let made = anna.post("/calendar/events", event("past", past(rule.clone()))).await.expect(201).json;
            let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
            portal.work().await;
            assert_eq!(mailed().await, mails, "made: {rule}");
            anna.patch(&path, json!({"location": "Vltava"})).await.expect(200);
            portal.work().await;
            assert_eq!(mailed().await, 2 * mails, "changed: {rule}");
            anna.delete(&path).await.expect(200);
            portal.work().await;
            assert_eq!(mailed().await, 3 * mails, "deleted: {rule}");
            assert_eq!(
                GoogleCalendar::of(&portal, ANNA).await.call("GET", "events?q=past", Value::Null).await["items"],
                json!([])
            );
        }
        // A past occurrence of a series that goes on.
        let made =
            anna.post("/calendar/events", event("past", past(json!(["RRULE:FREQ=WEEKLY"])))).await.expect(201).json;
        portal.work().await;
        portal.google("DELETE", "mail", Value::Null).await;
        let id = made["id"].as_str().unwrap();
        for (start, mails) in [("20261116T090000Z", 0), ("20261130T090000Z", 1)] {
            anna.patch(&format!("/calendar/events/{id}_{start}"), json!({"location": "Labe"})).await.expect(200);
            portal.work().await;
            assert_eq!(mailed().await, mails, "{start}");
        }
    }
}

/// Where guests may modify, a guest's change goes out through the organizer's calendar and the event stays the organizer's.
#[tokio::test]
async fn a_guest_who_may_modify_changes_the_organizers_event() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        anna.connect(ANNA).await;
        david.connect(DAVID).await;
        portal.work().await;
        let of_david = async || {
            let items =
                david.get("/calendar/events?from=2026-12-01&to=2027-01-01").await.expect(200).json["items"].clone();
            let found =
                items.as_array().unwrap().iter().find(|item| item["title"].as_str().unwrap().starts_with("joint"));
            found.unwrap().clone()
        };
        let made = anna.post("/calendar/events", event("joint", json!({"attendees": [DAVID]}))).await.expect(201).json;
        let organizers = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        portal.work().await;
        portal.later().await;
        let path = format!("/calendar/events/{}", of_david().await["id"].as_str().unwrap());
        assert_eq!(
            david.patch(&path, json!({"title": "joint, mine"})).await.expect(409).json["reason"],
            "only_organizer"
        );
        anna.patch(&organizers, json!({"guests_can_modify": true})).await.expect(200);
        portal.work().await;
        portal.later().await;
        assert_eq!(of_david().await["can"]["edit"], true);
        david.patch(&path, json!({"title": "joint, by David"})).await.expect(200);
        portal.work().await;
        portal.later().await;
        for account in [ANNA, DAVID] {
            let there = GoogleCalendar::of(&portal, account).await.titled("joint, by David").await;
            assert_eq!(
                (&there["organizer"]["email"], there.get("privateCopy")),
                (&json!(ANNA), None),
                "{account}: {there}"
            );
        }
        for (user, path) in [(&anna, &organizers), (&david, &path)] {
            let seen = user.get(path).await.expect(200).json;
            assert_eq!(
                (&seen["title"], &seen["organizer"]["email"], &seen["sync"]),
                (&json!("joint, by David"), &json!(ANNA), &json!("in_step"))
            );
        }
        assert_eq!(david.get("/calendar/conflicts").await.expect(200).json["items"], json!([]));
    }
}
