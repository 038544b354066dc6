use serde::Deserialize;
use serde_json::json;

use crate::{
    Error, GoogleService, Items, Kind, Listed, Page, Request, items,
    people::{KeyValue, People, Status, id_in},
    resource::{open_enum, resource},
};

/// The most people that one call puts into a group or takes out of it, both together.
pub const MOST_MEMBERS_CHANGED: usize = 1000;

/// The contact groups, which Google's pages call labels.
/// <https://developers.google.com/people/api/rest/v1/contactGroups>
#[derive(Clone, Copy)]
pub struct ContactGroups<'a> {
    pub(crate) service: &'a People,
}

open_enum! {
    /// Whose group it is.
    pub enum GroupType {
        /// The account's own.
        User = "USER_CONTACT_GROUP",
        /// Google's. Of these only `myContacts` and `starred` take new members.
        System = "SYSTEM_CONTACT_GROUP",
    }
}

open_enum! {
    /// A part of a group, in the masks that say what is read or written.
    pub enum GroupField {
        /// Data of programs.
        ClientData = "clientData",
        /// Whose it is.
        GroupType = "groupType",
        /// How many are in it.
        MemberCount = "memberCount",
        /// When it changed.
        Metadata = "metadata",
        /// What it is called.
        Name = "name",
    }
}

resource! {
    /// A contact group.
    pub struct ContactGroup {
        /// Its name for the API, such as `contactGroups/myContacts`.
        resource_name: String = "resourceName",
        /// Its version.
        etag: String = "etag",
        /// When it changed.
        metadata: ContactGroupMetadata = "metadata",
        /// Whose it is.
        group_type: GroupType = "groupType",
        /// What it is called. No two groups of an account have the same name.
        name: String = "name" personal,
        /// The name in the account's language.
        formatted_name: String = "formattedName" personal,
        /// Its members, as far as they were asked for.
        member_resource_names: Vec<String> = "memberResourceNames",
        /// How many members it has; absent when there is none.
        member_count: i32 = "memberCount",
        /// Data that programs keep with the group.
        client_data: Vec<KeyValue> = "clientData" personal,
    }
}

resource! {
    /// What is said of a contact group.
    pub struct ContactGroupMetadata {
        /// When it last changed, RFC 3339.
        update_time: String = "updateTime",
        /// Whether it was deleted. Only in an increment.
        deleted: bool = "deleted",
    }
}

resource! {
    /// What became of one group in a batch.
    pub struct ContactGroupResponse {
        /// The group.
        contact_group: ContactGroup = "contactGroup",
        /// The name that was asked for.
        requested_resource_name: String = "requestedResourceName",
        /// What went wrong.
        status: Status = "status",
    }
}

resource! {
    /// What a change of members could not do; empty when all was done.
    pub struct MembersChanged {
        /// People that are not there.
        not_found_resource_names: Vec<String> = "notFoundResourceNames",
        /// People whose last group this is: they stay in it.
        can_not_remove_last_contact_group_resource_names: Vec<String> = "canNotRemoveLastContactGroupResourceNames",
    }
}

/// Which groups to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactGroupQuery {
    /// What comes of each; nothing said is all but the data of programs.
    pub fields: Vec<GroupField>,
    /// Only what has changed since the list that ended with this token. Google takes one, but was not seen to give any.
    pub sync_token: Option<String>,
    /// The page with this token.
    pub page_token: Option<String>,
    /// Groups a page at most, 1 to 1000.
    pub page_size: u32,
}

impl Default for ContactGroupQuery {
    fn default() -> Self {
        Self { fields: Vec::new(), sync_token: None, page_token: None, page_size: 1000 }
    }
}

/// One page of groups.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactGroupPage {
    /// The groups.
    #[serde(default)]
    pub contact_groups: Listed<ContactGroup>,
    /// The token of the next page.
    pub next_page_token: Option<String>,
    /// The token for the next increment.
    pub next_sync_token: Option<String>,
    /// How many there are in all.
    pub total_items: Option<i64>,
}

#[derive(Deserialize)]
struct Batch {
    #[serde(default)]
    responses: Vec<ContactGroupResponse>,
}

fn mask(fields: &[GroupField]) -> Option<String> {
    (!fields.is_empty()).then(|| fields.iter().map(GroupField::as_str).collect::<Vec<_>>().join(","))
}

