//! This library against the sandbox, in one process: two readings of Google's rules that know nothing of each other.

mod batch;
mod calendar;
mod captures;
mod documents;
mod fields;
mod google;
mod inputs;
mod meet;
mod methods;
mod pages;
mod quotas;
mod refusals;
#[path = "../../../../crates/google/tests/it/wire_types.rs"]
mod wire_types;
