use std::time::Duration;

use http::Method;
use portico_google::{Client, Error, GoogleService, Kind, Next, Request, RetryPolicy, calendar::Calendar};
use portico_world::{Clock, Rng, SeededRng};
use serde_json::{Value, json};

use crate::fake::{Fake, Seen, Step, client, cut, json as answer, refusal, start};

fn insert(number: usize) -> Request {
    let request = Request::new(
        "calendar.events.insert",
        Method::POST,
        Calendar::ROOT,
        "/calendar/v3/calendars/{}/events",
        &["primary"],
    );
    request.json(&json!({"summary": number.to_string()}))
}

fn delete(number: usize) -> Request {
    let number = number.to_string();
    Request::new(
        "calendar.events.delete",
        Method::DELETE,
        Calendar::ROOT,
        "/calendar/v3/calendars/{}/events/{}",
        &["primary", &number],
    )
}

/// The numbers in the `Content-ID`s of a batch.
fn numbers(seen: &Seen) -> Vec<usize> {
    let ids = seen.body.lines().filter_map(|line| line.strip_prefix("Content-ID: <item-"));
    ids.map(|id| id.trim_end_matches('>').parse().unwrap()).collect()
}

fn text(parts: &[(usize, u16, String)]) -> String {
    let part = |(number, status, body): &(usize, u16, String)| {
        format!(
            "--x\r\nContent-Type: application/http\r\nContent-ID: <response-item-{number}>\r\n\r\nHTTP/1.1 {status} S\r\n\
             Content-Type: application/json; charset=UTF-8\r\nContent-Length: {}\r\n\r\n{body}\r\n",
            body.len()
        )
    };
    parts.iter().map(part).collect::<String>() + "--x--\r\n"
}

fn multipart(body: &str) -> Step {
    Step::of(200, "multipart/mixed; boundary=x", body)
}

fn good(number: usize) -> (usize, u16, String) {
    (number, 200, json!({"n": number}).to_string())
}

fn bad(number: usize, status: u16, reason: &str) -> (usize, u16, String) {
    (number, status, json!({"error": {"code": status, "message": "m", "errors": [{"reason": reason}]}}).to_string())
}

async fn send(client: &Client, requests: Vec<Request>) -> Vec<Result<Value, Error>> {
    client.service::<Calendar>().batch(requests).await
}

#[tokio::test]
async fn calls_go_in_fifties_to_the_address_of_the_service_and_come_back_in_order() {
    let fake = Fake::by(|seen, _| {
        let mut parts: Vec<_> = numbers(seen).into_iter().map(good).collect();
        parts.reverse();
        multipart(&text(&parts))
    });
    let answers = send(&client(&fake).0.with_quota_user("ann"), (0..120).map(insert).collect()).await;
    let got: Vec<u64> = answers.into_iter().map(|answer| answer.unwrap()["n"].as_u64().unwrap()).collect();
    assert_eq!(got, (0..120).collect::<Vec<u64>>());
    let seen = fake.seen();
    assert_eq!(seen.iter().map(|seen| numbers(seen).len()).collect::<Vec<_>>(), [50, 50, 20]);
    assert_eq!(seen[0].address, "https://www.googleapis.com/batch/calendar/v3");
    assert_eq!(seen[0].headers["authorization"], "Bearer ya29.static");
    let line = "POST /calendar/v3/calendars/primary/events?prettyPrint=false&quotaUser=ann HTTP/1.1\r\n";
    assert!(seen[0].body.contains(line) && !seen[0].body.contains("ya29"), "{}", &seen[0].body[..400]);
}

#[tokio::test]
async fn a_part_that_does_not_call_itself_json_is_sent_again() {
    let fake = Fake::by(|_, round| {
        let whole = text(&[good(0), good(1)]);
        // The first part alone, of the first answer alone.
        multipart(&if round == 0 { whole.replacen("application/json", "text/html", 1) } else { text(&[good(0)]) })
    });
    let answers = send(&client(&fake).0, vec![delete(0), delete(1)]).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(fake.seen().iter().map(numbers).collect::<Vec<_>>(), [vec![0, 1], vec![0]]);
}

