use serde_json::json;

use crate::support::{Google, each, text, timed};

const DAY: &str = "2026-12-01";

#[tokio::test]
async fn an_insert_answers_with_everything_google_adds() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let event = ann.insert(timed("a", DAY, "09:00", "10:00")).await;
    let id = text(&event, "id");
    assert_eq!(id.len(), 26);
    assert_eq!(event["kind"], "calendar#event");
    assert_eq!(event["status"], "confirmed");
    assert_eq!(event["iCalUID"], format!("{id}@google.com"));
    assert_eq!(event["creator"], json!({"email": "ann@example.com", "self": true}));
    assert_eq!(event["organizer"], json!({"email": "ann@example.com", "self": true}));
    assert_eq!(event["start"], json!({"dateTime": "2026-12-01T10:00:00+01:00", "timeZone": "Europe/Prague"}));
    assert_eq!(event["reminders"], json!({"useDefault": true}));
    assert_eq!(event["eventType"], "default");
    assert_eq!(event["sequence"], 0);
    assert_eq!(event["created"], "2026-11-18T09:00:00.000Z");
    assert!(text(&event, "htmlLink").starts_with("https://www.google.com/calendar/event?eid="));
    for absent in ["transparency", "visibility", "attendees", "hangoutLink", "conferenceData", "recurrence"] {
        assert!(event.get(absent).is_none(), "{absent}");
    }
}

#[tokio::test]
async fn the_etag_is_twice_updated_in_microseconds_and_moves_with_every_write() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let first = ann.insert(timed("a", DAY, "09:00", "10:00")).await;
    let path = format!("calendars/primary/events/{}", text(&first, "id"));
    let number = |event: &serde_json::Value| text(event, "etag").trim_matches('"').parse::<i64>().unwrap();
    let millis =
        |event: &serde_json::Value| text(event, "updated").parse::<jiff::Timestamp>().unwrap().as_millisecond();
    assert_eq!(number(&first) / 2 / 1000, millis(&first));
    let same = ann.patch(&path, json!({"summary": "a"})).await.ok();
    assert!(number(&same) > number(&first));
    google.advance(60);
    let reminded = ann.patch(&path, json!({"reminders": {"useDefault": false, "overrides": []}})).await.ok();
    assert!(number(&reminded) > number(&same));
    assert_eq!(reminded["updated"], same["updated"]);
    let renamed = ann.patch(&path, json!({"summary": "b"})).await.ok();
    assert!(millis(&renamed) > millis(&same));
}

#[tokio::test]
async fn preconditions() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let first = ann.insert(timed("a", DAY, "09:00", "10:00")).await;
    let path = format!("calendars/primary/events/{}", text(&first, "id"));
    let old = text(&first, "etag");
    let unchanged = ann.call("GET", &path, &[("if-none-match", &old)], None).await;
    assert_eq!(unchanged.status, 304);
    let patched = ann.call("PATCH", &path, &[("if-match", &old)], Some(json!({"summary": "b"}))).await.ok();
    assert_eq!(ann.call("GET", &path, &[("if-none-match", &old)], None).await.status, 200);
    for verb in ["PATCH", "PUT", "DELETE"] {
        let body = (verb != "DELETE").then(|| timed("c", DAY, "09:00", "10:00"));
        ann.call(verb, &path, &[("if-match", &old)], body).await.refused(412, "conditionNotMet");
    }
    let new = text(&patched, "etag");
    assert_eq!(ann.call("DELETE", &path, &[("if-match", &new)], None).await.status, 204);
    ann.call("DELETE", &path, &[("if-match", &new)], None).await.refused(412, "conditionNotMet");
    ann.delete(&path).await.refused(410, "deleted");
    ann.patch(&path, json!({"summary": "c"})).await.refused(410, "deleted");
    let gone = ann.get(&path).await.ok();
    assert_eq!((gone["status"].as_str(), gone["summary"].as_str()), (Some("cancelled"), Some("b")));
    assert_ne!(gone["etag"], patched["etag"]);
}

