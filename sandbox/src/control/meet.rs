use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Control, Refused};
use crate::meet::{records::expiry, spaces::new_id};

/// A time that somebody was there, or that something was recorded.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Span {
    start_time: Timestamp,
    end_time: Option<Timestamp>,
}

/// Somebody who came: an account, a name, or a part of a number.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Guest {
    email: Option<String>,
    name: Option<String>,
    phone: Option<String>,
    sessions: Vec<Span>,
}

/// What somebody said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    /// The place of who said it among the participants.
    participant: usize,
    text: String,
    start_time: Timestamp,
    end_time: Timestamp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// A space's name, its id or its meeting code.
    space: String,
    start_time: Timestamp,
    end_time: Option<Timestamp>,
    #[serde(default)]
    participants: Vec<Guest>,
    #[serde(default)]
    recordings: Vec<Span>,
    #[serde(default)]
    smart_notes: Vec<Span>,
    #[serde(default)]
    transcript: Vec<Said>,
}

/// `POST meet/conferences`: a conference that took place in a space, or is going on there when it has no end.
pub fn put(control: &mut Control<'_>) -> Result<Value, Refused> {
    let wanted: Wanted = control.body()?;
    let now = control.context.now;
    let rng = control.context.rng.clone();
    let state = &mut control.inner.state;
    crate::calendar::settle(state, now);
    let asked = wanted.space.strip_prefix("spaces/").unwrap_or(&wanted.space);
    let Some((space, _)) = state.meet.space(asked) else {
        return Err(Refused::because(format!("there is no space {asked}: make it through Meet or Calendar first")));
    };
    let space = space.clone();
    let record = format!("conferenceRecords/{}", new_id(&*rng));
    let mut conference = json!({"name": record, "startTime": wanted.start_time, "space": format!("spaces/{space}")});
    match wanted.end_time {
        Some(end) => {
            conference["endTime"] = json!(end);
            conference["expireTime"] = json!(expiry(end));
        }
        None => {
            conference["expireTime"] = json!(expiry(now));
            state.meet.spaces.update(&space, |space| space.active = Some(record.clone()));
        }
    }
    state.meet.records.put(record.clone(), conference);
    let mut names = Vec::new();
    for guest in wanted.participants {
        let name = format!("{record}/participants/{}", new_id(&*rng));
        let start = guest.sessions.iter().map(|span| span.start_time).min();
        let Some(start) = start else {
            return Err(Refused::because("a participant needs at least one session"));
        };
        let mut participant = json!({"name": name, "earliestStartTime": start});
        if guest.sessions.iter().all(|span| span.end_time.is_some()) {
            participant["latestEndTime"] = json!(guest.sessions.iter().filter_map(|span| span.end_time).max());
        }
        match (guest.email, guest.name, guest.phone) {
            (Some(email), _, _) => {
                let user =
                    state.user(&email).ok_or_else(|| Refused::because(format!("there is no account {email}")))?;
                participant["signedinUser"] = json!({"user": format!("users/{}", user.sub), "displayName": user.name});
            }
            (None, Some(name), _) => participant["anonymousUser"] = json!({"displayName": name}),
            (None, None, Some(phone)) => participant["phoneUser"] = json!({"displayName": phone}),
            (None, None, None) => return Err(Refused::because("a participant needs an email, a name or a phone")),
        }
        state.meet.records.put(name.clone(), participant);
        for span in guest.sessions {
            let name = format!("{name}/participantSessions/{}", new_id(&*rng));
            let session = timed(&name, span);
            state.meet.records.put(name, session);
        }
        names.push(name);
    }
    for span in wanted.recordings {
        let name = format!("{record}/recordings/{}", new_id(&*rng));
        let file = new_id(&*rng);
        let mut recording = timed(&name, span);
        recording["state"] = json!(if span.end_time.is_some() { "FILE_GENERATED" } else { "STARTED" });
        if span.end_time.is_some() {
            let uri = format!("https://drive.google.com/file/d/{file}/view");
            recording["driveDestination"] = json!({"file": file, "exportUri": uri});
        }
        state.meet.records.put(name, recording);
    }
    for span in wanted.smart_notes {
        let name = format!("{record}/smartNotes/{}", new_id(&*rng));
        let document = new_id(&*rng);
        let mut notes = timed(&name, span);
        notes["state"] = json!(if span.end_time.is_some() { "FILE_GENERATED" } else { "STARTED" });
        if span.end_time.is_some() {
            let uri = format!("https://docs.google.com/document/d/{document}/view");
            notes["docsDestination"] = json!({"document": document, "exportUri": uri});
        }
        state.meet.records.put(name, notes);
    }
    if let (Some(first), Some(last)) = (wanted.transcript.first(), wanted.transcript.last()) {
        let transcript = format!("{record}/transcripts/{}", new_id(&*rng));
        let document = new_id(&*rng);
        let mut row = timed(&transcript, Span { start_time: first.start_time, end_time: Some(last.end_time) });
        row["state"] = json!("FILE_GENERATED");
        let uri = format!("https://docs.google.com/document/d/{document}/view");
        row["docsDestination"] = json!({"document": document, "exportUri": uri});
        state.meet.records.put(transcript.clone(), row);
        for said in wanted.transcript {
            let Some(participant) = names.get(said.participant) else {
                return Err(Refused::because(format!("there is no participant number {}", said.participant)));
            };
            let name = format!("{transcript}/entries/{}", new_id(&*rng));
            let mut entry = timed(&name, Span { start_time: said.start_time, end_time: Some(said.end_time) });
            entry["participant"] = json!(participant);
            entry["text"] = json!(said.text);
            entry["languageCode"] = json!("en-US");
            state.meet.records.put(name, entry);
        }
    }
    Ok(json!({"name": record, "participants": names}))
}

fn timed(name: &str, span: Span) -> Value {
    let mut item = json!({"name": name, "startTime": span.start_time});
    if let Some(end) = span.end_time {
        item["endTime"] = json!(end);
    }
    item
}
