use std::collections::BTreeSet;

use portico_world::Rng;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Control, Refused, accounts};
use crate::{
    oauth::tokens,
    state::{Client, ClientKind, State},
};

/// `POST clients`: makes an OAuth client, or changes what is given of it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    pub client_id: Option<String>,
    pub client_secret: Option<String>,
    pub name: Option<String>,
    pub project: Option<String>,
    pub redirect_uris: Option<Vec<String>>,
    pub kind: Option<ClientKind>,
    pub testing: Option<bool>,
    pub test_users: Option<BTreeSet<String>>,
    pub internal_to: Option<String>,
    pub blocked_domains: Option<BTreeSet<String>>,
    pub deleted: Option<bool>,
    pub disabled: Option<bool>,
    pub disabled_apis: Option<BTreeSet<String>>,
    pub foreign_hosts: Option<BTreeSet<String>>,
}

/// Makes or changes a client.
pub fn store(state: &mut State, rng: &dyn Rng, wanted: Wanted) -> Result<Client, Refused> {
    let id = wanted.client_id.unwrap_or_else(|| {
        let number = &accounts::number(rng)[..12];
        format!("{number}-{}.apps.googleusercontent.com", tokens::random(rng, 24).to_lowercase())
    });
    if let Some(bad) = wanted.redirect_uris.iter().flatten().find(|uri| !may_be_registered(uri)) {
        return Err(Refused::because(format!(
            "Google takes no callback address {bad:?}: it must be https, or http on localhost or a loopback address, without a fragment"
        )));
    }
    let mut client = state.clients.get(&id).cloned().unwrap_or_else(|| Client {
        client_id: id.clone(),
        client_secret: format!("GOCSPX-{}", tokens::random(rng, 21)),
        name: "Sandbox app".into(),
        project: id.split(['-', '.']).next().unwrap_or(&id).to_owned(),
        redirect_uris: vec![],
        kind: ClientKind::Web,
        testing: false,
        test_users: BTreeSet::new(),
        internal_to: None,
        blocked_domains: BTreeSet::new(),
        deleted: false,
        disabled: false,
        disabled_apis: BTreeSet::new(),
        foreign_hosts: BTreeSet::new(),
    });
    client.client_secret = wanted.client_secret.unwrap_or(client.client_secret);
    client.name = wanted.name.unwrap_or(client.name);
    client.project = wanted.project.unwrap_or(client.project);
    client.redirect_uris = wanted.redirect_uris.unwrap_or(client.redirect_uris);
    client.kind = wanted.kind.unwrap_or(client.kind);
    client.testing = wanted.testing.unwrap_or(client.testing);
    client.test_users = wanted.test_users.unwrap_or(client.test_users);
    client.internal_to = wanted.internal_to.or(client.internal_to);
    client.blocked_domains = wanted.blocked_domains.unwrap_or(client.blocked_domains);
    client.deleted = wanted.deleted.unwrap_or(client.deleted);
    client.disabled = wanted.disabled.unwrap_or(client.disabled);
    client.disabled_apis = wanted.disabled_apis.unwrap_or(client.disabled_apis);
    client.foreign_hosts = wanted.foreign_hosts.unwrap_or(client.foreign_hosts);
    state.clients.put(id, client.clone());
    Ok(client)
}

/// The rules of the Cloud console for callback addresses.
fn may_be_registered(uri: &str) -> bool {
    let Ok(url) = url::Url::parse(uri) else { return false };
    let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && loopback);
    scheme && url.fragment().is_none() && !uri.contains('*')
}

/// `GET clients`
pub fn list(control: &mut Control<'_>) -> Value {
    json!({"items": control.inner.state.clients.values().collect::<Vec<_>>()})
}

/// `POST clients`
pub fn put(control: &mut Control<'_>) -> Result<Value, Refused> {
    let wanted = control.body()?;
    let client = store(&mut control.inner.state, &*control.context.rng, wanted)?;
    Ok(json!(client))
}
