//! Links: calendars that several people see, readers' shares, and the direction in which events go.

use serde_json::{Value, json};

use crate::{
    conflicts::GoogleCalendar,
    portal::{ANNA, DAVID, Portal, User},
};

/// David's calendar "Team" at Google, which Anna sees with this right. Its id.
pub async fn team(portal: &Portal, role: &str) -> String {
    let david = GoogleCalendar::of(portal, DAVID).await;
    let made = david.ask("POST", "calendars", json!({"summary": "Team", "timeZone": "Europe/Prague"})).await;
    let id = made["id"].as_str().unwrap().to_owned();
    share(portal, &id, role).await;
    let anna = GoogleCalendar::of(portal, ANNA).await;
    anna.ask("POST", "users/me/calendarList", json!({"id": id})).await;
    id
}

/// What Anna may do with a calendar of David's from now on.
async fn share(portal: &Portal, calendar: &str, role: &str) {
    let david = GoogleCalendar::of(portal, DAVID).await;
    let rule = json!({"role": role, "scope": {"type": "user", "value": ANNA}});
    david.ask("POST", &format!("calendars/{calendar}/acl"), rule).await;
}

/// A person's link of a Google calendar.
pub async fn link(user: &User<'_>, google: &str) -> Option<Value> {
    let links = user.get("/calendar/links").await.expect(200).json["items"].as_array().unwrap().clone();
    links.into_iter().find(|link| link["google_calendar_id"] == google)
}

pub async fn switch_on(portal: &Portal, user: &User<'_>, google: &str) -> Value {
    let found = link(user, google).await.unwrap();
    assert_eq!(found["state"], "pending_import");
    let path = format!("/calendar/links/{}", found["id"].as_str().unwrap());
    user.patch(&path, json!({"state": "on"})).await.expect(200);
    portal.work().await;
    link(user, google).await.unwrap()
}

pub fn event(title: &str, calendar: &Value) -> Value {
    json!({
        "title": title, "calendar_id": calendar, "use_google_meet": false,
        "start_time": "2026-12-08T10:00:00+01:00", "end_time": "2026-12-08T11:00:00+01:00",
    })
}

pub async fn titles_at(google: &GoogleCalendar<'_>, calendar: &str) -> Vec<String> {
    let list = google.ask("GET", &format!("calendars/{calendar}/events"), Value::Null).await;
    list["items"].as_array().unwrap().iter().filter_map(|item| item["summary"].as_str().map(str::to_owned)).collect()
}

pub async fn titles_in(user: &User<'_>, calendar: &Value) -> Vec<String> {
    let window = "from=2026-12-07T00:00:00Z&to=2026-12-21T00:00:00Z";
    let path = format!("/calendar/events?{window}&calendar={}", calendar.as_str().unwrap());
    let items = user.get(&path).await.expect(200).json["items"].clone();
    items.as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_readers_share_is_read_only_and_says_why() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "reader").await;
        let google = GoogleCalendar::of(&portal, DAVID).await;
        let day = json!({"summary": "theirs", "start": {"date": "2026-12-09"}, "end": {"date": "2026-12-10"}});
        google.ask("POST", &format!("calendars/{calendar}/events"), day).await;
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let on = switch_on(&portal, &anna, &calendar).await;
        assert_eq!(
            (&on["direction"], &on["access_role"], &on["sync"]["state"], &on["sync"]["reason"]),
            (&json!("from_google"), &json!("reader"), &json!("in_step"), &json!("read_only"))
        );
        assert_eq!(titles_in(&anna, &on["calendar_id"]).await, ["theirs"]);
        let refused = anna.post("/calendar/events", event("mine", &on["calendar_id"])).await.expect(422).json;
        assert_eq!(
            (&refused["errors"][0]["field"], &refused["errors"][0]["code"]),
            (&json!("calendar_id"), &json!("read_only"))
        );
        let path = format!("/calendar/links/{}", on["id"].as_str().unwrap());
        anna.patch(&path, json!({"direction": "both"})).await.expect(422);
        assert_eq!(titles_at(&google, &calendar).await, ["theirs"]);
    }
}

