//! Kinds of Google's events: which of them a link brings, and what Google alone lets be changed.

use serde_json::{Value, json};

use crate::{
    conflicts::GoogleCalendar,
    links::{event, link, titles_at, titles_in},
    portal::{ADMINISTRATOR, ANNA, DAVID, Portal, User},
};

/// Everything that Google knows, `default` first.
const ALL: [&str; 6] = ["default", "fromGmail", "outOfOffice", "focusTime", "workingLocation", "birthday"];

/// What of Google's Anna has here: one of each kind that can be made, the office as a series of days.
const KINDS: [&str; 4] = ["Away", "Eva", "Focus", "Office"];

/// Anna's calendar at Google with an event of each special kind, and one day on which she works at home instead.
async fn special(portal: &Portal) -> GoogleCalendar<'_> {
    let google = GoogleCalendar::of(portal, ANNA).await;
    let timed = |title: &str, kind: &str, properties: Value, from: &str, to: &str| {
        let at = |time: &str| json!({"dateTime": format!("2026-12-08T{time}:00+01:00"), "timeZone": "Europe/Prague"});
        let mut body = json!({"summary": title, "eventType": kind, "start": at(from), "end": at(to)});
        body[format!("{kind}Properties")] = properties;
        body
    };
    let auto = json!({"autoDeclineMode": "declineNone", "declineMessage": "Later"});
    google.call("POST", "events", timed("Away", "outOfOffice", auto.clone(), "13:00", "17:00")).await;
    google.call("POST", "events", timed("Focus", "focusTime", auto, "09:00", "10:00")).await;
    let office = json!({
        "summary": "Office", "eventType": "workingLocation", "start": {"date": "2026-12-09"}, "end": {"date": "2026-12-10"},
        "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"], "visibility": "public", "transparency": "transparent",
        "workingLocationProperties": {"type": "officeLocation", "officeLocation": {"label": "Praha"}},
    });
    let office = google.call("POST", "events", office).await["id"].as_str().unwrap().to_owned();
    let home = json!({
        "summary": "Home",
        "workingLocationProperties": {"type": "homeOffice", "homeOffice": {}},
    });
    google.call("PATCH", &format!("events/{office}_20261210"), home).await;
    let birthday = json!({
        "summary": "Eva", "eventType": "birthday", "start": {"date": "2026-12-11"}, "end": {"date": "2026-12-12"},
        "recurrence": ["RRULE:FREQ=YEARLY"], "visibility": "private", "transparency": "transparent",
    });
    google.call("POST", "events", birthday).await;
    google
}

/// Anna, her connection and her main link, which is to bring every kind.
async fn bringing_all(portal: &Portal) -> (User<'_>, String, Value) {
    let (anna, connection) = portal.connected(ANNA).await;
    let main = link(&anna, ANNA).await.unwrap();
    let path = format!("/calendar/links/{}", main["id"].as_str().unwrap());
    anna.patch(&path, json!({"event_types": ALL})).await.expect(200);
    (anna, connection, main)
}

/// Whose titles are shown, each occurrence once.
async fn shown(user: &User<'_>, calendar: &Value) -> Vec<String> {
    let mut titles = titles_in(user, calendar).await;
    titles.retain(|title| KINDS.contains(&title.as_str()) || ["Home", ""].contains(&title.as_str()));
    titles.sort();
    titles
}

async fn item(user: &User<'_>, calendar: &Value, title: &str) -> Value {
    let window = "from=2026-12-07T00:00:00Z&to=2026-12-21T00:00:00Z";
    let path = format!("/calendar/events?{window}&calendar={}", calendar.as_str().unwrap());
    let items = user.get(&path).await.expect(200).json["items"].clone();
    let found = items.as_array().unwrap().iter().find(|item| item["title"] == title);
    found.unwrap_or_else(|| panic!("no {title} in {items}")).clone()
}

