//! What of a link waits: to be sent, to be removed, for its online room, or for a link that carries it.

use portico_kernel::{CalendarId, EntryId, LinkId, Timestamp};
use uuid::Uuid;

use crate::{StoreError, TenantTx, engine::on};

/// Entries of the link `$2` that are marked as gone at Google.
pub const GONE: &str =
    "SELECT id FROM entries WHERE tenant_id = $1 AND link_id = $2 AND gone_at IS NOT NULL ORDER BY id";

/// Entries of the link `$2` with an edit that Google does not have and did not refuse.
pub const PENDING: &str = "SELECT id FROM entries WHERE tenant_id = $1 AND link_id = $2 AND local_version > pushed_version \
    AND (refused_version IS NULL OR refused_version < local_version) AND gone_at IS NULL \
    ORDER BY id LIMIT 1000";

/// How many entries [`PENDING`] finds at most.
pub const PENDING_AT_ONCE: usize = 1000;

/// Entries of the link `$2` whose online room Google is still making.
pub const ASKING: &str = "SELECT id, google_id, asking_since FROM entries \
    WHERE tenant_id = $1 AND link_id = $2 AND asking_since IS NOT NULL AND google_id IS NOT NULL \
    AND deleted_at IS NULL ORDER BY asking_since, id LIMIT 50";

/// Whether anything of the link `$2` waits: to be sent, to be removed, or for its online room.
macro_rules! waiting {
    () => {
        "(EXISTS (SELECT 1 FROM entries WHERE tenant_id = $1 AND link_id = $2 AND local_version > pushed_version) \
        OR EXISTS (SELECT 1 FROM entries WHERE tenant_id = $1 AND link_id = $2 AND gone_at IS NOT NULL) \
        OR EXISTS (SELECT 1 FROM entries WHERE tenant_id = $1 AND link_id = $2 AND asking_since IS NOT NULL))"
    };
}
pub(crate) use waiting;

/// Whether anything of the link `$2` waits.
pub const WAITING: &str = concat!("SELECT ", waiting!());

/// Gives the link `$2` what the calendar `$3` has after `$4` and nobody carries.
pub const ATTACH: &str = "UPDATE entries SET link_id = $2, act = NULL, \
    local_version = CASE WHEN local_version = pushed_version AND EXISTS ( \
    SELECT 1 FROM meetings m WHERE m.tenant_id = entries.tenant_id AND m.id = entries.meeting_id \
    AND m.lead_entry_id = entries.id) \
    THEN local_version + 1 ELSE local_version END \
    WHERE tenant_id = $1 AND calendar_id = $3 AND link_id IS NULL AND deleted_at IS NULL AND span_end > $4";

impl TenantTx {
    /// The entries of a link that are marked as gone at Google.
    pub async fn gone_entries(&mut self, link: LinkId) -> Result<Vec<EntryId>, StoreError> {
        let tenant = self.tenant;
        let ids: Vec<Uuid> =
            on!(self.tx, conn => sqlx::query_scalar(GONE).bind(tenant.0).bind(link.0).fetch_all(conn).await?);
        Ok(ids.into_iter().map(EntryId).collect())
    }

    /// Whether anything of a link waits: to be sent, to be removed, or for its online room.
    pub async fn is_waiting(&mut self, link: LinkId) -> Result<bool, StoreError> {
        let tenant = self.tenant;
        Ok(on!(self.tx, conn => sqlx::query_scalar(WAITING).bind(tenant.0).bind(link.0).fetch_one(conn).await?))
    }

    /// The entries of a link with an edit that Google does not have and did not refuse, the first thousand.
    pub async fn pending_entries(&mut self, link: LinkId) -> Result<Vec<EntryId>, StoreError> {
        let tenant = self.tenant;
        let ids: Vec<Uuid> =
            on!(self.tx, conn => sqlx::query_scalar(PENDING).bind(tenant.0).bind(link.0).fetch_all(conn).await?);
        Ok(ids.into_iter().map(EntryId).collect())
    }

    /// The entries of a link whose online room Google is still making.
    pub async fn asking_entries(&mut self, link: LinkId) -> Result<Vec<(EntryId, String, Timestamp)>, StoreError> {
        let tenant = self.tenant;
        let rows: Vec<(Uuid, String, i64)> =
            on!(self.tx, conn => sqlx::query_as(ASKING).bind(tenant.0).bind(link.0).fetch_all(conn).await?);
        Ok(rows.into_iter().map(|(id, google, since)| (EntryId(id), google, Timestamp(since))).collect())
    }

    /// A link that only wrote reads again. Each copy at Google is looked at, also where it is no news; and what Google deleted
    /// meanwhile, and stayed here, waits to go out.
    pub async fn look_again(&mut self, link: LinkId) -> Result<(), StoreError> {
        let tenant = self.tenant;
        let sql = "UPDATE entries SET etag = '', local_version = CASE WHEN base IS NULL AND incarnation > 0 \
                AND local_version = pushed_version THEN local_version + 1 ELSE local_version END \
            WHERE tenant_id = $1 AND link_id = $2 AND deleted_at IS NULL";
        on!(self.tx, conn => sqlx::query(sql).bind(tenant.0).bind(link.0).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// Entries of a calendar that nobody carries yet and that end after `since` go out through this link from now on. It is
    /// no person's act any more, so nobody is mailed; only the entries that lead their meeting are sent.
    pub async fn attach_entries(
        &mut self,
        link: LinkId,
        calendar: CalendarId,
        since: Timestamp,
    ) -> Result<u64, StoreError> {
        let tenant = self.tenant;
        Ok(on!(self.tx, conn => sqlx::query(ATTACH)
            .bind(tenant.0)
            .bind(link.0)
            .bind(calendar.0)
            .bind(since.0)
            .execute(conn)
            .await?
            .rows_affected()))
    }
}
