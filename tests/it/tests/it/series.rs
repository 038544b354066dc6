//! Series: this occurrence, this and the following, all.

use serde_json::{Value, json};

use crate::portal::{ANNA, DAVID, Portal, User};

/// Tuesdays at ten from 8 December on, five times.
async fn weekly(user: &User<'_>, guests: Value) -> String {
    let body = json!({
        "title": "weekly", "start_time": "2026-12-08T10:00:00", "end_time": "2026-12-08T11:00:00", "time_zone": "Europe/Prague",
        "recurrence": ["RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=5"], "attendees": guests,
    });
    let made = user.post("/calendar/events", body).await.expect(201).json;
    assert_eq!(made["recurrence"], json!(["RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=5"]));
    made["id"].as_str().unwrap().to_owned()
}

/// The occurrences between December and March whose titles begin with `weekly`: local start, title.
async fn shown(user: &User<'_>) -> Vec<(String, String)> {
    let items = user.get("/calendar/events?from=2026-12-01&to=2027-03-01").await.expect(200).json["items"].clone();
    items
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["title"].as_str().unwrap().starts_with("weekly"))
        .map(|item| (item["start_time"].as_str().unwrap()[..16].to_owned(), item["title"].as_str().unwrap().to_owned()))
        .collect()
}

fn expect(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(start, title)| ((*start).to_owned(), (*title).to_owned())).collect()
}

const SECOND: &str = "20261215T090000Z";
const THIRD: &str = "20261222T090000Z";

#[tokio::test]
async fn one_occurrence_is_changed_moved_and_cancelled_by_itself() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        let id = weekly(&anna, json!([DAVID])).await;
        let path = |start: &str| format!("/calendar/events/{id}_{start}");
        let one = anna
            .patch(&path(SECOND), json!({"title": "weekly, once", "start_time": "2026-12-16T15:00:00+01:00"}))
            .await
            .expect(200)
            .json;
        assert_eq!(one["id"], format!("{id}_{SECOND}"), "its id stays when it is moved");
        assert_eq!((&one["is_exception"], &one["original_start"]), (&json!(true), &json!("2026-12-15T09:00:00Z")));
        let gone = anna.delete(&path(THIRD)).await.expect(200).json;
        anna.get(&path(THIRD)).await.expect(404);
        let rows = expect(&[
            ("2026-12-08T10:00", "weekly"),
            ("2026-12-16T15:00", "weekly, once"),
            ("2026-12-29T10:00", "weekly"),
            ("2027-01-05T10:00", "weekly"),
        ]);
        assert_eq!(shown(&anna).await, rows);
        assert_eq!(shown(&david).await, rows, "the guest sees the same");
        anna.post(&format!("/calendar/events/{}/undo", gone["id"].as_str().unwrap()), Value::Null).await.expect(200);
        assert_eq!(shown(&anna).await.len(), 5);

        // What the occurrence had not overridden follows the series; its time is its own.
        anna.patch(&format!("/calendar/events/{id}"), json!({"location": "Vltava"})).await.expect(200);
        let one = anna.get(&path(SECOND)).await.expect(200).json;
        assert_eq!((&one["title"], &one["location"]), (&json!("weekly, once"), &json!("Vltava")));
        anna.patch(&path(SECOND), json!({"recurrence": ["RRULE:FREQ=DAILY"]})).await.expect(422);
        anna.get(&path("20261216T090000Z")).await.expect(404);
    }
}

#[tokio::test]
async fn a_change_of_all_moves_every_occurrence_and_keeps_one_series() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id = weekly(&anna, json!([])).await;
        // The second occurrence is dragged to Wednesday, half past eleven, and all are meant.
        let body = json!({"start_time": "2026-12-16T11:30:00+01:00", "title": "weekly all"});
        let moved = anna.patch(&format!("/calendar/events/{id}_{SECOND}?scope=all"), body).await.expect(200).json;
        assert_eq!(moved["id"], format!("{id}_20261216T103000Z"));
        assert_eq!(
            shown(&anna).await,
            expect(&[
                ("2026-12-09T11:30", "weekly all"),
                ("2026-12-16T11:30", "weekly all"),
                ("2026-12-23T11:30", "weekly all"),
                ("2026-12-30T11:30", "weekly all"),
                ("2027-01-06T11:30", "weekly all"),
            ])
        );
        let master = anna.get(&format!("/calendar/events/{id}")).await.expect(200).json;
        assert_eq!(master["recurrence"], json!(["RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=5"]));
        let single = anna.patch(&format!("/calendar/events/{id}"), json!({"recurrence": []})).await.expect(200).json;
        assert_eq!((&single["is_recurring"], shown(&anna).await.len()), (&json!(false), 1));
        anna.delete(&format!("/calendar/events/{id}")).await.expect(200);
        assert!(shown(&anna).await.is_empty());
    }
}

