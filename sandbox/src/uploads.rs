//! Resumable uploads, which all services have alike: where an upload goes is asked first, then its content comes in
//! pieces, and a cut connection costs no more than the piece that was on its way.
//! [Drive](https://developers.google.com/workspace/drive/api/guides/manage-uploads#resumable),
//! [Gmail](https://developers.google.com/workspace/gmail/api/guides/uploads#resumable)

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use http::{HeaderName, Method as Verb, header};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    http::{ApiError, Call, Method, Reply, Uploaded, fields::Mask},
    oauth::tokens,
    state::{Blob, State, Table, TableLog},
};

/// Pieces but the last are kept in multiples of this, in bytes.
const UNIT: u64 = 256 * 1024;
/// An upload is kept so long.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// An upload that was begun.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UploadRow {
    /// Whose it is.
    pub account: String,
    /// The method that is called when all is there.
    pub method: String,
    /// The parameters of the path that began it.
    pub path: BTreeMap<String, String>,
    /// The query that began it.
    pub query: Vec<(String, String)>,
    /// The metadata that came with it.
    pub metadata: Map<String, Value>,
    /// The media type of the content.
    pub kind: String,
    /// How many bytes it will have, if that is known.
    pub total: Option<u64>,
    /// How many bytes are there.
    pub received: u64,
    /// What was answered when all was there.
    pub done: Option<Value>,
    /// When it began.
    pub begun: Timestamp,
}

/// The tables of uploads.
#[derive(Default)]
pub struct UploadTables {
    /// By upload id.
    rows: Table<UploadRow>,
    /// What came of an upload, by upload id and offset.
    pieces: Table<Blob>,
}

impl UploadTables {
    /// Every table with its name in the log.
    pub fn tables(&mut self) -> Vec<(&'static str, &mut dyn TableLog)> {
        vec![("uploads", &mut self.rows), ("upload_pieces", &mut self.pieces)]
    }
}

fn key(id: &str, offset: &str) -> String {
    format!("{id}\u{1f}{offset}")
}

fn bad_request(message: &str) -> ApiError {
    ApiError::new(400, "badRequest", message)
}

/// What speaks about an upload that was begun: the id in its query.
pub fn named<'a>(path: &str, query: &'a [(String, String)]) -> Option<&'a str> {
    crate::http::exchange::first(query, "upload_id").filter(|_| path.starts_with("/upload/"))
}

/// Whether something is uploaded at this path, at once or in pieces.
pub fn is_place(path: &str) -> bool {
    path.starts_with("/upload/") || path.starts_with("/resumable/")
}

/// Whether the call begins an upload.
pub fn begins(call: &Call) -> bool {
    call.param("uploadType") == Some("resumable") && call.uploaded.is_none()
}

/// The length that the caller says the content will have.
pub fn announced(call: &Call) -> Result<Option<u64>, ApiError> {
    let length = call.header("x-upload-content-length").map(str::parse::<u64>);
    length.transpose().map_err(|_| bad_request("Invalid X-Upload-Content-Length."))
}

/// The media type that the caller says the content has.
pub fn kind(call: &Call) -> &str {
    call.header("x-upload-content-type").unwrap_or("application/octet-stream")
}

/// Begins an upload for the method that is called, and answers where its content goes.
pub fn begin(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    if call.body.is_null() && !call.raw.trim_ascii().is_empty() {
        return Err(ApiError::parse_error());
    }
    let id = tokens::random(&*call.rng, 48);
    let row = UploadRow {
        account: call.account.clone(),
        method: call.method.to_owned(),
        path: call.path_params.clone(),
        query: call.query.clone(),
        metadata: call.object()?,
        kind: kind(call).to_owned(),
        total: announced(call)?,
        received: 0,
        done: None,
        begun: call.now,
    };
    state.uploads.rows.put(id.clone(), row);
    let location = format!("{}{}?uploadType=resumable&upload_id={id}", call.base, call.place);
    let reply = Reply { status: 200, ..Reply::empty() };
    Ok(reply.with(header::LOCATION, &location).with(HeaderName::from_static("x-guploader-uploadid"), &id))
}

/// The method for whose sake the upload was begun; `None` when there is no such upload.
pub fn method_of<'a>(state: &'a State, id: &str) -> Option<&'a str> {
    state.uploads.rows.get(id).map(|row| row.method.as_str())
}

