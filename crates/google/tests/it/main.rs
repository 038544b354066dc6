//! The library from outside, against a scripted transport on virtual time: no sockets, no waiting.

mod bad_input;
mod batch;
mod calendar;
mod calendar_methods;
mod callback;
mod credentials;
mod directory;
mod drive;
mod fake;
mod gmail;
mod id_token;
mod lists;
mod oauth;
mod people;
mod preflight;
mod properties;
mod quota;
mod retry;
mod round_trip;
mod secrets;
mod security_events;
mod service_account_keys;
mod service_accounts;
mod upload;
mod wire_types;
