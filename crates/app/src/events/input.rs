//! What a person says about an event, and whether it can be so. Every field that is not right is named.

use jiff::{
    civil::{Date, DateTime},
    tz::TimeZone,
};
use portico_calendar::{
    Answer, Attendee, Conference, Event, Moment, Recurrence, RecurrenceError, Reminder, ReminderMethod, Reminders,
    Visibility, When,
};
use portico_kernel::{CalendarId, EmailAddress};

use crate::FieldError;

/// The most guests of one event.
pub const MOST_GUESTS: usize = 200;
/// The longest title and the longest place, in bytes.
const LONGEST_LINE: usize = 8 * 1024;
/// The longest description, in bytes.
const LONGEST_TEXT: usize = 64 * 1024;
/// The most recurrence lines, and the longest of them in bytes.
const MOST_LINES: usize = 50;

/// A guest as a person writes one.
#[derive(Clone, Debug, Default)]
pub struct AttendeeInput {
    /// The address.
    pub email: String,
    /// Whether the guest may stay away.
    pub optional: bool,
}

/// One reminder.
#[derive(Clone, Debug)]
pub struct ReminderInput {
    /// `popup` or `email`.
    pub method: String,
    /// How long before the start.
    pub minutes: i64,
}

/// The reminders of an event.
#[derive(Clone, Debug)]
pub struct RemindersInput {
    /// Those of the calendar.
    pub use_default: bool,
    /// These instead.
    pub overrides: Vec<ReminderInput>,
}

/// What a person says about an event. What is absent stays as it is, or takes its default.
#[derive(Clone, Debug, Default)]
pub struct EventInput {
    /// The title.
    pub title: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The place.
    pub location: Option<String>,
    /// RFC 3339 with an offset, or local time with `time_zone`.
    pub start_time: Option<String>,
    /// The same.
    pub end_time: Option<String>,
    /// An IANA zone.
    pub time_zone: Option<String>,
    /// The first day, for whole days.
    pub start_date: Option<String>,
    /// The day after the last one.
    pub end_date: Option<String>,
    /// The calendar; the person's main one when absent.
    pub calendar_id: Option<CalendarId>,
    /// The guests.
    pub attendees: Option<Vec<AttendeeInput>>,
    /// Recurrence lines.
    pub recurrence: Option<Vec<String>>,
    /// `default`, `public`, `private` or `confidential`.
    pub visibility: Option<String>,
    /// `opaque` or `transparent`.
    pub transparency: Option<String>,
    /// Google's colour id, `1` to `11`; empty for the calendar's own.
    pub color: Option<String>,
    /// The reminders.
    pub reminders: Option<RemindersInput>,
    /// Whether it has an online meeting.
    pub use_google_meet: Option<bool>,
    /// Whether guests may change it.
    pub guests_can_modify: Option<bool>,
    /// Whether guests may invite others.
    pub guests_can_invite_others: Option<bool>,
    /// Whether guests see each other.
    pub guests_can_see_other_guests: Option<bool>,
    /// Whether guests are told by mail.
    pub notify: Option<bool>,
    /// The own answer.
    pub answer: Option<String>,
    /// What goes with the own answer.
    pub comment: Option<String>,
    /// What of it could not be understood, and is absent here: told with what else is not right.
    pub faults: Vec<FieldError>,
}

impl EventInput {
    /// Whether it says anything about what the meeting's people share.
    pub fn touches_shared(&self) -> bool {
        self.title.is_some()
            || self.description.is_some()
            || self.location.is_some()
            || self.touches_time()
            || self.attendees.is_some()
            || self.recurrence.is_some()
            || self.use_google_meet.is_some()
            || self.guests_can_modify.is_some()
            || self.guests_can_invite_others.is_some()
            || self.guests_can_see_other_guests.is_some()
    }

    /// Whether it says no more than Google lets be said of an event of a special kind: its colour, its reminders, the own answer.
    pub fn is_for_special(&self) -> bool {
        !self.touches_shared() && self.visibility.is_none() && self.transparency.is_none() && self.calendar_id.is_none()
    }

    /// Whether it says anything about the time.
    pub fn touches_time(&self) -> bool {
        self.start_time.is_some()
            || self.end_time.is_some()
            || self.time_zone.is_some()
            || self.start_date.is_some()
            || self.end_date.is_some()
    }

