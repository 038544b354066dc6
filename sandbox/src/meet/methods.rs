//! The methods of Meet v2 with their paths and scopes, as the discovery document (revision 20261029) lists them.

use http::Method as Verb;

use super::{members, records, spaces};
use crate::http::{
    Method,
    method::{Handler, method},
};

/// Spaces that the same program made, and their conferences.
pub const CREATED: &str = "https://www.googleapis.com/auth/meetings.space.created";
/// All spaces and conferences of the person, to read.
pub const READONLY: &str = "https://www.googleapis.com/auth/meetings.space.readonly";
/// The settings of all spaces of the person.
pub const SETTINGS: &str = "https://www.googleapis.com/auth/meetings.space.settings";

const TO_READ: &[&str] = &[CREATED, READONLY];

const fn read(id: &'static str, path: &'static str, handler: Handler) -> Method {
    method(id, Verb::GET, path, TO_READ, handler)
}

const MEMBERS: &str = "/v2/spaces/{space}/members";
const MEMBER: &str = "/v2/spaces/{space}/members/{member}";

static METHODS: [Method; 24] = [
    method("meet.spaces.create", Verb::POST, "/v2/spaces", &[CREATED], spaces::create),
    method("meet.spaces.get", Verb::GET, "/v2/spaces/{space}", &[CREATED, READONLY, SETTINGS], spaces::get),
    method("meet.spaces.patch", Verb::PATCH, "/v2/spaces/{space}", &[CREATED, SETTINGS], spaces::patch),
    method(
        "meet.spaces.endActiveConference",
        Verb::POST,
        "/v2/spaces/{space}:endActiveConference",
        &[CREATED],
        spaces::end_active_conference,
    ),
    method("meet.spaces.members.create", Verb::POST, MEMBERS, &[CREATED], members::create),
    read("meet.spaces.members.get", MEMBER, members::get),
    read("meet.spaces.members.list", MEMBERS, members::list),
    method("meet.spaces.members.patch", Verb::PATCH, MEMBER, &[CREATED], members::patch),
    method("meet.spaces.members.delete", Verb::DELETE, MEMBER, &[CREATED], members::delete),
    method(
        "meet.spaces.members.batchUpdate",
        Verb::POST,
        "/v2/spaces/{space}/members:batchUpdate",
        &[CREATED],
        members::batch_update,
    ),
    read("meet.conferenceRecords.list", "/v2/conferenceRecords", records::list),
    read("meet.conferenceRecords.get", "/v2/conferenceRecords/{record}", records::get),
    read(
        "meet.conferenceRecords.participants.list",
        "/v2/conferenceRecords/{record}/participants",
        records::participants,
    ),
    read(
        "meet.conferenceRecords.participants.get",
        "/v2/conferenceRecords/{record}/participants/{participant}",
        records::get,
    ),
    read(
        "meet.conferenceRecords.participants.participantSessions.list",
        "/v2/conferenceRecords/{record}/participants/{participant}/participantSessions",
        records::sessions,
    ),
    read(
        "meet.conferenceRecords.participants.participantSessions.get",
        "/v2/conferenceRecords/{record}/participants/{participant}/participantSessions/{session}",
        records::get,
    ),
    read("meet.conferenceRecords.recordings.list", "/v2/conferenceRecords/{record}/recordings", records::recordings),
    read(
        "meet.conferenceRecords.recordings.get",
        "/v2/conferenceRecords/{record}/recordings/{recording}",
        records::get,
    ),
    read("meet.conferenceRecords.smartNotes.list", "/v2/conferenceRecords/{record}/smartNotes", records::smart_notes),
    read("meet.conferenceRecords.smartNotes.get", "/v2/conferenceRecords/{record}/smartNotes/{note}", records::get),
    read("meet.conferenceRecords.transcripts.list", "/v2/conferenceRecords/{record}/transcripts", records::transcripts),
    read(
        "meet.conferenceRecords.transcripts.get",
        "/v2/conferenceRecords/{record}/transcripts/{transcript}",
        records::get,
    ),
    read(
        "meet.conferenceRecords.transcripts.entries.list",
        "/v2/conferenceRecords/{record}/transcripts/{transcript}/entries",
        records::entries,
    ),
    read(
        "meet.conferenceRecords.transcripts.entries.get",
        "/v2/conferenceRecords/{record}/transcripts/{transcript}/entries/{entry}",
        records::get,
    ),
];

/// The methods.
pub fn all() -> &'static [Method] {
    &METHODS
}
