//! One event of Google's, taken into what we have. Pure: rows in hand come in, changed rows go out.

use portico_calendar::{Answer, Conference, Event, Private, Shared, Status, Visibility};
use portico_kernel::{EmailAddress, EntryId, MeetingId};
use portico_store::{Direction, EventType, PrivateRule, SyncEntry, SyncMeeting};
use serde_json::Value;

use super::{
    answers::{guest_answer, keep_answers_given_here, keep_hidden_guests, merge_guest},
    credit::credit,
    event_types::{brings, leave},
    gone::{gone, is_leaving},
    hand::{Fact, Hand, Seat},
    occurrences::{
        adopt_occurrence, adopt_occurrences, answers_go_along, carry_occurrences, outweigh_deletion,
        restore_with_occurrences, restore_with_siblings,
    },
    settle::leave_to_others,
    share::{merge_lead, note_guests, refresh_busy, respan, same_people, status},
    wanted::{is_settled, own_line},
};
use crate::{
    carriers::sees_details,
    google_event::{RemoteEvent, ical_uid, is_own_id, redact},
    spans::span_of,
};

/// Takes `remote` into `hand`, unless the link does not bring events of its kind. `raw` is Google's text of it.
pub(super) fn absorb(hand: &mut Hand, seat: &Seat<'_>, remote: &RemoteEvent, raw: &str) {
    if brings(seat.link, remote.event_type) {
        return take(hand, seat, remote, raw);
    }
    let Some(id) = hand.by_google(&remote.id) else { return };
    if !leave(hand, seat, id) {
        take(hand, seat, remote, raw);
        leave(hand, seat, id);
    }
}

fn take(hand: &mut Hand, seat: &Seat<'_>, remote: &RemoteEvent, raw: &str) {
    let known = hand.by_google(&remote.id);
    if remote.cancelled && known.is_some_and(|id| is_leaving(hand, id)) {
        return;
    }
    if let Some(id) = known {
        let entry = &hand.entries[&id];
        let same_kind = remote.event_type.is_none_or(|kind| kind == entry.event_type);
        let unchanged =
            entry.etag == remote.etag && entry.remote.as_deref() == Some(raw) && entry.gone_at.is_none() && same_kind;
        if unchanged {
            if entry.generation != seat.generation {
                hand.passed.insert(id);
            }
            return;
        }
        hand.change(id, |entry| entry.generation = seat.generation);
    }
    let Some(mut theirs) = content(hand, seat, remote) else {
        if let Some(id) = known {
            gone(hand, seat, id);
        }
        return;
    };
    let time_only = !sees_details(&seat.link.access_role);
    // Google makes every birthday private: that is no choice of anybody's.
    let is_private = matches!(theirs.private.visibility, Some(Visibility::Private | Visibility::Confidential))
        && remote.event_type != Some(EventType::Birthday);
    let ours_in_full =
        known.is_some_and(|id| {
            let entry = &hand.entries[&id];
            is_own_id(&remote.id, id)
                || (!entry.redacted && entry.base.is_some() && entry.private.visibility == theirs.private.visibility)
        }) || remote.series_id.as_deref().and_then(|series| hand.by_google(series)).is_some_and(|series| {
            let known = &hand.entries[&series];
            is_own_id(remote.series_id.as_deref().unwrap_or(""), series) || (!known.redacted && known.base.is_some())
        });
    let hidden = time_only || (is_private && !ours_in_full && seat.link.private_rule != PrivateRule::Full);
    if hidden && is_private && seat.link.private_rule == PrivateRule::Skip {
        if let Some(id) = known {
            hand.change(id, |entry| entry.deleted_at = entry.deleted_at.or(Some(seat.now)));
            hand.note(id, Fact::Deleted);
        }
        return;
    }
    if time_only {
        // What Google leaves out has not changed: it is only not shown any more, and colleagues may see it elsewhere.
        if let Some(base) = known.and_then(|id| hand.entries[&id].base.as_ref()) {
            let Shared { when, status, recurrence, .. } = theirs.shared;
            theirs = Event { shared: Shared { when, status, recurrence, ..base.shared.clone() }, ..base.clone() };
        }
    } else if hidden {
        // The own line stays, so that an invitation can still be answered, and so does what is the calendar's own.
        let own = own_address(seat, remote).and_then(|own| own_line(&theirs, &own).cloned());
        let private = theirs.private.clone();
        redact(&mut theirs);
        theirs.shared.attendees.extend(own);
        theirs.private = private;
    }
    if seat.link.direction == Direction::ToGoogle && known.is_none() {
        return;
    }
    let id = match known.or_else(|| find(hand, seat, remote)) {
        Some(id) => id,
        None => return create(hand, seat, remote, raw, theirs, hidden),
    };
    merge_into(hand, seat, id, remote, raw, theirs, hidden);
}

