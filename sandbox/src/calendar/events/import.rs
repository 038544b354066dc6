//! `events.import`: a private copy of an event that lives elsewhere, with the iCalUID that it has there.

use serde_json::{Value, json};

use super::{
    event::email_of,
    insert::{base32hex, create, organizer_of, reply},
    store::{Act, SendUpdates},
};
use crate::{
    calendar::{
        access::{self, Role},
        body, errors,
        time::Moment,
    },
    http::{ApiError, Call, Reply},
    state::State,
};

/// `POST calendars/{calendarId}/events/import`.
pub fn import(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let access = access::open_events(state, call, Role::WriterWithoutPrivateAccess)?;
    let act = Act { now: call.now, account: call.account.clone(), send: SendUpdates::None };
    let mut fields = body::without_nulls(body::read(&call.body, &body::EVENT)?);
    let uid = fields.get("iCalUID").and_then(Value::as_str).unwrap_or_default().to_owned();
    if uid.is_empty() {
        return Err(errors::required("Missing iCal UID."));
    }
    let organizer = fields.get("organizer").and_then(|o| o.get("email")).and_then(Value::as_str).unwrap_or_default();
    let owns = organizer.is_empty() || organizer.eq_ignore_ascii_case(&access.calendar);
    let guests = super::event::attendees(&fields);
    if !owns && !guests.iter().any(|guest| email_of(guest).eq_ignore_ascii_case(&access.calendar)) {
        return Err(errors::calendar(
            400,
            "participantIsNeitherOrganizerNorAttendee",
            "The owner of the calendar must either be the organizer or an attendee of an event that is imported.",
        ));
    }
    if organizer.is_empty() {
        fields.insert("organizer".to_owned(), organizer_of(state, &access.calendar));
    }
    let mut id = format!("_{}", base32hex(uid.as_bytes()));
    let original = fields.remove("originalStartTime");
    for key in ["id", "recurringEventId"] {
        fields.remove(key);
    }
    // An instance of a series that was imported before becomes its exception.
    let series = original.as_ref().map(|start| Moment::read(start, "original start")).transpose()?;
    let master = series.as_ref().and_then(|start| {
        let master = state.calendar.event(&access.calendar, &id).filter(|row| row.is_series())?;
        Some((master.id.clone(), start.original_start()))
    });
    if let Some((master, start)) = &master {
        id = format!("{master}_{}", start.suffix());
    }
    let taken = state.calendar.with_uid(&access.calendar, &uid);
    let living = |other: &String| {
        *other != id
            && state
                .calendar
                .event(&access.calendar, other)
                .is_some_and(|row| !row.is_cancelled() && row.master.is_none() && master.is_none())
    };
    if taken.iter().any(living) {
        return Err(errors::duplicate());
    }
    for key in
        ["eventType", "focusTimeProperties", "outOfOfficeProperties", "workingLocationProperties", "birthdayProperties"]
    {
        fields.remove(key);
    }
    fields.insert("privateCopy".to_owned(), json!(true));
    let old = state.calendar.event(&access.calendar, &id).cloned();
    let mut row = create(state, call, &act, &access, id, fields)?;
    if master.is_some() || old.is_some() {
        row.master = master.map(|(master, _)| master);
        if let Some(old) = old {
            row.created = old.created;
            row.sequence = row.sequence.max(old.sequence);
        }
        row = super::store::store(state, act.now, row, true);
    }
    reply(state, call, &access, &row)
}
