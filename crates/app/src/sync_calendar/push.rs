//! Sends what waits, one entry after the other. What is being sent is written down first.

use std::{collections::BTreeSet, panic::AssertUnwindSafe};

use futures::FutureExt;
use portico_calendar::Conference;
use portico_google::{
    self as google, Kind, Patch,
    calendar::{EventCopy, SendUpdates, Write},
};
use portico_kernel::{EntryId, LinkId, MeetingId};
use portico_store::{Direction, Sending, SyncEntry, SyncMeeting};

use super::{
    FAULTS, Run, Stop,
    absorb::{absorb, act_version},
    event_types::{brings, leave},
    gone::{gone, unlink_copy},
    hand::{Fact, Hand},
    occurrences::part_occurrences,
    plan::{Step, is_unread, next_step},
    pull::{fault_of_ours, makes_no_sense},
    sendable::Sendable,
};
use crate::google_event;

/// How often one entry is tried again within a run when Google's copy has moved on meanwhile.
const TRIES: usize = 5;

/// So many entries that we cannot send may be set aside, or a tenth of what was tried: where it is more, the fault is no
/// entry's.
const A_FEW: usize = 3;

/// Why an entry stays behind: the fault is ours.
const NOT_SENT: &str = "not_sent";

/// Whether Google may have failed at this entry alone.
fn fails_alone(stop: &Stop) -> bool {
    match stop {
        Stop::Google(error) => error.status().is_some_and(|status| status >= 500),
        Stop::Later(_) => true,
        _ => false,
    }
}

