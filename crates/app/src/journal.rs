//! What the journal's rows say of a thing, before and after: sealed under the tenant's key, so that it goes when the key goes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use portico_kernel::TenantId;
use portico_store::{JournalEntry, TenantTx};
use portico_vault::{Place, TenantKeys};
use portico_world::ExposeSecret;
use serde_json::Value;
use uuid::Uuid;

use crate::{App, Error, seal::place};

/// Tenants' keys as this process has opened them, and found in the database as committed: nearly every commit seals, and every
/// reader of the journal opens.
#[derive(Default)]
pub struct OpenedKeys(Mutex<HashMap<TenantId, Arc<TenantKeys>>>);

impl OpenedKeys {
    fn get(&self, tenant: TenantId) -> Option<Arc<TenantKeys>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned()
    }

    pub(crate) fn keep(&self, tenant: TenantId, keys: Arc<TenantKeys>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(tenant).or_insert(keys);
    }
}

fn sides(subject: Uuid) -> [Place<'static>; 2] {
    [place("journal", "before_json", subject), place("journal", "after_json", subject)]
}

/// Seals what the rows say that go with this transaction. The keys that did so may be [kept](OpenedKeys::keep) once it is
/// committed: this very transaction may have made them.
pub(crate) async fn seal(app: &App, tx: &mut TenantTx) -> Result<Option<Arc<TenantKeys>>, Error> {
    if tx.journalled().iter().all(|row| row.before.is_none() && row.after.is_none()) {
        return Ok(None);
    }
    let keys = match app.opened_keys.get(tx.tenant()) {
        Some(keys) => keys,
        None => Arc::new(app.keys(tx).await?),
    };
    for row in tx.journalled() {
        for (place, body) in sides(row.subject).into_iter().zip([&mut row.before, &mut row.after]) {
            if let Some(said) = body {
                let sealed = keys.seal(place, &said.to_string().into(), app.world.rng.as_ref())?;
                *body = Some(Value::String(sealed));
            }
        }
    }
    Ok(Some(keys))
}

/// Up to `limit` rows after number `after`, the oldest first.
pub(crate) async fn after(app: &App, tx: &mut TenantTx, after: i64, limit: i64) -> Result<Vec<JournalEntry>, Error> {
    let rows = tx.journal_after(after, limit).await?;
    open(app, tx, rows).await
}

/// Up to `limit` rows before number `before`, the newest first; of one subject, if asked for.
pub(crate) async fn before(
    app: &App,
    tx: &mut TenantTx,
    before: i64,
    subject: Option<Uuid>,
    limit: i64,
) -> Result<Vec<JournalEntry>, Error> {
    let rows = tx.journal_before(before, subject, limit).await?;
    open(app, tx, rows).await
}

/// Rows of a time before bodies were sealed are as they are.
async fn open(app: &App, tx: &mut TenantTx, mut rows: Vec<JournalEntry>) -> Result<Vec<JournalEntry>, Error> {
    let is_sealed = |body: &Option<Value>| matches!(body, Some(Value::String(_)));
    if !rows.iter().any(|row| is_sealed(&row.before) || is_sealed(&row.after)) {
        return Ok(rows);
    }
    let tenant = tx.tenant();
    let keys = match app.opened_keys.get(tenant) {
        Some(keys) => keys,
        None => {
            let sealed = tx.data_keys().await?;
            let keys = app.masters.open_data_keys(tenant, sealed.iter().map(|(_, key)| key.as_str()))?;
            let keys = Arc::new(keys);
            app.opened_keys.keep(tenant, keys.clone());
            keys
        }
    };
    for row in &mut rows {
        for (place, body) in sides(row.subject).into_iter().zip([&mut row.before, &mut row.after]) {
            if let Some(Value::String(sealed)) = body {
                let said = keys.open(place, sealed)?;
                *body =
                    Some(serde_json::from_str(said.expose_secret()).map_err(|_| portico_vault::VaultError::Malformed)?);
            }
        }
    }
    Ok(rows)
}
