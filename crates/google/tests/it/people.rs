use futures::TryStreamExt;
use portico_google::{
    Error, Kind,
    calendar::Cursor,
    people::{
        ConnectionsQuery, DirectoryQuery, MOST_CREATED, OtherContactsQuery, People, Person, PersonField, PersonResponse,
    },
};
use serde_json::{Value, json};

use crate::fake::{Fake, Step, client, cut, json as answer};

const FIELDS: &[PersonField] = &[PersonField::Names, PersonField::EmailAddresses];

fn people(steps: Vec<Step>) -> (People, std::sync::Arc<Fake>) {
    let fake = Fake::steps(steps);
    (People::new(client(&fake).0), fake)
}

fn person() -> Value {
    let about = json!({"primary": true, "source": {"type": "CONTACT", "id": "2ee420a4895ddafe"}});
    json!({
        "resourceName": "people/c1", "etag": "%EgUBAi43PRoEAQIFByIM",
        "metadata": {"objectType": "PERSON", "sources": [{"type": "CONTACT", "id": "2ee4", "etag": "#x", "updateTime": "2026-07-27T12:14:10.615097Z"}]},
        "names": [{"displayName": "山田太郎", "familyName": "山田", "givenName": "太郎", "phoneticGivenName": "たろう",
            "metadata": {"primary": true, "sourcePrimary": true, "source": {"type": "SOURCE_OF_TOMORROW", "id": "1"}}}],
        "emailAddresses": [{"value": "a@example.test", "type": "work", "formattedType": "Work", "metadata": about},
            {"value": "b@example.test", "type": "ein eigenes Wort", "new": {"deep": [null, 1]}}],
        "phoneNumbers": [{"value": "06 12345678", "canonicalForm": "+31612345678"}],
        "addresses": [{"formattedValue": "Keizersgracht 1\n1015 CJ Amsterdam", "poBox": null}],
        "birthdays": [{"date": {"year": 1815, "month": 12, "day": 10}}, {"text": "in spring"}],
        "organizations": [{"name": "Analytical Engines", "current": true, "startDate": {"year": 1840}}],
        "biographies": [{"value": "a note", "contentType": "TEXT_MARKDOWN"}],
        "memberships": [{"contactGroupMembership": {"contactGroupId": "myContacts", "contactGroupResourceName": "contactGroups/myContacts"}},
            {"domainMembership": {"inViewerDomain": true}}],
        "photos": [{"url": "https://lh3.googleusercontent.com/x=s100", "default": true}],
        "braggingRights": [{"value": "first"}], "coverPhotos": null
    })
}

#[test]
fn a_person_goes_back_as_it_came_and_is_not_shown() {
    let value = person();
    let person: Person = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(serde_json::to_value(&person).unwrap(), value);
    assert_eq!(person.display_name(), Some("山田太郎"));
    assert_eq!(person.emails().collect::<Vec<_>>(), ["a@example.test", "b@example.test"]);
    assert_eq!(person.groups().collect::<Vec<_>>(), ["contactGroups/myContacts"]);
    let shown = format!("{person:?}");
    for personal in ["山田", "example.test", "Keizersgracht", "1815", "Analytical", "a note"] {
        assert!(!shown.contains(personal), "{shown}");
    }
    let nobody: Person = serde_json::from_value(json!({"resourceName": "people/c2", "etag": "%"})).unwrap();
    assert_eq!((nobody.display_name(), nobody.is_deleted()), (None, false));
}

#[tokio::test]
async fn names_become_paths_and_cannot_lead_elsewhere() {
    let (people, fake) = people(vec![answer(200, &person().to_string())]);
    for name in ["people/c1", "c1"] {
        people.contacts().get(name, FIELDS).await.unwrap();
    }
    for seen in fake.seen() {
        assert_eq!(seen.place(), "https://people.googleapis.com/v1/people/c1");
        assert!(seen.query().contains(&("personFields".into(), "names,emailAddresses".into())));
    }
    people.contacts().get("people/a/../b", FIELDS).await.unwrap();
    assert_eq!(fake.seen()[2].place(), "https://people.googleapis.com/v1/people/a%2F..%2Fb");
    assert_eq!(people.contacts().get("people/..", FIELDS).await.unwrap_err().kind(), &Kind::Unsendable);
}

