//! What holds for every merge, whatever the three events are.

use portico_calendar::{
    Answer, Attendee, Conference, Event, Field, Merged, Moment, Private, Reminder, ReminderMethod, Reminders, Status,
    Visibility, When, diff, merge,
};
use portico_kernel::EmailAddress;
use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
    sample::select,
};

fn text() -> impl Strategy<Value = String> {
    // Few texts, so that sides agree often; some of them differ in nothing but their spelling.
    select(vec!["", "standup", "standup ", "Review 🎉", "<b>x</b>\r\ny", "<b>x</b>\ny", "会議"]).prop_map(str::to_owned)
}

fn when() -> impl Strategy<Value = When> {
    let timed =
        |start: &str, end: &str| When::Timed { start: Moment::parse(start).unwrap(), end: Moment::parse(end).unwrap() };
    let day = |text: &str| text.parse().unwrap();
    select(vec![
        timed("2026-11-24T10:00:00+01:00[Europe/Prague]", "2026-11-24T11:00:00+01:00[Europe/Prague]"),
        timed("2026-11-24T10:00:00+01:00[Europe/Prague]", "2026-11-24T10:30:00+01:00[Europe/Prague]"),
        timed("2026-11-24T17:00:00+08:00[Asia/Taipei]", "2026-11-24T18:00:00+08:00[Asia/Taipei]"),
        When::AllDay { start: day("2026-11-24"), end: day("2026-11-25") },
    ])
}

fn guest() -> impl Strategy<Value = (Answer, bool, Option<&'static str>)> {
    let answer = select(vec![Answer::NeedsAction, Answer::Accepted, Answer::Declined]);
    (answer, any::<bool>(), option::weighted(0.2, Just("late")))
}

fn guests() -> impl Strategy<Value = Vec<Attendee>> {
    let address = select(vec!["ann@acme.test", "ben@acme.test", "cyd@other.test", "dan@other.test"]);
    btree_map(address, guest(), 0..4).prop_map(|guests| {
        guests
            .into_iter()
            .map(|(email, (answer, optional, comment))| Attendee {
                email: EmailAddress::parse(email).unwrap(),
                name: None,
                answer,
                optional,
                resource: false,
                comment: comment.map(str::to_owned),
            })
            .collect()
    })
}

fn conference() -> impl Strategy<Value = Option<Conference>> {
    let request = || "request-1".to_owned();
    let room = |name: &str| Conference::Ready { url: format!("https://meet.google.com/{name}"), id: None };
    option::of(select(vec![
        Conference::Wanted { request_id: request() },
        Conference::Pending { request_id: request() },
        Conference::Failed { request_id: request() },
        room("abc"),
        room("xyz"),
    ]))
}

fn private() -> impl Strategy<Value = Private> {
    let reminder = |method, minutes| Reminder { method, minutes };
    let (mail, popup) = (reminder(ReminderMethod::Email, 30), reminder(ReminderMethod::Popup, 10));
    let reminders = select(vec![
        Reminders::Calendar,
        Reminders::Own(Vec::new()),
        Reminders::Own(vec![mail.clone(), popup.clone()]),
        Reminders::Own(vec![popup, mail]),
    ]);
    let visibility = option::of(select(vec![Visibility::Private, Visibility::Public]));
    (visibility, any::<bool>(), reminders, option::of(Just("7".to_owned())))
        .prop_map(|(visibility, transparent, reminders, color)| Private { visibility, transparent, reminders, color })
}

fn event() -> impl Strategy<Value = Event> {
    let recurrence = select(vec![
        vec![],
        vec!["RRULE:FREQ=DAILY".to_owned()],
        vec!["RRULE:FREQ=DAILY;INTERVAL=1".to_owned()],
        vec!["RRULE:FREQ=WEEKLY;COUNT=4".to_owned()],
    ]);
    let status = select(vec![Status::Confirmed, Status::Confirmed, Status::Tentative]);
    let shared = (text(), text(), text(), when(), recurrence, status, guests(), conference(), any::<[bool; 3]>());
    (shared, private()).prop_map(|(shared, private)| {
        let (title, description, location, when, recurrence, status, attendees, conference, rights) = shared;
        let mut event = Event::new(title, when);
        event.shared.description = description;
        event.shared.location = location;
        event.shared.recurrence = recurrence;
        event.shared.status = status;
        event.shared.attendees = attendees;
        event.shared.conference = conference;
        event.shared.guests_can_modify = rights[0];
        event.shared.guests_can_invite_others = rights[1];
        event.shared.guests_can_see_other_guests = rights[2];
        event.private = private;
        event
    })
}

/// Three events of which the second and third are the first with some fields of another.
fn three() -> impl Strategy<Value = (Event, Event, Event)> {
    let edits = || vec(select(Field::ALL.to_vec()), 0..5);
    (event(), event(), event(), edits(), edits()).prop_map(|(base, ours, theirs, our_edits, their_edits)| {
        let edited = |fields: &[Field], from: &Event| {
            let mut event = base.clone();
            for field in fields {
                field.copy(from, &mut event);
            }
            event
        };
        let (ours, theirs) = (edited(&our_edits, &ours), edited(&their_edits, &theirs));
        (base, ours, theirs)
    })
}

