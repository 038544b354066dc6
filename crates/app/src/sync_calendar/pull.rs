//! Reads what is new at Google, page by page; each page is committed before the next one is asked for.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::AssertUnwindSafe,
};

use futures::FutureExt;
use portico_google::{
    Kind,
    calendar::{AccessRole, Cursor, EventPage, MirrorQuery},
};
use portico_kernel::EntryId;
use portico_store::Direction;
use serde_json::value::RawValue;

use super::{
    FAULTS, Run, Stop,
    absorb::absorb,
    event_types::brings,
    gone::{end_waiting_in_vain, gone},
    hand::Hand,
};
use crate::google_event::{self, RemoteEvent};

/// Events a page: large enough for bulk statements, small enough for memory.
const PAGE: u32 = 1000;

/// How often a pull begins anew within a run when Google refuses its cursor.
const RESTARTS: usize = 3;

/// What a page brings, understood.
struct Brought {
    events: Vec<(RemoteEvent, Box<RawValue>)>,
    unreadable: Vec<String>,
}

/// Whether a full pull did not bring this entry because Google lists exceptions only: it was read once to be written, its
/// series is there, and at Google it may be an occurrence like any other.
fn is_plain_occurrence(hand: &Hand, id: EntryId, generation: i64) -> bool {
    let is_occurrence = hand.meeting_of(id).is_some_and(|meeting| meeting.original_start.is_some());
    let series = hand.entries.get(&id).and_then(|entry| hand.entries.get(&entry.series_entry_id?));
    is_occurrence
        && series.is_some_and(|series| series.is_live() && series.base.is_some() && series.generation == generation)
}

/// Google's copy is read again before anything is decided about the entry; what waits to go out goes on waiting.
fn ask_again(hand: &mut Hand, id: EntryId, generation: i64) {
    hand.change(id, |entry| {
        entry.generation = generation;
        entry.etag.clear();
        if !entry.is_pending() {
            entry.local_version = entry.pushed_version + 1;
        }
    });
}

/// Whether Google answered, and with an event that cannot be read: that one is set aside, and the run goes on.
pub(super) fn makes_no_sense(error: &portico_google::Error) -> bool {
    *error.kind() == Kind::Unreadable && error.status() == Some(200)
}

/// What of ours stopped: what it was about would end a run in the same way again. In words without its text.
pub(super) fn fault_of_ours(stop: &Stop) -> Option<String> {
    match stop {
        Stop::Store(error) if error.is_lasting() => Some(error.to_string()),
        Stop::Panicked => Some("a panic".to_owned()),
        _ => None,
    }
}

fn set_aside(unreadable: &mut Vec<String>, id: String) {
    if !unreadable.contains(&id) {
        unreadable.push(id);
    }
}

