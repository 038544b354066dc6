//! What a person is told of a Google account that does not do as it should: never that all is well, and never the wrong
//! next step.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use portico_sandbox::SandboxTransport;
use portico_transport::{Answer, Transport};
use serde_json::{Value, json};

use crate::{
    conflicts::GoogleCalendar,
    links::{event, link, states, switch_on, team, titles_at, titles_in},
    portal::{ADMINISTRATOR, ANNA, CLIENT_ID, CLIENT_SECRET, DAVID, Portal, User, work},
};

async fn connection(user: &User<'_>, id: &str) -> Value {
    user.get(&format!("/google/connections/{id}")).await.expect(200).json
}

/// State and reason of the main calendar, as its owner sees them on the page of connections and on the calendar's chip.
async fn main_calendar(user: &User<'_>) -> (String, Option<String>) {
    let sync = link(user, ANNA).await.unwrap()["sync"].clone();
    let calendars = user.get("/calendar/calendars").await.expect(200).json["items"].clone();
    let chip =
        calendars.as_array().unwrap().iter().find(|calendar| calendar["is_main"] == true).unwrap()["sync"].clone();
    assert_eq!((&sync["state"], &sync["reason"]), (&chip["state"], &chip["reason"]), "the two say the same");
    (sync["state"].as_str().unwrap().to_owned(), sync["reason"].as_str().map(str::to_owned))
}

/// How many accounts need somebody: the person's own, and for administrators those of the others.
async fn needy(user: &User<'_>) -> (u64, u64) {
    let counts = user.get("/me").await.expect(200).json["counts"].clone();
    (counts["connections"].as_u64().unwrap(), counts["company_connections"].as_u64().unwrap())
}

fn stands(state: &str, reason: &str) -> (String, Option<String>) {
    (state.to_owned(), (!reason.is_empty()).then(|| reason.to_owned()))
}

#[tokio::test]
async fn a_list_of_calendars_that_google_refuses_says_why_and_is_not_in_step() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let administrator = portal.user(ADMINISTRATOR).await;
        let list = "calendar.calendarList.list";
        portal.google("POST", "faults", json!({"method": list, "times": 200, "status": 503})).await;
        let id = anna.connect(ANNA).await;
        for (status, reason, word, stops) in [
            (503, "backendError", "google_unreachable", 0),
            (403, "accessNotConfigured", "api_disabled", 1),
            (403, "notACalendarUser", "no_calendar_service", 1),
            (403, "insufficientPermissions", "scope_missing", 1),
        ] {
            portal.google("DELETE", "faults", Value::Null).await;
            let fault = json!({"method": list, "times": 200, "status": status, "reason": reason});
            portal.google("POST", "faults", fault).await;
            portal.advance(901);
            portal.work().await;
            let seen = connection(&anna, &id).await;
            assert_eq!((&seen["state"], &seen["reason"]), (&json!("authorized"), &json!(word)), "{seen}");
            assert_eq!(seen["links"], json!([]));
            assert_eq!((needy(&anna).await, needy(&administrator).await), ((stops, 0), (0, stops)), "{word}");
            let summary = administrator.get("/google/connections/summary").await.expect(200).json;
            let counted = json!([summary["in_step"], summary["late"], summary["stopped"]]);
            assert_eq!(counted, json!([0, 1 - stops, stops]), "{word}: {summary}");
        }
        // Somebody sees to it, and nobody has to consent anew.
        portal.google("DELETE", "faults", Value::Null).await;
        portal.advance(901);
        portal.work().await;
        let seen = connection(&anna, &id).await;
        assert_eq!((&seen["state"], &seen["reason"]), (&json!("authorized"), &Value::Null), "{seen}");
        assert_eq!(main_calendar(&anna).await, stands("in_step", ""));
        assert_eq!((needy(&anna).await, needy(&administrator).await), ((0, 0), (0, 0)));
    }
}

#[tokio::test]
async fn a_wrong_client_secret_is_the_administrators_to_mend_and_nobody_consents() {
    for portal in Portal::each().await {
        let (anna, id) = portal.connected(ANNA).await;
        assert_eq!(main_calendar(&anna).await, stands("in_step", ""));
        let client = |secret: &str| json!({"client_id": CLIENT_ID, "client_secret": secret});
        portal.google("POST", "clients", client("GOCSPX-another-one")).await;
        portal.advance(3601);
        let google = portal.last_request().await;
        anna.post("/calendar/events", event("meanwhile", &link(&anna, ANNA).await.unwrap()["calendar_id"]))
            .await
            .expect(201);
        portal.work().await;
        assert!(!portal.requests(google).await.is_empty());
        assert_eq!(main_calendar(&anna).await, stands("stopped", "client_misconfigured"));
        let seen = connection(&anna, &id).await;
        assert_eq!((&seen["state"], &seen["phase"]), (&json!("authorized"), &json!("authorized")), "the grant is good");
        assert_eq!(needy(&anna).await, (1, 0));

        portal.google("POST", "clients", client(CLIENT_SECRET)).await;
        portal.later().await;
        assert_eq!(main_calendar(&anna).await, stands("in_step", ""));
        GoogleCalendar::of(&portal, ANNA).await.titled("meanwhile").await;
    }
}

