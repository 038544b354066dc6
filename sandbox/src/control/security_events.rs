use serde::Deserialize;
use serde_json::{Value, json};

use super::{Control, Refused};
use crate::{
    oauth::keys,
    risc::{self, EventType, Message},
};

/// `POST security-events`: signs a message and sends it to `to`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The receiver's address.
    to: String,
    /// What happened, by the last part of Google's names, such as `account-disabled`.
    event: EventType,
    /// Whom it is about.
    account: Option<String>,
    /// The OAuth client that is the audience; the first one when it is not given.
    client: Option<String>,
    /// The token that is void, with `token-revoked`.
    refresh_token: Option<String>,
    /// Whether that token is named by its hash.
    #[serde(default)]
    hashed: bool,
    reason: Option<String>,
    state: Option<String>,
}

/// `GET security-events`
pub fn list(control: &mut Control<'_>) -> Value {
    json!({"items": control.inner.state.security_events.values().collect::<Vec<_>>()})
}

/// `POST security-events`
pub fn put(control: &mut Control<'_>) -> Result<Value, Refused> {
    let wanted: Wanted = control.body()?;
    let state = &mut control.inner.state;
    let sub = match &wanted.account {
        Some(account) => Some(
            state
                .user(account)
                .map(|user| user.sub.clone())
                .ok_or_else(|| Refused::because(format!("there is no account {account}")))?,
        ),
        None => None,
    };
    match wanted.event {
        EventType::Verification => {}
        EventType::TokenRevoked if wanted.refresh_token.is_none() => {
            return Err(Refused::because("give the `refresh_token` that is revoked"));
        }
        EventType::TokenRevoked => {}
        _ if sub.is_none() => return Err(Refused::because("give the `account` that it is about")),
        _ => {}
    }
    let audience = match wanted.client {
        Some(id) if state.clients.contains(&id) => id,
        Some(id) => return Err(Refused::because(format!("there is no client {id}"))),
        None => match state.clients.iter().next() {
            Some((id, _)) => id.clone(),
            None => return Err(Refused::because("there is no client that it could be for: make one first")),
        },
    };
    let message = Message {
        event: wanted.event,
        sub: sub.as_deref(),
        refresh_token: wanted.refresh_token.as_deref(),
        hashed: wanted.hashed,
        reason: wanted.reason.as_deref(),
        state: wanted.state.as_deref(),
    };
    let now = control.context.now;
    let row = risc::put(state, &*control.context.rng, now, &wanted.to, &audience, &message);
    Ok(json!({"jti": row.jti, "token": row.token}))
}

/// `POST signing-keys`: from now on another key signs; the older ones stay good for what they signed.
pub fn rotate(control: &mut Control<'_>) -> Value {
    json!({"key_id": keys::rotate(&mut control.inner.state)})
}
