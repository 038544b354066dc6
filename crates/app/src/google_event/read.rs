use jiff::{civil::Date, tz::TimeZone};
use portico_calendar::{
    Answer, Attendee, Conference, Event, Moment, OriginalStart, Private, Reminder, ReminderMethod, Reminders, Shared,
    Status, Visibility, When,
};
use portico_google::calendar as google;
use portico_kernel::{EmailAddress, EntryId};
use portico_store::EventType;

/// One event as a page of Google's list has it.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteEvent {
    /// Google's id, unique in its calendar.
    pub id: String,
    /// The version.
    pub etag: String,
    /// The iCalUID; empty on a bare tombstone.
    pub uid: String,
    /// The master's id, for an instance of a series.
    pub series_id: Option<String>,
    /// The start by the rule, for an instance of a series.
    pub original_start: Option<OriginalStart>,
    /// Deleted, or a cancelled instance.
    pub cancelled: bool,
    /// What kind of event it is; none where Google does not say, or names one that we do not know.
    pub event_type: Option<EventType>,
    /// Whose event it is.
    pub organizer: Option<Organizer>,
    /// What it says; none on a bare tombstone.
    pub event: Option<Event>,
    /// Our own mark.
    pub mark: Option<EntryId>,
    /// Google marks only the owner's line with `self`: that address.
    pub own_address: Option<EmailAddress>,
}

/// Whose event it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organizer {
    /// The address; of a secondary calendar, its id.
    pub email: String,
    /// The name, where Google tells one.
    pub name: String,
    /// Whether it is this calendar.
    pub is_self: bool,
}

/// An event that cannot be understood. It is set aside; the rest of the page goes on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Google's event cannot be read: {what}")]
pub struct Unreadable {
    /// What is wrong, without any of the event's content.
    pub what: &'static str,
}

fn bad(what: &'static str) -> Unreadable {
    Unreadable { what }
}

/// Reads Google's resource. `zone` is the calendar's zone, used where the event names none that we know.
pub fn read(resource: &google::Event, zone: &TimeZone) -> Result<RemoteEvent, Unreadable> {
    let id = resource.id.clone().filter(|id| !id.is_empty()).ok_or(bad("it has no id"))?;
    let cancelled = resource.is_cancelled();
    let original_start = match &resource.original_start_time {
        Some(time) => Some(original_start(time, zone)?),
        None => resource
            .recurring_event_id
            .as_ref()
            .and_then(|master| id.strip_prefix(master.as_str())?.strip_prefix('_'))
            .and_then(OriginalStart::parse),
    };
    if resource.recurring_event_id.is_some() && original_start.is_none() {
        return Err(bad("it is an instance without an original start"));
    }
    let event = match (&resource.start, &resource.end) {
        (Some(start), end) => Some(event(resource, when(start, end.as_ref(), zone)?, cancelled)),
        (None, _) if cancelled => None,
        (None, _) => return Err(bad("it has no start")),
    };
    let organizer = resource.organizer.as_ref().and_then(|organizer| {
        Some(Organizer {
            email: organizer.email.as_ref()?.trim().to_lowercase(),
            name: organizer.display_name.clone().unwrap_or_default(),
            is_self: organizer.is_self.unwrap_or(false),
        })
    });
    Ok(RemoteEvent {
        id,
        etag: resource.etag.clone().unwrap_or_default(),
        uid: resource.i_cal_uid.clone().unwrap_or_default(),
        series_id: resource.recurring_event_id.clone(),
        original_start,
        cancelled,
        event_type: resource.event_type.as_ref().and_then(|kind| EventType::parse(kind.as_str())),
        organizer,
        event,
        mark: mark(resource),
        own_address: resource
            .own_attendance()
            .and_then(|attendee| EmailAddress::parse(attendee.email.as_deref()?).ok()),
    })
}

/// What others than the owner may know of a private event: when it is, and nothing else.
pub fn redact(event: &mut Event) {
    event.shared.title = String::new();
    event.shared.description = String::new();
    event.shared.location = String::new();
    event.shared.attendees = Vec::new();
    event.shared.conference = None;
    event.private.color = None;
}

fn mark(resource: &google::Event) -> Option<EntryId> {
    resource.extended_properties.as_ref()?.shared.as_ref()?.get(super::MARK)?.parse().ok()
}

