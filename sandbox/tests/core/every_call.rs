//! What holds for every call of an API: authorization, scopes, quota, partial answers, batches, unknown paths.

use serde_json::json;

use crate::support::{ANN, CALENDAR, CLIENT, CONTACTS, Google, READONLY, text};

const LIST: &str = "/calendar/v3/users/me/calendarList";

#[tokio::test]
async fn a_call_needs_a_token_that_is_good() {
    let google = Google::new().await;
    let none = google.get(&format!("https://www.googleapis.com{LIST}")).await;
    none.reason(401, "required");
    assert_eq!(none.json()["error"]["errors"][0]["message"], "Login Required.");
    let wrong = google.call("ya29.wrong", "GET", LIST, None).await;
    wrong.reason(401, "authError");
    let error = wrong.json()["error"].clone();
    assert_eq!(error["status"], "UNAUTHENTICATED");
    assert_eq!(
        error["errors"][0],
        json!({"message": "Invalid Credentials", "domain": "global", "reason": "authError", "location": "Authorization", "locationType": "header"})
    );
    let token = google.token(&[CALENDAR]).await;
    assert_eq!(google.call(&token, "GET", LIST, None).await.status, 200);
    assert_eq!(google.get(&format!("https://www.googleapis.com{LIST}?access_token={token}")).await.status, 200);
    google.control("POST", "tokens/expire", json!({"account": ANN})).await;
    google.call(&token, "GET", LIST, None).await.reason(401, "authError");
}

#[tokio::test]
async fn a_call_needs_one_of_its_methods_scopes() {
    let google = Google::new().await;
    let token = google.token(&[CONTACTS]).await;
    let got = google.call(&token, "GET", LIST, None).await;
    got.reason(403, "insufficientPermissions");
    let error = &got.json()["error"];
    assert_eq!(error["message"], "Request had insufficient authentication scopes.");
    assert_eq!(error["details"][0]["reason"], "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
    assert!(got.header("www-authenticate").contains("insufficient_scope"));
    let reader = google.token(&[READONLY]).await;
    assert_eq!(google.call(&reader, "GET", LIST, None).await.status, 200);
    let event = json!({"start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"}});
    google
        .call(&reader, "POST", "/calendar/v3/calendars/primary/events", Some(event))
        .await
        .reason(403, "insufficientPermissions");
}

#[tokio::test]
async fn an_api_must_be_enabled_in_the_project() {
    let google = Google::new().await;
    let token = google.token(&[CALENDAR]).await;
    google.control("POST", "clients", json!({"client_id": CLIENT, "disabled_apis": ["calendar"]})).await;
    google.call(&token, "GET", LIST, None).await.reason(403, "accessNotConfigured");
}

#[tokio::test]
async fn an_unknown_path_is_a_page() {
    let google = Google::new().await;
    for url in [
        "https://www.googleapis.com/calendar/v3/nonsense",
        "https://www.googleapis.com/token",
        "https://oauth2.googleapis.com/calendar/v3/colors",
    ] {
        let got = google.get(url).await;
        assert_eq!((got.status, got.header("content-type")), (404, "text/html; charset=utf-8"), "{url}");
        assert!(got.text.contains("Error 404 (Not Found)"));
    }
}

