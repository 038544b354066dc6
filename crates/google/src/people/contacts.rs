use serde::Deserialize;

use crate::{
    Error, GoogleService, Kind, Request,
    people::{People, Person, PersonField, fields::mask, id_in, search::Found},
};

/// Contacts, and people in general. <https://developers.google.com/people/api/rest/v1/people>
#[derive(Clone, Copy)]
pub struct Contacts<'a> {
    pub(crate) service: &'a People,
}

impl Contacts<'_> {
    /// One person by its resource name, as in `people/c123`; `people/me` is the account itself.
    pub async fn get(self, resource_name: &str, fields: &[PersonField]) -> Result<Person, Error> {
        self.service.client().json(self.get_request(resource_name, fields)).await
    }

    /// The call of [`Contacts::get`], for a [batch](GoogleService::batch) with other calls. Many people alone are read
    /// and written by People's own methods for many, such as [`Contacts::batch_get`].
    pub fn get_request(self, resource_name: &str, fields: &[PersonField]) -> Request {
        let request = self.service.get("people.people.get", "/people/{}", &[id_in("people", resource_name)]);
        request.query("personFields", &mask(fields))
    }

    /// Makes a contact, and gives what `fields` asks of it. It may not be sent twice: after an error that
    /// [may have taken effect](Error::may_have_taken_effect), look for it before it is made again.
    ///
    /// The etag of the answer can already be stale when it is used: Google goes on working on a new contact.
    pub async fn create(self, person: &Person, fields: &[PersonField]) -> Result<Person, Error> {
        let request = self.service.post("people.people.createContact", "/people:createContact", &[]);
        self.service.client().json(request.query("personFields", &mask(fields)).json(person)).await
    }

    /// Replaces the fields `update` of a contact with those of `person`, which must be as it was last read: with its
    /// resource name, its etag and its sources. A field of `update` that `person` does not have is cleared. When the contact
    /// has changed meanwhile it is [`Kind::PreconditionFailed`]: read it, merge, update again.
    pub async fn update(
        self,
        person: &Person,
        update: &[PersonField],
        fields: &[PersonField],
    ) -> Result<Person, Error> {
        const OPERATION: &str = "people.people.updateContact";
        let Some(name) = person.resource_name.as_deref() else {
            return Err(Error::custom(Kind::Unsendable, OPERATION, "the person has no resource name: read it first"));
        };
        let request = self.service.patch(OPERATION, "/people/{}:updateContact", &[id_in("people", name)]);
        let request = request.query("updatePersonFields", &mask(update)).query("personFields", &mask(fields));
        // The etag makes a second sending harmless; without one it is refused anyway.
        self.service.client().json(request.json(person).repeatable()).await
    }

    /// Deletes a contact. What Google knows of the person besides stays.
    pub async fn delete(self, resource_name: &str) -> Result<(), Error> {
        let id = id_in("people", resource_name);
        let request = self.service.delete_request("people.people.deleteContact", "/people/{}:deleteContact", &[id]);
        self.service.client().no_content(request).await
    }

    /// The contacts that have a word beginning with a word of `query`, at most 30. Google answers from a cache that
    /// [`Contacts::warm_up`] fills: without it the answer may be old.
    pub async fn search(self, query: &str, most: u32, fields: &[PersonField]) -> Result<Vec<Person>, Error> {
        let request = self.service.get("people.people.searchContacts", "/people:searchContacts", &[]);
        let request = searched(request, query, most, fields);
        Ok(self.service.client().json::<Found>(request).await?.people())
    }

    /// Makes Google read the contacts that [`Contacts::search`] looks through.
    pub async fn warm_up(self) -> Result<(), Error> {
        self.search("", 1, &[PersonField::Names]).await.map(drop)
    }
}

/// The parameters of a search.
pub(crate) fn searched(request: Request, query: &str, most: u32, fields: &[PersonField]) -> Request {
    request.query("query", query).query("pageSize", &most.clamp(1, 30).to_string()).query("readMask", &mask(fields))
}

/// The answer of calls that change a person in passing.
#[derive(Deserialize)]
pub(crate) struct PersonAnswer {
    #[serde(default)]
    pub(crate) person: Option<Person>,
}
