//! Answers of the real Google, captured and published: they parse and go out again without loss, and what is made anew in
//! the sandbox comes back with the same keys and types. They are not ours to publish and so not part of this project: they
//! are read where `TEST_CAPTURES` says, else from `../shared/google/captures` beside the checkout, and where they are not, it
//! says so and goes on.

mod calendar;
mod contacts;
mod errors;
mod mail;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use serde_json::Value;

#[expect(clippy::disallowed_methods, reason = "whoever has the captures says where they are")]
fn captures() -> Option<PathBuf> {
    let named = std::env::var_os("TEST_CAPTURES").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/google/captures");
    let folder = named.unwrap_or(beside);
    if !folder.exists() {
        let what = "the captured answers of Google are not on this machine; TEST_CAPTURES says where they are";
        portico_skipping::skipped("TEST_REQUIRE_CAPTURES", what);
        return None;
    }
    Some(folder)
}

fn read(folder: &Path, name: &str) -> (Vec<u8>, Value) {
    let text = std::fs::read(folder.join(name)).unwrap();
    let value = serde_json::from_slice(&text).unwrap();
    (text, value)
}

/// The keys of a value with the types of what lies there; of a list what its items have.
fn shape(value: &Value, place: &str, found: &mut BTreeSet<String>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    };
    found.insert(format!("{place}: {kind}"));
    match value {
        Value::Object(object) => object.iter().for_each(|(key, inner)| shape(inner, &format!("{place}.{key}"), found)),
        Value::Array(list) => list.iter().for_each(|inner| shape(inner, &format!("{place}[]"), found)),
        _ => {}
    }
}

fn shape_of(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    shape(value, "", &mut found);
    found
}

/// What the real one has and the one made anew does not, and the other way round.
fn differences(real: &Value, anew: &Value) -> Vec<String> {
    shape_of(real).symmetric_difference(&shape_of(anew)).cloned().collect()
}
