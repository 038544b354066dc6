//! `events.move`: another calendar becomes the organizer. The id stays behind as a cancelled event.

use serde_json::json;

use super::{
    event::{effective, find},
    event_type, guests,
    insert::{organizer_of, reply},
    store::{Act, store},
};
use crate::{
    calendar::{
        access::{self, Role},
        errors, params,
        tables::EventRow,
    },
    http::{ApiError, Call, Reply},
    state::State,
};

/// `POST calendars/{calendarId}/events/{eventId}/move`.
pub fn move_event(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let from = access::open_events(state, call, Role::WriterWithoutPrivateAccess)?;
    let act = Act::of(call)?;
    let destination = params::required(call, "destination")?;
    let to = access::open_events_of(state, call, destination, Role::WriterWithoutPrivateAccess)?;
    let id = call.path("eventId");
    let found = find(&state.calendar, &from.calendar, &from.zone, id).ok_or_else(errors::not_found)?;
    let old = found.event(&state.calendar);
    if old.is_cancelled() {
        return Err(errors::deleted());
    }
    if old.master.is_some() {
        return Err(errors::calendar(
            400,
            "cannotChangeOrganizerOfInstance",
            "Cannot change the organizer of an instance of a recurring event.",
        ));
    }
    if event_type::of(&old.fields) != "default" {
        return Err(errors::calendar(400, "eventTypeRestriction", "Only events of type default can be moved."));
    }
    if !guests::is_own(&from.calendar, old.organizer(), false) {
        return Err(errors::calendar(400, "cannotChangeOrganizer", "Only the organizer can move an event."));
    }
    if from.calendar == to.calendar {
        return Err(errors::invalid_parameter("destination", "The event is in this calendar already."));
    }
    let is_copy = |row: &EventRow| old.attendee(&row.calendar).is_some() || row.is_cancelled();
    if state.calendar.event(&to.calendar, id).is_some_and(|row| !is_copy(row)) {
        return Err(errors::duplicate());
    }
    let Some(source) = state.calendar.event(&from.calendar, id).cloned() else {
        return Err(errors::not_found());
    };
    let exceptions: Vec<EventRow> =
        state.calendar.exceptions_of(&from.calendar, id).filter(|row| !row.dropped).cloned().collect();
    let organizer = organizer_of(state, &to.calendar);
    let mut moved = source.clone();
    moved.calendar = to.calendar.clone();
    moved.fields.insert("organizer".to_owned(), organizer);
    moved.sequence += 1;
    let moved = store(state, act.now, moved, true);
    for row in exceptions {
        store(state, act.now, EventRow { calendar: to.calendar.clone(), ..row.clone() }, true);
    }
    // Whoever had the event as its organizer keeps it as a guest, if invited.
    let stays = old.attendee(&from.calendar).is_some();
    if !stays {
        let mut left = source;
        left.fields.insert("status".to_owned(), json!("cancelled"));
        left.meet_due = None;
        store(state, act.now, left, true);
    }
    guests::propagate(state, &act, Some(&old), &moved);
    let copies: Vec<EventRow> =
        state.calendar.exceptions_of(&to.calendar, id).filter(|row| !row.dropped).cloned().collect();
    for row in copies {
        guests::propagate(state, &act, None, &row);
    }
    let new = effective(&state.calendar, &moved);
    act.mail_guests(state, "update", &new, |_| true);
    let moved = state.calendar.event(&to.calendar, id).cloned().unwrap_or(moved);
    reply(state, call, &to, &moved)
}
