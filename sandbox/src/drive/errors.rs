//! Drive's refusals. [Errors](https://developers.google.com/workspace/drive/api/guides/handle-errors)

use crate::http::ApiError;

/// The file is not there, or the caller cannot see it.
pub fn file_not_found(id: &str) -> ApiError {
    ApiError::new(404, "notFound", format!("File not found: {id}.")).for_parameter("fileId")
}

/// The permission is not there.
pub fn permission_not_found(id: &str) -> ApiError {
    ApiError::new(404, "notFound", format!("Permission not found: {id}.")).for_parameter("permissionId")
}

/// The caller may see the file and not do this with it.
pub fn may_not(id: &str) -> ApiError {
    let message = format!("The user does not have sufficient permissions for file {id}.");
    ApiError::new(403, "insufficientFilePermissions", message)
}

/// A parameter of the query makes no sense.
pub fn invalid(parameter: &str) -> ApiError {
    ApiError::new(400, "invalid", "Invalid Value").for_parameter(parameter)
}

/// A parameter of the query must be there.
pub fn required_parameter(parameter: &str) -> ApiError {
    ApiError::new(400, "required", format!("Required parameter: {parameter}")).for_parameter(parameter)
}

/// Something of the body makes no sense.
pub fn bad_request(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "badRequest", message)
}

/// A field of the body must be there.
pub fn required(field: &str) -> ApiError {
    ApiError::new(400, "required", format!("The {field} field is required.")).for_parameter(field)
}