fn event(resource: &google::Event, when: When, cancelled: bool) -> Event {
    let status = match resource.status {
        _ if cancelled => Status::Cancelled,
        Some(google::EventStatus::Tentative) => Status::Tentative,
        _ => Status::Confirmed,
    };
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    Event {
        shared: Shared {
            title: text(&resource.summary),
            description: text(&resource.description),
            location: text(&resource.location),
            when,
            recurrence: if resource.recurring_event_id.is_some() {
                Vec::new()
            } else {
                resource.recurrence.clone().unwrap_or_default()
            },
            status,
            attendees: attendees(resource),
            conference: conference(resource),
            guests_can_modify: resource.guests_can_modify.unwrap_or(false),
            guests_can_invite_others: resource.guests_can_invite_others.unwrap_or(true),
            guests_can_see_other_guests: resource.guests_can_see_other_guests.unwrap_or(true),
        },
        private: Private {
            visibility: match resource.visibility {
                Some(google::Visibility::Public) => Some(Visibility::Public),
                Some(google::Visibility::Private) => Some(Visibility::Private),
                Some(google::Visibility::Confidential) => Some(Visibility::Confidential),
                _ => None,
            },
            transparent: resource.transparency == Some(google::Transparency::Transparent),
            reminders: reminders(resource),
            color: resource.color_id.clone().filter(|color| !color.is_empty()),
        },
    }
}

fn attendees(resource: &google::Event) -> Vec<Attendee> {
    let mut found: Vec<Attendee> = Vec::new();
    for attendee in resource.attendees() {
        let Some(email) = attendee.email.as_deref().and_then(|email| EmailAddress::parse(email).ok()) else { continue };
        if found.iter().any(|known| known.email == email) {
            continue;
        }
        found.push(Attendee {
            email,
            name: attendee.display_name.clone().filter(|name| !name.is_empty()),
            answer: match attendee.response_status {
                Some(google::ResponseStatus::Accepted) => Answer::Accepted,
                Some(google::ResponseStatus::Tentative) => Answer::Tentative,
                Some(google::ResponseStatus::Declined) => Answer::Declined,
                _ => Answer::NeedsAction,
            },
            optional: attendee.optional.unwrap_or(false),
            resource: attendee.resource.unwrap_or(false),
            comment: attendee.comment.clone().filter(|comment| !comment.is_empty()),
        });
    }
    found
}

fn conference(resource: &google::Event) -> Option<Conference> {
    let data = resource.conference_data.as_ref();
    let link = resource.hangout_link.as_deref().filter(|link| !link.is_empty());
    if let Some(url) = link.or_else(|| data?.video_uri()) {
        return Some(Conference::Ready { url: url.to_owned(), id: data.and_then(|data| data.conference_id.clone()) });
    }
    let data = data?;
    let request_id = data.create_request.as_ref()?.request_id.clone().unwrap_or_default();
    Some(match data.status() {
        Some(google::ConferenceStatus::Failure) => Conference::Failed { request_id },
        _ => Conference::Pending { request_id },
    })
}

fn reminders(resource: &google::Event) -> Reminders {
    let Some(reminders) = &resource.reminders else { return Reminders::Calendar };
    if reminders.use_default.unwrap_or(true) {
        return Reminders::Calendar;
    }
    let mut own: Vec<Reminder> = reminders
        .overrides
        .iter()
        .flatten()
        .filter_map(|reminder| {
            let method = match reminder.method.as_ref()? {
                google::ReminderMethod::Email => ReminderMethod::Email,
                _ => ReminderMethod::Popup,
            };
            Some(Reminder { method, minutes: u32::try_from(reminder.minutes?).ok()? })
        })
        .collect();
    own.sort();
    own.dedup();
    Reminders::Own(own)
}

fn original_start(time: &google::EventTime, zone: &TimeZone) -> Result<OriginalStart, Unreadable> {
    Ok(match side(time, zone)? {
        Side::Day(day) => OriginalStart::On(day),
        Side::At(moment) => OriginalStart::At(moment.timestamp()),
    })
}

enum Side {
    Day(Date),
    At(Moment),
}

fn side(time: &google::EventTime, zone: &TimeZone) -> Result<Side, Unreadable> {
    if let Some(date) = time.date {
        return Ok(Side::Day(date));
    }
    let text = time.date_time.as_ref().ok_or(bad("a time has neither date nor dateTime"))?;
    let zone = time.time_zone.as_deref().and_then(|name| TimeZone::get(name).ok()).unwrap_or_else(|| zone.clone());
    let zoned = match (text.timestamp(), text.civil()) {
        (Some(instant), _) => instant.to_zoned(zone),
        (None, Some(civil)) => civil.to_zoned(zone).map_err(|_| bad("a dateTime is out of range"))?,
        (None, None) => return Err(bad("a dateTime is not one")),
    };
    Ok(Side::At(Moment(zoned)))
}

fn when(start: &google::EventTime, end: Option<&google::EventTime>, zone: &TimeZone) -> Result<When, Unreadable> {
    let end = end.map(|end| side(end, zone)).transpose()?;
    match (side(start, zone)?, end) {
        (Side::Day(start), Some(Side::Day(end))) => Ok(When::AllDay { start, end }),
        (Side::Day(start), None) => {
            Ok(When::AllDay { start, end: start.tomorrow().map_err(|_| bad("a date is out of range"))? })
        }
        (Side::At(start), Some(Side::At(end))) => Ok(When::Timed { start, end }),
        (Side::At(start), None) => Ok(When::Timed { end: start.clone(), start }),
        _ => Err(bad("start and end are not both dates or both times")),
    }
}