fn has_room(event: &Event) -> bool {
    matches!(event.shared.conference, Some(Conference::Ready { .. }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_only_they_changed_is_taken((base, _, theirs) in three()) {
        let merged = merge(Some(&base), &base, &theirs);
        prop_assert_eq!(&merged.event, &theirs);
        prop_assert!(merged.to_push.is_empty() && merged.conflicts.is_empty());
    }

    #[test]
    fn what_only_we_changed_goes_out((base, ours, _) in three()) {
        let merged = merge(Some(&base), &ours, &base);
        prop_assert_eq!(diff(&merged.event, &ours), vec![]);
        prop_assert_eq!(merged.to_push, diff(&base, &ours));
        prop_assert!(merged.conflicts.is_empty());
    }

    #[test]
    fn what_goes_out_is_the_difference_from_theirs((base, ours, theirs) in three()) {
        let merged = merge(Some(&base), &ours, &theirs);
        prop_assert_eq!(merged.to_push, diff(&theirs, &merged.event));
    }

    #[test]
    fn no_change_is_lost((base, ours, theirs) in three()) {
        let merged = merge(Some(&base), &ours, &theirs);
        for field in Field::ALL {
            let told = merged.conflicts.iter().any(|conflict| conflict.field == field);
            if field == Field::Attendees {
                for address in ["ann@acme.test", "ben@acme.test", "cyd@other.test", "dan@other.test"] {
                    let line = |event: &Event| {
                        let lines = &event.shared.attendees;
                        lines.iter().find(|line| line.email.as_str() == address).cloned()
                    };
                    let (b, o, t, m) = (line(&base), line(&ours), line(&theirs), line(&merged.event));
                    let answer = |line: &Option<Attendee>| line.as_ref().map(|line| line.answer);
                    prop_assert!(answer(&o) == answer(&b) || answer(&m) == answer(&o) || told, "{} of ours", address);
                    prop_assert!(answer(&t) == answer(&b) || answer(&m) == answer(&t) || told, "{} of theirs", address);
                    prop_assert!(o != b || m == t, "{} was only changed by them", address);
                    prop_assert!(t != b || m == o, "{} was only changed by us", address);
                }
                continue;
            }
            let kept = field.same(&merged.event, &ours);
            // A room of theirs answers our wish for one, and a new room of theirs replaces ours.
            let answered = field == Field::Conference && has_room(&theirs) && ours.shared.conference.is_some();
            prop_assert!(field.same(&base, &ours) || kept || told || answered, "{:?} of ours", field);
            // Our room stands against anything of theirs that is none.
            let outlived = field == Field::Conference && !has_room(&theirs) && !field.same(&base, &ours);
            let taken = field.same(&merged.event, &theirs);
            prop_assert!(field.same(&base, &theirs) || taken || outlived, "{:?} of theirs", field);
        }
    }

    #[test]
    fn where_nothing_clashes_it_does_not_matter_which_side_is_which((base, ours, theirs) in three()) {
        let (one, other) = (merge(Some(&base), &ours, &theirs), merge(Some(&base), &theirs, &ours));
        // Of the online meeting, a room stands on their side and not on ours.
        let clashes = |merged: &Merged| -> Vec<Field> {
            merged.conflicts.iter().map(|conflict| conflict.field).filter(|field| *field != Field::Conference).collect()
        };
        prop_assert_eq!(clashes(&one), clashes(&other));
        for field in diff(&one.event, &other.event) {
            prop_assert!(clashes(&one).contains(&field) || field == Field::Conference, "{:?}", field);
        }
    }

    #[test]
    fn a_merge_is_at_rest_after_it_went_out((base, ours, theirs) in three()) {
        let merged = merge(Some(&base), &ours, &theirs);
        // Again before it went out: the same goes out, and nothing clashes any more.
        let again = merge(Some(&theirs), &merged.event, &theirs);
        prop_assert_eq!(&again.event, &merged.event);
        prop_assert_eq!(again.to_push, merged.to_push);
        prop_assert!(again.conflicts.is_empty());
        // And after it: nothing.
        let rest = merge(Some(&merged.event), &merged.event, &merged.event);
        prop_assert!(rest.event == merged.event && rest.to_push.is_empty() && rest.conflicts.is_empty());
    }

    #[test]
    fn two_copies_that_meet_for_the_first_time_are_theirs((_, ours, theirs) in three()) {
        let merged = merge(None, &ours, &theirs);
        prop_assert!(merged.event == theirs && merged.to_push.is_empty() && merged.conflicts.is_empty());
    }

    #[test]
    fn the_base_and_a_copy_of_it_survive_json((base, ..) in three()) {
        let text = serde_json::to_string(&base).unwrap();
        prop_assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), base);
    }
}
