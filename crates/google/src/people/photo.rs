use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use crate::{
    Error, GoogleService,
    people::{Contacts, Person, PersonField, contacts::PersonAnswer, fields::mask, id_in},
};

impl Contacts<'_> {
    /// Gives a contact a picture: the bytes of a JPEG, PNG, GIF or BMP file. The contact is answered when `fields` asks for
    /// something of it.
    pub async fn update_photo(
        self,
        resource_name: &str,
        photo: &[u8],
        fields: &[PersonField],
    ) -> Result<Option<Person>, Error> {
        let id = id_in("people", resource_name);
        let request = self.service.patch("people.people.updateContactPhoto", "/people/{}:updateContactPhoto", &[id]);
        let mut body = json!({"photoBytes": STANDARD.encode(photo)});
        if !fields.is_empty() {
            body["personFields"] = json!(mask(fields));
        }
        // The same picture again is the same picture.
        let answer: PersonAnswer = self.service.client().json(request.json(&body).repeatable()).await?;
        Ok(answer.person.filter(|_| !fields.is_empty()))
    }

    /// Takes a contact's picture away; Google draws a letter instead.
    pub async fn delete_photo(self, resource_name: &str, fields: &[PersonField]) -> Result<Option<Person>, Error> {
        let id = id_in("people", resource_name);
        let operation = "people.people.deleteContactPhoto";
        let request = self.service.delete_request(operation, "/people/{}:deleteContactPhoto", &[id]);
        let fields = (!fields.is_empty()).then(|| mask(fields));
        let answer: PersonAnswer =
            self.service.client().json(request.query_opt("personFields", fields.as_deref())).await?;
        Ok(answer.person.filter(|_| fields.is_some()))
    }
}
