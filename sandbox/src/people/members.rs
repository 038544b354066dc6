//! `contactGroups.members.modify`

use serde_json::{Map, Value, json};

use super::{contacts::number_in, errors, groups};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

const MOST: usize = 1000;

fn names(body: &Map<String, Value>, field: &str) -> Vec<String> {
    let list = body.get(field).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// Puts contacts into a group and takes others out; nobody is left without a group.
pub fn modify(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let body = call.object()?;
    let (add, remove) = (names(&body, "resourceNamesToAdd"), names(&body, "resourceNamesToRemove"));
    if add.len() + remove.len() > MOST {
        return Err(errors::invalid(format!("Request may add and remove {MOST} contacts at most.")));
    }
    let id = groups::find(state, call)?;
    if groups::is_system(&id) && !["myContacts", "starred"].contains(&id.as_str()) && !add.is_empty() {
        return Err(errors::invalid("Cannot add contacts to a deprecated system contact group."));
    }
    let (mut missing, mut last) = (Vec::new(), Vec::new());
    for (name, joins) in add.iter().map(|name| (name, true)).chain(remove.iter().map(|name| (name, false))) {
        let row = number_in(name).and_then(|number| state.people.contact(&call.sub, number)).cloned();
        let Some(mut row) = row else {
            missing.push(name);
            continue;
        };
        if joins {
            if row.groups.insert(id.clone()) {
                state.people.put_contact(&call.sub, row, call.now);
            }
        } else if row.groups.contains(&id) {
            if row.groups.len() == 1 {
                last.push(name);
                continue;
            }
            row.groups.remove(&id);
            state.people.put_contact(&call.sub, row, call.now);
        }
    }
    let mut answer = Map::new();
    if !missing.is_empty() {
        answer.insert("notFoundResourceNames".to_owned(), json!(missing));
    }
    if !last.is_empty() {
        answer.insert("canNotRemoveLastContactGroupResourceNames".to_owned(), json!(last));
    }
    Ok(Reply::json(Value::Object(answer)))
}
