//! What the people of a meeting share: put together from both sides, and carried to what follows from it.

use portico_calendar::{Answer, Attendee, Event, FieldConflict, Private, Shared, Status};
use portico_kernel::{EmailAddress, EntryId, MeetingId};
use portico_store::ConflictField;

use super::{
    absorb::says_other,
    hand::{Fact, Hand, Seat},
    occurrences::{drop_occurrences, follow_private, follow_series},
    wanted::{answering, wanted},
};
use crate::spans::span_of;

pub(super) fn merge_lead(hand: &mut Hand, seat: &Seat<'_>, id: EntryId, base: Option<&Event>, theirs: &Event) {
    let entry = &hand.entries[&id];
    let (meeting_id, pending) = (entry.meeting_id, entry.is_pending());
    let ours = wanted(hand, id, base);
    let mut merged = portico_calendar::merge(base, &ours, theirs);
    for line in answering(hand, id) {
        for known in merged.event.shared.attendees.iter_mut().filter(|known| known.email == line.email) {
            (known.answer, known.comment) = (line.answer, line.comment.clone());
        }
    }
    if pending && !merged.conflicts.is_empty() {
        hand.clash(id, merged.conflicts.iter().map(conflict_field).collect());
    }
    if pending && let Some(base) = base {
        let goes = |event: &Event| event.shared.status == Status::Cancelled;
        match (goes(&ours), goes(theirs)) {
            _ if goes(base) => {}
            // An occurrence that was called off on one side and edited on the other: Google's stands, the person is asked.
            (true, false) if says_other(base, theirs) => {
                hand.clash(id, vec![status("confirmed", "cancelled", "confirmed")]);
                merged.event.shared.status = theirs.shared.status;
            }
            (false, true) if says_other(base, &ours) => {
                hand.clash(id, vec![status("confirmed", "confirmed", "cancelled")]);
            }
            _ => {}
        }
    }
    let before = hand.meetings[&meeting_id].shared.attendees.clone();
    set_shared(hand, seat, id, merged.event.shared);
    let private = merged.event.private;
    set_private(hand, id, private);
    if !same_people(&before, &hand.meetings[&meeting_id].shared.attendees) {
        note_guests(hand, meeting_id, &before);
    }
}

/// Colleagues' calendars have to follow a guest list that was `before`.
pub(super) fn note_guests(hand: &mut Hand, meeting: MeetingId, before: &[Attendee]) {
    let Some(row) = hand.meetings.get(&meeting) else { return };
    let now = &row.shared.attendees;
    let gone: Vec<EmailAddress> = before
        .iter()
        .map(|line| line.email.clone())
        .filter(|email| !now.iter().any(|line| line.email == *email))
        .collect();
    if !gone.is_empty() {
        hand.uninvited.entry(meeting).or_default().extend(gone);
    }
    hand.guests_changed.insert(meeting);
}

pub(super) fn set_shared(hand: &mut Hand, seat: &Seat<'_>, id: EntryId, shared: Shared) {
    let meeting_id = hand.entries[&id].meeting_id;
    let span = span_of(&shared, &seat.zone);
    let before = hand.meetings[&meeting_id].shared.clone();
    let changed = hand.change_meeting(meeting_id, |meeting| {
        meeting.shared = shared;
        (meeting.span_start, meeting.span_end) = (span.start, span.end);
    });
    if changed {
        respan(hand, seat, meeting_id);
        follow_series(hand, id, &before);
        drop_occurrences(hand, seat, id, &before);
        hand.note(id, Fact::Updated);
    }
}

/// Writes what is the calendar's own; occurrences that are none of their own at Google follow.
pub(super) fn set_private(hand: &mut Hand, id: EntryId, private: Private) {
    let before = hand.entries[&id].private.clone();
    if before == private {
        return;
    }
    follow_private(hand, id, &before, &private);
    let meeting = hand.entries[&id].meeting_id;
    if hand.meetings[&meeting].lead_entry_id == Some(id) {
        // A colleague's row without a copy at Google is as private as its organizer's.
        for other in hand.of_meeting(meeting) {
            hand.change(other, |entry| {
                if other != id && entry.base.is_none() && entry.private.visibility == before.visibility {
                    entry.private.visibility = private.visibility;
                }
            });
        }
    }
    hand.change(id, |entry| entry.private = private);
    hand.note(id, Fact::Updated);
}

/// Writes a meeting's new time to its entries.
pub(super) fn respan(hand: &mut Hand, seat: &Seat<'_>, meeting: MeetingId) {
    let span = span_of(&hand.meetings[&meeting].shared, &seat.zone);
    for id in hand.of_meeting(meeting) {
        hand.change(id, |entry| {
            (entry.span_start, entry.span_end, entry.wide) = (span.start, span.end, span.wide);
        });
    }
}

/// Whether each calendar's owner is busy, anew.
pub(super) fn refresh_busy(hand: &mut Hand, meeting: MeetingId) {
    let Some(row) = hand.meetings.get(&meeting) else { return };
    let shared = row.shared.clone();
    for id in hand.of_meeting(meeting) {
        hand.change(id, |entry| {
            let is_own = |line: &&Attendee| {
                let email = Some(line.email.as_str());
                email == entry.speaker.as_deref() || email == entry.owner.as_deref()
            };
            let declined = shared.attendees.iter().find(is_own).is_some_and(|line| line.answer == Answer::Declined);
            entry.is_busy = !entry.private.transparent && shared.status != Status::Cancelled && !declined;
        });
    }
}

pub(super) fn same_people(a: &[Attendee], b: &[Attendee]) -> bool {
    a.len() == b.len() && a.iter().all(|line| b.iter().any(|other| other.email == line.email))
}

/// A conflict over whether the event takes place at all.
pub(super) fn status(base: &str, portico: &str, google: &str) -> ConflictField {
    ConflictField { field: "status".into(), base: base.into(), portico: portico.into(), google: google.into() }
}

pub(super) fn conflict_field(conflict: &FieldConflict) -> ConflictField {
    ConflictField {
        field: serde_json::to_value(conflict.field)
            .ok()
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_default(),
        base: conflict.base.clone(),
        portico: conflict.portico.clone(),
        google: conflict.google.clone(),
    }
}
