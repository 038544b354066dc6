//! The library's service accounts, preflight and security events against the sandbox: two independent readings of
//! Google's rules.

use std::sync::{Arc, Mutex};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use portico_google::{
    Client, Credentials, Endpoints, ExposeSecret, Kind, ScopeSet, World,
    auth::{
        Fingerprint, GrantFailure, IdTokenProblem, Preflight, PreflightOutcome as Outcome, SecurityEvent,
        SecurityEvents, ServiceAccount, ServiceAccountKey, Subject,
    },
    calendar::Calendar,
};
use portico_sandbox::{Sandbox, SandboxTransport};
use portico_transport::{Answer, Transport};
use portico_world::VirtualClock;
use serde_json::{Value, json};

const CALENDAR: &str = "https://www.googleapis.com/auth/calendar";
const CONTACTS: &str = "https://www.googleapis.com/auth/contacts";
const CLIENT: &str = "web.apps.googleusercontent.com";

/// Takes what the sandbox sends.
#[derive(Default)]
struct Receiver(Mutex<Vec<Bytes>>);

impl Transport for Receiver {
    fn send(&self, request: http::Request<Bytes>) -> Answer<'_> {
        self.0.lock().unwrap().push(request.into_body());
        Box::pin(async { Ok(http::Response::builder().status(202).body(Bytes::new()).unwrap()) })
    }
}

struct Google {
    sandbox: Arc<Sandbox>,
    transport: Arc<dyn Transport>,
    receiver: Arc<Receiver>,
    world: World,
    clock: Arc<VirtualClock>,
}

impl Google {
    fn new() -> Self {
        let receiver = Arc::new(Receiver::default());
        let (world, clock) = World::seeded("2026-11-21T09:00:00Z".parse().unwrap(), 7);
        portico_watch::install();
        let sandbox = Sandbox::open(None, world.clone(), receiver.clone()).unwrap();
        sandbox.seed_defaults().unwrap();
        let transport = Arc::new(SandboxTransport::new(sandbox.clone()));
        Self { sandbox, transport, receiver, world, clock }
    }

    async fn control(&self, path: &str, body: Value) -> Value {
        let address = format!("http://sandbox.test/_sandbox/{path}");
        let request = http::Request::post(address).body(Bytes::from(body.to_string())).unwrap();
        let answer = self.transport.send(request).await.unwrap();
        assert_eq!(answer.status(), 200, "{}", String::from_utf8_lossy(answer.body()));
        serde_json::from_slice(answer.body()).unwrap()
    }

    fn account(&self, key: ServiceAccountKey) -> ServiceAccount {
        ServiceAccount::new(key, Endpoints::google(), self.transport.clone(), self.world.clone())
    }

    /// The address of the primary calendar that credentials see.
    async fn primary(&self, credentials: impl Credentials + 'static) -> String {
        let client =
            Client::new(self.transport.clone(), self.world.clone(), Endpoints::google(), Arc::new(credentials));
        Calendar::new(client).calendars().get("primary").await.unwrap().id.unwrap()
    }

    async fn preflight(&self, key: &str, subject: &str, scopes: &str) -> Preflight {
        let (subject, scopes) = (Subject::new(subject).unwrap(), ScopeSet::parse(scopes));
        Preflight::run(ServiceAccountKey::from_json(key), |key| self.account(key), &subject, &scopes).await
    }
}

fn json_key(made: &Value) -> ServiceAccountKey {
    ServiceAccountKey::from_json(&made["key"].to_string()).unwrap()
}

fn ann() -> Subject {
    Subject::new("ann@example.com").unwrap()
}

fn scopes() -> ScopeSet {
    ScopeSet::parse(CALENDAR)
}

#[tokio::test]
async fn every_kind_of_key_acts_for_itself_and_for_people() {
    let google = Google::new();
    let made = google.control("service-accounts", json!({"scopes": [CALENDAR]})).await;
    let email = made["email"].as_str().unwrap();
    let mut keys = vec![json_key(&made)];
    for extra in [json!({"p12": true}), json!({"p12": true, "modern": true, "password": "Häslo 1"})] {
        let mut wanted = json!({"email": email});
        wanted.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let p12 = google.control("service-accounts", wanted).await;
        let file = STANDARD.decode(p12["p12"].as_str().unwrap()).unwrap();
        keys.push(ServiceAccountKey::from_p12(&file, p12["password"].as_str().unwrap(), email).unwrap());
    }
    for key in keys {
        let account = google.account(key);
        assert_eq!(account.client_id(), made["client_id"].as_str());
        assert_eq!(google.primary(account.delegated(ann(), scopes())).await, "ann@example.com");
        assert_eq!(google.primary(account.itself(scopes())).await, email);
    }
}

