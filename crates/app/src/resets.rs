//! Resets: a connection ends, and what Portico put into its Google calendars is deleted there first.

use std::{sync::Arc, time::Duration};

use portico_google::{
    Kind,
    calendar::{Calendar, SendUpdates, Write},
};
use portico_kernel::{ConnectionId, EntryId, JobId, MeetingId, TenantId, Timestamp};
use portico_store::{Actor, EntriesBy, JournalRow, Link, LinkState, ResetItem, SyncEntry, SyncMeeting, TenantTx};
use portico_transport::Backoff;
use serde_json::json;

use crate::{
    App, Caller, ConnectionView, Error, Next, carriers,
    connections::{self, row, visible},
    google_event::{google_id, ical_uid, is_own_id},
    links,
    sync_calendar::unlink_copy,
};

/// The queue's name of the work that empties a reset's queue; the key is the connection's id.
pub const KIND: &str = "reset_connection";

/// Deletions in one run; bulk work gives small work its turn.
const AT_ONCE: usize = 50;

/// How often a deletion is tried that Google fails to carry out.
const TRIES: i64 = 8;

/// What is deleted when a connection is reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reset {
    /// Whether what Portico put into the Google calendars is deleted there. Without it the reset ends at once.
    pub delete_at_google: bool,
    /// Whether events that were born at Google, and that its calendars organize, are deleted there as well.
    pub born_at_google: bool,
    /// Whether what the links brought is removed here.
    pub remove_local: bool,
}

/// How many single events and series a reset would delete at Google.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResetCount {
    /// Those that Portico put there.
    pub from_here: usize,
    /// Those that were born there and that the connection's calendars organize.
    pub born_at_google: usize,
}

/// Whether a reset of its connection deletes what a link has at Google: it may, and nobody else goes on with the link, now
/// or when a connection that is paused or expired works again.
async fn is_emptied(tx: &mut TenantTx, link: &Link) -> Result<bool, Error> {
    let is_chosen = link.state != LinkState::PendingImport;
    Ok(carriers::may_write(&link.access_role) && is_chosen && !carriers::may_go_on(tx, link).await?)
}

fn is_organized(link: &Link, organizer: &str) -> bool {
    organizer.is_empty() || organizer == link.google_calendar_id
}

impl App {
    /// What a reset of a connection would delete at Google.
    pub async fn count_reset(&self, by: &Caller, id: ConnectionId) -> Result<ResetCount, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        visible(&mut tx, by, id).await?;
        let mut count = ResetCount::default();
        for link in tx.links_of_connection(id).await? {
            if !is_emptied(&mut tx, &link).await? {
                continue;
            }
            for (entry, google, organizer) in tx.organizers_at_google(link.id).await? {
                if is_own_id(&google, entry) {
                    count.from_here += 1;
                } else if is_organized(&link, &organizer) {
                    count.born_at_google += 1;
                }
            }
        }
        tx.end().await?;
        Ok(count)
    }

    /// Ends a connection as [`App::disconnect`] does, after its events are deleted at Google where that is wanted. Until the
    /// last one is, the credentials live and the connection is `resetting`. Nobody is mailed.
    pub async fn reset_connection(&self, by: &Caller, id: ConnectionId, reset: Reset) -> Result<ConnectionView, Error> {
        if !reset.delete_at_google {
            self.disconnect(by, id, reset.remove_local).await?;
            return self.connection(by, id).await;
        }
        let mut tx = self.store.tenant(by.tenant).await?;
        let mut connection = visible(&mut tx, by, id).await?;
        match connection.state.as_str() {
            "authorized" | "paused" => {}
            "resetting" => return Err(Error::Conflict { reason: "resetting" }),
            _ => return Err(Error::Conflict { reason: "connection_not_authorized" }),
        }
        let mut items = Vec::new();
        for link in tx.links_of_connection(id).await? {
            if is_emptied(&mut tx, &link).await? {
                tx.break_lease(link.id).await?;
                items.extend(take_copies(&mut tx, &link, reset, self.now()).await?);
            }
        }
        links::stop_connection(self, &mut tx, id, reset.remove_local).await?;
        tx.journal(JournalRow {
            after: Some(json!({
                "delete_at_google": items.len(), "born_at_google": reset.born_at_google,
                "local_data": if reset.remove_local { "remove" } else { "keep" },
            })),
            ..row(by, "connection.reset", id)
        });
        if items.is_empty() {
            connections::end(self, &mut tx, &mut connection).await?;
        } else {
            tx.queue_reset(id, &items).await?;
            connection.state = "resetting".to_owned();
            connection.reason = None;
            tx.put_connection(&connection, self.now()).await?;
            tx.wake(JobId::new(&self.world), KIND, &id.to_string(), self.now()).await?;
        }
        self.commit(tx).await?;
        self.connection(by, id).await
    }

    /// Gives a reset up: its queue is dropped and the connection ends. What is not deleted at Google yet stays there.
    pub async fn cancel_reset(&self, by: &Caller, id: ConnectionId) -> Result<ConnectionView, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let connection = visible(&mut tx, by, id).await?;
        tx.end().await?;
        match connection.state.as_str() {
            "resetting" => self.disconnect(by, id, false).await?,
            "disconnected" => {}
            _ => return Err(Error::Conflict { reason: "not_resetting" }),
        }
        self.connection(by, id).await
    }
}

