//! The two places where files lie: a person's Drive, and what an app keeps there out of the person's sight.
//! [App data](https://developers.google.com/workspace/drive/api/guides/appdata)

use super::{access, errors, tables::FileRow};
use crate::{
    http::{ApiError, Call},
    state::State,
};

/// The app's own folder, as calls name it.
pub const APP_DATA: &str = "appDataFolder";
/// Everything else.
pub const DRIVE: &str = "drive";

/// What the ids of apps' own folders begin with; no other id does.
const PREFIX: &str = "0App";

/// The id of the folder that the caller's app has with the caller.
pub fn folder(call: &Call) -> String {
    format!("{PREFIX}{}-{}", call.sub, call.project)
}

/// The folder of an app that a file lies in, however deep; `None` when it lies in somebody's Drive.
pub fn app_folder<'a>(state: &'a State, row: &'a FileRow) -> Option<&'a str> {
    let (mut parent, mut left) = (row.parent.as_deref()?, access::DEEPEST);
    while let Some(above) = state.drive.files.get(parent).filter(|_| left > 0) {
        (parent, left) = (above.parent.as_deref()?, left - 1);
    }
    Some(parent).filter(|parent| parent.starts_with(PREFIX))
}

/// The space that a file lies in.
pub fn of(state: &State, row: &FileRow) -> &'static str {
    if app_folder(state, row).is_some() { APP_DATA } else { DRIVE }
}

fn has(call: &Call, name: &str) -> bool {
    call.scopes.contains(&format!("https://www.googleapis.com/auth/{name}"))
}

/// Whether the token opens a space.
pub fn is_open(call: &Call, space: &str) -> bool {
    match space {
        APP_DATA => has(call, "drive.appdata"),
        _ => call.scopes.iter().any(|scope| scope.contains("/auth/drive") && !scope.ends_with("/drive.appdata")),
    }
}

/// The caller's app folder, if the token opens it.
pub fn open_folder(call: &Call) -> Result<String, ApiError> {
    if is_open(call, APP_DATA) {
        return Ok(folder(call));
    }
    let message = "The granted scopes do not allow use of the Application Data folder.";
    Err(ApiError::new(403, "insufficientScopes", message))
}

/// The spaces that a list is asked for, all of which the token must open; usually the Drive alone.
pub fn asked(call: &Call) -> Result<Vec<&str>, ApiError> {
    let spaces = call.param("spaces").filter(|spaces| !spaces.is_empty()).unwrap_or(DRIVE);
    let spaces: Vec<&str> = spaces.split(',').map(str::trim).collect();
    if !spaces.iter().all(|space| [DRIVE, APP_DATA].contains(space)) {
        return Err(errors::invalid("spaces"));
    }
    if !spaces.iter().all(|space| is_open(call, space)) {
        let message = "The granted scopes do not give access to all of the requested spaces.";
        return Err(ApiError::new(403, "insufficientScopes", message).for_parameter("spaces"));
    }
    Ok(spaces)
}

/// Refuses what cannot be done with an app's own files: to share them, or to put them into the trash.
pub fn refuse_app_data(state: &State, row: &FileRow) -> Result<(), ApiError> {
    if app_folder(state, row).is_none() {
        return Ok(());
    }
    let message = "Method not supported for files within the Application Data folder.";
    Err(ApiError::new(403, "notSupportedForAppDataFolderFiles", message))
}
