use std::sync::Arc;

use portico_google::{
    Error, Kind, Next, ScopeSet,
    auth::{
        Authorization, AuthorizationRequest, Callback, CallbackParams, GrantFailure, IdTokenProblem,
        MemoryPendingStore, Revoked,
    },
};
use portico_world::ExposeSecret;
use serde_json::{Value, json};

use crate::{
    fake::{self, CLIENT_ID, Fake, Step, cut, oauth, start, unreachable},
    id_token::{claims, google},
};

const ASKED: &str = "openid email https://www.googleapis.com/auth/calendar.events";

/// The whole walk, with `answer` at the token endpoint; `{id}` in it becomes an ID token with the right nonce.
async fn connect(answer: Value) -> (Result<Authorization, Error>, Arc<Fake>) {
    let nonce = Arc::new(std::sync::Mutex::new(String::new()));
    let expected = nonce.clone();
    let fake = Fake::by(move |seen, _| match seen.place() {
        "https://oauth2.googleapis.com/token" => {
            let token = google().sign(Some("k1"), &claims(json!({"nonce": *expected.lock().unwrap()})));
            fake::json(200, &answer.to_string().replace("{id}", &token))
        }
        "https://www.googleapis.com/oauth2/v3/certs" => fake::json(200, &google().jwks()),
        other => panic!("{other}"),
    });
    let (oauth, _) = oauth(&fake);
    let store = MemoryPendingStore::new();
    let mut request = AuthorizationRequest::new(ScopeSet::parse(ASKED));
    request.context = "ctx".into();
    let url = url::Url::parse(&oauth.begin(&store, request, "s").await.unwrap()).unwrap();
    let parameter = |name: &str| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    *nonce.lock().unwrap() = parameter("nonce");
    let params = CallbackParams::parse(&format!("state={}&code=4%2F0A-code", parameter("state")));
    let Callback::Granted(granted) = oauth.callback(&store, params, "s").await.unwrap() else { panic!("not granted") };
    let verifier = portico_google::auth::Verifier::from_secret(granted.pending.verifier.clone());
    assert_eq!(verifier.challenge(), parameter("code_challenge"));
    let answer = oauth.complete(granted).await;
    assert_eq!(fake.seen()[0].form()["code_verifier"], verifier.secret().expose_secret());
    (answer, fake)
}

#[tokio::test]
async fn from_the_consent_page_to_the_account() {
    let (answer, fake) = connect(json!({"access_token": "ya29.a", "expires_in": 3599, "refresh_token": "1//r",
        "refresh_token_expires_in": 604799, "token_type": "Bearer", "id_token": "{id}",
        "scope": "https://www.googleapis.com/auth/calendar.events https://www.googleapis.com/auth/userinfo.email openid"}))
    .await;
    let consent = answer.unwrap();
    assert_eq!(consent.granted, ScopeSet::parse(ASKED));
    assert!(consent.missing.is_empty());
    assert_eq!((consent.account.unwrap().sub.as_str(), consent.context.as_str()), ("1089", "ctx"));
    assert_eq!(consent.tokens.expires_at.as_second(), start().as_second() + 3599);
    assert_eq!(consent.tokens.refresh_token_expires_at.unwrap().as_second(), start().as_second() + 604_799);
    assert_eq!(consent.tokens.refresh_token.unwrap().expose_secret(), "1//r");
    let form = fake.seen()[0].form();
    for (name, value) in [
        ("grant_type", "authorization_code"),
        ("code", "4/0A-code"),
        ("redirect_uri", "https://portal.example/cb"),
        ("client_id", CLIENT_ID),
        ("client_secret", "GOCSPX-secret"),
    ] {
        assert_eq!(form[name], value);
    }
}

#[tokio::test]
async fn an_unticked_box_is_missing_and_no_error() {
    let (answer, _) =
        connect(json!({"access_token": "ya29.a", "expires_in": 3599, "id_token": "{id}", "scope": "openid email"}))
            .await;
    let consent = answer.unwrap();
    assert_eq!(consent.missing, ScopeSet::parse("https://www.googleapis.com/auth/calendar.events"));
    assert!(consent.tokens.refresh_token.is_none());
}

#[tokio::test]
async fn an_account_that_cannot_be_proved_is_refused() {
    let (answer, _) = connect(json!({"access_token": "ya29.a", "expires_in": 3599, "scope": ASKED})).await;
    assert_eq!(answer.unwrap_err().kind(), &Kind::IdToken(IdTokenProblem::Missing));
    let other = google().sign(Some("k1"), &claims(json!({"nonce": "of another attempt"})));
    let (answer, _) =
        connect(json!({"access_token": "ya29.a", "expires_in": 3599, "scope": ASKED, "id_token": other})).await;
    assert_eq!(answer.unwrap_err().kind(), &Kind::IdToken(IdTokenProblem::Nonce));
}

