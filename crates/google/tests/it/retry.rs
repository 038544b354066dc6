use std::{sync::Arc, time::Duration};

use http::Method;
use portico_google::{
    Client, Credentials, Endpoints, Error, Kind, Next, Request, RetryPolicy, StaticToken, TokenFuture,
};
use portico_world::{Clock, ExposeSecret, SecretString};
use serde_json::Value;

use crate::fake::{Fake, Step, client, cut, json, refusal, silent, start, unreachable, untrusted, world};

fn request(method: Method) -> Request {
    Request::new("test.call", method, "https://www.googleapis.com", "/x/{}", &["1"])
}

async fn send(steps: Vec<Step>, request: Request) -> (Result<Value, Error>, usize, Duration) {
    let fake = Fake::steps(steps);
    let (client, clock) = client(&fake);
    let answer = client.json::<Value>(request).await;
    (answer, fake.count(), clock.now().duration_since(start()).unsigned_abs())
}

#[tokio::test]
async fn what_passes_is_asked_again_after_a_wait() {
    for step in [
        json(500, "{}"),
        json(503, "<html>"),
        refusal(503, "serviceUnavailable"),
        refusal(403, "rateLimitExceeded"),
        refusal(403, "userRateLimitExceeded"),
        refusal(429, "rateLimitExceeded"),
        refusal(409, "conflict"),
        json(200, r#"{"items": [{"id": "a"#),
        json(200, "<html>Sign in to the hotel network</html>"),
        json(404, "<html>"),
        cut(),
        silent(),
        unreachable(),
    ] {
        let (answer, sent, waited) =
            send(vec![step.clone(), step.clone(), json(200, "{}")], request(Method::GET)).await;
        assert_eq!((answer.is_ok(), sent), (true, 3), "{step:?}");
        // 1 s and 2 s, a quarter more or less.
        assert!(
            waited >= Duration::from_millis(2_249) && waited <= Duration::from_millis(3_751),
            "{step:?}: {waited:?}"
        );
    }
}

#[tokio::test]
async fn what_will_not_change_is_asked_once() {
    for (step, kind) in [
        (refusal(400, "invalid"), Kind::Invalid),
        (json(400, "<html>"), Kind::Invalid),
        (refusal(403, "quotaExceeded"), Kind::QuotaExceeded),
        (refusal(403, "forbidden"), Kind::Permission),
        (refusal(403, "accessNotConfigured"), Kind::ApiDisabled),
        (refusal(404, "notFound"), Kind::NotFound),
        (refusal(409, "duplicate"), Kind::Duplicate),
        (refusal(410, "deleted"), Kind::Deleted),
        (refusal(410, "fullSyncRequired"), Kind::FullSyncRequired),
        (refusal(412, "conditionNotMet"), Kind::PreconditionFailed),
        (json(200, r#""a string""#), Kind::Unreadable),
        (json(302, "").header("location", "https://evil.example/"), Kind::Unreadable),
        (untrusted(), Kind::Certificate),
    ] {
        let fake = Fake::steps(vec![step.clone()]);
        let error = client(&fake).0.json::<serde_json::Map<String, Value>>(request(Method::GET)).await.unwrap_err();
        assert_eq!((error.kind(), fake.count(), error.attempts()), (&kind, 1, 1), "{step:?}");
        assert_eq!(error.operation(), "test.call");
    }
}

#[tokio::test]
async fn a_write_is_not_sent_twice_when_the_first_may_have_been_carried_out() {
    for step in [cut(), silent(), json(500, "{}"), json(503, ""), json(200, r#"{"id": "#)] {
        let (answer, sent, _) = send(vec![step.clone(), json(200, "{}")], request(Method::POST)).await;
        let error = answer.unwrap_err();
        assert_eq!((error.kind(), sent), (&Kind::Transient, 1), "{step:?}");
        assert!(error.may_have_taken_effect());
        assert!(matches!(error.next(), Next::RetryAfter(_)));
        let (answer, sent, _) = send(vec![step, json(200, "{}")], request(Method::POST).repeatable()).await;
        assert_eq!((answer.is_ok(), sent), (true, 2));
    }
}

#[tokio::test]
async fn what_does_not_call_itself_json_is_asked_for_again() {
    for kind in ["text/html", "text/plain; charset=utf-8", "application/octet-stream", "ü"] {
        let portal = Step::of(200, kind, r#"{"login":true}"#);
        let (answer, sent, _) = send(vec![portal.clone(), json(200, r#"{"id":"a"}"#)], request(Method::GET)).await;
        assert_eq!((answer.unwrap()["id"].as_str(), sent), (Some("a"), 2), "{kind}");
        let error = send(vec![portal.clone()], request(Method::POST)).await.0.unwrap_err();
        assert_eq!((error.kind(), error.reason(), error.status()), (&Kind::Transient, Some("notJson"), Some(200)));
        assert!(error.may_have_taken_effect());
        // An event whose fields are all optional is not read out of it, and a token not either.
        let fake = Fake::steps(vec![portal.clone()]);
        let event = crate::fake::calendar(&fake).events("primary").get("abc").await;
        assert_eq!(event.map(drop).unwrap_err().kind(), &Kind::Transient);
        let refused = client(&fake).0.no_content(request(Method::DELETE)).await.unwrap_err();
        assert_eq!(refused.kind(), &Kind::Transient);
    }
    for kind in ["application/json", "Application/JSON; charset=UTF-8", "application/problem+json", "text/json"] {
        let (answer, sent, _) = send(vec![Step::of(200, kind, "{}")], request(Method::GET)).await;
        assert_eq!((answer.is_ok(), sent), (true, 1), "{kind}");
    }
    // Without a body there is nothing that could be another's, and content is what it is.
    let fake = Fake::steps(vec![Step::of(204, "text/html", ""), Step::of(200, "image/png", "x")]);
    let client = client(&fake).0;
    client.no_content(request(Method::DELETE)).await.unwrap();
    assert_eq!(client.answer(request(Method::GET).media()).await.unwrap().body(), "x");
}

#[tokio::test]
async fn a_write_that_was_refused_or_never_left_is_sent_again() {
    for step in [unreachable(), refusal(429, "rateLimitExceeded"), refusal(403, "rateLimitExceeded")] {
        let (answer, sent, _) = send(vec![step, json(200, "{}")], request(Method::POST)).await;
        assert_eq!((answer.is_ok(), sent), (true, 2));
    }
}

#[tokio::test]
async fn a_refusal_after_a_lost_answer_says_that_it_may_be_our_own_doing() {
    for (steps, kind, effect) in [
        (vec![cut(), refusal(409, "duplicate")], Kind::Duplicate, true),
        (vec![refusal(409, "duplicate")], Kind::Duplicate, false),
        (vec![silent(), refusal(410, "deleted")], Kind::Deleted, true),
        (vec![unreachable(), refusal(412, "conditionNotMet")], Kind::PreconditionFailed, false),
        (vec![cut(), unreachable()], Kind::Transient, true),
        (vec![unreachable()], Kind::Transient, false),
    ] {
        let error = send(steps, request(Method::PUT)).await.0.unwrap_err();
        assert_eq!((error.kind(), error.may_have_taken_effect()), (&kind, effect));
    }
}

#[tokio::test]
async fn google_says_how_long_to_wait() {
    let date = "Sat, 18 Jul 2026 12:00:45 GMT";
    let gmail = r#"{"error":{"code":403,"message":"User-rate limit exceeded.  Retry after 2026-07-18T12:00:45.000Z",
        "errors":[{"domain":"usageLimits","reason":"rateLimitExceeded"}]}}"#;
    for step in [
        refusal(429, "rateLimitExceeded").header("retry-after", "45"),
        refusal(503, "backendError").header("retry-after", date),
        json(403, gmail),
    ] {
        let (answer, sent, waited) = send(vec![step, json(200, "{}")], request(Method::GET)).await;
        assert_eq!((answer.is_ok(), sent, waited), (true, 2, Duration::from_secs(45)));
    }
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_left_to_the_caller() {
    let step = refusal(429, "rateLimitExceeded").header("retry-after", "600");
    let (answer, sent, waited) = send(vec![step], request(Method::GET)).await;
    let error = answer.unwrap_err();
    assert_eq!((sent, waited), (1, Duration::ZERO));
    assert_eq!(error.next(), Next::RetryAfter(Duration::from_secs(600)));
}

#[tokio::test]
async fn tries_end_and_the_error_says_when_to_come_back() {
    let (answer, sent, waited) = send(vec![json(503, "")], request(Method::GET)).await;
    let error = answer.unwrap_err();
    assert_eq!((sent, error.attempts()), (5, 5));
    assert!(
        waited < Duration::from_secs(120) && error.retry_after().is_some_and(|wait| wait >= Duration::from_secs(12))
    );

    let fake = Fake::steps(vec![json(503, "")]);
    let once = client(&fake).0.with_retry(RetryPolicy::once());
    assert_eq!(once.json::<Value>(request(Method::GET)).await.unwrap_err().attempts(), 1);
    assert_eq!(fake.count(), 1);
}

/// Hands out `first`, and `second` when that is refused.
struct Two;

impl Credentials for Two {
    fn access_token(&self) -> TokenFuture<'_> {
        Box::pin(async { Ok("first".into()) })
    }

    fn refresh<'a>(&'a self, refused: &'a SecretString) -> TokenFuture<'a> {
        assert_eq!(refused.expose_secret(), "first");
        Box::pin(async { Ok("second".into()) })
    }
}

#[tokio::test]
async fn a_401_refreshes_once_and_sends_the_same_again() {
    let by_token = |good: &'static str| {
        Fake::by(move |seen, _| match seen.headers["authorization"] == format!("Bearer {good}") {
            true => json(200, r#"{"ok":true}"#),
            false => refusal(401, "authError"),
        })
    };
    let fake = by_token("second");
    let client = Client::new(fake.clone(), world().0, Endpoints::google(), Arc::new(Two));
    client.json::<Value>(request(Method::POST).json(&[1, 2])).await.unwrap();
    let seen = fake.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!((&seen[0].method, &seen[0].address, &seen[0].body), (&seen[1].method, &seen[1].address, &seen[1].body));

    let fake = by_token("third");
    let client = Client::new(fake.clone(), world().0, Endpoints::google(), Arc::new(Two));
    let error = client.json::<Value>(request(Method::GET)).await.unwrap_err();
    assert_eq!((error.kind(), error.next(), fake.count()), (&Kind::Unauthorized, Next::Reauthorize, 2));
}

#[tokio::test]
async fn a_fixed_token_that_is_refused_ends_the_call() {
    let fake = Fake::steps(vec![refusal(401, "authError")]);
    let error = client(&fake).0.json::<Value>(request(Method::GET)).await.unwrap_err();
    assert_eq!((error.kind(), fake.count()), (&Kind::Unauthorized, 1));
}

#[tokio::test]
async fn every_call_carries_what_it_should() {
    let fake = Fake::steps(vec![json(200, "{}")]);
    let credentials = Arc::new(StaticToken::new("ya29.static"));
    let client = Client::new(fake.clone(), world().0, Endpoints::at("http://127.0.0.1:8790"), credentials);
    client.with_quota_user("u-1").no_content(request(Method::GET).query("a", "b")).await.unwrap();
    let seen = &fake.seen()[0];
    assert_eq!(seen.address, "http://127.0.0.1:8790/x/1?a=b&prettyPrint=false&quotaUser=u-1");
    assert_eq!(seen.headers["authorization"], "Bearer ya29.static");
    assert_eq!(seen.headers["accept"], "application/json");
}

#[tokio::test]
async fn what_cannot_be_sent_is_not() {
    let fake = Fake::steps(vec![json(200, "{}")]);
    let client = client(&fake).0;
    let up = Request::new("test.call", Method::GET, "https://www.googleapis.com", "/x/{}", &[".."]);
    assert_eq!(client.no_content(up).await.unwrap_err().kind(), &Kind::Unsendable);
    let odd = Client::new(fake.clone(), world().0, Endpoints::google(), Arc::new(StaticToken::new("a\nb")));
    assert_eq!(odd.no_content(request(Method::GET)).await.unwrap_err().kind(), &Kind::Unsendable);
    assert_eq!(fake.count(), 0);
}
