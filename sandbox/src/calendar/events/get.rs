//! `events.get`.

use super::{
    event::find,
    view::{View, etag},
};
use crate::{
    calendar::{
        access::{self, Access, Role},
        errors, params, time,
    },
    http::{ApiError, Call, Reply},
    state::State,
};

/// How the caller looks at a calendar, with the parameters that every reading method has.
pub fn view<'a>(call: &'a Call, access: &'a Access) -> Result<View<'a>, ApiError> {
    let most = params::number(call, "maxAttendees", 1, i64::from(i32::MAX))?;
    Ok(View {
        account: &call.account,
        role: access.role,
        calendar_zone: &access.zone,
        shown_in: params::zone(call)?.unwrap_or_else(|| time::zone_or_utc(&access.zone)),
        max_attendees: most.and_then(|most| usize::try_from(most).ok()),
    })
}

/// `GET calendars/{calendarId}/events/{eventId}`. Cancelled events are found too.
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let access = access::open_events(state, call, Role::FreeBusyReader)?;
    let view = view(call, &access)?;
    let found = find(&state.calendar, &access.calendar, &access.zone, call.path("eventId"));
    let event = found.ok_or_else(errors::not_found)?.event(&state.calendar);
    let etag = etag(&event);
    if call.header("if-none-match").is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == etag)) {
        return Ok(Reply::not_modified(&etag));
    }
    Ok(Reply::json(view.event(&event)).with_etag(&etag))
}
