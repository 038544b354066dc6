//! Entries: how a meeting appears in one calendar. What the sync keeps beside is in `sync_pages.rs`.

use portico_calendar::{OriginalStart, Private};
use portico_kernel::{AccountId, CalendarId, EmailAddress, EntryId, LinkId, MeetingId, Timestamp};
use serde_json::Value;
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    EventType, Meeting, StoreError, TenantTx,
    engine::on,
    meetings::{self, meeting_columns},
};

/// What is longer than this, in seconds, is *wide*: a window has to look for it apart.
pub const NARROW: i64 = 31 * 24 * 3600;

/// How a meeting appears in one calendar, as a person's edit and the pages see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The entry.
    pub id: EntryId,
    /// The calendar that shows it.
    pub calendar_id: CalendarId,
    /// What happens.
    pub meeting_id: MeetingId,
    /// The entry of the series in the same calendar, for an instance.
    pub series_entry_id: Option<EntryId>,
    /// The link that carries it.
    pub link_id: Option<LinkId>,
    /// What kind of event Google says it is.
    pub event_type: EventType,
    /// What only this calendar has.
    pub private: Private,
    /// The start of the UTC span.
    pub span_start: Timestamp,
    /// The end of the UTC span; `i64::MAX` for an endless series.
    pub span_end: Timestamp,
    /// Whether it is a series or longer than [`NARROW`].
    pub wide: bool,
    /// Whether it makes the calendar's owner busy.
    pub is_busy: bool,
    /// Google's id in the linked calendar.
    pub google_id: Option<String>,
    /// How often it has got a new id at Google.
    pub incarnation: i64,
    /// Counts the edits here.
    pub local_version: i64,
    /// The edit up to which Google has it.
    pub pushed_version: i64,
    /// Why Google refused it.
    pub push_problem: Option<String>,
    /// The person's act that waits to go out.
    pub act: Option<Value>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// Who deleted it; nobody when Google did.
    pub deleted_by: Option<AccountId>,
    /// Whether only the time of a private event was kept.
    pub redacted: bool,
    /// Whether Google has had it.
    pub is_known_to_google: bool,
    /// The address under which the calendar's owner stands on the guest list, where it is an alias.
    pub own_address: Option<EmailAddress>,
}

impl Entry {
    /// Whether there is an edit that Google does not have.
    pub fn is_pending(&self) -> bool {
        self.local_version > self.pushed_version
    }
}

/// An entry with its meeting.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// How it appears.
    pub entry: Entry,
    /// What happens.
    pub meeting: Meeting,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    calendar_id: Uuid,
    meeting_id: Uuid,
    series_entry_id: Option<Uuid>,
    link_id: Option<Uuid>,
    event_type: String,
    private: String,
    span_start: i64,
    span_end: i64,
    wide: bool,
    is_busy: bool,
    google_id: Option<String>,
    incarnation: i64,
    local_version: i64,
    pushed_version: i64,
    push_problem: Option<String>,
    act: Option<String>,
    deleted_at: Option<i64>,
    deleted_by: Option<Uuid>,
    redacted: bool,
    is_known: bool,
    own_address: Option<String>,
    #[sqlx(flatten)]
    meeting: meetings::Row,
}

impl TryFrom<Row> for Shown {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let damaged = || StoreError::Damaged { table: "entries" };
        Ok(Self {
            entry: Entry {
                id: EntryId(row.id),
                calendar_id: CalendarId(row.calendar_id),
                meeting_id: MeetingId(row.meeting_id),
                series_entry_id: row.series_entry_id.map(EntryId),
                link_id: row.link_id.map(LinkId),
                event_type: EventType::parse(&row.event_type).ok_or_else(damaged)?,
                private: serde_json::from_str(&row.private).map_err(|_| damaged())?,
                span_start: Timestamp(row.span_start),
                span_end: Timestamp(row.span_end),
                wide: row.wide,
                is_busy: row.is_busy,
                google_id: row.google_id,
                incarnation: row.incarnation,
                local_version: row.local_version,
                pushed_version: row.pushed_version,
                push_problem: row.push_problem,
                act: row.act.map(|text| serde_json::from_str(&text)).transpose().map_err(|_| damaged())?,
                deleted_at: row.deleted_at.map(Timestamp),
                deleted_by: row.deleted_by.map(AccountId),
                redacted: row.redacted,
                is_known_to_google: row.is_known,
                own_address: row.own_address.and_then(|text| EmailAddress::parse(&text).ok()),
            },
            meeting: row.meeting.try_into()?,
        })
    }
}

