//! What has to be sent to Google for one entry. Pure.

use portico_calendar::{Answer, Attendee, Event, Status};
use portico_google::calendar::{self as google, EventPatch};
use portico_kernel::{EntryId, Timestamp};
use portico_store::{Direction, SyncEntry};
use serde_json::Value;

use super::{
    hand::{Hand, Seat},
    wanted::{is_born_here, left_to_do, organizes, own_line, pen, wanted},
};
use crate::google_event::{Pen, google_id, insert_body, instance_id, make_again_as};

/// The next step for one entry.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// Google has what it should have.
    Done,
    /// Nothing can be sent now: it waits for another entry, or for Google's copy of a colleague's meeting.
    Wait,
    /// Google has taken the guest's copy away: the guest has declined there, and cannot say anything through it any more.
    NoCopy,
    /// Google's copy has to be read first.
    Read { google_id: String },
    /// The event is made.
    Insert { google_id: String, body: Box<google::Event>, sent: Event, mails: bool },
    /// The difference is sent.
    Patch { google_id: String, patch: Box<EventPatch>, sent: Event, mails: bool },
    /// The event, or one instance, is deleted.
    Delete { google_id: String, mails: bool },
}

/// Decides. `asked_not_to_mail` holds mails back that the guard has not let through.
pub(super) fn next_step(hand: &Hand, seat: &Seat<'_>, id: EntryId) -> Step {
    let Some(entry) = hand.entries.get(&id) else { return Step::Done };
    if seat.link.direction == Direction::FromGoogle {
        return Step::Wait;
    }
    let Some(meeting) = hand.meetings.get(&entry.meeting_id) else { return Step::Done };
    let organizer = matches!(pen(hand, seat.link, id), Pen::Organizer { .. });
    if !entry.is_live() {
        return if organizer { delete_step(hand, seat, entry) } else { decline_step(hand, seat, entry) };
    }
    let copy = match (&entry.google_id, meeting.original_start) {
        (Some(google_id), _) => google_id.clone(),
        (None, Some(original)) => match entry.series_entry_id.and_then(|series| hand.entries.get(&series)) {
            Some(series) if series.base.is_some() => match &series.google_id {
                Some(master) => instance_id(master, original),
                None => return Step::Wait,
            },
            // The series' own copy is gone: there is nothing of which this could be an occurrence. Who was taken off the
            // series and is asked to this one is still to get a copy of it.
            Some(series) if series.incarnation > 0 && series.is_live() && !organizer => return Step::NoCopy,
            _ => return Step::Wait,
        },
        (None, None) => google_id(entry.id, entry.incarnation),
    };
    if meeting.original_start.is_some() {
        if entry.base.is_none() || entry.etag.is_empty() {
            return Step::Read { google_id: copy };
        }
        if meeting.shared.status == Status::Cancelled {
            let there = entry.base.as_ref().is_some_and(|base| base.shared.status != Status::Cancelled);
            return match (there, organizer) {
                (false, _) => Step::Done,
                (true, true) => Step::Delete { google_id: copy, mails: mails(hand, seat, entry, true) },
                // The organizer has called it off: Google takes this copy away. It is no answer of the guest's.
                (true, false) => Step::Wait,
            };
        }
    } else if entry.base.is_none() {
        if !is_ours_to_insert(hand, seat, id) {
            return waiting_step(hand, entry);
        }
        if meeting.shared.status == Status::Cancelled {
            return Step::Done;
        }
        let mut sent = wanted(hand, id, None);
        let pen = pen(hand, seat.link, id);
        let mut body = insert_body(&sent, &copy, id, &pen);
        if let Some(last) = entry.remote.as_deref().and_then(|text| serde_json::from_str(text).ok()) {
            make_again_as(&mut body, last);
        }
        if !matches!(pen, Pen::Organizer { attendees: true, .. }) {
            // Guests who stay at home were not there to be taken off the list.
            sent.shared.attendees.clear();
        }
        return Step::Insert { google_id: copy, body: Box::new(body), sent, mails: mails(hand, seat, entry, true) };
    }
    if entry.etag.is_empty() {
        return Step::Read { google_id: copy };
    }
    match left_to_do(hand, seat.link, id) {
        Some((patch, changed, wanted)) if !patch.is_empty() => {
            let sent = after_patch(entry.base.as_ref(), &wanted, &pen(hand, seat.link, id));
            let mails = mails(hand, seat, entry, changed.seen_by_guests());
            Step::Patch { google_id: copy, patch: Box::new(patch), sent, mails }
        }
        _ => Step::Done,
    }
}

/// What Google has when the patch has arrived.
fn after_patch(base: Option<&Event>, wanted: &Event, pen: &Pen) -> Event {
    match (pen, base) {
        (Pen::Guest { own }, Some(base)) => {
            let mut event = Event { shared: base.shared.clone(), private: wanted.private.clone() };
            if let Some(line) = own_line(wanted, own).cloned() {
                for known in event.shared.attendees.iter_mut().filter(|known| known.email == *own) {
                    (known.answer, known.comment) = (line.answer, line.comment.clone());
                }
            }
            event
        }
        (Pen::Organizer { attendees, details }, Some(base)) => {
            let mut event = wanted.clone();
            if !attendees {
                event.shared.attendees = base.shared.attendees.clone();
            }
            if !details {
                event.shared.title.clone_from(&base.shared.title);
                event.shared.description.clone_from(&base.shared.description);
                event.shared.location.clone_from(&base.shared.location);
            }
            event
        }
        (_, None) => wanted.clone(),
    }
}

