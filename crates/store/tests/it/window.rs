//! A month out of many entries.

use portico_calendar::OriginalStart;
use portico_kernel::{CalendarId, TenantId, Timestamp};
use portico_store::{
    ASKING, ATTACH, CHANGED_IN_WINDOW, Entry, GONE, Meeting, NARROW_WINDOW, PENDING, StoreConfig, WAITING, WIDE_WINDOW,
};
use portico_world::{ExposeSecret, World};
use sqlx::{Connection, PgConnection, Row, SqliteConnection};

use crate::{NOW, calendar, meeting, tx, world};

const DAY: i64 = 24;

fn with_length(world: &World, calendar: CalendarId, title: &str, hours: i64, length: i64) -> (Meeting, Entry) {
    let (meeting, mut entry) = meeting(world, calendar, title, hours);
    entry.span_end = entry.span_start.plus_seconds(length * 3600);
    entry.wide = length > 31 * DAY;
    (meeting, entry)
}

#[tokio::test]
async fn a_window_holds_what_touches_it_and_nothing_else() {
    for database in portico_parts::databases().await {
        let (store, world) = (database.open().await, world());
        let tenant = TenantId::new(&world);
        let (calendar, other) = (calendar(&world), calendar(&world));
        let mut series = with_length(&world, calendar.id, "series", -400 * DAY, 1);
        series.1.wide = true;
        series.1.span_end = Timestamp(i64::MAX);
        let mut ended = with_length(&world, calendar.id, "ended series", -400 * DAY, 1);
        ended.1.wide = true;
        let mut deleted = with_length(&world, calendar.id, "deleted", 1, 1);
        deleted.1.deleted_at = Some(NOW);
        let rows = [
            with_length(&world, calendar.id, "inside", 1, 1),
            with_length(&world, calendar.id, "across the start", -1, 2),
            with_length(&world, calendar.id, "across all", -20 * DAY, 30 * DAY),
            with_length(&world, calendar.id, "without length, at the start", 0, 0),
            with_length(&world, calendar.id, "very long", -100 * DAY, 200 * DAY),
            with_length(&world, calendar.id, "ends at the start", -1, 1),
            with_length(&world, calendar.id, "begins at the end", 7 * DAY, 1),
            with_length(&world, other.id, "another calendar's", 1, 1),
            series,
            ended,
        ];
        let mut tx1 = tx(&store, tenant).await;
        tx1.put_calendar(&calendar).await.unwrap();
        tx1.put_calendar(&other).await.unwrap();
        for (meeting, entry) in rows.iter().chain([&deleted]) {
            tx1.insert_meetings(std::slice::from_ref(meeting)).await.unwrap();
            tx1.insert_entries(std::slice::from_ref(entry)).await.unwrap();
        }
        let mut gone = deleted.1.clone();
        gone.deleted_at = Some(NOW);
        tx1.edit_entry(&mut gone, false).await.unwrap();
        let found = tx1.entries_in_window(calendar.id, NOW, NOW.plus_seconds(7 * DAY * 3600)).await.unwrap();
        let mut titles: Vec<&str> = found.iter().map(|shown| shown.meeting.shared.title.as_str()).collect();
        titles.sort_unstable();
        let expect =
            ["across all", "across the start", "inside", "series", "very long", "without length, at the start"];
        assert_eq!(titles, expect, "{}", database.engine);
    }
}

/// Which instances a window's series have of their own, deleted ones too; nothing of a series that the window does not touch.
#[tokio::test]
async fn a_window_knows_which_instances_are_not_as_the_rule_gives_them() {
    for database in portico_parts::databases().await {
        let (store, world) = (database.open().await, world());
        let (tenant, calendar) = (TenantId::new(&world), calendar(&world));
        let mut series = with_length(&world, calendar.id, "series", -400 * DAY, 1);
        series.1.wide = true;
        series.1.span_end = Timestamp(i64::MAX);
        let mut ended = with_length(&world, calendar.id, "ended", -400 * DAY, 1);
        ended.1.wide = true;
        let instance = |of: &(Meeting, Entry), title: &str, hours: i64| {
            let (mut meeting, mut entry) = meeting(&world, calendar.id, title, hours);
            meeting.uid.clone_from(&of.0.uid);
            meeting.original_start = Some(OriginalStart::At(NOW.plus_seconds(hours * 3600)));
            meeting.series_id = Some(of.0.id);
            entry.series_entry_id = Some(of.1.id);
            (meeting, entry)
        };
        let (moved, dropped) = (instance(&series, "moved", 2), instance(&series, "dropped", 26));
        let of_another = instance(&ended, "of another", 3);
        let (id, starts) = (series.1.id, [&moved, &dropped].map(|row| row.0.original_start.unwrap()));
        let mut gone = dropped.1.clone();
        gone.deleted_at = Some(NOW);
        let (meetings, entries): (Vec<Meeting>, Vec<Entry>) =
            [series, ended, moved, dropped, of_another].into_iter().unzip();
        let mut tx1 = tx(&store, tenant).await;
        tx1.put_calendar(&calendar).await.unwrap();
        tx1.insert_meetings(&meetings).await.unwrap();
        tx1.insert_entries(&entries).await.unwrap();
        tx1.edit_entry(&mut gone, false).await.unwrap();
        let mut found = tx1.changed_in_window(calendar.id, NOW, NOW.plus_seconds(7 * DAY * 3600)).await.unwrap();
        found.sort_unstable();
        assert_eq!(found, starts.map(|start| (id, start)), "{}", database.engine);
    }
}

