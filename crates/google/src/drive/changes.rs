use serde::Deserialize;

use crate::{
    Error, GoogleService, Items, Listed, Page, Request,
    calendar::{Channel, Cursor, DateTime, NewChannel},
    drive::{Drive, FILE_FIELDS, File},
    paging::items,
    resource::resource,
};

/// What has changed in the account's files.
/// <https://developers.google.com/workspace/drive/api/guides/manage-changes>
#[derive(Clone, Copy)]
pub struct Changes<'a> {
    pub(crate) service: &'a Drive,
}

resource! {
    /// One file as it is after its last change. However often it changed, it is listed once.
    pub struct Change {
        /// `file`, or `drive` for a shared drive.
        change_type: String = "changeType",
        /// When.
        time: DateTime = "time",
        /// Whether the account can no longer see it: deleted, or not shared any more.
        removed: bool = "removed",
        /// The file.
        file_id: String = "fileId",
        /// Its metadata, unless it was removed.
        file: File = "file",
        /// The shared drive.
        drive_id: String = "driveId",
    }
}

/// How to list changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeQuery {
    /// Where to go on: of [`Changes::start_page_token`] or of the last [`ChangePage::next`].
    pub page_token: String,
    /// Changes a page at most, 1 to 1000. Google's own default is 100.
    pub page_size: Option<u32>,
    /// Changes in shared drives too.
    pub all_drives: bool,
    /// Only changes of this shared drive. Its page tokens are its own: see [`Changes::start_page_token_of`].
    pub drive_id: Option<String>,
    /// Leaves out what was removed.
    pub without_removed: bool,
}

impl ChangeQuery {
    /// What has changed since this token.
    pub fn since(page_token: impl Into<String>) -> Self {
        let page_token = page_token.into();
        Self { page_token, page_size: None, all_drives: false, drive_id: None, without_removed: false }
    }

    fn apply(&self, request: Request) -> Request {
        let size = self.page_size.map(|size| size.clamp(1, 1000).to_string());
        let shared = self.all_drives || self.drive_id.is_some();
        request
            .query("pageToken", &self.page_token)
            .query_opt("pageSize", size.as_deref())
            .query_opt("driveId", self.drive_id.as_deref())
            .query_opt("includeItemsFromAllDrives", shared.then_some("true"))
            .query_opt("includeRemoved", self.without_removed.then_some("false"))
            .query("supportsAllDrives", "true")
    }
}

/// One page of changes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "Envelope")]
pub struct ChangePage {
    /// The changes, the oldest first.
    pub changes: Listed<Change>,
    /// More of them, or the token to ask with the next time: it does not expire.
    pub next: Cursor,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    #[serde(default)]
    changes: Listed<Change>,
    next_page_token: Option<String>,
    new_start_page_token: Option<String>,
}

impl From<Envelope> for ChangePage {
    fn from(page: Envelope) -> Self {
        Self { changes: page.changes, next: Cursor::of(page.next_page_token, page.new_start_page_token) }
    }
}

impl<'a> Changes<'a> {
    /// The token of now: what changes from here on can be listed with it.
    pub async fn start_page_token(self) -> Result<String, Error> {
        self.start(None).await
    }

    /// The same for the changes of one shared drive.
    pub async fn start_page_token_of(self, drive_id: &str) -> Result<String, Error> {
        self.start(Some(drive_id)).await
    }

    async fn start(self, drive_id: Option<&str>) -> Result<String, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Start {
            start_page_token: String,
        }
        let request = self.service.get("drive.changes.getStartPageToken", "/changes/startPageToken", &[]);
        let request = request.query("supportsAllDrives", "true").query_opt("driveId", drive_id);
        self.service.client().json::<Start>(request).await.map(|start| start.start_page_token)
    }

    /// One page of changes.
    pub async fn list(self, query: &ChangeQuery) -> Result<ChangePage, Error> {
        let request = self.service.get("drive.changes.list", "/changes", &[]);
        let fields = format!(
            "kind,nextPageToken,newStartPageToken,changes(kind,changeType,time,removed,fileId,driveId,file({FILE_FIELDS}))"
        );
        self.service.client().json(query.apply(request).query("fields", &fields)).await
    }

    /// The changes, one after the other; pages are asked for as they are needed. Who wants the token for the next time asks for
    /// the pages with [`Changes::list`].
    pub fn list_all(self, query: ChangeQuery) -> Items<'a, Change> {
        items("drive.changes.list", Some(query.page_token.clone()), move |page_token| {
            let page_token = page_token.unwrap_or_else(|| query.page_token.clone());
            let query = ChangeQuery { page_token, ..query.clone() };
            async move {
                let page = self.list(&query).await?;
                Ok(Page { items: page.changes, next: page.next.page_token() })
            }
        })
    }

    /// Asks for a push message whenever there is a change after `page_token`. Such a channel lives for a week at most.
    pub async fn watch(self, page_token: &str, channel: &NewChannel) -> Result<Channel, Error> {
        self.watch_some(&ChangeQuery::since(page_token), channel).await
    }

    /// As [`Changes::watch`], for the changes of a query: those of shared drives above all.
    pub async fn watch_some(self, query: &ChangeQuery, channel: &NewChannel) -> Result<Channel, Error> {
        let request = self.service.post("drive.changes.watch", "/changes/watch", &[]);
        self.service.begin_channel(query.apply(request), channel).await
    }
}