#[tokio::test]
async fn the_older_key_helps_out_when_the_newer_one_is_disabled() {
    let google = Google::new();
    let older = google.control("service-accounts", json!({"scopes": [CALENDAR]})).await;
    let newer = google.control("service-accounts", json!({"email": older["email"]})).await;
    let account = google.account(json_key(&newer)).with_older_key(json_key(&older)).unwrap();
    account.delegated(ann(), scopes()).access_token().await.unwrap();
    assert!(!account.key_in_use().is_older);
    let disable = json!({"email": older["email"], "disable_keys": [newer["key_id"]]});
    google.control("service-accounts", disable).await;
    account.delegated(ann(), scopes()).access_token().await.unwrap();
    assert_eq!(
        (account.key_in_use().is_older, account.key_in_use().key_id.as_deref()),
        (true, older["key_id"].as_str())
    );
    let disable = json!({"email": older["email"], "disable_keys": [older["key_id"]]});
    google.control("service-accounts", disable).await;
    let error = account.delegated(ann(), scopes()).access_token().await.unwrap_err();
    assert_eq!(error.kind(), &Kind::Grant(GrantFailure::KeyRejected));
}

#[tokio::test]
async fn each_refusal_of_the_sandbox_is_understood() {
    let google = Google::new();
    let made = google.control("service-accounts", json!({"scopes": [CALENDAR], "domain": "example.com"})).await;
    google.control("users", json!({"email": "team@example.com", "kind": "group"})).await;
    google.control("users", json!({"email": "gone@example.com", "disabled": true})).await;
    let account = google.account(json_key(&made));
    for (subject, scopes, expected) in [
        ("nobody@example.com", CALENDAR, GrantFailure::SubjectUnknown),
        ("team@example.com", CALENDAR, GrantFailure::SubjectUnknown),
        ("gone@example.com", CALENDAR, GrantFailure::AccountDisabled),
        ("x@other.example", CALENDAR, GrantFailure::DelegationMissing),
        ("ann@example.com", CONTACTS, GrantFailure::DelegationMissing),
        ("ann@example.com", &format!("{CALENDAR} {CONTACTS}"), GrantFailure::ScopeNotDelegated),
        ("ann@example.com", "https://www.googleapis.com/auth/nonsense", GrantFailure::ScopeInvalid),
        ("ann@example.com", "", GrantFailure::ScopeInvalid),
    ] {
        let credentials = account.delegated(Subject::new(subject).unwrap(), ScopeSet::parse(scopes));
        let error = credentials.access_token().await.unwrap_err();
        assert_eq!(error.kind(), &Kind::Grant(expected), "{subject} {scopes}");
    }
    // A key of another account: Google does not know it.
    let other = google.control("service-accounts", json!({})).await;
    let mut mixed = made["key"].clone();
    mixed["private_key"] = other["key"]["private_key"].clone();
    let mixed = google.account(ServiceAccountKey::from_json(&mixed.to_string()).unwrap());
    let error = mixed.itself(scopes()).access_token().await.unwrap_err();
    assert_eq!(error.kind(), &Kind::Grant(GrantFailure::KeyRejected));
    google.control("service-accounts", json!({"email": made["email"], "disabled": true})).await;
    let error = account.itself(scopes()).access_token().await.unwrap_err();
    assert_eq!(error.kind(), &Kind::Grant(GrantFailure::ServiceAccountDisabled));
}

