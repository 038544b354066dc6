use serde::Serialize;

use crate::{
    Error, GoogleService, Items, Listed, Patch, Request,
    calendar::{
        AccessRole, Calendar, Channel, ConferenceProperties, Cursor, ListPage, NewChannel, Reminder, ReminderMethod,
        list_page,
    },
    items,
    paging::Pages,
    resource::resource,
};

const ENTRY: &str = "/users/me/calendarList/{}";

/// The calendars in an account's list.
/// <https://developers.google.com/workspace/calendar/api/v3/reference/calendarList>
#[derive(Clone, Copy)]
pub struct CalendarList<'a> {
    pub(crate) service: &'a Calendar,
    pub(crate) etag: Option<&'a str>,
}

/// Which calendars to list. Deleted and hidden ones are always shown with a sync token, and without one only when asked
/// for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalendarListQuery {
    /// Only what has changed since the list that ended with this sync token.
    pub sync_token: Option<String>,
    /// The page with this token.
    pub page_token: Option<String>,
    /// Hidden ones too.
    pub show_hidden: bool,
    /// Those too that were taken off the list.
    pub show_deleted: bool,
    /// Only those with which the account may do at least this. Google refuses it beside a sync token.
    pub min_access_role: Option<AccessRole>,
    /// Only those of the account's own organisation. Google refuses it beside a sync token.
    pub show_own_organization_only: bool,
    /// Entries a page at most, 1 to 250.
    pub max_results: Option<u32>,
}

impl<'a> CalendarList<'a> {
    /// The same, changing what is there only while it still has this etag; else it is
    /// [`Kind::PreconditionFailed`](crate::Kind::PreconditionFailed).
    /// <https://developers.google.com/workspace/calendar/api/guides/version-resources>
    pub fn if_match(mut self, etag: &'a str) -> Self {
        self.etag = Some(etag);
        self
    }

    /// One page of the list.
    pub async fn list(self, query: &CalendarListQuery) -> Result<CalendarListPage, Error> {
        self.service.client().json(self.list_request(query)).await
    }

    /// One page of the list, if it has another etag than this one ([`ListPage::etag`]); `None` says that it is still the
    /// same.
    pub async fn list_if_changed(
        self,
        query: &CalendarListQuery,
        etag: &str,
    ) -> Result<Option<CalendarListPage>, Error> {
        self.service.client().json_if_changed(self.list_request(query).if_none_match(etag)).await
    }

    fn list_request(self, query: &CalendarListQuery) -> Request {
        query.apply(self.service.get("calendar.calendarList.list", "/users/me/calendarList", &[]))
    }

    /// All entries, page by page.
    pub fn list_all(self, query: CalendarListQuery) -> Items<'a, CalendarListEntry> {
        items("calendar.calendarList.list", query.page_token.clone(), move |page_token| {
            let query = CalendarListQuery { page_token, ..query.clone() };
            async move { self.list(&query).await.map(Into::into) }
        })
    }

    /// One entry, by the calendar's id or `primary`.
    pub async fn get(self, calendar_id: &str) -> Result<CalendarListEntry, Error> {
        self.service.client().json(self.get_request(calendar_id)).await
    }

    /// One entry, if it has another etag than this one; `None` says that it is still the same.
    pub async fn get_if_changed(self, calendar_id: &str, etag: &str) -> Result<Option<CalendarListEntry>, Error> {
        self.service.client().json_if_changed(self.get_request(calendar_id).if_none_match(etag)).await
    }

    /// The call of [`CalendarList::get`], for a [batch](GoogleService::batch).
    pub fn get_request(self, calendar_id: &str) -> Request {
        self.service.get("calendar.calendarList.get", ENTRY, &[calendar_id])
    }

    /// Puts a calendar on the list: one that is shared with the account. `entry` needs the calendar's id.
    pub async fn insert(self, entry: &CalendarListEntry) -> Result<CalendarListEntry, Error> {
        self.service.client().json(self.insert_request(entry)).await
    }

    /// The call of [`CalendarList::insert`], for a [batch](GoogleService::batch).
    pub fn insert_request(self, entry: &CalendarListEntry) -> Request {
        let request = self.service.post("calendar.calendarList.insert", "/users/me/calendarList", &[]);
        let request = coloured(request, entry.background_color.is_some() || entry.foreground_color.is_some());
        request.json(entry).repeatable()
    }

    /// Changes some of an entry.
    pub async fn patch(self, calendar_id: &str, patch: &CalendarListPatch) -> Result<CalendarListEntry, Error> {
        self.service.client().json(self.patch_request(calendar_id, patch)).await
    }

    /// The call of [`CalendarList::patch`], for a [batch](GoogleService::batch).
    pub fn patch_request(self, calendar_id: &str, patch: &CalendarListPatch) -> Request {
        let request = self.service.patch("calendar.calendarList.patch", ENTRY, &[calendar_id]).if_match_opt(self.etag);
        let request = coloured(request, !patch.background_color.is_keep() || !patch.foreground_color.is_keep());
        request.json(patch).repeatable()
    }

    /// Puts `entry` in the place of the one that is there.
    pub async fn update(self, calendar_id: &str, entry: &CalendarListEntry) -> Result<CalendarListEntry, Error> {
        let request = self.service.put("calendar.calendarList.update", ENTRY, &[calendar_id]).if_match_opt(self.etag);
        let request = coloured(request, entry.background_color.is_some() || entry.foreground_color.is_some());
        self.service.client().json(request.json(entry)).await
    }

    /// Takes a calendar off the list. [`Error::is_absent`] means that it was not on it.
    pub async fn delete(self, calendar_id: &str) -> Result<(), Error> {
        self.service.client().no_content(self.delete_request(calendar_id)).await
    }

    /// The call of [`CalendarList::delete`], for a [batch](GoogleService::batch).
    pub fn delete_request(self, calendar_id: &str) -> Request {
        let request = self.service.delete_request("calendar.calendarList.delete", ENTRY, &[calendar_id]);
        request.if_match_opt(self.etag)
    }

    /// Asks for a push message whenever the list changes. See [`Events::watch`](crate::calendar::Events::watch).
    pub async fn watch(self, channel: &NewChannel) -> Result<Channel, Error> {
        let request = self.service.post("calendar.calendarList.watch", "/users/me/calendarList/watch", &[]);
        self.service.client().json(request.json(&channel.body())).await
    }

    /// The whole list at once, with the sync token for the next time.
    pub async fn all(self) -> Result<(Listed<CalendarListEntry>, Option<String>), Error> {
        self.all_of(CalendarListQuery::default()).await
    }

    /// All that the query wants at once, with the sync token for the next time.
    pub async fn all_of(
        self,
        mut query: CalendarListQuery,
    ) -> Result<(Listed<CalendarListEntry>, Option<String>), Error> {
        let (mut entries, mut pages) = (Listed::default(), Pages::new("calendar.calendarList.list"));
        loop {
            let page = self.list(&query).await?;
            entries.append(page.items);
            match page.next {
                Cursor::More(token) => query.page_token = Some(pages.turn(token)?),
                Cursor::End(sync_token) => return Ok((entries, sync_token)),
            }
        }
    }
}

