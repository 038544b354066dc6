//! `members.*`: who belongs to a group, and as what.

use serde_json::{Value, json};

use super::{access, tables::key};
use crate::{
    http::{ApiError, Call, Reply},
    state::{State, User, UserKind},
};

const ROLES: [&str; 3] = ["OWNER", "MANAGER", "MEMBER"];

fn role<'a>(state: &'a State, group: &str, member: &str) -> &'a str {
    state.directory.roles.get(&key(group, member)).map_or("MEMBER", String::as_str)
}

fn resource(state: &State, group: &User, member: &str) -> Value {
    let user = state.user(member);
    let ours = user.filter(|user| user.domain == group.domain);
    let kind = match ours.map(|user| user.kind) {
        Some(UserKind::Group) => "GROUP",
        Some(_) => "USER",
        None => "EXTERNAL",
    };
    let status = if ours.is_some_and(|user| user.disabled) { "SUSPENDED" } else { "ACTIVE" };
    let mut shown = json!({
        "kind": "admin#directory#member",
        "email": member,
        "role": role(state, &group.email, member),
        "type": kind,
        "status": status,
    });
    if let Some(user) = user {
        shown["id"] = json!(user.sub);
    }
    access::tagged(shown)
}

fn open(state: &State, call: &Call) -> Result<User, ApiError> {
    let domain = access::administered(state, call)?;
    access::group(state, call, &domain)
}

/// The address in the group that the path names.
fn member(state: &State, call: &Call, group: &User) -> Result<String, ApiError> {
    let wanted = call.path("memberKey");
    let address = access::find(state, wanted).map_or_else(|| wanted.to_lowercase(), |user| user.email.clone());
    group.members.get(&address).cloned().ok_or_else(|| access::not_found("memberKey"))
}

/// `GET groups/{groupKey}/members`
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let group = open(state, call)?;
    let roles = call.param("roles").unwrap_or_default().to_uppercase();
    let roles: Vec<&str> = roles.split(',').map(str::trim).filter(|role| !role.is_empty()).collect();
    if roles.iter().any(|role| !ROLES.contains(role)) {
        return Err(access::invalid("roles"));
    }
    let mut addresses: Vec<String> = group.members.iter().cloned().collect();
    if call.param("includeDerivedMembership") == Some("true") {
        let mut at = 0;
        while at < addresses.len() {
            let inner = state.user(&addresses[at]).filter(|user| user.kind == UserKind::Group);
            let inner: Vec<String> = inner.map(|group| group.members.iter().cloned().collect()).unwrap_or_default();
            for address in inner {
                if !addresses.contains(&address) {
                    addresses.push(address);
                }
            }
            at += 1;
        }
    }
    let fits = |address: &String| roles.is_empty() || roles.contains(&role(state, &group.email, address));
    let found: Vec<Value> =
        addresses.iter().filter(|a| fits(a)).map(|address| resource(state, &group, address)).collect();
    let (page, next) = access::page(call, found, 200, 200)?;
    let mut answer = json!({"kind": "admin#directory#members"});
    if !page.is_empty() {
        answer["members"] = json!(page);
    }
    if let Some(next) = next {
        answer["nextPageToken"] = json!(next);
    }
    Ok(Reply::json(access::tagged(answer)))
}

/// `GET groups/{groupKey}/members/{memberKey}`
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let group = open(state, call)?;
    let member = member(state, call, &group)?;
    Ok(Reply::json(resource(state, &group, &member)))
}

/// The role that a body names.
fn wanted_role(call: &Call) -> Result<Option<String>, ApiError> {
    match call.object()?.get("role").and_then(Value::as_str).map(str::to_uppercase) {
        None => Ok(None),
        Some(role) if ROLES.contains(&role.as_str()) => Ok(Some(role)),
        Some(_) => Err(access::invalid("role")),
    }
}

