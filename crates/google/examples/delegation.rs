//! Acts as a service account in the name of a person, by domain-wide delegation: says what the set-up lacks, or lists the
//! person's next ten meetings.
//!
//! `cargo run -p portico-google --example delegation -- http://127.0.0.1:8790 key.json ann@example.com`
//!
//! A P12 key does not say whose it is: give the account's address after the person's.

use std::{error::Error, sync::Arc, time::Duration};

use portico_google::{
    Client, Endpoints, HttpClient, ScopeSet, World,
    auth::{P12_PASSWORD, Preflight, ServiceAccount, ServiceAccountKey, Subject},
    calendar::{Calendar, OrderBy, SearchQuery, scopes},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [base, file, person, account @ ..] = arguments.as_slice() else {
        return Err("usage: BASE KEY_FILE PERSON [ADDRESS_OF_THE_ACCOUNT]".into());
    };
    let (world, transport) = (World::real(), Arc::new(HttpClient::new(Duration::from_secs(30))?));
    let endpoints = Endpoints::at(base); // Endpoints::google() for Google itself
    let bytes = std::fs::read(file)?;
    let key = match account.first() {
        Some(address) => ServiceAccountKey::from_p12(&bytes, P12_PASSWORD, address),
        None => ServiceAccountKey::from_json(&String::from_utf8_lossy(&bytes)),
    };
    let (person, scopes) = (Subject::new(person)?, ScopeSet::parse(scopes::CALENDAR_READONLY));
    let account = |key| ServiceAccount::new(key, endpoints.clone(), transport.clone(), world.clone());

    let flight = Preflight::run(key.clone(), account, &person, &scopes).await;
    if let Some(failed) = flight.failure() {
        println!("{:?}: {}", failed.check, failed.said.as_ref().map_or("", |said| &said.meaning));
        if let Some(advice) = &failed.advice {
            println!("{} {}", advice.slug, advice.link.as_deref().unwrap_or_default());
            advice.paste.iter().for_each(|paste| println!("{}: {}", paste.field, paste.value));
        }
        return Err("the set-up lacks something".into());
    }
    // From here on it is like any other account; whoever is the subject stays the subject.
    let credentials = account(key?).delegated(person, scopes);
    let client = Client::new(transport.clone(), world.clone(), endpoints.clone(), Arc::new(credentials));
    let calendar = Calendar::new(client);
    let query = SearchQuery::new().ends_after(world.now()).order_by(OrderBy::StartTime).max_results(10);
    for item in calendar.events("primary").list(&query).await?.items {
        let event = item.event?;
        println!("{:?} {}", event.start.and_then(|start| start.timestamp()), event.summary.unwrap_or_default());
    }
    Ok(())
}
