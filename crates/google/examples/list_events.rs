//! Connects an account with its owner's consent and lists the next ten meetings.
//!
//! `cargo run -p portico-google --example list_events -- http://127.0.0.1:8790 web.apps.googleusercontent.com GOCSPX-test http://localhost:9/cb`
//!
//! It prints the address to open in a browser and reads the address that the browser was sent back to.

use std::{error::Error, io::BufRead, sync::Arc, time::Duration};

use portico_google::{
    Client, Endpoints, HttpClient, ScopeSet, World,
    auth::{
        AuthorizationRequest, Callback, CallbackParams, MemoryPendingStore, OAuth, OAuthClient, OAuthCredentials,
        StateKey,
    },
    calendar::{Calendar, OrderBy, SearchQuery, scopes},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let [base, client_id, client_secret, redirect_uri]: [String; 4] = std::env::args()
        .skip(1)
        .collect::<Vec<_>>()
        .try_into()
        .map_err(|_| "usage: BASE CLIENT_ID CLIENT_SECRET REDIRECT_URI")?;
    let (world, transport) = (World::real(), Arc::new(HttpClient::new(Duration::from_secs(30))?));
    let endpoints = Endpoints::at(&base); // Endpoints::google() for Google itself
    let client = OAuthClient { client_id, client_secret: client_secret.into(), redirect_uri };
    let key = StateKey::random(&*world.rng);
    let oauth = OAuth::new(client, endpoints.clone(), transport.clone(), world.clone(), key);

    let (store, session) = (MemoryPendingStore::new(), "this terminal");
    let scopes = ScopeSet::parse("openid email").union(&[scopes::EVENTS_READONLY].into_iter().collect());
    println!("{}", oauth.begin(&store, AuthorizationRequest::new(scopes), session).await?);
    let mut back = String::new();
    std::io::stdin().lock().read_line(&mut back)?;

    let Callback::Granted(granted) = oauth.callback(&store, CallbackParams::parse(back.trim()), session).await? else {
        return Err("not granted".into());
    };
    let consent = oauth.complete(granted).await?;
    let credentials = OAuthCredentials::from_tokens(oauth, &consent.tokens).ok_or("no refresh token")?;
    let calendar = Calendar::new(Client::new(transport, world.clone(), endpoints, Arc::new(credentials)));
    let query = SearchQuery::new().ends_after(world.now()).order_by(OrderBy::StartTime).max_results(10);
    for item in calendar.events("primary").list(&query).await?.items {
        let event = item.event?;
        println!("{:?} {}", event.start.and_then(|start| start.timestamp()), event.summary.unwrap_or_default());
    }
    Ok(())
}
