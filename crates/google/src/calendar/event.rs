use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    calendar::{BirthdayProperties, ConferenceData, DateTime, FocusTime, OutOfOffice, WorkingLocation},
    resource::{open_enum, resource},
};

resource! {
    /// An event: a single one, the master of a series, or one changed or cancelled instance of a series. A deleted event
    /// comes in an increment with little more than its id and the status `cancelled`.
    /// <https://developers.google.com/workspace/calendar/api/v3/reference/events#resource>
    pub struct Event {
        /// 5 to 1024 characters of `a`–`v` and `0`–`9`, unique in its calendar; of an instance `<master>_<original start>`.
        /// May be chosen at creation and then makes the insert repeatable.
        id: String = "id",
        /// Changes with every write. Opaque.
        etag: String = "etag",
        /// Confirmed unless it says otherwise.
        status: EventStatus = "status",
        /// The event in Google's own interface.
        html_link: String = "htmlLink" personal,
        /// When it was made.
        created: DateTime = "created",
        /// When it was last changed, to the millisecond. Not moved by a change of reminders.
        updated: DateTime = "updated",
        /// The title.
        summary: String = "summary" personal,
        /// The description; may hold HTML.
        description: String = "description" personal,
        /// The place, as free text.
        location: String = "location" personal,
        /// An entry of the event colours of [`Colors`](crate::calendar::Colors).
        color_id: String = "colorId",
        /// Who made it.
        creator: Person = "creator",
        /// Whose event it is. It never carries an answer: that is in [`Event::attendees`].
        organizer: Person = "organizer",
        /// The start; of a master the start of its first occurrence.
        start: EventTime = "start",
        /// The end, exclusive.
        end: EventTime = "end",
        /// Whether the end is made up.
        end_time_unspecified: bool = "endTimeUnspecified",
        /// RRULE, EXRULE, RDATE and EXDATE lines of a master (RFC 5545), without DTSTART and DTEND.
        recurrence: Vec<String> = "recurrence",
        /// Of an instance: its master.
        recurring_event_id: String = "recurringEventId",
        /// Of an instance: when it would have been. It never changes, wherever the instance is moved.
        original_start_time: EventTime = "originalStartTime",
        /// Whether it makes busy; `opaque` when absent.
        transparency: Transparency = "transparency",
        /// Who may see it; `default` when absent.
        visibility: Visibility = "visibility",
        /// The same in all calendars that have the event, and for all instances of a series.
        i_cal_uid: String = "iCalUID" personal,
        /// Counts the organizer's changes as iCalendar does.
        sequence: i64 = "sequence",
        /// The guests, in no order that means anything.
        attendees: Vec<Attendee> = "attendees",
        /// Whether guests are left out of this answer.
        attendees_omitted: bool = "attendeesOmitted",
        /// What programs have put beside it.
        extended_properties: ExtendedProperties = "extendedProperties",
        /// The Meet address, read-only.
        hangout_link: String = "hangoutLink" personal,
        /// The conference. To make one see [`ConferenceData::create_meet`].
        conference_data: ConferenceData = "conferenceData",
        /// Whether guests may invite others; yes when absent.
        guests_can_invite_others: bool = "guestsCanInviteOthers",
        /// Whether guests may change it; no when absent.
        guests_can_modify: bool = "guestsCanModify",
        /// Whether guests may see each other; yes when absent.
        guests_can_see_other_guests: bool = "guestsCanSeeOtherGuests",
        /// Whether this copy does not follow the organizer's, read-only.
        private_copy: bool = "privateCopy",
        /// Whether nobody may change it, read-only.
        locked: bool = "locked",
        /// The account's own reminders.
        reminders: Reminders = "reminders",
        /// Where it came from.
        source: Source = "source",
        /// Files beside it, at most 25.
        attachments: Vec<Attachment> = "attachments",
        /// An entry of the labels of its calendar; counts only with [`Write::event_label_version`](crate::calendar::Write).
        event_label_id: String = "eventLabelId",
        /// What kind it is. Cannot be changed.
        event_type: EventKind = "eventType",
        /// Of time for concentrated work: required when it is made.
        focus_time: Box<FocusTime> = "focusTimeProperties",
        /// Of an absence: required when it is made.
        out_of_office: Box<OutOfOffice> = "outOfOfficeProperties",
        /// Of where somebody works: required when it is made.
        working_location: Box<WorkingLocation> = "workingLocationProperties",
        /// Of a birthday.
        birthday: Box<BirthdayProperties> = "birthdayProperties",
    }
}

