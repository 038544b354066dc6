//! The worker: claims what is due, does it, and says when to look again.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt;
use portico_kernel::Timestamp;
use portico_store::Job;
use portico_transport::Backoff;

use crate::{App, Error, jobs};

/// How long a claim is good, in seconds; a job that runs for longer extends it.
const LEASE: i64 = 30;

/// What a job says when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// All is in line; nothing more to do until somebody asks.
    Done,
    /// Look again at this time.
    At(Timestamp),
}

/// Runs jobs of the queue.
pub struct Worker {
    app: Arc<App>,
    /// How many jobs at once.
    at_once: usize,
}

impl Worker {
    /// A worker of this process.
    pub fn new(app: Arc<App>, at_once: usize) -> Self {
        Self { app, at_once: at_once.max(1) }
    }

    /// Frees at once what a process that was killed still holds, where no other can be at work. Elsewhere its leases end by
    /// themselves. Whoever works after all is fenced off, as after the end of a lease.
    pub async fn take_over(&self) -> Result<(), Error> {
        if !self.app.store.is_alone() {
            return Ok(());
        }
        let mut tx = self.app.store.instance().await?;
        let tenants = tx.tenants().await?;
        tx.break_claims().await?;
        tx.commit().await?;
        for tenant in tenants {
            let mut tx = self.app.store.tenant(tenant.id).await?;
            tx.break_leases().await?;
            self.app.commit(tx).await?;
        }
        Ok(())
    }

    /// Claims what is due now and runs it to its end, one after the other; how many jobs ran.
    pub async fn run_once(&self) -> Result<usize, Error> {
        let jobs = claim(&self.app, i64::try_from(self.at_once).unwrap_or(1)).await?;
        let count = jobs.len();
        for job in jobs {
            run(self.app.clone(), job).await?;
        }
        Ok(count)
    }

    /// Runs until `shutdown` completes; jobs that have begun are finished first.
    pub async fn run(&self, shutdown: impl Future<Output = ()> + Send) {
        let running = Arc::new(tokio::sync::Semaphore::new(self.at_once));
        let mut tasks = tokio::task::JoinSet::new();
        tokio::pin!(shutdown);
        loop {
            while tasks.try_join_next().is_some() {}
            let free = running.available_permits();
            let mut claimed = 0;
            if free > 0 {
                match claim(&self.app, i64::try_from(free).unwrap_or(1)).await {
                    Ok(jobs) => {
                        claimed = jobs.len();
                        for job in jobs {
                            let Ok(permit) = running.clone().acquire_owned().await else { return };
                            let app = self.app.clone();
                            tasks.spawn(async move {
                                if let Err(error) = run(app.clone(), job).await {
                                    tracing::error!(%error, "a job could not be put back");
                                }
                                drop(permit);
                                app.wake_worker();
                            });
                        }
                    }
                    Err(error) => tracing::warn!(%error, "the queue could not be read"),
                }
            }
            if claimed > 0 && claimed < free {
                tokio::task::yield_now().await;
                continue;
            }
            let poll = self.app.world.clock.sleep(Duration::from_secs(1));
            tokio::select! {
                () = &mut shutdown => break,
                () = self.app.worker_woken() => {}
                () = poll => {}
            }
        }
        while tasks.join_next().await.is_some() {}
    }
}

async fn claim(app: &App, limit: i64) -> Result<Vec<Job>, Error> {
    let now = app.now();
    let mut tx = app.store.instance().await?;
    let jobs = tx.claim_jobs(now, limit, now.plus_seconds(LEASE)).await?;
    tx.commit().await?;
    Ok(jobs)
}

/// A job that failed and was woken meanwhile is tried again after this, in seconds: a person's new edit does not wait for the
/// backoff, and a job that wakes itself does not spin.
const SOON: i64 = 2;

/// Does `work` and keeps its claim meanwhile, at each `beat`. None when the claim was lost: another worker has the job, and
/// whatever this run would still write is fenced off.
///
/// Both go on side by side. While a beat waits for the database the work must not stand still: it may hold the connection, or
/// the lock of the job's row, that the beat waits for.
pub async fn while_claimed<T, B: Future<Output = ()>>(
    app: &App,
    job: &Job,
    work: impl Future<Output = T>,
    beat: impl Fn() -> B,
) -> Option<T> {
    let lost = async {
        loop {
            beat().await;
            match keep(app, job).await {
                Ok(true) => {}
                Ok(false) => return,
                // A lease outlives two beats that are missed.
                Err(error) => tracing::warn!(%error, "a claim could not be kept and is tried again"),
            }
        }
    };
    tokio::select! {
        biased;
        outcome = work => Some(outcome),
        () = lost => None,
    }
}

/// Extends a claim; false when another worker has the job.
async fn keep(app: &App, job: &Job) -> Result<bool, Error> {
    let mut tx = app.store.instance().await?;
    let kept = tx.extend_job(job, app.now().plus_seconds(LEASE)).await?;
    tx.commit().await?;
    Ok(kept)
}

/// Runs one claimed job and puts its row where it belongs.
async fn run(app: Arc<App>, job: Job) -> Result<(), Error> {
    // On the heap: what a whole run keeps is large, and would be moved from one stack frame to the next.
    // A panic ends the try like any other fault: it is counted, and after too many the job is given up where people see it.
    let work = AssertUnwindSafe(Box::pin(jobs::run(&app, &job))).catch_unwind();
    let Some(outcome) = while_claimed(&app, &job, work, heartbeat).await else { return Ok(()) };
    let (outcome, slug_of): (_, fn(&Error) -> &'static str) = match outcome {
        Ok(outcome) => (outcome, slug),
        Err(_) => (Err(Error::Internal("a job panicked".into())), |_| "panicked"),
    };
    let now = app.now();
    let mut tx = app.store.instance().await?;
    match outcome {
        Ok(Next::Done) => tx.finish_job(&job, now, None).await?,
        Ok(Next::At(at)) => tx.finish_job(&job, now, Some(at)).await?,
        Err(error) => {
            let attempt = u32::try_from(job.attempts).unwrap_or(u32::MAX);
            let backoff = Backoff { first: Duration::from_secs(5), longest: Duration::from_secs(900) };
            let wait = backoff.wait(attempt, app.world.rng.as_ref());
            tracing::warn!(kind = job.kind, job = %job.id, attempt, %error, "a job failed and will be tried again");
            let next = now.plus_seconds(i64::try_from(wait.as_secs()).unwrap_or(900).max(1));
            tx.fail_job(&job, slug_of(&error), now.plus_seconds(SOON), next).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// A third of a lease in real time: the lease guards against a process that hangs, whatever the simulated clock says.
#[expect(clippy::disallowed_methods, reason = "a simulated clock must not be moved by waiting for a job")]
async fn heartbeat() {
    tokio::time::sleep(Duration::from_secs(LEASE.unsigned_abs() / 3)).await;
}

fn slug(error: &Error) -> &'static str {
    match error {
        Error::NotFound => "not_found",
        Error::Forbidden { .. } | Error::NotYours => "forbidden",
        Error::Conflict { reason } => reason,
        Error::Stale => "stale",
        Error::Upstream { service, .. } => service,
        Error::TooMany { .. } => "too_many",
        _ => "internal",
    }
}
