//! The refusals of Gmail, in Google's words.
//! [Gmail's errors](https://developers.google.com/workspace/gmail/api/guides/handle-errors)

use crate::http::ApiError;

/// What there is not.
pub fn not_found() -> ApiError {
    ApiError::new(404, "notFound", "Requested entity was not found.").with_rpc_status("NOT_FOUND")
}

/// What makes no sense.
pub fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "invalidArgument", message).with_rpc_status("INVALID_ARGUMENT")
}

/// What this account or this token may not do.
pub fn forbidden(message: impl Into<String>) -> ApiError {
    ApiError::new(403, "forbidden", message).with_rpc_status("PERMISSION_DENIED")
}

/// What the state of things does not allow.
pub fn precondition() -> ApiError {
    ApiError::new(400, "failedPrecondition", "Precondition check failed.").with_rpc_status("FAILED_PRECONDITION")
}

/// A label that there is not, or that nobody puts on or takes off.
pub fn label(name: &str) -> ApiError {
    invalid(format!("Invalid label: {name}"))
}

/// What is there already.
pub fn exists(message: &str) -> ApiError {
    ApiError::new(409, "duplicate", message).with_rpc_status("ALREADY_EXISTS")
}
