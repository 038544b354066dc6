use serde_json::json;

use crate::{
    Error, GoogleService, Items, Page, Request,
    directory::{Directory, Projection, User, UserPage, UserPatch, UserQuery, ViewKind, user::shaped},
    paging::items,
};

/// The people of the domain. A user's key is the id or any address of the user.
/// <https://developers.google.com/workspace/admin/directory/reference/rest/v1/users>
#[derive(Clone, Copy)]
pub struct Users<'a> {
    pub(crate) service: &'a Directory,
}

impl<'a> Users<'a> {
    /// One page of users.
    pub async fn list(self, query: &UserQuery) -> Result<UserPage, Error> {
        let request = self.service.get("directory.users.list", "/users", &[]);
        self.service.client().json(query.apply(request)).await
    }

    /// The users, one after the other; pages are asked for as they are needed.
    pub fn list_all(self, query: UserQuery) -> Items<'a, User> {
        items("directory.users.list", query.page_token.clone(), move |page_token| {
            let query = UserQuery { page_token, ..query.clone() };
            async move {
                let page = self.list(&query).await?;
                Ok(Page { items: page.users, next: page.next_page_token })
            }
        })
    }

    /// One user.
    pub async fn get(self, user_key: &str, projection: &Projection, view: ViewKind) -> Result<User, Error> {
        self.service.client().json(self.get_request(user_key, projection, view)).await
    }

    /// The call of [`Users::get`], for a [batch](GoogleService::batch).
    pub fn get_request(self, user_key: &str, projection: &Projection, view: ViewKind) -> Request {
        shaped(self.service.get("directory.users.get", "/users/{}", &[user_key]), projection, view)
    }

    /// Makes a user; see [`User::new`]. After a lost answer look whether the user is there. A new account takes a while
    /// until all of Google knows it.
    pub async fn insert(self, user: &User) -> Result<User, Error> {
        self.service.client().json(self.insert_request(user)).await
    }

    /// The call of [`Users::insert`], for a [batch](GoogleService::batch).
    pub fn insert_request(self, user: &User) -> Request {
        self.service.post("directory.users.insert", "/users", &[]).json(user)
    }

    /// As [`Users::patch`], from a whole user: Google leaves what is absent here too.
    pub async fn update(self, user_key: &str, user: &User, etag: Option<&str>) -> Result<User, Error> {
        let request = self.service.request("directory.users.update", http::Method::PUT, "/users/{}", &[user_key]);
        self.service.client().json(request.if_match_opt(etag).json(user)).await
    }

    /// Changes some fields of a user.
    pub async fn patch(self, user_key: &str, patch: &UserPatch, etag: Option<&str>) -> Result<User, Error> {
        self.service.client().json(self.patch_request(user_key, patch, etag)).await
    }

    /// The call of [`Users::patch`], for a [batch](GoogleService::batch).
    pub fn patch_request(self, user_key: &str, patch: &UserPatch, etag: Option<&str>) -> Request {
        let request = self.service.patch("directory.users.patch", "/users/{}", &[user_key]);
        request.if_match_opt(etag).json(patch).repeatable()
    }

    /// Deletes a user; [`Users::undelete`] brings it back for 20 days.
    pub async fn delete(self, user_key: &str) -> Result<(), Error> {
        self.service.client().no_content(self.delete_request(user_key)).await
    }

    /// The call of [`Users::delete`], for a [batch](GoogleService::batch).
    pub fn delete_request(self, user_key: &str) -> Request {
        self.service.delete_request("directory.users.delete", "/users/{}", &[user_key])
    }

    /// Brings a deleted user back, named by id, into that organizational unit.
    pub async fn undelete(self, user_id: &str, org_unit_path: &str) -> Result<(), Error> {
        let request = self.service.post("directory.users.undelete", "/users/{}/undelete", &[user_id]);
        self.service.client().no_content(request.json(&json!({"orgUnitPath": org_unit_path}))).await
    }

    /// Makes a user an administrator of everything, or takes that back.
    pub async fn make_admin(self, user_key: &str, admin: bool) -> Result<(), Error> {
        let request = self.service.post("directory.users.makeAdmin", "/users/{}/makeAdmin", &[user_key]);
        self.service.client().no_content(request.json(&json!({"status": admin})).repeatable()).await
    }
}
