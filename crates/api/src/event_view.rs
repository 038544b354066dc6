//! An event on the wire.

use std::collections::HashMap;

use portico_app::events::{
    EventView, KnownColleague,
    calendar::{
        Answer, Attendee as Line, Conference, Event as Content, OriginalStart, ReminderMethod, Reminders, Status,
        Visibility, When as Time,
    },
};
use portico_kernel::EmailAddress;
use serde::Serialize;
use utoipa::ToSchema;

/// When something happens: times in a zone, or whole days.
#[derive(Serialize, ToSchema)]
pub(crate) struct When {
    /// The start (RFC 3339 with offset); times only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    start_time: Option<String>,
    /// The end; times only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    end_time: Option<String>,
    /// The IANA zone; times only.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
    /// The first day; whole days only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    start_date: Option<String>,
    /// The day after the last one; whole days only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    end_date: Option<String>,
    /// Whether it takes whole days.
    all_day: bool,
}

/// RFC 3339 with the offset of the zone.
pub(crate) fn rfc3339(zoned: &jiff::Zoned) -> String {
    zoned.timestamp().display_with_offset(zoned.offset()).to_string()
}

impl From<&Time> for When {
    fn from(when: &Time) -> Self {
        match when {
            Time::Timed { start, end } => Self {
                start_time: Some(rfc3339(&start.0)),
                end_time: Some(rfc3339(&end.0)),
                time_zone: Some(start.0.time_zone().iana_name().unwrap_or("UTC").to_owned()),
                start_date: None,
                end_date: None,
                all_day: false,
            },
            Time::AllDay { start, end } => Self {
                start_time: None,
                end_time: None,
                time_zone: None,
                start_date: Some(start.to_string()),
                end_date: Some(end.to_string()),
                all_day: true,
            },
        }
    }
}

/// A guest.
#[derive(Serialize, ToSchema)]
pub(crate) struct Attendee {
    email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// `needs_action`, `accepted`, `tentative` or `declined`.
    answer: &'static str,
    /// Whether the guest may stay away.
    optional: bool,
    /// Whether it is a room or another resource.
    resource: bool,
    /// Whether it is the calendar's owner.
    #[serde(rename = "self")]
    is_self: bool,
    /// Whether it is the organizer.
    organizer: bool,
    /// The colleague, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    employee_id: Option<String>,
    /// Whether the colleague has connected Google Calendar; the organizer alone is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    google_calendar_connected: Option<bool>,
    /// What the guest wrote with the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

/// Whose event it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Organizer {
    email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Whether it is the calendar's owner.
    #[serde(rename = "self")]
    is_self: bool,
}

/// One reminder.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReminderItem {
    /// `popup` or `email`.
    method: &'static str,
    /// How long before the start, in minutes.
    minutes: u32,
}

/// The reminders of an event.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReminderList {
    /// Those of the calendar.
    use_default: bool,
    /// These instead.
    overrides: Vec<ReminderItem>,
}

/// The online meeting.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConferenceState {
    /// `wanted`, `pending`, `ready` or `failed`.
    state: &'static str,
    /// Where to join.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// What the reader may do with the event.
#[derive(Serialize, ToSchema)]
pub(crate) struct Can {
    /// Change what its people share.
    edit: bool,
    /// Remove it from the calendar.
    delete: bool,
    /// Answer the invitation.
    answer: bool,
    /// Move it to another calendar.
    #[serde(rename = "move")]
    move_away: bool,
}

/// An event, or one occurrence of a series.
#[derive(Serialize, ToSchema)]
pub(crate) struct Event {
    /// Of an occurrence `{series}_{original start in compact UTC}`.
    id: String,
    calendar_id: String,
    /// The series it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    series_id: Option<String>,
    /// The start by the rule: RFC 3339 in UTC, or a date.
    #[serde(skip_serializing_if = "Option::is_none")]
    original_start: Option<String>,
    title: String,
    description: String,
    location: String,
    #[serde(flatten)]
    when: When,
    /// Recurrence lines (RFC 5545), of a series asked for by its own id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recurrence: Vec<String>,
    /// Whether it is a series or an occurrence of one.
    is_recurring: bool,
    /// Whether it is an occurrence that was changed by itself.
    is_exception: bool,
    /// Of a special kind, that kind in Google's word: `fromGmail`, `outOfOffice`, `focusTime`, `workingLocation` or `birthday`.
    /// Only its colour and reminders can be changed here.
    #[serde(skip_serializing_if = "Option::is_none")]
    event_type: Option<&'static str>,
    /// `confirmed`, `tentative` or `cancelled`.
    status: &'static str,
    /// `default`, `public`, `private` or `confidential`.
    visibility: &'static str,
    /// `opaque` (busy) or `transparent` (free).
    transparency: &'static str,
    /// Google's colour id, `1` to `11`.
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<String>,
    attendees: Vec<Attendee>,
    /// There, and true, where the organizer hides the guests from each other: besides the reader's own line and the
    /// organizer's there may be others.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    attendees_omitted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    organizer: Option<Organizer>,
    reminders: ReminderList,
    /// Where to join the online meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    hangout_link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conference: Option<ConferenceState>,
    guests_can_modify: bool,
    guests_can_invite_others: bool,
    guests_can_see_other_guests: bool,
    can: Can,
    /// Whether details are withheld: the title is empty then.
    busy_only: bool,
    /// `in_step`, `pending`, `conflict`, `refused`, `not_connected` or `held`.
    sync: &'static str,
    /// Why it stands still, as a stable word.
    #[serde(skip_serializing_if = "Option::is_none")]
    sync_reason: Option<String>,
    /// Since when a change waits to go out, or was refused (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    sync_since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conflict_id: Option<String>,
    /// Where Google shows it; only of an event that is asked for by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    google_url: Option<String>,
    /// For `If-Match`.
    etag: String,
    /// When it was last changed (RFC 3339).
    #[schema(format = DateTime)]
    updated_at: String,
}

