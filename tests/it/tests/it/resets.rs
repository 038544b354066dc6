//! A connection is reset: what Portico put into Google is deleted there, the credentials live no longer than that.

use serde_json::{Value, json};

use crate::{
    conflicts::GoogleCalendar,
    events::titles,
    portal::{ADMINISTRATOR, ANNA, DAVID, Portal, User},
};

const DAY: &str = "2026-12-08";

/// Anna's sample meetings that are still to come; they go out when she connects.
const SAMPLES: usize = 2;

/// Anna, her connection and her calendar at Google, with a single event with a guest, a series of which one occurrence is
/// another, and an event that was born at Google.
async fn three(portal: &Portal) -> (User<'_>, String, GoogleCalendar<'_>) {
    let (anna, id) = portal.connected(ANNA).await;
    let google = GoogleCalendar::of(portal, ANNA).await;
    let times = |title: &str| {
        json!({
            "title": title, "start_time": format!("{DAY}T10:00:00+01:00"), "end_time": format!("{DAY}T11:00:00+01:00"),
            "time_zone": "Europe/Prague", "use_google_meet": false,
        })
    };
    let mut single = times("single");
    single["attendees"] = json!([DAVID]);
    anna.post("/calendar/events", single).await.expect(201);
    let mut series = times("series");
    series["recurrence"] = json!(["RRULE:FREQ=DAILY;COUNT=4"]);
    let made = anna.post("/calendar/events", series).await.expect(201).json;
    portal.work().await;
    let second = format!("/calendar/events/{}_20261209T090000Z", made["id"].as_str().unwrap());
    anna.patch(&second, json!({"title": "series, once"})).await.expect(200);
    let born = json!({
        "summary": "born there", "recurrence": ["RRULE:FREQ=DAILY;COUNT=2"],
        "start": {"dateTime": format!("{DAY}T15:00:00+01:00"), "timeZone": "Europe/Prague"},
        "end": {"dateTime": format!("{DAY}T16:00:00+01:00"), "timeZone": "Europe/Prague"},
    });
    google.call("POST", "events", born).await;
    portal.work().await;
    (anna, id, google)
}

/// The titles of the masters and single events at Google, sorted.
async fn at_google(google: &GoogleCalendar<'_>) -> Vec<String> {
    let list = google.call("GET", "events", Value::Null).await;
    let mut titles: Vec<String> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item.get("recurringEventId").is_none())
        .filter_map(|item| item["summary"].as_str().map(str::to_owned))
        .filter(|title| ["single", "series", "born there"].contains(&title.as_str()))
        .collect();
    titles.sort();
    titles
}

/// How often each title is shown here.
async fn here(user: &User<'_>) -> [usize; 4] {
    let all = titles(user).await;
    ["single", "series", "series, once", "born there"].map(|title| all.iter().filter(|t| *t == title).count())
}

/// State, sealed tokens and cursors of a connection, as the database has them.
async fn stored(portal: &Portal, user: &User<'_>, id: &str) -> (String, bool, bool) {
    let tenant = portal.tenant(user).await;
    let mut tx = portal.app.store.tenant_read(tenant).await.unwrap();
    let row = tx.connection(id.parse().unwrap()).await.unwrap().unwrap();
    let cursors = tx.links_of_connection(row.id).await.unwrap().iter().any(|link| link.cursor.is_some());
    tx.end().await.unwrap();
    (row.state, row.tokens != portico_store::SealedTokens::default(), cursors)
}

#[tokio::test]
async fn keeping_ends_at_once_and_destroys_tokens_and_cursors() {
    for portal in Portal::each().await {
        let (anna, id, google) = three(&portal).await;
        assert_eq!(stored(&portal, &anna, &id).await, ("authorized".into(), true, true));
        let path = format!("/google/connections/{id}/reset");
        anna.post(&path, json!({"google": "burn"})).await.expect(422);
        anna.post(&path, json!({"google": "keep", "local_data": "burn"})).await.expect(422);
        portal.user(DAVID).await.post(&path, json!({"google": "keep"})).await.expect(404);
        let ended = anna.post(&path, json!({"google": "keep"})).await.expect(200).json;
        assert_eq!((&ended["state"], ended.get("reset_remaining")), (&json!("disconnected"), None));
        assert_eq!(stored(&portal, &anna, &id).await, ("disconnected".into(), false, false));
        portal.work().await;
        assert_eq!((at_google(&google).await.len(), here(&anna).await), (3, [1, 3, 1, 2]));
        anna.ask(http::Method::DELETE, &path, Value::Null).await.expect(200);
    }
}

