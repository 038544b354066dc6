//! One Google calendar that several people of a company see: one link, carried by one connection, and what the others see.

use serde_json::{Value, json};

use crate::{
    conflicts::GoogleCalendar,
    links::{event, link, switch_on, team, titles_at, titles_in},
    portal::{ANNA, DAVID, OTHER_TENANT, Portal, User, WITHOUT_GOOGLE},
};

pub const PETR: &str = "petr.svoboda@acme.example";
pub const WINDOW: &str = "from=2026-12-07T00:00:00Z&to=2026-12-21T00:00:00Z";

/// The list of calendars is read again.
pub async fn listed(portal: &Portal) {
    portal.advance(6 * 3600 + 1);
    portal.work().await;
}

/// What somebody may do with a calendar of David's from now on; without a right, nothing.
pub async fn share(portal: &Portal, calendar: &str, with: &str, role: Option<&str>) {
    let david = GoogleCalendar::of(portal, DAVID).await;
    let path = format!("calendars/{calendar}/acl");
    match role {
        Some(role) => {
            let rule = json!({"role": role, "scope": {"type": "user", "value": with}});
            david.ask("POST", &path, rule).await;
        }
        None => {
            david.ask("DELETE", &format!("{path}/user:{with}"), Value::Null).await;
        }
    }
}

/// Somebody puts a calendar on the own list at Google.
pub async fn subscribe(portal: &Portal, who: &str, calendar: &str) {
    let google = GoogleCalendar::of(portal, who).await;
    google.ask("POST", "users/me/calendarList", json!({"id": calendar})).await;
}

/// An event of David's calendar at Google, an hour of one day in December.
pub async fn at_google(portal: &Portal, calendar: &str, title: &str, day: u32, visibility: &str) {
    let google = GoogleCalendar::of(portal, DAVID).await;
    let body = json!({
        "summary": title, "location": "Ordinace", "visibility": visibility,
        "start": {"dateTime": format!("2026-12-{day:02}T10:00:00+01:00")},
        "end": {"dateTime": format!("2026-12-{day:02}T11:00:00+01:00")},
    });
    google.ask("POST", &format!("calendars/{calendar}/events"), body).await;
}

/// A person's calendar of the portal, as its list has it.
pub async fn listing(user: &User<'_>, calendar: &Value) -> Option<Value> {
    let list = user.get("/calendar/calendars").await.expect(200).json["items"].clone();
    list.as_array().unwrap().iter().find(|known| known["id"] == *calendar).cloned()
}

pub fn patch_path(link: &Value) -> String {
    format!("/calendar/links/{}", link["id"].as_str().unwrap())
}

/// Everything in a calendar as somebody sees it.
pub async fn events(user: &User<'_>, calendar: &Value) -> Vec<Value> {
    let path = format!("/calendar/events?{WINDOW}&calendar={}", calendar.as_str().unwrap());
    user.get(&path).await.expect(200).json["items"].as_array().unwrap().clone()
}

/// David has connected and switched the calendar on.
pub async fn carried_by_david<'a>(portal: &'a Portal, calendar: &str) -> (User<'a>, String, Value) {
    let david = portal.user(DAVID).await;
    let connection = david.connect(DAVID).await;
    portal.work().await;
    let on = switch_on(portal, &david, calendar).await;
    (david, connection, on)
}

