//! `users.*`

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::{
    access, org_units,
    query::{self, Clause},
    tables::DeletedUser,
    view,
};
use crate::{
    control::accounts,
    http::{ApiError, Call, Reply},
    state::{State, User, UserKind},
};

/// A deleted user can be brought back for so long.
const RESTORABLE: SignedDuration = SignedDuration::from_hours(20 * 24);

/// What is written as it comes and shown as it was written.
const PROFILE: [&str; 22] = [
    "addresses",
    "archived",
    "changePasswordAtNextLogin",
    "customSchemas",
    "externalIds",
    "gender",
    "ims",
    "includeInGlobalAddressList",
    "ipWhitelisted",
    "keywords",
    "languages",
    "locations",
    "notes",
    "organizations",
    "phones",
    "posixAccounts",
    "recoveryEmail",
    "recoveryPhone",
    "relations",
    "sshPublicKeys",
    "websites",
    "emails",
];

/// Whether the call asks for what everybody of the domain may see.
fn is_public(call: &Call) -> bool {
    call.param("viewType") == Some("domain_public")
}

fn domain(state: &State, call: &Call) -> Result<String, ApiError> {
    if is_public(call) { access::own_domain(state, call) } else { access::administered(state, call) }
}

fn shown(state: &State, call: &Call, user: &User) -> Value {
    let full = matches!(call.param("projection"), Some("full" | "custom" | "FULL" | "CUSTOM"));
    let whole = view::user(state, user, full);
    if is_public(call) { view::public(whole) } else { whole }
}

/// `GET users`
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let domain = domain(state, call)?;
    access::in_domain(call, &domain)?;
    let clauses = query::parse(call.param("query").unwrap_or_default()).ok_or_else(|| access::invalid("query"))?;
    let found: Vec<(User, Value)> = if call.param("showDeleted") == Some("true") {
        let rows = state.directory.deleted.values();
        let kept = rows
            .filter(|row| row.user.domain.as_ref() == Some(&domain) && call.now.duration_since(row.at) < RESTORABLE);
        let with_time = kept.map(|row| {
            let mut value = shown(state, call, &row.user);
            value["deletionTime"] = json!(row.at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string());
            (row.user.clone(), value)
        });
        with_time.collect()
    } else {
        let all =
            state.users.values().filter(|user| user.kind == UserKind::User && user.domain.as_ref() == Some(&domain));
        all.map(|user| (user.clone(), shown(state, call, user))).collect()
    };
    let mut wanted = Vec::new();
    for (user, value) in found {
        if matches(&clauses, &user, &value)? {
            wanted.push((user, value));
        }
    }
    sort(call, &mut wanted)?;
    if call.param("maxResults").and_then(|most| most.parse().ok()).is_some_and(|most: u64| most > 500) {
        return Err(access::invalid("maxResults"));
    }
    let (page, next) = access::page(call, wanted, 100, 500)?;
    let mut answer = json!({"kind": "admin#directory#users"});
    if !page.is_empty() {
        answer["users"] = page.into_iter().map(|(_, value)| value).collect();
    }
    if let Some(next) = next {
        answer["nextPageToken"] = json!(next);
    }
    Ok(Reply::json(access::tagged(answer)))
}

