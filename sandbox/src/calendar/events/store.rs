//! Writing an event: its version, its cached bounds, and the mails that the act causes.

use jiff::Timestamp;
use serde_json::{Map, json};

use super::event::{Event, Found, bounds, email_of, series};
use crate::{
    calendar::{
        errors, params,
        tables::{EventRow, FormerRule},
        tokens,
    },
    http::{ApiError, Call},
    state::{Mail, State},
};

/// Whom Google mails about an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendUpdates {
    /// Every guest.
    All,
    /// Guests who do not use Google Calendar.
    ExternalOnly,
    /// Nobody.
    None,
}

/// One act of one person.
pub struct Act {
    /// When.
    pub now: Timestamp,
    /// By whom.
    pub account: String,
    /// Whom Google mails about it.
    pub send: SendUpdates,
}

impl Act {
    /// The act of a call that may say `sendUpdates`, or `sendNotifications` as of old.
    pub fn of(call: &Call) -> Result<Self, ApiError> {
        let send = match params::one_of(call, "sendUpdates", &["all", "externalOnly", "none"])? {
            Some("all") => SendUpdates::All,
            Some("externalOnly") => SendUpdates::ExternalOnly,
            Some(_) => SendUpdates::None,
            None if params::flag(call, "sendNotifications")? == Some(true) => SendUpdates::All,
            None => SendUpdates::None,
        };
        Ok(Self { now: call.now, account: call.account.clone(), send })
    }

    /// Whether it mails anybody at all.
    pub fn mails(&self) -> bool {
        self.send != SendUpdates::None
    }

    /// Mails the guests of `event` whose address `wanted` chooses.
    pub fn mail_guests(&self, state: &mut State, kind: &str, event: &Event, wanted: impl Fn(&str) -> bool) {
        if event.flag("privateCopy", false) {
            return;
        }
        for guest in event.attendees() {
            let email = email_of(guest);
            let resource = guest.get("resource") == Some(&json!(true));
            if !resource && !email.eq_ignore_ascii_case(&event.calendar) && wanted(email) {
                self.mail(state, kind, event, email);
            }
        }
    }

    /// Mails one address, if this act mails such people.
    pub fn mail(&self, state: &mut State, kind: &str, event: &Event, to: &str) {
        // What is for a secondary calendar goes to whoever owns it.
        let calendar = state.calendar.calendars.get(to).filter(|calendar| !calendar.primary);
        let to = &calendar.map_or(to, |calendar| calendar.owner.as_str()).to_owned();
        let send = match self.send {
            SendUpdates::All => true,
            SendUpdates::ExternalOnly => !state.uses_calendar(to),
            SendUpdates::None => false,
        };
        if send && !to.eq_ignore_ascii_case(&self.account) {
            state.send_mail(Mail {
                to: to.clone(),
                from: self.account.clone(),
                kind: kind.to_owned(),
                calendar_id: event.calendar.clone(),
                event_id: event.id.clone(),
                ical_uid: event.text("iCalUID").unwrap_or_default().to_owned(),
                summary: event.text("summary").unwrap_or_default().to_owned(),
                at: self.now,
            });
        }
    }
}

/// Writes a row under a new version. `main` is whether the main data changed, which moves `updated`.
pub fn store(state: &mut State, now: Timestamp, mut row: EventRow, main: bool) -> EventRow {
    row.version = state.calendar.next_version(now);
    if main {
        row.updated = Timestamp::from_microsecond(row.version).unwrap_or(now);
    }
    row.dropped = false;
    let zone = state.calendar.calendars.get(&row.calendar).map_or("UTC", |calendar| calendar.zone_name()).to_owned();
    (row.start, row.end) = bounds(&state.calendar, &row, &zone);
    let before = state.calendar.event(&row.calendar, &row.id).cloned();
    if let Some(before) = &before {
        remember_rule(before, &mut row);
    }
    state.calendar.put_event(row.clone());
    if row.master.is_none() && !row.is_cancelled() {
        if before.as_ref().is_none_or(|before| before.is_cancelled() || is_other_rule(before, &row)) {
            fit_exceptions(state, now, &row, &zone);
        }
        if let Some(before) = before.filter(EventRow::is_series) {
            renew_exceptions(state, now, &before, &row, &zone);
        }
    }
    row
}