/// One page of the list of calendars.
pub type CalendarListPage = ListPage<CalendarListEntry>;

/// A change of an entry of the list; what is kept stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CalendarListPatch {
    /// The account's own name for the calendar.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub summary_override: Patch<String>,
    /// A colour of the palette.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub color_id: Patch<String>,
    /// A colour as `#rrggbb`, together with [`Self::foreground_color`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub background_color: Patch<String>,
    /// The colour of text on it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub foreground_color: Patch<String>,
    /// Whether it is hidden from the list.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub hidden: Patch<bool>,
    /// Whether it is shown in Google's own interface.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub selected: Patch<bool>,
    /// The account's reminders for it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub default_reminders: Patch<Vec<Reminder>>,
    /// The account's mails about it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub notification_settings: Patch<NotificationSettings>,
}

resource! {
    /// A calendar as it stands in an account's list.
    pub struct CalendarListEntry {
        /// The calendar's id.
        id: String = "id" personal,
        /// Its version.
        etag: String = "etag",
        /// The calendar's name.
        summary: String = "summary" personal,
        /// The name that this account has given it.
        summary_override: String = "summaryOverride" personal,
        /// Its description.
        description: String = "description" personal,
        /// Its place.
        location: String = "location" personal,
        /// Its IANA zone.
        time_zone: String = "timeZone",
        /// Its colour, an entry of the calendar colours of [`Colors`](crate::calendar::Colors).
        color_id: String = "colorId",
        /// Its colour as `#rrggbb`.
        background_color: String = "backgroundColor",
        /// The colour of text on it.
        foreground_color: String = "foregroundColor",
        /// Whether it is shown in Google's own interface.
        selected: bool = "selected",
        /// Whether it is hidden from the list.
        hidden: bool = "hidden",
        /// Whether it is the account's own.
        primary: bool = "primary",
        /// Whether it was taken off the list.
        deleted: bool = "deleted",
        /// What the account may do with it.
        access_role: AccessRole = "accessRole",
        /// The account's reminders for it.
        default_reminders: Vec<Reminder> = "defaultReminders",
        /// What conferences its events may have.
        conference_properties: ConferenceProperties = "conferenceProperties",
        /// The account's mails about it.
        notification_settings: NotificationSettings = "notificationSettings",
        /// Whether invitations to it are accepted by themselves.
        auto_accept_invitations: bool = "autoAcceptInvitations",
        /// Whose data a secondary calendar is: an address.
        data_owner: String = "dataOwner" personal,
    }
}

resource! {
    /// The mails that an account gets about a calendar.
    pub struct NotificationSettings {
        /// The mails.
        notifications: Vec<CalendarNotification> = "notifications",
    }
}

resource! {
    /// One kind of mail about a calendar.
    pub struct CalendarNotification {
        /// What it is about: `eventCreation`, `eventChange`, `eventCancellation`, `eventResponse` or `agenda`.
        kind: String = "type",
        /// How it comes; Google knows `email` alone.
        method: ReminderMethod = "method",
    }
}

impl CalendarListQuery {
    fn apply(&self, request: Request) -> Request {
        let page = self.page_token.as_deref();
        list_page::page(request, self.max_results, page, self.sync_token.as_deref())
            .query_opt("showHidden", self.show_hidden.then_some("true"))
            .query_opt("showDeleted", self.show_deleted.then_some("true"))
            .query_opt("minAccessRole", self.min_access_role.as_ref().map(AccessRole::as_str))
            .query_opt("showOwnOrganizationOnly", self.show_own_organization_only.then_some("true"))
    }
}

/// Colours in `#rrggbb` count only where the call says so.
fn coloured(request: Request, in_rgb: bool) -> Request {
    request.query_opt("colorRgbFormat", in_rgb.then_some("true"))
}
