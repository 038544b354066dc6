//! `tokens.*`: what a user granted to apps. To delete one ends the grant.

use serde_json::{Value, json};

use super::access;
use crate::{
    http::{ApiError, Call, Reply},
    oauth::tokens,
    state::{Client, ClientKind, State, User, grant_key},
};

/// The clients that hold something of the user's, with the scopes of the grant.
fn held(state: &State, user: &User) -> Vec<(Client, Value)> {
    let clients = state.clients.values().filter_map(|client| {
        let grant = state.grants.get(&grant_key(&client.project, &user.sub))?;
        let holds = grant.offline.contains(&client.client_id)
            || state.access_tokens.values().any(|token| token.sub == user.sub && token.client_id == client.client_id);
        holds.then(|| (client.clone(), resource(user, client, &json!(grant.scopes))))
    });
    clients.collect()
}

fn resource(user: &User, client: &Client, scopes: &Value) -> Value {
    access::tagged(json!({
        "kind": "admin#directory#token",
        "clientId": client.client_id,
        "displayText": client.name,
        "anonymous": false,
        "nativeApp": client.kind == ClientKind::Installed,
        "userKey": user.sub,
        "scopes": scopes,
    }))
}

fn open(state: &State, call: &Call) -> Result<User, ApiError> {
    let domain = access::administered(state, call)?;
    access::user(state, call, &domain)
}

/// `GET users/{userKey}/tokens`
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let user = open(state, call)?;
    let items: Vec<Value> = held(state, &user).into_iter().map(|(_, token)| token).collect();
    let mut answer = json!({"kind": "admin#directory#tokenList"});
    if !items.is_empty() {
        answer["items"] = json!(items);
    }
    Ok(Reply::json(access::tagged(answer)))
}

/// The client that the path names, and what the user granted to it.
fn one(state: &State, call: &Call, user: &User) -> Result<(Client, Value), ApiError> {
    let found = held(state, user).into_iter().find(|(client, _)| client.client_id == call.path("clientId"));
    found.ok_or_else(|| access::not_found("clientId"))
}

/// `GET users/{userKey}/tokens/{clientId}`
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let user = open(state, call)?;
    Ok(Reply::json(one(state, call, &user)?.1))
}

/// `DELETE users/{userKey}/tokens/{clientId}`
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let user = open(state, call)?;
    let (client, _) = one(state, call, &user)?;
    tokens::end_grant(state, &client.project, &user.sub);
    Ok(Reply::empty())
}
