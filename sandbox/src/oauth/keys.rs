//! The keys that sign ID tokens, and the tokens themselves.

use std::{collections::BTreeSet, sync::OnceLock};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use bytes::Bytes;
use http::Response;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Context, consent::ISSUER, scopes, userinfo};
use crate::{
    http::exchange::{self, Asked},
    state::{Client, SigningKey, State, User},
};

/// An RSA key of 2048 bits.
pub struct RsaKey {
    /// PEM (PKCS#8).
    pub private_pem: String,
    /// The same as DER.
    pub private_der: Vec<u8>,
    /// PEM (SubjectPublicKeyInfo).
    pub public_pem: String,
    /// Modulus and exponent, big-endian.
    pub numbers: (Vec<u8>, Vec<u8>),
}

/// DER as PEM.
pub fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

impl RsaKey {
    /// A new key, from the operating system's chance: no seed can repeat it.
    pub fn generate() -> Self {
        let key = KeyPair::generate(KeySize::Rsa2048).expect("the operating system gives randomness for a key");
        let private: Pkcs8V1Der<'_> = key.as_der().expect("a fresh key can be written");
        let public = key.public_key();
        let spki = aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(public)
            .expect("a fresh key can be written");
        let number = |n: aws_lc_rs::io::Positive<'_>| n.big_endian_without_leading_zero().to_vec();
        Self {
            private_pem: pem("PRIVATE KEY", private.as_ref()),
            private_der: private.as_ref().to_vec(),
            public_pem: pem("PUBLIC KEY", spki.as_ref()),
            numbers: (number(public.modulus()), number(public.exponent())),
        }
    }

    /// A certificate that the key signs for itself.
    pub fn certificate(&self, name: &str) -> rcgen::Certificate {
        let pair = rcgen::KeyPair::from_pkcs8_pem_and_sign_algo(&self.private_pem, &rcgen::PKCS_RSA_SHA256);
        let mut parameters = rcgen::CertificateParams::default();
        parameters.distinguished_name = rcgen::DistinguishedName::new();
        parameters.distinguished_name.push(rcgen::DnType::CommonName, name);
        pair.and_then(|pair| parameters.self_signed(&pair)).expect("a fresh key signs its own certificate")
    }

    /// The key as a P12 file with a certificate for `name`, as the Cloud console gives it. The old form is the console's:
    /// Triple DES and SHA-1; the other has AES-256 and SHA-256.
    pub fn p12(&self, name: &str, password: &str, old: bool) -> Vec<u8> {
        use p12_keystore::{
            Certificate, EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, PrivateKey, PrivateKeyChain,
        };
        let (encryption, mac) = match old {
            true => (EncryptionAlgorithm::PbeWithShaAnd3KeyTripleDesCbc, MacAlgorithm::HmacSha1),
            false => (EncryptionAlgorithm::PbeWithHmacSha256AndAes256, MacAlgorithm::HmacSha256),
        };
        let written = PrivateKey::from_der(&self.private_der).and_then(|key| {
            let certificate = Certificate::from_der(self.certificate(name).der())?;
            let mut store = KeyStore::new();
            let chain = PrivateKeyChain::new("privatekey", key, [certificate]);
            store.add_entry("privatekey", KeyStoreEntry::PrivateKeyChain(chain));
            let writer = store.writer(password).encryption_algorithm(encryption).mac_algorithm(mac);
            writer.encryption_iterations(2048).mac_iterations(2048).write()
        });
        written.expect("a fresh key can be written")
    }
}

/// Making an RSA key takes a while, so all sandboxes of a process that have none yet share one.
fn fresh() -> &'static (String, SigningKey) {
    static FRESH: OnceLock<(String, SigningKey)> = OnceLock::new();
    FRESH.get_or_init(signing_key)
}

fn signing_key() -> (String, SigningKey) {
    let key = RsaKey::generate();
    let (n, e) = &key.numbers;
    let id = hex::encode(&Sha256::digest(n)[..20]);
    let row = SigningKey {
        certificate_pem: key.certificate("federated-signon.system.gserviceaccount.com").pem(),
        n: URL_SAFE_NO_PAD.encode(n),
        e: URL_SAFE_NO_PAD.encode(e),
        private_key_pem: key.private_pem,
        number: 0,
    };
    (id, row)
}

