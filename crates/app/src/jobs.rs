//! What the queue's kinds of work are called, and which function does each.

use std::sync::Arc;

use portico_store::{Job, QueueFigures};

use portico_kernel::{ConflictId, ConnectionId, LinkId, RevocationId};

use crate::{App, Error, conflicts, connections, discovery, resets, sync_calendar, worker::Next};

/// Brings one job in line. Every job may run twice.
pub async fn run(app: &Arc<App>, job: &Job) -> Result<Next, Error> {
    match job.kind.as_str() {
        sync_calendar::KIND => {
            let ran = sync_calendar::sync_calendar(app, job.tenant, LinkId(key(job)?)).await?;
            Ok(ran.next.map_or(Next::Done, Next::At))
        }
        discovery::DISCOVER => discovery::discover(app, job.tenant, ConnectionId(key(job)?)).await,
        connections::REVOKE => connections::revoke(app, job.tenant, RevocationId(key(job)?)).await,
        conflicts::DECIDE => conflicts::decide(app, job.tenant, ConflictId(key(job)?)).await,
        resets::KIND => resets::run(app, job.tenant, ConnectionId(key(job)?)).await,
        kind => Err(Error::Internal(format!("there is no job of the kind {kind}"))),
    }
}

/// How the queue of the instance stands, by kinds of work.
pub async fn queue(app: &App) -> Result<Vec<QueueFigures>, Error> {
    let mut tx = app.store.instance_read().await?;
    let figures = tx.queue_figures(app.now()).await?;
    tx.commit().await?;
    Ok(figures)
}

fn key(job: &Job) -> Result<uuid::Uuid, Error> {
    job.key.parse().map_err(|_| Error::Internal(format!("a job of the kind {} has a malformed key", job.kind)))
}
