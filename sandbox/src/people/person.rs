//! From what a writer sends to what is kept, and from there to what is answered.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use super::{errors, fields, mask::Mask, tables::PersonRow};
use crate::http::ApiError;

/// The lists of a person that a writer sent, checked and without what Google makes itself. `memberships` stays as it is.
pub fn read(body: &Value, at: &str) -> Result<Map<String, Value>, ApiError> {
    let Value::Object(body) = body else { return Err(wrong(at, "TYPE_MESSAGE", body)) };
    let mut kept = Map::new();
    for (field, value) in body {
        let Some(inside) = fields::inside(field) else {
            if fields::IGNORED.contains(&field.as_str()) {
                continue;
            }
            return Err(unknown(field, at));
        };
        let entries = match value {
            Value::Array(entries) => entries,
            Value::Null => continue,
            other => return Err(wrong(&format!("{at}.{field}"), "TYPE_MESSAGE", other)),
        };
        let mut list = Vec::new();
        for (n, entry) in entries.iter().enumerate() {
            let entry = read_entry(entry, inside, &format!("{at}.{field}[{n}]"))?;
            if !entry.is_empty() {
                list.push(Value::Object(entry));
            }
        }
        if fields::SINGLETONS.contains(&field.as_str()) && list.len() > 1 {
            return Err(errors::invalid(format!("Request person.{field} has more than one entry: it is a singleton.")));
        }
        if !list.is_empty() {
            kept.insert(field.clone(), Value::Array(list));
        }
    }
    Ok(kept)
}

fn read_entry(entry: &Value, inside: &[&str], at: &str) -> Result<Map<String, Value>, ApiError> {
    let Value::Object(entry) = entry else { return Err(wrong(at, "TYPE_MESSAGE", entry)) };
    let mut kept = Map::new();
    for (name, value) in entry {
        if !inside.contains(&name.as_str()) {
            if fields::IGNORED_INSIDE.contains(&name.as_str()) {
                continue;
            }
            return Err(unknown(name, at));
        }
        let here = format!("{at}.{name}");
        match (name.as_str(), value) {
            (_, Value::Null) => {}
            ("displayName", _) if inside.contains(&"givenName") => {}
            ("date" | "startDate" | "endDate" | "contactGroupMembership" | "domainMembership", Value::Object(_)) => {
                kept.insert(name.clone(), value.clone());
            }
            ("date" | "startDate" | "endDate" | "contactGroupMembership" | "domainMembership", other) => {
                return Err(wrong(&here, "TYPE_MESSAGE", other));
            }
            ("current", Value::Bool(_)) => {
                kept.insert(name.clone(), value.clone());
            }
            ("current", other) => return Err(wrong(&here, "TYPE_BOOL", other)),
            ("fullTimeEquivalentMillipercent", Value::Number(_)) => {
                kept.insert(name.clone(), value.clone());
            }
            ("fullTimeEquivalentMillipercent", other) => return Err(wrong(&here, "TYPE_INT32", other)),
            (_, Value::String(text)) if text.is_empty() => {}
            (_, Value::String(_)) => {
                kept.insert(name.clone(), value.clone());
            }
            (_, other) => return Err(wrong(&here, "TYPE_STRING", other)),
        }
    }
    Ok(kept)
}

fn unknown(name: &str, at: &str) -> ApiError {
    errors::invalid(format!("Invalid JSON payload received. Unknown name \"{name}\" at '{at}': Cannot find field."))
}

fn wrong(at: &str, kind: &str, value: &Value) -> ApiError {
    errors::invalid(format!("Invalid value at '{at}' ({kind}), {value}"))
}

/// The names of the groups in `memberships`.
pub fn groups_in(fields: &Map<String, Value>) -> Vec<String> {
    let entries = fields.get("memberships").and_then(Value::as_array).into_iter().flatten();
    let names = entries.filter_map(|entry| entry["contactGroupMembership"]["contactGroupResourceName"].as_str());
    names.map(str::to_owned).collect()
}

/// The name of a contact for the API.
pub fn name_of(row: &PersonRow) -> String {
    format!("people/c{}", row.number)
}

/// The etag of a contact.
pub fn etag(row: &PersonRow) -> String {
    format!("%{}", STANDARD.encode(format!("{:x}.{:x}", row.number, row.version)))
}

