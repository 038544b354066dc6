//! `deny.toml` holds without a further tool: every crate's licence, the banned crates, and where crates come from.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use serde::Deserialize;
use serde_json::Value;

/// What `deny.toml` may say. A key that is not here would hold nothing, so it is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deny {
    graph: Graph,
    /// Known faults and yanked releases are told by the network alone: `cargo deny check advisories`.
    #[serde(rename = "advisories")]
    _advisories: toml::Table,
    licenses: Licenses,
    bans: Bans,
    sources: Sources,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Graph {
    targets: Vec<String>,
    all_features: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Licenses {
    allow: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Bans {
    /// Two versions of one crate are no fault.
    multiple_versions: Allowed,
    deny: Vec<Banned>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Banned {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Sources {
    unknown_registry: Denied,
    unknown_git: Denied,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Allowed {
    Allow,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Denied {
    Deny,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn deny() -> Deny {
    let text = std::fs::read_to_string(root().join("deny.toml")).unwrap();
    toml::from_str(&text).unwrap_or_else(|error| panic!("deny.toml says what nothing holds: {error}"))
}

/// Every crate that is built for one of the targets, our own and those of the tests too, by name and version.
fn crates(deny: &Deny) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for target in &deny.graph.targets {
        let mut metadata = Command::new(env!("CARGO"));
        metadata.args(["metadata", "--format-version", "1", "--offline", "--filter-platform", target]);
        if deny.graph.all_features {
            metadata.arg("--all-features");
        }
        let output = metadata.current_dir(root()).output().unwrap();
        assert!(output.status.success(), "{target}: {}", String::from_utf8_lossy(&output.stderr));
        let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
        for package in used(&metadata) {
            let name = format!("{} {}", package["name"].as_str().unwrap(), package["version"].as_str().unwrap());
            all.insert(name, package.clone());
        }
    }
    all
}

/// The packages that our own ones reach. Cargo names optional ones too that no feature switches on (`ring?/std` does not
/// switch ring on); those are not built.
fn used(metadata: &Value) -> Vec<&Value> {
    let by_id = |list: &'static str, of: &'static str| -> BTreeMap<&str, &Value> {
        let all = metadata.pointer(list).unwrap().as_array().unwrap();
        all.iter().map(|one| (one[of].as_str().unwrap(), one)).collect()
    };
    let (packages, nodes) = (by_id("/packages", "id"), by_id("/resolve/nodes", "id"));
    let members = metadata["workspace_members"].as_array().unwrap();
    let mut open: Vec<&str> = members.iter().map(|id| id.as_str().unwrap()).collect();
    let mut seen: BTreeSet<&str> = open.iter().copied().collect();
    while let Some(id) = open.pop() {
        let (package, node) = (packages[id], nodes[id]);
        for dependency in node["deps"].as_array().unwrap() {
            let to = dependency["pkg"].as_str().unwrap();
            if is_on(package, node, &packages[to]["name"]) && seen.insert(to) {
                open.push(to);
            }
        }
    }
    seen.into_iter().map(|id| packages[id]).collect()
}

/// Whether a package of this name is a dependency that is not optional, or that one of the switched-on features brings.
fn is_on(package: &Value, node: &Value, name: &Value) -> bool {
    let features: Vec<&str> = node["features"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let brings = |key: &str| {
        features.iter().filter_map(|feature| package["features"][*feature].as_array()).flatten().any(|part| {
            let part = part.as_str().unwrap();
            part.strip_prefix("dep:") == Some(key)
                || part.split_once('/').is_some_and(|(dependency, _)| dependency == key)
        })
    };
    package["dependencies"].as_array().unwrap().iter().filter(|dependency| dependency["name"] == *name).any(
        |dependency| {
            let key = dependency["rename"].as_str().or(dependency["name"].as_str()).unwrap();
            dependency["optional"] == false || brings(key)
        },
    )
}

/// Why a licence expression is not allowed; none when it is.
fn objection(licence: Option<&str>, allow: &BTreeSet<String>) -> Option<String> {
    let Some(text) = licence else { return Some("says no licence".to_owned()) };
    let expression = match spdx::Expression::parse_mode(text, spdx::ParseMode::LAX) {
        Ok(expression) => expression,
        Err(error) => return Some(format!("has a licence that cannot be read, {text}: {}", error.reason)),
    };
    let is_allowed = expression.evaluate(|requirement| allow.contains(&requirement.to_string()));
    (!is_allowed).then(|| format!("has the licence {text}, which is not allowed"))
}

#[test]
fn every_licence_goes_with_ours() {
    let deny = deny();
    let crates = crates(&deny);
    assert!(crates.len() > 200, "only {} crates were found", crates.len());
    let objections: Vec<String> = crates
        .iter()
        .filter_map(|(name, package)| {
            objection(package["license"].as_str(), &deny.licenses.allow).map(|why| format!("{name} {why}"))
        })
        .collect();
    assert!(objections.is_empty(), "{}", objections.join("\n"));
}

#[test]
fn no_banned_crate_is_used() {
    let deny = deny();
    let Allowed::Allow = deny.bans.multiple_versions;
    for (name, package) in crates(&deny) {
        let banned = deny.bans.deny.iter().find(|banned| package["name"] == banned.name.as_str());
        assert!(banned.is_none(), "{name} is banned: {}", banned.map_or("", |banned| &banned.reason));
    }
}

#[test]
fn crates_come_from_one_registry_or_from_here() {
    let deny = deny();
    let (Denied::Deny, Denied::Deny) = (&deny.sources.unknown_registry, &deny.sources.unknown_git);
    let crates = crates(&deny);
    let (_, serde) = crates.iter().find(|(_, package)| package["name"] == "serde").unwrap();
    assert!(serde["source"].as_str().unwrap().starts_with("registry+"));
    for (name, package) in &crates {
        let is_ours =
            package["source"].is_null() && Path::new(package["manifest_path"].as_str().unwrap()).starts_with(root());
        assert!(is_ours || package["source"] == serde["source"], "{name} comes from {}", package["source"]);
    }
}

#[test]
fn what_is_not_allowed_is_found() {
    let allow =
        BTreeSet::from(["MIT".to_owned(), "Apache-2.0".to_owned(), "Apache-2.0 WITH LLVM-exception".to_owned()]);
    for (licence, fine) in [
        (Some("MIT"), true),
        (Some("MIT OR GPL-3.0-only"), true),
        (Some("MIT/Apache-2.0"), true),
        (Some("MIT AND GPL-3.0-only"), false),
        (Some("GPL-3.0-only"), false),
        (Some("Apache-2.0 WITH LLVM-exception"), true),
        (Some("MIT AND (Apache-2.0 OR Zlib)"), true),
        (Some("Proprietary"), false),
        (None, false),
    ] {
        assert_eq!(objection(licence, &allow).is_none(), fine, "{licence:?}");
    }
}
