//! Deletions: for how long they can be taken back, what guests are told then, and who sees them listed.

use serde_json::{Value, json};

use crate::{
    events::{make, meeting, with},
    portal::{ANNA, DAVID, Portal, User},
};

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
