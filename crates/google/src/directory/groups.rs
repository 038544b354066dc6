use crate::{
    Error, GoogleService, Items, Page,
    directory::{Directory, Group, GroupPage, GroupPatch, GroupQuery},
    paging::items,
};

/// The groups of the domain. A group's key is its id or any of its addresses.
/// <https://developers.google.com/workspace/admin/directory/reference/rest/v1/groups>
#[derive(Clone, Copy)]
pub struct Groups<'a> {
    pub(crate) service: &'a Directory,
}

impl<'a> Groups<'a> {
    /// One page of groups.
    pub async fn list(self, query: &GroupQuery) -> Result<GroupPage, Error> {
        let request = self.service.get("directory.groups.list", "/groups", &[]);
        self.service.client().json(query.apply(request)).await
    }

    /// The groups, one after the other; pages are asked for as they are needed.
    pub fn list_all(self, query: GroupQuery) -> Items<'a, Group> {
        items("directory.groups.list", query.page_token.clone(), move |page_token| {
            let query = GroupQuery { page_token, ..query.clone() };
            async move {
                let page = self.list(&query).await?;
                Ok(Page { items: page.groups, next: page.next_page_token })
            }
        })
    }

    /// One group.
    pub async fn get(self, group_key: &str) -> Result<Group, Error> {
        self.service.client().json(self.service.get("directory.groups.get", "/groups/{}", &[group_key])).await
    }

    /// Makes a group. After a lost answer look whether it is there.
    pub async fn insert(self, group: &Group) -> Result<Group, Error> {
        let request = self.service.post("directory.groups.insert", "/groups", &[]);
        self.service.client().json(request.json(group)).await
    }

    /// Replaces the fields of a group.
    pub async fn update(self, group_key: &str, group: &Group, etag: Option<&str>) -> Result<Group, Error> {
        let request = self.service.request("directory.groups.update", http::Method::PUT, "/groups/{}", &[group_key]);
        self.service.client().json(request.if_match_opt(etag).json(group)).await
    }

    /// Changes some fields of a group.
    pub async fn patch(self, group_key: &str, patch: &GroupPatch, etag: Option<&str>) -> Result<Group, Error> {
        let request = self.service.patch("directory.groups.patch", "/groups/{}", &[group_key]);
        self.service.client().json(request.if_match_opt(etag).json(patch).repeatable()).await
    }

    /// Deletes a group for good.
    pub async fn delete(self, group_key: &str) -> Result<(), Error> {
        let request = self.service.delete_request("directory.groups.delete", "/groups/{}", &[group_key]);
        self.service.client().no_content(request).await
    }
}
