//! A local move between calendars of one owner is a move at Google.

use std::collections::BTreeMap;

use portico_calendar::{Attendee, Event, FieldConflict, diff};
use portico_google::{
    self as google, Kind,
    calendar::{AccessRole, EventCopy, SendUpdates},
};
use portico_kernel::{CalendarId, EntryId, LinkId};
use portico_store::{ConflictField, Link, LinkState, SyncEntry, TenantTx};
use serde_json::value::RawValue;

use super::{
    Run, Stop,
    hand::{Fact, Hand, Seat},
    occurrences::{part_occurrences, restore_with_siblings},
    share::conflict_field,
};
use crate::{google_event::RemoteEvent, links};

/// What Google said to a move.
enum Moved {
    /// The event is in the other calendar.
    There(Box<EventCopy>),
    /// It is in neither.
    Nowhere,
    /// It stays where it is, however often it is asked.
    Refused(google::Error),
}

fn with_occurrences(hand: &Hand, id: EntryId) -> Vec<EntryId> {
    let of_series = hand.entries.values().filter(|other| other.series_entry_id == Some(id)).map(|other| other.id);
    of_series.chain([id]).collect()
}

/// The other calendar keeps a copy, as a guest's: this one gets an entry that leads from now on, with all that waits to go
/// out to the guests.
fn hand_out(hand: &mut Hand, seat: &Seat<'_>, id: EntryId, here: CalendarId) {
    let mut made = BTreeMap::new();
    for each in with_occurrences(hand, id).into_iter().rev() {
        let old = hand.entries[&each].clone();
        let new = SyncEntry {
            id: EntryId::new(seat.world),
            calendar_id: here,
            link_id: old.link_id.map(|_| seat.link.id),
            speaker: Some(seat.link.google_calendar_id.clone()),
            series_entry_id: old.series_entry_id.map(|series| made.get(&series).copied().unwrap_or(series)),
            moving_to: None,
            gone_at: None,
            generation: seat.generation,
            ..old.clone()
        };
        made.insert(each, new.id);
        hand.change(each, |entry| {
            entry.act = None;
            entry.sending.clear();
        });
        hand.change_meeting(old.meeting_id, |row| {
            row.organizer_email.clone_from(&seat.link.google_calendar_id);
            if row.lead_entry_id == Some(each) {
                row.lead_entry_id = Some(new.id);
            }
        });
        hand.touched_entries.insert(new.id);
        hand.note(new.id, Fact::Created);
        hand.take_entry(seat, new);
    }
}

/// What was written here and differs from Google's is kept in a conflict.
fn keep_ours(hand: &mut Hand, id: EntryId, theirs: &Event) {
    let Some(meeting) = hand.meeting_of(id) else { return };
    let ours = Event { shared: meeting.shared.clone(), private: hand.entries[&id].private.clone() };
    let fields: Vec<ConflictField> = diff(theirs, &ours)
        .into_iter()
        .map(|field| {
            let google = field.value(theirs);
            conflict_field(&FieldConflict { field, base: google.clone(), portico: field.value(&ours), google })
        })
        .collect();
    if !fields.is_empty() {
        hand.clash(id, fields);
    }
}

/// The entry of another calendar that leads the event which `remote` says is organized here now.
fn moved_from_elsewhere(hand: &Hand, seat: &Seat<'_>, remote: &RemoteEvent) -> Option<EntryId> {
    let own = seat.link.google_calendar_id.as_str();
    let is_own = remote.organizer.as_ref().is_some_and(|organizer| organizer.email == own);
    if remote.cancelled || !is_own || remote.original_start.is_some() || hand.by_google(&remote.id).is_some() {
        return None;
    }
    hand.by_uid(&remote.uid, None).iter().find_map(|meeting| {
        let lead = hand.entries.get(&hand.meetings.get(meeting)?.lead_entry_id?)?;
        let is_removed = lead.google_id.is_none() && lead.incarnation > 0 && lead.deleted_by.is_none();
        let is_it = lead.google_id.as_ref() == Some(&remote.id) || (is_removed && !lead.is_live());
        let is_here = hand.of_meeting(*meeting).iter().any(|row| {
            let entry = &hand.entries[row];
            Some(entry.calendar_id) == seat.link.calendar_id
        });
        (is_it && !is_here && lead.link_id != Some(seat.link.id)).then_some(lead.id)
    })
}

