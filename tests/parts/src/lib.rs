//! Real servers for tests: databases, a fresh, migrated one of each engine, and mail servers.
//!
//! PostgreSQL is a throw-away cluster on loopback, started once in a test process and ended with it, however the process
//! ends. Every test gets its own database, copied from a migrated template; the service's side is the role `portico_app`,
//! which row-level security binds.

mod mail;
mod postgres;

pub use mail::{DOMAIN, MailServers};
pub use postgres::Postgres;

use std::path::{Path, PathBuf};

use portico_store::{Store, StoreConfig};
use portico_world::SecretString;
use tokio::sync::OnceCell;

/// A fresh, migrated database.
pub struct Database {
    /// `sqlite` or `postgres`, for messages.
    pub engine: &'static str,
    /// How the service opens it.
    pub config: StoreConfig,
    /// The owner's address; PostgreSQL only. It is bound by no policy.
    pub owner_url: Option<SecretString>,
    folder: Option<tempfile::TempDir>,
}

impl Database {
    /// Opens it as the service does.
    pub async fn open(&self) -> Store {
        Store::open(&self.config).await.expect("a fresh database opens")
    }

    /// SQLite's file.
    pub fn file(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.path().join("portico.db"))
    }
}

/// A fresh database of each engine that this machine has. Without PostgreSQL it says so on the terminal and goes on, or
/// fails when `TEST_REQUIRE_POSTGRES=1`.
pub async fn databases() -> Vec<Database> {
    let mut all = vec![sqlite().await];
    all.extend(postgres().await);
    all
}

/// A fresh SQLite database in a folder of its own.
pub async fn sqlite() -> Database {
    static TEMPLATE: OnceCell<tempfile::TempDir> = OnceCell::const_new();
    let template = TEMPLATE
        .get_or_init(|| async {
            let folder = tempfile::tempdir().expect("a temporary folder can be made");
            let config = StoreConfig::Sqlite { path: folder.path().join("portico.db") };
            Store::migrate(&config, None).await.expect("an empty SQLite file can be migrated");
            folder
        })
        .await;
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    copy_database(template.path(), folder.path());
    Database {
        engine: "sqlite",
        config: StoreConfig::Sqlite { path: folder.path().join("portico.db") },
        owner_url: None,
        folder: Some(folder),
    }
}

fn copy_database(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("the template is there") {
        let entry = entry.expect("the template can be listed");
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("the template can be copied");
    }
}

/// A fresh PostgreSQL database; none where PostgreSQL is not installed.
pub async fn postgres() -> Option<Database> {
    static CLUSTER: OnceCell<Option<Postgres>> = OnceCell::const_new();
    let cluster = CLUSTER.get_or_init(Postgres::start).await.as_ref()?;
    let (owner_url, app_url) = cluster.database().await;
    Some(Database {
        engine: "postgres",
        config: StoreConfig::Postgres { url: app_url, listen_url: None, connections: 8 },
        owner_url: Some(owner_url),
        folder: None,
    })
}