#[tokio::test]
async fn preflight_finds_what_is_missing() {
    let google = Google::new();
    google.control("users", json!({"email": "ann@example.com", "aliases": ["annie@example.com"]})).await;
    let made = google.control("service-accounts", json!({})).await;
    let key = made["key"].to_string();
    let both = format!("{CALENDAR} {CONTACTS}");
    let outcomes = |flight: &Preflight| -> String {
        let letter = |outcome| match outcome {
            Outcome::Ok => 'o',
            Outcome::Failed => 'f',
            Outcome::Skipped => 's',
        };
        flight.steps.iter().map(|step| letter(step.outcome)).collect()
    };
    let slug = |flight: &Preflight| flight.failure().and_then(|step| step.advice.as_ref()).map(|advice| advice.slug);

    let flight = google.preflight(&key, "ann@example.com", &both).await;
    assert_eq!((outcomes(&flight).as_str(), slug(&flight)), ("oofffss", Some("enter_delegation")));

    // What the advice says is pasted, first by somebody who forgets half of it.
    let delegate = async |scopes: &[&str]| {
        google.control("service-accounts", json!({"email": made["email"], "scopes": scopes, "disabled": false})).await
    };
    delegate(&[CALENDAR]).await;
    let flight = google.preflight(&key, "ann@example.com", &both).await;
    assert_eq!((outcomes(&flight).as_str(), slug(&flight)), ("oofofoo", Some("add_scopes_to_delegation")));
    let advice = flight.failure().unwrap().advice.as_ref().unwrap();
    let pasted: Vec<&str> = advice.paste.iter().map(|paste| paste.value.as_str()).collect();
    assert_eq!(pasted[0], made["client_id"]);
    delegate(&pasted[1].split(',').collect::<Vec<_>>()).await;
    let flight = google.preflight(&key, "ann@example.com", &both).await;
    assert!(flight.is_ready(), "{flight:?}");

    google.control("users", json!({"email": "team@example.com", "kind": "group"})).await;
    let flight = google.preflight(&key, "team@example.com", &both).await;
    assert_eq!((outcomes(&flight).as_str(), slug(&flight)), ("oofsssf", Some("choose_a_user")));
    let flight = google.preflight(&key, "annie@example.com", &both).await;
    assert_eq!((outcomes(&flight).as_str(), slug(&flight)), ("oooooof", Some("use_primary_address")));

    google.control("projects", json!({"project": "sandbox", "disabled_apis": ["calendar"]})).await;
    let flight = google.preflight(&key, "ann@example.com", &both).await;
    assert_eq!((outcomes(&flight).as_str(), slug(&flight)), ("ooooofs", Some("enable_api")));
    google.control("service-accounts", json!({"email": made["email"], "disabled": true})).await;
    let flight = google.preflight(&key, "ann@example.com", &both).await;
    assert_eq!((outcomes(&flight).as_str(), slug(&flight)), ("ofsssss", Some("enable_service_account")));
}

#[tokio::test]
async fn security_events_are_believed_and_understood() {
    let google = Google::new();
    let receiver = |client: &str| {
        SecurityEvents::new([client.to_owned()], Endpoints::google(), google.transport.clone(), google.world.clone())
    };
    let mine = receiver(CLIENT);
    let send = async |event: &str, extra: Value| {
        let mut wanted = json!({"to": "https://portal.example/risc", "event": event, "account": "ann@example.com", "client": CLIENT});
        wanted.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        google.control("security-events", wanted).await;
        google.sandbox.deliver_pushes().await;
        let body = google.receiver.0.lock().unwrap().pop().unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    };
    let refresh = "1//0g-refresh-token";
    for (event, extra) in [
        ("sessions-revoked", json!({})),
        ("tokens-revoked", json!({})),
        ("account-disabled", json!({"reason": "hijacking"})),
        ("account-enabled", json!({})),
        ("account-credential-change-required", json!({})),
        ("verification", json!({"state": "hello"})),
        ("token-revoked", json!({"refresh_token": refresh})),
        ("token-revoked", json!({"refresh_token": refresh, "hashed": true})),
    ] {
        let token = mine.receive(&send(event, extra).await.into()).await.unwrap();
        let happened = &token.events[0];
        let as_it_should = match (event, happened) {
            ("sessions-revoked", SecurityEvent::SessionsRevoked(_))
            | ("tokens-revoked", SecurityEvent::TokensRevoked(_))
            | ("account-enabled", SecurityEvent::AccountEnabled(_))
            | ("account-credential-change-required", SecurityEvent::CredentialChangeRequired(_)) => true,
            ("account-disabled", SecurityEvent::AccountDisabled { reason, .. }) => {
                reason.as_deref() == Some("hijacking")
            }
            ("verification", SecurityEvent::Verification { state }) => state == "hello",
            ("token-revoked", happened) => happened.revokes(&Fingerprint::of(&refresh.into())),
            _ => false,
        };
        assert!(as_it_should, "{event}: {happened:?}");
    }
    // Google changes its key; the receiver finds the new one.
    google.control("signing-keys", json!({})).await;
    let body = send("account-enabled", json!({})).await;
    let error = receiver("other").receive(&body.clone().into()).await.unwrap_err();
    assert_eq!(error.kind(), &Kind::SecurityEvent(IdTokenProblem::Audience));
    google.clock.advance(std::time::Duration::from_secs(61));
    mine.receive(&body.into()).await.unwrap();
}

#[tokio::test]
async fn a_pasted_key_decides_nothing_about_where_its_assertion_goes() {
    let google = Google::new();
    let made = google.control("service-accounts", json!({})).await;
    let mut key = made["key"].clone();
    key["token_uri"] = json!("http://169.254.169.254/token");
    let account = google.account(ServiceAccountKey::from_json(&key.to_string()).unwrap());
    let token = account.itself(scopes()).access_token().await.unwrap();
    assert!(token.expose_secret().starts_with("ya29."));
}
