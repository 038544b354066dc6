//! An event goes to another calendar of its owner: at Google it is the same event, moved.

use serde_json::{Value, json};

use crate::{
    conflicts::GoogleCalendar,
    portal::{ADMINISTRATOR, ANNA, DAVID, Portal, User},
};

/// Anna's own calendar and a second one of hers, both in step with Google: Portico's ids and Google's id of the second.
async fn two(portal: &Portal, anna: &User<'_>) -> (String, String, String) {
    let google = GoogleCalendar::of(portal, ANNA).await;
    let made = google.ask("POST", "calendars", json!({"summary": "Projects", "timeZone": "Europe/Prague"})).await;
    let projects = made["id"].as_str().unwrap().to_owned();
    anna.connect(ANNA).await;
    portal.work().await;
    let links = anna.get("/calendar/links").await.expect(200).json["items"].as_array().unwrap().clone();
    let of = |id: &str| links.iter().find(|link| link["google_calendar_id"] == id).unwrap().clone();
    let path = format!("/calendar/links/{}", of(&projects)["id"].as_str().unwrap());
    let second = anna.patch(&path, json!({"state": "on"})).await.expect(200).json;
    portal.work().await;
    (of(ANNA)["calendar_id"].as_str().unwrap().to_owned(), second["calendar_id"].as_str().unwrap().to_owned(), projects)
}

fn event(title: &str, more: Value) -> Value {
    let mut body = json!({
        "title": title, "use_google_meet": false, "time_zone": "Europe/Prague",
        "start_time": "2026-12-08T10:00:00+01:00", "end_time": "2026-12-08T11:00:00+01:00",
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// Ids and titles of what a Google calendar has in December, the series' instances that are others included.
async fn in_google(google: &GoogleCalendar<'_>, calendar: &str) -> Vec<(String, String)> {
    let list = google.ask("GET", &format!("calendars/{calendar}/events"), Value::Null).await;
    let mut all: Vec<(String, String)> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["summary"].as_str().is_some_and(|title| title.starts_with("moving")))
        .map(|item| (item["id"].as_str().unwrap().to_owned(), item["summary"].as_str().unwrap().to_owned()))
        .collect();
    all.sort();
    all
}

/// Calendar and title of everything that Anna sees, occurrences one by one.
async fn shown(anna: &User<'_>) -> Vec<(String, String)> {
    let window = "/calendar/events?from=2026-12-07T00:00:00Z&to=2026-12-21T00:00:00Z";
    let items = anna.get(window).await.expect(200).json["items"].clone();
    let mut all: Vec<(String, String)> = items
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["title"].as_str().unwrap().starts_with("moving"))
        .map(|item| (item["calendar_id"].as_str().unwrap().to_owned(), item["title"].as_str().unwrap().to_owned()))
        .collect();
    all.sort();
    all
}

async fn counts(portal: &Portal, since: u64) -> [usize; 3] {
    let mut counts = [0; 3];
    for (count, method) in counts.iter_mut().zip(["move", "insert", "delete"]) {
        let calls = portal.calls(since, &format!("calendar.events.{method}")).await;
        // The test's own program makes calendars and rules, and no events.
        *count = calls.len();
    }
    counts
}

#[tokio::test]
async fn it_is_a_move_there_and_back_and_mails_nobody() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let (main, second, projects) = two(&portal, &anna).await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let guests = json!({"attendees": ["x@elsewhere.example"]});
        let made = anna.post("/calendar/events", event("moving", guests)).await.expect(201).json;
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        portal.work().await;
        portal.google("DELETE", "mail", Value::Null).await;
        let there = in_google(&google, "primary").await;
        for (to, target, source) in [(&second, projects.as_str(), "primary"), (&main, "primary", projects.as_str())] {
            let since = portal.last_request().await;
            let moved = anna.patch(&path, json!({"calendar_id": to})).await.expect(200).json;
            assert_eq!(
                (&moved["id"], &moved["calendar_id"], &moved["sync"]),
                (&made["id"], &json!(to), &json!("pending"))
            );
            portal.work().await;
            assert_eq!(counts(&portal, since).await, [1, 0, 0]);
            assert_eq!((in_google(&google, target).await, in_google(&google, source).await), (there.clone(), vec![]));
            let seen = anna.get(&path).await.expect(200).json;
            assert_eq!(
                (&seen["sync"], &seen["can"]["edit"], &seen["can"]["move"]),
                (&json!("in_step"), &json!(true), &json!(true)),
                "{seen}"
            );
            assert_eq!(shown(&anna).await, [(to.clone(), "moving".to_owned())]);
            assert_eq!(anna.get("/calendar/conflicts").await.expect(200).json["items"], json!([]));
        }
        assert_eq!(portal.google("GET", "mail", Value::Null).await["items"], json!([]));

        // Afterwards both sides still speak of the same event.
        let id = there[0].0.clone();
        google.call("PATCH", &format!("events/{id}"), json!({"summary": "moving, renamed there"})).await;
        portal.advance(901);
        portal.work().await;
        assert_eq!(anna.get(&path).await.expect(200).json["title"], "moving, renamed there");
        anna.delete(&path).await.expect(200);
        portal.work().await;
        assert_eq!(in_google(&google, "primary").await, []);
    }
}

