//! What a run of the calendar sync reads and writes: entries with their meetings, in bulk.

use std::collections::{BTreeMap, btree_map};

use portico_calendar::{Event, OriginalStart, Private, Shared};
use portico_kernel::{AccountId, CalendarId, EntryId, LinkId, MeetingId, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use sqlx::{QueryBuilder, Row};
use uuid::Uuid;

use crate::{EventType, StoreError, TenantTx, engine::on};

/// Values in one list of a statement: well below what either engine takes.
pub(crate) const CHUNK: usize = 5000;

/// A statement with a longer list than this is not kept prepared. PostgreSQL makes a plan for all its uses of one that is kept,
/// while the table is small, and then compares each row with each value of the list.
const KEPT: usize = 50;

/// How many of Google's ids [`TenantTx::meetings_by_google`] takes: a day's changes, hardly ever a whole page of a first pull,
/// for which the lists are better asked for one after the other.
const MOST_AT_ONCE: usize = KEPT;

fn is_kept(values: usize) -> bool {
    values <= KEPT
}

/// Rows in one INSERT: some thirty values each.
const ROWS: usize = 250;

/// A row of `entries` as the sync sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct SyncEntry {
    /// The entry.
    pub id: EntryId,
    /// The calendar that shows it.
    pub calendar_id: CalendarId,
    /// What happens.
    pub meeting_id: MeetingId,
    /// The entry of the series in the same calendar, for an exception.
    pub series_entry_id: Option<EntryId>,
    /// The link that carries it.
    pub link_id: Option<LinkId>,
    /// The address under which that link speaks at Google, while it may; read only.
    pub speaker: Option<String>,
    /// The address under which the calendar's owner stands on the guest list, where it is an alias.
    pub own_address: Option<String>,
    /// The address of the calendar's owner; read only.
    pub owner: Option<String>,
    /// What kind of event Google says it is.
    pub event_type: EventType,
    /// What only this calendar has.
    pub private: Private,
    /// The start of the UTC span.
    pub span_start: Timestamp,
    /// The end of the UTC span; `i64::MAX` for an endless series.
    pub span_end: Timestamp,
    /// Whether a window query has to look for it apart: a series, or longer than a month.
    pub wide: bool,
    /// Whether it makes its calendar's owner busy.
    pub is_busy: bool,
    /// Google's id in the linked calendar.
    pub google_id: Option<String>,
    /// How often the event has got a new id at Google.
    pub incarnation: i64,
    /// Google's version of the base.
    pub etag: String,
    /// The last version on which both sides agreed.
    pub base: Option<Event>,
    /// What went out and was not confirmed.
    pub sending: Vec<Sending>,
    /// Google's whole last copy, as text.
    pub remote: Option<String>,
    /// The last full pull that brought it.
    pub generation: i64,
    /// Counts the edits here.
    pub local_version: i64,
    /// The edit up to which Google has it.
    pub pushed_version: i64,
    /// Why Google refused it.
    pub push_problem: Option<String>,
    /// The edit that was refused.
    pub refused_version: Option<i64>,
    /// The person's act that waits to go out.
    pub act: Option<Value>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// Who deleted it; nobody when Google did.
    pub deleted_by: Option<AccountId>,
    /// When Google was found not to have it any more; it is removed when the guard agrees.
    pub gone_at: Option<Timestamp>,
    /// Whether only the time of a private event was kept.
    pub redacted: bool,
    /// Since when Google has been asked for its online meeting.
    pub asking_since: Option<Timestamp>,
    /// The link to whose Google calendar it is to be moved.
    pub moving_to: Option<LinkId>,
}

impl SyncEntry {
    /// Whether there is an edit that Google does not have.
    pub fn is_pending(&self) -> bool {
        self.local_version > self.pushed_version
    }

    /// Whether the person sees it.
    pub fn is_live(&self) -> bool {
        self.deleted_at.is_none()
    }
}

