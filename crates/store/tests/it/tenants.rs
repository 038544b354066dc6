//! A tenant is a wall.

use portico_kernel::TenantId;
use portico_store::{Actor, JournalRow};
use portico_world::ExposeSecret;
use sqlx::{Connection, PgConnection, Row};

use crate::{NOW, calendar, meeting, tx, world};

/// Whatever one tenant asks with another's ids, it gets and changes nothing.
#[tokio::test]
async fn another_tenants_ids_find_and_change_nothing() {
    for database in portico_parts::databases().await {
        let (store, world) = (database.open().await, world());
        let (ours, theirs) = (TenantId::new(&world), TenantId::new(&world));
        let calendar = calendar(&world);
        let (meeting, entry) = meeting(&world, calendar.id, "Budget", 1);
        let mut tx1 = tx(&store, theirs).await;
        tx1.put_calendar(&calendar).await.unwrap();
        tx1.insert_meetings(std::slice::from_ref(&meeting)).await.unwrap();
        tx1.insert_entries(std::slice::from_ref(&entry)).await.unwrap();
        tx1.commit(NOW).await.unwrap();

        let mut tx2 = tx(&store, ours).await;
        let name = database.engine;
        assert_eq!(tx2.calendar(calendar.id).await.unwrap(), None, "{name}");
        assert_eq!(tx2.meeting(meeting.id).await.unwrap(), None, "{name}");
        assert_eq!(tx2.entry(entry.id).await.unwrap(), None, "{name}");
        assert!(tx2.entries_of_meeting(meeting.id).await.unwrap().is_empty(), "{name}");
        let window = (NOW.plus_seconds(-86_400), NOW.plus_seconds(86_400));
        assert!(tx2.entries_in_window(calendar.id, window.0, window.1).await.unwrap().is_empty(), "{name}");
        assert!(tx2.update_meeting(&mut meeting.clone(), NOW).await.is_err(), "{name}");
        assert!(tx2.edit_entry(&mut entry.clone(), true).await.is_err(), "{name}");
        // The same ids may exist in both: nothing can be learned from an error.
        tx2.put_calendar(&calendar).await.unwrap();
        tx2.insert_meetings(std::slice::from_ref(&meeting)).await.unwrap();
        tx2.insert_entries(std::slice::from_ref(&entry)).await.unwrap();
        tx2.commit(NOW).await.unwrap();

        let mut tx3 = tx(&store, theirs).await;
        assert_eq!(tx3.entry(entry.id).await.unwrap().unwrap().entry.local_version, 1, "{name}");
        assert_eq!(tx3.meeting(meeting.id).await.unwrap().unwrap().version, 1, "{name}");
    }
}

/// What PostgreSQL guards even where a statement forgets to.
#[tokio::test]
async fn row_level_security_holds_against_the_services_own_mistakes() {
    let Some(database) = portico_parts::postgres().await else { return };
    let (store, world) = (database.open().await, world());
    let (ours, theirs) = (TenantId::new(&world), TenantId::new(&world));
    for tenant in [ours, theirs] {
        let mut tx1 = tx(&store, tenant).await;
        tx1.put_calendar(&calendar(&world)).await.unwrap();
        tx1.commit(NOW).await.unwrap();
    }
    let portico_store::StoreConfig::Postgres { url, .. } = &database.config else { panic!("not PostgreSQL") };
    let mut connection = PgConnection::connect(url.expose_secret()).await.unwrap();

    // No tenant: nothing, without an error.
    let count = "SELECT COUNT(*) FROM calendars";
    assert_eq!(sqlx::query_scalar::<_, i64>(count).fetch_one(&mut connection).await.unwrap(), 0);

    // A forgotten WHERE shows the own rows alone; twice on one connection, since the setting is '' after the first time.
    for _ in 0..2 {
        let mut transaction = connection.begin().await.unwrap();
        let set = "SELECT set_config('app.tenant_id', $1, true)";
        sqlx::query(set).bind(ours.0.to_string()).execute(&mut *transaction).await.unwrap();
        assert_eq!(sqlx::query_scalar::<_, i64>(count).fetch_one(&mut *transaction).await.unwrap(), 1);
        let touched = sqlx::query("UPDATE calendars SET name = 'x'").execute(&mut *transaction).await.unwrap();
        assert_eq!(touched.rows_affected(), 1);

        // A row forged for another tenant is refused.
        let forged = sqlx::query("INSERT INTO journal_heads (tenant_id, seq) VALUES ($1, 1)")
            .bind(theirs.0)
            .execute(&mut *transaction)
            .await;
        let error = forged.unwrap_err();
        assert_eq!(error.as_database_error().unwrap().code().unwrap(), "42501");
        transaction.rollback().await.unwrap();
    }

    // The role can neither switch the policies off nor empty a table past them.
    assert!(sqlx::query("ALTER TABLE calendars DISABLE ROW LEVEL SECURITY").execute(&mut connection).await.is_err());
    assert!(sqlx::query("TRUNCATE calendars CASCADE").execute(&mut connection).await.is_err());
}