#[tokio::test]
async fn deleting_at_google_takes_one_call_an_event_and_mails_nobody() {
    for portal in Portal::each().await {
        let (anna, id, google) = three(&portal).await;
        portal.google("DELETE", "mail", Value::Null).await;
        let path = format!("/google/connections/{id}/reset");
        let count = anna.get(&path).await.expect(200).json;
        assert_eq!(count, json!({"from_here": 2 + SAMPLES, "born_at_google": 1}), "how many is known before");
        portal.user(DAVID).await.get(&path).await.expect(404);
        let begun = anna.post(&path, json!({"google": "delete"})).await.expect(200).json;
        assert_eq!((&begun["state"], &begun["reset_remaining"]), (&json!("resetting"), &json!(2 + SAMPLES)), "{begun}");
        assert_eq!(stored(&portal, &anna, &id).await, ("resetting".into(), true, false), "credentials live meanwhile");
        assert_eq!(anna.post(&path, json!({"google": "delete"})).await.expect(409).json["reason"], "resetting");
        anna.post(&format!("/google/connections/{id}/resume"), Value::Null).await.expect(409);

        // Connecting anew is refused, by the connection's own button and by the account.
        let refused = anna.get(&format!("/auth/google/authorize?feature=calendar&connection={id}")).await.expect(409);
        assert_eq!(refused.json["reason"], "resetting");
        let auth_url = anna.authorize("feature=calendar").await;
        let callback = anna.consent(&auth_url, json!({"account": ANNA})).await;
        anna.get(&callback).await.expect(409);
        assert_eq!(stored(&portal, &anna, &id).await.0, "resetting");

        let since = portal.google("GET", "requests?since=0", Value::Null).await["items"].as_array().unwrap().len();
        portal.work().await;
        let asked = portal.google("GET", "requests?since=0", Value::Null).await["items"].clone();
        let deletions =
            asked.as_array().unwrap()[since..].iter().filter(|call| call["method"] == "calendar.events.delete").count();
        assert_eq!(deletions, 2 + SAMPLES, "one for the single event, one for the whole series: {asked}");
        assert_eq!(at_google(&google).await, ["born there"], "what was born at Google stays there");
        assert_eq!(portal.google("GET", "mail", Value::Null).await["items"], json!([]));
        assert_eq!(stored(&portal, &anna, &id).await, ("disconnected".into(), false, false));
        assert_eq!(here(&anna).await, [1, 3, 1, 2], "here everything stays");

        // Connected again, what was kept goes out once, and what is on both sides is matched.
        assert_eq!(anna.connect(ANNA).await, id);
        portal.work().await;
        assert_eq!(at_google(&google).await, ["born there", "series", "single"]);
        assert_eq!(here(&anna).await, [1, 3, 1, 2]);
        google.titled("series, once").await;
    }
}

#[tokio::test]
async fn a_cancelled_reset_drops_its_queue_and_ends() {
    for portal in Portal::each().await {
        let (anna, id, _) = three(&portal).await;
        let path = format!("/google/connections/{id}/reset");
        anna.delete(&path).await.expect(409);
        anna.post(&path, json!({"google": "delete", "born_at_google": true})).await.expect(200);
        portal.google("POST", "faults", json!({"method": "DELETE", "times": 50, "status": 503})).await;
        portal.work().await;
        portal.google("DELETE", "faults", Value::Null).await;
        let waiting = anna.get(&format!("/google/connections/{id}")).await.expect(200).json;
        assert_eq!((&waiting["state"], &waiting["reset_remaining"]), (&json!("resetting"), &json!(3 + SAMPLES)));
        let ended = portal.user(ADMINISTRATOR).await.delete(&path).await.expect(200).json;
        assert_eq!(ended["state"], "disconnected");
        assert_eq!(stored(&portal, &anna, &id).await, ("disconnected".into(), false, false));
        portal.advance(3600);
        portal.work().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        assert_eq!(at_google(&google).await.len(), 3, "nothing is deleted afterwards");
        anna.delete(&path).await.expect(200);
    }
}

#[tokio::test]
async fn what_was_removed_here_comes_back_with_the_same_account() {
    for portal in Portal::each().await {
        let (anna, id, google) = three(&portal).await;
        let before = google.titled("born there").await;
        google
            .call(
                "PATCH",
                &format!("events/{}_20261209T140000Z", before["id"].as_str().unwrap()),
                json!({"location": "Labe"}),
            )
            .await;
        portal.work().await;
        let reset = json!({"google": "keep", "local_data": "remove"});
        anna.post(&format!("/google/connections/{id}/reset"), reset).await.expect(200);
        portal.work().await;
        assert_eq!(here(&anna).await, [0, 0, 0, 0]);
        assert_eq!(at_google(&google).await.len(), 3);
        anna.connect(ANNA).await;
        portal.work().await;
        assert_eq!(here(&anna).await, [1, 3, 1, 2]);
        let window = "/calendar/events?from=2026-12-09T12:00:00Z&to=2026-12-09T20:00:00Z";
        let items = anna.get(window).await.expect(200).json["items"].clone();
        let changed = items.as_array().unwrap().iter().find(|item| item["title"] == "born there").unwrap();
        assert_eq!(changed["location"], "Labe", "the occurrence that was another comes back as it was");
        assert_eq!(at_google(&google).await.len(), 3, "and nothing is doubled at Google");
    }
}

