use crate::resource::{open_enum, resource};

resource! {
    /// A place where people meet, with an address of its own. Conferences take place in it one after the other.
    /// <https://developers.google.com/workspace/meet/api/reference/rest/v2/spaces>
    pub struct Space {
        /// `spaces/` and an id that stays.
        name: String = "name" personal,
        /// The address to open.
        meeting_uri: String = "meetingUri" personal,
        /// The code `abc-mnop-xyz` in the address. Google may give it to another space after a year without use.
        meeting_code: String = "meetingCode" personal,
        /// Its settings.
        config: SpaceConfig = "config",
        /// The conference that is going on.
        active_conference: ActiveConference = "activeConference",
    }
}

resource! {
    /// The conference that is going on in a space.
    pub struct ActiveConference {
        /// Its name, for [`ConferenceRecords::get`](crate::meet::ConferenceRecords::get).
        conference_record: String = "conferenceRecord",
    }
}

resource! {
    /// The settings of a space.
    pub struct SpaceConfig {
        /// Who comes in without knocking.
        access_type: AccessType = "accessType",
        /// By which programs one comes in.
        entry_point_access: EntryPointAccess = "entryPointAccess",
        /// Whether the host decides what others may do; with it [`Self::moderation_restrictions`] count.
        moderation: OnOff = "moderation",
        /// What others than the host may do.
        moderation_restrictions: ModerationRestrictions = "moderationRestrictions",
        /// What is recorded by itself.
        artifact_config: ArtifactConfig = "artifactConfig",
        /// Whether a list of those who came is made.
        attendance_report_generation_type: AttendanceReport = "attendanceReportGenerationType",
    }
}

open_enum! {
    /// Who comes into a space without knocking.
    pub enum AccessType {
        /// Everybody with the address.
        Open = "OPEN",
        /// The host's organisation, those who are invited, and who dials in.
        Trusted = "TRUSTED",
        /// Only those who are invited.
        Restricted = "RESTRICTED",
    }
}

open_enum! {
    /// By which programs one comes into a space.
    pub enum EntryPointAccess {
        /// By any.
        All = "ALL",
        /// Only by the one that made it.
        CreatorAppOnly = "CREATOR_APP_ONLY",
    }
}

open_enum! {
    /// Whether something is done.
    pub enum OnOff {
        /// It is.
        On = "ON",
        /// It is not.
        Off = "OFF",
    }
}

open_enum! {
    /// Whether something is for hosts alone.
    pub enum Restriction {
        /// For hosts alone.
        HostsOnly = "HOSTS_ONLY",
        /// For everybody.
        Everybody = "NO_RESTRICTION",
    }
}

open_enum! {
    /// Whether a list of those who came is made.
    pub enum AttendanceReport {
        /// It is.
        Generate = "GENERATE_REPORT",
        /// It is not.
        DoNotGenerate = "DO_NOT_GENERATE",
    }
}

resource! {
    /// What others than the host may do.
    pub struct ModerationRestrictions {
        /// Write.
        chat_restriction: Restriction = "chatRestriction",
        /// Send reactions.
        reaction_restriction: Restriction = "reactionRestriction",
        /// Show a screen.
        present_restriction: Restriction = "presentRestriction",
        /// Whether they come in as viewers.
        default_join_as_viewer_type: OnOff = "defaultJoinAsViewerType",
    }
}

resource! {
    /// What is recorded by itself.
    pub struct ArtifactConfig {
        /// Picture and sound.
        recording_config: RecordingConfig = "recordingConfig",
        /// What is said.
        transcription_config: TranscriptionConfig = "transcriptionConfig",
        /// Notes.
        smart_notes_config: SmartNotesConfig = "smartNotesConfig",
    }
}

resource! {
    /// Whether picture and sound are recorded by themselves.
    pub struct RecordingConfig {
        /// Whether they are.
        auto_recording_generation: OnOff = "autoRecordingGeneration",
    }
}

resource! {
    /// Whether what is said is written down by itself.
    pub struct TranscriptionConfig {
        /// Whether it is.
        auto_transcription_generation: OnOff = "autoTranscriptionGeneration",
    }
}

resource! {
    /// Whether notes are taken by themselves.
    pub struct SmartNotesConfig {
        /// Whether they are.
        auto_smart_notes_generation: OnOff = "autoSmartNotesGeneration",
    }
}
