//! `calendarList.*`: the calendars that a person has in the list at the left.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    access::{self, Role, role_of},
    body, calendars, channels, colors, conference, errors, events,
    pages::{self, Item},
    params,
    tables::{CalendarRow, EntryRow, key},
};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

/// The entry that everybody has of the own primary calendar.
pub fn fields_of_primary() -> Map<String, Value> {
    let mails = ["eventCreation", "eventChange", "eventCancellation", "eventResponse"];
    let notifications: Vec<Value> = mails.iter().map(|kind| json!({ "type": kind, "method": "email" })).collect();
    Map::from_iter([
        ("colorId".to_owned(), json!("14")),
        ("selected".to_owned(), json!(true)),
        ("defaultReminders".to_owned(), json!([{ "method": "popup", "minutes": 30 }])),
        ("notificationSettings".to_owned(), json!({ "notifications": notifications })),
    ])
}

fn etag(entry: &EntryRow) -> String {
    format!("\"{}\"", entry.version)
}

fn resource(state: &State, account: &str, id: &str, entry: &EntryRow, calendar: &CalendarRow) -> Value {
    let mut shown = Map::from_iter([
        ("kind".to_owned(), json!("calendar#calendarListEntry")),
        ("etag".to_owned(), json!(etag(entry))),
        ("id".to_owned(), json!(id)),
    ]);
    if entry.deleted {
        shown.insert("deleted".to_owned(), json!(true));
        return Value::Object(shown);
    }
    for key in ["summary", "description", "location", "timeZone", "labelProperties"] {
        if let Some(value) = calendar.fields.get(key).filter(|_| key != "labelProperties") {
            shown.insert(key.to_owned(), value.clone());
        }
    }
    shown.insert("conferenceProperties".to_owned(), conference::allowed(state));
    shown.insert("accessRole".to_owned(), json!(role_of(state, account, id, calendar).word()));
    shown.insert("defaultReminders".to_owned(), json!([]));
    for (key, value) in &entry.fields {
        if !(*value == json!(false) && (key == "hidden" || key == "selected")) {
            shown.insert(key.clone(), value.clone());
        }
    }
    let color = entry.fields.get("colorId").and_then(Value::as_str).unwrap_or("17").to_owned();
    shown.entry("backgroundColor").or_insert_with(|| json!(colors::calendar_background(&color).unwrap_or("#9a9cff")));
    shown.entry("foregroundColor").or_insert_with(|| json!("#000000"));
    shown.insert("colorId".to_owned(), json!(color));
    if calendar.primary && calendar.owner.eq_ignore_ascii_case(account) {
        shown.insert("primary".to_owned(), json!(true));
    }
    if !calendar.primary {
        shown.insert("dataOwner".to_owned(), json!(calendar.owner));
    }
    Value::Object(shown)
}

/// The reminders that a person has on the events of a calendar by default.
pub fn default_reminders(state: &State, account: &str, calendar: &str) -> Value {
    let entry = state.calendar.entries.get(&key(account, calendar)).filter(|entry| !entry.deleted);
    entry.and_then(|entry| entry.fields.get("defaultReminders")).cloned().unwrap_or_else(|| json!([]))
}

/// Puts a calendar into somebody's list.
pub fn add(state: &mut State, account: &str, calendar: &str, fields: Map<String, Value>, now: Timestamp) {
    let mut all = Map::from_iter([("selected".to_owned(), json!(true))]);
    all.extend(fields);
    store(state, account, calendar, EntryRow { fields: all, deleted: false, version: 0 }, now);
}

fn store(state: &mut State, account: &str, calendar: &str, mut entry: EntryRow, now: Timestamp) {
    entry.version = state.calendar.next_version(now);
    state.calendar.entries.put(key(account, calendar), entry);
    channels::changed(&mut state.calendar, &channels::calendar_list_resource(account));
}

