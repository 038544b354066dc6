//! Making an event.

use std::time::Duration;

use portico_calendar::{Conference, Event};
use portico_google::ScopeSet;
use portico_kernel::CalendarId;
use portico_store::{LinkState, TenantTx};

use super::{EventInput, EventView, edit::Edit, view_by_id, zone_of};
use crate::{
    App, Error, FieldError, IdempotencyKey,
    access::{Calendar, Caller, Person},
    calendars::{self, Access, SeenCalendar},
    features::{Feature, parse_features},
};

/// How long the answer waits for Google to make the online meeting, in seconds.
const PATIENCE: i64 = 5;

/// The calendar that a new event goes to.
async fn calendar_for(tx: &mut TenantTx, person: &Person, id: Option<CalendarId>) -> Result<SeenCalendar, Error> {
    let calendar = match id {
        Some(id) => match calendars::seen_one(tx, person, id).await {
            Err(Error::NotFound) => return Err(Error::field("calendar_id", "unknown")),
            other => other?,
        },
        None => {
            let own = tx.calendars_of(person.employee()?).await?;
            let main = own.into_iter().next().ok_or(Error::Conflict { reason: "no_calendar" })?;
            calendars::seen_one(tx, person, main.id).await?
        }
    };
    match calendar.access {
        Access::Busy => Err(Error::field("calendar_id", "unknown")),
        _ if !calendar.is_writable() => Err(Error::field("calendar_id", "read_only")),
        _ => Ok(calendar),
    }
}

/// Whether the account that carries the calendar to Google makes Meet rooms, and Google allows them there.
async fn has_meet(tx: &mut TenantTx, calendar: &SeenCalendar) -> Result<bool, Error> {
    let Some(link) = calendar.outgoing().filter(|link| link.meets) else { return Ok(false) };
    let carrier = tx.connection(link.connection_id).await?;
    Ok(carrier.is_some_and(|carrier| {
        matches!(carrier.state.as_str(), "authorized" | "paused")
            && parse_features(&carrier.wanted).contains(&Feature::Meet)
            && Feature::Meet.granted_by(&ScopeSet::parse(&carrier.scopes))
    }))
}

/// Makes an event. With an online meeting it waits a little for Google, so that the answer normally carries the link.
pub async fn create(
    app: &App,
    caller: &Caller<Calendar>,
    input: &EventInput,
    key: Option<&IdempotencyKey>,
) -> Result<EventView, Error> {
    let mut tx = app.store.tenant(caller.tenant).await?;
    if let Some(key) = key
        && let Some(made) = key.made_before(app, &mut tx, caller.account).await?
    {
        let view = match view_by_id(&mut tx, caller, &made).await {
            Err(Error::NotFound) => return Err(Error::MadeBefore { made }),
            other => other?,
        };
        tx.end().await?;
        return Ok(view);
    }
    let request_id = app.world.new_uuid().simple().to_string();
    let (calendar, event) = match calendar_for(&mut tx, caller, input.calendar_id).await {
        // The other fields are checked all the same, so that everything is named at once.
        Err(Error::Invalid(faults)) => {
            return Err(Error::Invalid(with_others(faults, draft(input, caller, "", true).err())));
        }
        Err(error) => return Err(error),
        Ok(calendar) => {
            let has_meet = has_meet(&mut tx, &calendar).await?;
            (calendar, draft(input, caller, &request_id, has_meet).map_err(Error::Invalid)?)
        }
    };
    let mut edit = Edit::new(app, caller, &mut tx, input.notify.unwrap_or(true));
    let shown = edit.new_rows(&calendar, &event);
    edit.insert(&calendar, &shown).await?;
    let id = shown.entry.id.to_string();
    if let Some(key) = key {
        key.keep(&mut tx, caller.account, &id).await?;
    }
    app.commit(tx).await?;
    let works = calendar.outgoing().is_some_and(|link| link.state == LinkState::On);
    if works && matches!(event.shared.conference, Some(Conference::Wanted { .. })) {
        return room_or_patience(app, caller, &id).await;
    }
    seen_now(app, caller, &id).await
}

/// Makes an event in a calendar of the company's, as `person` would; who calls this answers for the permission. Nobody is
/// told.
pub(crate) async fn create_in(
    app: &App,
    person: &Person,
    calendar: &SeenCalendar,
    input: &EventInput,
) -> Result<(), Error> {
    let request_id = app.world.new_uuid().simple().to_string();
    let event = draft(input, person, &request_id, false).map_err(Error::Invalid)?;
    let mut tx = app.store.tenant(person.tenant).await?;
    let mut edit = Edit::new(app, person, &mut tx, false);
    let shown = edit.new_rows(calendar, &event);
    edit.insert(calendar, &shown).await?;
    app.commit(tx).await
}

fn with_others(mut faults: Vec<FieldError>, others: Option<Vec<FieldError>>) -> Vec<FieldError> {
    FieldError::gather(&mut faults, others.unwrap_or_default());
    faults
}

/// What the input says, as an event.
fn draft(input: &EventInput, person: &Person, request_id: &str, has_meet: bool) -> Result<Event, Vec<FieldError>> {
    let zone = zone_of(person);
    let when = match input.new_when(&zone) {
        Ok(when) => when,
        Err(errors) => {
            let faults = with_others(input.faults.clone(), Some(errors));
            return Err(with_others(faults, Some(input.faults_besides_time())));
        }
    };
    let mut event = Event::new("", when);
    let mut rest = input.clone();
    (rest.start_time, rest.end_time, rest.time_zone) = (None, None, None);
    (rest.start_date, rest.end_date) = (None, None);
    rest.use_google_meet = Some(input.use_google_meet.unwrap_or(has_meet));
    let faults = with_others(input.faults.clone(), Some(rest.apply(&mut event, &zone, request_id, true)));
    if faults.is_empty() { Ok(event) } else { Err(faults) }
}

async fn seen_now(app: &App, person: &Person, id: &str) -> Result<EventView, Error> {
    let mut tx = app.store.tenant_read(person.tenant).await?;
    let view = view_by_id(&mut tx, person, id).await?;
    tx.end().await?;
    Ok(view)
}

/// Waits until Google has made the room, has refused, or patience ends.
pub(super) async fn room_or_patience(app: &App, person: &Person, id: &str) -> Result<EventView, Error> {
    let until = app.now().plus_seconds(PATIENCE);
    let mut commits = app.live.follow();
    loop {
        let view = seen_now(app, person, id).await?;
        let settled =
            matches!(view.event.shared.conference, None | Some(Conference::Ready { .. } | Conference::Failed { .. }));
        if settled || view.sync == "refused" || app.now() >= until {
            return Ok(view);
        }
        let tick = app.world.clock.sleep(Duration::from_millis(250));
        tokio::select! {
            _ = commits.recv() => {}
            () = tick => {}
        }
    }
}
