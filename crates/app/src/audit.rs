//! The journal as administrators read it: who did what to which thing.

use std::collections::{HashMap, HashSet};

use portico_kernel::{AccountId, CalendarId, EmployeeId};
use portico_store::{JournalEntry, TenantTx};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Administrator, App, Caller, Error,
    calendars::{self, Access},
    journal,
};

/// A row of the journal with names.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// The row.
    pub entry: JournalEntry,
    /// The name of the person who did it.
    pub actor_name: Option<String>,
    /// The name of the thing, where it is a person, a role or a connection.
    pub subject_name: Option<String>,
}

impl App {
    /// Up to `limit` rows from before number `before`, the newest first; of one thing, if asked for. What a meeting said is
    /// for those who may read its calendar; others learn that it was changed, and in which fields.
    pub async fn audit(
        &self,
        by: &Caller<Administrator>,
        subject: Option<Uuid>,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<AuditEntry>, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let mut entries = journal::before(self, &mut tx, before.unwrap_or(i64::MAX), subject, limit).await?;
        let open = open_calendars(&mut tx, by, &entries).await?;
        let is_closed = |entry: &JournalEntry| {
            entry.subject_kind == "meeting" && calendar_of(entry).is_none_or(|calendar| !open.contains(&calendar))
        };
        entries.iter_mut().filter(|entry| is_closed(entry)).for_each(withhold);
        let mut accounts: Vec<AccountId> = entries
            .iter()
            .filter(|entry| entry.actor_kind == "person")
            .filter_map(|entry| entry.actor)
            .map(AccountId)
            .collect();
        accounts.extend(subjects(&entries, "account").map(AccountId));
        accounts.sort_unstable();
        accounts.dedup();
        let mut names: HashMap<Uuid, String> =
            tx.account_names(&accounts).await?.into_iter().map(|(id, name)| (id.0, name)).collect();
        let people: Vec<EmployeeId> = subjects(&entries, "employee").map(EmployeeId).collect();
        names.extend(tx.employees_by_ids(&people).await?.into_iter().map(|(id, employee)| (id.0, employee.name)));
        if subjects(&entries, "role").next().is_some() {
            names.extend(tx.roles().await?.into_iter().map(|role| (role.id.0, role.name)));
        }
        if subjects(&entries, "connection").next().is_some() {
            let connections = tx.connections(None, None, 1000).await?;
            names.extend(connections.into_iter().map(|connection| (connection.id.0, connection.email)));
        }
        tx.end().await?;
        Ok(entries
            .into_iter()
            .map(|entry| AuditEntry {
                actor_name: entry.actor.and_then(|actor| names.get(&actor).cloned()),
                subject_name: names.get(&entry.subject).cloned(),
                entry,
            })
            .collect())
    }
}

/// The calendar that showed a meeting.
fn calendar_of(entry: &JournalEntry) -> Option<CalendarId> {
    entry.after.as_ref()?.get("calendar")?.as_str()?.parse().ok()
}

/// Those calendars of the meetings in `entries` of which the person may see details.
async fn open_calendars(
    tx: &mut TenantTx,
    by: &Caller<Administrator>,
    entries: &[JournalEntry],
) -> Result<HashSet<CalendarId>, Error> {
    let meetings = entries.iter().filter(|entry| entry.subject_kind == "meeting");
    let named: HashSet<CalendarId> = meetings.filter_map(calendar_of).collect();
    if named.is_empty() || !by.may("calendar", "read") {
        return Ok(HashSet::new());
    }
    let named = tx.calendars_by_ids(&named.into_iter().collect::<Vec<_>>()).await?;
    let seen = calendars::seen(tx, by, named).await?;
    Ok(seen.into_iter().filter(|seen| seen.access > Access::Busy).map(|seen| seen.calendar.id).collect())
}

/// Leaves of a meeting's row what it names: entry, calendars, and which fields were changed.
fn withhold(entry: &mut JournalEntry) {
    for side in [&mut entry.before, &mut entry.after] {
        if let Some(Value::Object(said)) = side {
            said.retain(|name, _| matches!(name.as_str(), "entry" | "calendar" | "changed"));
        }
        if side.as_ref().is_some_and(|said| said.as_object().is_some_and(serde_json::Map::is_empty)) {
            *side = None;
        }
    }
}

fn subjects<'a>(entries: &'a [JournalEntry], kind: &'a str) -> impl Iterator<Item = Uuid> + 'a {
    entries.iter().filter(move |entry| entry.subject_kind == kind).map(|entry| entry.subject)
}
