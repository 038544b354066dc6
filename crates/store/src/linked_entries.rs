//! Which entries a link carries: what a run asks of them beyond those of a page, and what becomes of them when the link ends.

use std::collections::BTreeSet;

use portico_kernel::{EntryId, LinkId, Timestamp};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{StoreError, TenantTx, engine::on, sync_pages::CHUNK};

impl TenantTx {
    /// Which of these ids of Google's a link's entries carry.
    pub async fn known_google_ids(&mut self, link: LinkId, ids: &[String]) -> Result<BTreeSet<String>, StoreError> {
        let tenant = self.tenant;
        let mut known = BTreeSet::new();
        for chunk in ids.chunks(CHUNK) {
            on!(self.tx, conn => {
                let mut select = QueryBuilder::new("SELECT google_id FROM entries WHERE tenant_id = ");
                select.push_bind(tenant.0).push(" AND link_id = ").push_bind(link.0);
                select.push(" AND base IS NOT NULL AND google_id IN (");
                let mut list = select.separated(", ");
                for id in chunk {
                    list.push_bind(id.as_str());
                }
                list.push_unseparated(")");
                let found: Vec<String> = select.build_query_scalar().fetch_all(conn).await?;
                known.extend(found);
            });
        }
        Ok(known)
    }

    /// The entries of a link that Google had and that the full pull of `generation` did not bring.
    pub async fn stale_entries(&mut self, link: LinkId, generation: i64) -> Result<Vec<EntryId>, StoreError> {
        let tenant = self.tenant;
        let sql = "SELECT id FROM entries \
                   WHERE tenant_id = $1 AND link_id = $2 AND generation < $3 AND base IS NOT NULL ORDER BY id";
        let ids: Vec<Uuid> = on!(self.tx, conn => sqlx::query_scalar(sql)
            .bind(tenant.0)
            .bind(link.0)
            .bind(generation)
            .fetch_all(conn)
            .await?);
        Ok(ids.into_iter().map(EntryId).collect())
    }

    /// Single events and series of a link that wait for a copy of Google's: colleagues' meetings that it has not brought yet.
    pub async fn entries_without_copy(&mut self, link: LinkId) -> Result<Vec<EntryId>, StoreError> {
        let tenant = self.tenant;
        let sql = "SELECT id FROM entries \
                   WHERE tenant_id = $1 AND link_id = $2 AND base IS NULL AND incarnation = 0 AND series_entry_id IS NULL \
                   AND deleted_at IS NULL AND local_version = pushed_version ORDER BY id";
        let ids: Vec<Uuid> =
            on!(self.tx, conn => sqlx::query_scalar(sql).bind(tenant.0).bind(link.0).fetch_all(conn).await?);
        Ok(ids.into_iter().map(EntryId).collect())
    }

    /// How many single events and series of a link both sides have.
    pub async fn count_linked(&mut self, link: LinkId) -> Result<i64, StoreError> {
        let tenant = self.tenant;
        let sql = "SELECT COUNT(*) FROM entries \
                   WHERE tenant_id = $1 AND link_id = $2 AND base IS NOT NULL AND series_entry_id IS NULL";
        Ok(on!(self.tx, conn => sqlx::query_scalar(sql).bind(tenant.0).bind(link.0).fetch_one(conn).await?))
    }

    /// The entries of a link that are private and of which more is known than the time.
    pub async fn private_entries(&mut self, link: LinkId) -> Result<Vec<EntryId>, StoreError> {
        let sql = "SELECT id FROM entries WHERE tenant_id = $1 AND link_id = $2 AND base IS NOT NULL AND NOT redacted \
                   AND (private LIKE '%\"visibility\":\"private\"%' OR private LIKE '%\"visibility\":\"confidential\"%') \
                   ORDER BY id";
        self.entry_ids(sql, link).await
    }

    /// The entries of a link that came from Google or went there, and of which more is known than the time.
    pub async fn entries_in_full(&mut self, link: LinkId) -> Result<Vec<EntryId>, StoreError> {
        let sql = "SELECT id FROM entries WHERE tenant_id = $1 AND link_id = $2 AND base IS NOT NULL AND NOT redacted \
                   ORDER BY id";
        self.entry_ids(sql, link).await
    }

    async fn entry_ids(&mut self, sql: &'static str, link: LinkId) -> Result<Vec<EntryId>, StoreError> {
        let tenant = self.tenant;
        let ids: Vec<Uuid> =
            on!(self.tx, conn => sqlx::query_scalar(sql).bind(tenant.0).bind(link.0).fetch_all(conn).await?);
        Ok(ids.into_iter().map(EntryId).collect())
    }

    /// Removes what a link brought, after its connection has ended: its entries are deleted here and forget Google. A
    /// meeting that colleagues have as well stays theirs. What Google does not have, in part or in whole, stays: nowhere
    /// else is it to be found. Of that, what Google never had goes out through whatever link its calendar has next; the
    /// rest waits for its own.
    pub async fn remove_linked_entries(&mut self, link: LinkId, now: Timestamp) -> Result<(), StoreError> {
        let tenant = self.tenant;
        // A series and its exceptions stay or go together.
        let remove = "UPDATE entries SET deleted_at = COALESCE(deleted_at, $3), google_id = NULL, base = NULL, etag = '', \
                remote = NULL, sending = NULL, act = NULL, gone_at = NULL, asking_since = NULL, \
                pushed_version = local_version, incarnation = incarnation + 1, link_id = NULL \
            WHERE tenant_id = $1 AND link_id = $2 AND COALESCE(series_entry_id, id) NOT IN ( \
                SELECT COALESCE(s.series_entry_id, s.id) FROM entries s WHERE s.tenant_id = $1 AND s.link_id = $2 \
                AND s.deleted_at IS NULL AND (s.base IS NULL OR s.local_version > s.pushed_version))";
        on!(self.tx, conn => sqlx::query(remove).bind(tenant.0).bind(link.0).bind(now.0).execute(conn).await.map(drop)?);
        let free = "UPDATE entries SET link_id = NULL \
            WHERE tenant_id = $1 AND link_id = $2 AND COALESCE(series_entry_id, id) NOT IN ( \
                SELECT COALESCE(s.series_entry_id, s.id) FROM entries s WHERE s.tenant_id = $1 AND s.link_id = $2 \
                AND (s.base IS NOT NULL OR s.google_id IS NOT NULL))";
        on!(self.tx, conn => sqlx::query(free).bind(tenant.0).bind(link.0).execute(conn).await.map(drop)?);
        Ok(())
    }
}
