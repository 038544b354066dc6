//! No transaction waits for the network: Google may take its time, and the database must not wait with it.

use serde_json::{Value, json};

use crate::portal::{ANNA, DAVID, Portal};

/// The methods that were asked of Google, each once, in order.
async fn methods(portal: &Portal) -> Vec<String> {
    let calls = portal.requests(0).await;
    let mut methods: Vec<String> = calls.iter().filter_map(|call| call["method"].as_str().map(str::to_owned)).collect();
    methods.sort();
    methods.dedup();
    methods
}

#[tokio::test]
async fn no_transaction_is_open_while_google_is_asked() {
    for mut portal in Portal::each().await {
        portal.watch_transactions().await;
        let anna = portal.user(ANNA).await;
        let connection = anna.connect(ANNA).await;
        portal.work().await;

        let meeting = json!({"title": "Review", "start_time": "2026-11-26T10:00:00", "end_time": "2026-11-26T11:00:00",
            "time_zone": "Europe/Prague", "attendees": [{"email": DAVID}], "use_google_meet": true});
        let made = anna.post("/calendar/events", meeting).await.expect(201);
        portal.work().await;
        let path = format!("/calendar/events/{}", made.json["id"].as_str().unwrap());
        anna.patch(&path, json!({"title": "Review two"})).await.expect(200);
        portal.work().await;
        let at_google = portal.google("GET", "state", Value::Null).await;
        assert!(at_google.to_string().contains("Review two"));

        // The token has run out, and the channel is to be renewed.
        portal.advance(7 * 24 * 3600 - 3600);
        portal.work().await;
        let anna = portal.user(ANNA).await;
        anna.delete(&format!("/google/connections/{connection}")).await.expect(204);
        portal.work().await;
        let methods = methods(&portal).await;
        for method in ["calendarList.list", "events.list", "events.insert", "events.patch", "events.watch"] {
            assert!(methods.contains(&format!("calendar.{method}")), "{method} is not in {methods:?}");
        }
    }
}
