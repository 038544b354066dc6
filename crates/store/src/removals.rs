//! What people removed from their calendars, as long as it can be taken back.

use portico_kernel::{CalendarId, EntryId, Timestamp};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{StoreError, TenantTx, engine::on};

/// That a person removed an event, or one occurrence of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removal {
    /// When.
    pub at: Timestamp,
    /// Whether the guests were to be told.
    pub told: bool,
}

impl TenantTx {
    /// Notes on the entry by which it is taken back that a person removed it; none when it is back.
    pub async fn note_removal(&mut self, entry: EntryId, removal: Option<Removal>) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query(
            "UPDATE entries SET removed_at = $1, removed_told = $2 WHERE tenant_id = $3 AND id = $4",
        )
            .bind(removal.map(|removal| removal.at.0))
            .bind(removal.map(|removal| removal.told))
            .bind(tenant)
            .bind(entry.0)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// How a person removed this entry.
    pub async fn removal(&mut self, entry: EntryId) -> Result<Option<Removal>, StoreError> {
        let tenant = self.tenant.0;
        let row: Option<(i64, bool)> = on!(self.tx, conn => sqlx::query_as(
            "SELECT removed_at, removed_told FROM entries WHERE tenant_id = $1 AND id = $2 AND removed_at IS NOT NULL",
        ).bind(tenant).bind(entry.0).fetch_optional(conn).await?);
        Ok(row.map(|(at, told)| Removal { at: Timestamp(at), told }))
    }

    /// What was removed from these calendars since then, the latest first.
    pub async fn removals(
        &mut self,
        calendars: &[CalendarId],
        since: Timestamp,
        before: Option<(Timestamp, EntryId)>,
        limit: i64,
    ) -> Result<Vec<(EntryId, Removal)>, StoreError> {
        if calendars.is_empty() {
            return Ok(Vec::new());
        }
        let tenant = self.tenant.0;
        let rows: Vec<(Uuid, i64, bool)> = on!(self.tx, conn => {
            let mut query = QueryBuilder::new("SELECT id, removed_at, removed_told FROM entries WHERE tenant_id = ");
            query.push_bind(tenant).push(" AND removed_at IS NOT NULL AND calendar_id IN (");
            let mut ids = query.separated(", ");
            for id in calendars {
                ids.push_bind(id.0);
            }
            query.push(") AND removed_at >= ").push_bind(since.0);
            if let Some((at, id)) = before {
                query.push(" AND (removed_at, id) < (").push_bind(at.0).push(", ").push_bind(id.0).push(")");
            }
            query.push(" ORDER BY removed_at DESC, id DESC LIMIT ").push_bind(limit);
            query.build_query_as().fetch_all(conn).await?
        });
        Ok(rows.into_iter().map(|(id, at, told)| (EntryId(id), Removal { at: Timestamp(at), told })).collect())
    }
}