/// Whose words are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A contact of the account.
    Contact,
    /// A contact that Google saved by itself.
    OtherContact,
}

/// A person as it is answered.
pub fn resource(row: &PersonRow, kind: Kind, mask: &[String]) -> Value {
    let (name, source) = match kind {
        Kind::Contact => (name_of(row), "CONTACT"),
        Kind::OtherContact => (format!("otherContacts/c{}", row.number), "OTHER_CONTACT"),
    };
    let id = format!("{:x}", row.number);
    let shown = |field: &str| mask.iter().any(|wanted| wanted == field);
    let mut person = Map::from_iter([("resourceName".to_owned(), json!(name)), ("etag".to_owned(), json!(etag(row)))]);
    let about = |first: bool| {
        let mut metadata = json!({"source": {"type": source, "id": id}});
        if first {
            metadata["primary"] = json!(true);
        }
        metadata
    };
    if row.deleted {
        // What is left of somebody comes whatever the mask says.
        person.insert("metadata".to_owned(), json!({"objectType": "PERSON", "deleted": true}));
        person.insert("photos".to_owned(), json!([{"default": true, "url": monogram(row), "metadata": about(true)}]));
        return Value::Object(person);
    }
    if shown("metadata") {
        let source = json!({"type": source, "id": id, "etag": format!("#{}", STANDARD.encode(row.version.to_be_bytes())),
            "updateTime": row.updated});
        person.insert("metadata".to_owned(), json!({"objectType": "PERSON", "sources": [source]}));
    }
    for (field, entries) in row.fields.iter().filter(|(field, _)| shown(field)) {
        let entries = entries.as_array().into_iter().flatten().enumerate();
        let entries = entries.map(|(n, entry)| {
            let mut entry = entry.as_object().cloned().unwrap_or_default();
            complete(field, &mut entry);
            let mut metadata = about(n == 0);
            if field == "names" {
                metadata["sourcePrimary"] = json!(true);
            }
            entry.insert("metadata".to_owned(), metadata);
            Value::Object(entry)
        });
        person.insert(field.clone(), Value::Array(entries.collect()));
    }
    if shown("memberships") && !row.groups.is_empty() {
        let entries = row.groups.iter().map(|group| {
            let membership =
                json!({"contactGroupId": group, "contactGroupResourceName": format!("contactGroups/{group}")});
            json!({"contactGroupMembership": membership, "metadata": about(false)})
        });
        person.insert("memberships".to_owned(), Value::Array(entries.collect()));
    }
    if shown("photos") {
        let mut photo = json!({"metadata": about(true)});
        match &row.photo {
            Some(digest) => {
                photo["url"] = json!(format!("https://lh3.googleusercontent.com/contacts/sandbox-{digest}=s100"))
            }
            None => {
                photo["url"] = json!(monogram(row));
                photo["default"] = json!(true);
            }
        }
        person.insert("photos".to_owned(), json!([photo]));
    }
    Value::Object(person)
}

fn monogram(row: &PersonRow) -> String {
    format!("https://lh3.googleusercontent.com/cm/sandbox-{:x}=s100", row.number)
}

/// Adds what Google makes of an entry itself.
fn complete(field: &str, entry: &mut Map<String, Value>) {
    if let Some(word) =
        entry.get("type").and_then(Value::as_str).filter(|_| !["nicknames", "miscKeywords"].contains(&field))
    {
        let words = fields::formatted_type(word);
        entry.insert("formattedType".to_owned(), json!(words));
    }
    match field {
        "names" => complete_name(entry),
        "biographies" => {
            entry.entry("contentType").or_insert_with(|| json!("TEXT_PLAIN"));
        }
        "phoneNumbers" => {
            let number = entry.get("value").and_then(Value::as_str).unwrap_or_default();
            let digits: String = number.chars().filter(char::is_ascii_digit).collect();
            if number.trim_start().starts_with('+') && digits.len() > 5 {
                entry.insert("canonicalForm".to_owned(), json!(format!("+{digits}")));
            }
        }
        "addresses" if !entry.contains_key("formattedValue") => {
            let part = |name: &str| entry.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
            let town = [part("postalCode"), part("city")].into_iter().flatten().collect::<Vec<_>>().join(" ");
            let lines = [
                part("poBox"),
                part("streetAddress"),
                part("extendedAddress"),
                Some(town.as_str()),
                part("region"),
                part("country"),
            ];
            let lines: Vec<&str> = lines.into_iter().flatten().filter(|line| !line.is_empty()).collect();
            let whole = lines.join("\n");
            entry.insert("formattedValue".to_owned(), json!(whole));
        }
        _ => {}
    }
}