impl Run<'_> {
    /// Moves an entry's copy at Google to the calendar of another link, which carries the entry from then on. What else
    /// waits to go out goes out there.
    pub(super) async fn relocate(
        &mut self,
        id: EntryId,
        version: i64,
        google_id: &str,
        to: LinkId,
    ) -> Result<(), Stop> {
        let mut tx = self.app.store.tenant_read(self.tenant).await?;
        let link = tx.link(to).await?;
        tx.end().await?;
        let writes = |link: &Link| AccessRole::from(link.access_role.as_str()).can_write();
        let Some(link) = link.filter(|link| link.state != LinkState::Retired && writes(link)) else {
            let error = google::Error::custom(Kind::Permission, "calendar.events.move", "the other calendar is gone");
            return self.refused(id, version, &error).await;
        };
        match self.ask_to_move(google_id, &link).await? {
            Moved::There(copy) => self.hand_over(id, &link, Some(&copy)).await,
            // The run of the other link removes it, if the guard agrees.
            Moved::Nowhere => self.hand_over(id, &link, None).await,
            Moved::Refused(error) => self.refused(id, version, &error).await,
        }
    }

    async fn ask_to_move(&self, google_id: &str, to: &Link) -> Result<Moved, Stop> {
        let events = self.calendar.events(&self.google_calendar);
        let error = match events.move_to(google_id, &to.google_calendar_id, SendUpdates::None).await {
            Ok(copy) => return Ok(Moved::There(Box::new(copy))),
            Err(error) => error,
        };
        let gone_here = error.is_absent();
        if !gone_here && *error.kind() != Kind::Duplicate {
            return match error.kind() {
                Kind::Invalid | Kind::Permission | Kind::Unsendable | Kind::Unreadable => Ok(Moved::Refused(error)),
                _ => Err(Stop::Google(error)),
            };
        }
        // It may have been moved already, by a call whose answer was lost.
        match self.calendar.events(&to.google_calendar_id).get(google_id).await {
            Ok(copy) if !copy.event.is_cancelled() => Ok(Moved::There(Box::new(copy))),
            Ok(_) => Ok(if gone_here { Moved::Nowhere } else { Moved::Refused(error) }),
            Err(absent) if absent.is_absent() => Ok(if gone_here { Moved::Nowhere } else { Moved::Refused(error) }),
            Err(error) => Err(Stop::Google(error)),
        }
    }

    /// Events that somebody moved here at Google, from another calendar of the same owner: the entries go along, with all that
    /// was written here and waits to go out.
    pub(super) async fn follow_moves(
        &self,
        tx: &mut TenantTx,
        hand: &mut Hand,
        events: &[(RemoteEvent, Box<RawValue>)],
    ) -> Result<(), Stop> {
        let Some(here) = self.link.calendar_id else { return Ok(()) };
        for (remote, _) in events {
            let Some(id) = moved_from_elsewhere(hand, &self.seat(), remote) else { continue };
            let entry = hand.entries[&id].clone();
            let (there, meeting) = (entry.calendar_id, entry.meeting_id);
            let Some(from) = entry.link_id else { continue };
            let organized = tx.link(from).await?.map(|link| link.google_calendar_id);
            let owners: Vec<_> =
                tx.calendars_by_ids(&[there, here]).await?.into_iter().map(|calendar| calendar.owner).collect();
            let same_owner = owners.len() == 2 && owners[0].is_some() && owners[0] == owners[1];
            if !same_owner || organized.as_ref() != hand.meetings.get(&meeting).map(|row| &row.organizer_email) {
                continue;
            }
            let seat = self.seat();
            let stays = |line: &Attendee| organized.as_deref() == Some(line.email.as_str());
            let is_guest = remote.event.as_ref().is_some_and(|event| event.shared.attendees.iter().any(stays));
            if is_guest {
                hand_out(hand, &seat, id, here);
                continue;
            }
            tx.follow_move(id, here).await?;
            let removed_at = entry.deleted_at.filter(|_| entry.deleted_by.is_none());
            let all: Vec<EntryId> = with_occurrences(hand, id);
            for each in &all {
                hand.change(*each, |entry| {
                    (entry.calendar_id, entry.moving_to, entry.gone_at) = (here, None, None);
                    entry.link_id = entry.link_id.map(|_| seat.link.id);
                    entry.generation = seat.generation;
                });
                let meeting = hand.entries[each].meeting_id;
                hand.change_meeting(meeting, |row| row.organizer_email.clone_from(&seat.link.google_calendar_id));
            }
            if removed_at.is_some() {
                // The other calendar's run came first, and took it for deleted. What was to go out then is in no version of
                // Google's.
                restore_with_siblings(hand, id);
                hand.claim(id, &remote.id);
                let waited = !tx.open_conflicts_of_entry(id).await?.is_empty();
                let theirs = remote.event.as_ref().filter(|_| waited);
                if let Some(theirs) = theirs {
                    keep_ours(hand, id, theirs);
                    // Google has its occurrences as before, and what was written here to one of them still goes out.
                    part_occurrences(hand, id);
                }
            }
            for each in all {
                let moved = hand.entries[&each].clone();
                hand.take_entry(&seat, moved);
            }
            hand.note(id, Fact::Updated);
        }
        Ok(())
    }

    /// The other link carries the entry, and its occurrences, from now on. It reads Google's copy and merges it; without one
    /// the entry is gone at Google.
    async fn hand_over(&mut self, id: EntryId, to: &Link, copy: Option<&EventCopy>) -> Result<(), Stop> {
        let mut tx = self.write().await?;
        let mut hand = self.load(&mut tx, vec![id]).await?;
        let now = self.now();
        let mut all = with_occurrences(&hand, id);
        all.retain(|each| hand.entries[each].link_id == Some(self.link.id));
        for each in all {
            hand.change(each, |entry| {
                entry.link_id = Some(to.id);
                entry.moving_to = None;
                entry.generation = to.pulling_generation.unwrap_or(to.generation);
            });
            let meeting = hand.entries[&each].meeting_id;
            hand.change_meeting(meeting, |meeting| {
                if meeting.organizer_email == self.link.google_calendar_id {
                    meeting.organizer_email.clone_from(&to.google_calendar_id);
                }
            });
        }
        hand.change(id, |entry| match copy {
            Some(copy) => {
                entry.google_id.clone_from(&copy.event.id);
                // The copy has to be read: it may say more than who organizes it now.
                entry.etag.clear();
                entry.local_version = entry.local_version.max(entry.pushed_version + 1);
            }
            None => entry.gone_at = Some(now),
        });
        hand.note(id, Fact::Pushed);
        self.ran.pushed += 1;
        self.save(&mut tx, &mut hand).await?;
        links::wake(self.app, &mut tx, to.id).await?;
        self.commit(tx).await
    }
}
