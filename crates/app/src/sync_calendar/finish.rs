//! How a run ends: what the link shows, and when it is looked at again.

use std::time::Duration;

use portico_google::{self as google, Kind, auth::ExpiredReason};
use portico_kernel::{LinkId, TenantId, Timestamp};
use portico_store::{Direction, Link, LinkState, StoreError, TenantTx};
use portico_transport::Backoff;
use serde::{Deserialize, Serialize};

use super::{INTERNAL, POLL, READ_ONLY, Ran, Run, Stop};
use crate::{App, Error, links, push_channels};

/// One hour of a link, for the bar of the last day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hour {
    /// Hours since 1970.
    pub hour: i64,
    /// `ok`, `late` or `stopped`.
    pub state: String,
}

/// The last 24 hours with this hour's worst state added.
fn history(text: &str, now: Timestamp, state: &str) -> String {
    let hour = now.0.div_euclid(3_600_000_000);
    let mut hours: Vec<Hour> = serde_json::from_str(text).unwrap_or_default();
    hours.retain(|known| known.hour > hour - 24);
    let rank = |state: &str| ["ok", "late", "stopped"].iter().position(|known| *known == state);
    match hours.iter_mut().find(|known| known.hour == hour) {
        Some(known) if rank(&known.state) < rank(state) => state.clone_into(&mut known.state),
        Some(_) => {}
        None => hours.push(Hour { hour, state: state.to_owned() }),
    }
    serde_json::to_string(&hours).unwrap_or_else(|_| "[]".into())
}

async fn write(
    app: &App,
    tenant: TenantId,
    id: LinkId,
    fence: i64,
    change: impl FnOnce(&mut Link),
) -> Result<(), Error> {
    let mut tx = app.store.tenant(tenant).await?;
    match tx.release_lease(id, fence).await {
        Err(StoreError::Stale) => return Ok(()),
        other => other?,
    }
    if let Some(mut link) = tx.link(id).await? {
        change(&mut link);
        tx.put_link(&link, app.now()).await?;
        if link.state == LinkState::Retired {
            push_channels::close_all(&mut tx, id).await?;
        }
    }
    app.commit(tx).await
}

/// Since when the oldest online room is asked for.
async fn asking_since(app: &App, tenant: TenantId, id: LinkId) -> Result<Option<Timestamp>, Error> {
    let mut tx = app.store.tenant_read(tenant).await?;
    let since = tx.asking_entries(id).await?.first().map(|(_, _, since)| *since);
    tx.end().await?;
    Ok(since)
}

pub(super) async fn succeeded(
    app: &App,
    tenant: TenantId,
    id: LinkId,
    fence: i64,
    quiet: bool,
    mut ran: Ran,
) -> Result<Ran, Error> {
    let now = app.now();
    let asking = if quiet { None } else { asking_since(app, tenant, id).await? };
    let next = match asking {
        // A room takes Google a moment: soon at first, then less and less often.
        Some(since) => now.plus_seconds(((now.0 - since.0) / 1_000_000).clamp(1, POLL)),
        None => now.plus_seconds(POLL),
    };
    ran.next = Some(next);
    write(app, tenant, id, fence, |link| {
        let is_read_only = link.direction == Direction::FromGoogle && link.reason.as_deref() == Some(READ_ONLY);
        link.reason = match ran.held {
            0 => is_read_only.then(|| READ_ONLY.to_owned()),
            _ => Some("held".to_owned()),
        };
        link.failures = 0;
        link.last_success_at = Some(now);
        let count = ran.pulled + ran.pushed;
        if count > 0 {
            link.last_change_at = Some(now);
            link.last_change_count = i64::try_from(count).unwrap_or(i64::MAX);
        }
        link.next_try_at = Some(next);
        link.history = history(&link.history, now, "ok");
    })
    .await?;
    Ok(ran)
}

impl Run<'_> {
    /// The run ends well in the transaction of its last page, if nothing waits and the channels are in order: so most do.
    pub(super) async fn end(&mut self, tx: &mut TenantTx) -> Result<bool, Stop> {
        let now = self.now();
        let next = now.plus_seconds(POLL);
        self.ran.next = Some(next);
        self.link.next_try_at = Some(next);
        let count = self.ran.pulled + self.ran.pushed;
        if count > 0 {
            self.link.last_change_at = Some(now);
            self.link.last_change_count = i64::try_from(count).unwrap_or(i64::MAX);
        }
        self.link.history = history(&self.link.history, now, "ok");
        let (needs_channel, channels_until) = push_channels::is_needed(self.app, &self.link);
        Ok(tx.end_run(&self.link, READ_ONLY, needs_channel, channels_until, now).await?)
    }
}

