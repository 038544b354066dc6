use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Control, Refused, clients};
use crate::{
    http::exchange::form_pairs,
    oauth::{
        authorize::{self, Step},
        consent, scopes, tokens,
    },
    state::{AccessToken, Client, Code, Setting, User, grant_key},
};

/// The client that tokens are for when nobody names one.
const OWN_CLIENT: &str = "sandbox.apps.googleusercontent.com";

fn person(control: &Control<'_>, email: &str) -> Result<User, Refused> {
    let user = control.inner.state.user(email).filter(|user| user.is_person());
    user.cloned()
        .ok_or_else(|| Refused::because(format!("there is no account {email}: make it with POST /_sandbox/users")))
}

fn canonical(asked: &BTreeSet<String>) -> Result<BTreeSet<String>, Refused> {
    let each = |scope: &String| {
        scopes::canonical(scope).ok_or_else(|| Refused::because(format!("there is no scope {scope:?}")))
    };
    asked.iter().map(each).collect()
}

/// `POST tokens {account, client?, scopes}`: what the pages would have led to, without them.
pub fn give(control: &mut Control<'_>) -> Result<Value, Refused> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        account: String,
        client: Option<String>,
        scopes: BTreeSet<String>,
    }
    let wanted: Wanted = control.body()?;
    let (user, scopes) = (person(control, &wanted.account)?, canonical(&wanted.scopes)?);
    let client = client(control, wanted.client)?;
    let (state, context) = (&mut control.inner.state, &control.context);
    let key = grant_key(&client.project, &user.sub);
    let mut grant = state.grants.get(&key).cloned().unwrap_or_default();
    grant.scopes.extend(scopes.clone());
    grant.offline.insert(client.client_id.clone());
    state.grants.put(key, grant);
    let code = Code {
        client_id: client.client_id.clone(),
        sub: user.sub.clone(),
        redirect_uri: String::new(),
        scopes: scopes.clone(),
        challenge: None,
        challenge_s256: false,
        nonce: None,
        with_refresh_token: true,
        offline: true,
        expires: context.now,
        used: true,
    };
    let refresh_token = tokens::give_refresh(state, context, &client, &code);
    let token = AccessToken {
        client_id: client.client_id,
        project: client.project,
        sub: user.sub,
        email: user.email,
        scopes,
        expires: context.now,
        refresh_token: Some(refresh_token.clone()),
        offline: true,
        service_account: None,
    };
    let access_token = tokens::give_access(state, context, token);
    Ok(json!({"access_token": access_token, "refresh_token": refresh_token, "expires_in": tokens::lifetime(state)}))
}

fn client(control: &mut Control<'_>, named: Option<String>) -> Result<Client, Refused> {
    let state = &mut control.inner.state;
    match named {
        Some(id) => state.clients.get(&id).cloned().ok_or_else(|| Refused::because(format!("there is no client {id}"))),
        None => match state.clients.get(OWN_CLIENT) {
            Some(client) => Ok(client.clone()),
            None => {
                let wanted = clients::Wanted {
                    client_id: Some(OWN_CLIENT.into()),
                    name: Some("Sandbox control plane".into()),
                    ..clients::Wanted::default()
                };
                clients::store(state, &*control.context.rng, wanted)
            }
        },
    }
}

/// Which tokens are meant: one, or all of an account, of one client or of all.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    token: Option<String>,
    account: Option<String>,
    client: Option<String>,
}

