//! A series with its exceptions, as a window shows it.

use jiff::tz::TimeZone;
use portico_calendar::{
    Answer, Attendee, Event, Exception, Moment, OriginalStart, Status, When, exception_follows, instance, instances,
    parse_occurrence_id,
};
use portico_kernel::{EmailAddress, Timestamp};

fn hour(start: &str) -> When {
    let start = Moment::parse(start).unwrap();
    let end = Moment(start.0.checked_add(jiff::SignedDuration::from_hours(1)).unwrap());
    When::Timed { start, end }
}

fn at(text: &str) -> Timestamp {
    text.parse::<jiff::Timestamp>().unwrap().into()
}

fn start(text: &str) -> OriginalStart {
    OriginalStart::parse(text).unwrap()
}

/// Mondays at ten in Prague from 23 November 2026.
fn mondays() -> Event {
    let mut master = Event::new("standup", hour("2026-11-23T10:00:00+01:00[Europe/Prague]"));
    master.shared.recurrence = vec!["RRULE:FREQ=WEEKLY;BYDAY=MO".to_owned()];
    master
}

fn exception(master: &Event, original: &str, tag: u8, change: impl FnOnce(&mut Event)) -> Exception<u8> {
    let mut event = instance(master, start(original), &TimeZone::UTC).expect("an occurrence");
    change(&mut event);
    Exception { original_start: start(original), event, tag }
}

/// What a window shows: original start, title, tag of the exception.
fn shown(master: &Event, exceptions: &[Exception<u8>], from: &str, to: &str) -> Vec<(String, String, Option<u8>)> {
    instances(master, exceptions, at(from)..at(to), &TimeZone::UTC)
        .into_iter()
        .inspect(|instance| assert!(instance.event.shared.recurrence.is_empty(), "an instance has no rule"))
        .map(|instance| (instance.original_start.compact(), instance.event.shared.title, instance.exception))
        .collect()
}

fn row(original: &str, title: &str, tag: Option<u8>) -> (String, String, Option<u8>) {
    (original.to_owned(), title.to_owned(), tag)
}

const NOVEMBER: (&str, &str) = ("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");
const DECEMBER: (&str, &str) = ("2026-12-01T00:00:00Z", "2026-12-20T00:00:00Z");

#[test]
fn exceptions_stand_for_their_occurrence_wherever_they_lie() {
    let master = mondays();
    let renamed = exception(&master, "20261123T090000Z", 1, |event| event.shared.title = "kick-off".to_owned());
    let moved_out = exception(&master, "20261130T090000Z", 2, |event| {
        event.shared.when = hour("2026-12-01T08:00:00+01:00[Europe/Prague]");
    });
    let moved_in = exception(&master, "20270104T090000Z", 3, |event| {
        event.shared.when = hour("2026-12-08T10:00:00+01:00[Europe/Prague]");
    });
    let cancelled = exception(&master, "20261214T090000Z", 4, |event| event.shared.status = Status::Cancelled);
    let all = [cancelled, moved_in, moved_out, renamed];
    assert_eq!(shown(&master, &all, NOVEMBER.0, NOVEMBER.1), [row("20261123T090000Z", "kick-off", Some(1))]);
    assert_eq!(
        shown(&master, &all, DECEMBER.0, DECEMBER.1),
        [
            row("20261130T090000Z", "standup", Some(2)),
            row("20261207T090000Z", "standup", None),
            row("20270104T090000Z", "standup", Some(3)),
        ]
    );
    assert_eq!(shown(&master, &all, "2027-01-04T00:00:00Z", "2027-01-05T00:00:00Z"), []);
}

#[test]
fn a_cancelled_series_shows_nothing() {
    let mut master = mondays();
    let kept = exception(&master, "20261123T090000Z", 1, |_| ());
    master.shared.status = Status::Cancelled;
    assert_eq!(shown(&master, &[kept], NOVEMBER.0, NOVEMBER.1), []);
}

#[test]
fn the_first_occurrence_may_be_cancelled_like_any_other() {
    let master = mondays();
    let first = exception(&master, "20261123T090000Z", 1, |event| event.shared.status = Status::Cancelled);
    assert_eq!(shown(&master, &[first], NOVEMBER.0, NOVEMBER.1), [row("20261130T090000Z", "standup", None)]);
}

#[test]
fn an_occurrence_that_the_rule_does_not_give_is_none() {
    let master = mondays();
    for text in ["20261124T090000Z", "20261123T100000Z", "20261116T090000Z", "20261123"] {
        assert_eq!(instance(&master, start(text), &TimeZone::UTC), None, "{text}");
    }
    let found = instance(&master, start("20270405T080000Z"), &TimeZone::UTC).unwrap();
    assert_eq!(found.shared.when, hour("2027-04-05T10:00:00+02:00[Europe/Prague]"));
    assert!(found.shared.recurrence.is_empty());
}

#[test]
fn an_exception_follows_its_series_in_what_it_did_not_override() {
    let before = mondays();
    let guest = |email: &str| Attendee {
        email: EmailAddress::parse(email).unwrap(),
        name: None,
        answer: Answer::NeedsAction,
        optional: false,
        resource: false,
        comment: None,
    };
    let mut after = before.clone();
    after.shared.title = "weekly".to_owned();
    after.shared.location = "Room 2".to_owned();
    after.shared.when = hour("2026-11-23T14:00:00+01:00[Europe/Prague]");
    after.shared.recurrence = vec!["RRULE:FREQ=DAILY".to_owned()];
    after.shared.attendees.push(guest("ann@acme.test"));
    after.private.transparent = true;

    let moved = exception(&before, "20261130T090000Z", 1, |event| {
        event.shared.when = hour("2026-12-01T08:00:00+01:00[Europe/Prague]");
        event.shared.title = "early".to_owned();
    });
    let followed = exception_follows(&before, &after, &moved.event);
    assert_eq!(followed.shared.title, "early");
    assert_eq!(followed.shared.when, moved.event.shared.when);
    assert_eq!(followed.shared.location, "Room 2");
    assert_eq!(followed.shared.attendees, after.shared.attendees);
    assert!(followed.private.transparent && followed.shared.recurrence.is_empty());

    let cancelled = exception(&before, "20261130T090000Z", 2, |event| event.shared.status = Status::Cancelled);
    assert_eq!(exception_follows(&before, &after, &cancelled.event).shared.status, Status::Cancelled);
    assert_eq!(exception_follows(&before, &before, &moved.event), moved.event);
}

#[test]
fn ids_of_occurrences() {
    for (text, id, expect) in [
        ("abc_20261124T064000Z", "abc", Some("20261124T064000Z")),
        ("abc_20261124", "abc", Some("20261124")),
        ("abc_R20261124T064000_20261201T064000Z", "abc_R20261124T064000", Some("20261201T064000Z")),
        ("0199aa11-7c00-7000-8000-000000000001_20261124", "0199aa11-7c00-7000-8000-000000000001", Some("20261124")),
        ("abc", "abc", None),
        ("abc_R20261124T064000", "abc_R20261124T064000", None),
        ("abc_", "abc_", None),
        ("_20261124", "_20261124", None),
        ("abc_20261324", "abc_20261324", None),
        ("", "", None),
    ] {
        assert_eq!(parse_occurrence_id(text), (id, expect.map(start)), "{text}");
    }
}