/// What the event says. None: it is not there any more.
fn content(hand: &Hand, seat: &Seat<'_>, remote: &RemoteEvent) -> Option<Event> {
    let series = remote.series_id.as_deref().and_then(|series| hand.by_google(series));
    match (&remote.event, remote.cancelled) {
        (Some(event), false) => Some(event.clone()),
        (_, true) => {
            let original = remote.original_start?;
            let series = &hand.entries[&series?];
            if series.gone_at.is_some() {
                // It was not called off by itself: it goes with its series, and would come back with it.
                return None;
            }
            series.base.as_ref()?;
            let known = hand.by_google(&remote.id).and_then(|id| hand.entries[&id].base.clone());
            let mut event =
                known.or_else(|| portico_calendar::instance(series.base.as_ref()?, original, &seat.zone))?;
            event.shared.status = Status::Cancelled;
            Some(event)
        }
        (None, false) => None,
    }
}

/// The entry that stands for `remote` although it does not carry its id yet: by iCalUID and organizer, never by time or
/// title alone.
fn find(hand: &mut Hand, seat: &Seat<'_>, remote: &RemoteEvent) -> Option<EntryId> {
    if let Some(moved) = moved_here(hand, seat, remote) {
        return Some(moved);
    }
    let meeting = same_meeting(hand, seat, remote)?;
    hand.of_meeting(meeting).into_iter().find(|id| Some(hand.entries[id].calendar_id) == seat.link.calendar_id)
}

/// The entry of an event that was moved to this calendar, here and at Google, where it keeps its id.
fn moved_here(hand: &Hand, seat: &Seat<'_>, remote: &RemoteEvent) -> Option<EntryId> {
    let meetings = hand.by_uid(&uid(hand, remote), remote.original_start);
    meetings.iter().flat_map(|meeting| hand.of_meeting(*meeting)).find(|id| {
        let entry = &hand.entries[id];
        Some(entry.calendar_id) == seat.link.calendar_id && entry.google_id.as_deref() == Some(&remote.id)
    })
}

fn same_meeting(hand: &Hand, seat: &Seat<'_>, remote: &RemoteEvent) -> Option<MeetingId> {
    let uid = uid(hand, remote);
    if uid.is_empty() {
        return None;
    }
    let organizer = organizer(hand, seat, remote);
    let candidates = hand.by_uid(&uid, remote.original_start);
    candidates
        .iter()
        .find(|id| hand.meetings[id].organizer_email == organizer)
        .or_else(|| {
            // A meeting born here, whose organizer Google knows under another address.
            candidates.iter().find(|id| hand.meetings[id].lead_entry_id.is_some_and(|lead| is_own_id(&remote.id, lead)))
        })
        .or_else(|| {
            // A copy of it is known under the same id: somebody else organizes it by now.
            let is_copy = |entry: &EntryId| hand.entries[entry].google_id.as_deref() == Some(&remote.id);
            candidates.iter().find(|id| hand.of_meeting(**id).iter().any(is_copy))
        })
        .copied()
}

fn series_of<'a>(hand: &'a Hand, remote: &RemoteEvent) -> Option<&'a SyncMeeting> {
    hand.meeting_of(hand.by_google(remote.series_id.as_deref()?)?)
}

/// The entry of the series in this calendar, also where Google has its copy no more.
fn series_here(hand: &Hand, seat: &Seat<'_>, remote: &RemoteEvent) -> Option<EntryId> {
    remote.original_start?;
    let meetings = hand.by_uid(&uid(hand, remote), None);
    let mut rows = meetings.iter().flat_map(|meeting| hand.of_meeting(*meeting));
    rows.find(|row| Some(hand.entries[row].calendar_id) == seat.link.calendar_id)
}

/// The iCalUID; a cancelled instance does not name it, but its series does.
pub(super) fn uid(hand: &Hand, remote: &RemoteEvent) -> String {
    if remote.uid.is_empty() {
        return series_of(hand, remote).map_or_else(String::new, |series| series.uid.clone());
    }
    remote.uid.clone()
}

