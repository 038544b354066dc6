//! The refusals of the Calendar API, in Google's words and reasons.
//! [Calendar's errors](https://developers.google.com/workspace/calendar/api/guides/errors)

use serde_json::Value;

use super::access::Role;
use crate::http::ApiError;

/// A value that makes no sense.
pub fn invalid(message: &str) -> ApiError {
    ApiError::new(400, "invalid", message)
}

/// A field of the body of the wrong type or out of its list.
pub fn invalid_field(path: &str, value: &Value) -> ApiError {
    let shown = match value {
        Value::String(text) => text.chars().take(80).collect(),
        Value::Object(_) => "{…}".to_owned(),
        Value::Array(_) => "[…]".to_owned(),
        other => other.to_string(),
    };
    invalid(&format!("Invalid value for {path}: {shown}"))
}

/// A body that is not what the method takes.
pub fn parse_error() -> ApiError {
    ApiError::parse_error()
}

/// A field that must be there.
pub fn required(message: &str) -> ApiError {
    ApiError::new(400, "required", message)
}

/// A parameter that must be there.
pub fn required_parameter(name: &str) -> ApiError {
    ApiError::new(400, "required", "Required").for_parameter(name)
}

/// A parameter whose value is not allowed.
pub fn invalid_parameter(name: &str, message: &str) -> ApiError {
    ApiError::new(400, "invalidParameter", message).for_parameter(name)
}

/// A request that Google refuses without saying more.
pub fn bad_request() -> ApiError {
    ApiError::new(400, "badRequest", "Bad Request")
}

/// A refusal of the Calendar service itself.
pub fn calendar(status: u16, reason: &str, message: &str) -> ApiError {
    ApiError::new(status, reason, message).in_domain("calendar")
}

/// An end that is not after its start.
pub fn time_range_empty() -> ApiError {
    calendar(400, "timeRangeEmpty", "The specified time range is empty.").for_parameter("timeMax")
}

/// An event that lasts too long.
pub fn duration_exceeds_limit() -> ApiError {
    calendar(400, "eventDurationExceedsLimit", "The event duration exceeds the limit.")
}

/// What does not exist, or is not for this person to know.
pub fn not_found() -> ApiError {
    ApiError::by_reason(404, "notFound")
}

/// An id that is taken.
pub fn duplicate() -> ApiError {
    ApiError::by_reason(409, "duplicate")
}

/// A write to what is deleted.
pub fn deleted() -> ApiError {
    ApiError::by_reason(410, "deleted")
}

/// An `If-Match` that names another version.
pub fn condition_not_met() -> ApiError {
    ApiError::by_reason(412, "conditionNotMet").for_header("If-Match")
}

/// A write that needs a stronger role.
pub fn access_level(least: Role) -> ApiError {
    let needed = match least {
        Role::Owner => "owner",
        Role::Writer | Role::WriterWithoutPrivateAccess => "writer",
        _ => "reader",
    };
    calendar(403, "requiredAccessLevel", &format!("You need to have {needed} access to this calendar."))
}

/// A guest's change of what only the organizer decides.
pub fn forbidden_for_non_organizer() -> ApiError {
    calendar(403, "forbiddenForNonOrganizer", "Shared properties can only be changed by the organizer of the event.")
}

/// Guests on an event of a service account that acts for nobody.
pub fn forbidden_for_service_accounts() -> ApiError {
    calendar(
        403,
        "forbiddenForServiceAccounts",
        "Service accounts cannot invite attendees without Domain-Wide Delegation of Authority.",
    )
}

/// What nobody may do.
pub fn forbidden(reason: &str, message: &str) -> ApiError {
    calendar(403, reason, message)
}

/// A use limit against abuse.
pub fn quota_exceeded() -> ApiError {
    ApiError::by_reason(403, "quotaExceeded")
}

/// A token whose scopes open only other calendars.
pub fn insufficient_scope(method: &str) -> ApiError {
    ApiError::insufficient_scopes(&["https://www.googleapis.com/auth/calendar"], "calendar", method)
}

/// A sync token that cannot be read, or belongs to another list.
pub fn invalid_sync_token() -> ApiError {
    invalid("Invalid sync token value.").for_parameter("syncToken")
}

/// A sync token that is good no more.
pub fn full_sync_required() -> ApiError {
    ApiError::by_reason(410, "fullSyncRequired").for_parameter("syncToken")
}

/// A page token that cannot be read, or belongs to another list.
pub fn invalid_page_token() -> ApiError {
    invalid("Invalid page token value.").for_parameter("pageToken")
}

/// A combination of parameters that Google refuses.
pub fn bad_request_because(message: &str, parameter: &str) -> ApiError {
    ApiError::new(400, "badRequest", message).for_parameter(parameter)
}

/// A push channel that cannot be opened.
pub fn push(reason: &str, message: &str) -> ApiError {
    ApiError::new(400, reason, message)
}
