//! What has changed, told to those who may know of it: as a list, and as a stream that other processes feed as well.

use std::time::Duration;

use axum::{body::Body, http::Request};
use http::header;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    events::{make, meeting, with},
    portal::{ANNA, DAVID, Portal, User, WITHOUT_GOOGLE},
};

/// Follows the stream, after the number of the last thing that was told.
async fn open(user: &User<'_>, last: Option<&str>) -> Body {
    let mut request = Request::builder().uri("/api/v1/events").header(header::COOKIE, user.cookie.as_ref().unwrap());
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let router = portico_api::router(user.portal.app.clone());
    let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    response.into_body()
}

#[tokio::test]
async fn changes_reach_those_who_may_know_of_them() {
    for portal in Portal::each().await {
        let (anna, david, lucie) =
            (portal.user(ANNA).await, portal.user(DAVID).await, portal.user(WITHOUT_GOOGLE).await);
        let mut cursor = "0".to_owned();
        loop {
            let page = anna.get(&format!("/changes?cursor={cursor}&limit=500")).await.expect(200).json;
            cursor = page["next_cursor"].as_str().unwrap().to_owned();
            if page["more"] == false {
                break;
            }
        }
        let made = make(&anna, with(meeting(), json!({"attendees": [DAVID]}))).await;
        for (user, expect) in [(&anna, vec![("meeting.created", made["id"].as_str().unwrap())]), (&lucie, vec![])] {
            let page = user.get(&format!("/changes?cursor={cursor}")).await.expect(200).json;
            let created: Vec<(&str, &str)> = page["items"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|item| item["action"] == "meeting.created")
                .map(|item| (item["action"].as_str().unwrap(), item["event_id"].as_str().unwrap()))
                .collect();
            assert_eq!(created, expect);
        }
        let told = david.get(&format!("/changes?cursor={cursor}")).await.expect(200).json;
        let actions: Vec<&str> =
            told["items"].as_array().unwrap().iter().map(|item| item["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["meeting.invited"]);
        assert!(!told.to_string().contains("Rozpo"), "a change says that, not what");
    }
}

/// The live stream tells of what the reader may see, from where the reader left off.
#[tokio::test]
async fn the_live_stream_goes_on_after_the_last_number() {
    for portal in Portal::each().await {
        let (anna, lucie) = (portal.user(ANNA).await, portal.user(WITHOUT_GOOGLE).await);
        portal.anonymous().get("/events").await.expect(401);
        let mut stream = open(&anna, None).await;
        let mut of_lucie = open(&lucie, None).await;
        for title in ["one", "two"] {
            make(&anna, with(meeting(), json!({"title": title}))).await;
        }
        make(&lucie, meeting()).await;
        let next = async |stream: &mut Body| {
            let frame = stream.frame().await.unwrap().unwrap().into_data().unwrap();
            let text = String::from_utf8(frame.to_vec()).unwrap();
            let field = |name: &str| {
                let line = text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
                line.unwrap_or_else(|| panic!("no {name} in {text}")).to_owned()
            };
            assert_eq!(field("event:"), "change");
            (field("id:"), serde_json::from_str::<Value>(&field("data:")).unwrap())
        };
        let (first, told) = next(&mut stream).await;
        assert_eq!((&told["action"], told["seq"].to_string()), (&json!("meeting.created"), first.clone()));
        let (second, _) = next(&mut stream).await;
        drop(stream);
        let mut resumed = open(&anna, Some(&first)).await;
        assert_eq!(next(&mut resumed).await.0, second);
        // The first that Lucie is told of is her own.
        let (_, own) = next(&mut of_lucie).await;
        let path = format!("/calendar/events/{}", own["event_id"].as_str().unwrap());
        lucie.get(&path).await.expect(200);
        let mut ahead = open(&anna, Some("999999")).await;
        make(&anna, meeting()).await;
        assert_eq!(next(&mut ahead).await.1["action"], "meeting.created");
        assert_eq!(next(&mut resumed).await.1["action"], "meeting.created");
        // A process that ends is not kept by those who follow it.
        let waits = resumed.frame();
        portal.app.live.stop();
        assert!(waits.await.is_none(), "the stream ends");
        assert!(open(&anna, None).await.frame().await.is_none(), "one that comes too late as well");
    }
}

/// A session that somebody ends on the page of sessions is told nothing any more.
#[tokio::test]
async fn a_stream_ends_with_its_session() {
    for portal in Portal::each().await {
        let (anna, elsewhere) = (portal.user(ANNA).await, portal.user(ANNA).await);
        let meeting = json!({"title": "t", "start_date": "2026-12-10"});
        let mut followed = open(&elsewhere, None).await;
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
