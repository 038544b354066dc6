//! Google takes the token no more while a run is under way.

use portico_app::Worker;
use serde_json::{Value, json};

use crate::{
    conflicts::GoogleCalendar,
    events::titles,
    portal::{ADMINISTRATOR, ANNA, Portal, User},
};

async fn state(user: &User<'_>, id: &str) -> Value {
    let seen = user.get(&format!("/google/connections/{id}")).await.expect(200).json;
    json!([seen["state"], seen["reason"], seen["links"][0]["sync"]["state"]])
}

fn event(title: &str) -> Value {
    json!({
        "title": title, "use_google_meet": false,
        "start_time": "2026-12-08T10:00:00+01:00", "end_time": "2026-12-08T11:00:00+01:00",
    })
}

#[tokio::test]
async fn a_second_401_needs_the_person_and_consent_lets_the_links_go_on() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id = anna.connect(ANNA).await;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        google
            .call(
                "POST",
                "events",
                json!({"summary": "from there", "start": {"date": "2026-12-09"}, "end": {"date": "2026-12-10"}}),
            )
            .await;
        portal.google("POST", "faults", json!({"path": "/calendar/v3/", "times": 1000, "status": 401})).await;
        let tokens = portal.token_calls().await;
        anna.post("/calendar/events", event("from here")).await.expect(201);
        portal.work().await;
        assert_eq!(portal.token_calls().await, tokens + 1, "a fresh token was tried once");
        assert_eq!(state(&anna, &id).await, json!(["expired", "revoked", "reconnect_needed"]));
        let audit = portal.user(ADMINISTRATOR).await.get(&format!("/audit?subject={id}")).await.expect(200).json;
        assert_eq!(audit["items"][0]["action"], "connection.expired");
        // Until somebody consents nothing more is asked.
        let asked = portal.last_request().await;
        portal.advance(7200);
        let anna = portal.user(ANNA).await;
        portal.work().await;
        assert_eq!(portal.requests(asked).await, Vec::<Value>::new());

        portal.google("DELETE", "faults", Value::Null).await;
        assert_eq!(anna.connect(ANNA).await, id);
        portal.work().await;
        assert_eq!(state(&anna, &id).await, json!(["authorized", null, "in_step"]));
        GoogleCalendar::of(&portal, ANNA).await.titled("from here").await;
        assert!(titles(&anna).await.contains(&"from there".to_owned()));
    }
}

#[tokio::test]
async fn a_refresh_that_fails_for_good_is_seen_at_once() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id = anna.connect(ANNA).await;
        portal.work().await;
        portal.google("POST", "tokens/revoke", json!({"account": ANNA})).await;
        anna.post("/calendar/events", event("waits")).await.expect(201);
        portal.work().await;
        assert_eq!(state(&anna, &id).await, json!(["expired", "revoked", "reconnect_needed"]));
        assert_eq!(anna.connect(ANNA).await, id);
        portal.work().await;
        GoogleCalendar::of(&portal, ANNA).await.titled("waits").await;
    }
}

#[tokio::test]
async fn a_401_in_the_middle_of_paging_refreshes_once_and_asks_the_same_page_again() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        portal.google("PUT", "quota", json!({"calendar_per_minute_per_user": 5000})).await;
        for number in 0..1005 {
            let day = json!({"date": format!("2026-12-{:02}", 7 + number % 14)});
            let next = json!({"date": format!("2026-12-{:02}", 8 + number % 14)});
            google.call("POST", "events", json!({"summary": "many", "start": day, "end": next})).await;
        }
        // The first page is let through, the second is refused once.
        portal.google("POST", "faults", json!({"method": "calendar.events.list", "times": 1})).await;
        portal.google("POST", "faults", json!({"method": "calendar.events.list", "times": 1, "status": 401})).await;
        let (asked, tokens) = (portal.last_request().await, portal.token_calls().await);
        portal.advance(901);
        portal.work().await;
        let pages = portal.calls(asked, "calendar.events.list").await;
        let seen: Vec<(u64, Option<&str>)> = pages
            .iter()
            .map(|call| {
                let query = call["query"].as_array().unwrap();
                let token = query.iter().find(|pair| pair[0] == "pageToken").and_then(|pair| pair[1].as_str());
                (call["status"].as_u64().unwrap(), token)
            })
            .collect();
        assert_eq!(seen.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [200, 401, 200], "{seen:?}");
        assert!(seen[0].1.is_none() && seen[1].1.is_some() && seen[1].1 == seen[2].1, "the same page: {seen:?}");
        assert_eq!(portal.token_calls().await, tokens + 1);
        let shown = anna.get("/calendar/events?from=2026-12-01&to=2027-01-01&limit=2500").await.expect(200).json;
        let count = shown["items"].as_array().unwrap().iter().filter(|item| item["title"] == "many").count();
        assert_eq!(count, 1005, "every event came once");
    }
}

