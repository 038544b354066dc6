//! The rules of the house that can be read off the tree. ARCHITECTURE.md names them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// What proves and measures the product, and is no part of it.
const PROOF: &[&str] = &[
    "portico-it",
    "portico-sim",
    "portico-conformance",
    "portico-bench",
    "portico-parts",
    "portico-skipping",
    "portico-fuzz",
    "portico-watch",
    "xtask",
];

/// The names of a package's dependencies; those of its tests too, if asked for.
fn dependencies(package: &Value, with_tests: bool) -> BTreeSet<String> {
    package["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|d| with_tests || d["kind"].as_str() != Some("dev"))
        .map(|d| d["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn arrows_between_crates_run_only_downwards() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("portico-world", &[][..]),
        ("portico-kernel", &["world"][..]),
        ("portico-calendar", &["kernel"][..]),
        ("portico-vault", &["kernel", "world"][..]),
        ("portico-transport", &["world"][..]),
        ("portico-google", &["transport", "world"][..]),
        ("portico-store", &["calendar", "kernel", "world"][..]),
        ("portico-app", &["store", "google", "transport", "calendar", "vault", "kernel", "world"][..]),
        ("portico-api", &["app", "kernel", "world"][..]),
        ("portico-sandbox", &["transport", "world"][..]),
        (
            "portico",
            &["api", "app", "store", "sandbox", "google", "transport", "calendar", "vault", "kernel", "world"][..],
        ),
    ]);
    let mut seen = BTreeSet::new();
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        let Some(allowed) = allowed.get(name) else {
            assert!(PROOF.contains(&name), "{name} is neither on the map of crates nor among those that prove them");
            continue;
        };
        seen.insert(name.to_owned());
        for dependency in dependencies(&package, false) {
            let Some(short) = dependency.strip_prefix("portico-") else { continue };
            assert!(allowed.contains(&short), "{name} must not depend on {dependency}");
        }
    }
    assert_eq!(seen.len(), allowed.len(), "a crate of the map is gone or has another name: {seen:?}");
}

#[test]
fn each_outside_library_has_one_owner() {
    let owners: &[(&str, &[&str])] = &[
        ("sqlx", &["portico-store"]),
        ("reqwest", &["portico-transport"]),
        ("axum", &["portico-api", "portico-sandbox", "portico"]),
        ("utoipa", &["portico-api"]),
        ("rrule", &["portico-sandbox"]),
        ("md-5", &["portico-sandbox"]),
        ("aes-gcm", &["portico-vault"]),
        ("mail-parser", &["portico-google", "portico-sandbox"]),
        ("p12-keystore", &["portico-google", "portico-sandbox"]),
    ];
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        for (library, owners) in owners {
            let uses = dependencies(&package, false).contains(*library);
            let is_proof = PROOF.contains(&name);
            assert!(!uses || owners.contains(&name) || is_proof, "{library} belongs to {owners:?}, not to {name}");
        }
    }
}

#[test]
fn no_crate_is_a_drawer_for_odds_and_ends() {
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        for word in ["util", "common", "helper", "shared", "misc"] {
            assert!(!name.contains(word), "{name}: name a crate for what it is for");
        }
    }
}

#[test]
fn thinking_crates_neither_wait_nor_touch_the_outside() {
    const THINKING: [&str; 3] = ["portico-calendar", "portico-kernel", "portico-vault"];
    for package in THINKING {
        let folder = package.strip_prefix("portico-").unwrap();
        for file in rust_files(&root().join("crates").join(folder).join("src")) {
            let text = std::fs::read_to_string(&file).unwrap();
            for word in ["async fn", "async move", "std::fs", "std::net", "std::process", "std::env", "std::thread"] {
                assert!(!text.contains(word), "{} must not know {word}", file.display());
            }
        }
    }
    for package in packages().iter().filter(|package| THINKING.contains(&package["name"].as_str().unwrap())) {
        for library in dependencies(package, false) {
            let waits = ["tokio", "futures", "reqwest", "hyper", "axum", "sqlx"].contains(&library.as_str());
            assert!(!waits, "{} must not depend on {library}", package["name"]);
        }
    }
}

#[test]
fn forms_of_the_wire_are_not_known_where_meetings_are_thought_about() {
    for folder in ["calendar", "kernel"] {
        for file in rust_files(&root().join("crates").join(folder).join("src")) {
            let text = std::fs::read_to_string(&file).unwrap();
            for word in ["portico_google", "utoipa", "rename_all = \"camelCase\""] {
                assert!(!text.contains(word), "{} has a form of the wire: {word}", file.display());
            }
        }
    }
}

