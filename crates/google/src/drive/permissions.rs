use serde::Deserialize;

use crate::{
    Error, GoogleService, Items, Listed, Page, Request,
    calendar::DateTime,
    drive::Drive,
    paging::items,
    resource::{open_enum, resource},
};

/// The fields that this library knows; without asking Drive answers fewer.
const FIELDS: &str = "kind,id,type,role,emailAddress,domain,displayName,photoLink,allowFileDiscovery,expirationTime,deleted,\
    pendingOwner,view,permissionDetails";

/// Who may do what with one file. <https://developers.google.com/workspace/drive/api/guides/manage-sharing>
#[derive(Clone, Copy)]
pub struct Permissions<'a> {
    pub(crate) service: &'a Drive,
    pub(crate) file_id: &'a str,
}

open_enum! {
    /// Whom a permission is for.
    pub enum Grantee {
        /// One person.
        User = "user",
        /// The members of a group.
        Group = "group",
        /// Everybody of a domain.
        Domain = "domain",
        /// Everybody who has the link.
        Anyone = "anyone",
    }
}

open_enum! {
    /// What a permission allows.
    pub enum PermissionRole {
        /// Everything, and the file counts to this person's storage.
        Owner = "owner",
        /// Everything in a shared drive.
        Organizer = "organizer",
        /// Moving and deleting in a shared drive.
        FileOrganizer = "fileOrganizer",
        /// To change.
        Writer = "writer",
        /// To comment.
        Commenter = "commenter",
        /// To read.
        Reader = "reader",
    }
}

resource! {
    /// One permission. <https://developers.google.com/workspace/drive/api/reference/rest/v3/permissions>
    pub struct Permission {
        /// Its id: the same for a person on all files.
        id: String = "id",
        /// Whom it is for.
        grantee: Grantee = "type",
        /// What it allows.
        role: PermissionRole = "role",
        /// The address of a person or group.
        email_address: String = "emailAddress" personal,
        /// The domain.
        domain: String = "domain" personal,
        /// The name of the person, group or domain.
        display_name: String = "displayName" personal,
        /// Whether those of the domain, or anyone, find the file by searching.
        allow_file_discovery: bool = "allowFileDiscovery",
        /// When it ends.
        expiration_time: DateTime = "expirationTime",
        /// Whether the account that it is for was deleted.
        deleted: bool = "deleted",
        /// Whether the person was asked to take the file over.
        pending_owner: bool = "pendingOwner",
    }
}

impl Permission {
    /// A permission for one person.
    pub fn user(address: impl Into<String>, role: PermissionRole) -> Self {
        let (grantee, email_address) = (Some(Grantee::User), Some(address.into()));
        Self { grantee, role: Some(role), email_address, ..Self::default() }
    }

    /// A permission for a group.
    pub fn group(address: impl Into<String>, role: PermissionRole) -> Self {
        Self { grantee: Some(Grantee::Group), ..Self::user(address, role) }
    }

    /// A permission for everybody of a domain.
    pub fn domain(domain: impl Into<String>, role: PermissionRole) -> Self {
        Self { grantee: Some(Grantee::Domain), role: Some(role), domain: Some(domain.into()), ..Self::default() }
    }

    /// A permission for everybody who has the link.
    pub fn anyone(role: PermissionRole) -> Self {
        Self { grantee: Some(Grantee::Anyone), role: Some(role), ..Self::default() }
    }
}

/// How to share.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Share<'a> {
    /// Whether Google mails the person or group. A new owner is mailed always. The default is not to.
    pub notify: bool,
    /// What stands in the mail.
    pub message: Option<&'a str>,
    /// Makes the person the owner. Needed with [`PermissionRole::Owner`].
    pub transfer_ownership: bool,
}

/// Which permissions to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PermissionQuery {
    /// The page with this token.
    pub page_token: Option<String>,
    /// Permissions a page at most, 1 to 100.
    pub page_size: Option<u32>,
}

/// One page of permissions.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PermissionPage {
    /// The permissions.
    pub permissions: Listed<Permission>,
    /// The next page, if there is one.
    pub next_page_token: Option<String>,
}

