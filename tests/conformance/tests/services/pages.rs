//! How many entries a page of each list has: what Google gives when nobody asks, and at most.

use portico_google::{calendar, directory, drive, gmail, meet, people};
use serde_json::{Value, json};

use crate::google::Google;

const ANN: &str = "ann@example.test";
const CALENDAR: &str = "www.googleapis.com/calendar/v3";

/// What a list does when more is asked for than it gives.
enum More {
    /// It gives as many as it does at most.
    Cut,
    /// It refuses.
    Refused,
}

struct List<'a> {
    address: String,
    /// The name of the entries in the answer.
    key: &'a str,
    /// The parameter for the number of entries.
    size: &'a str,
    usual: usize,
    most: usize,
    more: More,
}

async fn hold(google: &Google, token: &str, list: List<'_>) {
    let separator = if list.address.contains('?') { '&' } else { '?' };
    let ask = async |size: Option<usize>| {
        let asked = size.map(|size| format!("{separator}{}={size}", list.size)).unwrap_or_default();
        google.ask(token, "GET", &format!("{}{asked}", list.address), Value::Null).await
    };
    let count = |(status, answer): &(u16, Value)| {
        assert_eq!(*status, 200, "{}: {answer}", list.address);
        assert!(answer["nextPageToken"].is_string(), "{} has no further page", list.address);
        answer[list.key].as_array().unwrap_or_else(|| panic!("{}: no {}", list.address, list.key)).len()
    };
    assert_eq!(count(&ask(None).await), list.usual, "{} without a size", list.address);
    assert_eq!(count(&ask(Some(list.most)).await), list.most, "{} with the largest size", list.address);
    let beyond = ask(Some(list.most + 1)).await;
    match list.more {
        More::Cut => assert_eq!(count(&beyond), list.most, "{} with more than the largest size", list.address),
        More::Refused => assert_eq!(beyond.0, 400, "{} with more than the largest size", list.address),
    }
}

async fn made(google: &Google, token: &str, address: &str, body: Value) -> Value {
    let (status, answer) = google.ask(token, "POST", address, body).await;
    assert_eq!(status, 200, "{address}: {answer}");
    answer
}

async fn without_limits(google: &Google) {
    let limits = ["calendar", "gmail", "people", "drive", "admin", "meet"];
    for service in limits {
        google.put("quota", json!({format!("{service}_per_minute_per_user"): 1_000_000})).await;
    }
    google.put("quota", json!({"calendar_new_calendars": 1000, "people_changes_delay_ms": 0})).await;
}

#[tokio::test]
async fn calendars_and_events() {
    let google = Google::with(&[ANN]).await;
    without_limits(&google).await;
    let token = google.token(ANN, &[calendar::scopes::CALENDAR]).await;
    let series = json!({"id": "series0", "recurrence": ["RRULE:FREQ=DAILY;COUNT=2502"],
        "start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"}});
    let events = format!("{CALENDAR}/calendars/primary/events");
    made(&google, &token, &events, series).await;
    for n in 0..251 {
        made(&google, &token, &format!("{CALENDAR}/calendars"), json!({"summary": format!("{n}")})).await;
        let rule = json!({"role": "reader", "scope": {"type": "user", "value": format!("a{n}@elsewhere.test")}});
        made(&google, &token, &format!("{CALENDAR}/calendars/primary/acl?sendNotifications=false"), rule).await;
    }
    let list = |address: String, (usual, most): (usize, usize)| List {
        address,
        key: "items",
        size: "maxResults",
        usual,
        most,
        more: More::Cut,
    };
    let window = "singleEvents=true&timeMax=2036-12-01T00:00:00Z";
    hold(&google, &token, list(format!("{events}?{window}"), (250, 2500))).await;
    hold(&google, &token, list(format!("{events}/series0/instances?timeMax=2036-12-01T00:00:00Z"), (250, 2500))).await;
    hold(&google, &token, list(format!("{CALENDAR}/users/me/calendarList"), (100, 250))).await;
    hold(&google, &token, list(format!("{CALENDAR}/calendars/primary/acl"), (100, 250))).await;
}

#[tokio::test]
async fn mail() {
    let google = Google::with(&[ANN]).await;
    without_limits(&google).await;
    let token = google.token(ANN, &[gmail::scopes::MAIL]).await;
    for n in 0..501 {
        google.control("mailbox", json!({"account": ANN, "subject": format!("{n}"), "text": "x"})).await;
    }
    for (name, key) in [("messages", "messages"), ("threads", "threads")] {
        let address = format!("gmail.googleapis.com/gmail/v1/users/me/{name}");
        hold(&google, &token, List { address, key, size: "maxResults", usual: 100, most: 500, more: More::Cut }).await;
    }
    let address = "gmail.googleapis.com/gmail/v1/users/me/history?startHistoryId=1".to_owned();
    let list = List { address, key: "history", size: "maxResults", usual: 100, most: 500, more: More::Cut };
    hold(&google, &token, list).await;
}