macro_rules! shown {
    () => {
        concat!(
            "SELECT e.id, e.calendar_id, e.meeting_id, e.series_entry_id, e.link_id, e.private, e.span_start, e.span_end, ",
            "e.wide, e.is_busy, e.google_id, e.incarnation, e.local_version, e.pushed_version, e.push_problem, e.act, ",
            "e.deleted_at, e.deleted_by, e.redacted, e.base IS NOT NULL AS is_known, e.own_address, e.event_type, ",
            meeting_columns!(),
            " FROM entries e JOIN meetings m ON m.tenant_id = e.tenant_id AND m.id = e.meeting_id "
        )
    };
    ($rest:literal) => {
        concat!(shown!(), "WHERE e.tenant_id = $1 ", $rest)
    };
}

/// What is short and touches the window `[$3, $4)`; `$5` is the window's start less [`NARROW`]. That it lives is said in the
/// words of the index, which are not those of `entries_live`.
pub const NARROW_WINDOW: &str = shown!(
    "AND e.calendar_id = $2 AND NOT e.wide AND COALESCE(e.deleted_at, 0) = 0
     AND e.span_start >= $5 AND e.span_start < $4 AND (e.span_end > $3 OR e.span_start >= $3)"
);

macro_rules! wide_window {
    () => {
        "e.calendar_id = $2 AND e.wide AND COALESCE(e.deleted_at, 0) = 0 AND e.span_end > $3 AND e.span_start < $4"
    };
}

/// Series and what is long, as far as they touch the window `[$3, $4)`.
pub const WIDE_WINDOW: &str = concat!(shown!(), "WHERE e.tenant_id = $1 AND ", wide_window!());

