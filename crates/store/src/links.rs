//! Links: Google calendars tied to Portico calendars, and the lease that lets one run at a time work on one.

use portico_kernel::{CalendarId, ConnectionId, LinkId, Timestamp};
use sqlx::Row;

use crate::{
    EventType, GuardLimits, StoreError, TenantTx, engine::on, event_types, sync_waiting::waiting, text_enum::text_enum,
};

text_enum! {
    /// Which way events go.
    pub enum Direction {
        /// Both ways.
        Both = "both",
        /// Portico's events go to Google, and nothing comes back.
        ToGoogle = "to_google",
        /// Google's events come here, and nothing goes out.
        FromGoogle = "from_google",
    }
}

text_enum! {
    /// What a linked calendar is to its owner.
    pub enum LinkRole {
        /// New events go here.
        Main = "main",
        /// It is watched beside the main one.
        Monitored = "monitored",
    }
}

text_enum! {
    /// Whether a link works.
    pub enum LinkState {
        /// It does.
        On = "on",
        /// Somebody switched it off, or its connection ended.
        Off = "off",
        /// It waits to be chosen.
        PendingImport = "pending_import",
        /// Its connection is paused: edits wait here.
        Paused = "paused",
        /// The calendar is gone at Google.
        Retired = "retired",
    }
}

text_enum! {
    /// What a private event of Google's becomes here.
    pub enum PrivateRule {
        /// Nothing.
        Skip = "skip",
        /// A time that is taken, without details.
        Busy = "busy",
        /// The event with all its details.
        Full = "full",
    }
}

/// A Google calendar tied to a Portico calendar.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The link.
    pub id: LinkId,
    /// The Portico calendar; none before the link is switched on for the first time.
    pub calendar_id: Option<CalendarId>,
    /// The connection that it works through.
    pub connection_id: ConnectionId,
    /// Google's id of the calendar; of a primary calendar the account's address.
    pub google_calendar_id: String,
    /// Google's name of the calendar.
    pub name: String,
    /// Which way events go.
    pub direction: Direction,
    /// Whether a person chose that.
    pub direction_chosen: bool,
    /// Main or monitored.
    pub role: LinkRole,
    /// Whether it works.
    pub state: LinkState,
    /// What the connection may do with the calendar, in Google's word.
    pub access_role: String,
    /// What private events become.
    pub private_rule: PrivateRule,
    /// The kinds of Google's events that it brings, usual ones among them.
    pub event_types: Vec<EventType>,
    /// Whether guests go out.
    pub sync_attendees: bool,
    /// The calendar's IANA zone.
    pub time_zone: String,
    /// Meetings that end after this go out.
    pub since: Timestamp,
    /// Google's cursor.
    pub cursor: Option<String>,
    /// Where a pull under way goes on.
    pub page_token: Option<String>,
    /// The last complete generation.
    pub generation: i64,
    /// The generation that a full pull under way brings.
    pub pulling_generation: Option<i64>,
    /// The number of the run that holds the lease.
    pub fence: i64,
    /// Until when the lease is held.
    pub lease_until: Timestamp,
    /// Why it stands still.
    pub reason: Option<String>,
    /// Failed runs in a row.
    pub failures: i64,
    /// When a run last ended well.
    pub last_success_at: Option<Timestamp>,
    /// When a run last changed something.
    pub last_change_at: Option<Timestamp>,
    /// How much it changed.
    pub last_change_count: i64,
    /// When the next run is due.
    pub next_try_at: Option<Timestamp>,
    /// The last 24 hours: `[{hour, state}]`, oldest first, `hour` in hours since 1970.
    pub history: String,
    /// Whether Google can push for it.
    pub watchable: bool,
    /// Whether Google lets its events have a Meet.
    pub meets: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its settings last changed.
    pub updated_at: Timestamp,
    /// Since when its state and its reason are what they are; [`TenantTx::put_link`] keeps it.
    pub stands_since: Option<Timestamp>,
}

/// A link whose lease was just taken.
#[derive(Clone, Debug)]
pub struct Leased {
    /// The link, with the run's number.
    pub link: Link,
    /// The company's limits of the guard; none in a tenant that is not set up yet.
    pub limits: Option<GuardLimits>,
    /// Whether the calendar has entries that [`TenantTx::attach_entries`] would give the link.
    pub has_unlinked: bool,
}