fn matches(clauses: &[Clause], user: &User, value: &Value) -> Result<bool, ApiError> {
    let full_name = value["name"]["fullName"].as_str().unwrap_or_default();
    let mut all = true;
    for clause in clauses {
        let addresses = || std::iter::once(user.email.as_str()).chain(user.aliases.iter().map(String::as_str));
        all &= match clause.field.as_str() {
            "" => {
                let mut texts: Vec<&str> = addresses().collect();
                texts.extend([full_name, &user.given_name, &user.family_name]);
                clause.fits(&texts)
            }
            "email" => clause.fits(&addresses().collect::<Vec<_>>()),
            "name" => clause.fits(&[full_name]),
            "givenName" => clause.fits(&[&user.given_name]),
            "familyName" => clause.fits(&[&user.family_name]),
            "isAdmin" => clause.fits_flag(user.admin),
            "isSuspended" => clause.fits_flag(user.disabled),
            "isArchived" => clause.fits_flag(value["archived"] == json!(true)),
            "orgUnitPath" => {
                let path = value["orgUnitPath"].as_str().unwrap_or("/").to_lowercase();
                let below = clause.value.trim_end_matches('/');
                path == clause.value || path.strip_prefix(below).is_some_and(|rest| rest.starts_with('/'))
            }
            "externalId" => clause.fits(&query::texts(value, "externalIds", "value")),
            "phone" => clause.fits(&query::texts(value, "phones", "value")),
            "orgDepartment" => clause.fits(&query::texts(value, "organizations", "department")),
            "orgTitle" => clause.fits(&query::texts(value, "organizations", "title")),
            "orgName" => clause.fits(&query::texts(value, "organizations", "name")),
            "manager" | "directManager" => clause.fits(&query::texts(value, "relations", "value")),
            _ => return Err(access::invalid("query")),
        };
    }
    Ok(all)
}

fn sort(call: &Call, users: &mut [(User, Value)]) -> Result<(), ApiError> {
    let by: fn(&User) -> String = match call.param("orderBy").unwrap_or("email") {
        "email" | "EMAIL" => |user| user.email.clone(),
        "givenName" | "GIVEN_NAME" => |user| user.given_name.to_lowercase(),
        "familyName" | "FAMILY_NAME" => |user| user.family_name.to_lowercase(),
        _ => return Err(access::invalid("orderBy")),
    };
    users.sort_by_cached_key(|(user, _)| (by(user), user.email.clone()));
    if call.param("sortOrder") == Some("DESCENDING") {
        users.reverse();
    }
    Ok(())
}

/// `GET users/{userKey}`
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let domain = domain(state, call)?;
    let user = access::user(state, call, &domain)?;
    Ok(Reply::json(shown(state, call, &user)))
}

fn name<'a>(body: &'a Map<String, Value>, part: &str) -> Option<&'a str> {
    body.get("name").and_then(|name| name.get(part)).and_then(Value::as_str)
}