/// Lets another key sign from now on and gives its id. The older ones stay in the documents.
pub fn rotate(state: &mut State) -> String {
    current(state);
    let (id, key) = signing_key();
    let number = state.signing_keys.values().map(|key| key.number).max().unwrap_or(0) + 1;
    state.signing_keys.put(id.clone(), SigningKey { number, ..key });
    id
}

/// Claims signed with the key in use.
pub fn sign(state: &mut State, claims: &Value) -> String {
    let (id, key) = current(state);
    let header = Header { kid: Some(id), ..Header::new(Algorithm::RS256) };
    let signer = EncodingKey::from_rsa_pem(key.private_key_pem.as_bytes()).expect("the sandbox wrote this key itself");
    jsonwebtoken::encode(&header, claims, &signer).expect("claims made here can be signed")
}

/// The key in use, made when it is first needed.
fn current(state: &mut State) -> (String, SigningKey) {
    if let Some((id, key)) = state.signing_keys.iter().max_by_key(|(_, key)| key.number) {
        return (id.clone(), key.clone());
    }
    let (id, key) = fresh().clone();
    state.signing_keys.put(id.clone(), key.clone());
    (id, key)
}

fn public(body: &Value) -> Response<Bytes> {
    let mut response = exchange::json(200, body);
    exchange::set(&mut response, "cache-control", "public, max-age=21600, must-revalidate, no-transform");
    response
}

/// `/oauth2/v3/certs`
pub fn jwks(state: &mut State, _: &Context, _: &Asked) -> Response<Bytes> {
    current(state);
    let keys: Vec<Value> = state
        .signing_keys
        .iter()
        .map(|(id, key)| json!({"kid": id, "kty": "RSA", "alg": "RS256", "use": "sig", "n": key.n, "e": key.e}))
        .collect();
    public(&json!({"keys": keys}))
}

/// `/oauth2/v1/certs`
pub fn certificates(state: &mut State, _: &Context, _: &Asked) -> Response<Bytes> {
    current(state);
    let all = state.signing_keys.iter().map(|(id, key)| (id.clone(), json!(key.certificate_pem))).collect();
    public(&Value::Object(all))
}

/// An ID token for what is said in `scopes`.
pub fn id_token(
    state: &mut State,
    context: &Context,
    client: &Client,
    user: &User,
    granted: &BTreeSet<String>,
    access_token: &str,
    nonce: Option<&str>,
) -> String {
    let now = context.now.as_second();
    let mut claims = json!({
        "iss": ISSUER,
        "azp": client.client_id,
        "aud": client.client_id,
        "sub": user.sub,
        "at_hash": URL_SAFE_NO_PAD.encode(&Sha256::digest(access_token)[..16]),
        "iat": now,
        "exp": now + 3600,
    });
    if let Some(domain) = &user.domain {
        claims["hd"] = json!(domain);
    }
    if granted.contains(scopes::EMAIL) {
        claims["email"] = json!(user.email);
        claims["email_verified"] = json!(true);
    }
    if let Some(nonce) = nonce {
        claims["nonce"] = json!(nonce);
    }
    if granted.contains(scopes::PROFILE) {
        claims["name"] = json!(user.name);
        claims["picture"] = json!(userinfo::picture(user));
        claims["given_name"] = json!(user.given_name);
        if !user.family_name.is_empty() {
            claims["family_name"] = json!(user.family_name);
        }
    }
    sign(state, &claims)
}

/// The claims of an ID token that this sandbox signed and that is good now.
pub fn checked_id_token(state: &State, now: Timestamp, token: &str) -> Option<Value> {
    let claims = state.signing_keys.values().find_map(|key| {
        let key = DecodingKey::from_rsa_components(&key.n, &key.e).ok()?;
        signed_claims(token, &key)
    })?;
    let until = claims.get("exp")?.as_i64()?;
    (now.as_second() < until).then_some(claims)
}

/// The claims of an RS256 token when `key` signed it. Nothing else is checked.
pub fn signed_claims(token: &str, key: &DecodingKey) -> Option<Value> {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    jsonwebtoken::decode::<Value>(token, key, &validation).ok().map(|token| token.claims)
}
