//! Errors as RFC 9457 problems: a stable `type`, and texts in the reader's language.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use portico_app::{Error, FieldError};
use portico_kernel::Locale;
use serde::Serialize;
use utoipa::ToSchema;

use crate::words;

/// What was wrong, for programs (`type`, `code`) and for people (`title`, `detail`, `message`).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// A stable address that names the kind of problem; its last segment is the slug.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened, in the reader's language.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What to do, in the reader's language.
    pub detail: String,
    /// The fields that are not right.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemField>,
    /// The system function that no role grants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// Why it cannot be done as things stand, as a stable word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The id of what was made under the key of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
    /// The companies to choose from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tenants: Vec<ProblemTenant>,
    /// When to come back, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

/// A field that is not right.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemField {
    /// The field, as the request spells it.
    pub field: String,
    /// What is wrong, as a stable word.
    pub code: String,
    /// What is wrong, in the reader's language.
    pub message: String,
}

/// A company to choose.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemTenant {
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
}

/// An error with the language in which it is told.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong.
    pub error: Error,
    /// The reader's language.
    pub locale: Locale,
}

impl Failure {
    /// An error for a reader of this language.
    pub fn new(error: impl Into<Error>, locale: Locale) -> Self {
        Self { error: error.into(), locale }
    }
}

/// The status and the slug of each error.
pub fn status_and_slug(error: &Error) -> (StatusCode, &'static str) {
    match error {
        Error::NotFound => (StatusCode::NOT_FOUND, "not-found"),
        Error::Forbidden { .. } => (StatusCode::FORBIDDEN, "forbidden"),
        Error::NotYours => (StatusCode::FORBIDDEN, "not-yours"),
        Error::Conflict { .. } => (StatusCode::CONFLICT, "conflict"),
        Error::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        Error::Stale => (StatusCode::PRECONDITION_FAILED, "stale"),
        Error::PreconditionRequired => (StatusCode::PRECONDITION_REQUIRED, "precondition-required"),
        Error::IdempotencyMismatch { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "idempotency-mismatch"),
        Error::MadeBefore { .. } => (StatusCode::CONFLICT, "made-before"),
        Error::SignInAgain => (StatusCode::UNAUTHORIZED, "not-signed-in"),
        Error::WrongCredentials => (StatusCode::UNAUTHORIZED, "wrong-credentials"),
        Error::ChooseTenant { .. } => (StatusCode::CONFLICT, "choose-tenant"),
        Error::OtherMethod => (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed"),
        Error::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, "too-many"),
        Error::Upstream { .. } => (StatusCode::BAD_GATEWAY, "upstream"),
        Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    }
}

impl Problem {
    fn of(failure: &Failure) -> (StatusCode, Self) {
        let (status, slug) = status_and_slug(&failure.error);
        let words = words::problem(slug, failure.locale);
        let mut problem = Self {
            kind: format!("https://portico.dev/problems/{slug}"),
            title: words.0.to_owned(),
            status: status.as_u16(),
            detail: words.1.to_owned(),
            errors: Vec::new(),
            function: None,
            reason: None,
            made: None,
            tenants: Vec::new(),
            retry_after: None,
        };
        match &failure.error {
            Error::Invalid(fields) => {
                problem.errors = fields.iter().map(|field| problem_field(field, failure.locale)).collect();
            }
            Error::Forbidden { function } => problem.function = Some((*function).to_owned()),
            Error::Conflict { reason } => problem.reason = Some((*reason).to_owned()),
            Error::IdempotencyMismatch { made } | Error::MadeBefore { made } => problem.made = Some(made.clone()),
            Error::ChooseTenant { tenants } => {
                problem.tenants = tenants
                    .iter()
                    .map(|(slug, name)| ProblemTenant { slug: slug.clone(), name: name.clone() })
                    .collect();
            }
            Error::TooMany { retry_after } => problem.retry_after = Some(*retry_after),
            Error::Upstream { retry_after, .. } => problem.retry_after = *retry_after,
            _ => {}
        }
        (status, problem)
    }
}

fn problem_field(field: &FieldError, locale: Locale) -> ProblemField {
    ProblemField {
        field: field.field.clone(),
        code: field.code.to_owned(),
        message: words::field(field.code, field.detail.as_deref(), locale),
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Error::Internal(cause) = &self.error {
            // Logged here, once: the answer says nothing of it.
            tracing::error!(cause, "a request failed");
        }
        let (status, problem) = Problem::of(&self);
        let mut response = (status, axum::Json(&problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(self.locale.tag()));
        if let Some(seconds) = problem.retry_after {
            headers.insert(HeaderName::from_static("retry-after"), HeaderValue::from(seconds));
        }
        response
    }
}