/// `POST tokens/revoke {token}` or `{account, client?}`: ends the grant, as the person can in the account's settings.
pub fn revoke(control: &mut Control<'_>) -> Result<Value, Refused> {
    let which: Which = control.body()?;
    let mut ended: BTreeSet<(String, String)> = BTreeSet::new();
    let project =
        |control: &Control<'_>, id: &str| control.inner.state.clients.get(id).map(|client| client.project.clone());
    match (&which.token, &which.account) {
        (Some(name), _) => {
            let state = &control.inner.state;
            let found = state.access_tokens.get(name).map(|token| (token.client_id.clone(), token.sub.clone()));
            let found = found
                .or_else(|| state.refresh_tokens.get(name).map(|token| (token.client_id.clone(), token.sub.clone())));
            let (client, sub) = found.ok_or_else(|| Refused::because("there is no such token"))?;
            ended.extend(project(control, &client).map(|project| (project, sub)));
        }
        (None, Some(account)) => {
            let user = person(control, account)?;
            let state = &control.inner.state;
            let wanted =
                state.clients.values().filter(|client| which.client.as_ref().is_none_or(|id| *id == client.client_id));
            ended.extend(wanted.map(|client| (client.project.clone(), user.sub.clone())));
        }
        (None, None) => return Err(Refused::because("give `token`, or `account` and perhaps `client`")),
    }
    for (project, sub) in &ended {
        tokens::end_grant(&mut control.inner.state, project, sub);
    }
    Ok(json!({}))
}

/// `POST tokens/expire {token}` or `{account, client?}`: access tokens end at once, refresh tokens live on. A refresh
/// token that is named ends.
pub fn expire(control: &mut Control<'_>) -> Result<Value, Refused> {
    let which: Which = control.body()?;
    let sub = which.account.as_deref().map(|account| person(control, account)).transpose()?.map(|user| user.sub);
    let (state, now) = (&mut control.inner.state, control.context.now);
    if let Some(name) = which.token.as_deref().filter(|name| state.refresh_tokens.contains(name)) {
        tokens::end_refresh(state, name);
        return Ok(json!({"expired": 1}));
    }
    let meant: Vec<String> = state
        .access_tokens
        .iter()
        .filter(|(name, token)| {
            which.token.as_ref().is_none_or(|wanted| wanted == *name)
                && sub.as_ref().is_none_or(|sub| *sub == token.sub)
                && which.client.as_ref().is_none_or(|client| *client == token.client_id)
        })
        .map(|(name, _)| name.clone())
        .collect();
    for name in &meant {
        state.access_tokens.update(name, |token| token.expires = now);
    }
    Ok(json!({"expired": meant.len()}))
}

/// `POST consent {auth_url, account, scopes?, deny?}`: goes through the pages as that account and gives the callback's
/// address. `POST consent {refuse: [scope]}`: these boxes stay unticked from now on.
pub fn consent(control: &mut Control<'_>) -> Result<Value, Refused> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        auth_url: Option<String>,
        account: Option<String>,
        scopes: Option<BTreeSet<String>>,
        #[serde(default)]
        deny: bool,
        refuse: Option<BTreeSet<String>>,
    }
    let wanted: Wanted = control.body()?;
    if let Some(refuse) = &wanted.refuse {
        let refuse = canonical(refuse)?;
        control.inner.state.settings.put(consent::REFUSED, Setting::RefusedScopes(refuse));
    }
    let Some(auth_url) = &wanted.auth_url else {
        return match wanted.refuse {
            Some(_) => Ok(json!({})),
            None => Err(Refused::because("give `auth_url` and `account`, or `refuse`")),
        };
    };
    let url =
        url::Url::parse(auth_url).map_err(|error| Refused::because(format!("auth_url is not an address: {error}")))?;
    let query = form_pairs(url.query().unwrap_or_default().as_bytes());
    let user = wanted.account.as_deref().map(|account| person(control, account)).transpose()?;
    let ticked = wanted.scopes.as_ref().map(canonical).transpose()?;
    let (state, context) = (&mut control.inner.state, &control.context);
    let location = match authorize::step(state, context, &query, user) {
        Step::Ask(request, _) if wanted.deny => consent::back_with_error(&request, "access_denied"),
        Step::Ask(request, user) => {
            let refused = consent::refused(state);
            let ticked = ticked.unwrap_or_else(|| request.scopes.difference(&refused).cloned().collect());
            consent::accept(state, context, &request, &user, &ticked)
        }
        Step::Back(location) => location,
        Step::Choose(_) => return Err(Refused::because("the account chooser would be shown: give `account`")),
        Step::Page(refusal) => {
            return Err(Refused(json!({"error": refusal.error, "status": refusal.status, "page": refusal.message})));
        }
    };
    Ok(json!({"location": location}))
}