#[tokio::test]
async fn an_own_id_is_taken_for_ever() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let mut body = timed("a", DAY, "09:00", "10:00");
    body["id"] = json!("mineid12345");
    let event = ann.insert(body.clone()).await;
    assert_eq!(event["id"], "mineid12345");
    ann.post("calendars/primary/events", body.clone()).await.refused(409, "duplicate");
    assert_eq!(ann.delete("calendars/primary/events/mineid12345").await.status, 204);
    ann.post("calendars/primary/events", body.clone()).await.refused(409, "duplicate");
    for bad in ["abcd", "UPPER", "with-hyphen", "wxyz12345", &"a".repeat(1025)] {
        body["id"] = json!(bad);
        ann.post("calendars/primary/events", body.clone()).await.refused(400, "invalid");
    }
    ann.get("calendars/primary/events/nothere").await.refused(404, "notFound");
    ann.get("calendars/nobody@example.com/events").await.refused(404, "notFound");
}

#[tokio::test]
async fn bad_bodies_are_refused_in_googles_words() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let start = json!({"dateTime": "2026-12-01T09:00:00Z"});
    let cases = [
        (json!({"start": start}), "required", "Missing end time."),
        (json!({"end": start}), "required", "Missing start time."),
        (
            json!({"start": {"date": DAY}, "end": start}),
            "invalid",
            "Start and end times must either both be date or both be dateTime.",
        ),
        (
            json!({"start": {"dateTime": "2026-12-01T09:00:00"}, "end": start}),
            "required",
            "Missing time zone definition for start time.",
        ),
        (
            json!({"start": start, "end": {"dateTime": "2026-12-01T08:00:00Z"}}),
            "timeRangeEmpty",
            "The specified time range is empty.",
        ),
        (
            json!({"start": start, "end": {"dateTime": "2026-12-01T10:00:00Z"}, "recurrence": ["RRULE:FREQ=DAILY"]}),
            "required",
            "Missing time zone definition for start time.",
        ),
    ];
    for (body, reason, message) in cases {
        let got = ann.post("calendars/primary/events", body.clone()).await;
        got.refused(400, reason);
        assert_eq!(got.body["error"]["message"], message, "{body}");
    }
    let with = |key: &str, value: serde_json::Value| {
        let mut body = timed("a", DAY, "09:00", "10:00");
        body[key] = value;
        body
    };
    for body in [
        with("attendees", json!([{"displayName": "nobody"}])),
        with("attendees", json!([{"email": "not an address"}])),
        with("reminders", json!({"useDefault": true, "overrides": [{"method": "popup", "minutes": 5}]})),
        with("reminders", json!({"useDefault": false, "overrides": [{"method": "popup", "minutes": 50000}]})),
        with("extendedProperties", json!({"private": {("k".repeat(45)): "v"}})),
        with("source", json!({"url": "ftp://example.com"})),
        with("colorId", json!("99")),
        with("visibility", json!("secret")),
        with("start", json!({"dateTime": "2026-12-01T09:00:00Z", "timeZone": "Mars/Crater"})),
        with("recurrence", json!(["RRULE:FREQ=SOMETIMES"])),
    ] {
        let got = ann.post("calendars/primary/events", body.clone()).await;
        assert_eq!(got.status, 400, "{body} {}", got.body);
    }
    assert!(each(&ann.list("").await, "id").is_empty(), "nothing is half-written");
}

