//! Guests whom the organizer hides from each other: each sees the own line, in Portico as at Google.

use serde_json::{Value, json};

use crate::{
    conflicts::GoogleCalendar,
    events::event,
    portal::{ADMINISTRATOR, ANNA, DAVID, Portal, User, WITHOUT_GOOGLE},
};

const OUTSIDE: &str = "x@elsewhere.example";

/// The meeting as a person sees it in a list.
async fn listed(user: &User<'_>) -> Value {
    let reply = user.get("/calendar/events?from=2026-12-01&to=2027-01-01").await.expect(200);
    let items = reply.json["items"].as_array().unwrap().clone();
    items.into_iter().find(|item| item["title"].as_str().unwrap().starts_with("quiet")).unwrap()
}

/// Who stands on a guest list, with the answers.
fn guests(event: &Value) -> Vec<(String, String)> {
    let text = |line: &Value, member: &str| line[member].as_str().unwrap().to_owned();
    let mut all: Vec<(String, String)> =
        event["attendees"].as_array().unwrap().iter().map(|line| (text(line, "email"), text(line, "answer"))).collect();
    all.sort();
    all
}

fn lines(lines: &[(&str, &str)]) -> Vec<(String, String)> {
    lines.iter().map(|(email, answer)| ((*email).to_owned(), (*answer).to_owned())).collect()
}

/// One colleague is connected to Google, one is not, and one may read the journal.
#[tokio::test]
async fn guests_who_are_hidden_from_each_other_see_themselves_alone() {
    for portal in Portal::each().await {
        let (anna, david, lucie, eva) = (
            portal.user(ANNA).await,
            portal.user(DAVID).await,
            portal.user(WITHOUT_GOOGLE).await,
            portal.user(ADMINISTRATOR).await,
        );
        // Before anybody is connected, then with Google.
        for connected in [false, true] {
            if connected {
                anna.connect(ANNA).await;
                david.connect(DAVID).await;
                portal.work().await;
            }
            let people = json!([DAVID, WITHOUT_GOOGLE, ADMINISTRATOR, OUTSIDE]);
            let body = event("quiet", json!({"attendees": people, "guests_can_see_other_guests": false}));
            let made = anna.post("/calendar/events", body).await.expect(201).json;
            let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
            portal.work().await;
            portal.later().await;
            let rest = async || {
                portal.work().await;
                portal.later().await;
            };
            for (user, email) in [(&david, DAVID), (&lucie, WITHOUT_GOOGLE), (&eva, ADMINISTRATOR)] {
                let seen = listed(user).await;
                assert_eq!(guests(&seen), lines(&[(email, "needs_action")]), "{email}");
                assert_eq!(seen["attendees_omitted"], true, "{seen}");
                let own = format!("/calendar/events/{}", seen["id"].as_str().unwrap());
                let one = user.get(&own).await.expect(200);
                assert_eq!(guests(&one.json), guests(&seen));
                assert_eq!(one.json["can"]["edit"], false);
                let list = json!({"attendees": [email]});
                assert_eq!(user.patch(&own, list).await.expect(409).json["reason"], "only_organizer");
                // An answer and a colour of one's own take nobody off the list, and show nobody.
                let answered = user.post(&format!("{own}/answer"), json!({"answer": "accepted"})).await.expect(200);
                assert_eq!(guests(&answered.json), lines(&[(email, "accepted")]), "{email}");
                let coloured = user.patch(&own, json!({"color": "4"})).await.expect(200);
                assert_eq!(guests(&coloured.json), lines(&[(email, "accepted")]), "{email}");
            }
            let all = lines(&[
                (DAVID, "accepted"),
                (ADMINISTRATOR, "accepted"),
                (WITHOUT_GOOGLE, "accepted"),
                (OUTSIDE, "needs_action"),
            ]);
            for _ in 0..2 {
                let seen = anna.get(&path).await.expect(200).json;
                assert_eq!(
                    (guests(&seen), seen.get("attendees_omitted")),
                    (all.clone(), None),
                    "connected: {connected}"
                );
                rest().await;
            }
            if connected {
                let there = GoogleCalendar::of(&portal, ANNA).await.titled("quiet").await;
                let mut emails: Vec<&str> =
                    there["attendees"].as_array().unwrap().iter().filter_map(|line| line["email"].as_str()).collect();
                emails.sort_unstable();
                emails.retain(|email| *email != ANNA);
                assert_eq!(emails, [DAVID, ADMINISTRATOR, WITHOUT_GOOGLE, OUTSIDE]);
                assert_eq!(GoogleCalendar::of(&portal, DAVID).await.titled("quiet").await["attendeesOmitted"], true);
            }

            // The journal of a guest's calendar, and what a guest deleted.
            let journal = eva.get("/audit?limit=500").await.expect(200).json;
            let told: Vec<&Value> = journal["items"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|row| row["after"]["fields"].get("attendees").is_some())
                .collect();
            assert!(!told.is_empty(), "{journal}");
            for row in told {
                for side in [&row["before"], &row["after"]["fields"]] {
                    assert!(!side["attendees"].to_string().contains(DAVID), "{row}");
                }
            }
            let own = format!("/calendar/events/{}", listed(&lucie).await["id"].as_str().unwrap());
            lucie.delete(&own).await.expect(200);
            let deleted = lucie.get("/calendar/deleted").await.expect(200);
            let was = &deleted.json["items"][0]["event"];
            assert_eq!(
                (guests(was), &was["attendees_omitted"]),
                (lines(&[(WITHOUT_GOOGLE, "declined")]), &json!(true))
            );
            rest().await;
            assert_eq!(anna.get(&path).await.expect(200).json["attendees"].as_array().unwrap().len(), 4);

            // Who may change the list sees it, and so does everybody when it is no secret any more.
            anna.patch(&path, json!({"guests_can_modify": true})).await.expect(200);
            rest().await;
            let seen = listed(&david).await;
            assert_eq!((seen["attendees"].as_array().unwrap().len(), seen.get("attendees_omitted")), (4, None));
            anna.delete(&path).await.expect(200);
            rest().await;
        }
    }
}

