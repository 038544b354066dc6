use std::{fmt, time::Duration};

use jiff::Timestamp;
use portico_transport::TransportError;

use crate::{
    ScopeSet,
    auth::{GrantFailure, IdTokenProblem, KeyProblem},
};

/// What went wrong in a call to Google, by what the caller can do about it ([`Error::next`]).
///
/// No text of it holds a token, a code, an address of a person or the content of an event: it may be logged as it is.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: Kind,
    operation: &'static str,
    status: Option<u16>,
    reason: Option<String>,
    message: Option<String>,
    retry_after: Option<Duration>,
    attempts: u32,
    may_have_taken_effect: bool,
    server_time: Option<Timestamp>,
}

/// What happened. Status codes alone do not tell: 403 has five meanings and 410 two.
/// <https://developers.google.com/workspace/calendar/api/guides/errors>
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// 401, and a fresh access token did not help either.
    Unauthorized,
    /// The token endpoint refused: no access token can be had.
    Grant(GrantFailure),
    /// An ID token that must not be believed.
    IdToken(IdTokenProblem),
    /// A message of Cross-Account Protection that must not be believed.
    SecurityEvent(IdTokenProblem),
    /// A file that is no usable key of a service account.
    Key(KeyProblem),
    /// 429, or 403 with a rate reason: too fast. The same call will do later.
    RateLimited,
    /// 403 or 429 with `quotaExceeded` and its like: a limit of hours, not of seconds.
    QuotaExceeded,
    /// 403: the token lacks a scope. `needed` is what Google named, often nothing.
    ScopesMissing {
        /// The scopes of which one is needed, when Google says so.
        needed: ScopeSet,
    },
    /// 403: the API is not switched on in the Google Cloud project.
    ApiDisabled,
    /// 403 for any other reason: this account may not do that.
    Permission,
    /// 404: it never existed, or this account cannot see it. Google does not say which.
    NotFound,
    /// 410: it existed and is deleted.
    Deleted,
    /// 410, or 400 at People: the sync token is too old. Read everything anew.
    FullSyncRequired,
    /// 400: the sync token or page token is malformed or of another query. Read everything anew.
    BadCursor,
    /// 409: the id is taken, perhaps by an earlier sending of the same insert.
    Duplicate,
    /// 409: another write was under way at the same time.
    Conflict,
    /// 412: the etag is not the current one any more.
    PreconditionFailed,
    /// Any other 4xx: the request itself is wrong and is refused again however often it is sent.
    Invalid,
    /// 5xx, a cut or silent connection, half a body, a page of HTML: it may work the next time.
    Transient,
    /// The certificate of the other side was not accepted.
    Certificate,
    /// Google answered with success and something that this library cannot read, or redirected elsewhere.
    Unreadable,
    /// The request could not be put together: an empty id, an id that is a path, a malformed address.
    Unsendable,
    /// The place where pending authorizations are kept failed.
    PendingStore,
}

/// What the caller can do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Send the same again, not before this time has passed. Where [`Error::may_have_taken_effect`] says so, first look
    /// whether it has.
    RetryAfter(Duration),
    /// Ask the person to consent again: nothing else brings a working token.
    Reauthorize,
    /// Ask the person for these scopes (empty: for those of the feature).
    AskForScopes(ScopeSet),
    /// Read the resource again and decide anew: it has changed, or is there already.
    Refetch,
    /// Forget the cursor and read the whole list.
    FullSync,
    /// Have an administrator correct the set-up: client, API, policy, certificate.
    FixSetup,
    /// Nothing: it is not there, or not allowed, or wrong. Do not send it again unchanged.
    GiveUp,
}

impl Error {
    pub(crate) fn new(kind: Kind, operation: &'static str) -> Self {
        Self(Box::new(Inner {
            kind,
            operation,
            status: None,
            reason: None,
            message: None,
            retry_after: None,
            attempts: 0,
            may_have_taken_effect: false,
            server_time: None,
        }))
    }

    pub(crate) fn from_transport(error: &TransportError, operation: &'static str) -> Self {
        let kind = match error {
            TransportError::Connect { .. } | TransportError::Timeout { .. } | TransportError::Cut { .. } => {
                Kind::Transient
            }
            TransportError::Tls { .. } => Kind::Certificate,
            TransportError::TooLarge { .. } => Kind::Unreadable,
            TransportError::Unsendable { .. } => Kind::Unsendable,
        };
        Self::new(kind, operation).with_message(Some(error.to_string())).with_effect(error.may_have_taken_effect())
    }

    /// The same with another kind.
    pub(crate) fn of_kind(mut self, kind: Kind) -> Self {
        self.0.kind = kind;
        self
    }

    /// The same as an error of another call.
    pub(crate) fn of_operation(mut self, operation: &'static str) -> Self {
        self.0.operation = operation;
        self
    }

    pub(crate) fn with_status(mut self, status: http::StatusCode) -> Self {
        self.0.status = Some(status.as_u16());
        self
    }

    pub(crate) fn with_reason(mut self, reason: Option<String>) -> Self {
        self.0.reason = reason;
        self
    }

