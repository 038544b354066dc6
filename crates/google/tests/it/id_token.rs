use std::{sync::OnceLock, time::Duration};

use aws_lc_rs::{
    encoding::AsDer,
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use portico_google::{
    Kind,
    auth::{IdTokenProblem, OAuth},
};
use serde_json::{Value, json};

use crate::fake::{self, CLIENT_ID, Fake, oauth, start};

pub struct Signer {
    key: EncodingKey,
    jwk: Value,
}

impl Signer {
    fn new(kid: &str) -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der = pair.as_der().unwrap();
        let base64 = BASE64_STANDARD.encode(der.as_ref());
        let lines: Vec<&str> = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
        let number = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let modulus = pair.public_key().modulus();
        let exponent = pair.public_key().exponent();
        let jwk = json!({"kty": "RSA", "alg": "RS256", "use": "sig", "kid": kid,
            "n": number(modulus.big_endian_without_leading_zero()), "e": number(exponent.big_endian_without_leading_zero())});
        Self { key: EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap(), jwk }
    }

    pub fn jwks(&self) -> String {
        json!({"keys": [self.jwk]}).to_string()
    }

    pub fn sign(&self, kid: Option<&str>, claims: &Value) -> String {
        let header = Header { kid: kid.map(str::to_owned), ..Header::new(Algorithm::RS256) };
        jsonwebtoken::encode(&header, claims, &self.key).unwrap()
    }
}

/// Google's key of these tests.
pub fn google() -> &'static Signer {
    static KEY: OnceLock<Signer> = OnceLock::new();
    KEY.get_or_init(|| Signer::new("k1"))
}

pub fn stranger() -> &'static Signer {
    static KEY: OnceLock<Signer> = OnceLock::new();
    KEY.get_or_init(|| Signer::new("k1"))
}

pub fn claims(changes: Value) -> Value {
    let now = start().as_second();
    let mut claims = json!({"iss": "https://accounts.google.com", "azp": CLIENT_ID, "aud": CLIENT_ID, "sub": "1089",
        "email": "ann@example.com", "email_verified": true, "hd": "example.com", "nonce": "n", "iat": now, "exp": now + 3600});
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    claims
}

fn at_google() -> std::sync::Arc<Fake> {
    Fake::by(|seen, _| {
        assert_eq!(seen.address, "https://www.googleapis.com/oauth2/v3/certs");
        assert!(!seen.headers.contains_key("authorization"));
        fake::json(200, &google().jwks())
    })
}

async fn problem(oauth: &OAuth, token: &str) -> Option<IdTokenProblem> {
    match oauth.verify_id_token(&token.into(), Some("n")).await {
        Ok(claims) => {
            assert_eq!((claims.sub.as_str(), claims.hosted_domain.as_deref()), ("1089", Some("example.com")));
            None
        }
        Err(error) => match error.kind() {
            Kind::IdToken(problem) => Some(*problem),
            other => panic!("{other:?}"),
        },
    }
}

#[tokio::test]
async fn each_claim_is_checked() {
    use IdTokenProblem::*;
    let (oauth, _) = oauth(&at_google());
    let now = start().as_second();
    for (changes, expected) in [
        (json!({}), None),
        (json!({"iss": "accounts.google.com"}), None),
        (json!({"azp": null}), None),
        (json!({"aud": [CLIENT_ID]}), None),
        (json!({"aud": [CLIENT_ID, "other"]}), None),
        (json!({"exp": now - 59}), None),
        (json!({"iat": now + 59}), None),
        (json!({"iss": "https://accounts.google.com.evil.example"}), Some(Issuer)),
        (json!({"iss": null}), Some(Malformed)),
        (json!({"aud": "other"}), Some(Audience)),
        (json!({"aud": []}), Some(Audience)),
        (json!({"azp": "other"}), Some(Audience)),
        (json!({"aud": [CLIENT_ID, "other"], "azp": null}), Some(Audience)),
        (json!({"exp": now - 60}), Some(Expired)),
        (json!({"exp": null}), Some(Malformed)),
        (json!({"iat": now + 61}), Some(Expired)),
        (json!({"nbf": now + 61}), Some(Expired)),
        (json!({"nonce": "other"}), Some(Nonce)),
        (json!({"nonce": null}), Some(Nonce)),
        (json!({"sub": null}), Some(Malformed)),
    ] {
        let token = google().sign(Some("k1"), &claims(changes.clone()));
        assert_eq!(problem(&oauth, &token).await, expected, "{changes}");
    }
}

