use serde::Deserialize;

use crate::{
    Error, GoogleService, Items, Listed, Page, Request,
    directory::Directory,
    paging::items,
    resource::{open_enum, resource},
};

/// The members of one group. A member's key is the id or the address.
/// <https://developers.google.com/workspace/admin/directory/reference/rest/v1/members>
#[derive(Clone, Copy)]
pub struct Members<'a> {
    pub(crate) service: &'a Directory,
    pub(crate) group_key: &'a str,
    pub(crate) etag: Option<&'a str>,
}

open_enum! {
    /// What a member may do with the group.
    pub enum MemberRole {
        /// Everything.
        Owner = "OWNER",
        /// To add and remove members.
        Manager = "MANAGER",
        /// To get what is sent to it.
        Member = "MEMBER",
    }
}

open_enum! {
    /// What a member is.
    pub enum MemberKind {
        /// A person.
        User = "USER",
        /// Another group.
        Group = "GROUP",
        /// Somebody without an account of the customer's.
        External = "EXTERNAL",
        /// Everybody of the customer's.
        Customer = "CUSTOMER",
    }
}

open_enum! {
    /// How a member gets what is sent to the group.
    pub enum DeliverySettings {
        /// Each message.
        AllMail = "ALL_MAIL",
        /// A summary a day.
        Daily = "DAILY",
        /// Up to 25 messages in one.
        Digest = "DIGEST",
        /// Not at all, because the address is dead.
        Disabled = "DISABLED",
        /// Not at all.
        NoMail = "NONE",
    }
}

resource! {
    /// A member of a group.
    pub struct Member {
        /// The id of the user or group; absent for addresses elsewhere.
        id: String = "id",
        /// The version.
        etag: String = "etag",
        /// The address.
        email: String = "email" personal,
        /// What the member may do.
        role: MemberRole = "role",
        /// What the member is.
        kind_of_member: MemberKind = "type",
        /// `ACTIVE`, `SUSPENDED` and the like.
        status: String = "status",
        /// How the member gets messages.
        delivery_settings: DeliverySettings = "delivery_settings",
    }
}

impl Member {
    /// A member of that address.
    pub fn new(email: impl Into<String>, role: MemberRole) -> Self {
        Self { email: Some(email.into()), role: Some(role), ..Self::default() }
    }
}

/// Which members to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberQuery {
    /// Only those of these roles; all when it is empty.
    pub roles: Vec<MemberRole>,
    /// The members of groups that are members, too.
    pub derived: bool,
    /// Members a page at most, 1 to 200, which is Google's own default too.
    pub max_results: Option<u32>,
    /// The page with this token.
    pub page_token: Option<String>,
}

/// One page of members.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MemberPage {
    /// The members.
    pub members: Listed<Member>,
    /// The next page, if there is one.
    pub next_page_token: Option<String>,
}

const ONE: &str = "/groups/{}/members/{}";

impl<'a> Members<'a> {
    /// The same, patching or updating a member only while it still has this etag; else it is
    /// [`Kind::PreconditionFailed`](crate::Kind::PreconditionFailed).
    pub fn if_match(mut self, etag: &'a str) -> Self {
        self.etag = Some(etag);
        self
    }

    /// One page of members.
    pub async fn list(self, query: &MemberQuery) -> Result<MemberPage, Error> {
        let roles: Vec<&str> = query.roles.iter().map(MemberRole::as_str).collect();
        let roles = roles.join(",");
        let count = query.max_results.map(|count| count.clamp(1, 200).to_string());
        let request = self.service.get("directory.members.list", "/groups/{}/members", &[self.group_key]);
        let request = request
            .query_opt("roles", Some(roles.as_str()).filter(|roles| !roles.is_empty()))
            .query_opt("includeDerivedMembership", query.derived.then_some("true"))
            .query_opt("maxResults", count.as_deref())
            .query_opt("pageToken", query.page_token.as_deref());
        self.service.client().json(request).await
    }

    /// The members, one after the other; pages are asked for as they are needed.
    pub fn list_all(self, query: MemberQuery) -> Items<'a, Member> {
        items("directory.members.list", query.page_token.clone(), move |page_token| {
            let query = MemberQuery { page_token, ..query.clone() };
            async move {
                let page = self.list(&query).await?;
                Ok(Page { items: page.members, next: page.next_page_token })
            }
        })
    }

    /// One member.
    pub async fn get(self, member_key: &str) -> Result<Member, Error> {
        self.service.client().json(self.get_request(member_key)).await
    }

    /// The call of [`Members::get`], for a [batch](GoogleService::batch).
    pub fn get_request(self, member_key: &str) -> Request {
        self.service.get("directory.members.get", ONE, &[self.group_key, member_key])
    }

    /// Adds a member. A second sending is refused as [`Kind::Duplicate`](crate::Kind::Duplicate), so that it is repeated.
    pub async fn insert(self, member: &Member) -> Result<Member, Error> {
        self.service.client().json(self.insert_request(member)).await
    }

    /// The call of [`Members::insert`], for a [batch](GoogleService::batch).
    pub fn insert_request(self, member: &Member) -> Request {
        let request = self.service.post("directory.members.insert", "/groups/{}/members", &[self.group_key]);
        request.json(member).repeatable()
    }

    /// Changes what a member may do.
    pub async fn patch(self, member_key: &str, role: MemberRole) -> Result<Member, Error> {
        self.service.client().json(self.patch_request(member_key, role)).await
    }

    /// The call of [`Members::patch`], for a [batch](GoogleService::batch).
    pub fn patch_request(self, member_key: &str, role: MemberRole) -> Request {
        let request = self.service.patch("directory.members.patch", ONE, &[self.group_key, member_key]);
        let change = Member { role: Some(role), ..Member::default() };
        request.if_match_opt(self.etag).json(&change).repeatable()
    }

    /// Replaces what is said of a member.
    pub async fn update(self, member_key: &str, member: &Member) -> Result<Member, Error> {
        let request = self.service.put("directory.members.update", ONE, &[self.group_key, member_key]);
        self.service.client().json(request.if_match_opt(self.etag).json(member)).await
    }

    /// Takes a member out.
    pub async fn delete(self, member_key: &str) -> Result<(), Error> {
        self.service.client().no_content(self.delete_request(member_key)).await
    }

    /// The call of [`Members::delete`], for a [batch](GoogleService::batch).
    pub fn delete_request(self, member_key: &str) -> Request {
        self.service.delete_request("directory.members.delete", ONE, &[self.group_key, member_key])
    }

    /// Whether somebody of the domain is a member, directly or through other groups.
    pub async fn has_member(self, member_key: &str) -> Result<bool, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        #[derive(Default)]
        struct Has {
            is_member: bool,
        }
        let ids = [self.group_key, member_key];
        let request = self.service.get("directory.members.hasMember", "/groups/{}/hasMember/{}", &ids);
        self.service.client().json::<Has>(request).await.map(|has| has.is_member)
    }
}
