//! One meeting in several calendars: the organizer's copy and the copies of the guests who are users here.
//!
//! All copies share id and iCalUID. The organizer's copy is the truth of the shared fields; each copy keeps private
//! fields of its own.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    event::{self, Event, Found, account_of, effective, find},
    store::{Act, store},
};
use crate::{
    calendar::{
        access::{Access, Role},
        calendars,
        tables::EventRow,
    },
    state::State,
};

/// Fields that belong to one copy only.
pub const PRIVATE: [&str; 6] = ["reminders", "colorId", "transparency", "visibility", "privateCopy", "eventLabelId"];

/// With more guests than this, answers are not carried to the other guests' copies.
const MOST_ANSWERS: usize = 200;

/// Whether this row is the organizer's own copy, or one that nobody else decides about.
pub fn is_own(row_calendar: &str, organizer: &str, private_copy: bool) -> bool {
    private_copy || organizer.is_empty() || organizer.eq_ignore_ascii_case(row_calendar)
}

/// The part of an event's fields that all copies share.
pub fn shared(fields: &Map<String, Value>) -> Map<String, Value> {
    fields
        .iter()
        .filter(|(key, _)| !PRIVATE.contains(&key.as_str()) && *key != "status")
        .filter_map(|(key, value)| {
            if key != "extendedProperties" {
                return Some((key.clone(), value.clone()));
            }
            value.get("shared").map(|shared| (key.clone(), json!({ "shared": shared })))
        })
        .collect()
}

/// The shared fields without the list of guests.
pub fn content(fields: &Map<String, Value>) -> Map<String, Value> {
    let mut content = shared(fields);
    content.remove("attendees");
    content
}

/// Whether a copy goes its own way.
pub fn is_apart(row: &EventRow) -> bool {
    row.fields.get("privateCopy") == Some(&json!(true))
}

fn addresses(event: &Event) -> BTreeSet<String> {
    event.attendees().into_iter().map(|guest| account_of(guest).to_ascii_lowercase()).collect()
}

/// Brings the copies of all guests in line with the organizer's row `new`; `old` is what it was before, if it was.
pub fn propagate(state: &mut State, act: &Act, old: Option<&Event>, new: &EventRow) {
    let is_alone = new.master.is_none() && event::attendees(&new.fields).is_empty();
    if is_alone && old.is_none_or(|old| old.attendees().is_empty()) {
        return;
    }
    let event = effective(&state.calendar, new);
    if event.flag("privateCopy", false) {
        return;
    }
    let before = old.map(addresses).unwrap_or_default();
    let now = if event.is_cancelled() { BTreeSet::new() } else { addresses(&event) };
    for email in before.union(&now) {
        let apart = new.master.as_deref().and_then(|master| state.calendar.event(email, master)).is_some_and(is_apart);
        if *email == new.calendar || !state.uses_calendar(email) || apart {
            continue;
        }
        calendars::ensure_primary(state, email, act.now);
        if now.contains(email) {
            invite(state, act, email, new, &event, old);
        } else {
            disinvite(state, act, email, new);
        }
    }
}

/// Makes or updates the copy in the calendar of one guest.
fn invite(state: &mut State, act: &Act, email: &str, new: &EventRow, event: &Event, old: Option<&Event>) {
    let held = state.calendar.event(email, &new.id).cloned().filter(|row| !row.dropped);
    if held.as_ref().is_some_and(|held| effective(&state.calendar, held).text("iCalUID") != event.text("iCalUID")) {
        // An unrelated event has that id in the guest's calendar.
        return;
    }
    if let Some(held) = &held {
        let declined = event.answer(email) == Some("declined");
        if is_apart(held) || (held.is_cancelled() && declined) {
            return;
        }
    }
    let has_master = new
        .master
        .as_deref()
        .and_then(|id| state.calendar.event(email, id))
        .is_some_and(|master| master.is_series() && !master.is_cancelled());
    let private = held.as_ref().map(|held| private_part(&held.fields)).unwrap_or_default();
    let mut fields = if new.master.is_some() && has_master { shared(&new.fields) } else { shared(&event.fields) };
    if new.master.is_some() && !has_master {
        fields.remove("recurrence");
        // Whoever was taken off the series has it cancelled; this one takes place, unless the guest has declined it with the
        // series.
        if event.answer(email) != Some("declined") {
            fields.insert("status".to_owned(), json!("confirmed"));
        }
    }
    for (key, value) in private {
        if key == "extendedProperties" {
            let properties = fields.entry(key).or_insert_with(|| json!({}));
            if let (Some(properties), Some(own)) = (properties.as_object_mut(), value.get("private")) {
                properties.insert("private".to_owned(), own.clone());
            }
        } else {
            fields.insert(key, value);
        }
    }
    for key in ["transparency", "visibility"] {
        // The guest's own choice stays; what merely followed the organizer goes on following.
        let followed = held.as_ref().is_none_or(|held| held.fields.get(key) == old.and_then(|old| old.fields.get(key)));
        if followed && new.master.is_none() {
            match event.fields.get(key) {
                Some(value) => fields.insert(key.to_owned(), value.clone()),
                None => fields.remove(key),
            };
        }
    }
    if let Some(status) = event.fields.get("status").filter(|status| *status == "tentative") {
        fields.insert("status".to_owned(), status.clone());
    }
    if held.as_ref().is_some_and(|held| held.fields == fields && held.sequence == new.sequence) {
        return;
    }
    let mut row = held.unwrap_or_else(|| EventRow {
        calendar: email.to_owned(),
        id: new.id.clone(),
        master: new.master.clone(),
        created: new.created,
        ..EventRow::default()
    });
    row.fields = fields;
    row.sequence = new.sequence;
    store(state, act.now, row, true);
    if new.master.is_none() && new.is_series() {
        join_exceptions(state, act, email, new);
    }
}