pub(super) async fn failed(
    app: &App,
    tenant: TenantId,
    id: LinkId,
    fence: i64,
    stop: Stop,
    mut ran: Ran,
) -> Result<Ran, Error> {
    let now = app.now();
    let (reason, wait) = match stop {
        Stop::Lost => {
            ran.idle = true;
            ran.next = Some(now.plus_seconds(5));
            return Ok(ran);
        }
        Stop::Store(error) => return failed_here(app, tenant, id, fence, error.into()).await,
        Stop::Panicked => return failed_here(app, tenant, id, fence, Error::Internal("a run panicked".into())).await,
        Stop::Google(error) => {
            tracing::warn!(link = %id, error = %error, "a run ended before its time");
            if *error.kind() == Kind::Unauthorized {
                refused(app, tenant, id, fence).await?;
            }
            trouble(&error)
        }
        Stop::Connection(Error::Upstream { retry_after, .. }) => {
            ("google_unreachable", retry_after.map(|seconds| Duration::from_secs(u64::from(seconds))))
        }
        Stop::Connection(Error::SignInAgain | Error::Conflict { .. } | Error::NotFound) => ("reconnect_needed", None),
        Stop::Connection(error) => return failed_here(app, tenant, id, fence, error).await,
        Stop::Later(reason) => (reason, None),
    };
    if matches!(reason, CALENDAR_MISSING | NOT_SHARED) && links::hand_over(app, tenant, id, fence).await? {
        ran.next = Some(now);
        return Ok(ran);
    }
    let stopped = !links::passes(reason);
    let mut next = now;
    let rng = app.world.rng.clone();
    write(app, tenant, id, fence, |link| {
        let backoff = Backoff { first: Duration::from_secs(20), longest: Duration::from_secs(POLL.unsigned_abs()) };
        let drawn = backoff.wait(u32::try_from(link.failures).unwrap_or(20), rng.as_ref());
        let wait = if stopped {
            Duration::from_secs(POLL.unsigned_abs())
        } else {
            wait.map_or(drawn, |asked| asked.max(drawn))
        };
        next = now.plus_seconds(i64::try_from(wait.as_secs()).unwrap_or(POLL).clamp(1, 6 * 3600));
        link.failures += 1;
        link.reason = Some(reason.to_owned());
        link.next_try_at = Some(next);
        link.history = history(&link.history, now, if stopped { "stopped" } else { "late" });
        // Where Google says "forbidden" the calendar is there, and may be shared again.
        if reason == CALENDAR_MISSING && link.failures > 3 && link.role != portico_store::LinkRole::Main {
            link.state = LinkState::Retired;
        }
    })
    .await?;
    ran.next = Some(next);
    Ok(ran)
}

/// What went wrong is ours: the link says so, and the queue counts the try.
async fn failed_here(app: &App, tenant: TenantId, id: LinkId, fence: i64, error: Error) -> Result<Ran, Error> {
    let now = app.now();
    let noted = write(app, tenant, id, fence, |link| {
        link.failures += 1;
        link.reason = Some(INTERNAL.to_owned());
        // The queue says when.
        link.next_try_at = None;
        link.history = history(&link.history, now, "late");
    });
    if let Err(also) = noted.await {
        tracing::warn!(link = %id, error = %also, "what went wrong with a link could not be noted");
    }
    Err(error)
}

/// Google took neither the access token nor a fresh one: the connection needs its owner. (Where no fresh one could be had,
/// the refresh has said so already.) A connection that was paused or ended meanwhile stays as it is.
async fn refused(app: &App, tenant: TenantId, id: LinkId, fence: i64) -> Result<(), Error> {
    let mut tx = app.store.tenant(tenant).await?;
    let Some(link) = tx.link(id).await?.filter(|link| link.fence == fence) else { return Ok(()) };
    let works = tx.connection(link.connection_id).await?.is_some_and(|connection| connection.state == "authorized");
    if works {
        app.expire_connection(&mut tx, link.connection_id, ExpiredReason::Revoked).await?;
    }
    app.commit(tx).await
}

/// The calendar is not there, as far as the account sees.
const CALENDAR_MISSING: &str = "calendar_missing";
/// The account may not read the calendar.
const NOT_SHARED: &str = "not_shared";

/// What an error of Google's means for the link, and how long Google asks to wait.
pub(crate) fn trouble(error: &google::Error) -> (&'static str, Option<Duration>) {
    let slug = match error.kind() {
        Kind::RateLimited | Kind::QuotaExceeded => "quota",
        Kind::Unauthorized => "reconnect_needed",
        Kind::Grant(failure) if failure.expired_reason().is_some() => "reconnect_needed",
        // The grants stay good: an administrator has to correct the set-up, and nobody has to consent.
        Kind::Grant(_) => "client_misconfigured",
        Kind::ScopesMissing { .. } => "scope_missing",
        Kind::ApiDisabled => "api_disabled",
        Kind::NotFound | Kind::Deleted => CALENDAR_MISSING,
        Kind::Permission => NOT_SHARED,
        Kind::PendingStore | Kind::Unsendable => INTERNAL,
        _ => "google_unreachable",
    };
    let wait = match error.next() {
        google::Next::RetryAfter(wait) => Some(wait),
        _ => error.retry_after(),
    };
    (slug, wait)
}
