//! The control plane under `/_sandbox`: what scripts and tests say to the sandbox, and what Google has no API for.

pub mod accounts;
mod clients;
mod defaults;
mod knobs;
mod mail;
mod meet;
mod projects;
mod security_events;
mod service_accounts;
mod tokens;

use bytes::Bytes;
use http::{Method, Response};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{
    http::exchange::{self, Asked},
    oauth::Context,
    people,
    sandbox::{Inner, Sandbox},
};

/// Why a call of the control plane fails.
pub struct Refused(pub Value);

impl Refused {
    /// With a text that says what to do.
    pub fn because(text: impl Into<String>) -> Self {
        Self(json!({"error": text.into()}))
    }
}

/// What a call of the control plane works with.
pub struct Control<'a> {
    /// The sandbox's state.
    pub inner: &'a mut Inner,
    /// Time, chance and address.
    pub context: Context,
    /// The world's own time, which the sandbox's clock may differ from.
    pub world_now: Timestamp,
    /// The request.
    pub asked: &'a Asked,
}

impl Control<'_> {
    /// The JSON body; an empty one counts as `{}`.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Refused> {
        let bytes: &[u8] = if self.asked.body.trim_ascii().is_empty() { b"{}" } else { &self.asked.body };
        serde_json::from_slice(bytes).map_err(|error| Refused::because(format!("the body does not fit: {error}")))
    }
}

/// Answers a call of the control plane.
pub fn answer(sandbox: &Sandbox, inner: &mut Inner, asked: &Asked) -> Response<Bytes> {
    let context = Context { now: sandbox.now_for(&inner.state), rng: sandbox.world().rng.clone(), base: asked.base() };
    let mut control = Control { inner, context, world_now: sandbox.world().now(), asked };
    let name = asked.path.strip_prefix("/_sandbox").unwrap_or_default().trim_matches('/');
    let result = carry_out(&mut control, &asked.verb, name);
    match result {
        Some(Ok(body)) => match inner.commit() {
            Ok(()) => exchange::json(200, &body),
            Err(error) => {
                inner.state.undo();
                exchange::json(500, &json!({"error": error.to_string()}))
            }
        },
        Some(Err(Refused(body))) => {
            inner.state.undo();
            exchange::json(400, &body)
        }
        None => exchange::json(404, &json!({"error": format!("there is no {} {}", asked.verb, asked.path)})),
    }
}

/// `POST other-contacts {account, name?, emails?, phones?}`: somebody whom Google saved for an account by itself.
fn other_contacts(control: &mut Control<'_>) -> Result<Value, Refused> {
    let wanted: people::OtherContactWanted = control.body()?;
    let account = wanted.account.clone();
    let saved =
        people::save_other_contact(&mut control.inner.state, &*control.context.rng, control.context.now, wanted);
    saved.ok_or_else(|| Refused::because(format!("there is no account {account}")))
}

fn carry_out(control: &mut Control<'_>, verb: &Method, name: &str) -> Option<Result<Value, Refused>> {
    Some(match (verb.as_str(), name) {
        ("POST", "reset") => knobs::reset(control),
        ("GET", "state") => knobs::state(control),
        ("GET", "clock") => Ok(knobs::clock(control)),
        ("PUT", "clock") => knobs::set_clock(control),
        ("GET", "users") => Ok(accounts::list(control)),
        ("POST", "users") => accounts::put(control),
        ("DELETE", "users") => accounts::delete(control),
        ("GET", "clients") => Ok(clients::list(control)),
        ("POST", "clients") => clients::put(control),
        ("GET", "service-accounts") => Ok(service_accounts::list(control)),
        ("POST", "service-accounts") => service_accounts::put(control),
        ("GET", "projects") => Ok(projects::list(control)),
        ("POST", "projects") => projects::put(control),
        ("GET", "security-events") => Ok(security_events::list(control)),
        ("POST", "security-events") => security_events::put(control),
        ("POST", "signing-keys") => Ok(security_events::rotate(control)),
        ("POST", "tokens") => tokens::give(control),
        ("POST", "tokens/revoke") => tokens::revoke(control),
        ("POST", "tokens/expire") => tokens::expire(control),
        ("POST", "consent") => tokens::consent(control),
        ("POST", "other-contacts") => other_contacts(control),
        ("POST", "defaults") => Ok(defaults::seed(control)),
        ("GET", "faults") => Ok(knobs::faults(control)),
        ("POST", "faults") => knobs::add_faults(control),
        ("DELETE", "faults") => Ok(knobs::clear_faults(control)),
        ("GET", "mail") => Ok(knobs::mail(control)),
        ("DELETE", "mail") => Ok(knobs::clear_mail(control)),
        ("POST", "meet/conferences") => meet::put(control),
        ("GET", "mailbox") => mail::list(control),
        ("POST", "mailbox") => mail::put(control),
        ("GET", "mail-pushes") => Ok(mail::pushes(control)),
        ("POST", "mail-history") => mail::forget(control),
        ("GET" | "POST", "mail-token") => Ok(mail::token(control)),
        ("GET", "requests") => knobs::requests(control),
        ("GET", "quota") => Ok(knobs::quota(control)),
        ("PUT", "quota") => knobs::set_quota(control),
        ("POST", "sync-tokens") => knobs::sync_tokens(control),
        _ => return None,
    })
}

impl Sandbox {
    /// Makes the accounts and the OAuth client of `--defaults`, unless they are there.
    pub fn seed_defaults(&self) -> Result<(), crate::LogError> {
        let rng = self.world().rng.clone();
        self.transact(|state, now| defaults::into(state, &*rng, now))
    }
}
