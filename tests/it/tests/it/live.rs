//! The live stream: who may follow it, and what other processes tell.

use std::time::Duration;

use axum::{body::Body, http::Request};
use http::header;
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;

use crate::portal::{ANNA, Portal, User};

async fn open(portal: &Portal, user: &User<'_>) -> Body {
    let request = Request::builder().uri("/api/v1/events").header(header::COOKIE, user.cookie.as_ref().unwrap());
    let router = portico_api::router(portal.app.clone());
    router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().into_body()
}

/// A session that somebody ends on the page of sessions is told nothing any more.
#[tokio::test]
async fn a_stream_ends_with_its_session() {
    for portal in Portal::each().await {
        let (anna, elsewhere) = (portal.user(ANNA).await, portal.user(ANNA).await);
        let meeting = json!({"title": "t", "start_date": "2026-12-10"});
        let mut followed = open(&portal, &elsewhere).await;
        anna.post("/calendar/events", meeting.clone()).await.expect(201);
        assert!(followed.frame().await.is_some());
        let sessions = anna.get("/auth/sessions").await.expect(200).json["items"].as_array().unwrap().clone();
        let other = sessions.iter().find(|session| session["current"] == false).unwrap()["id"].as_str().unwrap();
        anna.delete(&format!("/auth/sessions/{other}")).await.expect(204);
        portal.advance(16);
        anna.post("/calendar/events", meeting).await.expect(201);
        assert!(followed.frame().await.is_none(), "{}", portal.database.engine);
    }
}

/// Where processes share a database each hears of the others' commits at once, also one that only serves pages.
#[tokio::test]
async fn a_process_hears_what_another_has_committed() {
    for portal in Portal::each().await {
        let other = portal.second_process().await;
        if other.store.is_alone() {
            continue;
        }
        let mut commits = other.live.follow();
        let listening = other.clone();
        let follower = tokio::spawn(async move { listening.follow_other_processes().await });
        let anna = portal.user(ANNA).await;
        let tenant = portal.tenant(&anna).await;
        // What is committed before the other listens is not told: so one is made until it is.
        let told = async {
            loop {
                anna.post("/calendar/events", json!({"title": "t", "start_date": "2026-12-10"})).await.expect(201);
                if let Ok(told) = tokio::time::timeout(Duration::from_millis(200), commits.recv()).await {
                    return told.unwrap();
                }
            }
        };
        let (of, seq) = tokio::time::timeout(Duration::from_secs(60), told).await.expect("it hears nothing");
        assert!(of == tenant && seq > 0);
        follower.abort();
    }
}
