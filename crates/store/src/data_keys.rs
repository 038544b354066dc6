//! The sealed data keys of tenants.

use portico_kernel::Timestamp;

use crate::{StoreError, TenantTx, engine::on};

impl TenantTx {
    /// A tenant's data keys, each sealed under the master key, the newest first.
    pub async fn data_keys(&mut self) -> Result<Vec<(i64, String)>, StoreError> {
        let tenant = self.tenant.0;
        Ok(on!(self.tx, conn => sqlx::query_as(
            "SELECT version, sealed FROM data_keys WHERE tenant_id = $1 ORDER BY version DESC",
        ).bind(tenant).fetch_all(conn).await?))
    }

    /// Adds a version; nothing happens when somebody else has added it meanwhile.
    pub async fn add_data_key(&mut self, version: i64, sealed: &str, now: Timestamp) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query(
            "INSERT INTO data_keys (tenant_id, version, sealed, created_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (tenant_id, version) DO NOTHING",
        ).bind(tenant).bind(version).bind(sealed).bind(now.0).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// Writes a version that was sealed under a newer master key.
    pub async fn replace_data_key(&mut self, version: i64, sealed: &str) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query("UPDATE data_keys SET sealed = $1 WHERE tenant_id = $2 AND version = $3")
            .bind(sealed).bind(tenant).bind(version).execute(conn).await.map(drop)?);
        Ok(())
    }
}
