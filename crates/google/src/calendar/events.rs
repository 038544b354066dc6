use crate::{
    Error, GoogleService, Items, Kind, Request,
    calendar::{
        Calendar, Channel, Event, EventCopy, EventPage, EventPatch, EventQuery, InstancesQuery, NewChannel, RawEvent,
    },
    items,
};

/// The events of one calendar. <https://developers.google.com/workspace/calendar/api/v3/reference/events>
#[derive(Clone, Copy)]
pub struct Events<'a> {
    pub(crate) service: &'a Calendar,
    pub(crate) calendar_id: &'a str,
}

/// Whom Google mails about a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SendUpdates {
    /// All guests.
    All,
    /// Guests who do not use Google Calendar.
    ExternalOnly,
    /// Nobody. The default.
    #[default]
    None,
}

impl SendUpdates {
    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::ExternalOnly => "externalOnly",
            Self::None => "none",
        }
    }
}

/// How to write an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Write<'a> {
    /// Whom Google mails.
    pub send_updates: SendUpdates,
    /// Write only while the event still has this etag, else [`Kind::PreconditionFailed`]. It also makes a patch repeatable
    /// after a lost answer. An insert cannot have one: give the event an id.
    pub if_match: Option<&'a str>,
    /// Whether attachments in the body count.
    pub supports_attachments: bool,
    /// `conferenceDataVersion`. It is 1 by itself when the body has a conference or clears it, and absent otherwise.
    pub conference_data_version: Option<u8>,
    /// `eventLabelVersion`: with 1 the label in the body counts.
    pub event_label_version: Option<u8>,
    /// Guests in the answer at most; of a larger event only the account's own entry comes.
    pub max_attendees: Option<u32>,
}

impl Write<'_> {
    fn apply(&self, request: Request, has_conference: bool) -> Request {
        let attendees = self.max_attendees.map(|count| count.max(1).to_string());
        let request =
            request.query("sendUpdates", self.send_updates.as_str()).query_opt("maxAttendees", attendees.as_deref());
        self.guard(self.body(request, has_conference))
    }

    /// What in the body counts.
    fn body(&self, request: Request, has_conference: bool) -> Request {
        let conference =
            self.conference_data_version.or(has_conference.then_some(1)).map(|version| version.to_string());
        let label = self.event_label_version.map(|version| version.to_string());
        request
            .query_opt("conferenceDataVersion", conference.as_deref())
            .query_opt("eventLabelVersion", label.as_deref())
            .query_opt("supportsAttachments", self.supports_attachments.then_some("true"))
    }

    fn guard(&self, request: Request) -> Request {
        match self.if_match {
            Some(etag) => request.if_match(etag).repeatable(),
            None => request,
        }
    }
}

/// How one event is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventView<'a> {
    /// Guests at most; of a larger event only the account's own entry comes.
    pub max_attendees: Option<u32>,
    /// The IANA zone in which times are written.
    pub time_zone: Option<&'a str>,
}

const ONE: &str = "/calendars/{}/events/{}";

impl<'a> Events<'a> {
    /// One page of events: of a [`MirrorQuery`](crate::calendar::MirrorQuery) or a
    /// [`SearchQuery`](crate::calendar::SearchQuery). Fails with [`Kind::FullSyncRequired`] or [`Kind::BadCursor`] when its
    /// sync token is of no more use.
    pub async fn list(self, query: impl Into<EventQuery>) -> Result<EventPage, Error> {
        self.page(self.list_request(query.into())).await
    }

    /// One page of events, if the list has another etag than this one ([`EventPage::etag`]); `None` says that it is still
    /// the same.
    pub async fn list_if_changed(self, query: impl Into<EventQuery>, etag: &str) -> Result<Option<EventPage>, Error> {
        let request = self.list_request(query.into()).if_none_match(etag);
        self.service.client().read_if_changed(request, |body| EventPage::parse(body)).await
    }

    fn list_request(self, query: EventQuery) -> Request {
        query.apply(self.service.get("calendar.events.list", "/calendars/{}/events", &[self.calendar_id]))
    }

