//! Holds: a run of the sync that would have deleted or mailed too much waits for a person's word.

use std::collections::{BTreeSet, HashMap};

use portico_kernel::{CalendarId, EntryId, HoldId};
use portico_store::{Hold, HoldState, JournalRow, Shown, TenantTx};
use serde_json::json;

use crate::{App, Calendar, Caller, Error, calendars, events::hides_guests, links};

/// Whether the caller's own connections carry the link of a hold.
async fn is_own(tx: &mut TenantTx, by: &Caller<Calendar>, hold: &Hold) -> Result<bool, Error> {
    let Some(link) = tx.link(hold.link_id).await? else { return Ok(false) };
    let connections = tx.connections_of(&[by.employee()?]).await?;
    Ok(connections.iter().any(|connection| connection.id == link.connection_id))
}

/// Holds as the caller sees them. Of a guest list that is hidden from the caller not even the length is told.
async fn seen(tx: &mut TenantTx, by: &Caller<Calendar>, mut holds: Vec<Hold>) -> Result<Vec<Hold>, Error> {
    let held: Vec<EntryId> = holds.iter().flat_map(|hold| &hold.items).map(|item| EntryId(item.entry)).collect();
    let rows = tx.entries_by_ids(&held).await?;
    let ids: BTreeSet<CalendarId> = rows.iter().map(|row| row.entry.calendar_id).collect();
    let found = tx.calendars_by_ids(&ids.into_iter().collect::<Vec<_>>()).await?;
    let found = calendars::seen(tx, by, found).await?;
    let rows: HashMap<EntryId, Shown> = rows.into_iter().map(|row| (row.entry.id, row)).collect();
    for item in holds.iter_mut().flat_map(|hold| &mut hold.items) {
        let shows = rows.get(&EntryId(item.entry)).is_some_and(|row| {
            let calendar = found.iter().find(|calendar| calendar.calendar.id == row.entry.calendar_id);
            calendar.is_some_and(|calendar| !hides_guests(calendar, row))
        });
        if !shows {
            item.guests = 0;
        }
    }
    Ok(holds)
}

impl App {
    /// What waits for the caller's word.
    pub async fn holds(&self, by: &Caller<Calendar>) -> Result<Vec<Hold>, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let mut own = Vec::new();
        for hold in tx.holds(HoldState::Waiting).await? {
            if is_own(&mut tx, by, &hold).await? {
                own.push(hold);
            }
        }
        let own = seen(&mut tx, by, own).await?;
        tx.end().await?;
        Ok(own)
    }

    /// Lets what was held go on, or drops it; the next run does what was said.
    pub async fn decide_hold(&self, by: &Caller<Calendar>, id: HoldId, approve: bool) -> Result<Hold, Error> {
        let mut tx = self.store.tenant(by.tenant).await?;
        let mut hold = tx.hold(id).await?.ok_or(Error::NotFound)?;
        if !is_own(&mut tx, by, &hold).await? {
            return Err(Error::NotFound);
        }
        let decided = if approve { HoldState::Approved } else { HoldState::Dropped };
        if hold.state != HoldState::Waiting {
            if hold.state != decided {
                return Err(Error::Conflict { reason: "decided_already" });
            }
            return seen(&mut tx, by, vec![hold]).await?.pop().ok_or(Error::NotFound);
        }
        hold.state = decided;
        hold.decided_at = Some(self.now());
        hold.decided_by = Some(by.account);
        tx.put_hold(&hold).await?;
        tx.journal(JournalRow {
            actor: by.actor(),
            action: if approve { "hold.approved" } else { "hold.dropped" },
            subject_kind: "link",
            subject: hold.link_id.0,
            before: None,
            after: Some(json!({"kind": hold.kind.as_str(), "count": hold.count, "people": hold.people})),
            why: None,
        });
        links::wake(self, &mut tx, hold.link_id).await?;
        let hold = seen(&mut tx, by, vec![hold]).await?.pop().ok_or(Error::NotFound)?;
        self.commit(tx).await?;
        Ok(hold)
    }
}