#[tokio::test]
async fn a_patch_merges_and_an_update_replaces() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let mut body = timed("a", DAY, "09:00", "10:00");
    body["description"] = json!("d");
    body["extendedProperties"] = json!({"private": {"a": "1", "b": "2"}, "shared": {"s": "1"}});
    body["reminders"] = json!({"useDefault": false, "overrides": [{"method": "email", "minutes": 10}]});
    let event = ann.insert(body).await;
    let path = format!("calendars/primary/events/{}", text(&event, "id"));
    let patch = json!({
        "location": "l",
        "extendedProperties": {"private": {"a": null, "c": "3"}},
        "reminders": {"overrides": [{"method": "popup", "minutes": 5}, {"method": "popup", "minutes": 6}]},
    });
    let patched = ann.patch(&path, patch).await.ok();
    assert_eq!(patched["description"], "d");
    assert_eq!(patched["extendedProperties"], json!({"private": {"b": "2", "c": "3"}, "shared": {"s": "1"}}));
    assert_eq!(patched["reminders"]["overrides"].as_array().unwrap().len(), 2);
    let cleared = ann.patch(&path, json!({"description": null, "location": null})).await.ok();
    assert!(cleared.get("description").is_none() && cleared.get("location").is_none());
    // To all-day the keys of the other form must be cleared.
    ann.patch(&path, json!({"start": {"date": DAY}, "end": {"date": "2026-12-02"}})).await.refused(400, "invalid");
    let day = |date: &str| json!({"date": date, "dateTime": null, "timeZone": null});
    let all_day = ann.patch(&path, json!({"start": day(DAY), "end": day("2026-12-02")})).await.ok();
    assert_eq!(all_day["start"], json!({"date": DAY}));
    let replaced = ann.put(&path, timed("new", DAY, "11:00", "12:00")).await.ok();
    assert_eq!(replaced["summary"], "new");
    assert!(replaced.get("extendedProperties").is_none());
    assert_eq!(replaced["iCalUID"], event["iCalUID"]);
    assert_eq!(replaced["reminders"], json!({"useDefault": true}));
    ann.put(&path, json!({"summary": "x"})).await.refused(400, "required");
    ann.patch(&path, json!({"sequence": 0})).await.refused(400, "invalid");
}

#[tokio::test]
async fn a_returned_event_can_be_sent_back_unchanged() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let mut body = timed("a", DAY, "09:00", "10:00");
    body["attendees"] = json!([{"email": "guest@elsewhere.example"}, {"email": "ann@example.com"}]);
    body["visibility"] = json!("private");
    let event = ann.insert(body).await;
    let again = ann.put(&format!("calendars/primary/events/{}", text(&event, "id")), event.clone()).await.ok();
    let without = |event: &serde_json::Value| {
        let mut event = event.as_object().unwrap().clone();
        event.remove("etag");
        event.remove("updated");
        event
    };
    assert_eq!(without(&event), without(&again));
}

#[tokio::test]
async fn sequence_moves_with_the_time_only() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let event = ann.insert(timed("a", DAY, "09:00", "10:00")).await;
    let path = format!("calendars/primary/events/{}", text(&event, "id"));
    assert_eq!(ann.patch(&path, json!({"summary": "b"})).await.ok()["sequence"], 0);
    let moved = ann.patch(&path, json!({"end": {"dateTime": "2026-12-01T11:00:00Z"}})).await.ok();
    assert_eq!(moved["sequence"], 1);
}

#[tokio::test]
async fn attachments_and_conferences_need_their_flags() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let mut body = timed("a", DAY, "09:00", "10:00");
    body["attachments"] = json!([{"fileUrl": "https://drive.google.com/open?id=1", "title": "t"}]);
    body["conferenceData"] =
        json!({"createRequest": {"requestId": "r1", "conferenceSolutionKey": {"type": "hangoutsMeet"}}});
    let plain = ann.insert(body.clone()).await;
    assert!(plain.get("attachments").is_none() && plain.get("conferenceData").is_none());
    let flags = "calendars/primary/events?supportsAttachments=true&conferenceDataVersion=1";
    let full = ann.post(flags, body).await.ok();
    assert_eq!(full["attachments"][0]["title"], "t");
    let path = format!("calendars/primary/events/{}", text(&full, "id"));
    let kept = ann.patch(&path, json!({"attachments": [], "conferenceData": null})).await.ok();
    assert_eq!(kept["attachments"][0]["title"], "t");
    assert!(kept.get("conferenceData").is_some());
    let gone = ann
        .patch(
            &format!("{path}?supportsAttachments=true&conferenceDataVersion=1"),
            json!({"attachments": [], "conferenceData": null}),
        )
        .await
        .ok();
    assert!(
        gone.get("attachments").is_none() && gone.get("conferenceData").is_none() && gone.get("hangoutLink").is_none()
    );
}

