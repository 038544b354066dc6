//! `spaces.members.*`: who has a role in a space whoever else comes.

use serde_json::{Map, Value, json};

use super::{MemberRow, denied, invalid, methods, records, spaces};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

/// The most members that a batch changes.
const MOST: usize = 500;

/// A role by its name; `None` when there is no such one.
fn role(value: &Value) -> Option<Option<String>> {
    match value.as_str() {
        None if value.is_null() => Some(None),
        Some("ROLE_UNSPECIFIED") => Some(None),
        Some("COHOST") => Some(Some("COHOST".to_owned())),
        _ => None,
    }
}

/// What a body says of a member. Its name is in the address, or tells a batch which one is meant.
fn said(body: &Map<String, Value>) -> Result<(Option<String>, Option<String>), ApiError> {
    if let Some(unknown) = body.keys().find(|key| !["name", "email", "role"].contains(&key.as_str())) {
        let message =
            format!("Invalid JSON payload received. Unknown name \"{unknown}\" at 'member': Cannot find field.");
        return Err(invalid(message));
    }
    let role =
        role(body.get("role").unwrap_or(&Value::Null)).ok_or_else(|| invalid("Invalid value at 'member.role'"))?;
    Ok((body.get("email").and_then(Value::as_str).map(str::to_ascii_lowercase), role))
}

fn resource(key: &str, row: &MemberRow) -> Value {
    let (space, member) = key.split_once('/').unwrap_or((key, ""));
    let mut shown = json!({"name": format!("spaces/{space}/members/{member}"), "email": row.email});
    if let Some(role) = &row.role {
        shown["role"] = json!(role);
    }
    shown
}

/// The space of the path, if the caller may change it.
fn changeable(state: &State, call: &Call) -> Result<String, ApiError> {
    spaces::changeable(&state.meet, call, &[]).map(|(id, _)| id)
}

/// The space of the path, if the caller may see it.
fn visible(state: &State, call: &Call) -> Result<String, ApiError> {
    spaces::changeable(&state.meet, call, &[methods::READONLY]).map(|(id, _)| id)
}

fn found(state: &State, key: &str) -> Result<MemberRow, ApiError> {
    state.meet.members.get(key).cloned().ok_or_else(|| denied("Member"))
}

fn key(space: &str, member: &str) -> String {
    format!("{space}/{member}")
}

/// `POST /v2/spaces/{space}/members`
pub fn create(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let space = changeable(state, call)?;
    let (email, role) = said(&call.object()?)?;
    let email = email.filter(|email| email.contains('@')).ok_or_else(|| invalid("Invalid or missing member.email"))?;
    let prefix = key(&space, "");
    if state.meet.members.prefixed(&prefix).any(|(_, row)| row.email == email) {
        let taken = ApiError::new(409, "alreadyExists", "Requested entity already exists");
        return Err(taken.with_rpc_status("ALREADY_EXISTS"));
    }
    let (key, row) = (key(&space, &spaces::new_id(&*call.rng)), MemberRow { email, role });
    let shown = resource(&key, &row);
    state.meet.members.put(key, row);
    Ok(Reply::json(shown))
}

/// `GET /v2/spaces/{space}/members/{member}`
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let key = key(&visible(state, call)?, call.path("member"));
    Ok(Reply::json(resource(&key, &found(state, &key)?)))
}

/// `GET /v2/spaces/{space}/members`
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let prefix = key(&visible(state, call)?, "");
    let items: Vec<Value> = state.meet.members.prefixed(&prefix).map(|(key, row)| resource(key, row)).collect();
    records::page(call, "members", (250, 500), &format!("members|{prefix}|"), &items.iter().collect::<Vec<_>>())
        .map(Reply::json)
}

/// Changes a member: what the body has, without a mask; what the mask names; all of it with `*`. Nobody becomes somebody else.
fn change(row: &mut MemberRow, body: &Map<String, Value>, mask: &str) -> Result<(), ApiError> {
    let (email, role) = said(body)?;
    let paths: Vec<&str> = mask.split(',').map(str::trim).filter(|path| !path.is_empty()).collect();
    if let Some(wrong) = paths.iter().find(|path| !["role", "email", "name", "*"].contains(path)) {
        return Err(invalid(format!("Invalid field path '{wrong}' in update_mask.")));
    }
    let all = paths.contains(&"*");
    if email.is_some_and(|email| email != row.email) && (paths.is_empty() || all || paths.contains(&"email")) {
        return Err(invalid("The email of a member cannot be changed."));
    }
    if all || paths.contains(&"role") || (paths.is_empty() && body.contains_key("role")) {
        row.role = role;
    }
    Ok(())
}

/// `PATCH /v2/spaces/{space}/members/{member}`
pub fn patch(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let key = key(&changeable(state, call)?, call.path("member"));
    let mut row = found(state, &key)?;
    change(&mut row, &call.object()?, call.param("updateMask").unwrap_or_default())?;
    let shown = resource(&key, &row);
    state.meet.members.put(key, row);
    Ok(Reply::json(shown))
}

/// `POST /v2/spaces/{space}/members:batchUpdate`: all of them or none.
pub fn batch_update(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let space = changeable(state, call)?;
    let body = call.object()?;
    let mask = body.get("updateMask").and_then(Value::as_str).unwrap_or_default();
    let requests = body.get("requests").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if requests.is_empty() || requests.len() > MOST {
        return Err(invalid(format!("The number of requests must be between 1 and {MOST}.")));
    }
    let mut changed = Vec::new();
    for request in requests {
        let member = request.get("member").and_then(Value::as_object).ok_or_else(|| invalid("Missing member."))?;
        let own = request.get("updateMask").and_then(Value::as_str).unwrap_or_default();
        if !own.is_empty() && own != mask {
            return Err(invalid("The update_mask of a request must be that of the batch."));
        }
        let name = member.get("name").and_then(Value::as_str).unwrap_or_default();
        let id = name.strip_prefix(&format!("spaces/{space}/members/"));
        let key = key(&space, id.ok_or_else(|| invalid("Invalid member.name"))?);
        let mut row = found(state, &key)?;
        change(&mut row, member, if mask.is_empty() { "*" } else { mask })?;
        changed.push(resource(&key, &row));
        state.meet.members.put(key, row);
    }
    Ok(Reply::json(json!({"members": changed})))
}

/// `DELETE /v2/spaces/{space}/members/{member}`
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let key = key(&changeable(state, call)?, call.path("member"));
    found(state, &key)?;
    state.meet.members.remove(&key);
    Ok(Reply::json(json!({})))
}