#[test]
fn sql_is_written_in_store_alone() {
    for folder in ["crates", "sandbox"] {
        for file in rust_files(&root().join(folder)) {
            if file.starts_with(root().join("crates/store")) {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            for start in ["\"SELECT ", "\"INSERT INTO ", "\"UPDATE ", "\"DELETE FROM "] {
                assert!(!text.contains(start), "{} has SQL", file.display());
            }
        }
    }
}

#[test]
fn what_architecture_names_is_there() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let mut named = 0;
    for piece in text.split('`').skip(1).step_by(2) {
        let is_path =
            piece.contains('/') && !piece.contains([' ', '{', '*', ':', '<', '=']) && !piece.starts_with(['/', '.']);
        if is_path {
            named += 1;
            assert!(root().join(piece).exists(), "ARCHITECTURE.md names {piece}, which is not there");
        }
    }
    assert!(named >= 10, "ARCHITECTURE.md names only {named} places");
}

#[test]
fn the_tests_that_the_syncs_promises_name_are_there() {
    let text = std::fs::read_to_string(root().join("docs/sync-rules.md")).unwrap();
    let mut tests = BTreeSet::new();
    for folder in ["crates", "sandbox", "tests/it", "tests/sim", "tests/conformance"] {
        for file in rust_files(&root().join(folder)) {
            let code = std::fs::read_to_string(file).unwrap();
            for piece in code.split("fn ").skip(1) {
                tests.extend(piece.split_once('(').map(|(name, _)| name.to_owned()));
            }
        }
    }
    let named: Vec<&str> = text.split('`').skip(1).step_by(2).filter(|piece| *piece != "histories").collect();
    assert!(named.len() >= 60, "docs/sync-rules.md names only {} tests", named.len());
    for test in named {
        assert!(tests.contains(test), "docs/sync-rules.md names {test}, which is not there");
    }
}

/// The texts that the pages have under `section`.
fn words(section: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join("web/src/i18n/en.json")).unwrap();
    let catalogue: Value = serde_json::from_str(&text).unwrap();
    catalogue[section].as_object().unwrap().keys().cloned().collect()
}

fn code_of(folders: &[&str]) -> String {
    let files = folders.iter().flat_map(|folder| rust_files(&root().join(folder)));
    files.map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

/// What stands between `before` and the next quotation mark, wherever `before` is.
fn literals_after(code: &str, before: &str) -> BTreeSet<String> {
    code.split(before).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// The last arguments of the calls of `name`, where they are literals.
fn last_literals(code: &str, name: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for call in code.split(name).skip(1) {
        let (mut depth, mut quoted, mut start, mut end) = (0, false, 0, 0);
        for (at, letter) in call.char_indices() {
            match letter {
                '"' => quoted = !quoted,
                _ if quoted => {}
                ',' if depth == 0 => start = at + 1,
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' if depth == 0 => {
                    end = at;
                    break;
                }
                ')' | ']' | '}' => depth -= 1,
                _ => {}
            }
        }
        let last = call.get(start..end).unwrap_or_default().trim();
        found.extend(last.strip_prefix('"').and_then(|last| last.strip_suffix('"')).map(str::to_owned));
    }
    found
}

#[test]
fn every_act_in_the_journal_has_its_words_and_no_words_are_left_over() {
    let code = code_of(&["crates/app/src"]);
    let mut nouns = literals_after(&code, "subject_kind: \"");
    // What is done to a hold is told of its link.
    nouns.insert("hold".to_owned());
    let verb = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let is_act = |text: &&str| text.split_once('.').is_some_and(|(noun, rest)| nouns.contains(noun) && verb(rest));
    let acts: BTreeSet<String> = code.split('"').filter(is_act).map(|act| act.replace('.', "_")).collect();
    assert!(acts.len() >= 30, "only {} acts were found", acts.len());
    assert_eq!(words("journal_action"), acts);
}

#[test]
fn every_refusal_has_its_words() {
    let code = code_of(&["crates/app/src", "crates/api/src"]);
    let reasons = literals_after(&code, "Conflict { reason: \"");
    assert!(reasons.len() >= 15, "only {} reasons were found", reasons.len());
    let known = words("refusal");
    let missing: Vec<&String> = reasons.difference(&known).collect();
    assert!(missing.is_empty(), "{missing:?} have no words");

    let mut codes = literals_after(&code_of(&["crates/app/src/events"]), "Err(\"");
    for name in ["FieldError::new(", "Error::field(", "fail("] {
        codes.extend(last_literals(&code, name));
    }
    let texts = std::fs::read_to_string(root().join("crates/api/src/words.rs")).unwrap();
    let texts = texts.split("pub fn field(").nth(1).unwrap();
    assert!(codes.len() >= 20, "only {} codes were found", codes.len());
    let missing: Vec<&String> = codes.iter().filter(|code| !texts.contains(&format!("\"{code}\" =>"))).collect();
    assert!(missing.is_empty(), "{missing:?} have no words");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}
