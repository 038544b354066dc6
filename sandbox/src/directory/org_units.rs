//! `orgunits.*`: a tree of units below the top one, which is `/` and always there.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{access, tables::OrgUnitRow};
use crate::{
    http::{ApiError, Call, Reply},
    oauth::tokens,
    state::State,
};

/// The path of a unit; of none it is the top one's.
pub fn path_of(state: &State, unit: Option<&String>) -> String {
    let mut names: Vec<&str> = Vec::new();
    let mut next = unit;
    while let Some(row) = next.and_then(|id| state.directory.org_units.get(id)) {
        names.push(&row.name);
        next = row.parent.as_ref();
    }
    names.reverse();
    format!("/{}", names.join("/"))
}

/// The id of the top unit.
fn top_id(domain: &str) -> String {
    format!("id:03ph8a2z{}", &hex::encode(Sha256::digest(format!("top {domain}")))[..7])
}

/// The unit of that path or id: `Some(None)` is the top one, `None` that there is no such unit.
pub fn find(state: &State, domain: &str, path: &str) -> Option<Option<String>> {
    if path.trim_matches('/').is_empty() || path == top_id(domain) {
        return Some(None);
    }
    let wanted = format!("/{}", path.trim_matches('/'));
    let own = state.directory.org_units.iter().filter(|(_, row)| row.domain == domain);
    let fits = |id: &String| *id == path || path_of(state, Some(id)).eq_ignore_ascii_case(&wanted);
    own.map(|(id, _)| id).find(|id| fits(id)).map(|id| Some(id.clone()))
}

fn resource(state: &State, id: &str, row: &OrgUnitRow) -> Value {
    access::tagged(json!({
        "kind": "admin#directory#orgUnit",
        "orgUnitId": id,
        "name": row.name,
        "description": row.description,
        "orgUnitPath": path_of(state, Some(&id.to_owned())),
        "parentOrgUnitPath": path_of(state, row.parent.as_ref()),
        "parentOrgUnitId": row.parent.clone().unwrap_or_else(|| top_id(&row.domain)),
        "blockInheritance": false,
    }))
}

/// The domain, when the caller administers it and the path names it.
fn domain(state: &State, call: &Call) -> Result<String, ApiError> {
    let domain = access::administered(state, call)?;
    let customer = call.path("customerId");
    let own = customer == "my_customer" || customer == access::customer_id(&domain);
    if own { Ok(domain) } else { Err(access::not_authorized()) }
}

fn not_found() -> ApiError {
    ApiError::new(404, "notFound", "Org unit not found")
}

/// The unit that the path names; the top one cannot be changed.
fn open(state: &State, call: &Call) -> Result<(String, OrgUnitRow, String), ApiError> {
    let domain = domain(state, call)?;
    let id = find(state, &domain, call.path("orgUnitPath")).flatten().ok_or_else(not_found)?;
    let row = state.directory.org_units.get(&id).cloned().ok_or_else(not_found)?;
    Ok((id, row, domain))
}

/// `GET customer/{customerId}/orgunits`
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let domain = domain(state, call)?;
    let start = find(state, &domain, call.param("orgUnitPath").unwrap_or("/")).ok_or_else(not_found)?;
    let (deep, itself) = match call.param("type").unwrap_or("children") {
        "children" => (false, false),
        "all" => (true, false),
        "allIncludingParent" | "all_including_parent" => (true, true),
        _ => return Err(access::invalid("type")),
    };
    let below = |id: &String, row: &OrgUnitRow| {
        if itself && start.as_ref() == Some(id) {
            return true;
        }
        let mut above = Some(&row.parent);
        while let Some(parent) = above {
            if *parent == start {
                return true;
            }
            above = parent
                .as_ref()
                .filter(|_| deep)
                .and_then(|id| state.directory.org_units.get(id))
                .map(|row| &row.parent);
        }
        false
    };
    let own = state.directory.org_units.iter().filter(|(id, row)| row.domain == domain && below(id, row));
    let mut found: Vec<Value> = own.map(|(id, row)| resource(state, id, row)).collect();
    found.sort_by_key(|unit| unit["orgUnitPath"].as_str().unwrap_or_default().to_lowercase());
    let mut answer = json!({"kind": "admin#directory#orgUnits"});
    if !found.is_empty() {
        answer["organizationUnits"] = json!(found);
    }
    Ok(Reply::json(access::tagged(answer)))
}

