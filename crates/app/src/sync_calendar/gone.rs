//! What Google does not have any more: marked first, and parted from its copy.

use std::collections::BTreeSet;

use portico_kernel::{EntryId, MeetingId};
use portico_store::{EventType, SyncEntry};

use super::hand::{Fact, Hand, Seat};

/// Whether an event is on its way to another Google calendar: that this one has it no more may be our own doing.
pub(super) fn is_leaving(hand: &Hand, id: EntryId) -> bool {
    let moves = |id: EntryId| hand.entries.get(&id).is_some_and(|entry| entry.moving_to.is_some());
    moves(id) || hand.entries.get(&id).and_then(|entry| entry.series_entry_id).is_some_and(moves)
}

/// Google does not have it any more. Marked only: whether it is removed is decided when the whole answer is there.
pub(super) fn gone(hand: &mut Hand, seat: &Seat<'_>, id: EntryId) {
    if is_leaving(hand, id) {
        return;
    }
    let entry = &hand.entries[&id];
    let meeting = entry.meeting_id;
    if entry.is_live() {
        hand.change(id, |entry| entry.gone_at = entry.gone_at.or(Some(seat.now)));
    } else {
        hand.change(id, unlink_copy);
        end_waiting(hand, seat, meeting);
    }
}

/// Colleagues who wait for a copy of something that nobody has at Google wait in vain; should one come all the same, it
/// brings the meeting back.
pub(super) fn end_waiting(hand: &mut Hand, seat: &Seat<'_>, meeting: MeetingId) {
    let siblings = hand.of_meeting(meeting);
    if siblings.iter().any(|sibling| hand.entries[sibling].base.is_some()) {
        return;
    }
    // Where Google has the series, an occurrence without a copy of its own is there by the rule.
    let is_by_rule = |entry: &SyncEntry| {
        entry.series_entry_id.and_then(|series| hand.entries.get(&series)).is_some_and(|series| series.base.is_some())
    };
    let waits =
        |entry: &SyncEntry| entry.incarnation == 0 && entry.speaker.is_some() && entry.is_live() && !is_by_rule(entry);
    let waiting: Vec<EntryId> = siblings.into_iter().filter(|sibling| waits(&hand.entries[sibling])).collect();
    let with_exceptions: Vec<EntryId> = hand
        .entries
        .values()
        .filter(|entry| entry.series_entry_id.is_some_and(|series| waiting.contains(&series)) && waits(entry))
        .map(|entry| entry.id)
        .chain(waiting.iter().copied())
        .collect();
    for id in with_exceptions {
        hand.change(id, |entry| {
            entry.pushed_version = entry.local_version;
            entry.deleted_at = Some(seat.now);
        });
        hand.note(id, Fact::Deleted);
    }
}

/// Colleagues wait here for the copy of an outsider's event, and all that Google has was read: what nobody has any more does
/// not come. Where a colleague organizes it, it comes with the organizer's.
pub(super) fn end_waiting_in_vain(hand: &mut Hand, seat: &Seat<'_>, waiting: &[EntryId]) {
    let meetings: BTreeSet<MeetingId> =
        waiting.iter().filter_map(|id| hand.entries.get(id)).map(|entry| entry.meeting_id).collect();
    for id in meetings {
        let Some(meeting) = hand.meetings.get(&id) else { continue };
        let organizer = Some(meeting.organizer_email.as_str());
        let rows: Vec<&SyncEntry> = hand.of_meeting(id).iter().filter_map(|row| hand.entries.get(row)).collect();
        let is_outsiders =
            rows.iter().all(|row| row.speaker.as_deref() != organizer && row.owner.as_deref() != organizer);
        // A copy was there, and is not any more.
        let is_over = rows.iter().any(|row| Some(row.id) == meeting.lead_entry_id && row.incarnation > 0);
        if is_outsiders && is_over {
            end_waiting(hand, seat, id);
        }
    }
}

/// The entry has no copy at Google any more; what goes out later needs a new id, and is a usual event.
pub(crate) fn unlink_copy(entry: &mut SyncEntry) {
    entry.google_id = None;
    entry.event_type = EventType::Default;
    entry.incarnation += 1;
    entry.etag = String::new();
    entry.base = None;
    entry.remote = None;
    entry.sending.clear();
    entry.gone_at = None;
    entry.asking_since = None;
    entry.pushed_version = entry.local_version;
    entry.push_problem = None;
    entry.refused_version = None;
    entry.act = None;
}
