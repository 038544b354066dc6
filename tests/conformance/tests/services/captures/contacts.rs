use portico_google::people::{Person, scopes};
use serde_json::{Value, json};

use super::{captures, differences, read};
use crate::google::Google;

const ANN: &str = "testuser@example.test";
const FIELDS: &str = "addresses,biographies,birthdays,emailAddresses,memberships,metadata,names,nicknames,organizations,\
                      phoneNumbers,photos,relations,urls,userDefined";

#[test]
fn captured_people_go_out_as_they_came() {
    let Some(folder) = captures() else { return };
    let (_, page) = read(&folder, "contacts/connections.json");
    let mut people = page["connections"].as_array().unwrap().clone();
    people.push(read(&folder, "contacts/person_created.json").1);
    for value in people {
        let person: Person = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&person).unwrap(), value);
        assert!(person.other.is_empty(), "{:?}", person.other.keys());
    }
}

async fn ask(google: &Google, token: &str, verb: &str, path: &str, body: Value) -> Value {
    let (status, answer) = google.ask(token, verb, &format!("people.googleapis.com/v1/{path}"), body).await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

/// Makes that person anew, without what Google or another call makes of it.
async fn create(google: &Google, token: &str, captured: &Value) -> Value {
    let mut wish = captured.clone();
    for made_by_google in ["resourceName", "etag", "metadata", "memberships", "photos"] {
        wish.as_object_mut().unwrap().remove(made_by_google);
    }
    ask(google, token, "POST", &format!("people:createContact?personFields={FIELDS}"), wish).await
}

#[tokio::test]
async fn captured_people_made_anew_have_the_same_keys_and_types() {
    let Some(folder) = captures() else { return };
    let google = Google::with(&[ANN]).await;
    let token = google.token(ANN, &[scopes::CONTACTS]).await;
    let (_, created) = read(&folder, "contacts/person_created.json");
    let anew = create(&google, &token, &created).await;
    assert_eq!(differences(&created, &anew), [""; 0]);
    let name = anew["resourceName"].as_str().unwrap();
    ask(&google, &token, "DELETE", &format!("{name}:deleteContact"), Value::Null).await;

    let (_, mut page) = read(&folder, "contacts/connections.json");
    let group = ask(&google, &token, "POST", "contactGroups", json!({"contactGroup": {"name": "Fixture"}})).await;
    let group = group["resourceName"].as_str().unwrap();
    for captured in page["connections"].as_array().unwrap() {
        let made = create(&google, &token, captured).await;
        let name = made["resourceName"].as_str().unwrap();
        let own_groups = captured["memberships"].as_array().unwrap().len() > 1;
        if own_groups {
            let members = json!({"resourceNamesToAdd": [name]});
            ask(&google, &token, "POST", &format!("{group}/members:modify"), members).await;
        }
        if captured["photos"][0]["default"] != true {
            let photo = json!({"photoBytes": "iVBORw0KGgo="});
            ask(&google, &token, "PATCH", &format!("{name}:updateContactPhoto"), photo).await;
        }
    }
    let path = format!("people/me/connections?personFields={FIELDS}&requestSyncToken=true");
    let anew = ask(&google, &token, "GET", &path, Value::Null).await;
    // Where the account lives Google knows, and so how a number without a country goes on; the sandbox does not.
    for person in page["connections"].as_array_mut().unwrap() {
        for phone in person["phoneNumbers"].as_array_mut().unwrap() {
            if !phone["value"].as_str().unwrap().starts_with('+') {
                phone.as_object_mut().unwrap().remove("canonicalForm").unwrap();
            }
        }
    }
    assert_eq!(differences(&page, &anew), [""; 0]);
    for (real, anew) in page["connections"].as_array().unwrap().iter().zip(anew["connections"].as_array().unwrap()) {
        assert_eq!(differences(real, anew), [""; 0]);
        for derived in ["displayName", "displayNameLastFirst", "unstructuredName"] {
            assert_eq!(real["names"][0][derived], anew["names"][0][derived]);
        }
        assert_eq!(real["addresses"][0]["formattedValue"], anew["addresses"][0]["formattedValue"]);
    }
}
