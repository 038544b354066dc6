//! Google People, version 1: contacts, contact groups, other contacts and the directory of a domain.
//! <https://developers.google.com/people/api/rest>
//!
//! [`People`] hands out one small value per collection: `people.contacts().create(…)`. Google wants the writes of one account
//! one after the other: they fail more often side by side.

mod batch;
mod connections;
mod contact_groups;
mod contacts;
mod directory;
mod fields;
mod other_contacts;
mod person;
mod photo;
pub mod scopes;
mod search;

pub use batch::{MOST_CREATED, MOST_DELETED, MOST_READ, MOST_UPDATED, PersonResponse, Status};
pub use connections::{Connections, ConnectionsQuery, PeoplePage, SortOrder};
pub use contact_groups::{
    ContactGroup, ContactGroupMetadata, ContactGroupPage, ContactGroupQuery, ContactGroupResponse, ContactGroups,
    GroupField, GroupType, MOST_MEMBERS_CHANGED, MembersChanged,
};
pub use contacts::Contacts;
pub use directory::{Directory, DirectoryQuery, DirectorySource};
pub use fields::{CONTACT_FIELDS, OTHER_CONTACT_FIELDS, PersonField};
pub use other_contacts::{OtherContacts, OtherContactsQuery};
pub use person::{
    Address, Biography, Birthday, ContactGroupMembership, ContentType, Date, EmailAddress, FieldMetadata, KeyValue,
    Membership, Name, Organization, Person, PersonEvent, PersonMetadata, PhoneNumber, Photo, Relation, Source,
    SourceType, TypedValue,
};

use crate::{Client, GoogleService};

/// The People API for one account.
#[derive(Clone)]
pub struct People {
    client: Client,
}

impl GoogleService for People {
    const ROOT: &'static str = "https://people.googleapis.com";
    const PATH: &'static str = "/v1";

    fn with(client: Client) -> Self {
        Self { client }
    }

    fn client(&self) -> &Client {
        &self.client
    }
}

impl People {
    /// The People API on this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// People one by one and in batches: read, create, update, delete, search.
    pub fn contacts(&self) -> Contacts<'_> {
        Contacts { service: self }
    }

    /// The list of all contacts, and its changes.
    pub fn connections(&self) -> Connections<'_> {
        Connections { service: self }
    }

    /// The contact groups ("labels").
    pub fn contact_groups(&self) -> ContactGroups<'_> {
        ContactGroups { service: self }
    }

    /// The contacts that Google saved by itself.
    pub fn other_contacts(&self) -> OtherContacts<'_> {
        OtherContacts { service: self }
    }

    /// The people of the account's domain.
    pub fn directory(&self) -> Directory<'_> {
        Directory { service: self }
    }
}

/// The id in a resource name: `c1` in `people/c1`, and `c1` itself too.
fn id_in<'a>(collection: &str, name: &'a str) -> &'a str {
    name.strip_prefix(collection).and_then(|rest| rest.strip_prefix('/')).unwrap_or(name)
}
