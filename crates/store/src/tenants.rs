//! Tenants: the customers of this instance.

use portico_kernel::{TenantId, Timestamp};
use uuid::Uuid;

use crate::{InstanceTx, StoreError, engine::on};

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// The tenant.
    pub id: TenantId,
    /// Its name in addresses: lower-case letters, digits and hyphens.
    pub slug: String,
    /// Its name for people.
    pub name: String,
}

impl InstanceTx {
    /// Adds a tenant.
    pub async fn add_tenant(&mut self, tenant: &Tenant, now: Timestamp) -> Result<(), StoreError> {
        on!(self.tx, conn => sqlx::query(
            "INSERT INTO tenants (id, slug, name, state, created_at) VALUES ($1, $2, $3, 'active', $4)",
        ).bind(tenant.id.0).bind(&tenant.slug).bind(&tenant.name).bind(now.0).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// All tenants, by slug.
    pub async fn tenants(&mut self) -> Result<Vec<Tenant>, StoreError> {
        let rows: Vec<(Uuid, String, String)> = on!(self.tx, conn => sqlx::query_as(
            "SELECT id, slug, name FROM tenants WHERE state = 'active' ORDER BY slug",
        ).fetch_all(conn).await?);
        Ok(rows.into_iter().map(|(id, slug, name)| Tenant { id: TenantId(id), slug, name }).collect())
    }

    /// One tenant.
    pub async fn tenant(&mut self, id: TenantId) -> Result<Option<Tenant>, StoreError> {
        let row: Option<(Uuid, String, String)> = on!(self.tx, conn => sqlx::query_as(
            "SELECT id, slug, name FROM tenants WHERE id = $1 AND state = 'active'",
        ).bind(id.0).fetch_optional(conn).await?);
        Ok(row.map(|(id, slug, name)| Tenant { id: TenantId(id), slug, name }))
    }

    /// The tenant with this name in addresses.
    pub async fn tenant_by_slug(&mut self, slug: &str) -> Result<Option<Tenant>, StoreError> {
        let row: Option<(Uuid, String, String)> = on!(self.tx, conn => sqlx::query_as(
            "SELECT id, slug, name FROM tenants WHERE slug = $1 AND state = 'active'",
        ).bind(slug).fetch_optional(conn).await?);
        Ok(row.map(|(id, slug, name)| Tenant { id: TenantId(id), slug, name }))
    }
}
