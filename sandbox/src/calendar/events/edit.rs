//! `events.patch` and `events.update`, by the organizer or by a guest.

use serde_json::{Map, Value, json};

use super::{
    event::{self, Event, Found, account_of, effective, email_of, find, series, stored_moment},
    event_type, guests,
    insert::{
        answers_stay_with_people, conference_asked, fill_zone, ignore_unsupported, place, refuse_guests_of_robots,
        reply, spend_invitations,
    },
    store::{Act, drop_exception, precondition, row_of, store},
};
use crate::{
    calendar::{
        access::{self, Access, Role},
        body, conference, errors,
        tables::EventRow,
    },
    http::{ApiError, Call, Reply},
    state::State,
};

/// `PATCH calendars/{calendarId}/events/{eventId}`.
pub fn patch(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    edit(state, call, false)
}

/// `PUT calendars/{calendarId}/events/{eventId}`.
pub fn update(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    edit(state, call, true)
}

/// Fields that a whole new resource does not take away, because a client cannot write them.
const KEPT_BY_UPDATE: [&str; 9] = [
    "iCalUID",
    "creator",
    "organizer",
    "hangoutLink",
    "conferenceData",
    "eventType",
    "privateCopy",
    "attendeesOmitted",
    "gadget",
];

fn edit(state: &mut State, call: &Call, replace: bool) -> Result<Reply, ApiError> {
    let access = access::open_events(state, call, Role::WriterWithoutPrivateAccess)?;
    let act = Act::of(call)?;
    let id = call.path("eventId").to_owned();
    let found = find(&state.calendar, &access.calendar, &access.zone, &id).ok_or_else(errors::not_found)?;
    let old = found.event(&state.calendar);
    precondition(call, &old)?;
    let mut body = body::read(&call.body, &body::EVENT)?;
    let status = body.get("status").and_then(Value::as_str).map(str::to_owned);
    let revived = old.is_cancelled()
        && can_be_revived(state, &found, &old)
        && status.as_deref().is_some_and(|s| s != "cancelled");
    if old.is_cancelled() && !revived {
        return Err(errors::deleted());
    }
    if status.as_deref() == Some("cancelled") {
        let row = super::delete::remove(state, &act, &access, found)?;
        return reply(state, call, &access, &row);
    }
    for key in ["id", "iCalUID", "organizer", "recurringEventId", "originalStartTime", "privateCopy"] {
        body.remove(key);
    }
    if body.get("sequence").and_then(Value::as_i64).is_some_and(|sequence| sequence < old.sequence) {
        return Err(errors::invalid(
            "Invalid sequence value. The specified sequence number is below the current sequence number of the \
             resource. Re-fetch the resource and use its sequence number on the following request.",
        ));
    }
    let only_reminders = !body.is_empty() && body.keys().all(|key| key == "reminders");
    let change = Change { found, old, revived, replace, main: !only_reminders };
    let own = guests::is_own(&access.calendar, change.old.organizer(), change.old.flag("privateCopy", false));
    let row = if own {
        by_organizer(state, call, &act, &access, change, body)?
    } else {
        by_guest(state, call, &act, &access, change, body)?
    };
    reply(state, call, &access, &row)
}

/// Whether a cancelled event may come back: not when its series is gone, and to a guest only what the guest is still
/// invited to.
fn can_be_revived(state: &State, found: &Found, old: &Event) -> bool {
    let Found::Row(row) = found else {
        return false;
    };
    if event::series_of(&state.calendar, row).is_some_and(EventRow::is_cancelled) {
        return false;
    }
    if guests::is_own(&row.calendar, old.organizer(), old.flag("privateCopy", false)) {
        return true;
    }
    guests::at_organizer(state, old)
        .map(|(_, found)| found.event(&state.calendar))
        .is_some_and(|event| !event.is_cancelled() && event.attendee(&row.calendar).is_some())
}

struct Change {
    found: Found,
    old: Event,
    revived: bool,
    replace: bool,
    /// Whether more than reminders is written.
    main: bool,
}

