use jiff::tz::TimeZone;
use portico_calendar::{Answer, Conference, Event, OriginalStart, Status, Visibility, When};
use portico_google::calendar as google;
use portico_kernel::{EmailAddress, EntryId};
use serde_json::{Value, json};

use super::*;

fn prague() -> TimeZone {
    TimeZone::get("Europe/Prague").unwrap()
}

fn resource(value: Value) -> google::Event {
    serde_json::from_value(value).unwrap()
}

fn remote(value: Value) -> RemoteEvent {
    read(&resource(value), &prague()).unwrap()
}

fn event(mut value: Value) -> Event {
    value["id"] = json!("e1");
    if value.get("start").is_none() {
        value["start"] = json!({"dateTime": "2026-11-24T09:00:00+01:00", "timeZone": "Europe/Prague"});
        value["end"] = json!({"dateTime": "2026-11-24T10:00:00+01:00", "timeZone": "Europe/Prague"});
    }
    remote(value).event.unwrap()
}

fn all() -> Pen {
    Pen::Organizer { attendees: true, details: true }
}

fn patch(base: &Event, wanted: &Event, pen: &Pen) -> Value {
    serde_json::to_value(patch_body(base, wanted, None, pen, false).0).unwrap()
}

#[test]
fn instants_are_right_in_every_spelling_and_the_zone_is_kept() {
    for (start, expect) in [
        (
            json!({"dateTime": "2026-11-24T09:00:00+01:00", "timeZone": "Europe/Prague"}),
            "2026-11-24T09:00:00+01:00[Europe/Prague]",
        ),
        (
            json!({"dateTime": "2026-11-24T17:00:00+09:00", "timeZone": "Europe/Prague"}),
            "2026-11-24T09:00:00+01:00[Europe/Prague]",
        ),
        (
            json!({"dateTime": "2026-11-24T08:00:00Z", "timeZone": "Asia/Taipei"}),
            "2026-11-24T16:00:00+08:00[Asia/Taipei]",
        ),
        (json!({"dateTime": "2026-11-24T08:00:00Z"}), "2026-11-24T09:00:00+01:00[Europe/Prague]"),
        (
            json!({"dateTime": "2026-11-24T08:00:00Z", "timeZone": "Mars/Olympus"}),
            "2026-11-24T09:00:00+01:00[Europe/Prague]",
        ),
        (
            json!({"dateTime": "2026-07-01T09:00:00", "timeZone": "Europe/Prague"}),
            "2026-07-01T09:00:00+02:00[Europe/Prague]",
        ),
    ] {
        let When::Timed { start: read, .. } = event(json!({"start": start, "end": start})).shared.when else {
            panic!("{start} is a time")
        };
        assert_eq!(read.to_string(), expect, "{start}");
    }
    let days = event(json!({"start": {"date": "2026-11-24"}, "end": {"date": "2026-11-26"}}));
    assert_eq!(
        days.shared.when,
        When::AllDay { start: "2026-11-24".parse().unwrap(), end: "2026-11-26".parse().unwrap() }
    );
}

#[test]
fn tombstones_instances_and_nonsense_are_told_apart() {
    let gone = remote(json!({"id": "e1", "etag": "\"1\"", "status": "cancelled"}));
    assert!(gone.cancelled && gone.event.is_none());
    let instance = remote(json!({"id": "e1_20261124T080000Z", "recurringEventId": "e1", "status": "cancelled",
        "originalStartTime": {"dateTime": "2026-11-24T09:00:00+01:00"}}));
    assert_eq!(instance.original_start, OriginalStart::parse("20261124T080000Z"));
    assert_eq!(instance.series_id.as_deref(), Some("e1"));
    let by_id = remote(json!({"id": "e1_20261124", "recurringEventId": "e1", "status": "cancelled"}));
    assert_eq!(by_id.original_start, OriginalStart::parse("20261124"));
    for bad in [
        json!({"start": {"date": "2026-11-24"}}),
        json!({"id": "e1"}),
        json!({"id": "e1", "start": {"date": "2026-11-24"}, "end": {"dateTime": "2026-11-24T08:00:00Z"}}),
        json!({"id": "x", "recurringEventId": "e1", "start": {"date": "2026-11-24"}}),
    ] {
        assert!(read(&resource(bad.clone()), &prague()).is_err(), "{bad}");
    }
}

#[test]
fn what_is_absent_means_googles_default() {
    let plain = event(json!({}));
    assert_eq!((plain.private.visibility, plain.private.transparent), (None, false));
    assert!(plain.shared.guests_can_invite_others && !plain.shared.guests_can_modify);
    let hidden = event(json!({"visibility": "private", "transparency": "transparent"}));
    assert_eq!((hidden.private.visibility, hidden.private.transparent), (Some(Visibility::Private), true));
}

#[test]
fn rooms_come_in_stages() {
    let stage = |data: Value| event(data).shared.conference;
    let request =
        |code: &str| json!({"conferenceData": {"createRequest": {"requestId": "r", "status": {"statusCode": code}}}});
    assert_eq!(stage(request("pending")), Some(Conference::Pending { request_id: "r".into() }));
    assert_eq!(stage(request("failure")), Some(Conference::Failed { request_id: "r".into() }));
    let link = "https://meet.google.com/aaa-bbbb-ccc";
    let ready = Some(Conference::Ready { url: link.into(), id: None });
    assert_eq!(stage(json!({"hangoutLink": link})), ready);
    let entry = json!({"conferenceData": {"entryPoints": [{"entryPointType": "video", "uri": link}]}});
    assert_eq!(stage(entry), ready);
    assert_eq!(stage(json!({"hangoutLink": ""})), None);
}

