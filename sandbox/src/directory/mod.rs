//! The Directory API of the Admin SDK: users, groups, organizational units, and what users granted to apps.
//! [Reference](https://developers.google.com/workspace/admin/directory/reference/rest)
//!
//! Users and groups are the accounts of the sandbox itself: what is made here can sign in, and what the control plane
//! makes is listed here. A domain is a customer of its own.

mod access;
mod aliases;
mod groups;
mod members;
pub mod methods;
mod org_units;
mod query;
mod tables;
mod tokens;
mod users;
mod view;

pub use tables::DirectoryTables;
