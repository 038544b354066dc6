use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::Method;
use portico_google::{
    Client, Credentials, Endpoints, Error, Kind, Next, Quota, Request, RetryPolicy, StaticToken,
    quota::{ApiQuota, Draw, DrawFuture, LeftFuture, MemoryQuotaStore, QuotaStore, Rate},
    upload::{CHUNK_UNIT, ResumableUpload},
};
use portico_world::{Clock, VirtualClock};
use serde_json::Value;

use crate::fake::{Fake, json, refusal, start, world};

const SMALL: ApiQuota =
    ApiQuota { api: "calendar", project: Some(Rate::per_minute(120)), user: Some(Rate::per_minute(60)), day: None };

fn call() -> Request {
    Request::new("calendar.events.get", Method::GET, "https://www.googleapis.com", "/x", &[])
}

fn client(fake: &Arc<Fake>, quota: Quota, account: &str) -> (Client, Arc<VirtualClock>) {
    let (world, clock) = world();
    let token: Arc<dyn Credentials> = Arc::new(StaticToken::new("ya29.static"));
    (Client::new(fake.clone(), world, Endpoints::google(), token).with_quota(quota, account), clock)
}

fn spent(clock: &VirtualClock) -> Duration {
    clock.now().duration_since(start()).unsigned_abs()
}

#[tokio::test]
async fn calls_wait_for_room_instead_of_being_refused() {
    let fake = Fake::steps(vec![json(200, "{}")]);
    let quota = Quota::new(Arc::new(MemoryQuotaStore::new()), "p").with_api(SMALL);
    let (client, clock) = client(&fake, quota, "u1");
    for _ in 0..12 {
        client.json::<Value>(call()).await.unwrap();
    }
    assert_eq!(spent(&clock), Duration::ZERO, "a fifth of a minute's calls goes at once");
    for _ in 0..48 {
        client.json::<Value>(call()).await.unwrap();
    }
    let took = spent(&clock);
    assert!(took >= Duration::from_secs(59) && took < Duration::from_secs(62), "{took:?}");
    assert_eq!(fake.count(), 60);
}

