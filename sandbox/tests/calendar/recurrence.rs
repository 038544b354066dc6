use serde_json::{Value, json};

use crate::support::{Google, each, text, weekly};

fn starts(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|item| text(&item["start"], "dateTime")).collect()
}

#[tokio::test]
async fn a_series_is_laid_out_in_its_own_zone() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let mut body = weekly(3);
    body["start"] = json!({"dateTime": "2027-03-21T10:00:00", "timeZone": "Europe/Prague"});
    body["end"] = json!({"dateTime": "2027-03-21T11:00:00", "timeZone": "Europe/Prague"});
    let master = ann.insert(body).await;
    let id = text(&master, "id");
    assert_eq!(master["recurrence"], json!(["RRULE:FREQ=WEEKLY;COUNT=3"]));
    let list = ann.list("singleEvents=true&orderBy=startTime&timeZone=UTC").await;
    assert_eq!(starts(&list), ["2027-03-21T09:00:00Z", "2027-03-28T08:00:00Z", "2027-04-04T08:00:00Z"]);
    assert_eq!(each(&list, "id")[1], format!("{id}_20270328T080000Z"));
    let first = &list["items"][0];
    assert_eq!(first["recurringEventId"], id.as_str());
    assert_eq!(first["originalStartTime"], json!({"dateTime": "2027-03-21T09:00:00Z", "timeZone": "Europe/Prague"}));
    assert_eq!(first["iCalUID"], master["iCalUID"]);
    assert!(first.get("recurrence").is_none());
    assert_eq!(each(&ann.list("").await, "id"), [id]);
}

#[tokio::test]
async fn all_day_series_have_dates_in_their_ids() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let body = json!({
        "start": {"date": "2028-02-29"}, "end": {"date": "2028-03-01"},
        "recurrence": ["RRULE:FREQ=YEARLY;COUNT=2"],
    });
    let id = text(&ann.insert(body).await, "id");
    let list = ann.list("singleEvents=true").await;
    assert_eq!(each(&list, "id"), [format!("{id}_20280229"), format!("{id}_20320229")]);
    assert_eq!(list["items"][1]["end"], json!({"date": "2032-03-01"}));
}

#[tokio::test]
async fn a_changed_instance_becomes_an_exception_and_inherits_the_rest() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let master = ann.insert(weekly(3)).await;
    let id = text(&master, "id");
    let second = format!("calendars/primary/events/{id}_20261130T080000Z");
    let virtual_one = ann.get(&second).await.ok();
    assert_eq!(virtual_one["etag"], master["etag"]);
    let moved = json!({
        "start": {"dateTime": "2026-12-01T12:00:00Z"}, "end": {"dateTime": "2026-12-01T12:30:00Z"},
    });
    let exception = ann.call("PATCH", &second, &[("if-match", &text(&master, "etag"))], Some(moved)).await.ok();
    assert_eq!(exception["id"], format!("{id}_20261130T080000Z"));
    assert_eq!(exception["originalStartTime"]["dateTime"], "2026-11-30T09:00:00+01:00");
    assert_eq!(exception["start"]["dateTime"], "2026-12-01T13:00:00+01:00");
    assert_eq!(exception["summary"], "standup");
    // The master is as it was, and what it changes later the exception inherits.
    assert_eq!(ann.event(&id).await["etag"], master["etag"]);
    ann.patch(&format!("calendars/primary/events/{id}"), json!({"summary": "renamed"})).await.ok();
    let inherited = ann.get(&second).await.ok();
    assert_eq!(inherited["summary"], "renamed");
    assert_eq!(inherited["start"]["dateTime"], "2026-12-01T13:00:00+01:00");
    ann.patch(&second, json!({"summary": "own"})).await.ok();
    ann.patch(&format!("calendars/primary/events/{id}"), json!({"summary": "again"})).await.ok();
    assert_eq!(ann.get(&second).await.ok()["summary"], "own");
    // Masters and exceptions, or instances only.
    assert_eq!(each(&ann.list("").await, "id").len(), 2);
    let list = ann.list("singleEvents=true&orderBy=startTime&maxResults=1").await;
    assert_eq!(each(&list, "summary"), ["again", "own", "again"]);
    // Moved into another window.
    let window = "singleEvents=true&timeMin=2026-12-01T00:00:00Z&timeMax=2026-12-02T00:00:00Z";
    assert_eq!(each(&ann.list(window).await, "summary"), ["own"]);
    ann.patch(&second, json!({"recurrence": ["RRULE:FREQ=DAILY"]})).await.refused(400, "invalid");
    ann.get(&format!("calendars/primary/events/{id}_20261201T080000Z")).await.refused(404, "notFound");
}

