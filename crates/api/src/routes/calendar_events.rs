//! Events: list, make, change, answer, delete, take back.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use portico_app::{
    App, Calendar, Error, FieldError, Person, ReadCalendar,
    events::{
        self, AttendeeInput, EditScope, EventCursor, EventInput, EventQuery, EventView, ReminderInput, RemindersInput,
    },
};
use portico_kernel::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Failure, Once, Problem, Query, Reader, Said, Signed, event_view::Event};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, change, delete))
        .routes(routes!(undo))
        .routes(routes!(answer))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Window {
    /// The start of the window (RFC 3339 or a date); now when absent.
    from: Option<String>,
    /// The end of the window, at most 366 days after its start; 30 days after it when absent.
    to: Option<String>,
    /// These calendars; may be repeated. The reader's own when neither calendars nor employees are named.
    #[serde(default)]
    calendar: Vec<String>,
    /// The calendars of these colleagues; may be repeated.
    #[serde(default)]
    employee: Vec<String>,
    /// How many at most: 1 to 2500, 1000 unless told.
    limit: Option<String>,
    /// Where the page before ended.
    cursor: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Act {
    /// How much of a series is meant: `this`, `following` or `all`. Of an occurrence it is `this` unless told.
    scope: Option<String>,
    /// Whether guests are told by mail: `true` unless told.
    notify: Option<String>,
}

/// A page of events.
#[derive(Serialize, ToSchema)]
struct EventList {
    items: Vec<Event>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A guest: an address, or an address with more.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
enum Guest {
    /// The address alone.
    Address(String),
    /// The address with more.
    Line(GuestLine),
}

/// A guest with more than the address.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GuestLine {
    email: String,
    /// Whether the guest may stay away.
    #[serde(default)]
    optional: bool,
}

/// One reminder.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReminderBody {
    /// `popup` or `email`.
    method: String,
    /// How long before the start: 0 to 40,320 minutes.
    minutes: i64,
}

/// The reminders of an event.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RemindersBody {
    /// Those of the calendar.
    #[serde(default)]
    use_default: bool,
    /// These instead, at most five.
    #[serde(default)]
    overrides: Vec<ReminderBody>,
}

/// `null` clears a field, as an empty value does.
fn cleared<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(Some(Option::<T>::deserialize(deserializer)?.unwrap_or_default()))
}

/// What is said about an event. What is absent stays as it is, or takes its default.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct EventBody {
    /// At most 8 kB.
    #[serde(deserialize_with = "cleared")]
    title: Option<String>,
    /// At most 64 kB.
    #[serde(deserialize_with = "cleared")]
    description: Option<String>,
    /// At most 8 kB.
    #[serde(deserialize_with = "cleared")]
    location: Option<String>,
    /// RFC 3339 with an offset, or local time beside `time_zone`.
    start_time: Option<String>,
    /// The same.
    end_time: Option<String>,
    /// An IANA zone; the reader's own when absent.
    time_zone: Option<String>,
    /// The first day, for whole days.
    start_date: Option<String>,
    /// The day after the last one.
    end_date: Option<String>,
    /// The calendar; the reader's main one when absent. In a change: where the event moves to.
    calendar_id: Option<String>,
    /// At most 200.
    #[serde(deserialize_with = "cleared")]
    attendees: Option<Vec<Guest>>,
    /// RRULE, RDATE and EXDATE lines (RFC 5545); empty makes a single event of a series.
    #[serde(deserialize_with = "cleared")]
    recurrence: Option<Vec<String>>,
    /// `default`, `public`, `private` or `confidential`.
    visibility: Option<String>,
    /// `opaque` or `transparent`.
    transparency: Option<String>,
    /// Google's colour id, `1` to `11`.
    #[serde(deserialize_with = "cleared")]
    color: Option<String>,
    reminders: Option<RemindersBody>,
    /// Whether it has an online meeting; when absent a new event has one where the person has Meet. `add_meet` is the same.
    #[serde(alias = "add_meet")]
    use_google_meet: Option<bool>,
    guests_can_modify: Option<bool>,
    guests_can_invite_others: Option<bool>,
    guests_can_see_other_guests: Option<bool>,
    /// Whether guests are told by mail; yes unless told.
    notify: Option<bool>,
    /// The own answer: `accepted`, `tentative`, `declined` or `needs_action`.
    answer: Option<String>,
    /// What goes with the own answer.
    comment: Option<String>,
}