#[tokio::test]
async fn who_reads_a_calendar_at_google_reads_it_here_through_a_colleagues_connection() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "reader").await;
        let (david, connection, on) = carried_by_david(&portal, &calendar).await;
        at_google(&portal, &calendar, "Rota", 9, "default").await;
        portal.later().await;
        let anna = portal.user(ANNA).await;
        let own = anna.connect(ANNA).await;
        portal.work().await;

        let seen = link(&anna, &calendar).await.expect("Google shows it to Anna too");
        assert_eq!((&seen["id"], &seen["calendar_id"]), (&on["id"], &on["calendar_id"]));
        assert_eq!((&seen["state"], &seen["sync"]["state"]), (&json!("on"), &json!("in_step")));
        assert_eq!((&seen["carried_by"]["name"], &seen["connection_id"]), (&json!("David Černý"), &json!(own)));
        assert_eq!((&seen["access_role"], &seen["can_change"]), (&json!("reader"), &json!(false)));
        let of_david = link(&david, &calendar).await.unwrap();
        assert_eq!((&of_david["carried_by"], &of_david["can_change"]), (&Value::Null, &json!(true)));
        assert_eq!((&of_david["connection_id"], &of_david["direction"]), (&json!(connection), &json!("both")));

        // The page of connections has it as well, and counts it nowhere.
        let card = anna.get(&format!("/google/connections/{own}")).await.expect(200).json;
        let rows = card["links"].as_array().unwrap();
        let shared: Vec<&Value> = rows.iter().filter(|row| row["carried_by"].is_object()).collect();
        assert_eq!(shared, [&seen], "{card}");

        let listed = listing(&anna, &on["calendar_id"]).await.expect("it is among her calendars");
        assert_eq!((&listed["mine"], &listed["at_google"]), (&json!(false), &json!("reader")));
        assert_eq!((&listed["access"], &listed["writable"]), (&json!("reader"), &json!(false)));
        assert_eq!((&listed["owner"]["name"], &listed["link_id"]), (&json!("David Černý"), &on["id"]));
        assert_eq!(listed["sync"]["state"], "in_step");
        let all = anna.get(&format!("/calendar/events?{WINDOW}")).await.expect(200).json["items"].clone();
        let standup = all.as_array().unwrap().iter().find(|event| event["title"] == "Rota").expect("in her view");
        assert_eq!((&standup["can"]["edit"], &standup["can"]["delete"]), (&json!(false), &json!(false)));
        let path = format!("/calendar/events/{}", standup["id"].as_str().unwrap());
        assert_eq!(anna.get(&path).await.expect(200).json["location"], "Ordinace");

        // Nothing beyond reading.
        assert_eq!(anna.patch(&path, json!({"title": "x"})).await.expect(409).json["reason"], "read_only");
        anna.delete(&path).await.expect(409);
        anna.post("/calendar/events", event("mine", &on["calendar_id"])).await.expect(422);
        for patch in [json!({"state": "off"}), json!({"private_rule": "full"}), json!({"state": "on", "role": "main"})]
        {
            assert_eq!(anna.patch(&patch_path(&on), patch).await.expect(403).slug(), "not-yours");
        }
        let name = json!({"name": "Anna's"});
        let calendar_path = format!("/calendar/calendars/{}", on["calendar_id"].as_str().unwrap());
        assert_eq!(anna.patch(&calendar_path, name).await.expect(409).json["reason"], "not_yours");
        anna.post(&format!("{}/sync", patch_path(&on)), Value::Null).await.expect(200);
        assert_eq!(link(&david, &calendar).await.unwrap()["state"], "on");

        // A colleague to whom Google shows nothing sees the time, as ever, and knows of no link.
        let lucie = portal.user(WITHOUT_GOOGLE).await;
        assert_eq!(lucie.get("/calendar/links").await.expect(200).json["items"], json!([]));
        lucie.patch(&patch_path(&on), json!({"state": "off"})).await.expect(404);
        lucie.post(&format!("{}/sync", patch_path(&on)), Value::Null).await.expect(404);
        assert!(listing(&lucie, &on["calendar_id"]).await.is_none());
        let busy = events(&lucie, &on["calendar_id"]).await;
        assert_eq!((busy.len(), &busy[0]["busy_only"]), (1, &json!(true)));
        lucie.get(&path).await.expect(404);
    }
}