/// One thing that went out and whose answer did not arrive (yet).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sending {
    /// The edit that it carried.
    pub version: i64,
    /// What Google has if it arrived.
    pub event: Event,
    /// Whether it was an insert.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub insert: bool,
    /// Whether guests were mailed if it arrived.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mails: bool,
}

/// A row of `meetings` as the sync sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct SyncMeeting {
    /// The meeting.
    pub id: MeetingId,
    /// The iCalUID.
    pub uid: String,
    /// The start by the rule, for an exception.
    pub original_start: Option<OriginalStart>,
    /// Whose meeting it is; empty where nobody's.
    pub organizer_email: String,
    /// That person's name.
    pub organizer_name: String,
    /// The series, for an exception whose master is known.
    pub series_id: Option<MeetingId>,
    /// The entry through which the shared fields flow.
    pub lead_entry_id: Option<EntryId>,
    /// What the people share.
    pub shared: Shared,
    /// The start of the UTC span.
    pub span_start: Timestamp,
    /// The end of the UTC span.
    pub span_end: Timestamp,
    /// Counts the changes.
    pub version: i64,
}

const ENTRY_COLUMNS: &str = "e.id, e.calendar_id, e.meeting_id, e.series_entry_id, e.link_id, e.private, e.span_start, \
    e.span_end, e.wide, e.is_busy, e.google_id, e.incarnation, e.etag, e.base, e.sending, e.remote, e.generation, \
    e.local_version, e.pushed_version, e.push_problem, e.refused_version, e.act, e.deleted_at, e.deleted_by, e.gone_at, \
    e.redacted, e.asking_since, e.moving_to, e.own_address, e.event_type, m.email AS owner, \
    CASE WHEN l.state IN ('on', 'paused') AND l.direction <> 'from_google' \
         THEN COALESCE(e.own_address, l.google_calendar_id) END AS speaker";

const BESIDE_ENTRY: &str = " \
    LEFT JOIN links l ON l.tenant_id = e.tenant_id AND l.id = e.link_id \
    LEFT JOIN calendars c ON c.tenant_id = e.tenant_id AND c.id = e.calendar_id \
    LEFT JOIN employees m ON m.tenant_id = e.tenant_id AND m.id = c.owner_employee_id \
    WHERE e.tenant_id = ";

const MEETING_COLUMNS: &str = "t.id AS t_id, t.uid, t.original_start, t.organizer_email, t.organizer_name, t.series_id, \
    t.lead_entry_id, t.shared, t.span_start AS t_span_start, t.span_end AS t_span_end, t.version";

fn read<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Damaged { table: "entries" })
}

fn write<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Damaged { table: "entries" })
}

macro_rules! entry_row {
    ($row:expr) => {{
        let row = $row;
        let json = |text: Option<String>| text.filter(|text| !text.is_empty());
        SyncEntry {
            id: EntryId(row.try_get("id")?),
            calendar_id: CalendarId(row.try_get("calendar_id")?),
            meeting_id: MeetingId(row.try_get("meeting_id")?),
            series_entry_id: row.try_get::<Option<Uuid>, _>("series_entry_id")?.map(EntryId),
            link_id: row.try_get::<Option<Uuid>, _>("link_id")?.map(LinkId),
            speaker: row.try_get("speaker")?,
            own_address: row.try_get("own_address")?,
            owner: row.try_get("owner")?,
            event_type: EventType::parse(row.try_get("event_type")?).ok_or(StoreError::Damaged { table: "entries" })?,
            private: read(row.try_get("private")?)?,
            span_start: Timestamp(row.try_get("span_start")?),
            span_end: Timestamp(row.try_get("span_end")?),
            wide: row.try_get("wide")?,
            is_busy: row.try_get("is_busy")?,
            google_id: row.try_get("google_id")?,
            incarnation: row.try_get("incarnation")?,
            etag: row.try_get("etag")?,
            base: json(row.try_get("base")?).map(|text| read(&text)).transpose()?,
            sending: json(row.try_get("sending")?).map(|text| read(&text)).transpose()?.unwrap_or_default(),
            remote: row.try_get("remote")?,
            generation: row.try_get("generation")?,
            local_version: row.try_get("local_version")?,
            pushed_version: row.try_get("pushed_version")?,
            push_problem: row.try_get("push_problem")?,
            refused_version: row.try_get("refused_version")?,
            act: json(row.try_get("act")?).map(|text| read(&text)).transpose()?,
            deleted_at: row.try_get::<Option<i64>, _>("deleted_at")?.map(Timestamp),
            deleted_by: row.try_get::<Option<Uuid>, _>("deleted_by")?.map(AccountId),
            gone_at: row.try_get::<Option<i64>, _>("gone_at")?.map(Timestamp),
            redacted: row.try_get("redacted")?,
            asking_since: row.try_get::<Option<i64>, _>("asking_since")?.map(Timestamp),
            moving_to: row.try_get::<Option<Uuid>, _>("moving_to")?.map(LinkId),
        }
    }};
}