#[tokio::test]
async fn a_calendar_that_may_only_be_read_from_now_on_becomes_read_only() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        let google = GoogleCalendar::of(&portal, DAVID).await;
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let on = switch_on(&portal, &anna, &calendar).await;
        assert_eq!((&on["direction"], &on["access_role"]), (&json!("both"), &json!("writer")));
        let made = anna.post("/calendar/events", event("mine", &on["calendar_id"])).await.expect(201).json;
        portal.work().await;
        assert_eq!(titles_at(&google, &calendar).await, ["mine"]);

        // Google refuses a write for want of the right: the event says so, and the calendar becomes read-only.
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        portal
            .google(
                "POST",
                "faults",
                json!({"method": "PATCH", "times": 1, "status": 403, "reason": "requiredAccessLevel"}),
            )
            .await;
        anna.patch(&path, json!({"title": "refused"})).await.expect(200);
        portal.work().await;
        let off = link(&anna, &calendar).await.unwrap();
        assert_eq!((&off["direction"], &off["sync"]["reason"]), (&json!("from_google"), &json!("read_only")));
        let seen = anna.get(&path).await.expect(200).json;
        assert_eq!((&seen["sync"], &seen["sync_reason"]), (&json!("refused"), &json!("requiredAccessLevel")));
        assert_eq!(anna.patch(&path, json!({"title": "again"})).await.expect(409).json["reason"], "read_only");
        portal.advance(901);
        portal.work().await;
        assert_eq!(link(&anna, &calendar).await.unwrap()["sync"]["reason"], "read_only", "the reason stays");

        // It was a mistake: the person chooses both ways again.
        let link_path = format!("/calendar/links/{}", off["id"].as_str().unwrap());
        anna.patch(&link_path, json!({"direction": "both"})).await.expect(200);
        portal.work().await;
        anna.patch(&path, json!({"title": "taken"})).await.expect(200);
        portal.work().await;
        assert_eq!(titles_at(&google, &calendar).await, ["taken"]);
        assert_eq!(link(&anna, &calendar).await.unwrap()["sync"]["reason"], Value::Null);

        // The right itself is taken away: the next run sees it in what it reads, and sends nothing.
        share(&portal, &calendar, "reader").await;
        let asked = portal.last_request().await;
        anna.patch(&path, json!({"title": "too late"})).await.expect(200);
        portal.work().await;
        let off = link(&anna, &calendar).await.unwrap();
        assert_eq!((&off["direction"], &off["access_role"]), (&json!("from_google"), &json!("reader")));
        assert_eq!(portal.calls(asked, "calendar.events.patch").await, Vec::<Value>::new());
        assert_eq!(titles_at(&google, &calendar).await, ["taken"]);
    }
}