/// A colleague's copy that is not here yet. It is gone and does not come back by itself; or Google has it, because the
/// organizer's is there; or it will come with the organizer's.
fn waiting_step(hand: &Hand, entry: &SyncEntry) -> Step {
    if entry.incarnation > 0 {
        return Step::NoCopy;
    }
    match unread_copy(hand, entry) {
        Some(google_id) => Step::Read { google_id },
        None => Step::Wait,
    }
}

/// Only the organizer's own calendar inserts a meeting; a colleague's waits for Google's copy.
fn is_ours_to_insert(hand: &Hand, seat: &Seat<'_>, id: EntryId) -> bool {
    let meeting = &hand.meetings[&hand.entries[&id].meeting_id];
    meeting.lead_entry_id.is_none_or(|lead| lead == id) && (organizes(hand, seat.link, id) || is_born_here(hand, id))
}

fn delete_step(hand: &Hand, seat: &Seat<'_>, entry: &SyncEntry) -> Step {
    match (&entry.google_id, &entry.base) {
        (Some(google_id), Some(base)) if base.shared.status != Status::Cancelled => {
            Step::Delete { google_id: google_id.clone(), mails: mails(hand, seat, entry, true) }
        }
        (Some(google_id), None) if !entry.sending.is_empty() => Step::Read { google_id: google_id.clone() },
        _ => Step::Done,
    }
}

/// The id of a guest's copy that Google must have and that was never read.
fn unread_copy(hand: &Hand, entry: &SyncEntry) -> Option<String> {
    let meeting = hand.meetings.get(&entry.meeting_id)?;
    if entry.incarnation > 0 {
        return None;
    }
    if let Some(original) = meeting.original_start {
        let series = hand.entries.get(&entry.series_entry_id?)?;
        return series.base.as_ref().and(series.google_id.as_deref()).map(|master| instance_id(master, original));
    }
    let lead = hand.entries.get(&meeting.lead_entry_id?)?;
    lead.base.as_ref().and(lead.google_id.clone())
}

/// Whether this is an occurrence whose copy Google has not yet brought to this calendar: with that of its series, or by
/// itself to who was taken off the series and is asked to this one.
fn is_coming(hand: &Hand, entry: &SyncEntry) -> bool {
    let Some(series) = entry.series_entry_id.and_then(|series| hand.entries.get(&series)) else { return false };
    let lead = hand.meetings.get(&entry.meeting_id).and_then(|meeting| hand.entries.get(&meeting.lead_entry_id?));
    let by_itself = !series.is_live() && entry.incarnation == 0 && lead.is_some_and(|lead| lead.base.is_some());
    by_itself || (series.is_live() && series.base.is_none() && series.incarnation == 0)
}

/// Whether an entry that does not wait to go out has a copy at Google that was never read.
pub(super) fn is_unread(hand: &Hand, id: EntryId) -> bool {
    hand.entries
        .get(&id)
        .is_some_and(|entry| entry.base.is_none() && !entry.is_pending() && unread_copy(hand, entry).is_some())
}

/// A guest's "delete" is a "no".
fn decline_step(hand: &Hand, seat: &Seat<'_>, entry: &SyncEntry) -> Step {
    let Pen::Guest { own } = pen(hand, seat.link, entry.id) else { return Step::Done };
    let (Some(google_id), Some(base)) = (&entry.google_id, &entry.base) else {
        return match unread_copy(hand, entry) {
            Some(google_id) => Step::Read { google_id },
            // The copy comes with that of the series, and is declined then.
            None if is_coming(hand, entry) => Step::Wait,
            None => Step::Done,
        };
    };
    let Some(known) = own_line(base, &own) else { return Step::Done };
    if known.answer == Answer::Declined {
        return Step::Done;
    }
    if entry.etag.is_empty() {
        return Step::Read { google_id: google_id.clone() };
    }
    let mut sent = base.clone();
    for line in sent.shared.attendees.iter_mut().filter(|line| line.email == own) {
        line.answer = Answer::Declined;
    }
    let remote = entry.remote.as_deref().and_then(|text| serde_json::from_str::<google::Event>(text).ok());
    let (patch, _) = crate::google_event::patch_body(
        base,
        &sent,
        remote.as_ref(),
        &Pen::Guest { own },
        entry.series_entry_id.is_some(),
    );
    let mails = mails(hand, seat, entry, true);
    Step::Patch { google_id: google_id.clone(), patch: Box::new(patch), sent, mails }
}

/// Google mails guests only for a person's own act, on an event that is not over, about something that guests see.
fn mails(hand: &Hand, seat: &Seat<'_>, entry: &SyncEntry, seen: bool) -> bool {
    seen && wants_mail(entry) && entry.span_end > seat.now && has_guests(hand, seat, entry)
}

/// Whether the act that waits is a person's who wants the guests to know.
pub(super) fn wants_mail(entry: &SyncEntry) -> bool {
    entry.act.as_ref().is_some_and(|act| act.get("notify").and_then(Value::as_bool).unwrap_or(true))
}

fn has_guests(hand: &Hand, seat: &Seat<'_>, entry: &SyncEntry) -> bool {
    let own = seat.own_address_of(entry);
    let is_other = |line: &Attendee| Some(&line.email) != own.as_ref();
    let meeting = hand.meetings.get(&entry.meeting_id).map(|meeting| &meeting.shared);
    let lists = entry.base.iter().map(|base| &base.shared).chain(meeting);
    lists.flat_map(|shared| &shared.attendees).any(is_other)
}

/// When the person acted, for the guard.
pub(super) fn acted_at(entry: &SyncEntry) -> Option<Timestamp> {
    entry.act.as_ref()?.get("at")?.as_i64().map(Timestamp)
}
