//! The scopes of Drive. <https://developers.google.com/workspace/drive/api/guides/api-specific-auth>

/// Everything: see, edit, create and delete all files.
pub const DRIVE: &str = "https://www.googleapis.com/auth/drive";
/// See and download all files.
pub const DRIVE_READONLY: &str = "https://www.googleapis.com/auth/drive.readonly";
/// Only the files that were made or opened with this app.
pub const DRIVE_FILE: &str = "https://www.googleapis.com/auth/drive.file";
/// The app's own hidden data.
pub const DRIVE_APPDATA: &str = "https://www.googleapis.com/auth/drive.appdata";
/// See and edit the metadata of all files, not their content.
pub const DRIVE_METADATA: &str = "https://www.googleapis.com/auth/drive.metadata";
/// See the metadata of all files.
pub const DRIVE_METADATA_READONLY: &str = "https://www.googleapis.com/auth/drive.metadata.readonly";

/// One of these is needed to make and change files.
pub const TO_WRITE_FILES: [&str; 3] = [DRIVE, DRIVE_APPDATA, DRIVE_FILE];
/// One of these is needed to read the content of files.
pub const TO_READ_CONTENT: [&str; 3] = [DRIVE, DRIVE_READONLY, DRIVE_FILE];
/// One of these is needed to share files.
pub const TO_SHARE: [&str; 2] = [DRIVE, DRIVE_FILE];
