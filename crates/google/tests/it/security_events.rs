use std::{sync::Arc, time::Duration};

use portico_google::{
    Endpoints, Error, Kind,
    auth::{
        EventSubject, Fingerprint, IdTokenProblem, MemorySeenEvents, SecurityEvent, SecurityEventToken, SecurityEvents,
    },
};
use serde_json::{Value, json};

use crate::{
    fake::{self, CLIENT_ID, Fake, start, world},
    id_token::{google, stranger},
};

const PREFIX: &str = "https://schemas.openid.net/secevent/";

fn at_google() -> Arc<Fake> {
    Fake::by(|seen, _| {
        assert_eq!(seen.address, "https://www.googleapis.com/oauth2/v3/certs");
        fake::json(200, &google().jwks())
    })
}

fn receiver(fake: &Arc<Fake>) -> SecurityEvents {
    let clients = ["other.apps.googleusercontent.com".to_owned(), CLIENT_ID.to_owned()];
    SecurityEvents::new(clients, Endpoints::google(), fake.clone(), world().0)
}

fn claims(events: Value, changes: Value) -> Value {
    let mut claims = json!({"iss": "https://accounts.google.com/", "aud": CLIENT_ID, "iat": start().as_second(),
        "jti": "756E69717565", "events": events});
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    claims
}

async fn receive(claims: &Value) -> Result<SecurityEventToken, Error> {
    receiver(&at_google()).receive(&google().sign(Some("k1"), claims).into()).await
}

async fn event(kind: &str, body: Value) -> SecurityEvent {
    let claims = claims(json!({format!("{PREFIX}{kind}"): body}), json!({}));
    let mut token = receive(&claims).await.unwrap();
    assert_eq!((token.id.as_str(), token.issued_at, token.events.len()), ("756E69717565", start(), 1));
    token.events.remove(0)
}

#[tokio::test]
async fn each_event_has_its_type_and_unknown_ones_are_kept() {
    let subject = json!({"subject": {"subject_type": "iss-sub", "iss": "https://accounts.google.com/", "sub": "7375"}});
    let sub = || EventSubject::Account { sub: "7375".into() };
    let with = |name: &str, value: &str| {
        let mut body = subject.clone();
        body[name] = json!(value);
        body
    };
    for (kind, body, expected) in [
        ("risc/event-type/sessions-revoked", subject.clone(), SecurityEvent::SessionsRevoked(sub())),
        ("oauth/event-type/tokens-revoked", subject.clone(), SecurityEvent::TokensRevoked(sub())),
        (
            "risc/event-type/account-disabled",
            with("reason", "hijacking"),
            SecurityEvent::AccountDisabled { subject: sub(), reason: Some("hijacking".into()) },
        ),
        ("risc/event-type/account-enabled", subject.clone(), SecurityEvent::AccountEnabled(sub())),
        (
            "risc/event-type/account-credential-change-required",
            subject.clone(),
            SecurityEvent::CredentialChangeRequired(sub()),
        ),
        (
            "risc/event-type/verification",
            json!({"state": "some text"}),
            SecurityEvent::Verification { state: "some text".into() },
        ),
        (
            "risc/event-type/brand-new",
            json!({"a": [1, null]}),
            SecurityEvent::Other { kind: format!("{PREFIX}risc/event-type/brand-new"), body: json!({"a": [1, null]}) },
        ),
    ] {
        assert_eq!(event(kind, body).await, expected, "{kind}");
    }
    let by_address = json!({"subject": {"subject_type": "id_token_claims", "email": "ann@example.com"}});
    let event = event("risc/event-type/sessions-revoked", by_address).await;
    assert_eq!(event, SecurityEvent::SessionsRevoked(EventSubject::Email { email: "ann@example.com".into() }));
    assert!(!format!("{event:?}").contains("ann@"));
}

