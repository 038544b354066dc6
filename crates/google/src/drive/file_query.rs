use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    Listed, Request,
    drive::{FOLDER, File},
    resource::Hidden,
};

/// What files to search for; all terms must hold.
/// <https://developers.google.com/workspace/drive/api/guides/ref-search-terms>
///
/// ```
/// use portico_google::drive::FileSearch;
/// let search = FileSearch::new().in_folder("root").name_contains("Ann's").trashed(false);
/// assert_eq!(search.as_str(), r"'root' in parents and name contains 'Ann\'s' and trashed = false");
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FileSearch(String);

/// Does not show what is searched for.
impl fmt::Debug for FileSearch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FileSearch").field(&Hidden).finish()
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

impl FileSearch {
    /// Every file.
    pub fn new() -> Self {
        Self::default()
    }

    /// A term in Google's own language, put together by the caller.
    pub fn term(mut self, term: &str) -> Self {
        if !self.0.is_empty() {
            self.0.push_str(" and ");
        }
        self.0.push_str(term);
        self
    }

    /// Whose name has a word that begins with this text.
    pub fn name_contains(self, text: &str) -> Self {
        self.term(&format!("name contains {}", quoted(text)))
    }

    /// Of exactly this name.
    pub fn named(self, name: &str) -> Self {
        self.term(&format!("name = {}", quoted(name)))
    }

    /// With this text in name, description or content.
    pub fn full_text(self, text: &str) -> Self {
        self.term(&format!("fullText contains {}", quoted(text)))
    }

    /// Of this media type.
    pub fn mime_type(self, mime_type: &str) -> Self {
        self.term(&format!("mimeType = {}", quoted(mime_type)))
    }

    /// Folders.
    pub fn folders(self) -> Self {
        self.mime_type(FOLDER)
    }

    /// In this folder itself; `root` is the account's own.
    pub fn in_folder(self, folder_id: &str) -> Self {
        self.term(&format!("{} in parents", quoted(folder_id)))
    }

    /// In the trash, or not.
    pub fn trashed(self, trashed: bool) -> Self {
        self.term(&format!("trashed = {trashed}"))
    }

    /// Changed after this instant.
    pub fn modified_after(self, instant: Timestamp) -> Self {
        self.term(&format!("modifiedTime > {}", quoted(&instant.to_string())))
    }

    /// Changed before this instant.
    pub fn modified_before(self, instant: Timestamp) -> Self {
        self.term(&format!("modifiedTime < {}", quoted(&instant.to_string())))
    }

    /// Owned by this person.
    pub fn owned_by(self, address: &str) -> Self {
        self.term(&format!("{} in owners", quoted(address)))
    }

    /// With this key, that only this app sees, of this value.
    pub fn app_property(self, key: &str, value: &str) -> Self {
        self.term(&format!("appProperties has {{ key={} and value={} }}", quoted(key), quoted(value)))
    }

    /// As Google reads it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which files to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileQuery {
    /// What to search for.
    pub search: FileSearch,
    /// As in `modifiedTime desc,name`.
    pub order_by: Option<String>,
    /// The page with this token.
    pub page_token: Option<String>,
    /// Files a page at most, 1 to 1000. Google's own default is 100.
    pub page_size: Option<u32>,
    /// The shared drive to look in.
    pub drive_id: Option<String>,
    /// Files of all shared drives too.
    pub all_drives: bool,
}

impl FileQuery {
    /// The files that this search finds.
    pub fn searching(search: FileSearch) -> Self {
        Self { search, ..Self::default() }
    }

    pub(crate) fn apply(&self, request: Request) -> Request {
        let size = self.page_size.map(|size| size.clamp(1, 1000).to_string());
        let corpora = match (&self.drive_id, self.all_drives) {
            (Some(_), _) => Some("drive"),
            (None, true) => Some("allDrives"),
            (None, false) => None,
        };
        let search = Some(self.search.as_str()).filter(|search| !search.is_empty());
        request
            .query_opt("q", search)
            .query_opt("orderBy", self.order_by.as_deref())
            .query_opt("pageToken", self.page_token.as_deref())
            .query_opt("pageSize", size.as_deref())
            .query_opt("corpora", corpora)
            .query_opt("driveId", self.drive_id.as_deref())
            .query_opt("includeItemsFromAllDrives", corpora.map(|_| "true"))
            .query("supportsAllDrives", "true")
    }
}

/// One page of files.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FilePage {
    /// The files.
    pub files: Listed<File>,
    /// Whether Google did not look everywhere.
    pub incomplete_search: bool,
    /// The next page, if there is one.
    pub next_page_token: Option<String>,
}