    /// All events of a query, page by page. Who wants the sync token at the end asks for the pages with [`Events::list`].
    pub fn list_all(self, query: impl Into<EventQuery>) -> Items<'a, RawEvent> {
        let query = query.into();
        items("calendar.events.list", None, move |token| {
            let query = query.clone().at(token);
            async move { self.list(query).await.map(Into::into) }
        })
    }

    /// One page of the instances of the series `event_id`.
    pub async fn instances(self, event_id: &str, query: &InstancesQuery) -> Result<EventPage, Error> {
        self.instances_page(event_id, EventQuery::from(query)).await
    }

    /// All instances of the series `event_id`, page by page.
    pub fn instances_all(self, event_id: &'a str, query: &InstancesQuery) -> Items<'a, RawEvent> {
        let query = EventQuery::from(query);
        items("calendar.events.instances", None, move |token| {
            let query = query.clone().at(token);
            async move { self.instances_page(event_id, query).await.map(Into::into) }
        })
    }

    async fn instances_page(self, event_id: &str, query: EventQuery) -> Result<EventPage, Error> {
        let ids = [self.calendar_id, event_id];
        let request = self.service.get("calendar.events.instances", "/calendars/{}/events/{}/instances", &ids);
        self.page(query.apply(request)).await
    }

    async fn page(self, request: Request) -> Result<EventPage, Error> {
        self.service.client().read(request, |body| EventPage::parse(body)).await
    }

    /// One event. A deleted one is found too, with the status `cancelled`.
    pub async fn get(self, event_id: &str) -> Result<EventCopy, Error> {
        self.copy(self.get_request(event_id, &EventView::default())).await
    }

    /// One event, shown in this way.
    pub async fn get_as(self, event_id: &str, view: &EventView<'_>) -> Result<EventCopy, Error> {
        self.copy(self.get_request(event_id, view)).await
    }

    /// One event, if it has another etag than this one; `None` says that it is still the same.
    pub async fn get_if_changed(self, event_id: &str, etag: &str) -> Result<Option<EventCopy>, Error> {
        let request = self.get_request(event_id, &EventView::default()).if_none_match(etag);
        self.service.client().read_if_changed(request, |body| EventCopy::parse(body)).await
    }

    /// The call of [`Events::get`], for a [batch](Events::batch).
    pub fn get_request(self, event_id: &str, view: &EventView<'_>) -> Request {
        let request = self.service.get("calendar.events.get", ONE, &[self.calendar_id, event_id]);
        let attendees = view.max_attendees.map(|count| count.max(1).to_string());
        request.query_opt("maxAttendees", attendees.as_deref()).query_opt("timeZone", view.time_zone)
    }

    /// Makes an event. With an id of the caller's in it a lost answer is asked for again, and [`Kind::Duplicate`] then
    /// says that the event is there: read it, and if it is cancelled take another id.
    pub async fn insert(self, event: &Event, write: &Write<'_>) -> Result<EventCopy, Error> {
        if write.if_match.is_some() {
            let message = "an insert cannot have an etag; give the event an id of your own";
            return Err(Error::custom(Kind::Unsendable, "calendar.events.insert", message));
        }
        self.copy(self.insert_request(event, write)).await
    }

    /// The call of [`Events::insert`], for a [batch](Events::batch). An etag in `write` does not count.
    pub fn insert_request(self, event: &Event, write: &Write<'_>) -> Request {
        let request = self.service.post("calendar.events.insert", "/calendars/{}/events", &[self.calendar_id]);
        let write = Write { if_match: None, ..*write };
        let request = write.apply(request, event.writes_conference()).json(event);
        if event.has_id() { request.repeatable() } else { request }
    }

    /// Puts in a copy of an event that lives elsewhere, under the iCalUID that it has there; nobody is mailed. The account
    /// must be its organizer or among its guests. The same iCalUID again changes the copy, so it is repeated after a lost
    /// answer. <https://developers.google.com/workspace/calendar/api/v3/reference/events/import>
    pub async fn import(self, event: &Event, write: &Write<'_>) -> Result<EventCopy, Error> {
        let request = self.service.post("calendar.events.import", "/calendars/{}/events/import", &[self.calendar_id]);
        let request = write.body(request, event.writes_conference());
        self.copy(request.json(event).repeatable()).await
    }

    /// Makes an event from a sentence such as `Lunch with Eva on Friday at noon`. It is not repeated after a lost answer.
    pub async fn quick_add(self, text: &str, send_updates: SendUpdates) -> Result<EventCopy, Error> {
        let request =
            self.service.post("calendar.events.quickAdd", "/calendars/{}/events/quickAdd", &[self.calendar_id]);
        self.copy(request.query("text", text).query("sendUpdates", send_updates.as_str())).await
    }

    /// Changes some fields of an event, or makes an exception of one instance. Without an etag it is not repeated after a
    /// lost answer when it mails guests: they would be mailed twice.
    pub async fn patch(self, event_id: &str, patch: &EventPatch, write: &Write<'_>) -> Result<EventCopy, Error> {
        self.copy(self.patch_request(event_id, patch, write)).await
    }

    /// The call of [`Events::patch`], for a [batch](Events::batch).
    pub fn patch_request(self, event_id: &str, patch: &EventPatch, write: &Write<'_>) -> Request {
        let request = self.service.patch("calendar.events.patch", ONE, &[self.calendar_id, event_id]);
        let request = write.apply(request, patch.writes_conference()).json(patch);
        if write.send_updates == SendUpdates::None { request.repeatable() } else { request }
    }

    /// Puts `event` whole in the place of what is there: a field that it lacks is cleared. To change some fields use
    /// [`Events::patch`]; guests must. With an etag in `write` nobody's change is lost.
    pub async fn update(self, event_id: &str, event: &Event, write: &Write<'_>) -> Result<EventCopy, Error> {
        let request = self.service.put("calendar.events.update", ONE, &[self.calendar_id, event_id]);
        self.copy(write.apply(request, event.writes_conference()).json(event)).await
    }

    /// Gives an event to another calendar of the account, which becomes its organizer. Only a single event or a whole
    /// series can be moved. It is not repeated after a lost answer.
    pub async fn move_to(
        self,
        event_id: &str,
        calendar_id: &str,
        send_updates: SendUpdates,
    ) -> Result<EventCopy, Error> {
        let ids = [self.calendar_id, event_id];
        let request = self.service.post("calendar.events.move", "/calendars/{}/events/{}/move", &ids);
        self.copy(request.query("destination", calendar_id).query("sendUpdates", send_updates.as_str())).await
    }

    /// Deletes an event, a whole series by its master, or one instance. [`Error::is_absent`] means that it was gone
    /// already, by an earlier sending of the same call perhaps.
    pub async fn delete(self, event_id: &str, write: &Write<'_>) -> Result<(), Error> {
        self.service.client().no_content(self.delete_request(event_id, write)).await
    }

    /// The call of [`Events::delete`], for [`GoogleService::batch`].
    pub fn delete_request(self, event_id: &str, write: &Write<'_>) -> Request {
        let request = self.service.delete_request("calendar.events.delete", ONE, &[self.calendar_id, event_id]);
        write.guard(request.query("sendUpdates", write.send_updates.as_str()))
    }

    /// Sends many calls that are answered with an event, made by [`Events::insert_request`] and its like, in batches. The
    /// answers come in the order of the calls. Working locations cannot be written in a batch.
    pub async fn batch(self, requests: Vec<Request>) -> Vec<Result<EventCopy, Error>> {
        self.service.batch_read(requests, EventCopy::parse).await
    }

    /// Asks for a push message whenever an event changes. The first message may come before this answers. After a lost
    /// answer begin another channel with a new id: the first one, if there is one, ends by itself.
    pub async fn watch(self, channel: &NewChannel) -> Result<Channel, Error> {
        self.watch_some(EventQuery::default(), channel).await
    }

    /// As [`Events::watch`], for the events of a query alone, its kinds above all.
    pub async fn watch_some(self, query: impl Into<EventQuery>, channel: &NewChannel) -> Result<Channel, Error> {
        let request = self.service.post("calendar.events.watch", "/calendars/{}/events/watch", &[self.calendar_id]);
        self.service.client().json(query.into().apply(request).json(&channel.body())).await
    }

    async fn copy(self, request: Request) -> Result<EventCopy, Error> {
        self.service.client().read(request, |body| EventCopy::parse(body)).await
    }
}