#[tokio::test]
async fn a_move_at_google_is_a_move_here_and_loses_nothing_that_waits() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let (main, second, projects) = two(&portal, &anna).await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        // It was made here: in whichever calendar it is, the link's rule for private events is not for it.
        let made =
            anna.post("/calendar/events", event("moving", json!({"visibility": "private"}))).await.expect(201).json;
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        portal.work().await;
        let there = in_google(&google, "primary").await;
        let id = &there[0].0;
        for (to, target, source) in [(&second, projects.as_str(), "primary"), (&main, "primary", projects.as_str())] {
            let move_to =
                format!("calendars/{source}/events/{id}/move?destination={}", target.replace("primary", ANNA));
            google.ask("POST", &move_to, Value::Null).await;
            portal.advance(901);
            portal.work().await;
            let seen = anna.get(&path).await.expect(200).json;
            assert_eq!((&seen["calendar_id"], &seen["title"]), (&json!(to), &json!("moving")), "{seen}");
            assert_eq!(shown(&anna).await, [(to.clone(), "moving".to_owned())]);
            assert_eq!((in_google(&google, target).await, in_google(&google, source).await), (there.clone(), vec![]));
            assert_eq!(anna.get("/calendar/conflicts").await.expect(200).json["items"], json!([]));
        }

        // What waits to go out when it is moved arrives, or is in a conflict where the calendar that lost it was read first.
        anna.patch(&path, json!({"title": "moving, renamed here"})).await.expect(200);
        let move_to = format!("calendars/primary/events/{id}/move?destination={projects}");
        google.ask("POST", &move_to, Value::Null).await;
        portal.advance(901);
        portal.work().await;
        let seen = anna.get(&path).await.expect(200).json;
        assert_eq!(seen["calendar_id"], json!(second), "{seen}");
        let conflicts = anna.get("/calendar/conflicts").await.expect(200).json["items"].to_string();
        let kept = [seen["title"].to_string(), conflicts].concat();
        assert!(kept.contains("moving, renamed here"), "{seen} {kept}");
    }
}

#[tokio::test]
async fn a_series_takes_its_other_occurrences_along() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let (_, second, projects) = two(&portal, &anna).await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let rule = json!({"recurrence": ["RRULE:FREQ=DAILY;COUNT=3"]});
        let made = anna.post("/calendar/events", event("moving", rule)).await.expect(201).json;
        portal.work().await;
        let id = made["id"].as_str().unwrap();
        anna.patch(&format!("/calendar/events/{id}_20261209T090000Z"), json!({"title": "moving, once"}))
            .await
            .expect(200);
        anna.delete(&format!("/calendar/events/{id}_20261210T090000Z")).await.expect(200);
        portal.work().await;
        let before = in_google(&google, "primary").await;
        assert_eq!(before.len(), 2);
        let (since, body) = (portal.last_request().await, json!({"calendar_id": second}));
        anna.patch(&format!("/calendar/events/{id}"), body).await.expect(200);
        portal.work().await;
        assert_eq!(counts(&portal, since).await, [1, 0, 0]);
        let rows = [(second.clone(), "moving".to_owned()), (second.clone(), "moving, once".to_owned())];
        assert_eq!(shown(&anna).await, rows);
        assert_eq!(in_google(&google, &projects).await, before);
        portal.advance(901);
        portal.work().await;
        assert_eq!(shown(&anna).await, rows, "and a later look changes nothing");
        // One occurrence alone cannot be moved to another calendar.
        let one = format!("/calendar/events/{id}_20261208T090000Z");
        let (links, main) = (anna.get("/calendar/links").await.json, json!(ANNA));
        let main = links["items"].as_array().unwrap().iter().find(|link| link["google_calendar_id"] == main).unwrap();
        let refused = anna.patch(&one, json!({"calendar_id": main["calendar_id"]})).await.expect(409).json;
        assert_eq!(refused["reason"], "series_moves_whole");
    }
}