impl Run<'_> {
    pub(super) async fn pull(&mut self) -> Result<(), Stop> {
        let mut restarts = 0;
        loop {
            if self.link.cursor.is_none() && self.link.pulling_generation.is_none() {
                self.begin_full_pull().await?;
            }
            match self.next_page().await {
                Ok(page) => {
                    if self.take_page(page).await? {
                        return Ok(());
                    }
                }
                Err(error)
                    if matches!(error.kind(), Kind::FullSyncRequired | Kind::BadCursor) && restarts < RESTARTS =>
                {
                    restarts += 1;
                    tracing::info!(link = %self.link.id, error = %error, "Google's cursor is of no more use; reading everything");
                    self.begin_full_pull().await?;
                }
                Err(error) => return Err(Stop::Google(error)),
            }
        }
    }

    async fn next_page(&self) -> Result<EventPage, portico_google::Error> {
        let mut query = MirrorQuery::new().max_results(PAGE);
        if let Some(cursor) = self.link.cursor.as_deref().filter(|_| self.link.pulling_generation.is_none()) {
            query = query.since(cursor);
        }
        if let Some(token) = &self.link.page_token {
            query = query.page(token);
        }
        self.calendar.events(&self.google_calendar).list(query).await
    }

    /// A new generation: what it does not bring is removed at its end, and not before.
    async fn begin_full_pull(&mut self) -> Result<(), Stop> {
        let generation = self.link.pulling_generation.unwrap_or(self.link.generation) + 1;
        self.link.pulling_generation = Some(generation);
        self.link.page_token = None;
        self.link.cursor = None;
        let mut tx = self.write().await?;
        tx.put_pull_state(&self.link).await?;
        self.commit(tx).await
    }

    /// Applies a page and commits it with its token; true after the last one.
    async fn take_page(&mut self, page: EventPage) -> Result<bool, Stop> {
        let next = page.next.clone();
        if next == Cursor::End(None) {
            return Err(Stop::Later("no_cursor"));
        }
        if let Some(zone) = page.time_zone.as_deref().filter(|zone| *zone != self.link.time_zone)
            && let Ok(known) = jiff::tz::TimeZone::get(zone)
        {
            self.zone = known;
            self.link.time_zone = zone.to_owned();
        }
        if let Some(role) = &page.access_role {
            self.link.access_role = role.as_str().to_owned();
        }
        let mut brought = self.understand(page);
        self.fetch_masters(&mut brought).await?;
        let before = self.link.clone();
        match self.try_page(&brought, next.clone()).await {
            Err(stop) if self.link.failures >= FAULTS && fault_of_ours(&stop).is_some() => {
                self.link = before;
                self.set_aside_poison(&mut brought).await?;
                self.try_page(&brought, next).await
            }
            applied => applied,
        }
    }

    /// Nothing of a page stays that makes the program panic.
    async fn try_page(&mut self, brought: &Brought, next: Cursor) -> Result<bool, Stop> {
        AssertUnwindSafe(self.apply_page(brought, next)).catch_unwind().await.unwrap_or(Err(Stop::Panicked))
    }

    async fn apply_page(&mut self, brought: &Brought, next: Cursor) -> Result<bool, Stop> {
        let mut tx = self.write().await?;
        let mut hand = self.load_for(&mut tx, &brought.events, &brought.unreadable).await?;
        hand.pass_unreadable(&brought.unreadable);
        for (remote, raw) in &brought.events {
            absorb(&mut hand, &self.seat(), remote, raw.get());
        }
        self.note_unreadable(&mut tx, &brought.unreadable);
        let is_last = match next {
            Cursor::More(token) => {
                self.link.page_token = Some(token);
                false
            }
            Cursor::End(cursor) => {
                self.link.page_token = None;
                self.link.cursor = cursor;
                if let Some(generation) = self.link.pulling_generation {
                    // Before the generation is the link's: what this page passed moves on to it.
                    self.save(&mut tx, &mut hand).await?;
                    self.link.pulling_generation = None;
                    let stale = tx.stale_entries(self.link.id, generation).await?;
                    hand = self.load(&mut tx, stale).await?;
                    self.link.generation = generation;
                    let stale: Vec<_> = hand
                        .entries
                        .values()
                        .filter(|e| e.link_id == Some(self.link.id) && e.generation < generation && e.base.is_some())
                        .map(|e| e.id)
                        .collect();
                    for id in stale {
                        if self.link.direction != Direction::FromGoogle && is_plain_occurrence(&hand, id, generation) {
                            ask_again(&mut hand, id, generation);
                        } else {
                            gone(&mut hand, &self.seat(), id);
                        }
                    }
                    self.save(&mut tx, &mut hand).await?;
                    let waiting = tx.entries_without_copy(self.link.id).await?;
                    hand = self.load(&mut tx, waiting.clone()).await?;
                    end_waiting_in_vain(&mut hand, &self.seat(), &waiting);
                }
                true
            }
        };
        self.save(&mut tx, &mut hand).await?;
        let ended = is_last && self.can_end_here() && self.end(&mut tx).await?;
        if !ended {
            tx.put_pull_state(&self.link).await?;
        }
        self.commit(tx).await?;
        self.ended = ended;
        Ok(is_last)
    }

    /// This page could not be applied, run after run: each event is tried by itself, and the few that fail alone are set aside
    /// with those that cannot be read. Where it is not a few, the fault is no event's, and the cursor stays.
    async fn set_aside_poison(&mut self, brought: &mut Brought) -> Result<(), Stop> {
        let all = std::mem::take(&mut brought.events);
        let most = (all.len() / 10).max(1);
        let mut refused = 0;
        for event in all {
            let taken = AssertUnwindSafe(self.take_one(&event)).catch_unwind().await.unwrap_or(Err(Stop::Panicked));
            let fault = taken.as_ref().err().and_then(fault_of_ours);
            match (taken, fault) {
                (Ok(()), _) => brought.events.push(event),
                (Err(_), Some(fault)) if refused < most => {
                    refused += 1;
                    tracing::warn!(link = %self.link.id, event = event.0.id, fault, "an event of Google's is set aside");
                    set_aside(&mut brought.unreadable, event.0.id);
                }
                (Err(stop), _) => return Err(stop),
            }
        }
        Ok(())
    }

    async fn take_one(&mut self, event: &(RemoteEvent, Box<RawValue>)) -> Result<(), Stop> {
        let mut tx = self.write().await?;
        let mut hand = self.load_for(&mut tx, std::slice::from_ref(event), &[]).await?;
        absorb(&mut hand, &self.seat(), &event.0, event.1.get());
        self.save(&mut tx, &mut hand).await?;
        self.commit(tx).await
    }

    /// Whether the last page may be the run's end: not where the account has lost the right to write meanwhile.
    fn can_end_here(&self) -> bool {
        self.link.direction == Direction::FromGoogle || AccessRole::from(self.link.access_role.as_str()).can_write()
    }

    fn understand(&self, page: EventPage) -> Brought {
        let mut brought = Brought { events: Vec::with_capacity(page.items.len()), unreadable: Vec::new() };
        for item in page.items {
            let read = match &item.event {
                Ok(event) => google_event::read(event, &self.zone).map_err(|problem| problem.to_string()),
                Err(problem) => Err(problem.to_string()),
            };
            match read {
                Ok(remote) => brought.events.push((remote, item.raw)),
                Err(problem) => {
                    tracing::warn!(link = %self.link.id, event = item.id, problem, "an event of Google's is set aside");
                    brought.unreadable.push(item.id);
                }
            }
        }
        // Masters before their exceptions, whatever the order on the page.
        brought.events.sort_by_key(|(remote, _)| remote.series_id.is_some());
        brought
    }

    /// An exception whose master we have never seen: the master is asked for. A guest of a single instance has none.
    async fn fetch_masters(&mut self, brought: &mut Brought) -> Result<(), Stop> {
        let here: BTreeSet<&str> = brought.events.iter().map(|(remote, _)| remote.id.as_str()).collect();
        let missing: BTreeSet<String> = brought
            .events
            .iter()
            .filter(|(remote, _)| brings(&self.link, remote.event_type))
            .filter_map(|(remote, _)| remote.series_id.clone())
            .filter(|series| !here.contains(series.as_str()))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let missing: Vec<String> = missing.into_iter().collect();
        let mut tx = self.app.store.tenant_read(self.tenant).await?;
        let known = tx.known_google_ids(self.link.id, &missing).await?;
        tx.end().await?;
        let mut masters = BTreeMap::new();
        for series in missing.into_iter().filter(|series| !known.contains(series)) {
            match self.calendar.events(&self.google_calendar).get(&series).await {
                Ok(copy) => match google_event::read(&copy.event, &self.zone) {
                    Ok(remote) => {
                        masters.insert(series, (remote, copy.raw));
                    }
                    Err(_) => set_aside(&mut brought.unreadable, series),
                },
                Err(error) if error.is_absent() => {}
                Err(error) if makes_no_sense(&error) => set_aside(&mut brought.unreadable, series),
                Err(error) => return Err(Stop::Google(error)),
            }
        }
        let mut events: Vec<_> = masters.into_values().collect();
        events.append(&mut brought.events);
        brought.events = events;
        brought.events.sort_by_key(|(remote, _)| remote.series_id.is_some());
        Ok(())
    }

    /// Meetings whose online room Google is still making are asked for again.
    pub(super) async fn ask_for_rooms(&mut self) -> Result<(), Stop> {
        let mut tx = self.app.store.tenant_read(self.tenant).await?;
        let asking = tx.asking_entries(self.link.id).await?;
        tx.end().await?;
        for (id, google_id, _) in asking {
            self.reread(id, &google_id).await?;
        }
        Ok(())
    }
}