/// Switched on while its connection is paused it waits with the others; once that has ended, nothing would come of it.
#[tokio::test]
async fn a_calendar_is_switched_on_no_further_than_its_connection_works() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        let google = GoogleCalendar::of(&portal, DAVID).await;
        let anna = portal.user(ANNA).await;
        let connection = format!("/google/connections/{}", anna.connect(ANNA).await);
        portal.work().await;
        let day = json!({"summary": "theirs", "start": {"date": "2026-12-09"}, "end": {"date": "2026-12-10"}});
        google.ask("POST", &format!("calendars/{calendar}/events"), day).await;
        anna.post(&format!("{connection}/pause"), Value::Null).await.expect(200);
        let since = portal.last_request().await;
        let chosen = switch_on(&portal, &anna, &calendar).await;
        assert_eq!((&chosen["state"], &chosen["sync"]["state"]), (&json!("paused"), &json!("paused")), "{chosen}");
        assert_eq!(portal.calls(since, "calendar.events.list").await, Vec::<Value>::new());
        assert!(titles_in(&anna, &chosen["calendar_id"]).await.is_empty());

        // Switched off meanwhile and on again it is as paused as before; the connection takes it along when it goes on.
        let path = format!("/calendar/links/{}", chosen["id"].as_str().unwrap());
        for (state, stored) in [("off", "off"), ("on", "paused"), ("on", "paused")] {
            assert_eq!(anna.patch(&path, json!({"state": state})).await.expect(200).json["state"], stored);
        }
        anna.post(&format!("{connection}/resume"), Value::Null).await.expect(200);
        portal.work().await;
        let on = link(&anna, &calendar).await.unwrap();
        assert_eq!((&on["state"], &on["sync"]["state"]), (&json!("on"), &json!("in_step")), "{on}");
        assert_eq!(titles_in(&anna, &on["calendar_id"]).await, ["theirs"]);

        // The grant is gone at Google, and then the connection itself.
        anna.patch(&path, json!({"state": "off"})).await.expect(200);
        portal.google("POST", "tokens/revoke", json!({"account": ANNA})).await;
        anna.post("/calendar/events", event("waits", &link(&anna, ANNA).await.unwrap()["calendar_id"]))
            .await
            .expect(201);
        portal.work().await;
        for state in ["expired", "disconnected"] {
            if state == "disconnected" {
                anna.delete(&connection).await.expect(204);
            }
            assert_eq!(anna.get(&connection).await.expect(200).json["state"], state);
            let refused = anna.patch(&path, json!({"state": "on"})).await.expect(409).json;
            assert_eq!(refused["reason"], "connection_not_authorized", "{state}: {refused}");
            assert_eq!(link(&anna, &calendar).await.unwrap()["state"], "off");
        }
        anna.connect(ANNA).await;
        portal.work().await;
        assert_eq!(link(&anna, &calendar).await.unwrap()["state"], "off", "switched off by a person");
        anna.patch(&path, json!({"state": "on"})).await.expect(200);
        portal.work().await;
        assert_eq!(link(&anna, &calendar).await.unwrap()["sync"]["state"], "in_step");
    }
}

#[tokio::test]
async fn to_google_sends_and_brings_nothing_back() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let main = link(&anna, ANNA).await.unwrap();
        let path = format!("/calendar/links/{}", main["id"].as_str().unwrap());
        anna.patch(&path, json!({"direction": "to_google"})).await.expect(200);
        portal.work().await;
        let made = anna.post("/calendar/events", event("ours", &main["calendar_id"])).await.expect(201).json;
        let event_path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        portal.work().await;
        let there = google.titled("ours").await["id"].as_str().unwrap().to_owned();

        // What is made or changed there does not come here.
        let day = json!({"summary": "theirs", "start": {"date": "2026-12-09"}, "end": {"date": "2026-12-10"}});
        google.call("POST", "events", day).await;
        google.call("PATCH", &format!("events/{there}"), json!({"summary": "changed there", "location": "Labe"})).await;
        portal.advance(901);
        portal.work().await;
        let shown = titles_in(&anna, &main["calendar_id"]).await;
        assert!(shown.contains(&"ours".to_owned()) && !shown.contains(&"theirs".to_owned()), "{shown:?}");
        let seen = anna.get(&event_path).await.expect(200).json;
        assert_eq!((&seen["title"], &seen["location"]), (&json!("ours"), &json!("")));

        // The next edit here goes out all the same, without a conflict.
        anna.patch(&event_path, json!({"location": "Vltava"})).await.expect(200);
        portal.work().await;
        let remote = google.call("GET", &format!("events/{there}"), Value::Null).await;
        assert_eq!(remote["location"], "Vltava");
        assert_eq!(anna.get("/calendar/conflicts").await.expect(200).json["items"], json!([]));

        // A deletion there is no deletion here.
        google.call("DELETE", &format!("events/{there}"), Value::Null).await;
        portal.advance(901);
        portal.work().await;
        anna.get(&event_path).await.expect(200);
        anna.patch(&event_path, json!({"title": "again"})).await.expect(200);
        portal.work().await;
        google.titled("again").await;
        anna.delete(&event_path).await.expect(200);
        portal.work().await;
        let list = google.call("GET", "events", Value::Null).await;
        assert!(!list["items"].as_array().unwrap().iter().any(|item| item["summary"] == "again"));
    }
}

