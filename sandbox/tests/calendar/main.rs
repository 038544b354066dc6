//! Calendar v3 as a client sees it: through HTTP, in process.

mod calendars;
mod channels;
mod events;
mod expansion;
mod guests;
mod lists;
mod mirror;
mod recurrence;
mod restart;
mod support;
