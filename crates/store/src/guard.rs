//! What the guard has let through lately, so that many small runs are not smaller than a large one.

use std::collections::BTreeSet;

use portico_kernel::{LinkId, Timestamp};
use sqlx::QueryBuilder;

use crate::{HoldKind, StoreError, TenantTx, engine::on};

/// Rows in a statement: five values each, far below what either engine takes.
const AT_ONCE: usize = 400;

impl TenantTx {
    /// Forgets what a link let through: it has ended, and addresses are not kept for nothing.
    pub async fn forget_guard_counts(&mut self, link: LinkId) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        let sql = "DELETE FROM guard_counts WHERE tenant_id = $1 AND link_id = $2";
        on!(self.tx, conn => sqlx::query(sql).bind(tenant).bind(link.0).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// What a link let through of this kind after `since`: entries that were deleted, or people who were mailed.
    pub async fn guard_counted(
        &mut self,
        link: LinkId,
        kind: HoldKind,
        since: Timestamp,
    ) -> Result<BTreeSet<String>, StoreError> {
        let tenant = self.tenant;
        let sql = "SELECT subject FROM guard_counts \
                   WHERE tenant_id = $1 AND link_id = $2 AND kind = $3 AND counted_at > $4";
        let subjects: Vec<String> = on!(self.tx, conn => sqlx::query_scalar(sql)
            .bind(tenant.0)
            .bind(link.0)
            .bind(kind.as_str())
            .bind(since.0)
            .fetch_all(conn)
            .await?);
        Ok(subjects.into_iter().collect())
    }

    /// Counts what is let through now, each subject once, and forgets what was counted up to `since`.
    pub async fn count_for_guard(
        &mut self,
        link: LinkId,
        kind: HoldKind,
        subjects: &BTreeSet<String>,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        let forget = "DELETE FROM guard_counts \
                      WHERE tenant_id = $1 AND link_id = $2 AND kind = $3 AND counted_at <= $4";
        on!(self.tx, conn => sqlx::query(forget)
            .bind(tenant)
            .bind(link.0)
            .bind(kind.as_str())
            .bind(since.0)
            .execute(conn)
            .await
            .map(drop)?);
        let subjects: Vec<&String> = subjects.iter().collect();
        for chunk in subjects.chunks(AT_ONCE) {
            on!(self.tx, conn => {
                let mut insert =
                    QueryBuilder::new("INSERT INTO guard_counts (tenant_id, link_id, kind, subject, counted_at) ");
                insert.push_values(chunk, |mut values, subject| {
                    values
                        .push_bind(tenant)
                        .push_bind(link.0)
                        .push_bind(kind.as_str())
                        .push_bind(subject.as_str())
                        .push_bind(now.0);
                });
                insert.push(
                    " ON CONFLICT (tenant_id, link_id, kind, subject) DO UPDATE SET counted_at = excluded.counted_at",
                );
                insert.build().execute(conn).await.map(drop)?
            });
        }
        Ok(())
    }
}