#[tokio::test]
async fn the_chip_of_a_calendar_knows_that_its_connection_is_dead() {
    for portal in Portal::each().await {
        let (anna, id) = portal.connected(ANNA).await;
        let tenant = portal.tenant(&anna).await;
        portal.google("POST", "tokens/revoke", json!({"account": ANNA})).await;
        let client = portal.app.google_client(tenant, id.parse().unwrap());
        client.service::<portico_google::calendar::Calendar>().calendar_list().all().await.unwrap_err();
        assert_eq!(main_calendar(&anna).await, stands("reconnect_needed", ""));
        assert_eq!(needy(&portal.user(ADMINISTRATOR).await).await, (0, 1));
        anna.post(&format!("/google/connections/{id}/pause"), Value::Null).await.expect(409);
        assert_eq!(anna.connect(ANNA).await, id);
        portal.work().await;
        anna.post(&format!("/google/connections/{id}/pause"), Value::Null).await.expect(200);
        assert_eq!(main_calendar(&anna).await, stands("paused", ""));
        assert_eq!(needy(&anna).await, (0, 0));
    }
}

#[tokio::test]
async fn a_calendar_with_open_conflicts_says_so() {
    for portal in Portal::each().await {
        let (anna, _) = portal.connected(ANNA).await;
        let calendar = link(&anna, ANNA).await.unwrap()["calendar_id"].clone();
        let made = anna.post("/calendar/events", event("both", &calendar)).await.expect(201).json;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let there = google.titled("both").await["id"].as_str().unwrap().to_owned();
        google.call("PATCH", &format!("events/{there}"), json!({"summary": "there"})).await;
        anna.patch(&format!("/calendar/events/{}", made["id"].as_str().unwrap()), json!({"title": "here"}))
            .await
            .expect(200);
        portal.work().await;
        assert_eq!(main_calendar(&anna).await, stands("conflict", ""));
        let open = anna.get("/calendar/conflicts").await.expect(200).json["items"][0]["id"].clone();
        let path = format!("/calendar/conflicts/{}/resolve", open.as_str().unwrap());
        anna.post(&path, json!({"keep": "google"})).await.expect(200);
        portal.work().await;
        assert_eq!(main_calendar(&anna).await, stands("in_step", ""));
    }
}

/// Google's calls with a fault of ours in front of some: whoever asks for such a path finds it.
struct Broken {
    network: SandboxTransport,
    path: &'static str,
}

impl Transport for Broken {
    fn send(&self, request: Request<Bytes>) -> Answer<'_> {
        assert!(!request.uri().path().contains(self.path), "a fault of ours");
        self.network.send(request)
    }
}

/// The jobs that have given up: kind and reason.
async fn dead(portal: &Portal) -> Vec<(String, String)> {
    let mut tx = portal.app.store.instance_read().await.unwrap();
    let dead = tx.dead_jobs(10).await.unwrap();
    tx.commit().await.unwrap();
    dead.into_iter().map(|job| (job.kind, job.last_error.unwrap_or_default())).collect()
}

#[tokio::test]
async fn a_job_that_panics_is_tried_a_bounded_number_of_times_and_then_given_up_in_sight() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        let network = Broken { network: portal.network.clone(), path: "/calendarList" };
        let broken = portal.with_network(Arc::new(network)).await;
        for _ in 0..11 {
            work(&broken).await;
            assert_eq!(dead(&portal).await, []);
            portal.advance(901);
        }
        work(&broken).await;
        assert_eq!(dead(&portal).await, [("discover_calendars".to_owned(), "panicked".to_owned())]);
        // Whoever connects anew wakes it.
        let (anna, _) = portal.connected(ANNA).await;
        assert_eq!((dead(&portal).await, main_calendar(&anna).await), (vec![], stands("in_step", "")));
    }
}