#[tokio::test]
async fn a_meet_is_pending_at_first_and_then_there() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let mut body = timed("a", DAY, "09:00", "10:00");
    let request =
        |id: &str| json!({"createRequest": {"requestId": id, "conferenceSolutionKey": {"type": "hangoutsMeet"}}});
    body["conferenceData"] = request("r1");
    let pending = ann.post("calendars/primary/events?conferenceDataVersion=1", body.clone()).await.ok();
    assert_eq!(pending["conferenceData"]["createRequest"]["status"]["statusCode"], "pending");
    assert!(pending.get("hangoutLink").is_none());
    let id = text(&pending, "id");
    let made = ann.event(&id).await;
    assert_ne!(made["etag"], pending["etag"]);
    let data = &made["conferenceData"];
    assert_eq!(data["createRequest"]["status"]["statusCode"], "success");
    assert_eq!(data["conferenceSolution"]["name"], "Google Meet");
    assert_eq!(data["entryPoints"][0]["entryPointType"], "video");
    assert_eq!(data["entryPoints"][0]["uri"], made["hangoutLink"]);
    let code = text(data, "conferenceId");
    assert_eq!(code.split('-').map(str::len).collect::<Vec<_>>(), [3, 4, 3]);
    let path = format!("calendars/primary/events/{id}?conferenceDataVersion=1");
    let same = ann.patch(&path, json!({"conferenceData": request("r1")})).await.ok();
    assert_eq!(same["conferenceData"]["conferenceId"], code);
    ann.patch(&path, json!({"conferenceData": request("r2")})).await.ok();
    assert_ne!(ann.event(&id).await["conferenceData"]["conferenceId"], code);
    let bad = json!({"createRequest": {"requestId": "r3", "conferenceSolutionKey": {"type": "eventHangout"}}});
    ann.patch(&path, json!({"conferenceData": bad})).await.refused(400, "invalid");

    google.control("PUT", "quota", json!({"calendar_meet_failures": 1, "calendar_meet_delay_ms": 2000})).await;
    body["conferenceData"] = request("r4");
    let slow = ann.post("calendars/primary/events?conferenceDataVersion=1", body).await.ok();
    let status = |event: &serde_json::Value| event["conferenceData"]["createRequest"]["status"]["statusCode"].clone();
    assert_eq!(status(&ann.event(&text(&slow, "id")).await), "pending");
    google.advance(3);
    let failed = ann.event(&text(&slow, "id")).await;
    assert_eq!(status(&failed), "failure");
    assert!(failed["conferenceData"].get("entryPoints").is_none() && failed.get("hangoutLink").is_none());
}

#[tokio::test]
async fn event_types_have_their_rules() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let mut focus = timed("f", DAY, "09:00", "10:00");
    focus["eventType"] = json!("focusTime");
    ann.post("calendars/primary/events", focus.clone()).await.refused(400, "eventTypeRestriction");
    focus["focusTimeProperties"] = json!({"chatStatus": "doNotDisturb"});
    let made = ann.insert(focus).await;
    let path = format!("calendars/primary/events/{}", text(&made, "id"));
    ann.patch(&path, json!({"eventType": "default"})).await.refused(400, "eventTypeRestriction");
    let mut place = json!({
        "start": {"date": DAY}, "end": {"date": "2026-12-03"}, "eventType": "workingLocation",
        "workingLocationProperties": {"type": "homeOffice", "homeOffice": {}},
    });
    ann.post("calendars/primary/events", place.clone()).await.refused(400, "malformedWorkingLocationEvent");
    place["end"] = json!({"date": "2026-12-02"});
    let place = ann.insert(place).await;
    assert_eq!((place["visibility"].as_str(), place["transparency"].as_str()), (Some("public"), Some("transparent")));
    let birthday = json!({
        "summary": "b", "start": {"date": DAY}, "end": {"date": "2026-12-02"}, "eventType": "birthday",
        "recurrence": ["RRULE:FREQ=YEARLY"], "visibility": "private", "transparency": "transparent",
    });
    let birthday = ann.insert(birthday).await;
    let path = format!("calendars/primary/events/{}", text(&birthday, "id"));
    ann.patch(&path, json!({"location": "x"})).await.refused(400, "eventTypeRestriction");
    ann.patch(&path, json!({"summary": "c"})).await.ok();
    ann.post(&format!("{path}/move?destination=x"), json!({})).await.refused(404, "notFound");
    let types = each(&ann.list("eventTypes=focusTime&eventTypes=birthday").await, "eventType");
    assert_eq!(types.len(), 2);
}

