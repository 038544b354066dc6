//! `permissions.*`: who may do what with a file.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    access::{self, Role, may_share},
    changes, errors, files, spaces,
    tables::{FileRow, PermissionRow},
    view,
};
use crate::{
    http::{ApiError, Call, Reply},
    state::{Mail, State},
};

/// The file, when the caller may share it.
fn shareable(state: &State, call: &Call) -> Result<(String, FileRow), ApiError> {
    let (id, row, role) = access::open(state, call, Role::Reader)?;
    spaces::refuse_app_data(state, &row)?;
    if may_share(&row, role) { Ok((id, row)) } else { Err(errors::may_not(&id)) }
}

fn usual(call: &Call, whole: Value) -> Value {
    if call.param("fields").is_some() { whole } else { view::only(whole, &["kind", "id", "type", "role"]) }
}

/// `GET files/{fileId}/permissions`
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let (_, row) = shareable(state, call)?;
    let all = view::permissions(state, &row);
    let size = files::page_size(call, 100, 100)?;
    let skipped: usize = match call.param("pageToken").filter(|token| !token.is_empty()) {
        Some(token) => token.parse().map_err(|_| errors::invalid("pageToken"))?,
        None => 0,
    };
    let page = all.iter().skip(skipped).take(size);
    let shown: Vec<Value> = page.map(|(id, row)| usual(call, view::permission(state, id, row))).collect();
    let mut answer = json!({"kind": "drive#permissionList", "permissions": shown});
    let shown = skipped.saturating_add(size);
    if all.len() > shown {
        answer["nextPageToken"] = json!(shown.to_string());
    }
    Ok(Reply::json(answer))
}

/// `GET files/{fileId}/permissions/{permissionId}`
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let (_, row) = shareable(state, call)?;
    let wanted = call.path("permissionId");
    let all = view::permissions(state, &row);
    let (id, found) = all.iter().find(|(id, _)| id == wanted).ok_or_else(|| errors::permission_not_found(wanted))?;
    Ok(Reply::json(usual(call, view::permission(state, id, found))))
}

fn role(body: &Map<String, Value>) -> Result<Option<Role>, ApiError> {
    let Some(word) = body.get("role").filter(|role| !role.is_null()) else { return Ok(None) };
    let word = word.as_str().ok_or_else(ApiError::parse_error)?;
    match Role::read(word) {
        Some(role) => Ok(Some(role)),
        None if matches!(word, "organizer" | "fileOrganizer") => {
            Err(ApiError::new(403, "invalidSharingRequest", "The role is for shared drives only."))
        }
        None => Err(ApiError::new(400, "invalid", "The specified role is invalid or not supported.")
            .for_parameter("permission.role")),
    }
}

fn expiration(call: &Call, body: &Map<String, Value>) -> Result<Option<Timestamp>, ApiError> {
    let Some(value) = body.get("expirationTime").filter(|value| !value.is_null()) else { return Ok(None) };
    let at: Timestamp = value.as_str().and_then(|text| text.parse().ok()).ok_or_else(ApiError::parse_error)?;
    if at <= call.now {
        return Err(errors::bad_request("The expiration date must be in the future.")
            .for_parameter("permission.expirationTime"));
    }
    Ok(Some(at))
}

/// Whether the owner changes, as a role and a parameter say together.
fn makes_owner(call: &Call, row: &FileRow, role: Role, grantee: &str) -> Result<bool, ApiError> {
    if role != Role::Owner {
        return Ok(false);
    }
    if call.param("transferOwnership") != Some("true") {
        let message = "The transferOwnership parameter must be enabled when the permission role is 'owner'.";
        return Err(ApiError::new(403, "forbidden", message).for_parameter("transferOwnership"));
    }
    if row.owner != call.account || grantee != "user" {
        return Err(errors::may_not(call.path("fileId")));
    }
    Ok(true)
}

