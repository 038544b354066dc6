//! The whole authorization code flow, from the address that a browser is sent to to the token that is given back.
//!
//! [`OAuth::prepare`] makes the consent address and a [`Pending`] record; [`OAuth::callback`] turns the request that comes
//! back into a [`Callback`]; [`OAuth::complete`] exchanges the code and says who consented to what. Then
//! [`OAuthCredentials`] keeps access tokens fresh.
//! <https://developers.google.com/identity/protocols/oauth2/web-server>
//!
//! A [`ServiceAccount`] needs no consent: with a [`ServiceAccountKey`] it acts for itself or, by domain-wide delegation, in
//! the name of a [`Subject`]; [`Preflight`] finds out what is missing in the set-up. [`SecurityEvents`] reads what Google
//! tells of accounts that are in danger.

mod authorization;
mod callback;
mod client;
mod credentials;
mod failure;
mod fingerprint;
mod id_token;
mod key_problem;
mod oauth;
mod pending;
mod phase;
mod pkce;
mod preflight;
mod security_event;
mod service_account;
mod service_account_key;
mod state;
mod subject;
mod token_cache;
mod tokens;

pub use authorization::{AuthorizationRequest, Prompt, Started};
pub use callback::{Callback, CallbackParams, Denial, Granted};
pub use client::OAuthClient;
pub use credentials::OAuthCredentials;
pub use failure::GrantFailure;
pub use fingerprint::Fingerprint;
pub use id_token::{IdClaims, IdTokenProblem};
pub use key_problem::KeyProblem;
pub use oauth::{Authorization, OAuth, Revoked, UserInfo};
pub use pending::{MemoryPendingStore, Pending, PendingFuture, PendingStore};
pub use phase::{ConnectionEvent, ConnectionState, ExpiredReason, Phase};
pub use pkce::Verifier;
pub use preflight::{
    Preflight, PreflightAdvice, PreflightCheck, PreflightOutcome, PreflightPaste, PreflightSaid, PreflightStep,
};
pub use security_event::{
    EventSubject, MemorySeenEvents, SecurityEvent, SecurityEventToken, SecurityEvents, SeenEvents, SeenFuture,
};
pub use service_account::{DelegatedCredentials, DelegationEntry, KeyInUse, ServiceAccount, ServiceAccountCredentials};
pub use service_account_key::{P12_PASSWORD, ServiceAccountKey};
pub use state::StateKey;
pub use subject::Subject;
pub use tokens::Tokens;
