//! Push channels: begun, renewed, given up; what comes on them is a hint and no more.

use std::sync::Arc;

use portico_app::App;
use portico_kernel::LinkId;
use portico_store::{ChannelState, PushChannel};
use serde_json::{Value, json};

use crate::portal::{ANNA, Portal, work};

async fn channels(portal: &Portal, link: LinkId) -> Vec<PushChannel> {
    let mut tx = portal.app.store.instance().await.unwrap();
    let tenant = tx.tenant_by_slug("acme").await.unwrap().unwrap().id;
    let channels = tx.push_channels(tenant, link).await.unwrap();
    tx.commit().await.unwrap();
    channels
}

async fn connected(portal: &Portal, app: &Arc<App>) -> LinkId {
    let anna = portal.user(ANNA).await;
    anna.connect(ANNA).await;
    work(app).await;
    let links = anna.get("/calendar/links").await.expect(200).json;
    LinkId(links["items"][0]["id"].as_str().unwrap().parse().unwrap())
}

/// The methods about channels that were asked, in order, with the status of the answer.
async fn asked(portal: &Portal, since: u64) -> Vec<(String, u64)> {
    let calls = portal.requests(since).await;
    let about =
        |call: &&Value| matches!(call["method"].as_str(), Some("calendar.events.watch" | "calendar.channels.stop"));
    let pair = |call: &Value| (call["method"].as_str().unwrap().to_owned(), call["status"].as_u64().unwrap());
    calls.iter().filter(about).map(pair).collect()
}

const DAY: u64 = 24 * 3600;