/// What waits for a guest's word does not tell how long the list is, nor does what was decided; the organizer sees it.
#[tokio::test]
async fn a_hold_does_not_tell_how_many_guests_are_hidden() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        anna.connect(ANNA).await;
        david.connect(DAVID).await;
        portal.work().await;
        let strict = json!({"guard": {"deletions": 0, "percent": 0, "mailed": 0}});
        portal.user(ADMINISTRATOR).await.patch("/company", strict).await.expect(200);
        for (hidden, count) in [(true, 0), (false, 4)] {
            let people = json!([DAVID, WITHOUT_GOOGLE, ADMINISTRATOR, OUTSIDE]);
            let body = event("quiet", json!({"attendees": people, "guests_can_see_other_guests": !hidden}));
            let made = anna.post("/calendar/events", body).await.expect(201).json;
            portal.work().await;
            let decided = async |user: &User<'_>, kind: &str, guests: u64| {
                let holds = user.get("/calendar/holds").await.expect(200).json["items"].as_array().unwrap().clone();
                let hold =
                    holds.iter().find(|hold| hold["kind"] == kind).unwrap_or_else(|| panic!("no {kind}: {holds:?}"));
                assert_eq!(hold["items"][0]["guests"], guests, "hidden: {hidden}, {hold}");
                let path = format!("/calendar/holds/{}/approve", hold["id"].as_str().unwrap());
                for _ in 0..2 {
                    let said = user.post(&path, Value::Null).await.expect(200).json;
                    assert_eq!(said["items"][0]["guests"], guests, "hidden: {hidden}, {said}");
                }
                portal.work().await;
                portal.later().await;
            };
            decided(&anna, "mail", 4).await;
            let own = format!("/calendar/events/{}", listed(&david).await["id"].as_str().unwrap());
            david.post(&format!("{own}/answer"), json!({"answer": "accepted"})).await.expect(200);
            portal.work().await;
            decided(&david, "mail", count).await;
            david.delete(&own).await.expect(200);
            portal.work().await;
            decided(&david, "delete", count).await;
            anna.delete(&format!("/calendar/events/{}", made["id"].as_str().unwrap())).await.expect(200);
            portal.work().await;
            decided(&anna, "delete", 4).await;
        }
    }
}

