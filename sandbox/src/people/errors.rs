//! How People refuses: google.rpc with a name of the status, and seldom anything else.

use serde_json::json;

use crate::http::ApiError;

/// The request is wrong.
pub fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "invalidArgument", message).with_rpc_status("INVALID_ARGUMENT")
}

/// The request is right, but not now.
pub fn failed_precondition(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "failedPrecondition", message).with_rpc_status("FAILED_PRECONDITION")
}

/// Nothing of that name, or nothing that the caller may see.
pub fn not_found() -> ApiError {
    ApiError::new(404, "notFound", "Requested entity was not found.")
}

/// The person was changed since it was read.
pub fn stale() -> ApiError {
    failed_precondition(
        "Request person.etag is different than the current person.etag. Clear local cache and get the latest person.",
    )
}

/// The name of a group is taken.
pub fn group_exists() -> ApiError {
    ApiError::new(409, "alreadyExists", "Contact group name already exists.").with_rpc_status("ALREADY_EXISTS")
}

/// A sync token that was good once.
pub fn expired_sync_token() -> ApiError {
    let mut error =
        failed_precondition("Sync token is expired. Clear local cache and retry call without the sync token.");
    error.details = vec![json!({
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "EXPIRED_SYNC_TOKEN",
        "domain": "people.googleapis.com",
        "metadata": {"service": "people.googleapis.com"},
    })];
    error
}

/// A mask that has to be there. `page` is the method's page in the reference, such as `people/get`.
pub fn mask_required(mask: &str, page: &str) -> ApiError {
    invalid(format!(
        "{mask} mask is required. Please specify one or more valid paths. Valid paths are documented at \
         https://developers.google.com/people/api/rest/v1/{page}."
    ))
}

/// A path of a mask that there is not.
pub fn mask_invalid(mask: &str, path: &str, page: &str) -> ApiError {
    invalid(format!(
        "Invalid {mask} mask path: \"{path}\". Valid paths are documented at \
         https://developers.google.com/people/api/rest/v1/{page}."
    ))
}
