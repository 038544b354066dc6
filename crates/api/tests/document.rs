//! The OpenAPI document: what is committed is what is served, and it says enough.

use std::collections::BTreeSet;

#[test]
fn the_committed_document_is_the_served_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(
        committed == portico_api::openapi_json(),
        "web/openapi.json is not what is served. Run `cargo run -p portico -- openapi > web/openapi.json` and review the difference"
    );
}

#[test]
fn every_operation_has_its_own_id_and_every_answer_a_description() {
    let document: serde_json::Value = serde_json::from_str(&portico_api::openapi_json()).unwrap();
    let mut ids = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            if !["get", "post", "put", "patch", "delete"].contains(&method.as_str()) {
                continue;
            }
            let id = operation["operationId"].as_str().unwrap_or_default();
            assert!(!id.is_empty() && ids.insert(id.to_owned()), "{method} {path}: the id {id:?} is missing or taken");
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let told = answer["description"].as_str().unwrap_or_default();
                assert!(!told.is_empty(), "{method} {path}: the answer {status} is not described");
            }
        }
    }
    assert!(ids.len() > 40, "only {} operations", ids.len());
}
