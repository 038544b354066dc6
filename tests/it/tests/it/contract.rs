//! Holds answers against the API's document: the status is declared, and the body has the declared form.

use http::{Method, StatusCode};
use serde_json::Value;

pub struct Contract {
    document: Value,
}

impl Contract {
    pub fn read(text: &str) -> Self {
        Self { document: serde_json::from_str(text).unwrap() }
    }

    /// Fails the test when an answer is not as the document says. What lies outside of `/api/v1` is not described.
    pub fn check(&self, method: &Method, path: &str, status: StatusCode, kind: &str, body: &Value) {
        if !path.starts_with("/api/v1/") {
            return;
        }
        if status == StatusCode::METHOD_NOT_ALLOWED {
            assert_eq!(kind, "application/problem+json", "{method} {path}");
            return;
        }
        let Some((template, operation)) = self.operation(method, path) else {
            assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path} is not in the document");
            return;
        };
        let place = format!("{method} {template} {status}");
        // A fault of ours is not promised operation by operation; everything else is.
        let key = if status.is_server_error() { "default" } else { status.as_str() };
        let declared = match &operation["responses"][status.as_str()] {
            Value::Null => &operation["responses"][key],
            declared => declared,
        };
        assert!(declared.is_object(), "{place} is not declared");
        let content = &declared["content"];
        if body.is_null() || kind.starts_with("text/html") {
            return;
        }
        let media = kind.split(';').next().unwrap_or_default();
        let expected = &content[media];
        assert!(expected.is_object(), "{place} has a body of the type {kind} that is not declared: {content}");
        let faults = self.faults(&expected["schema"], body, "$");
        assert!(faults.is_empty(), "{place}: {faults:?} in {body}");
    }

    fn operation(&self, method: &Method, path: &str) -> Option<(&str, &Value)> {
        let verb = method.as_str().to_lowercase();
        let wanted: Vec<&str> = path.split('/').collect();
        let mut found: Vec<(usize, &str, &Value)> = self.document["paths"]
            .as_object()?
            .iter()
            .filter_map(|(template, operations)| {
                let parts: Vec<&str> = template.split('/').collect();
                let fits = parts.len() == wanted.len()
                    && parts.iter().zip(&wanted).all(|(part, word)| part.starts_with('{') || part == word);
                let open = parts.iter().filter(|part| part.starts_with('{')).count();
                operations.get(&verb).filter(|_| fits).map(|operation| (open, template.as_str(), operation))
            })
            .collect();
        found.sort_by_key(|(open, ..)| *open);
        found.into_iter().next().map(|(_, template, operation)| (template, operation))
    }

    fn faults(&self, schema: &Value, value: &Value, place: &str) -> Vec<String> {
        if let Some(name) = schema["$ref"].as_str() {
            let pointer = name.trim_start_matches('#');
            return self.faults(self.document.pointer(pointer).unwrap(), value, place);
        }
        for key in ["oneOf", "anyOf"] {
            if let Some(choices) = schema[key].as_array() {
                let tried: Vec<_> = choices.iter().map(|choice| self.faults(choice, value, place)).collect();
                return if tried.iter().any(Vec::is_empty) { Vec::new() } else { tried.concat() };
            }
        }
        let mut faults = Vec::new();
        let kinds: Vec<&str> = match &schema["type"] {
            Value::String(kind) => vec![kind],
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => return faults,
        };
        if !kinds.iter().any(|kind| is(kind, value)) {
            return vec![format!("{place} is no {kinds:?}")];
        }
        if let Some(allowed) = schema["enum"].as_array()
            && !allowed.contains(value)
        {
            faults.push(format!("{place} is none of {allowed:?}"));
        }
        if let Value::Object(members) = value {
            for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !members.contains_key(required) {
                    faults.push(format!("{place}.{required} is missing"));
                }
            }
            for (name, member) in members {
                match schema["properties"].get(name) {
                    Some(schema) => faults.extend(self.faults(schema, member, &format!("{place}.{name}"))),
                    None if schema["properties"].is_object() && schema["additionalProperties"].is_null() => {
                        faults.push(format!("{place}.{name} is not declared"));
                    }
                    None => {}
                }
            }
        }
        if let Value::Array(items) = value {
            for (index, item) in items.iter().enumerate() {
                faults.extend(self.faults(&schema["items"], item, &format!("{place}[{index}]")));
            }
        }
        faults
    }
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

#[test]
fn the_document_says_what_each_operation_and_answer_is() {
    let document: Value = serde_json::from_str(&portico_api::openapi_json()).unwrap();
    let mut ids = std::collections::BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (verb, operation) in operations.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{verb} {path} has no operation id"));
            assert!(ids.insert(id.to_owned()), "two operations are called {id}");
            assert!(operation["summary"].is_string(), "{verb} {path} has no summary");
            for (status, response) in operation["responses"].as_object().unwrap() {
                let description = response["description"].as_str().unwrap_or_default();
                assert!(!description.is_empty(), "{verb} {path} {status} has no description");
            }
        }
    }
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[test]
fn the_committed_document_is_the_served_one() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(
        committed == portico_api::openapi_json(),
        "web/openapi.json is not what is served: run `cargo run -p portico -- openapi > web/openapi.json`"
    );
}