/// `GET customer/{customerId}/orgunits/{orgUnitPath}`
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let (id, row, _) = open(state, call)?;
    Ok(Reply::json(resource(state, &id, &row)))
}

/// The unit above that a body names; `None` when it names none.
fn parent(state: &State, domain: &str, body: &Map<String, Value>) -> Result<Option<Option<String>>, ApiError> {
    let named =
        ["parentOrgUnitId", "parentOrgUnitPath"].iter().find_map(|name| body.get(*name).and_then(Value::as_str));
    let found = named.map(|path| find(state, domain, path).ok_or_else(|| access::invalid("INVALID_OU_ID")));
    found.transpose()
}

/// The name that a body gives; one that would break the path is refused.
fn name(body: &Map<String, Value>) -> Result<Option<String>, ApiError> {
    match body.get("name").and_then(Value::as_str).map(str::trim) {
        None => Ok(None),
        Some(name) if name.is_empty() || name.contains('/') => Err(access::invalid("name")),
        Some(name) => Ok(Some(name.to_owned())),
    }
}

/// Refuses a name that a neighbour has.
fn free(state: &State, own: &str, row: &OrgUnitRow) -> Result<(), ApiError> {
    let taken = state.directory.org_units.iter().any(|(id, other)| {
        id != own
            && other.domain == row.domain
            && other.parent == row.parent
            && other.name.eq_ignore_ascii_case(&row.name)
    });
    if taken { Err(access::exists()) } else { Ok(()) }
}

/// `POST customer/{customerId}/orgunits`
pub fn insert(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let domain = domain(state, call)?;
    let body = call.object()?;
    let row = OrgUnitRow {
        name: name(&body)?.ok_or_else(|| access::invalid("name"))?,
        description: body.get("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
        parent: parent(state, &domain, &body)?.ok_or_else(|| access::invalid("INVALID_OU_ID"))?,
        domain,
    };
    free(state, "", &row)?;
    let id = format!("id:{}", tokens::random(&*call.rng, 12).to_lowercase());
    state.directory.org_units.put(id.clone(), row.clone());
    Ok(Reply::json(resource(state, &id, &row)))
}

/// `PUT` and `PATCH customer/{customerId}/orgunits/{orgUnitPath}`: both leave what is absent.
pub fn patch(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let (id, mut row, domain) = open(state, call)?;
    access::guard(call, &resource(state, &id, &row))?;
    let body = call.object()?;
    if let Some(name) = name(&body)? {
        row.name = name;
    }
    if let Some(description) = body.get("description") {
        row.description = description.as_str().unwrap_or_default().to_owned();
    }
    if let Some(parent) = parent(state, &domain, &body)? {
        let mut above = parent.clone();
        while let Some(unit) = above {
            if unit == id {
                return Err(access::invalid("INVALID_OU_ID"));
            }
            above = state.directory.org_units.get(&unit).and_then(|row| row.parent.clone());
        }
        row.parent = parent;
    }
    free(state, &id, &row)?;
    state.directory.org_units.put(id.clone(), row.clone());
    Ok(Reply::json(resource(state, &id, &row)))
}

/// `DELETE customer/{customerId}/orgunits/{orgUnitPath}`: only an empty one.
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let (id, _, _) = open(state, call)?;
    let has_units = state.directory.org_units.values().any(|row| row.parent.as_ref() == Some(&id));
    let living = |sub: &str| state.user_by_sub(sub).is_some();
    let has_users = state.directory.placements.iter().any(|(sub, unit)| *unit == id && living(sub));
    if has_units || has_users {
        let message = "Organizational unit must be empty: it still has users or other units in it.";
        return Err(ApiError::new(412, "conditionNotMet", message));
    }
    state.directory.placements.retain(|_, unit| *unit != id);
    state.directory.org_units.remove(&id);
    Ok(Reply::empty())
}
