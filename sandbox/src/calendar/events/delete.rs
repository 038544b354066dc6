//! `events.delete`: a deleted event stays as a cancelled one and keeps its id for ever.

use serde_json::{Map, Value, json};

use super::{
    event::{Event, Found, effective, find, series_of},
    guests,
    store::{Act, precondition, row_of, store},
};
use crate::{
    calendar::{
        access::{self, Access, Role},
        errors,
        tables::EventRow,
    },
    http::{ApiError, Call, Reply},
    state::State,
};

/// `DELETE calendars/{calendarId}/events/{eventId}`.
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let access = access::open_events(state, call, Role::WriterWithoutPrivateAccess)?;
    let act = Act::of(call)?;
    let id = call.path("eventId").to_owned();
    let found = find(&state.calendar, &access.calendar, &access.zone, &id).ok_or_else(errors::not_found)?;
    let event = found.event(&state.calendar);
    precondition(call, &event)?;
    if event.is_cancelled() {
        return Err(errors::deleted());
    }
    remove(state, &act, &access, found)?;
    Ok(Reply::empty())
}

/// Cancels an event: for everybody when it is the organizer's, else as a guest who declines.
pub fn remove(state: &mut State, act: &Act, access: &Access, found: Found) -> Result<EventRow, ApiError> {
    let old = found.event(&state.calendar);
    // Even a private copy of somebody else's event is declined, not cancelled for everybody.
    let own = guests::is_own(&access.calendar, old.organizer(), false);
    let mut row = row_of(found);
    if series_of(&state.calendar, &row).is_some() {
        // A cancelled instance is nothing but cancelled; what it overrode is gone.
        row.fields = Map::new();
    }
    row.fields.insert("status".to_owned(), json!("cancelled"));
    row.meet_due = None;
    if own {
        row.sequence = old.sequence + 1;
        let row = store(state, act.now, row, true);
        guests::propagate(state, act, Some(&old), &row);
        if row.master.is_none() && row.is_series() {
            cancel_lone_instances(state, act, &row);
        }
        act.mail_guests(state, "cancellation", &old, |_| true);
        return Ok(row);
    }
    let mut declined = old.clone();
    decline(&mut declined, &access.calendar);
    if row.master.is_none()
        && let Some(guests) = declined.fields.get("attendees")
    {
        row.fields.insert("attendees".to_owned(), guests.clone());
    }
    let row = store(state, act.now, row, true);
    if row.master.is_none() && row.is_series() {
        decline_exceptions(state, act, &row);
    }
    if old.attendee(&access.calendar).is_some() {
        let told = guests::answer(state, act, &declined);
        if told || !declined.flag("privateCopy", false) {
            let organizer = declined.organizer().to_owned();
            act.mail(state, "response", &declined, &organizer);
        }
    }
    Ok(row)
}

/// Who removes a series says no to its exceptions too, whatever was answered to them.
fn decline_exceptions(state: &mut State, act: &Act, copy: &EventRow) {
    let exceptions: Vec<EventRow> = state
        .calendar
        .exceptions_of(&copy.calendar, &copy.id)
        .filter(|row| !row.dropped && !row.is_cancelled())
        .cloned()
        .collect();
    for row in exceptions {
        let mut declined = effective(&state.calendar, &row);
        if decline(&mut declined, &copy.calendar) {
            guests::answer(state, act, &declined);
        }
    }
}

/// Sets the answer of `email`; whether it was another one.
fn decline(event: &mut Event, email: &str) -> bool {
    let Some(Value::Array(guests)) = event.fields.get_mut("attendees") else { return false };
    let mut changed = false;
    for guest in guests.iter_mut().filter_map(Value::as_object_mut) {
        if super::event::account_of(guest).eq_ignore_ascii_case(email) {
            let before = guest.insert("responseStatus".to_owned(), json!("declined"));
            changed |= before != Some(json!("declined"));
        }
    }
    changed
}

/// Cancels the copies of guests who were invited to single instances of a series only.
fn cancel_lone_instances(state: &mut State, act: &Act, master: &EventRow) {
    let exceptions: Vec<EventRow> = state
        .calendar
        .exceptions_of(&master.calendar, &master.id)
        .filter(|row| !row.dropped && !row.is_cancelled())
        .cloned()
        .collect();
    for row in exceptions {
        let event = effective(&state.calendar, &row);
        guests::propagate(state, act, Some(&event), &row);
    }
}
