//! What is wrong with a request is named field by field, of whatever kind it is; and what is in its place cannot be stored.

use http::Method;
use serde_json::{Value, json};

use crate::{
    conflicts::{GoogleCalendar, clash},
    events::event,
    portal::{ADMINISTRATOR, ANNA, DAVID, Portal, Reply},
};

/// The fields that a refusal names, in order.
#[track_caller]
fn fields(reply: Reply) -> Vec<String> {
    let reply = reply.expect(422);
    let faults = reply.json["errors"].as_array().unwrap();
    let mut all: Vec<String> = faults.iter().map(|fault| fault["field"].as_str().unwrap().to_owned()).collect();
    all.sort();
    all
}

#[tokio::test]
async fn every_fault_of_an_event_is_named_whatever_its_kind() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let good = anna.post("/calendar/events", event("good", json!({}))).await.expect(201).json;
        let body = json!({
            "title": "x", "colour": "red", "color": "99", "reminders": 5, "attendees": ["no address"],
            "start_time": "2026-12-08T10:00:00+01:00", "end_time": "2026-12-08T09:00:00+01:00",
            "recurrence": ["RRULE:FREQ=SOMETIMES"], "calendar_id": "nonsense", "visibility": "shouted",
        });
        let all =
            ["attendees[0]", "calendar_id", "color", "colour", "end_time", "recurrence", "reminders", "visibility"];
        assert_eq!(fields(anna.post("/calendar/events", body.clone()).await), all);
        let path = format!("/calendar/events/{}", good["id"].as_str().unwrap());
        assert_eq!(fields(anna.patch(&path, body.clone()).await), all);
        let mut more = [&all[..], &["notify", "scope"]].concat();
        more.sort_unstable();
        assert_eq!(fields(anna.patch(&format!("{path}?scope=some&notify=perhaps"), body).await), more);
        assert_eq!(fields(anna.delete(&format!("{path}?scope=some&notify=perhaps")).await), ["notify", "scope"]);
        let times = json!({
            "time_zone": "Mars/Olympus", "start_time": "soon", "end_time": "later", "recurrence": ["RRULE:FREQ=DAILY;COUNT=0"],
            "calendar_id": "01980000-0000-7000-8000-000000000000",
        });
        let all = ["calendar_id", "end_time", "recurrence", "start_time", "time_zone"];
        assert_eq!(fields(anna.post("/calendar/events", times.clone()).await), all);
        assert_eq!(fields(anna.patch(&path, times).await), all);
        let listed =
            json!({"attendees": [{"email": DAVID}, {"name": "who"}, 7], "guests_can_modify": "yes", "title": 1});
        let found = fields(anna.patch(&path, listed).await);
        assert!(found.iter().any(|field| field.starts_with("attendees[")), "{found:?}");
        assert!(["guests_can_modify", "title"].iter().all(|field| found.contains(&(*field).to_owned())), "{found:?}");
        let answer = json!({"answer": "perhaps", "scope": "some", "more": 1});
        assert_eq!(fields(anna.post(&format!("{path}/answer"), answer).await), ["answer", "more", "scope"]);
        assert_eq!(anna.get(&path).await.expect(200).json, good, "nothing was stored");
        // What depends on the time alone is not judged without it.
        let endless = json!({"title": "x", "start_time": "soon", "recurrence": ["RRULE:FREQ=DAILY;UNTIL=19990101"]});
        assert_eq!(fields(anna.post("/calendar/events", endless).await), ["end_time", "start_time"]);
    }
}

