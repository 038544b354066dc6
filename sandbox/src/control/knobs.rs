//! Clock, faults, quotas, the outbox, the request log, and everything at once.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Control, Refused};
use crate::{
    calendar::SYNC_GENERATION,
    http::{exchange::first, quota},
    sandbox::CLOCK,
    state::{Fault, Setting, State},
};

/// `POST reset`
pub fn reset(control: &mut Control<'_>) -> Result<Value, Refused> {
    control.inner.reset().map_err(|error| Refused::because(error.to_string()))?;
    Ok(json!({}))
}

/// `GET state`
pub fn state(control: &mut Control<'_>) -> Result<Value, Refused> {
    control.inner.state.dump().map_err(|error| Refused::because(error.to_string()))
}

/// `GET clock`
pub fn clock(control: &mut Control<'_>) -> Value {
    let stopped = matches!(control.inner.state.settings.get(CLOCK), Some(Setting::ClockStopped(_)));
    json!({"now": control.context.now, "stopped": stopped})
}

/// `PUT clock {now, stopped?}`: from there the clock runs on, unless it is stopped. `{now: null}`: the real time again.
pub fn set_clock(control: &mut Control<'_>) -> Result<Value, Refused> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        now: Option<Timestamp>,
        #[serde(default)]
        stopped: bool,
    }
    let wanted: Wanted = control.body()?;
    let settings = &mut control.inner.state.settings;
    match (wanted.now, wanted.stopped) {
        (None, false) => {
            settings.remove(CLOCK);
        }
        (None, true) => {
            settings.put(CLOCK, Setting::ClockStopped(control.context.now));
        }
        (Some(now), true) => {
            settings.put(CLOCK, Setting::ClockStopped(now));
        }
        (Some(now), false) => {
            let ahead = now.as_microsecond() - control.world_now.as_microsecond();
            settings.put(CLOCK, Setting::ClockOffset(ahead));
        }
    }
    control.context.now = wanted.now.unwrap_or(if wanted.stopped { control.context.now } else { control.world_now });
    Ok(clock(control))
}

/// `GET faults`
pub fn faults(control: &mut Control<'_>) -> Value {
    json!({"items": control.inner.state.faults.values().collect::<Vec<_>>()})
}

/// `POST faults`: one fault; `{answers: [[status, reason], …]}` gives the next calls of an API these answers in turn.
pub fn add_faults(control: &mut Control<'_>) -> Result<Value, Refused> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        method: Option<String>,
        path: Option<String>,
        times: Option<u64>,
        status: Option<u16>,
        reason: Option<String>,
        body: Option<Value>,
        #[serde(default)]
        headers: BTreeMap<String, String>,
        #[serde(default)]
        delay_ms: u64,
        #[serde(default)]
        lose_answer: bool,
        #[serde(default)]
        cut: bool,
        answers: Option<Vec<(u16, String)>>,
    }
    let wanted: Wanted = control.body()?;
    let statuses = wanted.status.iter().copied().chain(wanted.answers.iter().flatten().map(|(status, _)| *status));
    if let Some(bad) = statuses.into_iter().find(|status| !(200..600).contains(status)) {
        return Err(Refused::because(format!("{bad} is not the status of an answer")));
    }
    let one = Fault {
        method: wanted.method,
        path: wanted.path,
        times: wanted.times.unwrap_or(1),
        status: wanted.status,
        reason: wanted.reason,
        body: wanted.body,
        headers: wanted.headers,
        delay_ms: wanted.delay_ms,
        lose_answer: wanted.lose_answer,
        cut: wanted.cut,
        api_only: false,
    };
    let state = &mut control.inner.state;
    match wanted.answers {
        Some(answers) => {
            for (status, reason) in answers {
                add(state, Fault { status: Some(status), reason: Some(reason), api_only: true, ..one.clone() });
            }
        }
        None if one.times > 0 => add(state, one),
        None => return Err(Refused::because("a fault that happens 0 times never happens")),
    }
    Ok(faults(control))
}

fn add(state: &mut State, fault: Fault) {
    let number = state.count("faults");
    state.faults.put(format!("{number:012}"), fault);
}

/// `DELETE faults`
pub fn clear_faults(control: &mut Control<'_>) -> Value {
    control.inner.state.faults.retain(|_, _| false);
    json!({})
}

/// `GET mail`
pub fn mail(control: &mut Control<'_>) -> Value {
    json!({"items": control.inner.state.mails.values().collect::<Vec<_>>()})
}

/// `DELETE mail`
pub fn clear_mail(control: &mut Control<'_>) -> Value {
    control.inner.state.mails.retain(|_, _| false);
    json!({})
}

/// `GET requests?since=`
pub fn requests(control: &mut Control<'_>) -> Result<Value, Refused> {
    let since = first(&control.asked.query, "since").unwrap_or("0");
    let since = since.parse().map_err(|_| Refused::because("since is the number of a request"))?;
    let requests = &control.inner.requests;
    Ok(json!({"items": requests.since(since), "last": requests.last_number()}))
}

/// `GET quota`
pub fn quota(control: &mut Control<'_>) -> Value {
    json!(quota::limits(&control.inner.state))
}

/// `PUT quota {name: limit}`
pub fn set_quota(control: &mut Control<'_>) -> Result<Value, Refused> {
    let wanted = control.body()?;
    quota::set_limits(&mut control.inner.state, wanted)
        .map_err(|name| Refused::because(format!("there is no quota {name:?}; GET /_sandbox/quota lists them")))?;
    Ok(quota(control))
}

/// `POST sync-tokens {expire: true}`: every sync token that is out answers 410 from now on.
pub fn sync_tokens(control: &mut Control<'_>) -> Result<Value, Refused> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        expire: bool,
    }
    let wanted: Wanted = control.body()?;
    if wanted.expire {
        control.inner.state.count(SYNC_GENERATION);
    }
    Ok(json!({}))
}
