//! What Google does not have any more is removed here, when the guard agrees.

use portico_calendar::{Answer, Event, Shared, Status};
use portico_kernel::{EmailAddress, EntryId, Timestamp};
use portico_store::{ConflictField, GuardLimits, Hold, HoldItem, HoldKind, HoldState, SyncEntry};

use super::{
    gone::{end_waiting, unlink_copy},
    hand::{Fact, Hand, Seat},
    occurrences::{follow_series, part_occurrences},
    share::{refresh_busy, set_shared, status},
    wanted::is_settled,
};

/// From how many on a run asks before it deletes or mails. See `docs/decisions/011-the-guard-counts-own-acts.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Guard(pub GuardLimits);

/// So many own deletions are everyday acts, even where they leave nothing.
const A_HANDFUL: usize = 5;

/// A person's own acts that went out one after the other were each looked at: so many times the limit are let through.
const ONE_BY_ONE: usize = 3;

/// For how long what was let through counts, in seconds.
const WINDOW: i64 = 3600;

/// From when on what was let through counts for what comes now: the last hour, from the last decision on. A hold that
/// waits keeps the hour in which it began, so that it does not dissolve by waiting.
pub(super) fn counts_since(hold: Option<&Hold>, now: Timestamp) -> Timestamp {
    match hold {
        Some(hold) if hold.state == HoldState::Waiting => hold.created_at.plus_seconds(-WINDOW),
        Some(Hold { decided_at: Some(decided), .. }) => now.plus_seconds(-WINDOW).max(*decided),
        _ => now.plus_seconds(-WINDOW),
    }
}

impl Guard {
    fn is_many(self, count: usize, all: usize, times: usize) -> bool {
        let limit = |value: i64| usize::try_from(value).unwrap_or(0);
        count > times * limit(self.0.deletions) && count * 100 > all * limit(self.0.percent)
    }

    /// Whether removing here `count` of `all` entries that Google has no more has to be asked for, after `before` others
    /// were removed lately. One single event is no "everything": its deletion is an everyday act.
    pub fn asks_to_remove(self, count: usize, all: usize, before: usize) -> bool {
        let total = count + before;
        let everything = count >= all && (count > 1 || total > A_HANDFUL);
        count > 0 && (self.is_many(total, all + before, 1) || everything)
    }

    /// Whether a person's own deletions, on their way out, have to be asked for, after `before` others went out lately.
    pub fn asks_to_delete(self, count: usize, all: usize, before: usize) -> bool {
        self.is_many(count, all, 1)
            || (count > A_HANDFUL && count >= all)
            || (count > 0 && self.is_many(count + before, all + before, ONE_BY_ONE))
    }

    /// Whether mailing so many people has to be asked for, when with those who were mailed lately they are `in_all`.
    pub fn asks_to_mail(self, people: usize, in_all: usize) -> bool {
        let limit = usize::try_from(self.0.mailed).unwrap_or(0);
        people > limit || (people > 0 && in_all > ONE_BY_ONE * limit)
    }
}

/// What becomes of the entries that are gone.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Verdict {
    pub remove: Vec<EntryId>,
    pub bring_back: Vec<EntryId>,
    pub held: Vec<EntryId>,
    /// What of `remove` nobody was asked about: it counts for what comes later.
    pub uncounted: Vec<EntryId>,
}

/// Decides with the newest hold of the link in hand. `all` is how many single events and series the calendar has, `before`
/// how many others were removed lately.
pub(super) fn judge(gone: &[&SyncEntry], all: usize, before: usize, hold: Option<&Hold>, guard: Guard) -> Verdict {
    let mut verdict = Verdict::default();
    let mut open = Vec::new();
    for entry in gone {
        let gone_at = entry.gone_at.unwrap_or(Timestamp(0));
        match hold.map(|hold| (hold.state, hold.decided_at)) {
            Some((HoldState::Approved, Some(decided))) if gone_at <= decided => verdict.remove.push(entry.id),
            Some((HoldState::Dropped, Some(decided))) if gone_at <= decided => verdict.bring_back.push(entry.id),
            _ => open.push(entry),
        }
    }
    let top = open.iter().filter(|entry| entry.series_entry_id.is_none()).count();
    let ids = open.iter().map(|entry| entry.id);
    if guard.asks_to_remove(top, all, before) {
        verdict.held.extend(ids)
    } else {
        verdict.uncounted.extend(open.iter().filter(|entry| entry.series_entry_id.is_none()).map(|entry| entry.id));
        verdict.remove.extend(ids)
    }
    verdict
}

