//! The Directory API of Google's Admin SDK: the users, groups and organizational units of a Workspace domain.
//! <https://developers.google.com/workspace/admin/directory/reference/rest>
//!
//! The account must administer the domain: a service account needs domain-wide delegation and an administrator as its
//! subject. Everybody else gets [`Kind::Permission`](crate::Kind::Permission), but for users in the public view.

mod aliases;
mod group;
mod groups;
mod members;
mod org_units;
pub mod scopes;
mod tokens;
mod user;
mod user_patch;
mod users;

pub use aliases::{Alias, Aliases};
pub use group::{Group, GroupPage, GroupPatch, GroupQuery};
pub use groups::Groups;
pub use members::{DeliverySettings, Member, MemberKind, MemberPage, MemberQuery, MemberRole, Members};
pub use org_units::{OrgUnit, OrgUnitPatch, OrgUnits};
pub use tokens::{AppGrant, AppGrants};
pub use user::{Of, Projection, User, UserName, UserPage, UserQuery, ViewKind};
pub use user_patch::{UserNamePatch, UserPatch};
pub use users::Users;

use crate::{Client, GoogleService};

/// The account's own Workspace customer, wherever Google wants a customer's id.
pub const MY_CUSTOMER: &str = "my_customer";

/// The Directory API for one account.
#[derive(Clone)]
pub struct Directory {
    client: Client,
}

impl GoogleService for Directory {
    const ROOT: &'static str = "https://admin.googleapis.com";
    const PATH: &'static str = "/admin/directory/v1";

    fn with(client: Client) -> Self {
        Self { client }
    }

    fn client(&self) -> &Client {
        &self.client
    }
}

impl Directory {
    /// The Directory API on this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// The people of the domain.
    pub fn users(&self) -> Users<'_> {
        Users { service: self }
    }

    /// The other addresses of one user, named by id or by any address.
    pub fn user_aliases<'a>(&'a self, user_key: &'a str) -> Aliases<'a> {
        Aliases { service: self, place: aliases::Place::User, key: user_key }
    }

    /// The groups of the domain.
    pub fn groups(&self) -> Groups<'_> {
        Groups { service: self }
    }

    /// The other addresses of one group.
    pub fn group_aliases<'a>(&'a self, group_key: &'a str) -> Aliases<'a> {
        Aliases { service: self, place: aliases::Place::Group, key: group_key }
    }

    /// The members of one group.
    pub fn members<'a>(&'a self, group_key: &'a str) -> Members<'a> {
        Members { service: self, group_key, etag: None }
    }

    /// The organizational units of the account's own customer.
    pub fn org_units(&self) -> OrgUnits<'_> {
        OrgUnits { service: self, customer: MY_CUSTOMER }
    }

    /// What one user granted to apps.
    pub fn app_grants<'a>(&'a self, user_key: &'a str) -> AppGrants<'a> {
        AppGrants { service: self, user_key }
    }
}