const COLUMNS: &str = "id, calendar_id, connection_id, google_calendar_id, name, direction, role, state, access_role, \
    private_rule, sync_attendees, time_zone, since, cursor, page_token, generation, pulling_generation, fence, lease_until, \
    reason, failures, last_success_at, last_change_at, last_change_count, next_try_at, history, watchable, created_at, \
    updated_at, stands_since, meets, direction_chosen, event_types";

/// Reads a row of whichever engine.
macro_rules! link_row {
    ($row:expr) => {{
        let row = $row;
        Link {
            id: LinkId(row.try_get("id")?),
            calendar_id: row.try_get::<Option<uuid::Uuid>, _>("calendar_id")?.map(CalendarId),
            connection_id: ConnectionId(row.try_get("connection_id")?),
            google_calendar_id: row.try_get("google_calendar_id")?,
            name: row.try_get("name")?,
            direction: Direction::parse(row.try_get("direction")?).ok_or(StoreError::Damaged { table: "links" })?,
            direction_chosen: row.try_get("direction_chosen")?,
            role: LinkRole::parse(row.try_get("role")?).ok_or(StoreError::Damaged { table: "links" })?,
            state: LinkState::parse(row.try_get("state")?).ok_or(StoreError::Damaged { table: "links" })?,
            access_role: row.try_get("access_role")?,
            private_rule: PrivateRule::parse(row.try_get("private_rule")?)
                .ok_or(StoreError::Damaged { table: "links" })?,
            event_types: event_types::parse_list(row.try_get("event_types")?)
                .ok_or(StoreError::Damaged { table: "links" })?,
            sync_attendees: row.try_get("sync_attendees")?,
            time_zone: row.try_get("time_zone")?,
            since: Timestamp(row.try_get("since")?),
            cursor: row.try_get("cursor")?,
            page_token: row.try_get("page_token")?,
            generation: row.try_get("generation")?,
            pulling_generation: row.try_get("pulling_generation")?,
            fence: row.try_get("fence")?,
            lease_until: Timestamp(row.try_get("lease_until")?),
            reason: row.try_get("reason")?,
            failures: row.try_get("failures")?,
            last_success_at: row.try_get::<Option<i64>, _>("last_success_at")?.map(Timestamp),
            last_change_at: row.try_get::<Option<i64>, _>("last_change_at")?.map(Timestamp),
            last_change_count: row.try_get("last_change_count")?,
            next_try_at: row.try_get::<Option<i64>, _>("next_try_at")?.map(Timestamp),
            history: row.try_get("history")?,
            watchable: row.try_get("watchable")?,
            meets: row.try_get("meets")?,
            created_at: Timestamp(row.try_get("created_at")?),
            updated_at: Timestamp(row.try_get("updated_at")?),
            stands_since: row.try_get::<Option<i64>, _>("stands_since")?.map(Timestamp),
        }
    }};
}

impl TenantTx {
    /// One link.
    pub async fn link(&mut self, id: LinkId) -> Result<Option<Link>, StoreError> {
        let tenant = self.tenant;
        let sql = select_links("AND id = $2");
        Ok(on!(self.tx, conn => {
            let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(tenant.0).bind(id.0).fetch_optional(conn).await?;
            match row { Some(row) => Some(link_row!(row)), None => None }
        }))
    }

    /// The links that work through a connection.
    pub async fn links_of_connection(&mut self, connection: ConnectionId) -> Result<Vec<Link>, StoreError> {
        let tenant = self.tenant;
        let sql = select_links("AND connection_id = $2 ORDER BY id");
        on!(self.tx, conn => {
            let rows =
                sqlx::query(sqlx::AssertSqlSafe(sql)).bind(tenant.0).bind(connection.0).fetch_all(conn).await?;
            rows.into_iter().map(|row| Ok(link_row!(row))).collect()
        })
    }

    /// The link of a Google calendar.
    pub async fn link_of_google_calendar(&mut self, google_calendar: &str) -> Result<Option<Link>, StoreError> {
        let tenant = self.tenant;
        let sql = select_links("AND google_calendar_id = $2");
        Ok(on!(self.tx, conn => {
            let row =
                sqlx::query(sqlx::AssertSqlSafe(sql)).bind(tenant.0).bind(google_calendar).fetch_optional(conn).await?;
            match row { Some(row) => Some(link_row!(row)), None => None }
        }))
    }

