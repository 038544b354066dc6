//! What a network, a proxy and a broken server can answer: each ends in a typed error that names the next step, a token
//! goes to Google alone, and nothing secret is shown or logged, not at the finest level either.

use std::sync::Arc;

use portico_google::{
    Client, Credentials, Endpoints, Error, Kind, Next, ScopeSet,
    auth::{KeyProblem, OAuthCredentials, ServiceAccount, ServiceAccountKey, Subject},
    calendar::Calendar,
};

use crate::{
    fake::{Fake, Step, cut, json, oauth, silent, unreachable, untrusted, world},
    secrets::Log,
    service_account_keys::{PEM, json_key, key},
    service_accounts::denied,
};

/// What must never be seen. The assertion begins as every JWT does; the key's lines are the key.
const SECRETS: [&str; 9] =
    ["ya29.", "1//", "eyJ", "GOCSPX", "ann@example.com", "robot@", "Divorce", "assertion=", "refresh_token="];

/// Everything that can be wrong with an answer, with secrets in it wherever it can hold them.
fn answers() -> Vec<(&'static str, Step)> {
    let words = "Divorce of ann@example.com ya29.a0-token 1//0g-refresh eyJhbGciOiJSUzI1NiJ9.e30.c2ln";
    let portal = format!(r#"{{"login":true,"items":[],"access_token":"ya29.portal","summary":"{words}"}}"#);
    let page = format!("<!DOCTYPE html><title>Sign in to the hotel</title><p>{words}");
    let list =
        format!(r#"{{"kind":"calendar#calendarList","items":[{{"id":"ann@example.com","summary":"{words}"}}]}}"#);
    let large = format!(r#"{{"items":"{}"}}"#, words.repeat(10 * 1024 * 1024 / words.len()));
    let refused = format!(r#"{{"error":{{"code":400,"message":"Invalid value '{words}': {words}"}}}}"#);
    vec![
        ("HTML with success", Step::of(200, "text/html", &page)),
        ("JSON that calls itself HTML", Step::of(200, "text/html; charset=utf-8", &portal)),
        ("HTML with 404", Step::of(404, "text/html", &page)),
        ("HTML with 502", Step::of(502, "text/html", &page)),
        ("half a body", json(200, &list[..list.len() / 2])),
        ("an empty body", json(200, "")),
        ("another shape", json(200, &format!(r#"["{words}"]"#))),
        ("10 MB of JSON", json(200, &large)),
        ("10 MB of an error", json(400, &large)),
        ("10 MB of brackets", json(200, &"[".repeat(10 * 1024 * 1024))),
        ("another content type", Step::of(200, "application/octet-stream", &words.repeat(3))),
        ("a redirect", json(302, "").header("location", "https://evil.example/?ya29.a0-token")),
        ("a permanent redirect", json(308, "").header("location", "https://evil.example/")),
        ("a refusal with everything in it", json(400, &refused)),
        ("a refusal of the token", json(401, &refused)),
        ("a refusal of the person", json(403, &refused)),
        ("a cut connection", cut()),
        ("a slow drip", silent()),
        ("nobody there", unreachable()),
        ("a certificate of nobody", untrusted()),
    ]
}

async fn list(fake: &Arc<Fake>, credentials: Arc<dyn Credentials>) -> Option<Error> {
    let client = Client::new(fake.clone(), world().0, Endpoints::google(), credentials);
    Calendar::new(client).calendar_list().list(&Default::default()).await.err()
}

fn delegated(fake: &Arc<Fake>) -> Arc<dyn Credentials> {
    let account = ServiceAccount::new(key(PEM, "k1"), Endpoints::google(), fake.clone(), world().0);
    Arc::new(account.delegated(Subject::new("ann@example.com").unwrap(), ScopeSet::parse("a")))
}

fn show(all: &mut Vec<String>, error: &Error) {
    all.push(format!("{error} {error:?} {:?} {:?}", error.message(), error.reason()));
}

#[tokio::test]
async fn every_bad_answer_is_a_typed_error_that_shows_nothing() {
    let log = Log::default();
    let guard = log.listen();
    let mut shown = Vec::new();
    for (name, step) in answers() {
        // In answer to the call itself.
        let answer = step.clone();
        let fake = Fake::by(move |seen, _| match seen.place().ends_with("/token") {
            true => json(200, r#"{"access_token":"ya29.a0-token","expires_in":3599}"#),
            false => answer.clone(),
        });
        for credentials in [delegated(&fake), Arc::new(OAuthCredentials::new(oauth(&fake).0, "1//0g-refresh".into()))] {
            let error = list(&fake, credentials).await.unwrap_or_else(|| panic!("{name} went through"));
            let next = match name {
                "another shape" | "10 MB of JSON" | "10 MB of brackets" => "GiveUp",
                "a redirect" | "a permanent redirect" => "GiveUp",
                "a refusal with everything in it" | "10 MB of an error" | "a refusal of the person" => "GiveUp",
                "a refusal of the token" => "Reauthorize",
                "a certificate of nobody" => "FixSetup",
                _ => "RetryAfter",
            };
            let expected = format!("{:?}", error.next()).starts_with(next);
            assert!(expected, "{name}: {error}");
            show(&mut shown, &error);
        }
        // A token goes to Google's hosts and nowhere else.
        assert!(
            fake.seen()
                .iter()
                .all(|seen| seen.address.starts_with("https://") && seen.place().contains(".googleapis.com/"))
        );

        // In answer to the request for a token: no call is made without one.
        let fake = Fake::steps(vec![step]);
        for credentials in [delegated(&fake), Arc::new(OAuthCredentials::new(oauth(&fake).0, "1//0g-refresh".into()))] {
            let error = list(&fake, credentials).await.unwrap_or_else(|| panic!("{name} gave a token"));
            assert_eq!(error.operation(), "oauth2.token", "{name}");
            show(&mut shown, &error);
        }
        assert!(fake.seen().iter().all(|seen| seen.place() == "https://oauth2.googleapis.com/token"), "{name}");
    }
    for (error, description) in [
        ("unauthorized_client", "Client ann@example.com is unauthorized"),
        ("access_denied", "eyJhbGciOi for ann@example.com"),
        ("invalid_grant", "Invalid email or User ID: ann@example.com"),
        ("invalid_grant", "Invalid JWT Signature. eyJhbGciOi"),
    ] {
        let fake = Fake::steps(vec![denied(error, description)]);
        show(&mut shown, &list(&fake, delegated(&fake)).await.unwrap());
    }
    bad_keys(&mut shown);
    drop(guard);
    let log = log.text();
    assert!(log.contains("oauth2.token") && log.contains("calendar.calendarList.list") && shown.len() > 80);
    let lines: Vec<&str> = PEM.lines().filter(|line| !line.starts_with('-')).collect();
    for secret in SECRETS.iter().chain(&lines) {
        assert!(!log.contains(secret), "{secret} is in the log");
        for text in &shown {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
}

fn bad_keys(shown: &mut Vec<String>) {
    let whole = json_key(PEM, "k1").to_string();
    for cut in (0..whole.len()).step_by(97) {
        let error = ServiceAccountKey::from_json(&whole[..cut]).unwrap_err();
        assert!(matches!(error.kind(), Kind::Key(KeyProblem::Truncated | KeyProblem::Malformed)), "{cut}: {error}");
        assert_eq!(error.next(), Next::FixSetup);
        show(shown, &error);
    }
    shown.push(format!("{:?}", key(PEM, "k1")));
    shown.push(format!("{:?}", ServiceAccountKey::from_json(&whole.replace("service_account", "ann@example.com"))));
}
