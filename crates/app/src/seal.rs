//! Secrets of a tenant, sealed for the place where they lie.

use portico_store::TenantTx;
use portico_vault::{Place, TenantKeys};
use uuid::Uuid;

use crate::{App, Error};

/// What became of the tenants' data keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rekeyed {
    /// The tenants.
    pub tenants: usize,
    /// Keys that were under an older master key, and are under the newest one now.
    pub resealed: usize,
    /// Keys that were under the newest one already.
    pub kept: usize,
}

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

    /// Seals every tenant's data keys under the newest master key, one tenant a transaction. It may run again, and while the
    /// portal runs.
    pub async fn rekey(&self) -> Result<Rekeyed, Error> {
        let tenants = self.store.instance_read().await?.tenants().await?;
        let mut rekeyed = Rekeyed { tenants: tenants.len(), ..Rekeyed::default() };
        for tenant in tenants {
            let mut tx = self.store.tenant(tenant.id).await?;
            for (version, sealed) in tx.data_keys().await? {
                match self.masters.reseal(tenant.id, &sealed, self.world.rng.as_ref())? {
                    Some(resealed) => {
                        tx.replace_data_key(version, &resealed).await?;
                        rekeyed.resealed += 1;
                    }
                    None => rekeyed.kept += 1,
                }
            }
            tx.commit(self.now()).await?;
        }
        Ok(rekeyed)
    }
}
