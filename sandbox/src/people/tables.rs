//! What People remembers: contacts, contact groups, other contacts, and how directories looked.
//!
//! Every write gets a *version*: microseconds of the clock, made strictly increasing. It makes the etags, and it is what
//! a sync token remembers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::state::{Table, TableLog};

/// A position in the history of all changes, in microseconds.
pub type Version = i64;

/// A contact, or a contact that Google saved by itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PersonRow {
    /// Its number; as a hexadecimal number the id of its source.
    pub number: u64,
    /// The lists of the resource as they were written, without what Google adds.
    pub fields: Map<String, Value>,
    /// The ids of the groups that it belongs to.
    #[serde(default)]
    pub groups: BTreeSet<String>,
    /// A digest of the picture that it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    /// When it last changed.
    pub updated: Timestamp,
    /// Of its last change.
    pub version: Version,
    /// Whether it was deleted. Its number is not given again.
    #[serde(default)]
    pub deleted: bool,
}

/// A contact group that the account made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GroupRow {
    /// What it is called.
    pub name: String,
    /// Data of programs.
    #[serde(default)]
    pub client_data: Vec<Value>,
    /// When it last changed.
    pub updated: Timestamp,
    /// Of its last change.
    pub version: Version,
}

/// The tables of People. Their keys begin with the number of the account.
#[derive(Default)]
pub struct PeopleTables {
    /// Contacts.
    pub contacts: Table<PersonRow>,
    /// Contacts that Google saved by itself.
    pub others: Table<PersonRow>,
    /// Contact groups of the accounts' own.
    pub groups: Table<GroupRow>,
    /// How a directory looked when a sync token was given: a digest of everybody in it, by number.
    pub directories: Table<BTreeMap<String, String>>,
    settings: Table<Version>,
}

const VERSION: &str = "version";

/// The key of a thing that belongs to an account.
pub fn key(account: &str, id: &str) -> String {
    format!("{account}\u{1f}{id}")
}

/// The key of a person.
pub fn person_key(account: &str, number: u64) -> String {
    key(account, &format!("{number:016x}"))
}

impl PeopleTables {
    /// The tables by name, for the log.
    pub fn tables(&mut self) -> Vec<(&'static str, &mut dyn TableLog)> {
        vec![
            ("people_contacts", &mut self.contacts),
            ("people_others", &mut self.others),
            ("people_groups", &mut self.groups),
            ("people_directories", &mut self.directories),
            ("people_settings", &mut self.settings),
        ]
    }

    /// The next version: the clock, unless that was given already.
    pub fn next_version(&mut self, now: Timestamp) -> Version {
        let version = now.as_microsecond().max(self.last_version() + 1);
        self.settings.put(VERSION, version);
        version
    }

    /// The last version that was given.
    pub fn last_version(&self) -> Version {
        self.settings.get(VERSION).copied().unwrap_or(0)
    }

    /// A contact that is there.
    pub fn contact(&self, account: &str, number: u64) -> Option<&PersonRow> {
        self.contacts.get(&person_key(account, number)).filter(|row| !row.deleted)
    }

    /// Stores a contact as changed now, and gives it back as it is then.
    pub fn put_contact(&mut self, account: &str, mut row: PersonRow, now: Timestamp) -> PersonRow {
        // Google's times have microseconds.
        let updated = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        (row.updated, row.version) = (updated, self.next_version(now));
        self.contacts.put(person_key(account, row.number), row.clone());
        row
    }

    /// Deletes a contact: what is left says that it was there.
    pub fn delete_contact(&mut self, account: &str, number: u64, now: Timestamp) {
        self.put_contact(account, PersonRow { number, deleted: true, ..PersonRow::default() }, now);
    }

    /// The contacts of an account that are there, in the order of their last change.
    pub fn contacts_of(&self, account: &str) -> Vec<PersonRow> {
        let prefix = key(account, "");
        let rows = self.contacts.prefixed(&prefix).map(|(_, row)| row);
        let mut rows: Vec<PersonRow> = rows.filter(|row| !row.deleted).cloned().collect();
        rows.sort_by_key(|row| row.version);
        rows
    }
}
