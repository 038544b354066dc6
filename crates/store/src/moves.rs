//! Moves: an event changes its calendar here, and at Google when the sync comes to it.

use portico_kernel::{CalendarId, EntryId, LinkId};

use crate::{StoreError, TenantTx, engine::on};

impl TenantTx {
    /// Shows an event, and the instances of a series that the same calendar has of their own, in another calendar. Its copy
    /// at Google is to be moved to the calendar of the link `to`; with none it is where it should be.
    pub async fn move_entry(
        &mut self,
        entry: EntryId,
        calendar: CalendarId,
        to: Option<LinkId>,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        let master = "UPDATE entries SET calendar_id = $1, moving_to = $2, local_version = local_version + 1 \
                      WHERE tenant_id = $3 AND id = $4";
        on!(self.tx, conn => sqlx::query(master)
            .bind(calendar.0)
            .bind(to.map(|link| link.0))
            .bind(tenant)
            .bind(entry.0)
            .execute(conn)
            .await
            .map(drop)?);
        self.instances_to_calendar(entry, calendar).await
    }

    /// Shows an event that was moved at Google, and the instances of a series that the same calendar has of their own, in the
    /// calendar where it is now.
    pub async fn follow_move(&mut self, entry: EntryId, calendar: CalendarId) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        let sql = "UPDATE entries SET calendar_id = $1, moving_to = NULL WHERE tenant_id = $2 AND id = $3";
        on!(self.tx, conn => sqlx::query(sql)
            .bind(calendar.0)
            .bind(tenant)
            .bind(entry.0)
            .execute(conn)
            .await
            .map(drop)?);
        self.instances_to_calendar(entry, calendar).await
    }

    async fn instances_to_calendar(&mut self, entry: EntryId, calendar: CalendarId) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        let instances = "UPDATE entries SET calendar_id = $1 WHERE tenant_id = $2 AND series_entry_id = $3";
        on!(self.tx, conn => sqlx::query(instances)
            .bind(calendar.0)
            .bind(tenant)
            .bind(entry.0)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }
}