impl<'a> ContactGroups<'a> {
    /// One page of the list. Members do not come with it.
    pub async fn list(self, query: &ContactGroupQuery) -> Result<ContactGroupPage, Error> {
        let request = self
            .service
            .get("people.contactGroups.list", "/contactGroups", &[])
            .query("pageSize", &query.page_size.clamp(1, 1000).to_string())
            .query_opt("groupFields", mask(&query.fields).as_deref())
            .query_opt("syncToken", query.sync_token.as_deref())
            .query_opt("pageToken", query.page_token.as_deref());
        self.service.client().json(request).await
    }

    /// All groups, page by page.
    pub fn list_all(self, query: ContactGroupQuery) -> Items<'a, ContactGroup> {
        items("people.contactGroups.list", query.page_token.clone(), move |page_token| {
            let query = ContactGroupQuery { page_token, ..query.clone() };
            async move {
                let page = self.list(&query).await?;
                Ok(Page { items: page.contact_groups, next: page.next_page_token })
            }
        })
    }

    /// One group with at most so many of its members.
    pub async fn get(self, resource_name: &str, most_members: u32) -> Result<ContactGroup, Error> {
        let id = id_in("contactGroups", resource_name);
        let request = self.service.get("people.contactGroups.get", "/contactGroups/{}", &[id]);
        self.service.client().json(request.query("maxMembers", &most_members.to_string())).await
    }

    /// Several groups by name, with at most so many members each.
    pub async fn batch_get(self, names: &[&str], most_members: u32) -> Result<Vec<ContactGroupResponse>, Error> {
        let request = self.service.get("people.contactGroups.batchGet", "/contactGroups:batchGet", &[]);
        let request = request.query("maxMembers", &most_members.to_string());
        let named = |request: Request, name: &&str| {
            request.query("resourceNames", &format!("contactGroups/{}", id_in("contactGroups", name)))
        };
        Ok(self.service.client().json::<Batch>(names.iter().fold(request, named)).await?.responses)
    }

    /// Makes a group. A name that is taken is [`Kind::Duplicate`], so it may be sent again after a lost answer.
    pub async fn create(self, name: &str) -> Result<ContactGroup, Error> {
        let request = self.service.post("people.contactGroups.create", "/contactGroups", &[]);
        self.service.client().json(request.json(&json!({"contactGroup": {"name": name}})).repeatable()).await
    }

    /// Replaces the fields `update` of a group (nothing said: its name) with those of `group`, which must have a resource
    /// name. With an etag it is refused when the group has changed meanwhile.
    pub async fn update(self, group: &ContactGroup, update: &[GroupField]) -> Result<ContactGroup, Error> {
        const OPERATION: &str = "people.contactGroups.update";
        let Some(name) = group.resource_name.as_deref() else {
            return Err(Error::custom(Kind::Unsendable, OPERATION, "the group has no resource name: read it first"));
        };
        let id = id_in("contactGroups", name);
        let request = self.service.request(OPERATION, http::Method::PUT, "/contactGroups/{}", &[id]);
        let mut body = json!({"contactGroup": group});
        if let Some(update) = mask(update) {
            body["updateGroupFields"] = json!(update);
        }
        self.service.client().json(request.json(&body)).await
    }

    /// Deletes a group, and its members too if `with_contacts`.
    pub async fn delete(self, resource_name: &str, with_contacts: bool) -> Result<(), Error> {
        let id = id_in("contactGroups", resource_name);
        let request = self.service.delete_request("people.contactGroups.delete", "/contactGroups/{}", &[id]);
        let request = request.query_opt("deleteContacts", with_contacts.then_some("true"));
        self.service.client().no_content(request).await
    }

    /// Puts people into a group and takes others out, at most [`MOST_MEMBERS_CHANGED`] in all. The etags of these people move.
    pub async fn modify_members(
        self,
        resource_name: &str,
        add: &[&str],
        remove: &[&str],
    ) -> Result<MembersChanged, Error> {
        const OPERATION: &str = "people.contactGroups.members.modify";
        if add.len() + remove.len() > MOST_MEMBERS_CHANGED {
            let message = format!("more than {MOST_MEMBERS_CHANGED} people in one call: send them in parts");
            return Err(Error::custom(Kind::Unsendable, OPERATION, message));
        }
        let id = id_in("contactGroups", resource_name);
        let request = self.service.post(OPERATION, "/contactGroups/{}/members:modify", &[id]);
        let body = json!({"resourceNamesToAdd": add, "resourceNamesToRemove": remove});
        // Who is in the group already is not put into it twice.
        self.service.client().json(request.json(&body).repeatable()).await
    }
}