/// Whose event it is: without an organizer, the series' or the calendar's owner's.
fn organizer(hand: &Hand, seat: &Seat<'_>, remote: &RemoteEvent) -> String {
    match &remote.organizer {
        Some(organizer) => organizer.email.clone(),
        None => series_of(hand, remote)
            .map_or_else(|| seat.link.google_calendar_id.clone(), |series| series.organizer_email.clone()),
    }
}

fn organizes(hand: &Hand, seat: &Seat<'_>, remote: &RemoteEvent) -> bool {
    remote.organizer.as_ref().is_some_and(|organizer| organizer.is_self)
        || organizer(hand, seat, remote) == seat.link.google_calendar_id
}

fn create(hand: &mut Hand, seat: &Seat<'_>, remote: &RemoteEvent, raw: &str, mut theirs: Event, redacted: bool) {
    let Some(calendar_id) = seat.link.calendar_id else { return };
    let series = remote.series_id.as_deref().and_then(|series| hand.by_google(series));
    if let Some(whole) = series.and_then(|series| hand.meeting_of(series))
        && !organizes(hand, seat, remote)
    {
        keep_hidden_guests(&whole.shared.attendees, &mut theirs.shared);
    }
    // An occurrence is where its series is, also while that is on its way to another calendar.
    let calendar_id = series.map_or(calendar_id, |series| hand.entries[&series].calendar_id);
    let id = EntryId::new(seat.world);
    let span = span_of(&theirs.shared, &seat.zone);
    if let Some(series) = series
        && let Some(by_rule) = remote
            .original_start
            .and_then(|start| portico_calendar::instance(hand.entries[&series].base.as_ref()?, start, &seat.zone))
    {
        outweigh_deletion(hand, series, &by_rule, &theirs);
    }
    // An occurrence of a series that was deleted here goes the way of its series, also back.
    let deleted = series.map(|series| &hand.entries[&series]).filter(|series| !series.is_live());
    let (deleted_at, deleted_by) = deleted.map_or((None, None), |series| (series.deleted_at, series.deleted_by));
    let meeting_id = match same_meeting(hand, seat, remote) {
        Some(meeting) => meeting,
        None => {
            let meeting = SyncMeeting {
                id: MeetingId::new(seat.world),
                uid: Some(uid(hand, remote)).filter(|uid| !uid.is_empty()).unwrap_or_else(|| ical_uid(&remote.id)),
                original_start: remote.original_start,
                organizer_email: organizer(hand, seat, remote),
                organizer_name: remote.organizer.as_ref().map_or_else(String::new, |o| o.name.clone()),
                series_id: series.map(|series| hand.entries[&series].meeting_id),
                lead_entry_id: Some(id),
                shared: theirs.shared.clone(),
                span_start: span.start,
                span_end: span.end,
                version: 1,
            };
            let meeting_id = meeting.id;
            hand.take_meeting(meeting);
            hand.touched_meetings.insert(meeting_id);
            if deleted_at.is_none() {
                hand.guests_changed.insert(meeting_id);
            }
            meeting_id
        }
    };
    let asking = matches!(theirs.shared.conference, Some(Conference::Pending { .. }));
    let entry = SyncEntry {
        id,
        calendar_id,
        meeting_id,
        series_entry_id: series.or_else(|| series_here(hand, seat, remote)),
        link_id: Some(seat.link.id),
        event_type: remote.event_type.unwrap_or(EventType::Default),
        speaker: Some(speaker(seat, remote)),
        own_address: alias(seat, remote),
        owner: None,
        private: theirs.private.clone(),
        span_start: span.start,
        span_end: span.end,
        wide: span.wide,
        is_busy: false,
        google_id: Some(remote.id.clone()),
        incarnation: 0,
        etag: remote.etag.clone(),
        base: Some(theirs.clone()),
        sending: Vec::new(),
        remote: (!redacted).then(|| raw.to_owned()),
        generation: seat.generation,
        local_version: 0,
        pushed_version: 0,
        push_problem: None,
        refused_version: None,
        act: None,
        deleted_at,
        deleted_by,
        gone_at: None,
        redacted,
        asking_since: asking.then_some(seat.now),
        moving_to: None,
    };
    hand.take_entry(seat, entry);
    hand.touched_entries.insert(id);
    match series {
        Some(series) => adopt_occurrence(hand, series, meeting_id),
        None => adopt_occurrences(hand, id),
    }
    let may_lead = !is_outline(remote, redacted) || hand.meetings[&meeting_id].lead_entry_id == Some(id);
    let is_due = is_lead_lost(hand, id, &theirs) || (!redacted && is_lead_blind(hand, meeting_id));
    if may_lead && (organizes(hand, seat, remote) || is_due) {
        lead(hand, seat, id, remote, &theirs);
    } else if let Some(own) = own_address(seat, remote) {
        guest_answer(hand, meeting_id, id, &own, own_line(&theirs, &own));
    }
    refresh_busy(hand, meeting_id);
    if deleted_at.is_none() {
        hand.note(id, Fact::Created);
    }
}