#[tokio::test]
async fn this_and_the_following_cuts_the_series_in_two() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        let id = weekly(&anna, json!([DAVID])).await;
        anna.patch(&format!("/calendar/events/{id}_20261229T090000Z"), json!({"location": "elsewhere"}))
            .await
            .expect(200);
        let body = json!({"title": "weekly new"});
        let new = anna.patch(&format!("/calendar/events/{id}_{THIRD}?scope=following"), body).await.expect(200).json;
        assert_ne!(new["series_id"], json!(id));
        let rows = expect(&[
            ("2026-12-08T10:00", "weekly"),
            ("2026-12-15T10:00", "weekly"),
            ("2026-12-22T10:00", "weekly new"),
            ("2026-12-29T10:00", "weekly new"),
            ("2027-01-05T10:00", "weekly new"),
        ]);
        assert_eq!(shown(&anna).await, rows);
        assert_eq!(shown(&david).await, rows);
        let tail = new["series_id"].as_str().unwrap();
        let carried = anna.get(&format!("/calendar/events/{tail}_20261229T090000Z")).await.expect(200).json;
        assert_eq!(carried["location"], "elsewhere", "what was changed by itself goes along");

        // Deleting the rest leaves the first two, and can be taken back.
        let gone =
            anna.delete(&format!("/calendar/events/{tail}_20261229T090000Z?scope=following")).await.expect(200).json;
        assert_eq!(shown(&anna).await, rows[..3]);
        anna.post(&format!("/calendar/events/{}/undo", gone["id"].as_str().unwrap()), Value::Null).await.expect(200);
        assert_eq!(shown(&anna).await, rows);

        // From the first on is all.
        anna.patch(
            &format!("/calendar/events/{id}_20261208T090000Z?scope=following"),
            json!({"title": "weekly first"}),
        )
        .await
        .expect(200);
        assert_eq!(
            shown(&anna).await[..2],
            expect(&[("2026-12-08T10:00", "weekly first"), ("2026-12-15T10:00", "weekly first")])
        );
    }
}

#[tokio::test]
async fn answers_have_the_same_scopes() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        weekly(&anna, json!([DAVID])).await;
        let items = david.get("/calendar/events?from=2026-12-01&to=2027-03-01").await.expect(200).json["items"].clone();
        let first = items.as_array().unwrap().iter().find(|item| item["title"] == "weekly").unwrap().clone();
        let series = first["series_id"].as_str().unwrap();
        let answer = async |start: &str| {
            let seen = david.get(&format!("/calendar/events/{series}_{start}")).await.expect(200).json;
            let line = seen["attendees"].as_array().unwrap().iter().find(|a| a["self"] == true).unwrap().clone();
            line["answer"].as_str().unwrap().to_owned()
        };
        let say = |start: &str| format!("/calendar/events/{series}_{start}/answer");
        david.post(&say(SECOND), json!({"answer": "declined"})).await.expect(200);
        assert_eq!((answer(SECOND).await, answer(THIRD).await), ("declined".into(), "needs_action".into()));
        david.post(&say(THIRD), json!({"answer": "accepted", "scope": "all"})).await.expect(200);
        assert_eq!((answer(SECOND).await, answer(THIRD).await), ("declined".into(), "accepted".into()));
        // From the third on: the two before keep what was said for them, by the series or by themselves.
        david.post(&say(THIRD), json!({"answer": "tentative", "scope": "following"})).await.expect(200);
        let mut all = Vec::new();
        for start in ["20261208T090000Z", SECOND, THIRD, "20261229T090000Z", "20270105T090000Z"] {
            all.push(answer(start).await);
        }
        assert_eq!(all, ["accepted", "declined", "tentative", "tentative", "tentative"]);
        // From the last on: the shorter side is the one that is written.
        david.post(&say("20270105T090000Z"), json!({"answer": "declined", "scope": "following"})).await.expect(200);
        assert_eq!(answer("20261229T090000Z").await, "tentative");
        assert_eq!(answer("20270105T090000Z").await, "declined");
        let organizers = anna.get("/calendar/events?from=2026-12-01&to=2027-03-01").await.expect(200).json;
        let said: Vec<Value> = organizers["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|item| item["title"] == "weekly")
            .map(|item| {
                item["attendees"].as_array().unwrap().iter().find(|a| a["email"] == DAVID).unwrap()["answer"].clone()
            })
            .collect();
        assert_eq!(json!(said), json!(["accepted", "declined", "tentative", "tentative", "declined"]));
        let both = json!({"answer": "accepted", "color": "3"});
        let path = format!("/calendar/events/{series}_{THIRD}?scope=following");
        assert_eq!(david.patch(&path, both).await.expect(200).json["color"], "3");
        assert_eq!((answer(SECOND).await, answer("20270105T090000Z").await), ("declined".into(), "accepted".into()));
        david.post(&say(THIRD), json!({"answer": "perhaps"})).await.expect(422);

        // A guest hides one occurrence: it is declined, and the organizer still has it.
        david.delete(&format!("/calendar/events/{series}_20261229T090000Z")).await.expect(200);
        assert_eq!((shown(&david).await.len(), shown(&anna).await.len()), (4, 5));
    }
}

