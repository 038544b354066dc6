//! Holds: what a run of the sync would have deleted or mailed, waiting for a person.

use portico_kernel::{AccountId, HoldId, LinkId, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{StoreError, TenantTx, engine::on, text_enum::text_enum};

text_enum! {
    /// What is held back.
    pub enum HoldKind {
        /// Google does not have these any more, and they would be removed here.
        DeleteHere = "delete_here",
        /// They were deleted here and would be deleted at Google.
        DeleteThere = "delete_there",
        /// Their guests would be mailed.
        Mail = "mail",
    }
}

text_enum! {
    /// Where a hold stands.
    pub enum HoldState {
        /// Nobody has decided.
        Waiting = "waiting",
        /// It may be done.
        Approved = "approved",
        /// It may not be done.
        Dropped = "dropped",
    }
}

/// One thing that is held back, as it is shown to the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldItem {
    /// The entry.
    pub entry: Uuid,
    /// The title.
    pub title: String,
    /// When it is, as RFC 3339 or a date.
    pub when: String,
    /// How many guests it has.
    pub guests: usize,
}

/// What a run would have done.
#[derive(Clone, Debug, PartialEq)]
pub struct Hold {
    /// The hold.
    pub id: HoldId,
    /// Whose run it was.
    pub link_id: LinkId,
    /// What is held back.
    pub kind: HoldKind,
    /// How many entries.
    pub count: i64,
    /// How many people would be mailed.
    pub people: i64,
    /// The entries, the first five hundred.
    pub items: Vec<HoldItem>,
    /// Where it stands.
    pub state: HoldState,
    /// When the run was stopped.
    pub created_at: Timestamp,
    /// When somebody decided.
    pub decided_at: Option<Timestamp>,
    /// Who decided.
    pub decided_by: Option<AccountId>,
}

type Columns = (Uuid, Uuid, String, i64, i64, String, String, i64, Option<i64>, Option<Uuid>);

fn hold(row: Columns) -> Result<Hold, StoreError> {
    let damaged = || StoreError::Damaged { table: "holds" };
    Ok(Hold {
        id: HoldId(row.0),
        link_id: LinkId(row.1),
        kind: HoldKind::parse(&row.2).ok_or_else(damaged)?,
        count: row.3,
        people: row.4,
        items: serde_json::from_str(&row.5).map_err(|_| damaged())?,
        state: HoldState::parse(&row.6).ok_or_else(damaged)?,
        created_at: Timestamp(row.7),
        decided_at: row.8.map(Timestamp),
        decided_by: row.9.map(AccountId),
    })
}

impl TenantTx {
    /// One hold.
    pub async fn hold(&mut self, id: HoldId) -> Result<Option<Hold>, StoreError> {
        let tenant = self.tenant;
        let sql = "SELECT id, link_id, kind, count, people, items, state, created_at, decided_at, decided_by \
                   FROM holds WHERE tenant_id = $1 AND id = $2";
        let row: Option<Columns> =
            on!(self.tx, conn => sqlx::query_as(sql).bind(tenant.0).bind(id.0).fetch_optional(conn).await?);
        row.map(hold).transpose()
    }

    /// The holds in this state, the newest first, at most 200.
    pub async fn holds(&mut self, state: HoldState) -> Result<Vec<Hold>, StoreError> {
        let tenant = self.tenant;
        let sql = "SELECT id, link_id, kind, count, people, items, state, created_at, decided_at, decided_by \
                   FROM holds WHERE tenant_id = $1 AND state = $2 ORDER BY created_at DESC, id DESC LIMIT 200";
        let rows: Vec<Columns> =
            on!(self.tx, conn => sqlx::query_as(sql).bind(tenant.0).bind(state.as_str()).fetch_all(conn).await?);
        rows.into_iter().map(hold).collect()
    }

    /// The newest hold of a link of this kind.
    pub async fn latest_hold(&mut self, link: LinkId, kind: HoldKind) -> Result<Option<Hold>, StoreError> {
        let tenant = self.tenant;
        let sql = "SELECT id, link_id, kind, count, people, items, state, created_at, decided_at, decided_by \
                   FROM holds WHERE tenant_id = $1 AND link_id = $2 AND kind = $3 \
                   ORDER BY created_at DESC, id DESC LIMIT 1";
        let row: Option<Columns> = on!(self.tx, conn => sqlx::query_as(sql)
            .bind(tenant.0)
            .bind(link.0)
            .bind(kind.as_str())
            .fetch_optional(conn)
            .await?);
        row.map(hold).transpose()
    }

    /// Writes a hold whole.
    pub async fn put_hold(&mut self, hold: &Hold) -> Result<(), StoreError> {
        let tenant = self.tenant;
        let items = serde_json::to_string(&hold.items).map_err(|_| StoreError::Damaged { table: "holds" })?;
        let sql = "INSERT INTO holds (tenant_id, id, link_id, kind, count, people, items, state, created_at, decided_at, \
                       decided_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
                   ON CONFLICT (tenant_id, id) DO UPDATE SET count = excluded.count, people = excluded.people, \
                       items = excluded.items, state = excluded.state, decided_at = excluded.decided_at, \
                       decided_by = excluded.decided_by";
        on!(self.tx, conn => sqlx::query(sql)
            .bind(tenant.0)
            .bind(hold.id.0)
            .bind(hold.link_id.0)
            .bind(hold.kind.as_str())
            .bind(hold.count)
            .bind(hold.people)
            .bind(items)
            .bind(hold.state.as_str())
            .bind(hold.created_at.0)
            .bind(hold.decided_at.map(|at| at.0))
            .bind(hold.decided_by.map(|by| by.0))
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Forgets a hold that is done with.
    pub async fn delete_hold(&mut self, id: HoldId) -> Result<(), StoreError> {
        let tenant = self.tenant;
        let sql = "DELETE FROM holds WHERE tenant_id = $1 AND id = $2";
        on!(self.tx, conn => sqlx::query(sql).bind(tenant.0).bind(id.0).execute(conn).await.map(drop)?);
        Ok(())
    }
}