/// Who has a calendar in the list.
pub fn people_with(state: &State, calendar: &str) -> Vec<String> {
    let suffix = key("", calendar);
    let entries = state.calendar.entries.iter().filter(|(key, entry)| !entry.deleted && key.ends_with(&suffix));
    entries.map(|(key, _)| key[..key.len() - suffix.len()].to_owned()).collect()
}

/// Takes a calendar from the lists of these people, or of everybody.
pub fn lose(state: &mut State, calendar: &str, people: Option<&[String]>, now: Timestamp) {
    let all = people_with(state, calendar);
    for person in people.unwrap_or(&all) {
        store(state, person, calendar, EntryRow { deleted: true, ..EntryRow::default() }, now);
    }
}

struct Held {
    id: String,
    entry: EntryRow,
    calendar: CalendarRow,
}

fn find(state: &mut State, call: &Call) -> Result<Held, ApiError> {
    super::begin(state, call);
    let id = access::resolve(call, call.path("calendarId"));
    let entry = state.calendar.entries.get(&key(&call.account, &id)).filter(|entry| !entry.deleted).cloned();
    let calendar = state.calendar.calendars.get(&id).filter(|calendar| !calendar.deleted).cloned();
    match (entry, calendar) {
        (Some(entry), Some(calendar)) => Ok(Held { id, entry, calendar }),
        _ => Err(errors::not_found()),
    }
}

fn reply(state: &State, call: &Call, id: &str) -> Result<Reply, ApiError> {
    let entry = state.calendar.entries.get(&key(&call.account, id)).ok_or_else(errors::not_found)?;
    let calendar = state.calendar.calendars.get(id).ok_or_else(errors::not_found)?;
    Ok(Reply::json(resource(state, &call.account, id, entry, calendar)).with_etag(&etag(entry)))
}

/// `GET users/me/calendarList/{calendarId}`.
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let held = find(state, call)?;
    if call.header("if-none-match").is_some_and(|tag| tag == etag(&held.entry)) {
        return Ok(Reply::not_modified(&etag(&held.entry)));
    }
    reply(state, call, &held.id)
}

fn checked(call: &Call, mut fields: Map<String, Value>) -> Result<Map<String, Value>, ApiError> {
    if params::flag(call, "colorRgbFormat")? == Some(true) {
        for key in ["backgroundColor", "foregroundColor"] {
            let color = fields.get(key).and_then(Value::as_str);
            let hex = |text: &str| {
                text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|b| b.is_ascii_hexdigit())
            };
            if color.is_some_and(|color| !hex(color)) {
                return Err(errors::invalid("Invalid color."));
            }
        }
    }
    if let Some(color) = fields.get("colorId").and_then(Value::as_str)
        && colors::calendar_background(color).is_none()
    {
        return Err(errors::invalid("Invalid color id."));
    }
    if let Some(reminders) = fields.get("defaultReminders").and_then(Value::as_array) {
        events::reminder_list(reminders)?;
    }
    fields.remove("id");
    Ok(fields)
}

/// Colours count by their id unless the caller says that it means colours.
fn without_colors(call: &Call, fields: &mut Map<String, Value>) -> Result<(), ApiError> {
    if params::flag(call, "colorRgbFormat")? != Some(true) {
        fields.remove("backgroundColor");
        fields.remove("foregroundColor");
    }
    Ok(())
}

/// `POST users/me/calendarList`.
pub fn insert(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let mut fields = body::without_nulls(body::read(&call.body, &body::CALENDAR_LIST_ENTRY)?);
    let id = fields.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    if id.is_empty() {
        return Err(errors::required("Missing calendar id."));
    }
    let access = access::open_named(state, call, &id, Role::FreeBusyReader)?;
    without_colors(call, &mut fields)?;
    let fields = checked(call, fields)?;
    add(state, &call.account, &access.calendar, fields, call.now);
    reply(state, call, &access.calendar)
}

