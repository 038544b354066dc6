//! What a series does to the occurrences that have a row of their own here, and they to it.

use portico_calendar::{Answer, Event, Private, Shared};
use portico_kernel::{EmailAddress, EntryId, MeetingId};
use portico_store::{SyncEntry, SyncMeeting};

use super::{
    absorb::says_other,
    gone::unlink_copy,
    hand::{Fact, Hand, Seat},
    share::status,
};

/// An occurrence was edited at Google whose series was deleted here meanwhile, by somebody who did not see the edit: Google's
/// stands, and the person is asked.
pub(super) fn outweigh_deletion(hand: &mut Hand, series: EntryId, base: &Event, theirs: &Event) {
    let Some(whole) = hand.entries.get(&series) else { return };
    let leads = hand.meetings.get(&whole.meeting_id).is_some_and(|meeting| meeting.lead_entry_id == Some(series));
    if leads && !whole.is_live() && whole.is_pending() && says_other(base, theirs) {
        hand.clash(series, vec![status("confirmed", "cancelled", "confirmed")]);
        restore_with_siblings(hand, series);
    }
}

/// An event that Google has again is shown again, with the occurrences that went with it.
pub(super) fn restore_with_occurrences(hand: &mut Hand, id: EntryId) {
    let (at, by) = (hand.entries[&id].deleted_at, hand.entries[&id].deleted_by);
    let together = |other: &&SyncEntry| {
        other.id == id || (other.series_entry_id == Some(id) && other.deleted_at == at && other.deleted_by == by)
    };
    for other in hand.entries.values().filter(together).map(|other| other.id).collect::<Vec<_>>() {
        hand.change(other, |entry| (entry.deleted_at, entry.deleted_by) = (None, None));
        hand.note(other, Fact::Restored);
    }
}

/// Takes a deletion back that Google's edit outweighs, in every calendar from which it took the meeting.
pub(super) fn restore_with_siblings(hand: &mut Hand, id: EntryId) {
    let deleted_at = hand.entries[&id].deleted_at;
    let meeting = hand.entries[&id].meeting_id;
    let together: Vec<EntryId> = hand
        .entries
        .values()
        .filter(|other| other.deleted_at == deleted_at)
        .filter(|other| {
            let series = hand.meetings.get(&other.meeting_id).and_then(|row| row.series_id);
            other.meeting_id == meeting || other.series_entry_id == Some(id) || series == Some(meeting)
        })
        .map(|other| other.id)
        .collect();
    for other in together {
        hand.change(other, |entry| {
            entry.deleted_at = None;
            entry.deleted_by = None;
            if other == id {
                entry.act = None;
            }
        });
        hand.note(other, Fact::Restored);
    }
}

/// The occurrences of a series that have a row here and none of their own at Google.
pub(super) fn plain_occurrences(hand: &Hand, series: EntryId) -> Vec<EntryId> {
    let is_plain =
        |other: &&SyncEntry| other.series_entry_id == Some(series) && other.base.is_none() && other.is_live();
    hand.entries.values().filter(is_plain).map(|other| other.id).collect()
}

/// The meetings of such occurrences; also of one that was removed from this calendar, as long as a colleague sees it and no
/// calendar has a copy at Google that says what became of it.
fn plain_meetings(hand: &Hand, series: EntryId) -> Vec<MeetingId> {
    let is_unsaid = |meeting: MeetingId| {
        let rows: Vec<&SyncEntry> = hand.of_meeting(meeting).iter().filter_map(|row| hand.entries.get(row)).collect();
        rows.iter().all(|row| row.base.is_none()) && rows.iter().any(|row| row.is_live())
    };
    let is_plain = |other: &&SyncEntry| {
        other.series_entry_id == Some(series)
            && other.base.is_none()
            && (other.is_live() || is_unsaid(other.meeting_id))
    };
    hand.entries.values().filter(is_plain).map(|other| other.meeting_id).collect()
}

/// Occurrences that were there by themselves belong to their series from now on, in every calendar that has both.
pub(super) fn adopt_occurrences(hand: &mut Hand, series: EntryId) {
    let Some(whole) = hand.meeting_of(series).filter(|whole| !whole.shared.recurrence.is_empty()) else { return };
    let is_of_it = |meeting: &&SyncMeeting| {
        meeting.original_start.is_some() && meeting.uid == whole.uid && meeting.organizer_email == whole.organizer_email
    };
    let occurrences: Vec<MeetingId> = hand.meetings.values().filter(is_of_it).map(|meeting| meeting.id).collect();
    for occurrence in occurrences {
        adopt_occurrence(hand, series, occurrence);
    }
}

/// The same for one of them.
pub(super) fn adopt_occurrence(hand: &mut Hand, series: EntryId, occurrence: MeetingId) {
    let whole = hand.entries[&series].meeting_id;
    if hand.meetings.get(&occurrence).is_some_and(|meeting| meeting.series_id.is_none()) {
        hand.change_meeting(occurrence, |meeting| meeting.series_id = Some(whole));
    }
    let alone: Vec<EntryId> = hand.of_meeting(occurrence);
    let alone: Vec<EntryId> = alone.into_iter().filter(|row| hand.entries[row].series_entry_id.is_none()).collect();
    for row in alone {
        let calendar = hand.entries[&row].calendar_id;
        let series = hand.of_meeting(whole).into_iter().find(|series| hand.entries[series].calendar_id == calendar);
        hand.change(row, |entry| entry.series_entry_id = series);
    }
}

