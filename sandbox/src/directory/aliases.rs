//! `users.aliases.*` and `groups.aliases.*`: the other addresses of an account.

use serde_json::{Value, json};

use super::access;
use crate::{
    http::{ApiError, Call, Reply},
    state::{State, User},
};

/// The user or the group that the path names, and the domain.
fn holder(state: &State, call: &Call) -> Result<(User, String), ApiError> {
    let domain = access::administered(state, call)?;
    let holder = match call.path("groupKey") {
        "" => access::user(state, call, &domain)?,
        _ => access::group(state, call, &domain)?,
    };
    Ok((holder, domain))
}

fn resource(holder: &User, alias: &str) -> Value {
    access::tagged(json!({
        "kind": "admin#directory#alias",
        "id": holder.sub,
        "primaryEmail": holder.email,
        "alias": alias,
    }))
}

/// `GET …/aliases`
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let (holder, _) = holder(state, call)?;
    let mut answer = json!({"kind": "admin#directory#aliases"});
    if !holder.aliases.is_empty() {
        answer["aliases"] = holder.aliases.iter().map(|alias| resource(&holder, alias)).collect();
    }
    Ok(Reply::json(access::tagged(answer)))
}

/// `POST …/aliases`
pub fn insert(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let (holder, domain) = holder(state, call)?;
    let body = call.object()?;
    let alias = body.get("alias").and_then(Value::as_str).ok_or_else(|| access::invalid("alias"))?;
    let alias = access::free_address(state, &domain, alias)?;
    state.users.update(&holder.email, |holder| holder.aliases.insert(alias.clone()));
    Ok(Reply::json(resource(&holder, &alias)))
}

/// `DELETE …/aliases/{alias}`
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let (holder, _) = holder(state, call)?;
    let alias = call.path("alias").to_lowercase();
    let removed = state.users.update(&holder.email, |holder| holder.aliases.remove(&alias));
    if removed == Some(true) { Ok(Reply::empty()) } else { Err(access::not_found("alias")) }
}
