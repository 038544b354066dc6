//! Both sides change the same field: Google's value stands, ours is kept, the person chooses.

use bytes::Bytes;
use http::{Request, header};
use portico_transport::Transport;
use serde_json::{Value, json};

use crate::portal::{ADMINISTRATOR, ANNA, DAVID, Portal, User};

/// Google's calendar of an account, as another program of the person's sees it.
pub struct GoogleCalendar<'a> {
    portal: &'a Portal,
    token: String,
}

impl<'a> GoogleCalendar<'a> {
    pub async fn of(portal: &'a Portal, account: &str) -> Self {
        let scopes = ["https://www.googleapis.com/auth/calendar"];
        let token = portal.google("POST", "tokens", json!({"account": account, "scopes": scopes})).await;
        Self { portal, token: token["access_token"].as_str().unwrap().to_owned() }
    }

    /// Asks for a path of the account's own calendar.
    pub async fn call(&self, method: &str, path: &str, body: Value) -> Value {
        self.ask(method, &format!("calendars/primary/{path}"), body).await
    }

    /// Asks for any path of the API.
    pub async fn ask(&self, method: &str, path: &str, body: Value) -> Value {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("https://www.googleapis.com/calendar/v3/{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        let mut bytes = Bytes::new();
        if !body.is_null() {
            request = request.header(header::CONTENT_TYPE, "application/json");
            bytes = Bytes::from(body.to_string());
        }
        let answer = self.portal.network.send(request.body(bytes).unwrap()).await.unwrap();
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        assert!(answer.status().is_success(), "{method} {path}: {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// The event with this title.
    pub async fn titled(&self, title: &str) -> Value {
        let list = self.call("GET", "events", Value::Null).await;
        let found = list["items"].as_array().unwrap().iter().find(|item| item["summary"] == title);
        found.unwrap_or_else(|| panic!("no {title} in {list}")).clone()
    }
}

/// An event whose title and place both sides have changed: its id, and Google's.
pub async fn clash(portal: &Portal, anna: &User<'_>, google: &GoogleCalendar<'_>, title: &str) -> (String, String) {
    let body = json!({
        "title": title, "start_time": "2026-12-08T10:00:00+01:00", "end_time": "2026-12-08T11:00:00+01:00",
        "location": "Vltava", "use_google_meet": false,
    });
    let made = anna.post("/calendar/events", body).await.expect(201).json;
    let id = made["id"].as_str().unwrap().to_owned();
    portal.work().await;
    let there = google.titled(title).await["id"].as_str().unwrap().to_owned();
    let theirs = json!({"summary": format!("{title} theirs"), "location": "Labe"});
    google.call("PATCH", &format!("events/{there}"), theirs).await;
    let ours = json!({"title": format!("{title} ours"), "location": "Sázava"});
    let pending = anna.patch(&format!("/calendar/events/{id}"), ours).await.expect(200).json;
    assert_eq!(pending["sync"], "pending");
    portal.work().await;
    (id, there)
}

#[tokio::test]
async fn googles_value_stands_until_the_person_chooses() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        for (choice, title, location) in [
            (json!({"keep": "google"}), "a theirs", "Labe"),
            (json!({"keep": "portico"}), "a ours", "Sázava"),
            (json!({"fields": {"title": "portico"}}), "a ours", "Labe"),
            (json!({"fields": {"title": "google", "location": "portico"}}), "a theirs", "Sázava"),
        ] {
            let (id, there) = clash(&portal, &anna, &google, "a").await;
            let seen = anna.get(&format!("/calendar/events/{id}")).await.expect(200).json;
            assert_eq!(
                (&seen["title"], &seen["location"], &seen["sync"]),
                (&json!("a theirs"), &json!("Labe"), &json!("conflict"))
            );

            let open = anna.get("/calendar/conflicts").await.expect(200).json["items"].clone();
            assert_eq!(open.as_array().unwrap().len(), 1, "{open}");
            let conflict = &open[0];
            assert_eq!((&conflict["event_id"], &conflict["id"]), (&json!(id), &seen["conflict_id"]));
            assert_eq!(conflict["portico"]["by"], "Anna Nováková");
            let field = conflict["fields"].as_array().unwrap().iter().find(|field| field["field"] == "title").unwrap();
            assert_eq!(
                (&field["base"], &field["portico"], &field["google"]),
                (&json!("a"), &json!("a ours"), &json!("a theirs"))
            );

            let one = format!("/calendar/conflicts/{}", conflict["id"].as_str().unwrap());
            assert_eq!(anna.get(&one).await.expect(200).json, *conflict, "one by itself is as in the list");
            let path = format!("{one}/resolve");
            let david = portal.user(DAVID).await;
            david.get(&one).await.expect(404);
            david.post(&path, choice.clone()).await.expect(404);
            for bad in [
                json!({}),
                json!({"keep": "mine"}),
                json!({"fields": {"colour": "google"}}),
                json!({"keep": "google", "fields": {}}),
            ] {
                anna.post(&path, bad).await.expect(422);
            }
            let resolved = anna.post(&path, choice.clone()).await.expect(200).json;
            assert!(resolved["resolved_at"].is_string());
            assert_eq!(anna.get(&one).await.expect(200).json, resolved);
            anna.post(&path, choice).await.expect(409);
            portal.work().await;

            let seen = anna.get(&format!("/calendar/events/{id}")).await.expect(200).json;
            assert_eq!(
                (&seen["title"], &seen["location"], &seen["sync"]),
                (&json!(title), &json!(location), &json!("in_step"))
            );
            let remote = google.call("GET", &format!("events/{there}"), Value::Null).await;
            assert_eq!((&remote["summary"], &remote["location"]), (&json!(title), &json!(location)));
            assert_eq!(anna.get("/calendar/conflicts").await.expect(200).json["items"], json!([]));
            anna.delete(&format!("/calendar/events/{id}")).await.expect(200);
            portal.work().await;
        }
        let resolved = anna.get("/calendar/conflicts?state=resolved&limit=3").await.expect(200).json;
        assert_eq!(resolved["items"].as_array().unwrap().len(), 3);
        let rest =
            format!("/calendar/conflicts?state=resolved&limit=3&cursor={}", resolved["next_cursor"].as_str().unwrap());
        assert_eq!(anna.get(&rest).await.expect(200).json["items"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn many_conflicts_are_resolved_at_once() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let (first, _) = clash(&portal, &anna, &google, "a").await;
        clash(&portal, &anna, &google, "b").await;
        assert_eq!(anna.get("/calendar/conflicts").await.expect(200).json["items"].as_array().unwrap().len(), 2);
        let david = portal.user(DAVID).await;
        let none = david.post("/calendar/conflicts/resolve-all", json!({"keep": "portico"})).await.expect(200).json;
        assert_eq!(none["resolved"], 0, "others' conflicts are theirs");
        let guests = json!({"attendees": ["x@elsewhere.example"], "notify": false});
        anna.patch(&format!("/calendar/events/{first}"), guests).await.expect(200);
        portal.work().await;
        portal.google("DELETE", "mail", Value::Null).await;
        let all = anna.post("/calendar/conflicts/resolve-all", json!({"keep": "portico"})).await.expect(200).json;
        assert_eq!(all["resolved"], 2);
        portal.work().await;
        assert_eq!(portal.google("GET", "mail", Value::Null).await["items"], json!([]), "a bulk act mails nobody");
        google.titled("a ours").await;
        google.titled("b ours").await;
    }
}

/// Google's deletion and an edit that has not gone out: the edit is not lost, and the person says what happens.
#[tokio::test]
async fn a_deletion_at_google_of_what_was_edited_here_is_a_conflict() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        for (keep, title) in [("portico", Some("d ours")), ("google", None)] {
            let google = GoogleCalendar::of(&portal, ANNA).await;
            let body = json!({
                "title": "d", "start_time": "2026-12-08T10:00:00+01:00", "end_time": "2026-12-08T11:00:00+01:00",
                "use_google_meet": false,
            });
            let made = anna.post("/calendar/events", body).await.expect(201).json;
            let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
            portal.work().await;
            let there = google.titled("d").await["id"].as_str().unwrap().to_owned();
            google.call("DELETE", &format!("events/{there}"), Value::Null).await;
            anna.patch(&path, json!({"title": "d ours"})).await.expect(200);
            portal.work().await;
            portal.advance(901);
            portal.work().await;
            let open = anna.get("/calendar/conflicts").await.expect(200).json["items"].clone();
            assert_eq!(open.as_array().unwrap().len(), 1, "{open}");
            assert_eq!(open[0]["fields"][0]["field"], "status");
            let resolve = format!("/calendar/conflicts/{}/resolve", open[0]["id"].as_str().unwrap());
            anna.post(&resolve, json!({"keep": keep})).await.expect(200);
            portal.work().await;
            portal.advance(901);
            portal.work().await;
            let list =
                GoogleCalendar::of(&portal, ANNA).await.call("GET", "events", Value::Null).await["items"].clone();
            let found: Vec<&str> = list
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|item| item["summary"].as_str())
                .filter(|t| t.starts_with("d "))
                .collect();
            assert_eq!(found, title.into_iter().collect::<Vec<_>>(), "{keep}");
            let seen = anna.get(&path).await;
            match title {
                Some(title) => {
                    let seen = seen.expect(200).json;
                    assert_eq!((&seen["title"], &seen["sync"]), (&json!(title), &json!("in_step")));
                    anna.delete(&path).await.expect(200);
                    portal.work().await;
                }
                None => assert_eq!(seen.status.as_u16(), 404),
            }
            assert_eq!(anna.get("/calendar/conflicts").await.expect(200).json["items"], json!([]));
        }
    }
}

