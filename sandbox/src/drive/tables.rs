//! What Drive remembers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::access::Role;
use crate::state::{Blob, Table, TableLog};

/// A file, a folder or a shortcut.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileRow {
    /// The address of the account that owns it.
    pub owner: String,
    /// The OAuth client that made it: what the scope `drive.file` opens.
    pub client: String,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub mime_type: String,
    /// The folder that it lies in; an account's top folder by its id.
    pub parent: Option<String>,
    /// What else was written: description, properties and the like.
    pub fields: Map<String, Value>,
    /// Who starred it.
    #[serde(default)]
    pub starred: BTreeSet<String>,
    /// When it was put into the trash itself.
    pub trashed: Option<Timestamp>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was changed last.
    pub modified: Timestamp,
    /// Who changed it last.
    pub modifier: String,
    /// Counts its changes.
    pub version: u64,
    /// Its content, unless it is a folder or a shortcut.
    pub content: Option<ContentRow>,
    /// Who may do what with it besides its owner, by the permission's id.
    #[serde(default)]
    pub permissions: BTreeMap<String, PermissionRow>,
}

/// What is known of a content. The bytes lie apart, so that a new name does not write them again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ContentRow {
    /// In bytes.
    pub size: u64,
    /// Hexadecimal.
    pub md5: String,
    /// Hexadecimal.
    pub sha1: String,
    /// Hexadecimal.
    pub sha256: String,
    /// The revision's id.
    pub revision: String,
    /// The name that it was uploaded with.
    pub original_name: String,
}

/// A permission.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PermissionRow {
    /// `user`, `group`, `domain` or `anyone`.
    pub grantee: String,
    /// The address or the domain; empty for `anyone`.
    pub value: String,
    /// What it allows.
    pub role: Role,
    /// Whether it is found by searching.
    #[serde(default)]
    pub discoverable: bool,
    /// When it ends.
    pub expires: Option<Timestamp>,
}

/// That something changed for one account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChangeRow {
    /// The file.
    pub file: String,
    /// When.
    pub at: Timestamp,
    /// Whether the account lost sight of it.
    pub removed: bool,
}

/// Every table of Drive.
#[derive(Default)]
pub struct DriveTables {
    /// By file id.
    pub files: Table<FileRow>,
    /// The bytes, by file id.
    pub contents: Table<Blob>,
    /// By account and number.
    pub changes: Table<ChangeRow>,
    /// Ids that were given out by `files.generateIds`, with whom to.
    pub ids: Table<String>,
}

/// A key of two parts.
pub fn key(first: &str, second: &str) -> String {
    format!("{first}\u{1f}{second}")
}

impl DriveTables {
    /// Every table with its name in the log.
    pub fn tables(&mut self) -> Vec<(&'static str, &mut dyn TableLog)> {
        vec![
            ("drive_entries", &mut self.files),
            ("drive_contents", &mut self.contents),
            ("drive_changes", &mut self.changes),
            ("drive_ids", &mut self.ids),
        ]
    }
}