#[tokio::test]
async fn a_code_is_sent_once_unless_it_never_left() {
    let good = || fake::json(200, r#"{"access_token":"a","expires_in":1}"#);
    for (first, sent) in [(cut(), 1), (fake::json(503, ""), 1), (unreachable(), 2)] {
        let fake = Fake::steps(vec![first, good()]);
        let answer = oauth(&fake).0.exchange(&"code".into(), &"verifier".into()).await;
        assert_eq!(fake.count(), sent);
        match answer {
            Ok(_) => assert_eq!(sent, 2),
            Err(error) => assert!(error.may_have_taken_effect() && error.kind() == &Kind::Transient),
        }
    }
}

async fn refresh(steps: Vec<Step>) -> (Result<portico_google::auth::Tokens, Error>, usize) {
    let fake = Fake::steps(steps);
    let answer = oauth(&fake).0.refresh(&"1//old".into()).await;
    (answer, fake.count())
}

#[tokio::test]
async fn a_refresh_keeps_the_old_token_unless_there_is_another() {
    let (answer, _) = refresh(vec![fake::json(
        200,
        r#"{"access_token":"a","expires_in":3599,"scope":"openid","token_type":"Bearer"}"#,
    )])
    .await;
    assert_eq!(answer.unwrap().refresh_token.unwrap().expose_secret(), "1//old");
    let (answer, _) =
        refresh(vec![fake::json(200, r#"{"access_token":"a","expires_in":3599,"refresh_token":"1//new"}"#)]).await;
    assert_eq!(answer.unwrap().refresh_token.unwrap().expose_secret(), "1//new");
}

#[tokio::test]
async fn a_refresh_that_fails_says_why_and_what_next() {
    let body = |error: &str, description: &str| json!({"error": error, "error_description": description}).to_string();
    for (status, error, description, failure, next) in [
        (400, "invalid_grant", "Token has been expired or revoked.", GrantFailure::Revoked, Next::Reauthorize),
        (400, "invalid_grant", "Bad Request", GrantFailure::ClientChanged, Next::Reauthorize),
        (400, "admin_policy_enforced", "", GrantFailure::AdminBlocked, Next::FixSetup),
        (401, "invalid_client", "Unauthorized", GrantFailure::Misconfigured, Next::FixSetup),
        (400, "invalid_grant", "Account has been deleted", GrantFailure::AccountDisabled, Next::GiveUp),
    ] {
        let (answer, sent) = refresh(vec![fake::json(status, &body(error, description))]).await;
        let found = answer.unwrap_err();
        assert_eq!((found.kind(), found.next(), sent), (&Kind::Grant(failure), next, 1));
        assert_eq!((found.status(), found.reason()), (Some(status), Some(error)));
    }
    let (answer, sent) = refresh(vec![fake::json(502, "<html>")]).await;
    assert_eq!((answer.unwrap_err().kind(), sent), (&Kind::Transient, 5));
    let (answer, sent) = refresh(vec![cut(), fake::json(200, r#"{"access_token":"a","expires_in":1}"#)]).await;
    assert_eq!((answer.is_ok(), sent), (true, 2));
}

#[tokio::test]
async fn giving_back_what_is_gone_is_done() {
    let gone = r#"{"error":"invalid_token","error_description":"Token expired or revoked"}"#;
    for (step, expected) in [
        (fake::json(200, "{}"), Revoked::Now),
        (fake::json(200, ""), Revoked::Now),
        (fake::json(400, gone), Revoked::Before),
    ] {
        let fake = Fake::steps(vec![step]);
        assert_eq!(oauth(&fake).0.revoke(&"1//r".into()).await.unwrap(), expected);
        assert_eq!(
            (fake.seen()[0].place(), fake.seen()[0].body.as_str()),
            ("https://oauth2.googleapis.com/revoke", "token=1%2F%2Fr")
        );
    }
    let fake = Fake::steps(vec![fake::json(503, "")]);
    assert!(oauth(&fake).0.revoke(&"1//r".into()).await.unwrap_err().is_temporary());
}

#[tokio::test]
async fn whose_token_it_is() {
    let fake = Fake::steps(vec![fake::json(
        200,
        r#"{"sub":"1089","email":"ann@example.com","email_verified":true,"locale":"cs"}"#,
    )]);
    let person = oauth(&fake).0.userinfo(&"ya29.a".into()).await.unwrap();
    assert_eq!(
        (person.sub.as_str(), person.email.as_deref(), person.hosted_domain),
        ("1089", Some("ann@example.com"), None)
    );
    assert_eq!(fake.seen()[0].headers["authorization"], "Bearer ya29.a");
    let fake = Fake::steps(vec![fake::refusal(401, "authError")]);
    assert_eq!(oauth(&fake).0.userinfo(&"x".into()).await.unwrap_err().kind(), &Kind::Unauthorized);
}
