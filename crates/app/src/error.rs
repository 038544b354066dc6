//! The one error that crosses into the API. Each variant is one HTTP status and one problem type.

use portico_store::StoreError;

/// A field that is not right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name as the request spells it; `attendees[3]` for an item of a list.
    pub field: String,
    /// What is wrong, as a stable word that the pages translate: `required`, `too_long`, `before_start` ….
    pub code: &'static str,
    /// What the text of the code has to name, such as a limit.
    pub detail: Option<String>,
}

impl FieldError {
    /// A fault of a field.
    pub fn new(field: impl Into<String>, code: &'static str) -> Self {
        Self { field: field.into(), code, detail: None }
    }

    /// The same with what its text has to name.
    pub fn with(mut self, detail: impl ToString) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    /// Adds `more` to the faults of a request. Of a field that is named already nothing else is told: that it is missing, where
    /// it could not be read, is no news.
    pub fn gather(faults: &mut Vec<Self>, more: Vec<Self>) {
        for fault in more {
            if !faults.iter().any(|known| known.field == fault.field) {
                faults.push(fault);
            }
        }
    }
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or it is not for this person to know of.
    #[error("there is no such thing here")]
    NotFound,
    /// No role grants this function.
    #[error("no role grants {function}")]
    Forbidden {
        /// The system function that is missing.
        function: &'static str,
    },
    /// The person sees the thing, and changing it is for others.
    #[error("it is for others to change")]
    NotYours,
    /// It may be done by nobody, as things stand.
    #[error("it cannot be done as things stand: {reason}")]
    Conflict {
        /// Why, as a stable word that the pages translate.
        reason: &'static str,
    },
    /// Fields are not right; nothing was stored.
    #[error("{} fields are not right", .0.len())]
    Invalid(Vec<FieldError>),
    /// The thing was changed meanwhile.
    #[error("it was changed meanwhile")]
    Stale,
    /// The request must say which version it changes.
    #[error("the request does not say which version it changes")]
    PreconditionRequired,
    /// The key of this request was used for another one.
    #[error("the idempotency key was used for another request")]
    IdempotencyMismatch {
        /// The id of what that one made.
        made: String,
    },
    /// What this request made before is not there any more.
    #[error("what the request made before is gone")]
    MadeBefore {
        /// The id that it had.
        made: String,
    },
    /// Nobody is signed in, or no longer.
    #[error("nobody is signed in")]
    SignInAgain,
    /// The address or the password is wrong.
    #[error("the address or the password is wrong")]
    WrongCredentials,
    /// The address exists in several companies.
    #[error("the address exists in several companies")]
    ChooseTenant {
        /// Their slugs and names.
        tenants: Vec<(String, String)>,
    },
    /// The address takes other methods than this one.
    #[error("the address does not take this method")]
    OtherMethod,
    /// Too many requests.
    #[error("too many requests")]
    TooMany {
        /// When to come back, in seconds.
        retry_after: u32,
    },
    /// Another system did not do its part.
    #[error("{service} did not do its part")]
    Upstream {
        /// The system's name.
        service: &'static str,
        /// When to come back, in seconds, where that is known.
        retry_after: Option<u32>,
    },
    /// A fault of Portico. The text is for the log, never for the person.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// One field that is not right.
    pub fn field(field: impl Into<String>, code: &'static str) -> Self {
        Self::Invalid(vec![FieldError::new(field, code)])
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale => Self::Stale,
            StoreError::Unavailable(_) => Self::Upstream { service: "database", retry_after: Some(2) },
            StoreError::Unique { .. } => Self::Conflict { reason: "exists_already" },
            StoreError::ForeignKey => Self::Conflict { reason: "still_in_use" },
            other => {
                let mut text = other.to_string();
                let mut source = std::error::Error::source(&other);
                while let Some(cause) = source {
                    text = format!("{text}: {cause}");
                    source = cause.source();
                }
                Self::Internal(text)
            }
        }
    }
}

impl From<portico_vault::VaultError> for Error {
    fn from(error: portico_vault::VaultError) -> Self {
        Self::Internal(error.to_string())
    }
}
