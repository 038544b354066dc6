//! Meet conferences: asked for by `createRequest`, made a moment later.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    errors,
    events::{
        event::effective,
        guests,
        store::{Act, SendUpdates, store},
    },
};
use crate::{
    http::{ApiError, quota},
    meet,
    state::State,
};

/// With 0 Meet is switched off, and requests for one are refused.
const ALLOWED_LIMIT: &str = "calendar_meet_allowed";
/// How long a request stays pending, in milliseconds of the sandbox's clock. With 0 the next call finds it made.
const DELAY_LIMIT: &str = "calendar_meet_delay_ms";
/// How many of the next requests fail.
const FAILURES_LIMIT: &str = "calendar_meet_failures";

const ICON: &str =
    "https://fonts.gstatic.com/s/i/productlogos/meet_2020q4/v6/web-512dp/logo_meet_2020q4_color_2x_web_512dp.png";

/// What became of the conference in a write.
pub enum Outcome {
    /// It is as before.
    Kept,
    /// It was replaced, removed or given whole.
    Changed,
    /// A new one was asked for and is due at this time, in microseconds.
    Pending(i64),
}

/// Applies the `conferenceData` of a body to `fields`, which still hold the conference as it was before.
///
/// `asked` is the body's value: absent, `null` or an object. Only callers that said `conferenceDataVersion=1` get here.
pub fn apply(
    state: &State,
    fields: &mut Map<String, Value>,
    asked: Option<&Value>,
    now: Timestamp,
) -> Result<Outcome, ApiError> {
    let Some(asked) = asked else {
        return Ok(Outcome::Kept);
    };
    let Some(asked) = asked.as_object().filter(|asked| !asked.is_empty()) else {
        fields.remove("hangoutLink");
        return Ok(if fields.remove("conferenceData").is_some() { Outcome::Changed } else { Outcome::Kept });
    };
    let old_request = |fields: &Map<String, Value>| {
        fields
            .get("conferenceData")
            .and_then(|data| data.get("createRequest"))
            .and_then(|r| r.get("requestId"))
            .cloned()
    };
    if let Some(request) = asked.get("createRequest").filter(|request| request.is_object()) {
        let Some(id) = request.get("requestId").filter(|id| id.as_str().is_some_and(|id| !id.is_empty())) else {
            return Err(errors::required("Missing conference request id."));
        };
        let kind = request.get("conferenceSolutionKey").and_then(|key| key.get("type")).and_then(Value::as_str);
        if kind.is_some_and(|kind| kind != "hangoutsMeet") || state.limit(ALLOWED_LIMIT) == 0 {
            return Err(errors::invalid("Invalid conference type value."));
        }
        if old_request(fields).as_ref() == Some(id) {
            return Ok(Outcome::Kept);
        }
        let data = json!({ "createRequest": {
            "requestId": id,
            "conferenceSolutionKey": { "type": "hangoutsMeet" },
            "status": { "statusCode": "pending" },
        }});
        fields.insert("conferenceData".to_owned(), data);
        fields.remove("hangoutLink");
        let delay = i64::try_from(state.limit(DELAY_LIMIT)).unwrap_or(0);
        return Ok(Outcome::Pending(now.as_microsecond().saturating_add(delay.saturating_mul(1000))));
    }
    let entry_points = asked.get("entryPoints").and_then(Value::as_array).is_some_and(|points| !points.is_empty());
    if !entry_points || !asked.get("conferenceSolution").is_some_and(Value::is_object) {
        return Err(errors::invalid("Invalid conference data: a solution with an entry point, or a create request."));
    }
    let link = video_uri(asked).filter(|_| solution(asked) == Some("hangoutsMeet"));
    match link {
        Some(link) => fields.insert("hangoutLink".to_owned(), json!(link)),
        None => fields.remove("hangoutLink"),
    };
    fields.insert("conferenceData".to_owned(), Value::Object(asked.clone()));
    Ok(Outcome::Changed)
}

/// The conferences that the events of a calendar may have.
pub fn allowed(state: &State) -> Value {
    let kinds: &[&str] = if state.limit(ALLOWED_LIMIT) == 0 { &[] } else { &["hangoutsMeet"] };
    json!({ "allowedConferenceSolutionTypes": kinds })
}

fn solution(data: &Map<String, Value>) -> Option<&str> {
    data.get("conferenceSolution")?.get("key")?.get("type")?.as_str()
}

fn video_uri(data: &Map<String, Value>) -> Option<String> {
    let points = data.get("entryPoints")?.as_array()?;
    let video = points.iter().find(|point| point.get("entryPointType").is_some_and(|kind| kind == "video"))?;
    video.get("uri")?.as_str().map(str::to_owned)
}

/// Works off the requests that are due, in every copy of their events.
pub fn settle(state: &mut State, now: Timestamp) {
    for mut row in state.calendar.meets_due(now) {
        let old = effective(&state.calendar, &row);
        row.meet_due = None;
        let failures = state.limit(FAILURES_LIMIT);
        let fails = (1..u64::MAX).contains(&failures);
        if fails {
            let left = BTreeMap::from([(FAILURES_LIMIT.to_owned(), failures - 1)]);
            // The name is a known one, so there is nothing that could be refused.
            quota::set_limits(state, left).ok();
        }
        let Some(data) = row.fields.get_mut("conferenceData").and_then(Value::as_object_mut) else {
            store(state, now, row, false);
            continue;
        };
        let status = if fails { "failure" } else { "success" };
        if let Some(request) = data.get_mut("createRequest").and_then(Value::as_object_mut) {
            request.insert("status".to_owned(), json!({ "statusCode": status }));
        }
        if !fails {
            let code = meeting_code(&row.calendar, &row.id, row.version);
            let uri = format!("https://meet.google.com/{code}");
            let host = state.calendar.calendars.get(&row.calendar).map(|calendar| calendar.owner.clone());
            meet::spaces::of_calendar(state, &code, &host.unwrap_or_else(|| row.calendar.clone()));
            data.insert("conferenceId".to_owned(), json!(code));
            data.insert(
                "conferenceSolution".to_owned(),
                json!({ "key": { "type": "hangoutsMeet" }, "name": "Google Meet", "iconUri": ICON }),
            );
            let label = format!("meet.google.com/{code}");
            data.insert("entryPoints".to_owned(), json!([{ "entryPointType": "video", "uri": uri, "label": label }]));
            row.fields.insert("hangoutLink".to_owned(), json!(uri));
        }
        let row = store(state, now, row, true);
        let act = Act { now, account: row.calendar.clone(), send: SendUpdates::None };
        guests::propagate(state, &act, Some(&old), &row);
    }
}

/// A code of the form `abc-defg-hij`, always the same for the same request.
fn meeting_code(calendar: &str, id: &str, version: i64) -> String {
    let digest = Sha256::digest(format!("{calendar} {id} {version}"));
    let letters: String = digest.iter().take(10).map(|byte| char::from(b'a' + byte % 26)).collect();
    format!("{}-{}-{}", &letters[..3], &letters[3..7], &letters[7..])
}
