use std::fmt;

use portico_world::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::Patch;

/// A change of some fields of a user; the rest stays.
/// <https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/patch>
#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserPatch {
    /// Another main address; the old one becomes an alias.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub primary_email: Patch<String>,
    /// The name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub name: Patch<UserNamePatch>,
    /// Another password.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub password: Option<SecretString>,
    /// Whether the user has to choose another password.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub change_password_at_next_login: Patch<bool>,
    /// Whether the account is suspended.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub suspended: Patch<bool>,
    /// Whether the account is archived.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub archived: Patch<bool>,
    /// The path of the organizational unit.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub org_unit_path: Patch<String>,
    /// Telephone numbers, all of them.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub phones: Patch<Value>,
    /// Job titles, departments and cost centres, all of them.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub organizations: Patch<Value>,
    /// Managers and other people, all of them.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub relations: Patch<Value>,
    /// Ids elsewhere, all of them.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub external_ids: Patch<Value>,
    /// Postal addresses, all of them.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub addresses: Patch<Value>,
    /// The domain's own fields.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub custom_schemas: Patch<Value>,
    /// Whether colleagues find the user in the directory.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub include_in_global_address_list: Patch<bool>,
}

/// A change of a name.
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserNamePatch {
    /// The given name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub given_name: Patch<String>,
    /// The family name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub family_name: Patch<String>,
}

fn exposed<S: Serializer>(password: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    password.as_ref().map(|password| password.expose_secret()).serialize(serializer)
}

/// Shows nothing of what is changed.
impl fmt::Debug for UserPatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserPatch").finish_non_exhaustive()
    }
}

impl fmt::Debug for UserNamePatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserNamePatch").finish_non_exhaustive()
    }
}
