//! `groups.*`

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{access, members, query, view};
use crate::{
    control::accounts,
    http::{ApiError, Call, Reply},
    state::{State, User, UserKind},
};

/// `GET groups`
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let domain = access::administered(state, call)?;
    let member = match call.param("userKey").filter(|key| !key.is_empty()) {
        Some(_) if call.param("customer").is_some() => return Err(ApiError::new(400, "badRequest", "Bad Request")),
        Some(key) => Some(access::find(state, key).map_or_else(|| key.to_lowercase(), |user| user.email.clone())),
        None => {
            access::in_domain(call, &domain)?;
            None
        }
    };
    let clauses = query::parse(call.param("query").unwrap_or_default()).ok_or_else(|| access::invalid("query"))?;
    if clauses.iter().any(|clause| !["email", "name", "memberKey"].contains(&clause.field.as_str())) {
        return Err(access::invalid("query"));
    }
    let groups =
        state.users.values().filter(|user| user.kind == UserKind::Group && user.domain.as_ref() == Some(&domain));
    let wanted =
        groups.filter(|group| member.as_ref().is_none_or(|member| group.members.contains(member))).filter(|group| {
            clauses.iter().all(|clause| match clause.field.as_str() {
                "email" => clause.fits(&[&group.email]),
                "name" => clause.fits(&[&group.name]),
                _ => clause.fits(&group.members.iter().map(String::as_str).collect::<Vec<_>>()),
            })
        });
    let mut found: Vec<Value> = wanted.map(|group| view::group(state, group)).collect();
    if call.param("sortOrder") == Some("DESCENDING") {
        found.reverse();
    }
    let (page, next) = access::page(call, found, 200, 200)?;
    let mut answer = json!({"kind": "admin#directory#groups"});
    if !page.is_empty() {
        answer["groups"] = json!(page);
    }
    if let Some(next) = next {
        answer["nextPageToken"] = json!(next);
    }
    Ok(Reply::json(access::tagged(answer)))
}

/// `GET groups/{groupKey}`
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let domain = access::administered(state, call)?;
    let group = access::group(state, call, &domain)?;
    Ok(Reply::json(view::group(state, &group)))
}

/// `POST groups`
pub fn insert(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let domain = access::administered(state, call)?;
    let body = call.object()?;
    let address = body.get("email").and_then(Value::as_str);
    let address = address.ok_or_else(|| ApiError::new(400, "required", "Missing required field: email"))?;
    let email = access::free_address(state, &domain, address)?;
    let name = email.split('@').next().unwrap_or_default().to_owned();
    let group = User {
        email: email.clone(),
        sub: accounts::number(&*call.rng),
        name,
        given_name: String::new(),
        family_name: String::new(),
        kind: UserKind::Group,
        domain: Some(domain),
        aliases: BTreeSet::new(),
        members: BTreeSet::new(),
        disabled: false,
        without_calendar: false,
        admin: false,
        locale: "en".into(),
        time_zone: "UTC".into(),
        created: call.now,
    };
    state.users.put(email, group.clone());
    write(state, group, &body)
}

fn write(state: &mut State, mut group: User, body: &Map<String, Value>) -> Result<Reply, ApiError> {
    if let Some(name) = body.get("name").and_then(Value::as_str).filter(|name| !name.is_empty()) {
        group.name = name.to_owned();
    }
    if let Some(description) = body.get("description") {
        let text = description.as_str().unwrap_or_default();
        if text.chars().count() > 4096 {
            return Err(access::invalid("description"));
        }
        state.directory.profiles.put(group.sub.clone(), Map::from_iter([("description".to_owned(), json!(text))]));
    }
    state.users.put(group.email.clone(), group.clone());
    Ok(Reply::json(view::group(state, &group)))
}

/// `PUT` and `PATCH groups/{groupKey}`: both leave what is absent. The old address of a group stays as an alias.
pub fn patch(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let domain = access::administered(state, call)?;
    let mut group = access::group(state, call, &domain)?;
    access::guard(call, &view::group(state, &group))?;
    let body = call.object()?;
    if let Some(address) =
        body.get("email").and_then(Value::as_str).filter(|address| !address.eq_ignore_ascii_case(&group.email))
    {
        let email = access::free_address(state, &domain, address)?;
        let old = std::mem::replace(&mut group.email, email.clone());
        state.users.remove(&old);
        members::renamed(state, &old, &email);
        group.aliases.insert(old);
    }
    write(state, group, &body)
}

/// `DELETE groups/{groupKey}`
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let domain = access::administered(state, call)?;
    let group = access::group(state, call, &domain)?;
    members::forget(state, &group.email);
    state.directory.profiles.remove(&group.sub);
    state.users.remove(&group.email);
    Ok(Reply::empty())
}
