use std::fmt;

use jiff::Timestamp;
use portico_world::SecretString;

use crate::{
    Endpoints, Error, ScopeSet,
    auth::{Pending, PendingStore, StateKey, state::BadState},
    envelope::code,
};

/// What a callback turned out to be. Only [`Callback::Granted`] leads to an exchange; all others leave what exists
/// untouched, and each wants its own words on the page that the person sees.
#[derive(Clone, Debug)]
pub enum Callback {
    /// The state is missing or not ours: somebody else's link, or a cut address.
    Unknown,
    /// The state was used before. A reloaded page does that; so does an attacker.
    Replayed(Replay),
    /// The person took too long.
    Expired,
    /// The state belongs to another session: another browser, or signed out and in again.
    ForeignSession,
    /// `iss` names another server than Google (RFC 9207): the code must not be sent anywhere.
    WrongIssuer,
    /// The state is right, but there is neither a code nor an error.
    Incomplete(Pending),
    /// Google or the person said no.
    Denied(Denial, Pending),
    /// The person consented.
    Granted(Granted),
}

/// Nothing more is known of a replayed attempt than its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    /// The id of the [`Pending`] record that is gone.
    pub id: String,
}

/// Why there is no code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denial {
    /// `access_denied`: the person pressed Cancel.
    AccessDenied,
    /// `admin_policy_enforced` or `org_internal`: an administrator of the person's domain forbids it.
    AdminBlocked,
    /// `login_required`, `consent_required` and their like: `prompt=none` was not possible.
    InteractionRequired,
    /// `server_error`, `temporarily_unavailable`: try again.
    Temporary,
    /// Any other code, shortened to letters, digits, `_`, `-` and `.`.
    Other(String),
}

/// A code that may be exchanged, once.
#[derive(Clone, Debug)]
pub struct Granted {
    /// The authorization code.
    pub code: SecretString,
    /// The scopes that Google names in the callback. It may be fewer than were asked for.
    pub scopes: Option<ScopeSet>,
    /// The record of the attempt.
    pub pending: Pending,
}

/// The parameters of a callback.
#[derive(Clone, Default)]
pub struct CallbackParams {
    state: Option<String>,
    code: Option<SecretString>,
    error: Option<String>,
    issuer: Option<String>,
    scope: Option<String>,
    twice: bool,
}

/// Shows which parameters there are.
impl fmt::Debug for CallbackParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("CallbackParams");
        shown.field("state", &self.state.is_some()).field("code", &self.code.is_some());
        shown.field("error", &self.error.is_some()).finish_non_exhaustive()
    }
}

impl CallbackParams {
    /// Reads a query string (`state=…&code=…`), or an address or path with one.
    pub fn parse(query: &str) -> Self {
        let query = query.split_once('?').map_or(query, |(_, query)| query);
        let query = query.split_once('#').map_or(query, |(query, _)| query);
        let mut params = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let value = value.into_owned();
            // Two states or two codes: whichever is taken, somebody else may have meant the other.
            params.twice |= match &*name {
                "state" => params.state.replace(value).is_some(),
                "code" => params.code.replace(value.into()).is_some(),
                "error" => params.error.replace(value).is_some(),
                "iss" => params.issuer.replace(value).is_some(),
                "scope" => params.scope.replace(value).is_some(),
                _ => false,
            };
        }
        params
    }
}

pub(crate) async fn check(
    params: CallbackParams,
    key: &StateKey,
    endpoints: &Endpoints,
    store: &dyn PendingStore,
    binding: &str,
    now: Timestamp,
) -> Result<Callback, Error> {
    let Some(state) = params.state.filter(|_| !params.twice) else {
        return Ok(Callback::Unknown);
    };
    let id = match key.check(&state, binding, now) {
        Ok(id) => id,
        Err(BadState::NotOurs) => return Ok(Callback::Unknown),
        Err(BadState::Expired) => return Ok(Callback::Expired),
        Err(BadState::Foreign) => return Ok(Callback::ForeignSession),
    };
    if params.issuer.is_some_and(|issuer| !endpoints.issuers.contains(&issuer)) {
        return Ok(Callback::WrongIssuer);
    }
    let Some(pending) = store.take(id).await? else {
        return Ok(Callback::Replayed(Replay { id: id.to_owned() }));
    };
    if pending.binding != binding {
        return Ok(Callback::ForeignSession);
    }
    if now >= pending.expires_at {
        return Ok(Callback::Expired);
    }
    Ok(match (params.error, params.code) {
        (Some(error), _) => Callback::Denied(denial(&error), pending),
        (None, Some(code)) => {
            Callback::Granted(Granted { code, scopes: params.scope.as_deref().map(ScopeSet::parse), pending })
        }
        (None, None) => Callback::Incomplete(pending),
    })
}

fn denial(error: &str) -> Denial {
    match error {
        "access_denied" => Denial::AccessDenied,
        "admin_policy_enforced" | "org_internal" => Denial::AdminBlocked,
        "login_required" | "consent_required" | "interaction_required" | "account_selection_required" => {
            Denial::InteractionRequired
        }
        "server_error" | "temporarily_unavailable" => Denial::Temporary,
        other => Denial::Other(code(other)),
    }
}