#[test]
fn only_the_difference_goes_out_and_what_is_cleared_is_null() {
    let base = event(json!({"summary": "Review", "location": "Room 1", "colorId": "5"}));
    assert_eq!(patch(&base, &base, &all()), json!({}));
    let mut wanted = base.clone();
    wanted.shared.title = "Planning".into();
    wanted.shared.location.clear();
    wanted.private.color = None;
    assert_eq!(patch(&base, &wanted, &all()), json!({"summary": "Planning", "location": null, "colorId": null}));
    let mut spaced = base.clone();
    spaced.shared.title = " Review\r\n".into();
    assert_eq!(patch(&base, &spaced, &all()), json!({}), "what Google trims is no change");
}

#[test]
fn a_timed_event_becomes_whole_days_and_a_series_a_single_event() {
    let base = event(json!({"recurrence": ["RRULE:FREQ=DAILY;COUNT=3"]}));
    let mut wanted = base.clone();
    wanted.shared.when = When::AllDay { start: "2026-11-24".parse().unwrap(), end: "2026-11-25".parse().unwrap() };
    wanted.shared.recurrence.clear();
    let nulls = |day: &str| json!({"date": day, "dateTime": null, "timeZone": null});
    assert_eq!(
        patch(&base, &wanted, &all()),
        json!({"start": nulls("2026-11-24"), "end": nulls("2026-11-25"), "recurrence": null})
    );
    let (instance, _) = patch_body(&base, &wanted, None, &all(), true);
    assert!(serde_json::to_value(instance).unwrap().get("recurrence").is_none(), "an instance never carries a rule");
}

#[test]
fn guests_keep_what_we_do_not_know_of_them_and_a_guest_sends_the_own_answer_alone() {
    let lines = json!([
        {"email": "anna@acme.test", "organizer": true, "self": true, "responseStatus": "accepted"},
        {"email": "bob@acme.test", "responseStatus": "needsAction", "additionalGuests": 2, "displayName": "Bob"},
        {"displayName": "no address"},
    ]);
    let base = event(json!({"attendees": lines}));
    let copy = resource(json!({"id": "e1", "attendees": lines}));
    let mut wanted = base.clone();
    wanted.shared.attendees[0].optional = true;
    let (body, changed) = patch_body(&base, &wanted, Some(&copy), &all(), false);
    assert!(changed.attendees);
    assert_eq!(
        serde_json::to_value(body).unwrap(),
        json!({"attendees": [
            {"email": "anna@acme.test", "optional": true, "responseStatus": "accepted"},
            {"email": "bob@acme.test", "displayName": "Bob", "responseStatus": "needsAction", "additionalGuests": 2},
            {"displayName": "no address"},
        ]})
    );
    let mut answered = base.clone();
    answered.shared.title = "not for a guest to say".into();
    answered.shared.attendees[1].answer = Answer::Accepted;
    let own = EmailAddress::parse("bob@acme.test").unwrap();
    let (body, _) = patch_body(&base, &answered, Some(&copy), &Pen::Guest { own }, false);
    assert_eq!(
        serde_json::to_value(body).unwrap(),
        json!({"attendees": [{"email": "bob@acme.test", "displayName": "Bob", "responseStatus": "accepted", "additionalGuests": 2}]})
    );
}

#[test]
fn an_insert_says_everything_and_reads_back_as_it_was() {
    let mut event = event(json!({
        "summary": "Emoji 🎉 <b>and</b> more", "description": "one\ntwo", "visibility": "confidential",
        "transparency": "transparent", "guestsCanModify": true, "recurrence": ["RRULE:FREQ=WEEKLY"],
        "attendees": [{"email": "bob@acme.test", "optional": true}],
        "reminders": {"useDefault": false, "overrides": [{"method": "popup", "minutes": 5}]},
    }));
    event.shared.conference = Some(Conference::Wanted { request_id: "room".into() });
    let mark: EntryId = "01a2076b-e810-7d2b-91ea-d9d4074da67d".parse().unwrap();
    let id = google_id(mark, 0);
    let body = insert_body(&event, &id, mark, &all());
    let again = read(&body, &prague()).unwrap();
    assert_eq!((again.id.as_str(), again.mark), (id.as_str(), Some(mark)));
    let mut content = again.event.unwrap();
    assert_eq!(content.shared.conference, Some(Conference::Pending { request_id: "room".into() }));
    content.shared.conference = event.shared.conference.clone();
    assert_eq!(content, event);
    let (bare, _) = (insert_body(&event, &id, mark, &Pen::Organizer { attendees: false, details: true }), ());
    assert!(bare.attendees.is_none(), "a link may leave guests at home");
    assert_eq!(event.shared.status, Status::Confirmed);
}

#[test]
fn ids_are_of_googles_letters_and_a_new_incarnation_has_another() {
    let entry: EntryId = "01a2076b-e810-7d2b-91ea-d9d4074da67d".parse().unwrap();
    for (incarnation, expect) in [(0, "01a2076be8107d2b91ead9d4074da67d"), (3, "01a2076be8107d2b91ead9d4074da67dv3")] {
        let id = google_id(entry, incarnation);
        assert_eq!(id, expect);
        assert!(id.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'v').contains(&c)));
        assert!(is_own_id(&id, entry) && !is_own_id("01a2076b", entry));
    }
}
