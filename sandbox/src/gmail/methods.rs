//! The methods of Gmail v1 with their paths, scopes and costs, as the discovery document (revision 20261005) lists them.
//!
//! Inserting and importing are answered under `/upload` alone, as Google does; the plain path is unknown.
//! [Quota](https://developers.google.com/workspace/gmail/api/reference/quota)

use http::Method as Verb;

use super::{drafts, history, labels, messages, settings, threads, upload, watch};
use crate::http::{
    Method,
    method::{Handler, Scopes},
};

macro_rules! scopes {
    ($($name:literal),* $(,)?) => {
        &["https://mail.google.com/", $(concat!("https://www.googleapis.com/auth/gmail.", $name)),*]
    };
}

const ALL: Scopes = scopes![];
const MODIFY: Scopes = scopes!["modify"];
const READ: Scopes = scopes!["modify", "readonly"];
const METADATA: Scopes = scopes!["metadata", "modify", "readonly"];
const PROFILE: Scopes = scopes!["compose", "metadata", "modify", "readonly"];
const SEND: Scopes = scopes!["compose", "modify", "send"];
const COMPOSE: Scopes = scopes!["compose", "modify"];
const DRAFTS: Scopes = scopes!["compose", "modify", "readonly"];
const INSERT: Scopes = scopes!["insert", "modify"];
const LABELS: Scopes = scopes!["labels", "modify"];
const LABELS_READ: Scopes = scopes!["labels", "metadata", "modify", "readonly"];
const SETTINGS_READ: Scopes = scopes!["modify", "readonly", "settings.basic"];
const BASIC: Scopes = &["https://www.googleapis.com/auth/gmail.settings.basic"];
const SHARING: Scopes = &["https://www.googleapis.com/auth/gmail.settings.sharing"];
const EITHER: Scopes =
    &["https://www.googleapis.com/auth/gmail.settings.basic", "https://www.googleapis.com/auth/gmail.settings.sharing"];

const fn method(
    id: &'static str,
    verb: Verb,
    path: &'static str,
    scopes: Scopes,
    cost: u32,
    handler: Handler,
) -> Method {
    Method { id, verb, path, scopes, cost, handler }
}

/// All of them.
pub fn all() -> &'static [Method] {
    &METHODS
}

macro_rules! users {
    ($rest:literal) => {
        concat!("/gmail/v1/users/{userId}", $rest)
    };
}

macro_rules! upload {
    ($rest:literal) => {
        concat!("/upload/gmail/v1/users/{userId}", $rest)
    };
}

