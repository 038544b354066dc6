//! `calendars.*`: calendars themselves, whoever has them in a list.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    access::{self, Access, Role},
    acl, body, calendar_list, conference, errors,
    events::{
        event::effective,
        guests,
        insert::spend,
        store::{Act, SendUpdates, store},
    },
    params,
    tables::{CalendarRow, EntryRow, key, prefix},
    time,
};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

/// Makes the primary calendar of an account, if it has none yet.
pub fn ensure_primary(state: &mut State, account: &str, now: Timestamp) {
    let id = account.to_ascii_lowercase();
    if state.calendar.calendars.contains(&id) {
        return;
    }
    let zone = state.user(&id).map(|user| user.time_zone.clone()).filter(|zone| time::zone(zone).is_some());
    let fields = Map::from_iter([
        ("summary".to_owned(), json!(id)),
        ("timeZone".to_owned(), json!(zone.as_deref().unwrap_or("UTC"))),
    ]);
    let version = state.calendar.next_version(now);
    let row = CalendarRow { fields, owner: id.clone(), primary: true, version, ..CalendarRow::default() };
    state.calendar.calendars.put(id.clone(), row);
    acl::put(state, &id, Role::Owner, "user", &id, now);
    let version = state.calendar.next_version(now);
    let entry = EntryRow { fields: calendar_list::fields_of_primary(), deleted: false, version };
    state.calendar.entries.put(key(&id, &id), entry);
}

/// The `Calendar` resource.
fn resource(state: &State, row: &CalendarRow, id: &str) -> Value {
    let mut shown = row.fields.clone();
    shown.insert("kind".to_owned(), json!("calendar#calendar"));
    shown.insert("etag".to_owned(), json!(etag(row)));
    shown.insert("id".to_owned(), json!(id));
    shown.insert("conferenceProperties".to_owned(), conference::allowed(state));
    if !row.primary {
        shown.insert("dataOwner".to_owned(), json!(row.owner));
    }
    Value::Object(shown)
}

fn etag(row: &CalendarRow) -> String {
    format!("\"{}\"", row.version)
}

fn held<'a>(state: &'a State, id: &str) -> Result<&'a CalendarRow, ApiError> {
    state.calendar.calendars.get(id).filter(|row| !row.deleted).ok_or_else(errors::not_found)
}

fn reply(state: &State, id: &str) -> Result<Reply, ApiError> {
    let row = held(state, id)?;
    Ok(Reply::json(resource(state, row, id)).with_etag(&etag(row)))
}

/// `GET calendars/{calendarId}`.
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let access = access::open_calendar(state, call, Role::FreeBusyReader)?;
    let row = held(state, &access.calendar)?;
    if call.header("if-none-match").is_some_and(|tag| tag == etag(row)) {
        return Ok(Reply::not_modified(&etag(row)));
    }
    reply(state, &access.calendar)
}

fn checked(mut fields: Map<String, Value>, old: Option<&CalendarRow>) -> Result<Map<String, Value>, ApiError> {
    let text = |fields: &Map<String, Value>, key: &str| {
        fields.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    if text(&fields, "summary").is_none() {
        return Err(errors::required("Missing summary."));
    }
    match text(&fields, "timeZone") {
        Some(zone) if time::zone(&zone).is_none() => return Err(errors::invalid("Invalid time zone.")),
        Some(_) => {}
        None => {
            fields.insert("timeZone".to_owned(), json!(old.map_or("UTC", CalendarRow::zone_name)));
        }
    }
    for key in ["autoAcceptInvitations", "conferenceProperties"] {
        fields.remove(key);
    }
    if fields.contains_key("workingHours") && !old.is_some_and(|row| row.primary) {
        return Err(errors::invalid("Working hours are only available for primary calendars."));
    }
    if let Some(labels) = fields.get_mut("labelProperties").and_then(|p| p.get_mut("eventLabels")) {
        let labels = labels.as_array_mut().map(Vec::as_mut_slice).unwrap_or_default();
        if labels.len() > 200 {
            return Err(errors::invalid("Each calendar can have a maximum of 200 labels."));
        }
        for (number, label) in labels.iter_mut().filter_map(Value::as_object_mut).enumerate() {
            if !label.get("backgroundColor").is_some_and(Value::is_string) {
                return Err(errors::required("Missing backgroundColor of an event label."));
            }
            let name = label.get("name").cloned().unwrap_or_default();
            label.entry("id").or_insert_with(|| {
                let digest = Sha256::digest(format!("{number} {name}"));
                let bytes: [u8; 16] = digest[..16].try_into().unwrap_or_default();
                json!(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string())
            });
        }
    }
    Ok(fields)
}

/// `POST calendars`.
pub fn insert(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    super::begin(state, call);
    let fields = checked(body::without_nulls(body::read(&call.body, &body::CALENDAR)?), None)?;
    spend(state, call, "calendar_new_calendars", 1)?;
    let version = state.calendar.next_version(call.now);
    let digest = Sha256::digest(format!("{} {version} {}", call.account, call.client_id));
    let id = format!("c_{}@group.calendar.google.com", hex::encode(digest));
    let row = CalendarRow {
        fields,
        owner: call.account.clone(),
        primary: false,
        client: call.client_id.clone(),
        deleted: false,
        version,
    };
    state.calendar.calendars.put(id.clone(), row);
    acl::put(state, &id, Role::Owner, "user", &call.account, call.now);
    calendar_list::add(state, &call.account, &id, Map::new(), call.now);
    reply(state, &id)
}

/// `PATCH calendars/{calendarId}`.
pub fn patch(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    write(state, call, false)
}

/// `PUT calendars/{calendarId}`.
pub fn update(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    write(state, call, true)
}

fn write(state: &mut State, call: &Call, replace: bool) -> Result<Reply, ApiError> {
    let access = access::open_calendar(state, call, Role::Owner)?;
    let old = held(state, &access.calendar)?.clone();
    if call.header("if-match").is_some_and(|tag| tag != "*" && tag != etag(&old)) {
        return Err(errors::condition_not_met());
    }
    let body = body::read(&call.body, &body::CALENDAR)?;
    let mut fields = old.fields.clone();
    if replace {
        fields.retain(|key, _| ["workingHours", "labelProperties"].contains(&key.as_str()));
        fields.extend(body::without_nulls(body));
    } else {
        body::merge(&mut fields, body);
    }
    let fields = checked(fields, Some(&old))?;
    let version = state.calendar.next_version(call.now);
    state.calendar.calendars.put(access.calendar.clone(), CalendarRow { fields, version, ..old });
    reply(state, &access.calendar)
}

/// `DELETE calendars/{calendarId}`.
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let access = access::open_calendar(state, call, Role::Owner)?;
    let row = held(state, &access.calendar)?.clone();
    if row.primary {
        return Err(errors::forbidden("cannotDeletePrimaryCalendar", "Cannot delete a primary calendar."));
    }
    if !row.owner.eq_ignore_ascii_case(&call.account) {
        return Err(errors::forbidden("forbidden", "Only the data owner can delete a calendar."));
    }
    cancel_all(state, call, &access);
    let version = state.calendar.next_version(call.now);
    state.calendar.calendars.put(access.calendar.clone(), CalendarRow { deleted: true, version, ..row });
    calendar_list::lose(state, &access.calendar, None, call.now);
    Ok(Reply::empty())
}