#[tokio::test]
async fn only_what_may_work_the_next_time_is_sent_again() {
    let fake = Fake::by(|seen, round| {
        let sent = numbers(seen);
        let parts = sent.iter().map(|number| match (number, round) {
            (1, 0) => bad(1, 403, "rateLimitExceeded"),
            (2, 0) => bad(2, 503, "backendError"),
            (3, 0) => bad(3, 503, "backendError"),
            (4, _) => bad(4, 404, "notFound"),
            (5, 0 | 1) => bad(5, 429, "rateLimitExceeded"),
            (6, _) => bad(6, 409, "duplicate"),
            (number, _) => good(*number),
        });
        multipart(&text(&parts.collect::<Vec<_>>()))
    });
    let requests = (0..7).map(|number| if number == 3 { delete(number) } else { insert(number) });
    let answers = send(&client(&fake).0, requests.collect()).await;
    let kinds: Vec<_> =
        answers.iter().map(|answer| answer.as_ref().map(|_| ()).map_err(|error| error.kind().clone())).collect();
    assert_eq!(kinds[..2], [Ok(()), Ok(())]);
    assert_eq!(kinds[2..], [Err(Kind::Transient), Ok(()), Err(Kind::NotFound), Ok(()), Err(Kind::Duplicate)]);
    let sent: Vec<_> = fake.seen().iter().map(numbers).collect();
    assert_eq!(sent, [vec![0, 1, 2, 3, 4, 5, 6], vec![1, 3, 5], vec![5]]);
    let unsure = answers[2].as_ref().unwrap_err();
    assert!(unsure.may_have_taken_effect(), "an insert that ended in 503 may be there");
    assert_eq!((unsure.operation(), unsure.attempts()), ("calendar.events.insert", 1));
    assert!(!answers[4].as_ref().unwrap_err().may_have_taken_effect());
}

#[tokio::test]
async fn a_call_without_an_answer_is_asked_again_only_if_that_does_no_harm() {
    let fake = Fake::by(|seen, round| {
        let sent = numbers(seen).into_iter().filter(|number| round > 0 || *number == 2);
        multipart(&text(&sent.map(good).collect::<Vec<_>>()))
    });
    let answers = send(&client(&fake).0, vec![insert(0), delete(1), insert(2), insert(3).repeatable()]).await;
    let lost = answers[0].as_ref().unwrap_err();
    assert_eq!((lost.kind(), lost.may_have_taken_effect()), (&Kind::Transient, true));
    assert!(answers[1..].iter().all(Result::is_ok));
    assert_eq!(numbers(&fake.seen()[1]), [1, 3]);
}

