//! What lies in the database at rest: no secret that anybody could use.

use portico_app::Worker;
use portico_vault::new_master_key;
use portico_world::ExposeSecret;
use serde_json::Value;
use sqlx::{Connection, PgConnection};

use crate::portal::{ADMINISTRATOR, ANNA, CLIENT_SECRET, MASTER_KEY, Portal};

/// Every row of every table as text, bytes in hex, as the owner of the database sees it.
async fn dump(portal: &Portal) -> Option<String> {
    let url = portal.database.owner_url.as_ref()?;
    let mut connection = PgConnection::connect(url.expose_secret()).await.unwrap();
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    let mut all = String::new();
    for table in tables {
        let sql = format!("SELECT t::text FROM \"{table}\" t");
        let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap();
        for row in rows {
            all.push_str(&row);
            all.push('\n');
        }
    }
    Some(all)
}

#[tokio::test]
async fn every_row_of_postgres_is_read_and_holds_no_usable_secret() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let own = "GOCSPX-the-tenants-own-secret";
        let client =
            serde_json::json!({"name": "Own", "client_id": "x.apps.googleusercontent.com", "client_secret": own});
        portal.user(ADMINISTRATOR).await.post("/google/clients", client).await.expect(201);
        // An attempt that is under way has a verifier.
        anna.authorize("feature=calendar").await;
        let google = portal.google("GET", "state", Value::Null).await;
        let mut secrets = vec![CLIENT_SECRET.to_owned(), own.to_owned()];
        for table in ["access_tokens", "refresh_tokens"] {
            secrets.extend(google[table].as_object().unwrap().keys().cloned());
        }
        let cookie = anna.cookie.clone().unwrap();
        secrets.push(cookie.split_once('=').unwrap().1.to_owned());
        secrets.push(portico_app::samples::PASSWORD.to_owned());
        assert!(secrets.len() >= 6);
        let Some(text) = dump(&portal).await else { continue };
        assert!(text.contains(ANNA) && text.contains("s1.1."), "the dump shows people and sealed secrets");
        for secret in &secrets {
            let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            let found = text.contains(secret.as_str()) || text.contains(&hex);
            assert!(!found, "a secret of {} characters is in the database", secret.len());
        }
    }
}

/// What the journal says of a thing goes with the tenant's key: without it nobody reads it.
#[tokio::test]
async fn the_journal_lies_sealed_and_is_read_as_it_was_written() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let body = serde_json::json!({
            "title": "Ganzgeheim", "start_time": "2026-12-09T10:00:00+01:00", "end_time": "2026-12-09T11:00:00+01:00",
        });
        let made = anna.post("/calendar/events", body).await.expect(201).json;
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        anna.patch(&path, serde_json::json!({"title": "Sehrgeheim"})).await.expect(200);
        let journal = portal.user(ADMINISTRATOR).await.get("/audit?limit=50").await.expect(200).text;
        assert!(journal.contains("meeting.updated"), "{journal}");
        let own = anna.get("/changes?limit=500").await.expect(200).json;
        let told = |action: &str| {
            let items = own["items"].as_array().unwrap();
            items.iter().any(|item| item["action"] == action && item["calendar_id"] == made["calendar_id"])
        };
        assert!(told("meeting.created") && told("meeting.updated"), "{own}");
        let Some(url) = portal.database.owner_url.as_ref() else { continue };
        let mut connection = PgConnection::connect(url.expose_secret()).await.unwrap();
        let rows: Vec<String> =
            sqlx::query_scalar("SELECT t::text FROM journal t").fetch_all(&mut connection).await.unwrap();
        assert!(rows.len() > 2 && rows.iter().any(|row| row.contains("meeting.updated")));
        for row in rows {
            assert!(!row.contains("geheim") && !row.contains('{'), "{row}");
        }
    }
}

#[tokio::test]
async fn after_a_rekey_the_old_master_key_is_needed_no_more() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;

        let newer = new_master_key(portal.app.world.rng.as_ref());
        let between = portal.with_master_keys(&[newer.clone(), MASTER_KEY.to_owned().into()]).await;
        let first = between.rekey().await.unwrap();
        assert!(first.resealed >= 1 && first.kept == 0, "{first:?}");
        let again = between.rekey().await.unwrap();
        assert_eq!((again.resealed, again.kept), (0, first.resealed));

        // Started with the new key alone: the refresh token opens, and what comes for it is sealed.
        let next = portal.with_master_keys(&[newer]).await;
        let asked = portal.token_calls().await;
        portal.advance(2 * 3600);
        let worker = Worker::new(next, 4);
        while worker.run_once().await.unwrap() > 0 {}
        assert_eq!(portal.token_calls().await, asked + 1);
        let connections = anna.get("/google/connections").await.expect(200).json["items"].clone();
        assert_eq!(connections[0]["state"], "authorized");

        assert!(portal.app.rekey().await.is_err(), "who has the old key alone opens nothing any more");
    }
}
