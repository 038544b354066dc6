//! The journal as administrators read it: who did what to which thing.

use std::collections::HashMap;

use portico_kernel::{AccountId, EmployeeId};
use portico_store::JournalEntry;
use uuid::Uuid;

use crate::{Administrator, App, Caller, Error};

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
    /// Up to `limit` rows from before number `before`, the newest first; of one thing, if asked for.
    pub async fn audit(
        &self,
        by: &Caller<Administrator>,
        subject: Option<Uuid>,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<AuditEntry>, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let entries = tx.journal_before(before.unwrap_or(i64::MAX), subject, limit).await?;
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

fn subjects<'a>(entries: &'a [JournalEntry], kind: &'a str) -> impl Iterator<Item = Uuid> + 'a {
    entries.iter().filter(move |entry| entry.subject_kind == kind).map(|entry| entry.subject)
}
