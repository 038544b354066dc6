//! Sign-in, tokens, service accounts, and what every call of an API has in common.

mod control_plane;
mod every_call;
mod faults;
mod gmail;
mod keeping;
mod pages;
mod people;
mod security_events;
mod service_accounts;
mod support;
mod tokens;
mod uploads;
