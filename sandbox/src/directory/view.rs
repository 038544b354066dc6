//! How users and groups look.

use serde_json::{Value, json};

use super::{access, org_units};
use crate::{
    oauth::userinfo,
    state::{State, User},
};

fn time(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// A user, as an administrator sees it; with the domain's own fields when `full`.
pub fn user(state: &State, user: &User, full: bool) -> Value {
    let domain = user.domain.as_deref().unwrap_or_default();
    let mut emails = vec![json!({"address": user.email, "primary": true})];
    emails.extend(user.aliases.iter().map(|alias| json!({ "address": alias })));
    let mut shown = json!({
        "kind": "admin#directory#user",
        "id": user.sub,
        "primaryEmail": user.email,
        "name": {
            "givenName": user.given_name,
            "familyName": user.family_name,
            "fullName": format!("{} {}", user.given_name, user.family_name).trim(),
        },
        "isAdmin": user.admin,
        "isDelegatedAdmin": false,
        "lastLoginTime": "1970-01-01T00:00:00.000Z",
        "creationTime": time(user.created),
        "agreedToTerms": true,
        "suspended": user.disabled,
        "archived": false,
        "changePasswordAtNextLogin": false,
        "ipWhitelisted": false,
        "emails": emails,
        "nonEditableAliases": [format!("{}.test-google-a.com", user.email)],
        "customerId": access::customer_id(domain),
        "orgUnitPath": org_units::path_of(state, state.directory.placements.get(&user.sub)),
        "isMailboxSetup": true,
        "isEnrolledIn2Sv": false,
        "isEnforcedIn2Sv": false,
        "includeInGlobalAddressList": true,
        "thumbnailPhotoUrl": userinfo::picture(user),
    });
    if !user.aliases.is_empty() {
        shown["aliases"] = json!(user.aliases);
    }
    if user.disabled {
        shown["suspensionReason"] = json!("ADMIN");
    }
    if let Some(profile) = state.directory.profiles.get(&user.sub) {
        for (name, value) in profile {
            shown[name] = value.clone();
        }
    }
    // The version is that of the whole user, whatever is shown of it.
    let mut shown = access::tagged(shown);
    if !full && let Some(object) = shown.as_object_mut() {
        object.remove("customSchemas");
    }
    shown
}

/// A user, as everybody of the domain sees it.
pub fn public(whole: Value) -> Value {
    const SHOWN: [&str; 11] = [
        "kind",
        "id",
        "etag",
        "primaryEmail",
        "name",
        "emails",
        "phones",
        "organizations",
        "locations",
        "relations",
        "thumbnailPhotoUrl",
    ];
    match whole {
        Value::Object(object) => object
            .into_iter()
            .filter(|(name, _)| SHOWN.contains(&name.as_str()))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other,
    }
}

/// A group.
pub fn group(state: &State, group: &User) -> Value {
    let mut shown = json!({
        "kind": "admin#directory#group",
        "id": group.sub,
        "email": group.email,
        "name": group.name,
        "description": "",
        "directMembersCount": group.members.len().to_string(),
        "adminCreated": true,
        "nonEditableAliases": [format!("{}.test-google-a.com", group.email)],
    });
    if !group.aliases.is_empty() {
        shown["aliases"] = json!(group.aliases);
    }
    if let Some(profile) = state.directory.profiles.get(&group.sub) {
        for (name, value) in profile {
            shown[name] = value.clone();
        }
    }
    access::tagged(shown)
}