impl Event {
    /// Whether it is a deleted event or a cancelled instance.
    pub fn is_cancelled(&self) -> bool {
        self.status == Some(EventStatus::Cancelled)
    }

    /// Whether there is an id, in its field or as a raw one.
    pub(crate) fn has_id(&self) -> bool {
        self.id.is_some() || self.other.contains_key("id")
    }

    pub(crate) fn writes_conference(&self) -> bool {
        self.conference_data.is_some() || self.other.contains_key("conferenceData")
    }

    /// The guests; none when the field is absent.
    pub fn attendees(&self) -> &[Attendee] {
        self.attendees.as_deref().unwrap_or_default()
    }

    /// The account's own entry among the guests.
    pub fn own_attendance(&self) -> Option<&Attendee> {
        self.attendees().iter().find(|attendee| attendee.is_self == Some(true))
    }
}

open_enum! {
    /// How firm an event is.
    pub enum EventStatus {
        /// It takes place. The default.
        Confirmed = "confirmed",
        /// It may take place.
        Tentative = "tentative",
        /// It is deleted, or this instance of its series is.
        Cancelled = "cancelled",
    }
}

open_enum! {
    /// Whether an event makes its people busy.
    pub enum Transparency {
        /// Busy. The default.
        Opaque = "opaque",
        /// Free.
        Transparent = "transparent",
    }
}

open_enum! {
    /// Who may see an event's details.
    pub enum Visibility {
        /// As the calendar has it. The default.
        Default = "default",
        /// Whoever sees the calendar.
        Public = "public",
        /// The guests only.
        Private = "private",
        /// The same as private, an old name.
        Confidential = "confidential",
    }
}

open_enum! {
    /// What kind an event is.
    pub enum EventKind {
        /// A usual one.
        Default = "default",
        /// Somebody is away; primary calendar only.
        OutOfOffice = "outOfOffice",
        /// Time for concentrated work; primary calendar only.
        FocusTime = "focusTime",
        /// Where somebody works.
        WorkingLocation = "workingLocation",
        /// A birthday, every year.
        Birthday = "birthday",
        /// Made from a mail by Google.
        FromGmail = "fromGmail",
    }
}

resource! {
    /// A day, or a moment with its zone. Exactly one of [`EventTime::date`] and [`EventTime::date_time`] is there.
    pub struct EventTime {
        /// The day of an all-day event; the end is exclusive.
        date: Date = "date",
        /// The moment. It needs an offset unless [`EventTime::time_zone`] is given.
        date_time: DateTime = "dateTime",
        /// The IANA zone, required for a series, in which it is expanded. It means nothing for a day.
        time_zone: String = "timeZone",
    }
}

impl EventTime {
    /// A day.
    pub fn day(date: Date) -> Self {
        Self { date: Some(date), ..Self::default() }
    }

    /// A moment, written with the offset of `time_zone`. An unknown zone is written as it is, with the moment in UTC.
    pub fn moment(instant: Timestamp, time_zone: &str) -> Self {
        let date_time = match TimeZone::get(time_zone) {
            Ok(zone) => DateTime::in_zone(instant, zone),
            Err(_) => DateTime::utc(instant),
        };
        Self { date_time: Some(date_time), time_zone: Some(time_zone.to_owned()), ..Self::default() }
    }

