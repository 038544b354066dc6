//! Conflicts: fields that both sides changed, with both versions kept.

use std::collections::HashSet;

use portico_kernel::{AccountId, CalendarId, ConflictId, EntryId, LinkId, MeetingId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{StoreError, TenantTx, engine::on};

/// One field of which both sides have their own version. The values are as the field is written in an event's JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConflictField {
    /// The field's name, such as `title`.
    pub field: String,
    /// What both sides had.
    pub base: Value,
    /// What was written here.
    pub portico: Value,
    /// What was written at Google, which stands.
    pub google: Value,
}

/// Fields of one entry that both sides changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The conflict.
    pub id: ConflictId,
    /// The entry.
    pub entry_id: EntryId,
    /// What happens.
    pub meeting_id: MeetingId,
    /// The link whose run found it.
    pub link_id: LinkId,
    /// The calendar that shows it.
    pub calendar_id: CalendarId,
    /// The fields, each with both versions.
    pub fields: Vec<ConflictField>,
    /// When Google's version was written.
    pub google_at: Timestamp,
    /// When our version was written.
    pub portico_at: Timestamp,
    /// Who wrote ours.
    pub portico_by: Option<AccountId>,
    /// Whether guests were to be told of ours.
    pub portico_notifies: bool,
    /// When it was found.
    pub created_at: Timestamp,
    /// When somebody chose, or the company's rule decided.
    pub resolved_at: Option<Timestamp>,
    /// What was chosen: `{field: "portico" | "google"}`.
    pub resolution: Option<Value>,
    /// Who chose; nobody where the company's rule decided.
    pub resolved_by: Option<AccountId>,
}

/// Which conflicts are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictsThat {
    /// Wait for somebody to choose.
    AreOpen,
    /// Were decided by the company's rule, and by nobody since.
    RuleDecided,
    /// Wait for nobody.
    AreResolved,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    entry_id: Uuid,
    meeting_id: Uuid,
    link_id: Uuid,
    calendar_id: Uuid,
    fields: String,
    google_at: i64,
    portico_at: i64,
    portico_by: Option<Uuid>,
    portico_notifies: bool,
    created_at: i64,
    resolved_at: Option<i64>,
    resolution: Option<String>,
    resolved_by: Option<Uuid>,
}

impl TryFrom<Row> for Conflict {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let damaged = |_| StoreError::Damaged { table: "conflicts" };
        Ok(Self {
            id: ConflictId(row.id),
            entry_id: EntryId(row.entry_id),
            meeting_id: MeetingId(row.meeting_id),
            link_id: LinkId(row.link_id),
            calendar_id: CalendarId(row.calendar_id),
            fields: serde_json::from_str(&row.fields).map_err(damaged)?,
            google_at: Timestamp(row.google_at),
            portico_at: Timestamp(row.portico_at),
            portico_by: row.portico_by.map(AccountId),
            portico_notifies: row.portico_notifies,
            created_at: Timestamp(row.created_at),
            resolved_at: row.resolved_at.map(Timestamp),
            resolution: row.resolution.map(|text| serde_json::from_str(&text)).transpose().map_err(damaged)?,
            resolved_by: row.resolved_by.map(AccountId),
        })
    }
}

const COLUMNS: &str = "SELECT id, entry_id, meeting_id, link_id, calendar_id, fields, google_at, portico_at, portico_by, \
    portico_notifies, created_at, resolved_at, resolution, resolved_by FROM conflicts WHERE tenant_id = ";

