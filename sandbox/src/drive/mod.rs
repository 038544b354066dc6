//! Drive v3: files and folders of people, their content, who may see them, and what changed.
//! [Reference](https://developers.google.com/workspace/drive/api/reference/rest/v3)
//!
//! A file is one row for everybody; what a person sees of it is made in [`view`], what a person may do with it is
//! decided in [`access`]. There are no shared drives.

mod about;
mod access;
mod changes;
mod content;
mod errors;
mod export;
mod files;
pub mod methods;
pub mod multipart;
mod permissions;
mod query;
mod spaces;
mod tables;
mod view;
mod write;

pub use tables::DriveTables;