    /// The instant of a moment: by its offset, or else by its zone. `None` for a day and for an unknown zone.
    pub fn timestamp(&self) -> Option<Timestamp> {
        let date_time = self.date_time.as_ref()?;
        date_time.timestamp().or_else(|| {
            let zone = TimeZone::get(self.time_zone.as_deref()?).ok()?;
            zone.to_timestamp(date_time.civil()?).ok()
        })
    }
}

resource! {
    /// The creator or organizer of an event.
    pub struct Person {
        /// A Google profile id, rarely there.
        id: String = "id",
        /// The address.
        email: String = "email" personal,
        /// The name.
        display_name: String = "displayName" personal,
        /// Whether it is the calendar that was asked.
        is_self: bool = "self",
    }
}

resource! {
    /// A guest.
    pub struct Attendee {
        /// A Google profile id, rarely there.
        id: String = "id",
        /// The address; required when a guest is added.
        email: String = "email" personal,
        /// The name.
        display_name: String = "displayName" personal,
        /// Whether this is the organizer, whose answer stands here.
        organizer: bool = "organizer",
        /// Whether it is the calendar that was asked.
        is_self: bool = "self",
        /// Whether it is a room or another thing; can only be set when the guest is added.
        resource: bool = "resource",
        /// Whether the guest need not come.
        optional: bool = "optional",
        /// The answer; the authority on it, for the organizer too.
        response_status: ResponseStatus = "responseStatus",
        /// What the guest wrote with the answer.
        comment: String = "comment" personal,
        /// How many others the guest brings.
        additional_guests: i64 = "additionalGuests",
    }
}

impl Attendee {
    /// A guest who has not answered.
    pub fn invite(email: &str) -> Self {
        Self { email: Some(email.to_owned()), ..Self::default() }
    }
}

open_enum! {
    /// A guest's answer.
    pub enum ResponseStatus {
        /// None yet.
        NeedsAction = "needsAction",
        /// No.
        Declined = "declined",
        /// Perhaps.
        Tentative = "tentative",
        /// Yes.
        Accepted = "accepted",
    }
}

resource! {
    /// The account's reminders of one event: the calendar's own or these, not both.
    pub struct Reminders {
        /// Whether the calendar's default reminders apply.
        use_default: bool = "useDefault",
        /// At most five.
        overrides: Vec<Reminder> = "overrides",
    }
}

resource! {
    /// One reminder.
    pub struct Reminder {
        /// How.
        method: ReminderMethod = "method",
        /// Minutes before the start, 0 to 40320 (four weeks).
        minutes: i64 = "minutes",
    }
}

open_enum! {
    /// How a reminder reaches the person.
    pub enum ReminderMethod {
        /// By mail.
        Email = "email",
        /// On the screen.
        Popup = "popup",
    }
}

/// A program's own keys (at most 44 characters) and values (at most 1024).
pub type Properties = BTreeMap<String, String>;

resource! {
    /// What programs have put beside an event; 300 properties and 32 kB at most. Google copies them when a series is
    /// split or an event duplicated. <https://developers.google.com/workspace/calendar/api/guides/extended-properties>
    pub struct ExtendedProperties {
        /// Seen in this calendar's copy only.
        private: Properties = "private" personal,
        /// Seen in all guests' copies.
        shared: Properties = "shared" personal,
    }
}

resource! {
    /// Where an event came from; seen and set by its creator only.
    pub struct Source {
        /// An http or https address.
        url: String = "url" personal,
        /// Its title.
        title: String = "title" personal,
    }
}

resource! {
    /// A file beside an event. Writing any needs [`Write::supports_attachments`](crate::calendar::Write).
    pub struct Attachment {
        /// The file's address.
        file_url: String = "fileUrl" personal,
        /// Its title.
        title: String = "title" personal,
        /// Its type.
        mime_type: String = "mimeType",
        /// Its icon.
        icon_link: String = "iconLink" personal,
        /// Its id in Drive, read-only.
        file_id: String = "fileId" personal,
    }
}