/// What was written at Google after the request of this number.
async fn writes(portal: &Portal, since: u64) -> Vec<Value> {
    let mut all = portal.requests(since).await;
    all.retain(|call| {
        let method = call["method"].as_str().unwrap_or_default();
        method.starts_with("calendar.events.") && !["list", "get", "watch"].iter().any(|read| method.ends_with(read))
    });
    all
}

#[tokio::test]
async fn a_link_brings_the_kinds_of_events_that_it_names() {
    for portal in Portal::each().await {
        let google = special(&portal).await;
        let before = portal.last_request().await;
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        anna.connect(ANNA).await;
        portal.work().await;
        // Meetings that were here go out, and nothing else.
        let first = writes(&portal, before).await;
        assert!(first.iter().all(|call| call["method"] == "calendar.events.insert"), "{first:?}");
        let before = portal.last_request().await;
        let main = link(&anna, ANNA).await.unwrap();
        assert_eq!(main["event_types"], json!(ALL[..4]));
        let (calendar, path) = (&main["calendar_id"], format!("/calendar/links/{}", main["id"].as_str().unwrap()));
        let share = format!("/calendar/calendars/{}", calendar.as_str().unwrap());
        anna.patch(&share, json!({"sharing": "details"})).await.expect(200);
        assert_eq!(shown(&anna, calendar).await, ["Away", "Focus"]);
        let kinds = async |kinds: &[&str]| {
            let link = anna.patch(&path, json!({"event_types": kinds})).await.expect(200).json;
            portal.work().await;
            link["event_types"].clone()
        };

        // In whatever order they are named. A birthday is private by Google's doing, and has its name all the same.
        let turned: Vec<&str> = ALL.into_iter().rev().chain(["default"]).collect();
        assert_eq!(kinds(&turned).await, json!(ALL));
        assert_eq!(shown(&anna, calendar).await, ["Away", "Eva", "Focus", "Home", "Office", "Office"]);
        assert_eq!(item(&anna, calendar, "Home").await["event_type"], "workingLocation");
        assert_eq!(item(&anna, calendar, "Eva").await["event_type"], "birthday");
        let others = shown(&david, calendar).await;
        assert!(!others.contains(&"Eva".to_owned()) && others.contains(&"Office".to_owned()), "{others:?}");
        anna.patch(&path, json!({"private_rule": "full"})).await.expect(200);
        anna.patch(&path, json!({"private_rule": "skip"})).await.expect(200);
        assert!(shown(&anna, calendar).await.contains(&"Eva".to_owned()), "nobody chose that it is private");

        // All at once they would have the guard ask; a person's own choice does not.
        assert_eq!(kinds(&["default"]).await, json!(["default"]));
        assert_eq!(shown(&anna, calendar).await, Vec::<String>::new());
        assert_eq!(anna.get("/calendar/holds").await.expect(200).json["items"], json!([]));
        let eva = format!("events/{}", google.titled("Eva").await["id"].as_str().unwrap());
        google.call("PATCH", &eva, json!({"summary": "Eva M."})).await;
        portal.later().await;
        let anna = portal.user(ANNA).await;
        assert_eq!(shown(&anna, calendar).await, Vec::<String>::new());

        anna.patch(&path, json!({"event_types": ALL})).await.expect(200);
        portal.work().await;
        let mut titles = titles_in(&anna, calendar).await;
        titles.retain(|title| title.starts_with("Eva") || KINDS.contains(&title.as_str()) || title == "Home");
        titles.sort();
        assert_eq!(titles, ["Away", "Eva M.", "Focus", "Home", "Office", "Office"]);

        // Google kept all of it, and was told nothing.
        let mut there = titles_at(&google, "primary").await;
        there.retain(|title| ["Away", "Eva M.", "Focus", "Home", "Office"].contains(&title.as_str()));
        there.sort();
        assert_eq!(there, ["Away", "Eva M.", "Focus", "Home", "Office"]);
        let own = writes(&portal, before).await;
        let own: Vec<&Value> = own.iter().map(|call| &call["body"]).collect();
        assert_eq!(own, [&json!({"summary": "Eva M."})], "the test's own alone");
        assert_eq!(anna.get("/calendar/conflicts").await.expect(200).json["items"], json!([]));
        let audit = format!("/audit?subject={}", main["id"].as_str().unwrap());
        let audit = portal.user(ADMINISTRATOR).await.get(&audit).await.expect(200).json["items"].to_string();
        assert!(audit.contains("link.updated") && !audit.contains("link.set_aside"), "{audit}");
    }
}

