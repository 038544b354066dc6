//! `settings.*`: what a person chose in Google Calendar's own pages. Here everybody has the defaults.

use serde_json::{Value, json};

use super::{
    access::Role,
    errors,
    pages::{self, Item},
    tokens,
};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

/// The settings of an account, in the order of their ids.
fn all(state: &State, account: &str) -> Vec<(&'static str, String)> {
    let user = state.user(account);
    let locale = user.map_or("en", |user| user.locale.as_str());
    let zone = user.map_or("UTC", |user| user.time_zone.as_str());
    let text = |value: &str| value.to_owned();
    vec![
        ("autoAddHangouts", text("false")),
        ("dateFieldOrder", text("DMY")),
        ("defaultEventLength", text("60")),
        ("format24HourTime", text("true")),
        ("hideInvitations", text("false")),
        ("hideWeekends", text("false")),
        ("locale", text(locale)),
        ("remindOnRespondedEventsOnly", text("false")),
        ("showDeclinedEvents", text("true")),
        ("timezone", text(zone)),
        ("useKeyboardShortcuts", text("true")),
        ("weekStart", text("1")),
    ]
}

fn resource(account: &str, id: &str, value: &str) -> Value {
    let etag = tokens::collection_etag(&["setting", account, id, value]);
    json!({ "kind": "calendar#setting", "etag": etag, "id": id, "value": value })
}

/// `GET users/me/settings/{setting}`.
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    super::begin(state, call);
    let (id, value) = all(state, &call.account)
        .into_iter()
        .find(|(id, _)| *id == call.path("setting"))
        .ok_or_else(errors::not_found)?;
    Ok(Reply::json(resource(&call.account, id, &value)))
}

/// `GET users/me/settings`.
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    super::begin(state, call);
    let items = all(state, &call.account)
        .into_iter()
        .map(|(id, value)| Item {
            id: id.to_owned(),
            version: 0,
            gone: false,
            hidden: false,
            json: resource(&call.account, id, &value),
        })
        .collect();
    let list = pages::List {
        kind: "calendar#settings",
        name: "settings".to_owned(),
        role: Role::Owner,
        default_size: 100,
        most: 250,
    };
    pages::answer(state, call, &list, items, false, false)
}
