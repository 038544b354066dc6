//! Cross-Account Protection (RISC): what Google tells of accounts that are in danger.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Validation};
use portico_transport::Transport;
use portico_world::{ExposeSecret, SecretString, World};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    Endpoints, Error, Kind, RetryPolicy,
    auth::{
        Fingerprint, IdTokenProblem,
        id_token::{Audience, Keys},
    },
    client::Wire,
};

const PREFIX: &str = "https://schemas.openid.net/secevent/";
/// How far ahead of this machine's clock a token may have been made, in seconds.
const SKEW: i64 = 300;

/// Receives security event tokens: checks that Google signed them and for whom, and says what happened.
///
/// Answer 202 when [`SecurityEvents::receive`] gives a token and when the error is temporary answer 503, else 400. Google
/// sends few times and may send twice: act once for each [`SecurityEventToken::id`]. Where acting is a transaction keep the
/// ids in it; [`SecurityEvents::receive_once`] is for all others.
/// <https://developers.google.com/identity/protocols/risc>
#[derive(Clone)]
pub struct SecurityEvents {
    client_ids: Arc<[String]>,
    endpoints: Arc<Endpoints>,
    wire: Wire,
    keys: Arc<Keys>,
}

/// One message of Google's, believed.
#[derive(Clone, Debug)]
pub struct SecurityEventToken {
    /// Google's id of the message (`jti`).
    pub id: String,
    /// When it was made.
    pub issued_at: Timestamp,
    /// What happened; mostly one thing.
    pub events: Vec<SecurityEvent>,
}

/// Whom an event is about.
#[derive(Clone, PartialEq, Eq)]
pub enum EventSubject {
    /// An account, by the `sub` that ID tokens have.
    Account {
        /// The number of the account.
        sub: String,
    },
    /// An account, by its address alone.
    Email {
        /// The address.
        email: String,
    },
    /// Said in another way, kept as it was.
    Other(Value),
}

/// Shows the account's number only.
impl fmt::Debug for EventSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account { sub } => write!(f, "Account({sub})"),
            Self::Email { .. } => f.write_str("Email(…)"),
            Self::Other(_) => f.write_str("Other(…)"),
        }
    }
}

/// What happened.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecurityEvent {
    /// All of the person's sessions are over: end those that came of signing in with Google.
    SessionsRevoked(EventSubject),
    /// All of the person's tokens are void: delete them.
    TokensRevoked(EventSubject),
    /// One refresh token is void.
    TokenRevoked {
        /// How `token` stands for it: `prefix` or `hash_base64_sha512_sha512`.
        algorithm: String,
        /// What stands for it; see [`SecurityEvent::revokes`].
        token: String,
    },
    /// The account is disabled.
    AccountDisabled {
        /// Whose.
        subject: EventSubject,
        /// `hijacking`: somebody else had it. `bulk-account`: it was made by a machine.
        reason: Option<String>,
    },
    /// The account is back.
    AccountEnabled(EventSubject),
    /// The person has to choose a new password: watch out for suspicious activity.
    CredentialChangeRequired(EventSubject),
    /// A test that was asked for.
    Verification {
        /// The text that was given with the request.
        state: String,
    },
    /// An event that this library does not know, kept as it was.
    Other {
        /// Its type, an address.
        kind: String,
        /// Its content.
        body: Value,
    },
}

/// Shows no token and no address.
impl fmt::Debug for SecurityEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SessionsRevoked(subject) => write!(f, "SessionsRevoked({subject:?})"),
            Self::TokensRevoked(subject) => write!(f, "TokensRevoked({subject:?})"),
            Self::TokenRevoked { algorithm, .. } => write!(f, "TokenRevoked({algorithm}, …)"),
            Self::AccountDisabled { subject, reason } => write!(f, "AccountDisabled({subject:?}, {reason:?})"),
            Self::AccountEnabled(subject) => write!(f, "AccountEnabled({subject:?})"),
            Self::CredentialChangeRequired(subject) => write!(f, "CredentialChangeRequired({subject:?})"),
            Self::Verification { .. } => f.write_str("Verification(…)"),
            Self::Other { kind, .. } => write!(f, "Other({kind})"),
        }
    }
}

impl SecurityEvent {
    /// Whether it says that the refresh token with this fingerprint is void.
    pub fn revokes(&self, fingerprint: &Fingerprint) -> bool {
        matches!(self, Self::TokenRevoked { algorithm, token } if fingerprint.matches(algorithm, token))
    }

    fn read(kind: String, body: Value) -> Self {
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let subject = || {
            let subject = body.get("subject").cloned().unwrap_or(Value::Null);
            match (text(&subject, "sub"), text(&subject, "email")) {
                (Some(sub), _) => EventSubject::Account { sub },
                (None, Some(email)) => EventSubject::Email { email },
                (None, None) => EventSubject::Other(subject),
            }
        };
        match kind.strip_prefix(PREFIX) {
            Some("risc/event-type/sessions-revoked") => Self::SessionsRevoked(subject()),
            Some("oauth/event-type/tokens-revoked") => Self::TokensRevoked(subject()),
            Some("oauth/event-type/token-revoked") => {
                let subject = body.get("subject").unwrap_or(&Value::Null);
                match (text(subject, "token_identifier_alg"), text(subject, "token")) {
                    (Some(algorithm), Some(token)) => Self::TokenRevoked { algorithm, token },
                    _ => Self::Other { kind, body },
                }
            }
            Some("risc/event-type/account-disabled") => {
                Self::AccountDisabled { subject: subject(), reason: text(&body, "reason") }
            }
            Some("risc/event-type/account-enabled") => Self::AccountEnabled(subject()),
            Some("risc/event-type/account-credential-change-required") => Self::CredentialChangeRequired(subject()),
            Some("risc/event-type/verification") => {
                Self::Verification { state: text(&body, "state").unwrap_or_default() }
            }
            _ => Self::Other { kind, body },
        }
    }
}

