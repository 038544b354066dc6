use std::time::Duration;

use bytes::Bytes;
use http::Response;
use serde_json::Value;

use super::{ApiError, exchange};
use crate::state::{Fault, State};

/// What a fault is asked about.
pub struct Target<'a> {
    /// The HTTP method.
    pub verb: &'a http::Method,
    /// The id of the API's method; `None` outside the APIs.
    pub method: Option<&'a str>,
    /// The path.
    pub path: &'a str,
}

/// Takes the fault that was asked for this call, and counts it.
pub fn take(state: &mut State, target: &Target<'_>) -> Option<Fault> {
    let (key, fault) = state.faults.iter().find(|(_, fault)| hits(fault, target))?;
    let (key, fault) = (key.clone(), fault.clone());
    if fault.times <= 1 {
        state.faults.remove(&key);
    } else {
        state.faults.update(&key, |fault| fault.times -= 1);
    }
    Some(fault)
}

fn hits(fault: &Fault, target: &Target<'_>) -> bool {
    let method = fault.method.as_deref().is_none_or(|wanted| {
        wanted.eq_ignore_ascii_case(target.verb.as_str()) || target.method.is_some_and(|id| like(wanted, id))
    });
    let path = fault.path.as_deref().is_none_or(|wanted| {
        if wanted.contains('*') { like(wanted, target.path) } else { target.path.contains(wanted) }
    });
    // What is meant for calls is not for the batch around them.
    let meant = !is_batch(target.path) || fault.path.as_deref().is_some_and(is_batch);
    method && path && meant && (!fault.api_only || target.method.is_some())
}

/// Whether a path, or what is asked of it, is that of batches.
fn is_batch(path: &str) -> bool {
    path.starts_with("/batch")
}

/// Whether `text` fits `pattern`, whose `*` stands for anything.
fn like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            rest.is_empty() || text.char_indices().map(|(n, _)| &text[n..]).chain([""]).any(|tail| like(rest, tail))
        }),
    }
}

/// How long the fault holds the answer back.
pub fn delay(fault: &Fault) -> Duration {
    Duration::from_millis(fault.delay_ms)
}

/// The fault's own answer; `None` when the call is carried out all the same.
pub fn refusal(fault: &Fault) -> Option<Refusal> {
    match (fault.status, &fault.body) {
        (None, None) => None,
        (status, Some(body)) => {
            let status = status.unwrap_or(200);
            Some(Refusal::Answer(match body {
                Value::String(text) if text.trim_start().starts_with('<') => exchange::html(status, text.clone()),
                Value::String(text) => exchange::plain(status, text.clone()),
                body => exchange::json(status, body),
            }))
        }
        (Some(status), None) => {
            let reason = fault.reason.as_deref().unwrap_or_else(|| ApiError::default_reason(status));
            Some(Refusal::Error(ApiError::by_reason(status, reason)))
        }
    }
}

/// What a fault answers.
pub enum Refusal {
    /// An answer as it was given.
    Answer(Response<Bytes>),
    /// An error that the service words in its own form.
    Error(ApiError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        assert!(like("calendar.events.*", "calendar.events.insert"));
        assert!(!like("calendar.events.*", "calendar.acl.insert"));
        assert!(like("/calendar/*/events/*", "/calendar/v3/calendars/x/events/1"));
        assert!(!like("calendar.events", "calendar.events.insert"));
        assert!(like("*", ""));
    }

    #[test]
    fn a_fault_hits_what_it_names_and_so_many_times() {
        let mut state = State::default();
        let fault = Fault { method: Some("calendar.events.list".into()), times: 2, ..Fault::default() };
        state.faults.put("1", fault);
        let target = |method| Target { verb: &http::Method::GET, method, path: "/calendar/v3/x" };
        assert!(take(&mut state, &target(Some("calendar.events.get"))).is_none());
        assert!(take(&mut state, &target(None)).is_none());
        assert!(take(&mut state, &target(Some("calendar.events.list"))).is_some());
        assert!(take(&mut state, &target(Some("calendar.events.list"))).is_some());
        assert!(take(&mut state, &target(Some("calendar.events.list"))).is_none());
    }
}