    /// The time of a new event.
    pub(super) fn new_when(&self, own_zone: &TimeZone) -> Result<When, Vec<FieldError>> {
        let mut errors = Vec::new();
        if self.start_date.is_some() || self.end_date.is_some() {
            let when = self.days(None, &mut errors);
            return when.filter(|_| errors.is_empty()).ok_or(errors);
        }
        for (field, value) in [("start_time", &self.start_time), ("end_time", &self.end_time)] {
            if value.is_none() {
                errors.push(FieldError::new(field, "required"));
            }
        }
        let when = self.times(None, own_zone, &mut errors);
        when.filter(|_| errors.is_empty()).ok_or(errors)
    }

    /// The time after a change. A start alone moves the event; an end alone stretches it.
    fn changed_when(&self, before: &When, own_zone: &TimeZone, errors: &mut Vec<FieldError>) -> Option<When> {
        if self.start_date.is_some() || self.end_date.is_some() {
            return self.days(Some(before), errors);
        }
        self.times(Some(before), own_zone, errors)
    }

    fn days(&self, before: Option<&When>, errors: &mut Vec<FieldError>) -> Option<When> {
        for (field, value) in [("start_time", &self.start_time), ("end_time", &self.end_time)] {
            if value.is_some() {
                errors.push(FieldError::new(field, "date_or_time"));
            }
        }
        let mut read = |field: &str, value: &Option<String>| {
            let text = value.as_ref()?;
            let day = text.parse::<Date>().ok().filter(|_| text.len() == 10);
            if day.is_none_or(|day| !in_range(day)) {
                errors.push(FieldError::new(field, "bad_date"));
            }
            day
        };
        let (start, end) = (read("start_date", &self.start_date), read("end_date", &self.end_date));
        let known = match before {
            Some(When::AllDay { start, end }) => Some((*start, *end)),
            Some(When::Timed { start, .. }) => Some((start.0.date(), start.0.date().tomorrow().ok()?)),
            None => None,
        };
        let start = match (start, known) {
            (Some(start), _) => start,
            (None, Some((start, _))) => start,
            (None, None) => {
                if self.start_date.is_none() {
                    errors.push(FieldError::new("start_date", "required"));
                }
                return None;
            }
        };
        let end = match (end, known) {
            (Some(end), _) => end,
            (None, Some((known_start, known_end))) => start.checked_add(known_end.since(known_start).ok()?).ok()?,
            (None, None) => start.tomorrow().ok()?,
        };
        if end <= start {
            errors.push(FieldError::new("end_date", "before_start"));
            return None;
        }
        Some(When::AllDay { start, end })
    }

    fn times(&self, before: Option<&When>, own_zone: &TimeZone, errors: &mut Vec<FieldError>) -> Option<When> {
        let zone = match &self.time_zone {
            None => None,
            Some(name) => match TimeZone::get(name) {
                Ok(zone) if zone.iana_name().is_some() => Some(zone),
                _ => {
                    errors.push(FieldError::new("time_zone", "unknown_zone").with(shorten(name)));
                    None
                }
            },
        };
        let zone_is_known = zone.is_some() == self.time_zone.is_some();
        // Whether a time can be read shows in any zone.
        let zone = if zone_is_known { zone } else { Some(TimeZone::UTC) };
        let known = match before {
            Some(When::Timed { start, end }) => Some((start.clone(), end.clone())),
            _ => None,
        };
        let fallback = known.as_ref().map_or_else(|| own_zone.clone(), |(start, _)| start.0.time_zone().clone());
        let mut read = |field: &str, value: &Option<String>| {
            let text = value.as_ref()?;
            match moment(text, zone.as_ref(), &fallback) {
                Ok(moment) => Some(moment),
                Err(code) => {
                    errors.push(FieldError::new(field, code));
                    None
                }
            }
        };
        let (start, end) = (read("start_time", &self.start_time), read("end_time", &self.end_time));
        if !zone_is_known {
            return None;
        }
        let rezone = |moment: Moment| match &zone {
            Some(zone) => Moment(moment.0.with_time_zone(zone.clone())),
            None => moment,
        };
        let start = match (start, &self.start_time, &known) {
            (Some(start), ..) => start,
            (None, None, Some((start, _))) => rezone(start.clone()),
            (None, None, None) if before.is_some() => {
                errors.push(FieldError::new("start_time", "required"));
                return None;
            }
            _ => return None,
        };
        let end = match (end, &self.end_time, &known) {
            (Some(end), ..) => end,
            (None, None, Some((known_start, known_end))) => {
                let length = known_end.0.timestamp().duration_since(known_start.0.timestamp());
                Moment(start.0.checked_add(length).ok()?)
            }
            (None, None, None) if before.is_some() => {
                errors.push(FieldError::new("end_time", "required"));
                return None;
            }
            _ => return None,
        };
        if end.timestamp() < start.timestamp() {
            errors.push(FieldError::new("end_time", "before_start"));
            return None;
        }
        Some(When::Timed { start, end })
    }

