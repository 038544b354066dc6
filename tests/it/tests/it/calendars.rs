//! A person's list of calendars: renamed, switched off and on, of which one sees little, and the primary one.

use serde_json::{Value, json};

use crate::{
    conflicts::GoogleCalendar,
    links::{event, link, states, switch_on, team, titles_at, titles_in},
    portal::{ANNA, DAVID, Portal, User},
};

const LIST: &str = "calendar.calendarList.list";

/// The list of calendars is read again.
async fn listed(portal: &Portal) {
    portal.advance(6 * 3600 + 1);
    portal.work().await;
}

async fn name(user: &User<'_>, calendar: &Value) -> String {
    let list = user.get("/calendar/calendars").await.expect(200).json["items"].clone();
    let found = list.as_array().unwrap().iter().find(|known| known["id"] == *calendar).unwrap().clone();
    found["name"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_a_person_switched_off_stays_off_whatever_happens_to_the_connection() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        let anna = portal.user(ANNA).await;
        let id = anna.connect(ANNA).await;
        portal.work().await;
        let on = switch_on(&portal, &anna, &calendar).await;
        let path = format!("/calendar/links/{}", on["id"].as_str().unwrap());
        anna.patch(&path, json!({"state": "off"})).await.expect(200);
        let off = async |user: &User<'_>, when: &str| {
            let seen = link(user, &calendar).await.unwrap();
            assert_eq!(seen["state"], "off", "{when}");
        };
        listed(&portal).await;
        let anna = portal.user(ANNA).await;
        off(&anna, "the list was read again").await;
        anna.post(&format!("/google/connections/{id}/pause"), Value::Null).await.expect(200);
        anna.post(&format!("/google/connections/{id}/resume"), Value::Null).await.expect(200);
        portal.work().await;
        off(&anna, "paused and resumed").await;
        assert_eq!(anna.connect(ANNA).await, id);
        portal.work().await;
        off(&anna, "consented again").await;
        anna.delete(&format!("/google/connections/{id}")).await.expect(204);
        portal.work().await;
        assert_eq!(anna.connect(ANNA).await, id);
        portal.work().await;
        off(&anna, "disconnected and connected again").await;
        assert_eq!(link(&anna, ANNA).await.unwrap()["state"], "on", "the main one goes on");
    }
}

#[tokio::test]
async fn a_calendar_that_is_switched_off_and_on_doubles_and_loses_nothing() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let on = switch_on(&portal, &anna, &calendar).await;
        let path = format!("/calendar/links/{}", on["id"].as_str().unwrap());
        let mut paths = Vec::new();
        for title in ["kept", "changed here", "changed there", "deleted here", "deleted there"] {
            let made = anna.post("/calendar/events", event(title, &on["calendar_id"])).await.expect(201).json;
            paths.push(format!("/calendar/events/{}", made["id"].as_str().unwrap()));
        }
        portal.work().await;
        let google = GoogleCalendar::of(&portal, DAVID).await;
        let events = format!("calendars/{calendar}/events");
        let list = google.ask("GET", &events, Value::Null).await["items"].clone();
        let there = |title: &str| {
            let found = list.as_array().unwrap().iter().find(|item| item["summary"] == title).unwrap();
            format!("{events}/{}", found["id"].as_str().unwrap())
        };
        assert_eq!(list.as_array().unwrap().len(), 5);

        anna.patch(&path, json!({"state": "off"})).await.expect(200);
        let since = portal.last_request().await;
        anna.patch(&paths[1], json!({"title": "changed here, meanwhile"})).await.expect(200);
        anna.delete(&paths[3]).await.expect(200);
        anna.post("/calendar/events", event("made here", &on["calendar_id"])).await.expect(201);
        google.ask("PATCH", &there("changed there"), json!({"summary": "changed there, meanwhile"})).await;
        google.ask("DELETE", &there("deleted there"), Value::Null).await;
        let day = json!({"summary": "made there", "start": {"date": "2026-12-09"}, "end": {"date": "2026-12-10"}});
        google.ask("POST", &events, day).await;
        portal.work().await;
        portal.advance(901);
        portal.work().await;
        let asked: Vec<Value> = portal
            .requests(since)
            .await
            .into_iter()
            .filter(|call| call["account"] == ANNA && call["path"].as_str().unwrap().contains("group.calendar"))
            .collect();
        assert_eq!(asked, Vec::<Value>::new(), "nothing is asked of a calendar that is off");

        anna.patch(&path, json!({"state": "on"})).await.expect(200);
        portal.work().await;
        portal.advance(901);
        portal.work().await;
        let mut at = titles_at(&GoogleCalendar::of(&portal, DAVID).await, &calendar).await;
        let mut here = titles_in(&anna, &on["calendar_id"]).await;
        at.sort();
        here.sort();
        let expect = ["changed here, meanwhile", "changed there, meanwhile", "kept", "made here", "made there"];
        assert_eq!((at, here), (expect.map(str::to_owned).to_vec(), expect.map(str::to_owned).to_vec()));
        assert_eq!(anna.get("/calendar/conflicts").await.expect(200).json["items"], json!([]));
    }
}