#[tokio::test]
async fn an_update_sends_the_etag_and_a_stale_one_is_told_apart() {
    let stale = json!({"error": {"code": 400, "status": "FAILED_PRECONDITION", "message":
        "Request person.etag is different than the current person.etag. Clear local cache and get the latest person."}});
    let (people, fake) = people(vec![cut(), answer(400, &stale.to_string())]);
    let person: Person = serde_json::from_value(person()).unwrap();
    let error = people.contacts().update(&person, &[PersonField::Names], FIELDS).await.unwrap_err();
    // The first sending may have been it: whoever merges has to know.
    assert_eq!((error.kind(), error.may_have_taken_effect()), (&Kind::PreconditionFailed, true));
    let seen = &fake.seen()[0];
    assert_eq!(
        (seen.method.as_str(), seen.place()),
        ("PATCH", "https://people.googleapis.com/v1/people/c1:updateContact")
    );
    assert!(seen.query().contains(&("updatePersonFields".into(), "names".into())));
    let body: Value = serde_json::from_str(&seen.body).unwrap();
    assert_eq!(
        (&body["etag"], &body["metadata"]["sources"][0]["type"]),
        (&json!("%EgUBAi43PRoEAQIFByIM"), &json!("CONTACT"))
    );
    let unknown = people.contacts().update(&Person::default(), FIELDS, FIELDS).await.unwrap_err();
    assert_eq!(unknown.kind(), &Kind::Unsendable);
}

#[tokio::test]
async fn a_contact_is_never_made_twice() {
    let (people, fake) = people(vec![cut()]);
    let error = people.contacts().create(&Person::default().with_name("Ada", ""), FIELDS).await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_taken_effect(), fake.count()), (&Kind::Transient, true, 1));
}

