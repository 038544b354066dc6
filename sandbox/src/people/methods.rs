//! The methods of People v1 with their paths and scopes, as the discovery document (revision 20251117) lists them.
//! [Reference](https://developers.google.com/people/api/rest)

use http::Method as Verb;

use super::{batch, contacts, directory, groups, list, members, other_contacts, photos, search};
use crate::http::{
    Method,
    method::{Scopes, method, scopes},
};

const WRITE: Scopes = scopes!["contacts"];
const READ: Scopes = scopes!["contacts", "contacts.readonly"];
const OTHER: Scopes = scopes!["contacts.other.readonly"];
const COPY: Scopes = scopes!["contacts", "contacts.other.readonly"];
const DIRECTORY: Scopes = scopes!["directory.readonly"];
const GET: Scopes = scopes![
    "contacts",
    "contacts.other.readonly",
    "contacts.readonly",
    "directory.readonly",
    "user.addresses.read",
    "user.birthday.read",
    "user.emails.read",
    "user.gender.read",
    "user.organization.read",
    "user.phonenumbers.read",
    "userinfo.email",
    "userinfo.profile",
];

/// All 24 methods.
pub fn all() -> &'static [Method] {
    static METHODS: [Method; 24] = [
        method("people.people.get", Verb::GET, "/v1/people/{id}", GET, contacts::get),
        method("people.people.getBatchGet", Verb::GET, "/v1/people:batchGet", GET, batch::get),
        method("people.people.createContact", Verb::POST, "/v1/people:createContact", WRITE, contacts::create),
        method("people.people.updateContact", Verb::PATCH, "/v1/people/{id}:updateContact", WRITE, contacts::update),
        method("people.people.deleteContact", Verb::DELETE, "/v1/people/{id}:deleteContact", WRITE, contacts::delete),
        method(
            "people.people.updateContactPhoto",
            Verb::PATCH,
            "/v1/people/{id}:updateContactPhoto",
            WRITE,
            photos::update,
        ),
        method(
            "people.people.deleteContactPhoto",
            Verb::DELETE,
            "/v1/people/{id}:deleteContactPhoto",
            WRITE,
            photos::delete,
        ),
        method("people.people.batchCreateContacts", Verb::POST, "/v1/people:batchCreateContacts", WRITE, batch::create),
        method("people.people.batchUpdateContacts", Verb::POST, "/v1/people:batchUpdateContacts", WRITE, batch::update),
        method("people.people.batchDeleteContacts", Verb::POST, "/v1/people:batchDeleteContacts", WRITE, batch::delete),
        method("people.people.searchContacts", Verb::GET, "/v1/people:searchContacts", READ, search::contacts),
        method(
            "people.people.listDirectoryPeople",
            Verb::GET,
            "/v1/people:listDirectoryPeople",
            DIRECTORY,
            directory::list,
        ),
        method(
            "people.people.searchDirectoryPeople",
            Verb::GET,
            "/v1/people:searchDirectoryPeople",
            DIRECTORY,
            directory::search,
        ),
        method("people.people.connections.list", Verb::GET, "/v1/people/{id}/connections", READ, list::connections),
        method("people.otherContacts.list", Verb::GET, "/v1/otherContacts", OTHER, list::other_contacts),
        method("people.otherContacts.search", Verb::GET, "/v1/otherContacts:search", OTHER, other_contacts::search),
        method(
            "people.otherContacts.copyOtherContactToMyContactsGroup",
            Verb::POST,
            "/v1/otherContacts/{id}:copyOtherContactToMyContactsGroup",
            COPY,
            other_contacts::copy,
        ),
        method("people.contactGroups.list", Verb::GET, "/v1/contactGroups", READ, groups::list),
        method("people.contactGroups.batchGet", Verb::GET, "/v1/contactGroups:batchGet", READ, groups::batch_get),
        method("people.contactGroups.create", Verb::POST, "/v1/contactGroups", WRITE, groups::create),
        method("people.contactGroups.get", Verb::GET, "/v1/contactGroups/{id}", READ, groups::get),
        method("people.contactGroups.update", Verb::PUT, "/v1/contactGroups/{id}", WRITE, groups::update),
        method("people.contactGroups.delete", Verb::DELETE, "/v1/contactGroups/{id}", WRITE, groups::delete),
        method(
            "people.contactGroups.members.modify",
            Verb::POST,
            "/v1/contactGroups/{id}/members:modify",
            WRITE,
            members::modify,
        ),
    ];
    &METHODS
}
