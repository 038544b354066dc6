//! The guard: a run that would delete or mail too much stops, shows what it would do, and asks.

use serde_json::{Value, json};

use crate::{
    conflicts::GoogleCalendar,
    events::titles,
    portal::{ADMINISTRATOR, ANNA, DAVID, Portal, User},
};

/// An event in the second week of December.
fn event(number: usize, guests: &[String]) -> Value {
    let day = 7 + number % 14;
    json!({
        "title": format!("guarded {number}"), "use_google_meet": false, "attendees": guests,
        "start_time": format!("2026-12-{day:02}T10:00:00+01:00"), "end_time": format!("2026-12-{day:02}T11:00:00+01:00"),
    })
}

async fn make(user: &User<'_>, count: usize) -> Vec<String> {
    let mut paths = Vec::new();
    for number in 0..count {
        let made = user.post("/calendar/events", event(number, &[])).await.expect(201).json;
        paths.push(format!("/calendar/events/{}", made["id"].as_str().unwrap()));
    }
    paths
}

async fn guarded(user: &User<'_>) -> usize {
    titles(user).await.iter().filter(|title| title.starts_with("guarded")).count()
}

async fn guarded_at_google(google: &GoogleCalendar<'_>) -> Vec<String> {
    let list = google.call("GET", "events", Value::Null).await;
    let is_guarded = |item: &&Value| item["summary"].as_str().is_some_and(|title| title.starts_with("guarded"));
    list["items"].as_array().unwrap().iter().filter(is_guarded).map(|i| i["id"].as_str().unwrap().to_owned()).collect()
}

async fn the_hold(user: &User<'_>) -> Value {
    let holds = user.get("/calendar/holds").await.expect(200).json["items"].as_array().unwrap().clone();
    assert_eq!(holds.len(), 1, "{holds:?}");
    holds[0].clone()
}

async fn decide(portal: &Portal, user: &User<'_>, word: &str) {
    let hold = the_hold(user).await;
    user.post(&format!("/calendar/holds/{}/{word}", hold["id"].as_str().unwrap()), Value::Null).await.expect(200);
    portal.work().await;
    // What is done from now on was not in the hold.
    portal.advance(1);
    assert_eq!(user.get("/calendar/holds").await.expect(200).json["items"], json!([]));
}

#[tokio::test]
async fn the_limits_are_the_companys_and_only_administrators_set_them() {
    for portal in Portal::each().await {
        let (anna, administrator) = (portal.user(ANNA).await, portal.user(ADMINISTRATOR).await);
        let seen = anna.get("/company").await.expect(200).json;
        assert_eq!(seen["guard"], json!({"deletions": 20, "percent": 10, "mailed": 50}));
        anna.patch("/company", json!({"guard": {"deletions": 1}})).await.expect(403);
        for (bad, field) in [
            (json!({"guard": {"deletions": -1}}), "guard.deletions"),
            (json!({"guard": {"percent": 101}}), "guard.percent"),
            (json!({"guard": {"mailed": 1_000_000}}), "guard.mailed"),
            (json!({"name": "Other"}), "name"),
        ] {
            let errors = administrator.patch("/company", bad).await.expect(422).json["errors"].clone();
            assert_eq!(errors[0]["field"], field);
        }
        let changed =
            administrator.patch("/company", json!({"guard": {"deletions": 2, "percent": 0}})).await.expect(200);
        assert_eq!(changed.json["guard"], json!({"deletions": 2, "percent": 0, "mailed": 50}));

        // Three of many at Google: more than two ask now.
        anna.connect(ANNA).await;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        make(&anna, 6).await;
        portal.work().await;
        let there = guarded_at_google(&google).await;
        for id in &there[..3] {
            google.call("DELETE", &format!("events/{id}"), Value::Null).await;
        }
        portal.advance(901);
        portal.work().await;
        let hold = the_hold(&anna).await;
        assert_eq!((&hold["kind"], &hold["place"], &hold["count"]), (&json!("delete"), &json!("portico"), &json!(3)));
        assert_eq!(guarded(&anna).await, 6);
        // Another company's limits are its own.
        decide(&portal, &anna, "approve").await;
        assert_eq!(guarded(&anna).await, 3);
        let audit = administrator.get("/audit").await.expect(200).json["items"].clone();
        assert!(audit.as_array().unwrap().iter().any(|entry| entry["action"] == "company.guard_changed"));
    }
}

#[tokio::test]
async fn many_own_deletions_on_their_way_out_ask_first() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id = anna.connect(ANNA).await;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        for (word, here, there) in [("drop", 25, 25), ("approve", 0, 0)] {
            let paths = make(&anna, 25).await;
            portal.work().await;
            assert_eq!(guarded_at_google(&google).await.len(), 25);
            anna.post(&format!("/google/connections/{id}/pause"), Value::Null).await.expect(200);
            for path in &paths {
                anna.delete(path).await.expect(200);
            }
            anna.post(&format!("/google/connections/{id}/resume"), Value::Null).await.expect(200);
            portal.work().await;
            let hold = the_hold(&anna).await;
            assert_eq!((&hold["place"], &hold["count"]), (&json!("google"), &json!(25)), "{hold}");
            assert_eq!(hold["items"].as_array().unwrap().len(), 25);
            assert_eq!(guarded_at_google(&google).await.len(), 25, "nothing went out");
            let link = anna.get("/calendar/links").await.expect(200).json["items"][0]["sync"]["state"].clone();
            assert_eq!(link, "held");
            decide(&portal, &anna, word).await;
            assert_eq!((guarded(&anna).await, guarded_at_google(&google).await.len()), (here, there), "{word}");
            for path in &paths {
                if word == "drop" {
                    anna.delete(path).await.expect(200);
                    portal.work().await;
                }
            }
            assert_eq!(guarded_at_google(&google).await.len(), 0, "one by one nobody is asked");
        }
    }
}