#[tokio::test]
async fn a_calendar_goes_on_through_the_other_person_who_sees_it() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        let davids = david.connect(DAVID).await;
        portal.work().await;
        let on = switch_on(&portal, &david, &calendar).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let carrier = link(&anna, &calendar).await.unwrap()["carried_by"]["name"].clone();
        assert_eq!(carrier, "David Černý", "the owner's connection is the better one");
        david.post("/calendar/events", event("before", &on["calendar_id"])).await.expect(201);
        portal.work().await;

        david.delete(&format!("/google/connections/{davids}")).await.expect(204);
        portal.work().await;
        assert!(link(&david, &calendar).await.is_none());
        let taken = link(&anna, &calendar).await.unwrap();
        assert_eq!(
            (&taken["id"], &taken["state"], &taken["access_role"], &taken["calendar_id"]),
            (&on["id"], &json!("on"), &json!("writer"), &on["calendar_id"]),
            "the same link, now through Anna's connection"
        );
        // Both ways, and nothing is doubled.
        anna.post("/calendar/events", event("after", &on["calendar_id"])).await.expect(201);
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let day = json!({"summary": "there", "start": {"date": "2026-12-09"}, "end": {"date": "2026-12-10"}});
        google.ask("POST", &format!("calendars/{calendar}/events"), day).await;
        portal.advance(901);
        portal.work().await;
        let (mut at, mut here) = (titles_at(&google, &calendar).await, titles_in(&anna, &on["calendar_id"]).await);
        at.sort();
        here.sort();
        assert_eq!((&at, &here), (&here, &vec!["after".to_owned(), "before".into(), "there".into()]));
    }
}

/// A colleague's connection that is paused or has expired takes nothing over. When it works again, the calendar goes on.
#[tokio::test]
async fn a_calendar_does_not_go_on_through_a_connection_that_does_not_work() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        let annas = format!("/google/connections/{}", anna.connect(ANNA).await);
        david.connect(DAVID).await;
        portal.work().await;
        let made = link(&david, &calendar).await.unwrap();
        let on = switch_on(&portal, &david, &calendar).await;
        david.post("/calendar/events", event("before", &on["calendar_id"])).await.expect(201);
        portal.work().await;
        for expired in [false, true] {
            let david = portal.user(DAVID).await;
            let davids = format!("/google/connections/{}", david.connect(DAVID).await);
            portal.work().await;
            assert_eq!(link(&david, &calendar).await.unwrap()["state"], "on");
            if expired {
                portal.google("POST", "tokens/revoke", json!({"account": ANNA})).await;
                portal.advance(3601);
                portal.work().await;
            } else {
                anna.post(&format!("{annas}/pause"), Value::Null).await.expect(200);
            }
            let david = portal.user(DAVID).await;
            david.delete(&davids).await.expect(204);
            portal.work().await;
            let anna = portal.user(ANNA).await;
            let seen = link(&anna, &calendar).await;
            assert_eq!(seen.is_none(), expired, "a paused connection still sees it");
            let left = link(&david, &calendar).await.unwrap();
            assert_eq!((&left["id"], &left["state"]), (&made["id"], &json!("off")), "expired: {expired}");

            if expired {
                anna.connect(ANNA).await;
            } else {
                anna.post(&format!("{annas}/resume"), Value::Null).await.expect(200);
            }
            portal.work().await;
            let taken = link(&anna, &calendar).await.unwrap();
            assert_eq!((&taken["id"], &taken["state"]), (&made["id"], &json!("on")), "expired: {expired}");
            assert_eq!(titles_in(&anna, &on["calendar_id"]).await, ["before"]);
        }
        assert_eq!(titles_at(&GoogleCalendar::of(&portal, DAVID).await, &calendar).await, ["before"]);
    }
}