#[tokio::test]
async fn a_rename_at_google_renames_here_unless_it_has_another_name_here() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let on = switch_on(&portal, &anna, &calendar).await;
        assert_eq!(name(&anna, &on["calendar_id"]).await, "Team");
        let rename = async |to: &str| {
            let david = GoogleCalendar::of(&portal, DAVID).await;
            david.ask("PATCH", &format!("calendars/{calendar}"), json!({"summary": to})).await;
            listed(&portal).await;
        };
        rename("Crew").await;
        let anna = portal.user(ANNA).await;
        assert_eq!(name(&anna, &on["calendar_id"]).await, "Crew");
        let own = json!({"name": "My crew"});
        anna.patch(&format!("/calendar/calendars/{}", on["calendar_id"].as_str().unwrap()), own).await.expect(200);
        rename("Squad").await;
        let anna = portal.user(ANNA).await;
        assert_eq!(name(&anna, &on["calendar_id"]).await, "My crew");
        let google = GoogleCalendar::of(&portal, DAVID).await;
        assert_eq!(google.ask("GET", &format!("calendars/{calendar}"), Value::Null).await["summary"], "Squad");
    }
}

#[tokio::test]
async fn a_primary_calendar_is_never_retired_whatever_the_list_says() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let before = states(&anna).await;
        let other = json!({"id": calendar, "summary": "Team", "accessRole": "writer", "timeZone": "Europe/Prague"});
        let deleted = json!({"id": ANNA, "summary": "Anna", "primary": true, "deleted": true, "accessRole": "owner"});
        for items in [json!([other]), json!([other, deleted])] {
            let body = json!({"kind": "calendar#calendarList", "items": items, "nextSyncToken": "end"});
            portal.google("POST", "faults", json!({"method": LIST, "times": 1, "status": 200, "body": body})).await;
            listed(&portal).await;
            let anna = portal.user(ANNA).await;
            assert_eq!(states(&anna).await, before, "{items}");
        }
        let anna = portal.user(ANNA).await;
        let main = link(&anna, ANNA).await.unwrap();
        anna.post("/calendar/events", event("goes on", &main["calendar_id"])).await.expect(201);
        portal.work().await;
        GoogleCalendar::of(&portal, ANNA).await.titled("goes on").await;
    }
}

#[tokio::test]
async fn a_calendar_that_cannot_be_read_is_not_gone_and_keeps_no_other_from_being_found() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let before = states(&anna).await;
        let main = json!({"id": ANNA, "summary": "Anna", "primary": true, "accessRole": "owner"});
        let odd = json!({"id": calendar, "summary": 7, "accessRole": "writer"});
        let new = json!({"id": "new@group.calendar.google.com", "summary": "New", "accessRole": "reader"});
        let body = json!({"kind": "calendar#calendarList", "items": [main, odd, new], "nextSyncToken": "end"});
        portal.google("POST", "faults", json!({"method": LIST, "times": 1, "status": 200, "body": body})).await;
        listed(&portal).await;
        let anna = portal.user(ANNA).await;
        assert!(link(&anna, "new@group.calendar.google.com").await.is_some(), "the others are found");
        let after = states(&anna).await;
        assert!(before.iter().all(|state| after.contains(state)), "{before:?} {after:?}");
    }
}

#[tokio::test]
async fn who_may_see_only_when_it_is_busy_gets_no_details_here_either() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "freeBusyReader").await;
        let google = GoogleCalendar::of(&portal, DAVID).await;
        let secret = json!({
            "summary": "Takeover", "location": "Bank", "description": "of Globex",
            "start": {"dateTime": "2026-12-09T10:00:00+01:00"}, "end": {"dateTime": "2026-12-09T11:00:00+01:00"},
        });
        google.ask("POST", &format!("calendars/{calendar}/events"), secret).await;
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let on = switch_on(&portal, &anna, &calendar).await;
        assert_eq!((&on["direction"], &on["access_role"]), (&json!("from_google"), &json!("freeBusyReader")));
        let shown = anna
            .get(&format!(
                "/calendar/events?from=2026-12-07&to=2026-12-21&calendar={}",
                on["calendar_id"].as_str().unwrap()
            ))
            .await
            .expect(200);
        assert_eq!(shown.json["items"].as_array().unwrap().len(), 1, "{}", shown.text);
        assert_eq!(shown.json["items"][0]["start_time"], "2026-12-09T10:00:00+01:00");
        assert!(!shown.text.contains("Takeover") && !shown.text.contains("Bank") && !shown.text.contains("Globex"));
        anna.post("/calendar/events", event("mine", &on["calendar_id"])).await.expect(422);
    }
}
