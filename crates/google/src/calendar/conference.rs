use crate::resource::{open_enum, resource};

resource! {
    /// A conference of an event. It is read and written only with `conferenceDataVersion=1`, which
    /// [`Events`](crate::calendar::Events) adds whenever a body has a conference; without it Google ignores the field silently.
    /// <https://developers.google.com/workspace/calendar/api/guides/create-events#conferencing>
    pub struct ConferenceData {
        /// The wish for a new conference, with how it went.
        create_request: CreateConference = "createRequest",
        /// How to come in: by video, phone, SIP.
        entry_points: Vec<EntryPoint> = "entryPoints",
        /// Whose conference it is.
        conference_solution: ConferenceSolution = "conferenceSolution",
        /// For Meet the code `aaa-bbbb-ccc`.
        conference_id: String = "conferenceId" personal,
        /// Notes for the guests.
        notes: String = "notes" personal,
        /// Google's signature over the data; must go back unchanged.
        signature: String = "signature" personal,
    }
}

impl ConferenceData {
    /// Asks for a new Meet. Google makes it a moment later. `request_id` is the caller's: unique for the event, and the
    /// same on each retry, so that a retry never makes a second room.
    pub fn create_meet(request_id: &str) -> Self {
        let key = ConferenceSolutionKey { kind: Some(ConferenceKind::HangoutsMeet), ..Default::default() };
        let create_request = CreateConference {
            request_id: Some(request_id.to_owned()),
            conference_solution_key: Some(key),
            ..Default::default()
        };
        Self { create_request: Some(create_request), ..Self::default() }
    }

    /// How the wish for a conference went; `None` when none was made by a wish.
    pub fn status(&self) -> Option<&ConferenceStatus> {
        self.create_request.as_ref()?.status.as_ref()?.status_code.as_ref()
    }

    /// The address of the video entry.
    pub fn video_uri(&self) -> Option<&str> {
        let mut entries = self.entry_points.iter().flatten();
        entries.find(|entry| entry.entry_point_type == Some(EntryPointKind::Video))?.uri.as_deref()
    }
}

resource! {
    /// The wish for a new conference.
    pub struct CreateConference {
        /// The caller's id of the wish. The same id as in the last wish is ignored.
        request_id: String = "requestId",
        /// Of what kind.
        conference_solution_key: ConferenceSolutionKey = "conferenceSolutionKey",
        /// How it went, read-only.
        status: CreateConferenceStatus = "status",
    }
}

resource! {
    /// How the wish for a conference went.
    pub struct CreateConferenceStatus {
        /// The state.
        status_code: ConferenceStatus = "statusCode",
    }
}

open_enum! {
    /// How far Google is with a wish for a conference.
    pub enum ConferenceStatus {
        /// Not there yet: read the event again.
        Pending = "pending",
        /// There.
        Success = "success",
        /// It will not come.
        Failure = "failure",
    }
}

resource! {
    /// Whose conference it is.
    pub struct ConferenceSolution {
        /// The kind.
        key: ConferenceSolutionKey = "key",
        /// The name for people.
        name: String = "name",
        /// An icon.
        icon_uri: String = "iconUri",
    }
}

resource! {
    /// The kind of a conference.
    pub struct ConferenceSolutionKey {
        /// The kind.
        kind: ConferenceKind = "type",
    }
}

open_enum! {
    /// Kinds of conferences.
    pub enum ConferenceKind {
        /// Google Meet.
        HangoutsMeet = "hangoutsMeet",
        /// Another vendor's, through an add-on.
        AddOn = "addOn",
        /// Classic Hangouts, which is gone.
        EventHangout = "eventHangout",
        /// Classic Hangouts of a company, which is gone.
        EventNamedHangout = "eventNamedHangout",
    }
}

resource! {
    /// One way into a conference. Codes and passwords lie in `other`.
    pub struct EntryPoint {
        /// By what.
        entry_point_type: EntryPointKind = "entryPointType",
        /// The address (`https:`, `tel:`, `sip:`).
        uri: String = "uri" personal,
        /// The address for people.
        label: String = "label" personal,
    }
}

open_enum! {
    /// By what one comes into a conference.
    pub enum EntryPointKind {
        /// Over HTTP; at most one.
        Video = "video",
        /// By phone.
        Phone = "phone",
        /// Over SIP; at most one.
        Sip = "sip",
        /// A page with more ways.
        More = "more",
    }
}
