//! Brings one linked calendar in line: pull, merge, push, guard. It may run twice, be killed anywhere, and lose answers.
//!
//! A run holds the link's lease; every transaction of the run checks its number, so that a run that lost the lease writes
//! nothing. No transaction is open while Google is asked. What is being sent is written down first.

mod absorb;
mod answers;
mod credit;
mod event_types;
mod finish;
mod gone;
mod guard;
mod hand;
mod occurrences;
mod plan;
mod pull;
mod push;
mod relocate;
mod save;
mod sendable;
mod settle;
mod share;
mod wanted;

pub use finish::Hour;
pub(crate) use finish::trouble;
pub(crate) use gone::unlink_copy;

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt;
use jiff::tz::TimeZone;
use portico_google::{
    self as google, RetryPolicy,
    calendar::{AccessRole, Calendar},
};
use portico_kernel::{EmployeeId, LinkId, TenantId, Timestamp};
use portico_store::{Actor, Connection, Direction, JournalRow, Link, LinkState, StoreError, TenantTx};
use portico_transport::Backoff;

use crate::{App, Error, links};
use hand::Seat;

/// The queue's name of this work; the key is the link's id.
pub const KIND: &str = "sync_calendar";

/// A run's lease, in seconds: longer than the longest call to Google with all its tries.
pub(crate) const LEASE: i64 = 90;

/// However Google pushes, a link is looked at this often, in seconds.
pub const POLL: i64 = 15 * 60;

/// The fault is ours. What did it says so in the log; the link, that it stands still.
const INTERNAL: &str = "internal";

/// After so many failed runs in a row the events of a page that cannot be applied are tried one by one, and what fails alone is
/// set aside; so is what cannot be sent.
const FAULTS: i64 = 3;

/// Why a link only reads: the account may not write its calendar at Google.
pub(crate) const READ_ONLY: &str = "read_only";

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// Events that Google brought and that were new or other here.
    pub pulled: usize,
    /// Edits that Google took.
    pub pushed: usize,
    /// Events in which both sides' changes were put together.
    pub merged: usize,
    /// Events with fields that both sides had changed.
    pub conflicts: usize,
    /// Events that wait for a person's word.
    pub held: usize,
    /// Whether another run was at work, or the link is not on.
    pub idle: bool,
    /// When the link is to be looked at again.
    pub next: Option<Timestamp>,
}

/// Why a run ends before its time.
#[derive(Debug)]
enum Stop {
    /// Google.
    Google(google::Error),
    /// The connection has no token to give.
    Connection(Error),
    /// Another run has the lease.
    Lost,
    /// The database.
    Store(StoreError),
    /// Google answered something that makes no sense; later perhaps.
    Later(&'static str),
    /// The run panicked: the fault is ours.
    Panicked,
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale => Self::Lost,
            other => Self::Store(other),
        }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            Error::Stale => Self::Lost,
            other => Self::Connection(other),
        }
    }
}

/// One run over one link.
struct Run<'a> {
    app: &'a App,
    tenant: TenantId,
    link: Link,
    google_calendar: String,
    zone: TimeZone,
    fence: i64,
    calendar: Calendar,
    guard: settle::Guard,
    /// Whether nothing but the pull was to be done.
    quiet: bool,
    /// Whether the last page's transaction was the run's last one too.
    ended: bool,
    ran: Ran,
}

/// Runs the sync of a link once.
pub async fn sync_calendar(app: &Arc<App>, tenant: TenantId, id: LinkId) -> Result<Ran, Error> {
    run(app, tenant, id, None).await
}

/// Runs the sync of a link once, if a connection of `owner` carries it. Any other is not found: whether somebody sees a
/// colleague's link is a question of its own, and most people ask for their own.
pub(crate) async fn sync_own_calendar(
    app: &Arc<App>,
    tenant: TenantId,
    id: LinkId,
    owner: EmployeeId,
) -> Result<Ran, Error> {
    run(app, tenant, id, Some(owner)).await
}