/// Google's deletion is carried out here.
pub(super) fn remove(hand: &mut Hand, seat: &Seat<'_>, id: EntryId) {
    let Some(entry) = hand.entries.get(&id).cloned() else { return };
    let meeting_id = entry.meeting_id;
    let Some(meeting) = hand.meetings.get(&meeting_id).cloned() else { return };
    let own = seat.own_address_of(&entry);
    let organizes = meeting.organizer_email.is_empty() || meeting.organizer_email == seat.link.google_calendar_id;
    let leads = meeting.lead_entry_id == Some(id);
    if entry.is_live() && entry.base.is_some() && (entry.is_pending() || is_occurrence_edited(hand, seat, id)) {
        hand.clash(id, vec![status("confirmed", "confirmed", "cancelled")]);
    }
    hand.change(id, unlink_copy);
    let line = own.as_ref().and_then(|own| meeting.shared.attendees.iter().find(|line| line.email == *own));
    let lead_is_live =
        meeting.lead_entry_id.and_then(|lead| hand.entries.get(&lead)).is_some_and(|lead| lead.is_live());
    if !organizes && line.is_some() && (leads || lead_is_live) {
        // A guest's copy went; the meeting of somebody else stays, declined.
        let exceptions = hand.entries.values().filter(|other| other.series_entry_id == Some(id)).map(|other| other.id);
        let all: Vec<EntryId> = exceptions.chain([id]).collect();
        for copy in all {
            decline_copy(hand, seat, copy, own.as_ref());
        }
        end_waiting(hand, seat, meeting_id);
        return;
    }
    delete(hand, seat, id);
    if organizes || leads {
        for sibling in hand.of_meeting(meeting_id) {
            delete(hand, seat, sibling);
        }
    }
    let exceptions: Vec<EntryId> = hand
        .entries
        .values()
        .filter(|other| {
            other.series_entry_id == Some(id)
                || (organizes && hand.meetings.get(&other.meeting_id).and_then(|m| m.series_id) == Some(meeting_id))
        })
        .map(|other| other.id)
        .collect();
    for exception in exceptions {
        if hand.entries[&exception].series_entry_id == Some(id) {
            hand.change(exception, unlink_copy);
        }
        delete(hand, seat, exception);
    }
}

/// Whether an occurrence of the series was edited here and Google does not know of it: it goes with its series, and only a
/// conflict over the series can keep it.
fn is_occurrence_edited(hand: &Hand, seat: &Seat<'_>, series: EntryId) -> bool {
    let waits = |entry: &&SyncEntry| entry.series_entry_id == Some(series) && entry.is_live() && entry.is_pending();
    hand.entries.values().filter(waits).any(|entry| match (&entry.base, hand.meetings.get(&entry.meeting_id)) {
        (Some(_), _) => !is_settled(hand, seat.link, entry.id),
        (None, Some(meeting)) => {
            let whole = hand.entries[&series].base.as_ref();
            let by_rule = whole
                .zip(meeting.original_start)
                .and_then(|(whole, start)| portico_calendar::instance(whole, start, &seat.zone));
            let here = Event { shared: meeting.shared.clone(), private: entry.private.clone() };
            by_rule.is_some_and(|by_rule| !portico_calendar::diff(&by_rule, &here).is_empty())
        }
        (None, None) => false,
    })
}

/// Google has declined for the guest by taking this copy away.
fn decline_copy(hand: &mut Hand, seat: &Seat<'_>, id: EntryId, own: Option<&EmailAddress>) {
    let meeting_id = hand.entries[&id].meeting_id;
    hand.change(id, |entry| {
        if entry.base.is_some() || entry.google_id.is_some() {
            unlink_copy(entry);
        }
    });
    hand.change_meeting(meeting_id, |meeting| decline(&mut meeting.shared.attendees, own));
    let lead = hand.meetings.get(&meeting_id).and_then(|meeting| meeting.lead_entry_id);
    if let Some(lead) = lead.filter(|lead| *lead != id) {
        hand.change(lead, |lead| {
            if let Some(Event { shared, .. }) = &mut lead.base {
                decline(&mut shared.attendees, own);
            }
        });
    }
    if lead == Some(id) {
        hand_over_lead(hand, seat, id);
    }
    refresh_busy(hand, meeting_id);
    hand.note(id, Fact::Updated);
}

