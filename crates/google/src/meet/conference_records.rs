use crate::{
    Error, GoogleService, Items, Page,
    calendar::DateTime,
    meet::{ListQuery, Meet, ids, list},
    resource::resource,
};

/// Conferences: what took place in spaces.
/// <https://developers.google.com/workspace/meet/api/guides/conferences>
#[derive(Clone, Copy)]
pub struct ConferenceRecords<'a> {
    pub(crate) service: &'a Meet,
}

resource! {
    /// A conference: people met in a space, from the first who came to the last who left.
    pub struct ConferenceRecord {
        /// `conferenceRecords/` and an id.
        name: String = "name",
        /// When it began.
        start_time: DateTime = "startTime",
        /// When it ended; absent while it goes on.
        end_time: DateTime = "endTime",
        /// When Google forgets it, 30 days after its end.
        expire_time: DateTime = "expireTime",
        /// The name of the space.
        space: String = "space" personal,
    }
}

const KEY: &str = "conferenceRecords";

impl<'a> ConferenceRecords<'a> {
    /// One page of the conferences, the latest first.
    pub async fn list(self, query: &ListQuery) -> Result<Page<ConferenceRecord>, Error> {
        let request = self.service.get("meet.conferenceRecords.list", "/conferenceRecords", &[]);
        list::page(self.service, request, KEY, query).await
    }

    /// All conferences, the latest first, page by page.
    pub fn list_all(self, query: ListQuery) -> Items<'a, ConferenceRecord> {
        let request = self.service.get("meet.conferenceRecords.list", "/conferenceRecords", &[]);
        list::all(self.service, request, KEY, query)
    }

    /// One conference by its name.
    pub async fn get(self, name: &str) -> Result<ConferenceRecord, Error> {
        let request = self.service.get("meet.conferenceRecords.get", "/conferenceRecords/{}", &ids(name, [KEY]));
        self.service.client().json(request).await
    }
}