pub(crate) fn answer_name(answer: Answer) -> &'static str {
    match answer {
        Answer::NeedsAction => "needs_action",
        Answer::Accepted => "accepted",
        Answer::Tentative => "tentative",
        Answer::Declined => "declined",
    }
}

fn attendees(
    lines: Vec<Line>,
    own: &[EmailAddress],
    organizer: Option<&str>,
    employees: &HashMap<EmailAddress, KnownColleague>,
    tells_connected: bool,
) -> Vec<Attendee> {
    lines
        .into_iter()
        .map(|line| (employees.get(&line.email), line))
        .map(|(colleague, line)| Attendee {
            answer: answer_name(line.answer),
            optional: line.optional,
            resource: line.resource,
            is_self: own.contains(&line.email),
            organizer: organizer == Some(line.email.as_str()),
            employee_id: colleague.map(|colleague| colleague.id.to_string()),
            google_calendar_connected: colleague
                .filter(|_| tells_connected && !own.contains(&line.email))
                .map(|colleague| colleague.google_calendar_connected),
            email: line.email.to_string(),
            name: line.name,
            comment: line.comment,
        })
        .collect()
}

fn conference(conference: Conference) -> ConferenceState {
    let (state, url) = match conference {
        Conference::Wanted { .. } => ("wanted", None),
        Conference::Pending { .. } => ("pending", None),
        Conference::Ready { url, .. } => ("ready", Some(url)),
        Conference::Failed { .. } => ("failed", None),
    };
    ConferenceState { state, url }
}

impl From<EventView> for Event {
    fn from(view: EventView) -> Self {
        let Content { shared, private } = view.event;
        let conference = shared.conference.map(conference);
        let organizer = view.organizer.as_ref().map(|organizer| organizer.email.as_str());
        let attendees =
            attendees(shared.attendees, &view.own_addresses, organizer, &view.employees, view.tells_connected);
        Self {
            id: view.id,
            calendar_id: view.calendar.to_string(),
            series_id: view.series.map(|id| id.to_string()),
            original_start: view.original_start.map(|start| match start {
                OriginalStart::At(at) => at.to_string(),
                OriginalStart::On(day) => day.to_string(),
            }),
            title: shared.title,
            description: shared.description,
            location: shared.location,
            when: When::from(&shared.when),
            recurrence: shared.recurrence,
            is_recurring: view.is_recurring,
            is_exception: view.is_exception,
            event_type: view.event_type.map(|kind| kind.as_str()),
            status: match shared.status {
                Status::Confirmed => "confirmed",
                Status::Tentative => "tentative",
                Status::Cancelled => "cancelled",
            },
            visibility: match private.visibility {
                None => "default",
                Some(Visibility::Public) => "public",
                Some(Visibility::Private) => "private",
                Some(Visibility::Confidential) => "confidential",
            },
            transparency: if private.transparent { "transparent" } else { "opaque" },
            color: private.color,
            attendees,
            attendees_omitted: view.attendees_omitted,
            organizer: view.organizer.map(|organizer| Organizer {
                email: organizer.email,
                name: organizer.name,
                is_self: organizer.is_self,
            }),
            reminders: match private.reminders {
                Reminders::Calendar => ReminderList { use_default: true, overrides: Vec::new() },
                Reminders::Own(own) => ReminderList {
                    use_default: false,
                    overrides: own
                        .into_iter()
                        .map(|reminder| ReminderItem {
                            method: match reminder.method {
                                ReminderMethod::Email => "email",
                                ReminderMethod::Popup => "popup",
                            },
                            minutes: reminder.minutes,
                        })
                        .collect(),
                },
            },
            hangout_link: conference.as_ref().and_then(|conference| conference.url.clone()),
            conference,
            guests_can_modify: shared.guests_can_modify,
            guests_can_invite_others: shared.guests_can_invite_others,
            guests_can_see_other_guests: shared.guests_can_see_other_guests,
            can: Can {
                edit: view.can.edit,
                delete: view.can.delete,
                answer: view.can.answer,
                move_away: view.can.move_away,
            },
            busy_only: view.busy_only,
            sync: view.sync,
            sync_reason: view.sync_reason,
            sync_since: view.sync_since.map(|at| at.to_string()),
            conflict_id: view.conflict.map(|id| id.to_string()),
            google_url: view.google_url,
            etag: view.etag,
            updated_at: view.updated_at.to_string(),
        }
    }
}
