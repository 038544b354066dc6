//! People with an account: the caller, and the others of the domain.

use serde_json::{Map, Value, json};

use crate::{oauth::userinfo, state::User};

/// The account's person as far as `mask` asks. `source` is `PROFILE` or `DOMAIN_PROFILE`.
pub fn resource(user: &User, source: &str, mask: &[String]) -> Value {
    let metadata = json!({"primary": true, "source": {"type": source, "id": user.sub}});
    let mut person = Map::from_iter([
        ("resourceName".to_owned(), json!(format!("people/{}", user.sub))),
        ("etag".to_owned(), json!(format!("%{}", digest(user)))),
    ]);
    for field in mask {
        let value = match field.as_str() {
            "names" => {
                let mut name = json!({"metadata": metadata, "displayName": user.name, "givenName": user.given_name,
                    "unstructuredName": user.name});
                name["displayNameLastFirst"] = json!(user.name);
                if !user.family_name.is_empty() {
                    name["familyName"] = json!(user.family_name);
                    name["displayNameLastFirst"] = json!(format!("{}, {}", user.family_name, user.given_name));
                }
                json!([name])
            }
            "emailAddresses" => {
                let others = user
                    .aliases
                    .iter()
                    .map(|alias| json!({"metadata": {"source": {"type": source, "id": user.sub}}, "value": alias}));
                let first = json!({"metadata": metadata, "value": user.email});
                Value::Array(std::iter::once(first).chain(others).collect())
            }
            "photos" => json!([{"metadata": metadata, "url": userinfo::picture(user), "default": true}]),
            "metadata" => json!({"objectType": "PERSON", "sources": [{"type": source, "id": user.sub}]}),
            _ => continue,
        };
        person.insert(field.clone(), value);
    }
    Value::Object(person)
}

/// Changes when anything that others see of the account does.
pub fn digest(user: &User) -> String {
    use sha2::{Digest, Sha256};
    let aliases: Vec<&str> = user.aliases.iter().map(String::as_str).collect();
    let whole = [&*user.sub, &*user.email, &*user.name, &*user.given_name, &*user.family_name, &*aliases.join(" ")];
    hex::encode(&Sha256::digest(whole.join("\u{1f}"))[..8])
}
