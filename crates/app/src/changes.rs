//! The journal as a feed: what changed since a number, as far as the person may know of it.

use std::collections::{HashMap, HashSet};

use portico_kernel::{CalendarId, ConflictId, ConnectionId, HoldId, LinkId, Timestamp};
use portico_store::{JournalEntry, TenantTx};
use uuid::Uuid;

use crate::{
    App, Error,
    access::{Caller, Person, SignedIn},
    calendars, journal,
};

/// A change, without what changed: whoever is told asks for the thing itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its number in the tenant's journal.
    pub seq: i64,
    /// When it was committed.
    pub at: Timestamp,
    /// What was done, such as `meeting.updated`.
    pub action: String,
    /// The kind of thing it was done to.
    pub subject_kind: String,
    /// The thing it was done to.
    pub subject: Uuid,
    /// The calendar that shows it.
    pub calendar: Option<Uuid>,
    /// The entry.
    pub entry: Option<Uuid>,
}

/// A page of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangePage {
    /// The changes that the person may know of, the oldest first.
    pub items: Vec<Change>,
    /// The number to go on after, past what the person may not know of too.
    pub next: i64,
    /// Whether there is more already.
    pub more: bool,
}

/// The number of the last change there is.
pub async fn head(app: &App, person: &Person) -> Result<i64, Error> {
    let mut tx = app.store.tenant_read(person.tenant).await?;
    let head = tx.journal_head().await?;
    tx.end().await?;
    Ok(head)
}

/// The changes after number `after`.
pub async fn list(app: &App, caller: &Caller<SignedIn>, after: i64, limit: i64) -> Result<ChangePage, Error> {
    let mut tx = app.store.tenant_read(caller.tenant).await?;
    let rows = journal::after(app, &mut tx, after, limit).await?;
    let next = rows.last().map_or(after, |row| row.seq);
    let more = i64::try_from(rows.len()).is_ok_and(|count| count == limit);
    let mut eyes = Eyes::of(&mut tx, caller).await?;
    let mut items = Vec::new();
    for row in rows {
        if eyes.sees(&mut tx, &row).await? {
            items.push(change(row));
        }
    }
    tx.end().await?;
    Ok(ChangePage { items, next, more })
}

fn named(row: &JournalEntry, key: &str) -> Option<Uuid> {
    row.after.as_ref()?.get(key)?.as_str()?.parse().ok()
}

fn change(row: JournalEntry) -> Change {
    Change {
        calendar: named(&row, "calendar"),
        entry: named(&row, "entry"),
        seq: row.seq,
        at: row.at,
        action: row.action,
        subject_kind: row.subject_kind,
        subject: row.subject,
    }
}

/// What a person may know of.
struct Eyes<'a> {
    person: &'a Person,
    administers: bool,
    calendars: HashSet<Uuid>,
    /// Whether a subject other than a meeting is for the person, once looked up.
    known: HashMap<(String, Uuid), bool>,
}

impl<'a> Eyes<'a> {
    async fn of(tx: &mut TenantTx, person: &'a Person) -> Result<Self, Error> {
        let calendars = match person.employee {
            Some(_) if person.may("calendar", "read") => {
                calendars::readable(tx, person).await?.into_iter().map(|calendar| calendar.id.0).collect()
            }
            _ => HashSet::new(),
        };
        let administers = person.may("administration", "manage");
        Ok(Self { person, administers, calendars, known: HashMap::new() })
    }

    async fn sees(&mut self, tx: &mut TenantTx, row: &JournalEntry) -> Result<bool, Error> {
        let own = row.actor_kind == "person" && row.actor == Some(self.person.account.0);
        if self.administers || own {
            return Ok(true);
        }
        if let Some(calendar) = named(row, "calendar") {
            return Ok(self.calendars.contains(&calendar));
        }
        let key = (row.subject_kind.clone(), row.subject);
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        let calendar = |id: Option<CalendarId>| id.map(|id| id.0);
        let of = match row.subject_kind.as_str() {
            "calendar" => Some(row.subject),
            "conflict" => calendar(tx.conflict(ConflictId(row.subject)).await?.map(|conflict| conflict.calendar_id)),
            "link" => calendar(tx.link(LinkId(row.subject)).await?.and_then(|link| link.calendar_id)),
            "hold" => match tx.hold(HoldId(row.subject)).await? {
                Some(hold) => calendar(tx.link(hold.link_id).await?.and_then(|link| link.calendar_id)),
                None => None,
            },
            _ => None,
        };
        let mut sees = of.is_some_and(|calendar| self.calendars.contains(&calendar));
        if row.subject_kind == "connection" {
            let connection = tx.connection(ConnectionId(row.subject)).await?;
            sees = connection.is_some_and(|connection| {
                connection.employee_id.is_some() && connection.employee_id == self.person.employee
            });
        }
        self.known.insert(key, sees);
        Ok(sees)
    }
}
