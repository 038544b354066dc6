//! `events.*`.

mod check;
mod delete;
mod edit;
pub mod event;
mod event_type;
pub mod expand;
pub mod get;
pub mod guests;
pub mod import;
pub mod insert;
pub mod list;
pub mod move_event;
mod query;
pub mod quick_add;
pub mod store;
pub mod view;

pub use check::reminder_list;
pub use delete::delete;
pub use edit::{patch, update};
