use serde_json::json;

use crate::support::{Google, each, text, timed, weekly};

fn sorted(mut values: Vec<String>) -> Vec<String> {
    values.sort();
    values
}

#[tokio::test]
async fn only_the_last_page_has_a_sync_token() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    for n in 0..7 {
        ann.insert(timed(&n.to_string(), "2026-12-01", "09:00", "10:00")).await;
    }
    let first = ann.get("calendars/primary/events?maxResults=3").await.ok();
    assert_eq!(first["items"].as_array().unwrap().len(), 3);
    assert!(first.get("nextSyncToken").is_none());
    let all = ann.list("maxResults=3").await;
    assert_eq!(sorted(each(&all, "summary")), ["0", "1", "2", "3", "4", "5", "6"]);
    assert!(all.get("nextPageToken").is_none() && all["nextSyncToken"].is_string());
    assert_eq!(all["kind"], "calendar#events");
    assert_eq!(all["defaultReminders"], json!([{"method": "popup", "minutes": 30}]));
    assert_eq!((all["accessRole"].as_str(), all["timeZone"].as_str()), (Some("owner"), Some("Europe/Prague")));
    ann.get("calendars/primary/events?maxResults=0").await.refused(400, "invalidParameter");
    ann.get("calendars/primary/events?pageToken=bogus").await.refused(400, "invalid");
    let other = format!("calendars/primary/events?q=x&pageToken={}", text(&first, "nextPageToken"));
    ann.get(&other).await.refused(400, "invalid");
}

#[tokio::test]
async fn a_delta_brings_what_changed_even_between_two_pages() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(text(&ann.insert(timed(&n.to_string(), "2026-12-01", "09:00", "10:00")).await, "id"));
    }
    ids.sort();
    let first = ann.get("calendars/primary/events?maxResults=2").await.ok();
    // The first of the first page changes, and the last of the last is deleted, after the first page was read.
    ann.patch(&format!("calendars/primary/events/{}", ids[0]), json!({"summary": "changed"})).await.ok();
    assert_eq!(ann.delete(&format!("calendars/primary/events/{}", ids[4])).await.status, 204);
    let mut page = first;
    while let Some(next) = page["nextPageToken"].as_str() {
        page = ann.get(&format!("calendars/primary/events?maxResults=2&pageToken={next}")).await.ok();
    }
    let token = text(&page, "nextSyncToken");
    let delta = ann.list(&format!("maxResults=1&syncToken={token}")).await;
    assert_eq!(sorted(each(&delta, "id")), sorted(vec![ids[0].clone(), ids[4].clone()]));
    let gone = delta["items"].as_array().unwrap().iter().find(|item| item["id"] == ids[4].as_str()).unwrap();
    let mut keys: Vec<_> = gone.as_object().unwrap().keys().cloned().collect();
    keys.sort();
    assert_eq!(keys, ["etag", "id", "kind", "status"]);
    assert_eq!(gone["status"], "cancelled");
    let quiet = ann.list(&format!("syncToken={}", text(&delta, "nextSyncToken"))).await;
    assert!(each(&quiet, "id").is_empty() && quiet["nextSyncToken"].is_string());
    let again = ann.list(&format!("syncToken={token}&showDeleted=true")).await;
    assert_eq!(again["items"].as_array().unwrap().len(), 2, "a token may be used again");
}

