use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use crate::{Patch, Request, calendar::DateTime};

/// A change of some fields of a file; the rest stays.
/// <https://developers.google.com/workspace/drive/api/reference/rest/v3/files/update>
///
/// ```
/// use portico_google::{Patch, drive::FilePatch};
/// let patch = FilePatch { trashed: true.into(), description: Patch::Clear, ..FilePatch::default() };
/// assert_eq!(serde_json::to_string(&patch).unwrap(), r#"{"description":null,"trashed":true}"#);
/// ```
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FilePatch {
    /// The name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub name: Patch<String>,
    /// What somebody wrote about it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub description: Patch<String>,
    /// The media type.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub mime_type: Patch<String>,
    /// Whether the account has starred it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub starred: Patch<bool>,
    /// Into the trash, or out of it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub trashed: Patch<bool>,
    /// When it was changed last.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub modified_time: Patch<DateTime>,
    /// Keys that every app sees. A key that is `None` goes, one that is not named stays.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub properties: Patch<BTreeMap<String, Option<String>>>,
    /// Keys that only this app sees, in the same way.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub app_properties: Patch<BTreeMap<String, Option<String>>>,
    /// Whether those who may write may share.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub writers_can_share: Patch<bool>,
    /// The folder to move it into. `parents` itself cannot be written.
    #[serde(skip)]
    pub add_parent: Option<String>,
    /// The folder to take it out of. A file lies in one folder, so a move needs only [`FilePatch::add_parent`] with most files.
    #[serde(skip)]
    pub remove_parent: Option<String>,
}

impl FilePatch {
    pub(crate) fn apply(&self, request: Request) -> Request {
        let request = request.query_opt("addParents", self.add_parent.as_deref());
        request.query_opt("removeParents", self.remove_parent.as_deref())
    }
}

/// Shows which fields are changed, not to what.
impl fmt::Debug for FilePatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = [
            ("name", !self.name.is_keep()),
            ("description", !self.description.is_keep()),
            ("mime_type", !self.mime_type.is_keep()),
            ("starred", !self.starred.is_keep()),
            ("trashed", !self.trashed.is_keep()),
            ("modified_time", !self.modified_time.is_keep()),
            ("properties", !self.properties.is_keep()),
            ("app_properties", !self.app_properties.is_keep()),
            ("writers_can_share", !self.writers_can_share.is_keep()),
            ("add_parent", self.add_parent.is_some()),
            ("remove_parent", self.remove_parent.is_some()),
        ];
        let changed = fields.iter().filter(|(_, changed)| *changed).map(|(name, _)| name);
        f.write_str("FilePatch ")?;
        f.debug_set().entries(changed).finish()
    }
}
