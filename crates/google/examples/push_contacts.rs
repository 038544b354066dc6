//! Pushes people into an account's contacts, under a label of their own.
//!
//! `cargo run -p portico-google --example push_contacts -- http://127.0.0.1:8790 ACCESS_TOKEN`

use std::error::Error;

use portico_google::{
    Client, Endpoints, Kind, StaticToken,
    futures::TryStreamExt,
    people::{ContactGroupQuery, MOST_CREATED, People, Person, PersonField},
};

const LABEL: &str = "Staff";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let [base, token]: [String; 2] =
        std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "usage: BASE ACCESS_TOKEN")?;
    let people = People::new(Client::online(Endpoints::at(&base), StaticToken::new(token))?);

    let group = match people.contact_groups().create(LABEL).await {
        Ok(group) => group,
        Err(error) if *error.kind() == Kind::Duplicate => {
            let mut groups = people.contact_groups().list_all(ContactGroupQuery::default());
            loop {
                match groups.try_next().await? {
                    Some(group) if group.name.as_deref() == Some(LABEL) => break group,
                    Some(_) => {}
                    None => return Err(error.into()),
                }
            }
        }
        Err(error) => return Err(error.into()),
    };
    let label = group.resource_name.ok_or("a group without a name")?;
    let staff = [("Ada", "Lovelace", "ada@example.com"), ("太郎", "山田", "taro@example.com")];
    let person = |(given, family, email): &(&str, &str, &str)| {
        Person::default()
            .with_name(given, family)
            .with_email(email, "work")
            .in_group("contactGroups/myContacts")
            .in_group(&label)
    };
    let staff: Vec<Person> = staff.iter().map(person).collect();
    // One part after the other: Google wants the writes of one account so.
    for part in staff.chunks(MOST_CREATED) {
        for made in people.contacts().batch_create(part, &[PersonField::Names]).await? {
            match made.into_result("people.people.batchCreateContacts") {
                Ok(person) => println!("pushed {}", person.display_name().unwrap_or_default()),
                Err(error) => println!("not pushed: {error}"),
            }
        }
    }
    Ok(())
}