    /// The links of a Portico calendar, the main one first.
    pub async fn links_of_calendar(&mut self, calendar: CalendarId) -> Result<Vec<Link>, StoreError> {
        let tenant = self.tenant;
        let sql = select_links("AND calendar_id = $2 ORDER BY role, id");
        on!(self.tx, conn => {
            let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(tenant.0).bind(calendar.0).fetch_all(conn).await?;
            rows.into_iter().map(|row| Ok(link_row!(row))).collect()
        })
    }

    /// The links of these calendars, the main ones first.
    pub async fn links_of_calendars(&mut self, calendars: &[CalendarId]) -> Result<Vec<Link>, StoreError> {
        self.links_in("calendar_id", &calendars.iter().map(|calendar| calendar.0).collect::<Vec<_>>()).await
    }

    /// The links that work through these connections, the main ones first.
    pub async fn links_of_connections(&mut self, connections: &[ConnectionId]) -> Result<Vec<Link>, StoreError> {
        self.links_in("connection_id", &connections.iter().map(|connection| connection.0).collect::<Vec<_>>()).await
    }

    /// These links, the main ones first.
    pub async fn links_by_ids(&mut self, ids: &[LinkId]) -> Result<Vec<Link>, StoreError> {
        self.links_in("id", &ids.iter().map(|id| id.0).collect::<Vec<_>>()).await
    }

    async fn links_in(&mut self, column: &'static str, ids: &[uuid::Uuid]) -> Result<Vec<Link>, StoreError> {
        let tenant = self.tenant;
        let mut found = Vec::new();
        for chunk in ids.chunks(1000) {
            on!(self.tx, conn => {
                let mut query = sqlx::QueryBuilder::new(format!("SELECT {COLUMNS} FROM links WHERE tenant_id = "));
                query.push_bind(tenant.0).push(" AND ").push(column).push(" IN (");
                let mut list = query.separated(", ");
                for id in chunk {
                    list.push_bind(*id);
                }
                query.push(") ORDER BY role, id");
                for row in query.build().fetch_all(conn).await? {
                    found.push(link_row!(row));
                }
            });
        }
        Ok(found)
    }

