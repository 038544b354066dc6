//! When colleagues are busy, and when they are all free. Nobody learns more than that.

use std::collections::{BTreeSet, HashMap};

use jiff::{ToSpan, civil::Weekday, tz::TimeZone};
use portico_calendar::{Busy, free_slots, merge_busy};
use portico_kernel::{EmailAddress, EmployeeId, Timestamp};
use portico_store::{LinkRole, Meeting, TenantTx};

use crate::{
    App, Error, FieldError,
    access::{Caller, Person, ReadCalendar},
    calendars::{self, Rights, SeenCalendar},
    events::{found_in, is_busy},
    links,
};

/// The longest window, in seconds.
const LONGEST: i64 = 92 * 86_400;
/// The most people at once.
const MOST_PEOPLE: usize = 50;
/// People meet between these hours, Monday to Friday, in the zone that is asked for.
const HOURS: (i8, i8) = (9, 18);
/// Slots begin every half hour.
const STEP: i64 = 30 * 60 * 1_000_000;

/// Whose time is asked for.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// By id; none for what is no id.
    pub employees: Vec<Option<EmployeeId>>,
    /// By address; of people outside of the company nothing is known.
    pub emails: Vec<String>,
}

/// One person's busy time.
#[derive(Clone, Debug)]
pub struct PersonBusy {
    /// The employee; none for an address that is no colleague's.
    pub employee: Option<EmployeeId>,
    /// The address.
    pub email: EmailAddress,
    /// When the person is busy, in order.
    pub busy: Vec<Busy>,
    /// Whether that is the whole of it: the person's Google calendar is read and was read lately. Of others there is what is
    /// in Portico, or nothing.
    pub known: bool,
    /// When the person's Google calendar was last read.
    pub as_of: Option<Timestamp>,
}

/// Whose time is asked for, and when; what of a question could not be understood is in `faults`, and absent here.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Whose.
    pub people: People,
    /// From when on.
    pub from: Option<Timestamp>,
    /// Until when.
    pub to: Option<Timestamp>,
    /// Told with what else is not right.
    pub faults: Vec<FieldError>,
}

/// How long a slot is to be, and where.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    /// How long, in minutes.
    pub minutes: Option<i64>,
    /// The zone of the working hours; the person's own when absent.
    pub time_zone: Option<String>,
}

/// What can be answered.
struct Asked {
    people: Vec<(Option<EmployeeId>, EmailAddress)>,
    from: Timestamp,
    to: Timestamp,
}

/// Reads a question; every fault is named, those of `more` too.
async fn asked(tx: &mut TenantTx, question: &Question, more: Vec<FieldError>) -> Result<Asked, Error> {
    let mut errors = Vec::new();
    let (from, to) = (question.from.unwrap_or(Timestamp(0)), question.to.unwrap_or(Timestamp(0)));
    for (field, value) in [("from", question.from), ("to", question.to)] {
        if value.is_none() {
            errors.push(FieldError::new(field, "required"));
        }
    }
    if question.from.is_some() && question.to.is_some() {
        if to <= from {
            errors.push(FieldError::new("to", "before_start"));
        } else if to > from.plus_seconds(LONGEST) {
            errors.push(FieldError::new("to", "out_of_range").with("92 d"));
        }
    }
    let People { employees, emails } = &question.people;
    if employees.is_empty() && emails.is_empty() && !question.faults.iter().any(names_people) {
        errors.push(FieldError::new("employees", "required"));
    }
    let mut people: Vec<(Option<EmployeeId>, EmailAddress)> = Vec::new();
    if employees.len() + emails.len() > MOST_PEOPLE {
        let field = if employees.is_empty() { "emails" } else { "employees" };
        errors.push(FieldError::new(field, "too_many").with(MOST_PEOPLE));
    } else {
        let by_id = tx.employees_by_ids(&employees.iter().flatten().copied().collect::<Vec<_>>()).await?;
        for (index, id) in employees.iter().enumerate() {
            match id.and_then(|id| by_id.get(&id)) {
                Some(employee) => people.push((Some(employee.id), employee.email.clone())),
                None => errors.push(FieldError::new(format!("employees[{index}]"), "unknown")),
            }
        }
        let mut addresses = Vec::new();
        for (index, text) in emails.iter().enumerate() {
            match EmailAddress::parse(text) {
                Ok(address) => addresses.push(address),
                Err(_) => errors.push(FieldError::new(format!("emails[{index}]"), "email")),
            }
        }
        let by_address = tx.employees_by_emails(&addresses).await?;
        people.extend(
            addresses.into_iter().map(|address| (by_address.get(&address).map(|employee| employee.id), address)),
        );
    }
    let mut faults = question.faults.clone();
    FieldError::gather(&mut faults, errors);
    FieldError::gather(&mut faults, more);
    if faults.is_empty() { Ok(Asked { people, from, to }) } else { Err(Error::Invalid(faults)) }
}

