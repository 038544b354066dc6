//! `contactGroups.*`

use serde_json::{Map, Value, json};

use super::{
    errors, list,
    tables::{GroupRow, key},
};
use crate::{
    calendar::{read_token, write_token},
    http::{ApiError, Call, Reply},
    state::State,
};

/// The group of everybody whom the account knows.
pub const MY_CONTACTS: &str = "myContacts";

/// Google's own groups, with their names for people.
const SYSTEM: [(&str, &str); 8] = [
    (MY_CONTACTS, "My Contacts"),
    ("starred", "Starred"),
    ("chatBuddies", "Chat contacts"),
    ("all", "All Contacts"),
    ("friends", "Friends"),
    ("family", "Family"),
    ("coworkers", "Coworkers"),
    ("blocked", "Blocked"),
];

const VALID: &[&str] = &["clientData", "groupType", "memberCount", "metadata", "name"];
const USUAL: &[&str] = &["groupType", "memberCount", "metadata", "name"];

/// Whether it is one of Google's own.
pub fn is_system(id: &str) -> bool {
    SYSTEM.iter().any(|(known, _)| *known == id)
}

/// The id in `contactGroups/x`, when there is such a group.
pub fn id_of(state: &State, account: &str, name: &str) -> Option<String> {
    let id = name.strip_prefix("contactGroups/")?;
    (is_system(id) || state.people.groups.contains(&key(account, id))).then(|| id.to_owned())
}

/// The id that the path names.
pub fn find(state: &State, call: &Call) -> Result<String, ApiError> {
    id_of(state, &call.sub, &format!("contactGroups/{}", call.path("id"))).ok_or_else(errors::not_found)
}

fn mask(text: &str, name: &str, page: &str) -> Result<Vec<String>, ApiError> {
    let mask = super::mask::parse(text, name, VALID, page)?;
    Ok(if mask.is_empty() { USUAL.iter().map(|field| (*field).to_owned()).collect() } else { mask })
}

fn etag(id: &str, row: &GroupRow) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    STANDARD.encode(format!("{id}.{:x}", row.version))
}

fn resource(state: &State, account: &str, id: &str, mask: &[String], most_members: usize) -> Value {
    let row = state.people.groups.get(&key(account, id));
    let mut group = Map::from_iter([("resourceName".to_owned(), json!(format!("contactGroups/{id}")))]);
    let shown = |field: &str| mask.iter().any(|wanted| wanted == field);
    let (kind, name, formatted) = match (row, SYSTEM.iter().find(|(known, _)| *known == id)) {
        (Some(row), _) => ("USER_CONTACT_GROUP", row.name.as_str(), row.name.as_str()),
        (None, Some((name, formatted))) => ("SYSTEM_CONTACT_GROUP", *name, *formatted),
        (None, None) => ("GROUP_TYPE_UNSPECIFIED", id, id),
    };
    if let Some(row) = row {
        group.insert("etag".to_owned(), json!(etag(id, row)));
        if shown("metadata") {
            group.insert("metadata".to_owned(), json!({"updateTime": row.updated}));
        }
        if shown("clientData") && !row.client_data.is_empty() {
            group.insert("clientData".to_owned(), json!(row.client_data));
        }
    }
    if shown("groupType") {
        group.insert("groupType".to_owned(), json!(kind));
    }
    if shown("name") {
        group.insert("name".to_owned(), json!(name));
        group.insert("formattedName".to_owned(), json!(formatted));
    }
    let contacts = state.people.contacts_of(account);
    let members: Vec<String> =
        contacts.iter().filter(|row| row.groups.contains(id)).map(super::person::name_of).collect();
    if shown("memberCount") && !members.is_empty() {
        group.insert("memberCount".to_owned(), json!(members.len()));
    }
    if most_members > 0 && !members.is_empty() {
        group.insert("memberResourceNames".to_owned(), json!(members[..members.len().min(most_members)]));
    }
    Value::Object(group)
}

fn most_members(call: &Call) -> Result<usize, ApiError> {
    let text = call.param("maxMembers").filter(|text| !text.is_empty()).unwrap_or("0");
    text.parse().map_err(|_| errors::invalid(format!("Invalid value at 'max_members': {text}")))
}

/// `contactGroups.list`
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let size = list::page_size(call, 30, 1000)?;
    let mask = mask(&call.params("groupFields").join(","), "groupFields", "contactGroups/list")?;
    if call.param("syncToken").is_some_and(|token| !token.is_empty()) {
        return Err(errors::invalid("Sync token is invalid."));
    }
    let own = key(&call.sub, "");
    let own = state.people.groups.prefixed(&own).filter_map(|(key, _)| key.split('\u{1f}').nth(1).map(str::to_owned));
    let ids: Vec<String> = SYSTEM.iter().map(|(id, _)| (*id).to_owned()).chain(own).collect();
    let start = match call.param("pageToken").filter(|token| !token.is_empty()) {
        None => 0,
        Some(token) => {
            let (after, account): (String, String) =
                read_token(token).ok_or_else(|| errors::invalid("Page token is invalid."))?;
            let at = ids.iter().position(|id| *id == after && account == call.sub);
            at.ok_or_else(|| errors::invalid("Page token is invalid."))? + 1
        }
    };
    let end = ids.len().min(start + size);
    let groups: Vec<Value> = ids[start..end].iter().map(|id| resource(state, &call.sub, id, &mask, 0)).collect();
    let mut body = json!({"contactGroups": groups, "totalItems": ids.len()});
    if end < ids.len() {
        body["nextPageToken"] = json!(write_token(&(&ids[end - 1], &call.sub)));
    }
    Ok(Reply::json(body))
}

