//! `events.insert`, and what `import` and `quickAdd` share with it.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    check::{self, Place},
    event::{ACCOUNT, effective, email_of},
    event_type, guests,
    store::{Act, store},
    view::View,
};
use crate::{
    calendar::{
        access::{self, Access, Role},
        body, conference, errors, params,
        tables::{CalendarTables, EventRow},
        time,
    },
    http::{ApiError, Call, Reply},
    state::State,
};

/// The limit for the number of guests of one event.
const GUESTS_LIMIT: &str = "calendar_guests_per_event";
/// The limit for the number of guests without a calendar here whom one person invites in a day.
const INVITATIONS_LIMIT: &str = "calendar_invitations";
/// The limit for the number of mails that one person has sent to guests without a calendar here in a day.
const MAILS_LIMIT: &str = "calendar_external_mails";
/// The limit for the number of events that one person makes in a day.
const EVENTS_LIMIT: &str = "calendar_new_events";
/// The limit for the length of an event in days.
const LENGTH_LIMIT: &str = "calendar_event_days";

/// `POST calendars/{calendarId}/events`.
pub fn insert(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let access = access::open_events(state, call, Role::WriterWithoutPrivateAccess)?;
    let act = Act::of(call)?;
    let mut body = body::without_nulls(body::read(&call.body, &body::EVENT)?);
    let id = body.remove("id").and_then(|id| id.as_str().map(str::to_owned)).filter(|id| !id.is_empty());
    let uid = body.remove("iCalUID").and_then(|uid| uid.as_str().map(str::to_owned)).filter(|uid| !uid.is_empty());
    if let Some(id) = &id {
        check::id(id)?;
        if uid.as_ref().is_some_and(|uid| *uid != format!("{id}@google.com")) {
            return Err(errors::invalid("Only one of id and iCalUID can be specified."));
        }
    }
    let id = id.unwrap_or_else(|| new_id(&mut state.calendar, call, &access.calendar));
    if state.calendar.event(&access.calendar, &id).is_some() {
        return Err(errors::duplicate());
    }
    for key in ["organizer", "recurringEventId", "originalStartTime"] {
        body.remove(key);
    }
    if body.get("status").is_some_and(|status| status == "cancelled") {
        return Err(errors::invalid("A new event cannot be cancelled."));
    }
    event_type::check_new(&body)?;
    body.insert("iCalUID".to_owned(), json!(format!("{id}@google.com")));
    body.insert("organizer".to_owned(), organizer_of(state, &access.calendar));
    let row = create(state, call, &act, &access, id, body)?;
    reply(state, call, &access, &row)
}

/// The organizer of what is made in a calendar: the calendar itself.
pub fn organizer_of(state: &State, calendar: &str) -> Value {
    match state.calendar.calendars.get(calendar) {
        Some(row) if !row.primary => json!({ "email": calendar, "displayName": row.summary() }),
        _ => json!({ "email": calendar }),
    }
}

/// Checks and stores a new event, and carries it to its guests.
pub fn create(
    state: &mut State,
    call: &Call,
    act: &Act,
    access: &Access,
    id: String,
    mut fields: Map<String, Value>,
) -> Result<EventRow, ApiError> {
    let asked = fields.remove("conferenceData");
    ignore_unsupported(call, &mut fields, None)?;
    refuse_guests_of_robots(call, &fields)?;
    event_type::refuse_in_batch(call, &fields)?;
    spend_invitations(state, call, act, &fields, None)?;
    spend(state, call, EVENTS_LIMIT, 1)?;
    check::event(&mut fields, &place(state, access, false))?;
    answers_stay_with_people(state, &mut fields, &access.calendar, None);
    fill_zone(&mut fields, &access.zone);
    fields.insert("creator".to_owned(), json!({ "email": call.account }));
    let outcome = match conference_asked(call, asked)? {
        Some(asked) => conference::apply(state, &mut fields, Some(&asked), act.now)?,
        None => conference::Outcome::Kept,
    };
    let sequence = fields.remove("sequence").and_then(|sequence| sequence.as_i64()).unwrap_or(0).max(0);
    fields.remove("attendeesOmitted");
    let row = EventRow {
        calendar: access.calendar.clone(),
        id,
        fields,
        created: act.now,
        sequence,
        meet_due: match outcome {
            conference::Outcome::Pending(due) => Some(due),
            _ => None,
        },
        ..EventRow::default()
    };
    let row = store(state, act.now, row, true);
    guests::propagate(state, act, None, &row);
    if act.mails() {
        let event = effective(&state.calendar, &row);
        act.mail_guests(state, "invitation", &event, |_| true);
    }
    Ok(row)
}

