use serde::Deserialize;
use serde_json::Value;

use crate::{Listed, Request, calendar::DateTime, directory::MY_CUSTOMER, resource::resource};

resource! {
    /// A user of the domain. <https://developers.google.com/workspace/admin/directory/reference/rest/v1/users>
    ///
    /// Lists whose form Google leaves open (phones, organizations and the like) are kept as JSON.
    pub struct User {
        /// The id; never changes.
        id: String = "id",
        /// The version.
        etag: String = "etag",
        /// The main address.
        primary_email: String = "primaryEmail" personal,
        /// The name.
        name: UserName = "name",
        /// The password; only ever sent.
        password: String = "password" personal,
        /// How the password is hashed: `SHA-1`, `MD5` or `crypt`; absent for plain text.
        hash_function: String = "hashFunction",
        /// Whether the user has to choose another password.
        change_password_at_next_login: bool = "changePasswordAtNextLogin",
        /// Whether the user administers everything.
        is_admin: bool = "isAdmin",
        /// Whether the user administers something.
        is_delegated_admin: bool = "isDelegatedAdmin",
        /// Whether the account is suspended.
        suspended: bool = "suspended",
        /// Why it is suspended.
        suspension_reason: String = "suspensionReason",
        /// Whether the account is archived.
        archived: bool = "archived",
        /// The path of the organizational unit, as in `/Sales/Prague`; `/` is the top one.
        org_unit_path: String = "orgUnitPath" personal,
        /// Other addresses.
        aliases: Vec<String> = "aliases" personal,
        /// Other addresses that come from the domain itself.
        non_editable_aliases: Vec<String> = "nonEditableAliases" personal,
        /// All addresses, with their kinds.
        emails: Value = "emails" personal,
        /// Telephone numbers.
        phones: Value = "phones" personal,
        /// Job titles, departments, cost centres.
        organizations: Value = "organizations" personal,
        /// Managers and other people.
        relations: Value = "relations" personal,
        /// Ids elsewhere, such as an employee's number.
        external_ids: Value = "externalIds" personal,
        /// Postal addresses.
        addresses: Value = "addresses" personal,
        /// Where the user works.
        locations: Value = "locations" personal,
        /// Languages.
        languages: Value = "languages" personal,
        /// The domain's own fields, by schema.
        custom_schemas: Value = "customSchemas" personal,
        /// An address to get back into the account.
        recovery_email: String = "recoveryEmail" personal,
        /// A number to get back into the account.
        recovery_phone: String = "recoveryPhone" personal,
        /// Whether colleagues find the user in the directory.
        include_in_global_address_list: bool = "includeInGlobalAddressList",
        /// Whether there is a mailbox already.
        is_mailbox_setup: bool = "isMailboxSetup",
        /// Whether two-step verification is on.
        is_enrolled_in_2sv: bool = "isEnrolledIn2Sv",
        /// The customer.
        customer_id: String = "customerId",
        /// When the account was made.
        creation_time: DateTime = "creationTime",
        /// When somebody signed in last; 1970 when nobody has.
        last_login_time: DateTime = "lastLoginTime",
        /// When the account was deleted.
        deletion_time: DateTime = "deletionTime",
        /// A picture.
        thumbnail_photo_url: String = "thumbnailPhotoUrl" personal,
    }
}

impl User {
    /// What Google needs to make a user.
    pub fn new(
        primary_email: impl Into<String>,
        given_name: impl Into<String>,
        family_name: impl Into<String>,
        password: impl Into<String>,
    ) -> Self {
        let name = UserName {
            given_name: Some(given_name.into()),
            family_name: Some(family_name.into()),
            ..UserName::default()
        };
        Self {
            primary_email: Some(primary_email.into()),
            name: Some(name),
            password: Some(password.into()),
            ..Self::default()
        }
    }
}

resource! {
    /// A user's name.
    pub struct UserName {
        /// The given name.
        given_name: String = "givenName" personal,
        /// The family name.
        family_name: String = "familyName" personal,
        /// Both, put together by Google.
        full_name: String = "fullName" personal,
        /// As it is shown.
        display_name: String = "displayName" personal,
    }
}

/// Where to look for users and groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Of {
    /// All domains of the account's own customer.
    #[default]
    MyCustomer,
    /// All domains of the customer with this id.
    Customer(String),
    /// One domain.
    Domain(String),
}

impl Of {
    pub(crate) fn apply(&self, request: Request) -> Request {
        match self {
            Self::MyCustomer => request.query("customer", MY_CUSTOMER),
            Self::Customer(id) => request.query("customer", id),
            Self::Domain(domain) => request.query("domain", domain),
        }
    }
}

/// How much of a user is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Projection {
    /// Without the domain's own fields. The default.
    #[default]
    Basic,
    /// With the domain's own fields of these schemas.
    Custom(Vec<String>),
    /// Everything.
    Full,
}

/// Whose view of users is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ViewKind {
    /// An administrator's.
    #[default]
    AdminView,
    /// What everybody of the domain sees; open to everybody of it.
    DomainPublic,
}

/// Which users to list.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct UserQuery {
    /// Where to look.
    pub of: Of,
    /// In Google's own language, such as `orgUnitPath='/Sales' isSuspended=false`.
    /// <https://developers.google.com/workspace/admin/directory/v1/guides/search-users>
    pub query: Option<String>,
    /// `email`, `givenName` or `familyName`, `desc` behind it for the other way round.
    pub order_by: Option<String>,
    /// Those deleted in the last 20 days, and only those.
    pub deleted: bool,
    /// How much of each.
    pub projection: Projection,
    /// Whose view.
    pub view: ViewKind,
    /// Users a page at most, 1 to 500. Google's own default is 100.
    pub max_results: Option<u32>,
    /// The page with this token, which is good for three days.
    pub page_token: Option<String>,
}

/// Does not show what is searched for.
impl std::fmt::Debug for UserQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserQuery").field("of", &self.of).field("deleted", &self.deleted).finish_non_exhaustive()
    }
}

impl UserQuery {
    pub(crate) fn apply(&self, request: Request) -> Request {
        let count = self.max_results.map(|count| count.clamp(1, 500).to_string());
        let order = self.order_by.as_deref().map(|order| order.trim());
        let (order, down) = match order.and_then(|order| order.strip_suffix(" desc")) {
            Some(order) => (Some(order), true),
            None => (order, false),
        };
        let request = self
            .of
            .apply(request)
            .query_opt("query", self.query.as_deref())
            .query_opt("orderBy", order)
            .query_opt("sortOrder", down.then_some("DESCENDING"))
            .query_opt("showDeleted", self.deleted.then_some("true"))
            .query_opt("maxResults", count.as_deref())
            .query_opt("pageToken", self.page_token.as_deref());
        shaped(request, &self.projection, self.view)
    }
}

pub(crate) fn shaped(request: Request, projection: &Projection, view: ViewKind) -> Request {
    let request = match projection {
        Projection::Basic => request,
        Projection::Custom(schemas) => {
            request.query("projection", "custom").query("customFieldMask", &schemas.join(","))
        }
        Projection::Full => request.query("projection", "full"),
    };
    request.query_opt("viewType", (view == ViewKind::DomainPublic).then_some("domain_public"))
}

/// One page of users.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserPage {
    /// The users.
    pub users: Listed<User>,
    /// The next page, if there is one.
    pub next_page_token: Option<String>,
}
