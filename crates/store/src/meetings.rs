//! Meetings: what happens, whoever sees it.

use portico_calendar::{OriginalStart, Shared};
use portico_kernel::{EntryId, MeetingId, Timestamp};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{StoreError, TenantTx, engine::on};

/// What happens once: a single event, the master of a series, or one changed or cancelled instance.
#[derive(Clone, Debug, PartialEq)]
pub struct Meeting {
    /// The meeting.
    pub id: MeetingId,
    /// The iCalUID, the same for a series and all of its instances.
    pub uid: String,
    /// The start by the rule, for an instance of a series.
    pub original_start: Option<OriginalStart>,
    /// Whose meeting it is; empty where nobody's.
    pub organizer_email: String,
    /// That person's name.
    pub organizer_name: String,
    /// The series, for an instance whose master is known.
    pub series_id: Option<MeetingId>,
    /// The entry through which the shared fields flow.
    pub lead_entry_id: Option<EntryId>,
    /// What its people share.
    pub shared: Shared,
    /// The start of the UTC span.
    pub span_start: Timestamp,
    /// The end of the UTC span; `i64::MAX` for an endless series.
    pub span_end: Timestamp,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    m_id: Uuid,
    uid: String,
    original_start: String,
    organizer_email: String,
    organizer_name: String,
    series_id: Option<Uuid>,
    lead_entry_id: Option<Uuid>,
    shared: String,
    m_span_start: i64,
    m_span_end: i64,
    version: i64,
    created_at: i64,
    updated_at: i64,
}

/// The columns of a [`Row`], of the table under the name `m`.
macro_rules! meeting_columns {
    () => {
        "m.id AS m_id, m.uid, m.original_start, m.organizer_email, m.organizer_name, m.series_id, m.lead_entry_id, \
         m.shared, m.span_start AS m_span_start, m.span_end AS m_span_end, m.version, m.created_at, m.updated_at"
    };
}
pub(crate) use meeting_columns;

impl TryFrom<Row> for Meeting {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let damaged = || StoreError::Damaged { table: "meetings" };
        let original_start = match row.original_start.as_str() {
            "" => None,
            text => Some(OriginalStart::parse(text).ok_or_else(damaged)?),
        };
        Ok(Self {
            id: MeetingId(row.m_id),
            uid: row.uid,
            original_start,
            organizer_email: row.organizer_email,
            organizer_name: row.organizer_name,
            series_id: row.series_id.map(MeetingId),
            lead_entry_id: row.lead_entry_id.map(EntryId),
            shared: serde_json::from_str(&row.shared).map_err(|_| damaged())?,
            span_start: Timestamp(row.m_span_start),
            span_end: Timestamp(row.m_span_end),
            version: row.version,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
        })
    }
}

fn json(shared: &Shared) -> Result<String, StoreError> {
    serde_json::to_string(shared).map_err(|_| StoreError::Damaged { table: "meetings" })
}

impl TenantTx {
    /// Writes new meetings.
    pub async fn insert_meetings(&mut self, meetings: &[Meeting]) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        for chunk in meetings.chunks(400) {
            let texts: Vec<String> = chunk.iter().map(|meeting| json(&meeting.shared)).collect::<Result<_, _>>()?;
            on!(self.tx, conn => {
                let mut insert = QueryBuilder::new(
                    "INSERT INTO meetings (tenant_id, id, uid, original_start, organizer_email, organizer_name, series_id, \
                     lead_entry_id, shared, span_start, span_end, version, created_at, updated_at) ",
                );
                insert.push_values(chunk.iter().zip(&texts), |mut values, (meeting, shared)| {
                    values
                        .push_bind(tenant)
                        .push_bind(meeting.id.0)
                        .push_bind(meeting.uid.as_str())
                        .push_bind(meeting.original_start.map_or_else(String::new, |start| start.compact()))
                        .push_bind(meeting.organizer_email.as_str())
                        .push_bind(meeting.organizer_name.as_str())
                        .push_bind(meeting.series_id.map(|id| id.0))
                        .push_bind(meeting.lead_entry_id.map(|id| id.0))
                        .push_bind(shared.as_str())
                        .push_bind(meeting.span_start.0)
                        .push_bind(meeting.span_end.0)
                        .push_bind(meeting.version)
                        .push_bind(meeting.created_at.0)
                        .push_bind(meeting.updated_at.0);
                });
                insert.build().execute(conn).await.map(drop)?;
            });
        }
        Ok(())
    }

    /// Writes what changed of a meeting, if it is still at `meeting.version`, and raises that.
    pub async fn update_meeting(&mut self, meeting: &mut Meeting, now: Timestamp) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        let shared = json(&meeting.shared)?;
        let done = on!(self.tx, conn => sqlx::query(
            "UPDATE meetings
                SET uid = $1, organizer_email = $2, organizer_name = $3, series_id = $4, lead_entry_id = $5, shared = $6,
                    span_start = $7, span_end = $8, version = version + 1, updated_at = $9
              WHERE tenant_id = $10 AND id = $11 AND version = $12",
        )
            .bind(&meeting.uid)
            .bind(&meeting.organizer_email)
            .bind(&meeting.organizer_name)
            .bind(meeting.series_id.map(|id| id.0))
            .bind(meeting.lead_entry_id.map(|id| id.0))
            .bind(shared)
            .bind(meeting.span_start.0)
            .bind(meeting.span_end.0)
            .bind(now.0)
            .bind(tenant)
            .bind(meeting.id.0)
            .bind(meeting.version)
            .execute(conn)
            .await?
            .rows_affected());
        if done != 1 {
            return Err(StoreError::Stale);
        }
        meeting.version += 1;
        meeting.updated_at = now;
        Ok(())
    }

    /// One meeting.
    pub async fn meeting(&mut self, id: MeetingId) -> Result<Option<Meeting>, StoreError> {
        let tenant = self.tenant.0;
        let row: Option<Row> = on!(self.tx, conn => sqlx::query_as(concat!(
            "SELECT ", meeting_columns!(), " FROM meetings m WHERE m.tenant_id = $1 AND m.id = $2",
        )).bind(tenant).bind(id.0).fetch_optional(conn).await?);
        row.map(Meeting::try_from).transpose()
    }
}