#[tokio::test]
async fn a_kind_that_google_does_not_know_or_no_usual_ones_are_refused() {
    for portal in Portal::each().await {
        let (anna, _) = portal.connected(ANNA).await;
        let main = link(&anna, ANNA).await.unwrap();
        let path = format!("/calendar/links/{}", main["id"].as_str().unwrap());
        for (kinds, code) in [
            (json!(["default", "party"]), "unknown"),
            (json!(["birthday", "focusTime"]), "without_usual"),
            (json!([]), "without_usual"),
            (json!("default"), "wrong_type"),
        ] {
            let errors = anna.patch(&path, json!({"event_types": kinds})).await.expect(422).json["errors"].clone();
            assert_eq!(errors.as_array().unwrap().len(), 1, "{errors}");
            assert_eq!((&errors[0]["field"], &errors[0]["code"]), (&json!("event_types"), &json!(code)), "{kinds}");
            assert_ne!(errors[0]["message"], "", "{kinds}");
        }
        assert_eq!(link(&anna, ANNA).await.unwrap()["event_types"], main["event_types"]);
    }
}

#[tokio::test]
async fn what_google_alone_lets_be_changed_is_shown_with_its_kind_and_not_edited_here() {
    for portal in Portal::each().await {
        let google = special(&portal).await;
        let (anna, _, main) = bringing_all(&portal).await;
        let calendar = &main["calendar_id"];
        let usual = anna.post("/calendar/events", event("Usual", calendar)).await.expect(201).json;
        assert!(usual.get("event_type").is_none(), "{usual}");
        portal.work().await;

        let away = item(&anna, calendar, "Away").await;
        assert_eq!(away["event_type"], "outOfOffice");
        assert_eq!(away["can"], json!({"edit": false, "delete": true, "answer": false, "move": false}));
        let path = format!("/calendar/events/{}", away["id"].as_str().unwrap());
        for body in [
            json!({"title": "Here"}),
            json!({"start_time": "2026-12-08T14:00:00+01:00"}),
            json!({"transparency": "transparent"}),
            json!({"visibility": "private"}),
            json!({"calendar_id": calendar}),
        ] {
            assert_eq!(anna.patch(&path, body.clone()).await.expect(409).json["reason"], "special_event", "{body}");
        }
        let eva = item(&anna, calendar, "Eva").await;
        let birthday = format!("/calendar/events/{}", eva["id"].as_str().unwrap());
        let cut = anna.patch(&format!("{birthday}?scope=following"), json!({"color": "5"})).await.expect(409).json;
        assert_eq!(cut["reason"], "special_event", "its series is nobody's to cut");
        assert_eq!(
            anna.delete(&format!("{birthday}?scope=following")).await.expect(409).json["reason"],
            "special_event"
        );

        // The colour and the reminders are everybody's own, of all of it and of one day.
        let own = json!({"color": "5", "reminders": {"use_default": false, "overrides": [{"method": "popup", "minutes": 30}]}});
        anna.patch(&path, own.clone()).await.expect(200);
        anna.patch(&format!("{birthday}?scope=all"), own.clone()).await.expect(200);
        let office = format!("/calendar/events/{}", item(&anna, calendar, "Office").await["id"].as_str().unwrap());
        let day = anna.patch(&format!("{office}?scope=this"), own).await.expect(200).json;
        assert_eq!((&day["event_type"], &day["can"]["edit"]), (&json!("workingLocation"), &json!(false)));
        portal.work().await;
        for title in ["Away", "Eva"] {
            let there = google.titled(title).await;
            assert_eq!((&there["colorId"], &there["reminders"]["overrides"][0]["minutes"]), (&json!("5"), &json!(30)));
        }
        let office = google.titled("Office").await["id"].as_str().unwrap().to_owned();
        let instance = google.call("GET", &format!("events/{office}_20261209"), Value::Null).await;
        assert_eq!((&instance["colorId"], &instance["eventType"]), (&json!("5"), &json!("workingLocation")));
        for title in ["Away", "Eva", "Office"] {
            assert_eq!(item(&anna, calendar, title).await["sync"], "in_step", "{title}");
        }
    }
}