/// The events of a link that a reset deletes at Google. Here they have no copy any more: connected again, those that are
/// kept go out as new events.
async fn take_copies(tx: &mut TenantTx, link: &Link, reset: Reset, now: Timestamp) -> Result<Vec<ResetItem>, Error> {
    let ids = tx.copies_at_google(link.id).await?;
    let entries = tx.sync_entries(EntriesBy::Ids(&ids)).await?;
    let meetings: Vec<MeetingId> = entries.iter().map(|entry| entry.meeting_id).collect();
    let mut meetings = tx.sync_meetings(&meetings).await?;
    let organized = |entry: &SyncEntry, meetings: &[SyncMeeting]| {
        let meeting = meetings.iter().find(|meeting| meeting.id == entry.meeting_id);
        meeting.is_some_and(|meeting| is_organized(link, &meeting.organizer_email))
    };
    let mut taken: Vec<SyncEntry> = entries
        .into_iter()
        .filter(|entry| {
            let own = entry.google_id.as_deref().is_some_and(|google| is_own_id(google, entry.id));
            own || (reset.born_at_google && organized(entry, &meetings))
        })
        .collect();
    let items = taken
        .iter()
        .filter_map(|entry| {
            let google_calendar_id = link.google_calendar_id.clone();
            Some(ResetItem { google_calendar_id, google_id: entry.google_id.clone()?, attempts: 0 })
        })
        .collect();
    let series: Vec<EntryId> = taken.iter().map(|entry| entry.id).collect();
    for meeting in &mut meetings {
        let led = taken.iter().find(|entry| meeting.lead_entry_id == Some(entry.id));
        if let Some(entry) = led {
            meeting.uid = ical_uid(&google_id(entry.id, entry.incarnation + 1));
            meeting.version += 1;
        }
    }
    meetings.retain(|meeting| taken.iter().any(|entry| meeting.lead_entry_id == Some(entry.id)));
    let mut exceptions = tx.sync_entries(EntriesBy::Series(&series)).await?;
    // Occurrences have the iCalUID of their series.
    let of_exceptions: Vec<MeetingId> = exceptions.iter().map(|entry| entry.meeting_id).collect();
    for mut occurrence in tx.sync_meetings(&of_exceptions).await? {
        if let Some(whole) = meetings.iter().find(|whole| occurrence.series_id == Some(whole.id)) {
            occurrence.uid.clone_from(&whole.uid);
            occurrence.version += 1;
            meetings.push(occurrence);
        }
    }
    for entry in taken.iter_mut().chain(&mut exceptions) {
        unlink_copy(entry);
        entry.link_id = None;
        if reset.remove_local {
            entry.deleted_at = entry.deleted_at.or(Some(now));
        }
    }
    let mut others = Vec::new();
    if reset.remove_local {
        // Colleagues who have a copy at Google are told by Google. For the others the meeting is over as well.
        let led: Vec<MeetingId> = meetings.iter().map(|meeting| meeting.id).collect();
        others = tx.sync_entries(EntriesBy::Meetings(&led)).await?;
        others.retain(|entry| entry.is_live() && entry.base.is_none());
        others.retain(|entry| !taken.iter().chain(&exceptions).any(|own| own.id == entry.id));
        for entry in &mut others {
            entry.deleted_at = Some(now);
            entry.pushed_version = entry.local_version;
            entry.act = None;
        }
    }
    tx.put_sync_meetings(&meetings.iter().collect::<Vec<_>>(), now).await?;
    tx.put_sync_entries(&taken.iter().chain(&exceptions).chain(&others).collect::<Vec<_>>()).await?;
    Ok(items)
}

