//! The content of files: kept, and given out whole or in ranges.

use aws_lc_rs::digest;
use bytes::Bytes;
use http::header;
use md5::{Digest as _, Md5};
use serde_json::json;

use super::{
    access::{self, Role},
    changes, errors, export,
    tables::ContentRow,
    view::{FOLDER, GOOGLE},
};
use crate::{
    http::{ApiError, Call, Reply},
    oauth::tokens,
    state::{Blob, State},
};

/// The name of the limit of an account's storage, in bytes.
pub const STORAGE: &str = "drive_storage_bytes";

/// What the account's files take, in bytes; those in the trash too.
pub fn used(state: &State, account: &str, only_trash: bool) -> u64 {
    let own = state
        .drive
        .files
        .iter()
        .filter(|(id, row)| row.owner == account && (!only_trash || access::is_trashed(state, id)));
    own.filter_map(|(_, row)| row.content.as_ref()).map(|content| content.size).sum()
}

/// Gives a file its content. The caller notes the change.
pub fn put(state: &mut State, call: &Call, id: &str, name: &str, content: Bytes) -> Result<(), ApiError> {
    let Some(row) = state.drive.files.get(id) else { return Err(errors::file_not_found(id)) };
    let before = row.content.as_ref().map_or(0, |content| content.size);
    let needed = (used(state, &row.owner, false) - before).saturating_add(content.len() as u64);
    if needed > state.limit(STORAGE) {
        return Err(ApiError::new(403, "storageQuotaExceeded", "The user's Drive storage quota has been exceeded."));
    }
    let kept = ContentRow {
        size: content.len() as u64,
        md5: hex::encode(Md5::digest(&content)),
        sha1: hex::encode(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &content)),
        sha256: hex::encode(digest::digest(&digest::SHA256, &content)),
        revision: format!("0B{}", tokens::random(&*call.rng, 36)),
        original_name: name.to_owned(),
    };
    state.drive.files.update(id, |row| row.content = Some(kept));
    state.drive.contents.put(id, Blob(content));
    Ok(())
}

/// `files.get` with `alt=media`.
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    const CONTENT: [&str; 4] = ["drive", "drive.readonly", "drive.file", "drive.appdata"];
    let scopes: Vec<String> = CONTENT.iter().map(|scope| format!("https://www.googleapis.com/auth/{scope}")).collect();
    if !scopes.iter().any(|scope| call.scopes.contains(scope)) {
        let wanted: Vec<&str> = scopes.iter().map(String::as_str).collect();
        return Err(ApiError::insufficient_scopes(&wanted, "drive", call.method));
    }
    let (id, row, _) = access::open(state, call, Role::Reader)?;
    if row.mime_type.starts_with(GOOGLE) || row.content.is_none() {
        let message = "Only files with binary content can be downloaded. Use Export with Docs Editors files.";
        return Err(ApiError::new(403, "fileNotDownloadable", message).for_parameter("alt"));
    }
    let content = state.drive.contents.get(&id).map(|blob| blob.0.clone()).unwrap_or_default();
    let name = row.name.replace(['"', '\r', '\n'], "_");
    let disposition =
        if name.is_ascii() { format!("attachment; filename=\"{name}\"") } else { "attachment".to_owned() };
    let reply = ranged(call, &row.mime_type, &content);
    Ok(reply.with(header::CONTENT_DISPOSITION, &disposition).with(header::ACCEPT_RANGES, "bytes"))
}

/// The range that was asked for; the whole when none was, or one that cannot be read.
fn ranged(call: &Call, kind: &str, content: &Bytes) -> Reply {
    let size = content.len();
    match call.header("range").and_then(|range| read_range(range, size)) {
        None => Reply::media(kind, content.clone()),
        Some(Some((first, last))) => {
            let part = Reply { status: 206, ..Reply::media(kind, content.slice(first..=last)) };
            part.with(header::CONTENT_RANGE, &format!("bytes {first}-{last}/{size}"))
        }
        Some(None) => {
            let error =
                ApiError::new(416, "requestedRangeNotSatisfiable", "Request range not satisfiable").for_header("Range");
            let reply = Reply { status: 416, ..Reply::json(error.legacy_body()) };
            reply.with(header::CONTENT_RANGE, &format!("bytes */{size}"))
        }
    }
}

/// First and last byte of `bytes=a-b`, `bytes=a-` or `bytes=-n`. `None`: not such a range. `Some(None)`: none of it is there.
fn read_range(range: &str, size: usize) -> Option<Option<(usize, usize)>> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (first, last) = match (first.trim(), last.trim()) {
        ("", "") => return None,
        ("", suffix) => (size.saturating_sub(suffix.parse().ok()?), size.saturating_sub(1)),
        (first, "") => (first.parse().ok()?, size.saturating_sub(1)),
        (first, last) => (first.parse().ok()?, last.parse::<usize>().ok()?.min(size.saturating_sub(1))),
    };
    Some((first < size && first <= last).then_some((first, last)))
}

/// `GET files/{fileId}/export`
pub fn export(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    /// Google exports at most so many bytes.
    const MOST: usize = 10 * 1024 * 1024;
    let wanted = call
        .param("mimeType")
        .ok_or_else(|| ApiError::new(400, "required", "Required parameter: mimeType").for_parameter("mimeType"))?;
    let (id, row, _) = access::open(state, call, Role::Reader)?;
    if !row.mime_type.starts_with(GOOGLE) || row.mime_type == FOLDER {
        return Err(
            ApiError::new(403, "fileNotExportable", "Export only supports Docs Editors files.").for_parameter("fileId")
        );
    }
    let content = state.drive.contents.get(&id).map(|blob| blob.0.clone()).unwrap_or_default();
    let exported = export::export(&row.mime_type, wanted, &content).ok_or_else(|| {
        let message = "The requested conversion is not supported.";
        ApiError::new(400, "badRequest", message).for_parameter("mimeType")
    })?;
    if exported.len() > MOST {
        let message = "This file is too large to be exported.";
        return Err(ApiError::new(403, "exportSizeLimitExceeded", message));
    }
    Ok(Reply::media(wanted, exported))
}

/// Takes a file away with its content, and tells those who saw it.
pub fn remove(state: &mut State, call: &Call, id: &str) {
    let seen = changes::who_sees(state, id, call.now);
    state.drive.files.remove(id);
    state.drive.contents.remove(id);
    changes::note(state, id, &seen, call.now);
}

/// The size of a content as `about` wants it.
pub fn quota(state: &State, account: &str) -> serde_json::Value {
    let usage = used(state, account, false).to_string();
    json!({
        "limit": state.limit(STORAGE).to_string(),
        "usage": usage,
        "usageInDrive": usage,
        "usageInDriveTrash": used(state, account, true).to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::read_range;

    #[test]
    fn ranges_as_http_has_them() {
        assert_eq!(read_range("bytes=0-3", 10), Some(Some((0, 3))));
        assert_eq!(read_range("bytes=4-", 10), Some(Some((4, 9))));
        assert_eq!(read_range("bytes=-3", 10), Some(Some((7, 9))));
        assert_eq!(read_range("bytes=8-100", 10), Some(Some((8, 9))));
        assert_eq!(read_range("bytes=10-", 10), Some(None));
        assert_eq!(read_range("bytes=0-0", 0), Some(None));
        assert_eq!(read_range("items=0-3", 10), None);
        assert_eq!(read_range("bytes=-", 10), None);
    }
}
