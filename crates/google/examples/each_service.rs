//! Acts as a service account in the name of a person and calls each of Google's services once, at Google itself: says which
//! of them answer. The person has to administer the domain for the last one.
//!
//! `cargo run -p portico-google --example each_service -- key.json ann@example.com`

use std::{error::Error, sync::Arc, time::Duration};

use portico_google::{
    Client, Endpoints, HttpClient, ScopeSet, World,
    auth::{ServiceAccount, ServiceAccountKey, Subject},
    calendar::{self, Calendar},
    directory::{self, Directory, UserQuery},
    drive::{self, Drive, File},
    gmail::{self, Gmail},
    meet::{self, Meet, SpaceConfig},
    people::{self, ContactGroupQuery, People},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let [file, person]: [String; 2] =
        std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "usage: KEY_FILE PERSON")?;
    let (world, transport) = (World::real(), Arc::new(HttpClient::new(Duration::from_secs(30))?));
    let key = ServiceAccountKey::from_json(&std::fs::read_to_string(file)?)?;
    let account = ServiceAccount::new(key, Endpoints::google(), transport.clone(), world.clone());
    let scopes = [
        calendar::scopes::CALENDAR,
        gmail::scopes::MAIL,
        people::scopes::CONTACTS,
        drive::scopes::DRIVE,
        meet::scopes::SPACE_CREATED,
        directory::scopes::USERS,
    ];
    let credentials = account.delegated(Subject::new(&person)?, ScopeSet::parse(&scopes.join(" ")));
    let client = Client::new(transport, world, Endpoints::google(), Arc::new(credentials));

    let answers = [
        ("calendar", client.service::<Calendar>().calendars().get("primary").await.map(drop)),
        ("gmail", client.service::<Gmail>().profile().await.map(drop)),
        ("people", client.service::<People>().contact_groups().list(&ContactGroupQuery::default()).await.map(drop)),
        ("drive", uploaded(&client.service()).await),
        ("meet", client.service::<Meet>().spaces().create(&SpaceConfig::default()).await.map(drop)),
        ("directory", client.service::<Directory>().users().list(&UserQuery::default()).await.map(drop)),
    ];
    for (service, answer) in answers {
        answer.map_err(|error| format!("{service}: {error}"))?;
        println!("{service} answers");
    }
    Ok(())
}

/// A file that is there for a moment.
async fn uploaded(drive: &Drive) -> Result<(), portico_google::Error> {
    let file = File { name: Some("A moment".into()), ..File::default() };
    let made = drive.files().create_with_content(&file, "text/plain", b"hi").await?;
    drive.files().delete(made.id.as_deref().unwrap_or_default()).await
}