#[tokio::test]
async fn a_lost_answer_is_found_again_and_a_move_while_paused_waits() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let (main, second, projects) = two(&portal, &anna).await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let made = anna.post("/calendar/events", event("moving", json!({}))).await.expect(201).json;
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        portal.work().await;
        let there = in_google(&google, "primary").await;
        // The move takes effect, its answer is lost.
        portal
            .google("POST", "faults", json!({"method": "calendar.events.move", "times": 1, "lose_answer": true}))
            .await;
        anna.patch(&path, json!({"calendar_id": second, "title": "moving on"})).await.expect(200);
        for _ in 0..3 {
            portal.work().await;
            portal.advance(120);
        }
        portal.work().await;
        assert_eq!(shown(&anna).await, [(second.clone(), "moving on".to_owned())]);
        assert_eq!(in_google(&google, "primary").await, []);
        assert_eq!(in_google(&google, &projects).await, [(there[0].0.clone(), "moving on".to_owned())]);

        // While paused: there and back is nothing, one way is one move.
        let connection = anna.get("/google/connections").await.json["items"][0]["id"].as_str().unwrap().to_owned();
        let pause = format!("/google/connections/{connection}/pause");
        let resume = format!("/google/connections/{connection}/resume");
        anna.post(&pause, Value::Null).await.expect(200);
        let since = portal.last_request().await;
        anna.patch(&path, json!({"calendar_id": main})).await.expect(200);
        anna.patch(&path, json!({"calendar_id": second})).await.expect(200);
        anna.post(&resume, Value::Null).await.expect(200);
        portal.work().await;
        assert_eq!(counts(&portal, since).await, [0, 0, 0]);
        anna.post(&pause, Value::Null).await.expect(200);
        anna.patch(&path, json!({"calendar_id": main})).await.expect(200);
        anna.post(&resume, Value::Null).await.expect(200);
        portal.work().await;
        assert_eq!(counts(&portal, since).await, [1, 0, 0]);
        assert_eq!(in_google(&google, "primary").await, [(there[0].0.clone(), "moving on".to_owned())]);
        assert_eq!(shown(&anna).await, [(main.clone(), "moving on".to_owned())]);
    }
}

#[tokio::test]
async fn another_owner_is_a_delete_and_an_insert() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        let administrator = portal.user(ADMINISTRATOR).await;
        let roles = administrator.get("/roles").await.json["items"].as_array().unwrap().clone();
        let role = roles.iter().find(|role| role["name"] == "Employee").unwrap()["id"].as_str().unwrap();
        let grant =
            |function: &str, action: &str, scope: &str| json!({"function": function, "action": action, "scope": scope});
        let grants = json!({"grants": [
            grant("calendar", "read", "company"), grant("calendar", "write", "company"),
            grant("google_connection", "connect", "self"),
        ]});
        administrator.put(&format!("/roles/{role}/grants"), grants).await.expect(200);
        anna.connect(ANNA).await;
        david.connect(DAVID).await;
        portal.work().await;
        let made = anna.post("/calendar/events", event("moving", json!({}))).await.expect(201).json;
        portal.work().await;
        let links = david.get("/calendar/links").await.expect(200).json;
        let since = portal.last_request().await;
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        anna.patch(&path, json!({"calendar_id": links["items"][0]["calendar_id"]})).await.expect(200);
        portal.work().await;
        assert_eq!(counts(&portal, since).await, [0, 1, 1]);
        assert_eq!(in_google(&GoogleCalendar::of(&portal, ANNA).await, "primary").await, []);
        assert_eq!(in_google(&GoogleCalendar::of(&portal, DAVID).await, "primary").await.len(), 1);
    }
}
