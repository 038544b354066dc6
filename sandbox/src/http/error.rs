use std::ops::{Deref, DerefMut};

use serde_json::{Value, json};

/// A refusal as Google words it. [Error shapes](https://developers.google.com/workspace/calendar/api/guides/errors)
///
/// It is boxed, so that the functions that may refuse hand on a pointer and not the whole text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError(Box<Refusal>);

/// What a refusal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// As in `global`, `calendar` or `usageLimits`.
    pub domain: &'static str,
    /// As in `notFound`.
    pub reason: String,
    /// For a person to read.
    pub message: String,
    /// The message of the entry in `errors`, where it differs.
    pub inner_message: Option<&'static str>,
    /// Where the fault lies: the type (`parameter`, `header`) and its name.
    pub location: Option<(&'static str, String)>,
    /// The name of the status in google.rpc, as in `NOT_FOUND`, where Google gives it in the older form of the body too.
    pub rpc_status: Option<&'static str>,
    /// Entries of `details`.
    pub details: Vec<Value>,
    /// Seconds for a `Retry-After` header.
    pub retry_after: Option<u64>,
    /// The `WWW-Authenticate` header.
    pub challenge: Option<String>,
}

impl Deref for ApiError {
    type Target = Refusal;

    fn deref(&self) -> &Refusal {
        &self.0
    }
}

impl DerefMut for ApiError {
    fn deref_mut(&mut self) -> &mut Refusal {
        &mut self.0
    }
}

impl ApiError {
    /// A refusal in domain `global`.
    pub fn new(status: u16, reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self(Box::new(Refusal {
            status,
            domain: "global",
            reason: reason.into(),
            message: message.into(),
            inner_message: None,
            location: None,
            rpc_status: None,
            details: vec![],
            retry_after: None,
            challenge: None,
        }))
    }

    /// In another domain than `global`.
    #[must_use]
    pub fn in_domain(mut self, domain: &'static str) -> Self {
        self.domain = domain;
        self
    }

    /// Because of a parameter of the query.
    #[must_use]
    pub fn for_parameter(mut self, name: impl Into<String>) -> Self {
        self.location = Some(("parameter", name.into()));
        self
    }

    /// Because of a header.
    #[must_use]
    pub fn for_header(mut self, name: impl Into<String>) -> Self {
        self.location = Some(("header", name.into()));
        self
    }

    /// With the name of its status in google.rpc.
    #[must_use]
    pub fn with_rpc_status(mut self, status: &'static str) -> Self {
        self.rpc_status = Some(status);
        self
    }

