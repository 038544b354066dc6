use http::{Method, header};
use portico_app::samples::PASSWORD;
use serde_json::{Value, json};

use crate::portal::{ADMINISTRATOR, ANNA, IN_BOTH, OTHER_TENANT, Portal, URL, User};

#[tokio::test]
async fn signing_in_gives_a_cookie_that_only_the_browser_reads() {
    for portal in Portal::each().await {
        let anonymous = portal.anonymous();
        anonymous.get("/me").await.expect(401);
        let reply =
            anonymous.post("/auth/login", json!({"email": " Anna.Novakova@ACME.example ", "password": PASSWORD})).await;
        let reply = reply.expect(200);
        assert_eq!(reply.json["user"]["email"], ANNA);
        assert_eq!(reply.json["tenant"]["slug"], "acme");
        let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
            "{cookie}"
        );
        assert!(!cookie.contains("Secure") && !cookie.starts_with("__Host-"), "plain http on loopback: {cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
        let value = reply.cookie().unwrap();
        assert!(value.split_once('=').unwrap().1.len() >= 43, "256 bits: {value}");
        let anna = User { portal: &portal, cookie: Some(value) };
        let me = anna.get("/me").await.expect(200).json;
        assert_eq!(me["user"]["name"], "Anna Nováková");
        assert_eq!(me["user"]["time_zone"], "Europe/Prague");
        assert_eq!(me["google"], json!({"phase": "without_authorization", "can_connect": true}));
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike() {
    for portal in Portal::each().await {
        let anonymous = portal.anonymous();
        let wrong = anonymous.post("/auth/login", json!({"email": ANNA, "password": "wrong"})).await.expect(401);
        let unknown = anonymous.post("/auth/login", json!({"email": "nobody@acme.example", "password": "wrong"})).await;
        let unknown = unknown.expect(401);
        assert_eq!(wrong.slug(), "wrong-credentials");
        assert_eq!(wrong.json, unknown.json);
        assert!(wrong.cookie().is_none());
        anonymous
            .post("/auth/login", json!({"email": ANNA, "password": PASSWORD, "tenant": "globex"}))
            .await
            .expect(401);
        let long = "x".repeat(600);
        anonymous.post("/auth/login", json!({"email": ANNA, "password": long})).await.expect(401);
    }
}

#[tokio::test]
async fn many_wrong_passwords_make_the_next_ones_wait_even_the_right_one() {
    for portal in Portal::each().await {
        let anonymous = portal.anonymous();
        for _ in 0..5 {
            anonymous.post("/auth/login", json!({"email": ANNA, "password": "wrong"})).await.expect(401);
        }
        let reply = anonymous.post("/auth/login", json!({"email": ANNA, "password": PASSWORD})).await.expect(429);
        assert_eq!(reply.slug(), "too-many");
        let wait: u64 = reply.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
        // Another address does not wait.
        anonymous.post("/auth/login", json!({"email": ADMINISTRATOR, "password": PASSWORD})).await.expect(200);
        portal.advance(wait + 1);
        anonymous.post("/auth/login", json!({"email": ANNA, "password": PASSWORD})).await.expect(200);
        anonymous.post("/auth/login", json!({"email": ANNA, "password": "wrong"})).await.expect(401);
        anonymous.post("/auth/login", json!({"email": ANNA, "password": PASSWORD})).await.expect(200);
    }
}

#[tokio::test]
async fn many_tries_at_once_gain_nothing() {
    for portal in Portal::each().await {
        let anonymous = portal.anonymous();
        let guess = |number: usize| {
            let body = json!({"email": ANNA, "password": format!("guess {number}")});
            let anonymous = &anonymous;
            async move { anonymous.post("/auth/login", body).await.status.as_u16() }
        };
        let answers = futures::future::join_all((0..20).map(guess)).await;
        let looked_at = answers.iter().filter(|status| **status == 401).count();
        assert_eq!((looked_at, answers.len()), (5, 20), "{answers:?}");
        assert!(answers.iter().all(|status| [401, 429].contains(status)), "{answers:?}");
    }
}

#[tokio::test]
async fn a_new_password_signs_out_who_had_the_old_one() {
    for portal in Portal::each().await {
        let (anna, administrator) = (portal.user(ANNA).await, portal.user(ADMINISTRATOR).await);
        let email = portico_kernel::EmailAddress::parse(ANNA).unwrap();
        let new = "a new one altogether".to_owned();
        portal.app.set_password("acme", &email, &new.clone().into()).await.unwrap();
        anna.get("/me").await.expect(401);
        administrator.get("/me").await.expect(200);
        let anonymous = portal.anonymous();
        anonymous.post("/auth/login", json!({"email": ANNA, "password": PASSWORD})).await.expect(401);
        anonymous.post("/auth/login", json!({"email": ANNA, "password": new})).await.expect(200);
    }
}

#[tokio::test]
async fn an_address_in_two_companies_chooses_after_the_password_is_right() {
    for portal in Portal::each().await {
        let anonymous = portal.anonymous();
        let wrong = anonymous.post("/auth/login", json!({"email": IN_BOTH, "password": "wrong"})).await.expect(401);
        assert!(wrong.json["tenants"].is_null(), "the companies are not for strangers");
        let reply = anonymous.post("/auth/login", json!({"email": IN_BOTH, "password": PASSWORD})).await.expect(409);
        assert_eq!(reply.slug(), "choose-tenant");
        let slugs: Vec<&str> =
            reply.json["tenants"].as_array().unwrap().iter().map(|t| t["slug"].as_str().unwrap()).collect();
        assert_eq!(slugs, ["acme", "globex"]);
        for slug in slugs {
            let body = json!({"email": IN_BOTH, "password": PASSWORD, "tenant": slug});
            let reply = anonymous.post("/auth/login", body).await.expect(200);
            assert_eq!(reply.json["tenant"]["slug"], slug);
        }
    }
}

#[tokio::test]
async fn a_session_slides_for_eight_hours_and_ends_after_a_week() {
    for portal in Portal::each().await {
        let idle = portal.user(ANNA).await;
        let used = portal.user(ANNA).await;
        portal.advance(7 * 3600);
        used.get("/me").await.expect(200);
        portal.advance(2 * 3600);
        idle.get("/me").await.expect(401);
        used.get("/me").await.expect(200);
        for _ in 0..(7 * 24 - 9) / 6 {
            portal.advance(6 * 3600);
            used.get("/me").await.expect(200);
        }
        portal.advance(6 * 3600);
        used.get("/me").await.expect(401);
    }
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_owner_alone() {
    for portal in Portal::each().await {
        let (first, second) = (portal.user(ANNA).await, portal.user(ANNA).await);
        let stranger = portal.user(OTHER_TENANT).await;
        let sessions = first.get("/auth/sessions").await.expect(200).json["items"].as_array().unwrap().clone();
        assert_eq!(sessions.len(), 2);
        let other =
            sessions.iter().find(|session| session["current"] == false).unwrap()["id"].as_str().unwrap().to_owned();
        stranger.delete(&format!("/auth/sessions/{other}")).await.expect(404);
        second.get("/me").await.expect(200);
        first.delete(&format!("/auth/sessions/{other}")).await.expect(204);
        second.get("/me").await.expect(401);
        first.delete(&format!("/auth/sessions/{other}")).await.expect(404);
        first.delete("/auth/sessions/not-an-id").await.expect(404);
        let reply = first.post("/auth/logout", Value::Null).await.expect(204);
        assert!(reply.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
        first.get("/me").await.expect(401);
        first.post("/auth/logout", Value::Null).await.expect(204);
    }
}

#[tokio::test]
async fn another_sites_page_changes_nothing() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let body = json!({"locale": "ja"});
        let foreign = anna.ask_with(Method::PATCH, "/me", body.clone(), &[("origin", "https://evil.test")]).await;
        assert_eq!(foreign.expect(403).slug(), "forbidden");
        let null = anna.ask_with(Method::PATCH, "/me", body.clone(), &[("origin", "null")]).await;
        null.expect(403);
        assert_eq!(anna.get("/me").await.json["user"]["locale"], "en");
        let own = anna.ask_with(Method::PATCH, "/me", body, &[("origin", URL)]).await.expect(200);
        assert_eq!(own.json["user"]["locale"], "ja");
        // Reading is no change: another site cannot see the answer anyway.
        anna.ask_with(Method::GET, "/me", Value::Null, &[("origin", "https://evil.test")]).await.expect(200);
    }
}

#[tokio::test]
async fn what_a_body_has_wrong_is_named() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        for (body, field) in [
            (json!({"locale": "de"}), "locale"),
            (json!({"time_zone": "Mars/Olympus"}), "time_zone"),
            (json!({"colour": 1}), "colour"),
        ] {
            let reply = anna.patch("/me", body).await.expect(422);
            assert_eq!(reply.slug(), "invalid");
            assert_eq!(reply.json["errors"][0]["field"], field);
        }
        let reply = anna.ask_with(Method::PATCH, "/me", json!({"colour": 1}), &[("accept-language", "cs")]).await;
        assert_eq!(reply.json["title"], "Některá pole je třeba opravit");
        let me = anna.patch("/me", json!({"time_zone": "Asia/Tokyo"})).await.expect(200).json;
        assert_eq!(me["user"]["time_zone"], "Asia/Tokyo");
    }
}

#[tokio::test]
async fn no_password_and_no_cookie_is_in_the_database() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let cookie = anna.cookie.as_ref().unwrap().split_once('=').unwrap().1.to_owned();
        let Some(file) = portal.database.file() else { continue };
        for name in ["", "-wal"] {
            let Ok(bytes) = std::fs::read(format!("{}{name}", file.display())) else { continue };
            for secret in [PASSWORD, cookie.as_str()] {
                assert!(
                    !bytes.windows(secret.len()).any(|window| window == secret.as_bytes()),
                    "a secret is in {name:?}"
                );
            }
        }
    }
}