#[tokio::test]
async fn who_may_write_a_calendar_at_google_writes_it_here_through_a_colleagues_connection() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        let (david, _, on) = carried_by_david(&portal, &calendar).await;
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let seen = link(&anna, &calendar).await.unwrap();
        assert_eq!((&seen["access_role"], &seen["can_change"]), (&json!("writer"), &json!(true)));
        let listed = listing(&anna, &on["calendar_id"]).await.unwrap();
        assert_eq!((&listed["access"], &listed["writable"]), (&json!("writer"), &json!(true)));

        let since = portal.last_request().await;
        let made = anna.post("/calendar/events", event("Anna's", &on["calendar_id"])).await.expect(201).json;
        assert_eq!((&made["title"], &made["sync"]), (&json!("Anna's"), &json!("pending")));
        portal.work().await;
        let sent = portal.calls(since, "calendar.events.insert").await;
        assert_eq!(sent.iter().map(|call| &call["account"]).collect::<Vec<_>>(), [DAVID], "through David's connection");
        let davids = david.post("/calendar/events", event("David's", &on["calendar_id"])).await.expect(201).json;
        portal.work().await;
        let path = format!("/calendar/events/{}", davids["id"].as_str().unwrap());
        anna.patch(&path, json!({"title": "David's, moved", "location": "Labe"})).await.expect(200);
        anna.delete(&format!("/calendar/events/{}", made["id"].as_str().unwrap())).await.expect(200);
        portal.work().await;
        let google = GoogleCalendar::of(&portal, DAVID).await;
        assert_eq!(titles_at(&google, &calendar).await, ["David's, moved"]);
        assert_eq!(titles_in(&david, &on["calendar_id"]).await, ["David's, moved"]);

        // The link is hers to set, and what is its carrier's own is not.
        let full = anna.patch(&patch_path(&on), json!({"private_rule": "full"})).await.expect(200).json;
        assert_eq!((&full["private_rule"], &full["carried_by"]["name"]), (&json!("full"), &json!("David Černý")));
        anna.patch(&patch_path(&on), json!({"role": "main"})).await.expect(403);
        portal.work().await;

        // What is private stays David's alone, and takes time.
        at_google(&portal, &calendar, "Doktor", 10, "private").await;
        portal.later().await;
        assert!(titles_in(&david, &on["calendar_id"]).await.contains(&"Doktor".to_owned()));
        let text = anna.get(&format!("/calendar/events?{WINDOW}")).await.expect(200).text;
        assert!(!text.contains("Doktor") && text.contains("2026-12-10T10:00:00+01:00"), "{text}");
        let hidden = events(&anna, &on["calendar_id"]).await;
        let hidden = hidden.iter().find(|event| event["busy_only"] == true).unwrap();
        let path = format!("/calendar/events/{}", hidden["id"].as_str().unwrap());
        anna.patch(&path, json!({"title": "x"})).await.expect(404);
        anna.delete(&path).await.expect(404);

        // An answer is a person's own: she gives none for David.
        let invited = json!({
            "summary": "Board", "attendees": [{"email": DAVID, "responseStatus": "needsAction"}],
            "start": {"date": "2026-12-14"}, "end": {"date": "2026-12-15"},
        });
        google.ask("POST", &format!("calendars/{calendar}/events"), invited).await;
        portal.later().await;
        let board = events(&anna, &on["calendar_id"]).await;
        let board = board.iter().find(|event| event["title"] == "Board").unwrap();
        assert_eq!((&board["can"]["answer"], &board["attendees"][0]["self"]), (&json!(false), &json!(false)));
        let path = format!("/calendar/events/{}/answer", board["id"].as_str().unwrap());
        let refused = anna.post(&path, json!({"answer": "accepted"})).await.expect(409);
        assert_eq!(refused.json["reason"], "not_invited");

        // Switched off by her it is off for both, and nobody but its owner has it in view.
        anna.patch(&patch_path(&on), json!({"state": "off"})).await.expect(200);
        assert_eq!(link(&david, &calendar).await.unwrap()["state"], "off");
        assert!(listing(&anna, &on["calendar_id"]).await.is_none());
        assert!(listing(&david, &on["calendar_id"]).await.is_some());
        anna.patch(&patch_path(&on), json!({"state": "on"})).await.expect(200);
        assert!(link(&david, &calendar).await.unwrap()["carried_by"].is_null(), "it is still David's to carry");
    }
}

#[tokio::test]
async fn a_carrier_who_pauses_may_switch_the_calendar_off_and_on_and_keeps_it() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "reader").await;
        let (david, connection, on) = carried_by_david(&portal, &calendar).await;
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        david.post(&format!("/google/connections/{connection}/pause"), Value::Null).await.expect(200);
        for (state, stored) in [("off", "off"), ("on", "paused")] {
            let changed = david.patch(&patch_path(&on), json!({"state": state})).await.expect(200).json;
            assert_eq!((&changed["state"], &changed["carried_by"]), (&json!(stored), &Value::Null), "{changed}");
            portal.work().await;
        }
        let seen = link(&anna, &calendar).await.unwrap();
        assert_eq!((&seen["state"], &seen["carried_by"]["name"]), (&json!("paused"), &json!("David Černý")));
        let listed = listing(&anna, &on["calendar_id"]).await.unwrap();
        assert_eq!((&listed["mine"], &listed["owner"]["name"]), (&json!(false), &json!("David Černý")));
        david.post(&format!("/google/connections/{connection}/resume"), Value::Null).await.expect(200);
        portal.work().await;
        let back = link(&david, &calendar).await.unwrap();
        assert_eq!((&back["sync"]["state"], &back["direction"]), (&json!("in_step"), &json!("both")), "{back}");
    }
}