/// A store's answer.
pub type SeenFuture<'a> = Pin<Box<dyn Future<Output = Result<bool, Error>> + Send + 'a>>;

/// Which messages have come, by their id.
pub trait SeenEvents: Send + Sync {
    /// Notes a message and answers whether it came for the first time.
    fn is_first<'a>(&'a self, id: &'a str) -> SeenFuture<'a>;
}

/// The last ten thousand messages, in this process's memory.
#[derive(Default)]
pub struct MemorySeenEvents {
    seen: Mutex<(BTreeSet<String>, VecDeque<String>)>,
}

impl MemorySeenEvents {
    const KEPT: usize = 10_000;

    /// Nothing has come yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn note(&self, id: &str) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let (ids, order) = &mut *seen;
        if !ids.insert(id.to_owned()) {
            return false;
        }
        order.push_back(id.to_owned());
        if order.len() > Self::KEPT
            && let Some(oldest) = order.pop_front()
        {
            ids.remove(&oldest);
        }
        true
    }
}

impl SeenEvents for MemorySeenEvents {
    fn is_first<'a>(&'a self, id: &'a str) -> SeenFuture<'a> {
        Box::pin(std::future::ready(Ok(self.note(id))))
    }
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    iat: i64,
    jti: String,
    events: BTreeMap<String, Value>,
}

impl SecurityEvents {
    /// A receiver for events to any of `client_ids`: all OAuth clients of the project that events were registered for.
    pub fn new(
        client_ids: impl IntoIterator<Item = String>,
        endpoints: Endpoints,
        transport: Arc<dyn Transport>,
        world: World,
    ) -> Self {
        let wire = Wire { transport, world, retry: RetryPolicy::default(), quota: None };
        let client_ids = client_ids.into_iter().collect();
        Self { client_ids, endpoints: Arc::new(endpoints), wire, keys: Arc::default() }
    }

    /// As [`SecurityEvents::receive`]; `None` says that `seen` knows the message: answer 202 and do nothing. Only what is
    /// believed is noted.
    pub async fn receive_once(
        &self,
        body: &SecretString,
        seen: &dyn SeenEvents,
    ) -> Result<Option<SecurityEventToken>, Error> {
        let token = self.receive(body).await?;
        Ok(seen.is_first(&token.id).await?.then_some(token))
    }

    /// The message in the body of a request to the receiver. Nothing of it is believed before signature, issuer and
    /// audience are checked; it has no end, so an old one is as good as a new one.
    pub async fn receive(&self, body: &SecretString) -> Result<SecurityEventToken, Error> {
        let refuse = |problem| Error::new(Kind::SecurityEvent(problem), "risc.receive");
        let token = body.expose_secret().trim();
        let key = self.keys.of_token(&self.wire, &self.endpoints, token, &refuse).await?;
        let mut only_signature = Validation::new(Algorithm::RS256);
        only_signature.validate_exp = false;
        only_signature.validate_aud = false;
        only_signature.required_spec_claims.clear();
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &only_signature).map_err(|error| {
            use jsonwebtoken::errors::ErrorKind;
            refuse(match error.kind() {
                ErrorKind::InvalidSignature => IdTokenProblem::Signature,
                _ => IdTokenProblem::Malformed,
            })
        })?;
        let Claims { iss, aud, iat, jti, events } = claims.claims;
        // Google writes its name here with a slash at the end.
        if !self.endpoints.issuers.iter().any(|issuer| issuer == iss.trim_end_matches('/')) {
            return Err(refuse(IdTokenProblem::Issuer));
        }
        if !self.client_ids.iter().any(|client_id| aud.names(client_id)) {
            return Err(refuse(IdTokenProblem::Audience));
        }
        if iat > self.wire.world.now().as_second().saturating_add(SKEW) {
            return Err(refuse(IdTokenProblem::Expired));
        }
        let issued_at = Timestamp::from_second(iat).map_err(|_| refuse(IdTokenProblem::Malformed))?;
        let events = events.into_iter().map(|(kind, body)| SecurityEvent::read(kind, body)).collect();
        Ok(SecurityEventToken { id: jti, issued_at, events })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_new_once_and_what_is_kept_does_not_grow() {
        let seen = MemorySeenEvents::new();
        assert!(seen.note("a") && !seen.note("a") && seen.note("b"));
        for number in 0..MemorySeenEvents::KEPT {
            assert!(seen.note(&number.to_string()));
        }
        let (ids, order) = &*seen.seen.lock().unwrap();
        assert_eq!((ids.len(), order.len()), (MemorySeenEvents::KEPT, MemorySeenEvents::KEPT));
    }
}