/// Drops the exceptions whose original start their series does not have, and takes those back that it has again. Such
/// a one overrides nothing any more.
fn fit_exceptions(state: &mut State, now: Timestamp, master: &EventRow, zone: &str) {
    let exceptions: Vec<EventRow> = state.calendar.exceptions_of(&master.calendar, &master.id).cloned().collect();
    if exceptions.is_empty() {
        return;
    }
    let series = series(master, zone);
    for mut row in exceptions {
        let start = row.original_start();
        let fits = series.as_ref().zip(start).is_some_and(|(series, start)| series.contains(start));
        if row.dropped && fits {
            row.fields = Map::new();
            row.sequence = master.sequence;
            store(state, now, row, true);
        } else if !row.dropped && !fits {
            drop_exception(state, now, row);
        }
    }
}

/// Drops an exception: its calendar reports it as cancelled, and its original start may become an instance again.
pub fn drop_exception(state: &mut State, now: Timestamp, mut row: EventRow) {
    row.version = state.calendar.next_version(now);
    row.updated = Timestamp::from_microsecond(row.version).unwrap_or(now);
    row.dropped = true;
    row.fields = Map::from_iter([("status".to_owned(), json!("cancelled"))]);
    state.calendar.put_event(row);
}

/// Whether two versions of an event give other starts.
fn is_other_rule(before: &EventRow, row: &EventRow) -> bool {
    ["recurrence", "start"].iter().any(|key| before.fields.get(*key) != row.fields.get(*key))
}

/// Keeps the rule that an event had until this write, as long as a sync token may know it.
fn remember_rule(before: &EventRow, row: &mut EventRow) {
    let longest = i64::try_from(tokens::LONGEST.as_micros()).unwrap_or(i64::MAX);
    let until = row.version;
    row.former.retain(|former| former.until > until.saturating_sub(longest));
    if row.master.is_none()
        && is_other_rule(before, row)
        && (before.is_series() || row.is_series())
        && let Some(start) = before.fields.get("start").cloned()
    {
        row.former.push(FormerRule { recurrence: before.recurrence(), start, until });
    }
}

/// Exceptions that inherit what changed in their series have changed too.
fn renew_exceptions(state: &mut State, now: Timestamp, before: &EventRow, master: &EventRow, zone: &str) {
    let changed: Vec<EventRow> = state
        .calendar
        .exceptions_of(&master.calendar, &master.id)
        .filter(|row| !row.dropped && !row.is_cancelled())
        .filter(|row| Event::of_row(row, Some(before)).fields != Event::of_row(row, Some(master)).fields)
        .cloned()
        .collect();
    for mut row in changed {
        row.sequence = row.sequence.max(master.sequence);
        row.version = state.calendar.next_version(now);
        row.updated = Timestamp::from_microsecond(row.version).unwrap_or(now);
        (row.start, row.end) = bounds(&state.calendar, &row, zone);
        state.calendar.put_event(row);
    }
}

/// The row behind an id; an instance that nothing has changed yet becomes an exception that overrides nothing.
pub fn row_of(found: Found) -> EventRow {
    match found {
        Found::Row(row) => row,
        Found::Instance(master, start) => EventRow {
            id: format!("{}_{}", master.id, start.suffix()),
            calendar: master.calendar,
            fields: Map::new(),
            master: Some(master.id),
            created: master.created,
            updated: master.updated,
            sequence: master.sequence,
            ..EventRow::default()
        },
    }
}

/// Refuses a write whose `If-Match` names another version than the present one.
pub fn precondition(call: &Call, event: &Event) -> Result<(), ApiError> {
    match call.header("if-match").map(str::trim) {
        None | Some("" | "*") => Ok(()),
        Some(tags) if tags.split(',').any(|tag| tag.trim() == super::view::etag(event)) => Ok(()),
        Some(_) => Err(errors::condition_not_met()),
    }
}
