use std::sync::Arc;

use portico_google::calendar::Calendar;
use portico_kernel::{ConnectionId, TenantId};
use serde_json::{Value, json};

use crate::portal::{ADMINISTRATOR, ANNA, CLIENT_SECRET, Portal, User};

async fn tenant(user: &User<'_>) -> TenantId {
    user.get("/me").await.json["tenant"]["id"].as_str().unwrap().parse().unwrap()
}

async fn state(user: &User<'_>, id: &str) -> (String, Option<String>) {
    let connection = user.get(&format!("/google/connections/{id}")).await.expect(200).json;
    let reason = connection["reason"].as_str().map(str::to_owned);
    (connection["state"].as_str().unwrap().to_owned(), reason)
}

#[tokio::test]
async fn one_refresh_serves_all_callers_of_all_processes() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id: ConnectionId = anna.connect(ANNA).await.parse().unwrap();
        let tenant = tenant(&anna).await;
        let (here, there) = (portal.app.clone(), portal.second_process().await);
        let before = portal.token_calls().await;
        portal.advance(3400);
        let ask = |app: &Arc<portico_app::App>| {
            let client = app.google_client(tenant, id);
            async move { client.service::<Calendar>().calendar_list().all().await.map(|(entries, _)| entries.len()) }
        };
        let answers = futures::future::join_all([&here, &there, &here, &there, &here, &there].map(ask)).await;
        for answer in answers {
            assert!(answer.unwrap() >= 1);
        }
        assert_eq!(portal.token_calls().await - before, 1, "{}", portal.database.engine);
    }
}

#[tokio::test]
async fn a_token_is_refreshed_before_its_end_and_not_long_before() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id: ConnectionId = anna.connect(ANNA).await.parse().unwrap();
        let tenant = tenant(&anna).await;
        let before = portal.token_calls().await;
        let ask = || async {
            let client = portal.app.google_client(tenant, id);
            client.service::<Calendar>().calendar_list().all().await.unwrap();
        };
        portal.advance(3200);
        ask().await;
        assert_eq!(portal.token_calls().await, before, "399 s are left");
        portal.advance(150);
        ask().await;
        assert_eq!(portal.token_calls().await, before + 1, "249 s are left");
    }
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id: ConnectionId = anna.connect(ANNA).await.parse().unwrap();
        let tenant = tenant(&anna).await;
        portal.google("POST", "tokens/expire", json!({"account": ANNA})).await;
        let before = portal.token_calls().await;
        let client = portal.app.google_client(tenant, id);
        client.service::<Calendar>().calendar_list().all().await.unwrap();
        client.service::<Calendar>().calendar_list().all().await.unwrap();
        assert_eq!(portal.token_calls().await, before + 1);
    }
}

#[tokio::test]
async fn a_revoked_grant_ends_the_connection_with_its_reason_and_consent_mends_it() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id = anna.connect(ANNA).await;
        let tenant = tenant(&anna).await;
        portal.work().await;
        portal.google("POST", "tokens/revoke", json!({"account": ANNA})).await;
        let client = portal.app.google_client(tenant, id.parse().unwrap());
        client.service::<Calendar>().calendar_list().all().await.unwrap_err();
        assert_eq!(state(&anna, &id).await, ("expired".to_owned(), Some("revoked".to_owned())));
        assert_eq!(anna.get("/me").await.json["google"]["phase"], "authorization_expired");
        let links = anna.get(&format!("/google/connections/{id}")).await.json["links"].clone();
        assert_eq!(links[0]["sync"]["state"], "reconnect_needed");
        // Nothing more is asked of Google until the person has consented.
        let before = portal.token_calls().await;
        client.service::<Calendar>().calendar_list().all().await.unwrap_err();
        assert_eq!(portal.token_calls().await, before);

        let auth_url = anna.authorize(&format!("feature=calendar&connection={id}")).await;
        let callback = anna.consent(&auth_url, json!({"account": ANNA})).await;
        let location = anna.get(&callback).await.expect(303).headers["location"].to_str().unwrap().to_owned();
        assert!(location.ends_with(&format!("connected={id}")), "the same connection: {location}");
        assert_eq!(state(&anna, &id).await, ("authorized".to_owned(), None));
        let administrator = portal.user(ADMINISTRATOR).await;
        let audit = administrator.get(&format!("/audit?subject={id}")).await.expect(200).json;
        let actions: Vec<&str> =
            audit["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["connection.authorized", "connection.expired", "connection.authorized"]);
    }
}

#[tokio::test]
async fn what_passes_by_itself_changes_no_state() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id = anna.connect(ANNA).await;
        let tenant = tenant(&anna).await;
        portal.advance(3600);
        portal.google("POST", "faults", json!({"path": "/token", "times": 50, "status": 503})).await;
        let client = portal.app.google_client(tenant, id.parse().unwrap());
        let error = client.service::<Calendar>().calendar_list().all().await.unwrap_err();
        assert!(error.is_temporary(), "{error}");
        assert_eq!(state(&anna, &id).await, ("authorized".to_owned(), None));
        portal.google("DELETE", "faults", Value::Null).await;
        client.service::<Calendar>().calendar_list().all().await.unwrap();
    }
}

