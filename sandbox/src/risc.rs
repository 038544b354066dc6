//! Cross-Account Protection: messages about accounts in danger, made on request and sent to a receiver.
//! [RISC](https://developers.google.com/identity/protocols/risc)

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use crate::{
    oauth::{keys, tokens},
    sandbox::Sandbox,
    state::State,
};

/// As the tokens' `iss` has it: with the slash.
const ISSUER: &str = "https://accounts.google.com/";
/// A message is sent so often at most; then it is lost.
const MOST_TRIES: u32 = 3;

/// A security event token on its way to its receiver.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SecurityEventRow {
    /// The id in the token.
    pub jti: String,
    /// The receiver's address.
    pub to: String,
    /// The signed token.
    pub token: String,
    /// When it was made.
    pub at: Timestamp,
    /// How often it was sent.
    #[serde(default)]
    pub tries: u32,
    /// What the receiver answered last; nothing when it could not be reached.
    #[serde(default)]
    pub status: Option<u16>,
}

/// What happens to an account, by the last part of Google's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventType {
    /// All sessions are over.
    SessionsRevoked,
    /// All tokens are void.
    TokensRevoked,
    /// One refresh token is void.
    TokenRevoked,
    /// The account is disabled.
    AccountDisabled,
    /// The account is back.
    AccountEnabled,
    /// The person needs a new password.
    AccountCredentialChangeRequired,
    /// A test.
    Verification,
}

impl EventType {
    fn address(self) -> &'static str {
        match self {
            Self::SessionsRevoked => "https://schemas.openid.net/secevent/risc/event-type/sessions-revoked",
            Self::TokensRevoked => "https://schemas.openid.net/secevent/oauth/event-type/tokens-revoked",
            Self::TokenRevoked => "https://schemas.openid.net/secevent/oauth/event-type/token-revoked",
            Self::AccountDisabled => "https://schemas.openid.net/secevent/risc/event-type/account-disabled",
            Self::AccountEnabled => "https://schemas.openid.net/secevent/risc/event-type/account-enabled",
            Self::AccountCredentialChangeRequired => {
                "https://schemas.openid.net/secevent/risc/event-type/account-credential-change-required"
            }
            Self::Verification => "https://schemas.openid.net/secevent/risc/event-type/verification",
        }
    }
}

/// What a message says.
pub struct Message<'a> {
    /// What happened.
    pub event: EventType,
    /// The `sub` of the account.
    pub sub: Option<&'a str>,
    /// The refresh token that is void.
    pub refresh_token: Option<&'a str>,
    /// Whether that token is named by its hash and not by its beginning.
    pub hashed: bool,
    /// Why an account is disabled.
    pub reason: Option<&'a str>,
    /// The text of a test.
    pub state: Option<&'a str>,
}

impl Message<'_> {
    fn body(&self) -> Value {
        let mut body = json!({});
        if let Some(token) = self.refresh_token {
            let (algorithm, name) = match self.hashed {
                true => ("hash_base64_sha512_sha512", STANDARD.encode(Sha512::digest(Sha512::digest(token)))),
                false => ("prefix", token.chars().take(16).collect()),
            };
            body["subject"] = json!({"subject_type": "oauth_token", "token_type": "refresh_token",
                "token_identifier_alg": algorithm, "token": name});
        } else if let Some(sub) = self.sub {
            body["subject"] = json!({"subject_type": "iss-sub", "iss": ISSUER, "sub": sub});
        }
        if let Some(reason) = self.reason {
            body["reason"] = json!(reason);
        }
        if let Some(state) = self.state {
            body["state"] = json!(state);
        }
        body
    }
}

/// Signs a message for `audience` and puts it on its way.
pub fn put(
    state: &mut State,
    rng: &dyn portico_world::Rng,
    now: Timestamp,
    to: &str,
    audience: &str,
    message: &Message<'_>,
) -> SecurityEventRow {
    let jti = tokens::random(rng, 24);
    let claims = json!({"iss": ISSUER, "aud": audience, "iat": now.as_second(), "jti": jti,
        "events": {message.event.address(): message.body()}});
    let token = keys::sign(state, &claims);
    let row = SecurityEventRow { jti, to: to.to_owned(), token, at: now, tries: 0, status: None };
    let number = state.count("security_events");
    state.security_events.put(format!("{number:012}"), row.clone());
    row
}

fn waits(row: &SecurityEventRow) -> bool {
    row.tries < MOST_TRIES && !row.status.is_some_and(|status| (200..300).contains(&status) || status == 400)
}

/// Whether a message waits.
pub fn has_post(state: &State) -> bool {
    state.security_events.values().any(waits)
}

/// Sends each message that waits once and gives their number. 202 and 400 end it; anything else is tried again with the
/// next delivery.
pub async fn deliver(sandbox: &Sandbox) -> usize {
    let due = sandbox.transact(|state, _| {
        let due = state.security_events.iter().filter(|(_, row)| waits(row));
        due.map(|(key, row)| (key.clone(), row.clone())).collect::<Vec<_>>()
    });
    let due = due.unwrap_or_default();
    let number = due.len();
    for (key, row) in due {
        let request = http::Request::post(&row.to)
            .header("content-type", "application/secevent+jwt")
            .header("accept", "application/json")
            .body(Bytes::from(row.token));
        let status = match request {
            Ok(request) => sandbox.push_transport().send(request).await.ok().map(|answer| answer.status().as_u16()),
            // An address that makes no request never will.
            Err(_) => Some(400),
        };
        let recorded = sandbox.transact(|state, _| {
            state.security_events.update(&key, |row| {
                row.tries += 1;
                row.status = status;
            });
        });
        if let Err(error) = recorded {
            tracing::error!(%error, "security events cannot be recorded");
            break;
        }
    }
    number
}
