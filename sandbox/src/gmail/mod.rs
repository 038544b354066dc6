//! Gmail v1 as the discovery document (revision 20261005) has it: mailboxes, their messages and their history.
//! [Reference](https://developers.google.com/workspace/gmail/api/reference/rest)
//!
//! A message is kept as it came over the wire; everything that is shown of it is read off it anew in [`view`]. Every
//! change gets the mailbox's next history id and a record in [`history`].

mod access;
mod deliver;
mod drafts;
mod errors;
mod head;
mod history;
mod labels;
mod messages;
pub mod methods;
mod pages;
mod parts;
pub mod post;
mod search;
mod settings;
mod tables;
mod threads;
mod upload;
mod view;
pub mod watch;

pub use history::forget;
pub use tables::GmailTables;