/// Every table that knows a tenant is behind a policy, but for the named instance tables.
#[tokio::test]
async fn every_tenant_table_has_its_policy_forced() {
    let Some(database) = portico_parts::postgres().await else { return };
    let owner = database.owner_url.as_ref().unwrap();
    let mut connection = PgConnection::connect(owner.expose_secret()).await.unwrap();
    let rows = sqlx::query(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS forced,
                EXISTS (SELECT FROM pg_policies p WHERE p.tablename = c.relname
                           AND p.qual LIKE '%NULLIF%' AND p.with_check LIKE '%NULLIF%') AS policy
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
          WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert!(rows.len() > 10);
    for row in rows {
        let (table, forced, policy): (String, bool, bool) = (row.get(0), row.get(1), row.get(2));
        let is_instance = crate::schema::INSTANCE_TABLES.contains(&table.as_str());
        assert_eq!(forced && policy, !is_instance, "{table}");
    }
}

/// The service refuses to run under a role that no policy binds.
#[tokio::test]
async fn a_superuser_is_refused() {
    let Some(database) = portico_parts::postgres().await else { return };
    let config = portico_store::StoreConfig::Postgres {
        url: database.owner_url.clone().unwrap(),
        listen_url: None,
        connections: 1,
    };
    let Err(error) = portico_store::Store::open(&config).await else { panic!("a superuser was let in") };
    assert!(error.to_string().contains("portico_app"), "{error}");
}

/// A transaction that is dropped leaves neither rows nor journal nor jobs.
#[tokio::test]
async fn a_dropped_transaction_undoes_everything() {
    for database in portico_parts::databases().await {
        let (store, world) = (database.open().await, world());
        let tenant = TenantId::new(&world);
        let calendar = calendar(&world);
        let mut tx1 = tx(&store, tenant).await;
        tx1.put_calendar(&calendar).await.unwrap();
        tx1.wake(portico_kernel::JobId::new(&world), "sync_calendar", "k", NOW).await.unwrap();
        tx1.journal(JournalRow {
            actor: Actor::System,
            action: "calendar.created",
            subject_kind: "calendar",
            subject: calendar.id.0,
            before: None,
            after: None,
            why: None,
        });
        drop(tx1);
        let mut tx2 = tx(&store, tenant).await;
        assert_eq!(tx2.calendar(calendar.id).await.unwrap(), None, "{}", database.engine);
        assert_eq!(tx2.journal_head().await.unwrap(), 0, "{}", database.engine);
        tx2.end().await.unwrap();
        let mut instance = store.instance().await.unwrap();
        let claimed = instance.claim_jobs(NOW, 10, NOW.plus_seconds(60)).await.unwrap();
        assert!(claimed.is_empty(), "{}", database.engine);
    }
}
