//! Google on one machine: OAuth with its pages, Calendar, and a control plane for scripts.
//!
//! One process listens on one port and answers for all of Google's hosts; with a certificate it answers under their own
//! names. In a test, [`SandboxTransport`] takes the place of the network.

mod calendar;
mod control;
mod directory;
mod drive;
mod gmail;
mod http;
mod meet;
mod oauth;
mod people;
mod risc;
mod sandbox;
mod serve;
mod state;
mod transport;
mod uploads;

/// What each method costs of its quota, by Google's name for it.
pub fn costs() -> impl Iterator<Item = (&'static str, u32)> {
    let all = self::http::service::services().iter().flat_map(|service| (service.methods)());
    all.map(|method| (method.id, method.cost))
}

pub use crate::{
    sandbox::Sandbox,
    serve::{Tls, TlsError, router, serve},
    state::LogError,
    transport::SandboxTransport,
};
