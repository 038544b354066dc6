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

/// What is deleted last ends the series, wherever the others were deleted; taken back, it is the one occurrence that is left.
#[tokio::test]
async fn deleting_the_last_occurrence_ends_the_series() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        for connected in [false, true] {
            if connected {
                anna.connect(ANNA).await;
                portal.work().await;
            }
            let daily = json!({"recurrence": ["RRULE:FREQ=DAILY;COUNT=3"], "attendees": ["x@elsewhere.example"]});
            let made = anna.post("/calendar/events", event("turn", daily)).await.expect(201).json;
            let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
            let later_that_day =
                json!({"start_time": "2026-12-09T15:00:00+01:00", "end_time": "2026-12-09T16:00:00+01:00"});
            anna.patch(&format!("{path}_20261209T090000Z"), later_that_day).await.expect(200);
            anna.delete(&format!("{path}_20261208T090000Z")).await.expect(200);
            portal.later().await;
            if connected {
                let google = GoogleCalendar::of(&portal, ANNA).await;
                let id = google.titled("turn").await["id"].as_str().unwrap().to_owned();
                google.call("DELETE", &format!("events/{id}_20261210T090000Z"), Value::Null).await;
                portal.later().await;
            } else {
                anna.delete(&format!("{path}_20261210T090000Z")).await.expect(200);
            }
            let one = ["2026-12-09T15:00 turn".to_owned()].to_vec();
            assert_eq!(here(&anna).await, one);

            portal.google("DELETE", "mail", Value::Null).await;
            let since = portal.last_request().await;
            let gone = anna.delete(&format!("{path}_20261209T090000Z")).await.expect(200).json;
            assert_eq!(gone["id"], made["id"], "the series is what is taken back");
            anna.get(&path).await.expect(404);
            portal.later().await;
            assert_eq!(here(&anna).await, Vec::<String>::new());
            if connected {
                assert_eq!(there(&portal).await, (vec![], 0), "no empty series is left there");
                let calls = portal.calls(since, "calendar.events.delete").await;
                assert_eq!(calls.len(), 1, "{calls:?}");
                let mails = portal.google("GET", "mail", Value::Null).await["items"].as_array().unwrap().len();
                assert_eq!(mails, 1, "the guest hears of it once");
            }
            let undo = format!("/calendar/events/{}/undo", gone["id"].as_str().unwrap());
            anna.post(&undo, Value::Null).await.expect(200);
            portal.later().await;
            portal.later().await;
            assert_eq!(here(&anna).await, one);
            if connected {
                assert_eq!(there(&portal).await, (one, 1));
            }
            anna.delete(&path).await.expect(200);
            portal.later().await;
            assert_eq!(anna.get("/calendar/holds").await.expect(200).json["items"], json!([]));
        }
        // An endless series has no last one.
        let endless = json!({"recurrence": ["RRULE:FREQ=DAILY"]});
        let made = anna.post("/calendar/events", event("turn", endless)).await.expect(201).json;
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        let gone = anna.delete(&format!("{path}_20261208T090000Z")).await.expect(200).json;
        assert_eq!(gone["id"], format!("{}_20261208T090000Z", made["id"].as_str().unwrap()));
        anna.get(&path).await.expect(200);
    }
}
