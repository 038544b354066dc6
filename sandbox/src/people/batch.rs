//! `getBatchGet`, `batchCreateContacts`, `batchUpdateContacts`, `batchDeleteContacts`.

use serde_json::{Map, Value, json};

use super::{
    contacts::{change, look, make, number_in, updatable},
    errors, fields, mask,
    person::{self, Kind},
};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

const READ: usize = 200;
const CREATED: usize = 200;
const UPDATED: usize = 200;
const DELETED: usize = 500;

fn too_many(what: &str, found: usize, most: usize) -> Result<(), ApiError> {
    if found == 0 {
        return Err(errors::invalid(format!("Request {what} must not be empty.")));
    }
    if found > most {
        return Err(errors::invalid(format!("Request {what} has {found} entries and the limit is {most}.")));
    }
    Ok(())
}

/// The code of google.rpc for a refusal.
fn code(error: &ApiError) -> i32 {
    match (error.status, error.rpc_status) {
        (_, Some("FAILED_PRECONDITION")) => 9,
        (404, _) => 5,
        (400, _) => 3,
        _ => 13,
    }
}

fn response(name: &str, result: Result<Value, ApiError>) -> Value {
    match result {
        Ok(person) => json!({"requestedResourceName": name, "httpStatusCode": 200, "status": {}, "person": person}),
        Err(error) => json!({"requestedResourceName": name, "httpStatusCode": error.status,
            "status": {"code": code(&error), "message": error.message}}),
    }
}

/// `people.getBatchGet`
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let mask = mask::person_fields(call, "people/getBatchGet")?;
    let names = call.params("resourceNames");
    too_many("resourceNames", names.len(), READ)?;
    let found = names.iter().map(|name| {
        let person = name.strip_prefix("people/").ok_or_else(errors::not_found);
        response(name, person.and_then(|id| look(state, call, id, &mask)))
    });
    Ok(Reply::json(json!({"responses": found.collect::<Vec<_>>()})))
}

/// `people.batchCreateContacts`: all of them or none.
pub fn create(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let body = call.object()?;
    let mask = mask::in_body(&body, "readMask", fields::READABLE, "people/batchCreateContacts")?;
    let contacts = body.get("contacts").and_then(Value::as_array).cloned().unwrap_or_default();
    too_many("contacts", contacts.len(), CREATED)?;
    let mut made = Vec::new();
    for (n, contact) in contacts.iter().enumerate() {
        let row = make(state, call, &contact["contactPerson"], &format!("contacts[{n}].contact_person"))?;
        made.push(response(&person::name_of(&row), Ok(person::resource(&row, Kind::Contact, &mask))));
    }
    Ok(Reply::json(if mask.is_empty() { json!({}) } else { json!({"createdPeople": made}) }))
}

/// `people.batchUpdateContacts`: each for itself; when nobody reads the answers, one refusal refuses all.
pub fn update(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    const PAGE: &str = "people/batchUpdateContacts";
    let body = call.object()?;
    let update = mask::in_body(&body, "updateMask", &updatable(), PAGE)?;
    if update.is_empty() {
        return Err(errors::mask_required("updateMask", PAGE));
    }
    let mask = mask::in_body(&body, "readMask", fields::READABLE, PAGE)?;
    let contacts = body.get("contacts").and_then(Value::as_object).cloned().unwrap_or_default();
    too_many("contacts", contacts.len(), UPDATED)?;
    let mut updated = Map::new();
    for (name, contact) in &contacts {
        let number = number_in(name).ok_or_else(errors::not_found);
        let result = number.and_then(|number| change(state, call, number, contact, &update));
        if mask.is_empty() {
            result?;
        } else {
            let result = result.map(|row| person::resource(&row, Kind::Contact, &mask));
            updated.insert(name.clone(), response(name, result));
        }
    }
    Ok(Reply::json(if mask.is_empty() { json!({}) } else { json!({"updateResult": updated}) }))
}

/// `people.batchDeleteContacts`: all of them or none.
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let body = call.object()?;
    let names = body.get("resourceNames").and_then(Value::as_array).cloned().unwrap_or_default();
    too_many("resourceNames", names.len(), DELETED)?;
    for name in &names {
        let number = name.as_str().and_then(number_in).ok_or_else(errors::not_found)?;
        state.people.contact(&call.sub, number).ok_or_else(errors::not_found)?;
        state.people.delete_contact(&call.sub, number, call.now);
    }
    Ok(Reply::json(json!({})))
}