#[tokio::test]
async fn quotas_are_waited_out_and_a_refusal_is_told_and_left_behind() {
    for portal in Portal::each().await {
        let (anna, id, _) = three(&portal).await;
        anna.post(&format!("/google/connections/{id}/reset"), json!({"google": "delete", "local_data": "remove"}))
            .await
            .expect(200);
        assert_eq!(here(&anna).await, [0, 0, 0, 0]);
        let fault =
            |reason: &str, times: usize| json!({"method": "DELETE", "times": times, "status": 403, "reason": reason});
        portal.google("POST", "faults", fault("quotaExceeded", 1)).await;
        portal.work().await;
        assert_eq!(stored(&portal, &anna, &id).await.0, "resetting");
        portal.google("DELETE", "faults", Value::Null).await;
        portal.google("POST", "faults", fault("forbidden", 2 + SAMPLES)).await;
        portal.advance(3700);
        portal.work().await;
        assert_eq!(stored(&portal, &anna, &id).await, ("disconnected".into(), false, false));
        let google = GoogleCalendar::of(&portal, ANNA).await;
        assert_eq!(at_google(&google).await.len(), 3, "two were refused, one was born at Google");
        let audit = portal.user(ADMINISTRATOR).await.get(&format!("/audit?subject={id}")).await.expect(200).json;
        let told = audit["items"].as_array().unwrap().iter().find(|e| e["action"] == "connection.reset_left_behind");
        assert_eq!(told.unwrap()["why"], "forbidden");
    }
}

#[tokio::test]
async fn a_grant_that_is_gone_ends_the_reset() {
    for portal in Portal::each().await {
        let (anna, id, _) = three(&portal).await;
        anna.post(&format!("/google/connections/{id}/reset"), json!({"google": "delete"})).await.expect(200);
        portal.google("POST", "tokens/revoke", json!({"account": ANNA})).await;
        portal.work().await;
        assert_eq!(stored(&portal, &anna, &id).await, ("disconnected".into(), false, false));
        let audit = portal.user(ADMINISTRATOR).await.get(&format!("/audit?subject={id}")).await.expect(200).json;
        let last = &audit["items"][0];
        assert_eq!((&last["action"], &last["why"]), (&json!("connection.disconnected"), &json!("reconnect_needed")));
        assert_eq!(last["after"]["left_at_google"], 2 + SAMPLES);
    }
}

#[tokio::test]
async fn what_google_does_not_have_stays_when_the_rest_is_removed() {
    for portal in Portal::each().await {
        let (anna, id, _) = three(&portal).await;
        let items =
            anna.get("/calendar/events?from=2026-12-07T00:00:00Z&to=2026-12-21T00:00:00Z").await.expect(200).json;
        let of = |title: &str| {
            let found = items["items"].as_array().unwrap().iter().find(|item| item["title"] == title).unwrap();
            format!("/calendar/events/{}", found["id"].as_str().unwrap())
        };
        // The grant is gone; what is written from now on does not reach Google.
        portal.google("POST", "tokens/revoke", json!({"account": ANNA})).await;
        portal.advance(7200);
        portal.work().await;
        assert_eq!(stored(&portal, &anna, &id).await.0, "expired");
        let made = |title: &str, guests: Value| {
            json!({
                "title": title, "start_time": "2026-12-10T10:00:00+01:00", "end_time": "2026-12-10T11:00:00+01:00",
                "use_google_meet": false, "attendees": guests,
            })
        };
        anna.post("/calendar/events", made("unsent", json!([DAVID]))).await.expect(201);
        anna.patch(&of("series, once"), json!({"location": "Labe"})).await.expect(200);
        let dropped = anna.post("/calendar/events", made("unsent, deleted", json!([]))).await.expect(201).json;
        anna.delete(&format!("/calendar/events/{}", dropped["id"].as_str().unwrap())).await.expect(200);

        anna.delete(&format!("/google/connections/{id}?local_data=remove")).await.expect(204);
        portal.work().await;
        assert_eq!(here(&anna).await, [0, 3, 1, 0], "of the series an occurrence has not reached Google");
        let count = async |user: &User<'_>| titles(user).await.iter().filter(|title| *title == "unsent").count();
        assert_eq!((count(&anna).await, count(&portal.user(DAVID).await).await), (1, 1));
        assert_eq!(anna.get(&of("series, once")).await.expect(200).json["location"], "Labe");

        // Connected again, both sides have all of it, once.
        portal.google("DELETE", "mail", Value::Null).await;
        assert_eq!(anna.connect(ANNA).await, id);
        portal.work().await;
        portal.later().await;
        let google = GoogleCalendar::of(&portal, ANNA).await;
        let anna = portal.user(ANNA).await;
        assert_eq!((here(&anna).await, count(&anna).await), ([1, 3, 1, 2], 1));
        assert_eq!(at_google(&google).await, ["born there", "series", "single"]);
        assert_eq!(google.titled("series, once").await["location"], "Labe");
        let list = google.call("GET", "events", Value::Null).await["items"].as_array().unwrap().clone();
        let sent = |title: &str| list.iter().filter(|item| item["summary"] == title).count();
        assert_eq!((sent("unsent"), sent("unsent, deleted")), (1, 0));
        assert_eq!(portal.google("GET", "mail", Value::Null).await["items"], json!([]));
        assert_eq!(anna.get("/calendar/conflicts").await.expect(200).json["items"], json!([]));
    }
}
