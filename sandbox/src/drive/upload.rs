//! Resumable uploads. [Guide](https://developers.google.com/workspace/drive/api/guides/manage-uploads#resumable)

use bytes::{Bytes, BytesMut};
use http::{HeaderName, header};
use jiff::SignedDuration;

use super::{
    access::{self, Role},
    errors,
    files::{self, Incoming},
    tables::{Blob, UploadRow, key},
};
use crate::{
    http::{ApiError, Call, Reply},
    oauth::tokens,
    state::State,
};

/// Chunks but the last are kept in multiples of this, in bytes.
const UNIT: u64 = 256 * 1024;
/// An upload is kept so long.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// `POST` or `PATCH` with `uploadType=resumable`: what will be uploaded; answers where to.
pub fn begin(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let target = Some(call.path("fileId")).filter(|id| !id.is_empty());
    if let Some(id) = target {
        access::open_named(state, call, id, Role::Writer)?;
    }
    let length = call.header("x-upload-content-length").map(|text| text.parse::<u64>());
    let total = length.transpose().map_err(|_| errors::bad_request("Invalid X-Upload-Content-Length."))?;
    if call.body.is_null() && !call.raw.trim_ascii().is_empty() {
        return Err(ApiError::parse_error());
    }
    let id = tokens::random(&*call.rng, 48);
    let row = UploadRow {
        account: call.account.clone(),
        target: target.map(str::to_owned),
        metadata: call.object()?,
        query: call.query.clone(),
        mime_type: call.header("x-upload-content-type").unwrap_or("application/octet-stream").to_owned(),
        total,
        received: 0,
        done: None,
        begun: call.now,
    };
    state.drive.uploads.put(id.clone(), row);
    let place = target.map_or_else(String::new, |id| format!("/{id}"));
    let location = format!("{}/upload/drive/v3/files{place}?uploadType=resumable&upload_id={id}", call.base);
    let reply = Reply { status: 200, ..Reply::empty() };
    Ok(reply.with(header::LOCATION, &location).with(HeaderName::from_static("x-guploader-uploadid"), &id))
}

fn find(state: &State, call: &Call) -> Result<(String, UploadRow), ApiError> {
    let id = call.param("upload_id").unwrap_or_default();
    let row = state
        .drive
        .uploads
        .get(id)
        .filter(|row| row.account == call.account && call.now.duration_since(row.begun) < KEPT);
    row.map(|row| (id.to_owned(), row.clone()))
        .ok_or_else(|| ApiError::new(404, "notFound", "Upload session not found."))
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

/// `PUT` to the address of an upload: a chunk, or the question how much has arrived.
pub fn chunk(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let (id, mut row) = find(state, call)?;
    if let Some(file) = &row.done {
        return files::of_upload(state, call, &row, file);
    }
    let place = place(call).ok_or_else(|| errors::bad_request("Failed to parse Content-Range header."))?;
    if let (Some(before), Some(now)) = (row.total, place.total)
        && before != now
    {
        return Err(errors::bad_request("The size of the content differs from what was said before."));
    }
    row.total = row.total.or(place.total);
    if let Some((first, length)) = place.from {
        if first > row.received {
            return Err(errors::bad_request("The chunk begins after what has arrived."));
        }
        let skipped = row.received - first;
        let mut fresh =
            call.raw.slice(usize::try_from(skipped.min(length)).unwrap_or(usize::MAX).min(call.raw.len())..);
        let is_last = row.total.is_some_and(|total| first + length >= total);
        if !is_last {
            fresh.truncate(usize::try_from(fresh.len() as u64 / UNIT * UNIT).unwrap_or(usize::MAX));
        }
        if !fresh.is_empty() {
            state.drive.chunks.put(key(&id, &format!("{:020}", row.received)), Blob(fresh.clone()));
            row.received += fresh.len() as u64;
        }
    }
    if row.total != Some(row.received) {
        let reply = Reply { status: 308, ..Reply::empty() };
        let reply = match row.received {
            0 => reply,
            some => reply.with(header::RANGE, &format!("bytes=0-{}", some - 1)),
        };
        state.drive.uploads.put(id, row);
        return Ok(reply);
    }
    let incoming = Incoming { kind: row.mime_type.clone(), content: joined(state, &id) };
    let file = files::finished(state, call, &row, incoming)?;
    let reply = files::of_upload(state, call, &row, &file)?;
    forget_chunks(state, &id);
    row.done = Some(file);
    state.drive.uploads.put(id, row);
    Ok(reply)
}

/// `DELETE` of the address of an upload: it is not wanted any more.
pub fn cancel(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let (id, _) = find(state, call)?;
    forget_chunks(state, &id);
    state.drive.uploads.remove(&id);
    Ok(Reply { status: 499, ..Reply::empty() })
}

fn joined(state: &State, id: &str) -> Bytes {
    let prefix = key(id, "");
    let mut whole = BytesMut::new();
    for (_, chunk) in state.drive.chunks.prefixed(&prefix) {
        whole.extend_from_slice(&chunk.0);
    }
    whole.freeze()
}

fn forget_chunks(state: &mut State, id: &str) {
    let prefix = key(id, "");
    state.drive.chunks.retain(|key, _| !key.starts_with(&prefix));
}
