//! What is one event and what are two: copies made at Google, guests who are connected before the organizer is, and several
//! people who bring the same meeting.

use serde_json::{Value, json};

use crate::{
    conflicts::GoogleCalendar,
    events::{event, titles},
    portal::{ANNA, DAVID, Portal, User},
};

/// What a person's calendar shows in the fortnight, of titles that begin so.
async fn shown(user: &User<'_>, beginning: &str) -> Vec<String> {
    let mut all = titles(user).await;
    all.retain(|title| title.starts_with(beginning));
    all.sort();
    all
}

/// What Google's calendar of an account has, of titles that begin so.
async fn there(google: &GoogleCalendar<'_>, beginning: &str) -> Vec<Value> {
    let list = google.call("GET", "events", Value::Null).await;
    let is_one = |item: &&Value| item["summary"].as_str().is_some_and(|title| title.starts_with(beginning));
    list["items"].as_array().unwrap().iter().filter(is_one).cloned().collect()
}

/// The poll of a link.
/// Google's "duplicate" and its "this and following" carry the extended properties along, with our mark among them.
#[tokio::test]
async fn a_copy_made_at_google_is_another_event() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let series = json!({"recurrence": ["RRULE:FREQ=DAILY;COUNT=3"]});
        for (beginning, more, count) in [("plain", json!({}), 1), ("series", series, 3)] {
            let google = GoogleCalendar::of(&portal, ANNA).await;
            let made = anna.post("/calendar/events", event(beginning, more)).await.expect(201).json;
            let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
            portal.work().await;
            let original = google.titled(beginning).await;
            let mark = &original["extendedProperties"]["shared"];
            assert!(mark.as_object().is_some_and(|mark| !mark.is_empty()), "{original}");
            let mut copy = original.clone();
            for own in ["id", "iCalUID", "etag", "htmlLink", "sequence", "created", "updated"] {
                copy.as_object_mut().unwrap().remove(own);
            }
            copy["summary"] = json!(format!("{beginning} copy"));
            let copy = google.call("POST", "events", copy).await;
            assert_eq!(&copy["extendedProperties"]["shared"], mark);
            portal.later().await;
            let both = [vec![beginning.to_owned(); count], vec![format!("{beginning} copy"); count]].concat();
            assert_eq!(shown(&anna, beginning).await, both, "two events");
            assert_eq!(anna.get(&path).await.expect(200).json["title"], beginning);

            // Each goes its own way, from either side.
            let copied = format!("events/{}", copy["id"].as_str().unwrap());
            google.call("PATCH", &copied, json!({"summary": format!("{beginning} copy, changed")})).await;
            anna.patch(&path, json!({"location": "Vltava"})).await.expect(200);
            portal.later().await;
            let list = there(&google, beginning).await;
            let found =
                |title: &str| list.iter().find(|item| item["summary"] == title).unwrap_or_else(|| panic!("{list:?}"));
            assert_eq!(found(beginning)["location"], "Vltava");
            assert!(found(&format!("{beginning} copy, changed")).get("location").is_none());
            google.call("DELETE", &copied, Value::Null).await;
            portal.later().await;
            assert_eq!(shown(&anna, beginning).await, vec![beginning.to_owned(); count]);
            assert_eq!(there(&google, beginning).await.len(), 1);
            assert_eq!(anna.get("/calendar/conflicts").await.expect(200).json["items"], json!([]));
        }
    }
}

/// Only the guest is connected: the meeting waits for its organizer, and then goes out once, as the organizer's, without mail.
#[tokio::test]
async fn a_guests_link_alone_never_inserts_the_organizers_event() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        david.connect(DAVID).await;
        portal.work().await;
        let since = portal.last_request().await;
        let series = json!({"attendees": [DAVID], "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"]});
        for (title, more) in [("joint plain", json!({"attendees": [DAVID]})), ("joint series", series)] {
            anna.post("/calendar/events", event(title, more)).await.expect(201);
        }
        portal.work().await;
        let items = david.get("/calendar/events?from=2026-12-07&to=2026-12-21").await.expect(200).json["items"].clone();
        let of_david: Vec<&Value> = items
            .as_array()
            .unwrap()
            .iter()
            .filter(|item| item["title"].as_str().unwrap().starts_with("joint"))
            .collect();
        assert_eq!(of_david.len(), 4);
        // An answer and a colour of his own are no reason either.
        for item in &of_david {
            let path = format!("/calendar/events/{}", item["id"].as_str().unwrap());
            david.post(&format!("{path}/answer"), json!({"answer": "accepted"})).await.expect(200);
            david.patch(&path, json!({"color": "3"})).await.expect(200);
        }
        portal.work().await;
        portal.later().await;
        let mut writes = portal.requests(since).await;
        writes.retain(|call| call["verb"] != "GET");
        assert_eq!(writes, Vec::<Value>::new());
        assert_eq!(there(&GoogleCalendar::of(&portal, DAVID).await, "joint").await, Vec::<Value>::new());

        portal.google("DELETE", "mail", Value::Null).await;
        let since = portal.last_request().await;
        anna.connect(ANNA).await;
        portal.work().await;
        portal.later().await;
        let inserts = portal.calls(since, "calendar.events.insert").await;
        let inserted = |call: &&Value| call["body"]["summary"].as_str().is_some_and(|title| title.starts_with("joint"));
        let by: Vec<&Value> = inserts.iter().filter(inserted).map(|call| &call["account"]).collect();
        assert_eq!(by, [ANNA, ANNA], "once each, as hers");
        for account in [ANNA, DAVID] {
            let google = GoogleCalendar::of(&portal, account).await;
            let list = there(&google, "joint").await;
            let wholes = list.iter().filter(|item| item.get("recurringEventId").is_none()).count();
            assert_eq!(wholes, 2, "{account}: {list:?}");
            assert!(list.iter().all(|item| item["organizer"]["email"] == ANNA), "{account}: {list:?}");
            let said = |item: &Value| {
                let lines = item["attendees"].as_array().unwrap();
                lines.iter().find(|line| line["email"] == DAVID).unwrap()["responseStatus"].clone()
            };
            let mut single = list.iter().filter(|item| item.get("recurrence").is_none());
            assert!(single.all(|item| said(item) == "accepted"), "{account}: {list:?}");
        }
        for user in [&anna, &david] {
            assert_eq!(shown(user, "joint").await, ["joint plain", "joint series", "joint series", "joint series"]);
        }
        assert_eq!(portal.google("GET", "mail", Value::Null).await["items"], json!([]), "a first sync mails nobody");
    }
}