/// The whole event as it would be after `body`.
fn merged(call: &Call, change: &Change, mut body: Map<String, Value>) -> Result<Map<String, Value>, ApiError> {
    body.remove("conferenceData");
    body.remove("sequence");
    let old = &change.old.fields;
    let mut fields = if change.replace {
        let mut fields = body::without_nulls(body);
        for key in KEPT_BY_UPDATE {
            if let Some(value) = old.get(key) {
                fields.entry(key).or_insert_with(|| value.clone());
            }
        }
        fields
    } else {
        let mut fields = old.clone();
        if change.revived {
            fields.remove("status");
        }
        body::merge(&mut fields, body);
        fields
    };
    ignore_unsupported(call, &mut fields, Some(old))?;
    Ok(fields)
}

fn omits_guests(body: &Map<String, Value>) -> bool {
    body.get("attendeesOmitted") == Some(&json!(true))
}

/// A write by whoever decides about the event.
fn by_organizer(
    state: &mut State,
    call: &Call,
    act: &Act,
    access: &Access,
    change: Change,
    mut body: Map<String, Value>,
) -> Result<EventRow, ApiError> {
    let asked = conference_asked(call, body.get("conferenceData").cloned())?;
    let sequence = body.get("sequence").and_then(Value::as_i64).unwrap_or(0);
    if omits_guests(&body) {
        // The list may be incomplete, so only the own answer counts.
        let own = own_entry(&body, &change.old, &access.calendar);
        body.insert("attendees".to_owned(), Value::Array(with_answer(&change.old, &access.calendar, own.as_ref())));
        body.remove("attendeesOmitted");
    }
    let mut fields = merged(call, &change, body)?;
    fields.remove("attendeesOmitted");
    refuse_guests_of_robots(call, &fields)?;
    event_type::refuse_in_batch(call, &fields)?;
    spend_invitations(state, call, act, &fields, Some(&change.old.fields))?;
    super::check::event(&mut fields, &place(state, access, change.old.master.is_some()))?;
    event_type::check_change(&change.old.fields, &fields)?;
    answers_stay_with_people(state, &mut fields, &access.calendar, Some(&change.old.fields));
    fill_zone(&mut fields, &access.zone);
    let outcome = conference::apply(state, &mut fields, asked.as_ref(), act.now)?;
    let due = match outcome {
        conference::Outcome::Pending(due) => Some(due),
        _ => None,
    };
    let main = change.main;
    let old = change.old.clone();
    visibility_of_series(state, act, &old, &mut fields);
    let row = write_own(state, act, access, change.found, &old, fields, &Written { main, due, sequence });
    if old.flag("privateCopy", false) {
        guests::answer(state, act, &effective(&state.calendar, &row));
    }
    Ok(state.calendar.event(&row.calendar, &row.id).cloned().unwrap_or(row))
}

/// The visibility of an instance is that of its series: a stricter one is taken over by the series, a looser one is
/// ignored.
fn visibility_of_series(state: &mut State, act: &Act, old: &Event, fields: &mut Map<String, Value>) {
    let rank = |fields: &Map<String, Value>| match fields.get("visibility").and_then(Value::as_str) {
        Some("public") => 0,
        Some("private" | "confidential") => 2,
        _ => 1,
    };
    let master = old.master.as_deref().and_then(|master| state.calendar.event(&old.calendar, master)).cloned();
    let Some(mut master) = master else {
        return;
    };
    if rank(fields) > rank(&master.fields) {
        let before = effective(&state.calendar, &master);
        if let Some(visibility) = fields.get("visibility") {
            master.fields.insert("visibility".to_owned(), visibility.clone());
        } else {
            master.fields.remove("visibility");
        }
        let master = store(state, act.now, master, true);
        guests::propagate(state, act, Some(&before), &master);
    } else {
        match master.fields.get("visibility") {
            Some(visibility) => fields.insert("visibility".to_owned(), visibility.clone()),
            None => fields.remove("visibility"),
        };
    }
}

