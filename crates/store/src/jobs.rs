//! The queue. A row names *what* to bring in line and exists once; waking it makes it run sooner.

use portico_kernel::{JobId, TenantId, Timestamp};
use uuid::Uuid;

use crate::{
    InstanceTx, StoreError, TenantTx,
    engine::{Tx, on},
};

/// After so many failed tries in a row a job is dead until it is woken again.
pub const MOST_ATTEMPTS: i64 = 12;

/// A job that a worker has claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The row.
    pub id: JobId,
    /// Whose work it is.
    pub tenant: TenantId,
    /// The kind of work, such as `sync_calendar`.
    pub kind: String,
    /// What to bring in line: an id as text.
    pub key: String,
    /// The fencing number of this claim; a later claim has a higher one.
    pub fence: i64,
    /// How many tries in a row have failed.
    pub attempts: i64,
}

/// A job that gave up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadJob {
    /// The row.
    pub id: JobId,
    /// Whose work it is.
    pub tenant: TenantId,
    /// The kind of work.
    pub kind: String,
    /// What it was to bring in line.
    pub key: String,
    /// Why the last try failed.
    pub last_error: Option<String>,
}

/// How one kind of work stands in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueFigures {
    /// The kind of work.
    pub kind: String,
    /// How many wait and could run now.
    pub due: i64,
    /// How many a worker has claimed.
    pub running: i64,
    /// How many have given up.
    pub dead: i64,
    /// Since when the oldest of those that are due could run.
    pub oldest_due: Option<Timestamp>,
}

async fn wake(
    tx: &mut Tx,
    id: JobId,
    tenant: TenantId,
    kind: &str,
    key: &str,
    run_at: Timestamp,
) -> Result<(), StoreError> {
    on!(*tx, conn => sqlx::query(
        "INSERT INTO jobs (id, tenant_id, kind, key, run_at, fence, attempts, wakes, claimed_wakes, state)
         VALUES ($1, $2, $3, $4, $5, 0, 0, 1, 0, 'ready')
             ON CONFLICT (tenant_id, kind, key) DO UPDATE
            SET run_at = CASE WHEN jobs.state = 'ready' AND jobs.run_at < excluded.run_at
                              THEN jobs.run_at ELSE excluded.run_at END,
                attempts = CASE WHEN jobs.state = 'dead' THEN 0 ELSE jobs.attempts END,
                wakes = jobs.wakes + 1, state = 'ready'",
    ).bind(id.0).bind(tenant.0).bind(kind).bind(key).bind(run_at.0).execute(conn).await.map(drop)?);
    if tx.is_postgres() {
        on!(*tx, conn => sqlx::query("SELECT pg_notify('portico', 'jobs')").execute(conn).await.map(drop)?);
    }
    Ok(())
}

impl TenantTx {
    /// Asks for work, in the transaction that decides it. A job that waits runs at the earlier of the two times; one that
    /// runs now runs once more afterwards.
    pub async fn wake(&mut self, id: JobId, kind: &str, key: &str, run_at: Timestamp) -> Result<(), StoreError> {
        wake(&mut self.tx, id, self.tenant, kind, key, run_at).await
    }

    /// Gives work that was given up back to the schedule; other work is left as it is.
    pub async fn revive_job(&mut self, kind: &str, key: &str, run_at: Timestamp) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query(
            "UPDATE jobs SET state = 'ready', attempts = 0, run_at = $4
              WHERE tenant_id = $1 AND kind = $2 AND key = $3 AND state = 'dead'",
        ).bind(tenant).bind(kind).bind(key).bind(run_at.0).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// Takes work back that has not begun.
    pub async fn forget_job(&mut self, kind: &str, key: &str) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query("DELETE FROM jobs WHERE tenant_id = $1 AND kind = $2 AND key = $3")
            .bind(tenant).bind(kind).bind(key).execute(conn).await.map(drop)?);
        Ok(())
    }
}