#[tokio::test]
async fn a_connection_that_ended_asks_nothing_any_more_and_starts_again_without_doubles() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id = anna.connect(ANNA).await;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let main = link(&anna, ANNA).await.unwrap();
        let made = anna.post("/calendar/events", event("one", &main["calendar_id"])).await.expect(201).json;
        portal.work().await;
        // A push waits when the connection ends: it is not carried out any more.
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        anna.patch(&path, json!({"title": "one, changed"})).await.expect(200);
        anna.delete(&format!("/google/connections/{id}")).await.expect(204);
        let asked = portal.last_request().await;
        portal.work().await;
        portal.advance(7200);
        portal.work().await;
        let calls = portal.requests(asked).await;
        assert!(calls.iter().all(|call| call["path"] == "/revoke"), "only the grant is given back: {calls:?}");

        let anna = portal.user(ANNA).await;
        anna.post("/calendar/events", event("two, meanwhile", &main["calendar_id"])).await.expect(201);
        let day = json!({"summary": "three, there", "start": {"date": "2026-12-09"}, "end": {"date": "2026-12-10"}});
        let google_later = GoogleCalendar::of(&portal, ANNA).await;
        google_later.call("POST", "events", day).await;
        drop(google);
        assert_eq!(anna.connect(ANNA).await, id);
        portal.work().await;
        let mut at = titles_at(&google_later, "primary").await;
        at.retain(|title| ["one", "two", "thr"].contains(&&title[..3.min(title.len())]));
        at.sort();
        assert_eq!(at, ["one, changed", "three, there", "two, meanwhile"]);
        let mut here = titles_in(&anna, &main["calendar_id"]).await;
        here.retain(|title| at.contains(title));
        here.sort();
        assert_eq!(here, at);
    }
}

#[tokio::test]
async fn a_private_event_of_googles_becomes_what_the_link_says() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        anna.connect(ANNA).await;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let main = link(&anna, ANNA).await.unwrap();
        let calendar = main["calendar_id"].as_str().unwrap();
        let path = format!("/calendar/links/{}", main["id"].as_str().unwrap());
        // Whoever may see details sees none of a private event.
        anna.patch(&format!("/calendar/calendars/{calendar}"), json!({"sharing": "details"})).await.expect(200);
        for (day, rule, count, shows) in [(9, "skip", 0, false), (10, "busy", 1, false), (11, "full", 1, true)] {
            anna.patch(&path, json!({"private_rule": rule})).await.expect(200);
            portal.work().await;
            let private = json!({
                "summary": format!("Doktor {rule}"), "location": "Ordinace", "description": "nalacno", "visibility": "private",
                "start": {"dateTime": format!("2026-12-{day:02}T10:00:00+01:00")},
                "end": {"dateTime": format!("2026-12-{day:02}T11:00:00+01:00")},
            });
            google.call("POST", "events", private).await;
            portal.advance(901);
            portal.work().await;
            let window = format!(
                "/calendar/events?from=2026-12-{day:02}T09:00:00Z&to=2026-12-{day:02}T10:00:00Z&calendar={calendar}"
            );
            let at_ten = async |who: &User<'_>| {
                let mut items = who.get(&window).await.expect(200).json["items"].clone();
                let start = format!("2026-12-{day:02}T10:00:00+01:00");
                items.as_array_mut().unwrap().retain(|item| item["start_time"] == json!(start));
                items
            };
            let own = at_ten(&anna).await;
            assert_eq!(own.as_array().unwrap().len(), count, "{rule}: {own}");
            let text = own.to_string();
            assert_eq!(text.contains("Doktor"), shows, "{rule}: {text}");
            assert_eq!(text.contains("Ordinace"), shows, "{rule}: {text}");
            let others = at_ten(&david).await;
            assert_eq!(others.as_array().unwrap().len(), count, "{rule}: {others}");
            let text = others.to_string();
            assert!(!text.contains("Doktor") && !text.contains("Ordinace") && !text.contains("nalacno"), "{text}");
        }
        // Nothing of it went back.
        let mut there = titles_at(&google, "primary").await;
        there.retain(|title| title.starts_with("Doktor"));
        there.sort();
        assert_eq!(there, ["Doktor busy", "Doktor full", "Doktor skip"]);
    }
}