/// How a write is recorded.
pub struct Written {
    /// Whether the main data changed.
    pub main: bool,
    /// When a new Meet request is due.
    pub due: Option<i64>,
    /// The sequence number that the client named, or 0.
    pub sequence: i64,
}

/// Stores the organizer's event with `fields`, and carries the change to exceptions, guests and mails.
pub fn write_own(
    state: &mut State,
    act: &Act,
    access: &Access,
    found: Found,
    old: &Event,
    fields: Map<String, Value>,
    written: &Written,
) -> EventRow {
    let moved = ["start", "end", "recurrence"].iter().any(|key| old.fields.get(*key) != fields.get(*key));
    let visible = old.is_cancelled() || guests::shared(&old.fields) != guests::shared(&fields);
    let mut row = row_of(found);
    row.sequence = (old.sequence + i64::from(moved)).max(written.sequence);
    if written.due.is_some() {
        row.meet_due = written.due;
    }
    let was_series = row.is_series();
    let master = event::series_of(&state.calendar, &row).cloned();
    row.fields = match (master, row.original_start()) {
        (Some(master), Some(start)) => overrides(&row.fields, old, &Event::instance(&master, start).fields, fields),
        _ => fields,
    };
    let apart = old.flag("privateCopy", false);
    let lost = if was_series && moved && !apart { lost_exceptions(state, access, &row) } else { vec![] };
    let row = store(state, act.now, row, written.main);
    if row.master.is_none() && was_series {
        carry_guests(state, act, old, &row);
    }
    guests::propagate(state, act, Some(old), &row);
    if was_series {
        // Who has an exception without the series inherits nothing: what changed must be brought.
        let exceptions = state.calendar.exceptions_of(&row.calendar, &row.id);
        let exceptions: Vec<EventRow> = exceptions.filter(|row| !row.dropped && !row.is_cancelled()).cloned().collect();
        for exception in exceptions {
            guests::propagate(state, act, None, &exception);
        }
    }
    take_from_guests(state, act, &lost);
    if visible {
        mail_change(state, act, old, &effective(&state.calendar, &row));
    }
    row
}

/// What an exception overrides: what it did before or was written now, as far as it differs from its series.
fn overrides(
    before: &Map<String, Value>,
    old: &Event,
    inherited: &Map<String, Value>,
    fields: Map<String, Value>,
) -> Map<String, Value> {
    let mut kept = Map::new();
    for (key, value) in &fields {
        let touched = before.contains_key(key) || old.fields.get(key) != Some(value);
        if touched && inherited.get(key) != Some(value) {
            kept.insert(key.clone(), value.clone());
        }
    }
    for key in inherited.keys().filter(|key| !fields.contains_key(*key)) {
        kept.insert(key.clone(), Value::Null);
    }
    kept
}

/// The exceptions whose original start a series does not have any more.
fn lost_exceptions(state: &State, access: &Access, master: &EventRow) -> Vec<(EventRow, Event)> {
    let series = series(master, &access.zone);
    let has = |start| series.as_ref().is_some_and(|series| series.contains(start));
    let exceptions = state.calendar.exceptions_of(&master.calendar, &master.id).filter(|row| !row.dropped);
    let lost = exceptions.filter(|row| row.original_start().is_none_or(|start| !has(start)));
    lost.map(|row| (row.clone(), effective(&state.calendar, row))).collect()
}

/// Takes lost exceptions from the guests, also from those who have them without the series.
fn take_from_guests(state: &mut State, act: &Act, lost: &[(EventRow, Event)]) {
    for (row, event) in lost {
        for guest in event.attendees() {
            let email = account_of(guest).to_ascii_lowercase();
            let master = row.master.as_deref().and_then(|master| state.calendar.event(&email, master));
            let apart = master.is_some_and(guests::is_apart);
            let copy = state.calendar.event(&email, &row.id).cloned();
            if let Some(copy) = copy.filter(|copy| !copy.dropped && !apart) {
                drop_exception(state, act.now, copy);
            }
        }
    }
}