#[tokio::test]
async fn what_befalls_the_whole_batch_befalls_each_of_its_calls() {
    for (step, kind, calls) in [
        (answer(404, r#"{"error":{"code":404,"message":"m","errors":[{"reason":"notFound"}]}}"#), Kind::Invalid, 1),
        (refusal(412, "conditionNotMet"), Kind::Invalid, 1),
        (refusal(403, "accessNotConfigured"), Kind::ApiDisabled, 1),
        (Step::of(200, "text/html", "<html>Sign in to the hotel network</html>"), Kind::Transient, 5),
        (cut(), Kind::Transient, 5),
        (refusal(503, "backendError"), Kind::Transient, 5),
    ] {
        let fake = Fake::steps(vec![step.clone()]);
        let answers = send(&client(&fake).0, vec![insert(0), delete(1)]).await;
        let kinds: Vec<_> = answers.iter().map(|answer| answer.as_ref().unwrap_err().kind()).collect();
        assert_eq!((kinds, fake.count()), (vec![&kind, &kind], calls), "{step:?}");
        assert!(!answers[1].as_ref().unwrap_err().is_absent());
    }
}

#[tokio::test]
async fn a_part_that_was_refused_for_its_token_gets_a_new_one_once() {
    let fake = Fake::by(|seen, _| {
        let parts: Vec<_> = numbers(seen).into_iter().map(|number| bad(number, 401, "authError")).collect();
        multipart(&text(&parts))
    });
    let answers = send(&client(&fake).0, vec![insert(0), insert(1)]).await;
    for error in answers.iter().map(|answer| answer.as_ref().unwrap_err()) {
        assert_eq!((error.kind(), error.next()), (&Kind::Unauthorized, Next::Reauthorize));
        assert_eq!(error.operation(), "calendar.events.insert");
    }
    assert_eq!(fake.count(), 1, "a fixed token cannot be renewed");
}

#[tokio::test]
async fn the_wait_is_what_google_asks_and_the_deadline_ends_it() {
    let message = "Rate Limit Exceeded. Retry after 2026-07-18T12:00:30.000Z";
    let body =
        json!({"error": {"code": 403, "message": message, "errors": [{"reason": "rateLimitExceeded"}]}}).to_string();
    let fake = Fake::by(move |seen, round| {
        let parts =
            numbers(seen).into_iter().map(|number| if round == 0 { (number, 403, body.clone()) } else { good(number) });
        multipart(&text(&parts.collect::<Vec<_>>()))
    });
    let (patient, clock) = client(&fake);
    assert!(send(&patient, vec![insert(0)]).await[0].is_ok());
    assert_eq!(clock.now().duration_since(start()).unsigned_abs(), Duration::from_secs(30));

    let fake = Fake::by(|seen, _| {
        multipart(&text(&numbers(seen).into_iter().map(|n| bad(n, 429, "rateLimitExceeded")).collect::<Vec<_>>()))
    });
    let hasty = client(&fake).0.with_retry(RetryPolicy::once());
    let error = send(&hasty, vec![insert(0)]).await.remove(0).unwrap_err();
    assert_eq!((error.kind(), fake.count()), (&Kind::RateLimited, 1));
    assert!(error.retry_after().is_some());
}

#[tokio::test]
async fn a_call_that_cannot_be_sent_does_not_spoil_the_others() {
    let fake = Fake::by(|seen, _| multipart(&text(&numbers(seen).into_iter().map(good).collect::<Vec<_>>())));
    let broken = Request::new("calendar.events.get", Method::GET, Calendar::ROOT, "/x/{}", &[".."]);
    let answers = send(&client(&fake).0, vec![insert(0), broken.clone(), insert(2)]).await;
    assert_eq!(answers[1].as_ref().unwrap_err().kind(), &Kind::Unsendable);
    assert!(answers[0].is_ok() && answers[2].is_ok());
    assert_eq!(numbers(&fake.seen()[0]), [0, 2]);
    assert_eq!(send(&client(&fake).0, vec![broken]).await.len(), 1);
    assert_eq!(fake.count(), 1, "a batch of nothing is not sent");
    assert!(send(&client(&fake).0, vec![]).await.is_empty());
}

/// Whatever comes back, each call has one answer, and a value only if one was sent for it.
#[tokio::test]
async fn a_garbled_answer_never_gives_a_call_the_answer_of_another() {
    let whole = text(&[good(0), bad(1, 404, "notFound"), good(2)]);
    for seed in 0..400 {
        let rng = SeededRng::new(seed);
        let mut bytes = whole.clone().into_bytes();
        for _ in 0..=rng.below(4) {
            let at = rng.below(bytes.len() as u64) as usize;
            match rng.below(4) {
                0 => bytes.truncate(at),
                1 => {
                    bytes.remove(at);
                }
                2 => bytes.insert(at, b"\r\n-:<{\0"[rng.below(7) as usize]),
                _ => {
                    let end = (at + rng.below(60) as usize).min(bytes.len());
                    bytes.drain(at..end);
                }
            }
            if bytes.is_empty() {
                break;
            }
        }
        let body = String::from_utf8(bytes).unwrap();
        let fake = Fake::by(move |_, _| multipart(&body));
        let client = client(&fake).0.with_retry(RetryPolicy::once());
        let answers = send(&client, vec![insert(0), insert(1), insert(2)]).await;
        assert_eq!(answers.len(), 3);
        assert!(answers[1].is_err(), "seed {seed}");
    }
}