    /// Writes a link whole: its settings, and where its pull stands. The lease is not touched. Where state or reason are
    /// others than before, it stands so since `now`.
    pub async fn put_link(&mut self, link: &Link, now: Timestamp) -> Result<(), StoreError> {
        let tenant = self.tenant;
        let sql = "INSERT INTO links (tenant_id, id, calendar_id, connection_id, google_calendar_id, name, direction, role, \
                       state, access_role, private_rule, sync_attendees, time_zone, since, cursor, page_token, generation, \
                       pulling_generation, fence, lease_until, reason, failures, last_success_at, last_change_at, \
                       last_change_count, next_try_at, history, watchable, created_at, updated_at, stands_since, meets, \
                       direction_chosen, event_types) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 0, 0, $19, $20, \
                       $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32) \
                   ON CONFLICT (tenant_id, id) DO UPDATE SET \
                       calendar_id = excluded.calendar_id, connection_id = excluded.connection_id, name = excluded.name, \
                       direction = excluded.direction, role = excluded.role, state = excluded.state, \
                       access_role = excluded.access_role, private_rule = excluded.private_rule, \
                       sync_attendees = excluded.sync_attendees, time_zone = excluded.time_zone, since = excluded.since, \
                       cursor = excluded.cursor, page_token = excluded.page_token, generation = excluded.generation, \
                       pulling_generation = excluded.pulling_generation, reason = excluded.reason, \
                       failures = excluded.failures, last_success_at = excluded.last_success_at, \
                       last_change_at = excluded.last_change_at, last_change_count = excluded.last_change_count, \
                       next_try_at = excluded.next_try_at, history = excluded.history, watchable = excluded.watchable, \
                       updated_at = excluded.updated_at, meets = excluded.meets, \
                       direction_chosen = excluded.direction_chosen, event_types = excluded.event_types, \
                       stands_since = CASE WHEN links.state = excluded.state \
                           AND links.reason IS NOT DISTINCT FROM excluded.reason \
                           THEN links.stands_since ELSE excluded.stands_since END";
        on!(self.tx, conn => sqlx::query(sql)
            .bind(tenant.0)
            .bind(link.id.0)
            .bind(link.calendar_id.map(|id| id.0))
            .bind(link.connection_id.0)
            .bind(&link.google_calendar_id)
            .bind(&link.name)
            .bind(link.direction.as_str())
            .bind(link.role.as_str())
            .bind(link.state.as_str())
            .bind(&link.access_role)
            .bind(link.private_rule.as_str())
            .bind(link.sync_attendees)
            .bind(&link.time_zone)
            .bind(link.since.0)
            .bind(&link.cursor)
            .bind(&link.page_token)
            .bind(link.generation)
            .bind(link.pulling_generation)
            .bind(&link.reason)
            .bind(link.failures)
            .bind(link.last_success_at.map(|at| at.0))
            .bind(link.last_change_at.map(|at| at.0))
            .bind(link.last_change_count)
            .bind(link.next_try_at.map(|at| at.0))
            .bind(&link.history)
            .bind(link.watchable)
            .bind(link.created_at.0)
            .bind(link.updated_at.0)
            .bind(now.0)
            .bind(link.meets)
            .bind(link.direction_chosen)
            .bind(event_types::list(&link.event_types))
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Takes the lease of a link until `until`, if nobody holds it. The answer has the link with the run's number as its
    /// fence: every write of the run checks it with [`Self::hold_lease`]. What a run needs at its beginning comes in the same
    /// statement, since most runs have little else to do.
    pub async fn take_lease(
        &mut self,
        id: LinkId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Leased>, StoreError> {
        let tenant = self.tenant;
        let sql = format!(
            "UPDATE links SET fence = fence + 1, lease_until = $3 \
             WHERE tenant_id = $1 AND id = $2 AND lease_until <= $4 RETURNING {COLUMNS}, \
             (SELECT guard_deletions FROM companies WHERE tenant_id = $1) AS guard_deletions, \
             (SELECT guard_percent FROM companies WHERE tenant_id = $1) AS guard_percent, \
             (SELECT guard_mailed FROM companies WHERE tenant_id = $1) AS guard_mailed, \
             EXISTS (SELECT 1 FROM entries e WHERE e.tenant_id = $1 AND e.calendar_id = links.calendar_id \
                 AND e.link_id IS NULL AND e.deleted_at IS NULL AND e.span_end > links.since) AS has_unlinked"
        );
        Ok(on!(self.tx, conn => {
            let taken = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(tenant.0).bind(id.0).bind(until.0).bind(now.0);
            match taken.fetch_optional(conn).await? {
                Some(row) => Some(Leased {
                    limits: match row.try_get("guard_deletions")? {
                        Some(deletions) => Some(GuardLimits {
                            deletions,
                            percent: row.try_get("guard_percent")?,
                            mailed: row.try_get("guard_mailed")?,
                        }),
                        None => None,
                    },
                    has_unlinked: row.try_get("has_unlinked")?,
                    link: link_row!(row),
                }),
                None => None,
            }
        }))
    }

    /// Extends the lease of run number `fence`, and locks it until the transaction ends. [`StoreError::Stale`] when another
    /// run has taken over or the link is not on any more: then nothing of this one may be written.
    pub async fn hold_lease(&mut self, id: LinkId, fence: i64, until: Timestamp) -> Result<(), StoreError> {
        let tenant = self.tenant;
        let sql = "UPDATE links SET lease_until = $4 WHERE tenant_id = $1 AND id = $2 AND fence = $3 AND state = 'on'";
        let held = on!(self.tx, conn => sqlx::query(sql)
            .bind(tenant.0)
            .bind(id.0)
            .bind(fence)
            .bind(until.0)
            .execute(conn)
            .await?
            .rows_affected());
        if held == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Gives the lease back.
    pub async fn release_lease(&mut self, id: LinkId, fence: i64) -> Result<(), StoreError> {
        let tenant = self.tenant;
        let sql = "UPDATE links SET lease_until = 0 WHERE tenant_id = $1 AND id = $2 AND fence = $3";
        let held = on!(self.tx, conn => sqlx::query(sql)
            .bind(tenant.0)
            .bind(id.0)
            .bind(fence)
            .execute(conn)
            .await?
            .rows_affected());
        if held == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Takes the lease away from whoever holds it: a run under way writes nothing any more.
    pub async fn break_lease(&mut self, id: LinkId) -> Result<(), StoreError> {
        let tenant = self.tenant;
        let sql = "UPDATE links SET fence = fence + 1, lease_until = 0 WHERE tenant_id = $1 AND id = $2";
        on!(self.tx, conn => sqlx::query(sql).bind(tenant.0).bind(id.0).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// Takes all leases of the tenant away: those of links, and those of connections whose tokens are being refreshed.
    pub async fn break_leases(&mut self) -> Result<(), StoreError> {
        let tenant = self.tenant;
        for sql in [
            "UPDATE links SET fence = fence + 1, lease_until = 0 WHERE tenant_id = $1 AND lease_until > 0",
            "UPDATE connections SET fence = fence + 1, lease_until = 0 WHERE tenant_id = $1 AND lease_until > 0",
        ] {
            on!(self.tx, conn => sqlx::query(sql).bind(tenant.0).execute(conn).await.map(drop)?);
        }
        Ok(())
    }

    /// Writes where a link's pull stands, and nothing of its settings, which a person may be changing.
    pub async fn put_pull_state(&mut self, link: &Link) -> Result<(), StoreError> {
        let tenant = self.tenant;
        let sql = "UPDATE links SET cursor = $3, page_token = $4, generation = $5, pulling_generation = $6, time_zone = $7, \
                       watchable = $8 WHERE tenant_id = $1 AND id = $2";
        on!(self.tx, conn => sqlx::query(sql)
            .bind(tenant.0)
            .bind(link.id.0)
            .bind(&link.cursor)
            .bind(&link.page_token)
            .bind(link.generation)
            .bind(link.pulling_generation)
            .bind(&link.time_zone)
            .bind(link.watchable)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// A run ends well if it has nothing more to do: nothing of the link waits, and its push channels last beyond
    /// `channels_until`, one at least where it `needs_channel`. Where its pull stands, what the link shows, and its lease go
    /// into one statement with that question. A link that only reads goes on saying why. Whether it has ended; the lease must
    /// be held ([`Self::hold_lease`]).
    pub async fn end_run(
        &mut self,
        link: &Link,
        kept_reason: &str,
        needs_channel: bool,
        channels_until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let tenant = self.tenant;
        let sql = concat!(
            "UPDATE links SET cursor = $4, page_token = $5, generation = $6, pulling_generation = $7, time_zone = $8, \
                       watchable = $9, failures = 0, last_success_at = $10, last_change_at = $11, \
                       last_change_count = $12, next_try_at = $13, history = $14, lease_until = 0, \
                       stands_since = CASE WHEN reason IS NULL OR (direction = 'from_google' AND reason = $15) \
                           THEN stands_since ELSE $10 END, \
                       reason = CASE WHEN direction = 'from_google' AND reason = $15 THEN reason END \
                   WHERE tenant_id = $1 AND id = $2 AND fence = $3 AND state = 'on' \
                   AND ($16 = FALSE OR EXISTS (SELECT 1 FROM push_channels WHERE tenant_id = $1 AND link_id = $2)) \
                   AND NOT EXISTS (SELECT 1 FROM push_channels WHERE tenant_id = $1 AND link_id = $2 \
                       AND (state <> 'open' OR expires_at <= $17)) \
                   AND NOT ",
            waiting!()
        );
        let ended = on!(self.tx, conn => sqlx::query(sql)
            .bind(tenant.0)
            .bind(link.id.0)
            .bind(link.fence)
            .bind(&link.cursor)
            .bind(&link.page_token)
            .bind(link.generation)
            .bind(link.pulling_generation)
            .bind(&link.time_zone)
            .bind(link.watchable)
            .bind(now.0)
            .bind(link.last_change_at.map(|at| at.0))
            .bind(link.last_change_count)
            .bind(link.next_try_at.map(|at| at.0))
            .bind(&link.history)
            .bind(kept_reason)
            .bind(needs_channel)
            .bind(channels_until.0)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(ended == 1)
    }
}

/// A SELECT over all columns of `links` with this condition, which is a literal of this file.
fn select_links(condition: &'static str) -> String {
    format!("SELECT {COLUMNS} FROM links WHERE tenant_id = $1 {condition}")
}