/// The organizer's entry leads: from now on the shared fields flow through it.
fn lead(hand: &mut Hand, seat: &Seat<'_>, id: EntryId, remote: &RemoteEvent, theirs: &Event) {
    let meeting_id = hand.entries[&id].meeting_id;
    if hand.meetings[&meeting_id].lead_entry_id == Some(id) && hand.meetings[&meeting_id].shared == theirs.shared {
        return;
    }
    let span = span_of(&theirs.shared, &seat.zone);
    let organizer = organizer(hand, seat, remote);
    let before = hand.meetings[&meeting_id].shared.attendees.clone();
    let changed = hand.change_meeting(meeting_id, |meeting| {
        meeting.lead_entry_id = Some(id);
        meeting.shared = theirs.shared.clone();
        meeting.organizer_email = organizer;
        (meeting.span_start, meeting.span_end) = (span.start, span.end);
    });
    if changed {
        respan(hand, seat, meeting_id);
        note_guests(hand, meeting_id, &before);
    }
}

/// Whether another guest's copy led the meeting until that guest took it away: for this one it takes place.
fn is_lead_lost(hand: &Hand, id: EntryId, theirs: &Event) -> bool {
    let meeting = &hand.meetings[&hand.entries[&id].meeting_id];
    let lead = meeting.lead_entry_id.filter(|lead| *lead != id).and_then(|lead| hand.entries.get(&lead));
    theirs.shared.status != Status::Cancelled
        && meeting.shared.status == Status::Cancelled
        && lead.is_some_and(|lead| {
            let is_gone = lead.base.as_ref().is_some_and(|base| base.shared.status == Status::Cancelled);
            is_gone && !hand.is_organizers(lead.id)
        })
}

fn own_address(seat: &Seat<'_>, remote: &RemoteEvent) -> Option<EmailAddress> {
    remote.own_address.clone().or_else(|| seat.own_address())
}

/// The alias under which the calendar's owner is asked.
fn alias(seat: &Seat<'_>, remote: &RemoteEvent) -> Option<String> {
    let own = remote.own_address.as_ref().map(EmailAddress::as_str)?;
    (own != seat.link.google_calendar_id).then(|| own.to_owned())
}

fn speaker(seat: &Seat<'_>, remote: &RemoteEvent) -> String {
    alias(seat, remote).unwrap_or_else(|| seat.link.google_calendar_id.clone())
}

