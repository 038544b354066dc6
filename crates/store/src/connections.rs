//! Connections: Google accounts that employees have connected, with their sealed tokens.

use portico_kernel::{ConnectionId, EmployeeId, GoogleClientId, Timestamp};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{StoreError, TenantTx, engine::on};

/// A connected Google account.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    /// The connection.
    pub id: ConnectionId,
    /// Whose it is; none for one of the company.
    pub employee_id: Option<EmployeeId>,
    /// The tenant's OAuth client that it was made with; none for the instance's.
    pub google_client_id: Option<GoogleClientId>,
    /// Google's `sub` of the account.
    pub subject: String,
    /// The account's address.
    pub email: String,
    /// The account's name.
    pub name: String,
    /// The address of a picture.
    pub picture: Option<String>,
    /// `authorized`, `expired`, `paused`, `resetting` or `disconnected`.
    pub state: String,
    /// Why it is expired; of one that works, why its calendars cannot be listed.
    pub reason: Option<String>,
    /// The granted scopes as Google returned them, separated by spaces.
    pub scopes: String,
    /// The features that were asked for, separated by spaces.
    pub wanted: String,
    /// Its secrets.
    pub tokens: SealedTokens,
    /// Counts what was written and the refreshes that were begun: who writes what was read before must know it.
    pub fence: i64,
    /// Until when somebody is refreshing.
    pub lease_until: Timestamp,
    /// When it was first made.
    pub created_at: Timestamp,
    /// Since when its state is what it is; [`TenantTx::put_connection`] keeps it.
    pub stands_since: Option<Timestamp>,
}

/// The tokens of a connection, sealed for their columns and row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SealedTokens {
    /// The access token.
    pub access: Option<String>,
    /// When the access token ends.
    pub access_expires_at: Option<Timestamp>,
    /// The refresh token.
    pub refresh: Option<String>,
    /// When the refresh token ends, where Google says so.
    pub refresh_expires_at: Option<Timestamp>,
    /// What Google calls the refresh token by in its notices: its first characters.
    pub prefix: Option<String>,
    /// The same by digest.
    pub hash: Option<String>,
}

impl Connection {
    /// Whether it needs its grant at Google: it works, or will when somebody says so.
    pub fn is_used(&self) -> bool {
        matches!(self.state.as_str(), "authorized" | "paused" | "resetting")
    }
}

#[derive(sqlx::FromRow)]
struct ConnectionRow {
    id: Uuid,
    employee_id: Option<Uuid>,
    google_client_id: Option<Uuid>,
    subject: String,
    email: String,
    name: String,
    picture: Option<String>,
    state: String,
    reason: Option<String>,
    scopes: String,
    wanted: String,
    access_sealed: Option<String>,
    access_expires_at: Option<i64>,
    refresh_sealed: Option<String>,
    refresh_expires_at: Option<i64>,
    token_prefix: Option<String>,
    token_hash: Option<String>,
    fence: i64,
    lease_until: i64,
    created_at: i64,
    stands_since: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct KeyedRow {
    #[sqlx(flatten)]
    connection: ConnectionRow,
    data_key: Option<String>,
}

fn connection(row: ConnectionRow) -> Connection {
    Connection {
        id: ConnectionId(row.id),
        employee_id: row.employee_id.map(EmployeeId),
        google_client_id: row.google_client_id.map(GoogleClientId),
        subject: row.subject,
        email: row.email,
        name: row.name,
        picture: row.picture,
        state: row.state,
        reason: row.reason,
        scopes: row.scopes,
        wanted: row.wanted,
        tokens: SealedTokens {
            access: row.access_sealed,
            access_expires_at: row.access_expires_at.map(Timestamp),
            refresh: row.refresh_sealed,
            refresh_expires_at: row.refresh_expires_at.map(Timestamp),
            prefix: row.token_prefix,
            hash: row.token_hash,
        },
        fence: row.fence,
        lease_until: Timestamp(row.lease_until),
        created_at: Timestamp(row.created_at),
        stands_since: row.stands_since.map(Timestamp),
    }
}

macro_rules! columns {
    () => {
        "id, employee_id, google_client_id, subject, email, name, picture, state, reason, scopes, wanted, access_sealed, \
         access_expires_at, refresh_sealed, refresh_expires_at, token_prefix, token_hash, fence, lease_until, created_at, \
         stands_since"
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM connections WHERE tenant_id = $1 ", $rest)
    };
}

impl TenantTx {
    /// One connection.
    pub async fn connection(&mut self, id: ConnectionId) -> Result<Option<Connection>, StoreError> {
        let tenant = self.tenant.0;
        let row: Option<ConnectionRow> = on!(self.tx, conn => sqlx::query_as(select!("AND id = $2"))
            .bind(tenant).bind(id.0).fetch_optional(conn).await?);
        Ok(row.map(connection))
    }