#[tokio::test]
async fn every_fault_of_other_requests_is_named_too() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let link = anna.get("/calendar/links").await.expect(200).json["items"][0]["id"].as_str().unwrap().to_owned();
        let body = json!({
            "state": "x", "direction": "x", "role": "x", "private_rule": "x", "since": "x", "sync_attendees": "x", "other": 1,
            "event_types": ["x"],
        });
        let all = ["direction", "event_types", "other", "private_rule", "role", "since", "state", "sync_attendees"];
        assert_eq!(fields(anna.patch(&format!("/calendar/links/{link}"), body).await), all);

        let people =
            json!({"employees": ["nobody"], "emails": [DAVID, "no address"], "from": "x", "to": "y", "more": 1});
        let all = ["emails[1]", "employees[0]", "from", "more", "to"];
        assert_eq!(fields(anna.post("/calendar/free-busy", people.clone()).await), all);
        let mut slots = people;
        slots
            .as_object_mut()
            .unwrap()
            .extend([("minutes".to_owned(), json!(0)), ("time_zone".to_owned(), json!("Mars/Olympus"))]);
        let all = ["emails[1]", "employees[0]", "from", "minutes", "more", "time_zone", "to"];
        assert_eq!(fields(anna.post("/calendar/find-time", slots).await), all);
        let upside_down = json!({"emails": ["no address"], "from": "2026-12-02", "to": "2026-12-01"});
        assert_eq!(fields(anna.post("/calendar/free-busy", upside_down).await), ["emails[0]", "to"]);
        assert_eq!(fields(anna.post("/calendar/find-time", json!({})).await), ["employees", "from", "minutes", "to"]);

        let me = json!({"locale": "xx", "time_zone": "Mars/Olympus", "name": "Anna"});
        assert_eq!(fields(anna.patch("/me", me).await), ["locale", "name", "time_zone"]);
        let calendar = json!({"name": "", "color": "red", "time_zone": "Mars/Olympus", "sharing": "all", "other": 1});
        let all = ["color", "name", "other", "sharing", "time_zone"];
        assert_eq!(fields(anna.post("/calendar/calendars", calendar).await), all);
        let administrator = portal.user(ADMINISTRATOR).await;
        let client = json!({"client_id": " ", "redirect_uri": "ftp://x", "other": 1});
        let all = ["client_id", "client_secret", "name", "other", "redirect_uri"];
        assert_eq!(fields(administrator.post("/google/clients", client).await), all);
        let guard = json!({"guard": {"deletions": -1, "percent": "all", "mailed": 1, "more": 1}, "name": "Acme"});
        let all = ["guard.deletions", "guard.more", "guard.percent", "name"];
        assert_eq!(fields(administrator.patch("/company", guard).await), all);
    }
}

#[tokio::test]
async fn every_fault_of_grants_roles_and_choices_is_named_too() {
    for portal in Portal::each().await {
        let administrator = portal.user(ADMINISTRATOR).await;
        let roles = administrator.get("/roles").await.expect(200).json["items"].clone();
        let role = format!("/roles/{}/grants", roles[0]["id"].as_str().unwrap());
        let grants = json!({"other": 1, "grants": [
            {"function": "teleport", "action": "go", "scope": 7}, {"function": "calendar", "action": "eat", "far": "self"},
            {"function": "calendar", "action": "read", "scope": "self"}, {},
        ]});
        let all = [
            "grants[0].function",
            "grants[0].scope",
            "grants[1].action",
            "grants[1].far",
            "grants[1].scope",
            "grants[3].action",
            "grants[3].function",
            "grants[3].scope",
            "other",
        ];
        assert_eq!(fields(administrator.put(&role, grants).await), all);
        assert_eq!(fields(administrator.put(&role, json!({"grants": [7], "other": 1})).await), ["grants[0]", "other"]);
        assert_eq!(fields(administrator.put(&role, json!({"other": 1})).await), ["grants", "other"]);
        assert_eq!(administrator.get("/roles").await.expect(200).json["items"], roles, "nothing was stored");

        let people = administrator.get("/employees").await.expect(200).json["items"].clone();
        let path = format!("/employees/{}/roles", people[0]["id"].as_str().unwrap());
        let chosen = json!({"role_ids": ["nonsense", roles[0]["id"], people[0]["id"]], "other": 1});
        assert_eq!(fields(administrator.put(&path, chosen).await), ["other", "role_ids[0]", "role_ids[2]"]);
        assert_eq!(fields(administrator.put(&path, json!({"other": 1})).await), ["other", "role_ids"]);

        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        clash(&portal, &anna, &google, "both").await;
        let open = anna.get("/calendar/conflicts").await.expect(200).json["items"].clone();
        let resolve = format!("/calendar/conflicts/{}/resolve", open[0]["id"].as_str().unwrap());
        for (bad, all) in [
            (
                json!({"fields": {"title": "mine", "location": 7, "colour": "google"}, "other": 1}),
                &["fields.colour", "fields.location", "fields.title", "other"][..],
            ),
            (
                json!({"keep": "mine", "fields": {"colour": "google"}, "other": 1}),
                &["fields", "fields.colour", "keep", "other"],
            ),
            (json!({"keep": 7, "other": 1}), &["keep", "other"]),
            (json!({"other": 1}), &["keep", "other"]),
        ] {
            assert_eq!(fields(anna.post(&resolve, bad).await), all);
        }
        let every = json!({"keep": "mine", "calendar_id": "nonsense", "other": 1});
        assert_eq!(fields(anna.post("/calendar/conflicts/resolve-all", every).await), ["calendar_id", "keep", "other"]);
        assert_eq!(anna.get("/calendar/conflicts").await.expect(200).json["items"], open, "nothing was decided");
    }
}