impl EventBody {
    /// What it says; `faults` are those of its form.
    fn input(self, mut faults: Vec<FieldError>) -> EventInput {
        let calendar_id = self.calendar_id.map(|id| id.parse());
        if let Some(Err(_)) = calendar_id {
            faults.push(FieldError::new("calendar_id", "unknown"));
        }
        EventInput {
            title: self.title,
            description: self.description,
            location: self.location,
            start_time: self.start_time,
            end_time: self.end_time,
            time_zone: self.time_zone,
            start_date: self.start_date,
            end_date: self.end_date,
            calendar_id: calendar_id.and_then(Result::ok),
            attendees: self.attendees.map(|guests| {
                let line = |guest| match guest {
                    Guest::Address(email) => AttendeeInput { email, optional: false },
                    Guest::Line(line) => AttendeeInput { email: line.email, optional: line.optional },
                };
                guests.into_iter().map(line).collect()
            }),
            recurrence: self.recurrence,
            visibility: self.visibility,
            transparency: self.transparency,
            color: self.color,
            reminders: self.reminders.map(|reminders| RemindersInput {
                use_default: reminders.use_default,
                overrides: reminders
                    .overrides
                    .into_iter()
                    .map(|one| ReminderInput { method: one.method, minutes: one.minutes })
                    .collect(),
            }),
            use_google_meet: self.use_google_meet,
            guests_can_modify: self.guests_can_modify,
            guests_can_invite_others: self.guests_can_invite_others,
            guests_can_see_other_guests: self.guests_can_see_other_guests,
            notify: self.notify,
            answer: self.answer,
            comment: self.comment,
            faults,
        }
    }
}

/// Reads an instant of a query: RFC 3339, or a date, which begins where the reader is.
pub(super) fn instant(text: &str, person: &Person) -> Option<Timestamp> {
    // In an address a plus sign that was not escaped arrives as a space.
    let text = text.trim().replace(' ', "+");
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(at.into());
    }
    let zone = jiff::tz::TimeZone::get(&person.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let day = text.parse::<jiff::civil::Date>().ok()?.to_zoned(zone).ok()?;
    Some(day.timestamp().into())
}

fn scope(text: Option<&str>, faults: &mut Vec<FieldError>) -> Option<EditScope> {
    let scope = text.map(EditScope::parse);
    if scope == Some(None) {
        faults.push(FieldError::new("scope", "unknown_value"));
    }
    scope.flatten()
}

fn if_match(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::IF_MATCH)?.to_str().ok()?.trim();
    (text != "*").then(|| text.trim_start_matches("W/").trim_matches('"'))
}

fn answered(status: StatusCode, view: EventView) -> Response {
    let etag = HeaderValue::from_str(&format!("\"{}\"", view.etag));
    let mut response = (status, axum::Json(Event::from(view))).into_response();
    if let Ok(etag) = etag {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

/// List events
#[utoipa::path(get, path = "/calendar/events", operation_id = "list_events", tag = "calendar", params(Window), responses(
    (status = 200, description = "The events of the window by start, series expanded", body = EventList),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 404, description = "There is no such calendar", body = Problem),
    (status = 409, description = "The account belongs to no employee and has no calendar", body = Problem),
    (status = 422, description = "Parameters are not right", body = Problem),
))]
async fn list(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<ReadCalendar>,
    Query(window): Query<Window>,
) -> Result<axum::Json<EventList>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let query = query(&window, &caller).map_err(fail)?;
    let page = events::list(&app, &caller, &query).await.map_err(fail)?;
    Ok(axum::Json(EventList {
        items: page.items.into_iter().map(Event::from).collect(),
        next_cursor: page.next.map(|cursor| format!("{}.{}", cursor.start.0, cursor.id)),
    }))
}