#[tokio::test]
async fn a_revoked_token_is_found_by_its_fingerprint() {
    let fingerprint = Fingerprint::of(&"1//0g-refresh-token".into());
    for (algorithm, token) in [("prefix", &fingerprint.prefix), ("hash_base64_sha512_sha512", &fingerprint.hash)] {
        let body = json!({"subject": {"subject_type": "oauth_token", "token_type": "refresh_token",
            "token_identifier_alg": algorithm, "token": token}});
        let event = event("oauth/event-type/token-revoked", body).await;
        assert!(event.revokes(&fingerprint) && !event.revokes(&Fingerprint::of(&"1//0g-other-token-".into())));
        assert!(!format!("{event:?}").contains(token.as_str()));
    }
}

#[tokio::test]
async fn what_is_not_googles_or_not_for_us_is_refused() {
    use IdTokenProblem::*;
    let none = || json!({});
    for (changes, expected) in [
        (json!({}), None),
        (json!({"iss": "https://accounts.google.com"}), None),
        (json!({"aud": [CLIENT_ID, "x"]}), None),
        (json!({"iat": start().as_second() - 1_000_000}), None),
        (json!({"exp": 1}), None),
        (json!({"iss": "https://evil.example/"}), Some(Issuer)),
        (json!({"aud": "x"}), Some(Audience)),
        (json!({"aud": []}), Some(Audience)),
        (json!({"iat": start().as_second() + 400}), Some(Expired)),
        (json!({"jti": null}), Some(Malformed)),
        (json!({"events": null}), Some(Malformed)),
    ] {
        let answer = receive(&claims(none(), changes.clone())).await;
        let problem = answer.err().map(|error| error.kind().clone());
        assert_eq!(problem, expected.map(Kind::SecurityEvent), "{changes}");
    }
    let good = claims(none(), none());
    let at = receiver(&at_google());
    for (token, expected) in [
        (stranger().sign(Some("k1"), &good), Signature),
        (google().sign(Some("k9"), &good), UnknownKey),
        (google().sign(None, &good), UnknownKey),
        ("{}".to_owned(), Malformed),
    ] {
        let error = at.receive(&token.clone().into()).await.unwrap_err();
        assert_eq!(error.kind(), &Kind::SecurityEvent(expected), "{token}");
        assert!(!format!("{error} {error:?}").contains("eyJ"));
    }
}

#[tokio::test]
async fn a_new_key_of_googles_is_fetched_when_it_is_first_seen() {
    let fake = Fake::by(|_, number| match number {
        0 => fake::json(200, &google().jwks().replace("\"k1\"", "\"k0\"")),
        _ => fake::json(200, &google().jwks()),
    });
    let (world, clock) = world();
    let receiver = SecurityEvents::new([CLIENT_ID.to_owned()], Endpoints::google(), fake.clone(), world);
    let good = claims(json!({}), json!({}));
    receiver.receive(&google().sign(Some("k0"), &good).into()).await.unwrap();
    clock.advance(Duration::from_secs(61));
    receiver.receive(&google().sign(Some("k1"), &good).into()).await.unwrap();
    assert_eq!(fake.count(), 2);
    // Keys that cannot be had are no verdict: Google sends again.
    let away = Fake::steps(vec![fake::json(503, "")]);
    let error = self::receiver(&away).receive(&google().sign(Some("k1"), &good).into()).await.unwrap_err();
    assert!(error.is_temporary(), "{error}");
}

#[tokio::test]
async fn what_google_sends_twice_is_acted_upon_once() {
    let (receiver, seen) = (receiver(&at_google()), MemorySeenEvents::new());
    let event = json!({format!("{PREFIX}risc/event-type/verification"): {"state": "x"}});
    let token = |changes| google().sign(Some("k1"), &claims(event.clone(), changes)).into();
    assert!(receiver.receive_once(&token(json!({})), &seen).await.unwrap().is_some());
    assert!(receiver.receive_once(&token(json!({})), &seen).await.unwrap().is_none());
    assert!(receiver.receive_once(&token(json!({"jti": "another"})), &seen).await.unwrap().is_some());
    // What is not believed uses up no id.
    let forged = stranger().sign(Some("k1"), &claims(event.clone(), json!({"jti": "third"}))).into();
    assert!(receiver.receive_once(&forged, &seen).await.is_err());
    assert!(receiver.receive_once(&token(json!({"jti": "third"})), &seen).await.unwrap().is_some());
}