/// `PATCH users/me/calendarList/{calendarId}`.
pub fn patch(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    write(state, call, false)
}

/// `PUT users/me/calendarList/{calendarId}`.
pub fn update(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    write(state, call, true)
}

fn write(state: &mut State, call: &Call, replace: bool) -> Result<Reply, ApiError> {
    let mut held = find(state, call)?;
    if call.header("if-match").is_some_and(|tag| tag != "*" && tag != etag(&held.entry)) {
        return Err(errors::condition_not_met());
    }
    let mut body = body::read(&call.body, &body::CALENDAR_LIST_ENTRY)?;
    without_colors(call, &mut body)?;
    if body.contains_key("colorId") && !body.contains_key("backgroundColor") {
        // The colour follows the id again.
        held.entry.fields.remove("backgroundColor");
        held.entry.fields.remove("foregroundColor");
    }
    let fields = if replace {
        body::without_nulls(body)
    } else {
        let mut fields = held.entry.fields;
        body::merge(&mut fields, body);
        fields
    };
    let fields = checked(call, fields)?;
    if held.calendar.primary && held.calendar.owner == call.account && fields.get("hidden") == Some(&json!(true)) {
        return Err(errors::forbidden(
            "cannotChangeOwnPrimarySubscription",
            "Cannot change your own primary subscription.",
        ));
    }
    store(state, &call.account, &held.id, EntryRow { fields, deleted: false, version: 0 }, call.now);
    reply(state, call, &held.id)
}

/// `DELETE users/me/calendarList/{calendarId}`.
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let held = find(state, call)?;
    if held.calendar.owner.eq_ignore_ascii_case(&call.account) {
        let (reason, message) = if held.calendar.primary {
            ("cannotChangeOwnPrimarySubscription", "Cannot change your own primary subscription.")
        } else {
            ("cannotUnsubscribeFromOwnedCalendar", "Cannot unsubscribe from a calendar that you own.")
        };
        return Err(errors::forbidden(reason, message));
    }
    store(state, &call.account, &held.id, EntryRow { deleted: true, ..EntryRow::default() }, call.now);
    Ok(Reply::empty())
}

/// `GET users/me/calendarList`.
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    super::begin(state, call);
    let show_deleted = params::flag(call, "showDeleted")?;
    let show_hidden = params::flag(call, "showHidden")?.unwrap_or(false);
    let roles = ["freeBusyReader", "owner", "reader", "writer", "writerWithoutPrivateAccess"];
    let least = params::one_of(call, "minAccessRole", &roles)?.and_then(Role::read);
    let own_only = params::flag(call, "showOwnOrganizationOnly")?.unwrap_or(false);
    pages::refuse_with_sync_token(call, &["minAccessRole", "showOwnOrganizationOnly"])?;
    let domain = |email: &str| state.user(email).and_then(|user| user.domain.clone());
    let own_domain = domain(&call.account);
    let items = calendars::listed(state, &call.account)
        .into_iter()
        .filter_map(|id| {
            let entry = state.calendar.entries.get(&key(&call.account, &id))?;
            let calendar = state.calendar.calendars.get(&id)?;
            let role = role_of(state, &call.account, &id, calendar);
            let foreign = own_only && (own_domain.is_none() || domain(&calendar.owner) != own_domain);
            if !entry.deleted && (least.is_some_and(|least| role < least) || foreign) {
                return None;
            }
            Some(Item {
                version: entry.version,
                gone: entry.deleted,
                hidden: entry.fields.get("hidden") == Some(&json!(true)),
                json: resource(state, &call.account, &id, entry, calendar),
                id,
            })
        })
        .collect();
    let list = pages::List {
        kind: "calendar#calendarList",
        name: "calendarList".to_owned(),
        role: Role::Owner,
        default_size: 100,
        most: 250,
    };
    pages::answer(state, call, &list, items, show_deleted.unwrap_or(false), show_hidden)
}
