//! Contacts that Google saved by itself: `otherContacts.search`, `copyOtherContactToMyContactsGroup`, and how a script makes one.

use std::collections::BTreeSet;

use jiff::Timestamp;
use portico_world::Rng;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    contacts, errors, fields,
    groups::MY_CONTACTS,
    mask,
    person::{self, Kind},
    search,
    tables::{PersonRow, key, person_key},
};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

/// `POST other-contacts`: somebody whom an account had to do with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The address of the account.
    pub account: String,
    /// The whole name.
    pub name: Option<String>,
    /// E-mail addresses.
    #[serde(default)]
    pub emails: Vec<String>,
    /// Telephone numbers.
    #[serde(default)]
    pub phones: Vec<String>,
}

/// Saves somebody for the account; `None` when there is no such account.
pub fn save(state: &mut State, rng: &dyn Rng, now: Timestamp, wanted: Wanted) -> Option<Value> {
    let sub = state.user(&wanted.account).filter(|user| user.is_person())?.sub.clone();
    let values = |texts: Vec<String>| Value::Array(texts.into_iter().map(|text| json!({"value": text})).collect());
    let mut fields = Map::new();
    if let Some(name) = wanted.name {
        fields.insert("names".to_owned(), json!([{"unstructuredName": name}]));
    }
    fields.insert("emailAddresses".to_owned(), values(wanted.emails));
    fields.insert("phoneNumbers".to_owned(), values(wanted.phones));
    fields.retain(|_, list| list.as_array().is_some_and(|list| !list.is_empty()));
    let version = state.people.next_version(now);
    let row = PersonRow { number: contacts::new_number(rng), fields, updated: now, version, ..PersonRow::default() };
    state.people.others.put(person_key(&sub, row.number), row.clone());
    let mask: Vec<String> = fields::OF_OTHER_CONTACTS.iter().map(|field| (*field).to_owned()).collect();
    Some(person::resource(&row, Kind::OtherContact, &mask))
}

/// `otherContacts.search`
pub fn search(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let searched = fields::SEARCHED_OF_OTHER_CONTACTS;
    let mask = mask::required(call, "readMask", searched, "otherContacts/search")?;
    let prefix = key(&call.sub, "");
    let rows = state.people.others.prefixed(&prefix).map(|(_, row)| row.clone()).filter(|row| !row.deleted).collect();
    search::hits(call, rows, Kind::OtherContact, &["names", "emailAddresses", "phoneNumbers"], &mask)
}

/// `otherContacts.copyOtherContactToMyContactsGroup`
pub fn copy(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    const PAGE: &str = "otherContacts/copyOtherContactToMyContactsGroup";
    // Google lists both scopes as good, and needs them both: one to read, one to write.
    for scope in ["contacts", "contacts.other.readonly"] {
        let scope = format!("https://www.googleapis.com/auth/{scope}");
        if !call.scopes.contains(&scope) {
            return Err(ApiError::insufficient_scopes(&[&scope], "people", call.method));
        }
    }
    let body = call.object()?;
    let copied = mask::in_body(&body, "copyMask", fields::COPIED, PAGE)?;
    if copied.is_empty() {
        return Err(errors::mask_required("copyMask", PAGE));
    }
    let mut mask = mask::in_body(&body, "readMask", fields::READABLE, PAGE)?;
    if mask.is_empty() {
        mask = copied.iter().cloned().chain(["metadata".to_owned(), "memberships".to_owned()]).collect();
    }
    let number = contacts::number(call.path("id")).ok_or_else(errors::not_found)?;
    let other = state.people.others.get(&person_key(&call.sub, number)).filter(|row| !row.deleted);
    let other = other.cloned().ok_or_else(errors::not_found)?;
    let row = PersonRow {
        number: contacts::new_number(&*call.rng),
        fields: other.fields.into_iter().filter(|(field, _)| copied.contains(field)).collect(),
        groups: BTreeSet::from([MY_CONTACTS.to_owned()]),
        ..PersonRow::default()
    };
    let row = state.people.put_contact(&call.sub, row, call.now);
    Ok(Reply::json(person::resource(&row, Kind::Contact, &mask)))
}
