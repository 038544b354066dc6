//! Google Meet, version 2: spaces, and the conferences that took place in them.
//! <https://developers.google.com/workspace/meet/api/reference/rest/v2>
//!
//! What Meet calls a name is a path, such as `conferenceRecords/1/participants/2`; it goes back as it came. A space is also
//! found by its meeting code, which is the conference id of a Meet that [Calendar](crate::calendar::ConferenceData) made.

mod artifacts;
mod conference_records;
mod list;
mod participants;
pub mod scopes;
mod space;
mod spaces;

pub use artifacts::{
    ArtifactState, Artifacts, DocsDestination, DriveDestination, Recording, Transcript, TranscriptEntry,
};
pub use conference_records::{ConferenceRecord, ConferenceRecords};
pub use list::ListQuery;
pub use participants::{NamedUser, Participant, ParticipantSession, Participants, SignedinUser};
pub use space::{
    AccessType, ActiveConference, ArtifactConfig, AttendanceReport, EntryPointAccess, ModerationRestrictions, OnOff,
    RecordingConfig, Restriction, SmartNotesConfig, Space, SpaceConfig, TranscriptionConfig,
};
pub use spaces::Spaces;

use crate::{Client, GoogleService};

/// The Meet API for one account.
#[derive(Clone)]
pub struct Meet {
    client: Client,
}

impl GoogleService for Meet {
    const ROOT: &'static str = "https://meet.googleapis.com";
    const PATH: &'static str = "/v2";

    fn with(client: Client) -> Self {
        Self { client }
    }

    fn client(&self) -> &Client {
        &self.client
    }
}

impl Meet {
    /// The Meet API on this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// Spaces: the places where people meet.
    pub fn spaces(&self) -> Spaces<'_> {
        Spaces { service: self }
    }

    /// Conferences: what took place in spaces.
    pub fn conference_records(&self) -> ConferenceRecords<'_> {
        ConferenceRecords { service: self }
    }

    /// Who came to a conference, by the conference's name.
    pub fn participants<'a>(&'a self, conference_record: &'a str) -> Participants<'a> {
        Participants { service: self, conference_record }
    }

    /// What was recorded of a conference, by the conference's name.
    pub fn artifacts<'a>(&'a self, conference_record: &'a str) -> Artifacts<'a> {
        Artifacts { service: self, conference_record }
    }
}

/// The ids in a name that goes through these collections. Ids of another kind of name are empty, and the request then
/// cannot be sent.
fn ids<'n, const N: usize>(name: &'n str, collections: [&str; N]) -> [&'n str; N] {
    let mut words = name.split('/');
    let found = collections.map(|collection| match words.next() {
        Some(word) if word == collection => words.next().unwrap_or_default(),
        _ => "",
    });
    if words.next().is_some() { [""; N] } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_apart_by_its_collections() {
        let both = ["conferenceRecords", "participants"];
        assert_eq!(ids("conferenceRecords/a/participants/b", both), ["a", "b"]);
        assert_eq!(ids("conferenceRecords/a", both), ["a", ""]);
        assert_eq!(ids("conferenceRecords/a/recordings/b", both), ["", ""]);
        assert_eq!(ids("conferenceRecords/a/participants/b/c", both), ["", ""]);
        assert_eq!(ids("", both), ["", ""]);
    }
}
