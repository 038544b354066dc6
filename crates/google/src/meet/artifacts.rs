use crate::{
    Error, GoogleService, Items, Request,
    calendar::DateTime,
    meet::{ListQuery, Meet, ids, list},
    resource::{open_enum, resource},
};

/// What was recorded of one conference.
/// <https://developers.google.com/workspace/meet/api/guides/artifacts>
#[derive(Clone, Copy)]
pub struct Artifacts<'a> {
    pub(crate) service: &'a Meet,
    pub(crate) conference_record: &'a str,
}

resource! {
    /// Picture and sound of a conference.
    pub struct Recording {
        /// The conference's name, `/recordings/` and an id.
        name: String = "name",
        /// How far it is.
        state: ArtifactState = "state",
        /// When it began.
        start_time: DateTime = "startTime",
        /// When it ended.
        end_time: DateTime = "endTime",
        /// Where the file is.
        drive_destination: DriveDestination = "driveDestination",
    }
}

resource! {
    /// Where a recording is.
    pub struct DriveDestination {
        /// The file's id in Drive.
        file: String = "file" personal,
        /// Where it is played.
        export_uri: String = "exportUri" personal,
    }
}

resource! {
    /// What was said in a conference.
    pub struct Transcript {
        /// The conference's name, `/transcripts/` and an id.
        name: String = "name",
        /// How far it is.
        state: ArtifactState = "state",
        /// When it began.
        start_time: DateTime = "startTime",
        /// When it ended.
        end_time: DateTime = "endTime",
        /// Where the document is.
        docs_destination: DocsDestination = "docsDestination",
    }
}

resource! {
    /// Where a transcript is.
    pub struct DocsDestination {
        /// The document's id.
        document: String = "document" personal,
        /// Where it is read.
        export_uri: String = "exportUri" personal,
    }
}

resource! {
    /// What somebody said.
    pub struct TranscriptEntry {
        /// The transcript's name, `/entries/` and an id.
        name: String = "name",
        /// The name of the participant who said it.
        participant: String = "participant",
        /// What was said.
        text: String = "text" personal,
        /// In which language, such as `en-US`.
        language_code: String = "languageCode",
        /// From when on.
        start_time: DateTime = "startTime",
        /// Until when.
        end_time: DateTime = "endTime",
    }
}

open_enum! {
    /// How far a recording or a transcript is.
    pub enum ArtifactState {
        /// It is being made.
        Started = "STARTED",
        /// It has ended, and its file is not there yet.
        Ended = "ENDED",
        /// Its file is there.
        FileGenerated = "FILE_GENERATED",
    }
}

const RECORDS: &str = "conferenceRecords";

impl<'a> Artifacts<'a> {
    /// All recordings, page by page, the first one first.
    pub fn recordings(self, query: ListQuery) -> Items<'a, Recording> {
        let operation = "meet.conferenceRecords.recordings.list";
        let request = self.below(operation, "/conferenceRecords/{}/recordings");
        list::all(self.service, request, "recordings", query)
    }

    /// One recording by its name.
    pub async fn recording(self, name: &str) -> Result<Recording, Error> {
        let operation = "meet.conferenceRecords.recordings.get";
        let ids = ids(name, [RECORDS, "recordings"]);
        self.service.client().json(self.service.get(operation, "/conferenceRecords/{}/recordings/{}", &ids)).await
    }

    /// All transcripts, page by page, the first one first.
    pub fn transcripts(self, query: ListQuery) -> Items<'a, Transcript> {
        let operation = "meet.conferenceRecords.transcripts.list";
        let request = self.below(operation, "/conferenceRecords/{}/transcripts");
        list::all(self.service, request, "transcripts", query)
    }

    /// One transcript by its name.
    pub async fn transcript(self, name: &str) -> Result<Transcript, Error> {
        let operation = "meet.conferenceRecords.transcripts.get";
        let ids = ids(name, [RECORDS, "transcripts"]);
        self.service.client().json(self.service.get(operation, "/conferenceRecords/{}/transcripts/{}", &ids)).await
    }

    /// What was said, page by page, by the transcript's name.
    pub fn entries(self, transcript: &str, query: ListQuery) -> Items<'a, TranscriptEntry> {
        let template = "/conferenceRecords/{}/transcripts/{}/entries";
        let operation = "meet.conferenceRecords.transcripts.entries.list";
        let request = self.service.get(operation, template, &ids(transcript, [RECORDS, "transcripts"]));
        list::all(self.service, request, "transcriptEntries", query)
    }

    /// One thing that was said, by the entry's name.
    pub async fn entry(self, name: &str) -> Result<TranscriptEntry, Error> {
        let template = "/conferenceRecords/{}/transcripts/{}/entries/{}";
        let ids = ids(name, [RECORDS, "transcripts", "entries"]);
        let request = self.service.get("meet.conferenceRecords.transcripts.entries.get", template, &ids);
        self.service.client().json(request).await
    }

    fn below(self, operation: &'static str, template: &str) -> Request {
        self.service.get(operation, template, &ids(self.conference_record, [RECORDS]))
    }
}