    /// `message` must already be free of personal text.
    pub(crate) fn with_message(mut self, message: Option<String>) -> Self {
        self.0.message = message;
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn with_effect(mut self, may_have_taken_effect: bool) -> Self {
        self.0.may_have_taken_effect = may_have_taken_effect;
        self
    }

    pub(crate) fn with_server_time(mut self, time: Option<Timestamp>) -> Self {
        self.0.server_time = time;
        self
    }

    /// An error for the caller's own [`Credentials`](crate::Credentials) and [`PendingStore`](crate::auth::PendingStore):
    /// `message` goes to the log and must hold no secret and no personal text.
    pub fn custom(kind: Kind, operation: &'static str, message: impl Into<String>) -> Self {
        Self::new(kind, operation).with_message(Some(message.into()))
    }

    /// What happened.
    pub fn kind(&self) -> &Kind {
        &self.0.kind
    }

    /// Which call it was, by Google's name for it, such as `calendar.events.patch`.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Google's code for it, such as `conditionNotMet` or `invalid_grant`.
    pub fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Google's sentence, without addresses, quoted values and long codes. For the log, not for people.
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// How long Google asks to wait, or how long the next wait would have been when the deadline ended the tries.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How often it was sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether one of the sendings may have been carried out although its answer did not come. A
    /// [`Kind::Duplicate`] with this flag is likely our own.
    pub fn may_have_taken_effect(&self) -> bool {
        self.0.may_have_taken_effect
    }

    /// What Google's clock showed, when the answer complained about the time.
    pub fn server_time(&self) -> Option<Timestamp> {
        self.0.server_time
    }

    /// Whether a deletion that failed like this has reached its aim: the thing is not there.
    pub fn is_absent(&self) -> bool {
        matches!(self.0.kind, Kind::NotFound | Kind::Deleted)
    }

    /// Whether the same call may succeed later without anybody doing anything.
    pub fn is_temporary(&self) -> bool {
        matches!(self.next(), Next::RetryAfter(_))
    }

    /// What the caller can do.
    pub fn next(&self) -> Next {
        let wait = |seconds| Next::RetryAfter(self.0.retry_after.unwrap_or(Duration::from_secs(seconds)));
        match &self.0.kind {
            Kind::RateLimited | Kind::Transient | Kind::Conflict | Kind::PendingStore => wait(60),
            Kind::QuotaExceeded => wait(3600),
            Kind::Unauthorized => Next::Reauthorize,
            Kind::Grant(failure) => failure.next(),
            Kind::IdToken(_) => Next::Reauthorize,
            Kind::ScopesMissing { needed } => Next::AskForScopes(needed.clone()),
            Kind::ApiDisabled | Kind::Certificate | Kind::Key(_) => Next::FixSetup,
            Kind::FullSyncRequired | Kind::BadCursor => Next::FullSync,
            Kind::Duplicate | Kind::PreconditionFailed => Next::Refetch,
            Kind::Permission
            | Kind::NotFound
            | Kind::Deleted
            | Kind::Invalid
            | Kind::Unreadable
            | Kind::Unsendable
            | Kind::SecurityEvent(_) => Next::GiveUp,
        }
    }

    /// Whether the loop that sends may send again by itself.
    pub(crate) fn may_repeat(&self, repeatable: bool) -> bool {
        match self.0.kind {
            Kind::RateLimited | Kind::Conflict => true,
            Kind::Transient => repeatable || !self.0.may_have_taken_effect,
            _ => false,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unauthorized => "the access token was not accepted",
            Self::Grant(failure) => return failure.fmt(f),
            Self::IdToken(problem) => return problem.fmt(f),
            Self::SecurityEvent(problem) => return write!(f, "the security event token {}", problem.words()),
            Self::Key(problem) => return problem.fmt(f),
            Self::RateLimited => "too many calls in a short time",
            Self::QuotaExceeded => "a usage limit of the account or the project is reached",
            Self::ScopesMissing { .. } => "the person has not granted a scope that this call needs",
            Self::ApiDisabled => "the API is not enabled in the Google Cloud project",
            Self::Permission => "the account may not do this",
            Self::NotFound => "not found, or not visible to this account",
            Self::Deleted => "it has been deleted",
            Self::FullSyncRequired => "the sync token is too old and everything has to be read anew",
            Self::BadCursor => "the sync token or page token is not valid",
            Self::Duplicate => "the identifier is taken",
            Self::Conflict => "another change was under way",
            Self::PreconditionFailed => "it was changed meanwhile",
            Self::Invalid => "the request was refused as wrong",
            Self::Transient => "no usable answer",
            Self::Certificate => "the certificate was not accepted",
            Self::Unreadable => "the answer could not be understood",
            Self::Unsendable => "the request could not be put together",
            Self::PendingStore => "pending authorizations could not be read or written",
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.operation, self.0.kind)?;
        match (self.0.status, &self.0.reason) {
            (Some(status), Some(reason)) => write!(f, " ({status} {reason})")?,
            (Some(status), None) => write!(f, " ({status})")?,
            (None, Some(reason)) => write!(f, " ({reason})")?,
            (None, None) => {}
        }
        if let Some(message) = &self.0.message {
            write!(f, ": {message}")?;
        }
        if self.0.attempts > 1 {
            write!(f, " [sent {} times]", self.0.attempts)?;
        }
        if self.0.may_have_taken_effect {
            f.write_str(" [may have taken effect]")?;
        }
        Ok(())
    }
}

/// What went wrong and what to do: it is what a program shows whose `main` ends with this error.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} [next: {:?}]", self.next())
    }
}

impl std::error::Error for Error {}
