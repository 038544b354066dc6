//! `conferenceRecords.*`: conferences, who came, and what was recorded. All are read in the same way, by name.

use std::cmp::Ordering;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{denied, filter, invalid, methods, spaces};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

/// What a list of one kind is like.
struct Kind {
    /// Its key in the answer, and its part of the names.
    collection: &'static str,
    /// Where it is listed, when its key is another one.
    segment: &'static str,
    /// Items a page: usually, and at most.
    sizes: (usize, usize),
    /// Whether the latest comes first.
    latest_first: bool,
    /// By which time it is ordered.
    order: &'static str,
    /// What a filter may ask for.
    fields: &'static [&'static str],
}

const RECORDS: Kind = Kind {
    collection: "conferenceRecords",
    segment: "conferenceRecords",
    sizes: (25, 100),
    latest_first: true,
    order: "startTime",
    fields: &["space.meeting_code", "space.name", "start_time", "end_time"],
};
const PARTICIPANTS: Kind = Kind {
    collection: "participants",
    segment: "participants",
    sizes: (100, 250),
    latest_first: true,
    order: "earliestStartTime",
    fields: &["earliest_start_time", "latest_end_time"],
};
const SESSIONS: Kind = Kind {
    collection: "participantSessions",
    segment: "participantSessions",
    sizes: (100, 250),
    latest_first: true,
    order: "startTime",
    fields: &["start_time", "end_time"],
};
const RECORDINGS: Kind = Kind {
    collection: "recordings",
    segment: "recordings",
    sizes: (10, 100),
    latest_first: false,
    order: "startTime",
    fields: &[],
};
const SMART_NOTES: Kind = Kind { collection: "smartNotes", segment: "smartNotes", ..RECORDINGS };
const TRANSCRIPTS: Kind = Kind { collection: "transcripts", segment: "transcripts", ..RECORDINGS };
const ENTRIES: Kind = Kind { collection: "transcriptEntries", segment: "entries", ..RECORDINGS };

/// The name that a call's path asks for: its collections and ids in turn.
fn name(call: &Call) -> String {
    let steps = [
        ("conferenceRecords", "record"),
        ("participants", "participant"),
        ("participantSessions", "session"),
        ("recordings", "recording"),
        ("smartNotes", "note"),
        ("transcripts", "transcript"),
        ("entries", "entry"),
    ];
    let said = steps.iter().filter(|(_, id)| call.path_params.contains_key(*id));
    said.map(|(collection, id)| format!("{collection}/{}", call.path(id))).collect::<Vec<_>>().join("/")
}

/// The code of the space of a conference, if the caller may see it.
fn code_of(state: &State, call: &Call, record: &Value) -> Option<String> {
    let id = record["space"].as_str()?.strip_prefix("spaces/")?;
    let space = state.meet.spaces.get(id)?;
    spaces::is_visible(call, space, &[methods::READONLY]).then(|| space.code.clone())
}

/// `GET` of one of them.
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let name = name(call);
    let record = format!("conferenceRecords/{}", call.path("record"));
    let seen = state.meet.records.get(&record).is_some_and(|record| code_of(state, call, record).is_some());
    if !seen {
        return Err(denied("ConferenceRecord"));
    }
    let found = state.meet.records.get(&name).cloned();
    found.map(Reply::json).ok_or_else(|| ApiError::new(404, "notFound", "Requested entity was not found."))
}

/// `GET /v2/conferenceRecords`
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    listed(state, call, &RECORDS)
}

/// `GET …/participants`
pub fn participants(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    listed(state, call, &PARTICIPANTS)
}

/// `GET …/participantSessions`
pub fn sessions(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    listed(state, call, &SESSIONS)
}

/// `GET …/recordings`
pub fn recordings(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    listed(state, call, &RECORDINGS)
}

/// `GET …/smartNotes`
pub fn smart_notes(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    listed(state, call, &SMART_NOTES)
}

/// `GET …/transcripts`
pub fn transcripts(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    listed(state, call, &TRANSCRIPTS)
}

/// `GET …/entries`
pub fn entries(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    listed(state, call, &ENTRIES)
}

