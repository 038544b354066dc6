//! What the services' tables of methods are made of.

use super::{ApiError, Call, Reply};
use crate::state::State;

/// Carries a call out.
pub type Handler = fn(&mut State, &Call) -> Result<Reply, ApiError>;
/// Scopes of which any will do.
pub type Scopes = &'static [&'static str];

/// A method of an API as Google's discovery document lists it.
pub struct Method {
    /// As in `calendar.events.insert`.
    pub id: &'static str,
    /// The HTTP method.
    pub verb: http::Method,
    /// The path with its parameters, as in `/calendar/v3/calendars/{calendarId}/events`. `{+name}` takes slashes too.
    pub path: &'static str,
    /// Any of these scopes will do.
    pub scopes: Scopes,
    /// What it costs of the quota.
    pub cost: u32,
    /// Carries the call out. What it changed is taken back when it fails.
    pub handler: Handler,
}

/// A method that costs one unit of the quota.
pub const fn method(
    id: &'static str,
    verb: http::Method,
    path: &'static str,
    scopes: Scopes,
    handler: Handler,
) -> Method {
    Method { id, verb, path, scopes, cost: 1, handler }
}

/// Scopes by their short names.
macro_rules! scopes {
    ($($name:literal),* $(,)?) => {
        &[$(concat!("https://www.googleapis.com/auth/", $name)),*]
    };
}

pub(crate) use scopes;
