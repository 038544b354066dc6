//! The two engines behind one set of statements.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use portico_kernel::TenantId;
use portico_world::{ExposeSecret, SecretString};
use sqlx::{
    ConnectOptions, Connection as _, PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{InstanceTx, StoreError, TenantTx};

/// Runs the same expression on whichever engine the transaction belongs to; the compiler checks it against both drivers.
macro_rules! on {
    ($tx:expr, $conn:ident => $body:expr) => {
        match &mut $tx {
            $crate::engine::Tx::Postgres(transaction) => {
                let $conn = &mut **transaction;
                $body
            }
            $crate::engine::Tx::Sqlite(transaction) => {
                let $conn = &mut **transaction;
                $body
            }
        }
    };
}
pub(crate) use on;

/// A connection that was idle for longer than this is tried before it is used: the server may have gone meanwhile.
const TRUSTED: Duration = Duration::from_secs(1);

/// Where the data lies.
#[derive(Clone)]
pub enum StoreConfig {
    /// One file.
    Sqlite {
        /// The file; made when it is not there.
        path: PathBuf,
    },
    /// A PostgreSQL database.
    Postgres {
        /// The service's own role: not a superuser, no BYPASSRLS.
        url: SecretString,
        /// A direct connection for LISTEN, where `url` goes through a pooler.
        listen_url: Option<SecretString>,
        /// How many connections at most.
        connections: u32,
    },
}

impl StoreConfig {
    /// Reads `sqlite:PATH` or `postgres://…`.
    pub fn parse(text: &SecretString, listen_url: Option<SecretString>) -> Result<Self, StoreError> {
        let plain = text.expose_secret();
        if let Some(path) = plain.strip_prefix("sqlite:") {
            let path = path.trim_start_matches("//");
            return Ok(Self::Sqlite { path: PathBuf::from(path) });
        }
        if plain.starts_with("postgres://") || plain.starts_with("postgresql://") {
            return Ok(Self::Postgres { url: text.clone(), listen_url, connections: 16 });
        }
        Err(StoreError::Refused("the database must be sqlite:PATH or postgres://…".into()))
    }
}

/// The open database; cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) pools: Pools,
}

#[derive(Clone)]
pub(crate) enum Pools {
    Postgres {
        pool: PgPool,
        listen: Box<PgConnectOptions>,
    },
    /// SQLite takes one writer at a time: writes go through a pool of one, reads through many.
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
    },
}

/// What another process has told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// There is work in the queue.
    Jobs,
    /// A tenant's journal has grown up to this number.
    Journal(TenantId, i64),
    /// The connection was lost for a while: anything may have been missed.
    Missed,
}

/// Hears what other processes tell. It connects again by itself.
pub struct Listener {
    inner: PgListener,
}

impl Listener {
    /// The next thing that is told.
    pub async fn next(&mut self) -> Result<Told, StoreError> {
        loop {
            let Some(notification) = self.inner.try_recv().await? else { return Ok(Told::Missed) };
            let payload = notification.payload();
            if payload == "jobs" {
                return Ok(Told::Jobs);
            }
            let journal =
                payload.split_once(' ').and_then(|(tenant, seq)| Some((tenant.parse().ok()?, seq.parse().ok()?)));
            if let Some((tenant, seq)) = journal {
                return Ok(Told::Journal(tenant, seq));
            }
        }
    }
}

