//! People: our library and Google's Python and Node clients play the same scenario against the sandbox.

use crate::frame::{ANN, BOB, Google, Transcript, same_as_google};
use portico_google::{
    futures::TryStreamExt,
    people::{
        ConnectionsQuery, ContactGroup, ContactGroupQuery, DirectoryQuery, OtherContactsQuery, People, Person,
        PersonField, scopes,
    },
};
use serde_json::json;

const ALL: [&str; 3] = [scopes::CONTACTS, scopes::OTHER_CONTACTS_READONLY, scopes::DIRECTORY_READONLY];
const SHOWN: &[PersonField] = &[
    PersonField::Addresses,
    PersonField::Biographies,
    PersonField::EmailAddresses,
    PersonField::Memberships,
    PersonField::Names,
    PersonField::PhoneNumbers,
];
const NAMES: &[PersonField] = &[PersonField::Names, PersonField::Metadata];

fn ada() -> Person {
    serde_json::from_value(json!({
        "names": [{"honorificPrefix": "Dr.", "givenName": "Ada", "middleName": "Byron", "familyName": "Lovelace"}],
        "emailAddresses": [{"value": "ada@example.test", "type": "work"}, {"value": "ada@home.test", "type": "home"}],
        "phoneNumbers": [{"value": "+31 20 123 4567", "type": "mobile"}],
        "addresses": [{"streetAddress": "Keizersgracht 1", "city": "Amsterdam"}],
        "biographies": [{"value": "a note"}]}))
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn contacts_groups_others_and_the_directory() {
    let google = Google::new();
    google.control("PUT", "quota", json!({"people_changes_delay_ms": 0})).await;
    google
        .control(
            "POST",
            "other-contacts",
            json!({"account": ANN, "name": "Charles Babbage", "emails": ["cb@example.test"]}),
        )
        .await;
    let people = People::new(google.client(ANN, &ALL).await);
    let (contacts, groups) = (people.contacts(), people.contact_groups());
    let mut said = Transcript::default();

    let made = contacts.create(&ada(), SHOWN).await.unwrap();
    said.say("made", &made);
    let name = made.resource_name.clone().unwrap();
    said.say("cjk", contacts.create(&Person::default().with_name("太郎", "山田"), NAMES).await.unwrap().names);
    let nameless = Person::default().with_email("x@example.test", "other");
    said.say("nameless", contacts.create(&nameless, SHOWN).await.unwrap());
    let two_names = serde_json::from_value(json!({"names": [{"givenName": "a"}, {"givenName": "b"}]})).unwrap();
    said.refused("two_names", contacts.create(&two_names, NAMES).await);

    let query = ConnectionsQuery { fields: NAMES.to_vec(), page_size: 2, ..ConnectionsQuery::full_sync() };
    let (all, token) = people.connections().sync(&query).await.unwrap();
    said.say("all", &*all);
    let token = token.unwrap();
    let group = groups.create("Kolegové").await.unwrap();
    said.say("group", &group);
    said.refused("group_again", groups.create("Kolegové").await);
    let group_name = group.resource_name.unwrap();
    said.say("joined", groups.modify_members(&group_name, &[&name, "people/c5"], &[]).await.unwrap());
    said.say("members", groups.get(&group_name, 10).await.unwrap());

    let mut stale = made;
    stale.metadata = contacts.get(&name, NAMES).await.unwrap().metadata;
    said.refused("stale", contacts.update(&stale, &[PersonField::Names], NAMES).await);
    let mut fresh =
        contacts.get(&name, &[PersonField::Names, PersonField::PhoneNumbers, PersonField::Metadata]).await.unwrap();
    fresh.phone_numbers = None;
    let fresh = fresh.with_name("Augusta", "King");
    let update = [PersonField::Names, PersonField::PhoneNumbers];
    said.say("updated", contacts.update(&fresh, &update, SHOWN).await.unwrap());
    let changes = ConnectionsQuery { sync_token: Some(token), ..query.clone() };
    let (changed, token) = people.connections().sync(&changes).await.unwrap();
    said.say("changed", &*changed);
    let changes = ConnectionsQuery { sync_token: token, ..query.clone() };
    let bogus = ConnectionsQuery { sync_token: Some("bogus".into()), ..query.clone() };
    said.refused("bogus", people.connections().list(&bogus).await);

    let batch = [Person::default().with_name("A", "Batch"), Person::default().with_name("B", "Batch")];
    let batch = contacts.batch_create(&batch, NAMES).await.unwrap();
    said.say("batch", &batch);
    let names: Vec<String> = batch.into_iter().filter_map(|one| one.person?.resource_name).collect();
    let asked = [names[0].as_str(), "people/c5"];
    said.say("batch_get", contacts.batch_get(&asked, NAMES).await.unwrap());
    said.say("found", contacts.search("bat", 10, &[PersonField::Names]).await.unwrap());
    contacts.batch_delete(&names.iter().map(String::as_str).collect::<Vec<_>>()).await.unwrap();
    contacts.delete(&name).await.unwrap();
    said.refused("gone", contacts.get(&name, NAMES).await);
    let (gone, _) = people.connections().sync(&changes).await.unwrap();
    said.say("deleted", gone.iter().filter(|person| person.is_deleted()).count());

    let listed: Vec<ContactGroup> = groups.list_all(ContactGroupQuery::default()).try_collect().await.unwrap();
    said.say("groups", &listed);
    groups.delete(&group_name, false).await.unwrap();
    said.refused("group_gone", groups.get(&group_name, 0).await);

    let others = people.other_contacts();
    let found = others.list(&OtherContactsQuery::default()).await.unwrap().people;
    said.say("others", &*found);
    let wide = OtherContactsQuery { fields: vec![PersonField::Addresses], ..OtherContactsQuery::default() };
    said.refused("wide", others.list(&wide).await);
    let copy = [PersonField::Names, PersonField::EmailAddresses];
    let first = found[0].resource_name.clone().unwrap();
    said.say("copied", others.copy_to_my_contacts(&first, &copy, &[]).await.unwrap());

    let colleagues: Vec<Person> = people.directory().list_all(DirectoryQuery::default()).try_collect().await.unwrap();
    let mut mails: Vec<&str> = colleagues.iter().flat_map(Person::emails).collect();
    mails.sort_unstable();
    assert_eq!(mails, [ANN, BOB]);
    said.say("colleagues", mails);
    same_as_google("people", "people.v1", &google, said).await;
}
