use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    Error, GoogleService, Kind, envelope,
    people::{Contacts, Person, PersonField, fields::mask, id_in},
    resource::resource,
};

/// The most people that one call reads.
pub const MOST_READ: usize = 200;
/// The most contacts that one call makes.
pub const MOST_CREATED: usize = 200;
/// The most contacts that one call updates.
pub const MOST_UPDATED: usize = 200;
/// The most contacts that one call deletes.
pub const MOST_DELETED: usize = 500;

resource! {
    /// What became of one person in a batch.
    pub struct PersonResponse {
        /// The person, as far as it was asked for.
        person: Person = "person",
        /// The name that was asked for; the person may have another one by now.
        requested_resource_name: String = "requestedResourceName",
        /// What went wrong.
        status: Status = "status",
    }
}

resource! {
    /// A google.rpc.Status. <https://cloud.google.com/apis/design/errors>
    pub struct Status {
        /// The code of google.rpc; 0 is success.
        code: i32 = "code",
        /// What happened, in English.
        message: String = "message" personal,
        /// More of it.
        details: Vec<Value> = "details" personal,
    }
}

/// The codes of google.rpc with the HTTP status that stands for each.
const CODES: [(i32, u16, &str); 13] = [
    (3, 400, "INVALID_ARGUMENT"),
    (4, 504, "DEADLINE_EXCEEDED"),
    (5, 404, "NOT_FOUND"),
    (6, 409, "ALREADY_EXISTS"),
    (7, 403, "PERMISSION_DENIED"),
    (8, 429, "RESOURCE_EXHAUSTED"),
    (9, 400, "FAILED_PRECONDITION"),
    (10, 409, "ABORTED"),
    (11, 400, "OUT_OF_RANGE"),
    (12, 501, "UNIMPLEMENTED"),
    (13, 500, "INTERNAL"),
    (14, 503, "UNAVAILABLE"),
    (16, 401, "UNAUTHENTICATED"),
];

impl PersonResponse {
    /// The person, or the error that a call for this one alone would have ended with; `operation` names it.
    pub fn into_result(self, operation: &'static str) -> Result<Person, Error> {
        let status = self.status.unwrap_or_default();
        let code = status.code.unwrap_or(0);
        if code == 0 {
            return Ok(self.person.unwrap_or_default());
        }
        let known = CODES.iter().find(|(known, _, _)| *known == code);
        let (http, name) = known.map_or((500, "UNKNOWN"), |(_, http, name)| (*http, *name));
        let error = json!({"code": http, "message": status.message.unwrap_or_default(), "status": name,
            "details": status.details.unwrap_or_default()});
        Err(envelope::explain_part(operation, http, &json!({"error": error})))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Read {
    #[serde(default)]
    responses: Vec<PersonResponse>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    #[serde(default)]
    created_people: Vec<PersonResponse>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Updated {
    #[serde(default)]
    update_result: BTreeMap<String, PersonResponse>,
}

fn too_many(operation: &'static str, found: usize, most: usize) -> Result<(), Error> {
    if found <= most {
        return Ok(());
    }
    let message =
        format!("{found} in one call, and Google takes {most} at most: send them in parts, one after the other");
    Err(Error::custom(Kind::Unsendable, operation, message))
}

/// The name of a person as the bodies of batches want it.
fn whole_name(name: &str) -> String {
    format!("people/{}", id_in("people", name))
}

impl Contacts<'_> {
    /// Several people by name, at most [`MOST_READ`].
    pub async fn batch_get(self, names: &[&str], fields: &[PersonField]) -> Result<Vec<PersonResponse>, Error> {
        const OPERATION: &str = "people.people.getBatchGet";
        too_many(OPERATION, names.len(), MOST_READ)?;
        let request = self.service.get(OPERATION, "/people:batchGet", &[]).query("personFields", &mask(fields));
        let request = names.iter().fold(request, |request, name| request.query("resourceNames", &whole_name(name)));
        Ok(self.service.client().json::<Read>(request).await?.responses)
    }

    /// Makes contacts, at most [`MOST_CREATED`]. Without `fields` Google does not read what it made: the answers are empty.
    pub async fn batch_create(self, people: &[Person], fields: &[PersonField]) -> Result<Vec<PersonResponse>, Error> {
        const OPERATION: &str = "people.people.batchCreateContacts";
        too_many(OPERATION, people.len(), MOST_CREATED)?;
        let contacts: Vec<Value> = people.iter().map(|person| json!({"contactPerson": person})).collect();
        let body = json!({"contacts": contacts, "readMask": mask(fields)});
        let request = self.service.post(OPERATION, "/people:batchCreateContacts", &[]).json(&body);
        Ok(self.service.client().json::<Created>(request).await?.created_people)
    }

    /// Replaces the fields `update` of contacts, at most [`MOST_UPDATED`], each with its resource name, etag and sources. The
    /// answers go by resource name; one stale etag spoils its own contact only.
    pub async fn batch_update(
        self,
        people: &[Person],
        update: &[PersonField],
        fields: &[PersonField],
    ) -> Result<BTreeMap<String, PersonResponse>, Error> {
        const OPERATION: &str = "people.people.batchUpdateContacts";
        too_many(OPERATION, people.len(), MOST_UPDATED)?;
        let mut contacts = Map::new();
        for person in people {
            let Some(name) = &person.resource_name else {
                let message = "a person has no resource name: read it first";
                return Err(Error::custom(Kind::Unsendable, OPERATION, message));
            };
            contacts.insert(whole_name(name), json!(person));
        }
        let body = json!({"contacts": contacts, "updateMask": mask(update), "readMask": mask(fields)});
        let request = self.service.post(OPERATION, "/people:batchUpdateContacts", &[]).json(&body).repeatable();
        Ok(self.service.client().json::<Updated>(request).await?.update_result)
    }

    /// Deletes contacts, at most [`MOST_DELETED`].
    pub async fn batch_delete(self, names: &[&str]) -> Result<(), Error> {
        const OPERATION: &str = "people.people.batchDeleteContacts";
        too_many(OPERATION, names.len(), MOST_DELETED)?;
        let names: Vec<String> = names.iter().map(|name| whole_name(name)).collect();
        let request = self.service.post(OPERATION, "/people:batchDeleteContacts", &[]);
        // What is deleted already cannot be deleted by mistake.
        self.service.client().no_content(request.json(&json!({"resourceNames": names})).repeatable()).await
    }
}