#[tokio::test]
async fn a_cancelled_instance_stays_known_as_cancelled() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let id = text(&ann.insert(weekly(3)).await, "id");
    let token = text(&ann.list("").await, "nextSyncToken");
    let first = format!("calendars/primary/events/{id}_20261123T080000Z");
    assert_eq!(ann.delete(&first).await.status, 204);
    ann.delete(&first).await.refused(410, "deleted");
    let gone = ann.get(&first).await.ok();
    let mut keys: Vec<_> = gone.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["etag", "id", "kind", "originalStartTime", "recurringEventId", "status"]);
    assert_eq!(each(&ann.list("").await, "status"), ["confirmed", "cancelled"]);
    assert_eq!(each(&ann.list("singleEvents=true").await, "status"), ["confirmed", "confirmed"]);
    assert_eq!(each(&ann.list("singleEvents=true&showDeleted=true").await, "status").len(), 3);
    let delta = ann.list(&format!("syncToken={token}")).await;
    assert_eq!(each(&delta, "id"), [format!("{id}_20261123T080000Z")]);
    let back = ann.patch(&first, json!({"status": "confirmed"})).await.ok();
    assert_eq!((back["status"].as_str(), back["summary"].as_str()), (Some("confirmed"), Some("standup")));
}

#[tokio::test]
async fn the_instances_method() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let id = text(&ann.insert(weekly(4)).await, "id");
    let path = format!("calendars/primary/events/{id}");
    assert_eq!(ann.delete(&format!("{path}_20261130T080000Z")).await.status, 204);
    ann.patch(&format!("{path}_20261207T080000Z"), json!({"summary": "x"})).await.ok();
    let page = ann.get(&format!("{path}/instances?maxResults=2")).await.ok();
    assert_eq!(each(&page, "summary"), ["standup", "x"]);
    let next = ann.get(&format!("{path}/instances?maxResults=2&pageToken={}", text(&page, "nextPageToken"))).await.ok();
    assert_eq!(each(&next, "summary"), ["standup"]);
    let all = ann.get(&format!("{path}/instances?showDeleted=true")).await.ok();
    assert_eq!(each(&all, "status"), ["confirmed", "cancelled", "confirmed", "confirmed"]);
    let one = ann.get(&format!("{path}/instances?originalStart=2026-12-07T09:00:00%2B01:00")).await.ok();
    assert_eq!(each(&one, "summary"), ["x"]);
    // The lower bound is inclusive here.
    let from =
        ann.get(&format!("{path}/instances?timeMin=2026-12-07T08:30:00Z&timeMax=2026-12-14T08:00:00Z")).await.ok();
    assert_eq!(each(&from, "summary"), ["x"]);
    ann.get(&format!("{path}_20261207T080000Z/instances")).await.refused(404, "notFound");
}