pub(crate) enum Tx {
    Postgres(Transaction<'static, Postgres>),
    Sqlite(Transaction<'static, Sqlite>),
}

impl Tx {
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Postgres(tx) => tx.commit().await?,
            Self::Sqlite(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Ends what only read. On PostgreSQL the way back to the pool ends the transaction too, and nobody waits for that.
    pub(crate) async fn end_reading(self) -> Result<(), StoreError> {
        match self {
            Self::Postgres(tx) => drop(tx),
            Self::Sqlite(tx) => tx.commit().await?,
        }
        Ok(())
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }
}

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// A pool that waits a while for a server that is just starting.
async fn pg_pool(options: PgConnectOptions, connections: u32) -> Result<PgPool, StoreError> {
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire(false)
        .before_acquire(|connection, known| {
            Box::pin(async move {
                if known.idle_for > TRUSTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        });
    match pool.connect_with(options.clone()).await {
        // The pool only says that it has waited; why, a single connection says.
        Err(sqlx::Error::PoolTimedOut) => {
            Err(options.connect().await.err().unwrap_or(sqlx::Error::PoolTimedOut).into())
        }
        made => Ok(made?),
    }
}

fn pg_options(url: &SecretString) -> Result<PgConnectOptions, StoreError> {
    PgConnectOptions::from_str(url.expose_secret())
        .map_err(|_| StoreError::Refused("the database's address is malformed".into()))
}

/// SQLite says only "unable to open database file".
fn cannot_open(path: &Path, error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(said) if said.code().as_deref() == Some("14") => StoreError::Refused(format!(
            "the database file {} cannot be opened: its folder must be there, and this user must be able to write to it",
            path.display()
        )),
        _ => error.into(),
    }
}

impl Store {
    /// Opens the database. It does not make or migrate it, and it refuses a PostgreSQL role that row-level security does not
    /// bind.
    pub async fn open(config: &StoreConfig) -> Result<Self, StoreError> {
        match config {
            StoreConfig::Sqlite { path } if !path.exists() => {
                let path = path.display();
                Err(StoreError::Refused(format!(
                    "there is no database file {path} yet: if the name is right, run `portico migrate` first"
                )))
            }
            _ => Self::open_or_make(config).await,
        }
    }

    async fn open_or_make(config: &StoreConfig) -> Result<Self, StoreError> {
        match config {
            StoreConfig::Sqlite { path } => {
                let options = SqliteConnectOptions::new()
                    .filename(path)
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Normal)
                    .busy_timeout(Duration::from_secs(10))
                    .foreign_keys(true);
                // A file does not go away as a server does, so nothing is tried before it is used.
                let pool = || SqlitePoolOptions::new().test_before_acquire(false);
                let write = pool().max_connections(1).connect_with(options.clone()).await;
                let write = write.map_err(|error| cannot_open(path, error))?;
                let read = pool().max_connections(6).connect_lazy_with(options.read_only(true));
                Ok(Self { pools: Pools::Sqlite { write, read } })
            }
            StoreConfig::Postgres { url, listen_url, connections } => {
                let options = pg_options(url)?;
                let listen = listen_url.as_ref().map_or_else(|| Ok(options.clone()), pg_options)?;
                let pool = pg_pool(options, *connections).await?;
                let unbound: bool =
                    sqlx::query_scalar("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
                        .fetch_one(&pool)
                        .await?;
                if unbound {
                    return Err(StoreError::Refused(
                        "the database's role is a superuser or may bypass row-level security: tenants would not be \
                         apart. Use the role portico_app, which `portico migrate` makes"
                            .into(),
                    ));
                }
                Ok(Self { pools: Pools::Postgres { pool, listen: Box::new(listen) } })
            }
        }
    }

    /// Brings the schema up to date: SQLite in place, PostgreSQL as the owner of the tables.
    pub async fn migrate(config: &StoreConfig, owner: Option<&SecretString>) -> Result<(), StoreError> {
        match config {
            StoreConfig::Sqlite { .. } => {
                let store = Self::open_or_make(config).await?;
                let Pools::Sqlite { write, .. } = &store.pools else { return Ok(()) };
                SQLITE.run(write).await?;
                store.close().await;
            }
            StoreConfig::Postgres { url, .. } => {
                let options = pg_options(owner.unwrap_or(url))?;
                let pool = pg_pool(options, 1).await?;
                POSTGRES.run(&pool).await?;
                // So that the service can tell whether it has been migrated.
                sqlx::query("GRANT SELECT ON _sqlx_migrations TO portico_app").execute(&pool).await?;
                pool.close().await;
            }
        }
        Ok(())
    }

    /// Whether the schema is at least the one that this version of the program works with.
    pub async fn is_migrated(&self) -> Result<bool, StoreError> {
        let migrations = if self.is_alone() { &SQLITE } else { &POSTGRES };
        let newest = migrations.iter().map(|migration| migration.version).max();
        let mut tx = self.begin(true).await?;
        let applied: Result<Option<i64>, sqlx::Error> = on!(tx, conn => {
            sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success").fetch_one(conn).await
        });
        match applied {
            Ok(version) => Ok(version >= newest),
            // The table of migrations is made by the first one.
            Err(sqlx::Error::Database(error)) if matches!(error.code().as_deref(), Some("1" | "42P01")) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Closes all connections.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Postgres { pool, .. } => pool.close().await,
            Pools::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
        }
    }

    async fn begin(&self, read_only: bool) -> Result<Tx, StoreError> {
        Ok(match &self.pools {
            Pools::Postgres { pool, .. } if read_only => Tx::Postgres(pool.begin_with("BEGIN READ ONLY").await?),
            Pools::Postgres { pool, .. } => Tx::Postgres(pool.begin().await?),
            Pools::Sqlite { read, .. } if read_only => Tx::Sqlite(read.begin().await?),
            Pools::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
        })
    }

    async fn begin_tenant(&self, tenant: TenantId, read_only: bool) -> Result<TenantTx, StoreError> {
        let Pools::Postgres { pool, .. } = &self.pools else {
            return Ok(TenantTx::new(self.begin(read_only).await?, tenant, read_only));
        };
        // The policies read the setting. One way to the server and back for both; it is local, so it ends with the
        // transaction and a pooled connection leaks nothing. A UUID needs no quoting.
        let mode = if read_only { "BEGIN READ ONLY" } else { "BEGIN" };
        let begin = format!("{mode}; SELECT set_config('app.tenant_id', '{}', true)", tenant.0);
        Ok(TenantTx::new(Tx::Postgres(pool.begin_with(sqlx::AssertSqlSafe(begin)).await?), tenant, read_only))
    }

    /// A transaction that reads and writes one tenant's data. Never await the network while holding it.
    pub async fn tenant(&self, tenant: TenantId) -> Result<TenantTx, StoreError> {
        self.begin_tenant(tenant, false).await
    }

    /// A transaction that only reads one tenant's data.
    pub async fn tenant_read(&self, tenant: TenantId) -> Result<TenantTx, StoreError> {
        self.begin_tenant(tenant, true).await
    }

    /// A transaction over the instance tables: what must be found before the tenant is known.
    pub async fn instance(&self) -> Result<InstanceTx, StoreError> {
        Ok(InstanceTx { tx: self.begin(false).await?, read_only: false })
    }

    /// A transaction that only reads the instance tables.
    pub async fn instance_read(&self) -> Result<InstanceTx, StoreError> {
        Ok(InstanceTx { tx: self.begin(true).await?, read_only: true })
    }

    /// Whether this process has the database to itself: so on SQLite.
    pub fn is_alone(&self) -> bool {
        matches!(self.pools, Pools::Sqlite { .. })
    }

    /// A listener for wake-ups of other processes; none on SQLite, where there is one process.
    pub async fn listen(&self) -> Result<Option<Listener>, StoreError> {
        let Pools::Postgres { listen, .. } = &self.pools else { return Ok(None) };
        let pool = PgPoolOptions::new().max_connections(1).connect_with((**listen).clone()).await?;
        let mut inner = PgListener::connect_with(&pool).await?;
        inner.listen("portico").await?;
        Ok(Some(Listener { inner }))
    }

    /// Whether no transaction of this process is open. For tests: a connection that has just been given back may still
    /// count for a moment.
    pub fn is_at_rest(&self) -> bool {
        fn is_idle<D: sqlx::Database>(pool: &sqlx::Pool<D>) -> bool {
            pool.num_idle() == pool.size() as usize
        }
        match &self.pools {
            Pools::Postgres { pool, .. } => is_idle(pool),
            Pools::Sqlite { write, read } => is_idle(write) && is_idle(read),
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut tx = self.begin(true).await?;
        on!(tx, conn => sqlx::query("SELECT 1").execute(conn).await.map(drop))?;
        Ok(())
    }
}
