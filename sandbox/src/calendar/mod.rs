//! Google Calendar v3: the 38 methods of the discovery document, revision 20261030.
//!
//! A write puts the whole truth into [`tables`]; how it looks depends on who asks and is made in `events::view`. The
//! organizer's copy of a meeting and the guests' copies are separate rows that `events::guests` keeps in step.

mod access;
mod acl;
mod body;
mod calendar_list;
mod calendars;
pub mod channels;
mod colors;
mod conference;
mod errors;
mod events;
mod free_busy;
pub mod methods;
mod pages;
mod params;
mod recurrence;
mod settings;
mod tables;
mod time;
mod tokens;

pub use tables::CalendarTables;
pub use tokens::{GENERATION as SYNC_GENERATION, read as read_token, write as write_token};

use crate::{http::Call, state::State};

/// What comes before every call: the caller has a primary calendar, and Meet requests that are due are worked off.
fn begin(state: &mut State, call: &Call) {
    state.calendar.begin();
    calendars::ensure_primary(state, &call.account, call.now);
    conference::settle(state, call.now);
}

/// Works off what is due at `now` although nobody calls: Meet requests.
pub fn settle(state: &mut State, now: jiff::Timestamp) {
    state.calendar.begin();
    conference::settle(state, now);
}