    /// Writes what is said into `event`. `may_recur` says whether the event may carry a rule of its own.
    pub(super) fn apply(
        &self,
        event: &mut Event,
        own_zone: &TimeZone,
        request_id: &str,
        may_recur: bool,
    ) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut time_is_known = true;
        if self.touches_time() {
            match self.changed_when(&event.shared.when, own_zone, &mut errors) {
                Some(when) => event.shared.when = when,
                None => time_is_known = false,
            }
        }
        match &self.recurrence {
            Some(lines) if !may_recur && !lines.is_empty() => {
                errors.push(FieldError::new("recurrence", "of_series_only"));
            }
            Some(lines) => apply_recurrence(lines, event, time_is_known, &mut errors),
            None => {}
        }
        self.apply_shared(event, request_id, &mut errors);
        self.apply_private(event, &mut errors);
        errors
    }

    /// What is wrong with a new event besides its time, which is wrong.
    pub(super) fn faults_besides_time(&self) -> Vec<FieldError> {
        let day = jiff::civil::date(2000, 1, 1);
        let mut event = Event::new("", When::AllDay { start: day, end: day.saturating_add(jiff::Span::new().days(1)) });
        let mut errors = Vec::new();
        if let Some(lines) = &self.recurrence {
            apply_recurrence(lines, &mut event, false, &mut errors);
        }
        self.apply_shared(&mut event, "", &mut errors);
        self.apply_private(&mut event, &mut errors);
        errors
    }

    /// Writes what it says about what the meeting's people share, but for the time and the rule.
    fn apply_shared(&self, event: &mut Event, request_id: &str, errors: &mut Vec<FieldError>) {
        let shared = &mut event.shared;
        for (field, value, place, longest) in [
            ("title", &self.title, &mut shared.title, LONGEST_LINE),
            ("location", &self.location, &mut shared.location, LONGEST_LINE),
            ("description", &self.description, &mut shared.description, LONGEST_TEXT),
        ] {
            match value {
                Some(text) if text.len() > longest => errors.push(FieldError::new(field, "too_long").with(longest)),
                Some(text) => place.clone_from(text),
                None => {}
            }
        }
        if let Some(guests) = &self.attendees {
            apply_guests(guests, &mut shared.attendees, errors);
        }
        match self.use_google_meet {
            Some(true) if !matches!(shared.conference, Some(ref known) if !matches!(known, Conference::Failed { .. })) =>
            {
                shared.conference = Some(Conference::Wanted { request_id: request_id.to_owned() });
            }
            Some(false) => shared.conference = None,
            _ => {}
        }
        shared.guests_can_modify = self.guests_can_modify.unwrap_or(shared.guests_can_modify);
        shared.guests_can_invite_others = self.guests_can_invite_others.unwrap_or(shared.guests_can_invite_others);
        shared.guests_can_see_other_guests =
            self.guests_can_see_other_guests.unwrap_or(shared.guests_can_see_other_guests);
    }

    /// Writes what it says about the private fields.
    pub(super) fn apply_private(&self, event: &mut Event, errors: &mut Vec<FieldError>) {
        let private = &mut event.private;
        match self.visibility.as_deref() {
            None => {}
            Some("default") => private.visibility = None,
            Some("public") => private.visibility = Some(Visibility::Public),
            Some("private") => private.visibility = Some(Visibility::Private),
            Some("confidential") => private.visibility = Some(Visibility::Confidential),
            Some(_) => errors.push(FieldError::new("visibility", "unknown_value")),
        }
        match self.transparency.as_deref() {
            None => {}
            Some("opaque") => private.transparent = false,
            Some("transparent") => private.transparent = true,
            Some(_) => errors.push(FieldError::new("transparency", "unknown_value")),
        }
        match self.color.as_deref() {
            None => {}
            Some("") => private.color = None,
            Some(id) if id.parse::<u8>().is_ok_and(|id| (1..=11).contains(&id)) => private.color = Some(id.to_owned()),
            Some(_) => errors.push(FieldError::new("color", "unknown_value")),
        }
        if let Some(reminders) = &self.reminders {
            apply_reminders(reminders, &mut private.reminders, errors);
        }
    }

    /// The own answer, where one is given.
    pub(super) fn own_answer(&self, errors: &mut Vec<FieldError>) -> Option<Answer> {
        if self.comment.as_ref().is_some_and(|comment| comment.len() > LONGEST_LINE) {
            errors.push(FieldError::new("comment", "too_long").with(LONGEST_LINE));
        }
        match self.answer.as_deref() {
            None => None,
            Some("accepted") => Some(Answer::Accepted),
            Some("tentative") => Some(Answer::Tentative),
            Some("declined") => Some(Answer::Declined),
            Some("needs_action") => Some(Answer::NeedsAction),
            Some(_) => {
                errors.push(FieldError::new("answer", "unknown_value"));
                None
            }
        }
    }
}

