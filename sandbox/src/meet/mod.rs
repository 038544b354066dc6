//! Google Meet v2: spaces, and the conferences that tests say took place in them.
//! [Reference](https://developers.google.com/workspace/meet/api/reference/rest/v2)
//!
//! Nobody meets here: a conference and what belongs to it is put in by the control plane, as the resources that are then
//! read. A Meet that Calendar made is a space of the calendar's owner.

mod config;
mod filter;
mod members;
pub mod methods;
pub mod records;
pub mod spaces;
mod tables;

pub use tables::{MeetTables, MemberRow, SpaceRow};

use crate::http::ApiError;

/// A refusal of what the caller sent.
fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "badRequest", message)
}

/// What is not there and what the caller may not see look the same.
fn denied(what: &str) -> ApiError {
    ApiError::new(403, "forbidden", format!("Permission denied on resource {what} (or it may not exist)"))
}
