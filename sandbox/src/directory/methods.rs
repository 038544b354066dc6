//! The methods of the Directory API that the sandbox has, with the paths and scopes of the discovery document (revision
//! 20261104).

use http::Method as Verb;

use super::{aliases, groups, members, org_units, tokens, users};
use crate::http::{
    Method,
    method::{Scopes, method, scopes},
};

const GROUPS: Scopes = scopes!["admin.directory.group"];
const GROUPS_GET: Scopes = scopes!["admin.directory.group", "admin.directory.group.readonly"];
const MEMBERS: Scopes = scopes!["admin.directory.group", "admin.directory.group.member"];
const MEMBERS_GET: Scopes = scopes![
    "admin.directory.group",
    "admin.directory.group.member",
    "admin.directory.group.member.readonly",
    "admin.directory.group.readonly"
];
const ORG_UNITS: Scopes = scopes!["admin.directory.orgunit"];
const ORG_UNITS_GET: Scopes = scopes!["admin.directory.orgunit", "admin.directory.orgunit.readonly"];
const TOKENS: Scopes = scopes!["admin.directory.user.security"];
const USERS: Scopes = scopes!["admin.directory.user"];
const USERS_GET: Scopes = scopes!["admin.directory.user", "admin.directory.user.readonly"];
const USERS_LIST: Scopes = scopes!["admin.directory.user", "admin.directory.user.readonly", "cloud-platform"];
const USER_ALIASES: Scopes = scopes!["admin.directory.user", "admin.directory.user.alias"];
const USER_ALIASES_LIST: Scopes = scopes![
    "admin.directory.user",
    "admin.directory.user.alias",
    "admin.directory.user.alias.readonly",
    "admin.directory.user.readonly"
];

/// The methods.
pub fn all() -> &'static [Method] {
    &METHODS
}

