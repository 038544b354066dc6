//! Holds: a run of the sync that would have deleted or mailed too much waits for a person's word.

use portico_kernel::HoldId;
use portico_store::{Hold, HoldState, JournalRow, TenantTx};
use serde_json::json;

use crate::{App, Calendar, Caller, Error, links};

/// Whether the caller's own connections carry the link of a hold.
async fn is_own(tx: &mut TenantTx, by: &Caller<Calendar>, hold: &Hold) -> Result<bool, Error> {
    let Some(link) = tx.link(hold.link_id).await? else { return Ok(false) };
    let connections = tx.connections_of(&[by.employee()?]).await?;
    Ok(connections.iter().any(|connection| connection.id == link.connection_id))
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
        if hold.state == decided {
            return Ok(hold);
        }
        if hold.state != HoldState::Waiting {
            return Err(Error::Conflict { reason: "decided_already" });
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
        self.commit(tx).await?;
        Ok(hold)
    }
}
