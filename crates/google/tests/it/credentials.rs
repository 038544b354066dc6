use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use futures::future::join_all;
use portico_google::{
    Client, Credentials, Endpoints, Kind,
    auth::{GrantFailure, OAuthCredentials},
    calendar::Calendar,
};
use portico_world::{ExposeSecret, SecretString};

use crate::fake::{Fake, Step, json, oauth, refusal, world};

fn token(number: usize) -> Step {
    json(
        200,
        &format!(r#"{{"access_token":"ya29.{number}","expires_in":3599,"token_type":"Bearer","scope":"openid"}}"#),
    )
}

fn revoked() -> Step {
    json(400, r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#)
}

fn text(token: SecretString) -> String {
    token.expose_secret().to_owned()
}

#[tokio::test]
async fn a_thousand_callers_make_one_request() {
    let fake = Fake::by(|_, number| token(number));
    let credentials = OAuthCredentials::new(oauth(&fake).0, "1//r".into());
    let tokens = join_all((0..1000).map(|_| credentials.access_token())).await;
    assert!(tokens.into_iter().all(|token| text(token.unwrap()) == "ya29.0"));
    assert_eq!(fake.count(), 1);
    let form = fake.seen()[0].form();
    assert_eq!((form["grant_type"].as_str(), form["refresh_token"].as_str()), ("refresh_token", "1//r"));

    // All of them are refused by Google at once: still one refresh.
    let refused = "ya29.0".into();
    let tokens = join_all((0..1000).map(|_| credentials.refresh(&refused))).await;
    assert!(tokens.into_iter().all(|token| text(token.unwrap()) == "ya29.1"));
    assert_eq!(fake.count(), 2);
}

#[tokio::test]
async fn a_thousand_callers_share_one_refusal_and_it_stays() {
    let fake = Fake::steps(vec![revoked()]);
    let credentials = OAuthCredentials::new(oauth(&fake).0, "1//r".into());
    for answer in join_all((0..1000).map(|_| credentials.access_token())).await {
        assert_eq!(answer.unwrap_err().kind(), &Kind::Grant(GrantFailure::Revoked));
    }
    assert!(credentials.access_token().await.is_err());
    assert_eq!(fake.count(), 1);
}

#[tokio::test]
async fn those_who_waited_share_a_failure_that_passes_and_the_next_one_tries_again() {
    let fake = Fake::by(|_, number| if number < 5 { json(503, "") } else { token(number) });
    let credentials = OAuthCredentials::new(oauth(&fake).0, "1//r".into());
    for answer in join_all((0..100).map(|_| credentials.access_token())).await {
        assert_eq!(answer.unwrap_err().kind(), &Kind::Transient);
    }
    assert_eq!(fake.count(), 5, "one call with its five tries");
    assert_eq!(text(credentials.access_token().await.unwrap()), "ya29.5");
}

#[tokio::test]
async fn a_wrong_client_secret_can_be_corrected() {
    let fake = Fake::steps(vec![json(401, r#"{"error":"invalid_client"}"#), token(1)]);
    let credentials = OAuthCredentials::new(oauth(&fake).0, "1//r".into());
    let error = credentials.access_token().await.unwrap_err();
    assert_eq!(error.kind(), &Kind::Grant(GrantFailure::Misconfigured));
    assert!(credentials.access_token().await.is_ok());
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_and_not_sooner() {
    let fake = Fake::by(|_, number| token(number));
    let (oauth, clock) = oauth(&fake);
    let credentials = OAuthCredentials::new(oauth, "1//r".into());
    assert_eq!(text(credentials.access_token().await.unwrap()), "ya29.0");
    clock.advance(Duration::from_secs(3599 - 61));
    assert_eq!(text(credentials.access_token().await.unwrap()), "ya29.0");
    clock.advance(Duration::from_secs(1));
    assert_eq!(text(credentials.access_token().await.unwrap()), "ya29.1");
    assert_eq!(fake.count(), 2);
}

#[tokio::test]
async fn a_token_of_short_life_is_still_fetched_once_for_those_who_wait() {
    let fake = Fake::by(|_, _| json(200, r#"{"access_token":"ya29.s","expires_in":30,"token_type":"Bearer"}"#));
    let credentials = OAuthCredentials::new(oauth(&fake).0, "1//r".into());
    join_all((0..50).map(|_| credentials.access_token())).await;
    assert_eq!(fake.count(), 1);
}

#[tokio::test]
async fn a_caller_who_gives_up_in_the_middle_blocks_nobody() {
    let fake = Fake::by(|_, number| token(number));
    let credentials = OAuthCredentials::new(oauth(&fake).0, "1//r".into());
    {
        let mut first = credentials.access_token();
        assert!(futures::poll!(&mut first).is_pending());
    }
    assert_eq!(text(credentials.access_token().await.unwrap()), "ya29.1");
}

#[tokio::test]
async fn many_calls_of_a_client_after_a_401_refresh_once() {
    let refreshes = Arc::new(AtomicUsize::new(0));
    let counted = refreshes.clone();
    let fake = Fake::by(move |seen, _| {
        if seen.place() == "https://oauth2.googleapis.com/token" {
            return token(counted.fetch_add(1, SeqCst));
        }
        match seen.headers["authorization"].as_str() {
            "Bearer ya29.1" => json(200, r#"{"items":[]}"#),
            _ => refusal(401, "authError"),
        }
    });
    let credentials = Arc::new(OAuthCredentials::new(oauth(&fake).0, "1//r".into()));
    let calendar = Calendar::new(Client::new(fake.clone(), world().0, Endpoints::google(), credentials));
    let list = Default::default();
    let answers = join_all((0..100).map(|_| calendar.calendar_list().list(&list))).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(refreshes.load(SeqCst), 2, "the first token and one after the refusals");
}