#[tokio::test]
async fn contacts_and_groups() {
    let google = Google::with(&[ANN]).await;
    without_limits(&google).await;
    let token = google.token(ANN, &[people::scopes::CONTACTS]).await;
    let contact = |n: usize| json!({"contactPerson": {"names": [{"givenName": format!("A{n}")}]}});
    for batch in 0..6 {
        let contacts: Vec<Value> = (0..200).map(|n| contact(batch * 200 + n)).collect();
        made(&google, &token, "people.googleapis.com/v1/people:batchCreateContacts", json!({"contacts": contacts}))
            .await;
    }
    let address = "people.googleapis.com/v1/people/me/connections?personFields=names".to_owned();
    let list = List { address, key: "connections", size: "pageSize", usual: 100, most: 1000, more: More::Refused };
    hold(&google, &token, list).await;

    let groups = "people.googleapis.com/v1/contactGroups";
    for n in 0..40 {
        made(&google, &token, groups, json!({"contactGroup": {"name": format!("{n}")}})).await;
    }
    let (_, usual) = google.ask(&token, "GET", groups, Value::Null).await;
    assert_eq!(usual["contactGroups"].as_array().unwrap().len(), 30);
    let sized = async |size: usize| google.ask(&token, "GET", &format!("{groups}?pageSize={size}"), Value::Null).await;
    let (_, all) = sized(1000).await;
    assert_eq!((all["contactGroups"].as_array().unwrap().len() > 40, all.get("nextPageToken")), (true, None));
    assert_eq!(sized(1001).await.0, 400);
}

#[tokio::test]
async fn files_and_changes() {
    let google = Google::with(&[ANN]).await;
    without_limits(&google).await;
    let token = google.token(ANN, &[drive::scopes::DRIVE]).await;
    let start = google.ask(&token, "GET", "www.googleapis.com/drive/v3/changes/startPageToken", Value::Null).await;
    let start = start.1["startPageToken"].as_str().unwrap().to_owned();
    for n in 0..1001 {
        made(&google, &token, "www.googleapis.com/drive/v3/files", json!({"name": format!("{n}")})).await;
    }
    for (place, key) in [("files".to_owned(), "files"), (format!("changes?pageToken={start}"), "changes")] {
        let address = format!("www.googleapis.com/drive/v3/{place}");
        hold(&google, &token, List { address, key, size: "pageSize", usual: 100, most: 1000, more: More::Refused })
            .await;
    }
}

#[tokio::test]
async fn accounts_and_groups() {
    let google = Google::with(&[ANN]).await;
    without_limits(&google).await;
    google.control("users", json!({"email": ANN, "admin": true})).await;
    let members: Vec<String> = (0..501).map(|n| format!("a{n}@example.test")).collect();
    for (n, email) in members.iter().enumerate() {
        google.control("users", json!({"email": email})).await;
        if n <= 200 {
            let group = json!({"email": format!("g{n}@example.test"), "kind": "group", "members": members});
            google.control("users", group).await;
        }
    }
    let token = google.token(ANN, &[directory::scopes::USERS, directory::scopes::GROUPS]).await;
    for (place, key, usual, most, more) in [
        ("users?customer=my_customer", "users", 100, 500, More::Refused),
        ("groups?customer=my_customer", "groups", 200, 200, More::Cut),
        ("groups/g0@example.test/members", "members", 200, 200, More::Cut),
    ] {
        let address = format!("admin.googleapis.com/admin/directory/v1/{place}");
        hold(&google, &token, List { address, key, size: "maxResults", usual, most, more }).await;
    }
}

#[tokio::test]
async fn conferences_and_members_of_spaces() {
    let google = Google::with(&[ANN]).await;
    without_limits(&google).await;
    let token = google.token(ANN, &[meet::scopes::SPACE_CREATED]).await;
    let root = "meet.googleapis.com/v2";
    let space = made(&google, &token, &format!("{root}/spaces"), json!({})).await["name"].as_str().unwrap().to_owned();
    let span = json!({"start_time": "2026-10-20T09:00:00Z", "end_time": "2026-10-20T10:00:00Z"});
    let guest = |n: usize| json!({"name": format!("{n}"), "sessions": [span]});
    let mut conference = json!({"space": space, "start_time": span["start_time"], "end_time": span["end_time"]});
    for _ in 0..100 {
        google.control("meet/conferences", conference.clone()).await;
    }
    let mut guests: Vec<Value> = (0..251).map(guest).collect();
    guests[0]["sessions"] = json!(vec![&span; 251]);
    conference["participants"] = json!(guests);
    conference["recordings"] = json!(vec![&span; 101]);
    conference["smart_notes"] = json!(vec![&span; 101]);
    let said =
        |_| json!({"participant": 0, "text": "x", "start_time": span["start_time"], "end_time": span["end_time"]});
    conference["transcript"] = (0..101).map(said).collect();
    let made_there = google.control("meet/conferences", conference).await;
    for n in 0..501 {
        let member = json!({"email": format!("a{n}@elsewhere.test"), "role": "COHOST"});
        made(&google, &token, &format!("{root}/{space}/members"), member).await;
    }
    let (record, first) = (made_there["name"].as_str().unwrap(), made_there["participants"][0].as_str().unwrap());
    let (_, transcripts) = google.ask(&token, "GET", &format!("{root}/{record}/transcripts"), Value::Null).await;
    let transcript = transcripts["transcripts"][0]["name"].as_str().unwrap();
    for (place, key, usual, most) in [
        ("conferenceRecords".to_owned(), "conferenceRecords", 25, 100),
        (format!("{record}/participants"), "participants", 100, 250),
        (format!("{first}/participantSessions"), "participantSessions", 100, 250),
        (format!("{record}/recordings"), "recordings", 10, 100),
        (format!("{record}/smartNotes"), "smartNotes", 10, 100),
        (format!("{transcript}/entries"), "transcriptEntries", 10, 100),
        (format!("{space}/members"), "members", 250, 500),
    ] {
        let address = format!("{root}/{place}");
        hold(&google, &token, List { address, key, size: "pageSize", usual, most, more: More::Cut }).await;
    }
}