fn merge_into(
    hand: &mut Hand,
    seat: &Seat<'_>,
    id: EntryId,
    remote: &RemoteEvent,
    raw: &str,
    mut theirs: Event,
    redacted: bool,
) {
    let entry = hand.entries[&id].clone();
    let meeting_id = entry.meeting_id;
    keep_answers_given_here(hand, seat, &entry, &mut theirs);
    if hand.meetings[&meeting_id].lead_entry_id == Some(id) && !hand.is_organizers(id) {
        keep_hidden_guests(&hand.meetings[&meeting_id].shared.attendees, &mut theirs.shared);
    }
    if is_lead_lost(hand, id, &theirs) {
        lead(hand, seat, id, remote, &theirs);
    }
    let own = own_address(seat, remote);
    let mut leads = elect(hand, seat, id, remote, redacted);
    if leads
        && theirs.shared.status == Status::Cancelled
        && hand.meetings[&meeting_id].shared.status != Status::Cancelled
        && !organizes(hand, seat, remote)
        && let Some(own) = &own
    {
        leads = !leave_to_others(hand, seat, id, own);
    }
    let first = entry.base.clone().or_else(|| first_base(hand, seat, &entry, remote, &theirs, leads));
    let (base, arrived) = match first {
        Some(base) => {
            let (base, arrived) = credit(&base, &entry.sending, &theirs);
            (Some(base), arrived)
        }
        None => (None, Vec::new()),
    };
    let was_live = entry.is_live();
    let pending_delete = !was_live && entry.is_pending();
    let declined =
        |event: &Event| own.as_ref().and_then(|own| own_line(event, own)).is_some_and(|l| l.answer == Answer::Declined);

    hand.change(id, |entry| {
        entry.google_id = Some(remote.id.clone());
        entry.link_id = Some(seat.link.id);
        entry.event_type = remote.event_type.unwrap_or(entry.event_type);
        entry.moving_to = entry.moving_to.filter(|to| *to != seat.link.id);
        entry.speaker = Some(speaker(seat, remote));
        entry.own_address = alias(seat, remote);
        entry.generation = seat.generation;
        entry.gone_at = None;
        entry.redacted = redacted;
        entry.remote = (!redacted).then(|| raw.to_owned());
        if entry.etag != remote.etag {
            entry.sending.clear();
        }
        entry.etag = remote.etag.clone();
        // What is not taken from Google is not agreed on either: it is there to be taken when the link reads again.
        let agreed = base.as_ref().filter(|_| seat.link.direction == Direction::ToGoogle);
        entry.base = Some(agreed.unwrap_or(&theirs).clone());
        let mailed = arrived.iter().filter(|sent| sent.mails).map(|sent| sent.version).max();
        if mailed.is_some_and(|version| version >= act_version(entry)) {
            entry.act = None;
        }
    });
    let again = hand.entries[&id].clone();
    hand.forget_google_id(&remote.id);
    hand.take_entry(seat, again);
    if entry.series_entry_id.is_none()
        && let Some(series) = remote.series_id.as_deref().and_then(|series| hand.by_google(series))
    {
        let series_meeting = hand.entries[&series].meeting_id;
        hand.change(id, |entry| entry.series_entry_id = Some(series));
        hand.change_meeting(meeting_id, |meeting| meeting.series_id = Some(series_meeting));
    }

    carry_occurrences(hand, seat, id);
    if entry.google_id.is_none() {
        adopt_occurrences(hand, id);
    }
    if let (Some(series), Some(base)) = (entry.series_entry_id, &base) {
        outweigh_deletion(hand, series, base, &theirs);
    }
    let is_live = hand.entries[&id].is_live();
    let mut stays_deleted = false;
    if pending_delete && !is_live {
        let edited = leads && base.as_ref().is_some_and(|base| says_other(base, &theirs));
        if edited {
            // Deleted here, edited there: Google's stands, and the person is asked. What else was written here goes out.
            hand.clash(id, vec![status("confirmed", "cancelled", "confirmed")]);
            restore_with_siblings(hand, id);
        } else {
            stays_deleted = true;
            if !leads && declined(&theirs) {
                hand.change(id, |entry| entry.pushed_version = entry.local_version);
            }
        }
    } else if !is_live {
        let lead_is_gone = !leads
            && hand.meetings[&meeting_id]
                .lead_entry_id
                .and_then(|lead| hand.entries.get(&lead))
                .is_some_and(|lead| !lead.is_live());
        let series = entry.series_entry_id.and_then(|series| hand.entries.get(&series));
        let series_is_gone = series.is_some_and(|series| !series.is_live());
        stays_deleted = lead_is_gone || series_is_gone || (!leads && declined(&theirs));
        if !stays_deleted {
            restore_with_occurrences(hand, id);
        }
    }
    if seat.link.direction == Direction::ToGoogle {
        return;
    }
    if leads {
        merge_lead(hand, seat, id, base.as_ref(), &theirs);
    } else if let Some(own) = &own {
        merge_guest(hand, id, base.as_ref(), &theirs, own);
    }
    let asking = matches!(theirs.shared.conference, Some(Conference::Pending { .. }));
    hand.change(id, |entry| entry.asking_since = if asking { entry.asking_since.or(Some(seat.now)) } else { None });
    refresh_busy(hand, meeting_id);
    if entry.base.is_none()
        && !leads
        && let Some(own) = &own
    {
        answers_go_along(hand, id, own);
    }
    if stays_deleted {
        return;
    }
    // What is to be moved is not done with before it is.
    let settled = is_settled(hand, seat.link, id) && hand.entries[&id].moving_to.is_none();
    if entry.base.is_none() && !settled && !hand.entries[&id].is_pending() {
        // What was written here before Google's copy came still has to go out; it is no act any more that mails anybody.
        hand.change(id, |entry| entry.local_version = entry.pushed_version + 1);
    }
    if hand.entries[&id].is_pending() && settled {
        hand.change(id, |entry| {
            entry.pushed_version = entry.local_version;
            entry.push_problem = None;
            entry.refused_version = None;
            entry.act = None;
        });
    }
}