fn names_people(fault: &FieldError) -> bool {
    ["employees", "emails"].iter().any(|list| fault.field.starts_with(list))
}

async fn busy_of(
    tx: &mut TenantTx,
    person: &Person,
    Asked { people: asked, from, to }: Asked,
    now: Timestamp,
) -> Result<Vec<PersonBusy>, Error> {
    let ids: Vec<EmployeeId> = asked.iter().filter_map(|(id, _)| *id).collect();
    let mut calendars = tx.calendars_of_all(&ids).await?;
    let mut times: HashMap<EmployeeId, Times> = HashMap::new();
    for id in ids {
        let Some(own) = calendars.remove(&id) else { continue };
        let own = calendars::seen_with(tx, person, own, &Rights::default()).await?;
        let addresses: BTreeSet<&str> = own.iter().flat_map(addresses_of).collect();
        let mut busy = Vec::new();
        for calendar in &own {
            for found in found_in(tx, calendar, from, to).await? {
                let shown = &found.row;
                let theirs = !is_watched(calendar) || takes_part(&shown.meeting, &addresses);
                if theirs && is_busy(&shown.meeting.shared, &shown.entry.private, &calendar.addresses_in(&shown.entry))
                {
                    busy.push(Busy { start: found.start.max(from), end: found.end.min(to) });
                }
            }
        }
        let (mut as_of, mut reads) = (None, false);
        for link in own.iter().flat_map(|calendar| &calendar.links).filter(|link| link.role == LinkRole::Main) {
            as_of = as_of.max(link.last_success_at);
            let works = tx.connection(link.connection_id).await?.is_some_and(|it| it.state == "authorized");
            let state = links::sync_state(link, now);
            reads |= works && link.last_success_at.is_some() && matches!(state, "in_step" | "syncing" | "held");
        }
        times.insert(id, Times { busy: merge_busy(busy), known: reads, as_of });
    }
    Ok(asked
        .into_iter()
        .map(|(employee, email)| {
            let Times { busy, known, as_of } = employee.and_then(|id| times.get(&id).cloned()).unwrap_or_default();
            PersonBusy { employee, email, busy, known, as_of }
        })
        .collect())
}

/// What is known of one person's time.
#[derive(Clone, Default)]
struct Times {
    busy: Vec<Busy>,
    known: bool,
    as_of: Option<Timestamp>,
}

/// The addresses under which the owner of a calendar takes part in meetings: not those of calendars that are only watched.
fn addresses_of(calendar: &SeenCalendar) -> impl Iterator<Item = &str> {
    let watched = |address: &str| {
        let mut of_address = calendar.links.iter().filter(|link| link.google_calendar_id == address);
        of_address.any(|link| link.role == LinkRole::Monitored)
    };
    calendar.addresses.iter().map(EmailAddress::as_str).filter(move |address| !watched(address))
}

/// Whether a calendar is a team's, a room's or another person's, which its owner only watches.
fn is_watched(calendar: &SeenCalendar) -> bool {
    !calendar.links.is_empty() && calendar.links.iter().all(|link| link.role == LinkRole::Monitored)
}

/// Whether a meeting takes the time of whoever has these addresses.
fn takes_part(meeting: &Meeting, addresses: &BTreeSet<&str>) -> bool {
    addresses.contains(meeting.organizer_email.as_str())
        || meeting.shared.attendees.iter().any(|line| addresses.contains(line.email.as_str()))
}

/// When these people are busy between two instants.
pub async fn free_busy(
    app: &App,
    caller: &Caller<ReadCalendar>,
    question: &Question,
) -> Result<Vec<PersonBusy>, Error> {
    let mut tx = app.store.tenant_read(caller.tenant).await?;
    let asked = asked(&mut tx, question, Vec::new()).await?;
    let busy = busy_of(&mut tx, caller, asked, app.now()).await?;
    tx.end().await?;
    Ok(busy)
}

