//! What Google shows of a shared calendar, and what is seen of it here when that becomes less.

use serde_json::{Value, json};

use crate::{
    conflicts::GoogleCalendar,
    links::{link, switch_on, team},
    portal::{ANNA, DAVID, Portal},
    shared_links::{PETR, WINDOW, at_google, carried_by_david, events, listed, listing, patch_path, share, subscribe},
};

#[tokio::test]
async fn who_sees_at_google_when_it_is_busy_sees_no_more_here() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "freeBusyReader").await;
        let (_, _, on) = carried_by_david(&portal, &calendar).await;
        at_google(&portal, &calendar, "Takeover", 9, "default").await;
        portal.later().await;
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let seen = link(&anna, &calendar).await.unwrap();
        assert_eq!((&seen["access_role"], &seen["can_change"]), (&json!("freeBusyReader"), &json!(false)));
        let listed = listing(&anna, &on["calendar_id"]).await.unwrap();
        assert_eq!((&listed["access"], &listed["at_google"]), (&json!("busy"), &json!("busy")));
        let reply = anna.get(&format!("/calendar/events?{WINDOW}")).await.expect(200);
        let found = reply.json["items"].as_array().unwrap().clone();
        let found: Vec<&Value> = found.iter().filter(|event| event["calendar_id"] == on["calendar_id"]).collect();
        assert_eq!((found.len(), &found[0]["busy_only"]), (1, &json!(true)));
        assert!(!reply.text.contains("Takeover") && !reply.text.contains("Ordinace"));
        anna.get(&format!("/calendar/events/{}", found[0]["id"].as_str().unwrap())).await.expect(404);
        let feed = anna.get("/changes?limit=500").await.expect(200).json;
        let told = feed["items"].as_array().unwrap().iter().any(|item| item["calendar_id"] == on["calendar_id"]);
        assert!(!told, "no word of what happens in it");
    }
}

/// The right that shows what events say becomes one that shows their time, and then it is given back.
#[tokio::test]
async fn what_google_shows_no_more_is_withheld_here_too() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "reader").await;
        at_google(&portal, &calendar, "Takeover", 9, "default").await;
        at_google(&portal, &calendar, "Merger", 10, "default").await;
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let on = switch_on(&portal, &anna, &calendar).await;
        let shown = async || {
            let path = format!("/calendar/events?{WINDOW}&calendar={}", on["calendar_id"].as_str().unwrap());
            let reply = portal.user(ANNA).await.get(&path).await.expect(200);
            (reply.json["items"].as_array().unwrap().len(), reply.text)
        };
        let (count, text) = shown().await;
        assert!(count == 2 && text.contains("Takeover") && text.contains("Ordinace"), "{text}");
        for withheld in [false, true] {
            // A run is the first to notice, not the list of calendars, which is read every six hours.
            share(&portal, &calendar, ANNA, Some(if withheld { "reader" } else { "freeBusyReader" })).await;
            at_google(&portal, &calendar, if withheld { "After" } else { "During" }, 11, "default").await;
            portal.later().await;
            portal.work().await;
            let (count, text) = shown().await;
            let says = |word: &str| text.contains(word);
            assert_eq!(
                (count, says("Takeover"), says("Ordinace")),
                (3 + usize::from(withheld), withheld, withheld),
                "{text}"
            );
            assert_eq!((says("Merger"), says("During"), says("After")), (withheld, withheld, withheld), "{text}");
        }
        let rest = portal.user(ANNA).await.get("/calendar/conflicts").await.expect(200).json;
        assert_eq!(rest["items"], json!([]));
    }
}