#[tokio::test]
async fn a_stricter_rule_holds_for_private_events_that_are_here() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let main = link(&anna, ANNA).await.unwrap();
        let path = format!("/calendar/links/{}", main["id"].as_str().unwrap());
        anna.patch(&path, json!({"private_rule": "full"})).await.expect(200);
        portal.work().await;
        let at = |summary: &str, day: u8, visibility: &str| {
            json!({
                "summary": summary, "visibility": visibility, "description": "nalacno",
                "start": {"dateTime": format!("2026-12-{day:02}T10:00:00+01:00"), "timeZone": "Europe/Prague"},
                "end": {"dateTime": format!("2026-12-{day:02}T11:00:00+01:00"), "timeZone": "Europe/Prague"},
            })
        };
        google.call("POST", "events", at("Doktor", 8, "private")).await;
        let mut series = at("Porada", 14, "default");
        series["recurrence"] = json!(["RRULE:FREQ=DAILY;COUNT=2"]);
        let series = google.call("POST", "events", series).await["id"].as_str().unwrap().to_owned();
        let second = json!({"summary": "Pohovor", "visibility": "private"});
        google.call("PATCH", &format!("events/{series}_20261215T090000Z"), second).await;
        let mut own = event("Zubař", &main["calendar_id"]);
        own["visibility"] = json!("private");
        anna.post("/calendar/events", own).await.expect(201);
        portal.later().await;
        let anna = portal.user(ANNA).await;
        // The titles in the window; of what is only busy, nothing.
        let shown = async || {
            let mut titles = titles_in(&anna, &main["calendar_id"]).await;
            titles.retain(|title| ["Doktor", "Porada", "Pohovor", "Zubař", ""].contains(&title.as_str()));
            titles.sort();
            titles
        };
        let rule = async |rule: &str| {
            anna.patch(&path, json!({"private_rule": rule})).await.expect(200);
        };
        assert_eq!(shown().await, ["Doktor", "Pohovor", "Porada", "Zubař"]);

        rule("busy").await;
        assert_eq!(shown().await, ["", "", "", "Zubař"], "at once; at Google a series is as private as its occurrence");
        portal.work().await;
        assert_eq!(shown().await, ["", "", "", "Zubař"]);
        let tenant = portal.tenant(&anna).await;
        let mut tx = portal.app.store.tenant_read(tenant).await.unwrap();
        let ids = anna.get("/calendar/events?from=2026-12-07&to=2026-12-21").await.json["items"].clone();
        for item in ids.as_array().unwrap().iter().filter(|item| item["busy_only"] == true) {
            let id = item["id"].as_str().unwrap().split('_').next().unwrap().parse().unwrap();
            let rows = [vec![tx.entry(id).await.unwrap().unwrap()], tx.entries_of_series(id).await.unwrap()].concat();
            for row in rows.iter().filter(|row| row.entry.redacted) {
                assert_eq!((row.meeting.shared.title.as_str(), row.meeting.shared.description.as_str()), ("", ""));
            }
        }
        tx.end().await.unwrap();
        rule("full").await;
        portal.work().await;
        assert_eq!(shown().await, ["Doktor", "Pohovor", "Porada", "Zubař"], "and back again");
        rule("skip").await;
        portal.work().await;
        assert_eq!(shown().await, ["Zubař"]);

        // Nothing of it went to Google.
        let mut there = titles_at(&google, "primary").await;
        there.retain(|title| ["Doktor", "Porada", "Pohovor", "Zubař", ""].contains(&title.as_str()));
        there.sort();
        assert_eq!(there, ["Doktor", "Pohovor", "Porada", "Zubař"]);
        assert_eq!(anna.get("/calendar/conflicts").await.expect(200).json["items"], json!([]));
    }
}

