use serde::Serialize;

use crate::{
    Error, GoogleService, Patch, Request,
    calendar::{Calendar, ConferenceKind},
    resource::{open_enum, resource},
};

/// Calendars themselves. <https://developers.google.com/workspace/calendar/api/v3/reference/calendars>
#[derive(Clone, Copy)]
pub struct Calendars<'a> {
    pub(crate) service: &'a Calendar,
    pub(crate) etag: Option<&'a str>,
}

impl<'a> Calendars<'a> {
    /// The same, changing what is there only while it still has this etag; else it is
    /// [`Kind::PreconditionFailed`](crate::Kind::PreconditionFailed).
    /// <https://developers.google.com/workspace/calendar/api/guides/version-resources>
    pub fn if_match(mut self, etag: &'a str) -> Self {
        self.etag = Some(etag);
        self
    }

    /// A calendar's properties, by its id or `primary`. One that does not exist and one that is not shared are both
    /// [`Kind::NotFound`](crate::Kind::NotFound).
    pub async fn get(self, calendar_id: &str) -> Result<CalendarResource, Error> {
        self.service.client().json(self.get_request(calendar_id)).await
    }

    /// A calendar's properties, if they have another etag than this one; `None` says that they are still the same.
    pub async fn get_if_changed(self, calendar_id: &str, etag: &str) -> Result<Option<CalendarResource>, Error> {
        self.service.client().json_if_changed(self.get_request(calendar_id).if_none_match(etag)).await
    }

    /// The call of [`Calendars::get`], for a [batch](GoogleService::batch).
    pub fn get_request(self, calendar_id: &str) -> Request {
        self.service.get("calendar.calendars.get", "/calendars/{}", &[calendar_id])
    }

    /// Makes a secondary calendar, which appears in the account's list as well. It needs a name. It is not repeated after
    /// a lost answer: there would be two.
    pub async fn insert(self, calendar: &CalendarResource) -> Result<CalendarResource, Error> {
        self.service.client().json(self.insert_request(calendar)).await
    }

    /// The call of [`Calendars::insert`], for a [batch](GoogleService::batch).
    pub fn insert_request(self, calendar: &CalendarResource) -> Request {
        self.service.post("calendar.calendars.insert", "/calendars", &[]).json(calendar)
    }

    /// Changes some of a calendar's properties.
    pub async fn patch(self, calendar_id: &str, patch: &CalendarPatch) -> Result<CalendarResource, Error> {
        self.service.client().json(self.patch_request(calendar_id, patch)).await
    }

    /// The call of [`Calendars::patch`], for a [batch](GoogleService::batch).
    pub fn patch_request(self, calendar_id: &str, patch: &CalendarPatch) -> Request {
        let request = self.service.patch("calendar.calendars.patch", "/calendars/{}", &[calendar_id]);
        request.if_match_opt(self.etag).json(patch).repeatable()
    }

    /// Puts `calendar` in the place of the properties that are there.
    pub async fn update(self, calendar_id: &str, calendar: &CalendarResource) -> Result<CalendarResource, Error> {
        let request = self.service.put("calendar.calendars.update", "/calendars/{}", &[calendar_id]);
        let request = request.if_match_opt(self.etag);
        self.service.client().json(request.json(calendar)).await
    }

    /// Deletes a secondary calendar with all its events. [`Error::is_absent`] means that it was gone already.
    pub async fn delete(self, calendar_id: &str) -> Result<(), Error> {
        self.service.client().no_content(self.delete_request(calendar_id)).await
    }

    /// The call of [`Calendars::delete`], for a [batch](GoogleService::batch).
    pub fn delete_request(self, calendar_id: &str) -> Request {
        let request = self.service.delete_request("calendar.calendars.delete", "/calendars/{}", &[calendar_id]);
        request.if_match_opt(self.etag)
    }

    /// Deletes **all** events of the account's own calendar, `primary`.
    pub async fn clear(self, calendar_id: &str) -> Result<(), Error> {
        let request = self.service.post("calendar.calendars.clear", "/calendars/{}/clear", &[calendar_id]);
        self.service.client().no_content(request.repeatable()).await
    }

    /// Gives a secondary calendar to another person of the organisation, by address. For administrators only, who need not
    /// have access to the calendar themselves.
    pub async fn transfer_ownership(self, calendar_id: &str, new_data_owner: &str) -> Result<(), Error> {
        let template = "/calendars/{}/transferOwnership";
        let request = self.service.post("calendar.calendars.transferOwnership", template, &[calendar_id]);
        let request = request.query("newDataOwner", new_data_owner).query("useAdminAccess", "true");
        self.service.client().no_content(request).await
    }
}

/// A change of a calendar's properties; what is kept stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CalendarPatch {
    /// Its name. It cannot be cleared.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub summary: Patch<String>,
    /// Its description.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub description: Patch<String>,
    /// Its place.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub location: Patch<String>,
    /// Its IANA zone.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub time_zone: Patch<String>,
    /// Whether invitations to it are accepted by themselves.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub auto_accept_invitations: Patch<bool>,
}

resource! {
    /// A calendar.
    pub struct CalendarResource {
        /// Its id; of a person's own calendar the address.
        id: String = "id" personal,
        /// Its version.
        etag: String = "etag",
        /// Its name.
        summary: String = "summary" personal,
        /// Its description.
        description: String = "description" personal,
        /// Its place.
        location: String = "location" personal,
        /// Its IANA zone.
        time_zone: String = "timeZone",
        /// What conferences its events may have.
        conference_properties: ConferenceProperties = "conferenceProperties",
        /// Whether invitations to it are accepted by themselves.
        auto_accept_invitations: bool = "autoAcceptInvitations",
        /// Whose data a secondary calendar is: an address, read-only.
        data_owner: String = "dataOwner" personal,
    }
}

resource! {
    /// What conferences the events of a calendar may have.
    pub struct ConferenceProperties {
        /// The kinds.
        allowed_conference_solution_types: Vec<ConferenceKind> = "allowedConferenceSolutionTypes",
    }
}

open_enum! {
    /// What an account may do with a calendar.
    pub enum AccessRole {
        /// Nothing.
        None = "none",
        /// See when it is busy.
        FreeBusyReader = "freeBusyReader",
        /// See events; of private ones only the time.
        Reader = "reader",
        /// Write events, but see only the time of private ones.
        WriterWithoutPrivateAccess = "writerWithoutPrivateAccess",
        /// See and write events.
        Writer = "writer",
        /// Do everything, share it too.
        Owner = "owner",
    }
}

impl AccessRole {
    /// Whether events can be written with this role.
    pub fn can_write(&self) -> bool {
        matches!(self, Self::Writer | Self::WriterWithoutPrivateAccess | Self::Owner)
    }
}