/// Deletes what a reset has queued, one event after the other, and ends the connection after the last. May run twice.
pub async fn run(app: &Arc<App>, tenant: TenantId, id: ConnectionId) -> Result<Next, Error> {
    let calendar = Calendar::new(app.google_client(tenant, id));
    for _ in 0..AT_ONCE {
        let mut tx = app.store.tenant_read(tenant).await?;
        let resetting = tx.connection(id).await?.is_some_and(|connection| connection.state == "resetting");
        let item = tx.next_reset_item(id).await?;
        tx.end().await?;
        if !resetting {
            return Ok(Next::Done);
        }
        let Some(item) = item else { return finish(app, tenant, id, None).await };
        let write = Write { send_updates: SendUpdates::None, ..Write::default() };
        let outcome = calendar.events(&item.google_calendar_id).delete(&item.google_id, &write).await;
        match outcome {
            Ok(()) => settle(app, tenant, id, &item, None).await?,
            Err(error) if error.is_absent() => settle(app, tenant, id, &item, None).await?,
            Err(error) => match error.kind() {
                Kind::Unauthorized | Kind::ApiDisabled | Kind::ScopesMissing { .. } => {
                    return finish(app, tenant, id, Some("reconnect_needed")).await;
                }
                Kind::Grant(_) if !error.is_temporary() => {
                    return finish(app, tenant, id, Some("reconnect_needed")).await;
                }
                Kind::RateLimited | Kind::QuotaExceeded => {
                    let wait = error.retry_after().map_or(60, |wait| i64::try_from(wait.as_secs()).unwrap_or(60));
                    return Ok(Next::At(app.now().plus_seconds(wait.clamp(1, 3600))));
                }
                _ if error.is_temporary() && item.attempts + 1 < TRIES => {
                    let mut tx = app.store.tenant(tenant).await?;
                    tx.put_back_reset_item(id, &item).await?;
                    app.commit(tx).await?;
                    let backoff = Backoff { first: Duration::from_secs(5), longest: Duration::from_secs(600) };
                    let attempt = u32::try_from(item.attempts).unwrap_or(0);
                    let wait = backoff.wait(attempt, app.world.rng.as_ref()).as_secs();
                    return Ok(Next::At(app.now().plus_seconds(i64::try_from(wait).unwrap_or(600).max(1))));
                }
                _ => {
                    tracing::warn!(connection = %id, %error, "an event could not be deleted at Google and stays there");
                    settle(app, tenant, id, &item, Some(error.reason().unwrap_or("google_unreachable"))).await?;
                }
            },
        }
    }
    Ok(Next::At(app.now()))
}

/// An event is done with: deleted, or left where it is because Google will not delete it.
async fn settle(
    app: &App,
    tenant: TenantId,
    id: ConnectionId,
    item: &ResetItem,
    problem: Option<&str>,
) -> Result<(), Error> {
    let mut tx = app.store.tenant(tenant).await?;
    tx.remove_reset_item(id, item).await?;
    if let Some(problem) = problem {
        tx.journal(JournalRow {
            after: Some(json!({"google_id": item.google_id})),
            ..by_itself("connection.reset_left_behind", id, Some(problem))
        });
    }
    app.commit(tx).await
}

/// The queue is empty, or Google takes the credentials no more: the connection ends.
async fn finish(app: &App, tenant: TenantId, id: ConnectionId, problem: Option<&str>) -> Result<Next, Error> {
    let mut tx = app.store.tenant(tenant).await?;
    let Some(mut connection) = tx.connection(id).await?.filter(|connection| connection.state == "resetting") else {
        return Ok(Next::Done);
    };
    let left = tx.drop_reset(id).await?;
    connections::end(app, &mut tx, &mut connection).await?;
    tx.journal(JournalRow {
        after: (left > 0).then(|| json!({"left_at_google": left})),
        ..by_itself("connection.disconnected", id, problem)
    });
    app.commit(tx).await?;
    Ok(Next::Done)
}

fn by_itself(action: &'static str, id: ConnectionId, why: Option<&str>) -> JournalRow {
    JournalRow {
        actor: Actor::System,
        action,
        subject_kind: "connection",
        subject: id.0,
        before: None,
        after: None,
        why: why.map(str::to_owned),
    }
}
