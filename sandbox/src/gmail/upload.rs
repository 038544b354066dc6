//! The message that comes with a call: as base64url in JSON, as the body, or beside metadata.
//! [Uploads](https://developers.google.com/workspace/gmail/api/guides/uploads)

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::{Map, Value};

use super::{access, errors};
use crate::{
    drive,
    http::{ApiError, Call, Reply, method::Handler},
    state::State,
    uploads,
};

/// base64url with padding or without.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The most that a message may have, in bytes.
const MOST: usize = 36_700_160;

/// What a resource says beside its message.
type Metadata = Map<String, Value>;

/// Metadata and, if there is one, the message.
fn content(call: &Call) -> Result<(Metadata, Option<Vec<u8>>), ApiError> {
    if call.raw.len() > 2 * MOST {
        return Err(too_large());
    }
    let kind = call.header("content-type").unwrap_or_default();
    let (metadata, kind, content) = match call.param("uploadType") {
        None => return Ok((call.object()?, None)),
        Some("media") => (Map::new(), kind.to_owned(), call.raw.to_vec()),
        Some("multipart") => {
            let malformed = || ApiError::new(400, "badContent", "Malformed multipart body.");
            let (metadata, kind, content) = drive::multipart::related(kind, &call.raw).ok_or_else(malformed)?;
            (metadata, kind, content.to_vec())
        }
        Some("resumable") => {
            let uploaded =
                call.uploaded.clone().ok_or_else(|| ApiError::invalid_parameter("uploadType", "resumable"))?;
            (call.object()?, uploaded.kind, uploaded.content.to_vec())
        }
        Some(other) => return Err(ApiError::invalid_parameter("uploadType", other)),
    };
    is_message(&kind)?;
    Ok((metadata, Some(content)))
}

fn is_message(kind: &str) -> Result<(), ApiError> {
    if kind.trim().to_ascii_lowercase().starts_with("message/") {
        return Ok(());
    }
    let message = format!("Media type '{kind}' is not supported. Valid media types: [message/*]");
    Err(ApiError::new(400, "badContent", message))
}

/// What is called under `/upload`: it begins a resumable upload, at whose end `handler` is called, or calls it at once.
pub fn by(state: &mut State, call: &Call, handler: Handler) -> Result<Reply, ApiError> {
    if !uploads::begins(call) {
        return handler(state, call);
    }
    access::open(state, call)?;
    is_message(uploads::kind(call))?;
    if uploads::announced(call)?.is_some_and(|length| length > MOST as u64) {
        return Err(too_large());
    }
    uploads::begin(state, call)
}

fn too_large() -> ApiError {
    ApiError::new(413, "uploadTooLarge", "Request Too Large")
}

/// `raw` of a message in JSON.
fn raw(message: &Metadata) -> Result<Option<Vec<u8>>, ApiError> {
    let Some(text) = message.get("raw").and_then(Value::as_str) else { return Ok(None) };
    let text: String = text
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .map(|c| {
            if c == '+' {
                '-'
            } else if c == '/' {
                '_'
            } else {
                c
            }
        })
        .collect();
    LENIENT
        .decode(text)
        .map(Some)
        .map_err(|_| errors::invalid("Invalid value at 'message.raw' (TYPE_BYTES), Base64 decoding failed"))
}

fn needed(raw: Option<Vec<u8>>) -> Result<Vec<u8>, ApiError> {
    match raw {
        Some(raw) if raw.len() > MOST => Err(too_large()),
        Some(raw) if !raw.is_empty() => Ok(raw),
        _ => {
            Err(errors::invalid("'raw' RFC822 payload message string or uploading message via /upload/* URL required"))
        }
    }
}

/// Metadata and content of a `Message`.
pub fn message(call: &Call) -> Result<(Metadata, Vec<u8>), ApiError> {
    let (metadata, uploaded) = content(call)?;
    let raw = match uploaded {
        Some(raw) => Some(raw),
        None => raw(&metadata)?,
    };
    Ok((metadata, needed(raw)?))
}

fn inner(draft: &Metadata) -> Metadata {
    draft.get("message").and_then(Value::as_object).cloned().unwrap_or_default()
}

/// Metadata and content of the message in a `Draft`.
pub fn draft(call: &Call) -> Result<(Metadata, Vec<u8>), ApiError> {
    let (draft, uploaded) = content(call)?;
    let message = inner(&draft);
    let raw = match uploaded {
        Some(raw) => Some(raw),
        None => raw(&message)?,
    };
    Ok((message, needed(raw)?))
}

/// The id of a draft, and the message that is to be sent in its place.
pub fn named_draft(call: &Call) -> Result<(String, Metadata, Option<Vec<u8>>), ApiError> {
    let (draft, uploaded) = content(call)?;
    let id = draft.get("id").and_then(Value::as_str).ok_or_else(|| errors::invalid("Missing draft id"))?.to_owned();
    let message = inner(&draft);
    let raw = match uploaded {
        Some(raw) => Some(raw),
        None => raw(&message)?,
    };
    Ok((id, message, raw))
}
