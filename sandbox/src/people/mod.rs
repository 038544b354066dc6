//! People v1: the 24 methods of the discovery document, revision 20251117.
//!
//! A contact is kept as it was written; what Google makes of it (the name to show, types in words, the sources) is made
//! when it is answered. [Reference](https://developers.google.com/people/api/rest)

mod batch;
mod contacts;
mod directory;
mod errors;
mod fields;
mod groups;
mod list;
mod mask;
mod members;
pub mod methods;
mod other_contacts;
mod person;
mod photos;
mod profile;
mod search;
mod tables;

pub use other_contacts::{Wanted as OtherContactWanted, save as save_other_contact};
pub use tables::PeopleTables;