/// Whether a whole series takes place: deleted on one side and edited on the other, with Portico's side chosen, both ways.
#[tokio::test]
async fn portico_is_chosen_where_a_whole_series_was_deleted_on_one_side() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        anna.connect(ANNA).await;
        portal.work().await;
        let shown = async |user: &User<'_>| {
            let items =
                user.get("/calendar/events?from=2026-12-01&to=2027-01-01").await.expect(200).json["items"].clone();
            let mut all: Vec<String> = items
                .as_array()
                .unwrap()
                .iter()
                .filter(|item| item["title"].as_str().unwrap().starts_with("fought"))
                .map(|item| {
                    format!("{} {}", &item["start_time"].as_str().unwrap()[..16], item["title"].as_str().unwrap())
                })
                .collect();
            all.sort();
            all
        };
        let there = async || {
            let google = GoogleCalendar::of(&portal, ANNA).await;
            let window = "timeMin=2026-12-01T00:00:00Z&timeMax=2027-01-01T00:00:00Z";
            let list = google.call("GET", &format!("events?singleEvents=true&{window}"), Value::Null).await;
            let mut all: Vec<String> = list["items"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|item| item["summary"].as_str().is_some_and(|title| title.starts_with("fought")))
                .map(|item| {
                    format!(
                        "{} {}",
                        &item["start"]["dateTime"].as_str().unwrap()[..16],
                        item["summary"].as_str().unwrap()
                    )
                })
                .collect();
            all.sort();
            all
        };
        let days = |title: &str| {
            let at = ["2026-12-08T10:00", "2026-12-09T15:00", "2026-12-10T10:00"];
            at.map(|start| format!("{start} {title}")).to_vec()
        };
        for deleted_here in [false, true] {
            let google = GoogleCalendar::of(&portal, ANNA).await;
            let body = json!({
                "title": "fought", "start_time": "2026-12-08T10:00:00+01:00", "end_time": "2026-12-08T11:00:00+01:00",
                "time_zone": "Europe/Prague", "use_google_meet": false, "attendees": [DAVID],
                "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"],
            });
            let made = anna.post("/calendar/events", body).await.expect(201).json;
            let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
            let moved = json!({"start_time": "2026-12-09T15:00:00+01:00", "end_time": "2026-12-09T16:00:00+01:00"});
            anna.patch(&format!("{path}_20261209T090000Z"), moved).await.expect(200);
            portal.later().await;
            let id = google.titled("fought").await["id"].as_str().unwrap().to_owned();
            if deleted_here {
                google.call("PATCH", &format!("events/{id}"), json!({"summary": "fought there"})).await;
                anna.delete(&path).await.expect(200);
            } else {
                google.call("DELETE", &format!("events/{id}"), Value::Null).await;
                anna.patch(&path, json!({"title": "fought here"})).await.expect(200);
            }
            portal.later().await;
            // Google's side stands until Anna has chosen.
            let stands = if deleted_here { days("fought there") } else { Vec::new() };
            for user in [&anna, &david] {
                assert_eq!(shown(user).await, stands, "deleted here: {deleted_here}");
            }
            let open = anna.get("/calendar/conflicts").await.expect(200).json["items"].clone();
            assert_eq!(open.as_array().unwrap().len(), 1, "{open}");
            let status = &open[0]["fields"][0];
            let sides = if deleted_here { ("cancelled", "confirmed") } else { ("confirmed", "cancelled") };
            assert_eq!(
                (&status["field"], &status["portico"], &status["google"]),
                (&json!("status"), &json!(sides.0), &json!(sides.1))
            );
            let resolve = format!("/calendar/conflicts/{}/resolve", open[0]["id"].as_str().unwrap());
            anna.post(&resolve, json!({"keep": "portico"})).await.expect(200);
            portal.later().await;
            portal.later().await;
            let chosen = if deleted_here { Vec::new() } else { days("fought here") };
            for user in [&anna, &david] {
                assert_eq!(shown(user).await, chosen, "deleted here: {deleted_here}");
            }
            assert_eq!(there().await, chosen, "deleted here: {deleted_here}");
            assert_eq!(anna.get("/calendar/conflicts").await.expect(200).json["items"], json!([]));
            if !deleted_here {
                assert_eq!(anna.get(&path).await.expect(200).json["sync"], "in_step");
                anna.delete(&path).await.expect(200);
                portal.later().await;
            }
            let since = portal.last_request().await;
            portal.later().await;
            let mut writes = portal.requests(since).await;
            writes.retain(|call| call["verb"] != "GET");
            assert_eq!(writes, Vec::<Value>::new(), "at rest");
        }
    }
}

