//! Faults on demand, the settable clock, and the rest of the control plane.

use bytes::Bytes;
use portico_transport::TransportError;
use serde_json::{Value, json};

use crate::support::{ANN, CALENDAR, CLIENT, Google, SECRET, text};

const EVENTS: &str = "/calendar/v3/calendars/primary/events";

fn event() -> Value {
    json!({"start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"}})
}

async fn count(google: &Google, token: &str) -> usize {
    google.call(token, "GET", EVENTS, None).await.ok()["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_fault_answers_the_next_calls_that_match() {
    let google = Google::new().await;
    let token = google.token(&[CALENDAR]).await;
    google.control("POST", "faults", json!({"method": "calendar.events.list", "times": 2, "status": 503})).await;
    assert_eq!(google.call(&token, "GET", "/calendar/v3/colors", None).await.status, 200);
    google.call(&token, "GET", EVENTS, None).await.reason(503, "serviceUnavailable");
    google.call(&token, "GET", EVENTS, None).await.reason(503, "serviceUnavailable");
    assert_eq!(google.call(&token, "GET", EVENTS, None).await.status, 200);

    google
        .control(
            "POST",
            "faults",
            json!({"path": "/events", "status": 403, "reason": "rateLimitExceeded", "headers": {"Retry-After": "7"}}),
        )
        .await;
    let got = google.call(&token, "GET", EVENTS, None).await;
    got.reason(403, "rateLimitExceeded");
    assert_eq!(got.header("retry-after"), "7");

    google.control("POST", "faults", json!({"status": 502, "body": "<html>Bad gateway</html>"})).await;
    let got = google.call(&token, "GET", EVENTS, None).await;
    assert_eq!(
        (got.status, got.header("content-type"), got.text.as_str()),
        (502, "text/html; charset=utf-8", "<html>Bad gateway</html>")
    );

    google.control("POST", "faults", json!({"status": 500, "times": 9})).await;
    google.control("DELETE", "faults", json!(null)).await;
    assert_eq!(google.call(&token, "GET", EVENTS, None).await.status, 200);
}

#[tokio::test]
async fn a_list_of_answers_is_for_calls_of_an_api_alone() {
    let google = Google::new().await;
    let tokens = google.tokens(&[]).await;
    google
        .control("POST", "faults", json!({"answers": [[403, "userRateLimitExceeded"], [429, "rateLimitExceeded"]]}))
        .await;
    google.refresh(text(&tokens, "refresh_token")).await.ok();
    let token = text(&tokens, "access_token");
    google.call(token, "GET", EVENTS, None).await.reason(403, "userRateLimitExceeded");
    google.call(token, "GET", EVENTS, None).await.reason(429, "rateLimitExceeded");
    assert_eq!(google.call(token, "GET", EVENTS, None).await.status, 200);
}

#[tokio::test]
async fn the_token_endpoint_fails_too_when_asked() {
    let google = Google::new().await;
    let refresh = text(&google.tokens(&[]).await, "refresh_token").to_owned();
    google.control("POST", "faults", json!({"path": "/token", "status": 503})).await;
    assert_eq!(google.refresh(&refresh).await.status, 503);
    google.refresh(&refresh).await.ok();
}

#[tokio::test]
async fn an_answer_that_is_lost_or_cut_took_effect() {
    let google = Google::new().await;
    let token = google.token(&[CALENDAR]).await;
    for fault in ["lose_answer", "cut"] {
        let before = count(&google, &token).await;
        google.control("POST", "faults", json!({"method": "POST", fault: true})).await;
        let request = http::Request::post(format!("https://www.googleapis.com{EVENTS}"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(Bytes::from(event().to_string()))
            .unwrap();
        let error = google.try_send(request).await.unwrap_err();
        assert_eq!(error, TransportError::Cut { host: "www.googleapis.com".into() });
        assert_eq!(count(&google, &token).await, before + 1, "{fault}");
    }
}

#[tokio::test]
async fn a_status_means_that_nothing_happened_and_a_delay_takes_time() {
    use portico_world::Clock as _;
    let google = Google::new().await;
    let token = google.token(&[CALENDAR]).await;
    google.control("POST", "faults", json!({"method": "calendar.events.*", "status": 500})).await;
    google.call(&token, "POST", EVENTS, Some(event())).await.reason(500, "backendError");
    assert_eq!(count(&google, &token).await, 0);
    let before = google.clock.now();
    google.control("POST", "faults", json!({"delay_ms": 2500})).await;
    assert_eq!(google.call(&token, "GET", EVENTS, None).await.status, 200);
    assert_eq!(google.clock.now().duration_since(before).as_millis(), 2500);
}

#[tokio::test]
async fn the_clock_is_set_stopped_and_set_free() {
    let google = Google::new().await;
    let token = google.token(&[CALENDAR]).await;
    let set = google.control("PUT", "clock", json!({"now": "2027-01-01T00:00:00Z"})).await;
    assert_eq!((text(&set, "now"), &set["stopped"]), ("2027-01-01T00:00:00Z", &json!(false)));
    google.call(&token, "GET", EVENTS, None).await.reason(401, "authError");
    google.later(90);
    assert_eq!(text(&google.control("GET", "clock", json!(null)).await, "now"), "2027-01-01T00:01:30Z");
    google.control("PUT", "clock", json!({"now": "2026-11-21T09:10:00Z", "stopped": true})).await;
    google.later(9000);
    assert_eq!(google.call(&token, "GET", EVENTS, None).await.status, 200);
    let free = google.control("PUT", "clock", json!({"now": null})).await;
    assert_eq!(text(&free, "now"), "2026-11-21T11:31:30Z");
}

#[tokio::test]
async fn a_reset_empties_everything() {
    let google = Google::new().await;
    let token = google.token(&[CALENDAR]).await;
    google.call(&token, "POST", EVENTS, Some(event())).await.ok();
    google.control("POST", "reset", json!(null)).await;
    let state = google.control("GET", "state", json!(null)).await;
    let left: Vec<&String> =
        state.as_object().unwrap().iter().filter(|(_, rows)| **rows != json!({})).map(|(name, _)| name).collect();
    assert!(left.iter().all(|name| *name == "signing_keys"), "{left:?}");
    google.control("POST", "defaults", json!(null)).await;
    assert_eq!(google.control("GET", "users", json!(null)).await["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn the_control_plane_says_what_is_wrong() {
    let google = Google::new().await;
    let cases = [
        ("users", json!({"email": "nobody"}), "is not an e-mail address"),
        ("users", json!({"email": "a@b.c", "time_zone": "Mars/Base"}), "there is no time zone"),
        ("users", json!({"email": "a@b.c", "nmae": "A"}), "unknown field `nmae`"),
        ("clients", json!({"redirect_uris": ["http://portal.example/cb"]}), "must be https"),
        ("tokens", json!({"account": "no@body.test", "scopes": []}), "there is no account"),
        ("tokens", json!({"account": ANN, "scopes": ["nonsense"]}), "there is no scope"),
        ("faults", json!({"status": 99}), "is not the status"),
        ("consent", json!({}), "give `auth_url`"),
    ];
    for (path, body, says) in cases {
        let got = google.send("POST", &format!("http://sandbox.test/_sandbox/{path}"), &[], &body.to_string()).await;
        assert_eq!(got.status, 400, "{path} {body}");
        assert!(got.json()["error"].as_str().unwrap().contains(says), "{path}: {}", got.text);
    }
    assert_eq!(google.get("http://sandbox.test/_sandbox/nonsense").await.status, 404);
}

#[tokio::test]
async fn an_installed_app_takes_any_loopback_port_and_needs_no_secret() {
    let google = Google::new().await;
    google.control("POST", "clients", json!({"client_id": "desk", "client_secret": SECRET, "kind": "installed"})).await;
    let extra = [("client_id", "desk"), ("redirect_uri", "http://127.0.0.1:51234/"), ("access_type", "online")];
    let code = google.callback(&extra).await["code"].clone();
    let extra = [("client_id", "desk"), ("redirect_uri", "http://127.0.0.1:51234/"), ("client_secret", "")];
    let tokens = google.exchange(&code, &extra).await.ok();
    assert!(tokens["refresh_token"].is_string(), "an installed app always gets one");
    let secretless = google.exchange("4/0Ax", &[("client_secret", "")]).await;
    assert_eq!(secretless.json()["error"], "invalid_request", "{CLIENT} is a web client");
}