impl Run<'_> {
    /// Sends every pending edit that may go out. One that fails for a reason of its own holds up no other; two in a row that
    /// fail are nobody's own fault, and end the run. The run fails with what failed, and is tried again. After some runs what
    /// we cannot send is set aside, and its event says so.
    pub(super) async fn push(&mut self) -> Result<(), Stop> {
        let is_patient = self.link.failures < FAULTS;
        let (mut ours, mut theirs, mut tried) = (Vec::new(), None, 0);
        let mut failed = BTreeSet::new();
        loop {
            let (ids, is_all) = self.sendable().await?;
            let before = self.ran.pushed;
            let mut fails_again = false;
            for Sendable { id, series, version } in ids {
                if self.link.direction == Direction::FromGoogle {
                    // Google said meanwhile that nothing may be written.
                    return Ok(());
                }
                // Without what its series says now an occurrence may not be there at all.
                if series.is_some_and(|series| failed.contains(&series)) {
                    continue;
                }
                tried += 1;
                let sent = AssertUnwindSafe(self.push_one(id)).catch_unwind().await.unwrap_or(Err(Stop::Panicked));
                let Err(stop) = sent else {
                    fails_again = false;
                    continue;
                };
                let fault = fault_of_ours(&stop);
                if (fault.is_none() && !fails_alone(&stop)) || (fails_again && (is_patient || fault.is_none())) {
                    return Err(stop);
                }
                fails_again = true;
                failed.insert(id);
                match fault {
                    Some(fault) => ours.push((id, version, fault, stop)),
                    None => theirs = theirs.or(Some(stop)),
                }
            }
            if is_all || self.ran.pushed == before {
                break;
            }
        }
        if !is_patient && ours.len() <= A_FEW.max(tried / 10) {
            for (id, version, fault, _) in std::mem::take(&mut ours) {
                self.set_aside_unsent(id, version, &fault).await?;
            }
        }
        ours.into_iter().next().map(|(.., stop)| stop).or(theirs).map_or(Ok(()), Err)
    }

    /// What we cannot send is not tried again before it changes.
    async fn set_aside_unsent(&mut self, id: EntryId, version: i64, fault: &str) -> Result<(), Stop> {
        tracing::warn!(link = %self.link.id, entry = %id, fault, "an event that cannot be sent is set aside");
        let mut tx = self.write().await?;
        let mut hand = self.load(&mut tx, vec![id]).await?;
        hand.change(id, |entry| {
            entry.push_problem = Some(NOT_SENT.into());
            entry.refused_version = Some(version);
        });
        hand.note(id, Fact::Refused);
        self.save(&mut tx, &mut hand).await?;
        self.commit(tx).await
    }

    async fn push_one(&mut self, id: EntryId) -> Result<(), Stop> {
        for _ in 0..TRIES {
            let mut tx = self.write().await?;
            let mut hand = self.load(&mut tx, vec![id]).await?;
            let version = match hand.entries.get(&id) {
                Some(entry) if entry.is_pending() && entry.refused_version != Some(entry.local_version) => {
                    entry.local_version
                }
                _ => return Ok(()),
            };
            if hand.entries[&id].link_id != Some(self.link.id) {
                // It has moved to another calendar meanwhile.
                return Ok(());
            }
            if let Some((google_id, to)) = leaving(&hand.entries[&id]) {
                self.commit(tx).await?;
                return self.relocate(id, version, &google_id, to).await;
            }
            let seat = self.seat();
            let step = next_step(&hand, &seat, id);
            match &step {
                Step::Done => {
                    hand.change(id, |entry| {
                        entry.pushed_version = entry.local_version;
                        entry.act = None;
                        entry.sending.clear();
                        entry.push_problem = None;
                        entry.refused_version = None;
                    });
                    if !brings(seat.link, hand.entries.get(&id).map(|entry| entry.event_type)) {
                        leave(&mut hand, &seat, id);
                    }
                    self.save(&mut tx, &mut hand).await?;
                    self.commit(tx).await?;
                    return Ok(());
                }
                Step::Wait => {
                    // An occurrence whose series was never read: the series is read by the next run.
                    let series = hand.entries.get(&id).and_then(|entry| entry.series_entry_id);
                    if let Some(series) = series.filter(|series| is_unread(&hand, *series)) {
                        hand.change(series, |entry| entry.local_version = entry.pushed_version + 1);
                        self.save(&mut tx, &mut hand).await?;
                        self.commit(tx).await?;
                    }
                    return Ok(());
                }
                Step::NoCopy => {
                    super::settle::declined_at_google(&mut hand, &seat, id);
                    self.save(&mut tx, &mut hand).await?;
                    self.commit(tx).await?;
                    return Ok(());
                }
                Step::Read { .. } => {}
                Step::Insert { google_id, sent, mails, .. } => {
                    hand.change(id, |entry| {
                        entry.google_id = Some(google_id.clone());
                        remember(entry, Sending { version, event: sent.clone(), insert: true, mails: *mails });
                    });
                }
                Step::Patch { sent, mails, .. } => {
                    hand.change(id, |entry| {
                        remember(entry, Sending { version, event: sent.clone(), insert: false, mails: *mails });
                    });
                }
                Step::Delete { .. } => {}
            }
            let etag = hand.entries[&id].etag.clone();
            self.save(&mut tx, &mut hand).await?;
            self.commit(tx).await?;
            if self.send(id, version, &etag, step).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Carries a step out. True when the entry is done with for this run.
    async fn send(&mut self, id: EntryId, version: i64, etag: &str, step: Step) -> Result<bool, Stop> {
        let calendar = self.calendar.clone();
        let events = calendar.events(&self.google_calendar);
        let write = |mails: bool, guarded: bool| Write {
            send_updates: if mails { SendUpdates::All } else { SendUpdates::None },
            if_match: guarded.then_some(etag),
            ..Write::default()
        };
        let (google_id, answer) = match step {
            Step::Read { google_id } => {
                self.reread(id, &google_id).await?;
                return Ok(false);
            }
            Step::Insert { google_id, mut body, mut sent, mails } => {
                let mut answer = events.insert(&body, &write(mails, false)).await;
                if was_refused(&answer) && take_room_away(&mut sent) {
                    body.conference_data = None;
                    answer = events.insert(&body, &write(mails, false)).await.or(answer);
                }
                (google_id, answer.map(|copy| Some((copy, Sending { version, event: sent, insert: true, mails }))))
            }
            Step::Patch { google_id, mut patch, mut sent, mails } => {
                let mut answer = events.patch(&google_id, &patch, &write(mails, true)).await;
                if was_refused(&answer) && !patch.conference_data.is_keep() && take_room_away(&mut sent) {
                    patch.conference_data = Patch::Keep;
                    answer = events.patch(&google_id, &patch, &write(mails, true)).await.or(answer);
                }
                (google_id, answer.map(|copy| Some((copy, Sending { version, event: sent, insert: false, mails }))))
            }
            Step::Delete { google_id, mails } => {
                let answer = match events.delete(&google_id, &write(mails, true)).await {
                    Err(error) if error.is_absent() => Ok(()),
                    answer => answer,
                };
                (google_id, answer.map(|()| None))
            }
            Step::Done | Step::Wait | Step::NoCopy => return Ok(true),
        };
        match answer {
            Ok(Some((copy, sent))) => {
                self.pushed(id, &copy, sent).await?;
                Ok(false)
            }
            Ok(None) => {
                self.deleted(id, version).await?;
                Ok(false)
            }
            Err(error) => self.not_sent(id, version, &google_id, error).await,
        }
    }

    async fn not_sent(
        &mut self,
        id: EntryId,
        version: i64,
        google_id: &str,
        error: google::Error,
    ) -> Result<bool, Stop> {
        match error.kind() {
            Kind::PreconditionFailed | Kind::Duplicate => {
                self.reread(id, google_id).await?;
                Ok(false)
            }
            Kind::NotFound | Kind::Deleted => {
                self.lost(id).await?;
                Ok(true)
            }
            Kind::Invalid | Kind::Permission | Kind::Unsendable | Kind::Unreadable => {
                self.refused(id, version, &error).await?;
                if error.reason() == Some("requiredAccessLevel") {
                    self.make_read_only().await?;
                }
                Ok(true)
            }
            _ => Err(Stop::Google(error)),
        }
    }

    /// Reads Google's copy and merges it. A copy that is cancelled under an id of ours makes room for a new incarnation.
    pub(super) async fn reread(&mut self, id: EntryId, google_id: &str) -> Result<(), Stop> {
        let calendar = self.calendar.clone();
        let copy = match calendar.events(&self.google_calendar).get(google_id).await {
            Ok(copy) => copy,
            Err(error) if error.is_absent() => return self.lost(id).await,
            Err(error) if makes_no_sense(&error) => {
                let mut tx = self.write().await?;
                let hand = self.load(&mut tx, vec![id]).await?;
                return self.unreadable(id, tx, hand).await;
            }
            Err(error) => return Err(Stop::Google(error)),
        };
        let cancelled = copy.event.is_cancelled() && copy.event.recurring_event_id.is_none();
        let mut tx = self.write().await?;
        let mut hand = self.load(&mut tx, vec![id]).await?;
        let seat = self.seat();
        if cancelled {
            let is_new = hand.entries.get(&id).is_some_and(|entry| entry.base.is_none());
            if is_new {
                hand.change(id, |entry| {
                    let pushed = if entry.is_live() { entry.pushed_version } else { entry.local_version };
                    let (act, sending) = (entry.act.take(), std::mem::take(&mut entry.sending));
                    unlink_copy(entry);
                    entry.pushed_version = pushed;
                    // An insert that arrived and was deleted at Google meanwhile has mailed; it is not mailed again.
                    entry.act = act.filter(|_| sending.len() <= 1);
                });
                self.rename_uid(&mut hand, id);
            } else {
                gone(&mut hand, &seat, id);
            }
        } else {
            match google_event::read(&copy.event, &seat.zone) {
                Ok(mut remote) => {
                    if remote.event.is_none() && remote.original_start.is_none() {
                        return Err(Stop::Later("unreadable"));
                    }
                    hand.claim(id, google_id);
                    // A cancelled instance still has its content on `get`.
                    remote.cancelled = copy.event.is_cancelled();
                    absorb(&mut hand, &seat, &remote, copy.raw.get());
                    self.ran.merged += 1;
                }
                Err(_) => return self.unreadable(id, tx, hand).await,
            }
        }
        self.save(&mut tx, &mut hand).await?;
        self.commit(tx).await
    }

    async fn unreadable(&mut self, id: EntryId, mut tx: portico_store::TenantTx, mut hand: Hand) -> Result<(), Stop> {
        hand.change(id, |entry| {
            entry.push_problem = Some("unreadable".into());
            entry.refused_version = Some(entry.local_version);
        });
        hand.note(id, Fact::Refused);
        self.save(&mut tx, &mut hand).await?;
        self.commit(tx).await
    }

    /// Google took it. What was sent is the base now: where Google made something else of it, that is Google's change.
    async fn pushed(&mut self, id: EntryId, copy: &EventCopy, sent: Sending) -> Result<(), Stop> {
        let mut tx = self.write().await?;
        let mut hand = self.load(&mut tx, vec![id]).await?;
        let seat = self.seat();
        let refused_room = match &sent.event.shared.conference {
            Some(Conference::Failed { request_id }) => Some(request_id.clone()),
            _ => None,
        };
        let room_of = |hand: &Hand| hand.meeting_of(id).and_then(|meeting| meeting.shared.conference.clone());
        if let Some(request_id) = &refused_room
            && room_of(&hand) == Some(Conference::Wanted { request_id: request_id.clone() })
        {
            set_room(&mut hand, id, request_id);
        }
        hand.change(id, |entry| {
            entry.base = Some(sent.event);
            entry.sending.clear();
            if act_version(entry) <= sent.version {
                entry.act = None;
            }
        });
        match google_event::read(&copy.event, &seat.zone) {
            Ok(remote) => {
                hand.claim(id, &remote.id);
                absorb(&mut hand, &seat, &remote, copy.raw.get());
            }
            Err(_) => return self.unreadable(id, tx, hand).await,
        }
        if let Some(request_id) = &refused_room
            && room_of(&hand).is_none()
        {
            // Google took the event without its room, and both sides know from now on that there is none to be had.
            set_room(&mut hand, id, request_id);
        }
        hand.note(id, Fact::Pushed);
        self.ran.pushed += 1;
        self.save(&mut tx, &mut hand).await?;
        self.commit(tx).await
    }

    /// Google deleted it, or it was gone already.
    async fn deleted(&mut self, id: EntryId, version: i64) -> Result<(), Stop> {
        let mut tx = self.write().await?;
        let mut hand = self.load(&mut tx, vec![id]).await?;
        let is_exception = hand.meeting_of(id).is_some_and(|meeting| meeting.original_start.is_some());
        hand.change(id, |entry| {
            let act = entry.act.take();
            if is_exception && entry.base.is_some() {
                // The instance stays at Google, cancelled, under its id.
                if let Some(base) = &mut entry.base {
                    base.shared.status = portico_calendar::Status::Cancelled;
                }
                entry.etag = String::new();
                entry.sending.clear();
            } else {
                let (kind, last) = (entry.event_type, entry.remote.take());
                unlink_copy(entry);
                if kind.is_special() {
                    // Taken back, it is made anew as what it was.
                    (entry.event_type, entry.remote) = (kind, last);
                }
            }
            entry.pushed_version = version;
            entry.push_problem = None;
            entry.act = act.filter(|_| entry.is_pending());
        });
        if !is_exception {
            part_occurrences(&mut hand, id);
        }
        self.rename_uid(&mut hand, id);
        hand.note(id, Fact::Pushed);
        self.ran.pushed += 1;
        self.save(&mut tx, &mut hand).await?;
        self.commit(tx).await
    }

    /// A meeting that goes out under a new id has a new iCalUID, and so have its occurrences: Google's copies of them name the
    /// new one in every guest's calendar.
    pub(super) fn rename_uid(&self, hand: &mut Hand, id: EntryId) {
        let Some(entry) = hand.entries.get(&id) else { return };
        let (meeting, incarnation) = (entry.meeting_id, entry.incarnation);
        let leads =
            hand.meetings.get(&meeting).is_some_and(|m| m.lead_entry_id == Some(id) && m.original_start.is_none());
        if leads && entry.google_id.is_none() {
            let uid = google_event::ical_uid(&google_event::google_id(id, incarnation));
            let is_of_it = |other: &&SyncMeeting| other.id == meeting || other.series_id == Some(meeting);
            let all: Vec<MeetingId> = hand.meetings.values().filter(is_of_it).map(|meeting| meeting.id).collect();
            for each in all {
                hand.change_meeting(each, |meeting| meeting.uid.clone_from(&uid));
            }
        }
    }

    /// Google does not have it: the copy is marked as gone, and the guard decides with the others.
    async fn lost(&mut self, id: EntryId) -> Result<(), Stop> {
        let mut tx = self.write().await?;
        let mut hand = self.load(&mut tx, vec![id]).await?;
        let seat = self.seat();
        if hand.entries.get(&id).is_some_and(|entry| entry.base.is_none()) {
            let meeting = hand.meeting_of(id);
            let is_exception = meeting.is_some_and(|meeting| meeting.original_start.is_some());
            let cancelled = meeting.is_some_and(|meeting| meeting.shared.status == portico_calendar::Status::Cancelled);
            let live = hand.entries.get(&id).is_some_and(SyncEntry::is_live);
            if is_exception && live {
                // The series has no such occurrence at Google any more: what was written here is kept in a conflict.
                if !cancelled {
                    hand.clash(id, vec![super::share::status("confirmed", "confirmed", "cancelled")]);
                }
                hand.change(id, unlink_copy);
                let siblings = hand.of_meeting(hand.entries[&id].meeting_id);
                for sibling in
                    siblings.into_iter().filter(|sibling| hand.entries[sibling].is_live()).collect::<Vec<_>>()
                {
                    hand.change(sibling, |entry| entry.deleted_at = Some(seat.now));
                    hand.note(sibling, Fact::Deleted);
                }
            } else {
                // What was being inserted is not there: it is sent anew. Anything else has no copy any more.
                hand.change(id, |entry| {
                    if live && entry.sending.iter().any(|sent| sent.insert) {
                        entry.sending.clear();
                    } else {
                        unlink_copy(entry);
                    }
                });
            }
        } else {
            gone(&mut hand, &seat, id);
        }
        self.save(&mut tx, &mut hand).await?;
        self.commit(tx).await
    }

    /// Google will not take it, however often it is sent: the event says why, and it is not repeated until it changes.
    pub(super) async fn refused(&mut self, id: EntryId, version: i64, error: &google::Error) -> Result<(), Stop> {
        let slug = match error.kind() {
            Kind::Permission => error.reason().unwrap_or("forbidden").to_owned(),
            _ => error.reason().unwrap_or("invalid").to_owned(),
        };
        tracing::warn!(link = %self.link.id, entry = %id, error = %error, "Google refused an event");
        let mut tx = self.write().await?;
        let mut hand = self.load(&mut tx, vec![id]).await?;
        hand.change(id, |entry| {
            entry.push_problem = Some(slug);
            entry.refused_version = Some(version);
            entry.sending.clear();
        });
        hand.note(id, Fact::Refused);
        self.save(&mut tx, &mut hand).await?;
        self.commit(tx).await
    }
}

/// Google's id of an event that is to be moved to another calendar, and the link of that.
fn leaving(entry: &SyncEntry) -> Option<(String, LinkId)> {
    let google_id = entry.google_id.clone().filter(|_| entry.base.is_some())?;
    Some((google_id, entry.moving_to?))
}

/// Whether Google will not take a write, however often it is sent. Where Meet is not allowed a room alone makes it so.
fn was_refused<T>(answer: &Result<T, google::Error>) -> bool {
    answer.as_ref().is_err_and(|error| *error.kind() == Kind::Invalid)
}

/// The online room that this asked for failed: so the meeting says, and what both sides agree on.
fn set_room(hand: &mut Hand, id: EntryId, request_id: &str) {
    let failed = Some(Conference::Failed { request_id: request_id.to_owned() });
    hand.change(id, |entry| {
        if let Some(base) = &mut entry.base {
            base.shared.conference.clone_from(&failed);
        }
    });
    if let Some(meeting) = hand.entries.get(&id).map(|entry| entry.meeting_id) {
        hand.change_meeting(meeting, |meeting| meeting.shared.conference = failed);
    }
}

/// What is sent asks for no room any more, and knows that it failed. False where it asked for none.
fn take_room_away(sent: &mut portico_calendar::Event) -> bool {
    let Some(Conference::Wanted { request_id } | Conference::Pending { request_id }) = &sent.shared.conference else {
        return false;
    };
    sent.shared.conference = Some(Conference::Failed { request_id: request_id.clone() });
    true
}

/// Notes what is being sent; the same content only once.
fn remember(entry: &mut SyncEntry, sending: Sending) {
    entry.sending.retain(|known| known.event != sending.event || known.insert != sending.insert || known.mails);
    if !entry.sending.contains(&sending) {
        entry.sending.push(sending);
    }
}