#[tokio::test]
async fn sync_tokens_are_refused_as_google_refuses_them() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let bob = google.person("bob@example.com").await;
    let token = text(&ann.list("").await, "nextSyncToken");
    ann.get("calendars/primary/events?syncToken=bogus").await.refused(400, "invalid");
    bob.get(&format!("calendars/primary/events?syncToken={token}")).await.refused(400, "invalid");
    for parameter in [
        "iCalUID=x",
        "orderBy=updated",
        "privateExtendedProperty=a%3Db",
        "q=x",
        "sharedExtendedProperty=a%3Db",
        "timeMin=2026-01-01T00:00:00Z",
        "timeMax=2026-01-01T00:00:00Z",
        "updatedMin=2026-11-18T00:00:00Z",
        "showDeleted=false",
    ] {
        let got = ann.get(&format!("calendars/primary/events?syncToken={token}&{parameter}")).await;
        assert_eq!(got.status, 400, "{parameter}");
    }
    google.control("POST", "sync-tokens", json!({"expire": true})).await;
    ann.get(&format!("calendars/primary/events?syncToken={token}")).await.refused(410, "fullSyncRequired");
    let fresh = text(&ann.list("").await, "nextSyncToken");
    ann.get(&format!("calendars/primary/events?syncToken={fresh}")).await.ok();
    google.advance(40 * 24 * 3600);
    let ann = google.token("ann@example.com", &[crate::support::CALENDAR]).await;
    ann.get(&format!("calendars/primary/events?syncToken={fresh}")).await.refused(410, "fullSyncRequired");
}

#[tokio::test]
async fn a_changed_role_ends_a_sync_token() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let bob = google.person("bob@example.com").await;
    let rule = |role: &str| json!({"role": role, "scope": {"type": "user", "value": "bob@example.com"}});
    ann.post("calendars/primary/acl", rule("reader")).await.ok();
    let path = "calendars/ann@example.com/events";
    let token = text(&bob.get(path).await.ok(), "nextSyncToken");
    bob.get(&format!("{path}?syncToken={token}")).await.ok();
    ann.post("calendars/primary/acl", rule("writer")).await.ok();
    bob.get(&format!("{path}?syncToken={token}")).await.refused(410, "fullSyncRequired");
    ann.delete("calendars/primary/acl/user:bob@example.com").await;
    bob.get(path).await.refused(404, "notFound");
}

#[tokio::test]
async fn windows_are_open_at_both_ends() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    ann.insert(timed("a", "2026-12-01", "09:00", "10:00")).await;
    ann.insert(timed("b", "2026-12-01", "10:00", "11:00")).await;
    ann.insert(json!({"summary": "day", "start": {"date": "2026-12-02"}, "end": {"date": "2026-12-03"}})).await;
    let within =
        async |min: &str, max: &str| sorted(each(&ann.list(&format!("timeMin={min}&timeMax={max}")).await, "summary"));
    assert_eq!(within("2026-12-01T10:00:00Z", "2026-12-01T10:30:00Z").await, ["b"]);
    assert_eq!(within("2026-12-01T09:59:59Z", "2026-12-01T10:00:00Z").await, ["a"]);
    // The day begins at midnight in Prague.
    assert_eq!(within("2026-12-01T20:00:00Z", "2026-12-01T23:00:01Z").await, ["day"]);
    assert!(within("2026-12-01T20:00:00Z", "2026-12-01T23:00:00Z").await.is_empty());
    ann.get("calendars/primary/events?timeMin=2026-12-01T10:00:00").await.refused(400, "badRequest");
    ann.get("calendars/primary/events?timeMin=2026-12-01T10:00:00Z&timeMax=2026-12-01T10:00:00Z")
        .await
        .refused(400, "timeRangeEmpty");
}

#[tokio::test]
async fn orders() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let late = ann.insert(timed("late", "2026-12-03", "09:00", "10:00")).await;
    ann.insert(timed("early", "2026-12-01", "09:00", "10:00")).await;
    ann.insert(timed("middle", "2026-12-02", "09:00", "10:00")).await;
    ann.get("calendars/primary/events?orderBy=startTime").await.refused(400, "invalid");
    let by_start = ann.list("singleEvents=true&orderBy=startTime&maxResults=1").await;
    assert_eq!(each(&by_start, "summary"), ["early", "middle", "late"]);
    google.advance(1);
    ann.patch(&format!("calendars/primary/events/{}", text(&late, "id")), json!({"location": "x"})).await.ok();
    assert_eq!(each(&ann.list("orderBy=updated&maxResults=2").await, "summary"), ["early", "middle", "late"]);
    let since = ann.list("updatedMin=2026-11-18T09:00:01Z").await;
    assert_eq!(each(&since, "summary"), ["late"]);
    ann.get("calendars/primary/events?updatedMin=2026-01-01T00:00:00Z").await.refused(410, "updatedMinTooLongAgo");
}

