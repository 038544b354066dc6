use serde_json::json;

use crate::{
    Error, GoogleService, Items, items,
    people::{
        OTHER_CONTACT_FIELDS, People, PeoplePage, Person, PersonField, contacts::searched, fields::mask, id_in,
        search::Found,
    },
};

/// The contacts that Google saved by itself, from mail for the most part. They are in no group and cannot be written.
/// <https://developers.google.com/people/api/rest/v1/otherContacts>
#[derive(Clone, Copy)]
pub struct OtherContacts<'a> {
    pub(crate) service: &'a People,
}

/// Which of the other contacts to list. All but the tokens must be the same on every page and in every increment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherContactsQuery {
    /// What comes of each: only [`OTHER_CONTACT_FIELDS`] are allowed.
    pub fields: Vec<PersonField>,
    /// Ask for a sync token on the last page. Always true with [`Self::sync_token`].
    pub request_sync_token: bool,
    /// Only what has changed since the list that ended with this token.
    pub sync_token: Option<String>,
    /// The page with this token.
    pub page_token: Option<String>,
    /// People a page at most, 1 to 1000.
    pub page_size: u32,
}

impl Default for OtherContactsQuery {
    fn default() -> Self {
        Self {
            fields: OTHER_CONTACT_FIELDS.to_vec(),
            request_sync_token: false,
            sync_token: None,
            page_token: None,
            page_size: 1000,
        }
    }
}

impl<'a> OtherContacts<'a> {
    /// One page of the list.
    pub async fn list(self, query: &OtherContactsQuery) -> Result<PeoplePage, Error> {
        let synced = query.request_sync_token || query.sync_token.is_some();
        let request = self
            .service
            .get("people.otherContacts.list", "/otherContacts", &[])
            .query("readMask", &mask(&query.fields))
            .query("pageSize", &query.page_size.clamp(1, 1000).to_string())
            .query_opt("requestSyncToken", synced.then_some("true"))
            .query_opt("syncToken", query.sync_token.as_deref())
            .query_opt("pageToken", query.page_token.as_deref());
        PeoplePage::read(self.service, request, synced).await
    }

    /// All of them, page by page.
    pub fn list_all(self, query: OtherContactsQuery) -> Items<'a, Person> {
        items("people.otherContacts.list", query.page_token.clone(), move |page_token| {
            let query = OtherContactsQuery { page_token, ..query.clone() };
            async move { Ok(self.list(&query).await?.into_page()) }
        })
    }

    /// Those that have a word beginning with a word of `query`, at most 30. An empty query first makes Google read them. Of
    /// the fields only addresses, metadata, names and numbers are allowed.
    pub async fn search(self, query: &str, most: u32, fields: &[PersonField]) -> Result<Vec<Person>, Error> {
        let request = self.service.get("people.otherContacts.search", "/otherContacts:search", &[]);
        Ok(self.service.client().json::<Found>(searched(request, query, most, fields)).await?.people())
    }

    /// Makes a contact of one of them, with the fields `copy` (addresses, names and numbers are allowed). It needs a scope
    /// to write contacts besides the one to read these.
    pub async fn copy_to_my_contacts(
        self,
        resource_name: &str,
        copy: &[PersonField],
        fields: &[PersonField],
    ) -> Result<Person, Error> {
        let operation = "people.otherContacts.copyOtherContactToMyContactsGroup";
        let template = "/otherContacts/{}:copyOtherContactToMyContactsGroup";
        let request = self.service.post(operation, template, &[id_in("otherContacts", resource_name)]);
        let mut body = json!({"copyMask": mask(copy)});
        if !fields.is_empty() {
            body["readMask"] = json!(mask(fields));
        }
        self.service.client().json(request.json(&body)).await
    }
}