/// Google is not to be reached: nobody is kept from working here, and everything goes out once afterwards.
#[tokio::test]
async fn an_outage_at_google_stops_nobody_from_working_here() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id = anna.connect(ANNA).await;
        portal.work().await;
        let made = anna.post("/calendar/events", event("made before")).await.expect(201).json;
        let before = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        let gone = anna.post("/calendar/events", event("goes meanwhile")).await.expect(201).json;
        portal.work().await;
        portal.google("POST", "faults", json!({"path": "googleapis", "times": 100_000, "status": 503})).await;
        portal.google("POST", "faults", json!({"path": "/calendar/v3/", "times": 100_000, "status": 503})).await;
        portal.google("POST", "faults", json!({"path": "/token", "times": 100_000, "status": 503})).await;
        let made = anna.post("/calendar/events", event("made meanwhile")).await.expect(201).json;
        anna.patch(&before, json!({"title": "changed meanwhile"})).await.expect(200);
        anna.delete(&format!("/calendar/events/{}", gone["id"].as_str().unwrap())).await.expect(200);
        for _ in 0..6 {
            portal.work().await;
            portal.advance(1800);
        }
        let anna = portal.user(ANNA).await;
        let shown = titles(&anna).await;
        assert!(shown.contains(&"made meanwhile".to_owned()) && shown.contains(&"changed meanwhile".to_owned()));
        assert!(!shown.contains(&"goes meanwhile".to_owned()));
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        let waiting = anna.get(&path).await.expect(200).json;
        assert_eq!((&waiting["sync"], &waiting["sync_reason"]), (&json!("pending"), &json!("google_unreachable")));
        let link = anna.get("/calendar/links").await.expect(200).json["items"][0]["sync"].clone();
        assert_eq!((&link["state"], &link["reason"]), (&json!("late"), &json!("google_unreachable")), "{link}");
        assert_eq!(state(&anna, &id).await[0], "authorized", "an outage is no revoked grant");

        portal.google("DELETE", "faults", Value::Null).await;
        let since = portal.last_request().await;
        portal.advance(1800);
        portal.work().await;
        assert_eq!(state(&anna, &id).await, json!(["authorized", null, "in_step"]));
        let google = GoogleCalendar::of(&portal, ANNA).await;
        google.titled("made meanwhile").await;
        google.titled("changed meanwhile").await;
        let list = google.call("GET", "events", Value::Null).await.to_string();
        assert!(!list.contains("goes meanwhile") && !list.contains("made before"));
        for (method, count) in [("insert", 1), ("patch", 1), ("delete", 1)] {
            assert_eq!(portal.calls(since, &format!("calendar.events.{method}")).await.len(), count, "{method}");
        }
    }
}

/// How the main calendar stands: state, reason, direction.
async fn standing(user: &User<'_>) -> Value {
    let link = user.get("/calendar/links").await.expect(200).json["items"][0].clone();
    json!([link["sync"]["state"], link["sync"]["reason"], link["direction"]])
}

/// The sync tokens with which a calendar was listed since a request.
async fn sync_tokens(portal: &Portal, since: u64) -> Vec<String> {
    let calls = portal.calls(since, "calendar.events.list").await;
    let token = |call: &Value| {
        let query = call["query"].as_array().unwrap().clone();
        query.into_iter().find(|pair| pair[0] == "syncToken").map(|pair| pair[1].as_str().unwrap().to_owned())
    };
    calls.iter().filter_map(token).collect()
}

