//! Between Google's event resource and an [`Event`](portico_calendar::Event), both ways.
//!
//! Reading keeps what we understand; what we do not understand stays in Google's own text (`entries.remote`).
//! Writing builds the body of an insert, or of a PATCH that holds only the difference.
//! <https://developers.google.com/workspace/calendar/api/v3/reference/events>

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{Organizer, RemoteEvent, Unreadable, read, redact};
pub use write::{Changed, Pen, insert_body, make_again_as, patch_body};

use portico_calendar::OriginalStart;
use portico_kernel::EntryId;

/// The key of our own mark in the shared extended properties. Google copies extended properties when an event is
/// duplicated or a series is split, so the mark helps to find an event whose id we lost and proves nothing.
pub const MARK: &str = "porticoEntry";

/// The id under which an entry is inserted at Google: hex digits of the entry's id, and from the second *incarnation*
/// on its number. A deleted event keeps its id for ever, so an event that comes back needs a new one.
pub fn google_id(entry: EntryId, incarnation: i64) -> String {
    let id = entry.0.simple().to_string();
    if incarnation == 0 { id } else { format!("{id}v{incarnation}") }
}

/// Whether `google_id` was derived from `entry`, in whichever incarnation.
pub fn is_own_id(google_id: &str, entry: EntryId) -> bool {
    let own = entry.0.simple().to_string();
    google_id.strip_prefix(&own).is_some_and(|rest| rest.is_empty() || rest.starts_with('v'))
}

/// The iCalUID that Google gives to a plain insert under `google_id`.
pub fn ical_uid(google_id: &str) -> String {
    format!("{google_id}@google.com")
}

/// The id of one instance of a series: the master's id and the original start in compact UTC.
pub fn instance_id(master: &str, original: OriginalStart) -> String {
    format!("{master}_{}", original.compact())
}