fn delete(hand: &mut Hand, seat: &Seat<'_>, id: EntryId) {
    if hand.entries.get(&id).is_some_and(SyncEntry::is_live) {
        hand.change(id, |entry| entry.deleted_at = Some(seat.now));
        hand.note(id, Fact::Deleted);
    }
}

/// A guest answered here after the own copy had gone from Google: there it is a "no", and the answer is kept in a conflict.
pub(super) fn declined_at_google(hand: &mut Hand, seat: &Seat<'_>, id: EntryId) {
    let own = hand.entries.get(&id).and_then(|entry| seat.own_address_of(entry));
    let Some(meeting) = hand.meeting_of(id).cloned() else { return };
    let mut there = meeting.shared.clone();
    decline(&mut there.attendees, own.as_ref());
    if there != meeting.shared {
        let value = |shared: &Shared| serde_json::to_value(&shared.attendees).unwrap_or_default();
        hand.clash(
            id,
            vec![ConflictField {
                field: "attendees".into(),
                base: value(&there),
                portico: value(&meeting.shared),
                google: value(&there),
            }],
        );
        hand.change_meeting(meeting.id, |meeting| meeting.shared = there);
        follow_series(hand, id, &meeting.shared);
        hand.note(id, Fact::Updated);
    }
    hand.change(id, |entry| {
        entry.pushed_version = entry.local_version;
        entry.act = None;
    });
    refresh_busy(hand, meeting.id);
}

fn decline(attendees: &mut [portico_calendar::Attendee], own: Option<&EmailAddress>) {
    for line in attendees.iter_mut().filter(|line| Some(&line.email) == own) {
        line.answer = Answer::Declined;
    }
}

/// The copy of another colleague for whom the meeting takes place.
fn heir_of(hand: &Hand, from: EntryId) -> Option<EntryId> {
    let takes_place = |entry: &SyncEntry| {
        entry.is_live() && entry.base.as_ref().is_some_and(|base| base.shared.status != Status::Cancelled)
    };
    let rows = hand.of_meeting(hand.entries[&from].meeting_id);
    rows.into_iter().find(|other| *other != from && takes_place(&hand.entries[other]))
}

/// A guest's copy of an occurrence, which led, is cancelled: that guest took it away, or the organizer called it off. Whichever
/// it was, another guest's copy says what becomes of the meeting, and this guest does not come. False where there is none.
pub(super) fn leave_to_others(hand: &mut Hand, seat: &Seat<'_>, id: EntryId, own: &EmailAddress) -> bool {
    if heir_of(hand, id).is_none() {
        return false;
    }
    let meeting = hand.entries[&id].meeting_id;
    hand.change_meeting(meeting, |meeting| decline(&mut meeting.shared.attendees, Some(own)));
    hand_over_lead(hand, seat, id);
    true
}

/// Another colleague's copy brings the meeting from now on. It may have been read after the one that went.
fn hand_over_lead(hand: &mut Hand, seat: &Seat<'_>, from: EntryId) {
    let meeting = hand.entries[&from].meeting_id;
    let Some(heir) = heir_of(hand, from) else { return };
    hand.change_meeting(meeting, |meeting| meeting.lead_entry_id = Some(heir));
    let Some(base) = hand.entries[&heir].base.clone().filter(|_| !hand.entries[&heir].redacted) else { return };
    let known = &hand.meetings[&meeting].shared.attendees;
    let mut shared = base.shared;
    for line in &mut shared.attendees {
        if let Some(known) = known.iter().find(|known| known.email == line.email) {
            (line.answer, line.comment) = (known.answer, known.comment.clone());
        }
    }
    set_shared(hand, seat, heir, shared);
}

/// The person does not want it gone: it goes out again, as a new event that mails nobody.
pub(super) fn bring_back(hand: &mut Hand, id: EntryId) {
    hand.change(id, |entry| {
        unlink_copy(entry);
        entry.local_version += 1;
    });
    part_occurrences(hand, id);
    hand.note(id, Fact::Restored);
}

