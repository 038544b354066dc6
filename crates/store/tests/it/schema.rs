//! The schema: both engines have the same tables, and what belongs to a tenant is keyed by it.

use std::collections::{BTreeMap, BTreeSet};

use portico_store::{Store, StoreConfig};
use portico_world::ExposeSecret;
use sqlx::{Connection, PgConnection, Row, SqliteConnection};

/// What must be found before the tenant is known: ids and digests only.
pub const INSTANCE_TABLES: &[&str] =
    &["tenants", "jobs", "sign_in_index", "sign_in_failures", "sessions", "push_channels"];

/// Keys of an instance table are looked up without a tenant. Its uniques that name a tenant still begin with it.
fn is_tenant_table(table: &str) -> bool {
    !INSTANCE_TABLES.contains(&table) && table != "_sqlx_migrations"
}

async fn sqlite() -> (portico_parts::Database, SqliteConnection) {
    let database = portico_parts::sqlite().await;
    let StoreConfig::Sqlite { path } = &database.config else { panic!("not SQLite") };
    let connection = SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    (database, connection)
}

/// On SQLite: every primary key, unique and index of a tenant table starts with `tenant_id`.
#[tokio::test]
async fn every_key_of_a_tenant_table_starts_with_the_tenant() {
    let (_database, mut connection) = sqlite().await;
    let rows = sqlx::query(
        "SELECT t.name AS tab, i.name AS idx, c.name AS col
           FROM sqlite_master t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
          WHERE t.type = 'table' AND c.seqno = 0",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert!(rows.len() > 30);
    for row in rows {
        let (table, index, column): (String, String, String) = (row.get("tab"), row.get("idx"), row.get("col"));
        if is_tenant_table(&table) {
            assert_eq!(column, "tenant_id", "the first column of {index} of {table}");
        }
    }
}

/// On SQLite: every foreign key of a tenant table carries the tenant on both sides.
#[tokio::test]
async fn every_foreign_key_carries_the_tenant() {
    let (_database, mut connection) = sqlite().await;
    let rows = sqlx::query(
        "SELECT t.name AS tab, f.id AS id, f.\"from\" AS col, f.\"to\" AS target
           FROM sqlite_master t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut keys: BTreeMap<(String, i64), BTreeSet<(String, String)>> = BTreeMap::new();
    for row in rows {
        keys.entry((row.get("tab"), row.get("id"))).or_default().insert((row.get("col"), row.get("target")));
    }
    assert!(keys.len() > 10);
    for ((table, _), columns) in keys {
        assert!(columns.contains(&("tenant_id".into(), "tenant_id".into())), "a foreign key of {table}: {columns:?}");
    }
}

/// Both engines have the same columns, nullable in the same places.
#[tokio::test]
async fn both_engines_have_the_same_columns() {
    let Some(database) = portico_parts::postgres().await else { return };
    let mut connection = PgConnection::connect(database.owner_url.as_ref().unwrap().expose_secret()).await.unwrap();
    let columns = |rows: Vec<(String, String, bool)>| {
        rows.into_iter().filter(|row| row.0 != "_sqlx_migrations").collect::<BTreeSet<_>>()
    };
    let postgres = sqlx::query_as(
        "SELECT table_name::text, column_name::text, is_nullable = 'YES' FROM information_schema.columns
          WHERE table_schema = 'public'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let (_file, mut file) = sqlite().await;
    let sqlite = sqlx::query_as(
        "SELECT t.name, c.name, NOT c.\"notnull\" FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'",
    )
    .fetch_all(&mut file)
    .await
    .unwrap();
    let (postgres, sqlite) = (columns(postgres), columns(sqlite));
    assert!(sqlite.len() > 100);
    assert_eq!(sqlite.symmetric_difference(&postgres).collect::<Vec<_>>(), Vec::<&(String, String, bool)>::new());
}

/// The service's own role can tell whether somebody has migrated.
#[tokio::test]
async fn a_database_knows_whether_it_is_migrated() {
    for database in portico_parts::databases().await {
        let store = database.open().await;
        assert!(store.is_migrated().await.unwrap(), "{}", database.engine);
        store.close().await;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.db");
    let config = StoreConfig::Sqlite { path: path.clone() };
    let Err(error) = Store::open(&config).await else { panic!("a database was opened that is not there") };
    assert!(error.to_string().contains("no database file"), "{error}");
    assert!(!path.exists(), "looking made a file");
    std::fs::write(&path, "").unwrap();
    let store = Store::open(&config).await.unwrap();
    assert!(!store.is_migrated().await.unwrap());
    store.close().await;
}

/// On PostgreSQL, whose migrations are files of their own: the same holds for its keys, indexes and foreign keys.
#[tokio::test]
async fn the_keys_of_postgres_carry_the_tenant_too() {
    let Some(database) = portico_parts::postgres().await else { return };
    let mut connection = PgConnection::connect(database.owner_url.as_ref().unwrap().expose_secret()).await.unwrap();
    let indexes: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT t.relname::text, i.relname::text, a.attname::text
           FROM pg_index x
           JOIN pg_class t ON t.oid = x.indrelid AND t.relnamespace = 'public'::regnamespace
           JOIN pg_class i ON i.oid = x.indexrelid
           JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert!(indexes.len() > 30);
    for (table, index, column) in indexes {
        assert!(
            !is_tenant_table(&table) || column == "tenant_id",
            "the first column of {index} of {table} is {column}"
        );
    }
    let foreign: Vec<(String, String, bool)> = sqlx::query_as(
        "SELECT t.relname::text, c.conname::text, EXISTS (
                SELECT FROM unnest(c.conkey, c.confkey) AS pair (mine, other)
                  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = pair.mine AND a.attname = 'tenant_id'
                  JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = pair.other AND b.attname = 'tenant_id')
           FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
          WHERE c.contype = 'f'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert!(foreign.len() > 10);
    for (table, name, carries) in foreign {
        assert!(carries, "the foreign key {name} of {table} does not carry the tenant");
    }
}
