use std::sync::Arc;

use bytes::Bytes;
use portico_google::{
    Client, Endpoints, Kind, StaticToken,
    calendar::{Calendar, SearchQuery, scopes},
    gmail,
};
use portico_transport::{Answer, Transport};
use portico_world::World;
use serde_json::{Value, json};

use super::{captures, differences, read};
use crate::google::Google;

/// Answers always the same.
struct Always(u16, Bytes);

impl Transport for Always {
    fn send(&self, _: http::Request<Bytes>) -> Answer<'_> {
        let answer = http::Response::builder().status(self.0).body(self.1.clone());
        Box::pin(async move { Ok(answer.unwrap()) })
    }
}

#[tokio::test]
async fn captured_refusals_are_told_apart() {
    let Some(folder) = captures() else { return };
    for (name, status, kind) in [
        ("unauthorized", 401, Kind::Unauthorized),
        ("rate_limit", 403, Kind::RateLimited),
        ("sync_token_gone", 410, Kind::FullSyncRequired),
    ] {
        let (text, _) = read(&folder, &format!("error/{name}.json"));
        let (world, _) = World::seeded("2026-07-18T12:00:00Z".parse().unwrap(), 1);
        let transport = Arc::new(Always(status, text.into()));
        let client = Client::new(transport, world, Endpoints::google(), Arc::new(StaticToken::new("t")));
        let error = client.service::<Calendar>().events("primary").list(SearchQuery::new()).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (&kind, Some(status)), "{name}");
    }
}

#[tokio::test]
async fn captured_refusals_made_anew_have_the_same_keys_and_types() {
    let Some(folder) = captures() else { return };
    let google = Google::with(&["ann@example.test"]).await;
    let token = google.token("ann@example.test", &[scopes::CALENDAR, gmail::scopes::MAIL]).await;
    let events = "www.googleapis.com/calendar/v3/calendars/primary/events";
    let same = |name: &str, seen: (u16, Value)| {
        let (_, captured) = read(&folder, &format!("error/{name}.json"));
        let (real, (status, seen)) = (&captured["error"], (seen.0, &seen.1["error"]));
        assert_eq!(Value::from(status), real["code"], "{name}");
        assert_eq!(real["code"], seen["code"], "{name}");
        assert_eq!(real["errors"][0]["reason"], seen["errors"][0]["reason"], "{name}");
        assert_eq!(real["errors"][0]["message"], seen["errors"][0]["message"], "{name}");
        (differences(real, seen), real.clone(), seen.clone())
    };
    let (differs, _, seen) = same("unauthorized", google.ask("bogus", "GET", events, Value::Null).await);
    assert_eq!(differs, [""; 0]);
    assert_eq!(seen["status"], "UNAUTHENTICATED");

    let (_, first) = google.ask(&token, "GET", events, Value::Null).await;
    google.control("sync-tokens", json!({"expire": true})).await;
    let stale = format!("{events}?syncToken={}", first["nextSyncToken"].as_str().unwrap());
    let (mut differs, _, seen) = same("sync_token_gone", google.ask(&token, "GET", &stale, Value::Null).await);
    // Google's guide has the parameter and the domain `calendar`, where the capture has a status and `global`.
    differs.retain(|place| !place.contains(".location") && !place.contains(".status"));
    assert_eq!(differs, [""; 0]);
    assert_eq!(
        (&seen["errors"][0]["location"], &seen["errors"][0]["domain"]),
        (&json!("syncToken"), &json!("calendar"))
    );

    google.put("quota", json!({"gmail_per_minute_per_user": 5})).await;
    let labels = "gmail.googleapis.com/gmail/v1/users/me/messages";
    google.ask(&token, "GET", labels, Value::Null).await;
    let (differs, _, seen) = same("rate_limit", google.ask(&token, "GET", labels, Value::Null).await);
    assert_eq!(differs, [""; 0]);
    assert_eq!(seen["message"], "User-rate limit exceeded.  Retry after 2026-11-21T09:01:00.000Z");
    assert_eq!(seen["errors"][0]["domain"], "usageLimits");
}