#[tokio::test]
async fn import_keeps_the_uid_and_mails_nobody() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let mut body = timed("i", DAY, "09:00", "10:00");
    ann.post("calendars/primary/events/import", body.clone()).await.refused(400, "required");
    body["iCalUID"] = json!("abc@elsewhere.example");
    body["organizer"] = json!({"email": "boss@elsewhere.example"});
    ann.post("calendars/primary/events/import", body.clone())
        .await
        .refused(400, "participantIsNeitherOrganizerNorAttendee");
    body["attendees"] = json!([{"email": "ann@example.com"}, {"email": "other@elsewhere.example"}]);
    let event = ann.post("calendars/primary/events/import", body.clone()).await.ok();
    assert_eq!(event["iCalUID"], "abc@elsewhere.example");
    assert!(text(&event, "id").starts_with('_'));
    assert_eq!(event["privateCopy"], true);
    assert_eq!(event["organizer"], json!({"email": "boss@elsewhere.example"}));
    assert!(google.mails().await.is_empty());
    body["summary"] = json!("again");
    let again = ann.post("calendars/primary/events/import", body).await.ok();
    assert_eq!((&again["id"], &again["summary"]), (&event["id"], &json!("again")));
    assert_eq!(each(&ann.list("iCalUID=abc@elsewhere.example").await, "summary"), ["again"]);
    let path = format!("calendars/primary/events/{}?sendUpdates=all", text(&event, "id"));
    ann.patch(&path, json!({"summary": "mine"})).await.ok();
    assert_eq!(ann.delete(&path).await.status, 204);
    assert!(google.mails().await.is_empty());
}

#[tokio::test]
async fn a_moved_event_leaves_its_id_behind() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let team = text(&ann.post("calendars", json!({"summary": "Team"})).await.ok(), "id");
    let event = ann.insert(timed("m", DAY, "09:00", "10:00")).await;
    let id = text(&event, "id");
    let moved = ann.post(&format!("calendars/primary/events/{id}/move?destination={team}"), json!({})).await.ok();
    assert_eq!(moved["organizer"], json!({"email": team, "displayName": "Team", "self": true}));
    assert_eq!(ann.event(&id).await["status"], "cancelled");
    let back = ann.post(&format!("calendars/{team}/events/{id}/move?destination=primary"), json!({})).await.ok();
    assert_eq!(back["organizer"]["email"], "ann@example.com");
    assert_eq!(ann.event(&id).await["status"], "confirmed");
    ann.post(&format!("calendars/primary/events/{id}/move"), json!({})).await.refused(400, "required");
}

#[tokio::test]
async fn quick_add_reads_a_phrase() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let event = ann.post("calendars/primary/events/quickAdd?text=Lunch%20tomorrow%2012:30-13:30", json!({})).await.ok();
    assert_eq!(event["summary"], "Lunch");
    assert_eq!(event["start"]["dateTime"], "2026-11-19T12:30:00+01:00");
    ann.post("calendars/primary/events/quickAdd", json!({})).await.refused(400, "required");
}

#[tokio::test]
async fn there_is_a_limit_to_guests() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let mut body = timed("a", DAY, "09:00", "10:00");
    body["attendees"] =
        json!((0..501).map(|n| json!({"email": format!("g{n}@elsewhere.example")})).collect::<Vec<_>>());
    ann.post("calendars/primary/events", body).await.refused(403, "quotaExceeded");
}

#[tokio::test]
async fn invitations_to_strangers_are_counted() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    google.person("bob@example.com").await;
    google.control("PUT", "quota", json!({"calendar_invitations": 2})).await;
    let with = |guests: &[&str]| {
        let mut body = timed("a", DAY, "09:00", "10:00");
        body["attendees"] = guests.iter().map(|email| json!({"email": email})).collect();
        body
    };
    let event = ann.insert(with(&["bob@example.com", "one@else.example", "two@else.example"])).await;
    let path = format!("calendars/primary/events/{}", text(&event, "id"));
    ann.put(&path, with(&["one@else.example", "two@else.example"])).await.ok();
    let got = ann.put(&path, with(&["one@else.example", "three@else.example"])).await;
    got.refused(403, "quotaExceeded");
    assert_eq!(got.body["error"]["errors"][0]["domain"], "usageLimits");
    google.advance(24 * 3600);
    let ann = google.token("ann@example.com", &[crate::support::CALENDAR]).await;
    ann.put(&path, with(&["three@else.example"])).await.ok();
}
