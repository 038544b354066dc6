//! Guests of a series, of some of its occurrences and under other addresses: each sees what concerns them, and once.

use serde_json::{Value, json};

use crate::{
    conflicts::GoogleCalendar,
    events::event,
    guests::{rows, shown},
    portal::{ANNA, DAVID, Portal, User, WITHOUT_GOOGLE},
};

/// An occurrence that is cancelled or moved at Google is so for everybody who sees the series.
#[tokio::test]
async fn what_happens_to_one_occurrence_at_google_reaches_colleagues_without_google() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        anna.connect(ANNA).await;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let daily = json!({"attendees": [DAVID], "recurrence": ["RRULE:FREQ=DAILY;COUNT=4"]});
        anna.post("/calendar/events", event("joint daily", daily)).await.expect(201);
        portal.work().await;
        let there = google.titled("joint daily").await["id"].as_str().unwrap().to_owned();
        google.call("DELETE", &format!("events/{there}_20261209T090000Z"), Value::Null).await;
        let moved = json!({
            "start": {"dateTime": "2026-12-10T15:00:00+01:00"}, "end": {"dateTime": "2026-12-10T16:00:00+01:00"},
        });
        google.call("PATCH", &format!("events/{there}_20261210T090000Z"), moved).await;
        portal.later().await;
        let expect = rows(&[
            ("2026-12-08T10:00", "joint daily"),
            ("2026-12-10T15:00", "joint daily"),
            ("2026-12-11T10:00", "joint daily"),
        ]);
        assert_eq!(shown(&anna).await, expect);
        assert_eq!(shown(&david).await, expect);
        let days = json!({"from": "2026-12-09T00:00:00Z", "to": "2026-12-11T00:00:00Z", "emails": [DAVID]});
        let busy = anna.post("/calendar/free-busy", days).await.expect(200).json;
        let starts: Vec<&str> = busy["items"][0]["busy"]
            .as_array()
            .unwrap_or_else(|| panic!("{busy}"))
            .iter()
            .map(|span| &span["start"].as_str().unwrap()[..16])
            .collect();
        assert!(!starts.contains(&"2026-12-09T09:00"), "what was called off takes nobody's time: {busy}");
        assert!(starts.contains(&"2026-12-10T14:00"), "what was moved takes its new time: {busy}");
        // The whole series.
        google.call("DELETE", &format!("events/{there}"), Value::Null).await;
        portal.later().await;
        assert_eq!((shown(&anna).await, shown(&david).await), (rows(&[]), rows(&[])));
    }
}

/// Whoever comes to a series late sees its occurrences as they are by then, on every way there.
#[tokio::test]
async fn who_comes_late_to_a_series_sees_it_as_it_is_by_then() {
    for portal in Portal::each().await {
        let (anna, david, lucie) =
            (portal.user(ANNA).await, portal.user(DAVID).await, portal.user(WITHOUT_GOOGLE).await);
        let expect = rows(&[
            ("2026-12-08T10:00", "joint daily"),
            ("2026-12-10T15:00", "joint daily"),
            ("2026-12-11T10:00", "joint daily"),
        ]);
        // Nobody is connected; the second occurrence is cancelled, the third moved, and then David is asked.
        let daily = json!({"recurrence": ["RRULE:FREQ=DAILY;COUNT=4"]});
        let made = anna.post("/calendar/events", event("joint daily", daily)).await.expect(201).json;
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        let later_that_day = json!({"start_time": "2026-12-10T15:00:00+01:00"});
        anna.delete(&format!("{path}_20261209T090000Z")).await.expect(200);
        anna.patch(&format!("{path}_20261210T090000Z"), later_that_day).await.expect(200);
        anna.patch(&path, json!({"attendees": [DAVID]})).await.expect(200);
        assert_eq!(shown(&anna).await, expect);
        assert_eq!(shown(&david).await, expect);
        anna.delete(&path).await.expect(200);
        assert_eq!(shown(&david).await, rows(&[]));

        // The same at Google, before Anna connects and after.
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let at = |time: &str| json!({"dateTime": time, "timeZone": "Europe/Prague"});
        let daily = json!({
            "summary": "joint daily", "recurrence": ["RRULE:FREQ=DAILY;COUNT=4"], "attendees": [{"email": DAVID}],
            "start": at("2026-12-08T10:00:00+01:00"), "end": at("2026-12-08T11:00:00+01:00"),
        });
        let there = google.call("POST", "events", daily).await["id"].as_str().unwrap().to_owned();
        google.call("DELETE", &format!("events/{there}_20261209T090000Z"), Value::Null).await;
        let moved = json!({"start": at("2026-12-10T15:00:00+01:00"), "end": at("2026-12-10T16:00:00+01:00")});
        google.call("PATCH", &format!("events/{there}_20261210T090000Z"), moved).await;
        anna.connect(ANNA).await;
        portal.work().await;
        assert_eq!(shown(&anna).await, expect);
        assert_eq!(shown(&david).await, expect);
        let both = json!({"attendees": [{"email": DAVID}, {"email": WITHOUT_GOOGLE}]});
        google.call("PATCH", &format!("events/{there}"), both).await;
        portal.later().await;
        assert_eq!(shown(&anna).await, expect);
        assert_eq!(shown(&lucie).await.len(), 3, "{:?}", shown(&lucie).await);
        assert_eq!(shown(&lucie).await[0], expect[0]);
    }
}

