//! `docs/google-methods.md`: which of Google's methods the library calls and the sandbox answers. The names come from the
//! discovery documents, and whether a method is there from its name in the sources.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::Path,
};

use serde_json::Value;

use crate::documents::{documents, root};

const SERVICES: [(&str, &str); 6] = [
    ("calendar.v3", "Calendar"),
    ("meet.v2", "Meet"),
    ("people.v1", "People"),
    ("gmail.v1", "Gmail"),
    ("drive.v3", "Drive"),
    ("admin.directory_v1", "Directory"),
];

fn collect(node: &Value, found: &mut BTreeSet<String>) {
    for method in node["methods"].as_object().into_iter().flat_map(|methods| methods.values()) {
        found.insert(method["id"].as_str().unwrap().to_owned());
    }
    for child in node["resources"].as_object().into_iter().flat_map(|resources| resources.values()) {
        collect(child, found);
    }
}

/// All texts in quotation marks in the sources of a folder.
fn quoted(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            quoted(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let is_name =
                |text: &&str| text.contains('.') && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
            found.extend(text.split('"').filter(is_name).map(str::to_owned));
        }
    }
}

fn table(documents: &Path) -> String {
    let (mut library, mut sandbox) = (BTreeSet::new(), BTreeSet::new());
    quoted(&root().join("crates/google/src"), &mut library);
    quoted(&root().join("sandbox/src"), &mut sandbox);
    // The directory's documents say `directory`, and so may either of the two.
    let mut text = "# Methods of Google's APIs\n\nWhat the library calls and the sandbox answers, of all that the discovery \
                    documents list. Written by a test: `WRITE_METHODS=1 cargo test -p portico-conformance --test services methods`.\n"
        .to_owned();
    let mut sections = BTreeMap::new();
    for (place, (document, title)) in SERVICES.iter().enumerate() {
        let document = std::fs::read_to_string(documents.join(format!("{document}.json"))).unwrap();
        let document: Value = serde_json::from_str(&document).unwrap();
        let mut methods = BTreeSet::new();
        collect(&document, &mut methods);
        let mark = |there: bool| if there { "yes" } else { "" };
        let mut rows = String::new();
        for method in &methods {
            writeln!(rows, "| `{method}` | {} | {} |", mark(library.contains(method)), mark(sandbox.contains(method)))
                .unwrap();
        }
        let count = |names: &BTreeSet<String>| methods.intersection(names).count();
        let head = format!(
            "\n## {title}\n\nRevision {}: {} methods, {} in the library, {} in the sandbox.\n\n| method | library | sandbox |\n| --- | --- | --- |\n",
            document["revision"].as_str().unwrap(),
            methods.len(),
            count(&library),
            count(&sandbox)
        );
        sections.insert(place, head + &rows);
    }
    text.extend(sections.into_values());
    text
}

#[test]
#[expect(clippy::disallowed_methods, reason = "whoever changes the methods says that the table is to be written")]
fn the_table_of_methods_is_that_of_the_sources() {
    let Some(documents) = documents() else { return };
    let path = root().join("docs/google-methods.md");
    let wanted = table(&documents);
    if std::env::var_os("WRITE_METHODS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == wanted,
        "docs/google-methods.md is out of date. Run `WRITE_METHODS=1 cargo test -p portico-conformance --test services methods`"
    );
    assert!(wanted.contains("38 methods, 38 in the library, 38 in the sandbox"), "Calendar is there whole");
}
