//! Resets: what a connection still has to delete at Google before it ends.

use std::collections::HashMap;

use portico_kernel::{ConnectionId, EntryId, LinkId};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{StoreError, TenantTx, engine::on};

/// A single event or a whole series that is to be deleted at Google.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetItem {
    /// The Google calendar.
    pub google_calendar_id: String,
    /// Google's id of the event.
    pub google_id: String,
    /// How often it was tried in vain.
    pub attempts: i64,
}

impl TenantTx {
    /// The single events and series of a link that Google has or may have.
    pub async fn copies_at_google(&mut self, link: LinkId) -> Result<Vec<EntryId>, StoreError> {
        let tenant = self.tenant.0;
        let sql = "SELECT id FROM entries WHERE tenant_id = $1 AND link_id = $2 AND google_id IS NOT NULL \
                   AND series_entry_id IS NULL ORDER BY id";
        let ids: Vec<Uuid> =
            on!(self.tx, conn => sqlx::query_scalar(sql).bind(tenant).bind(link.0).fetch_all(conn).await?);
        Ok(ids.into_iter().map(EntryId).collect())
    }

    /// The same with Google's id of each, and with whoever organizes it.
    pub async fn organizers_at_google(&mut self, link: LinkId) -> Result<Vec<(EntryId, String, String)>, StoreError> {
        let tenant = self.tenant.0;
        let sql = "SELECT e.id, e.google_id, m.organizer_email FROM entries e \
                   JOIN meetings m ON m.tenant_id = e.tenant_id AND m.id = e.meeting_id \
                   WHERE e.tenant_id = $1 AND e.link_id = $2 AND e.google_id IS NOT NULL AND e.series_entry_id IS NULL";
        let rows: Vec<(Uuid, String, String)> =
            on!(self.tx, conn => sqlx::query_as(sql).bind(tenant).bind(link.0).fetch_all(conn).await?);
        Ok(rows.into_iter().map(|(id, google_id, organizer)| (EntryId(id), google_id, organizer)).collect())
    }

    /// Queues events for deletion at Google.
    pub async fn queue_reset(&mut self, connection: ConnectionId, items: &[ResetItem]) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        for chunk in items.chunks(1000) {
            on!(self.tx, conn => {
                let mut insert = QueryBuilder::new(
                    "INSERT INTO reset_items (tenant_id, connection_id, google_calendar_id, google_id, attempts) ",
                );
                insert.push_values(chunk, |mut values, item| {
                    values
                        .push_bind(tenant)
                        .push_bind(connection.0)
                        .push_bind(item.google_calendar_id.as_str())
                        .push_bind(item.google_id.as_str())
                        .push_bind(item.attempts);
                });
                insert.push(" ON CONFLICT DO NOTHING");
                insert.build().execute(conn).await.map(drop)?;
            });
        }
        Ok(())
    }

    /// The next event that a connection has to delete at Google; those that were tried least come first.
    pub async fn next_reset_item(&mut self, connection: ConnectionId) -> Result<Option<ResetItem>, StoreError> {
        let tenant = self.tenant.0;
        let sql = "SELECT google_calendar_id, google_id, attempts FROM reset_items \
                   WHERE tenant_id = $1 AND connection_id = $2 \
                   ORDER BY attempts, google_calendar_id, google_id LIMIT 1";
        let row: Option<(String, String, i64)> =
            on!(self.tx, conn => sqlx::query_as(sql).bind(tenant).bind(connection.0).fetch_optional(conn).await?);
        Ok(row.map(|(google_calendar_id, google_id, attempts)| ResetItem { google_calendar_id, google_id, attempts }))
    }

    /// How many events each connection still has to delete at Google; connections with none are left out.
    pub async fn reset_counts(&mut self) -> Result<HashMap<ConnectionId, i64>, StoreError> {
        let tenant = self.tenant.0;
        let sql = "SELECT connection_id, COUNT(*) FROM reset_items WHERE tenant_id = $1 GROUP BY connection_id";
        let rows: Vec<(Uuid, i64)> = on!(self.tx, conn => sqlx::query_as(sql).bind(tenant).fetch_all(conn).await?);
        Ok(rows.into_iter().map(|(id, count)| (ConnectionId(id), count)).collect())
    }

    /// Takes an event out of the queue.
    pub async fn remove_reset_item(&mut self, connection: ConnectionId, item: &ResetItem) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        let sql = "DELETE FROM reset_items \
                   WHERE tenant_id = $1 AND connection_id = $2 AND google_calendar_id = $3 AND google_id = $4";
        on!(self.tx, conn => sqlx::query(sql)
            .bind(tenant)
            .bind(connection.0)
            .bind(&item.google_calendar_id)
            .bind(&item.google_id)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Notes that an event was tried in vain.
    pub async fn put_back_reset_item(&mut self, connection: ConnectionId, item: &ResetItem) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        let sql = "UPDATE reset_items SET attempts = attempts + 1 \
                   WHERE tenant_id = $1 AND connection_id = $2 AND google_calendar_id = $3 AND google_id = $4";
        on!(self.tx, conn => sqlx::query(sql)
            .bind(tenant)
            .bind(connection.0)
            .bind(&item.google_calendar_id)
            .bind(&item.google_id)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Drops the queue of a connection; how many events were in it.
    pub async fn drop_reset(&mut self, connection: ConnectionId) -> Result<u64, StoreError> {
        let tenant = self.tenant.0;
        let sql = "DELETE FROM reset_items WHERE tenant_id = $1 AND connection_id = $2";
        Ok(on!(self.tx, conn => sqlx::query(sql).bind(tenant).bind(connection.0).execute(conn).await?.rows_affected()))
    }
}
