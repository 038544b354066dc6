//! `kill -9` of the real process in the middle of its work, and the next process on the same data and port: nothing is lost,
//! nothing is doubled at either side, and guests are mailed once. The process is killed while the sandbox, which has carried a
//! call out, holds its answer back.

mod stage;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use stage::Stage;

const GUEST: &str = "guest@elsewhere.example";

/// More events than Portico asks for at once.
const TWO_PAGES: usize = 1001;

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_between_pages_goes_on_with_the_next_one() {
    for database in portico_parts::databases().await {
        let mut stage = Stage::set(database).await;
        let titles: BTreeSet<String> = (0..TWO_PAGES).map(|number| format!("Busy {number}")).collect();
        for (number, title) in titles.iter().enumerate() {
            let at = stage.hours_from_now(24 + i64::try_from(number).unwrap());
            let end = stage.hours_from_now(25 + i64::try_from(number).unwrap());
            stage
                .at_google(
                    "POST",
                    "events",
                    json!({"summary": title, "start": {"dateTime": at}, "end": {"dateTime": end}}),
                )
                .await;
        }
        let (before, since) = (stage.events_at_google().await, stage.last_request().await);

        stage.let_pass("calendar.events.list").await;
        stage.hold("calendar.events.list").await;
        stage.connect().await;
        let held = stage.until_held(since, |call| is(call, "calendar.events.list") && page_of(call).is_some()).await;
        stage.kill();
        let killed = stage.last_request().await;
        stage.start().await;
        stage.come_to_rest().await;

        let lists: Vec<Value> =
            stage.requests(killed).await.into_iter().filter(|call| is(call, "calendar.events.list")).collect();
        assert_eq!(page_of(&lists[0]), page_of(&held), "what was committed is not asked for again");
        let here = stage.titles().await;
        assert_eq!(here.len(), TWO_PAGES);
        assert_eq!(here.into_iter().collect::<BTreeSet<_>>(), titles);
        assert_eq!(stage.events_at_google().await, before, "nothing went back");
        assert_eq!(stage.writes(since).await, [""; 0]);
        assert_eq!(stage.mails().await, []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_before_it_knows_that_google_took_a_write_sends_it_once() {
    for database in portico_parts::databases().await {
        let mut stage = Stage::set(database).await;
        stage.connect().await;
        stage.come_to_rest().await;
        let (start, end) = (stage.hours_from_now(48), stage.hours_from_now(49));
        let meeting = json!({"title": "Interview", "start_time": start, "end_time": end, "time_zone": "Europe/Prague",
            "attendees": [GUEST], "use_google_meet": false});

        let since = stage.last_request().await;
        stage.hold("calendar.events.insert").await;
        let made = stage.here("POST", "/calendar/events", meeting).await;
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        stage.killed_and_back(since, "calendar.events.insert").await;
        assert_eq!((stage.titles().await, stage.titles_at_google().await), both(&["Interview"]));
        assert_eq!(stage.mails().await, mails(&["invitation"]));

        let since = stage.last_request().await;
        stage.hold("calendar.events.patch").await;
        let later = json!({"title": "Second interview", "start_time": stage.hours_from_now(50), "end_time": stage.hours_from_now(51)});
        stage.here("PATCH", &path, later).await;
        stage.killed_and_back(since, "calendar.events.patch").await;
        assert_eq!((stage.titles().await, stage.titles_at_google().await), both(&["Second interview"]));
        assert_eq!(stage.mails().await, mails(&["invitation", "update"]));
        assert_eq!(stage.here("GET", &path, Value::Null).await["sync"], "in_step");

        let since = stage.last_request().await;
        stage.hold("calendar.events.delete").await;
        stage.here("DELETE", &path, Value::Null).await;
        stage.killed_and_back(since, "calendar.events.delete").await;
        assert_eq!((stage.titles().await, stage.titles_at_google().await), both(&[]));
        assert_eq!(stage.mails().await, mails(&["invitation", "update", "cancellation"]));

        // A series that is cut in two: the first half is ended at Google, the second is there, and nobody here knows it.
        let series = json!({"title": "Weekly", "start_time": stage.hours_from_now(72), "end_time": stage.hours_from_now(73),
            "time_zone": "Europe/Prague", "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=4"], "attendees": [GUEST],
            "use_google_meet": false});
        let series = stage.here("POST", "/calendar/events", series).await;
        stage.come_to_rest().await;
        let (since, known) = (stage.last_request().await, stage.mails().await.len());
        stage.hold("calendar.events.insert").await;
        let third = stage.occurrence(series["id"].as_str().unwrap(), 2).await;
        let cut = json!({"title": "Weekly, moved on"});
        stage.here("PATCH", &format!("/calendar/events/{third}?scope=following"), cut).await;
        stage.killed_and_back(since, "calendar.events.insert").await;
        let expected = both(&["Weekly", "Weekly", "Weekly, moved on", "Weekly, moved on"]);
        assert_eq!((stage.titles().await, stage.titles_at_google().await), expected);
        let of_the_cut = stage.mails().await.split_off(known);
        let invitations = of_the_cut.iter().filter(|(_, kind)| kind == "invitation").count();
        assert_eq!(invitations, 1, "{of_the_cut:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_while_it_refreshes_its_token_needs_no_new_consent() {
    for database in portico_parts::databases().await {
        let mut stage = Stage::set(database).await;
        let connection = stage.connect().await;
        stage.come_to_rest().await;
        stage.tokens_expire().await;
        let since = stage.last_request().await;
        stage.hold_path("/token").await;
        let meeting = json!({"title": "While the token ran out", "start_time": stage.hours_from_now(48),
            "end_time": stage.hours_from_now(49), "time_zone": "Europe/Prague", "attendees": [GUEST], "use_google_meet": false});
        stage.here("POST", "/calendar/events", meeting).await;
        stage.until_held(since, |call| call["path"] == "/token").await;
        stage.kill();
        stage.start().await;
        stage.come_to_rest().await;
        assert_eq!((stage.titles().await, stage.titles_at_google().await), both(&["While the token ran out"]));
        assert_eq!(stage.mails().await, mails(&["invitation"]));
        let state = stage.here("GET", &format!("/google/connections/{connection}"), Value::Null).await;
        assert_eq!(state["state"], "authorized", "{state}");
    }
}

fn is(call: &Value, method: &str) -> bool {
    call["method"] == method
}

/// The page that a list asked for, after the first.
fn page_of(call: &Value) -> Option<String> {
    let query = call["query"].as_array()?;
    query.iter().find(|pair| pair[0] == "pageToken").map(|pair| pair[1].to_string())
}

/// The same titles here and at Google.
fn both(titles: &[&str]) -> (Vec<String>, Vec<String>) {
    let all: Vec<String> = titles.iter().map(ToString::to_string).collect();
    (all.clone(), all)
}

/// What the guest was mailed, in order.
fn mails(kinds: &[&str]) -> Vec<(String, String)> {
    kinds.iter().map(|kind| (GUEST.to_owned(), (*kind).to_owned())).collect()
}