/// `POST files/{fileId}/permissions`
pub fn create(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let body = call.object()?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_lowercase();
    let (id, row) = shareable(state, call)?;
    let grantee = text("type");
    let role = role(&body)?.ok_or_else(|| errors::required("permission.role"))?;
    let value = match grantee.as_str() {
        "" => return Err(errors::required("permission.type")),
        "user" | "group" => {
            let address = text("emailAddress");
            if !address.contains('@') {
                return Err(errors::required("permission.emailAddress"));
            }
            state.user(&address).map_or(address, |user| user.email.clone())
        }
        "domain" if text("domain").is_empty() => return Err(errors::required("permission.domain")),
        "domain" => text("domain"),
        "anyone" => String::new(),
        _ => {
            let message = "The specified type is invalid or not supported.";
            return Err(ApiError::new(400, "invalid", message).for_parameter("permission.type"));
        }
    };
    let seen = changes::who_sees(state, &id, call.now);
    let permission_id = view::permission_id(state, &grantee, &value);
    let permission = PermissionRow {
        grantee: grantee.clone(),
        value: value.clone(),
        role,
        discoverable: body.get("allowFileDiscovery").and_then(Value::as_bool).unwrap_or(false),
        expires: expiration(call, &body)?,
    };
    if makes_owner(call, &row, role, &grantee)? {
        hand_over(state, call, &id, &row, &value)?;
    } else if value != row.owner {
        state.drive.files.update(&id, |row| row.permissions.insert(permission_id.clone(), permission));
    }
    let by_mail = matches!(grantee.as_str(), "user" | "group");
    if by_mail && (role == Role::Owner || call.param("sendNotificationEmail") != Some("false")) {
        state.send_mail(Mail {
            to: value,
            from: call.account.clone(),
            kind: "share".into(),
            calendar_id: String::new(),
            event_id: id.clone(),
            ical_uid: String::new(),
            summary: row.name.clone(),
            at: call.now,
        });
    }
    files::touched(state, call, &id, &seen, true);
    answer(state, call, &id, &permission_id)
}

fn answer(state: &State, call: &Call, id: &str, permission_id: &str) -> Result<Reply, ApiError> {
    let row = state.drive.files.get(id).ok_or_else(|| errors::file_not_found(id))?;
    let all = view::permissions(state, row);
    let found = all.iter().find(|(id, _)| id == permission_id);
    let (id, found) = found.ok_or_else(|| errors::permission_not_found(permission_id))?;
    Ok(Reply::json(usual(call, view::permission(state, id, found))))
}

/// Makes somebody else the owner; who was it may write from then on.
fn hand_over(state: &mut State, call: &Call, id: &str, row: &FileRow, to: &str) -> Result<(), ApiError> {
    let domain = |address: &str| state.user(address).and_then(|user| user.domain.clone());
    if domain(to).is_none() || domain(to) != domain(&row.owner) {
        let message = "The ownership of a file can be transferred only within a domain.";
        return Err(ApiError::new(403, "invalidSharingRequest", message));
    }
    let (old, new) = (view::permission_id(state, "user", &row.owner), view::permission_id(state, "user", to));
    let before = PermissionRow {
        grantee: "user".into(),
        value: call.account.clone(),
        role: Role::Writer,
        discoverable: false,
        expires: None,
    };
    let top = state.user(to).map(|user| access::root(&user.sub));
    let was_top = row.parent == Some(access::root(&call.sub));
    state.drive.files.update(id, |row| {
        row.permissions.remove(&new);
        row.permissions.insert(old, before);
        row.owner = to.to_owned();
        if was_top {
            row.parent = top;
        }
    });
    Ok(())
}

/// `PATCH files/{fileId}/permissions/{permissionId}`
pub fn update(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let body = call.object()?;
    let (id, row) = shareable(state, call)?;
    let wanted = call.path("permissionId");
    let seen = changes::who_sees(state, &id, call.now);
    let Some(permission) = row.permissions.get(wanted) else {
        return Err(if view::permissions(state, &row)[0].0 == wanted {
            errors::may_not(&id)
        } else {
            errors::permission_not_found(wanted)
        });
    };
    let role = role(&body)?.unwrap_or(permission.role);
    if makes_owner(call, &row, role, &permission.grantee)? {
        let to = permission.value.clone();
        hand_over(state, call, &id, &row, &to)?;
    } else {
        let expires = match call.param("removeExpiration") {
            Some("true") => None,
            _ => expiration(call, &body)?.or(permission.expires),
        };
        let changed = PermissionRow { role, expires, ..permission.clone() };
        state.drive.files.update(&id, |row| row.permissions.insert(wanted.to_owned(), changed));
    }
    files::touched(state, call, &id, &seen, true);
    answer(state, call, &id, wanted)
}

/// `DELETE files/{fileId}/permissions/{permissionId}`. Everybody may take the own permission back.
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let (id, row, role) = access::open(state, call, Role::Reader)?;
    let wanted = call.path("permissionId");
    let permission = row.permissions.get(wanted);
    let own = permission.is_some_and(|permission| permission.value == call.account);
    if !own && !may_share(&row, role) {
        return Err(errors::may_not(&id));
    }
    if permission.is_none() {
        let is_owner = view::permissions(state, &row)[0].0 == wanted;
        return Err(if is_owner { errors::may_not(&id) } else { errors::permission_not_found(wanted) });
    }
    let seen = changes::who_sees(state, &id, call.now);
    state.drive.files.update(&id, |row| row.permissions.remove(wanted));
    files::touched(state, call, &id, &seen, true);
    Ok(Reply::empty())
}
