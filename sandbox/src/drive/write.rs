//! What a body may write of a file.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    access::{self, Role},
    errors, spaces,
    tables::FileRow,
    view::{APP_PROPERTIES, FOLDER, SHORTCUT},
};
use crate::{
    http::{ApiError, Call},
    oauth::tokens,
    state::State,
};

/// The folder that a new file goes into: the caller's own top folder unless it names another.
pub fn parent(state: &State, call: &Call, body: &Map<String, Value>) -> Result<String, ApiError> {
    let parents = match body.get("parents") {
        None | Some(Value::Null) => return Ok(access::root(&call.sub)),
        Some(parents) => parents.as_array().ok_or_else(ApiError::parse_error)?,
    };
    match parents.as_slice() {
        [] => Ok(access::root(&call.sub)),
        [Value::String(one)] => folder(state, call, one),
        [_] => Err(ApiError::parse_error()),
        _ => Err(errors::bad_request("A file must have exactly one parent.").for_parameter("parents")),
    }
}

/// A folder that the caller may put something into.
pub fn folder(state: &State, call: &Call, id: &str) -> Result<String, ApiError> {
    let id = access::named(call, id);
    if id == access::root(&call.sub) {
        return Ok(id);
    }
    if id == spaces::folder(call) {
        return spaces::open_folder(call);
    }
    let (id, row, role) = access::open_named(state, call, &id, Role::Reader)?;
    if row.mime_type != FOLDER {
        return Err(
            ApiError::new(403, "parentNotAFolder", "The specified parent is not a folder.").for_parameter("parents")
        );
    }
    if role < Role::Writer {
        let message = "Insufficient permissions for the specified parent.";
        return Err(ApiError::new(403, "insufficientParentPermissions", message));
    }
    Ok(id)
}

/// The id of a new file: what was asked for, if it was given out and is free, or a fresh one.
pub fn id(state: &mut State, call: &Call, body: &Map<String, Value>) -> Result<String, ApiError> {
    let Some(wanted) = body.get("id").and_then(Value::as_str) else {
        return Ok(fresh_id(call));
    };
    if state.drive.files.contains(wanted) {
        return Err(ApiError::new(409, "fileIdInUse", "A file already exists with the provided ID."));
    }
    if state.drive.ids.get(wanted) != Some(&call.account) {
        return Err(ApiError::new(400, "invalid", "The provided file ID is not usable.").for_parameter("file.id"));
    }
    Ok(wanted.to_owned())
}

/// An id as Google makes them.
pub fn fresh_id(call: &Call) -> String {
    format!("1{}", tokens::random(&*call.rng, 24))
}

/// An empty row for a new file.
pub fn blank(call: &Call, parent: String) -> FileRow {
    FileRow {
        owner: call.account.clone(),
        client: call.client_id.clone(),
        name: "Untitled".into(),
        mime_type: String::new(),
        parent: Some(parent),
        fields: Map::new(),
        starred: [].into(),
        trashed: None,
        created: call.now,
        modified: call.now,
        modifier: call.account.clone(),
        version: 0,
        content: None,
        permissions: [].into(),
    }
}

fn text(value: &Value) -> Result<&str, ApiError> {
    value.as_str().ok_or_else(ApiError::parse_error)
}

fn flag(value: &Value) -> Result<bool, ApiError> {
    value.as_bool().ok_or_else(ApiError::parse_error)
}

fn time(value: &Value) -> Result<Timestamp, ApiError> {
    text(value)?.parse().map_err(|_| ApiError::parse_error())
}

/// Writes a body into a row; `null` clears. What cannot be written is left out, as Google does.
pub fn apply(call: &Call, row: &mut FileRow, body: &Map<String, Value>, is_new: bool) -> Result<(), ApiError> {
    for (name, value) in body {
        match (name.as_str(), value) {
            ("name", Value::Null) => {}
            ("name", value) => row.name = text(value)?.to_owned(),
            ("mimeType", Value::Null) => {}
            ("mimeType", value) => {
                let wanted = text(value)?;
                if !is_new && (wanted == FOLDER) != (row.mime_type == FOLDER) {
                    return Err(errors::bad_request("A file cannot become a folder, nor a folder a file."));
                }
                row.mime_type = wanted.to_owned();
            }
            ("starred", value) => {
                if !value.is_null() && flag(value)? {
                    row.starred.insert(call.account.clone());
                } else {
                    row.starred.remove(&call.account);
                }
            }
            ("modifiedTime", Value::Null) | ("createdTime", Value::Null) => {}
            ("modifiedTime", value) => row.modified = time(value)?,
            ("createdTime", value) if is_new => row.created = time(value)?,
            ("properties", value) => pairs(&mut row.fields, "properties", value)?,
            ("appProperties", value) => pairs(&mut row.fields, &format!("{APP_PROPERTIES}{}", call.client_id), value)?,
            ("shortcutDetails", value) if is_new => {
                let target = value.get("targetId").and_then(Value::as_str).unwrap_or_default();
                row.fields.insert("shortcutDetails".into(), json!({ "targetId": target }));
            }
            ("description" | "folderColorRgb" | "originalFilename", value) => {
                keep(&mut row.fields, name, value, value.is_string())?;
            }
            ("writersCanShare" | "copyRequiresWriterPermission", value) => {
                keep(&mut row.fields, name, value, value.is_boolean())?;
            }
            _ => {}
        }
    }
    if row.mime_type == SHORTCUT && is_new && !row.fields.contains_key("shortcutDetails") {
        return Err(errors::required("shortcutDetails.targetId"));
    }
    Ok(())
}

fn keep(fields: &mut Map<String, Value>, name: &str, value: &Value, fits: bool) -> Result<(), ApiError> {
    match value {
        Value::Null => {
            fields.remove(name);
        }
        _ if fits => {
            fields.insert(name.to_owned(), value.clone());
        }
        _ => return Err(ApiError::parse_error()),
    }
    Ok(())
}

/// Keys with values are merged into those that are there; a key with `null` goes.
fn pairs(fields: &mut Map<String, Value>, name: &str, value: &Value) -> Result<(), ApiError> {
    let Some(wanted) = value.as_object() else {
        return keep(fields, name, value, false);
    };
    let mut all = fields.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    for (key, value) in wanted {
        keep(&mut all, key, value, value.is_string())?;
    }
    if all.is_empty() {
        fields.remove(name);
    } else {
        fields.insert(name.to_owned(), Value::Object(all));
    }
    Ok(())
}