/// Slots in which everybody is free, as far as is known.
#[derive(Clone, Debug)]
pub struct FreeTime {
    /// Beginnings and ends.
    pub slots: Vec<(jiff::Zoned, jiff::Zoned)>,
    /// Those of whose time not all is known.
    pub unknown: Vec<EmailAddress>,
}

/// Up to twenty slots in which all these people are free, within working hours.
pub async fn find_time(
    app: &App,
    caller: &Caller<ReadCalendar>,
    question: &Question,
    slots: &Slots,
) -> Result<FreeTime, Error> {
    let mut errors = Vec::new();
    let minutes = slots.minutes.unwrap_or_default();
    match slots.minutes {
        None => errors.push(FieldError::new("minutes", "required")),
        Some(minutes) if (1..=24 * 60).contains(&minutes) => {}
        Some(_) => errors.push(FieldError::new("minutes", "out_of_range").with("1–1440")),
    }
    let zone = slots.time_zone.as_deref().map(TimeZone::get);
    if let Some(Err(_)) = zone {
        errors.push(FieldError::new("time_zone", "unknown_zone"));
    }
    let zone = zone.and_then(Result::ok).unwrap_or_else(|| crate::spans::zone(&caller.time_zone));
    let mut tx = app.store.tenant_read(caller.tenant).await?;
    let mut asked = asked(&mut tx, question, errors).await?;
    asked.from = asked.from.max(app.now());
    asked.to = asked.to.max(asked.from);
    let (from, to) = (asked.from, asked.to);
    let busy = busy_of(&mut tx, caller, asked, app.now()).await?;
    tx.end().await?;
    let unknown = busy.iter().filter(|person| !person.known).map(|person| person.email.clone()).collect();
    let all = merge_busy(busy.into_iter().flat_map(|person| person.busy).collect());
    let slots = free_slots(&all, &working_hours(from, to, &zone), minutes * 60_000_000, STEP, 20);
    let zoned = |at: Timestamp| at.to_jiff().to_zoned(zone.clone());
    let slots = slots.into_iter().map(|slot| (zoned(slot.start), zoned(slot.end))).collect();
    Ok(FreeTime { slots, unknown })
}

/// The stretches of a window in which people may meet, each begun at a step of its day.
fn working_hours(from: Timestamp, to: Timestamp, zone: &TimeZone) -> Vec<Busy> {
    let mut hours = Vec::new();
    let mut day = from.to_jiff().to_zoned(zone.clone()).date();
    while let Ok(midnight) = day.to_zoned(zone.clone()) {
        if Timestamp::from(midnight.timestamp()) >= to {
            break;
        }
        let at = |hour: i8| day.at(hour, 0, 0, 0).to_zoned(zone.clone()).map(|at| Timestamp::from(at.timestamp()));
        if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
            && let (Ok(opens), Ok(closes)) = (at(HOURS.0), at(HOURS.1))
        {
            let late = (from.0 - opens.0).max(0);
            let start = Timestamp(opens.0 + (late + STEP - 1) / STEP * STEP);
            let end = closes.min(to);
            if start < end {
                hours.push(Busy { start, end });
            }
        }
        match day.checked_add(1.day()) {
            Ok(next) => day = next,
            Err(_) => break,
        }
    }
    hours
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_hours_begin_on_the_half_hour_and_leave_the_weekend_out() {
        let zone = TimeZone::get("Europe/Prague").unwrap();
        let at = |text: &str| Timestamp::from(text.parse::<jiff::Timestamp>().unwrap());
        // Friday 14:10 to Monday 10:00, Prague.
        let hours = working_hours(at("2026-11-20T13:10:00Z"), at("2026-11-23T09:00:00Z"), &zone);
        let expect = [
            (at("2026-11-20T13:30:00Z"), at("2026-11-20T17:00:00Z")),
            (at("2026-11-23T08:00:00Z"), at("2026-11-23T09:00:00Z")),
        ];
        assert_eq!(hours.iter().map(|open| (open.start, open.end)).collect::<Vec<_>>(), expect);
    }
}
