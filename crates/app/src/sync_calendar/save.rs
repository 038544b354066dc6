//! Between the rows in hand and the database.

use std::collections::BTreeSet;

use portico_kernel::{ConflictId, EmailAddress, EntryId, JobId, MeetingId, Timestamp};
use portico_store::{Actor, Conflict, ConflictPolicy, EntriesBy, JournalRow, SyncEntry, SyncMeeting, TenantTx};
use serde_json::json;
use serde_json::value::RawValue;

use super::{
    POLL, Run, Stop,
    absorb::uid,
    hand::{Fact, Hand},
};
use crate::{conflicts::DECIDE, google_event::RemoteEvent};

impl Run<'_> {
    /// These entries with all that belongs to them: their meetings, the same meetings in colleagues' calendars, their
    /// series, and the exceptions of those that are series.
    pub(super) async fn load(&self, tx: &mut TenantTx, ids: Vec<EntryId>) -> Result<Hand, Stop> {
        let mut hand = Hand::default();
        let seat = self.seat();
        let entries = tx.sync_entries(EntriesBy::Ids(&ids)).await?;
        let series: Vec<EntryId> = entries.iter().filter_map(|entry| entry.series_entry_id).collect();
        hand.take(&seat, entries, Vec::new());
        hand.take(&seat, tx.sync_entries(EntriesBy::Ids(&series)).await?, Vec::new());
        self.load_rest(tx, &mut hand).await?;
        Ok(hand)
    }

    async fn load_rest(&self, tx: &mut TenantTx, hand: &mut Hand) -> Result<(), Stop> {
        let seat = self.seat();
        let meetings: BTreeSet<MeetingId> =
            hand.entries.values().map(|entry| entry.meeting_id).chain(hand.meetings.keys().copied()).collect();
        let meetings: Vec<MeetingId> = meetings.into_iter().collect();
        self.load_meetings(tx, hand, &meetings).await?;
        let masters: Vec<EntryId> = hand
            .entries
            .values()
            .filter(|entry| hand.meetings.get(&entry.meeting_id).is_some_and(|m| !m.shared.recurrence.is_empty()))
            .map(|entry| entry.id)
            .collect();
        let exceptions = tx.sync_entries(EntriesBy::Series(&masters)).await?;
        let of_exceptions: Vec<MeetingId> =
            exceptions.iter().map(|entry| entry.meeting_id).collect::<BTreeSet<_>>().into_iter().collect();
        let missing: Vec<MeetingId> = of_exceptions.into_iter().filter(|id| !hand.meetings.contains_key(id)).collect();
        let exceptions = exceptions.into_iter().filter(|entry| !hand.entries.contains_key(&entry.id)).collect();
        hand.take(&seat, exceptions, tx.sync_meetings(&missing).await?);
        Ok(())
    }

    async fn load_meetings(&self, tx: &mut TenantTx, hand: &mut Hand, ids: &[MeetingId]) -> Result<(), Stop> {
        let seat = self.seat();
        let missing: Vec<MeetingId> = ids.iter().copied().filter(|id| !hand.meetings.contains_key(id)).collect();
        let meetings = tx.sync_meetings(&missing).await?;
        let incomplete: Vec<MeetingId> = ids.iter().copied().filter(|id| !hand.complete.contains(id)).collect();
        let siblings = tx.sync_entries(EntriesBy::Meetings(&incomplete)).await?;
        let siblings = siblings.into_iter().filter(|entry| !hand.entries.contains_key(&entry.id)).collect();
        hand.take(&seat, siblings, meetings);
        Ok(())
    }

    /// What a page of Google's events may concern; `unreadable` are the ids of those that are set aside.
    pub(super) async fn load_for(
        &self,
        tx: &mut TenantTx,
        events: &[(RemoteEvent, Box<RawValue>)],
        unreadable: &[String],
    ) -> Result<Hand, Stop> {
        let mut hand = Hand::default();
        let seat = self.seat();
        let mut google_ids: BTreeSet<String> = unreadable.iter().cloned().collect();
        for (remote, _) in events {
            google_ids.insert(remote.id.clone());
            google_ids.extend(remote.series_id.clone());
        }
        let google_ids: Vec<String> = google_ids.into_iter().collect();
        match tx.meetings_by_google(self.link.id, &google_ids).await? {
            Some((entries, meetings)) => {
                hand.complete.extend(meetings.iter().map(|meeting| meeting.id));
                hand.take(&seat, entries, meetings);
            }
            None => hand.take(&seat, tx.sync_entries(EntriesBy::Google(self.link.id, &google_ids)).await?, Vec::new()),
        }
        // A cancelled instance names its series only.
        let series: BTreeSet<MeetingId> = events
            .iter()
            .filter(|(remote, _)| remote.uid.is_empty())
            .filter_map(|(remote, _)| hand.by_google(remote.series_id.as_deref()?))
            .map(|id| hand.entries[&id].meeting_id)
            .collect();
        let series: Vec<MeetingId> = series.into_iter().filter(|id| !hand.meetings.contains_key(id)).collect();
        hand.take(&seat, Vec::new(), tx.sync_meetings(&series).await?);
        let unknown: BTreeSet<String> = events
            .iter()
            .filter(|(remote, _)| hand.by_google(&remote.id).is_none())
            .map(|(remote, _)| uid(&hand, remote))
            .filter(|uid| !uid.is_empty())
            .collect();
        if !unknown.is_empty() {
            let uids: Vec<String> = unknown.into_iter().collect();
            let meetings = tx.sync_meetings_by_uid(&uids).await?;
            let meetings = meetings.into_iter().filter(|meeting| !hand.meetings.contains_key(&meeting.id)).collect();
            hand.take(&seat, Vec::new(), meetings);
        }
        if hand.entries.is_empty() && hand.meetings.is_empty() {
            return Ok(hand);
        }
        self.load_rest(tx, &mut hand).await?;
        self.follow_moves(tx, &mut hand, events).await?;
        Ok(hand)
    }

    /// Writes what changed in hand, with its conflicts and its journal.
    pub(super) async fn save(&mut self, tx: &mut TenantTx, hand: &mut Hand) -> Result<(), Stop> {
        let now = self.now();
        let touched = std::mem::take(&mut hand.touched_meetings);
        let mut meetings: Vec<&SyncMeeting> = touched.iter().filter_map(|id| hand.meetings.get(id)).collect();
        meetings.sort_by_key(|meeting| (meeting.series_id.is_some(), meeting.id));
        tx.put_sync_meetings(&meetings, now).await?;

        let touched = std::mem::take(&mut hand.touched_entries);
        let mut entries: Vec<&SyncEntry> = touched.iter().filter_map(|id| hand.entries.get(id)).collect();
        // What gives an id of Google's up goes before what takes one.
        entries.sort_by_key(|entry| (entry.series_entry_id.is_some(), entry.google_id.is_some(), entry.id));
        tx.put_sync_entries(&entries).await?;
        let passed: Vec<EntryId> = std::mem::take(&mut hand.passed).into_iter().collect();
        tx.touch_generation(&passed, self.seat().generation).await?;
        self.save_conflicts(tx, hand, now).await?;
        self.journal(tx, hand);
        self.invite(tx, hand).await
    }

    /// Colleagues among the guests see the meeting, whoever is connected; those who are guests no more see it no more.
    async fn invite(&mut self, tx: &mut TenantTx, hand: &mut Hand) -> Result<(), Stop> {
        let changed = std::mem::take(&mut hand.guests_changed);
        self.uninvite(tx, hand).await?;
        let own = self.link.google_calendar_id.clone();
        let occurrences: Vec<MeetingId> = changed
            .iter()
            .copied()
            .filter(|id| hand.meetings.get(id).is_some_and(|row| row.series_id.is_some() && row.organizer_email == own))
            .collect();
        self.ask_colleagues(tx, hand, changed).await?;
        Ok(crate::invitations::follow_occurrences(self.app, tx, &occurrences).await?)
    }

    /// Who was taken off a guest list and has no copy at Google sees the meeting no more; the others are told by Google.
    async fn uninvite(&mut self, tx: &mut TenantTx, hand: &mut Hand) -> Result<(), Stop> {
        for (meeting, mut people) in std::mem::take(&mut hand.uninvited) {
            let Some(row) = hand.meetings.get(&meeting) else { continue };
            people.retain(|email| !row.shared.attendees.iter().any(|line| line.email == *email));
            let people: Vec<EmailAddress> = people.into_iter().collect();
            for shown in crate::invitations::remove_without_copy(self.app, tx, meeting, &people).await? {
                tx.journal(JournalRow {
                    actor: Actor::Sync(self.link.id),
                    action: "meeting.deleted",
                    subject_kind: "meeting",
                    subject: meeting.0,
                    before: None,
                    after: Some(json!({"entry": shown.entry.id, "calendar": shown.entry.calendar_id})),
                    why: None,
                });
            }
        }
        Ok(())
    }

    /// Colleagues among the guests see the meeting.
    async fn ask_colleagues(
        &mut self,
        tx: &mut TenantTx,
        hand: &Hand,
        changed: BTreeSet<MeetingId>,
    ) -> Result<(), Stop> {
        let with_guests: Vec<MeetingId> = changed
            .into_iter()
            .filter(|id| hand.meetings.get(id).is_some_and(|meeting| !meeting.shared.attendees.is_empty()))
            .collect();
        let mut addresses: Vec<EmailAddress> = with_guests
            .iter()
            .filter_map(|id| hand.meetings.get(id))
            .flat_map(|meeting| meeting.shared.attendees.iter().map(|line| line.email.clone()))
            .collect();
        addresses.sort_unstable();
        addresses.dedup();
        if addresses.is_empty() {
            return Ok(());
        }
        let colleagues = tx.main_calendars_by_address(&addresses).await?;
        let own = self.link.google_calendar_id.as_str();
        let invites = |id: &MeetingId| {
            hand.meetings.get(id).is_some_and(|meeting| {
                let mut lines = meeting.shared.attendees.iter();
                lines.any(|line| line.email.as_str() != own && colleagues.contains_key(&line.email))
            })
        };
        let with_guests: Vec<MeetingId> = with_guests.into_iter().filter(invites).collect();
        if with_guests.is_empty() {
            return Ok(());
        }
        for shown in crate::invitations::bring_in_line(self.app, tx, &with_guests).await? {
            tx.journal(JournalRow {
                actor: Actor::Sync(self.link.id),
                action: "meeting.invited",
                subject_kind: "meeting",
                subject: shown.meeting.id.0,
                before: None,
                after: Some(json!({"entry": shown.entry.id, "calendar": shown.entry.calendar_id})),
                why: None,
            });
        }
        Ok(())
    }

    async fn save_conflicts(&mut self, tx: &mut TenantTx, hand: &mut Hand, now: Timestamp) -> Result<(), Stop> {
        let mut conflicts = Vec::new();
        for new in std::mem::take(&mut hand.conflicts) {
            let Some(entry) = hand.entries.get(&new.entry) else { continue };
            let id = ConflictId::new(&self.app.world);
            let act = |key: &str| new.act.as_ref().and_then(|act| act.get(key).cloned());
            tx.journal(JournalRow {
                actor: Actor::Sync(self.link.id),
                action: "conflict.found",
                subject_kind: "conflict",
                subject: id.0,
                before: None,
                after: Some(
                    json!({"entry": new.entry, "fields": new.fields.iter().map(|f| &f.field).collect::<Vec<_>>()}),
                ),
                why: None,
            });
            conflicts.push(Conflict {
                id,
                entry_id: new.entry,
                meeting_id: new.meeting,
                link_id: self.link.id,
                calendar_id: entry.calendar_id,
                fields: new.fields,
                google_at: new.google_at.unwrap_or(now),
                portico_at: act("at").and_then(|at| at.as_i64()).map_or(now, Timestamp),
                portico_by: act("account").and_then(|by| serde_json::from_value(by).ok()),
                portico_notifies: act("notify").is_some_and(|notify| notify == true),
                created_at: now,
                resolved_at: None,
                resolution: None,
                resolved_by: None,
            });
        }
        self.ran.conflicts += conflicts.len();
        tx.insert_conflicts(&conflicts).await?;
        if !conflicts.is_empty() && tx.conflict_policy().await?.is_some_and(|policy| policy != ConflictPolicy::Ask) {
            // Like a person's choice it is an edit, and not this run's. What looks like a deletion at Google may be the half of a
            // move: by the next poll the other calendar has told.
            for conflict in &conflicts {
                let may_have_moved = conflict.fields.iter().any(|field| field.field == "status");
                let at = if may_have_moved { now.plus_seconds(POLL) } else { now };
                tx.wake(JobId::new(&self.app.world), DECIDE, &conflict.id.to_string(), at).await?;
            }
        }
        Ok(())
    }

    fn journal(&mut self, tx: &mut TenantTx, hand: &mut Hand) {
        let facts = std::mem::take(&mut hand.facts);
        let first_pull = self.seat().full && facts.len() > 50;
        let mut created = 0_usize;
        for (id, fact) in facts {
            let Some(entry) = hand.entries.get(&id) else { continue };
            match fact {
                Fact::Created | Fact::Updated | Fact::Deleted | Fact::Restored => self.ran.pulled += 1,
                Fact::Pushed | Fact::Refused => {}
            }
            if first_pull && fact == Fact::Created {
                created += 1;
                continue;
            }
            let action = match fact {
                Fact::Created => "meeting.created",
                Fact::Updated => "meeting.updated",
                Fact::Deleted => "meeting.deleted",
                Fact::Restored => "meeting.restored",
                Fact::Pushed => "meeting.pushed",
                Fact::Refused => "meeting.refused",
            };
            tx.journal(JournalRow {
                actor: Actor::Sync(self.link.id),
                action,
                subject_kind: "meeting",
                subject: entry.meeting_id.0,
                before: None,
                after: Some(json!({"entry": id, "calendar": entry.calendar_id})),
                why: entry.push_problem.clone().filter(|_| fact == Fact::Refused),
            });
        }
        if created > 0 {
            tx.journal(JournalRow {
                actor: Actor::Sync(self.link.id),
                action: "link.imported",
                subject_kind: "link",
                subject: self.link.id.0,
                before: None,
                after: Some(json!({"meetings": created})),
                why: None,
            });
        }
    }

    /// Journals events that cannot be read, by their ids.
    pub(super) fn note_unreadable(&self, tx: &mut TenantTx, ids: &[String]) {
        if !ids.is_empty() {
            tx.journal(JournalRow {
                actor: Actor::Sync(self.link.id),
                action: "link.set_aside",
                subject_kind: "link",
                subject: self.link.id.0,
                before: None,
                after: Some(json!({"count": ids.len(), "google_events": &ids[..ids.len().min(100)]})),
                why: Some("unreadable".into()),
            });
        }
    }
}
