//! What the directory remembers besides the accounts themselves.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::state::{Table, TableLog, User};

/// A user who was deleted and can still be brought back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeletedUser {
    /// As the account was.
    pub user: User,
    /// The groups that it was a member of.
    pub groups: BTreeSet<String>,
    /// When it was deleted.
    pub at: Timestamp,
}

/// An organizational unit. Its path follows from the names above it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OrgUnitRow {
    /// The domain that it belongs to.
    pub domain: String,
    /// The last part of its path.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The id of the unit above; none below the top one.
    pub parent: Option<String>,
}

/// Every table of the directory.
#[derive(Default)]
pub struct DirectoryTables {
    /// What an account's row does not hold: telephone numbers, job titles and the like, by the account's number.
    pub profiles: Table<Map<String, Value>>,
    /// The unit that a user lies in, by the account's number; the top one has no row.
    pub placements: Table<String>,
    /// Units by id.
    pub org_units: Table<OrgUnitRow>,
    /// Roles other than `MEMBER`, by group and member.
    pub roles: Table<String>,
    /// By the account's number.
    pub deleted: Table<DeletedUser>,
}

/// A key of two parts.
pub fn key(first: &str, second: &str) -> String {
    format!("{first}\u{1f}{second}")
}

impl DirectoryTables {
    /// Every table with its name in the log.
    pub fn tables(&mut self) -> Vec<(&'static str, &mut dyn TableLog)> {
        vec![
            ("directory_profiles", &mut self.profiles),
            ("directory_placements", &mut self.placements),
            ("directory_org_units", &mut self.org_units),
            ("directory_roles", &mut self.roles),
            ("directory_deleted", &mut self.deleted),
        ]
    }
}