/// What is no text is refused before a database has to.
#[tokio::test]
async fn control_characters_are_refused_everywhere() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let calendars = anna.get("/calendar/calendars").await.expect(200).json;
        let main = calendars["items"][0]["id"].as_str().unwrap();
        assert_eq!(fields(anna.post("/calendar/calendars", json!({"name": "a\u{0}b"})).await), ["name"]);
        assert_eq!(
            fields(anna.patch(&format!("/calendar/calendars/{main}"), json!({"name": "a\u{0}b"})).await),
            ["name"]
        );
        let body = event("a\u{1b}b", json!({"description": "a\u{0}", "location": "\u{7f}", "comment": "\u{0}"}));
        let all = ["comment", "description", "location", "title"];
        assert_eq!(fields(anna.post("/calendar/events", body).await), all);
        let lines = event("two", json!({"description": "one\r\n\ttwo"}));
        assert_eq!(anna.post("/calendar/events", lines).await.expect(201).json["description"], "one\r\n\ttwo");
        anna.get("/directory?query=a%00b").await.expect(200);
    }
}

/// Google keeps whole seconds, and so do rules: no occurrence is lost to a fraction of one.
#[tokio::test]
async fn a_series_that_begins_within_a_second_has_its_first_occurrence() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let body = event(
            "fraction",
            json!({
                "start_time": "2026-12-08T10:00:00.123+01:00", "end_time": "2026-12-08T11:00:00.9+01:00",
                "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"],
            }),
        );
        let made = anna.post("/calendar/events", body).await.expect(201).json;
        assert_eq!(made["start_time"], "2026-12-08T10:00:00+01:00");
        let items = anna.get("/calendar/events?from=2026-12-08&to=2026-12-20").await.expect(200).json["items"].clone();
        let mut items = items.as_array().unwrap().clone();
        items.retain(|item| item["title"] == "fraction");
        let starts: Value = items.iter().map(|item| item["start_time"].clone()).collect();
        assert_eq!(
            starts,
            json!(["2026-12-08T10:00:00+01:00", "2026-12-09T10:00:00+01:00", "2026-12-10T10:00:00+01:00"])
        );
        let first = format!("/calendar/events/{}", items[0]["id"].as_str().unwrap());
        assert_eq!(anna.get(&first).await.expect(200).json["end_time"], "2026-12-08T11:00:00+01:00");
    }
}

/// Who asks again for what was made and is gone is told so, and what it was.
#[tokio::test]
async fn a_repeated_create_says_what_became_of_the_first() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let make = async |key: &str, title: &str| {
            let headers = [("idempotency-key", key), ("accept-language", "cs")];
            anna.ask_with(Method::POST, "/calendar/events", event(title, json!({})), &headers).await
        };
        let made = make("k-1", "once").await.expect(201).json;
        assert_eq!(make("k-1", "once").await.expect(201).json["id"], made["id"]);
        let other = make("k-1", "other").await.expect(422);
        assert_eq!((other.slug(), &other.json["made"]), ("idempotency-mismatch", &made["id"]));
        anna.delete(&format!("/calendar/events/{}", made["id"].as_str().unwrap())).await.expect(200);
        let gone = make("k-1", "once").await.expect(409);
        assert_eq!((gone.slug(), &gone.json["made"]), ("made-before", &made["id"]));
        assert_eq!(gone.json["title"], "Požadavek už byl vyřízen");
        anna.post(&format!("/calendar/events/{}/undo", made["id"].as_str().unwrap()), Value::Null).await.expect(200);
        assert_eq!(make("k-1", "once").await.expect(201).json["id"], made["id"]);
    }
}