/// Who was taken off a series and is asked again to one of its occurrences sees that one, with Google and without.
#[tokio::test]
async fn who_is_asked_to_one_occurrence_alone_sees_that_one() {
    for portal in Portal::each().await {
        let (anna, david, lucie) =
            (portal.user(ANNA).await, portal.user(DAVID).await, portal.user(WITHOUT_GOOGLE).await);
        let daily = json!({"attendees": [DAVID, WITHOUT_GOOGLE], "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"]});
        let all = rows(&[
            ("2026-12-08T10:00", "joint daily"),
            ("2026-12-09T10:00", "joint daily"),
            ("2026-12-10T10:00", "joint daily"),
        ]);
        let second = "20261209T090000Z";

        // In Portico, where nobody is connected.
        let made = anna.post("/calendar/events", event("joint daily", daily.clone())).await.expect(201).json;
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        anna.patch(&format!("{path}_20261210T090000Z"), json!({"location": "Labe"})).await.expect(200);
        anna.patch(&path, json!({"attendees": [DAVID]})).await.expect(200);
        assert_eq!((shown(&lucie).await, shown(&david).await), (rows(&[]), all.clone()));
        let one = format!("{path}_{second}");
        anna.patch(&one, json!({"attendees": [DAVID, WITHOUT_GOOGLE]})).await.expect(200);
        assert_eq!((shown(&lucie).await, shown(&david).await), (all[1..2].to_vec(), all.clone()));
        // It is an event of its own for her: what the list shows is there, and can be answered and removed.
        let of_lucie = lucie.get("/calendar/events?from=2026-12-01&to=2027-01-01").await.expect(200).json;
        let found = of_lucie["items"].as_array().unwrap().iter().find(|item| item["title"] == "joint daily").unwrap();
        let own = format!("/calendar/events/{}", found["id"].as_str().unwrap());
        let answered = lucie.post(&format!("{own}/answer"), json!({"answer": "accepted"})).await.expect(200).json;
        assert_eq!((&answered["id"], &answered["is_recurring"]), (&found["id"], &json!(false)));
        let seen = anna.get(&one).await.expect(200).json;
        let line = seen["attendees"].as_array().unwrap().iter().find(|line| line["email"] == WITHOUT_GOOGLE).unwrap();
        assert_eq!(line["answer"], "accepted");
        // Asked to all of it again, she sees each once.
        anna.patch(&path, json!({"attendees": [DAVID, WITHOUT_GOOGLE]})).await.expect(200);
        assert_eq!(shown(&lucie).await, all);
        // What she removed herself stays removed, however often the list is written.
        let whole = found_series(&lucie).await;
        lucie.delete(&format!("/calendar/events/{whole}")).await.expect(200);
        anna.patch(&one, json!({"location": "Vltava", "attendees": [DAVID, WITHOUT_GOOGLE]})).await.expect(200);
        assert_eq!(shown(&lucie).await, rows(&[]));
        anna.delete(&path).await.expect(200);

        // The same at Google, where David is connected as well, in either order of the runs.
        anna.connect(ANNA).await;
        david.connect(DAVID).await;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let made = anna.post("/calendar/events", event("joint daily", daily)).await.expect(201).json;
        portal.work().await;
        portal.later().await;
        for user in [&anna, &david, &lucie] {
            assert_eq!(shown(user).await, all);
        }
        let there = google.titled("joint daily").await["id"].as_str().unwrap().to_owned();
        let nobody = json!({"attendees": [{"email": "x@elsewhere.example"}]});
        google.call("PATCH", &format!("events/{there}"), nobody).await;
        portal.later().await;
        portal.later().await;
        for user in [&david, &lucie] {
            assert_eq!(shown(user).await, rows(&[]), "who is no guest any more");
        }
        let both = json!({"attendees": [{"email": DAVID}, {"email": WITHOUT_GOOGLE}]});
        google.call("PATCH", &format!("events/{there}_{second}"), both).await;
        portal.later().await;
        portal.later().await;
        for user in [&david, &lucie] {
            assert_eq!(shown(user).await, all[1..2]);
        }
        // David's answer goes out through his own calendar.
        let of_david = david.get("/calendar/events?from=2026-12-01&to=2027-01-01").await.expect(200).json;
        let found = of_david["items"].as_array().unwrap().iter().find(|item| item["title"] == "joint daily").unwrap();
        let own = format!("/calendar/events/{}", found["id"].as_str().unwrap());
        david.post(&format!("{own}/answer"), json!({"answer": "tentative"})).await.expect(200);
        portal.later().await;
        let seen = david.get(&own).await.expect(200).json;
        assert_eq!(seen["sync"], "in_step", "{seen}");
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let one = google.call("GET", &format!("events/{there}_{second}"), Value::Null).await;
        let line = one["attendees"].as_array().unwrap().iter().find(|line| line["email"] == DAVID).unwrap();
        assert_eq!(line["responseStatus"], "tentative", "{one}");
        assert_eq!(david.get("/calendar/conflicts").await.expect(200).json["items"], json!([]));
        // Asked to all of it again, both see each once.
        google
            .call(
                "PATCH",
                &format!("events/{there}"),
                json!({"attendees": [{"email": DAVID}, {"email": WITHOUT_GOOGLE}]}),
            )
            .await;
        portal.later().await;
        portal.later().await;
        for user in [&anna, &david, &lucie] {
            assert_eq!(shown(user).await, all);
        }
        anna.delete(&format!("/calendar/events/{}", made["id"].as_str().unwrap())).await.expect(200);
        portal.later().await;
        portal.later().await;
        for user in [&anna, &david, &lucie] {
            assert_eq!(shown(user).await, rows(&[]));
        }
    }
}