#[tokio::test]
async fn exceptions_go_with_the_starts_that_a_new_rule_loses() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let id = text(&ann.insert(weekly(3)).await, "id");
    let path = format!("calendars/primary/events/{id}");
    ann.patch(&format!("{path}_20261130T080000Z"), json!({"summary": "x"})).await.ok();
    ann.patch(&format!("{path}_20261207T080000Z"), json!({"summary": "y"})).await.ok();
    let token = text(&ann.list("").await, "nextSyncToken");
    ann.patch(&path, json!({"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=2"]})).await.ok();
    assert_eq!(each(&ann.list("").await, "summary"), ["standup", "x"]);
    let delta = ann.list(&format!("syncToken={token}")).await;
    let lost = delta["items"].as_array().unwrap().iter().find(|item| item["status"] == "cancelled").unwrap();
    assert_eq!(lost["id"], format!("{id}_20261207T080000Z"));
    // The start comes back, and overrides nothing.
    let token = text(&delta, "nextSyncToken");
    ann.patch(&path, json!({"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=3"]})).await.ok();
    let delta = ann.list(&format!("syncToken={token}")).await;
    assert_eq!(each(&delta, "summary"), ["standup", "standup"]);
    assert_eq!(each(&ann.list("singleEvents=true&orderBy=startTime").await, "summary"), ["standup", "x", "standup"]);
    // A series that becomes a single event keeps nothing else.
    ann.patch(&path, json!({"recurrence": null})).await.ok();
    assert_eq!(each(&ann.list("").await, "summary"), ["standup"]);
}

#[tokio::test]
async fn deleting_a_master_ends_all() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let id = text(&ann.insert(weekly(3)).await, "id");
    let path = format!("calendars/primary/events/{id}");
    ann.patch(&format!("{path}_20261130T080000Z"), json!({"summary": "x"})).await.ok();
    assert_eq!(ann.delete(&path).await.status, 204);
    assert!(each(&ann.list("").await, "id").is_empty());
    assert!(each(&ann.list("singleEvents=true").await, "id").is_empty());
    for instance in ["20261123T080000Z", "20261130T080000Z"] {
        assert_eq!(ann.event(&format!("{id}_{instance}")).await["status"], "cancelled");
        ann.patch(&format!("{path}_{instance}"), json!({"summary": "y"})).await.refused(410, "deleted");
    }
}

#[tokio::test]
async fn an_endless_series_is_read_page_by_page() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let mut body = weekly(1);
    body["recurrence"] = json!(["RRULE:FREQ=DAILY", "EXDATE;TZID=Europe/Prague:20261124T090000"]);
    ann.insert(body).await;
    let list = ann.list("singleEvents=true&timeMax=2026-12-03T00:00:00Z&maxResults=4").await;
    assert_eq!(starts(&list).len(), 9);
    assert_eq!(&starts(&list)[1][..10], "2026-11-25");
    assert!(ann.list("singleEvents=true&maxResults=2500").await["items"].as_array().unwrap().len() > 365);
}

#[tokio::test]
async fn exceptions_that_inherit_a_change_are_in_the_delta() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let id = text(&ann.insert(weekly(3)).await, "id");
    let path = format!("calendars/primary/events/{id}");
    let inherits = ann.patch(&format!("{path}_20261130T080000Z"), json!({"location": "x"})).await.ok();
    let own = ann.patch(&format!("{path}_20261207T080000Z"), json!({"summary": "y"})).await.ok();
    let token = text(&ann.list("").await, "nextSyncToken");
    ann.patch(&path, json!({"summary": "renamed"})).await.ok();
    let delta = ann.list(&format!("syncToken={token}")).await;
    assert_eq!(each(&delta, "id"), [text(&ann.event(&id).await, "id"), text(&inherits, "id")]);
    assert_eq!(each(&delta, "summary"), ["renamed", "renamed"]);
    assert_eq!(ann.event(&text(&own, "id")).await["etag"], own["etag"]);
}

#[tokio::test]
async fn an_instance_cannot_be_seen_by_more_people_than_its_series() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let id = text(&ann.insert(weekly(3)).await, "id");
    let second = format!("calendars/primary/events/{id}_20261130T080000Z");
    let looser = ann.patch(&second, json!({"visibility": "public"})).await.ok();
    assert!(looser.get("visibility").is_none());
    ann.patch(&second, json!({"visibility": "private"})).await.ok();
    assert_eq!(ann.event(&id).await["visibility"], "private");
    assert_eq!(each(&ann.list("singleEvents=true").await, "visibility"), ["private", "private", "private"]);
}