#[tokio::test]
async fn an_answer_is_spread_over_lines_and_may_be_partial() {
    let google = Google::new().await;
    let token = google.token(&[CALENDAR]).await;
    let whole = google.call(&token, "GET", LIST, None).await;
    assert!(whole.text.contains("\n"));
    assert_eq!(whole.header("content-type"), "application/json; charset=UTF-8");
    let path = format!("{LIST}?prettyPrint=false&fields=items(id,summary),kind&alt=json&quotaUser=q&key=k");
    let part = google.call(&token, "GET", &path, None).await;
    assert_eq!(
        part.text,
        format!(r#"{{"items":[{{"id":"{ANN}","summary":"{ANN}"}}],"kind":"calendar#calendarList"}}"#)
    );
    google.call(&token, "GET", &format!("{LIST}?fields=items("), None).await.reason(400, "invalidParameter");
    google.call(&token, "GET", &format!("{LIST}?alt=xml"), None).await.reason(400, "invalidParameter");
}

#[tokio::test]
async fn a_long_get_may_come_as_a_post() {
    let google = Google::new().await;
    let bearer = format!("Bearer {}", google.token(&[CALENDAR]).await);
    let headers = [("authorization", bearer.as_str()), ("x-http-method-override", "GET")];
    let got = google.form(&format!("https://www.googleapis.com{LIST}"), &headers, &[("fields", "kind")]).await.ok();
    assert_eq!(got, json!({"kind": "calendar#calendarList"}));
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused() {
    let google = Google::new().await;
    let bearer = format!("Bearer {}", google.token(&[CALENDAR]).await);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let url = "https://www.googleapis.com/calendar/v3/calendars/primary/events";
    google.send("POST", url, &headers, "{").await.reason(400, "parseError");
}

/// A batch of these calls with these line ends.
fn batch(calls: &[(&str, &str)], end: &str) -> String {
    let mut body = String::new();
    for (n, (headers, call)) in calls.iter().enumerate() {
        let lines = [
            "--===b=1==",
            "Content-Type: application/http",
            "MIME-Version: 1.0",
            &format!("Content-ID: <u + {n}>"),
            "",
            call,
        ];
        body.push_str(&lines.join(end));
        body.push_str(end);
        body.push_str(&format!("{headers}Host: www.googleapis.com{end}content-length: 0{end}{end}{end}"));
    }
    body + "--===b=1==--" + end
}

#[tokio::test]
async fn a_batch_may_have_either_line_end_and_a_token_for_each_part() {
    let google = Google::new().await;
    let token = google.token(&[CALENDAR]).await;
    let bearer = format!("Bearer {token}");
    for end in ["\n", "\r\n"] {
        let own = format!("authorization: Bearer wrong{end}");
        let calls = [
            ("", "GET /calendar/v3/users/me/calendarList?fields=kind HTTP/1.1"),
            (own.as_str(), "GET /calendar/v3/colors HTTP/1.1"),
            ("", "GET /calendar/v3/calendars/primary/events/none0 HTTP/1.1"),
            ("", "GET https://www.googleapis.com/calendar/v3/colors HTTP/1.1"),
        ];
        let headers = [("authorization", bearer.as_str()), ("content-type", "multipart/mixed; boundary=\"===b=1==\"")];
        let got =
            google.send("POST", "https://www.googleapis.com/batch/calendar/v3", &headers, &batch(&calls, end)).await;
        assert_eq!(got.status, 200, "{}", got.text);
        let boundary = got.header("content-type").strip_prefix("multipart/mixed; boundary=").unwrap().to_owned();
        let parts: Vec<&str> = got.text.split(&format!("--{boundary}")).collect();
        assert_eq!(parts.len(), 6);
        for (n, status) in ["200 OK", "401 Unauthorized", "404 Not Found", "400 Bad Request"].iter().enumerate() {
            let part = parts[n + 1];
            assert!(part.contains(&format!("Content-ID: <response-u + {n}>\r\n")), "{part}");
            assert!(part.contains(&format!("HTTP/1.1 {status}\r\n")), "{part}");
        }
        assert!(parts[1].contains("calendar#calendarList"));
    }
}

#[tokio::test]
async fn nothing_is_uploaded_in_a_batch() {
    let google = Google::new().await;
    let bearer = format!("Bearer {}", google.token(&["https://www.googleapis.com/auth/drive"]).await);
    let headers = [("authorization", bearer.as_str()), ("content-type", "multipart/mixed; boundary=\"===b=1==\"")];
    let calls = [
        ("", "POST /upload/drive/v3/files?uploadType=media HTTP/1.1"),
        ("", "POST /resumable/upload/drive/v3/files?uploadType=resumable HTTP/1.1"),
        ("", "POST /drive/v3/files HTTP/1.1"),
    ];
    let got = google.send("POST", "https://www.googleapis.com/batch/drive/v3", &headers, &batch(&calls, "\n")).await;
    let statuses: Vec<&str> = got.text.lines().filter_map(|line| line.strip_prefix("HTTP/1.1 ")).collect();
    assert_eq!(statuses, ["400 Bad Request", "400 Bad Request", "200 OK"], "{}", got.text);
    let files = google.send("GET", "https://www.googleapis.com/drive/v3/files", &headers[..1], "").await.ok();
    assert_eq!(files["files"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_fault_hits_a_batch_or_the_calls_in_it() {
    let google = Google::new().await;
    let bearer = format!("Bearer {}", google.token(&[CALENDAR]).await);
    let headers = [("authorization", bearer.as_str()), ("content-type", "multipart/mixed; boundary=\"===b=1==\"")];
    let body = batch(&[("", "GET /calendar/v3/colors?fields=kind HTTP/1.1")], "\n");
    let ask = async || google.send("POST", "https://www.googleapis.com/batch/calendar/v3", &headers, &body).await;
    google.control("POST", "faults", json!({"path": "/batch", "status": 503, "headers": {"Retry-After": "3"}})).await;
    let refused = ask().await;
    refused.reason(503, "serviceUnavailable");
    assert_eq!(refused.header("retry-after"), "3");
    google.control("POST", "faults", json!({"status": 500})).await;
    let whole = ask().await;
    assert_eq!((whole.status, whole.text.matches("HTTP/1.1 500").count()), (200, 1), "{}", whole.text);
    assert!(ask().await.text.contains("HTTP/1.1 200 OK"));

    let bearer = bearer.as_str();
    let event = |end: &str| {
        let event = json!({"start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"}}).to_string();
        let call = "POST /calendar/v3/calendars/primary/events HTTP/1.1";
        let header =
            format!("Content-Type: application/json{end}Content-Length: {}{end}{end}{event}{end}", event.len());
        format!("--b{end}Content-Type: application/http{end}{end}{call}{end}{header}--b--{end}")
    };
    google.control("POST", "faults", json!({"path": "/batch/calendar/v3", "lose_answer": true})).await;
    let request = http::Request::post("https://www.googleapis.com/batch/calendar/v3")
        .header("authorization", bearer)
        .header("content-type", "multipart/mixed; boundary=b")
        .body(event("\r\n").into())
        .unwrap();
    google.try_send(request).await.unwrap_err();
    let events =
        google.send("GET", "https://www.googleapis.com/calendar/v3/calendars/primary/events", &headers[..1], "");
    assert_eq!(events.await.ok()["items"].as_array().unwrap().len(), 1, "the calls took effect");
}

#[tokio::test]
async fn a_batch_has_a_limit() {
    let google = Google::new().await;
    google.control("PUT", "quota", json!({"calendar_per_minute_per_user": 5000})).await;
    let bearer = format!("Bearer {}", google.token(&[CALENDAR]).await);
    let headers = [("authorization", bearer.as_str()), ("content-type", "multipart/mixed; boundary=\"===b=1==\"")];
    let call = ("", "GET /calendar/v3/colors?fields=kind HTTP/1.1");
    let most = google
        .send("POST", "https://www.googleapis.com/batch/calendar/v3", &headers, &batch(&[call; 1000], "\n"))
        .await;
    assert_eq!((most.status, most.text.matches("HTTP/1.1 200 OK").count()), (200, 1000));
    let more = google
        .send("POST", "https://www.googleapis.com/batch/calendar/v3", &headers, &batch(&[call; 1001], "\n"))
        .await;
    assert_eq!(more.status, 400);
    let bare = google.send("POST", "https://www.googleapis.com/batch/calendar/v3", &headers[..1], "x").await;
    assert_eq!(bare.status, 400);
}

#[tokio::test]
async fn a_batch_of_mail_is_smaller_and_there_is_none_for_all_services() {
    let google = Google::new().await;
    let bearer = format!("Bearer {}", google.token(&["https://mail.google.com/"]).await);
    let headers = [("authorization", bearer.as_str()), ("content-type", "multipart/mixed; boundary=\"===b=1==\"")];
    let call = ("", "GET /gmail/v1/users/me/profile HTTP/1.1");
    for place in ["https://gmail.googleapis.com/batch", "http://localhost/batch"] {
        let most = google.send("POST", place, &headers, &batch(&[call; 100], "\n")).await;
        assert_eq!(most.text.matches("HTTP/1.1 200 OK").count(), 100, "{place}");
        let more = google.send("POST", place, &headers, &batch(&[call; 101], "\n")).await;
        assert_eq!(more.status, 400, "{place}");
    }
    let all = google.send("POST", "https://www.googleapis.com/batch", &headers, &batch(&[call], "\n")).await;
    assert_eq!(all.status, 404);
}

#[tokio::test]
async fn quotas_are_per_person_and_minute_and_slide() {
    let google = Google::new().await;
    google.control("PUT", "quota", json!({"calendar_per_minute_per_user": 3, "calendar_per_minute": 5})).await;
    let token = google.token(&[CALENDAR]).await;
    for _ in 0..3 {
        assert_eq!(google.call(&token, "GET", LIST, None).await.status, 200);
    }
    let got = google.call(&token, "GET", LIST, None).await;
    got.reason(403, "userRateLimitExceeded");
    assert_eq!(got.json()["error"]["errors"][0]["domain"], "usageLimits");
    let another = format!("{LIST}?quotaUser=another");
    assert_eq!(google.call(&token, "GET", &another, None).await.status, 200);
    assert_eq!(google.call(&token, "GET", &another, None).await.status, 200);
    google.call(&token, "GET", &another, None).await.reason(403, "rateLimitExceeded");
    google.later(60);
    assert_eq!(google.call(&token, "GET", LIST, None).await.status, 200);
}

#[tokio::test]
async fn the_request_log_says_what_was_asked_and_no_token() {
    let google = Google::new().await;
    let token = google.token(&[CALENDAR]).await;
    let before = google.control("GET", "requests", json!(null)).await["last"].as_u64().unwrap();
    let event = json!({"summary": "x", "start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"}});
    let path = format!("/calendar/v3/calendars/primary/events?sendUpdates=all&access_token={token}");
    google.call(&token, "POST", &path, Some(event.clone())).await.ok();
    let log = google.control("GET", &format!("requests?since={before}"), json!(null)).await;
    let one = &log["items"][0];
    assert_eq!(
        (text(one, "method"), text(one, "account"), &one["status"]),
        ("calendar.events.insert", ANN, &json!(200))
    );
    assert_eq!((&one["query"], &one["body"]), (&json!([["sendUpdates", "all"]]), &event));
    assert!(!log.to_string().contains(&token));
}

#[tokio::test]
async fn people_and_drive_answer_what_the_clients_ask_first() {
    let google = Google::new().await;
    let token = google.token(&[CONTACTS, "https://www.googleapis.com/auth/drive"]).await;
    let bearer = format!("Bearer {token}");
    let with = [("authorization", bearer.as_str())];
    let me = google.send("GET", "https://people.googleapis.com/v1/people/me?personFields=names", &with, "").await.ok();
    assert_eq!(me["names"][0]["displayName"], "Ann Example");
    let bare = google.send("GET", "https://people.googleapis.com/v1/people/me", &with, "").await;
    assert_eq!((bare.status, bare.json()["error"]["status"].as_str()), (400, Some("INVALID_ARGUMENT")));

    let body = "--b\nContent-Type: application/json\n\n{\"name\": \"x\"}\n--b\nContent-Type: text/plain\n\nhi\n--b--";
    let headers = [("authorization", bearer.as_str()), ("content-type", "multipart/related; boundary=\"b\"")];
    let url = "https://www.googleapis.com/upload/drive/v3/files?uploadType=multipart";
    let file = google.send("POST", url, &headers, body).await.ok();
    assert_eq!((text(&file, "name"), text(&file, "mimeType")), ("x", "text/plain"));
    let content = google.call(&token, "GET", &format!("/drive/v3/files/{}?alt=media", text(&file, "id")), None).await;
    assert_eq!((content.text.as_str(), content.header("content-type")), ("hi", "text/plain"));
}