/// The `conferenceData` of a body, if the caller said that it knows conferences. `null` stays `null`.
pub fn conference_asked(call: &Call, asked: Option<Value>) -> Result<Option<Value>, ApiError> {
    let version = params::number(call, "conferenceDataVersion", 0, 1)?.unwrap_or(0);
    Ok(asked.filter(|_| version == 1))
}

/// Puts back what a client cannot change because it did not say that it knows it: attachments and labels.
pub fn ignore_unsupported(
    call: &Call,
    fields: &mut Map<String, Value>,
    old: Option<&Map<String, Value>>,
) -> Result<(), ApiError> {
    let mut restore = |key: &str| match old.and_then(|old| old.get(key)) {
        Some(value) => {
            fields.insert(key.to_owned(), value.clone());
        }
        None => {
            fields.remove(key);
        }
    };
    if params::flag(call, "supportsAttachments")? != Some(true) {
        restore("attachments");
    }
    if params::number(call, "eventLabelVersion", 0, 1)? == Some(1) {
        restore("colorId");
    } else {
        restore("eventLabelId");
    }
    Ok(())
}

/// Refuses guests when the caller is a service account that acts as nobody.
pub fn refuse_guests_of_robots(call: &Call, fields: &Map<String, Value>) -> Result<(), ApiError> {
    let guests = fields.get("attendees").and_then(Value::as_array).is_some_and(|guests| !guests.is_empty());
    if guests && call.is_bare_service_account() {
        return Err(errors::forbidden_for_service_accounts());
    }
    Ok(())
}

/// Counts the new guests who do not use Google Calendar, and the mails to all such guests, against the limits of a day.
pub fn spend_invitations(
    state: &mut State,
    call: &Call,
    act: &Act,
    fields: &Map<String, Value>,
    old: Option<&Map<String, Value>>,
) -> Result<(), ApiError> {
    let before = old.map(super::event::attendees).unwrap_or_default();
    let is_new = |email: &str| !before.iter().any(|guest| email_of(guest).eq_ignore_ascii_case(email));
    let guests = super::event::attendees(fields).into_iter().map(email_of);
    let strangers: Vec<&str> = guests.filter(|email| !state.uses_calendar(email)).collect();
    let (all, new) = (strangers.len(), strangers.iter().filter(|email| is_new(email)).count());
    spend(state, call, INVITATIONS_LIMIT, new)?;
    spend(state, call, MAILS_LIMIT, if act.mails() { all } else { 0 })
}

/// Counts what the caller does against one of the use limits of a day.
pub fn spend(state: &mut State, call: &Call, limit: &str, amount: usize) -> Result<(), ApiError> {
    if amount == 0 {
        return Ok(());
    }
    let name = format!("{limit} {} {}", call.account, call.now.strftime("%F"));
    let spent = state.counters.get(&name).copied().unwrap_or(0) + amount as u64;
    if spent > state.limit(limit) {
        return Err(errors::quota_exceeded());
    }
    state.counters.put(name, spent);
    Ok(())
}