impl TenantTx {
    /// Keeps new conflicts.
    pub async fn insert_conflicts(&mut self, conflicts: &[Conflict]) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        for chunk in conflicts.chunks(400) {
            let texts: Vec<String> = chunk
                .iter()
                .map(|conflict| serde_json::to_string(&conflict.fields))
                .collect::<Result<_, _>>()
                .map_err(|_| StoreError::Damaged { table: "conflicts" })?;
            on!(self.tx, conn => {
                let mut insert = QueryBuilder::new(
                    "INSERT INTO conflicts (tenant_id, id, entry_id, meeting_id, link_id, calendar_id, fields, google_at, \
                     portico_at, portico_by, portico_notifies, created_at) ",
                );
                insert.push_values(chunk.iter().zip(&texts), |mut values, (conflict, fields)| {
                    values
                        .push_bind(tenant)
                        .push_bind(conflict.id.0)
                        .push_bind(conflict.entry_id.0)
                        .push_bind(conflict.meeting_id.0)
                        .push_bind(conflict.link_id.0)
                        .push_bind(conflict.calendar_id.0)
                        .push_bind(fields.as_str())
                        .push_bind(conflict.google_at.0)
                        .push_bind(conflict.portico_at.0)
                        .push_bind(conflict.portico_by.map(|by| by.0))
                        .push_bind(conflict.portico_notifies)
                        .push_bind(conflict.created_at.0);
                });
                insert.build().execute(conn).await.map(drop)?;
            });
        }
        Ok(())
    }

    /// One conflict.
    pub async fn conflict(&mut self, id: ConflictId) -> Result<Option<Conflict>, StoreError> {
        let tenant = self.tenant.0;
        let row: Option<Row> = on!(self.tx, conn => {
            let mut query = QueryBuilder::new(COLUMNS);
            query.push_bind(tenant).push(" AND id = ").push_bind(id.0);
            query.build_query_as().fetch_optional(conn).await?
        });
        row.map(Conflict::try_from).transpose()
    }

    /// Conflicts of these calendars, the newest first, from before the one named by its time and id.
    pub async fn conflicts_of(
        &mut self,
        calendars: &[CalendarId],
        which: ConflictsThat,
        before: Option<(Timestamp, ConflictId)>,
        limit: i64,
    ) -> Result<Vec<Conflict>, StoreError> {
        if calendars.is_empty() {
            return Ok(Vec::new());
        }
        let tenant = self.tenant.0;
        let rows: Vec<Row> = on!(self.tx, conn => {
            let mut query = QueryBuilder::new(COLUMNS);
            query.push_bind(tenant).push(" AND calendar_id IN (");
            let mut ids = query.separated(", ");
            for id in calendars {
                ids.push_bind(id.0);
            }
            query.push(match which {
                ConflictsThat::AreOpen => ") AND resolved_at IS NULL",
                ConflictsThat::RuleDecided => ") AND resolved_at IS NOT NULL AND resolved_by IS NULL",
                ConflictsThat::AreResolved => ") AND resolved_at IS NOT NULL",
            });
            if let Some((at, id)) = before {
                query.push(" AND (created_at, id) < (").push_bind(at.0).push(", ").push_bind(id.0).push(")");
            }
            query.push(" ORDER BY created_at DESC, id DESC LIMIT ").push_bind(limit);
            query.build_query_as().fetch_all(conn).await?
        });
        rows.into_iter().map(Conflict::try_from).collect()
    }

    /// The open conflicts of one entry.
    pub async fn open_conflicts_of_entry(&mut self, entry: EntryId) -> Result<Vec<Conflict>, StoreError> {
        let tenant = self.tenant.0;
        let rows: Vec<Row> = on!(self.tx, conn => {
            let mut query = QueryBuilder::new(COLUMNS);
            query.push_bind(tenant).push(" AND resolved_at IS NULL AND entry_id = ").push_bind(entry.0);
            query.push(" ORDER BY created_at, id").build_query_as().fetch_all(conn).await?
        });
        rows.into_iter().map(Conflict::try_from).collect()
    }

    /// Which entries of these calendars have an open conflict.
    pub async fn entries_in_conflict(
        &mut self,
        calendars: &[CalendarId],
    ) -> Result<Vec<(EntryId, ConflictId)>, StoreError> {
        if calendars.is_empty() {
            return Ok(Vec::new());
        }
        let tenant = self.tenant.0;
        let rows: Vec<(Uuid, Uuid)> = on!(self.tx, conn => {
            let mut query = QueryBuilder::new("SELECT entry_id, id FROM conflicts WHERE tenant_id = ");
            query.push_bind(tenant).push(" AND resolved_at IS NULL AND calendar_id IN (");
            let mut ids = query.separated(", ");
            for id in calendars {
                ids.push_bind(id.0);
            }
            query.push(")").build_query_as().fetch_all(conn).await?
        });
        Ok(rows.into_iter().map(|(entry, id)| (EntryId(entry), ConflictId(id))).collect())
    }

    /// The links that have open conflicts.
    pub async fn links_in_conflict(&mut self) -> Result<HashSet<LinkId>, StoreError> {
        let tenant = self.tenant.0;
        let ids: Vec<Uuid> = on!(self.tx, conn => sqlx::query_scalar(
            "SELECT DISTINCT link_id FROM conflicts WHERE tenant_id = $1 AND resolved_at IS NULL",
        ).bind(tenant).fetch_all(conn).await?);
        Ok(ids.into_iter().map(LinkId).collect())
    }

    /// Forgets what both sides wrote in a calendar's events of which nothing but their time is shown any more: what stands,
    /// stands.
    pub async fn drop_withheld_conflicts(&mut self, calendar: CalendarId) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        let sql = "DELETE FROM conflicts WHERE tenant_id = $1 AND calendar_id = $2 AND entry_id IN ( \
                       SELECT e.id FROM entries e WHERE e.tenant_id = $1 AND e.calendar_id = $2 AND e.redacted)";
        on!(self.tx, conn => sqlx::query(sql).bind(tenant).bind(calendar.0).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// Ends a conflict that nobody has decided yet; false when somebody has. What the company's rule decided, which is `by`
    /// nobody, a person may decide otherwise.
    pub async fn resolve_conflict(
        &mut self,
        id: ConflictId,
        resolution: &Value,
        by: Option<AccountId>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let tenant = self.tenant.0;
        let done = on!(self.tx, conn => sqlx::query(
            "UPDATE conflicts SET resolved_at = $1, resolution = $2, resolved_by = $3
              WHERE tenant_id = $4 AND id = $5 AND resolved_by IS NULL",
        )
            .bind(now.0)
            .bind(resolution.to_string())
            .bind(by.map(|by| by.0))
            .bind(tenant)
            .bind(id.0)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(done == 1)
    }
}
