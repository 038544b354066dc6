//! Google's OAuth 2.0 and OpenID Connect: [web server flow](https://developers.google.com/identity/protocols/oauth2/web-server),
//! [service accounts](https://developers.google.com/identity/protocols/oauth2/service-account),
//! [OpenID Connect](https://developers.google.com/identity/openid-connect/openid-connect).

pub mod assertion;
pub mod authorize;
pub mod consent;
mod discovery;
pub mod keys;
mod outcome;
pub mod pages;
mod refresh;
mod request;
mod revoke;
pub mod scopes;
mod token;
mod tokeninfo;
pub mod tokens;
pub mod userinfo;

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Response};
use jiff::Timestamp;
use portico_world::Rng;

pub use outcome::{OAuthError, fault};
pub use request::{AuthRequest, Refusal};
pub use tokens::access;

use crate::{http::exchange::Asked, state::State};

/// What an endpoint knows besides its request.
pub struct Context {
    /// The sandbox's time.
    pub now: Timestamp,
    /// Where chance comes from.
    pub rng: Arc<dyn Rng>,
    /// Scheme and host that were asked.
    pub base: String,
}

/// An endpoint outside the APIs.
pub struct Endpoint {
    verbs: &'static [Method],
    hosts: &'static [&'static str],
    paths: &'static [&'static str],
    /// Whether a person looks at it: faults leave it alone.
    pub is_page: bool,
    /// Answers it. What it changed holds whatever it answers.
    pub handler: fn(&mut State, &Context, &Asked) -> Response<Bytes>,
}

const ACCOUNTS: &str = "accounts.google.com";
const OAUTH2: &str = "oauth2.googleapis.com";
const WWW: &str = "www.googleapis.com";
const OPENID: &str = "openidconnect.googleapis.com";

static ENDPOINTS: [Endpoint; 11] = [
    Endpoint {
        verbs: &[Method::GET],
        hosts: &[ACCOUNTS],
        paths: &["/o/oauth2/v2/auth", "/o/oauth2/auth"],
        is_page: true,
        handler: authorize::show,
    },
    Endpoint {
        verbs: &[Method::POST],
        hosts: &[ACCOUNTS],
        paths: &[consent::PATH],
        is_page: true,
        handler: consent::decide_form,
    },
    Endpoint {
        verbs: &[Method::POST],
        hosts: &[OAUTH2, ACCOUNTS, WWW],
        paths: &["/token", "/o/oauth2/token", "/oauth2/v3/token", "/oauth2/v4/token"],
        is_page: false,
        handler: token::exchange,
    },
    Endpoint {
        verbs: &[Method::GET, Method::POST],
        hosts: &[OAUTH2, ACCOUNTS],
        paths: &["/revoke", "/o/oauth2/revoke"],
        is_page: false,
        handler: revoke::revoke,
    },
    Endpoint {
        verbs: &[Method::GET, Method::POST],
        hosts: &[OAUTH2, WWW],
        paths: &["/tokeninfo", "/oauth2/v3/tokeninfo"],
        is_page: false,
        handler: tokeninfo::current,
    },
    Endpoint {
        verbs: &[Method::GET, Method::POST],
        hosts: &[WWW],
        paths: &["/oauth2/v2/tokeninfo", "/oauth2/v1/tokeninfo"],
        is_page: false,
        handler: tokeninfo::v2,
    },
    Endpoint {
        verbs: &[Method::GET, Method::POST],
        hosts: &[OPENID, WWW],
        paths: &["/v1/userinfo", "/oauth2/v3/userinfo"],
        is_page: false,
        handler: userinfo::claims,
    },
    Endpoint {
        verbs: &[Method::GET],
        hosts: &[WWW],
        paths: &["/oauth2/v2/userinfo", "/userinfo/v2/me", "/oauth2/v1/userinfo"],
        is_page: false,
        handler: userinfo::v2,
    },
    Endpoint {
        verbs: &[Method::GET],
        hosts: &[WWW, OAUTH2],
        paths: &["/oauth2/v3/certs"],
        is_page: false,
        handler: keys::jwks,
    },
    Endpoint {
        verbs: &[Method::GET],
        hosts: &[WWW, OAUTH2],
        paths: &["/oauth2/v1/certs"],
        is_page: false,
        handler: keys::certificates,
    },
    Endpoint {
        verbs: &[Method::GET],
        hosts: &[ACCOUNTS],
        paths: &["/.well-known/openid-configuration", "/.well-known/risc-configuration"],
        is_page: false,
        handler: discovery::document,
    },
];

/// The endpoint that a request is for.
pub fn find(asked: &Asked) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| {
        endpoint.paths.contains(&asked.path.as_str())
            && endpoint.verbs.contains(&asked.verb)
            && asked.is_for(endpoint.hosts)
    })
}