#[tokio::test]
async fn a_paused_connection_asks_nothing_and_goes_on_where_it_stopped() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id = anna.connect(ANNA).await;
        portal.work().await;
        let paused = anna.post(&format!("/google/connections/{id}/pause"), Value::Null).await.expect(200).json;
        assert_eq!((&paused["state"], &paused["phase"]), (&json!("paused"), &json!("authorized")));
        let before = portal.google("GET", "requests?since=0", Value::Null).await["items"].as_array().unwrap().len();
        portal.advance(3600);
        portal.work().await;
        let after = portal.google("GET", "requests?since=0", Value::Null).await["items"].as_array().unwrap().len();
        assert_eq!(before, after);
        let again = anna.post(&format!("/google/connections/{id}/pause"), Value::Null).await.expect(200).json;
        assert_eq!((&again["since"], &again["links"][0]["sync"]["since"]), (&paused["since"], &paused["since"]));
        let resumed = anna.post(&format!("/google/connections/{id}/resume"), Value::Null).await.expect(200).json;
        assert_eq!(resumed["state"], "authorized");
        assert!(resumed["since"].as_str() > paused["since"].as_str(), "{resumed}");
        portal.work().await;
        let synced = anna.get(&format!("/google/connections/{id}")).await.json;
        assert_eq!(synced["links"][0]["sync"]["state"], "in_step", "{synced}");
    }
}

#[tokio::test]
async fn a_trouble_says_since_when_and_does_not_grow_younger_with_each_try() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id = anna.connect(ANNA).await;
        portal.work().await;
        let sync = async || anna.get("/calendar/links").await.expect(200).json["items"][0]["sync"].clone();
        let well = sync().await;
        assert_eq!((&well["state"], &well["reason"]), (&json!("in_step"), &Value::Null));
        portal.google("POST", "faults", json!({"path": "/events", "times": 500, "status": 503})).await;
        portal.advance(3600);
        portal.work().await;
        let first = sync().await;
        assert_eq!((&first["state"], &first["reason"]), (&json!("late"), &json!("google_unreachable")));
        assert!(first["since"].as_str() > well["since"].as_str(), "{first}");
        portal.advance(3600);
        portal.work().await;
        let second = sync().await;
        assert_eq!((&second["reason"], &second["since"]), (&first["reason"], &first["since"]));
        let made = anna
            .post(
                "/calendar/events",
                json!({
                    "title": "Waits", "time_zone": "Europe/Prague", "use_google_meet": false,
                    "start_time": "2026-12-08T09:00:00", "end_time": "2026-12-08T10:00:00",
                }),
            )
            .await
            .expect(201)
            .json;
        assert_eq!(made["sync"], "pending");
        assert!(made["sync_since"].as_str() > second["since"].as_str(), "{made}");
        portal.google("DELETE", "faults", Value::Null).await;
        portal.advance(3600);
        portal.work().await;
        let path = format!("/calendar/events/{}", made["id"].as_str().unwrap());
        let sent = anna.get(&path).await.expect(200).json;
        assert_eq!((&sent["sync"], &sent["sync_since"]), (&json!("in_step"), &Value::Null), "{sent}");
        let well = anna.get(&format!("/google/connections/{id}")).await.json["links"][0]["sync"].clone();
        assert!(well["reason"].is_null() && well["since"].as_str() > second["since"].as_str(), "{well}");
    }
}

#[tokio::test]
async fn disconnecting_gives_the_grant_back_and_destroys_the_secrets() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id = anna.connect(ANNA).await;
        let tenant = tenant(&anna).await;
        portal.work().await;
        let path = format!("/google/connections/{id}");
        anna.delete(&format!("{path}?local_data=burn")).await.expect(422);
        // Google does not answer: the connection ends all the same, the grant follows later.
        portal.google("POST", "faults", json!({"path": "/revoke", "times": 20, "status": 503})).await;
        anna.delete(&format!("{path}?local_data=keep")).await.expect(204);
        anna.delete(&path).await.expect(204);
        assert_eq!(state(&anna, &id).await, ("disconnected".to_owned(), None));
        assert_eq!(anna.get("/me").await.json["google"]["phase"], "without_authorization");
        portal.work().await;
        portal.google("DELETE", "faults", Value::Null).await;
        portal.advance(3600);
        portal.work().await;
        let dump = portal.google("GET", "state", Value::Null).await;
        let grants = dump["grants"].as_object().map_or(0, serde_json::Map::len);
        assert_eq!(grants, 0, "{}", dump["grants"]);

        let mut tx = portal.app.store.tenant_read(tenant).await.unwrap();
        let row = tx.connection(id.parse().unwrap()).await.unwrap().unwrap();
        tx.end().await.unwrap();
        assert_eq!(row.tokens, portico_store::SealedTokens::default());
        // Connecting the same account again finds the same connection.
        assert_eq!(anna.connect(ANNA).await, id);
    }
}

#[tokio::test]
async fn a_dump_of_the_database_holds_no_usable_secret() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id: ConnectionId = anna.connect(ANNA).await.parse().unwrap();
        let tenant = tenant(&anna).await;
        let google = portal.google("GET", "state", Value::Null).await;
        let mut secrets = vec![CLIENT_SECRET.to_owned()];
        for table in ["access_tokens", "refresh_tokens"] {
            secrets.extend(google[table].as_object().unwrap().keys().cloned());
        }
        assert!(secrets.len() >= 3, "{google}");
        let mut tx = portal.app.store.tenant_read(tenant).await.unwrap();
        let row = tx.connection(id).await.unwrap().unwrap();
        tx.end().await.unwrap();
        let tokens = [row.tokens.access.unwrap(), row.tokens.refresh.unwrap()];
        for sealed in &tokens {
            assert!(sealed.starts_with("s1.1."), "{sealed}");
            assert!(secrets.iter().all(|secret| !sealed.contains(secret.as_str())));
        }
        let Some(file) = portal.database.file() else { continue };
        for name in ["", "-wal"] {
            let Ok(bytes) = std::fs::read(format!("{}{name}", file.display())) else { continue };
            for secret in &secrets {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "a secret of {} characters is in the database", secret.len());
            }
        }
    }
}