/// Whether Google shows no more of an event than its time, not even whose it is.
fn is_outline(remote: &RemoteEvent, redacted: bool) -> bool {
    redacted && remote.organizer.is_none()
}

/// Whether a meeting came from somebody who is shown its time alone, and does not organize it.
fn is_lead_blind(hand: &Hand, meeting: MeetingId) -> bool {
    let lead = hand.meetings[&meeting].lead_entry_id.and_then(|lead| hand.entries.get(&lead));
    lead.is_some_and(|lead| lead.redacted && !hand.is_organizers(lead.id))
}

/// Whether the shared fields of the meeting flow through this entry; the organizer's own takes the lead, and who is shown the
/// time alone leaves it to who is shown more.
fn elect(hand: &mut Hand, seat: &Seat<'_>, id: EntryId, remote: &RemoteEvent, redacted: bool) -> bool {
    let meeting_id = hand.entries[&id].meeting_id;
    let Some(meeting) = hand.meetings.get(&meeting_id) else { return false };
    let current = meeting.lead_entry_id;
    let vacant = current.is_none_or(|lead| {
        // A lead without a calendar at Google keeps a meeting that was born here until its organizer connects.
        // One whose copy has gone says nothing any more of what an outsider organizes.
        hand.entries.get(&lead).is_none_or(|lead| {
            lead.id != id && lead.base.is_none() && lead.incarnation > 0 && !hand.is_organizers(lead.id)
        })
    });
    let vacant = vacant || (!redacted && is_lead_blind(hand, meeting_id));
    if vacant || (organizes(hand, seat, remote) && !is_outline(remote, redacted)) {
        let organizer = organizer(hand, seat, remote);
        hand.change_meeting(meeting_id, |meeting| {
            meeting.lead_entry_id = Some(id);
            meeting.organizer_email = organizer;
            if let Some(name) = remote.organizer.as_ref().map(|o| o.name.clone()).filter(|name| !name.is_empty()) {
                meeting.organizer_name = name;
            }
        });
        return true;
    }
    current == Some(id)
}

/// The base of an entry that has none: what was inserted, what the series says, or an untouched copy.
fn first_base(
    hand: &Hand,
    seat: &Seat<'_>,
    entry: &SyncEntry,
    remote: &RemoteEvent,
    theirs: &Event,
    leads: bool,
) -> Option<Event> {
    if let Some(sent) = entry.sending.iter().rev().find(|sent| sent.insert) {
        return Some(sent.event.clone());
    }
    if let Some(series) = entry.series_entry_id.and_then(|series| hand.entries.get(&series)) {
        return portico_calendar::instance(series.base.as_ref()?, remote.original_start?, &seat.zone);
    }
    if leads {
        return None;
    }
    // How private the organizer made it is no choice of the guest's.
    let lead = hand.meetings[&entry.meeting_id].lead_entry_id.filter(|lead| *lead != entry.id);
    let visibility = match lead.and_then(|lead| hand.entries.get(&lead)) {
        Some(lead) => lead.private.visibility,
        None => entry.private.visibility.filter(|_| !entry.is_pending()),
    };
    let mut base = Event { shared: theirs.shared.clone(), private: Private { visibility, ..Private::default() } };
    if let Some(own) = own_address(seat, remote) {
        for line in base.shared.attendees.iter_mut().filter(|line| line.email == own) {
            (line.answer, line.comment) = (Answer::NeedsAction, None);
        }
    }
    Some(base)
}

/// Whether the event itself is another one, or for other people, whatever its guests answered.
pub(super) fn says_other(base: &Event, theirs: &Event) -> bool {
    let (a, b) = (&base.shared, &theirs.shared);
    a.title != b.title
        || a.description != b.description
        || a.location != b.location
        || a.when != b.when
        || a.recurrence != b.recurrence
        || !same_people(&a.attendees, &b.attendees)
}

/// Up to which version what went out has told what the act that waits is to tell.
pub(super) fn act_version(entry: &SyncEntry) -> i64 {
    entry.act.as_ref().and_then(|act| act.get("version")).and_then(Value::as_i64).unwrap_or(entry.local_version)
}