/// `contactGroups.get`
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let mask = mask(&call.params("groupFields").join(","), "groupFields", "contactGroups/get")?;
    let id = find(state, call)?;
    Ok(Reply::json(resource(state, &call.sub, &id, &mask, most_members(call)?)))
}

/// `contactGroups.batchGet`
pub fn batch_get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let mask = mask(&call.params("groupFields").join(","), "groupFields", "contactGroups/batchGet")?;
    let most = most_members(call)?;
    let names = call.params("resourceNames");
    if names.is_empty() || names.len() > 200 {
        return Err(errors::invalid("Request resource_names must have 1 to 200 entries."));
    }
    let responses = names.iter().map(|name| match id_of(state, &call.sub, name) {
        Some(id) => json!({"requestedResourceName": name, "status": {},
            "contactGroup": resource(state, &call.sub, &id, &mask, most)}),
        None => json!({"requestedResourceName": name, "status": {"code": 5, "message": errors::not_found().message}}),
    });
    Ok(Reply::json(json!({"responses": responses.collect::<Vec<_>>()})))
}

/// A name for a group that no other group of the account has.
fn free_name(state: &State, call: &Call, group: &Value, own: Option<&str>) -> Result<String, ApiError> {
    let name = group["name"].as_str().map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| errors::invalid("Request contact_group.name must be set."))?;
    let prefix = key(&call.sub, "");
    let same = |other: &str| other.to_lowercase() == name.to_lowercase();
    let own_key = own.map(|id| key(&call.sub, id));
    let taken =
        state.people.groups.prefixed(&prefix).any(|(key, row)| Some(key) != own_key.as_ref() && same(&row.name));
    if taken || SYSTEM.iter().any(|(id, formatted)| same(id) || same(formatted)) {
        return Err(errors::group_exists());
    }
    Ok(name.to_owned())
}

fn client_data(group: &Value) -> Vec<Value> {
    group["clientData"].as_array().cloned().unwrap_or_default()
}

/// `contactGroups.create`
pub fn create(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let body = Value::Object(call.object()?);
    let mask = mask(body["readGroupFields"].as_str().unwrap_or_default(), "readGroupFields", "contactGroups/create")?;
    let group = &body["contactGroup"];
    let name = free_name(state, call, group, None)?;
    let id = format!("{:x}", super::contacts::new_number(&*call.rng));
    let version = state.people.next_version(call.now);
    let row = GroupRow { name, client_data: client_data(group), updated: call.now, version };
    state.people.groups.put(key(&call.sub, &id), row);
    Ok(Reply::json(resource(state, &call.sub, &id, &mask, 0)))
}

/// `contactGroups.update`
pub fn update(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    const PAGE: &str = "contactGroups/update";
    let body = Value::Object(call.object()?);
    let read = mask(body["readGroupFields"].as_str().unwrap_or_default(), "readGroupFields", PAGE)?;
    let id = find(state, call)?;
    let own = key(&call.sub, &id);
    let Some(mut row) = state.people.groups.get(&own).cloned() else {
        return Err(errors::invalid("Cannot update a system contact group."));
    };
    let group = &body["contactGroup"];
    if group["etag"].as_str().is_some_and(|wanted| wanted != etag(&id, &row)) {
        return Err(errors::failed_precondition(
            "Request contact_group.etag is different than the current contact_group.etag. Clear local cache and get the \
             latest contact group.",
        ));
    }
    let wanted = body["updateGroupFields"].as_str().unwrap_or_default();
    let update = super::mask::parse(wanted, "updateGroupFields", &["clientData", "name"], PAGE)?;
    let updates = |field: &str| update.iter().any(|wanted| wanted == field);
    if update.is_empty() || updates("name") {
        row.name = free_name(state, call, group, Some(&id))?;
    }
    if updates("clientData") {
        row.client_data = client_data(group);
    }
    (row.updated, row.version) = (call.now, state.people.next_version(call.now));
    state.people.groups.put(own, row);
    Ok(Reply::json(resource(state, &call.sub, &id, &read, 0)))
}

/// `contactGroups.delete`
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let id = find(state, call)?;
    if is_system(&id) {
        return Err(errors::invalid("Cannot delete a system contact group."));
    }
    let with_contacts = call.param("deleteContacts") == Some("true");
    for mut row in state.people.contacts_of(&call.sub) {
        if !row.groups.remove(&id) {
            continue;
        }
        if with_contacts {
            state.people.delete_contact(&call.sub, row.number, call.now);
            continue;
        }
        if row.groups.is_empty() {
            row.groups.insert(MY_CONTACTS.to_owned());
        }
        state.people.put_contact(&call.sub, row, call.now);
    }
    state.people.groups.remove(&key(&call.sub, &id));
    Ok(Reply::json(json!({})))
}
