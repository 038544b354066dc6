//! Two companies side by side: whatever somebody of one asks with the ids of the other, there is no such thing.

use http::Method;
use portico_store::StoreConfig;
use portico_world::{ExposeSecret, Rng, SeededRng};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::portal::{ADMINISTRATOR, ANNA, DAVID, OTHER_ADMINISTRATOR, OTHER_TENANT, Portal, User};

/// Every call that names a thing by its id: method, path, body.
fn calls() -> Vec<(Method, &'static str, Value)> {
    let none = Value::Null;
    vec![
        (Method::GET, "/calendar/events/{}", none.clone()),
        (Method::PATCH, "/calendar/events/{}", json!({"title": "taken"})),
        (Method::DELETE, "/calendar/events/{}", none.clone()),
        (Method::POST, "/calendar/events/{}/undo", none.clone()),
        (Method::POST, "/calendar/events/{}/answer", json!({"answer": "accepted"})),
        (Method::GET, "/calendar/events?calendar={}", none.clone()),
        (Method::GET, "/calendar/events?employee={}", none.clone()),
        (Method::PATCH, "/calendar/calendars/{}", json!({"name": "taken"})),
        (Method::PATCH, "/calendar/links/{}", json!({"state": "off"})),
        (Method::POST, "/calendar/links/{}/sync", none.clone()),
        (Method::POST, "/calendar/conflicts/{}/resolve", json!({"keep": "google"})),
        (Method::POST, "/calendar/holds/{}/approve", none.clone()),
        (Method::POST, "/calendar/holds/{}/drop", none.clone()),
        (Method::GET, "/google/connections/{}", none.clone()),
        (Method::DELETE, "/google/connections/{}", none.clone()),
        (Method::POST, "/google/connections/{}/pause", none.clone()),
        (Method::POST, "/google/connections/{}/resume", none.clone()),
        (Method::POST, "/google/connections/{}/reset", json!({"google": "delete", "local_data": "remove"})),
        (Method::DELETE, "/google/connections/{}/reset", none.clone()),
        (Method::GET, "/auth/google/authorize?feature=calendar&connection={}", none.clone()),
    ]
}

/// What only administrators may ask at all.
fn administrators_calls() -> Vec<(Method, &'static str, Value)> {
    vec![
        (Method::GET, "/employees/{}", Value::Null),
        (Method::PUT, "/employees/{}/roles", json!({"role_ids": []})),
        (Method::PUT, "/roles/{}/grants", json!({"grants": []})),
        (Method::PATCH, "/google/clients/{}", json!({"name": "taken"})),
        (Method::DELETE, "/google/clients/{}", Value::Null),
    ]
}

/// Every id that a list of Anna's company shows.
async fn ids(anna: &User<'_>, administrator: &User<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for (user, path) in [
        (anna, "/calendar/events?from=2026-12-01&to=2027-01-01"),
        (anna, "/calendar/calendars"),
        (anna, "/calendar/links"),
        (anna, "/calendar/conflicts"),
        (anna, "/calendar/holds"),
        (anna, "/google/connections"),
        (administrator, "/employees?limit=500"),
        (administrator, "/roles"),
        (administrator, "/google/clients"),
    ] {
        let items = user.get(path).await.expect(200).json["items"].as_array().unwrap().clone();
        let before = found.len();
        found.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let may_be_empty = path.ends_with("conflicts") || path.ends_with("holds");
        assert!(found.len() > before || may_be_empty, "{path} shows nothing");
    }
    found
}

/// All that the company can see of itself.
async fn picture(anna: &User<'_>, administrator: &User<'_>) -> Vec<Value> {
    let mut all = Vec::new();
    for (user, path) in [
        (anna, "/calendar/events?from=2026-12-01&to=2027-01-01"),
        (anna, "/calendar/calendars"),
        (anna, "/calendar/links"),
        (anna, "/google/connections"),
        (administrator, "/employees?limit=500"),
        (administrator, "/roles"),
        (administrator, "/google/clients"),
        (administrator, "/audit?limit=500"),
    ] {
        all.push(user.get(path).await.expect(200).json);
    }
    all
}

