use serde::Deserialize;

use crate::{
    Error, GoogleService,
    gmail::{Gmail, Label, LabelPatch},
};

/// Labels. <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.labels>
#[derive(Clone, Copy)]
pub struct Labels<'a> {
    pub(crate) service: &'a Gmail,
}

impl Labels<'_> {
    /// All of them, on one page and without counts.
    pub async fn list(self) -> Result<Vec<Label>, Error> {
        #[derive(Deserialize)]
        struct Page {
            #[serde(default)]
            labels: Vec<Label>,
        }
        let request = self.service.get("gmail.users.labels.list", "/labels", &[]);
        self.service.client().json::<Page>(request).await.map(|page| page.labels)
    }

    /// One, with its counts.
    pub async fn get(self, id: &str) -> Result<Label, Error> {
        self.service.client().json(self.service.get("gmail.users.labels.get", "/labels/{}", &[id])).await
    }

    /// Makes one. After a lost answer it is asked again: a name that is taken is
    /// [`Kind::Duplicate`](crate::Kind::Duplicate).
    pub async fn create(self, label: &Label) -> Result<Label, Error> {
        let request = self.service.post("gmail.users.labels.create", "/labels", &[]);
        self.service.client().json(request.json(label).repeatable()).await
    }

    /// Replaces one.
    pub async fn update(self, id: &str, label: &Label) -> Result<Label, Error> {
        let request = self.service.request("gmail.users.labels.update", http::Method::PUT, "/labels/{}", &[id]);
        self.service.client().json(request.json(label)).await
    }

    /// Changes some fields of one.
    pub async fn patch(self, id: &str, patch: &LabelPatch) -> Result<Label, Error> {
        let request = self.service.patch("gmail.users.labels.patch", "/labels/{}", &[id]);
        self.service.client().json(request.json(patch).repeatable()).await
    }

    /// Deletes one for ever and takes it off every message.
    pub async fn delete(self, id: &str) -> Result<(), Error> {
        let request = self.service.delete_request("gmail.users.labels.delete", "/labels/{}", &[id]);
        self.service.client().no_content(request).await
    }
}