#[tokio::test]
async fn what_google_takes_away_is_gone_here_too() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        let (_, _, on) = carried_by_david(&portal, &calendar).await;
        at_google(&portal, &calendar, "Rota", 9, "default").await;
        portal.later().await;
        let anna = portal.user(ANNA).await;
        let connection = anna.connect(ANNA).await;
        portal.work().await;
        let id = events(&anna, &on["calendar_id"]).await[0]["id"].as_str().unwrap().to_owned();
        let path = format!("/calendar/events/{id}");
        let gone = async |why: &str| {
            let anna = portal.user(ANNA).await;
            assert!(link(&anna, &calendar).await.is_none(), "{why}");
            assert!(listing(&anna, &on["calendar_id"]).await.is_none(), "{why}");
            anna.get(&path).await.expect(404);
            anna.patch(&path, json!({"title": "x"})).await.expect(404);
            anna.patch(&patch_path(&on), json!({"state": "off"})).await.expect(404);
            let busy = events(&anna, &on["calendar_id"]).await;
            assert!(busy.iter().all(|event| event["busy_only"] == true), "{why}");
            assert_eq!(link(&portal.user(DAVID).await, &calendar).await.unwrap()["state"], "on");
        };
        let back = async |role: &str| {
            let anna = portal.user(ANNA).await;
            assert_eq!(link(&anna, &calendar).await.unwrap()["access_role"], role);
            assert_eq!(anna.get(&path).await.expect(200).json["can"]["edit"], role == "writer");
        };
        back("writer").await;
        // Less of it, nothing of it, and all of it again.
        share(&portal, &calendar, ANNA, Some("reader")).await;
        listed(&portal).await;
        back("reader").await;
        share(&portal, &calendar, ANNA, None).await;
        listed(&portal).await;
        gone("Google took the share away").await;
        share(&portal, &calendar, ANNA, Some("writer")).await;
        subscribe(&portal, ANNA, &calendar).await;
        listed(&portal).await;
        back("writer").await;
        // She ends her connection.
        portal.user(ANNA).await.delete(&format!("/google/connections/{connection}")).await.expect(204);
        gone("she disconnected").await;
        portal.user(ANNA).await.connect(ANNA).await;
        portal.work().await;
        back("writer").await;
        // Google ends her grant.
        portal.google("POST", "tokens/revoke", json!({"account": ANNA})).await;
        listed(&portal).await;
        gone("her grant has ended").await;
    }
}

/// Somebody is shown the time of a meeting alone, and reads it before its guest does, or after.
#[tokio::test]
async fn who_is_shown_a_meetings_time_takes_nothing_from_its_guests() {
    for (role, visibility, before) in [
        ("freeBusyReader", "default", true),
        ("freeBusyReader", "default", false),
        ("reader", "private", true),
        ("reader", "private", false),
    ] {
        for portal in Portal::each().await {
            let body = json!({
                "summary": "Vertraulich", "visibility": visibility, "attendees": [{"email": ANNA}],
                "start": {"dateTime": "2026-12-09T10:00:00+01:00"}, "end": {"dateTime": "2026-12-09T11:00:00+01:00"},
            });
            GoogleCalendar::of(&portal, DAVID).await.call("POST", "events", body).await;
            share(&portal, DAVID, PETR, Some(role)).await;
            subscribe(&portal, PETR, DAVID).await;
            let guest = async || {
                let anna = portal.user(ANNA).await;
                anna.connect(ANNA).await;
                portal.work().await;
                let own = link(&anna, ANNA).await.unwrap();
                anna.patch(&patch_path(&own), json!({"private_rule": "full"})).await.expect(200);
                portal.work().await;
            };
            if before {
                guest().await;
            }
            let petr = portal.user(PETR).await;
            petr.connect(PETR).await;
            portal.work().await;
            let on = switch_on(&portal, &petr, DAVID).await;
            if !before {
                guest().await;
            }
            portal.later().await;
            let text = portal.user(ANNA).await.get(&format!("/calendar/events?{WINDOW}")).await.expect(200).text;
            assert!(text.contains("Vertraulich"), "{role} {before}: {text}");
            let seen = events(&portal.user(PETR).await, &on["calendar_id"]).await;
            assert_eq!(seen.len(), 1, "{role} {before}: {seen:?}");
            assert!(!seen[0].to_string().contains("Vertraulich"), "{role} {before}: {seen:?}");
        }
    }
}
