use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use crate::http::{
    ApiError,
    exchange::{self, set},
};

/// A refusal of the token endpoint and its kin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthError {
    /// The HTTP status.
    pub status: u16,
    /// As in `invalid_grant`.
    pub error: &'static str,
    /// For a person to read.
    pub description: String,
}

impl OAuthError {
    /// A refusal with status 400.
    pub fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self { status: 400, error, description: description.into() }
    }

    /// `invalid_grant`.
    pub fn invalid_grant(description: &str) -> Self {
        Self::new("invalid_grant", description)
    }

    /// A field of the form is not there.
    pub fn missing(parameter: &str) -> Self {
        Self::new("invalid_request", format!("Missing required parameter: {parameter}"))
    }

    /// With another status than 400.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// As an answer.
    pub fn answer(&self) -> Response<Bytes> {
        uncached(self.status, &json!({"error": self.error, "error_description": self.description}))
    }
}

/// A JSON answer that nobody may keep.
pub fn uncached(status: u16, body: &Value) -> Response<Bytes> {
    let mut response = exchange::json(status, body);
    set(&mut response, "content-type", "application/json; charset=utf-8");
    set(&mut response, "cache-control", "no-cache, no-store, max-age=0, must-revalidate");
    set(&mut response, "pragma", "no-cache");
    response
}

/// What an OAuth endpoint answers when a fault was asked for.
pub fn fault(error: &ApiError) -> Response<Bytes> {
    let name = match error.status {
        500.. => "internal_failure",
        429 => "rate_limit_exceeded",
        _ => error.reason.as_str(),
    };
    uncached(error.status, &json!({"error": name, "error_description": error.message}))
}
