//! The tenant's own OAuth clients at Google.

use portico_kernel::{GoogleClientId, Timestamp};
use uuid::Uuid;

use crate::{StoreError, TenantTx, engine::on};

/// An OAuth client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoogleClient {
    /// The row.
    pub id: GoogleClientId,
    /// What administrators call it.
    pub name: String,
    /// Google's id of it, which ends in `.apps.googleusercontent.com`.
    pub client_id: String,
    /// Its secret, sealed for `google_clients.secret_sealed` and this row.
    pub secret_sealed: String,
    /// The address registered at Google, where it is another than the instance's.
    pub redirect_uri: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
}

type Columns = (Uuid, String, String, String, Option<String>, i64);

fn client((id, name, client_id, secret_sealed, redirect_uri, created_at): Columns) -> GoogleClient {
    GoogleClient {
        id: GoogleClientId(id),
        name,
        client_id,
        secret_sealed,
        redirect_uri,
        created_at: Timestamp(created_at),
    }
}

impl TenantTx {
    /// The tenant's clients, the oldest first. New connections use the first one.
    pub async fn google_clients(&mut self) -> Result<Vec<GoogleClient>, StoreError> {
        let tenant = self.tenant.0;
        let rows: Vec<Columns> = on!(self.tx, conn => sqlx::query_as(
            "SELECT id, name, client_id, secret_sealed, redirect_uri, created_at FROM google_clients
              WHERE tenant_id = $1 ORDER BY created_at, id",
        ).bind(tenant).fetch_all(conn).await?);
        Ok(rows.into_iter().map(client).collect())
    }

    /// Writes a client, new or changed.
    pub async fn put_google_client(&mut self, client: &GoogleClient, now: Timestamp) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query(
            "INSERT INTO google_clients (tenant_id, id, name, client_id, secret_sealed, redirect_uri, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                 ON CONFLICT (tenant_id, id) DO UPDATE
                SET name = excluded.name, client_id = excluded.client_id, secret_sealed = excluded.secret_sealed,
                    redirect_uri = excluded.redirect_uri, updated_at = excluded.updated_at",
        ).bind(tenant).bind(client.id.0).bind(&client.name).bind(&client.client_id).bind(&client.secret_sealed)
            .bind(&client.redirect_uri).bind(client.created_at.0).bind(now.0).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// Removes a client; whether it was there. One that a connection uses cannot be removed.
    pub async fn remove_google_client(&mut self, id: GoogleClientId) -> Result<bool, StoreError> {
        let tenant = self.tenant.0;
        let removed = on!(self.tx, conn => sqlx::query("DELETE FROM google_clients WHERE tenant_id = $1 AND id = $2")
            .bind(tenant).bind(id.0).execute(conn).await?.rows_affected());
        Ok(removed == 1)
    }
}
