//! `portico rekey`: master keys rotate without downtime.

use std::io::{self, Write};

use anyhow::Result;
use clap::Args;
use portico_vault::new_master_key;
use portico_world::{ExposeSecret, World};

use crate::{config::Config, wiring};

/// What to do with the master keys.
#[derive(Args)]
pub struct Options {
    /// Print a new master key and do nothing else. Put it before the others, restart, then run `portico rekey`.
    #[arg(long)]
    new: bool,
}

/// Seals every tenant's data keys under the newest master key. May be run again, and while the portal runs.
pub async fn run(config: impl FnOnce() -> Result<Config>, options: &Options) -> Result<()> {
    if options.new {
        writeln!(io::stdout(), "{}", new_master_key(World::real().rng.as_ref()).expose_secret())?;
        return Ok(());
    }
    let app = wiring::app(&config()?).await?;
    let mut reader = app.store.instance_read().await?;
    let tenants = reader.tenants().await?;
    let (mut moved, mut kept) = (0, 0);
    for tenant in &tenants {
        let mut tx = app.store.tenant(tenant.id).await?;
        for (version, sealed) in tx.data_keys().await? {
            match app.masters.reseal(tenant.id, &sealed, app.world.rng.as_ref())? {
                Some(resealed) => {
                    tx.replace_data_key(version, &resealed).await?;
                    moved += 1;
                }
                None => kept += 1,
            }
        }
        tx.commit(app.now()).await?;
    }
    let companies = if tenants.len() == 1 { "company" } else { "companies" };
    writeln!(
        io::stdout(),
        "{} {companies}: {moved} keys were sealed anew under the newest master key, {kept} were already under it. Once every \
         process has been restarted, older master keys are needed no longer.",
        tenants.len()
    )?;
    Ok(())
}