/// Gives a guest of a series the exceptions that it has already.
fn join_exceptions(state: &mut State, act: &Act, email: &str, master: &EventRow) {
    let exceptions: Vec<EventRow> = state
        .calendar
        .exceptions_of(&master.calendar, &master.id)
        .filter(|row| !row.dropped && state.calendar.event(email, &row.id).is_none())
        .cloned()
        .collect();
    for row in exceptions {
        let event = effective(&state.calendar, &row);
        if event.is_cancelled() || event.attendee(email).is_none() {
            disinvite(state, act, email, &row);
        } else {
            invite(state, act, email, &row, &event, None);
        }
    }
}

/// Cancels the copy in the calendar of somebody who is no longer invited.
fn disinvite(state: &mut State, act: &Act, email: &str, new: &EventRow) {
    let held = state.calendar.event(email, &new.id).cloned().filter(|row| !row.dropped);
    let row = match held {
        Some(held) if effective(&state.calendar, &held).is_cancelled() => return,
        Some(mut held) => {
            held.fields.insert("status".to_owned(), json!("cancelled"));
            held
        }
        None => {
            let series = new.master.as_deref().and_then(|id| state.calendar.event(email, id));
            if series.is_none_or(EventRow::is_cancelled) {
                return;
            }
            EventRow {
                calendar: email.to_owned(),
                id: new.id.clone(),
                master: new.master.clone(),
                created: new.created,
                sequence: new.sequence,
                fields: Map::from_iter([("status".to_owned(), json!("cancelled"))]),
                ..EventRow::default()
            }
        }
    };
    store(state, act.now, row, true);
}

fn private_part(fields: &Map<String, Value>) -> Map<String, Value> {
    fields
        .iter()
        .filter_map(|(key, value)| {
            if PRIVATE.contains(&key.as_str()) {
                return Some((key.clone(), value.clone()));
            }
            let own = (key == "extendedProperties").then(|| value.get("private")).flatten()?;
            Some((key.clone(), json!({ "private": own })))
        })
        .collect()
}

/// The organizer's calendar and the event there, as seen from a guest's copy.
pub fn at_organizer(state: &State, guest: &Event) -> Option<(Access, Found)> {
    let calendar = guest.organizer().to_ascii_lowercase();
    let zone = state.calendar.calendars.get(&calendar).filter(|row| !row.deleted)?.zone_name().to_owned();
    let found = find(&state.calendar, &calendar, &zone, &guest.id)?;
    Some((Access { calendar, role: Role::Owner, zone }, found))
}

/// Carries a guest's answer into the organizer's copy and from there to the others, and tells whether there is such a
/// copy. The guest's own row is written already.
pub fn answer(state: &mut State, act: &Act, guest: &Event) -> bool {
    let Some((_, found)) = at_organizer(state, guest) else {
        return false;
    };
    let old = found.event(&state.calendar);
    if old.is_cancelled() {
        return false;
    }
    let Some(own) = guest.attendee(&guest.calendar).cloned() else {
        return false;
    };
    let mut guests: Vec<Value> = old.attendees().into_iter().cloned().map(Value::Object).collect();
    let position = guests.iter().position(|entry| {
        entry.as_object().is_some_and(|entry| account_of(entry).eq_ignore_ascii_case(&guest.calendar))
    });
    match position {
        Some(position) => guests[position] = Value::Object(own),
        None => guests.push(Value::Object(own)),
    }
    if old.fields.get("attendees").and_then(Value::as_array) == Some(&guests) {
        return true;
    }
    let many = guests.len() > MOST_ANSWERS;
    let mut row = super::store::row_of(found);
    row.fields.insert("attendees".to_owned(), Value::Array(guests));
    let row = store(state, act.now, row, true);
    if !many {
        propagate(state, act, Some(&old), &row);
    }
    true
}
