//! Cross-Account Protection: messages that Google signs and sends.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use portico_sandbox::{Sandbox, SandboxTransport};
use portico_transport::{Answer, Transport};
use portico_world::World;
use serde_json::{Value, json};

use crate::support::{ANN, CLIENT, Google, text};

/// Takes messages and answers with the statuses in turn, the last one for ever.
struct Receiver {
    statuses: Vec<u16>,
    seen: Mutex<Vec<http::Request<Bytes>>>,
}

impl Transport for Receiver {
    fn send(&self, request: http::Request<Bytes>) -> Answer<'_> {
        let mut seen = self.seen.lock().unwrap();
        let status = self.statuses[seen.len().min(self.statuses.len() - 1)];
        seen.push(request);
        Box::pin(async move { Ok(http::Response::builder().status(status).body(Bytes::new()).unwrap()) })
    }
}

fn google(statuses: &[u16]) -> (Google, Arc<Sandbox>, Arc<Receiver>) {
    let receiver = Arc::new(Receiver { statuses: statuses.to_vec(), seen: Mutex::default() });
    let (world, clock) = World::seeded("2026-11-21T09:00:00Z".parse().unwrap(), 7);
    let sandbox = Sandbox::open(None, world, receiver.clone()).unwrap();
    sandbox.seed_defaults().unwrap();
    (Google { clock, transport: SandboxTransport::new(sandbox.clone()) }, sandbox, receiver)
}

/// The claims, when one of the published keys signed them.
async fn verified(google: &Google, token: &str) -> Value {
    let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let keys = google.get("https://www.googleapis.com/oauth2/v3/certs").await.ok();
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid.as_str()).unwrap();
    let key = DecodingKey::from_rsa_components(text(key, "n"), text(key, "e")).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.required_spec_claims.clear();
    validation.validate_aud = false;
    jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap().claims
}

fn wanted(event: &str, extra: Value) -> Value {
    let mut wanted = json!({"to": "https://portal.example/risc", "event": event, "account": ANN, "client": CLIENT});
    wanted.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    wanted
}

#[tokio::test]
async fn an_event_is_signed_and_reaches_its_receiver() {
    let (google, sandbox, receiver) = google(&[202]);
    let body = wanted("account-disabled", json!({"reason": "hijacking"}));
    let made = google.control("POST", "security-events", body).await;
    assert_eq!(sandbox.deliver_pushes().await, 1);
    assert_eq!(sandbox.deliver_pushes().await, 0, "it was accepted");
    let sent = receiver.seen.lock().unwrap().remove(0);
    assert_eq!((sent.method().as_str(), sent.uri().to_string().as_str()), ("POST", "https://portal.example/risc"));
    assert_eq!(sent.headers()["content-type"], "application/secevent+jwt");
    assert_eq!(sent.body(), text(&made, "token"));
    let claims = verified(&google, text(&made, "token")).await;
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!("https://accounts.google.com/"), &json!(CLIENT)));
    assert_eq!((&claims["jti"], claims.get("exp")), (&made["jti"], None));
    let users = google.control("GET", "users", Value::Null).await;
    let ann = users["items"].as_array().unwrap().iter().find(|user| user["email"] == ANN).unwrap();
    let event = &claims["events"]["https://schemas.openid.net/secevent/risc/event-type/account-disabled"];
    assert_eq!((&event["subject"]["sub"], &event["reason"]), (&ann["sub"], &json!("hijacking")));
}

#[tokio::test]
async fn it_is_sent_three_times_at_most_and_not_again_after_400() {
    for (statuses, sent) in [(&[503, 503, 503, 503][..], 3), (&[500, 202], 2), (&[400], 1)] {
        let (google, sandbox, receiver) = google(statuses);
        google.control("POST", "security-events", wanted("sessions-revoked", json!({}))).await;
        for _ in 0..5 {
            sandbox.deliver_pushes().await;
        }
        assert_eq!(receiver.seen.lock().unwrap().len(), sent, "{statuses:?}");
    }
}

#[tokio::test]
async fn a_refresh_token_is_named_by_its_beginning_or_its_hash() {
    let (google, _, _) = google(&[202]);
    let address = "https://schemas.openid.net/secevent/oauth/event-type/token-revoked";
    for (hashed, algorithm) in [(false, "prefix"), (true, "hash_base64_sha512_sha512")] {
        let body = wanted("token-revoked", json!({"refresh_token": "1//0g-refresh-token", "hashed": hashed}));
        let made = google.control("POST", "security-events", body).await;
        let claims = verified(&google, text(&made, "token")).await;
        let subject = &claims["events"][address]["subject"];
        assert_eq!(subject["token_identifier_alg"], algorithm);
        let expected = match hashed {
            true => "/wRlKoUH9iWDfrrs6/duAmPQ4F6OGUDqge5t1OQZaVDUC+wcwnXbsH7jf1VJHusF1FU67bFgC7bDLp0jiwBeMQ==",
            false => "1//0g-refresh-to",
        };
        assert_eq!(subject["token"], expected);
    }
}

#[tokio::test]
async fn keys_change_and_the_old_one_stays_published() {
    let (google, _, _) = google(&[202]);
    let sign = async || google.control("POST", "security-events", wanted("account-enabled", json!({}))).await;
    let (before, rotated, after) =
        (sign().await, google.control("POST", "signing-keys", json!({})).await, sign().await);
    let kid = |made: &Value| jsonwebtoken::decode_header(text(made, "token")).unwrap().kid.unwrap();
    assert_eq!(kid(&after), text(&rotated, "key_id"));
    assert_ne!(kid(&before), kid(&after));
    verified(&google, text(&before, "token")).await;
    verified(&google, text(&after, "token")).await;
}