#[tokio::test]
async fn a_link_that_fails_for_a_fault_of_ours_says_so_grows_late_and_comes_back() {
    for portal in Portal::each().await {
        let (anna, _) = portal.connected(ANNA).await;
        let network = Broken { network: portal.network.clone(), path: "/events" };
        let broken = portal.with_network(Arc::new(network)).await;
        portal.advance(901);
        work(&broken).await;
        assert_eq!(main_calendar(&anna).await, stands("syncing", "internal"));
        portal.advance(1000);
        work(&broken).await;
        assert_eq!(main_calendar(&anna).await, stands("late", "internal"));
        for _ in 0..10 {
            portal.advance(901);
            work(&broken).await;
        }
        assert_eq!(dead(&portal).await, [("sync_calendar".to_owned(), "internal".to_owned())]);
        // The fault is mended: the next look at the account's calendars gives the work back to the schedule.
        portal.advance(6 * 3600);
        let anna = portal.user(ANNA).await;
        assert_eq!(main_calendar(&anna).await, stands("late", "internal"));
        portal.work().await;
        assert_eq!((dead(&portal).await, main_calendar(&anna).await), (vec![], stands("in_step", "")));
    }
}

#[tokio::test]
async fn a_link_that_nobody_looks_at_is_late() {
    for portal in Portal::each().await {
        let (anna, _) = portal.connected(ANNA).await;
        portal.advance(1800);
        assert_eq!(main_calendar(&anna).await, stands("in_step", ""));
        portal.advance(1);
        assert_eq!(main_calendar(&anna).await, stands("late", ""));
        let administrator = portal.user(ADMINISTRATOR).await;
        let summary = administrator.get("/google/connections/summary").await.expect(200).json;
        assert_eq!((&summary["late"], &summary["stopped"]), (&json!(1), &json!(0)));
        portal.work().await;
        assert_eq!(main_calendar(&anna).await, stands("in_step", ""));
    }
}

/// PostgreSQL keeps no NUL in a text; SQLite does. What one database cannot take must not hold up the rest of the page.
#[tokio::test]
async fn an_event_that_cannot_be_stored_is_set_aside_after_some_tries() {
    for portal in Portal::each().await {
        let (anna, _) = portal.connected(ANNA).await;
        let calendar = link(&anna, ANNA).await.unwrap()["calendar_id"].clone();
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let mut page = google.call("GET", "events", Value::Null).await;
        let whole = |id: &str, uid: &str| {
            json!({
                "id": id, "iCalUID": uid, "etag": "\"1\"", "status": "confirmed", "summary": id,
                "start": {"date": "2026-12-09"}, "end": {"date": "2026-12-10"},
            })
        };
        let items = [whole("oddbad", "odd\u{0}bad@google.com"), whole("oddgood", "oddgood@google.com")];
        page["items"].as_array_mut().unwrap().extend(items);
        let fault = json!({"method": "calendar.events.list", "times": 4, "status": 200, "body": page});
        portal.google("POST", "faults", fault).await;
        let postgres = portal.database.engine == "postgres";
        for _ in 0..3 {
            portal.later().await;
            let expect = if postgres { Some("internal") } else { None };
            assert_eq!(main_calendar(&anna).await.1.as_deref(), expect);
            assert_eq!(titles_in(&anna, &calendar).await.contains(&"oddgood".to_owned()), !postgres);
        }
        portal.later().await;
        assert_eq!(main_calendar(&anna).await, stands("in_step", ""));
        assert!(titles_in(&anna, &calendar).await.contains(&"oddgood".to_owned()));
        let audit = portal.user(ADMINISTRATOR).await.get("/audit?limit=500").await.expect(200).json["items"].clone();
        let mut aside = audit.as_array().unwrap().iter().filter(|entry| entry["action"] == "link.set_aside");
        let named = aside.any(|entry| entry["after"]["google_events"] == json!(["oddbad"]));
        assert_eq!(named, postgres, "{audit}");
    }
}

/// What is here stays here when a whole new reading brings it in a form that cannot be read.
#[tokio::test]
async fn an_event_that_became_unreadable_outlives_a_full_read() {
    for portal in Portal::each().await {
        let (anna, _) = portal.connected(ANNA).await;
        let calendar = link(&anna, ANNA).await.unwrap()["calendar_id"].clone();
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let day = json!({"summary": "theirs", "start": {"date": "2026-12-09"}, "end": {"date": "2026-12-10"}});
        google.call("POST", "events", day).await;
        portal.later().await;
        let mut page = google.call("GET", "events", Value::Null).await;
        for item in page["items"].as_array_mut().unwrap().iter_mut().filter(|item| item["summary"] == "theirs") {
            item["start"] = json!({"dateTime": "some day"});
        }
        portal.google("POST", "sync-tokens", json!({"expire": true})).await;
        // The old cursor is refused; the whole list then has the event in a form that nobody can read.
        let list = "calendar.events.list";
        portal.google("POST", "faults", json!({"method": list, "times": 1})).await;
        portal.google("POST", "faults", json!({"method": list, "times": 1, "status": 200, "body": page})).await;
        portal.later().await;
        let shown = titles_in(&anna, &calendar).await;
        assert!(shown.contains(&"theirs".to_owned()), "{shown:?}");
    }
}