/// Where an event is written.
pub fn place<'a>(state: &State, access: &'a Access, instance: bool) -> Place<'a> {
    let most = state.limit(GUESTS_LIMIT);
    Place {
        zone: &access.zone,
        primary: state.calendar.calendars.get(&access.calendar).is_some_and(|calendar| calendar.primary),
        instance,
        most_guests: usize::try_from(most).unwrap_or(usize::MAX),
        longest: state.limit(LENGTH_LIMIT),
    }
}

/// Nobody answers for another user of Google Calendar: their entries keep the answer that they gave themselves. An alias is
/// known as one from here on.
pub fn answers_stay_with_people(
    state: &State,
    fields: &mut Map<String, Value>,
    calendar: &str,
    old: Option<&Map<String, Value>>,
) {
    let Some(Value::Array(guests)) = fields.get_mut("attendees") else {
        return;
    };
    for guest in guests.iter_mut().filter_map(Value::as_object_mut) {
        let email = email_of(guest).to_owned();
        let account =
            state.user(&email).filter(|user| user.is_person() && !user.without_calendar).map(|user| user.email.clone());
        match account.as_ref().filter(|account| !account.eq_ignore_ascii_case(&email)) {
            Some(account) => guest.insert(ACCOUNT.to_owned(), json!(account)),
            None => guest.remove(ACCOUNT),
        };
        if account.is_none_or(|account| account.eq_ignore_ascii_case(calendar)) {
            continue;
        }
        let before = old.map(super::event::attendees).unwrap_or_default();
        let before = before.into_iter().find(|entry| email_of(entry).eq_ignore_ascii_case(&email));
        for key in ["responseStatus", "comment", "additionalGuests"] {
            match before.and_then(|before| before.get(key)) {
                Some(value) => guest.insert(key.to_owned(), value.clone()),
                None => guest.remove(key),
            };
        }
        guest.entry("responseStatus").or_insert_with(|| json!("needsAction"));
    }
}

/// Timed boundaries without a zone of their own are in the calendar's.
pub fn fill_zone(fields: &mut Map<String, Value>, zone: &str) {
    for key in ["start", "end"] {
        if let Some(moment) = fields.get_mut(key).and_then(Value::as_object_mut)
            && moment.contains_key("dateTime")
        {
            moment.entry("timeZone").or_insert_with(|| json!(zone));
        }
    }
}

/// A new id as Google makes them: 26 characters of base32hex.
pub fn new_id(tables: &mut CalendarTables, call: &Call, calendar: &str) -> String {
    let version = tables.next_version(call.now);
    let digest = Sha256::digest(format!("{calendar} {version} {}", call.client_id));
    base32hex(&digest)[..26].to_owned()
}

/// Base32hex in lower case, without padding.
pub fn base32hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut buffer, mut bits) = (0u32, 0);
    let mut push = |value: u32| text.push(char::from(b"0123456789abcdefghijklmnopqrstuv"[(value & 31) as usize]));
    for byte in bytes {
        buffer = (buffer << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            push(buffer >> bits);
        }
    }
    if bits > 0 {
        push(buffer << (5 - bits));
    }
    text
}

/// The answer to a write: the event as the caller sees it, and the mails.
pub fn reply(state: &State, call: &Call, access: &Access, row: &EventRow) -> Result<Reply, ApiError> {
    let event = effective(&state.calendar, row);
    let view = View {
        account: &call.account,
        role: access.role,
        calendar_zone: &access.zone,
        shown_in: time::zone_or_utc(&access.zone),
        max_attendees: params::number(call, "maxAttendees", 1, i64::from(i32::MAX))?
            .and_then(|most| usize::try_from(most).ok()),
    };
    Ok(Reply::json(view.event(&event)).with_etag(&super::view::etag(&event)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn base32hex_is_that_of_rfc_4648() {
        assert_eq!(super::base32hex(b"foobar"), "cpnmuoj1e8");
        assert_eq!(super::base32hex(b"f"), "co");
    }
}
