use serde_json::{Map, json};

use super::{content, export, view};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

/// `GET about`. Here, other than everywhere else, somebody has to say which fields.
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    if call.param("fields").is_none() {
        let message = "The 'fields' parameter is required for this method.";
        return Err(ApiError::new(400, "required", message).for_parameter("fields"));
    }
    let exports: Map<_, _> =
        export::EXPORTED.iter().map(|kind| ((*kind).to_owned(), json!(export::formats(kind)))).collect();
    let imports: Map<_, _> = export::IMPORTED.iter().map(|(from, to)| ((*from).to_owned(), json!([to]))).collect();
    Ok(Reply::json(json!({
        "kind": "drive#about",
        "user": view::person(state, &call.account, &call.account),
        "storageQuota": content::quota(state, &call.account),
        "maxUploadSize": "5242880000000",
        "appInstalled": false,
        "canCreateDrives": false,
        "canCreateTeamDrives": false,
        "exportFormats": exports,
        "importFormats": imports,
    })))
}
