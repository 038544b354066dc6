use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Int64, Listed, Patch, Request, directory::Of, resource::resource};

resource! {
    /// A group: an address that stands for several. It is no mailbox, and nobody can act as it.
    /// <https://developers.google.com/workspace/admin/directory/reference/rest/v1/groups>
    pub struct Group {
        /// The id; never changes.
        id: String = "id",
        /// The version.
        etag: String = "etag",
        /// The address.
        email: String = "email" personal,
        /// The name.
        name: String = "name" personal,
        /// What it is for.
        description: String = "description" personal,
        /// How many members it has directly.
        direct_members_count: Int64 = "directMembersCount",
        /// Whether an administrator made it.
        admin_created: bool = "adminCreated",
        /// Other addresses.
        aliases: Vec<String> = "aliases" personal,
        /// Other addresses that come from the domain itself.
        non_editable_aliases: Vec<String> = "nonEditableAliases" personal,
    }
}

impl Group {
    /// A group of that address and name.
    pub fn new(email: impl Into<String>, name: impl Into<String>) -> Self {
        Self { email: Some(email.into()), name: Some(name.into()), ..Self::default() }
    }
}

/// A change of some fields of a group; the rest stays.
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupPatch {
    /// Another address; the old one becomes an alias.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub email: Patch<String>,
    /// The name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub name: Patch<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub description: Patch<String>,
}

/// Shows nothing of what is changed.
impl fmt::Debug for GroupPatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupPatch").finish_non_exhaustive()
    }
}

/// Which groups to list.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct GroupQuery {
    /// Where to look.
    pub of: Of,
    /// Only the groups that this user or group is a member of directly. It may be of another customer's.
    pub user_key: Option<String>,
    /// In Google's own language, such as `name:Sales*`.
    /// <https://developers.google.com/workspace/admin/directory/v1/guides/search-groups>
    pub query: Option<String>,
    /// Groups a page at most, 1 to 200, which is Google's own default too.
    pub max_results: Option<u32>,
    /// The page with this token.
    pub page_token: Option<String>,
}

/// Does not show what is searched for.
impl fmt::Debug for GroupQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupQuery").field("of", &self.of).finish_non_exhaustive()
    }
}

impl GroupQuery {
    pub(crate) fn apply(&self, request: Request) -> Request {
        let count = self.max_results.map(|count| count.clamp(1, 200).to_string());
        let request = match (&self.user_key, &self.of) {
            // A member's groups are those of all customers, so that Google refuses both at once.
            (Some(user), Of::MyCustomer) => request.query("userKey", user),
            (user, of) => of.apply(request).query_opt("userKey", user.as_deref()),
        };
        request
            .query_opt("query", self.query.as_deref())
            .query_opt("maxResults", count.as_deref())
            .query_opt("pageToken", self.page_token.as_deref())
    }
}

/// One page of groups.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GroupPage {
    /// The groups.
    pub groups: Listed<Group>,
    /// The next page, if there is one.
    pub next_page_token: Option<String>,
}
