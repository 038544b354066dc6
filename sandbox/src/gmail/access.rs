//! Whose mailbox a call opens, and how much of it.

use super::{errors, tables::MailboxRow};
use crate::{
    http::{ApiError, Call},
    state::State,
};

const READ: [&str; 3] = [
    "https://mail.google.com/",
    "https://www.googleapis.com/auth/gmail.modify",
    "https://www.googleapis.com/auth/gmail.readonly",
];

/// The mailbox of the caller; `userId` must be theirs.
pub fn open(state: &mut State, call: &Call) -> Result<MailboxRow, ApiError> {
    if call.is_bare_service_account() {
        return Err(errors::precondition());
    }
    let asked = call.path("userId").to_lowercase();
    let is_own = state.user(&asked).is_some_and(|user| user.email == call.account);
    if asked != "me" && !is_own {
        return Err(errors::forbidden(format!("Delegation denied for {}", call.account)));
    }
    Ok(state.gmail.mailbox(&call.account))
}

/// Whether the token opens header fields and labels alone.
pub fn is_metadata_only(call: &Call) -> bool {
    !READ.iter().any(|scope| call.scopes.contains(*scope))
}
