//! What holds for whatever comes in.

use futures::executor::block_on;
use portico_google::{
    Client, Kind, Request, ScopeSet,
    auth::{Callback, CallbackParams, MemoryPendingStore},
    calendar::{Cursor, Event, EventPage},
    http::Method,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::fake::{Fake, client, json as answer, oauth};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// An event with any text in the fields that we know, or `null`, and any JSON in fields that we do not.
fn any_event() -> impl Strategy<Value = Value> {
    let known = prop::sample::subsequence(
        vec!["summary", "description", "location", "status", "visibility", "eventType", "id"],
        0..7,
    );
    (known, any::<Option<String>>(), prop::collection::hash_map("x[a-z]{0,8}", any_json(), 0..5)).prop_map(
        |(names, text, unknown)| {
            let mut event: Map<String, Value> = unknown.into_iter().collect();
            event.extend(names.into_iter().map(|name| (name.to_owned(), json!(text))));
            event.insert("attendees".to_owned(), json!([{"email": text, "xNew": event}]));
            Value::Object(event)
        },
    )
}

fn call(status: u16, body: &str) -> portico_google::Error {
    let fake = Fake::steps(vec![answer(status, body)]);
    let client: Client = client(&fake).0.with_retry(portico_google::RetryPolicy::once());
    let request = Request::new("test.call", Method::GET, "https://www.googleapis.com", "/x", &[]);
    block_on(client.json::<Map<String, Value>>(request)).unwrap_err()
}

proptest! {
    #[test]
    fn every_event_goes_back_as_it_came(value in any_event()) {
        let event: Event = serde_json::from_value(value.clone()).unwrap();
        prop_assert_eq!(serde_json::to_value(&event).unwrap(), value.clone());
        let page = json!({"items": [value, 1], "nextSyncToken": "t"}).to_string();
        let page = EventPage::parse(page.as_bytes()).unwrap();
        prop_assert_eq!(page.items[0].event.as_ref().ok(), Some(&event));
        prop_assert_eq!(serde_json::from_str::<Value>(page.items[0].raw.get()).unwrap(), value);
        prop_assert!(page.items[1].event.is_err());
    }

    #[test]
    fn a_page_that_was_cut_is_never_taken_for_a_whole_one(events in prop::collection::vec(any_event(), 0..4), cut in any::<prop::sample::Index>()) {
        let whole = json!({"items": events, "nextSyncToken": "t"}).to_string();
        let part = &whole.as_bytes()[..cut.index(whole.len())];
        prop_assert!(EventPage::parse(part).is_err());
        prop_assert_eq!(EventPage::parse(whole.as_bytes()).unwrap().next, Cursor::End(Some("t".into())));
    }

    #[test]
    fn no_callback_is_believed_that_was_not_begun_here(query in any::<String>(), state in "[A-Za-z0-9_.-]{0,120}") {
        let (oauth, _) = oauth(&Fake::steps(vec![answer(500, "")]));
        let store = MemoryPendingStore::new();
        for query in [query, format!("state={state}&code=c")] {
            let found = block_on(oauth.callback(&store, CallbackParams::parse(&query), "s")).unwrap();
            prop_assert!(matches!(found, Callback::Unknown));
        }
    }

    #[test]
    fn every_answer_becomes_an_error_without_its_text(status in 400_u16..600, head in any::<String>(), reason in any::<Option<String>>()) {
        let secret = "ann@example.com";
        for body in [
            format!("{head}{secret}"),
            json!({"error": {"message": format!("{head} {secret}"), "errors": [{"reason": reason}]}}).to_string(),
            json!({"error": format!("{head} {secret}"), "error_description": secret}).to_string(),
            json!({"error": {"message": secret, "errors": [{"reason": secret}], "status": secret}}).to_string(),
            json!({"error": {"message": [secret], "details": {"reason": secret}}}).to_string(),
        ] {
            let error = call(status, &body);
            let shown = format!("{error} {error:?}");
            prop_assert!(!shown.contains(secret), "{}", shown);
            prop_assert_eq!(error.status(), Some(status));
            if !body.starts_with('{') && !matches!(status, 401 | 412) {
                prop_assert!(!error.is_absent() && error.kind() != &Kind::FullSyncRequired);
            }
        }
    }

    #[test]
    fn an_id_stays_one_segment_of_the_path(id in any::<String>()) {
        let fake = Fake::steps(vec![answer(200, "{}")]);
        let request = Request::new("test.call", Method::GET, "https://www.googleapis.com", "/a/{}/b", &[&id]);
        let sent = block_on(client(&fake).0.no_content(request));
        if matches!(id.as_str(), "" | "." | "..") {
            let error = sent.unwrap_err();
            prop_assert_eq!(error.kind(), &Kind::Unsendable);
        } else {
            prop_assert!(sent.is_ok());
            let url = url::Url::parse(&fake.seen()[0].address).unwrap();
            let segments: Vec<&str> = url.path_segments().unwrap().collect();
            prop_assert_eq!((segments.len(), segments[0], segments[2]), (3, "a", "b"));
        }
    }

    #[test]
    fn sets_of_scopes_do_not_mind_order(mut scopes in prop::collection::vec("[a-z:/.]{1,12}", 0..8)) {
        let set: ScopeSet = scopes.iter().collect();
        scopes.reverse();
        prop_assert_eq!(&ScopeSet::parse(&scopes.join(" ")), &set);
        prop_assert!(set.missing_from(&set).is_empty() && scopes.iter().all(|scope| set.contains(scope)));
    }
}