/// The titles and places that an event has here and at Google.
async fn both_sides(anna: &User<'_>, google: &GoogleCalendar<'_>, id: &str, there: &str) -> [Value; 4] {
    let here = anna.get(&format!("/calendar/events/{id}")).await.expect(200).json;
    assert_eq!(here["sync"], "in_step", "{here}");
    let remote = google.call("GET", &format!("events/{there}"), Value::Null).await;
    [here["title"].clone(), here["location"].clone(), remote["summary"].clone(), remote["location"].clone()]
}

#[tokio::test]
async fn a_companys_rule_decides_and_the_person_may_choose_otherwise() {
    for portal in Portal::each().await {
        let (anna, _) = portal.connected(ANNA).await;
        let (david, eva) = (portal.user(DAVID).await, portal.user(ADMINISTRATOR).await);
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let conflicts = async |state: &str| {
            let list = anna.get(&format!("/calendar/conflicts?state={state}")).await.expect(200).json["items"].clone();
            list.as_array().unwrap().clone()
        };
        assert_eq!(anna.get("/company").await.expect(200).json["conflicts"], "ask");
        anna.patch("/company", json!({"conflicts": "google"})).await.expect(403);
        eva.patch("/company", json!({"conflicts": "mine"})).await.expect(422);
        clash(&portal, &anna, &google, "asked").await;

        let ours = ["a ours", "Sázava"].map(Value::from);
        let theirs = ["a theirs", "Labe"].map(Value::from);
        for (rule, other) in [("portico", "google"), ("google", "portico")] {
            let company = eva.patch("/company", json!({"conflicts": rule})).await.expect(200).json;
            assert_eq!((&company["conflicts"], &company["guard"]["deletions"]), (&json!(rule), &json!(20)));
            let (wins, loses) = if rule == "portico" { (&ours, &theirs) } else { (&theirs, &ours) };
            let (id, there) = clash(&portal, &anna, &google, "a").await;
            assert_eq!(both_sides(&anna, &google, &id, &there).await, [&wins[..], &wins[..]].concat()[..], "{rule}");
            assert_eq!(conflicts("open").await.len(), 1, "who was asked before is asked still");

            // Both versions are kept, and the person has the last word.
            let decided = conflicts("decided").await;
            assert_eq!((decided.len(), &decided[0]["resolved_by"]), (1, &json!("company")), "{decided:?}");
            let field =
                decided[0]["fields"].as_array().unwrap().iter().find(|field| field["field"] == "title").unwrap();
            assert_eq!((&field["portico"], &field["google"]), (&ours[0], &theirs[0]));
            let path = format!("/calendar/conflicts/{}/resolve", decided[0]["id"].as_str().unwrap());
            david.post(&path, json!({"keep": other})).await.expect(404);
            let chosen = anna.post(&path, json!({"keep": other})).await.expect(200).json;
            assert_eq!(chosen["resolved_by"], "person");
            portal.work().await;
            assert_eq!(both_sides(&anna, &google, &id, &there).await, [&loses[..], &loses[..]].concat()[..], "{rule}");
            assert_eq!(anna.post(&path, json!({"keep": rule})).await.expect(409).json["reason"], "resolved_already");
            assert_eq!(conflicts("decided").await, Vec::<Value>::new());
            anna.delete(&format!("/calendar/events/{id}")).await.expect(200);
            portal.work().await;
        }
        let audit = eva.get("/audit?limit=500").await.expect(200).json["items"].clone();
        let told = |action: &str, why: Value| {
            let rows = audit.as_array().unwrap().iter();
            rows.filter(|row| row["action"] == action && row.get("why").cloned().unwrap_or_default() == why).count()
        };
        assert_eq!(told("company.conflicts_changed", Value::Null), 2);
        assert_eq!(told("conflict.resolved", json!("company_rule")), 2);
        assert_eq!(told("conflict.resolved", Value::Null), 2);
    }
}

