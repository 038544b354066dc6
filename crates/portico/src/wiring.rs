//! From the configuration to the running parts.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use portico_app::{App, Live, OpenedKeys};
use portico_google::{
    Endpoints, Quota, ScopeSet,
    auth::OAuthClient,
    quota::{MemoryQuotaStore, Rate},
};
use portico_store::{Store, StoreConfig};
use portico_transport::HttpClient;
use portico_vault::MasterKeys;
use portico_world::World;

use crate::config::{Config, Google};

/// Which database the configuration names.
pub fn database(config: &Config) -> Result<StoreConfig> {
    Ok(StoreConfig::parse(&config.database, config.listen_database.clone())?)
}

/// Brings the schema up to date.
pub async fn migrate(config: &Config) -> Result<()> {
    Store::migrate(&database(config)?, config.migrate_database.as_ref())
        .await
        .context("the database could not be migrated")
}

/// What Google lets the clients do, in this process's memory: with several processes on one Google Cloud project give each
/// its part of the numbers.
fn google_quota(config: &Google) -> Quota {
    let quota = Quota::new(Arc::new(MemoryQuotaStore::new()), "instance");
    let Some(mut calendar) = quota.of_api("calendar") else { return quota };
    calendar.project = config.calls_per_minute.map(Rate::per_minute).or(calendar.project);
    calendar.user = config.calls_per_minute_per_user.map(Rate::per_minute).or(calendar.user);
    quota.with_api(calendar)
}

/// The product with its database open.
pub async fn app(config: &Config) -> Result<Arc<App>> {
    let store = Store::open(&database(config)?).await.context("the database could not be opened")?;
    ensure!(store.is_migrated().await?, "the database has no schema yet, or an older one: run `portico migrate` first");
    let masters = MasterKeys::parse(&config.master_keys()?)?;
    let google = config.google.endpoint.as_ref().map_or_else(Endpoints::google, |at| Endpoints::at(at.as_str()));
    let google_client = config.google.client(&config.public_url)?.map(|(client_id, client_secret, redirect)| {
        OAuthClient { client_id, client_secret, redirect_uri: redirect.to_string() }
    });
    let transport = HttpClient::new(Duration::from_secs(30)).context("the HTTP client could not be made")?;
    Ok(Arc::new(App {
        store,
        world: World::real(),
        transport: Arc::new(transport),
        google,
        google_quota: google_quota(&config.google),
        google_client,
        google_scopes: ScopeSet::parse(config.google.scopes.as_deref().unwrap_or_default()),
        masters,
        public_url: config.public_url.clone(),
        callback_url: config.callback_url().clone(),
        live: Live::default(),
        opened_keys: OpenedKeys::default(),
    }))
}
