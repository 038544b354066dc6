use std::collections::BTreeMap;

use crate::{drive::DriveUser, int64::Int64, resource::resource};

pub(crate) const FIELDS: &str = "kind,user,storageQuota,maxUploadSize,exportFormats,importFormats,canCreateDrives";

resource! {
    /// The account and its storage. <https://developers.google.com/workspace/drive/api/reference/rest/v3/about>
    pub struct About {
        /// The account.
        user: DriveUser = "user",
        /// How much it holds.
        storage_quota: StorageQuota = "storageQuota",
        /// The largest file that may be uploaded, in bytes.
        max_upload_size: Int64 = "maxUploadSize",
        /// Into what each type can be exported.
        export_formats: BTreeMap<String, Vec<String>> = "exportFormats",
        /// Into what each type can be converted.
        import_formats: BTreeMap<String, Vec<String>> = "importFormats",
        /// Whether the account may make shared drives.
        can_create_drives: bool = "canCreateDrives",
    }
}

resource! {
    /// Storage, in bytes.
    pub struct StorageQuota {
        /// The most that the account may hold; absent when there is no limit.
        limit: Int64 = "limit",
        /// Used by all services.
        usage: Int64 = "usage",
        /// Used by Drive.
        usage_in_drive: Int64 = "usageInDrive",
        /// Used by what lies in the trash.
        usage_in_drive_trash: Int64 = "usageInDriveTrash",
    }
}
