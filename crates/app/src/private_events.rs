//! Events that must not be shown in full any more.

use portico_store::{EntriesBy, EventType, Link, SyncEntry, TenantTx};

use crate::{Error, google_event::is_own_id};

/// Which events of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Withheld {
    /// Private ones that came from Google, birthdays apart: Google makes every one of them private.
    PrivateFromGoogle,
    /// Private ones, those that Google has from here as well.
    Private,
    /// All: Google shows nothing but time.
    Everything,
}

/// Events that came in full are shown as busy at once, and become what the link says now with the next run. What waits to go
/// out stays as it is.
pub(crate) async fn withhold(tx: &mut TenantTx, link: &Link, which: Withheld) -> Result<(), Error> {
    let ids = match which {
        Withheld::Everything => tx.entries_in_full(link.id).await?,
        Withheld::PrivateFromGoogle | Withheld::Private => tx.private_entries(link.id).await?,
    };
    let mut entries = tx.sync_entries(EntriesBy::Ids(&ids)).await?;
    let is_chosen = |entry: &SyncEntry| !is_from_here(entry) && entry.event_type != EventType::Birthday;
    entries.retain(|entry| (which != Withheld::PrivateFromGoogle || is_chosen(entry)) && !entry.is_pending());
    for entry in &mut entries {
        entry.redacted = true;
        entry.remote = None;
    }
    Ok(tx.put_sync_entries(&entries.iter().collect::<Vec<_>>()).await?)
}

/// Whether Google has the event, or the series of the occurrence, from here.
fn is_from_here(entry: &SyncEntry) -> bool {
    let whole = entry.series_entry_id.unwrap_or(entry.id);
    let google = entry.google_id.as_deref().and_then(|google| google.split('_').next());
    google.is_some_and(|google| is_own_id(google, whole))
}