#[tokio::test]
async fn whoever_sees_a_calendar_may_choose_it_and_the_best_connection_carries_it() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "reader").await;
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        anna.connect(ANNA).await;
        portal.work().await;
        let waits = link(&anna, &calendar).await.unwrap();
        assert_eq!((&waits["state"], &waits["direction"]), (&json!("pending_import"), &json!("from_google")));
        david.connect(DAVID).await;
        portal.work().await;
        let waits = link(&anna, &calendar).await.unwrap();
        assert_eq!((&waits["can_change"], &waits["can_choose"]), (&json!(false), &json!(true)));
        anna.patch(&patch_path(&waits), json!({"private_rule": "full"})).await.expect(403);
        let on = anna.patch(&patch_path(&waits), json!({"state": "on"})).await.expect(200).json;
        assert_eq!((&on["state"], &on["direction"]), (&json!("on"), &json!("both")));
        assert_eq!((&on["carried_by"]["name"], &on["can_choose"]), (&json!("David Černý"), &json!(false)));
        portal.work().await;
        let of_david = link(&david, &calendar).await.unwrap();
        assert_eq!((&of_david["state"], &of_david["sync"]["state"]), (&json!("on"), &json!("in_step")));
        assert_eq!(listing(&david, &on["calendar_id"]).await.unwrap()["mine"], true);
        david.post("/calendar/events", event("David's", &on["calendar_id"])).await.expect(201);
        portal.work().await;
        assert_eq!(titles_at(&GoogleCalendar::of(&portal, DAVID).await, &calendar).await, ["David's"]);
        assert_eq!(titles_in(&anna, &on["calendar_id"]).await, ["David's"]);
    }
}

#[tokio::test]
async fn of_equals_the_one_who_chooses_a_calendar_carries_it() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        share(&portal, &calendar, PETR, Some("writer")).await;
        subscribe(&portal, PETR, &calendar).await;
        let (anna, petr) = (portal.user(ANNA).await, portal.user(PETR).await);
        anna.connect(ANNA).await;
        portal.work().await;
        petr.connect(PETR).await;
        portal.work().await;
        let waits = link(&petr, &calendar).await.unwrap();
        assert_eq!(waits["carried_by"]["name"], "Anna Nováková");
        let on = switch_on(&portal, &petr, &calendar).await;
        assert!(on["carried_by"].is_null());
        assert_eq!(link(&anna, &calendar).await.unwrap()["carried_by"]["name"], "Petr Svoboda");
        // Switched off and on by the other it stays where it is.
        anna.patch(&patch_path(&on), json!({"state": "off"})).await.expect(200);
        anna.patch(&patch_path(&on), json!({"state": "on"})).await.expect(200);
        assert!(link(&petr, &calendar).await.unwrap()["carried_by"].is_null());
    }
}