fn query(window: &Window, person: &Person) -> Result<EventQuery, Error> {
    let mut faults = Vec::new();
    let mut at = |field: &str, text: &Option<String>| {
        let read = text.as_deref().map(|text| instant(text, person));
        if read == Some(None) {
            faults.push(FieldError::new(field, "bad_time"));
        }
        read.flatten()
    };
    let (from, to) = (at("from", &window.from), at("to", &window.to));
    let calendars = ids("calendar", &window.calendar, &mut faults);
    let employees = ids("employee", &window.employee, &mut faults);
    let limit = window.limit.as_deref().map(|text| text.parse().ok().filter(|limit| (1..=2500).contains(limit)));
    if limit == Some(None) {
        faults.push(FieldError::new("limit", "out_of_range"));
    }
    let cursor = window.cursor.as_deref().filter(|text| !text.is_empty()).map(|text| {
        let (start, id) = text.split_once('.')?;
        Some(EventCursor { start: Timestamp(start.parse().ok()?), id: id.to_owned() })
    });
    if cursor == Some(None) {
        faults.push(FieldError::new("cursor", "unknown"));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    Ok(EventQuery { from, to, calendars, employees, cursor: cursor.flatten(), limit: limit.flatten().unwrap_or(1000) })
}

fn ids<T: std::str::FromStr>(field: &str, texts: &[String], faults: &mut Vec<FieldError>) -> Vec<T> {
    let read: Vec<T> = texts.iter().filter_map(|text| text.parse().ok()).collect();
    if read.len() < texts.len() {
        faults.push(FieldError::new(field, "unknown"));
    }
    read
}

/// Make an event
#[utoipa::path(post, path = "/calendar/events", operation_id = "create_event", tag = "calendar",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body within a day make one event")),
    request_body = EventBody, responses(
    (status = 201, description = "The event; with Meet it normally carries the link already", body = Event),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 409, description = "It cannot be done as things stand, or what the key made is gone", body = Problem),
    (status = 422, description = "Fields are not right, or the key was used for another request", body = Problem),
))]
async fn create(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Calendar>,
    Once { body, faults, key }: Once<EventBody>,
) -> Result<Response, Failure> {
    let made = events::create(&app, &caller, &body.input(faults), key.as_ref()).await;
    let view = made.map_err(|error| Failure::new(error, locale))?;
    Ok(answered(StatusCode::CREATED, view))
}

/// Get an event
#[utoipa::path(get, path = "/calendar/events/{id}", operation_id = "get_event", tag = "calendar",
    params(("id" = String, Path, description = "An event, a series or an occurrence")), responses(
    (status = 200, description = "The event", body = Event),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 404, description = "There is no such event", body = Problem),
))]
async fn get(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<ReadCalendar>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let view = events::get(&app, &caller, &id).await.map_err(|error| Failure::new(error, locale))?;
    Ok(answered(StatusCode::OK, view))
}

/// Change an event
#[utoipa::path(patch, path = "/calendar/events/{id}", operation_id = "change_event", tag = "calendar",
    params(
        ("id" = String, Path, description = "An event, a series or an occurrence"),
        ("If-Match" = Option<String>, Header, description = "The etag that is changed"),
        Act,
    ),
    request_body = EventBody, responses(
    (status = 200, description = "The event as it is now", body = Event),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 404, description = "There is no such event", body = Problem),
    (status = 409, description = "It cannot be done as things stand", body = Problem),
    (status = 412, description = "It was changed meanwhile", body = Problem),
    (status = 422, description = "Fields are not right", body = Problem),
))]
async fn change(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Calendar>,
    Path(id): Path<String>,
    Query(act): Query<Act>,
    headers: HeaderMap,
    Said { body, mut faults }: Said<EventBody>,
) -> Result<Response, Failure> {
    let fail = |error| Failure::new(error, locale);
    let scope = scope(act.scope.as_deref(), &mut faults);
    let told = notify(act.notify.as_deref(), &mut faults);
    let mut input = body.input(faults);
    input.notify = input.notify.or(told);
    let view = events::change(&app, &caller, &id, &input, scope, if_match(&headers)).await.map_err(fail)?;
    Ok(answered(StatusCode::OK, view))
}

