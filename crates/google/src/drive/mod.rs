//! Google Drive, version 3. <https://developers.google.com/workspace/drive/api/reference/rest/v3>
//!
//! [`Drive`] hands out one small value per collection: `drive.files().list(…)`. Contents go up with
//! [`ResumableUpload`](crate::upload::ResumableUpload) and come down with [`Download`], both piece by piece, so that the
//! size of a file is no matter of memory.

mod about;
mod changes;
mod download;
mod file;
mod file_patch;
mod file_query;
mod files;
mod permissions;
pub mod scopes;

pub use about::{About, StorageQuota};
pub use changes::{Change, ChangePage, ChangeQuery, Changes};
pub use download::Download;
pub use file::{DriveUser, FILE_FIELDS, FOLDER, File, ShortcutDetails};
pub use file_patch::FilePatch;
pub use file_query::{FilePage, FileQuery, FileSearch};
pub use files::Files;
pub use permissions::{Grantee, Permission, PermissionPage, PermissionQuery, PermissionRole, Permissions, Share};

use crate::{
    Client, Error, GoogleService,
    calendar::{Channel, NewChannel},
};

/// The Drive API for one account. Shared drives are included wherever Google asks whether the caller knows of them.
#[derive(Clone)]
pub struct Drive {
    client: Client,
}

impl GoogleService for Drive {
    const ROOT: &'static str = "https://www.googleapis.com";
    const PATH: &'static str = "/drive/v3";
    const BATCH: &'static str = "/batch/drive/v3";

    fn with(client: Client) -> Self {
        Self { client }
    }

    fn client(&self) -> &Client {
        &self.client
    }
}

impl Drive {
    /// The Drive API on this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// Files and folders, with all that [`File`] knows of them.
    pub fn files(&self) -> Files<'_> {
        Files { service: self, fields: FILE_FIELDS }
    }

    /// Who may do what with one file.
    pub fn permissions<'a>(&'a self, file_id: &'a str) -> Permissions<'a> {
        Permissions { service: self, file_id }
    }

    /// What has changed.
    pub fn changes(&self) -> Changes<'_> {
        Changes { service: self }
    }

    /// The account and its storage.
    pub async fn about(&self) -> Result<About, Error> {
        let request = self.get("drive.about.get", "/about", &[]);
        self.client.json(request.query("fields", about::FIELDS)).await
    }

    /// Ends a push channel of [`Files::watch`] or [`Changes::watch`]. [`Error::is_absent`] means that it had ended.
    pub async fn stop_channel(&self, id: &str, resource_id: &str) -> Result<(), Error> {
        let request = self.post("drive.channels.stop", "/channels/stop", &[]);
        let body = serde_json::json!({"id": id, "resourceId": resource_id});
        self.client.no_content(request.json(&body).repeatable()).await
    }

    async fn begin_channel(&self, request: crate::Request, channel: &NewChannel) -> Result<Channel, Error> {
        self.client.json(request.json(&channel.body())).await
    }
}