/// The copy of a series is gone, and those of its occurrences with it. What is shown all the same has been taken back
/// meanwhile: it goes out again with its series.
pub(super) fn part_occurrences(hand: &mut Hand, series: EntryId) {
    let is_own = |other: &&SyncEntry| other.series_entry_id == Some(series);
    let own: Vec<EntryId> = hand.entries.values().filter(is_own).map(|other| other.id).collect();
    for other in own {
        hand.change(other, |entry| {
            unlink_copy(entry);
            if entry.is_live() {
                entry.local_version = entry.pushed_version + 1;
            }
        });
    }
}

/// Occurrences that the series has no more after Google gave it other times go, where Google has none of their own to tell
/// of. What waits to go out is kept in a conflict.
pub(super) fn drop_occurrences(hand: &mut Hand, seat: &Seat<'_>, series: EntryId, before: &Shared) {
    let after = &hand.meetings[&hand.entries[&series].meeting_id].shared;
    if after.recurrence.is_empty() || (before.when == after.when && before.recurrence == after.recurrence) {
        return;
    }
    let rule = portico_calendar::Recurrence::read(&after.recurrence, &after.when);
    for own in plain_occurrences(hand, series) {
        let meeting = hand.entries[&own].meeting_id;
        let start = hand.meetings.get(&meeting).and_then(|row| row.original_start);
        let rows = hand.of_meeting(meeting);
        if start.is_none_or(|start| rule.contains(start)) {
            continue;
        }
        for row in rows.into_iter().filter(|row| hand.entries[row].is_live()).collect::<Vec<_>>() {
            if hand.entries[&row].is_pending() {
                hand.clash(row, vec![status("confirmed", "confirmed", "cancelled")]);
            }
            hand.change(row, |entry| {
                entry.deleted_at = Some(seat.now);
                entry.pushed_version = entry.local_version;
                entry.act = None;
            });
            hand.note(row, Fact::Deleted);
        }
    }
}

/// Occurrences that have a row here and are none of their own at Google follow their series in what they do not override.
pub(super) fn follow_series(hand: &mut Hand, series: EntryId, before: &Shared) {
    let after = hand.meetings[&hand.entries[&series].meeting_id].shared.clone();
    let event = |shared: &Shared| Event { shared: shared.clone(), private: Private::default() };
    for id in plain_meetings(hand, series) {
        let Some(row) = hand.meetings.get(&id) else { continue };
        let followed = portico_calendar::exception_follows(&event(before), &event(&after), &event(&row.shared)).shared;
        hand.change_meeting(id, |meeting| meeting.shared = followed);
    }
}

/// The same for what is the calendar's own.
pub(super) fn follow_private(hand: &mut Hand, series: EntryId, before: &Private, after: &Private) {
    let shared = hand.meetings[&hand.entries[&series].meeting_id].shared.clone();
    let event = |private: &Private| Event { shared: shared.clone(), private: private.clone() };
    for own in plain_occurrences(hand, series) {
        let here = &hand.entries[&own].private;
        let followed = portico_calendar::exception_follows(&event(before), &event(after), &event(here)).private;
        hand.change(own, |entry| entry.private = followed);
    }
}

/// Answers that were given here to single occurrences before Google's copy of the series came: Google, which has no copy of
/// such an occurrence, is still to be told.
pub(super) fn answers_go_along(hand: &mut Hand, series: EntryId, own: &EmailAddress) {
    let answer = |meeting: MeetingId| {
        let lines = hand.meetings.get(&meeting).map(|row| row.shared.attendees.iter());
        lines.and_then(|mut lines| lines.find(|line| line.email == *own)).map(|line| line.answer)
    };
    let of_series = answer(hand.entries[&series].meeting_id);
    let untold: Vec<EntryId> = plain_occurrences(hand, series)
        .into_iter()
        .filter(|other| !hand.entries[other].is_pending())
        .filter(|other| {
            let said = answer(hand.entries[other].meeting_id);
            said != of_series && said.is_some_and(|said| said != Answer::NeedsAction)
        })
        .collect();
    for other in untold {
        hand.change(other, |entry| entry.local_version = entry.pushed_version + 1);
    }
}

/// A series that a link carries from now on takes the occurrences along that nobody carried, also those that were deleted
/// here meanwhile: Google is still to be told.
pub(super) fn carry_occurrences(hand: &mut Hand, seat: &Seat<'_>, series: EntryId) {
    let is_left = |other: &&SyncEntry| other.series_entry_id == Some(series) && other.link_id.is_none();
    let left: Vec<EntryId> = hand.entries.values().filter(is_left).map(|other| other.id).collect();
    for other in left {
        hand.change(other, |entry| {
            entry.link_id = Some(seat.link.id);
            entry.act = None;
        });
    }
}
