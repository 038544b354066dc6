use std::{collections::BTreeMap, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use futures::future::join_all;
use portico_google::{
    Client, Credentials, Endpoints, Kind, Next, ScopeSet,
    auth::{ExpiredReason, GrantFailure, KeyProblem, ServiceAccount, ServiceAccountKey, Subject},
    calendar::Calendar,
};
use portico_world::{Clock, ExposeSecret, VirtualClock};
use serde_json::Value;

use crate::{
    fake::{Fake, Seen, Step, json, refusal, start, world},
    service_account_keys::{CLIENT_ID, OTHER_PEM, PEM, ROBOT, json_key, key},
};

const CALENDAR: &str = "https://www.googleapis.com/auth/calendar";

pub fn token(number: usize) -> Step {
    json(200, &format!(r#"{{"access_token":"ya29.{number}","expires_in":3599,"token_type":"Bearer"}}"#))
}

pub fn denied(error: &str, description: &str) -> Step {
    json(400, &serde_json::json!({"error": error, "error_description": description}).to_string())
}

fn account(fake: &Arc<Fake>) -> (ServiceAccount, Arc<VirtualClock>) {
    let (world, clock) = world();
    (ServiceAccount::new(key(PEM, "k1"), Endpoints::google(), fake.clone(), world), clock)
}

fn ann() -> Subject {
    Subject::new("ann@example.com").unwrap()
}

fn scopes() -> ScopeSet {
    ScopeSet::parse(CALENDAR)
}

/// Header and claims of the assertion in a token request.
pub fn assertion(seen: &Seen) -> (Value, Value) {
    let form = seen.form();
    assert_eq!(form["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
    let parts: Vec<&str> = form["assertion"].split('.').collect();
    let read = |part: &str| serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    assert_eq!(parts.len(), 3);
    (read(parts[0]), read(parts[1]))
}

/// Which of the keys signed it.
fn kid(seen: &Seen) -> String {
    assertion(seen).0["kid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_assertion_says_what_google_wants_and_goes_to_google_alone() {
    let fake = Fake::by(|_, number| token(number));
    let (account, clock) = account(&fake);
    account.delegated(ann(), scopes()).access_token().await.unwrap();
    account.itself(scopes()).access_token().await.unwrap();
    let seen = fake.seen();
    let (header, claims) = assertion(&seen[0]);
    assert_eq!(header, serde_json::json!({"typ": "JWT", "alg": "RS256", "kid": "k1"}));
    let now = clock.now().as_second();
    assert_eq!(
        claims,
        serde_json::json!({"iss": ROBOT, "scope": CALENDAR, "aud": "https://oauth2.googleapis.com/token",
            "iat": now - 30, "exp": now + 3570, "sub": "ann@example.com"})
    );
    assert!(assertion(&seen[1]).1.get("sub").is_none(), "the account itself acts for nobody");
    // The address in the pasted key is never asked.
    assert!(seen.iter().all(|seen| seen.address == "https://oauth2.googleapis.com/token"));
}

#[tokio::test]
async fn the_audience_is_googles_wherever_the_token_comes_from() {
    let fake = Fake::by(|_, number| token(number));
    let endpoints = Endpoints::at("http://127.0.0.1:8790");
    let account = ServiceAccount::new(key(PEM, "k1"), endpoints, fake.clone(), world().0);
    account.delegated(ann(), scopes()).access_token().await.unwrap();
    let seen = &fake.seen()[0];
    assert_eq!(seen.address, "http://127.0.0.1:8790/token");
    assert_eq!(assertion(seen).1["aud"], "https://oauth2.googleapis.com/token");
}

#[tokio::test]
async fn a_thousand_callers_make_one_request() {
    let fake = Fake::by(|_, number| token(number));
    let credentials = account(&fake).0.delegated(ann(), scopes());
    let copies: Vec<_> = (0..1000).map(|_| credentials.clone()).collect();
    let tokens = join_all(copies.iter().map(|credentials| credentials.access_token())).await;
    assert!(tokens.into_iter().all(|token| token.unwrap().expose_secret() == "ya29.0"));
    assert_eq!(fake.count(), 1);
    let refused = "ya29.0".into();
    join_all(copies.iter().map(|credentials| credentials.refresh(&refused))).await;
    assert_eq!(fake.count(), 2, "all of them refused at once: one more");
}

#[tokio::test]
async fn the_subject_is_in_every_assertion_whatever_happens() {
    // A refused key, a wrong clock, a refused token, an end of life: each makes a new assertion.
    let time = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.";
    let fake = Fake::by(move |seen, number| match (seen.place(), number) {
        ("https://oauth2.googleapis.com/token", 0) => denied("invalid_grant", "Invalid JWT Signature."),
        ("https://oauth2.googleapis.com/token", 1) => {
            denied("invalid_grant", time).header("date", "Sat, 18 Jul 2026 12:10:00 GMT")
        }
        ("https://oauth2.googleapis.com/token", number) => token(number),
        (_, 3) => refusal(401, "authError"),
        _ => json(200, r#"{"items":[]}"#),
    });
    let (account, clock) = account(&fake);
    let account = account.with_older_key(key(OTHER_PEM, "k0")).unwrap();
    let credentials = Arc::new(account.delegated(ann(), scopes()));
    let client = Client::new(fake.clone(), world().0, Endpoints::google(), credentials.clone());
    Calendar::new(client.clone()).calendar_list().list(&Default::default()).await.unwrap();
    clock.advance(Duration::from_secs(4000));
    credentials.access_token().await.unwrap();
    let asked: Vec<Seen> = fake.seen().into_iter().filter(|seen| seen.place().ends_with("/token")).collect();
    assert!(asked.len() >= 5, "{}", asked.len());
    assert!(asked.iter().all(|seen| assertion(seen).1["sub"] == "ann@example.com"));
}

#[tokio::test]
async fn calls_for_people_are_counted_for_them_without_their_address() {
    let fake = Fake::by(|seen, number| match seen.place().ends_with("/token") {
        true => token(number),
        false => json(200, r#"{"items":[]}"#),
    });
    let (account, _) = account(&fake);
    let list = async |credentials: Arc<dyn Credentials>| {
        let client = Client::new(fake.clone(), world().0, Endpoints::google(), credentials);
        Calendar::new(client).calendar_list().list(&Default::default()).await.unwrap();
        let query: BTreeMap<_, _> = fake.seen().last().unwrap().query().into_iter().collect();
        query.get("quotaUser").cloned()
    };
    let of_ann = list(Arc::new(account.delegated(ann(), scopes()))).await.unwrap();
    let again = list(Arc::new(account.delegated(Subject::new("Ann@Example.com").unwrap(), scopes()))).await.unwrap();
    let of_bob = list(Arc::new(account.delegated(Subject::new("bob@example.com").unwrap(), scopes()))).await.unwrap();
    assert!(of_ann == again && of_ann != of_bob && of_ann.len() <= 40 && !of_ann.contains("ann"));
    assert_eq!(list(Arc::new(account.itself(scopes()))).await, None);
}

#[tokio::test]
async fn while_keys_change_the_older_one_helps_out() {
    let only = |good: &'static str| {
        Fake::by(move |seen, number| match kid(seen) == good {
            true => token(number),
            false => denied("invalid_grant", "Invalid JWT Signature."),
        })
    };
    let with = |fake: &Arc<Fake>| account(fake).0.with_older_key(key(OTHER_PEM, "k0")).unwrap();

    let fake = only("k0");
    let young = with(&fake);
    assert!(!young.key_in_use().is_older);
    young.itself(scopes()).access_token().await.unwrap();
    assert_eq!((young.key_in_use().is_older, young.key_in_use().key_id.as_deref()), (true, Some("k0")));
    assert_eq!(fake.seen().iter().map(kid).collect::<Vec<_>>(), ["k1", "k0"]);

    let fake = only("k1");
    let settled = with(&fake);
    settled.itself(scopes()).access_token().await.unwrap();
    assert_eq!((settled.key_in_use().is_older, fake.count()), (false, 1));

    let fake = only("k9");
    let dead = with(&fake);
    let error = dead.itself(scopes()).access_token().await.unwrap_err();
    assert_eq!((error.kind(), error.next()), (&Kind::Grant(GrantFailure::KeyRejected), Next::FixSetup));
    assert_eq!(fake.count(), 2);

    let mut foreign = json_key(OTHER_PEM, "k0");
    foreign["client_email"] = "else@project-2.iam.gserviceaccount.com".into();
    let foreign = ServiceAccountKey::from_json(&foreign.to_string()).unwrap();
    let error = account(&fake).0.with_older_key(foreign).err().unwrap();
    assert_eq!(error.kind(), &Kind::Key(KeyProblem::OtherAccount));
}

#[tokio::test]
async fn only_a_refused_key_makes_the_other_one_be_tried() {
    for (error, description) in [
        ("unauthorized_client", "Unauthorized client or scope in request."),
        ("invalid_grant", "Invalid email or User ID"),
        ("disabled_client", "The OAuth client was disabled."),
    ] {
        let fake = Fake::steps(vec![denied(error, description)]);
        let account = account(&fake).0.with_older_key(key(OTHER_PEM, "k0")).unwrap();
        assert!(account.delegated(ann(), scopes()).access_token().await.is_err());
        assert_eq!(fake.count(), 1, "{error}");
    }
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_corrected_by_googles() {
    // Ten minutes behind Google, which tells so with its Date.
    let fake = Fake::by(|seen, number| {
        let issued = assertion(seen).1["iat"].as_i64().unwrap();
        let theirs = start().as_second() + 600;
        match (issued - theirs).abs() <= 300 {
            true => token(number),
            false => denied("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes)")
                .header("date", "Sat, 18 Jul 2026 12:10:00 GMT"),
        }
    });
    let (account, _) = account(&fake);
    account.itself(scopes()).access_token().await.unwrap();
    assert_eq!(fake.count(), 2);
    account.delegated(ann(), scopes()).access_token().await.unwrap();
    assert_eq!(fake.count(), 3, "the difference is remembered");

    // Without a date nothing can be corrected, and a date that does not help is tried once.
    for (date, sent) in [(None, 1), (Some("Sat, 18 Jul 2026 12:00:00 GMT"), 2)] {
        let step = denied("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes)");
        let fake = Fake::steps(vec![match date {
            Some(date) => step.header("date", date),
            None => step,
        }]);
        let error = self::account(&fake).0.itself(scopes()).access_token().await.unwrap_err();
        assert_eq!((error.kind(), fake.count()), (&Kind::Grant(GrantFailure::ClockSkew), sent));
        assert_eq!(error.next(), Next::FixSetup);
    }
}

#[tokio::test]
async fn a_refusal_is_shared_by_those_who_wait_and_may_be_put_right() {
    let fake = Fake::by(|_, number| match number {
        0 => denied("unauthorized_client", "Unauthorized client or scope in request."),
        number => token(number),
    });
    let credentials = account(&fake).0.delegated(ann(), scopes());
    for answer in join_all((0..1000).map(|_| credentials.access_token())).await {
        let error = answer.unwrap_err();
        assert_eq!(error.kind(), &Kind::Grant(GrantFailure::DelegationMissing));
        let Kind::Grant(failure) = error.kind() else { unreachable!() };
        assert_eq!(failure.expired_reason(), Some(ExpiredReason::DelegationMissing));
    }
    assert_eq!(fake.count(), 1);
    assert!(credentials.access_token().await.is_ok(), "the administrator has entered it meanwhile");
}

#[tokio::test]
async fn whatever_is_wrong_with_the_set_up_is_an_error_of_its_own_that_names_the_next_step() {
    use GrantFailure::*;
    const LONG: &str = "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.";
    for (error, description, failure, says) in [
        // A key of another project: Google knows neither the account nor the key, or the domain trusts another one.
        ("invalid_grant", "Invalid JWT Signature.", KeyRejected, "a new key needs some minutes"),
        ("invalid_grant", "Invalid grant: account not found", ServiceAccountDisabled, "does not exist or is disabled"),
        ("unauthorized_client", LONG, DelegationMissing, "client id"),
        // A scope that the domain has not delegated, and one that there is not.
        ("access_denied", "Requested client not authorized.", ScopeNotDelegated, "some of the scopes and not all"),
        ("invalid_scope", "Invalid OAuth scope or ID token audience provided.", ScopeInvalid, "a scope does not exist"),
        // A subject that nobody is, a group, somebody who was suspended.
        ("invalid_grant", "Not a valid email or user ID.", SubjectUnknown, "not a user of the domain"),
        ("invalid_grant", "Invalid email or User ID", SubjectUnknown, "a group cannot be one"),
        ("invalid_grant", "Account has been suspended", AccountDisabled, "deleted or disabled"),
    ] {
        let fake = Fake::steps(vec![denied(error, description)]);
        let credentials = account(&fake).0.delegated(ann(), scopes());
        let error = credentials.access_token().await.unwrap_err();
        assert_eq!(error.kind(), &Kind::Grant(failure), "{description}");
        let next = if failure == AccountDisabled { Next::GiveUp } else { Next::FixSetup };
        assert_eq!(error.next(), next, "{description}");
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(fake.count(), 1, "{description}: it is not asked again");
    }
    // Two keys of two projects do not make one account, and an API that the project has not switched on says which one.
    let (account, _) = account(&Fake::steps(vec![token(0)]));
    let other = json_key(PEM, "k2").to_string().replace("robot@project-1", "robot@project-2");
    let error = account.with_older_key(ServiceAccountKey::from_json(&other).unwrap()).map(drop).unwrap_err();
    assert_eq!((error.kind(), error.next()), (&Kind::Key(KeyProblem::OtherAccount), Next::FixSetup));
}

#[test]
fn a_subject_is_a_whole_address() {
    for bad in ["", "ann", "@example.com", "ann@", "ann@local", "a b@example.com", "a@b@example.com"] {
        assert_eq!(Subject::new(bad).unwrap_err().kind(), &Kind::Unsendable, "{bad}");
    }
    assert_eq!(ann().email(), "ann@example.com");
    assert!(!format!("{:?}", ann()).contains("ann"));
}

#[test]
fn what_an_administrator_pastes() {
    let fake = Fake::steps(vec![token(0)]);
    let entry = account(&fake).0.delegation_entry(&ScopeSet::parse("openid https://b https://a"));
    assert_eq!(entry.client_id.as_deref(), Some(CLIENT_ID));
    assert_eq!(entry.scopes, "https://a,https://b,openid");
    assert_eq!(entry.link, "https://admin.google.com/ac/owl/domainwidedelegation");
}
