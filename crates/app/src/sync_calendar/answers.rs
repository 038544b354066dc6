//! Guests' answers: as Google has them in a guest's own copy, and as they were given here.

use portico_calendar::{Answer, Attendee, Event, Private, Shared};
use portico_google::calendar as google;
use portico_kernel::{EmailAddress, EntryId, MeetingId};
use portico_store::SyncEntry;

use super::{
    hand::{Fact, Hand, Seat},
    occurrences::follow_series,
    share::set_private,
    wanted::own_line,
};
use crate::google_event;

/// A colleague whose calendar is not linked answers here, and the organizer's calendar tells Google. Google takes such an
/// answer only for who has no account there: everybody else answers there alone. Where its line says "no answer" before and
/// after, nothing was said at Google, and what was answered here stands.
pub(super) fn keep_answers_given_here(hand: &Hand, seat: &Seat<'_>, entry: &SyncEntry, theirs: &mut Event) {
    let Some(told) = &entry.base else { return };
    let before = entry.remote.as_deref().and_then(|text| serde_json::from_str::<google::Event>(text).ok());
    let before = before.and_then(|copy| google_event::read(&copy, &seat.zone).ok()).and_then(|copy| copy.event);
    let Some(before) = before else { return };
    let said_nothing =
        |line: &Attendee| own_line(&before, &line.email).is_some_and(|known| known.answer == Answer::NeedsAction);
    let meeting = &hand.meetings[&entry.meeting_id];
    let of_meeting = hand.of_meeting(entry.meeting_id);
    for line in theirs.shared.attendees.iter_mut().filter(|line| line.answer == Answer::NeedsAction) {
        let unlinked = of_meeting.iter().map(|other| &hand.entries[other]).any(|other| {
            other.id != entry.id && other.speaker.is_none() && other.owner.as_deref() == Some(line.email.as_str())
        });
        let here = meeting.shared.attendees.iter().find(|known| known.email == line.email);
        let was_told = own_line(told, &line.email).map(|known| known.answer);
        if let Some(here) = here.filter(|here| unlinked && was_told == Some(here.answer))
            && said_nothing(line)
        {
            (line.answer, line.comment) = (here.answer, here.comment.clone());
        }
    }
}

/// Where guests are hidden from each other, a guest's copy names that guest alone, and who is not named there is invited all
/// the same: whoever was `known` before, stays. Nobody is shown them who may not see them.
pub(super) fn keep_hidden_guests(known: &[Attendee], theirs: &mut Shared) {
    if theirs.guests_can_see_other_guests || theirs.guests_can_modify {
        return;
    }
    for line in known {
        if !theirs.attendees.iter().any(|named| named.email == line.email) {
            theirs.attendees.push(line.clone());
        }
    }
}

/// A guest's copy brings the guest's answer and private fields, and nothing else.
pub(super) fn merge_guest(hand: &mut Hand, id: EntryId, base: Option<&Event>, theirs: &Event, own: &EmailAddress) {
    let entry = &hand.entries[&id];
    let meeting_id = entry.meeting_id;
    let meeting = &hand.meetings[&meeting_id];
    let line_or = |line: Option<&Attendee>| line.cloned();
    let their_line = own_line(theirs, own);
    let base_line = base.and_then(|base| own_line(base, own)).or(their_line);
    let our_line = meeting.shared.attendees.iter().find(|line| line.email == *own).or(base_line);
    let with = |line: Option<Attendee>, private: &Private| {
        let mut shared = theirs.shared.clone();
        if let Some(line) = line {
            for known in shared.attendees.iter_mut().filter(|known| known.email == *own) {
                (known.answer, known.comment) = (line.answer, line.comment.clone());
            }
        }
        Event { shared, private: private.clone() }
    };
    let base_event = base.map(|base| with(line_or(base_line), &base.private));
    let merged = portico_calendar::merge(base_event.as_ref(), &with(line_or(our_line), &entry.private), theirs);
    let line = own_line(&merged.event, own).cloned();
    let private = merged.event.private;
    set_private(hand, id, private);
    guest_answer(hand, meeting_id, id, own, line.as_ref());
}

/// Writes a guest's answer, as Google has it in the guest's own copy, into the meeting; and into the base of the entry that
/// leads, because Google carries it to the organizer's copy by itself.
pub(super) fn guest_answer(
    hand: &mut Hand,
    meeting: MeetingId,
    id: EntryId,
    own: &EmailAddress,
    line: Option<&Attendee>,
) {
    let Some(line) = line else { return };
    let set = |list: &mut Vec<Attendee>| {
        for known in list.iter_mut().filter(|known| known.email == *own) {
            (known.answer, known.comment) = (line.answer, line.comment.clone());
        }
    };
    let Some(before) = hand.meetings.get(&meeting).map(|row| row.shared.clone()) else { return };
    // Of a private event the organizer's copy names nobody, and where guests are hidden from each other another guest's copy
    // does not: a colleague's answer says whether the time is taken.
    let lead = hand.meetings[&meeting].lead_entry_id.and_then(|lead| hand.entries.get(&lead));
    let names_nobody =
        lead.is_some_and(|lead| lead.redacted || (!before.guests_can_see_other_guests && !hand.is_organizers(lead.id)));
    let say = |list: &mut Vec<Attendee>| {
        set(list);
        if names_nobody && !list.iter().any(|known| known.email == *own) {
            list.push(line.clone());
        }
    };
    if hand.change_meeting(meeting, |meeting| say(&mut meeting.shared.attendees)) {
        follow_series(hand, id, &before);
        hand.note(id, Fact::Updated);
    }
    if let Some(lead) = hand.meetings[&meeting].lead_entry_id.filter(|lead| *lead != id) {
        hand.change(lead, |lead| {
            if let Some(base) = &mut lead.base {
                set(&mut base.shared.attendees);
            }
        });
    }
}