fn listed(state: &State, call: &Call, kind: &Kind) -> Result<Reply, ApiError> {
    let parent = name(call);
    let filter = call.param("filter").unwrap_or_default();
    let mut items = Vec::new();
    if parent.is_empty() {
        for (name, record) in state.meet.records.iter().filter(|(name, _)| name.split('/').count() == 2) {
            let Some(code) = code_of(state, call, record) else { continue };
            if filter::passes(filter, kind.fields, record, &code)? {
                items.push((name, record));
            }
        }
    } else {
        let record = format!("conferenceRecords/{}", call.path("record"));
        let seen = state.meet.records.get(&record).and_then(|record| code_of(state, call, record));
        seen.filter(|_| state.meet.records.contains(&parent)).ok_or_else(|| denied("ConferenceRecord"))?;
        let prefix = format!("{parent}/{}/", kind.segment);
        let below = state.meet.records.range_from(prefix.clone());
        let below = below.take_while(|(name, _)| name.starts_with(&prefix));
        for (name, item) in below.filter(|(name, _)| !name[prefix.len()..].contains('/')) {
            if filter::passes(filter, kind.fields, item, "")? {
                items.push((name, item));
            }
        }
    }
    items.sort_by(|(a_name, a), (b_name, b)| in_order(kind, a, b).then_with(|| a_name.cmp(b_name)));
    let digest = format!("{}|{parent}|{filter}|", kind.collection);
    let values: Vec<&Value> = items.iter().map(|(_, item)| *item).collect();
    let mut answer = page(call, kind.collection, kind.sizes, &digest, &values)?;
    if kind.collection == PARTICIPANTS.collection {
        answer.insert("totalSize".to_owned(), json!(items.len()));
    }
    Ok(Reply::json(answer))
}

/// The page that a call asks for, in its envelope. `sizes` are the usual and the largest; a page token belongs to `digest`.
pub fn page(
    call: &Call,
    collection: &str,
    sizes: (usize, usize),
    digest: &str,
    items: &[&Value],
) -> Result<Map<String, Value>, ApiError> {
    let (start, size) = (position(call, digest)?, size(call, sizes)?);
    let mut answer = Map::new();
    let page: Vec<&Value> = items.iter().skip(start).take(size).copied().collect();
    if start + page.len() < items.len() {
        let token = URL_SAFE_NO_PAD.encode(format!("{digest}{}", start + page.len()));
        answer.insert("nextPageToken".to_owned(), json!(token));
    }
    if !page.is_empty() {
        answer.insert(collection.to_owned(), json!(page));
    }
    Ok(answer)
}

fn in_order(kind: &Kind, a: &Value, b: &Value) -> Ordering {
    let time = |item: &Value| item[kind.order].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let order = time(a).cmp(&time(b));
    if kind.latest_first { order.reverse() } else { order }
}

fn size(call: &Call, (usual, most): (usize, usize)) -> Result<usize, ApiError> {
    match call.param("pageSize").map(str::parse::<i64>) {
        None | Some(Ok(0)) => Ok(usual),
        Some(Ok(size)) => usize::try_from(size).map(|size| size.min(most)).map_err(|_| invalid("Invalid page_size.")),
        Some(Err(_)) => Err(invalid("Invalid value at 'page_size' (TYPE_INT32)")),
    }
}

fn position(call: &Call, digest: &str) -> Result<usize, ApiError> {
    let Some(token) = call.param("pageToken").filter(|token| !token.is_empty()) else { return Ok(0) };
    let text = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let position = text.as_deref().and_then(|text| text.strip_prefix(digest)?.parse().ok());
    position.ok_or_else(|| invalid("The page token is invalid."))
}

/// Ends a conference: who is still there leaves.
pub fn end(state: &mut State, record: &str, now: Timestamp) {
    let names: Vec<String> = state.meet.records.prefixed(record).map(|(name, _)| name.clone()).collect();
    let belongs = |name: &&String| *name == record || name.starts_with(&format!("{record}/"));
    for name in names.iter().filter(belongs) {
        let key = match name.split('/').collect::<Vec<_>>()[..] {
            [_, _, "participants", _] => "latestEndTime",
            [_, _] | [_, _, "participants", _, _, _] => "endTime",
            _ => continue,
        };
        let is_record = name == record;
        state.meet.records.update(name, |item| {
            if item.get(key).is_none() {
                item[key] = json!(now);
            }
            if is_record {
                item["expireTime"] = json!(expiry(now));
            }
        });
    }
}

/// When a conference that ended then is forgotten.
pub fn expiry(end: Timestamp) -> Timestamp {
    end.checked_add(SignedDuration::from_hours(30 * 24)).unwrap_or(Timestamp::MAX)
}