#[tokio::test]
async fn searches_and_filters() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let mut body = timed("Budget talk", "2026-12-01", "09:00", "10:00");
    body["location"] = json!("Big Room");
    body["attendees"] = json!([{"email": "carl@elsewhere.example", "displayName": "Carl Čapek"}]);
    body["extendedProperties"] = json!({"private": {"k": "1"}, "shared": {"s": "2"}});
    ann.insert(body).await;
    ann.insert(timed("Other", "2026-12-01", "09:00", "10:00")).await;
    for hit in ["q=budget", "q=big%20room", "q=%22big%20room%22", "q=carl@elsewhere", "q=%C4%8Dapek"] {
        assert_eq!(each(&ann.list(hit).await, "summary"), ["Budget talk"], "{hit}");
    }
    for miss in ["q=nothing", "q=budget%20nothing", "privateExtendedProperty=k%3D2", "privateExtendedProperty=s%3D2"] {
        assert!(each(&ann.list(miss).await, "summary").is_empty(), "{miss}");
    }
    let both = "privateExtendedProperty=k%3D1&sharedExtendedProperty=s%3D2";
    assert_eq!(each(&ann.list(both).await, "summary"), ["Budget talk"]);
    ann.get("calendars/primary/events?privateExtendedProperty=k").await.refused(400, "invalidParameter");
    ann.get("calendars/primary/events?eventTypes=party").await.refused(400, "invalidParameter");
    assert_eq!(ann.list("maxAttendees=1").await["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_unchanged_list_is_not_sent_again() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    ann.insert(timed("a", "2026-12-01", "09:00", "10:00")).await;
    let list = ann.get("calendars/primary/events").await.ok();
    let etag = text(&list, "etag");
    assert!(etag.starts_with("\"p32"));
    assert_eq!(ann.call("GET", "calendars/primary/events", &[("if-none-match", &etag)], None).await.status, 304);
    ann.insert(timed("b", "2026-12-01", "09:00", "10:00")).await;
    assert_eq!(ann.call("GET", "calendars/primary/events", &[("if-none-match", &etag)], None).await.status, 200);
}

#[tokio::test]
async fn deleted_events_are_shown_when_asked_for() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let event = ann.insert(timed("a", "2026-12-01", "09:00", "10:00")).await;
    assert_eq!(ann.delete(&format!("calendars/primary/events/{}", text(&event, "id"))).await.status, 204);
    assert!(each(&ann.list("").await, "id").is_empty());
    let shown = ann.list("showDeleted=true").await;
    assert_eq!((each(&shown, "status"), each(&shown, "summary")), (vec!["cancelled".into()], vec!["a".into()]));
}

#[tokio::test]
async fn a_delta_of_instances_takes_back_what_a_rule_gave() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let master = ann.insert(weekly(4)).await;
    let id = text(&master, "id");
    let whole = ann.list("singleEvents=true").await;
    assert_eq!(whole["items"].as_array().unwrap().len(), 4);
    let token = text(&whole, "nextSyncToken");
    let path = format!("calendars/primary/events/{id}");
    ann.patch(&path, json!({"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=2"]})).await.ok();
    let delta = ann.list(&format!("singleEvents=true&maxResults=1&syncToken={token}")).await;
    assert_eq!(sorted(each(&delta, "status")), ["cancelled", "cancelled", "confirmed", "confirmed"]);
    let token = text(&delta, "nextSyncToken");
    assert_eq!(ann.delete(&path).await.status, 204);
    let delta = ann.list(&format!("singleEvents=true&syncToken={token}")).await;
    assert_eq!(each(&delta, "status"), ["cancelled", "cancelled"]);
    assert_eq!(each(&delta, "id"), [format!("{id}_20261123T080000Z"), format!("{id}_20261130T080000Z")]);
}
