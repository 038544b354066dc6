//! The methods of Drive v3 that the sandbox has, with the paths and scopes of the discovery document (revision 20261106).

use http::Method as Verb;

use super::{about, changes, content, files, permissions};
use crate::{
    calendar::channels,
    http::{
        Method,
        method::{Scopes, method, scopes},
    },
};

// Each list is named after the first method, by name, that it belongs to.
const ABOUT_GET: Scopes = scopes![
    "drive",
    "drive.appdata",
    "drive.file",
    "drive.metadata",
    "drive.metadata.readonly",
    "drive.photos.readonly",
    "drive.readonly"
];
const CHANGES_LIST: Scopes = scopes![
    "drive",
    "drive.appdata",
    "drive.file",
    "drive.meet.readonly",
    "drive.metadata",
    "drive.metadata.readonly",
    "drive.photos.readonly",
    "drive.readonly"
];
const FILES_COPY: Scopes = scopes!["drive", "drive.appdata", "drive.file", "drive.photos.readonly"];
const FILES_CREATE: Scopes = scopes!["drive", "drive.appdata", "drive.file"];
const FILES_EMPTY_TRASH: Scopes = scopes!["drive"];
const FILES_EXPORT: Scopes = scopes!["drive", "drive.file", "drive.meet.readonly", "drive.readonly"];
const FILES_UPDATE: Scopes = scopes!["drive", "drive.appdata", "drive.file", "drive.metadata", "drive.scripts"];
const PERMISSIONS_CREATE: Scopes = scopes!["drive", "drive.file"];
const PERMISSIONS_GET: Scopes = scopes![
    "drive",
    "drive.file",
    "drive.meet.readonly",
    "drive.metadata",
    "drive.metadata.readonly",
    "drive.photos.readonly",
    "drive.readonly"
];

/// The methods. Those that upload are there twice.
pub fn all() -> &'static [Method] {
    &METHODS
}

const CREATE: &str = "drive.files.create";
const UPDATE: &str = "drive.files.update";
const FILES: &str = "/drive/v3/files";
const FILE: &str = "/drive/v3/files/{fileId}";
const UPLOAD: &str = "/upload/drive/v3/files";
const UPLOAD_OF: &str = "/upload/drive/v3/files/{fileId}";
const PERMISSIONS: &str = "/drive/v3/files/{fileId}/permissions";
const PERMISSION: &str = "/drive/v3/files/{fileId}/permissions/{permissionId}";

// The paths that are words come before those that take an id.
static METHODS: [Method; 22] = [
    method("drive.about.get", Verb::GET, "/drive/v3/about", ABOUT_GET, about::get),
    method(
        "drive.changes.getStartPageToken",
        Verb::GET,
        "/drive/v3/changes/startPageToken",
        CHANGES_LIST,
        changes::start,
    ),
    method("drive.changes.list", Verb::GET, "/drive/v3/changes", CHANGES_LIST, changes::list),
    method("drive.changes.watch", Verb::POST, "/drive/v3/changes/watch", CHANGES_LIST, changes::watch),
    method("drive.channels.stop", Verb::POST, "/drive/v3/channels/stop", CHANGES_LIST, channels::stop),
    method("drive.files.generateIds", Verb::GET, "/drive/v3/files/generateIds", FILES_CREATE, files::generate_ids),
    method("drive.files.emptyTrash", Verb::DELETE, "/drive/v3/files/trash", FILES_EMPTY_TRASH, files::empty_trash),
    method("drive.files.copy", Verb::POST, "/drive/v3/files/{fileId}/copy", FILES_COPY, files::copy),
    method(CREATE, Verb::POST, FILES, FILES_CREATE, files::create),
    method(CREATE, Verb::POST, UPLOAD, FILES_CREATE, files::upload),
    method("drive.files.delete", Verb::DELETE, FILE, FILES_CREATE, files::delete),
    method("drive.files.export", Verb::GET, "/drive/v3/files/{fileId}/export", FILES_EXPORT, content::export),
    method("drive.files.get", Verb::GET, FILE, CHANGES_LIST, files::get),
    method("drive.files.list", Verb::GET, FILES, CHANGES_LIST, files::list),
    method(UPDATE, Verb::PATCH, FILE, FILES_UPDATE, files::update),
    method(UPDATE, Verb::PATCH, UPLOAD_OF, FILES_UPDATE, files::upload),
    method("drive.files.watch", Verb::POST, "/drive/v3/files/{fileId}/watch", CHANGES_LIST, changes::watch_file),
    method("drive.permissions.create", Verb::POST, PERMISSIONS, PERMISSIONS_CREATE, permissions::create),
    method("drive.permissions.delete", Verb::DELETE, PERMISSION, PERMISSIONS_CREATE, permissions::delete),
    method("drive.permissions.get", Verb::GET, PERMISSION, PERMISSIONS_GET, permissions::get),
    method("drive.permissions.list", Verb::GET, PERMISSIONS, PERMISSIONS_GET, permissions::list),
    method("drive.permissions.update", Verb::PATCH, PERMISSION, PERMISSIONS_CREATE, permissions::update),
];