/// Guests added to or taken from a series are added to and taken from its exceptions too.
fn carry_guests(state: &mut State, act: &Act, old: &Event, master: &EventRow) {
    let list = |fields: &Map<String, Value>| -> Vec<Map<String, Value>> {
        event::attendees(fields).into_iter().cloned().collect()
    };
    let has = |guests: &[Map<String, Value>], email: &str| {
        guests.iter().any(|guest| email_of(guest).eq_ignore_ascii_case(email))
    };
    let (before, now) = (list(&old.fields), list(&master.fields));
    let added: Vec<_> = now.iter().filter(|guest| !has(&before, email_of(guest))).cloned().collect();
    let removed: Vec<_> = before.iter().filter(|guest| !has(&now, email_of(guest))).cloned().collect();
    if added.is_empty() && removed.is_empty() {
        return;
    }
    let exceptions: Vec<EventRow> = state
        .calendar
        .exceptions_of(&master.calendar, &master.id)
        .filter(|row| !row.dropped && !row.is_cancelled() && row.fields.get("attendees").is_some_and(Value::is_array))
        .cloned()
        .collect();
    for mut row in exceptions {
        let was = effective(&state.calendar, &row);
        let mut guests = list(&row.fields);
        guests.retain(|guest| !has(&removed, email_of(guest)));
        guests.extend(added.iter().filter(|guest| !has(&list(&row.fields), email_of(guest))).cloned());
        row.fields.insert("attendees".to_owned(), guests.into_iter().map(Value::Object).collect());
        let row = store(state, act.now, row, true);
        guests::propagate(state, act, Some(&was), &row);
    }
}

fn mail_change(state: &mut State, act: &Act, old: &Event, new: &Event) {
    act.mail_guests(state, "invitation", new, |email| old.attendee(email).is_none());
    act.mail_guests(state, "update", new, |email| old.attendee(email).is_some());
    act.mail_guests(state, "cancellation", old, |email| new.attendee(email).is_none());
}

fn own_entry(body: &Map<String, Value>, old: &Event, calendar: &str) -> Option<Map<String, Value>> {
    let own = old.attendee(calendar).map_or(calendar, email_of);
    event::attendees(body).into_iter().find(|guest| email_of(guest).eq_ignore_ascii_case(own)).cloned()
}

/// The guests of `old`, with what the owner of `calendar` says about himself.
fn with_answer(old: &Event, calendar: &str, own: Option<&Map<String, Value>>) -> Vec<Value> {
    let mut guests: Vec<Value> = old.attendees().into_iter().cloned().map(Value::Object).collect();
    let Some(own) = own else {
        return guests;
    };
    for guest in guests.iter_mut().filter_map(Value::as_object_mut) {
        if account_of(guest).eq_ignore_ascii_case(calendar) {
            for key in ["responseStatus", "comment", "additionalGuests", "displayName"] {
                if let Some(value) = own.get(key).filter(|value| !value.is_null()) {
                    guest.insert(key.to_owned(), value.clone());
                }
            }
        }
    }
    guests
}