/// Names and states of a person's links.
pub async fn states(user: &User<'_>) -> Vec<(String, String)> {
    let links = user.get("/calendar/links").await.expect(200).json["items"].as_array().unwrap().clone();
    let text = |link: &Value, field: &str| link[field].as_str().unwrap().to_owned();
    let mut all: Vec<_> = links.iter().map(|link| (text(link, "google_calendar_id"), text(link, "state"))).collect();
    all.sort();
    all
}

#[tokio::test]
async fn an_empty_or_failed_list_of_calendars_retires_nothing() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let on = switch_on(&portal, &anna, &calendar).await;
        anna.post("/calendar/events", event("before", &on["calendar_id"])).await.expect(201);
        portal.work().await;
        let before = states(&anna).await;
        assert_eq!(before.iter().filter(|(_, state)| state == "on").count(), 2, "{before:?}");
        let half = json!({"kind": "calendar#calendarList", "items": [], "nextPageToken": "more"});
        let whole = json!({"kind": "calendar#calendarList", "items": [], "nextSyncToken": "end"});
        let list = "calendar.calendarList.list";
        for faults in [
            vec![json!({"method": list, "times": 1, "status": 200, "body": whole})],
            vec![json!({"method": list, "times": 20, "status": 503})],
            vec![json!({"method": list, "times": 20, "status": 403, "reason": "rateLimitExceeded"})],
            vec![json!({"method": list, "times": 20, "status": 403, "reason": "forbidden"})],
            vec![json!({"method": list, "times": 20, "status": 200, "body": "<html>Sign in</html>"})],
            // The first page comes, the second does not.
            vec![
                json!({"method": list, "times": 1, "status": 200, "body": half}),
                json!({"method": list, "times": 20, "status": 500}),
            ],
        ] {
            for fault in &faults {
                portal.google("POST", "faults", fault.clone()).await;
            }
            let asked = portal.last_request().await;
            portal.advance(6 * 3600 + 1);
            portal.work().await;
            assert!(!portal.calls(asked, list).await.is_empty(), "the list was asked for");
            let anna = portal.user(ANNA).await;
            assert_eq!(states(&anna).await, before, "{faults:?}");
            assert_eq!(titles_in(&anna, &on["calendar_id"]).await, ["before"]);
            portal.google("DELETE", "faults", Value::Null).await;
        }
        // Both ways go on.
        let anna = portal.user(ANNA).await;
        anna.post("/calendar/events", event("after", &on["calendar_id"])).await.expect(201);
        portal.advance(901);
        portal.work().await;
        let google = GoogleCalendar::of(&portal, DAVID).await;
        assert_eq!(titles_at(&google, &calendar).await.len(), 2);

        // A list without one calendar retires that one, and its events stay here.
        let google = GoogleCalendar::of(&portal, ANNA).await;
        google.ask("DELETE", &format!("users/me/calendarList/{calendar}"), Value::Null).await;
        portal.advance(6 * 3600 + 1);
        let anna = portal.user(ANNA).await;
        portal.work().await;
        let after = states(&anna).await;
        assert_eq!(after.iter().filter(|(_, state)| state == "on").count(), 1, "{after:?}");
        assert_eq!(titles_in(&anna, &on["calendar_id"]).await.len(), 2);
    }
}

/// A calendar that a person hides in Google's own interface is there all the same.
#[tokio::test]
async fn a_calendar_that_is_hidden_at_google_goes_on() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let on = switch_on(&portal, &anna, &calendar).await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        google.ask("PATCH", &format!("users/me/calendarList/{calendar}"), json!({"hidden": true})).await;
        portal.advance(6 * 3600 + 1);
        portal.work().await;
        let anna = portal.user(ANNA).await;
        assert_eq!(link(&anna, &calendar).await.unwrap()["state"], "on");
        anna.post("/calendar/events", event("still", &on["calendar_id"])).await.expect(201);
        portal.work().await;
        assert_eq!(titles_at(&GoogleCalendar::of(&portal, DAVID).await, &calendar).await, ["still"]);
    }
}