/// Writes a rule into `event`. Where its time is not known, what of the rule depends on that is not judged.
fn apply_recurrence(lines: &[String], event: &mut Event, time_is_known: bool, errors: &mut Vec<FieldError>) {
    let lines: Vec<String> = lines.iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    if lines.len() > MOST_LINES || lines.iter().any(|line| line.len() > LONGEST_LINE) {
        errors.push(FieldError::new("recurrence", "too_long").with(MOST_LINES));
        return;
    }
    if !lines.is_empty()
        && let Err(error) = Recurrence::parse(&lines, &event.shared.when)
        && (time_is_known || error != RecurrenceError::Empty)
    {
        errors.push(FieldError::new("recurrence", "recurrence").with(error));
        return;
    }
    event.shared.recurrence = lines;
}

fn apply_guests(guests: &[AttendeeInput], known: &mut Vec<Attendee>, errors: &mut Vec<FieldError>) {
    if guests.len() > MOST_GUESTS {
        errors.push(FieldError::new("attendees", "too_many").with(MOST_GUESTS));
        return;
    }
    let known_faults = errors.len();
    let mut lines: Vec<Attendee> = Vec::new();
    for (index, guest) in guests.iter().enumerate() {
        let Ok(email) = EmailAddress::parse(&guest.email) else {
            errors.push(FieldError::new(format!("attendees[{index}]"), "email"));
            continue;
        };
        if lines.iter().any(|line| line.email == email) {
            continue;
        }
        let mut line = known.iter().find(|line| line.email == email).cloned().unwrap_or(Attendee {
            email,
            name: None,
            answer: Answer::NeedsAction,
            optional: false,
            resource: false,
            comment: None,
        });
        line.optional = guest.optional;
        lines.push(line);
    }
    if errors.len() == known_faults {
        *known = lines;
    }
}

fn apply_reminders(input: &RemindersInput, known: &mut Reminders, errors: &mut Vec<FieldError>) {
    if input.use_default {
        if !input.overrides.is_empty() {
            errors.push(FieldError::new("reminders.overrides", "default_or_own"));
        }
        *known = Reminders::Calendar;
        return;
    }
    if input.overrides.len() > 5 {
        errors.push(FieldError::new("reminders.overrides", "too_many").with(5));
    }
    let mut own = Vec::new();
    for (index, reminder) in input.overrides.iter().enumerate() {
        let field = |name: &str| format!("reminders.overrides[{index}].{name}");
        let method = match reminder.method.as_str() {
            "popup" => ReminderMethod::Popup,
            "email" => ReminderMethod::Email,
            _ => {
                errors.push(FieldError::new(field("method"), "unknown_value"));
                continue;
            }
        };
        match u32::try_from(reminder.minutes) {
            Ok(minutes) if minutes <= 40_320 => own.push(Reminder { method, minutes }),
            _ => errors.push(FieldError::new(field("minutes"), "out_of_range").with("0–40320")),
        }
    }
    own.sort_unstable();
    own.dedup();
    *known = Reminders::Own(own);
}

/// Years in which calendars are kept.
fn in_range(day: Date) -> bool {
    (1900..=2199).contains(&day.year())
}

fn shorten(text: &str) -> String {
    text.chars().take(60).collect()
}

/// Reads a time: RFC 3339 with an offset, or a local time when a zone is named beside it.
fn moment(text: &str, zone: Option<&TimeZone>, fallback: &TimeZone) -> Result<Moment, &'static str> {
    let text = text.trim();
    if text.len() > 64 {
        return Err("bad_time");
    }
    let zoned = if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        instant.to_zoned(zone.unwrap_or(fallback).clone())
    } else {
        let civil = text.parse::<DateTime>().ok().filter(|_| text.contains(['T', 't', ' '])).ok_or("bad_time")?;
        civil.to_zoned(zone.ok_or("no_zone")?.clone()).map_err(|_| "bad_time")?
    };
    if !in_range(zoned.date()) {
        return Err("out_of_range");
    }
    // Google keeps whole seconds, and so do the rules of series.
    let seconds = jiff::Timestamp::from_second(zoned.timestamp().as_second()).map_err(|_| "bad_time")?;
    Ok(Moment(seconds.to_zoned(zoned.time_zone().clone())))
}
