//! Sign-in sessions, and how often signing in failed.

use portico_kernel::{AccountId, SessionId, TenantId, Timestamp};
use uuid::Uuid;

use crate::{InstanceTx, StoreError, TenantTx, engine::on};

/// A signed-in browser. The cookie's value is not here, only its digest finds the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The session, for its owner's list.
    pub id: SessionId,
    /// The tenant.
    pub tenant: TenantId,
    /// Who signed in.
    pub account: AccountId,
    /// When.
    pub created_at: Timestamp,
    /// When it was last used, give or take a minute.
    pub last_seen: Timestamp,
    /// When it ends, however much it is used.
    pub ends_at: Timestamp,
}

/// What becomes of a try to sign in with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInTry {
    /// It is the n-th since the last that went well.
    Number(i64),
    /// No try is looked at before this time.
    Wait {
        /// When the wait is over.
        until: Timestamp,
    },
}

type Columns = (Uuid, Uuid, Uuid, i64, i64, i64);

fn session((id, tenant, account, created_at, last_seen, ends_at): Columns) -> Session {
    Session {
        id: SessionId(id),
        tenant: TenantId(tenant),
        account: AccountId(account),
        created_at: Timestamp(created_at),
        last_seen: Timestamp(last_seen),
        ends_at: Timestamp(ends_at),
    }
}

impl InstanceTx {
    /// Adds a session and drops those that have ended by themselves.
    pub async fn add_session(&mut self, digest: &[u8; 32], session: &Session) -> Result<(), StoreError> {
        on!(self.tx, conn => sqlx::query("DELETE FROM sessions WHERE ends_at <= $1")
            .bind(session.created_at.0).execute(conn).await.map(drop)?);
        on!(self.tx, conn => sqlx::query(
            "INSERT INTO sessions (digest, id, tenant_id, account_id, created_at, last_seen, ends_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        ).bind(&digest[..]).bind(session.id.0).bind(session.tenant.0).bind(session.account.0)
            .bind(session.created_at.0).bind(session.last_seen.0).bind(session.ends_at.0)
            .execute(conn).await.map(drop)?);
        Ok(())
    }

    /// Notes that a session was used.
    pub async fn touch_session(&mut self, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
        on!(self.tx, conn => sqlx::query("UPDATE sessions SET last_seen = $1 WHERE id = $2 AND last_seen < $1")
            .bind(now.0).bind(id.0).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// A person's sessions, the newest first.
    pub async fn sessions_of(&mut self, tenant: TenantId, account: AccountId) -> Result<Vec<Session>, StoreError> {
        let rows: Vec<Columns> = on!(self.tx, conn => sqlx::query_as(
            "SELECT id, tenant_id, account_id, created_at, last_seen, ends_at FROM sessions
              WHERE tenant_id = $1 AND account_id = $2 ORDER BY last_seen DESC, id",
        ).bind(tenant.0).bind(account.0).fetch_all(conn).await?);
        Ok(rows.into_iter().map(session).collect())
    }

    /// Ends one session of a person; whether it was there.
    pub async fn end_session(
        &mut self,
        tenant: TenantId,
        account: AccountId,
        id: SessionId,
    ) -> Result<bool, StoreError> {
        let ended = on!(self.tx, conn => sqlx::query(
            "DELETE FROM sessions WHERE tenant_id = $1 AND account_id = $2 AND id = $3",
        ).bind(tenant.0).bind(account.0).bind(id.0).execute(conn).await?.rows_affected());
        Ok(ended == 1)
    }

    /// Counts a try to sign in with an address before it is looked at, so that many tries at once are all counted: how many
    /// there were since the last that went well. [`SignInTry::Wait`] while a wait is on, and then nothing is counted.
    pub async fn begin_sign_in(
        &mut self,
        email_digest: &[u8; 32],
        now: Timestamp,
        forget_before: Timestamp,
    ) -> Result<SignInTry, StoreError> {
        on!(self.tx, conn => sqlx::query("DELETE FROM sign_in_failures WHERE last_at < $1")
            .bind(forget_before.0).execute(conn).await.map(drop)?);
        let number: Option<i64> = on!(self.tx, conn => sqlx::query_scalar(
            "INSERT INTO sign_in_failures (email_digest, failures, wait_until, last_at) VALUES ($1, 1, 0, $2)
                 ON CONFLICT (email_digest) DO UPDATE
                SET failures = sign_in_failures.failures + 1, last_at = excluded.last_at
              WHERE sign_in_failures.wait_until <= excluded.last_at
             RETURNING failures",
        ).bind(&email_digest[..]).bind(now.0).fetch_optional(conn).await?);
        if let Some(number) = number {
            return Ok(SignInTry::Number(number));
        }
        let until: Option<i64> = on!(self.tx, conn => sqlx::query_scalar(
            "SELECT wait_until FROM sign_in_failures WHERE email_digest = $1",
        ).bind(&email_digest[..]).fetch_optional(conn).await?);
        Ok(SignInTry::Wait { until: until.map_or(now, Timestamp) })
    }

    /// Lets further tries with an address wait.
    pub async fn wait_to_sign_in(&mut self, email_digest: &[u8; 32], until: Timestamp) -> Result<(), StoreError> {
        on!(self.tx, conn => sqlx::query("UPDATE sign_in_failures SET wait_until = $1 WHERE email_digest = $2")
            .bind(until.0).bind(&email_digest[..]).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// Forgets the failures of an address, after its owner signed in.
    pub async fn forget_sign_in_failures(&mut self, email_digest: &[u8; 32]) -> Result<(), StoreError> {
        on!(self.tx, conn => sqlx::query("DELETE FROM sign_in_failures WHERE email_digest = $1")
            .bind(&email_digest[..]).execute(conn).await.map(drop)?);
        Ok(())
    }
}

impl TenantTx {
    /// Ends all sessions of an account, in the transaction that changes what they were begun with.
    pub async fn end_sessions(&mut self, account: AccountId) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query("DELETE FROM sessions WHERE tenant_id = $1 AND account_id = $2")
            .bind(tenant).bind(account.0).execute(conn).await.map(drop)?);
        Ok(())
    }
}