fn notify(text: Option<&str>, faults: &mut Vec<FieldError>) -> Option<bool> {
    match text {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => {
            faults.push(FieldError::new("notify", "unknown_value"));
            None
        }
    }
}

/// A deletion.
#[derive(Serialize, ToSchema)]
struct DeletedEvent {
    /// The id under which it can be taken back.
    id: String,
    /// Until when (RFC 3339).
    #[schema(format = DateTime)]
    undo_until: String,
}

/// Delete an event
#[utoipa::path(delete, path = "/calendar/events/{id}", operation_id = "delete_event", tag = "calendar",
    params(
        ("id" = String, Path, description = "An event, a series or an occurrence"),
        ("If-Match" = Option<String>, Header, description = "The etag that is deleted"),
        Act,
    ), responses(
    (status = 200, description = "Deleted; it can be taken back for 30 days", body = DeletedEvent),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 404, description = "There is no such event", body = Problem),
    (status = 409, description = "It cannot be done as things stand", body = Problem),
    (status = 412, description = "It was changed meanwhile", body = Problem),
    (status = 422, description = "Parameters are not right", body = Problem),
))]
async fn delete(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Calendar>,
    Path(id): Path<String>,
    Query(act): Query<Act>,
    headers: HeaderMap,
) -> Result<axum::Json<DeletedEvent>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let mut faults = Vec::new();
    let scope = scope(act.scope.as_deref(), &mut faults);
    let notify = notify(act.notify.as_deref(), &mut faults).unwrap_or(true);
    if !faults.is_empty() {
        return Err(fail(Error::Invalid(faults)));
    }
    let deleted = events::delete(&app, &caller, &id, scope, notify, if_match(&headers)).await.map_err(fail)?;
    Ok(axum::Json(DeletedEvent { id: deleted.id, undo_until: deleted.undo_until.to_string() }))
}

/// Take a deletion back
#[utoipa::path(post, path = "/calendar/events/{id}/undo", operation_id = "undo_event", tag = "calendar",
    params(("id" = String, Path, description = "The id that the deletion answered")), responses(
    (status = 200, description = "The event as it is again", body = Event),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 404, description = "There is no such event", body = Problem),
    (status = 409, description = "It is not deleted, or it is too late", body = Problem),
))]
async fn undo(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Calendar>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let view = events::undo(&app, &caller, &id).await.map_err(|error| Failure::new(error, locale))?;
    Ok(answered(StatusCode::OK, view))
}

/// The answer to an invitation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AnswerBody {
    /// `accepted`, `tentative` or `declined`.
    answer: String,
    /// What goes with it.
    comment: Option<String>,
    /// `this`, `following` or `all`.
    scope: Option<String>,
}

/// Answer an invitation
#[utoipa::path(post, path = "/calendar/events/{id}/answer", operation_id = "answer_event", tag = "calendar",
    params(("id" = String, Path, description = "An event, a series or an occurrence")),
    request_body = AnswerBody, responses(
    (status = 200, description = "The event as it is now", body = Event),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 404, description = "There is no such event", body = Problem),
    (status = 409, description = "The calendar's owner is not invited", body = Problem),
    (status = 422, description = "Fields are not right", body = Problem),
))]
async fn answer(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Calendar>,
    Path(id): Path<String>,
    Said { body, mut faults }: Said<AnswerBody>,
) -> Result<Response, Failure> {
    let scope = scope(body.scope.as_deref(), &mut faults);
    let input = EventInput { answer: Some(body.answer), comment: body.comment, faults, ..EventInput::default() };
    let answered_now = events::change(&app, &caller, &id, &input, scope, None).await;
    let view = answered_now.map_err(|error| Failure::new(error, locale))?;
    Ok(answered(StatusCode::OK, view))
}