/// The plans of a month's statements name their indexes, and read neither table nor calendar from end to end: on PostgreSQL
/// also before it has any statistics, as after a first pull.
#[tokio::test]
async fn a_window_is_read_through_its_indexes() {
    for database in portico_parts::databases().await {
        let (store, world) = (database.open().await, world());
        let tenant = TenantId::new(&world);
        let calendar = calendar(&world);
        let mut tx1 = tx(&store, tenant).await;
        tx1.put_calendar(&calendar).await.unwrap();
        let rows: Vec<(Meeting, Entry)> = (0..3000)
            .map(|number| {
                let mut row = meeting(&world, calendar.id, "m", number * 3 - 4500);
                row.1.wide = number % 20 == 0;
                row
            })
            .collect();
        let (meetings, entries): (Vec<Meeting>, Vec<Entry>) = rows.into_iter().unzip();
        tx1.insert_meetings(&meetings).await.unwrap();
        tx1.insert_entries(&entries).await.unwrap();
        tx1.commit(NOW).await.unwrap();
        let window = [NOW.0, NOW.plus_seconds(7 * DAY * 3600).0];
        for is_analyzed in [false, true] {
            for (statement, index, more) in [
                (NARROW_WINDOW, "entries_narrow", Some(NOW.plus_seconds(-portico_store::NARROW).0)),
                (WIDE_WINDOW, "entries_wide", None),
                (CHANGED_IN_WINDOW, "entries_wide", None),
                (CHANGED_IN_WINDOW, "entries_by_series", None),
            ] {
                let values = window.into_iter().chain(more);
                let plan = match &database.config {
                    StoreConfig::Sqlite { path } => {
                        let mut connection =
                            SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
                        let text = format!("EXPLAIN QUERY PLAN {statement}");
                        let mut query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(tenant.0).bind(calendar.id.0);
                        for value in values {
                            query = query.bind(value);
                        }
                        let rows = query.fetch_all(&mut connection).await.unwrap();
                        rows.iter().map(|row| row.get::<String, _>("detail")).collect::<Vec<_>>().join("\n")
                    }
                    StoreConfig::Postgres { url, .. } => {
                        if is_analyzed {
                            let owner = database.owner_url.as_ref().unwrap();
                            let mut owner = PgConnection::connect(owner.expose_secret()).await.unwrap();
                            sqlx::query("ANALYZE").execute(&mut owner).await.unwrap();
                        }
                        // Under the service's own role: a policy may keep a statement off an index.
                        let mut connection = PgConnection::connect(url.expose_secret()).await.unwrap();
                        let mut transaction = connection.begin().await.unwrap();
                        sqlx::query("SELECT set_config('app.tenant_id', $1, true)")
                            .bind(tenant.0.to_string())
                            .execute(&mut *transaction)
                            .await
                            .unwrap();
                        let text = format!("EXPLAIN {statement}");
                        let mut query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(tenant.0).bind(calendar.id.0);
                        for value in values {
                            query = query.bind(value);
                        }
                        let rows = query.fetch_all(&mut *transaction).await.unwrap();
                        rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>().join("\n")
                    }
                };
                let seen = format!("{}, analyzed: {is_analyzed}: {plan}", database.engine);
                assert!(plan.contains(index), "{seen}");
                for whole in ["SCAN e", "SCAN i", "Seq Scan on entries", "entries_live"] {
                    assert!(!plan.contains(whole), "{seen}");
                }
            }
        }
    }
}

/// Every run of the sync asks these, and mostly finds nothing: each is a look into an index of its own.
#[tokio::test]
async fn what_waits_is_found_without_reading_the_calendar() {
    let database = portico_parts::sqlite().await;
    let StoreConfig::Sqlite { path } = &database.config else { panic!("SQLite is a file") };
    let mut connection = SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    for (statement, index) in [
        (GONE, "entries_gone"),
        (PENDING, "entries_pending"),
        (ASKING, "entries_asking"),
        (ATTACH, "entries_unlinked"),
        (WAITING, "entries_gone"),
        (WAITING, "entries_pending"),
        (WAITING, "entries_asking"),
    ] {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        let steps = sqlx::query(explain).fetch_all(&mut connection).await.unwrap();
        let plan: String = steps.iter().map(|step| step.get::<String, _>("detail") + "\n").collect();
        assert!(plan.contains(&format!("INDEX {index} (tenant_id=?")), "{statement}\n{plan}");
        assert!(!plan.contains("SCAN entries") && !plan.contains("TEMP B-TREE"), "{statement}\n{plan}");
    }
}