async fn run(app: &Arc<App>, tenant: TenantId, id: LinkId, owner: Option<EmployeeId>) -> Result<Ran, Error> {
    let now = app.now();
    let mut tx = app.store.tenant(tenant).await?;
    let works = |link: &Link| link.state == LinkState::On && link.calendar_id.is_some();
    let is_foreign = |connection: &Connection| owner.is_some_and(|owner| connection.employee_id != Some(owner));
    let Some(leased) = tx.take_lease(id, now, now.plus_seconds(LEASE)).await? else {
        let link = tx.link(id).await?;
        if owner.is_some() {
            let link = link.as_ref().ok_or(Error::NotFound)?;
            tx.connection(link.connection_id).await?.filter(|it| !is_foreign(it)).ok_or(Error::NotFound)?;
        }
        // The job row would be run again after a wake only; the other run may have passed what this one was woken for.
        let next = link.is_some_and(|link| works(&link)).then(|| now.plus_seconds(5));
        return Ok(Ran { idle: true, next, ..Ran::default() });
    };
    let link = leased.link;
    let (connection, keys) = tx.connection_with_keys(link.connection_id).await?.ok_or(Error::NotFound)?;
    // Nothing is committed: the lease is as it was.
    if is_foreign(&connection) {
        return Err(Error::NotFound);
    }
    if !works(&link) {
        drop(tx);
        let has_ended = matches!(link.state, LinkState::Off | LinkState::Retired);
        if has_ended && connection.state == "authorized" {
            let client = || app.google_client(tenant, link.connection_id);
            crate::push_channels::stop_closed(app, tenant, id, client).await?;
        }
        return Ok(Ran { idle: true, ..Ran::default() });
    }
    let fence = link.fence;
    if leased.has_unlinked
        && link.direction != Direction::FromGoogle
        && let Some(calendar) = link.calendar_id
    {
        tx.attach_entries(id, calendar, link.since).await?;
    }
    let limits = leased.limits.ok_or(Error::NotFound)?;
    let access = app.access_at_hand(tenant, &connection, &keys)?;
    app.commit(tx).await?;

    let zone = TimeZone::get(&link.time_zone).unwrap_or(TimeZone::UTC);
    let client = app.google_client_with(tenant, link.connection_id, access);
    let patience = RetryPolicy {
        backoff: Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(8) },
        attempts: 3,
        deadline: Duration::from_secs(20),
    };
    let calendar = Calendar::new(client.with_retry(patience));
    let google_calendar = link.google_calendar_id.clone();
    let mut run = Run {
        app,
        tenant,
        link,
        google_calendar,
        zone,
        fence,
        calendar,
        guard: settle::Guard(limits),
        quiet: false,
        ended: false,
        ran: Ran::default(),
    };
    // A panic is written down as any other fault: a link that stands still must not look as if it were in step.
    let outcome = AssertUnwindSafe(run.all()).catch_unwind().await.unwrap_or(Err(Stop::Panicked));
    let (ran, quiet) = (run.ran, run.quiet);
    match outcome {
        Ok(()) if run.ended => Ok(ran),
        Ok(()) => finish::succeeded(app, tenant, id, fence, quiet, ran).await,
        Err(stop) => finish::failed(app, tenant, id, fence, stop, ran).await,
    }
}

impl Run<'_> {
    async fn all(&mut self) -> Result<(), Stop> {
        let role = self.link.access_role.clone();
        self.pull().await?;
        if self.link.access_role != role {
            self.list_again().await?;
        }
        if self.ended {
            return Ok(());
        }
        if !AccessRole::from(self.link.access_role.as_str()).can_write() {
            self.make_read_only().await?;
        }
        self.quiet = !self.is_waiting().await?;
        if !self.quiet {
            self.ask_for_rooms().await?;
            self.settle_gone().await?;
            if self.link.direction != Direction::FromGoogle {
                self.push().await?;
                // What was found gone while pushing.
                self.settle_gone().await?;
            }
        }
        crate::push_channels::keep_open(self.app, self.tenant, &mut self.link, &self.calendar).await?;
        Ok(())
    }

    /// Most runs bring little and have nothing to send: one look says so.
    async fn is_waiting(&self) -> Result<bool, Stop> {
        let mut tx = self.app.store.tenant_read(self.tenant).await?;
        let waiting = tx.is_waiting(self.link.id).await?;
        tx.end().await?;
        Ok(waiting)
    }

    /// Google shows the calendar with another right than the list of calendars did. What follows from a right, follows where
    /// the list is read.
    async fn list_again(&self) -> Result<(), Stop> {
        let mut tx = self.app.store.tenant(self.tenant).await?;
        links::list_again(self.app, &mut tx, self.link.connection_id).await?;
        self.commit(tx).await
    }

    /// The account may only read the calendar: from now on nothing goes out, until somebody who may write chooses otherwise.
    async fn make_read_only(&mut self) -> Result<(), Stop> {
        if self.link.direction == Direction::FromGoogle {
            return Ok(());
        }
        let mut tx = self.write().await?;
        if let Some(mut link) = tx.link(self.link.id).await? {
            link.direction = Direction::FromGoogle;
            link.reason = Some(READ_ONLY.to_owned());
            tx.put_link(&link, self.now()).await?;
            tx.journal(JournalRow {
                actor: Actor::Sync(link.id),
                action: "link.read_only",
                subject_kind: "link",
                subject: link.id.0,
                before: Some(serde_json::json!({"direction": self.link.direction.as_str()})),
                after: Some(
                    serde_json::json!({"direction": link.direction.as_str(), "access_role": self.link.access_role}),
                ),
                why: Some(READ_ONLY.to_owned()),
            });
        }
        self.commit(tx).await?;
        self.link.direction = Direction::FromGoogle;
        Ok(())
    }

    fn now(&self) -> Timestamp {
        self.app.now()
    }

    fn seat(&self) -> Seat<'_> {
        Seat {
            link: &self.link,
            zone: self.zone.clone(),
            now: self.now(),
            world: &self.app.world,
            generation: self.link.pulling_generation.unwrap_or(self.link.generation),
            full: self.link.pulling_generation.is_some(),
        }
    }

    /// A transaction that only this run may write: it holds the lease, and extends it.
    async fn write(&self) -> Result<TenantTx, Stop> {
        let mut tx = self.app.store.tenant(self.tenant).await?;
        tx.hold_lease(self.link.id, self.fence, self.now().plus_seconds(LEASE)).await?;
        Ok(tx)
    }

    async fn commit(&self, tx: TenantTx) -> Result<(), Stop> {
        Ok(self.app.commit(tx).await?)
    }
}
