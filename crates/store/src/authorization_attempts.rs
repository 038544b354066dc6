//! Attempts to get consent, and grants that are to be given back.

use portico_kernel::{
    AccountId, AttemptId, ConnectionId, EmployeeId, GoogleClientId, RevocationId, SessionId, Timestamp,
};
use uuid::Uuid;

use crate::{StoreError, TenantTx, engine::on};

/// A person who was sent to Google's consent page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationAttempt {
    /// The attempt; the state that Google brings back leads here.
    pub id: AttemptId,
    /// The session that began it and may end it.
    pub session_id: SessionId,
    /// Who began it.
    pub account_id: AccountId,
    /// For whom.
    pub employee_id: EmployeeId,
    /// The connection that is to be authorized anew; none for a new one.
    pub connection_id: Option<ConnectionId>,
    /// The tenant's OAuth client; none for the instance's.
    pub google_client_id: Option<GoogleClientId>,
    /// The feature that it is for.
    pub feature: String,
    /// The scopes that were asked for, separated by spaces.
    pub scopes: String,
    /// What the ID token must bring back.
    pub nonce: Option<String>,
    /// The PKCE verifier, sealed for `authorization_attempts.verifier_sealed` and this row.
    pub verifier_sealed: String,
    /// The page to return to.
    pub return_to: String,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// A grant that is to be given back to Google.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// The row.
    pub id: RevocationId,
    /// Whose grant it was.
    pub connection_id: ConnectionId,
    /// The tenant's OAuth client; none for the instance's.
    pub google_client_id: Option<GoogleClientId>,
    /// The token, sealed for `revocations.token_sealed` and this row.
    pub token_sealed: String,
}

#[derive(sqlx::FromRow)]
struct AttemptRow {
    id: Uuid,
    session_id: Uuid,
    account_id: Uuid,
    employee_id: Uuid,
    connection_id: Option<Uuid>,
    google_client_id: Option<Uuid>,
    feature: String,
    scopes: String,
    nonce: Option<String>,
    verifier_sealed: String,
    return_to: String,
    expires_at: i64,
}

impl TenantTx {
    /// Stores an attempt and drops those that are over since an hour.
    pub async fn add_authorization_attempt(
        &mut self,
        attempt: &AuthorizationAttempt,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query("DELETE FROM authorization_attempts WHERE tenant_id = $1 AND expires_at < $2")
            .bind(tenant).bind(now.plus_seconds(-3600).0).execute(conn).await.map(drop)?);
        on!(self.tx, conn => sqlx::query(
            "INSERT INTO authorization_attempts (tenant_id, id, session_id, account_id, employee_id, connection_id, \
             google_client_id, feature, scopes, nonce, verifier_sealed, return_to, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        ).bind(tenant).bind(attempt.id.0).bind(attempt.session_id.0).bind(attempt.account_id.0)
            .bind(attempt.employee_id.0).bind(attempt.connection_id.map(|id| id.0))
            .bind(attempt.google_client_id.map(|id| id.0)).bind(&attempt.feature).bind(&attempt.scopes)
            .bind(&attempt.nonce).bind(&attempt.verifier_sealed).bind(&attempt.return_to).bind(attempt.expires_at.0)
            .execute(conn).await.map(drop)?);
        Ok(())
    }

    /// Takes an attempt out; of two callbacks with the same state one gets it.
    pub async fn take_authorization_attempt(
        &mut self,
        id: AttemptId,
    ) -> Result<Option<AuthorizationAttempt>, StoreError> {
        let tenant = self.tenant.0;
        let row: Option<AttemptRow> = on!(self.tx, conn => sqlx::query_as(
            "DELETE FROM authorization_attempts WHERE tenant_id = $1 AND id = $2
             RETURNING id, session_id, account_id, employee_id, connection_id, google_client_id, feature, scopes, nonce,
                       verifier_sealed, return_to, expires_at",
        ).bind(tenant).bind(id.0).fetch_optional(conn).await?);
        Ok(row.map(|row| AuthorizationAttempt {
            id: AttemptId(row.id),
            session_id: SessionId(row.session_id),
            account_id: AccountId(row.account_id),
            employee_id: EmployeeId(row.employee_id),
            connection_id: row.connection_id.map(ConnectionId),
            google_client_id: row.google_client_id.map(GoogleClientId),
            feature: row.feature,
            scopes: row.scopes,
            nonce: row.nonce,
            verifier_sealed: row.verifier_sealed,
            return_to: row.return_to,
            expires_at: Timestamp(row.expires_at),
        }))
    }

    /// Whether a person is at Google's consent page now, as far as we know.
    pub async fn has_open_attempt(&mut self, account: AccountId, now: Timestamp) -> Result<bool, StoreError> {
        let tenant = self.tenant.0;
        let open: i64 = on!(self.tx, conn => sqlx::query_scalar(
            "SELECT COUNT(*) FROM authorization_attempts WHERE tenant_id = $1 AND account_id = $2 AND expires_at > $3",
        ).bind(tenant).bind(account.0).bind(now.0).fetch_one(conn).await?);
        Ok(open > 0)
    }

    /// Notes a grant that is to be given back.
    pub async fn add_revocation(&mut self, revocation: &Revocation, now: Timestamp) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query(
            "INSERT INTO revocations (tenant_id, id, connection_id, google_client_id, token_sealed, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        ).bind(tenant).bind(revocation.id.0).bind(revocation.connection_id.0)
            .bind(revocation.google_client_id.map(|id| id.0)).bind(&revocation.token_sealed).bind(now.0)
            .execute(conn).await.map(drop)?);
        Ok(())
    }

    /// A grant that is to be given back; none when that is done.
    pub async fn revocation(&mut self, id: RevocationId) -> Result<Option<Revocation>, StoreError> {
        let tenant = self.tenant.0;
        let row: Option<(Uuid, Uuid, Option<Uuid>, String)> = on!(self.tx, conn => sqlx::query_as(
            "SELECT id, connection_id, google_client_id, token_sealed FROM revocations WHERE tenant_id = $1 AND id = $2",
        ).bind(tenant).bind(id.0).fetch_optional(conn).await?);
        Ok(row.map(|(id, connection, client, token_sealed)| Revocation {
            id: RevocationId(id),
            connection_id: ConnectionId(connection),
            google_client_id: client.map(GoogleClientId),
            token_sealed,
        }))
    }

    /// Destroys the token of a grant that was given back.
    pub async fn remove_revocation(&mut self, id: RevocationId) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query("DELETE FROM revocations WHERE tenant_id = $1 AND id = $2")
            .bind(tenant).bind(id.0).execute(conn).await.map(drop)?);
        Ok(())
    }
}