macro_rules! claim_sql {
    ($lock:literal) => {
        concat!(
            "UPDATE jobs
                SET lease_until = $3, fence = fence + 1, claimed_wakes = wakes
              WHERE id IN (
                    SELECT id FROM jobs
                     WHERE id IN (
                           SELECT id FROM (
                                  SELECT id, run_at, COALESCE(running, 0) +
                                         ROW_NUMBER() OVER (PARTITION BY jobs.tenant_id ORDER BY run_at, id) AS turn
                                    FROM jobs
                                    LEFT JOIN (SELECT tenant_id, COUNT(*) AS running FROM jobs
                                                WHERE lease_until >= $1 GROUP BY tenant_id) AS busy
                                           ON busy.tenant_id = jobs.tenant_id
                                   WHERE state = 'ready' AND run_at <= $1
                                     AND (lease_until IS NULL OR lease_until < $1)) AS due
                            ORDER BY turn, run_at, id LIMIT $2)
                       AND state = 'ready' AND (lease_until IS NULL OR lease_until < $1) ",
            $lock,
            ") RETURNING id, tenant_id, kind, key, fence, attempts"
        )
    };
}

impl InstanceTx {
    /// Asks for work from outside of a tenant's transaction (a push message, a schedule).
    pub async fn wake(
        &mut self,
        id: JobId,
        tenant: TenantId,
        kind: &str,
        key: &str,
        run_at: Timestamp,
    ) -> Result<(), StoreError> {
        wake(&mut self.tx, id, tenant, kind, key, run_at).await
    }

    /// Claims up to `limit` jobs that are due at `now`, until `lease_until`. Tenants take turns: what runs for one already
    /// counts as a turn that it had.
    pub async fn claim_jobs(
        &mut self,
        now: Timestamp,
        limit: i64,
        lease_until: Timestamp,
    ) -> Result<Vec<Job>, StoreError> {
        type Columns = (Uuid, Uuid, String, String, i64, i64);
        let rows: Vec<Columns> = match &mut self.tx {
            Tx::Postgres(tx) => {
                sqlx::query_as(claim_sql!("FOR UPDATE SKIP LOCKED"))
                    .bind(now.0)
                    .bind(limit)
                    .bind(lease_until.0)
                    .fetch_all(&mut **tx)
                    .await?
            }
            Tx::Sqlite(tx) => {
                sqlx::query_as(claim_sql!("")).bind(now.0).bind(limit).bind(lease_until.0).fetch_all(&mut **tx).await?
            }
        };
        Ok(rows
            .into_iter()
            .map(|(id, tenant, kind, key, fence, attempts)| Job {
                id: JobId(id),
                tenant: TenantId(tenant),
                kind,
                key,
                fence,
                attempts,
            })
            .collect())
    }

    /// Takes all claims away: what was being done is due again.
    pub async fn break_claims(&mut self) -> Result<(), StoreError> {
        on!(self.tx, conn => sqlx::query(
            "UPDATE jobs SET fence = fence + 1, lease_until = NULL WHERE lease_until IS NOT NULL",
        ).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// Keeps a claim for longer; false when it was lost.
    pub async fn extend_job(&mut self, job: &Job, lease_until: Timestamp) -> Result<bool, StoreError> {
        let done = on!(self.tx, conn => sqlx::query("UPDATE jobs SET lease_until = $1 WHERE id = $2 AND fence = $3")
            .bind(lease_until.0).bind(job.id.0).bind(job.fence).execute(conn).await?.rows_affected());
        Ok(done == 1)
    }

    /// Ends a claim that went well. The job runs again at once when it was woken meanwhile, else at `next`, else never.
    /// A claim that was lost changes nothing.
    pub async fn finish_job(&mut self, job: &Job, now: Timestamp, next: Option<Timestamp>) -> Result<(), StoreError> {
        on!(self.tx, conn => sqlx::query(
            "UPDATE jobs
                SET lease_until = NULL, attempts = 0, last_error = NULL,
                    run_at = CASE WHEN wakes > claimed_wakes THEN $1 ELSE $2 END
              WHERE id = $3 AND fence = $4",
        ).bind(now.0).bind(next.map_or(i64::MAX, |at| at.0)).bind(job.id.0).bind(job.fence)
            .execute(conn).await.map(drop)?);
        if next.is_none() {
            on!(self.tx, conn => sqlx::query(
                "DELETE FROM jobs WHERE id = $1 AND fence = $2 AND wakes = claimed_wakes",
            ).bind(job.id.0).bind(job.fence).execute(conn).await.map(drop)?);
        }
        Ok(())
    }

    /// Ends a claim that failed: the next try at `next`, or none after [`MOST_ATTEMPTS`]. Woken meanwhile it is tried again
    /// at `soon`, whatever the number: what it was woken for may be what helps. `error` is a slug, never a text that may name
    /// a person.
    pub async fn fail_job(
        &mut self,
        job: &Job,
        error: &str,
        soon: Timestamp,
        next: Timestamp,
    ) -> Result<(), StoreError> {
        on!(self.tx, conn => sqlx::query(
            "UPDATE jobs
                SET lease_until = NULL, attempts = attempts + 1, last_error = $1,
                    run_at = CASE WHEN wakes > claimed_wakes AND $6 < $2 THEN $6 ELSE $2 END,
                    state = CASE WHEN attempts + 1 >= $3 AND wakes = claimed_wakes THEN 'dead' ELSE 'ready' END
              WHERE id = $4 AND fence = $5",
        ).bind(error).bind(next.0).bind(MOST_ATTEMPTS).bind(job.id.0).bind(job.fence)
            .bind(soon.0).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// When the next job is due; none when no job waits.
    pub async fn next_job_at(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let next: Option<i64> = on!(self.tx, conn => sqlx::query_scalar(
            "SELECT MIN(CASE WHEN lease_until IS NOT NULL AND lease_until > run_at THEN lease_until ELSE run_at END)
               FROM jobs WHERE state = 'ready'",
        ).fetch_one(conn).await?);
        Ok(next.map(Timestamp))
    }

    /// How the queue stands at `now`, by kinds of work.
    pub async fn queue_figures(&mut self, now: Timestamp) -> Result<Vec<QueueFigures>, StoreError> {
        type Columns = (String, i64, i64, i64, Option<i64>);
        let rows: Vec<Columns> = on!(self.tx, conn => sqlx::query_as(
            "SELECT kind, COUNT(CASE WHEN due = 1 THEN 1 END), COUNT(CASE WHEN claimed = 1 THEN 1 END),
                    COUNT(CASE WHEN state = 'dead' THEN 1 END), MIN(CASE WHEN due = 1 THEN run_at END)
               FROM (SELECT kind, state, run_at,
                            CASE WHEN state = 'ready' AND lease_until >= $1 THEN 1 ELSE 0 END AS claimed,
                            CASE WHEN state = 'ready' AND run_at <= $1 AND (lease_until IS NULL OR lease_until < $1)
                                 THEN 1 ELSE 0 END AS due
                       FROM jobs) AS queue
              GROUP BY kind ORDER BY kind",
        ).bind(now.0).fetch_all(conn).await?);
        Ok(rows
            .into_iter()
            .map(|(kind, due, running, dead, oldest)| QueueFigures {
                kind,
                due,
                running,
                dead,
                oldest_due: oldest.map(Timestamp),
            })
            .collect())
    }

    /// The jobs that gave up.
    pub async fn dead_jobs(&mut self, limit: i64) -> Result<Vec<DeadJob>, StoreError> {
        type Columns = (Uuid, Uuid, String, String, Option<String>);
        let rows: Vec<Columns> = on!(self.tx, conn => sqlx::query_as(
            "SELECT id, tenant_id, kind, key, last_error FROM jobs WHERE state = 'dead' ORDER BY run_at, id LIMIT $1",
        ).bind(limit).fetch_all(conn).await?);
        Ok(rows
            .into_iter()
            .map(|(id, tenant, kind, key, last_error)| DeadJob {
                id: JobId(id),
                tenant: TenantId(tenant),
                kind,
                key,
                last_error,
            })
            .collect())
    }
}