#[tokio::test]
async fn users_have_their_own_and_share_the_projects() {
    let fake = Fake::steps(vec![json(200, "{}")]);
    let quota = Quota::new(Arc::new(MemoryQuotaStore::new()), "p").with_api(SMALL);
    let clients: Vec<_> = ["u1", "u2", "u3"].map(|user| client(&fake, quota.clone(), user)).into();
    for (client, clock) in &clients[..2] {
        for _ in 0..12 {
            client.json::<Value>(call()).await.unwrap();
        }
        assert_eq!(spent(clock), Duration::ZERO);
    }
    // The third has used nothing, and the project has nothing left.
    clients[2].0.json::<Value>(call()).await.unwrap();
    assert!(spent(&clients[2].1) > Duration::ZERO);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_left_to_the_caller_and_nothing_is_sent() {
    let fake = Fake::steps(vec![json(200, "{}")]);
    // One at once and four in the rest of the minute.
    let slow = ApiQuota { user: Some(Rate::per_minute(5)), ..SMALL };
    let (client, clock) = client(&fake, Quota::new(Arc::new(MemoryQuotaStore::new()), "p").with_api(slow), "u1");
    let client = client.with_retry(RetryPolicy { deadline: Duration::from_secs(10), ..RetryPolicy::default() });
    client.json::<Value>(call()).await.unwrap();
    let error = client.json::<Value>(call()).await.unwrap_err();
    assert_eq!((error.kind(), error.reason(), fake.count()), (&Kind::RateLimited, Some("ownQuota"), 1));
    let Next::RetryAfter(wait) = error.next() else { panic!("{error}") };
    assert!(wait > Duration::from_secs(14) && !error.may_have_taken_effect() && error.attempts() == 0);
    clock.advance(wait);
    client.json::<Value>(call()).await.unwrap();
}

#[tokio::test]
async fn each_sending_counts_the_repeated_ones_too() {
    let fake = Fake::by(|_, number| if number < 2 { refusal(429, "rateLimitExceeded") } else { json(200, "{}") });
    let store = Arc::new(Noting::default());
    let (client, _) = client(&fake, Quota::new(store.clone(), "p"), "u1");
    client.json::<Value>(call()).await.unwrap();
    let taken = store.0.lock().unwrap();
    assert_eq!(taken.len(), 3);
    let buckets: Vec<&str> = taken[0].iter().map(|draw| draw.bucket.as_str()).collect();
    assert_eq!(buckets, ["calendar/p", "calendar/p/u1", "day/calendar/p"]);
    let rates: Vec<Rate> = taken[0].iter().map(|draw| draw.rate).collect();
    assert_eq!(rates, [Rate::per_minute(10_000), Rate::per_minute(600), Rate::per_day(1_000_000)]);
}

#[tokio::test]
async fn the_day_has_a_limit_of_its_own() {
    let fake = Fake::steps(vec![json(200, "{}")]);
    let day = ApiQuota { project: None, user: None, day: Some(Rate::per_day(10)), ..SMALL };
    let quota = Quota::new(Arc::new(MemoryQuotaStore::new()), "p").with_api(day);
    let (client, clock) = client(&fake, quota, "u1");
    client.json::<Value>(call()).await.unwrap();
    client.json::<Value>(call()).await.unwrap();
    let error = client.json::<Value>(call()).await.unwrap_err();
    let Next::RetryAfter(wait) = error.next() else { panic!("{error}") };
    // Eight units are spread over what is left of the day.
    assert!(wait > Duration::from_secs(10_000) && wait < Duration::from_secs(11_000), "{wait:?}");
    clock.advance(wait);
    client.json::<Value>(call()).await.unwrap();
}

#[tokio::test]
async fn an_upload_is_counted_once_and_not_by_its_pieces() {
    let place = "https://www.googleapis.com/upload/drive/v3/files?uploadType=resumable&upload_id=x";
    let fake = Fake::by(move |seen, number| match number {
        0 => json(200, "").header("location", place),
        _ if seen.headers["content-range"].ends_with("-524287/524288") => json(200, r#"{"id":"f"}"#),
        _ => json(308, "").header("range", "bytes=0-262143"),
    });
    let store = Arc::new(Noting::default());
    let (client, _) = client(&fake, Quota::new(store.clone(), "p"), "u1");
    let begin = Request::new("drive.files.create", Method::POST, "https://www.googleapis.com", "/drive/v3/files", &[]);
    let upload = ResumableUpload::begin(&client, begin, "text/plain", 2 * CHUNK_UNIT as u64).await.unwrap();
    let mut content = Bytes::from(vec![b'x'; 2 * CHUNK_UNIT]);
    upload.with_chunk(CHUNK_UNIT).send::<Value>(&mut content, |_| {}).await.unwrap();
    assert_eq!((fake.count(), store.0.lock().unwrap().len()), (3, 1));
}

#[tokio::test]
async fn a_store_that_fails_stops_the_call() {
    let fake = Fake::steps(vec![json(200, "{}")]);
    let (client, _) = client(&fake, Quota::new(Arc::new(Broken), "p"), "u1");
    assert_eq!(client.json::<Value>(call()).await.unwrap_err().kind(), &Kind::Transient);
    assert_eq!(fake.count(), 0);
    // What no quota is known of goes without asking.
    let other = Request::new("tasks.list", Method::GET, "https://www.googleapis.com", "/x", &[]);
    client.json::<Value>(other).await.unwrap();
}

#[derive(Default)]
struct Noting(std::sync::Mutex<Vec<Vec<Draw>>>);

impl QuotaStore for Noting {
    fn take<'a>(&'a self, draws: &'a [Draw], _: jiff::Timestamp) -> DrawFuture<'a> {
        self.0.lock().unwrap().push(draws.to_vec());
        Box::pin(async { Ok(Duration::ZERO) })
    }

    fn left<'a>(&'a self, _: &'a str, _: Rate, _: jiff::Timestamp) -> LeftFuture<'a> {
        Box::pin(async { Ok(1.0) })
    }
}

struct Broken;

impl QuotaStore for Broken {
    fn take<'a>(&'a self, _: &'a [Draw], _: jiff::Timestamp) -> DrawFuture<'a> {
        Box::pin(async { Err(Error::custom(Kind::Transient, "quota.take", "the store is away")) })
    }

    fn left<'a>(&'a self, _: &'a str, _: Rate, _: jiff::Timestamp) -> LeftFuture<'a> {
        Box::pin(async { Err(Error::custom(Kind::Transient, "quota.left", "the store is away")) })
    }
}
