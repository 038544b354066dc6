//! `people.updateContactPhoto` and `people.deleteContactPhoto`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    contacts::find,
    errors, fields,
    mask::{self, Mask},
    person::{self, Kind},
    tables::PersonRow,
};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

/// How the files begin that Google takes as pictures.
const PICTURES: [&[u8]; 4] = [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM"];

fn answer(row: &PersonRow, mask: &Mask) -> Reply {
    Reply::json(if mask.is_empty() { json!({}) } else { json!({"person": person::resource(row, Kind::Contact, mask)}) })
}

/// `people.updateContactPhoto`
pub fn update(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let body = call.object()?;
    let mask = mask::in_body(&body, "personFields", fields::READABLE, "people/updateContactPhoto")?;
    let mut row = find(state, call)?;
    let bytes = body.get("photoBytes").and_then(|text| STANDARD.decode(text.as_str()?).ok());
    let Some(bytes) = bytes.filter(|bytes| PICTURES.iter().any(|start| bytes.starts_with(start))) else {
        return Err(errors::invalid("Request photo_bytes is not a picture."));
    };
    row.photo = Some(hex::encode(&Sha256::digest(bytes)[..12]));
    Ok(answer(&state.people.put_contact(&call.sub, row, call.now), &mask))
}

/// `people.deleteContactPhoto`
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let mask = mask::param(call, "personFields", fields::READABLE, "people/deleteContactPhoto")?;
    let mut row = find(state, call)?;
    row.photo = None;
    Ok(answer(&state.people.put_contact(&call.sub, row, call.now), &mask))
}
