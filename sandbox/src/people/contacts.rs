//! `people.get`, `createContact`, `updateContact`, `deleteContact`.

use std::collections::BTreeSet;

use portico_world::Rng;
use serde_json::{Map, Value, json};

use super::{
    errors, fields,
    groups::{self, MY_CONTACTS},
    mask::{self, Mask},
    person::{self, Kind},
    profile,
    tables::PersonRow,
};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

/// The number in `c123`, the last part of a contact's name.
pub fn number(id: &str) -> Option<u64> {
    id.strip_prefix('c').filter(|digits| !digits.starts_with('0')).and_then(|digits| digits.parse().ok())
}

/// The number in `people/c123`.
pub fn number_in(name: &str) -> Option<u64> {
    name.strip_prefix("people/").and_then(number)
}

/// A number for a new person.
pub fn new_number(rng: &dyn Rng) -> u64 {
    let mut bytes = [0; 8];
    rng.fill(&mut bytes);
    (u64::from_be_bytes(bytes) >> 1) | (1 << 60)
}

/// The contact that the path names.
pub fn find(state: &State, call: &Call) -> Result<PersonRow, ApiError> {
    let row = number(call.path("id")).and_then(|number| state.people.contact(&call.sub, number));
    row.cloned().ok_or_else(errors::not_found)
}

/// A person by the last part of its name: a contact, or somebody with an account whom the caller may see.
pub fn look(state: &State, call: &Call, id: &str, mask: &Mask) -> Result<Value, ApiError> {
    if id.starts_with('c') {
        let row = number(id).and_then(|number| state.people.contact(&call.sub, number));
        return row.map(|row| person::resource(row, Kind::Contact, mask)).ok_or_else(errors::not_found);
    }
    let sub = if id == "me" { &call.sub } else { id };
    let own = state.user_by_sub(&call.sub).and_then(|user| user.domain.clone());
    let visible = |user: &&crate::state::User| user.sub == call.sub || (own.is_some() && user.domain == own);
    let user = state.user_by_sub(sub).filter(|user| user.is_person()).filter(visible);
    user.map(|user| profile::resource(user, "PROFILE", mask)).ok_or_else(errors::not_found)
}

/// `people.get`
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let mask = mask::person_fields(call, "people/get")?;
    Ok(Reply::json(look(state, call, call.path("id"), &mask)?))
}

/// Makes a contact of a body.
pub fn make(state: &mut State, call: &Call, body: &Value, at: &str) -> Result<PersonRow, ApiError> {
    let mut fields = person::read(body, at)?;
    let mut groups = groups_of(state, call, &fields)?;
    fields.remove("memberships");
    if groups.is_empty() {
        groups.insert(MY_CONTACTS.to_owned());
    }
    let row = PersonRow { number: new_number(&*call.rng), fields, groups, ..PersonRow::default() };
    Ok(state.people.put_contact(&call.sub, row, call.now))
}

/// The ids of the groups that a body names.
fn groups_of(state: &State, call: &Call, fields: &Map<String, Value>) -> Result<BTreeSet<String>, ApiError> {
    person::groups_in(fields)
        .iter()
        .map(|name| {
            groups::id_of(state, &call.sub, name).ok_or_else(|| {
                errors::invalid(format!("Request person.memberships names {name}, which is not a contact group."))
            })
        })
        .collect()
}

/// `people.createContact`
pub fn create(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let mask = mask::person_fields_or_all(call, "people/createContact")?;
    let row = make(state, call, &Value::Object(call.object()?), "person")?;
    Ok(Reply::json(person::resource(&row, Kind::Contact, &mask)))
}

/// Replaces the fields `update` of a contact with those of `body`.
pub fn change(state: &mut State, call: &Call, number: u64, body: &Value, update: &Mask) -> Result<PersonRow, ApiError> {
    let mut row = state.people.contact(&call.sub, number).cloned().ok_or_else(errors::not_found)?;
    let sources = body["metadata"]["sources"].as_array().cloned().unwrap_or_default();
    if !sources.iter().any(|source| source["type"] == "CONTACT") {
        let message =
            "Request must set person.metadata.sources with a source of type CONTACT for the contact to be updated.";
        return Err(errors::invalid(message));
    }
    if body["etag"].as_str() != Some(person::etag(&row).as_str()) {
        return Err(errors::stale());
    }
    let mut fields = person::read(body, "person")?;
    if update.iter().any(|field| field == "memberships") {
        row.groups = groups_of(state, call, &fields)?;
        if row.groups.is_empty() {
            return Err(errors::invalid("Request person.memberships must have at least one contact group membership."));
        }
    }
    fields.remove("memberships");
    for field in update.iter().filter(|field| *field != "memberships") {
        match fields.remove(field) {
            Some(value) => row.fields.insert(field.clone(), value),
            None => row.fields.remove(field),
        };
    }
    Ok(state.people.put_contact(&call.sub, row, call.now))
}

/// The fields that may be updated.
pub fn updatable() -> Vec<&'static str> {
    fields::WRITABLE.iter().map(|(name, _)| *name).collect()
}

/// `people.updateContact`
pub fn update(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let update = mask::required(call, "updatePersonFields", &updatable(), "people/updateContact")?;
    let mask = mask::person_fields_or_all(call, "people/updateContact")?;
    let number = number(call.path("id")).ok_or_else(errors::not_found)?;
    let row = change(state, call, number, &Value::Object(call.object()?), &update)?;
    Ok(Reply::json(person::resource(&row, Kind::Contact, &mask)))
}

/// `people.deleteContact`
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let row = find(state, call)?;
    state.people.delete_contact(&call.sub, row.number, call.now);
    Ok(Reply::json(json!({})))
}