#[rustfmt::skip]
static METHODS: [Method; 47] = [
    method("gmail.users.getProfile", Verb::GET, users!("/profile"), PROFILE, 1, watch::profile),
    method("gmail.users.watch", Verb::POST, users!("/watch"), METADATA, 100, watch::begin),
    method("gmail.users.stop", Verb::POST, users!("/stop"), METADATA, 50, watch::stop),
    method("gmail.users.history.list", Verb::GET, users!("/history"), METADATA, 2, history::list),
    method("gmail.users.messages.list", Verb::GET, users!("/messages"), METADATA, 5, messages::list),
    method("gmail.users.messages.get", Verb::GET, users!("/messages/{id}"), METADATA, 20, messages::get),
    method("gmail.users.messages.send", Verb::POST, users!("/messages/send"), SEND, 100, messages::send),
    method("gmail.users.messages.send", Verb::POST, upload!("/messages/send"), SEND, 100, |state, call| upload::by(state, call, messages::send)),
    method("gmail.users.messages.insert", Verb::POST, upload!("/messages"), INSERT, 25, |state, call| upload::by(state, call, messages::insert)),
    method("gmail.users.messages.import", Verb::POST, upload!("/messages/import"), INSERT, 25, |state, call| upload::by(state, call, messages::import)),
    method("gmail.users.messages.modify", Verb::POST, users!("/messages/{id}/modify"), MODIFY, 5, messages::modify),
    method("gmail.users.messages.trash", Verb::POST, users!("/messages/{id}/trash"), MODIFY, 5, messages::trash),
    method("gmail.users.messages.untrash", Verb::POST, users!("/messages/{id}/untrash"), MODIFY, 5, messages::untrash),
    method("gmail.users.messages.delete", Verb::DELETE, users!("/messages/{id}"), ALL, 10, messages::delete),
    method("gmail.users.messages.batchModify", Verb::POST, users!("/messages/batchModify"), MODIFY, 50, messages::batch_modify),
    method("gmail.users.messages.batchDelete", Verb::POST, users!("/messages/batchDelete"), ALL, 50, messages::batch_delete),
    method("gmail.users.messages.attachments.get", Verb::GET, users!("/messages/{messageId}/attachments/{id}"), READ, 20, messages::attachment),
    method("gmail.users.threads.list", Verb::GET, users!("/threads"), METADATA, 10, threads::list),
    method("gmail.users.threads.get", Verb::GET, users!("/threads/{id}"), METADATA, 40, threads::get),
    method("gmail.users.threads.modify", Verb::POST, users!("/threads/{id}/modify"), MODIFY, 10, threads::modify),
    method("gmail.users.threads.trash", Verb::POST, users!("/threads/{id}/trash"), MODIFY, 10, threads::trash),
    method("gmail.users.threads.untrash", Verb::POST, users!("/threads/{id}/untrash"), MODIFY, 10, threads::untrash),
    method("gmail.users.threads.delete", Verb::DELETE, users!("/threads/{id}"), ALL, 20, threads::delete),
    method("gmail.users.drafts.list", Verb::GET, users!("/drafts"), DRAFTS, 5, drafts::list),
    method("gmail.users.drafts.get", Verb::GET, users!("/drafts/{id}"), DRAFTS, 5, drafts::get),
    method("gmail.users.drafts.create", Verb::POST, users!("/drafts"), COMPOSE, 10, drafts::create),
    method("gmail.users.drafts.create", Verb::POST, upload!("/drafts"), COMPOSE, 10, |state, call| upload::by(state, call, drafts::create)),
    method("gmail.users.drafts.update", Verb::PUT, users!("/drafts/{id}"), COMPOSE, 15, drafts::update),
    method("gmail.users.drafts.update", Verb::PUT, upload!("/drafts/{id}"), COMPOSE, 15, |state, call| upload::by(state, call, drafts::update)),
    method("gmail.users.drafts.send", Verb::POST, users!("/drafts/send"), COMPOSE, 100, drafts::send),
    method("gmail.users.drafts.send", Verb::POST, upload!("/drafts/send"), COMPOSE, 100, |state, call| upload::by(state, call, drafts::send)),
    method("gmail.users.drafts.delete", Verb::DELETE, users!("/drafts/{id}"), COMPOSE, 10, drafts::delete),
    method("gmail.users.labels.list", Verb::GET, users!("/labels"), LABELS_READ, 1, labels::list),
    method("gmail.users.labels.get", Verb::GET, users!("/labels/{id}"), LABELS_READ, 1, labels::get),
    method("gmail.users.labels.create", Verb::POST, users!("/labels"), LABELS, 5, labels::create),
    method("gmail.users.labels.patch", Verb::PATCH, users!("/labels/{id}"), LABELS, 5, labels::patch),
    method("gmail.users.labels.update", Verb::PUT, users!("/labels/{id}"), LABELS, 5, labels::update),
    method("gmail.users.labels.delete", Verb::DELETE, users!("/labels/{id}"), LABELS, 5, labels::delete),
    method("gmail.users.settings.sendAs.list", Verb::GET, users!("/settings/sendAs"), SETTINGS_READ, 1, settings::list),
    method("gmail.users.settings.sendAs.get", Verb::GET, users!("/settings/sendAs/{sendAsEmail}"), SETTINGS_READ, 1, settings::get),
    method("gmail.users.settings.sendAs.create", Verb::POST, users!("/settings/sendAs"), SHARING, 100, settings::create),
    method("gmail.users.settings.sendAs.patch", Verb::PATCH, users!("/settings/sendAs/{sendAsEmail}"), EITHER, 100, settings::patch),
    method("gmail.users.settings.sendAs.update", Verb::PUT, users!("/settings/sendAs/{sendAsEmail}"), EITHER, 100, settings::update),
    method("gmail.users.settings.sendAs.delete", Verb::DELETE, users!("/settings/sendAs/{sendAsEmail}"), SHARING, 5, settings::delete),
    method("gmail.users.settings.sendAs.verify", Verb::POST, users!("/settings/sendAs/{sendAsEmail}/verify"), SHARING, 100, settings::verify),
    method("gmail.users.settings.getVacation", Verb::GET, users!("/settings/vacation"), SETTINGS_READ, 1, settings::vacation),
    method("gmail.users.settings.updateVacation", Verb::PUT, users!("/settings/vacation"), BASIC, 5, settings::set_vacation),
];