#[tokio::test]
async fn a_calendar_that_its_carrier_sees_no_more_goes_on_through_another_person() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        david.connect(DAVID).await;
        portal.work().await;
        let on = switch_on(&portal, &david, &calendar).await;
        anna.connect(ANNA).await;
        portal.work().await;
        assert_eq!(link(&anna, &calendar).await.unwrap()["carried_by"]["name"], "David Černý");
        let name = calendar.split('@').next().unwrap().to_owned();
        portal
            .google(
                "POST",
                "faults",
                json!({"method": "calendar.events.list", "path": name, "times": 1, "status": 404}),
            )
            .await;
        portal.later().await;
        let taken = link(&anna, &calendar).await.expect("it goes on through Anna's connection");
        assert_eq!(
            (&taken["id"], &taken["state"], &taken["calendar_id"], &taken["sync"]["state"]),
            (&on["id"], &json!("on"), &on["calendar_id"], &json!("in_step")),
        );
        assert!(link(&david, &calendar).await.is_none());
        let google = GoogleCalendar::of(&portal, ANNA).await;
        anna.post("/calendar/events", event("after", &on["calendar_id"])).await.expect(201);
        portal.later().await;
        assert_eq!(titles_at(&google, &calendar).await, ["after"]);
    }
}

#[tokio::test]
async fn only_a_calendar_that_is_gone_is_retired_and_each_refusal_has_its_own_word() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        let (anna, _) = portal.connected(ANNA).await;
        switch_on(&portal, &anna, &calendar).await;
        let name = calendar.split('@').next().unwrap().to_owned();
        let refuse = |status: u16, reason: &str| json!({"method": "calendar.events.list", "path": name, "times": 200, "status": status, "reason": reason});
        for (reason, state, word) in [
            ("forbidden", "stopped", "not_shared"),
            ("insufficientPermissions", "permission_missing", "scope_missing"),
            ("accessNotConfigured", "stopped", "api_disabled"),
        ] {
            portal.google("POST", "faults", refuse(403, reason)).await;
            for _ in 0..6 {
                portal.later().await;
            }
            let seen = link(&anna, &calendar).await.unwrap();
            assert_eq!((&seen["state"], &seen["sync"]["state"]), (&json!("on"), &json!(state)), "{seen}");
            assert_eq!(seen["sync"]["reason"], word);
            portal.google("DELETE", "faults", Value::Null).await;
            portal.later().await;
            assert_eq!(link(&anna, &calendar).await.unwrap()["sync"]["state"], "in_step");
        }
        portal.google("POST", "faults", refuse(404, "notFound")).await;
        for round in 0..4 {
            assert_eq!(link(&anna, &calendar).await.unwrap()["state"], "on", "round {round}");
            portal.later().await;
        }
        assert_eq!(link(&anna, &calendar).await.unwrap()["state"], "retired");
    }
}

#[tokio::test]
async fn a_calendar_that_is_back_on_the_list_can_be_chosen_again() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        portal.connected(ANNA).await;
        let state = async |user: &User<'_>| {
            states(user).await.into_iter().find(|(id, _)| *id == calendar).map(|(_, state)| state)
        };
        for expected in ["pending_import", "off"] {
            let anna = portal.user(ANNA).await;
            assert_eq!(state(&anna).await.as_deref(), Some(expected));
            let google = GoogleCalendar::of(&portal, ANNA).await;
            google.ask("DELETE", &format!("users/me/calendarList/{calendar}"), Value::Null).await;
            portal.advance(6 * 3600 + 1);
            portal.work().await;
            let anna = portal.user(ANNA).await;
            assert_eq!(state(&anna).await.as_deref(), Some("retired"));
            let google = GoogleCalendar::of(&portal, ANNA).await;
            google.ask("POST", "users/me/calendarList", json!({"id": calendar})).await;
            portal.advance(6 * 3600 + 1);
            portal.work().await;
            let anna = portal.user(ANNA).await;
            assert_eq!(state(&anna).await.as_deref(), Some(expected));
            if expected == "pending_import" {
                let on = switch_on(&portal, &anna, &calendar).await;
                let path = format!("/calendar/links/{}", on["id"].as_str().unwrap());
                anna.patch(&path, json!({"state": "off"})).await.expect(200);
            }
        }
    }
}

