use serde::Deserialize;

use crate::{Error, GoogleService, directory::Directory, resource::resource};

/// What one user granted to apps.
/// <https://developers.google.com/workspace/admin/directory/reference/rest/v1/tokens>
#[derive(Clone, Copy)]
pub struct AppGrants<'a> {
    pub(crate) service: &'a Directory,
    pub(crate) user_key: &'a str,
}

resource! {
    /// What a user granted to one app. Google calls it a token; the tokens themselves are not in it.
    pub struct AppGrant {
        /// The OAuth client.
        client_id: String = "clientId",
        /// The app's name.
        display_text: String = "displayText" personal,
        /// The granted scopes.
        scopes: Vec<String> = "scopes",
        /// The id of the user.
        user_key: String = "userKey",
        /// Whether Google does not know the app.
        anonymous: bool = "anonymous",
        /// Whether the app runs on the user's own machine.
        native_app: bool = "nativeApp",
        /// The version.
        etag: String = "etag",
    }
}

impl AppGrants<'_> {
    /// All of them.
    pub async fn list(self) -> Result<Vec<AppGrant>, Error> {
        #[derive(Deserialize)]
        struct All {
            #[serde(default)]
            items: Vec<AppGrant>,
        }
        let request = self.service.get("directory.tokens.list", "/users/{}/tokens", &[self.user_key]);
        self.service.client().json::<All>(request).await.map(|all| all.items)
    }

    /// What was granted to one client.
    pub async fn get(self, client_id: &str) -> Result<AppGrant, Error> {
        let ids = [self.user_key, client_id];
        self.service.client().json(self.service.get("directory.tokens.get", "/users/{}/tokens/{}", &ids)).await
    }

    /// Takes back all that was granted to one client: its tokens stop working.
    pub async fn delete(self, client_id: &str) -> Result<(), Error> {
        let ids = [self.user_key, client_id];
        let request = self.service.delete_request("directory.tokens.delete", "/users/{}/tokens/{}", &ids);
        self.service.client().no_content(request).await
    }
}