#[tokio::test]
async fn a_link_that_only_read_goes_both_ways_through_whoever_may_write_unless_somebody_chose() {
    for portal in Portal::each().await {
        for chosen in [false, true] {
            let calendar = team(&portal, if chosen { "writer" } else { "freeBusyReader" }).await;
            at_google(&portal, &calendar, "Rota", 9, "default").await;
            let anna = portal.user(ANNA).await;
            let annas = anna.connect(ANNA).await;
            portal.work().await;
            listed(&portal).await;
            let anna = portal.user(ANNA).await;
            let on = switch_on(&portal, &anna, &calendar).await;
            if chosen {
                anna.patch(&patch_path(&on), json!({"direction": "from_google"})).await.expect(200);
                share(&portal, &calendar, ANNA, Some("reader")).await;
                listed(&portal).await;
            }
            let david = portal.user(DAVID).await;
            let davids = david.connect(DAVID).await;
            portal.work().await;
            let of_david = link(&david, &calendar).await.unwrap();
            let direction = if chosen { "from_google" } else { "both" };
            assert_eq!((&of_david["direction"], &of_david["access_role"]), (&json!(direction), &json!("owner")));
            assert_eq!((&of_david["carried_by"], &of_david["sync"]["reason"]), (&Value::Null, &Value::Null));
            // The calendar is its carrier's, with all that the carrier may read; Anna has what Google gives her.
            assert_eq!(titles_in(&david, &on["calendar_id"]).await, ["Rota"]);
            let mine = listing(&david, &on["calendar_id"]).await.unwrap();
            assert_eq!((&mine["mine"], &mine["writable"]), (&json!(true), &json!(!chosen)));
            let anna = portal.user(ANNA).await;
            let hers = listing(&anna, &on["calendar_id"]).await.unwrap();
            let access = if chosen { "reader" } else { "busy" };
            assert_eq!((&hers["mine"], &hers["access"]), (&json!(false), &json!(access)));
            let code = anna.post("/calendar/events", event("mine", &on["calendar_id"])).await.expect(422).json;
            assert_eq!(code["errors"][0]["code"], if chosen { "read_only" } else { "unknown" });
            for (user, id) in [(&anna, annas), (&david, davids)] {
                user.delete(&format!("/google/connections/{id}")).await.expect(204);
            }
            portal.work().await;
        }
    }
}

#[tokio::test]
async fn a_carrier_who_disconnects_hands_the_calendar_over_and_sees_it_no_more() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "reader").await;
        let (david, davids, on) = carried_by_david(&portal, &calendar).await;
        david.patch(&patch_path(&on), json!({"private_rule": "full"})).await.expect(200);
        let path = format!("/calendar/calendars/{}", on["calendar_id"].as_str().unwrap());
        david.patch(&path, json!({"sharing": "details"})).await.expect(200);
        at_google(&portal, &calendar, "Rota", 9, "default").await;
        at_google(&portal, &calendar, "Doktor", 10, "private").await;
        let mut here = Vec::new();
        for (title, day) in [("Mzda", 11), ("Operace", 14)] {
            let body = json!({
                "title": title, "calendar_id": on["calendar_id"], "visibility": "private", "use_google_meet": false,
                "start_time": format!("2026-12-{day}T10:00:00+01:00"), "end_time": format!("2026-12-{day}T11:00:00+01:00"),
            });
            here.push(david.post("/calendar/events", body).await.expect(201).json["id"].as_str().unwrap().to_owned());
        }
        portal.later().await;
        david.delete(&format!("/calendar/events/{}", here[1])).await.expect(200);
        portal.later().await;
        // Both sides change a private event.
        let google = GoogleCalendar::of(&portal, DAVID).await;
        let there = google.ask("GET", &format!("calendars/{calendar}/events"), Value::Null).await;
        let mzda = there["items"].as_array().unwrap().iter().find(|item| item["summary"] == "Mzda").unwrap();
        let mzda = format!("calendars/{calendar}/events/{}", mzda["id"].as_str().unwrap());
        google.ask("PATCH", &mzda, json!({"location": "Banka"})).await;
        david.patch(&format!("/calendar/events/{}", here[0]), json!({"location": "Pokladna"})).await.expect(200);
        portal.work().await;
        let open = david.get("/calendar/conflicts").await.expect(200).json["items"].clone();
        assert_eq!(open.as_array().unwrap().len(), 1);
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        david.delete(&format!("/google/connections/{davids}")).await.expect(204);
        for when in ["at once", "after a run", "after another"] {
            let text = anna.get(&format!("/calendar/events?{WINDOW}")).await.expect(200).text;
            assert!(text.contains("Rota"), "{when}: {text}");
            assert!(!text.contains("Doktor") && !text.contains("Mzda"), "{when}: {text}");
            let removed = anna.get("/calendar/deleted").await.expect(200).text;
            assert!(!removed.contains("Operace"), "{when}: {removed}");
            for state in ["open", "resolved"] {
                let told = anna.get(&format!("/calendar/conflicts?state={state}")).await.expect(200).json;
                assert_eq!(told["items"], json!([]), "{when}");
            }
            portal.later().await;
        }
        let taken = link(&anna, &calendar).await.unwrap();
        assert_eq!((&taken["id"], &taken["carried_by"]), (&on["id"], &Value::Null));
        assert_eq!((&taken["direction"], &taken["sync"]["reason"]), (&json!("from_google"), &json!("read_only")));
        let hers = listing(&anna, &on["calendar_id"]).await.unwrap();
        assert_eq!((&hers["mine"], &hers["sharing"]), (&json!(true), &json!("busy")));
        // David sees no more of it than any colleague.
        assert!(link(&david, &calendar).await.is_none());
        assert!(listing(&david, &on["calendar_id"]).await.is_none());
        assert!(events(&david, &on["calendar_id"]).await.iter().all(|event| event["busy_only"] == true));
        // Connected again he carries it as before, with all that is his.
        david.connect(DAVID).await;
        portal.work().await;
        let again = link(&david, &calendar).await.unwrap();
        assert_eq!((&again["carried_by"], &again["direction"]), (&Value::Null, &json!("both")));
        portal.later().await;
        let mut titles = titles_in(&david, &on["calendar_id"]).await;
        titles.sort();
        assert_eq!(titles, ["Doktor", "Mzda", "Rota"]);
        assert_eq!(titles_at(&GoogleCalendar::of(&portal, DAVID).await, &calendar).await.len(), 3);
        let text = anna.get(&format!("/calendar/events?{WINDOW}")).await.expect(200).text;
        assert!(text.contains("Rota") && !text.contains("Doktor") && !text.contains("Mzda"), "{text}");
    }
}