#[tokio::test]
async fn a_grant_that_google_ends_by_itself_says_when() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id = anna.connect(ANNA).await;
        assert_eq!(connection(&anna, &id).await["access_ends_at"], Value::Null);
        let testing = json!({"client_id": CLIENT_ID, "testing": true, "test_users": [ANNA, DAVID]});
        portal.google("POST", "clients", testing).await;
        let david = portal.user(DAVID).await;
        let id = david.connect(DAVID).await;
        let ends: jiff::Timestamp = connection(&david, &id).await["access_ends_at"].as_str().unwrap().parse().unwrap();
        let days = (ends.as_second() - "2026-11-24T08:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second()) / 86_400;
        assert!((6..=7).contains(&days), "{ends}");
        // Google ends it: the person is told, and the administrators are.
        portal.work().await;
        portal.advance(8 * 86_400);
        portal.work().await;
        let david = portal.user(DAVID).await;
        assert_eq!(connection(&david, &id).await["state"], "expired");
        assert_eq!(needy(&david).await, (1, 0));
        assert_eq!(needy(&portal.user(ADMINISTRATOR).await).await, (0, 1));
    }
}

/// What Portico does not know of somebody's time it does not call free.
#[tokio::test]
async fn free_time_that_nobody_has_read_is_not_called_known() {
    const OUTSIDE: &str = "carla@elsewhere.example";
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        let everybody = [ANNA, DAVID, OUTSIDE];
        let day = json!({"emails": everybody, "from": "2026-12-08T00:00:00Z", "to": "2026-12-09T00:00:00Z"});
        // For each of them: whether the busy time is the whole of it, whether it was read, how much there is of it.
        let seen = async || {
            let items = anna.post("/calendar/free-busy", day.clone()).await.expect(200).json["items"].clone();
            let one = |item: &Value| {
                let read = item["as_of"].is_string();
                (item["known"].as_bool().unwrap(), read, item["busy"].as_array().unwrap().len())
            };
            items.as_array().unwrap().iter().map(one).collect::<Vec<_>>()
        };
        let unknown = async || {
            let mut body = day.clone();
            body["minutes"] = json!(30);
            anna.post("/calendar/find-time", body).await.expect(200).json["unknown"].clone()
        };
        assert_eq!(seen().await, [(false, false, 0); 3]);
        assert_eq!(unknown().await, json!(everybody));
        anna.connect(ANNA).await;
        let davids = david.connect(DAVID).await;
        portal.work().await;
        let calendar = link(&david, DAVID).await.unwrap()["calendar_id"].clone();
        david.post("/calendar/events", event("David's", &calendar)).await.expect(201);
        portal.work().await;
        assert_eq!(seen().await, [(true, true, 0), (true, true, 1), (false, false, 0)]);
        assert_eq!(unknown().await, json!([OUTSIDE]));
        // What was known of him once is not all any more.
        david.post(&format!("/google/connections/{davids}/pause"), Value::Null).await.expect(200);
        assert_eq!(seen().await, [(true, true, 0), (false, true, 1), (false, false, 0)]);
        assert_eq!(unknown().await, json!([DAVID, OUTSIDE]));
    }
}

/// A calendar that somebody only watches takes that person's time where the person takes part, and not otherwise.
#[tokio::test]
async fn a_calendar_that_is_watched_takes_the_time_of_those_who_take_part() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        let (anna, _) = portal.connected(ANNA).await;
        switch_on(&portal, &anna, &calendar).await;
        let google = GoogleCalendar::of(&portal, DAVID).await;
        let at = |title: &str, hour: u32, guests: Value| {
            json!({
                "summary": title, "attendees": guests,
                "start": {"dateTime": format!("2026-12-08T{hour:02}:00:00Z")},
                "end": {"dateTime": format!("2026-12-08T{:02}:00:00Z", hour + 1)},
            })
        };
        let path = format!("calendars/{calendar}/events");
        google.ask("POST", &path, at("the team's", 9, json!([]))).await;
        google.ask("POST", &path, at("with Anna", 12, json!([{"email": ANNA, "responseStatus": "accepted"}]))).await;
        portal.later().await;
        let day = json!({"emails": [ANNA], "from": "2026-12-08T00:00:00Z", "to": "2026-12-09T00:00:00Z"});
        let busy = anna.post("/calendar/free-busy", day).await.expect(200).json["items"][0]["busy"].clone();
        assert_eq!(busy, json!([{"start": "2026-12-08T12:00:00Z", "end": "2026-12-08T13:00:00Z"}]));
    }
}
