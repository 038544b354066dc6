//! The discovery documents that come with Google's Python client.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// The project's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder with the documents; says so where there is none.
#[expect(clippy::disallowed_methods, reason = "the test command says where the interpreter is")]
pub fn documents() -> Option<PathBuf> {
    let python = std::env::var_os("TEST_PYTHON").map(PathBuf::from);
    let python = python.unwrap_or_else(|| root().join("target/python/bin/python"));
    let library = python.parent().and_then(Path::parent).map(|folder| folder.join("lib"));
    let folders = library.and_then(|library| std::fs::read_dir(library).ok()).into_iter().flatten().flatten();
    let mut folders = folders.map(|entry| entry.path().join("site-packages/googleapiclient/discovery_cache/documents"));
    let found = folders.find(|folder| folder.exists());
    if found.is_none() {
        let what = "Google's Python client, which brings the discovery documents, is not prepared on this machine";
        portico_skipping::skipped("TEST_REQUIRE_CLIENTS", what);
    }
    found
}

/// One document.
pub fn document(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap()).unwrap()
}

/// The methods of a document by their ids.
pub fn methods(document: &Value) -> BTreeMap<String, Value> {
    fn walk(node: &Value, found: &mut BTreeMap<String, Value>) {
        for method in node["methods"].as_object().into_iter().flat_map(|methods| methods.values()) {
            found.insert(method["id"].as_str().unwrap().to_owned(), method.clone());
        }
        for child in node["resources"].as_object().into_iter().flat_map(|resources| resources.values()) {
            walk(child, found);
        }
    }
    let mut found = BTreeMap::new();
    walk(document, &mut found);
    found
}
