use crate::{
    Error, GoogleService, Items, Page, Request,
    calendar::DateTime,
    meet::{ListQuery, Meet, ids, list},
    resource::resource,
};

/// Who came to one conference. <https://developers.google.com/workspace/meet/api/guides/participants>
#[derive(Clone, Copy)]
pub struct Participants<'a> {
    pub(crate) service: &'a Meet,
    pub(crate) conference_record: &'a str,
}

resource! {
    /// Somebody who came to a conference: one of the three kinds of users is there.
    pub struct Participant {
        /// The conference's name, `/participants/` and an id.
        name: String = "name",
        /// When they first came.
        earliest_start_time: DateTime = "earliestStartTime",
        /// When they last left; absent while they are there.
        latest_end_time: DateTime = "latestEndTime",
        /// Who had signed in.
        signedin_user: SignedinUser = "signedinUser",
        /// Who had not.
        anonymous_user: NamedUser = "anonymousUser",
        /// Who came by phone.
        phone_user: NamedUser = "phoneUser",
    }
}

resource! {
    /// Somebody who had signed in, or a device that had.
    pub struct SignedinUser {
        /// `users/` and an id, the same as that of the person in People.
        user: String = "user" personal,
        /// The name for people.
        display_name: String = "displayName" personal,
    }
}

resource! {
    /// Somebody who is known by a name alone, or by a part of a number.
    pub struct NamedUser {
        /// The name, or what of the number is shown.
        display_name: String = "displayName" personal,
    }
}

resource! {
    /// A time that somebody was there without a break.
    pub struct ParticipantSession {
        /// The participant's name, `/participantSessions/` and an id.
        name: String = "name",
        /// When they came.
        start_time: DateTime = "startTime",
        /// When they left; absent while they are there.
        end_time: DateTime = "endTime",
    }
}

const RECORDS: &str = "conferenceRecords";
const KEY: &str = "participants";
const SESSIONS: &str = "participantSessions";

impl Participant {
    /// The name that was shown to the others.
    pub fn display_name(&self) -> Option<&str> {
        let signed_in = self.signedin_user.as_ref().and_then(|user| user.display_name.as_deref());
        let named = self.anonymous_user.as_ref().or(self.phone_user.as_ref());
        signed_in.or_else(|| named?.display_name.as_deref())
    }
}

impl<'a> Participants<'a> {
    /// One page of those who came, the last to come first.
    pub async fn list(self, query: &ListQuery) -> Result<Page<Participant>, Error> {
        list::page(self.service, self.list_request(), KEY, query).await
    }

    /// All who came, page by page.
    pub fn list_all(self, query: ListQuery) -> Items<'a, Participant> {
        list::all(self.service, self.list_request(), KEY, query)
    }

    fn list_request(self) -> Request {
        let template = "/conferenceRecords/{}/participants";
        self.service.get("meet.conferenceRecords.participants.list", template, &ids(self.conference_record, [RECORDS]))
    }

    /// One who came, by the participant's name.
    pub async fn get(self, name: &str) -> Result<Participant, Error> {
        let template = "/conferenceRecords/{}/participants/{}";
        let request = self.service.get("meet.conferenceRecords.participants.get", template, &ids(name, [RECORDS, KEY]));
        self.service.client().json(request).await
    }

    /// One page of the times that somebody was there, by the participant's name.
    pub async fn sessions(self, participant: &str, query: &ListQuery) -> Result<Page<ParticipantSession>, Error> {
        list::page(self.service, self.sessions_request(participant), SESSIONS, query).await
    }

    /// All times that somebody was there, page by page.
    pub fn sessions_all(self, participant: &str, query: ListQuery) -> Items<'a, ParticipantSession> {
        list::all(self.service, self.sessions_request(participant), SESSIONS, query)
    }

    fn sessions_request(self, participant: &str) -> Request {
        let template = "/conferenceRecords/{}/participants/{}/participantSessions";
        let operation = "meet.conferenceRecords.participants.participantSessions.list";
        self.service.get(operation, template, &ids(participant, [RECORDS, KEY]))
    }

    /// One time that somebody was there, by its name.
    pub async fn session(self, name: &str) -> Result<ParticipantSession, Error> {
        let template = "/conferenceRecords/{}/participants/{}/participantSessions/{}";
        let operation = "meet.conferenceRecords.participants.participantSessions.get";
        let request = self.service.get(operation, template, &ids(name, [RECORDS, KEY, SESSIONS]));
        self.service.client().json(request).await
    }
}
