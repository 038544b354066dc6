//! Colleagues: who is invited and answers, what others see of a calendar, and when everybody is free.

use serde_json::{Value, json};

use crate::{
    conflicts::GoogleCalendar,
    events::{WINDOW, event, make, meeting, titles, with},
    portal::{ANNA, DAVID, OTHER_TENANT, Portal, User, WITHOUT_GOOGLE},
};

#[tokio::test]
async fn colleagues_who_are_invited_see_it_and_answer_and_lose_it_again() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        let made = make(&anna, with(meeting(), json!({"attendees": [DAVID, "x@elsewhere.example"]}))).await;
        let of_david = david.get(&format!("/calendar/events?{WINDOW}")).await.expect(200).json["items"].clone();
        let invited = of_david.as_array().unwrap().iter().find(|item| item["title"] == "Rozpočet 🐴").unwrap().clone();
        assert_ne!(invited["id"], made["id"]);
        assert_eq!(invited["can"], json!({"edit": false, "delete": true, "answer": true, "move": false}));
        let own = invited["attendees"].as_array().unwrap().iter().find(|a| a["self"] == true).unwrap();
        assert_eq!((&own["email"], own["employee_id"].is_string()), (&json!(DAVID), true));
        let id = invited["id"].as_str().unwrap();

        let refused = david.patch(&format!("/calendar/events/{id}"), json!({"title": "Mine"})).await.expect(409);
        assert_eq!(refused.json["reason"], "only_organizer");
        david.patch(&format!("/calendar/events/{id}"), json!({"color": "3"})).await.expect(200);
        let answered = david
            .post(&format!("/calendar/events/{id}/answer"), json!({"answer": "accepted", "comment": "yes"}))
            .await
            .expect(200);
        let own_id = made["id"].as_str().unwrap();
        let organizers = anna.get(&format!("/calendar/events/{own_id}")).await.expect(200).json;
        for seen in [&answered.json, &organizers] {
            let line = seen["attendees"].as_array().unwrap().iter().find(|a| a["email"] == DAVID).unwrap();
            assert_eq!((&line["answer"], &line["comment"]), (&json!("accepted"), &json!("yes")));
        }
        assert!(organizers.get("color").is_none(), "a colour is everybody's own");

        anna.patch(&format!("/calendar/events/{own_id}"), json!({"attendees": ["x@elsewhere.example"]}))
            .await
            .expect(200);
        david.get(&format!("/calendar/events/{id}")).await.expect(404);
        anna.patch(&format!("/calendar/events/{own_id}"), json!({"attendees": [DAVID]})).await.expect(200);
        david.get(&format!("/calendar/events/{id}")).await.expect(200);

        // The organizer's deletion takes it out of both calendars; taken back, it is in both again.
        let deleted = anna.delete(&format!("/calendar/events/{own_id}")).await.expect(200).json;
        david.get(&format!("/calendar/events/{id}")).await.expect(404);
        anna.get(&format!("/calendar/events/{own_id}")).await.expect(404);
        anna.post(&format!("/calendar/events/{}/undo", deleted["id"].as_str().unwrap()), Value::Null).await.expect(200);
        david.get(&format!("/calendar/events/{id}")).await.expect(200);

        // A guest's deletion is a "no", and leaves the organizer's alone.
        david.delete(&format!("/calendar/events/{id}")).await.expect(200);
        let organizers = anna.get(&format!("/calendar/events/{own_id}")).await.expect(200).json;
        let line = organizers["attendees"].as_array().unwrap().iter().find(|a| a["email"] == DAVID).unwrap();
        assert_eq!(line["answer"], "declined");
    }
}

/// The organizer is connected and the colleague is not: Google takes nobody's answer from somebody else, and keeps asking.
#[tokio::test]
async fn an_answer_given_here_stands_when_google_hears_of_it_from_the_organizer_alone() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        anna.connect(ANNA).await;
        portal.work().await;
        let made = make(&anna, with(meeting(), json!({"attendees": [DAVID]}))).await;
        portal.work().await;
        let of_david = david.get(&format!("/calendar/events?{WINDOW}")).await.expect(200).json["items"].clone();
        let invited = of_david.as_array().unwrap().iter().find(|item| item["title"] == made["title"]).unwrap().clone();
        let path = format!("/calendar/events/{}", invited["id"].as_str().unwrap());
        let organizers = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        let mut title = made["title"].as_str().unwrap().to_owned();
        for said in ["accepted", "declined"] {
            let david = portal.user(DAVID).await;
            david.post(&format!("{path}/answer"), json!({"answer": said})).await.expect(200);
            portal.work().await;
            // Another change at Google brings the guest list again, without the answer.
            let google = GoogleCalendar::of(&portal, ANNA).await;
            let id = google.titled(&title).await["id"].as_str().unwrap().to_owned();
            title = format!("Rozpočet, {said}");
            google.call("PATCH", &format!("events/{id}"), json!({"summary": title})).await;
            portal.work().await;
            portal.advance(16 * 60);
            portal.work().await;
            let seen_by_anna = portal.user(ANNA).await.get(&organizers).await.expect(200).json;
            let seen_by_david = portal.user(DAVID).await.get(&path).await.expect(200).json;
            for seen in [&seen_by_anna, &seen_by_david] {
                let line = seen["attendees"].as_array().unwrap().iter().find(|a| a["email"] == DAVID).unwrap();
                assert_eq!((&line["answer"], &seen["title"]), (&json!(said), &json!(title)));
            }
            assert_eq!(seen_by_anna["sync"], "in_step");
        }
    }
}