/// `POST calendars/{calendarId}/clear`.
pub fn clear(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let access = access::open_calendar(state, call, Role::Owner)?;
    if !held(state, &access.calendar)?.primary {
        return Err(errors::invalid("Only a primary calendar can be cleared."));
    }
    cancel_all(state, call, &access);
    Ok(Reply::empty())
}

fn cancel_all(state: &mut State, call: &Call, access: &Access) {
    let act = Act { now: call.now, account: call.account.clone(), send: SendUpdates::None };
    let rows: Vec<_> = state
        .calendar
        .events_of(&access.calendar, None)
        .filter(|row| row.master.is_none() && !row.is_cancelled())
        .cloned()
        .collect();
    for mut row in rows {
        let old = effective(&state.calendar, &row);
        row.fields.insert("status".to_owned(), json!("cancelled"));
        row.meet_due = None;
        let row = store(state, call.now, row, true);
        if guests::is_own(&row.calendar, old.organizer(), old.flag("privateCopy", false)) {
            guests::propagate(state, &act, Some(&old), &row);
        }
    }
}

/// `POST calendars/{calendarId}/transferOwnership`.
pub fn transfer_ownership(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    super::begin(state, call);
    let owner = params::required(call, "newDataOwner")?.to_ascii_lowercase();
    params::required(call, "useAdminAccess")?;
    if params::flag(call, "useAdminAccess")? != Some(true) {
        return Err(errors::invalid_parameter("useAdminAccess", "Only admin access is supported."));
    }
    let domain = state.user(&call.account).filter(|user| user.admin).and_then(|user| user.domain.clone());
    let Some(domain) = domain else {
        return Err(errors::forbidden("forbidden", "Only an administrator can transfer a calendar."));
    };
    let id = call.path("calendarId").to_owned();
    let row = held(state, &id)?.clone();
    let in_domain = |email: &str| state.user(email).is_some_and(|user| user.domain.as_deref() == Some(&domain));
    if !in_domain(&row.owner) {
        return Err(errors::not_found());
    }
    if row.primary {
        return Err(errors::invalid("A primary calendar cannot be transferred."));
    }
    if !in_domain(&owner) || !state.uses_calendar(&owner) {
        return Err(errors::invalid_parameter("newDataOwner", "Not a user of the organization."));
    }
    ensure_primary(state, &owner, call.now);
    let version = state.calendar.next_version(call.now);
    state.calendar.calendars.put(id.clone(), CalendarRow { owner: owner.clone(), version, ..row });
    acl::put(state, &id, Role::Owner, "user", &owner, call.now);
    calendar_list::add(state, &owner, &id, Map::new(), call.now);
    Ok(Reply::empty())
}

/// The calendars in which an account has an entry, deleted ones too.
pub fn listed(state: &State, account: &str) -> Vec<String> {
    let prefix = prefix(account);
    state.calendar.entries.prefixed(&prefix).map(|(key, _)| key[prefix.len()..].to_owned()).collect()
}