/// The series of what a person sees of titles that begin with `joint`.
async fn found_series(user: &User<'_>) -> String {
    let items = user.get("/calendar/events?from=2026-12-01&to=2027-01-01").await.expect(200).json["items"].clone();
    let found = items.as_array().unwrap().iter().find(|item| item["title"].as_str().unwrap().starts_with("joint"));
    found.unwrap()["series_id"].as_str().unwrap().to_owned()
}

/// Somebody who is asked under an alias of the account answers here like anybody else.
#[tokio::test]
async fn who_is_asked_under_an_alias_answers_here() {
    const ALIAS: &str = "d.cerny@acme.example";
    for portal in Portal::each().await {
        portal.google("POST", "users", json!({"email": DAVID, "aliases": [ALIAS]})).await;
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        anna.connect(ANNA).await;
        david.connect(DAVID).await;
        portal.work().await;
        let invitations = async || david.get("/me").await.expect(200).json["counts"]["invitations"].as_u64().unwrap();
        let before = invitations().await;
        let list = json!({"attendees": [ALIAS, "x@elsewhere.example"]});
        let single = anna.post("/calendar/events", event("joint", list)).await.expect(201).json;
        let daily = json!({
            "attendees": [ALIAS], "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"],
            "start_time": "2026-12-14T10:00:00+01:00", "end_time": "2026-12-14T11:00:00+01:00",
        });
        let series = anna.post("/calendar/events", event("joint daily", daily)).await.expect(201).json;
        portal.work().await;
        portal.later().await;
        let seen = shown(&david).await;
        let expect = rows(&[
            ("2026-12-08T10:00", "joint"),
            ("2026-12-14T10:00", "joint daily"),
            ("2026-12-15T10:00", "joint daily"),
            ("2026-12-16T10:00", "joint daily"),
        ]);
        assert_eq!(seen, expect);
        assert_eq!(invitations().await, before + 2);
        let listed = async |user: &User<'_>, title: &str, start: &str| {
            let items =
                user.get("/calendar/events?from=2026-12-01&to=2027-01-01").await.expect(200).json["items"].clone();
            let is_it =
                |item: &&Value| item["title"] == title && item["start_time"].as_str().unwrap().starts_with(start);
            items.as_array().unwrap().iter().find(is_it).unwrap().clone()
        };
        let own = |item: &Value| {
            let lines = item["attendees"].as_array().unwrap();
            lines.iter().find(|line| line["email"] == ALIAS).unwrap().clone()
        };
        let one = listed(&david, "joint", "2026-12-08").await;
        assert_eq!((&one["can"]["answer"], &own(&one)["self"]), (&json!(true), &json!(true)));
        let path = format!("/calendar/events/{}", one["id"].as_str().unwrap());
        david.post(&format!("{path}/answer"), json!({"answer": "accepted", "comment": "gladly"})).await.expect(200);
        // A series: one occurrence declined, then the whole accepted.
        let second = listed(&david, "joint daily", "2026-12-15").await;
        let answer = format!("/calendar/events/{}/answer", second["id"].as_str().unwrap());
        david.post(&answer, json!({"answer": "declined"})).await.expect(200);
        let third = listed(&david, "joint daily", "2026-12-16").await;
        let answer = format!("/calendar/events/{}/answer", third["id"].as_str().unwrap());
        david.post(&answer, json!({"answer": "accepted", "scope": "all"})).await.expect(200);
        portal.work().await;
        portal.later().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let said = async |id: String| {
            let there = google.call("GET", &format!("events/{id}"), Value::Null).await;
            let line =
                there["attendees"].as_array().unwrap().iter().find(|line| line["email"] == ALIAS).unwrap().clone();
            (line["responseStatus"].as_str().unwrap().to_owned(), line["comment"].as_str().map(str::to_owned))
        };
        let id = async |title: &str| google.titled(title).await["id"].as_str().unwrap().to_owned();
        assert_eq!(said(id("joint").await).await, ("accepted".into(), Some("gladly".into())));
        let daily = id("joint daily").await;
        assert_eq!(said(daily.clone()).await.0, "accepted");
        assert_eq!(said(format!("{daily}_20261215T090000Z")).await.0, "declined");
        // The organizer sees the same, and so does David.
        for (user, title, start, answer) in [
            (&anna, "joint", "2026-12-08", "accepted"),
            (&anna, "joint daily", "2026-12-14", "accepted"),
            (&anna, "joint daily", "2026-12-15", "declined"),
            (&david, "joint daily", "2026-12-15", "declined"),
            (&david, "joint daily", "2026-12-16", "accepted"),
        ] {
            assert_eq!(own(&listed(user, title, start).await)["answer"], answer, "{title} {start}");
        }
        assert_eq!(invitations().await, before);
        // What David declined does not make him busy.
        let days = json!({"from": "2026-12-15T00:00:00Z", "to": "2026-12-17T00:00:00Z", "emails": [DAVID]});
        let busy = anna.post("/calendar/free-busy", days).await.expect(200).json["items"][0]["busy"].clone();
        let starts: Vec<&str> =
            busy.as_array().unwrap().iter().map(|span| &span["start"].as_str().unwrap()[..16]).collect();
        assert!(!starts.contains(&"2026-12-15T09:00") && starts.contains(&"2026-12-16T09:00"), "{starts:?}");

        // An answer given at Google comes here, and a deletion here is a "no" there.
        let davids = GoogleCalendar::of(&portal, DAVID).await;
        let maybe = json!({"attendees": [{"email": ALIAS, "responseStatus": "tentative"}]});
        davids.call("PATCH", &format!("events/{}", id("joint").await), maybe).await;
        portal.later().await;
        assert_eq!(own(&listed(&anna, "joint", "2026-12-08").await)["answer"], "tentative");
        david.delete(&path).await.expect(200);
        portal.later().await;
        assert_eq!(said(id("joint").await).await.0, "declined");
        assert_eq!(shown(&david).await, expect[1..]);
        for made in [&single, &series] {
            let seen = anna.get(&format!("/calendar/events/{}", made["id"].as_str().unwrap())).await.expect(200).json;
            assert_eq!(seen["sync"], "in_step");
        }
        for user in [&anna, &david] {
            assert_eq!(user.get("/calendar/conflicts").await.expect(200).json["items"], json!([]));
        }
        // At rest nobody writes.
        let since = portal.last_request().await;
        portal.later().await;
        let mut writes = portal.requests(since).await;
        writes.retain(|call| call["verb"] != "GET");
        assert_eq!(writes, Vec::<Value>::new());
    }
}