/// Our version goes out as the act that it was, also to its guests. What looks like a deletion waits for the next poll.
#[tokio::test]
async fn a_rule_decides_over_deletions_too_and_tells_whom_the_person_told() {
    for portal in Portal::each().await {
        let (anna, _) = portal.connected(ANNA).await;
        let eva = portal.user(ADMINISTRATOR).await;
        eva.patch("/company", json!({"conflicts": "portico"})).await.expect(200);
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let body = json!({
            "title": "kept", "start_time": "2026-12-08T10:00:00+01:00", "end_time": "2026-12-08T11:00:00+01:00",
            "use_google_meet": false, "attendees": ["x@elsewhere.example"],
        });
        let made = anna.post("/calendar/events", body).await.expect(201).json;
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        portal.work().await;
        let there = google.titled("kept").await["id"].as_str().unwrap().to_owned();
        let mails = async || {
            let mails = portal.google("GET", "mail", Value::Null).await["items"].as_array().unwrap().len();
            portal.google("DELETE", "mail", Value::Null).await;
            mails
        };
        mails().await;
        for notify in [true, false] {
            google.call("PATCH", &format!("events/{there}"), json!({"summary": format!("there {notify}")})).await;
            anna.patch(&format!("{path}?notify={notify}"), json!({"title": format!("here {notify}")}))
                .await
                .expect(200);
            portal.work().await;
            google.titled(&format!("here {notify}")).await;
            assert_eq!(mails().await, usize::from(notify), "notify: {notify}");
        }

        google.call("DELETE", &format!("events/{there}"), Value::Null).await;
        anna.patch(&format!("{path}?notify=false"), json!({"title": "still here"})).await.expect(200);
        portal.work().await;
        let open = anna.get("/calendar/conflicts").await.expect(200).json["items"].clone();
        assert_eq!(open.as_array().unwrap().len(), 1, "it may be the half of a move: {open}");
        anna.get(&path).await.expect(404);
        portal.later().await;
        let anna = portal.user(ANNA).await;
        assert_eq!(anna.get("/calendar/conflicts").await.expect(200).json["items"], json!([]));
        let seen = anna.get(&path).await.expect(200).json;
        assert_eq!((&seen["title"], &seen["sync"]), (&json!("still here"), &json!("in_step")));
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let titles = async || {
            let list = google.call("GET", "events", Value::Null).await["items"].clone();
            list.as_array().unwrap().iter().filter(|item| item["summary"] == "still here").count()
        };
        assert_eq!(titles().await, 1);

        // The person lets it go all the same.
        let decided = anna.get("/calendar/conflicts?state=decided").await.expect(200).json["items"].clone();
        let of_deletion =
            decided.as_array().unwrap().iter().find(|item| item["fields"][0]["field"] == "status").unwrap();
        let resolve = format!("/calendar/conflicts/{}/resolve", of_deletion["id"].as_str().unwrap());
        anna.post(&resolve, json!({"keep": "google"})).await.expect(200);
        portal.work().await;
        anna.get(&path).await.expect(404);
        assert_eq!(titles().await, 0);
    }
}