#[tokio::test]
async fn an_edit_that_waits_goes_out_before_its_kind_leaves() {
    for portal in Portal::each().await {
        let google = special(&portal).await;
        let (anna, connection, main) = bringing_all(&portal).await;
        let (calendar, path) = (&main["calendar_id"], format!("/calendar/links/{}", main["id"].as_str().unwrap()));
        portal.work().await;
        let office = item(&anna, calendar, "Office").await;
        anna.post(&format!("/google/connections/{connection}/pause"), Value::Null).await.expect(200);
        for (id, color) in [(&item(&anna, calendar, "Away").await["id"], "3"), (&office["id"], "4")] {
            let id = id.as_str().unwrap();
            anna.patch(&format!("/calendar/events/{id}?scope=this"), json!({"color": color})).await.expect(200);
        }
        anna.patch(&path, json!({"event_types": ["default"]})).await.expect(200);
        anna.post(&format!("/google/connections/{connection}/resume"), Value::Null).await.expect(200);
        portal.work().await;
        assert_eq!(shown(&anna, calendar).await, Vec::<String>::new(), "the series with its days");
        assert_eq!(google.titled("Away").await["colorId"], "3");
        let series = google.titled("Office").await["id"].as_str().unwrap().to_owned();
        let day = google.call("GET", &format!("events/{series}_20261209"), Value::Null).await;
        assert_eq!(day["colorId"], "4");
        assert_eq!(anna.get("/calendar/conflicts").await.expect(200).json["items"], json!([]));
        anna.patch(&path, json!({"event_types": ALL})).await.expect(200);
        portal.work().await;
        assert_eq!(shown(&anna, calendar).await, ["Away", "Eva", "Focus", "Home", "Office", "Office"]);
        assert_eq!(item(&anna, calendar, "Away").await["color"], "3");
    }
}

#[tokio::test]
async fn a_special_event_is_deleted_here_and_taken_back_as_what_it_was() {
    for portal in Portal::each().await {
        let google = special(&portal).await;
        let (anna, _, main) = bringing_all(&portal).await;
        let calendar = &main["calendar_id"];
        portal.work().await;
        let mut ids = Vec::new();
        for title in KINDS {
            let id = item(&anna, calendar, title).await["id"].as_str().unwrap().to_owned();
            let deleted = anna.delete(&format!("/calendar/events/{id}?scope=all")).await.expect(200).json;
            ids.push(deleted["id"].as_str().unwrap().to_owned());
        }
        portal.work().await;
        let mut there = titles_at(&google, "primary").await;
        there.retain(|title| KINDS.contains(&title.as_str()));
        assert_eq!(there, Vec::<String>::new());
        for id in &ids {
            anna.post(&format!("/calendar/events/{id}/undo"), Value::Null).await.expect(200);
        }
        portal.work().await;
        for (title, kind) in
            [("Away", "outOfOffice"), ("Focus", "focusTime"), ("Office", "workingLocation"), ("Eva", "birthday")]
        {
            let again = google.titled(title).await;
            assert_eq!((&again["eventType"], &again["status"]), (&json!(kind), &json!("confirmed")), "{again}");
            let here = item(&anna, calendar, title).await;
            assert_eq!((&here["event_type"], &here["sync"]), (&json!(kind), &json!("in_step")), "{here}");
        }
        assert_eq!(google.titled("Away").await["outOfOfficeProperties"]["declineMessage"], "Later");
    }
}