/// The organizer is told which colleagues among the guests are not connected; nobody else is, and of nobody outside.
#[tokio::test]
async fn the_organizer_is_told_which_colleagues_are_not_connected() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        david.connect(DAVID).await;
        let guests = json!({"attendees": [ANNA, DAVID, WITHOUT_GOOGLE, "x@elsewhere.example"]});
        let daily = json!({"recurrence": ["RRULE:FREQ=DAILY;COUNT=2"]});
        let made = make(&anna, event("told", with(guests, daily))).await;
        let connected = |item: &Value| {
            let lines = item["attendees"].as_array().unwrap().clone();
            let of = |email: &str| {
                let line = lines.iter().find(|line| line["email"] == email).unwrap();
                line.get("google_calendar_connected").cloned()
            };
            [ANNA, DAVID, WITHOUT_GOOGLE, "x@elsewhere.example"].map(of)
        };
        let told = [None, Some(json!(true)), Some(json!(false)), None];
        let nothing = [None, None, None, None];
        let listed = async |user: &User<'_>| {
            let items = user.get(&format!("/calendar/events?{WINDOW}")).await.expect(200).json["items"].clone();
            items.as_array().unwrap().iter().find(|item| item["title"] == "told").unwrap().clone()
        };
        assert_eq!(connected(&made), told);
        assert_eq!(connected(&listed(&anna).await), told);
        let of_david = listed(&david).await;
        assert_eq!(connected(&of_david), nothing);
        let path = format!("/calendar/events/{}", of_david["id"].as_str().unwrap());
        assert_eq!(connected(&david.get(&path).await.expect(200).json), nothing);
        // A connection that ends counts no more.
        let id = david.get("/google/connections").await.expect(200).json["items"][0]["id"].clone();
        david.delete(&format!("/google/connections/{}", id.as_str().unwrap())).await.expect(204);
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        let told = [None, Some(json!(false)), Some(json!(false)), None];
        assert_eq!(connected(&anna.get(&path).await.expect(200).json), told);
    }
}

#[tokio::test]
async fn colleagues_see_busy_and_nothing_more_unless_it_is_shared() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        let open = make(&anna, meeting()).await;
        let hidden = make(&anna, with(meeting(), json!({"title": "Doktor", "visibility": "private"}))).await;
        make(&anna, with(meeting(), json!({"title": "Volno", "transparency": "transparent"}))).await;
        let calendar = open["calendar_id"].as_str().unwrap();
        let window = format!("/calendar/events?{WINDOW}&calendar={calendar}");
        let seen = david.get(&window).await.expect(200).json["items"].clone();
        for item in seen.as_array().unwrap() {
            assert_eq!(
                (&item["title"], &item["busy_only"], &item["attendees"]),
                (&json!(""), &json!(true), &json!([]))
            );
        }
        assert!(!seen.to_string().contains("Volno") && !seen.to_string().contains("Rozpo"));
        david.get(&format!("/calendar/events/{}", open["id"].as_str().unwrap())).await.expect(404);

        anna.patch(&format!("/calendar/calendars/{calendar}"), json!({"sharing": "details"})).await.expect(200);
        let seen = david.get(&window).await.expect(200).json["items"].clone().to_string();
        assert!(seen.contains("Rozpo") && !seen.contains("Doktor"), "{seen}");
        let private = david.get(&format!("/calendar/events/{}", hidden["id"].as_str().unwrap())).await.expect(200).json;
        assert_eq!((&private["title"], &private["busy_only"]), (&json!(""), &json!(true)));
        let refused =
            david.patch(&format!("/calendar/events/{}", open["id"].as_str().unwrap()), json!({"title": "x"})).await;
        refused.expect(409);
        david.patch(&format!("/calendar/calendars/{calendar}"), json!({"name": "x"})).await.expect(409);
    }
}

#[tokio::test]
async fn an_invitation_is_as_private_as_its_organizer_made_it() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        let lucie = portal.user(WITHOUT_GOOGLE).await;
        let private = json!({"title": "Platy", "visibility": "private", "attendees": [WITHOUT_GOOGLE]});
        let made = make(&anna, with(meeting(), private)).await;
        let own = lucie.get(&format!("/calendar/events?{WINDOW}")).await.expect(200).json["items"].clone();
        let invited = own.as_array().unwrap().iter().find(|item| item["title"] == "Platy").unwrap().clone();
        let calendar = invited["calendar_id"].as_str().unwrap();
        lucie.patch(&format!("/calendar/calendars/{calendar}"), json!({"sharing": "details"})).await.expect(200);
        let window = format!("/calendar/events?{WINDOW}&calendar={calendar}");
        let seen = david.get(&window).await.expect(200).json["items"].clone().to_string();
        assert!(!seen.contains("Platy"), "{seen}");

        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        anna.patch(&path, json!({"visibility": "default"})).await.expect(200);
        let seen = david.get(&window).await.expect(200).json["items"].clone().to_string();
        assert!(seen.contains("Platy"), "{seen}");
    }
}