#[tokio::test]
async fn what_an_expired_connection_carried_goes_on_with_a_colleagues_next_list() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        let (_, _, on) = carried_by_david(&portal, &calendar).await;
        at_google(&portal, &calendar, "Rota", 9, "default").await;
        portal.later().await;
        portal.user(ANNA).await.connect(ANNA).await;
        portal.work().await;
        portal.google("POST", "tokens/revoke", json!({"account": DAVID})).await;
        portal.advance(3601);
        portal.work().await;
        let anna = portal.user(ANNA).await;
        let seen = link(&anna, &calendar).await.unwrap();
        assert_eq!((&seen["state"], &seen["sync"]["state"]), (&json!("on"), &json!("reconnect_needed")));
        assert_eq!(seen["carried_by"]["email"], DAVID);
        listed(&portal).await;
        let anna = portal.user(ANNA).await;
        let taken = link(&anna, &calendar).await.unwrap();
        assert_eq!((&taken["carried_by"], &taken["sync"]["state"]), (&Value::Null, &json!("in_step")));
        anna.post("/calendar/events", event("meanwhile", &on["calendar_id"])).await.expect(201);
        portal.later().await;
        let mut titles = titles_at(&GoogleCalendar::of(&portal, ANNA).await, &calendar).await;
        titles.sort();
        assert_eq!(titles, ["Rota", "meanwhile"]);
        // With a consent anew it is David's to carry again, and Anna goes on seeing it.
        let david = portal.user(DAVID).await;
        david.connect(DAVID).await;
        portal.work().await;
        assert!(link(&david, &calendar).await.unwrap()["carried_by"].is_null());
        for user in [&anna, &david] {
            let mut titles = titles_in(user, &on["calendar_id"]).await;
            titles.sort();
            assert_eq!(titles, ["Rota", "meanwhile"]);
        }
    }
}

