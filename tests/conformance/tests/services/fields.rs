//! The library's names of fields are those of Google's discovery documents, and their types fit.

use portico_google::{calendar, directory, drive, gmail, meet, people};
use serde_json::Value;

use crate::{documents::documents, wire_types::wire_types};

/// The properties of a schema, or of a field of one that has no schema of its own: `About.storageQuota`.
fn properties<'a>(document: &'a Value, path: &str) -> Option<&'a serde_json::Map<String, Value>> {
    let mut words = path.split('.');
    let mut node = &document["schemas"][words.next()?];
    for word in words {
        node = &node["properties"][word];
        node = if node["type"] == "array" { &node["items"] } else { node };
    }
    node["properties"].as_object()
}

/// A value of the kind that a document says.
fn sample(kind: &Value) -> Option<Value> {
    if kind.get("$ref").is_some() || kind["type"] == "object" {
        return Some(Value::Object(serde_json::Map::new()));
    }
    let text = match kind["format"].as_str() {
        Some("int64" | "uint64") => "9007199254740993",
        Some("date") => "2026-07-18",
        Some("date-time" | "google-datetime") => "2026-07-18T12:00:00.000Z",
        Some("byte") => "aGk=",
        _ => kind["enum"][0].as_str().unwrap_or("text"),
    };
    Some(match kind["type"].as_str()? {
        "string" => text.into(),
        "integer" => 7.into(),
        "boolean" => true.into(),
        "array" => vec![sample(&kind["items"])?].into(),
        // `any`: what Google leaves open.
        _ => return None,
    })
}

#[test]
fn every_field_is_one_of_googles_and_reads_what_google_says_that_it_is() {
    let Some(folder) = documents() else { return };
    let (mut problems, mut fields) = (Vec::new(), 0);
    macro_rules! each {
        ($(($type:ty, $document:literal, $schema:literal),)*) => {$(
            let text = std::fs::read_to_string(folder.join(concat!($document, ".json"))).unwrap();
            let document: Value = serde_json::from_str(&text).unwrap();
            match properties(&document, $schema) {
                None => problems.push(concat!("there is no schema ", $schema).to_owned()),
                Some(properties) => for field in <$type>::FIELDS {
                    fields += 1;
                    let Some(kind) = properties.get(*field) else {
                        problems.push(format!("{} has no {field}", $schema));
                        continue;
                    };
                    let Some(value) = sample(kind) else { continue };
                    let object = Value::Object(serde_json::Map::from_iter([((*field).to_owned(), value)]));
                    match serde_json::from_value::<$type>(object.clone()) {
                        Ok(read) if serde_json::to_value(&read).unwrap() == object => {}
                        Ok(_) => problems.push(format!("{}.{field} does not go back as {object}", $schema)),
                        Err(error) => problems.push(format!("{}.{field}: {error}", $schema)),
                    }
                },
            }
        )*};
    }
    wire_types!(each);
    assert!(problems.is_empty(), "{problems:#?}");
    assert!(fields > 400, "{fields}");
}
