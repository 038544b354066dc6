//! Who may ask the directory, and whom a key names.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    http::{ApiError, Call},
    state::{State, User, UserKind},
};

/// The caller does not administer the domain that the call is about.
pub fn not_authorized() -> ApiError {
    ApiError::new(403, "forbidden", "Not Authorized to access this resource/api")
}

/// What a key names is not there.
pub fn not_found(parameter: &str) -> ApiError {
    ApiError::new(404, "notFound", format!("Resource Not Found: {parameter}"))
}

/// The address is taken.
pub fn exists() -> ApiError {
    ApiError::new(409, "duplicate", "Entity already exists.")
}

/// A value makes no sense.
pub fn invalid(what: &str) -> ApiError {
    ApiError::new(400, "invalid", format!("Invalid Input: {what}"))
}

/// The domain that the caller belongs to.
pub fn own_domain(state: &State, call: &Call) -> Result<String, ApiError> {
    let user = state.users.get(&call.account).filter(|user| user.kind == UserKind::User);
    user.and_then(|user| user.domain.clone()).ok_or_else(not_authorized)
}

/// The domain that the caller administers.
pub fn administered(state: &State, call: &Call) -> Result<String, ApiError> {
    let domain = own_domain(state, call)?;
    if state.users.get(&call.account).is_some_and(|user| user.admin) { Ok(domain) } else { Err(not_authorized()) }
}

/// The customer that a domain is.
pub fn customer_id(domain: &str) -> String {
    format!("C0{}", &hex::encode(Sha256::digest(domain))[..7])
}

/// Checks that `customer` or `domain` name the domain itself. One of them must be there.
pub fn in_domain(call: &Call, domain: &str) -> Result<(), ApiError> {
    match (call.param("customer"), call.param("domain")) {
        (None, None) => Err(ApiError::new(400, "badRequest", "Bad Request")),
        (Some(customer), _) if customer != "my_customer" && customer != customer_id(domain) => Err(not_authorized()),
        (_, Some(other)) if !other.eq_ignore_ascii_case(domain) => {
            Err(ApiError::new(404, "domainNotFound", "Domain not found."))
        }
        _ => Ok(()),
    }
}

/// The account of that key: its number or any of its addresses.
pub fn find<'a>(state: &'a State, key: &str) -> Option<&'a User> {
    if key.contains('@') { state.user(key) } else { state.user_by_sub(key) }
}

fn of_kind(state: &State, domain: &str, key: &str, kind: UserKind, parameter: &str) -> Result<User, ApiError> {
    let found = find(state, key).filter(|user| user.kind == kind);
    match found {
        Some(user) if user.domain.as_deref() == Some(domain) => Ok(user.clone()),
        Some(_) => Err(not_authorized()),
        None => Err(not_found(parameter)),
    }
}

/// The user that the path names.
pub fn user(state: &State, call: &Call, domain: &str) -> Result<User, ApiError> {
    of_kind(state, domain, call.path("userKey"), UserKind::User, "userKey")
}

/// The group that the path names.
pub fn group(state: &State, call: &Call, domain: &str) -> Result<User, ApiError> {
    of_kind(state, domain, call.path("groupKey"), UserKind::Group, "groupKey")
}

/// An address that a body gives, in lower case, of the domain itself and free.
pub fn free_address(state: &State, domain: &str, address: &str) -> Result<String, ApiError> {
    let address = address.trim().to_lowercase();
    let Some((local, host)) = address.split_once('@').filter(|(local, _)| !local.is_empty()) else {
        return Err(invalid("email"));
    };
    if host != domain {
        return Err(ApiError::new(404, "domainNotFound", "Domain not found."));
    }
    let odd = |c: char| !(c.is_alphanumeric() || "-_.+'".contains(c));
    if local.contains(odd) {
        return Err(invalid("email"));
    }
    if state.user(&address).is_some() { Err(exists()) } else { Ok(address) }
}

/// The version of a resource, from all that is in it.
pub fn etag(resource: &Value) -> String {
    let digest = Sha256::digest(resource.to_string());
    format!("\"{}\"", hex::encode(&digest[..16]))
}

/// Puts its version into a resource.
pub fn tagged(mut resource: Value) -> Value {
    resource["etag"] = Value::String(etag(&resource));
    resource
}

/// Refuses when the resource has another version than the caller wants to change.
pub fn guard(call: &Call, resource: &Value) -> Result<(), ApiError> {
    match call.header("if-match") {
        Some(wanted) if wanted != "*" && Some(wanted) != resource["etag"].as_str() => {
            Err(ApiError::new(412, "conditionNotMet", "Precondition Failed").for_header("If-Match"))
        }
        _ => Ok(()),
    }
}

/// One page of a list, the token of the next one, and how many entries a page may have.
pub fn page<T>(call: &Call, all: Vec<T>, usual: usize, most: usize) -> Result<(Vec<T>, Option<String>), ApiError> {
    let size = match call.param("maxResults") {
        Some(text) => text.parse().ok().filter(|size| *size >= 1).ok_or_else(|| invalid("maxResults"))?,
        None => usual,
    };
    let size: usize = std::cmp::min(size, most);
    let skipped: usize = match call.param("pageToken").filter(|token| !token.is_empty()) {
        Some(token) => token.strip_prefix("~p").and_then(|n| n.parse().ok()).ok_or_else(|| invalid("pageToken"))?,
        None => 0,
    };
    let shown = skipped.saturating_add(size);
    let next = (all.len() > shown).then(|| format!("~p{shown}"));
    Ok((all.into_iter().skip(skipped).take(size).collect(), next))
}