/// What a refusal means is told from its reason, whatever its status; each run ends after some tries, and is given back to the
/// schedule.
#[tokio::test]
async fn a_refusal_is_told_by_its_reason_and_a_run_ends_after_some_tries() {
    for portal in Portal::each().await {
        portal.user(ANNA).await.connect(ANNA).await;
        portal.work().await;
        for (status, reason, expect, tries) in [
            (403, "rateLimitExceeded", ["syncing", "quota"], 3),
            (403, "userRateLimitExceeded", ["syncing", "quota"], 3),
            (429, "rateLimitExceeded", ["syncing", "quota"], 3),
            (403, "quotaExceeded", ["syncing", "quota"], 1),
            (403, "insufficientPermissions", ["permission_missing", "scope_missing"], 1),
            (403, "accessNotConfigured", ["stopped", "api_disabled"], 1),
            (503, "backendError", ["syncing", "google_unreachable"], 3),
        ] {
            let anna = portal.user(ANNA).await;
            assert_eq!(standing(&anna).await, json!(["in_step", null, "both"]));
            let fault = json!({"method": "calendar.events.list", "times": 100, "status": status, "reason": reason});
            portal.google("POST", "faults", fault).await;
            let since = portal.last_request().await;
            portal.advance(901);
            let due = portal.app.now();
            Worker::new(portal.app.clone(), 4).run_once().await.unwrap();
            assert_eq!(standing(&anna).await, json!([expect[0], expect[1], "both"]), "{status} {reason}");
            let calls = portal.calls(since, "calendar.events.list").await.len();
            assert_eq!(calls, tries, "{status} {reason}: tries in a run");
            assert!(portal.app.now().0 - due.0 < 60_000_000, "{status} {reason}: the run waits for no long time");
            portal.google("DELETE", "faults", Value::Null).await;
            portal.advance(6 * 3600);
            portal.work().await;
        }
    }
}

/// Google says for how long it will not be asked, and it is not.
#[tokio::test]
async fn a_calendar_is_not_asked_before_google_wants_to_be() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let fault = json!({
            "method": "calendar.events.list", "times": 1, "status": 429, "reason": "rateLimitExceeded",
            "headers": {"retry-after": "2400"},
        });
        portal.google("POST", "faults", fault).await;
        portal.later().await;
        assert_eq!(standing(&anna).await, json!(["syncing", "quota", "both"]));
        let since = portal.last_request().await;
        portal.advance(2399);
        portal.work().await;
        assert_eq!(portal.calls(since, "calendar.events.list").await.len(), 0);
        portal.advance(2);
        portal.work().await;
        assert_eq!(portal.calls(since, "calendar.events.list").await.len(), 1);
        assert_eq!(standing(&anna).await, json!(["in_step", null, "both"]));
    }
}

/// What is no answer of Google's, or half of one, is none: nothing is deleted, the cursor stays, and the next run goes on.
#[tokio::test]
async fn half_an_answer_and_a_page_of_html_are_no_answers() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        anna.post("/calendar/events", event("half before")).await.expect(201);
        portal.work().await;
        portal.later().await;
        let half = async || {
            let mut shown = titles(&anna).await;
            shown.retain(|title| title.starts_with("half"));
            shown.len()
        };
        for (number, fault) in [
            json!({"status": 500}),
            json!({"status": 502, "body": "<html>Bad Gateway</html>"}),
            json!({"status": 200, "body": "<html>Sign in</html>"}),
            json!({"cut": true}),
            json!({"lose_answer": true}),
        ]
        .into_iter()
        .enumerate()
        {
            let what = format!("{fault}");
            let since = portal.last_request().await;
            portal.later().await;
            let before = sync_tokens(&portal, since).await;
            let day = json!({"summary": "half", "start": {"date": "2026-12-09"}, "end": {"date": "2026-12-10"}});
            GoogleCalendar::of(&portal, ANNA).await.call("POST", "events", day).await;
            let mut fault = fault;
            fault["method"] = json!("calendar.events.list");
            fault["times"] = json!(3);
            portal.google("POST", "faults", fault).await;
            let since = portal.last_request().await;
            portal.advance(901);
            Worker::new(portal.app.clone(), 4).run_once().await.unwrap();
            assert_eq!(half().await, number + 1, "{what}");
            assert_eq!(standing(&anna).await, json!(["syncing", "google_unreachable", "both"]), "{what}");
            let mut during = sync_tokens(&portal, since).await;
            assert_eq!(during.len(), 3, "{what}");
            portal.later().await;
            let after = sync_tokens(&portal, since).await;
            assert_eq!(after[3], during[0], "{what}: the cursor stays");
            during.dedup();
            assert!(during.len() == 1 && before.len() == 1);
            assert_eq!((half().await, standing(&anna).await), (number + 2, json!(["in_step", null, "both"])), "{what}");
        }
        assert_eq!(anna.get("/calendar/holds").await.expect(200).json["items"], json!([]));
    }
}