#[tokio::test]
async fn a_channel_is_renewed_early_and_the_old_one_stopped_after() {
    for portal in Portal::each().await {
        let app = portal.reached_by_google().await;
        let link = connected(&portal, &app).await;
        let first = channels(&portal, link).await;
        assert_eq!((first.len(), first[0].state), (1, ChannelState::Open));

        // While it lasts no other is begun.
        let since = portal.last_request().await;
        portal.advance(5 * DAY);
        work(&app).await;
        assert_eq!(asked(&portal, since).await, []);

        // On its last day Google begins none: the old one stays, and the run is none the worse.
        portal.advance(DAY + 3600);
        portal.google("POST", "faults", json!({"method": "calendar.events.watch", "times": 20, "status": 503})).await;
        work(&app).await;
        let kept = channels(&portal, link).await;
        assert!(kept.iter().any(|channel| channel.id == first[0].id && channel.state == ChannelState::Open));
        let anna = portal.user(ANNA).await;
        assert_eq!(anna.get("/calendar/links").await.json["items"][0]["sync"]["state"], "in_step");
        portal.google("DELETE", "faults", Value::Null).await;

        // Later it does; the old one cannot be stopped, which harms nobody.
        let since = portal.last_request().await;
        portal.google("POST", "faults", json!({"method": "calendar.channels.stop", "times": 20, "status": 500})).await;
        portal.advance(901);
        work(&app).await;
        portal.google("DELETE", "faults", Value::Null).await;
        let order = asked(&portal, since).await;
        assert_eq!(order.first(), Some(&("calendar.events.watch".to_owned(), 200)), "the new one first: {order:?}");
        assert!(order[1..].iter().all(|call| *call == ("calendar.channels.stop".to_owned(), 500)) && order.len() > 1);
        let open: Vec<PushChannel> = channels(&portal, link).await;
        let open: Vec<&PushChannel> = open.iter().filter(|channel| channel.state == ChannelState::Open).collect();
        assert_eq!(open.len(), 1);
        assert_ne!(open[0].id, first[0].id);
        assert_eq!(portal.user(ANNA).await.get("/calendar/links").await.json["items"][0]["sync"]["state"], "in_step");

        // What still comes on the old one is refused.
        let mut tx = portal.app.store.instance().await.unwrap();
        assert_eq!(tx.push_channel(&first[0].id).await.unwrap(), None);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_calendar_that_cannot_be_watched_is_remembered_and_polled() {
    for portal in Portal::each().await {
        let app = portal.reached_by_google().await;
        let refusal = json!({
            "method": "calendar.events.watch", "times": 1, "status": 400, "reason": "pushNotSupportedForRequestedResource",
        });
        portal.google("POST", "faults", refusal).await;
        let link = connected(&portal, &app).await;
        assert_eq!(channels(&portal, link).await, []);
        let since = portal.last_request().await;
        for _ in 0..3 {
            portal.advance(901);
            work(&app).await;
        }
        assert_eq!(asked(&portal, since).await, [], "it is not tried every cycle");
        assert_eq!(portal.calls(since, "calendar.events.list").await.len(), 3, "it is polled");
    }
}

#[tokio::test]
async fn a_connection_that_ends_takes_its_channels_along() {
    for portal in Portal::each().await {
        let app = portal.reached_by_google().await;
        let link = connected(&portal, &app).await;
        let channel = channels(&portal, link).await.remove(0);
        let anna = portal.user(ANNA).await;
        let connection = anna.get("/google/connections").await.json["items"][0]["id"].as_str().unwrap().to_owned();
        anna.delete(&format!("/google/connections/{connection}")).await.expect(204);
        assert!(channels(&portal, link).await.iter().all(|channel| channel.state == ChannelState::Closing));
        let dump = portal.google("GET", "state", Value::Null).await;
        let known = dump["calendar_channels"].as_object().unwrap().values().find(|row| row["id"] == json!(channel.id));
        let token = known.unwrap()["token"].as_str().unwrap().to_owned();
        let request = axum::http::Request::post("/hooks/google/calendar")
            .header("x-goog-channel-id", &channel.id)
            .header("x-goog-channel-token", token)
            .header("x-goog-message-number", "7")
            .header("x-goog-resource-id", channel.resource_id.as_deref().unwrap())
            .header("x-goog-resource-state", "exists");
        portal.send(request.body(axum::body::Body::empty()).unwrap()).await.expect(404);
    }
}

/// What was opened with a grant is stopped before the grant goes back. Where that does not work the connection ends all the
/// same, and so does the grant.
#[tokio::test]
async fn channels_are_stopped_before_their_grant_is_given_back() {
    for portal in Portal::each().await {
        let app = portal.reached_by_google().await;
        for fault in [
            Value::Null,
            json!({"method": "calendar.channels.stop", "times": 20, "status": 500}),
            json!({"path": "/token", "times": 20, "status": 503}),
        ] {
            let link = connected(&portal, &app).await;
            assert_eq!(channels(&portal, link).await[0].state, ChannelState::Open);
            if !fault.is_null() {
                portal.google("POST", "faults", fault.clone()).await;
            }
            let since = portal.last_request().await;
            let anna = portal.user(ANNA).await;
            let connection = anna.get("/google/connections").await.json["items"][0]["id"].as_str().unwrap().to_owned();
            anna.delete(&format!("/google/connections/{connection}")).await.expect(204);
            assert_eq!(portal.last_request().await, since, "nobody waits for Google");
            work(&app).await;
            portal.google("DELETE", "faults", Value::Null).await;
            let mut order = portal.requests(since).await;
            order.retain(|call| call["path"] == "/revoke" || call["method"] == "calendar.channels.stop");
            let order: Vec<(bool, u64)> =
                order.iter().map(|call| (call["path"] == "/revoke", call["status"].as_u64().unwrap())).collect();
            match fault["status"].as_u64() {
                None => {
                    assert_eq!(order, [(false, 204), (true, 200)]);
                    assert_eq!((channels(&portal, link).await, at_google(&portal).await), (vec![], vec![]));
                }
                Some(500) => assert_eq!(order, [(false, 500), (true, 200)]),
                _ => assert_eq!(order, [(true, 200)]),
            }
        }
    }
}

/// A message as Google posts it.
async fn post(portal: &Portal, channel: &str, token: &str, resource: &str, state: &str, status: u16) {
    let request = axum::http::Request::post("/hooks/google/calendar")
        .header("x-goog-channel-id", channel)
        .header("x-goog-channel-token", token)
        .header("x-goog-message-number", "7")
        .header("x-goog-resource-id", resource)
        .header("x-goog-resource-state", state);
    portal.send(request.body(axum::body::Body::empty()).unwrap()).await.expect(status);
}

#[tokio::test]
async fn only_our_own_channels_messages_make_work_and_many_make_one_run() {
    for portal in Portal::each().await {
        let app = portal.reached_by_google().await;
        let link = connected(&portal, &app).await;
        let channel = channels(&portal, link).await.remove(0);
        let resource = channel.resource_id.clone().unwrap();
        let dump = portal.google("GET", "state", Value::Null).await;
        let known = dump["calendar_channels"].as_object().unwrap().values().find(|row| row["id"] == json!(channel.id));
        let token = known.unwrap()["token"].as_str().unwrap().to_owned();
        let lists = async |since: u64| {
            work(&app).await;
            portal.calls(since, "calendar.events.list").await.len()
        };

        let since = portal.last_request().await;
        for (id, token, resource, state, status) in [
            (channel.id.as_str(), "", resource.as_str(), "exists", 404),
            (channel.id.as_str(), "another", resource.as_str(), "exists", 404),
            (channel.id.as_str(), token.as_str(), "another", "exists", 404),
            ("another", token.as_str(), resource.as_str(), "exists", 404),
            (channel.id.as_str(), token.as_str(), resource.as_str(), "sync", 204),
        ] {
            post(&portal, id, token, resource, state, status).await;
        }
        let without_token = axum::http::Request::post("/hooks/google/calendar")
            .header("x-goog-channel-id", &channel.id)
            .header("x-goog-message-number", "7")
            .header("x-goog-resource-id", &resource)
            .header("x-goog-resource-state", "exists");
        portal.send(without_token.body(axum::body::Body::empty()).unwrap()).await.expect(404);
        assert_eq!(lists(since).await, 0, "neither a stranger's message nor the first one makes work");

        for _ in 0..3 {
            post(&portal, &channel.id, &token, &resource, "exists", 204).await;
        }
        assert_eq!(lists(since).await, 1, "many messages make one run");

        // A channel that has ended is not ours any more.
        portal.advance(8 * DAY);
        post(&portal, &channel.id, &token, &resource, "exists", 404).await;
    }
}

/// A grant that ends takes its channels with it: after the next consent the calendar is watched anew.
#[tokio::test]
async fn a_new_consent_brings_new_channels() {
    for portal in Portal::each().await {
        let app = portal.reached_by_google().await;
        let link = connected(&portal, &app).await;
        let first = channels(&portal, link).await[0].id.clone();
        portal.google("POST", "tokens/revoke", json!({"account": ANNA})).await;
        portal.advance(3601);
        work(&app).await;
        let ended = channels(&portal, link).await;
        assert_eq!((ended.len(), ended[0].state), (1, ChannelState::Closing));

        let since = portal.last_request().await;
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        work(&app).await;
        let open = channels(&portal, link).await;
        assert_eq!((open.len(), open[0].state), (1, ChannelState::Open), "{open:?}");
        assert_ne!(open[0].id, first);
        assert!(asked(&portal, since).await.contains(&("calendar.events.watch".to_owned(), 200)));

        // Nobody has noticed that the grant ended before the person consented anew: the old channel is not believed either.
        let second = open[0].id.clone();
        portal.google("POST", "tokens/revoke", json!({"account": ANNA})).await;
        portal.user(ANNA).await.connect(ANNA).await;
        work(&app).await;
        let open = channels(&portal, link).await;
        assert_eq!((open.len(), open[0].state), (1, ChannelState::Open), "{open:?}");
        assert_ne!(open[0].id, second);
    }
}

/// The channels that Google still has.
async fn at_google(portal: &Portal) -> Vec<String> {
    let dump = portal.google("GET", "state", Value::Null).await;
    let known = dump["calendar_channels"].as_object().unwrap().values();
    let mut ids: Vec<String> = known.map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

/// A link that is switched off, and one whose calendar is gone from Google's list, give up their channels at once, here and
/// at Google; those of the other calendars stay.
#[tokio::test]
async fn a_link_that_ends_takes_its_channel_along() {
    for portal in Portal::each().await {
        let app = portal.reached_by_google().await;
        let calendar = crate::links::team(&portal, "writer").await;
        let main = connected(&portal, &app).await;
        let anna = portal.user(ANNA).await;
        let team = crate::links::link(&anna, &calendar).await.unwrap();
        let (path, id) = (format!("/calendar/links/{}", team["id"].as_str().unwrap()), team["id"].as_str().unwrap());
        let team = LinkId(id.parse().unwrap());
        let kept = channels(&portal, main).await.remove(0).id;
        for retired in [false, true] {
            anna.patch(&path, json!({"state": "on"})).await.expect(200);
            work(&app).await;
            let open = channels(&portal, team).await;
            assert_eq!((open.len(), open[0].state), (1, ChannelState::Open));
            let mut both = vec![kept.clone(), open[0].id.clone()];
            both.sort();
            assert_eq!(at_google(&portal).await, both);
            if retired {
                let google = crate::conflicts::GoogleCalendar::of(&portal, ANNA).await;
                google.ask("DELETE", &format!("users/me/calendarList/{calendar}"), Value::Null).await;
                portal.advance(6 * 3600 + 1);
            } else {
                anna.patch(&path, json!({"state": "off"})).await.expect(200);
                assert_eq!(channels(&portal, team).await[0].state, ChannelState::Closing, "refused from now on");
            }
            work(&app).await;
            assert_eq!((channels(&portal, team).await, at_google(&portal).await), (vec![], vec![kept.clone()]));
            let since = portal.last_request().await;
            portal.advance(901);
            work(&app).await;
            assert_eq!(asked(&portal, since).await, [], "once");
        }
    }
}

/// A message that is lost costs one poll: the calendar is looked at whatever its channel does.
#[tokio::test]
async fn a_lost_message_costs_one_poll() {
    for portal in Portal::each().await {
        let app = portal.reached_by_google().await;
        let link = connected(&portal, &app).await;
        assert_eq!(channels(&portal, link).await[0].state, ChannelState::Open);
        let google = crate::conflicts::GoogleCalendar::of(&portal, ANNA).await;
        let day = json!({"summary": "unheard", "start": {"date": "2026-12-09"}, "end": {"date": "2026-12-10"}});
        google.call("POST", "events", day).await;
        work(&app).await;
        let anna = portal.user(ANNA).await;
        assert!(!crate::events::titles(&anna).await.contains(&"unheard".to_owned()));
        portal.advance(900);
        work(&app).await;
        assert!(crate::events::titles(&anna).await.contains(&"unheard".to_owned()));
    }
}