/// `POST users`
pub fn insert(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let domain = access::administered(state, call)?;
    let body = call.object()?;
    let address =
        body.get("primaryEmail").and_then(Value::as_str).ok_or_else(|| access::invalid("primary_user_email"))?;
    let email = access::free_address(state, &domain, address)?;
    let part = |wanted: &str, label: &str| {
        let text = name(&body, wanted).map(str::trim).filter(|text| !text.is_empty());
        text.ok_or_else(|| ApiError::new(400, "invalid", format!("Invalid Given/Family Name: {label}")))
    };
    let (given, family) = (part("givenName", "GivenName")?, part("familyName", "FamilyName")?);
    password(&body)?.ok_or_else(|| ApiError::new(400, "invalid", "Invalid Password"))?;
    let user = User {
        email: email.clone(),
        sub: accounts::number(&*call.rng),
        name: format!("{given} {family}"),
        given_name: given.to_owned(),
        family_name: family.to_owned(),
        kind: UserKind::User,
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
    state.users.put(email, user.clone());
    let user = write(state, call, user, &body)?;
    Ok(Reply::json(view::user(state, &user, true)))
}

/// Whether a good password is there. The sandbox's pages ask for none, so that it is not kept.
fn password(body: &Map<String, Value>) -> Result<Option<()>, ApiError> {
    match body.get("password").map(|password| password.as_str().unwrap_or_default()) {
        None => Ok(None),
        Some(text) if text.chars().count() >= 8 => Ok(Some(())),
        Some(_) => Err(ApiError::new(400, "invalid", "Invalid Password")),
    }
}

/// `PUT` and `PATCH users/{userKey}`: both leave what is absent.
pub fn patch(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let domain = access::administered(state, call)?;
    let user = access::user(state, call, &domain)?;
    access::guard(call, &view::user(state, &user, true))?;
    let body = call.object()?;
    if let Some(address) = body.get("primaryEmail").and_then(Value::as_str)
        && !address.eq_ignore_ascii_case(&user.email)
    {
        return Err(access::invalid("primary_user_email"));
    }
    let new_password = password(&body)?.is_some();
    let user = write(state, call, user, &body)?;
    if new_password {
        accounts::end_mail_tokens(state, &user.sub);
    }
    Ok(Reply::json(view::user(state, &user, true)))
}

/// Writes what a body says into an account and its profile.
fn write(state: &mut State, call: &Call, mut user: User, body: &Map<String, Value>) -> Result<User, ApiError> {
    if let Some(given) = name(body, "givenName") {
        user.given_name = given.to_owned();
    }
    if let Some(family) = name(body, "familyName") {
        user.family_name = family.to_owned();
    }
    user.name = format!("{} {}", user.given_name, user.family_name).trim().to_owned();
    if let Some(suspended) = body.get("suspended") {
        let suspended = suspended.as_bool().ok_or_else(|| access::invalid("suspended"))?;
        if suspended && user.email == call.account {
            return Err(access::not_authorized());
        }
        user.disabled = suspended;
    }
    if let Some(path) = body.get("orgUnitPath").and_then(Value::as_str) {
        place(state, &user, path)?;
    }
    let mut profile = state.directory.profiles.get(&user.sub).cloned().unwrap_or_default();
    for name in PROFILE {
        match body.get(name) {
            None => {}
            Some(Value::Null) => {
                profile.remove(name);
            }
            Some(value) => {
                profile.insert(name.to_owned(), value.clone());
            }
        }
    }
    state.directory.profiles.put(user.sub.clone(), profile);
    state.users.put(user.email.clone(), user.clone());
    Ok(user)
}

/// Puts a user into the unit of that path.
fn place(state: &mut State, user: &User, path: &str) -> Result<(), ApiError> {
    let domain = user.domain.as_deref().unwrap_or_default();
    match org_units::find(state, domain, path).ok_or_else(|| access::invalid("INVALID_OU_ID"))? {
        Some(unit) => {
            state.directory.placements.put(user.sub.clone(), unit);
        }
        None => {
            state.directory.placements.remove(&user.sub);
        }
    }
    Ok(())
}

/// `DELETE users/{userKey}`
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let domain = access::administered(state, call)?;
    let user = access::user(state, call, &domain)?;
    if user.email == call.account {
        return Err(access::not_authorized());
    }
    let member_of = state.users.values().filter(|group| group.members.contains(&user.email));
    let groups: BTreeSet<String> = member_of.map(|group| group.email.clone()).collect();
    for group in &groups {
        state.users.update(group, |group| group.members.remove(&user.email));
    }
    state.access_tokens.retain(|_, token| token.sub != user.sub);
    state.refresh_tokens.retain(|_, token| token.sub != user.sub);
    state.users.remove(&user.email);
    state.directory.deleted.put(user.sub.clone(), DeletedUser { user, groups, at: call.now });
    Ok(Reply::empty())
}

/// `POST users/{userKey}/undelete`: the key is the number, since the address may be another's by now.
pub fn undelete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let domain = access::administered(state, call)?;
    let row = state.directory.deleted.get(call.path("userKey")).cloned();
    let kept =
        row.filter(|row| row.user.domain.as_ref() == Some(&domain) && call.now.duration_since(row.at) < RESTORABLE);
    let row = kept.ok_or_else(|| access::not_found("userKey"))?;
    if state.user(&row.user.email).is_some() {
        return Err(access::exists());
    }
    let body = call.object()?;
    state.users.put(row.user.email.clone(), row.user.clone());
    place(state, &row.user, body.get("orgUnitPath").and_then(Value::as_str).unwrap_or("/"))?;
    for group in &row.groups {
        state.users.update(group, |group| group.members.insert(row.user.email.clone()));
    }
    state.directory.deleted.remove(&row.user.sub);
    Ok(Reply::empty())
}

/// `POST users/{userKey}/makeAdmin`
pub fn make_admin(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let domain = access::administered(state, call)?;
    let user = access::user(state, call, &domain)?;
    let status = call.object()?.get("status").and_then(Value::as_bool).ok_or_else(|| access::invalid("status"))?;
    if !status && user.email == call.account {
        return Err(access::not_authorized());
    }
    state.users.update(&user.email, |user| user.admin = status);
    Ok(Reply::empty())
}