impl<'a> Permissions<'a> {
    fn shaped(request: Request) -> Request {
        request.query("fields", FIELDS).query("supportsAllDrives", "true")
    }

    /// One page of permissions.
    pub async fn list(self, query: &PermissionQuery) -> Result<PermissionPage, Error> {
        let request = self.service.get("drive.permissions.list", "/files/{}/permissions", &[self.file_id]);
        let size = query.page_size.map(|size| size.clamp(1, 100).to_string());
        let request = request
            .query_opt("pageToken", query.page_token.as_deref())
            .query_opt("pageSize", size.as_deref())
            .query("supportsAllDrives", "true")
            .query("fields", &format!("kind,nextPageToken,permissions({FIELDS})"));
        self.service.client().json(request).await
    }

    /// The permissions, one after the other; pages are asked for as they are needed.
    pub fn list_all(self, query: PermissionQuery) -> Items<'a, Permission> {
        items("drive.permissions.list", query.page_token.clone(), move |page_token| {
            let query = PermissionQuery { page_token, ..query.clone() };
            async move {
                let page = self.list(&query).await?;
                Ok(Page { items: page.permissions, next: page.next_page_token })
            }
        })
    }

    /// One permission.
    pub async fn get(self, permission_id: &str) -> Result<Permission, Error> {
        let ids = [self.file_id, permission_id];
        let request = self.service.get("drive.permissions.get", "/files/{}/permissions/{}", &ids);
        self.service.client().json(Self::shaped(request)).await
    }

    /// Shares the file. A second permission for the same person takes the place of the first, so that it may be sent
    /// again unless it mails somebody.
    pub async fn create(self, permission: &Permission, share: &Share<'_>) -> Result<Permission, Error> {
        self.service.client().json(self.create_request(permission, share)).await
    }

    /// The call of [`Permissions::create`], for a [batch](GoogleService::batch). Google carries out one change of the same
    /// file at a time: of several in one batch some may be refused, and are sent again.
    pub fn create_request(self, permission: &Permission, share: &Share<'_>) -> Request {
        let request = self.service.post("drive.permissions.create", "/files/{}/permissions", &[self.file_id]);
        // Google knows this parameter for persons and groups only.
        let is_mailed = matches!(permission.grantee, Some(Grantee::User | Grantee::Group));
        let notify = if share.notify { "true" } else { "false" };
        let request = Self::shaped(request)
            .query_opt("sendNotificationEmail", (is_mailed && !share.transfer_ownership).then_some(notify))
            .query_opt("emailMessage", share.message.filter(|_| share.notify))
            .query_opt("transferOwnership", share.transfer_ownership.then_some("true"))
            .json(permission);
        if share.notify || share.transfer_ownership { request } else { request.repeatable() }
    }

    /// Changes what a permission allows.
    pub async fn update(
        self,
        permission_id: &str,
        role: PermissionRole,
        transfer_ownership: bool,
    ) -> Result<Permission, Error> {
        self.service.client().json(self.update_request(permission_id, role, transfer_ownership)).await
    }

    /// The call of [`Permissions::update`], for a [batch](GoogleService::batch).
    pub fn update_request(self, permission_id: &str, role: PermissionRole, transfer_ownership: bool) -> Request {
        let ids = [self.file_id, permission_id];
        let request = self.service.patch("drive.permissions.update", "/files/{}/permissions/{}", &ids);
        let request = Self::shaped(request)
            .query_opt("transferOwnership", transfer_ownership.then_some("true"))
            .json(&Permission { role: Some(role), ..Permission::default() });
        if transfer_ownership { request } else { request.repeatable() }
    }

    /// Takes a permission back. [`Error::is_absent`] means that it was gone already.
    pub async fn delete(self, permission_id: &str) -> Result<(), Error> {
        self.service.client().no_content(self.delete_request(permission_id)).await
    }

    /// The call of [`Permissions::delete`], for a [batch](GoogleService::batch).
    pub fn delete_request(self, permission_id: &str) -> Request {
        let ids = [self.file_id, permission_id];
        let request = self.service.delete_request("drive.permissions.delete", "/files/{}/permissions/{}", &ids);
        request.query("supportsAllDrives", "true")
    }
}
