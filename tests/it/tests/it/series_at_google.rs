//! Series that both sides see: what one side makes of a series is one series, or two, on the other.

use serde_json::{Value, json};

use crate::{
    conflicts::GoogleCalendar,
    events::event,
    portal::{ANNA, Portal, User},
};

/// Local starts and titles of what Anna sees in December, of titles that begin with `turn`.
async fn here(user: &User<'_>) -> Vec<String> {
    let items = user.get("/calendar/events?from=2026-12-01&to=2027-01-01").await.expect(200).json["items"].clone();
    let items = items.as_array().unwrap().iter().filter(|item| item["title"].as_str().unwrap().starts_with("turn"));
    items
        .map(|item| format!("{} {}", &item["start_time"].as_str().unwrap()[..16], item["title"].as_str().unwrap()))
        .collect()
}

/// The same at Google, and how many events there are for that.
async fn there(portal: &Portal) -> (Vec<String>, usize) {
    let google = GoogleCalendar::of(portal, ANNA).await;
    let begins = |item: &&Value| item["summary"].as_str().is_some_and(|title| title.starts_with("turn"));
    let window = "timeMin=2026-12-01T00:00:00Z&timeMax=2027-01-01T00:00:00Z";
    let list = google.call("GET", &format!("events?singleEvents=true&orderBy=startTime&{window}"), Value::Null).await;
    let all = list["items"].as_array().unwrap().iter().filter(begins);
    let all = all.map(|item| {
        format!("{} {}", &item["start"]["dateTime"].as_str().unwrap()[..16], item["summary"].as_str().unwrap())
    });
    let wholes = google.call("GET", "events", Value::Null).await;
    let whole = |item: &&Value| item.get("recurringEventId").is_none();
    (all.collect(), wholes["items"].as_array().unwrap().iter().filter(begins).filter(whole).count())
}

#[tokio::test]
async fn a_single_event_becomes_a_series_and_back_and_leaves_one_trace() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let made = anna.post("/calendar/events", event("turn", json!({}))).await.expect(201).json;
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        portal.work().await;
        let id = GoogleCalendar::of(&portal, ANNA).await.titled("turn").await["id"].as_str().unwrap().to_owned();
        let one = ["2026-12-08T10:00 turn".to_owned()].to_vec();
        let three: Vec<String> = (8..11).map(|day| format!("2026-12-{day:02}T10:00 turn")).collect();
        let daily = json!(["RRULE:FREQ=DAILY;COUNT=3"]);
        for (ours, lines, expect) in [
            (true, daily.clone(), &three),
            (true, json!([]), &one),
            (false, daily.clone(), &three),
            (false, json!([]), &one),
            (true, daily.clone(), &three),
            (false, json!([]), &one),
        ] {
            if ours {
                anna.patch(&path, json!({"recurrence": lines})).await.expect(200);
            } else {
                let google = GoogleCalendar::of(&portal, ANNA).await;
                google.call("PATCH", &format!("events/{id}"), json!({"recurrence": lines})).await;
            }
            portal.later().await;
            portal.later().await;
            assert_eq!(here(&anna).await, *expect, "{ours} {lines}");
            assert_eq!(there(&portal).await, (expect.clone(), 1), "{ours} {lines}");
            assert_eq!(anna.get("/calendar/conflicts").await.expect(200).json["items"], json!([]));
        }
    }
}

/// Google's own "this and following": the old series ends, a new one with our mark begins, and its changed occurrences go along.
#[tokio::test]
async fn a_series_that_is_cut_at_google_is_two_here_without_doubles() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let daily = json!({"recurrence": ["RRULE:FREQ=DAILY;COUNT=5"]});
        anna.post("/calendar/events", event("turn", daily)).await.expect(201);
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let old = google.titled("turn").await;
        let id = old["id"].as_str().unwrap();
        google.call("PATCH", &format!("events/{id}"), json!({"recurrence": ["RRULE:FREQ=DAILY;COUNT=2"]})).await;
        let at =
            |hour: u32| json!({"dateTime": format!("2026-12-10T{hour:02}:00:00+01:00"), "timeZone": "Europe/Prague"});
        let new = json!({
            "id": format!("{id}r20261210t090000"), "summary": "turn on", "start": at(12), "end": at(13),
            "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"], "extendedProperties": old["extendedProperties"],
        });
        google.call("POST", "events", new).await;
        portal.later().await;
        portal.later().await;
        let expect = [
            "2026-12-08T10:00 turn",
            "2026-12-09T10:00 turn",
            "2026-12-10T12:00 turn on",
            "2026-12-11T12:00 turn on",
            "2026-12-12T12:00 turn on",
        ];
        assert_eq!(here(&anna).await, expect);
        assert_eq!(there(&portal).await, (expect.map(str::to_owned).to_vec(), 2));
    }
}

#[tokio::test]
async fn a_series_whose_occurrences_are_all_deleted_shows_nothing_on_either_side() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        for (ours, title) in [(true, "turn here"), (false, "turn there")] {
            let daily = json!({"recurrence": ["RRULE:FREQ=DAILY;COUNT=2"]});
            let made = anna.post("/calendar/events", event(title, daily)).await.expect(201).json;
            portal.work().await;
            let google = GoogleCalendar::of(&portal, ANNA).await;
            let there_id = google.titled(title).await["id"].as_str().unwrap().to_owned();
            for start in ["20261208T090000Z", "20261209T090000Z"] {
                if ours {
                    let id = made["id"].as_str().unwrap();
                    anna.delete(&format!("/calendar/events/{id}_{start}")).await.expect(200);
                } else {
                    google.call("DELETE", &format!("events/{there_id}_{start}"), Value::Null).await;
                }
                portal.later().await;
            }
            portal.later().await;
            assert_eq!((here(&anna).await, there(&portal).await.0), (vec![], vec![]), "{ours}");
            assert_eq!(anna.get("/calendar/holds").await.expect(200).json["items"], json!([]));
        }
    }
}