/// A write in the calendar of a guest.
fn by_guest(
    state: &mut State,
    call: &Call,
    act: &Act,
    access: &Access,
    change: Change,
    mut body: Map<String, Value>,
) -> Result<EventRow, ApiError> {
    let old = change.old.clone();
    let may_modify = old.flag("guestsCanModify", false);
    let may_invite = may_modify || old.flag("guestsCanInviteOthers", true);
    let listed = body.contains_key("attendees") || change.replace;
    if listed && (!may_modify || omits_guests(&body)) {
        let own = own_entry(&body, &old, &access.calendar);
        let mut guests = with_answer(&old, &access.calendar, own.as_ref());
        if may_invite && !omits_guests(&body) {
            let new = event::attendees(&body).into_iter().filter(|guest| old.attendee(email_of(guest)).is_none());
            guests.extend(new.cloned().map(Value::Object));
        }
        body.insert("attendees".to_owned(), Value::Array(guests));
    }
    body.remove("attendeesOmitted");
    let asked = conference_asked(call, body.get("conferenceData").cloned())?;
    let mut fields = merged(call, &change, body)?;
    fields.remove("attendeesOmitted");
    super::check::event(&mut fields, &place(state, access, old.master.is_some()))?;
    event_type::check_change(&old.fields, &fields)?;
    answers_stay_with_people(state, &mut fields, &access.calendar, Some(&old.fields));
    fill_zone(&mut fields, &access.zone);
    let mut due = None;
    if may_modify
        && let conference::Outcome::Pending(at) = conference::apply(state, &mut fields, asked.as_ref(), act.now)?
    {
        due = Some(at);
    }
    let same = guests::content(&old.fields) == guests::content(&fields);
    if !same && !may_modify && change.replace {
        return Err(errors::forbidden_for_non_organizer());
    }
    let invites = event::attendees(&fields).len() > old.attendees().len();
    if (may_modify && !same) || invites || (may_modify && listed) {
        return Ok(through_organizer(state, act, change, fields, due));
    }
    if !same {
        fields.insert("privateCopy".to_owned(), json!(true));
    }
    let mut row = row_of(change.found);
    let master = event::series_of(&state.calendar, &row).cloned();
    row.fields = match (master, row.original_start()) {
        (Some(master), Some(start)) => overrides(&row.fields, &old, &Event::instance(&master, start).fields, fields),
        _ => fields,
    };
    let row = store(state, act.now, row, change.main);
    if change.revived
        && let Some((_, Found::Row(original))) = guests::at_organizer(state, &old)
    {
        // What the organizer changed meanwhile comes along.
        guests::propagate(state, act, Some(&old), &original);
    }
    let new = effective(&state.calendar, state.calendar.event(&row.calendar, &row.id).unwrap_or(&row));
    if new.attendee(&access.calendar) != old.attendee(&access.calendar) {
        guests::answer(state, act, &new);
        let organizer = new.organizer().to_owned();
        act.mail(state, "response", &new, &organizer);
    }
    Ok(state.calendar.event(&row.calendar, &row.id).cloned().unwrap_or(row))
}

/// A guest who may modify changes the organizer's event; the own copy keeps the private fields.
fn through_organizer(
    state: &mut State,
    act: &Act,
    change: Change,
    fields: Map<String, Value>,
    due: Option<i64>,
) -> EventRow {
    let at_organizer = guests::at_organizer(state, &change.old);
    let mut row = row_of(change.found);
    let private: Vec<_> = guests::PRIVATE.iter().map(|key| ((*key).to_owned(), fields.get(*key).cloned())).collect();
    for (key, value) in private {
        match value {
            Some(value) => row.fields.insert(key, value),
            None => row.fields.remove(&key),
        };
    }
    if at_organizer.is_none() {
        row.fields = fields.clone();
    }
    let mut row = store(state, act.now, row, true);
    if let Some((there, found)) = at_organizer {
        let old = found.event(&state.calendar);
        let mut all = old.fields.clone();
        let mut new = guests::shared(&fields);
        if let Some(own) = old.fields.get("extendedProperties").and_then(|properties| properties.get("private")) {
            let properties = new.entry("extendedProperties").or_insert_with(|| json!({}));
            if let Some(properties) = properties.as_object_mut() {
                properties.insert("private".to_owned(), own.clone());
            }
        }
        all.retain(|key, _| guests::PRIVATE.contains(&key.as_str()) || key == "status");
        all.extend(new);
        if stored_moment(all.get("start")).is_some() {
            write_own(state, act, &there, found, &old, all, &Written { main: true, due, sequence: 0 });
        }
        row = state.calendar.event(&row.calendar, &row.id).cloned().unwrap_or(row);
    }
    row
}
