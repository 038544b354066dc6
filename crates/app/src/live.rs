//! Wake-ups inside the process: for the worker, and for those who follow a tenant's journal.

use std::time::Duration;

use portico_kernel::TenantId;
use portico_store::{Committed, Told};
use tokio::sync::{Notify, broadcast, watch};

use crate::{App, google_access::Refreshes, passwords::Passwords};

/// Who is told when something was committed. A missed message costs time, never data: everybody polls as well.
pub struct Live {
    commits: broadcast::Sender<(TenantId, i64)>,
    jobs: Notify,
    stopping: watch::Sender<bool>,
    pub(crate) refreshes: Refreshes,
    pub(crate) passwords: Passwords,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            commits: broadcast::Sender::new(1024),
            jobs: Notify::new(),
            stopping: watch::Sender::new(false),
            refreshes: Refreshes::default(),
            passwords: Passwords::default(),
        }
    }
}

impl Live {
    /// Tells of a commit of this process.
    pub fn committed(&self, committed: Committed) {
        if let Some(seq) = committed.seq {
            self.told(committed.tenant, seq);
        }
        self.jobs.notify_one();
    }

    /// Tells of a commit of another process.
    pub fn told(&self, tenant: TenantId, seq: i64) {
        // Nobody follows: nothing to tell.
        let _ = self.commits.send((tenant, seq));
    }

    /// Wakes the worker.
    pub fn jobs(&self) {
        self.jobs.notify_one();
    }

    /// Completes at the next wake-up of the worker.
    pub async fn job_woken(&self) {
        self.jobs.notified().await;
    }

    /// The process ends: whatever would go on until somebody stops it, such as a live stream, ends now.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Completes when the process ends.
    pub async fn stopping(&self) {
        // The sender is a part of this: it cannot go before.
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }

    /// Follows the commits of all tenants: tenant and the last number of its journal.
    pub fn follow(&self) -> broadcast::Receiver<(TenantId, i64)> {
        self.commits.subscribe()
    }
}

impl App {
    /// Follows what other processes tell, for as long as this one runs. On SQLite there is nobody else to tell anything.
    pub async fn follow_other_processes(&self) {
        loop {
            match self.store.listen().await {
                Ok(None) => return,
                Ok(Some(mut listener)) => {
                    while let Ok(told) = listener.next().await {
                        match told {
                            Told::Jobs => self.live.jobs(),
                            Told::Journal(tenant, seq) => self.live.told(tenant, seq),
                            Told::Missed => self.live.jobs(),
                        }
                    }
                }
                Err(error) => tracing::warn!(%error, "other processes cannot be heard; polling goes on"),
            }
            self.world.clock.sleep(Duration::from_secs(5)).await;
        }
    }
}
