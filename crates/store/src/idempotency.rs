//! What was answered to a create, kept for a day, so that a repeated request gets the same answer.

use portico_kernel::{AccountId, Timestamp};

use crate::{StoreError, TenantTx, engine::on};

/// What is known of an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing: it is taken now, and the request may go on.
    New,
    /// The same request was answered.
    Answered {
        /// The HTTP status.
        status: i64,
        /// The body.
        response: String,
    },
    /// Another request used the key.
    Mismatch {
        /// What was answered to that one.
        response: String,
    },
}

/// How long an answer is kept, in seconds.
pub const KEPT_FOR: i64 = 24 * 3600;

impl TenantTx {
    /// Takes a key for a request with this digest of its body, or says what became of the earlier request. Key and answer are
    /// written in one transaction with what the request does: whoever comes with the same key meanwhile waits for its end.
    pub async fn take_idempotency_key(
        &mut self,
        account: AccountId,
        key: &str,
        body_digest: &str,
        now: Timestamp,
    ) -> Result<Seen, StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query("DELETE FROM idempotency_keys WHERE tenant_id = $1 AND created_at < $2")
            .bind(tenant).bind(now.plus_seconds(-KEPT_FOR).0).execute(conn).await.map(drop)?);
        let taken = on!(self.tx, conn => sqlx::query(
            "INSERT INTO idempotency_keys (tenant_id, account_id, key, body_digest, created_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, account_id, key) DO NOTHING",
        ).bind(tenant).bind(account.0).bind(key).bind(body_digest).bind(now.0).execute(conn).await?.rows_affected());
        if taken == 1 {
            return Ok(Seen::New);
        }
        let (digest, status, response): (String, Option<i64>, Option<String>) = on!(self.tx, conn => sqlx::query_as(
            "SELECT body_digest, status, response FROM idempotency_keys
              WHERE tenant_id = $1 AND account_id = $2 AND key = $3",
        ).bind(tenant).bind(account.0).bind(key).fetch_one(conn).await?);
        Ok(match (status, response) {
            (Some(_), Some(response)) if digest != body_digest => Seen::Mismatch { response },
            (Some(status), Some(response)) => Seen::Answered { status, response },
            // Nobody commits a key without its answer.
            _ => return Err(StoreError::Damaged { table: "idempotency_keys" }),
        })
    }

    /// Keeps the answer of a request that took a key.
    pub async fn answer_idempotency_key(
        &mut self,
        account: AccountId,
        key: &str,
        status: i64,
        response: &str,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query(
            "UPDATE idempotency_keys SET status = $1, response = $2 WHERE tenant_id = $3 AND account_id = $4 AND key = $5",
        ).bind(status).bind(response).bind(tenant).bind(account.0).bind(key).execute(conn).await.map(drop)?);
        Ok(())
    }
}