fn set_role(state: &mut State, group: &str, member: &str, role: &str) {
    if role == "MEMBER" {
        state.directory.roles.remove(&key(group, member));
    } else {
        state.directory.roles.put(key(group, member), role.to_owned());
    }
}

/// `POST groups/{groupKey}/members`
pub fn insert(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let group = open(state, call)?;
    let body = call.object()?;
    let named = ["email", "id"].iter().find_map(|name| body.get(*name).and_then(Value::as_str));
    let named = named.ok_or_else(|| access::invalid("memberKey"))?;
    let address = match access::find(state, named) {
        Some(user) => user.email.clone(),
        None if named.contains('@') && named.split('@').nth(1) != group.domain.as_deref() => named.to_lowercase(),
        None => return Err(access::not_found("memberKey")),
    };
    if group.members.contains(&address) {
        return Err(ApiError::new(409, "duplicate", "Member already exists."));
    }
    if address == group.email || state.is_member(&address, &group.email) {
        return Err(ApiError::new(400, "cyclicMembershipsNotAllowed", "Cyclic memberships not allowed"));
    }
    let role = wanted_role(call)?.unwrap_or_else(|| "MEMBER".into());
    state.users.update(&group.email, |group| group.members.insert(address.clone()));
    set_role(state, &group.email, &address, &role);
    Ok(Reply::json(resource(state, &group, &address)))
}

/// `PUT` and `PATCH groups/{groupKey}/members/{memberKey}`
pub fn patch(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let group = open(state, call)?;
    let member = member(state, call, &group)?;
    access::guard(call, &resource(state, &group, &member))?;
    if let Some(role) = wanted_role(call)? {
        set_role(state, &group.email, &member, &role);
    }
    Ok(Reply::json(resource(state, &group, &member)))
}

/// `DELETE groups/{groupKey}/members/{memberKey}`
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let group = open(state, call)?;
    let member = member(state, call, &group)?;
    state.users.update(&group.email, |group| group.members.remove(&member));
    state.directory.roles.remove(&key(&group.email, &member));
    Ok(Reply::empty())
}

/// `GET groups/{groupKey}/hasMember/{memberKey}`, through other groups too. It knows only those of the domain.
pub fn has_member(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let group = open(state, call)?;
    let user = access::find(state, call.path("memberKey")).filter(|user| user.domain == group.domain);
    let user = user.ok_or_else(|| access::invalid("memberKey"))?;
    Ok(Reply::json(json!({"isMember": state.is_member(&group.email, &user.email)})))
}

/// A group has another address now: the groups that it is in say so too, and roles go with it.
pub fn renamed(state: &mut State, old: &str, new: &str) {
    let holders: Vec<String> =
        state.users.values().filter(|group| group.members.contains(old)).map(|group| group.email.clone()).collect();
    for holder in holders {
        state.users.update(&holder, |group| {
            group.members.remove(old);
            group.members.insert(new.to_owned());
        });
        if let Some(role) = state.directory.roles.remove(&key(&holder, old)) {
            state.directory.roles.put(key(&holder, new), role);
        }
    }
    let prefix = key(old, "");
    let own: Vec<(String, String)> = state
        .directory
        .roles
        .prefixed(&prefix)
        .map(|(key, role)| (key[prefix.len()..].to_owned(), role.clone()))
        .collect();
    for (member, role) in own {
        state.directory.roles.remove(&key(old, &member));
        state.directory.roles.put(key(new, &member), role);
    }
}

/// A group is gone: no other holds it, and nobody has a role in it.
pub fn forget(state: &mut State, address: &str) {
    let holders: Vec<String> =
        state.users.values().filter(|group| group.members.contains(address)).map(|group| group.email.clone()).collect();
    for holder in holders {
        state.users.update(&holder, |group| group.members.remove(address));
        state.directory.roles.remove(&key(&holder, address));
    }
    let prefix = key(address, "");
    state.directory.roles.retain(|key, _| !key.starts_with(&prefix));
}
