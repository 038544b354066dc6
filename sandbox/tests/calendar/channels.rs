use serde_json::{Value, json};

use crate::support::{Google, Person, text, timed};

fn channel(id: &str) -> Value {
    json!({"id": id, "type": "web_hook", "address": "https://portal.example/hook", "token": "t"})
}

async fn change(person: &Person) {
    person.insert(timed("a", "2026-12-01", "09:00", "10:00")).await;
}

fn seen(google: &Google) -> Vec<(u64, String)> {
    google.receiver.seen().into_iter().map(|(_, number, state)| (number, state)).collect()
}

#[tokio::test]
async fn a_channel_says_sync_and_then_each_change() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let made = ann.post("calendars/primary/events/watch", channel("one")).await.ok();
    assert_eq!((made["kind"].as_str(), made["token"].as_str()), (Some("api#channel"), Some("t")));
    assert_eq!(text(&made, "resourceUri"), "https://www.googleapis.com/calendar/v3/calendars/primary/events?alt=json");
    let week = "2026-11-25T09:00:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
    assert_eq!(text(&made, "expiration"), week.to_string());
    change(&ann).await;
    assert_eq!(google.sandbox.deliver_pushes().await, 2);
    assert_eq!(seen(&google), [(1, "sync".into()), (2, "exists".into())]);
    assert_eq!(google.sandbox.deliver_pushes().await, 0);
    change(&ann).await;
    google.sandbox.deliver_pushes().await;
    assert_eq!(seen(&google).last().unwrap().0, 3);
    let messages = google.receiver.messages.lock().unwrap();
    let header = |name: &str| messages[0].headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("x-goog-channel-id"), "one");
    assert_eq!(header("x-goog-channel-token"), "t");
    assert_eq!(header("x-goog-resource-id"), text(&made, "resourceId"));
    assert_eq!(header("x-goog-resource-uri"), text(&made, "resourceUri"));
    assert!(header("x-goog-channel-expiration").ends_with(" GMT"));
    assert!(header("user-agent").starts_with("APIs-Google"));
    assert!(messages[0].body().is_empty());
    assert_eq!(messages[0].uri(), "https://portal.example/hook");
}

#[tokio::test]
async fn anybodys_change_is_told() {
    let google = Google::new().await;
    let (ann, bob) = (google.person("ann@example.com").await, google.person("bob@example.com").await);
    bob.post("calendars/primary/events/watch", channel("bobs")).await.ok();
    google.sandbox.deliver_pushes().await;
    let mut body = timed("a", "2026-12-01", "09:00", "10:00");
    body["attendees"] = json!([{"email": "bob@example.com"}]);
    ann.insert(body).await;
    assert_eq!(google.sandbox.deliver_pushes().await, 1);
    ann.post("calendars/primary/acl", json!({"role": "reader", "scope": {"type": "default"}})).await.ok();
    assert_eq!(google.sandbox.deliver_pushes().await, 0);
}

#[tokio::test]
async fn the_other_lists_can_be_watched() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    for (id, path) in [("a", "calendars/primary/acl"), ("l", "users/me/calendarList"), ("s", "users/me/settings")] {
        ann.post(&format!("{path}/watch"), channel(id)).await.ok();
    }
    assert_eq!(google.sandbox.deliver_pushes().await, 3);
    ann.post("calendars", json!({"summary": "x"})).await.ok();
    ann.post("calendars/primary/acl", json!({"role": "reader", "scope": {"type": "default"}})).await.ok();
    google.sandbox.deliver_pushes().await;
    let mut told: Vec<_> = google.receiver.seen().into_iter().filter(|m| m.2 == "exists").map(|m| m.0).collect();
    told.sort();
    assert_eq!(told, ["a", "l"]);
}

#[tokio::test]
async fn some_answers_are_retried_and_others_not() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    google.receiver.answers.lock().unwrap().extend([204, 503, 500, 200, 404]);
    ann.post("calendars/primary/events/watch", channel("one")).await.ok();
    google.sandbox.deliver_pushes().await;
    change(&ann).await;
    assert_eq!(google.sandbox.deliver_pushes().await, 1);
    assert_eq!(google.sandbox.deliver_pushes().await, 0, "not at once");
    google.advance(2);
    assert_eq!(google.sandbox.deliver_pushes().await, 1);
    google.advance(4);
    assert_eq!(google.sandbox.deliver_pushes().await, 1);
    google.advance(600);
    assert_eq!(google.sandbox.deliver_pushes().await, 0, "taken");
    let numbers: Vec<_> = seen(&google).iter().map(|(number, _)| *number).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    change(&ann).await;
    assert_eq!(google.sandbox.deliver_pushes().await, 1);
    google.advance(600);
    assert_eq!(google.sandbox.deliver_pushes().await, 0, "a 404 drops the message");
}

#[tokio::test]
async fn bad_channels_are_refused() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let path = "calendars/primary/events/watch";
    let with = |key: &str, value: Value| {
        let mut body = channel("x");
        body[key] = value;
        body
    };
    ann.post(path, with("address", json!("http://portal.example/hook"))).await.refused(400, "push.webhookUrlNotHttps");
    ann.post(path, with("type", json!("pigeon"))).await.refused(400, "push.channelTypeNotSupported");
    for bad in [
        with("id", json!("a".repeat(65))),
        with("id", json!("")),
        with("token", json!("t".repeat(257))),
        with("expiration", json!("1000")),
        with("params", json!({"ttl": "soon"})),
        with("address", json!("")),
    ] {
        assert_eq!(ann.post(path, bad.clone()).await.status, 400, "{bad}");
    }
    ann.post(path, with("address", json!("http://127.0.0.1:9/hook"))).await.ok();
    ann.post(path, channel("x")).await.refused(400, "channelIdNotUnique");
    ann.post("calendars/nobody@example.com/events/watch", channel("y")).await.refused(404, "notFound");
}

#[tokio::test]
async fn a_channel_ends_by_itself_or_is_stopped_by_its_owner() {
    let google = Google::new().await;
    let (ann, bob) = (google.person("ann@example.com").await, google.person("bob@example.com").await);
    let mut short = channel("short");
    short["params"] = json!({"ttl": "60"});
    ann.post("calendars/primary/events/watch", short).await.ok();
    let made = ann.post("calendars/primary/events/watch", channel("long")).await.ok();
    google.sandbox.deliver_pushes().await;
    google.advance(61);
    change(&ann).await;
    assert_eq!(google.sandbox.deliver_pushes().await, 1);
    let pair = json!({"id": "long", "resourceId": made["resourceId"]});
    let refused = bob.post("channels/stop", pair.clone()).await;
    refused.refused(404, "notFound");
    assert!(refused.body["error"]["message"].as_str().unwrap().starts_with("Channel 'long' not found for project"));
    ann.post("channels/stop", json!({"id": "long", "resourceId": "other"})).await.refused(404, "notFound");
    assert_eq!(ann.post("channels/stop", pair.clone()).await.status, 204);
    ann.post("channels/stop", pair).await.refused(404, "notFound");
    change(&ann).await;
    assert_eq!(google.sandbox.deliver_pushes().await, 0);
}
