//! `docs/google-methods.md`: which of Google's methods the library calls and the sandbox answers. The names come from the
//! discovery documents, what the library calls from the calls in its sources, and what the sandbox answers from its own
//! list.

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

/// How a service's calls begin. The last two hand the name of the method on to one of the others.
const CALLS: [&str; 9] =
    [".get(", ".post(", ".put(", ".patch(", ".delete_request(", ".request(", "Request::new(", ".one(", ".below("];

/// The names of the methods that a source calls: what stands first in a call, as text or as a name for it in the file.
/// A name that stands anywhere else, in a table of costs, a list or a test, is no call.
fn called(source: &str) -> BTreeSet<String> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let source = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let text_after = |start: &str| start.strip_prefix('"').and_then(|rest| rest.split('"').next()).map(str::to_owned);
    // What a name means is said above the call, last where it was closest.
    let meant = |word: &str, above: &str| {
        let places = [format!("const {word}: &str = "), format!("let {word} = ")];
        let said = places.iter().filter_map(|place| Some((above.rfind(place.as_str())?, place.len())));
        said.max().and_then(|(at, length)| text_after(&above[at + length..]))
    };
    let mut found = BTreeSet::new();
    for call in CALLS {
        for (at, _) in source.match_indices(call) {
            let first = source[at + call.len()..].trim_start();
            let word: String = first.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            found.extend(text_after(first).or_else(|| meant(&word, &source[..at])));
        }
    }
    found
}

/// What all sources of a folder call.
fn called_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            called_in(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.extend(called(&std::fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn only_a_call_counts_as_one() {
    const SOURCE: &str = r#"
        /// As in `self.service.get("a.commented", "/x", &[])`.
        const COSTS: [(&str, u32); 1] = [("a.cost", 3)];
        const SEND: &str = "a.send";
        fn calls(self) {
            self.service.get("a.get", "/x", &[]);
            let operation = "a.long";
            self.service.post(
                SEND, "/x", &[]);
            self.service.put(operation, "/x", &[]);
            let operation = "a.second";
            self.one(operation);
            items("a.listed", None, |_| ());
            Request::new("a.new", Method::GET, ROOT, "/x", &[]);
            map.get(key);
        }
        #[cfg(test)]
        mod tests { fn test() { self.service.get("a.test", "/x", &[]) } }
    "#;
    assert_eq!(called(SOURCE).into_iter().collect::<Vec<_>>(), ["a.get", "a.long", "a.new", "a.second", "a.send"]);
}

fn table(documents: &Path) -> String {
    let mut library = BTreeSet::new();
    called_in(&root().join("crates/google/src"), &mut library);
    let sandbox: BTreeSet<String> = portico_sandbox::costs().map(|(method, _)| method.to_owned()).collect();
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
