//! When colleagues are busy, and when they are all free.

use std::sync::Arc;

use axum::extract::State;
use portico_app::{
    App, FieldError, Person, ReadCalendar,
    free_busy::{self, People, Question, Slots},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::calendar_events::instant;
use crate::{Failure, Problem, Reader, Said, Signed, event_view::rfc3339};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(free_busy)).routes(routes!(find_time))
}

/// Whose time is asked for, and when.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FreeBusyBody {
    /// Colleagues by id.
    #[serde(default)]
    employees: Vec<String>,
    /// People by address; at most 50 together.
    #[serde(default)]
    emails: Vec<String>,
    /// RFC 3339 or a date.
    #[schema(required = true, value_type = String)]
    from: Option<String>,
    /// At most 92 days later.
    #[schema(required = true, value_type = String)]
    to: Option<String>,
}

/// Whose time is asked for, when, and how long it takes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FindTimeBody {
    /// Colleagues by id.
    #[serde(default)]
    employees: Vec<String>,
    /// People by address; at most 50 together.
    #[serde(default)]
    emails: Vec<String>,
    /// RFC 3339 or a date.
    #[schema(required = true, value_type = String)]
    from: Option<String>,
    /// At most 92 days later.
    #[schema(required = true, value_type = String)]
    to: Option<String>,
    /// 1 to 1440.
    #[schema(required = true, value_type = i64)]
    minutes: Option<i64>,
    /// The zone of the working hours; the reader's own when absent.
    time_zone: Option<String>,
}

/// A stretch of time.
#[derive(Serialize, ToSchema)]
struct Stretch {
    /// RFC 3339.
    #[schema(format = DateTime)]
    start: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    end: String,
}

/// One person's busy time.
#[derive(Serialize, ToSchema)]
struct PersonBusy {
    /// None for an address that is no colleague's.
    #[serde(skip_serializing_if = "Option::is_none")]
    employee_id: Option<String>,
    email: String,
    busy: Vec<Stretch>,
    /// Whether that is the whole of it. False where the person's Google calendar is not read (now): of people outside nothing
    /// is known, of colleagues what is in Portico.
    known: bool,
    /// When the person's Google calendar was last read (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    as_of: Option<String>,
}

/// The busy time of several people.
#[derive(Serialize, ToSchema)]
struct BusyList {
    items: Vec<PersonBusy>,
}

/// A slot in which all are free.
#[derive(Serialize, ToSchema)]
struct Slot {
    #[schema(format = DateTime)]
    start_time: String,
    #[schema(format = DateTime)]
    end_time: String,
}

/// Slots in which all are free.
#[derive(Serialize, ToSchema)]
struct SlotList {
    slots: Vec<Slot>,
    /// The addresses of those of whose time not all is known: they may be busy in any of the slots.
    unknown: Vec<String>,
}

/// What is asked for; `faults` are those of its form.
fn question(
    (employees, emails): (Vec<String>, Vec<String>),
    [from, to]: [Option<String>; 2],
    person: &Person,
    mut faults: Vec<FieldError>,
) -> Question {
    let mut at = |field: &str, text: Option<String>| {
        let text = text?;
        let read = instant(&text, person);
        if read.is_none() {
            faults.push(FieldError::new(field, "bad_time"));
        }
        read
    };
    let (from, to) = (at("from", from), at("to", to));
    let employees = employees.iter().map(|text| text.parse().ok()).collect();
    Question { people: People { employees, emails }, from, to, faults }
}

/// See when people are busy
#[utoipa::path(post, path = "/calendar/free-busy", operation_id = "free_busy", tag = "calendar",
    request_body = FreeBusyBody, responses(
    (status = 200, description = "When each of them is busy, and nothing else", body = BusyList),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 422, description = "Fields are not right", body = Problem),
))]
async fn free_busy(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<ReadCalendar>,
    Said { body, faults }: Said<FreeBusyBody>,
) -> Result<axum::Json<BusyList>, Failure> {
    let question = question((body.employees, body.emails), [body.from, body.to], &caller, faults);
    let found = free_busy::free_busy(&app, &caller, &question).await;
    let found = found.map_err(|error| Failure::new(error, locale))?;
    let items = found
        .into_iter()
        .map(|person| PersonBusy {
            employee_id: person.employee.map(|id| id.to_string()),
            email: person.email.to_string(),
            busy: person
                .busy
                .iter()
                .map(|stretch| Stretch { start: stretch.start.to_string(), end: stretch.end.to_string() })
                .collect(),
            known: person.known,
            as_of: person.as_of.map(|at| at.to_string()),
        })
        .collect();
    Ok(axum::Json(BusyList { items }))
}

/// Find a time for a meeting
#[utoipa::path(post, path = "/calendar/find-time", operation_id = "find_time", tag = "calendar",
    request_body = FindTimeBody, responses(
    (status = 200, description = "Up to twenty slots in which all are free, within working hours", body = SlotList),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 422, description = "Fields are not right", body = Problem),
))]
async fn find_time(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<ReadCalendar>,
    Said { body, faults }: Said<FindTimeBody>,
) -> Result<axum::Json<SlotList>, Failure> {
    let question = question((body.employees, body.emails), [body.from, body.to], &caller, faults);
    let slots = Slots { minutes: body.minutes, time_zone: body.time_zone };
    let found = free_busy::find_time(&app, &caller, &question, &slots).await;
    let found = found.map_err(|error| Failure::new(error, locale))?;
    let unknown = found.unknown.iter().map(ToString::to_string).collect();
    let slots =
        found.slots.iter().map(|(start, end)| Slot { start_time: rfc3339(start), end_time: rfc3339(end) }).collect();
    Ok(axum::Json(SlotList { slots, unknown }))
}
