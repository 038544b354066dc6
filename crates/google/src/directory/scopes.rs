//! The scopes of the Directory API. <https://developers.google.com/workspace/admin/directory/v1/guides/authorizing>

/// See and change users.
pub const USERS: &str = "https://www.googleapis.com/auth/admin.directory.user";
/// See users.
pub const USERS_READONLY: &str = "https://www.googleapis.com/auth/admin.directory.user.readonly";
/// See and change the other addresses of users.
pub const USER_ALIASES: &str = "https://www.googleapis.com/auth/admin.directory.user.alias";
/// See the other addresses of users.
pub const USER_ALIASES_READONLY: &str = "https://www.googleapis.com/auth/admin.directory.user.alias.readonly";
/// See and end what users granted to apps.
pub const USER_SECURITY: &str = "https://www.googleapis.com/auth/admin.directory.user.security";
/// See and change groups and their members.
pub const GROUPS: &str = "https://www.googleapis.com/auth/admin.directory.group";
/// See groups and their members.
pub const GROUPS_READONLY: &str = "https://www.googleapis.com/auth/admin.directory.group.readonly";
/// See and change the members of groups.
pub const MEMBERS: &str = "https://www.googleapis.com/auth/admin.directory.group.member";
/// See the members of groups.
pub const MEMBERS_READONLY: &str = "https://www.googleapis.com/auth/admin.directory.group.member.readonly";
/// See and change organizational units.
pub const ORG_UNITS: &str = "https://www.googleapis.com/auth/admin.directory.orgunit";
/// See organizational units.
pub const ORG_UNITS_READONLY: &str = "https://www.googleapis.com/auth/admin.directory.orgunit.readonly";

/// One of these is needed to read users.
pub const TO_READ_USERS: [&str; 2] = [USERS, USERS_READONLY];
/// One of these is needed to read groups.
pub const TO_READ_GROUPS: [&str; 2] = [GROUPS, GROUPS_READONLY];
/// One of these is needed to read the members of groups.
pub const TO_READ_MEMBERS: [&str; 4] = [GROUPS, GROUPS_READONLY, MEMBERS, MEMBERS_READONLY];
