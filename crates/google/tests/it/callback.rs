use std::time::Duration;

use portico_google::{
    Error, Kind, ScopeSet,
    auth::{
        AuthorizationRequest, Callback, CallbackParams, Denial, MemoryPendingStore, OAuth, Pending, PendingFuture,
        PendingStore,
    },
};
use portico_world::ExposeSecret;

use crate::fake::{Fake, json, oauth};

/// An attempt that waits in a store, and its state.
async fn begun() -> (OAuth, std::sync::Arc<portico_world::VirtualClock>, MemoryPendingStore, String) {
    let (oauth, clock) = oauth(&Fake::steps(vec![json(500, "nothing is asked of Google here")]));
    let store = MemoryPendingStore::new();
    let request = AuthorizationRequest {
        context: "back to /calendar".into(),
        ..AuthorizationRequest::new(ScopeSet::parse("openid email"))
    };
    let url = url::Url::parse(&oauth.begin(&store, request, "session 1").await.unwrap()).unwrap();
    let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    (oauth, clock, store, state)
}

fn query(pairs: &[(&str, &str)]) -> CallbackParams {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    CallbackParams::parse(&format!("https://portal.example/cb?{query}"))
}

#[tokio::test]
async fn consent() {
    let (oauth, _, store, state) = begun().await;
    let params = query(&[
        ("state", &state),
        ("iss", "https://accounts.google.com"),
        ("code", "4/0A-code"),
        ("scope", "openid https://www.googleapis.com/auth/userinfo.email"),
        ("authuser", "0"),
        ("prompt", "consent"),
    ]);
    let Callback::Granted(granted) = oauth.callback(&store, params.clone(), "session 1").await.unwrap() else {
        panic!("not granted");
    };
    assert_eq!(granted.code.expose_secret(), "4/0A-code");
    assert_eq!(granted.scopes, Some(ScopeSet::parse("email openid")));
    assert_eq!(granted.pending.context, "back to /calendar");
    assert_eq!(granted.pending.verifier.expose_secret().len(), 43);

    let again = oauth.callback(&store, params, "session 1").await.unwrap();
    assert!(matches!(again, Callback::Replayed(replay) if replay.id == granted.pending.id));
}

#[tokio::test]
async fn the_issuer_may_be_absent_but_not_another_one() {
    let (oauth, _, store, state) = begun().await;
    let wrong = query(&[("state", &state), ("iss", "https://evil.example"), ("code", "c")]);
    assert!(matches!(oauth.callback(&store, wrong, "session 1").await.unwrap(), Callback::WrongIssuer));
    let absent = query(&[("state", &state), ("code", "c")]);
    assert!(matches!(oauth.callback(&store, absent, "session 1").await.unwrap(), Callback::Granted(_)));
}

#[tokio::test]
async fn what_is_not_ours_uses_up_nothing() {
    let (oauth, clock, store, state) = begun().await;
    let other = state.replace(|c: char| c.is_ascii_uppercase(), "x");
    for params in [
        query(&[("code", "c")]),
        query(&[("state", ""), ("code", "c")]),
        query(&[("state", "made up"), ("code", "c")]),
        query(&[("state", &other), ("code", "c")]),
        query(&[("state", &state), ("state", &state), ("code", "c")]),
        query(&[("state", &state), ("code", "c"), ("code", "d")]),
        CallbackParams::parse(""),
    ] {
        assert!(matches!(oauth.callback(&store, params, "session 1").await.unwrap(), Callback::Unknown));
    }
    let good = || query(&[("state", &state), ("code", "c")]);
    for session in ["session 2", ""] {
        assert!(matches!(oauth.callback(&store, good(), session).await.unwrap(), Callback::ForeignSession));
    }
    clock.advance(Duration::from_secs(599));
    assert!(matches!(oauth.callback(&store, good(), "session 1").await.unwrap(), Callback::Granted(_)));
}

#[tokio::test]
async fn ten_minutes_and_not_longer() {
    let (oauth, clock, store, state) = begun().await;
    clock.advance(Duration::from_secs(600));
    let params = query(&[("state", &state), ("code", "c")]);
    assert!(matches!(oauth.callback(&store, params, "session 1").await.unwrap(), Callback::Expired));
}

#[tokio::test]
async fn a_no_is_told_apart_and_ends_the_attempt() {
    for (error, expected) in [
        ("access_denied", Denial::AccessDenied),
        ("admin_policy_enforced", Denial::AdminBlocked),
        ("org_internal", Denial::AdminBlocked),
        ("interaction_required", Denial::InteractionRequired),
        ("temporarily_unavailable", Denial::Temporary),
        ("<b>ann@example.com", Denial::Other("bannexample.com".into())),
    ] {
        let (oauth, _, store, state) = begun().await;
        let params = query(&[("state", &state), ("error", error)]);
        match oauth.callback(&store, params.clone(), "session 1").await.unwrap() {
            Callback::Denied(denial, pending) => {
                assert_eq!((denial, pending.context.as_str()), (expected, "back to /calendar"));
            }
            other => panic!("{error}: {other:?}"),
        }
        assert!(matches!(oauth.callback(&store, params, "session 1").await.unwrap(), Callback::Replayed(_)));
    }
    let (oauth, _, store, state) = begun().await;
    let neither = query(&[("state", &state)]);
    assert!(matches!(oauth.callback(&store, neither, "session 1").await.unwrap(), Callback::Incomplete(_)));
}

#[tokio::test]
async fn two_at_once_never_cross_and_only_one_of_two_equal_ones_wins() {
    let (oauth, _, store, first) = begun().await;
    let mut request = AuthorizationRequest::new(ScopeSet::parse("openid"));
    request.context = "the other".into();
    let second = oauth.prepare(request, "session 2").unwrap();
    store.put(second.pending.clone()).await.unwrap();
    let url = url::Url::parse(&second.url).unwrap();
    let second_state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();

    let params = query(&[("state", &second_state), ("code", "c2")]);
    match oauth.callback(&store, params, "session 2").await.unwrap() {
        Callback::Granted(granted) => assert_eq!(granted.pending.context, "the other"),
        other => panic!("{other:?}"),
    }
    let params = query(&[("state", &first), ("code", "c1")]);
    let both = futures::join!(
        oauth.callback(&store, params.clone(), "session 1"),
        oauth.callback(&store, params.clone(), "session 1")
    );
    let granted = [both.0.unwrap(), both.1.unwrap()].iter().filter(|it| matches!(it, Callback::Granted(_))).count();
    assert_eq!(granted, 1);
}

struct Broken;

impl PendingStore for Broken {
    fn put(&self, _pending: Pending) -> PendingFuture<'_, ()> {
        Box::pin(async { Err(Error::custom(Kind::PendingStore, "store", "the database is away")) })
    }

    fn take<'a>(&'a self, _id: &'a str) -> PendingFuture<'a, Option<Pending>> {
        Box::pin(async { Err(Error::custom(Kind::PendingStore, "store", "the database is away")) })
    }
}

#[tokio::test]
async fn a_store_that_fails_is_no_replay() {
    let (oauth, _, _, state) = begun().await;
    let params = query(&[("state", &state), ("code", "c")]);
    let error = oauth.callback(&Broken, params, "session 1").await.unwrap_err();
    assert!(error.is_temporary() && error.kind() == &Kind::PendingStore);
}