    /// One connection and the tenant's sealed data keys, the newest first: all that opens the connection's token.
    pub async fn connection_with_keys(
        &mut self,
        id: ConnectionId,
    ) -> Result<Option<(Connection, Vec<String>)>, StoreError> {
        let tenant = self.tenant.0;
        let mut rows: Vec<KeyedRow> = on!(self.tx, conn => sqlx::query_as(concat!(
            "SELECT ", columns!(), ", data_key FROM connections
               LEFT JOIN (SELECT version AS key_version, sealed AS data_key FROM data_keys WHERE tenant_id = $1) AS keys ON TRUE
              WHERE tenant_id = $1 AND id = $2 ORDER BY key_version DESC",
        )).bind(tenant).bind(id.0).fetch_all(conn).await?);
        let keys = rows.iter_mut().filter_map(|row| row.data_key.take()).collect();
        Ok(rows.pop().map(|row| (connection(row.connection), keys)))
    }

    /// Up to `limit` connections after `after`, the oldest first; of one employee, if asked for.
    pub async fn connections(
        &mut self,
        employee: Option<EmployeeId>,
        after: Option<ConnectionId>,
        limit: i64,
    ) -> Result<Vec<Connection>, StoreError> {
        let tenant = self.tenant.0;
        let after = after.map_or(Uuid::nil(), |id| id.0);
        let rows: Vec<ConnectionRow> = match employee {
            Some(employee) => on!(self.tx, conn => sqlx::query_as(
                select!("AND employee_id = $2 AND id > $3 ORDER BY id LIMIT $4"))
                .bind(tenant).bind(employee.0).bind(after).bind(limit).fetch_all(conn).await?),
            None => on!(self.tx, conn => sqlx::query_as(select!("AND id > $2 ORDER BY id LIMIT $3"))
                .bind(tenant).bind(after).bind(limit).fetch_all(conn).await?),
        };
        Ok(rows.into_iter().map(connection).collect())
    }

    /// The connections of these employees.
    pub async fn connections_of(&mut self, employees: &[EmployeeId]) -> Result<Vec<Connection>, StoreError> {
        self.connections_in("employee_id", &employees.iter().map(|id| id.0).collect::<Vec<_>>()).await
    }

    /// These connections.
    pub async fn connections_by_ids(&mut self, ids: &[ConnectionId]) -> Result<Vec<Connection>, StoreError> {
        self.connections_in("id", &ids.iter().map(|id| id.0).collect::<Vec<_>>()).await
    }

    async fn connections_in(&mut self, column: &'static str, ids: &[Uuid]) -> Result<Vec<Connection>, StoreError> {
        let tenant = self.tenant.0;
        let mut found = Vec::new();
        for chunk in ids.chunks(400) {
            let rows: Vec<ConnectionRow> = on!(self.tx, conn => {
                let mut query =
                    QueryBuilder::new(concat!("SELECT ", columns!(), " FROM connections WHERE tenant_id = "));
                query.push_bind(tenant).push(" AND ").push(column).push(" IN (");
                let mut list = query.separated(", ");
                for id in chunk {
                    list.push_bind(*id);
                }
                list.push_unseparated(") ORDER BY id");
                query.build_query_as().fetch_all(conn).await?
            });
            found.extend(rows.into_iter().map(connection));
        }
        Ok(found)
    }

    /// The tenant's connections with a Google account, by Google's `sub` of it.
    pub async fn connections_by_subject(&mut self, subject: &str) -> Result<Vec<Connection>, StoreError> {
        let tenant = self.tenant.0;
        let rows: Vec<ConnectionRow> = on!(self.tx, conn => sqlx::query_as(select!("AND subject = $2 ORDER BY id"))
            .bind(tenant).bind(subject).fetch_all(conn).await?);
        Ok(rows.into_iter().map(connection).collect())
    }