    /// The token is missing.
    pub fn login_required() -> Self {
        let mut error = Self::new(
            401,
            "required",
            "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or \
             other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        )
        .for_header("Authorization")
        .with_rpc_status("UNAUTHENTICATED");
        error.inner_message = Some("Login Required.");
        error.challenge = Some("Bearer realm=\"https://accounts.google.com/\"".into());
        error
    }

    /// The token is not known, expired or revoked.
    pub fn invalid_credentials() -> Self {
        let mut error = Self::new(
            401,
            "authError",
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid \
             authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        )
        .for_header("Authorization")
        .with_rpc_status("UNAUTHENTICATED");
        error.inner_message = Some("Invalid Credentials");
        error.challenge = Some("Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"".into());
        error
    }

    /// The token's scopes do not allow the method.
    pub fn insufficient_scopes(wanted: &[&str], service: &str, method: &str) -> Self {
        let mut error = Self::new(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
            .with_rpc_status("PERMISSION_DENIED");
        error.inner_message = Some("Insufficient Permission");
        error.details = vec![json!({
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            "domain": "googleapis.com",
            "metadata": {"service": format!("{service}.googleapis.com"), "method": method},
        })];
        error.challenge = Some(format!(
            "Bearer realm=\"https://accounts.google.com/\", error=\"insufficient_scope\", scope=\"{}\"",
            wanted.join(" ")
        ));
        error
    }

    /// The body is not JSON.
    pub fn parse_error() -> Self {
        Self::new(400, "parseError", "Parse Error")
    }

    /// A parameter of the query has a value that is not allowed.
    pub fn invalid_parameter(name: &str, value: &str) -> Self {
        Self::new(400, "invalidParameter", format!("Invalid value '{value}' for parameter {name}.")).for_parameter(name)
    }

    /// An error by its status and reason alone, with Google's usual words for it.
    pub fn by_reason(status: u16, reason: &str) -> Self {
        let (message, domain) = match (status, reason) {
            (429, _) => ("Too Many Requests", "usageLimits"),
            (_, "rateLimitExceeded") => ("Rate Limit Exceeded", "usageLimits"),
            (_, "userRateLimitExceeded") => ("User Rate Limit Exceeded", "usageLimits"),
            (_, "dailyLimitExceeded") => ("Daily Limit Exceeded", "usageLimits"),
            (_, "quotaExceeded") => ("Calendar usage limits exceeded.", "usageLimits"),
            (401, _) => {
                let mut error = Self::invalid_credentials();
                error.reason = reason.into();
                return error;
            }
            (_, "insufficientPermissions") => ("Insufficient Permission", "global"),
            (403, _) => ("Forbidden", "global"),
            (404, _) => ("Not Found", "global"),
            (409, "duplicate") => ("The requested identifier already exists.", "global"),
            (409, _) => ("Conflict", "global"),
            (410, "fullSyncRequired") => ("Sync token is no longer valid, a full sync is required.", "calendar"),
            (410, _) => ("Resource has been deleted", "global"),
            (412, _) => ("Precondition Failed", "global"),
            (500, _) => ("Backend Error", "global"),
            (503, _) => ("Service Unavailable", "global"),
            _ => (
                http::StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason()).unwrap_or("Error"),
                "global",
            ),
        };
        Self::new(status, reason, message).in_domain(domain)
    }

    /// The reason that Google gives with a status by default.
    pub fn default_reason(status: u16) -> &'static str {
        match status {
            400 => "badRequest",
            401 => "authError",
            403 => "forbidden",
            404 => "notFound",
            409 => "conflict",
            410 => "deleted",
            412 => "conditionNotMet",
            429 => "rateLimitExceeded",
            503 => "serviceUnavailable",
            _ => "backendError",
        }
    }

    /// The name of a status in google.rpc.
    pub fn rpc_status_of(status: u16) -> &'static str {
        match status {
            400 => "INVALID_ARGUMENT",
            401 => "UNAUTHENTICATED",
            403 => "PERMISSION_DENIED",
            404 => "NOT_FOUND",
            409 | 410 => "ABORTED",
            412 => "FAILED_PRECONDITION",
            429 => "RESOURCE_EXHAUSTED",
            503 => "UNAVAILABLE",
            _ => "INTERNAL",
        }
    }

    /// The body of Calendar, Drive, Gmail and Directory.
    pub fn legacy_body(&self) -> Value {
        let mut entry = json!({
            "domain": self.domain,
            "reason": self.reason,
            "message": self.inner_message.unwrap_or(&self.message),
        });
        if let Some((kind, name)) = &self.location {
            entry["locationType"] = json!(kind);
            entry["location"] = json!(name);
        }
        let mut error = json!({"errors": [entry], "code": self.status, "message": self.message});
        if let Some(status) = self.rpc_status {
            error["status"] = json!(status);
        }
        if !self.details.is_empty() {
            error["details"] = json!(self.details);
        }
        json!({"error": error})
    }

    /// The body of People and Meet.
    pub fn rpc_body(&self) -> Value {
        let status = self.rpc_status.unwrap_or_else(|| Self::rpc_status_of(self.status));
        let mut error = json!({"code": self.status, "message": self.message, "status": status});
        if !self.details.is_empty() {
            error["details"] = json!(self.details);
        }
        json!({"error": error})
    }
}