#[tokio::test]
async fn another_companys_ids_are_never_there_and_nothing_changes() {
    for portal in Portal::each().await {
        let (anna, administrator) = (portal.user(ANNA).await, portal.user(ADMINISTRATOR).await);
        anna.connect(ANNA).await;
        let body = json!({
            "title": "secret", "start_time": "2026-12-08T10:00:00+01:00", "end_time": "2026-12-08T11:00:00+01:00",
            "use_google_meet": false, "attendees": [DAVID], "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"],
        });
        anna.post("/calendar/events", body).await.expect(201);
        let client = json!({"name": "Own", "client_id": "x.apps.googleusercontent.com", "client_secret": "s3cret"});
        administrator.post("/google/clients", client).await.expect(201);
        portal.work().await;
        let ids = ids(&anna, &administrator).await;
        let before = picture(&anna, &administrator).await;
        let strangers = [portal.user(OTHER_TENANT).await, portal.user(OTHER_ADMINISTRATOR).await];
        let rng = SeededRng::new(20_261_124);
        let pick = |count: usize| {
            let mut bytes = [0; 8];
            rng.fill(&mut bytes);
            usize::try_from(u64::from_le_bytes(bytes) % u64::try_from(count).unwrap()).unwrap()
        };
        for _ in 0..400 {
            let stranger = pick(2);
            let mut all = calls();
            if stranger == 1 {
                all.extend(administrators_calls());
            }
            let (method, path, body) = all.swap_remove(pick(all.len()));
            // A calendar, an employee or a connection is never named by an occurrence.
            let id = ids[pick(ids.len())].split(if path.contains('?') { '_' } else { ' ' }).next().unwrap();
            let reply = strangers[stranger].ask(method.clone(), &path.replace("{}", id), body).await;
            assert_eq!(reply.status.as_u16(), 404, "{method} {path} with {id}: {}", reply.text);
            assert!(!reply.text.contains("secret"));
        }
        portal.work().await;
        assert_eq!(picture(&anna, &administrator).await, before);
    }
}

/// Statements that forget to say which company, under the service's own role, on every table that has companies' rows.
#[tokio::test]
async fn row_level_security_keeps_every_table_apart() {
    for portal in Portal::each().await {
        let StoreConfig::Postgres { url, .. } = &portal.database.config else { continue };
        let (anna, other) = (portal.user(ANNA).await, portal.user(OTHER_TENANT).await);
        for (user, email) in [(&anna, ANNA), (&other, OTHER_TENANT)] {
            user.connect(email).await;
            user.authorize("feature=calendar").await;
        }
        portal.work().await;
        let (ours, theirs) = (portal.tenant(&anna).await.0, portal.tenant(&other).await.0);
        let owner = portal.database.owner_url.as_ref().unwrap();
        let mut owner = PgConnection::connect(owner.expose_secret()).await.unwrap();
        let mut service = PgConnection::connect(url.expose_secret()).await.unwrap();
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT relname::text FROM pg_class
              WHERE relkind = 'r' AND relrowsecurity AND relnamespace = 'public'::regnamespace ORDER BY relname",
        )
        .fetch_all(&mut owner)
        .await
        .unwrap();
        let mut filled = 0;
        for table in tables {
            let count = format!("SELECT COUNT(*) FROM {table}");
            let mut of = Vec::new();
            for tenant in [ours, theirs] {
                let count = AssertSqlSafe(format!("{count} WHERE tenant_id = $1"));
                of.push(sqlx::query_scalar::<_, i64>(count).bind(tenant).fetch_one(&mut owner).await.unwrap());
            }
            filled += usize::from(of.iter().all(|count| *count > 0));
            let nobody: i64 = sqlx::query_scalar(AssertSqlSafe(count.clone())).fetch_one(&mut service).await.unwrap();
            assert_eq!(nobody, 0, "{table} without a company");

            let mut tx = service.begin().await.unwrap();
            let set = "SELECT set_config('app.tenant_id', $1, true)";
            sqlx::query(set).bind(ours.to_string()).execute(&mut *tx).await.unwrap();
            let seen: i64 = sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut *tx).await.unwrap();
            assert_eq!(seen, of[0], "rows of {table} that are seen");
            let every = AssertSqlSafe(format!("UPDATE {table} SET tenant_id = tenant_id"));
            let touched = sqlx::query(every).execute(&mut *tx).await.unwrap().rows_affected();
            assert_eq!(touched, u64::try_from(of[0]).unwrap(), "rows of {table} that are changed");
            if seen > 0 {
                let given = AssertSqlSafe(format!("UPDATE {table} SET tenant_id = $1"));
                let error = sqlx::query(given).bind(theirs).execute(&mut *tx).await.unwrap_err();
                assert_eq!(error.as_database_error().unwrap().code().unwrap(), "42501", "{table}");
            }
            tx.rollback().await.unwrap();
        }
        assert!(filled >= 14, "only {filled} tables have rows of both companies");
    }
}
