//! What Google should have of an entry, and with whose hand it is written.

use std::collections::BTreeSet;

use portico_calendar::{Attendee, Event};
use portico_google::calendar::{self as google, EventPatch};
use portico_kernel::{EmailAddress, EntryId};
use portico_store::Link;

use super::hand::Hand;
use crate::google_event::{Changed, Pen, patch_body};

/// A guest's own line.
pub(super) fn own_line<'a>(event: &'a Event, own: &EmailAddress) -> Option<&'a Attendee> {
    event.shared.attendees.iter().find(|line| line.email == *own)
}

/// Whether the shared fields go out through this entry: it leads, and its calendar organizes the meeting.
pub(super) fn organizes(hand: &Hand, link: &Link, id: EntryId) -> bool {
    let Some(meeting) = hand.meeting_of(id) else { return false };
    let leads = meeting.lead_entry_id.is_none_or(|lead| lead == id);
    leads && (meeting.organizer_email.is_empty() || meeting.organizer_email == link.google_calendar_id)
}

/// Whether no copy of Google's has ever named another organizer.
pub(super) fn is_born_here(hand: &Hand, id: EntryId) -> bool {
    let uid_of = |id| hand.meeting_of(id).and_then(|meeting| meeting.uid.split_once('@')).map(|(local, _)| local);
    let own = hand.entries[&id].series_entry_id.unwrap_or(id);
    uid_of(id).is_some_and(|local| crate::google_event::is_own_id(local, own))
}

/// With whose hand the entry is written.
pub(super) fn pen(hand: &Hand, link: &Link, id: EntryId) -> Pen {
    let entry = &hand.entries[&id];
    let leads = hand.meeting_of(id).is_some_and(|meeting| meeting.lead_entry_id == Some(id));
    let may = hand.meeting_of(id).is_some_and(|meeting| meeting.shared.guests_can_modify);
    // An insert makes its calendar the organizer, whatever address the meeting was planned under.
    if organizes(hand, link, id) || (leads && (may || (entry.base.is_none() && is_born_here(hand, id)))) {
        return Pen::Organizer { attendees: link.sync_attendees && !entry.redacted, details: !entry.redacted };
    }
    match EmailAddress::parse(entry.own_address.as_deref().unwrap_or(&link.google_calendar_id)) {
        Ok(own) => Pen::Guest { own },
        Err(_) => Pen::Organizer { attendees: false, details: !entry.redacted },
    }
}

/// What Google should have. A guest answers through the own calendar, at Google or linked to it; only for a colleague
/// without one the organizer's calendar carries the answer. All other answers stay as Google has them.
pub(super) fn wanted(hand: &Hand, id: EntryId, base: Option<&Event>) -> Event {
    let entry = &hand.entries[&id];
    let meeting = &hand.meetings[&entry.meeting_id];
    let mut event = Event { shared: meeting.shared.clone(), private: entry.private.clone() };
    let Some(base) = base else { return event };
    let mut spoken_for: BTreeSet<&str> = BTreeSet::new();
    spoken_for.extend(entry.speaker.as_deref());
    spoken_for.extend(entry.owner.as_deref());
    for other in hand.of_meeting(entry.meeting_id) {
        let other = &hand.entries[&other];
        if other.speaker.is_none() {
            spoken_for.extend(other.owner.as_deref());
        }
    }
    for line in event.shared.attendees.iter_mut().filter(|line| !spoken_for.contains(line.email.as_str())) {
        if let Some(known) = own_line(base, &line.email) {
            (line.answer, line.comment) = (known.answer, known.comment.clone());
        }
    }
    event
}

/// Colleagues whose own answer is still on its way through their own calendar: what they answered here stands meanwhile.
pub(super) fn answering(hand: &Hand, id: EntryId) -> Vec<Attendee> {
    let entry = &hand.entries[&id];
    let meeting = &hand.meetings[&entry.meeting_id];
    let is_answering = |line: &&Attendee| {
        hand.of_meeting(entry.meeting_id)
            .iter()
            .filter(|other| **other != id)
            .map(|other| &hand.entries[other])
            .any(|other| other.is_pending() && other.speaker.as_deref() == Some(line.email.as_str()))
    };
    meeting.shared.attendees.iter().filter(is_answering).cloned().collect()
}

/// The PATCH that is left to do for an entry whose base is known.
pub(super) fn left_to_do(hand: &Hand, link: &Link, id: EntryId) -> Option<(EventPatch, Changed, Event)> {
    let entry = &hand.entries[&id];
    let base = entry.base.as_ref()?;
    let event = wanted(hand, id, Some(base));
    let remote = entry.remote.as_deref().and_then(|text| serde_json::from_str::<google::Event>(text).ok());
    let is_instance = hand.meetings[&entry.meeting_id].original_start.is_some();
    let (patch, changed) = patch_body(base, &event, remote.as_ref(), &pen(hand, link, id), is_instance);
    Some((patch, changed, event))
}

/// Whether Google has all that it should have.
pub(super) fn is_settled(hand: &Hand, link: &Link, id: EntryId) -> bool {
    hand.entries[&id].is_live() && left_to_do(hand, link, id).is_some_and(|(patch, ..)| patch.is_empty())
}