static METHODS: [Method; 36] = [
    method("directory.groups.delete", Verb::DELETE, "/admin/directory/v1/groups/{groupKey}", GROUPS, groups::delete),
    method("directory.groups.get", Verb::GET, "/admin/directory/v1/groups/{groupKey}", GROUPS_GET, groups::get),
    method("directory.groups.insert", Verb::POST, "/admin/directory/v1/groups", GROUPS, groups::insert),
    method("directory.groups.list", Verb::GET, "/admin/directory/v1/groups", GROUPS_GET, groups::list),
    method("directory.groups.patch", Verb::PATCH, "/admin/directory/v1/groups/{groupKey}", GROUPS, groups::patch),
    method("directory.groups.update", Verb::PUT, "/admin/directory/v1/groups/{groupKey}", GROUPS, groups::patch),
    method(
        "directory.groups.aliases.delete",
        Verb::DELETE,
        "/admin/directory/v1/groups/{groupKey}/aliases/{alias}",
        GROUPS,
        aliases::delete,
    ),
    method(
        "directory.groups.aliases.insert",
        Verb::POST,
        "/admin/directory/v1/groups/{groupKey}/aliases",
        GROUPS,
        aliases::insert,
    ),
    method(
        "directory.groups.aliases.list",
        Verb::GET,
        "/admin/directory/v1/groups/{groupKey}/aliases",
        GROUPS_GET,
        aliases::list,
    ),
    method(
        "directory.members.delete",
        Verb::DELETE,
        "/admin/directory/v1/groups/{groupKey}/members/{memberKey}",
        MEMBERS,
        members::delete,
    ),
    method(
        "directory.members.get",
        Verb::GET,
        "/admin/directory/v1/groups/{groupKey}/members/{memberKey}",
        MEMBERS_GET,
        members::get,
    ),
    method(
        "directory.members.hasMember",
        Verb::GET,
        "/admin/directory/v1/groups/{groupKey}/hasMember/{memberKey}",
        MEMBERS_GET,
        members::has_member,
    ),
    method(
        "directory.members.insert",
        Verb::POST,
        "/admin/directory/v1/groups/{groupKey}/members",
        MEMBERS,
        members::insert,
    ),
    method(
        "directory.members.list",
        Verb::GET,
        "/admin/directory/v1/groups/{groupKey}/members",
        MEMBERS_GET,
        members::list,
    ),
    method(
        "directory.members.patch",
        Verb::PATCH,
        "/admin/directory/v1/groups/{groupKey}/members/{memberKey}",
        MEMBERS,
        members::patch,
    ),
    method(
        "directory.members.update",
        Verb::PUT,
        "/admin/directory/v1/groups/{groupKey}/members/{memberKey}",
        MEMBERS,
        members::patch,
    ),
    method(
        "directory.orgunits.delete",
        Verb::DELETE,
        "/admin/directory/v1/customer/{customerId}/orgunits/{+orgUnitPath}",
        ORG_UNITS,
        org_units::delete,
    ),
    method(
        "directory.orgunits.get",
        Verb::GET,
        "/admin/directory/v1/customer/{customerId}/orgunits/{+orgUnitPath}",
        ORG_UNITS_GET,
        org_units::get,
    ),
    method(
        "directory.orgunits.insert",
        Verb::POST,
        "/admin/directory/v1/customer/{customerId}/orgunits",
        ORG_UNITS,
        org_units::insert,
    ),
    method(
        "directory.orgunits.list",
        Verb::GET,
        "/admin/directory/v1/customer/{customerId}/orgunits",
        ORG_UNITS_GET,
        org_units::list,
    ),
    method(
        "directory.orgunits.patch",
        Verb::PATCH,
        "/admin/directory/v1/customer/{customerId}/orgunits/{+orgUnitPath}",
        ORG_UNITS,
        org_units::patch,
    ),
    method(
        "directory.orgunits.update",
        Verb::PUT,
        "/admin/directory/v1/customer/{customerId}/orgunits/{+orgUnitPath}",
        ORG_UNITS,
        org_units::patch,
    ),
    method(
        "directory.tokens.delete",
        Verb::DELETE,
        "/admin/directory/v1/users/{userKey}/tokens/{clientId}",
        TOKENS,
        tokens::delete,
    ),
    method(
        "directory.tokens.get",
        Verb::GET,
        "/admin/directory/v1/users/{userKey}/tokens/{clientId}",
        TOKENS,
        tokens::get,
    ),
    method("directory.tokens.list", Verb::GET, "/admin/directory/v1/users/{userKey}/tokens", TOKENS, tokens::list),
    method("directory.users.delete", Verb::DELETE, "/admin/directory/v1/users/{userKey}", USERS, users::delete),
    method("directory.users.get", Verb::GET, "/admin/directory/v1/users/{userKey}", USERS_GET, users::get),
    method("directory.users.insert", Verb::POST, "/admin/directory/v1/users", USERS, users::insert),
    method("directory.users.list", Verb::GET, "/admin/directory/v1/users", USERS_LIST, users::list),
    method(
        "directory.users.makeAdmin",
        Verb::POST,
        "/admin/directory/v1/users/{userKey}/makeAdmin",
        USERS,
        users::make_admin,
    ),
    method("directory.users.patch", Verb::PATCH, "/admin/directory/v1/users/{userKey}", USERS, users::patch),
    method(
        "directory.users.undelete",
        Verb::POST,
        "/admin/directory/v1/users/{userKey}/undelete",
        USERS,
        users::undelete,
    ),
    method("directory.users.update", Verb::PUT, "/admin/directory/v1/users/{userKey}", USERS, users::patch),
    method(
        "directory.users.aliases.delete",
        Verb::DELETE,
        "/admin/directory/v1/users/{userKey}/aliases/{alias}",
        USER_ALIASES,
        aliases::delete,
    ),
    method(
        "directory.users.aliases.insert",
        Verb::POST,
        "/admin/directory/v1/users/{userKey}/aliases",
        USER_ALIASES,
        aliases::insert,
    ),
    method(
        "directory.users.aliases.list",
        Verb::GET,
        "/admin/directory/v1/users/{userKey}/aliases",
        USER_ALIASES_LIST,
        aliases::list,
    ),
];