#[tokio::test]
async fn a_guest_answers_the_rest_of_an_endless_series() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        let body = json!({
            "title": "weekly", "start_time": "2026-12-08T10:00:00", "end_time": "2026-12-08T11:00:00",
            "time_zone": "Europe/Prague", "recurrence": ["RRULE:FREQ=WEEKLY"], "attendees": [DAVID], "use_google_meet": false,
        });
        anna.connect(ANNA).await;
        david.connect(DAVID).await;
        portal.work().await;
        anna.post("/calendar/events", body).await.expect(201);
        portal.work().await;
        let items = david.get("/calendar/events?from=2026-12-01&to=2027-03-01").await.expect(200).json["items"].clone();
        let first = items.as_array().unwrap().iter().find(|item| item["title"] == "weekly").unwrap().clone();
        let series = first["series_id"].as_str().unwrap();
        let since = portal.last_request().await;
        let say = json!({"answer": "accepted", "scope": "following"});
        david.post(&format!("/calendar/events/{series}_{THIRD}/answer"), say).await.expect(200);
        portal.work().await;
        let patches = portal.calls(since, "calendar.events.patch").await;
        assert!(patches.len() <= 3, "one for the series, one for each of the two before: {patches:?}");
        portal.advance(901);
        portal.work().await;
        for user in [&anna, &david] {
            let items =
                user.get("/calendar/events?from=2026-12-01&to=2027-03-01").await.expect(200).json["items"].clone();
            let said: Vec<String> = items
                .as_array()
                .unwrap()
                .iter()
                .filter(|item| item["title"] == "weekly")
                .map(|item| {
                    let guests = item["attendees"].as_array().unwrap();
                    guests.iter().find(|a| a["email"] == DAVID).unwrap()["answer"].as_str().unwrap().to_owned()
                })
                .collect();
            assert_eq!(said[..2], ["needs_action", "needs_action"]);
            assert!(said.len() > 10 && said[2..].iter().all(|answer| answer == "accepted"), "{said:?}");
        }
    }
}

#[tokio::test]
async fn a_series_on_days_of_the_month_moves_where_that_is_plain() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        for (rule, expect) in [
            ("RRULE:FREQ=MONTHLY;BYMONTHDAY=8;COUNT=3", Ok("RRULE:FREQ=MONTHLY;BYMONTHDAY=9;COUNT=3")),
            ("RRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=3", Err("rule_names_days")),
        ] {
            let body = json!({
                "title": "monthly", "start_time": "2026-12-08T10:00:00", "end_time": "2026-12-08T11:00:00",
                "time_zone": "Europe/Prague", "recurrence": [rule],
            });
            let made = anna.post("/calendar/events", body).await.expect(201).json;
            let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
            let moved = anna.patch(&path, json!({"start_time": "2026-12-09T10:00:00+01:00"})).await;
            match expect {
                Ok(lines) => assert_eq!(moved.expect(200).json["recurrence"], json!([lines])),
                Err(reason) => assert_eq!(moved.expect(409).json["reason"], reason),
            }
        }
    }
}
