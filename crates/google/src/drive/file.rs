use std::collections::BTreeMap;

use crate::{calendar::DateTime, drive::Permission, int64::Int64, resource::resource};

/// The type of a folder.
pub const FOLDER: &str = "application/vnd.google-apps.folder";

/// The fields of a file that this library knows, as Google's `fields` parameter wants them: without it Drive answers
/// only kind, id, name and type.
pub const FILE_FIELDS: &str = "kind,id,name,mimeType,description,starred,trashed,explicitlyTrashed,trashedTime,parents,\
    properties,appProperties,version,size,quotaBytesUsed,md5Checksum,sha1Checksum,sha256Checksum,headRevisionId,originalFilename,\
    fileExtension,createdTime,modifiedTime,viewedByMeTime,sharedWithMeTime,webViewLink,webContentLink,iconLink,owners,\
    lastModifyingUser,sharingUser,shared,ownedByMe,driveId,capabilities,permissions,permissionIds,shortcutDetails,\
    writersCanShare,exportLinks";

resource! {
    /// The metadata of a file, a folder or a shortcut.
    /// <https://developers.google.com/workspace/drive/api/reference/rest/v3/files>
    pub struct File {
        /// Its id. To be chosen by the caller of `create` and `copy`, from [`Files::generate_ids`](crate::drive::Files::generate_ids).
        id: String = "id",
        /// Its name; several files in one folder may have the same.
        name: String = "name" personal,
        /// Its media type; see [`FOLDER`].
        mime_type: String = "mimeType",
        /// What somebody wrote about it.
        description: String = "description" personal,
        /// Whether the account has starred it.
        starred: bool = "starred",
        /// Whether it lies in the trash, by itself or with its folder.
        trashed: bool = "trashed",
        /// Whether it was put into the trash itself.
        explicitly_trashed: bool = "explicitlyTrashed",
        /// When it was put into the trash.
        trashed_time: DateTime = "trashedTime",
        /// The folder that it lies in: one, or none when the account cannot see it.
        parents: Vec<String> = "parents",
        /// Keys that every app sees.
        properties: BTreeMap<String, String> = "properties" personal,
        /// Keys that only this app sees.
        app_properties: BTreeMap<String, String> = "appProperties" personal,
        /// Rises with every change that Google makes to it, even those that the account does not see.
        version: Int64 = "version",
        /// The size of its content in bytes; absent for folders.
        size: Int64 = "size",
        /// What it takes of the quota, in bytes.
        quota_bytes_used: Int64 = "quotaBytesUsed",
        /// The MD5 of its content, hexadecimal; absent for Google's own documents.
        md5_checksum: String = "md5Checksum",
        /// The SHA-1 of its content, hexadecimal.
        sha1_checksum: String = "sha1Checksum",
        /// The SHA-256 of its content, hexadecimal.
        sha256_checksum: String = "sha256Checksum",
        /// The revision of its content.
        head_revision_id: String = "headRevisionId",
        /// The name that it was uploaded with.
        original_filename: String = "originalFilename" personal,
        /// What stands behind the last dot of its name.
        file_extension: String = "fileExtension",
        /// When it was made.
        created_time: DateTime = "createdTime",
        /// When somebody changed it last.
        modified_time: DateTime = "modifiedTime",
        /// When the account looked at it last.
        viewed_by_me_time: DateTime = "viewedByMeTime",
        /// When it was shared with the account.
        shared_with_me_time: DateTime = "sharedWithMeTime",
        /// Where a browser shows it.
        web_view_link: String = "webViewLink" personal,
        /// Where a browser downloads it.
        web_content_link: String = "webContentLink" personal,
        /// Its icon.
        icon_link: String = "iconLink",
        /// Whose it is; absent in shared drives.
        owners: Vec<DriveUser> = "owners",
        /// Who changed it last.
        last_modifying_user: DriveUser = "lastModifyingUser",
        /// Who shared it with the account.
        sharing_user: DriveUser = "sharingUser",
        /// Whether others may see it.
        shared: bool = "shared",
        /// Whether it is the account's own.
        owned_by_me: bool = "ownedByMe",
        /// The shared drive that it lies in.
        drive_id: String = "driveId",
        /// What the account may do with it, such as `canEdit`.
        capabilities: BTreeMap<String, bool> = "capabilities",
        /// Who may do what with it, if the account may share it.
        permissions: Vec<Permission> = "permissions",
        /// The ids of those permissions.
        permission_ids: Vec<String> = "permissionIds",
        /// Where a shortcut leads.
        shortcut_details: ShortcutDetails = "shortcutDetails",
        /// Whether those who may write may share.
        writers_can_share: bool = "writersCanShare",
        /// Where one of Google's own documents is exported, by type.
        export_links: BTreeMap<String, String> = "exportLinks" personal,
    }
}

impl File {
    /// A file of that name.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }

    /// A folder of that name.
    pub fn folder(name: impl Into<String>) -> Self {
        Self { mime_type: Some(FOLDER.to_owned()), ..Self::named(name) }
    }

    /// The same in that folder.
    pub fn in_folder(mut self, folder_id: impl Into<String>) -> Self {
        self.parents = Some(vec![folder_id.into()]);
        self
    }

    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        self.mime_type.as_deref() == Some(FOLDER)
    }
}

resource! {
    /// Where a shortcut leads.
    pub struct ShortcutDetails {
        /// The file.
        target_id: String = "targetId",
        /// Its type.
        target_mime_type: String = "targetMimeType",
    }
}

resource! {
    /// A person as Drive shows them.
    pub struct DriveUser {
        /// Name.
        display_name: String = "displayName" personal,
        /// Address; absent when the person hides it.
        email_address: String = "emailAddress" personal,
        /// The id of the person's permissions.
        permission_id: String = "permissionId",
        /// Whether it is the account itself.
        me: bool = "me",
        /// A picture.
        photo_link: String = "photoLink" personal,
    }
}