/// Which instances of the series of [`WIDE_WINDOW`] have an entry of their own.
pub const CHANGED_IN_WINDOW: &str = concat!(
    "SELECT i.series_entry_id, m.original_start
       FROM entries i JOIN meetings m ON m.tenant_id = i.tenant_id AND m.id = i.meeting_id
      WHERE i.tenant_id = $1 AND m.original_start <> ''
        AND i.series_entry_id IN (SELECT e.id FROM entries e WHERE e.tenant_id = $1 AND ",
    wide_window!(),
    ")"
);

fn json(private: &Private) -> Result<String, StoreError> {
    serde_json::to_string(private).map_err(|_| StoreError::Damaged { table: "entries" })
}

impl TenantTx {
    /// Whether a calendar shows anything.
    pub async fn has_entries(&mut self, calendar: CalendarId) -> Result<bool, StoreError> {
        let tenant = self.tenant.0;
        let sql = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM entries \
                   WHERE tenant_id = $1 AND calendar_id = $2 AND deleted_at IS NULL LIMIT 1) AS found";
        let count: i64 =
            on!(self.tx, conn => sqlx::query_scalar(sql).bind(tenant).bind(calendar.0).fetch_one(conn).await?);
        Ok(count > 0)
    }

    /// Of events in a calendar that Google does not have, and of those that were deleted, nothing but their time is shown any
    /// more: of the private ones where `only_private`, else of all.
    pub async fn withhold_leftovers(&mut self, calendar: CalendarId, only_private: bool) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        let sql = "UPDATE entries SET redacted = TRUE \
                   WHERE tenant_id = $1 AND calendar_id = $2 AND (base IS NULL OR deleted_at IS NOT NULL) \
                   AND ($3 = FALSE OR private LIKE '%\"visibility\":\"private\"%' \
                        OR private LIKE '%\"visibility\":\"confidential\"%')";
        on!(self.tx, conn => {
            sqlx::query(sql).bind(tenant).bind(calendar.0).bind(only_private).execute(conn).await.map(drop)?;
        });
        Ok(())
    }

    /// The live entries of a calendar that touch the window `[from, to)`, and the series that may have an occurrence in
    /// it; in no particular order.
    pub async fn entries_in_window(
        &mut self,
        calendar: CalendarId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Shown>, StoreError> {
        let tenant = self.tenant.0;
        let mut rows: Vec<Row> = on!(self.tx, conn => sqlx::query_as(NARROW_WINDOW)
            .bind(tenant)
            .bind(calendar.0)
            .bind(from.0)
            .bind(to.0)
            .bind(from.plus_seconds(-NARROW).0)
            .fetch_all(conn)
            .await?);
        let wide: Vec<Row> = on!(self.tx, conn => sqlx::query_as(WIDE_WINDOW)
            .bind(tenant).bind(calendar.0).bind(from.0).bind(to.0).fetch_all(conn).await?);
        rows.extend(wide);
        rows.into_iter().map(Shown::try_from).collect()
    }

    /// The instances of the window's series that are not as the rule gives them, deleted and cancelled ones too: the series
    /// and which instance.
    pub async fn changed_in_window(
        &mut self,
        calendar: CalendarId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(EntryId, OriginalStart)>, StoreError> {
        let tenant = self.tenant.0;
        let rows: Vec<(Uuid, String)> = on!(self.tx, conn => sqlx::query_as(CHANGED_IN_WINDOW)
            .bind(tenant).bind(calendar.0).bind(from.0).bind(to.0).fetch_all(conn).await?);
        let damaged = || StoreError::Damaged { table: "meetings" };
        rows.into_iter()
            .map(|(series, start)| Ok((EntryId(series), OriginalStart::parse(&start).ok_or_else(damaged)?)))
            .collect()
    }

    /// One entry with its meeting, a deleted one too.
    pub async fn entry(&mut self, id: EntryId) -> Result<Option<Shown>, StoreError> {
        let tenant = self.tenant.0;
        let row: Option<Row> = on!(self.tx, conn => sqlx::query_as(shown!("AND e.id = $2"))
            .bind(tenant).bind(id.0).fetch_optional(conn).await?);
        row.map(Shown::try_from).transpose()
    }

    /// All entries of a meeting, deleted ones too.
    pub async fn entries_of_meeting(&mut self, meeting: MeetingId) -> Result<Vec<Shown>, StoreError> {
        self.entries_of_meetings(&[meeting]).await
    }

    /// The same for many meetings at once.
    pub async fn entries_of_meetings(&mut self, meetings: &[MeetingId]) -> Result<Vec<Shown>, StoreError> {
        let ids: Vec<Uuid> = meetings.iter().map(|id| id.0).collect();
        let mut all = self.entries_in(" AND e.meeting_id IN (", &ids, ")").await?;
        // Asked for this order, SQLite reads the whole table along its primary key.
        all.sort_unstable_by_key(|shown| shown.entry.id);
        Ok(all)
    }

    /// The instances of a series that one calendar has of its own, deleted ones too.
    pub async fn entries_of_series(&mut self, series: EntryId) -> Result<Vec<Shown>, StoreError> {
        self.entries_of_all_series(&[series]).await
    }

    /// The same for many series at once.
    pub async fn entries_of_all_series(&mut self, series: &[EntryId]) -> Result<Vec<Shown>, StoreError> {
        let ids: Vec<Uuid> = series.iter().map(|id| id.0).collect();
        self.entries_in(" AND e.series_entry_id IN (", &ids, ") ORDER BY e.series_entry_id, m.original_start").await
    }

    /// These entries with their meetings, deleted ones too.
    pub async fn entries_by_ids(&mut self, ids: &[EntryId]) -> Result<Vec<Shown>, StoreError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        self.entries_in(" AND e.id IN (", &ids, ")").await
    }

    async fn entries_in(
        &mut self,
        list: &'static str,
        ids: &[Uuid],
        rest: &'static str,
    ) -> Result<Vec<Shown>, StoreError> {
        let tenant = self.tenant.0;
        let mut found = Vec::new();
        for chunk in ids.chunks(1000) {
            let rows: Vec<Row> = on!(self.tx, conn => {
                let mut query = QueryBuilder::new(concat!(shown!(), "WHERE e.tenant_id = "));
                query.push_bind(tenant).push(list);
                let mut values = query.separated(", ");
                for id in chunk {
                    values.push_bind(*id);
                }
                query.push(rest);
                query.build_query_as().fetch_all(conn).await?
            });
            for row in rows {
                found.push(Shown::try_from(row)?);
            }
        }
        Ok(found)
    }

    /// Writes new entries.
    pub async fn insert_entries(&mut self, entries: &[Entry]) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        for chunk in entries.chunks(400) {
            let texts: Vec<String> = chunk.iter().map(|entry| json(&entry.private)).collect::<Result<_, _>>()?;
            on!(self.tx, conn => {
                let mut insert = QueryBuilder::new(
                    "INSERT INTO entries (tenant_id, id, calendar_id, meeting_id, series_entry_id, link_id, private, \
                     span_start, span_end, wide, is_busy, google_id, incarnation, etag, generation, local_version, \
                     pushed_version, act, own_address, event_type) ",
                );
                insert.push_values(chunk.iter().zip(&texts), |mut values, (entry, private)| {
                    values
                        .push_bind(tenant)
                        .push_bind(entry.id.0)
                        .push_bind(entry.calendar_id.0)
                        .push_bind(entry.meeting_id.0)
                        .push_bind(entry.series_entry_id.map(|id| id.0))
                        .push_bind(entry.link_id.map(|id| id.0))
                        .push_bind(private.as_str())
                        .push_bind(entry.span_start.0)
                        .push_bind(entry.span_end.0)
                        .push_bind(entry.wide)
                        .push_bind(entry.is_busy)
                        .push_bind(entry.google_id.as_deref())
                        .push_bind(entry.incarnation)
                        .push_bind("")
                        .push_bind(0_i64)
                        .push_bind(entry.local_version)
                        .push_bind(entry.pushed_version)
                        .push_bind(entry.act.as_ref().map(Value::to_string))
                        .push_bind(entry.own_address.as_ref().map(EmailAddress::as_str))
                        .push_bind(entry.event_type.as_str());
                });
                insert.build().execute(conn).await.map(drop)?;
            });
        }
        Ok(())
    }

    /// Writes what an edit changes of an entry, if nobody edited it since it was read: the private fields, the caches,
    /// calendar and link, the act and whether it is deleted. With `pending` the edit waits for Google. What the sync keeps of
    /// Google's copy is the sync's alone: a run may have written it since the entry was read.
    pub async fn edit_entry(&mut self, entry: &mut Entry, pending: bool) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        let private = json(&entry.private)?;
        let next = entry.local_version + i64::from(pending);
        let done = on!(self.tx, conn => sqlx::query(
            "UPDATE entries
                SET private = $1, span_start = $2, span_end = $3, wide = $4, is_busy = $5, act = $6, deleted_at = $7,
                    deleted_by = $8, local_version = $9, calendar_id = $10, link_id = $11, series_entry_id = $12
              WHERE tenant_id = $13 AND id = $14 AND local_version = $15",
        )
            .bind(private)
            .bind(entry.span_start.0)
            .bind(entry.span_end.0)
            .bind(entry.wide)
            .bind(entry.is_busy)
            .bind(entry.act.as_ref().map(Value::to_string))
            .bind(entry.deleted_at.map(|at| at.0))
            .bind(entry.deleted_by.map(|by| by.0))
            .bind(next)
            .bind(entry.calendar_id.0)
            .bind(entry.link_id.map(|id| id.0))
            .bind(entry.series_entry_id.map(|id| id.0))
            .bind(tenant)
            .bind(entry.id.0)
            .bind(entry.local_version)
            .execute(conn)
            .await?
            .rows_affected());
        if done != 1 {
            return Err(StoreError::Stale);
        }
        entry.local_version = next;
        Ok(())
    }
}