macro_rules! meeting_row {
    ($row:expr) => {{
        let row = $row;
        let original: String = row.try_get("original_start")?;
        SyncMeeting {
            id: MeetingId(row.try_get("t_id")?),
            uid: row.try_get("uid")?,
            original_start: OriginalStart::parse(&original),
            organizer_email: row.try_get("organizer_email")?,
            organizer_name: row.try_get("organizer_name")?,
            series_id: row.try_get::<Option<Uuid>, _>("series_id")?.map(MeetingId),
            lead_entry_id: row.try_get::<Option<Uuid>, _>("lead_entry_id")?.map(EntryId),
            shared: read(row.try_get("shared")?)?,
            span_start: Timestamp(row.try_get("t_span_start")?),
            span_end: Timestamp(row.try_get("t_span_end")?),
            version: row.try_get("version")?,
        }
    }};
}

/// By what entries are looked for.
#[derive(Clone, Copy, Debug)]
pub enum EntriesBy<'a> {
    /// Their own ids.
    Ids(&'a [EntryId]),
    /// What they show, in every calendar.
    Meetings(&'a [MeetingId]),
    /// The entry of their series.
    Series(&'a [EntryId]),
    /// Their ids at Google, in one link's calendar.
    Google(LinkId, &'a [String]),
}

impl TenantTx {
    /// Reads entries, and locks them where the engine has more than one writer. In the order of their ids, so that two runs
    /// do not lock each other out.
    pub async fn sync_entries(&mut self, by: EntriesBy<'_>) -> Result<Vec<SyncEntry>, StoreError> {
        let ids: Vec<Uuid> = match by {
            EntriesBy::Ids(ids) | EntriesBy::Series(ids) => ids.iter().map(|id| id.0).collect(),
            EntriesBy::Meetings(ids) => ids.iter().map(|id| id.0).collect(),
            EntriesBy::Google(link, google_ids) => return self.entries_by_google(link, google_ids).await,
        };
        let column = match by {
            EntriesBy::Ids(_) => " AND e.id IN (",
            EntriesBy::Series(_) => " AND e.series_entry_id IN (",
            _ => " AND e.meeting_id IN (",
        };
        let (tenant, lock) = (self.tenant, self.lock_clause());
        let mut found = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            on!(self.tx, conn => {
                let mut select = QueryBuilder::new("SELECT ");
                select.push(ENTRY_COLUMNS).push(" FROM entries e").push(BESIDE_ENTRY).push_bind(tenant.0).push(column);
                let mut list = select.separated(", ");
                for id in chunk {
                    list.push_bind(*id);
                }
                list.push_unseparated(")").push_unseparated(lock);
                for row in select.build().persistent(is_kept(chunk.len())).fetch_all(conn).await? {
                    found.push(entry_row!(row));
                }
            });
        }
        found.sort_unstable_by_key(|entry| entry.id);
        Ok(found)
    }

    async fn entries_by_google(&mut self, link: LinkId, google_ids: &[String]) -> Result<Vec<SyncEntry>, StoreError> {
        let (tenant, lock) = (self.tenant, self.lock_clause());
        let mut found = Vec::with_capacity(google_ids.len());
        for chunk in google_ids.chunks(CHUNK) {
            on!(self.tx, conn => {
                let mut select = QueryBuilder::new("SELECT ");
                select.push(ENTRY_COLUMNS).push(" FROM entries e").push(BESIDE_ENTRY).push_bind(tenant.0);
                select.push(" AND e.link_id = ").push_bind(link.0).push(" AND e.google_id IN (");
                let mut list = select.separated(", ");
                for id in chunk {
                    list.push_bind(id.as_str());
                }
                list.push_unseparated(")").push_unseparated(lock);
                for row in select.build().persistent(is_kept(chunk.len())).fetch_all(conn).await? {
                    found.push(entry_row!(row));
                }
            });
        }
        found.sort_unstable_by_key(|entry| entry.id);
        Ok(found)
    }

    /// What a short list of Google's ids stands for in a link's calendar, in one way to the database and back: the meetings, and
    /// their entries in every calendar. None where the list is a long one, for which the lists are better asked for one after the other.
    pub async fn meetings_by_google(
        &mut self,
        link: LinkId,
        google_ids: &[String],
    ) -> Result<Option<(Vec<SyncEntry>, Vec<SyncMeeting>)>, StoreError> {
        if google_ids.len() > MOST_AT_ONCE {
            return Ok(None);
        }
        if google_ids.is_empty() {
            return Ok(Some((Vec::new(), Vec::new())));
        }
        let tenant = self.tenant;
        let lock = if self.tx.is_postgres() { " ORDER BY e.id::text FOR UPDATE OF e, t" } else { "" };
        let (mut entries, mut meetings) = (Vec::new(), BTreeMap::new());
        on!(self.tx, conn => {
            let mut select = QueryBuilder::new("SELECT ");
            select.push(ENTRY_COLUMNS).push(", ").push(MEETING_COLUMNS);
            select.push(" FROM entries e JOIN meetings t ON t.tenant_id = e.tenant_id AND t.id = e.meeting_id");
            select.push(BESIDE_ENTRY).push_bind(tenant.0);
            select.push(" AND e.meeting_id IN (SELECT g.meeting_id FROM entries g WHERE g.tenant_id = ");
            select.push_bind(tenant.0).push(" AND g.link_id = ").push_bind(link.0).push(" AND g.google_id IN (");
            let mut list = select.separated(", ");
            for id in google_ids {
                list.push_bind(id.as_str());
            }
            list.push_unseparated("))").push_unseparated(lock);
            for row in select.build().fetch_all(conn).await? {
                let meeting = MeetingId(row.try_get("meeting_id")?);
                if let btree_map::Entry::Vacant(vacant) = meetings.entry(meeting) {
                    vacant.insert(meeting_row!(&row));
                }
                entries.push(entry_row!(row));
            }
        });
        entries.sort_unstable_by_key(|entry: &SyncEntry| entry.id);
        Ok(Some((entries, meetings.into_values().collect())))
    }

    /// PostgreSQL locks in one order for all. Asked for that of the ids, either engine would rather read the tenant's whole
    /// table along its primary key than look a few rows up and sort them: so PostgreSQL sorts by their texts, which no index
    /// has, and SQLite, which has one writer, is asked for no order. The order of the ids is made here.
    fn lock_clause(&self) -> &'static str {
        if self.tx.is_postgres() { " ORDER BY e.id::text FOR UPDATE OF e" } else { "" }
    }

    /// Reads meetings by their ids.
    pub async fn sync_meetings(&mut self, ids: &[MeetingId]) -> Result<Vec<SyncMeeting>, StoreError> {
        let mut ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        ids.sort_unstable();
        self.meetings_in(" AND t.id IN (", &ids, &[]).await
    }

    /// Reads meetings by their iCalUIDs.
    pub async fn sync_meetings_by_uid(&mut self, uids: &[String]) -> Result<Vec<SyncMeeting>, StoreError> {
        self.meetings_in(" AND t.uid IN (", &[], uids).await
    }

    async fn meetings_in(
        &mut self,
        column: &'static str,
        ids: &[Uuid],
        uids: &[String],
    ) -> Result<Vec<SyncMeeting>, StoreError> {
        let tenant = self.tenant;
        let lock = if self.tx.is_postgres() { " ORDER BY t.id::text FOR UPDATE OF t" } else { "" };
        let mut found = Vec::with_capacity(ids.len().max(uids.len()));
        let count = ids.len().max(uids.len());
        for from in (0..count).step_by(CHUNK) {
            let to = (from + CHUNK).min(count);
            on!(self.tx, conn => {
                let mut select = QueryBuilder::new("SELECT ");
                select.push(MEETING_COLUMNS).push(" FROM meetings t WHERE t.tenant_id = ");
                select.push_bind(tenant.0).push(column);
                let mut list = select.separated(", ");
                for id in ids.iter().take(to).skip(from) {
                    list.push_bind(*id);
                }
                for uid in uids.iter().take(to).skip(from) {
                    list.push_bind(uid.as_str());
                }
                list.push_unseparated(")").push_unseparated(lock);
                for row in select.build().persistent(is_kept(to - from)).fetch_all(conn).await? {
                    found.push(meeting_row!(row));
                }
            });
        }
        found.sort_unstable_by_key(|meeting: &SyncMeeting| meeting.id);
        Ok(found)
    }

    /// Writes meetings whole, in bulk; a master must stand before its exceptions.
    pub async fn put_sync_meetings(&mut self, meetings: &[&SyncMeeting], now: Timestamp) -> Result<(), StoreError> {
        let tenant = self.tenant;
        for chunk in meetings.chunks(ROWS) {
            let shared: Vec<String> = chunk.iter().map(|meeting| write(&meeting.shared)).collect::<Result<_, _>>()?;
            on!(self.tx, conn => {
                let mut insert = QueryBuilder::new(
                    "INSERT INTO meetings (tenant_id, id, uid, original_start, organizer_email, organizer_name, series_id, \
                     lead_entry_id, shared, span_start, span_end, version, created_at, updated_at) ",
                );
                insert.push_values(chunk.iter().zip(&shared), |mut values, (meeting, shared)| {
                    values
                        .push_bind(tenant.0)
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
                        .push_bind(now.0)
                        .push_bind(now.0);
                });
                insert.push(
                    " ON CONFLICT (tenant_id, id) DO UPDATE SET uid = excluded.uid, \
                     organizer_email = excluded.organizer_email, organizer_name = excluded.organizer_name, \
                     series_id = excluded.series_id, lead_entry_id = excluded.lead_entry_id, shared = excluded.shared, \
                     span_start = excluded.span_start, span_end = excluded.span_end, version = excluded.version, \
                     updated_at = excluded.updated_at",
                );
                insert.build().execute(conn).await?;
            });
        }
        Ok(())
    }

    /// Writes entries whole, in bulk; a series must stand before its exceptions.
    pub async fn put_sync_entries(&mut self, entries: &[&SyncEntry]) -> Result<(), StoreError> {
        let tenant = self.tenant;
        for chunk in entries.chunks(ROWS) {
            let mut texts = Vec::with_capacity(chunk.len());
            for entry in chunk {
                let base = entry.base.as_ref().map(write).transpose()?;
                let sending = if entry.sending.is_empty() { None } else { Some(write(&entry.sending)?) };
                texts.push((write(&entry.private)?, base, sending, entry.act.as_ref().map(Value::to_string)));
            }
            on!(self.tx, conn => {
                let mut insert = QueryBuilder::new(
                    "INSERT INTO entries (tenant_id, id, calendar_id, meeting_id, series_entry_id, link_id, private, \
                     span_start, span_end, wide, is_busy, google_id, incarnation, etag, base, sending, remote, generation, \
                     local_version, pushed_version, push_problem, refused_version, act, deleted_at, deleted_by, gone_at, \
                     redacted, asking_since, moving_to, own_address, event_type) ",
                );
                insert.push_values(chunk.iter().zip(&texts), |mut values, (entry, (private, base, sending, act))| {
                    values
                        .push_bind(tenant.0)
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
                        .push_bind(entry.etag.as_str())
                        .push_bind(base.as_deref())
                        .push_bind(sending.as_deref())
                        .push_bind(entry.remote.as_deref())
                        .push_bind(entry.generation)
                        .push_bind(entry.local_version)
                        .push_bind(entry.pushed_version)
                        .push_bind(entry.push_problem.as_deref())
                        .push_bind(entry.refused_version)
                        .push_bind(act.as_deref())
                        .push_bind(entry.deleted_at.map(|at| at.0))
                        .push_bind(entry.deleted_by.map(|by| by.0))
                        .push_bind(entry.gone_at.map(|at| at.0))
                        .push_bind(entry.redacted)
                        .push_bind(entry.asking_since.map(|at| at.0))
                        .push_bind(entry.moving_to.map(|link| link.0))
                        .push_bind(entry.own_address.as_deref())
                        .push_bind(entry.event_type.as_str());
                });
                insert.push(
                    " ON CONFLICT (tenant_id, id) DO UPDATE SET series_entry_id = excluded.series_entry_id, \
                     link_id = excluded.link_id, private = excluded.private, span_start = excluded.span_start, \
                     span_end = excluded.span_end, wide = excluded.wide, is_busy = excluded.is_busy, \
                     google_id = excluded.google_id, incarnation = excluded.incarnation, etag = excluded.etag, \
                     base = excluded.base, sending = excluded.sending, remote = excluded.remote, \
                     generation = excluded.generation, local_version = excluded.local_version, \
                     pushed_version = excluded.pushed_version, push_problem = excluded.push_problem, \
                     refused_version = excluded.refused_version, act = excluded.act, deleted_at = excluded.deleted_at, \
                     deleted_by = excluded.deleted_by, gone_at = excluded.gone_at, redacted = excluded.redacted, \
                     asking_since = excluded.asking_since, moving_to = excluded.moving_to, \
                     own_address = excluded.own_address, event_type = excluded.event_type",
                );
                insert.build().execute(conn).await?;
            });
        }
        Ok(())
    }

    /// Google's last copy of an entry, as text.
    pub async fn google_copy(&mut self, id: EntryId) -> Result<Option<String>, StoreError> {
        let tenant = self.tenant.0;
        let sql = "SELECT remote FROM entries WHERE tenant_id = $1 AND id = $2";
        let row: Option<Option<String>> =
            on!(self.tx, conn => sqlx::query_scalar(sql).bind(tenant).bind(id.0).fetch_optional(conn).await?);
        Ok(row.flatten())
    }

    /// Moves entries that a pull found as they were on to its generation.
    pub async fn touch_generation(&mut self, ids: &[EntryId], generation: i64) -> Result<(), StoreError> {
        let tenant = self.tenant;
        for chunk in ids.chunks(CHUNK) {
            on!(self.tx, conn => {
                let mut update = QueryBuilder::new("UPDATE entries SET generation = ");
                update.push_bind(generation).push(" WHERE tenant_id = ").push_bind(tenant.0).push(" AND id IN (");
                let mut list = update.separated(", ");
                for id in chunk {
                    list.push_bind(id.0);
                }
                list.push_unseparated(")");
                update.build().execute(conn).await?;
            });
        }
        Ok(())
    }
}