/// How an entry is shown in a hold.
pub(super) fn item(hand: &Hand, id: EntryId) -> Option<HoldItem> {
    let meeting = hand.meeting_of(id)?;
    let when = match &meeting.shared.when {
        portico_calendar::When::AllDay { start, .. } => start.to_string(),
        portico_calendar::When::Timed { start, .. } => start.0.timestamp().to_string(),
    };
    Some(HoldItem { entry: id.0, title: meeting.shared.title.clone(), when, guests: meeting.shared.attendees.len() })
}

/// A hold over these entries, or `waiting` brought up to date.
pub(super) fn hold_over(
    hand: &Hand,
    seat: &Seat<'_>,
    kind: HoldKind,
    ids: &[EntryId],
    people: usize,
    waiting: Option<Hold>,
) -> Hold {
    let items: Vec<HoldItem> = ids.iter().take(500).filter_map(|id| item(hand, *id)).collect();
    let count = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let people = i64::try_from(people).unwrap_or(i64::MAX);
    match waiting {
        Some(hold) => Hold { count, people, items, ..hold },
        None => Hold {
            id: portico_kernel::HoldId::new(seat.world),
            link_id: seat.link.id,
            kind,
            count,
            people,
            items,
            state: HoldState::Waiting,
            created_at: seat.now,
            decided_at: None,
            decided_by: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Guard = Guard(GuardLimits { deletions: 20, percent: 10, mailed: 50 });

    #[test]
    fn the_guard_asks_for_many_and_for_everything_but_not_for_one() {
        for (count, all, asks) in [
            (1, 1, false),
            (1, 50, false),
            (2, 2, true),
            (20, 21, false),
            (20, 20, true),
            (21, 100, true),
            (21, 210, false),
            (22, 210, true),
            (500, 10_000, false),
        ] {
            assert_eq!(LIMITS.asks_to_remove(count, all, 0), asks, "{count} of {all}");
        }
        assert!(!LIMITS.asks_to_delete(5, 5, 0), "a handful of own deletions is an everyday act");
        assert!(LIMITS.asks_to_delete(6, 6, 0));
        assert!(!LIMITS.asks_to_delete(6, 7, 0));
        assert!(LIMITS.asks_to_delete(21, 100, 0));
        assert!(!LIMITS.asks_to_mail(50, 50));
        assert!(LIMITS.asks_to_mail(51, 51));
        let strict = Guard(GuardLimits { deletions: 0, percent: 0, mailed: 0 });
        assert!(strict.asks_to_remove(1, 1000, 0) && strict.asks_to_delete(1, 1000, 0) && strict.asks_to_mail(1, 1));
    }

    #[test]
    fn what_trickles_is_counted_together() {
        for (count, all, before, asks) in [
            (1, 80, 19, false),
            (1, 80, 20, true),
            (1, 9_980, 20, false),
            (0, 80, 30, false),
            // The last of a small calendar, one by one.
            (1, 1, 4, false),
            (1, 1, 5, true),
        ] {
            assert_eq!(LIMITS.asks_to_remove(count, all, before), asks, "{count} of {all} after {before}");
        }
        for (count, all, before, asks) in
            [(1, 80, 59, false), (1, 80, 60, true), (1, 940, 60, false), (1, 1, 30, false), (0, 80, 90, false)]
        {
            assert_eq!(LIMITS.asks_to_delete(count, all, before), asks, "{count} of {all} after {before}");
        }
        assert!(!LIMITS.asks_to_mail(20, 150) && LIMITS.asks_to_mail(1, 151) && !LIMITS.asks_to_mail(0, 200));
    }

    #[test]
    fn a_decision_begins_the_count_anew_and_a_waiting_hold_keeps_its_hour() {
        let at = |minutes: i64| Timestamp(0).plus_seconds(minutes * 60);
        let hold = |state, decided_at| Hold {
            id: portico_kernel::HoldId(uuid::Uuid::nil()),
            link_id: portico_kernel::LinkId(uuid::Uuid::nil()),
            kind: HoldKind::DeleteHere,
            count: 1,
            people: 0,
            items: Vec::new(),
            state,
            created_at: at(100),
            decided_at,
            decided_by: None,
        };
        assert_eq!(counts_since(None, at(200)), at(140));
        assert_eq!(counts_since(Some(&hold(HoldState::Waiting, None)), at(900)), at(40));
        assert_eq!(counts_since(Some(&hold(HoldState::Approved, Some(at(190)))), at(200)), at(190));
        assert_eq!(counts_since(Some(&hold(HoldState::Dropped, Some(at(110)))), at(200)), at(140));
    }
}