#[tokio::test]
async fn an_increment_without_a_token_is_not_one() {
    let (people, _) = people(vec![
        answer(200, r#"{"nextSyncToken":"s2"}"#),
        answer(200, "{}"),
        answer(200, "{}"),
        answer(
            400,
            r#"{"error":{"code":400,"status":"FAILED_PRECONDITION","message":"m","details":[{"reason":"EXPIRED_SYNC_TOKEN"}]}}"#,
        ),
    ]);
    let changes = ConnectionsQuery::changes_since("s1");
    let quiet = people.connections().list(&changes).await.unwrap();
    assert_eq!((quiet.people.len(), quiet.next), (0, Cursor::End(Some("s2".into()))));
    assert_eq!(people.connections().list(&changes).await.unwrap_err().kind(), &Kind::Unreadable);
    let unsynced = people.connections().list(&ConnectionsQuery::default()).await.unwrap();
    assert_eq!(unsynced.next, Cursor::End(None));
    assert_eq!(people.connections().list(&changes).await.unwrap_err().kind(), &Kind::FullSyncRequired);
}

#[tokio::test]
async fn pages_are_followed_with_the_same_query() {
    let pages = || {
        vec![
            answer(200, r#"{"connections":[{"resourceName":"people/c1"}],"nextPageToken":"p","totalItems":2}"#),
            answer(
                200,
                r#"{"connections":[{"resourceName":"people/c2","metadata":{"deleted":true}}],"nextSyncToken":"s"}"#,
            ),
        ]
    };
    let (people, fake) = people(pages());
    let (found, token) = people.connections().sync(&ConnectionsQuery::default()).await.unwrap();
    assert_eq!((found.len(), token.as_deref(), found[1].is_deleted()), (2, Some("s"), true));
    let without =
        |n: usize| -> Vec<_> { fake.seen()[n].query().into_iter().filter(|(name, _)| name != "pageToken").collect() };
    assert_eq!(without(0), without(1));
    let (streamed, _) = self::people(pages());
    let all: Vec<Person> = streamed.connections().list_all(ConnectionsQuery::default()).try_collect().await.unwrap();
    assert_eq!(all.len(), 2);
}

#[tokio::test]
async fn other_lists_have_their_own_names() {
    let (people, fake) = people(vec![
        answer(200, r#"{"otherContacts":[{"resourceName":"otherContacts/c1"}],"totalSize":1}"#),
        answer(200, r#"{"people":[{"resourceName":"people/1"}]}"#),
        answer(200, r#"{"results":[{"person":{"resourceName":"people/c1"}}]}"#),
        answer(200, "{}"),
    ]);
    let others = people.other_contacts().list(&OtherContactsQuery::default()).await.unwrap();
    assert_eq!((others.people.len(), others.total), (1, Some(1)));
    assert_eq!(people.directory().list(&DirectoryQuery::default()).await.unwrap().people.len(), 1);
    assert_eq!(people.contacts().search("a", 99, FIELDS).await.unwrap().len(), 1);
    people.contacts().warm_up().await.unwrap();
    let seen = fake.seen();
    assert!(seen[0].query().contains(&("readMask".into(), "emailAddresses,metadata,names,phoneNumbers,photos".into())));
    assert!(seen[1].query().contains(&("sources".into(), "DIRECTORY_SOURCE_TYPE_DOMAIN_PROFILE".into())));
    assert!(seen[2].query().contains(&("pageSize".into(), "30".into())));
    assert!(seen[3].query().contains(&("query".into(), String::new())));
}

#[tokio::test]
async fn each_person_of_a_batch_has_an_error_of_its_own() {
    let result = |code: i32, message: &str| -> Error {
        let response = json!({"status": {"code": code, "message": message}});
        serde_json::from_value::<PersonResponse>(response)
            .unwrap()
            .into_result("people.people.batchUpdateContacts")
            .unwrap_err()
    };
    assert_eq!(result(5, "Requested entity was not found.").kind(), &Kind::NotFound);
    assert_eq!(
        result(9, "Request person.etag is different than the current person.etag.").kind(),
        &Kind::PreconditionFailed
    );
    assert_eq!(result(8, "Quota").kind(), &Kind::RateLimited);
    assert_eq!(result(14, "x").kind(), &Kind::Transient);
    assert_eq!(result(77, "x").kind(), &Kind::Transient);
    let whole: PersonResponse =
        serde_json::from_value(json!({"status": {}, "person": {"resourceName": "people/c1"}})).unwrap();
    assert_eq!(whole.into_result("x").unwrap().resource_name.as_deref(), Some("people/c1"));
}

#[tokio::test]
async fn what_google_refuses_for_its_size_is_not_sent() {
    let (people, fake) = people(vec![answer(200, "{}")]);
    let many = vec![Person::default(); MOST_CREATED + 1];
    assert_eq!(people.contacts().batch_create(&many, FIELDS).await.unwrap_err().kind(), &Kind::Unsendable);
    let names = vec!["people/c1"; 1001];
    assert_eq!(people.contacts().batch_delete(&names).await.unwrap_err().kind(), &Kind::Unsendable);
    assert_eq!(people.contacts().batch_get(&names, FIELDS).await.unwrap_err().kind(), &Kind::Unsendable);
    let groups = people.contact_groups();
    assert_eq!(groups.modify_members("contactGroups/a", &names, &[]).await.unwrap_err().kind(), &Kind::Unsendable);
    assert_eq!(fake.count(), 0);
    people.contacts().batch_delete(&["c1", "people/c2"]).await.unwrap();
    let body: Value = serde_json::from_str(&fake.seen()[0].body).unwrap();
    assert_eq!(body, json!({"resourceNames": ["people/c1", "people/c2"]}));
}

#[tokio::test]
async fn groups_and_pictures() {
    let (people, fake) = people(vec![
        answer(
            409,
            r#"{"error":{"code":409,"status":"ALREADY_EXISTS","message":"Contact group name already exists."}}"#,
        ),
        answer(200, r#"{"notFoundResourceNames":["people/c9"]}"#),
        answer(200, r#"{"person":{"resourceName":"people/c1"}}"#),
    ]);
    assert_eq!(people.contact_groups().create("Staff").await.unwrap_err().kind(), &Kind::Duplicate);
    let changed = people.contact_groups().modify_members("contactGroups/a", &["people/c9"], &[]).await.unwrap();
    assert_eq!(changed.not_found_resource_names.unwrap(), ["people/c9"]);
    let photo = people.contacts().update_photo("people/c1", b"\xff\xd8\xff", FIELDS).await.unwrap();
    assert!(photo.is_some());
    let seen = fake.seen();
    assert_eq!(seen[1].place(), "https://people.googleapis.com/v1/contactGroups/a/members:modify");
    assert_eq!(seen[2].body, r#"{"personFields":"names,emailAddresses","photoBytes":"/9j/"}"#);
}
