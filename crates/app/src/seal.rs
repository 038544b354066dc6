//! Secrets of a tenant, sealed for the place where they lie.

use portico_store::TenantTx;
use portico_vault::{Place, TenantKeys};
use uuid::Uuid;

use crate::{App, Error};

/// Where a secret lies.
pub(crate) fn place<'a>(table: &'a str, column: &'a str, row: Uuid) -> Place<'a> {
    Place { table, column, row }
}

impl App {
    /// The tenant's keys; the first use makes them.
    pub(crate) async fn keys(&self, tx: &mut TenantTx) -> Result<TenantKeys, Error> {
        let mut sealed = tx.data_keys().await?;
        if sealed.is_empty() {
            let key = self.masters.new_data_key(tx.tenant(), 1, self.world.rng.as_ref())?;
            tx.add_data_key(1, &key, self.now()).await?;
            sealed = tx.data_keys().await?;
        }
        Ok(self.masters.open_data_keys(tx.tenant(), sealed.iter().map(|(_, key)| key.as_str()))?)
    }
}
