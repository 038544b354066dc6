use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::state::{Table, TableLog};

/// A place where people meet.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SpaceRow {
    /// The code in its address.
    pub code: String,
    /// Its host's address.
    pub owner: String,
    /// The project that made it through Meet; empty when Calendar did.
    pub project: String,
    /// The settings that were made, by their path below `config`.
    pub config: BTreeMap<String, String>,
    /// The name of the conference that is going on.
    pub active: Option<String>,
}

/// Somebody who has a role in a space.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemberRow {
    /// The address, in lower case.
    pub email: String,
    /// The role, if there is one.
    pub role: Option<String>,
}

/// What Google Meet remembers.
#[derive(Default)]
pub struct MeetTables {
    /// Spaces by id.
    pub spaces: Table<SpaceRow>,
    /// Members by the ids of their space and their own.
    pub members: Table<MemberRow>,
    /// Conferences and what belongs to them, as they are served, by name.
    pub records: Table<Value>,
}

impl MeetTables {
    /// Every table with its name in the log.
    pub fn tables(&mut self) -> Vec<(&'static str, &mut dyn TableLog)> {
        vec![
            ("meet_spaces", &mut self.spaces),
            ("meet_members", &mut self.members),
            ("meet_records", &mut self.records),
        ]
    }

    /// The space of that id or code.
    pub fn space(&self, id_or_code: &str) -> Option<(&String, &SpaceRow)> {
        self.spaces.iter().find(|(id, space)| *id == id_or_code || space.code == id_or_code)
    }
}