/// A calendar that shows a series without being asked to it, and that is switched off, goes on showing what becomes of its
/// occurrences: nobody was taken off them.
#[tokio::test]
async fn a_calendar_that_is_switched_off_follows_the_occurrences_of_a_meeting() {
    for portal in Portal::each().await {
        let team = crate::links::team(&portal, "reader").await;
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        anna.connect(ANNA).await;
        david.connect(DAVID).await;
        portal.work().await;
        let daily = json!({"attendees": ["x@elsewhere.example"], "recurrence": ["RRULE:FREQ=DAILY;COUNT=4"]});
        anna.post("/calendar/events", event("joint daily", daily)).await.expect(201);
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let there = google.titled("joint daily").await;
        // The same meeting in a calendar of David's, as an invitation that was imported there.
        let copy = json!({
            "iCalUID": there["iCalUID"], "summary": "joint daily", "organizer": {"email": ANNA},
            "attendees": [{"email": team}], "start": there["start"], "end": there["end"], "recurrence": there["recurrence"],
        });
        let davids = GoogleCalendar::of(&portal, DAVID).await;
        davids.ask("POST", &format!("calendars/{team}/events/import"), copy).await;
        let on = crate::links::switch_on(&portal, &david, &team).await;
        let calendar = on["calendar_id"].as_str().unwrap();
        let in_team = async || {
            let path = format!("/calendar/events?from=2026-12-01&to=2027-01-01&calendar={calendar}");
            let items = david.get(&path).await.expect(200).json["items"].clone();
            let starts =
                items.as_array().unwrap().iter().map(|item| item["start_time"].as_str().unwrap()[..16].to_owned());
            starts.collect::<Vec<_>>()
        };
        let days = ["2026-12-08T10:00", "2026-12-09T10:00", "2026-12-10T10:00", "2026-12-11T10:00"];
        assert_eq!(in_team().await, days);
        david
            .patch(&format!("/calendar/links/{}", on["id"].as_str().unwrap()), json!({"state": "off"}))
            .await
            .expect(200);
        let id = there["id"].as_str().unwrap();
        google.call("DELETE", &format!("events/{id}_20261209T090000Z"), Value::Null).await;
        let moved = json!({
            "start": {"dateTime": "2026-12-10T15:00:00+01:00"}, "end": {"dateTime": "2026-12-10T16:00:00+01:00"},
        });
        google.call("PATCH", &format!("events/{id}_20261210T090000Z"), moved).await;
        portal.later().await;
        assert_eq!(in_team().await, ["2026-12-08T10:00", "2026-12-10T15:00", "2026-12-11T10:00"]);
    }
}
