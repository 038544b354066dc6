use serde::Deserialize;
use serde_json::json;

use crate::{Error, GoogleService, directory::Directory, resource::resource};

/// The other addresses of a user or a group.
/// <https://developers.google.com/workspace/admin/directory/reference/rest/v1/users.aliases>
#[derive(Clone, Copy)]
pub struct Aliases<'a> {
    pub(crate) service: &'a Directory,
    pub(crate) place: Place,
    pub(crate) key: &'a str,
}

#[derive(Clone, Copy)]
pub(crate) enum Place {
    User,
    Group,
}

resource! {
    /// Another address.
    pub struct Alias {
        /// It.
        alias: String = "alias" personal,
        /// The main address.
        primary_email: String = "primaryEmail" personal,
        /// The id of the user or group.
        id: String = "id",
        /// The version.
        etag: String = "etag",
    }
}

impl Aliases<'_> {
    /// All of them.
    pub async fn list(self) -> Result<Vec<Alias>, Error> {
        #[derive(Deserialize)]
        struct All {
            #[serde(default)]
            aliases: Vec<Alias>,
        }
        let request = match self.place {
            Place::User => self.service.get("directory.users.aliases.list", "/users/{}/aliases", &[self.key]),
            Place::Group => self.service.get("directory.groups.aliases.list", "/groups/{}/aliases", &[self.key]),
        };
        self.service.client().json::<All>(request).await.map(|all| all.aliases)
    }

    /// Adds one. [`Kind::Duplicate`](crate::Kind::Duplicate) means that somebody has it, perhaps this one already.
    pub async fn insert(self, address: &str) -> Result<Alias, Error> {
        let request = match self.place {
            Place::User => self.service.post("directory.users.aliases.insert", "/users/{}/aliases", &[self.key]),
            Place::Group => self.service.post("directory.groups.aliases.insert", "/groups/{}/aliases", &[self.key]),
        };
        self.service.client().json(request.json(&json!({"alias": address})).repeatable()).await
    }

    /// Takes one away.
    pub async fn delete(self, address: &str) -> Result<(), Error> {
        let ids = [self.key, address];
        let request = match self.place {
            Place::User => self.service.delete_request("directory.users.aliases.delete", "/users/{}/aliases/{}", &ids),
            Place::Group => {
                self.service.delete_request("directory.groups.aliases.delete", "/groups/{}/aliases/{}", &ids)
            }
        };
        self.service.client().no_content(request).await
    }
}