    /// Writes a connection, new or changed as it was read: [`StoreError::Stale`] when somebody has written it meanwhile, or
    /// leases it to refresh. A refresh that was under way loses its lease. Where the state is another one than before, it
    /// stands so since `now`.
    pub async fn put_connection(&mut self, connection: &Connection, now: Timestamp) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        let tokens = &connection.tokens;
        let written = on!(self.tx, conn => sqlx::query(
            "INSERT INTO connections (tenant_id, id, employee_id, google_client_id, subject, email, name, picture, state, \
             reason, scopes, wanted, access_sealed, access_expires_at, refresh_sealed, refresh_expires_at, token_prefix, \
             token_hash, fence, lease_until, version, created_at, updated_at, stands_since)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 0, 1, $20, $21, $21)
                 ON CONFLICT (tenant_id, id) DO UPDATE
                SET google_client_id = excluded.google_client_id, subject = excluded.subject, email = excluded.email,
                    name = excluded.name, picture = excluded.picture, state = excluded.state, reason = excluded.reason,
                    scopes = excluded.scopes, wanted = excluded.wanted, access_sealed = excluded.access_sealed,
                    access_expires_at = excluded.access_expires_at, refresh_sealed = excluded.refresh_sealed,
                    refresh_expires_at = excluded.refresh_expires_at, token_prefix = excluded.token_prefix,
                    token_hash = excluded.token_hash, fence = connections.fence + 1, lease_until = 0,
                    version = connections.version + 1, updated_at = excluded.updated_at,
                    stands_since = CASE WHEN connections.state = excluded.state THEN connections.stands_since
                        ELSE excluded.stands_since END
              WHERE connections.fence = excluded.fence",
        ).bind(tenant).bind(connection.id.0).bind(connection.employee_id.map(|id| id.0))
            .bind(connection.google_client_id.map(|id| id.0)).bind(&connection.subject).bind(&connection.email)
            .bind(&connection.name).bind(&connection.picture).bind(&connection.state).bind(&connection.reason)
            .bind(&connection.scopes).bind(&connection.wanted).bind(&tokens.access)
            .bind(tokens.access_expires_at.map(|at| at.0)).bind(&tokens.refresh)
            .bind(tokens.refresh_expires_at.map(|at| at.0)).bind(&tokens.prefix).bind(&tokens.hash)
            .bind(connection.fence).bind(connection.created_at.0).bind(now.0).execute(conn).await?.rows_affected());
        if written == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Notes why the calendars of a connection that works cannot be listed, or that they can. Whoever refreshes its token
    /// meanwhile is not disturbed.
    pub async fn set_listing_trouble(&mut self, id: ConnectionId, reason: Option<&str>) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query(
            "UPDATE connections SET reason = $3
              WHERE tenant_id = $1 AND id = $2 AND state = 'authorized' AND reason IS DISTINCT FROM $3",
        ).bind(tenant).bind(id.0).bind(reason).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// How many connections stand still until somebody does something, but for those of `but`: they are expired, or they or
    /// a calendar of theirs have a reason that is none of `passing`.
    pub async fn stopped_connections(&mut self, but: Option<EmployeeId>, passing: &[&str]) -> Result<i64, StoreError> {
        let tenant = self.tenant.0;
        let but = but.map_or(Uuid::nil(), |id| id.0);
        Ok(on!(self.tx, conn => {
            let mut query = QueryBuilder::new("SELECT COUNT(*) FROM connections WHERE tenant_id = ");
            query.push_bind(tenant).push(" AND (employee_id IS NULL OR employee_id <> ").push_bind(but);
            query.push(") AND (state = 'expired' OR state = 'authorized' AND (reason NOT IN (");
            let mut words = query.separated(", ");
            for word in passing {
                words.push_bind(*word);
            }
            words.push_unseparated(") OR id IN (SELECT connection_id FROM links WHERE tenant_id = ");
            query.push_bind(tenant).push(" AND state = 'on' AND reason NOT IN (");
            let mut words = query.separated(", ");
            for word in passing {
                words.push_bind(*word);
            }
            words.push_unseparated("))))");
            query.build_query_scalar().fetch_one(conn).await?
        }))
    }

    /// How many connections there are in each state.
    pub async fn connection_figures(&mut self) -> Result<Vec<(String, i64)>, StoreError> {
        let tenant = self.tenant.0;
        Ok(on!(self.tx, conn => sqlx::query_as(
            "SELECT state, COUNT(*) FROM connections WHERE tenant_id = $1 GROUP BY state ORDER BY state",
        ).bind(tenant).fetch_all(conn).await?))
    }

    /// Takes the right to refresh a connection's token until `until`; none while somebody else has it.
    pub async fn lease_connection(
        &mut self,
        id: ConnectionId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        let tenant = self.tenant.0;
        Ok(on!(self.tx, conn => sqlx::query_scalar(
            "UPDATE connections SET fence = fence + 1, lease_until = $1
              WHERE tenant_id = $2 AND id = $3 AND lease_until <= $4 RETURNING fence",
        ).bind(until.0).bind(tenant).bind(id.0).bind(now.0).fetch_optional(conn).await?))
    }

    /// Gives the right back without a result, so that the next one need not wait.
    pub async fn release_connection(&mut self, id: ConnectionId, fence: i64) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query(
            "UPDATE connections SET lease_until = 0 WHERE tenant_id = $1 AND id = $2 AND fence = $3",
        ).bind(tenant).bind(id.0).bind(fence).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// Writes the tokens of a refresh that still has its right, and the scopes where Google named them; else
    /// [`StoreError::Stale`].
    pub async fn put_refreshed_tokens(
        &mut self,
        id: ConnectionId,
        fence: i64,
        tokens: &SealedTokens,
        scopes: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        let written = on!(self.tx, conn => sqlx::query(
            "UPDATE connections
                SET access_sealed = $1, access_expires_at = $2, refresh_sealed = $3, refresh_expires_at = $4,
                    token_prefix = $5, token_hash = $6, fence = fence + 1, lease_until = 0, updated_at = $7,
                    scopes = coalesce(CAST($11 AS TEXT), scopes)
              WHERE tenant_id = $8 AND id = $9 AND fence = $10",
        ).bind(&tokens.access).bind(tokens.access_expires_at.map(|at| at.0)).bind(&tokens.refresh)
            .bind(tokens.refresh_expires_at.map(|at| at.0)).bind(&tokens.prefix).bind(&tokens.hash).bind(now.0)
            .bind(tenant).bind(id.0).bind(fence).bind(scopes).execute(conn).await?.rows_affected());
        if written == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }
}