/// Of an outsider's meeting each guest's copy names that guest alone: all can answer all the same.
#[tokio::test]
async fn guests_whom_an_outsider_hides_answer_all_the_same() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        portal.google("POST", "users", json!({"email": OUTSIDE, "name": "X", "kind": "user"})).await;
        let theirs = GoogleCalendar::of(&portal, OUTSIDE).await;
        let body = json!({
            "summary": "quiet", "start": {"dateTime": "2026-12-08T10:00:00+01:00"},
            "end": {"dateTime": "2026-12-08T11:00:00+01:00"}, "attendees": [{"email": ANNA}, {"email": DAVID}],
            "guestsCanSeeOtherGuests": false,
        });
        theirs.call("POST", "events", body).await;
        for (user, email) in [(&anna, ANNA), (&david, DAVID)] {
            user.connect(email).await;
            portal.work().await;
            portal.later().await;
        }
        for round in 0..2 {
            for (user, email) in [(&anna, ANNA), (&david, DAVID)] {
                let seen = listed(user).await;
                let answer = ["needs_action", "accepted"][round];
                assert_eq!(guests(&seen), lines(&[(email, answer)]), "{email}");
                assert_eq!((&seen["attendees_omitted"], &seen["can"]["answer"]), (&json!(true), &json!(true)));
                let own = format!("/calendar/events/{}", seen["id"].as_str().unwrap());
                user.post(&format!("{own}/answer"), json!({"answer": "accepted"})).await.expect(200);
                portal.work().await;
                portal.later().await;
            }
        }
        let there = GoogleCalendar::of(&portal, OUTSIDE).await.titled("quiet").await;
        let mut answers: Vec<&str> =
            there["attendees"].as_array().unwrap().iter().filter_map(|line| line["responseStatus"].as_str()).collect();
        answers.retain(|answer| *answer == "accepted");
        assert!(answers.len() >= 2, "{there}");
    }
}

/// What an outsider hides was seen before: a colleague without Google keeps the meeting, and each occurrence of a series.
#[tokio::test]
async fn colleagues_keep_a_meeting_whose_guests_an_outsider_starts_to_hide() {
    for portal in Portal::each().await {
        let (anna, other) = (portal.user(ANNA).await, portal.user(WITHOUT_GOOGLE).await);
        portal.google("POST", "users", json!({"email": OUTSIDE, "name": "X", "kind": "user"})).await;
        let theirs = GoogleCalendar::of(&portal, OUTSIDE).await;
        let body = json!({
            "summary": "quiet", "start": {"dateTime": "2026-12-08T10:00:00+01:00", "timeZone": "Europe/Prague"},
            "end": {"dateTime": "2026-12-08T11:00:00+01:00", "timeZone": "Europe/Prague"},
            "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"], "attendees": [{"email": ANNA}, {"email": WITHOUT_GOOGLE}],
        });
        let made = theirs.call("POST", "events", body).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let days = async |user: &User<'_>| {
            let path = "/calendar/events?from=2026-12-07T00:00:00Z&to=2026-12-21T00:00:00Z";
            let items = user.get(path).await.expect(200).json["items"].as_array().unwrap().clone();
            items.iter().filter(|item| item["title"] == "quiet").count()
        };
        assert_eq!((days(&anna).await, days(&other).await), (3, 3));

        let id = made["id"].as_str().unwrap();
        theirs.call("PATCH", &format!("events/{id}"), json!({"guestsCanSeeOtherGuests": false})).await;
        let second = format!("events/{id}_20261209T090000Z");
        theirs.call("PATCH", &second, json!({"location": "Sklep"})).await;
        portal.later().await;
        assert_eq!((days(&anna).await, days(&other).await), (3, 3));
        let seen = listed(&anna).await;
        assert_eq!((guests(&seen), &seen["attendees_omitted"]), (lines(&[(ANNA, "needs_action")]), &json!(true)));

        // Shown again without the colleague: that is news.
        let body = json!({"guestsCanSeeOtherGuests": true, "attendees": [{"email": ANNA}]});
        theirs.call("PATCH", &format!("events/{id}"), body).await;
        portal.later().await;
        assert_eq!(days(&anna).await, 3);
        assert_eq!(days(&other).await, 0);
    }
}