/// Whether something can be done to an upload with that verb.
pub fn takes(verb: &Verb) -> bool {
    *verb == Verb::PUT || *verb == Verb::POST || *verb == Verb::DELETE
}

/// A call at the address of an upload: a piece of the content, the question how much has arrived, or the end of it.
/// When all is there, `method` is carried out as it was asked for at the beginning.
pub fn go_on(state: &mut State, call: &Call, verb: &Verb, id: &str, method: &Method) -> Result<Reply, ApiError> {
    let row = state.uploads.rows.get(id).filter(|row| {
        row.account == call.account && row.method == method.id && call.now.duration_since(row.begun) < KEPT
    });
    let mut row = row.cloned().ok_or_else(|| ApiError::new(404, "notFound", "Upload session not found."))?;
    if *verb == Verb::DELETE {
        forget_pieces(state, id);
        state.uploads.rows.remove(id);
        return Ok(Reply { status: 499, ..Reply::empty() });
    }
    if let Some(answer) = row.done {
        return Ok(Reply::json(answer));
    }
    let place = place(call).ok_or_else(|| bad_request("Failed to parse Content-Range header."))?;
    if let (Some(before), Some(now)) = (row.total, place.total)
        && before != now
    {
        return Err(bad_request("The size of the content differs from what was said before."));
    }
    row.total = row.total.or(place.total);
    if let Some((first, length)) = place.from {
        if first > row.received {
            return Err(bad_request("The chunk begins after what has arrived."));
        }
        let skipped = row.received - first;
        let mut fresh =
            call.raw.slice(usize::try_from(skipped.min(length)).unwrap_or(usize::MAX).min(call.raw.len())..);
        let is_last = row.total.is_some_and(|total| first + length >= total);
        if !is_last {
            fresh.truncate(usize::try_from(fresh.len() as u64 / UNIT * UNIT).unwrap_or(usize::MAX));
        }
        if !fresh.is_empty() {
            state.uploads.pieces.put(key(id, &format!("{:020}", row.received)), Blob(fresh.clone()));
            row.received += fresh.len() as u64;
        }
    }
    if row.total != Some(row.received) {
        let reply = Reply { status: 308, ..Reply::empty() };
        let reply = match row.received {
            0 => reply,
            some => reply.with(header::RANGE, &format!("bytes=0-{}", some - 1)),
        };
        state.uploads.rows.put(id, row);
        return Ok(reply);
    }
    let whole = Call {
        method: method.id,
        path_params: row.path.clone(),
        query: row.query.clone(),
        body: Value::Object(row.metadata.clone()),
        uploaded: Some(Uploaded { kind: row.kind.clone(), content: joined(state, id) }),
        ..call.clone()
    };
    let mask = whole.param("fields").map(Mask::parse).transpose()?;
    let mut reply = (method.handler)(state, &whole)?;
    reply.json = reply.json.map(|answer| match &mask {
        Some(mask) => mask.apply(answer),
        None => answer,
    });
    forget_pieces(state, id);
    row.done.clone_from(&reply.json);
    state.uploads.rows.put(id, row);
    Ok(reply)
}

/// What a `Content-Range` says: where the bytes begin, how many they are, and how many there will be in all.
struct Place {
    from: Option<(u64, u64)>,
    total: Option<u64>,
}

fn place(call: &Call) -> Option<Place> {
    let length = call.raw.len() as u64;
    let Some(range) = call.header("content-range") else {
        return Some(Place { from: Some((0, length)), total: Some(length) });
    };
    let (place, total) = range.strip_prefix("bytes ")?.split_once('/')?;
    let total = if total == "*" { None } else { Some(total.parse().ok()?) };
    if place == "*" {
        return Some(Place { from: None, total });
    }
    let (first, last) = place.split_once('-')?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    let fits = last.checked_sub(first)?.checked_add(1)? == length && total.is_none_or(|total| last < total);
    fits.then_some(Place { from: Some((first, length)), total })
}

fn joined(state: &State, id: &str) -> Bytes {
    let prefix = key(id, "");
    let mut whole = BytesMut::new();
    for (_, piece) in state.uploads.pieces.prefixed(&prefix) {
        whole.extend_from_slice(&piece.0);
    }
    whole.freeze()
}

fn forget_pieces(state: &mut State, id: &str) {
    let prefix = key(id, "");
    state.uploads.pieces.retain(|key, _| !key.starts_with(&prefix));
}