#[tokio::test]
async fn only_googles_rs256_counts() {
    use IdTokenProblem::{Algorithm as WrongAlgorithm, Malformed, Signature, UnknownKey};
    let (oauth, _) = oauth(&at_google());
    let good = google().sign(Some("k1"), &claims(json!({})));
    let (head, signature) = good.rsplit_once('.').unwrap();
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let unsigned = |alg: &str| format!("{}.{}.", part(&json!({"alg": alg, "kid": "k1"})), part(&claims(json!({}))));
    let other_payload =
        format!("{}.{}.{signature}", head.split('.').next().unwrap(), part(&claims(json!({"sub": "2"}))));
    // The public key as an HMAC secret: the classical confusion of algorithms.
    let hmac = jsonwebtoken::encode(
        &Header { kid: Some("k1".into()), ..Header::new(Algorithm::HS256) },
        &claims(json!({})),
        &EncodingKey::from_secret(google().jwks().as_bytes()),
    )
    .unwrap();
    for (token, expected) in [
        (stranger().sign(Some("k1"), &claims(json!({}))), Signature),
        (google().sign(Some("k9"), &claims(json!({}))), UnknownKey),
        (google().sign(None, &claims(json!({}))), UnknownKey),
        (other_payload, Signature),
        (unsigned("none"), WrongAlgorithm),
        (unsigned("None"), WrongAlgorithm),
        (unsigned("RS256"), Signature),
        (hmac, WrongAlgorithm),
        ("a.b.c".to_owned(), Malformed),
        (String::new(), Malformed),
    ] {
        let found = problem(&oauth, &token).await;
        // How garbage is garbage does not matter; that it is refused does.
        assert!(found == Some(expected) || (expected == Malformed && found.is_some()), "{token}: {found:?}");
    }
}

#[tokio::test]
async fn keys_are_fetched_once_again_after_an_hour_and_for_an_unknown_key_at_most_once_a_minute() {
    let fake = at_google();
    let (oauth, clock) = oauth(&fake);
    let good = |oauth: OAuth| async move {
        let token = google().sign(Some("k1"), &claims(json!({"exp": start().as_second() + 100_000})));
        oauth.verify_id_token(&token.into(), None).await.unwrap();
    };
    good(oauth.clone()).await;
    good(oauth.clone()).await;
    assert_eq!(fake.count(), 1);
    let unknown = google().sign(Some("new"), &claims(json!({})));
    assert_eq!(problem(&oauth, &unknown).await, Some(IdTokenProblem::UnknownKey));
    assert_eq!(fake.count(), 1, "just fetched");
    clock.advance(Duration::from_secs(60));
    for _ in 0..10 {
        assert_eq!(problem(&oauth, &unknown).await, Some(IdTokenProblem::UnknownKey));
    }
    assert_eq!(fake.count(), 2);
    clock.advance(Duration::from_secs(3600));
    good(oauth).await;
    assert_eq!(fake.count(), 3);
}

#[tokio::test]
async fn no_keys_is_no_verdict() {
    let fake = Fake::steps(vec![fake::json(503, "")]);
    let token = google().sign(Some("k1"), &claims(json!({})));
    let error = oauth(&fake).0.verify_id_token(&token.into(), None).await.unwrap_err();
    assert_eq!(error.kind(), &Kind::Transient);
}