/// What trickles in, one event a run, is counted over the hour: at Google's side the limit is the same as for one run.
#[tokio::test]
async fn deletions_at_google_that_arrive_one_by_one_ask_at_the_limit() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.user(ADMINISTRATOR).await.patch("/company", json!({"guard": {"deletions": 3}})).await.expect(200);
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        make(&anna, 20).await;
        portal.work().await;
        let mut there = guarded_at_google(&google).await;
        for (word, asks) in [("approve", true), ("drop", true), ("approve", false)] {
            for number in 1..=4 {
                let before = guarded(&anna).await;
                let id = there.pop().unwrap();
                // The hours that pass outlive a token.
                let google = GoogleCalendar::of(&portal, ANNA).await;
                google.call("DELETE", &format!("events/{id}"), Value::Null).await;
                // With an hour between them nobody is asked, however many they are.
                portal.advance(if asks { 901 } else { 3601 });
                portal.work().await;
                let held = asks && number == 4;
                assert_eq!(guarded(&anna).await, before - usize::from(!held), "{word} {number}");
            }
            if asks {
                let hold = the_hold(&anna).await;
                assert_eq!((&hold["place"], &hold["count"]), (&json!("portico"), &json!(1)), "{hold}");
                // It does not dissolve by waiting.
                portal.advance(7200);
                portal.work().await;
                assert_eq!(the_hold(&anna).await["id"], hold["id"]);
                decide(&portal, &anna, word).await;
            } else {
                assert_eq!(anna.get("/calendar/holds").await.expect(200).json["items"], json!([]));
            }
        }
        // Of twelve deletions one was taken back.
        let google = GoogleCalendar::of(&portal, ANNA).await;
        assert_eq!((guarded(&anna).await, guarded_at_google(&google).await.len()), (9, 9));
    }
}

/// Own acts that went out one by one were each looked at: three times the limit pass within the hour, and then it asks.
#[tokio::test]
async fn own_deletions_and_mails_one_by_one_ask_when_they_do_not_end() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        let limits = json!({"guard": {"deletions": 2, "mailed": 2}});
        portal.user(ADMINISTRATOR).await.patch("/company", limits).await.expect(200);
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let paths = make(&anna, 20).await;
        portal.work().await;
        for (number, path) in paths[..7].iter().enumerate() {
            anna.delete(path).await.expect(200);
            portal.work().await;
            assert_eq!(guarded_at_google(&google).await.len(), 19 - number.min(5), "{number}");
        }
        let hold = the_hold(&anna).await;
        assert_eq!((&hold["place"], &hold["count"]), (&json!("google"), &json!(1)), "{hold}");
        decide(&portal, &anna, "approve").await;
        assert_eq!(guarded_at_google(&google).await.len(), 13);
        // The decision begins the count anew.
        for path in &paths[7..13] {
            anna.delete(path).await.expect(200);
            portal.work().await;
        }
        assert_eq!(guarded_at_google(&google).await.len(), 7);

        portal.google("DELETE", "mail", Value::Null).await;
        for number in 0..7 {
            let guests = [format!("guest{number}@elsewhere.example")];
            anna.post("/calendar/events", event(number, &guests)).await.expect(201);
            portal.work().await;
        }
        let mailed = || async { portal.google("GET", "mail", Value::Null).await["items"].as_array().unwrap().len() };
        assert_eq!(mailed().await, 6, "the seventh person waits");
        let hold = the_hold(&anna).await;
        assert_eq!((&hold["kind"], &hold["people"]), (&json!("mail"), &json!(1)), "{hold}");
        decide(&portal, &anna, "approve").await;
        assert_eq!(mailed().await, 7);
        // Somebody who is mailed often is one person.
        for number in 0..9 {
            anna.post("/calendar/events", event(number, &["guest0@elsewhere.example".to_owned()])).await.expect(201);
            portal.work().await;
        }
        assert_eq!(mailed().await, 16);
    }
}

/// The guests of three meetings, sixty people in all.
fn sixty() -> [Vec<String>; 3] {
    [0, 20, 40].map(|from| (from..from + 20).map(|n| format!("guest{n}@elsewhere.example")).collect())
}

#[tokio::test]
async fn a_run_that_would_mail_many_people_asks_first() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id = anna.connect(ANNA).await;
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        for (word, mailed) in [("approve", 60), ("drop", 0)] {
            portal.google("DELETE", "mail", Value::Null).await;
            let before = guarded_at_google(&google).await.len();
            anna.post(&format!("/google/connections/{id}/pause"), Value::Null).await.expect(200);
            for (number, guests) in sixty().iter().enumerate() {
                anna.post("/calendar/events", event(number, guests)).await.expect(201);
            }
            anna.post(&format!("/google/connections/{id}/resume"), Value::Null).await.expect(200);
            portal.work().await;
            let hold = the_hold(&anna).await;
            assert_eq!(
                (&hold["kind"], &hold["count"], &hold["people"]),
                (&json!("mail"), &json!(3), &json!(60)),
                "{hold}"
            );
            assert_eq!(guarded_at_google(&google).await.len(), before, "nothing went out");
            portal.user(DAVID).await.get("/calendar/holds").await.expect(200);
            decide(&portal, &anna, word).await;
            assert_eq!(guarded_at_google(&google).await.len(), before + 3, "the events go out either way");
            let mail = portal.google("GET", "mail", Value::Null).await["items"].as_array().unwrap().len();
            assert_eq!(mail, mailed, "{word}");
        }
    }
}
