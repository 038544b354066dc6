//! Readers of links: which connections see a linked calendar at Google, and with which right.

use portico_kernel::{CalendarId, ConnectionId, EmployeeId, LinkId};
use uuid::Uuid;

use crate::{StoreError, TenantTx, engine::on};

/// A connection that sees a link's calendar at Google.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkReader {
    /// The link.
    pub link: LinkId,
    /// The connection.
    pub connection: ConnectionId,
    /// Whose connection it is; none for one of the company.
    pub employee: Option<EmployeeId>,
    /// What it may do with the calendar, in Google's word.
    pub access_role: String,
    /// The connection's state, such as `authorized`.
    pub state: String,
    /// Why it stands still, where that is not its owner's wish.
    pub reason: Option<String>,
}

impl LinkReader {
    /// Whether Google showed the connection the calendar when it was last asked, and neither the connection nor its owner's
    /// grant has ended since.
    pub fn sees(&self) -> bool {
        self.state == "authorized" || (self.state == "paused" && self.reason.is_none())
    }
}

type Row = (Uuid, Uuid, Option<Uuid>, String, String, Option<String>);

fn reader((link, connection, employee, access_role, state, reason): Row) -> LinkReader {
    LinkReader {
        link: LinkId(link),
        connection: ConnectionId(connection),
        employee: employee.map(EmployeeId),
        access_role,
        state,
        reason,
    }
}

impl TenantTx {
    /// Notes that a connection sees a link's calendar.
    pub async fn put_link_reader(
        &mut self,
        link: LinkId,
        connection: ConnectionId,
        access_role: &str,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant;
        let sql = "INSERT INTO link_readers (tenant_id, link_id, connection_id, access_role) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (tenant_id, link_id, connection_id) DO UPDATE SET access_role = excluded.access_role";
        on!(self.tx, conn => sqlx::query(sql)
            .bind(tenant.0)
            .bind(link.0)
            .bind(connection.0)
            .bind(access_role)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Forgets that a connection sees calendars; all of them, or all but those in `keep`.
    pub async fn drop_link_readers(&mut self, connection: ConnectionId, keep: &[LinkId]) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        let sql = "SELECT link_id FROM link_readers WHERE tenant_id = $1 AND connection_id = $2 ORDER BY link_id";
        let known: Vec<Uuid> =
            on!(self.tx, conn => sqlx::query_scalar(sql).bind(tenant).bind(connection.0).fetch_all(conn).await?);
        for link in known.into_iter().map(LinkId).filter(|link| !keep.contains(link)) {
            self.drop_link_reader(link, connection).await?;
        }
        Ok(())
    }

    /// Forgets that a connection sees a link's calendar.
    pub async fn drop_link_reader(&mut self, link: LinkId, connection: ConnectionId) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        let sql = "DELETE FROM link_readers WHERE tenant_id = $1 AND link_id = $2 AND connection_id = $3";
        on!(self.tx, conn => sqlx::query(sql).bind(tenant).bind(link.0).bind(connection.0).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// The connections that see a link's calendar.
    pub async fn link_readers(&mut self, link: LinkId) -> Result<Vec<LinkReader>, StoreError> {
        let tenant = self.tenant.0;
        let sql = "SELECT r.link_id, r.connection_id, c.employee_id, r.access_role, c.state, c.reason FROM link_readers r \
                   JOIN connections c ON c.tenant_id = r.tenant_id AND c.id = r.connection_id \
                   WHERE r.tenant_id = $1 AND r.link_id = $2 ORDER BY r.connection_id";
        let rows: Vec<Row> = on!(self.tx, conn => sqlx::query_as(sql).bind(tenant).bind(link.0).fetch_all(conn).await?);
        Ok(rows.into_iter().map(reader).collect())
    }

    /// What an employee's connections see.
    pub async fn link_readers_of(&mut self, employee: EmployeeId) -> Result<Vec<LinkReader>, StoreError> {
        let tenant = self.tenant.0;
        let sql = "SELECT r.link_id, r.connection_id, c.employee_id, r.access_role, c.state, c.reason FROM link_readers r \
                   JOIN connections c ON c.tenant_id = r.tenant_id AND c.id = r.connection_id \
                   WHERE r.tenant_id = $1 AND c.employee_id = $2 ORDER BY r.link_id, r.connection_id";
        let rows: Vec<Row> =
            on!(self.tx, conn => sqlx::query_as(sql).bind(tenant).bind(employee.0).fetch_all(conn).await?);
        Ok(rows.into_iter().map(reader).collect())
    }

    /// The Portico calendars of links that work and that an employee's connections see, with the right that Google gives
    /// each of them.
    pub async fn calendars_at_google(&mut self, employee: EmployeeId) -> Result<Vec<(CalendarId, String)>, StoreError> {
        let tenant = self.tenant.0;
        let sql = "SELECT l.calendar_id, r.access_role FROM link_readers r \
                   JOIN connections c ON c.tenant_id = r.tenant_id AND c.id = r.connection_id \
                   JOIN links l ON l.tenant_id = r.tenant_id AND l.id = r.link_id \
                   WHERE r.tenant_id = $1 AND c.employee_id = $2 AND (c.state = 'authorized' OR c.state = 'paused' AND c.reason IS NULL) \
                   AND l.state IN ('on', 'paused') AND l.calendar_id IS NOT NULL ORDER BY l.calendar_id";
        let rows: Vec<(Uuid, String)> =
            on!(self.tx, conn => sqlx::query_as(sql).bind(tenant).bind(employee.0).fetch_all(conn).await?);
        Ok(rows.into_iter().map(|(calendar, role)| (CalendarId(calendar), role)).collect())
    }
}