#[tokio::test]
async fn the_companys_calendars_are_everybodys_to_read_and_nobodys_to_write() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let list = anna.get("/calendar/calendars").await.expect(200).json["items"].clone();
        let of_kind =
            |kind: &str| list.as_array().unwrap().iter().find(|calendar| calendar["kind"] == kind).unwrap().clone();
        let (team, holidays) = (of_kind("team"), of_kind("holidays"));
        for calendar in [&team, &holidays] {
            assert_eq!(
                (&calendar["mine"], &calendar["access"], &calendar["writable"]),
                (&json!(false), &json!("reader"), &json!(false))
            );
            let there = with(meeting(), json!({"calendar_id": calendar["id"]}));
            assert_eq!(anna.post("/calendar/events", there).await.expect(422).json["errors"][0]["code"], "read_only");
        }
        let christmas = format!(
            "/calendar/events?from=2027-12-23T00:00:00Z&to=2027-12-27T12:00:00Z&calendar={}",
            holidays["id"].as_str().unwrap()
        );
        let days = anna.get(&christmas).await.expect(200).json["items"].clone();
        let days: Vec<_> = days
            .as_array()
            .unwrap()
            .iter()
            .map(|day| (day["start_date"].as_str().unwrap(), day["transparency"].as_str().unwrap()))
            .collect();
        assert_eq!(days, [("2027-12-24", "transparent"), ("2027-12-25", "transparent"), ("2027-12-26", "transparent")]);
        // One's own calendar is what a window means where none is named.
        assert!(!titles(&anna).await.iter().any(|title| title == "Ukázka sprintu"));
    }
}

#[tokio::test]
async fn another_tenants_ids_are_not_there() {
    for portal in Portal::each().await {
        let (anna, stranger) = (portal.user(ANNA).await, portal.user(OTHER_TENANT).await);
        let made = make(&anna, meeting()).await;
        let (id, calendar) = (made["id"].as_str().unwrap(), made["calendar_id"].as_str().unwrap());
        let path = format!("/calendar/events/{id}");
        stranger.get(&path).await.expect(404);
        stranger.patch(&path, json!({"title": "x"})).await.expect(404);
        stranger.delete(&path).await.expect(404);
        stranger.post(&format!("{path}/undo"), Value::Null).await.expect(404);
        stranger.post(&format!("{path}/answer"), json!({"answer": "accepted"})).await.expect(404);
        stranger.get(&format!("/calendar/events?calendar={calendar}")).await.expect(404);
        stranger.patch(&format!("/calendar/calendars/{calendar}"), json!({"name": "x"})).await.expect(404);
        let there = with(meeting(), json!({"calendar_id": calendar}));
        assert_eq!(
            stranger.post("/calendar/events", there).await.expect(422).json["errors"][0]["field"],
            "calendar_id"
        );
        assert_eq!(anna.get(&path).await.expect(200).json["title"], "Rozpočet 🐴");
    }
}

#[tokio::test]
async fn a_slot_is_found_when_all_are_free() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        make(
            &anna,
            json!({"title": "a", "start_time": "2026-12-10T09:00:00+01:00", "end_time": "2026-12-10T12:00:00+01:00"}),
        )
        .await;
        make(&david, json!({"title": "b", "start_time": "2026-12-10T12:30:00+01:00", "end_time": "2026-12-10T17:00:00+01:00", "visibility": "private"})).await;
        let body =
            json!({"emails": [ANNA, DAVID], "from": "2026-12-10T00:00:00+01:00", "to": "2026-12-11T00:00:00+01:00"});
        let busy = anna.post("/calendar/free-busy", body.clone()).await.expect(200);
        assert_eq!(
            busy.json["items"][1]["busy"],
            json!([{"start": "2026-12-10T11:30:00Z", "end": "2026-12-10T16:00:00Z"}])
        );
        assert!(!busy.text.contains("title"));
        let found = anna.post("/calendar/find-time", with(body, json!({"minutes": 30}))).await.expect(200).json;
        let starts: Vec<&str> =
            found["slots"].as_array().unwrap().iter().map(|slot| slot["start_time"].as_str().unwrap()).collect();
        assert_eq!(starts, ["2026-12-10T12:00:00+01:00", "2026-12-10T17:00:00+01:00", "2026-12-10T17:30:00+01:00"]);
        let bad = json!({"emails": ["nobody"], "from": "2026-12-10", "to": "2026-12-09"});
        anna.post("/calendar/free-busy", bad).await.expect(422);
    }
}