/// Whether a text is written without spaces between names: Han, kana, hangul.
fn is_cjk(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| matches!(u32::from(c), 0x2E80..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF))
}

fn complete_name(entry: &mut Map<String, Value>) {
    if let (Some(whole), None, None) =
        (entry.get("unstructuredName").and_then(Value::as_str), entry.get("givenName"), entry.get("familyName"))
    {
        let whole = whole.trim().to_owned();
        let (given, family) = match whole.rsplit_once(' ') {
            Some((given, family)) => (given.to_owned(), Some(family.to_owned())),
            None => (whole, None),
        };
        entry.insert("givenName".to_owned(), json!(given));
        if let Some(family) = family {
            entry.insert("familyName".to_owned(), json!(family));
        }
    }
    let part = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (given, family) = (part("givenName"), part("familyName"));
    let joined = |parts: &[&str]| parts.iter().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let (display, last_first) = if is_cjk(&given) && is_cjk(&family) {
        (format!("{family}{given}"), format!("{family}{given}"))
    } else {
        let prefixed = [part("honorificPrefix"), given, part("middleName")];
        let before = joined(&[&prefixed[0], &prefixed[1], &prefixed[2]]);
        let suffix = part("honorificSuffix");
        let mut display = joined(&[&before, &family]);
        let mut last_first = if family.is_empty() || before.is_empty() {
            joined(&[&family, &before])
        } else {
            format!("{family}, {before}")
        };
        if !suffix.is_empty() {
            display = format!("{display}, {suffix}");
            last_first = format!("{last_first}, {suffix}");
        }
        (display, last_first)
    };
    if !display.is_empty() {
        entry.insert("displayName".to_owned(), json!(display));
        entry.insert("displayNameLastFirst".to_owned(), json!(last_first));
        entry.insert("unstructuredName".to_owned(), json!(display));
    }
}

/// All words of a person that a search looks at.
pub fn texts(row: &PersonRow, fields: &[&str]) -> Vec<String> {
    let wanted: Mask = fields.iter().map(|field| (*field).to_owned()).collect();
    let person = resource(row, Kind::Contact, &wanted);
    let mut found = Vec::new();
    for field in fields {
        for entry in person[*field].as_array().into_iter().flatten() {
            for name in
                ["displayName", "value", "name", "title", "canonicalForm", "phoneticGivenName", "phoneticFamilyName"]
            {
                found.extend(entry[name].as_str().map(str::to_owned));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: Value) -> (String, String) {
        let mut entry = name.as_object().unwrap().clone();
        complete_name(&mut entry);
        let text = |key: &str| entry[key].as_str().unwrap().to_owned();
        (text("displayName"), text("displayNameLastFirst"))
    }

    #[test]
    fn a_name_is_put_together_as_google_does() {
        let ada =
            json!({"honorificPrefix": "Dr.", "givenName": "Ada", "middleName": "Byron", "familyName": "Lovelace"});
        assert_eq!(shown(ada), ("Dr. Ada Byron Lovelace".into(), "Lovelace, Dr. Ada Byron".into()));
        assert_eq!(shown(json!({"familyName": "山田", "givenName": "太郎"})).0, "山田太郎");
        assert_eq!(shown(json!({"unstructuredName": "Charles Babbage"})).1, "Babbage, Charles");
        assert_eq!(shown(json!({"familyName": "Cher"})), ("Cher".into(), "Cher".into()));
    }

    #[test]
    fn what_is_no_field_is_refused_and_what_google_makes_is_dropped() {
        assert!(read(&json!({"foo": []}), "person").is_err());
        assert!(read(&json!({"names": [{"foo": "x"}]}), "person").is_err());
        assert!(read(&json!({"names": [{"givenName": 3}]}), "person").is_err());
        assert!(read(&json!({"names": [{"givenName": "a"}, {"givenName": "b"}]}), "person").is_err());
        let kept = read(&json!({"etag": "x", "names": [{"displayName": "X", "metadata": {}}], "photos": []}), "person")
            .unwrap();
        assert!(kept.is_empty());
    }
}