#[tokio::test]
async fn ones_own_calendar_is_nobody_elses_to_carry_or_to_set() {
    for portal in Portal::each().await {
        share(&portal, DAVID, ANNA, Some("writer")).await;
        subscribe(&portal, ANNA, DAVID).await;
        at_google(&portal, DAVID, "David's day", 9, "default").await;
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        // Before David has connected it is a calendar like others.
        let watched = switch_on(&portal, &anna, DAVID).await;
        assert!(titles_in(&anna, &watched["calendar_id"]).await.contains(&"David's day".to_owned()));
        let david = portal.user(DAVID).await;
        let long_ago = json!({
            "title": "long ago", "use_google_meet": false,
            "start_time": "2026-11-10T10:00:00+01:00", "end_time": "2026-11-10T11:00:00+01:00",
        });
        david.post("/calendar/events", long_ago).await.expect(201);
        let davids = david.connect(DAVID).await;
        portal.work().await;
        let main = link(&david, DAVID).await.unwrap();
        assert_eq!((&main["role"], &main["state"]), (&json!("main"), &json!("on")));
        assert_eq!((&main["carried_by"], &main["id"]), (&Value::Null, &watched["id"]));
        assert_ne!(main["calendar_id"], watched["calendar_id"], "it is David's main calendar now");
        assert_eq!(listing(&david, &main["calendar_id"]).await.unwrap()["is_main"], true);
        assert!(titles_in(&david, &main["calendar_id"]).await.contains(&"David's day".to_owned()));
        assert!(listing(&anna, &watched["calendar_id"]).await.is_none(), "what she watched has moved");
        // She writes it as Google lets her, and sets nothing.
        let hers = listing(&anna, &main["calendar_id"]).await.unwrap();
        assert_eq!((&hers["mine"], &hers["access"]), (&json!(false), &json!("writer")));
        assert_eq!(link(&anna, DAVID).await.unwrap()["can_change"], false);
        anna.patch(&patch_path(&main), json!({"state": "off"})).await.expect(403);
        anna.post("/calendar/events", event("by Anna", &main["calendar_id"])).await.expect(201);
        portal.work().await;
        assert!(titles_at(&GoogleCalendar::of(&portal, DAVID).await, DAVID).await.contains(&"by Anna".to_owned()));
        // What David has here and not at Google, Google does not show her.
        let path = format!(
            "/calendar/events?from=2026-11-10T00:00:00Z&to=2026-11-11T00:00:00Z&calendar={}",
            main["calendar_id"].as_str().unwrap()
        );
        let day = anna.get(&path).await.expect(200);
        let at = |event: &&Value| event["start_time"] == "2026-11-10T10:00:00+01:00";
        let found = day.json["items"].as_array().unwrap().iter().find(at).expect("it takes his time").clone();
        assert_eq!((&found["busy_only"], day.text.contains("long ago")), (&json!(true), false));
        let path = format!("/calendar/events/{}", found["id"].as_str().unwrap());
        anna.delete(&path).await.expect(404);
        // He ends the connection: nobody goes on with his calendar.
        david.delete(&format!("/google/connections/{davids}")).await.expect(204);
        listed(&portal).await;
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        assert_eq!(link(&david, DAVID).await.unwrap()["state"], "off");
        assert!(listing(&anna, &main["calendar_id"]).await.is_none());
        assert!(events(&anna, &main["calendar_id"]).await.iter().all(|event| event["busy_only"] == true));
        anna.patch(&patch_path(&main), json!({"state": "on"})).await.expect(403);
        david.connect(DAVID).await;
        portal.work().await;
        assert_eq!(link(&david, DAVID).await.unwrap()["state"], "on");
    }
}

#[tokio::test]
async fn another_company_has_a_link_of_its_own_and_knows_of_no_other() {
    for portal in Portal::each().await {
        let calendar = team(&portal, "writer").await;
        let (_, _, on) = carried_by_david(&portal, &calendar).await;
        share(&portal, &calendar, OTHER_TENANT, Some("owner")).await;
        subscribe(&portal, OTHER_TENANT, &calendar).await;
        let other = portal.user(OTHER_TENANT).await;
        other.connect(OTHER_TENANT).await;
        portal.work().await;
        let own = link(&other, &calendar).await.unwrap();
        assert_ne!(own["id"], on["id"]);
        assert_eq!((&own["state"], &own["carried_by"]), (&json!("pending_import"), &Value::Null));
        other.patch(&patch_path(&on), json!({"state": "off"})).await.expect(404);
        other.post(&format!("{}/sync", patch_path(&on)), Value::Null).await.expect(404);
        assert!(listing(&other, &on["calendar_id"]).await.is_none());
        other.get(&format!("/calendar/events?calendar={}", on["calendar_id"].as_str().unwrap())).await.expect(404);
        let david = portal.user(DAVID).await;
        assert!(
            link(&david, &calendar).await.unwrap()["carried_by"].is_null(),
            "a better right elsewhere changes nothing"
        );
    }
}
