//! `portico rekey`: master keys rotate without downtime.

use std::io::{self, Write};

use anyhow::Result;
use clap::Args;
use portico_app::Rekeyed;
use portico_vault::new_master_key;
use portico_world::{ExposeSecret, World};

use crate::{config::Config, wiring};

/// What to do with the master keys.
#[derive(Args)]
pub struct Options {
    /// Print a new master key and do nothing else. The first key is the newest: put this one behind the others and restart
    /// every process, put it first and restart again, then run `portico rekey` and take the old key away.
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
    let Rekeyed { tenants, resealed, kept } = app.rekey().await?;
    let companies = if tenants == 1 { "company" } else { "companies" };
    writeln!(
        io::stdout(),
        "{tenants} {companies}: {resealed} keys were sealed anew under the newest master key, {kept} were already under it. Once \
         every process has been restarted, older master keys are needed no longer.",
    )?;
    Ok(())
}
