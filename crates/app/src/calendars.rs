//! Calendars, and what a person may do with each.

use std::collections::{HashMap, HashSet};

use jiff::tz::TimeZone;
use portico_kernel::{CalendarId, ConnectionId, DepartmentId, EmailAddress, EmployeeId, Timestamp};
use portico_store::{
    Calendar, CalendarKind, Connection, Direction, Entry, JournalRow, Link, LinkState, Sharing, TenantTx,
};
use serde_json::json;

use crate::{
    App, Error, FieldError, IdempotencyKey,
    access::{self, Caller, Person, ReadCalendar},
    carriers,
    reach::Reach,
    spans,
};

/// What a person may do with a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// See when it is busy.
    Busy,
    /// See its events.
    Reader,
    /// Change its events.
    Writer,
    /// Everything: it is the person's own.
    Owner,
}

impl Access {
    /// As the API spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Reader => "reader",
            Self::Writer => "writer",
            Self::Owner => "owner",
        }
    }
}

/// What a link's state depends on beside the link.
#[derive(Clone, Debug)]
pub struct Carried {
    /// The connection's state, such as `authorized`.
    pub state: String,
    /// Since when that is its state.
    pub since: Option<Timestamp>,
    /// Whether the link has open conflicts.
    pub in_conflict: bool,
}

/// A calendar as one person sees it.
#[derive(Clone, Debug)]
pub struct SeenCalendar {
    /// The calendar.
    pub calendar: Calendar,
    /// What the person may do.
    pub access: Access,
    /// Whether it is the person's own.
    pub mine: bool,
    /// What Google lets the person do with it, where it is a colleague's and a connection of the person's sees it too.
    pub at_google: Option<Access>,
    /// Whether the person sees more of it than time for no other reason than that.
    pub through_google: bool,
    /// The Google calendars that it is tied to.
    pub links: Vec<Link>,
    /// How the main link's connection stands, where somebody looks at the calendars in view.
    pub carrier: Option<Carried>,
    /// The owner's name.
    pub owner_name: Option<String>,
    /// The addresses under which its owner stands in guest lists.
    pub addresses: Vec<EmailAddress>,
    /// The zone in which its whole days begin.
    pub zone: TimeZone,
}

impl SeenCalendar {
    /// Whether an organizer's address is this calendar's: one of its owner's, or Google's id of the calendar, which of a
    /// secondary calendar is longer than an address may be.
    pub fn speaks_as(&self, organizer: &str) -> bool {
        self.addresses.iter().any(|address| address.as_str() == organizer)
            || self.links.iter().any(|link| link.google_calendar_id == organizer)
    }

    /// The addresses under which its owner stands in the guest list of an entry of it.
    pub fn addresses_in(&self, entry: &Entry) -> Vec<EmailAddress> {
        self.addresses.iter().chain(&entry.own_address).cloned().collect()
    }

    /// The link through which new events go out.
    pub fn outgoing(&self) -> Option<&Link> {
        let goes_out = |link: &&Link| {
            matches!(link.state, LinkState::On | LinkState::Paused) && link.direction != Direction::FromGoogle
        };
        self.links.iter().filter(goes_out).min_by_key(|link| link.role != portico_store::LinkRole::Main)
    }

    /// Whether new events may have a Meet, as far as Google has said.
    pub fn has_meet(&self) -> bool {
        self.outgoing().is_some_and(|link| link.meets)
    }

    /// The link that says how the calendar stands with Google.
    pub fn main_link(&self) -> Option<&Link> {
        self.outgoing().or_else(|| self.links.iter().find(|link| link.state != LinkState::Retired))
    }

    /// Whether Google's side is a mere reading, so that nothing that is written here goes out.
    pub fn is_only_read(&self) -> bool {
        !self.links.is_empty()
            && self.links.iter().all(|link| link.state == LinkState::On && link.direction == Direction::FromGoogle)
    }

    /// Whether events can be written: the person may, and what is written goes out.
    pub fn is_writable(&self) -> bool {
        self.access >= Access::Writer && !self.is_only_read()
    }
}

impl Access {
    /// What the holder of a right at Google may do here. What is private is its owner's, as everywhere.
    fn of_google(role: &str) -> Self {
        match role {
            role if carriers::may_write(role) => Self::Writer,
            role if carriers::sees_details(role) => Self::Reader,
            _ => Self::Busy,
        }
    }
}

/// What Google lets a person do with the calendars that colleagues' connections carry and the person's own see too.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rights(HashMap<CalendarId, Access>);

impl Rights {
    pub(crate) async fn of(tx: &mut TenantTx, person: &Person) -> Result<Self, Error> {
        let mut rights: HashMap<CalendarId, Access> = HashMap::new();
        let Some(employee) = person.employee else { return Ok(Self(rights)) };
        for (calendar, role) in tx.calendars_at_google(employee).await? {
            let access = Access::of_google(&role);
            rights.entry(calendar).and_modify(|known| *known = access.max(*known)).or_insert(access);
        }
        Ok(Self(rights))
    }
}

/// What `person` may do with `calendar`, whose owner works in `department`.
fn access_to(person: &Person, calendar: &Calendar, reach: &Reach, department: Option<DepartmentId>) -> Access {
    let granted = |action: &str| reach.grants(person, "calendar", action, department);
    match calendar.owner {
        Some(owner) if person.employee == Some(owner) => Access::Owner,
        Some(_) if granted("write") => Access::Writer,
        Some(_) if calendar.sharing == Sharing::Details || granted("read") => Access::Reader,
        Some(_) => Access::Busy,
        None if granted("write") => Access::Writer,
        None => Access::Reader,
    }
}

/// The calendars of which a person sees more than when they are busy: the own ones first, then the company's, those that
/// are shared, here or at Google, and those of people whom the person's roles reach.
pub(crate) async fn readable(tx: &mut TenantTx, person: &Person) -> Result<Vec<Calendar>, Error> {
    let mut calendars = tx.calendars_seen_by(person.employee()?).await?;
    let reach = Reach::of(tx, person).await?;
    let departments = reach.departments(person, "calendar", "read");
    let reached = match departments.as_deref() {
        Some([]) => Vec::new(),
        departments => tx.calendars_of_departments(departments).await?,
    };
    add_unknown(&mut calendars, reached);
    let shared = shared_at_google(tx, person, Access::Reader).await?;
    add_unknown(&mut calendars, shared);
    Ok(calendars)
}

/// Colleagues' calendars with which Google lets the person do so much.
async fn shared_at_google(tx: &mut TenantTx, person: &Person, least: Access) -> Result<Vec<Calendar>, Error> {
    let Rights(rights) = Rights::of(tx, person).await?;
    let ids: Vec<CalendarId> = rights.into_iter().filter(|(_, access)| *access >= least).map(|(id, _)| id).collect();
    let mut calendars = tx.calendars_by_ids(&ids).await?;
    calendars.retain(|calendar| calendar.deleted_at.is_none());
    Ok(calendars)
}

/// The calendars that a person has in view without naming any: the own ones, and what colleagues' connections carry and
/// Google shows the person too.
pub(crate) async fn in_view(tx: &mut TenantTx, person: &Person) -> Result<Vec<Calendar>, Error> {
    let mut calendars = tx.calendars_of(person.employee()?).await?;
    let shared = shared_at_google(tx, person, Access::Busy).await?;
    add_unknown(&mut calendars, shared);
    Ok(calendars)
}

fn add_unknown(calendars: &mut Vec<Calendar>, more: Vec<Calendar>) {
    let known: HashSet<CalendarId> = calendars.iter().map(|calendar| calendar.id).collect();
    calendars.extend(more.into_iter().filter(|calendar| !known.contains(&calendar.id)));
}

/// These calendars as `person` sees them, with their links and their owners' names and addresses.
pub async fn seen(tx: &mut TenantTx, person: &Person, calendars: Vec<Calendar>) -> Result<Vec<SeenCalendar>, Error> {
    let is_colleagues = |calendar: &Calendar| calendar.owner.is_some() && calendar.owner != person.employee;
    let rights = if calendars.iter().any(is_colleagues) { Rights::of(tx, person).await? } else { Rights::default() };
    seen_with(tx, person, calendars, &rights).await
}

/// The same for somebody whose rights at Google are known, or do not matter.
pub(crate) async fn seen_with(
    tx: &mut TenantTx,
    person: &Person,
    calendars: Vec<Calendar>,
    rights: &Rights,
) -> Result<Vec<SeenCalendar>, Error> {
    let owners: Vec<EmployeeId> = calendars.iter().filter_map(|calendar| calendar.owner).collect();
    let employees = tx.employees_by_ids(&owners).await?;
    let reach = Reach::of(tx, person).await?;
    let ids: Vec<CalendarId> = calendars.iter().map(|calendar| calendar.id).collect();
    let mut links: HashMap<CalendarId, Vec<Link>> = HashMap::new();
    for link in tx.links_of_calendars(&ids).await? {
        if let Some(calendar) = link.calendar_id {
            links.entry(calendar).or_default().push(link);
        }
    }
    Ok(calendars
        .into_iter()
        .map(|calendar| {
            let links = links.remove(&calendar.id).unwrap_or_default();
            let owner = calendar.owner.and_then(|owner| employees.get(&owner));
            let mut addresses: Vec<EmailAddress> =
                links.iter().filter_map(|link| EmailAddress::parse(&link.google_calendar_id).ok()).collect();
            addresses.extend(owner.map(|owner| owner.email.clone()).filter(|email| !addresses.contains(email)));
            let here = access_to(person, &calendar, &reach, owner.and_then(|owner| owner.department_id));
            let mine = calendar.owner.is_some() && calendar.owner == person.employee;
            let at_google = rights.0.get(&calendar.id).copied().filter(|_| !mine);
            SeenCalendar {
                access: at_google.map_or(here, |there| there.max(here)),
                mine,
                at_google,
                through_google: here == Access::Busy && at_google > Some(Access::Busy),
                carrier: None,
                owner_name: owner.map(|owner| owner.name.clone()),
                zone: spans::zone(&calendar.time_zone),
                links,
                addresses,
                calendar,
            }
        })
        .collect())
}

/// One calendar as `person` sees it; [`Error::NotFound`] when it is not there.
pub async fn seen_one(tx: &mut TenantTx, person: &Person, id: CalendarId) -> Result<SeenCalendar, Error> {
    let calendar = tx.calendar(id).await?.filter(|calendar| calendar.deleted_at.is_none()).ok_or(Error::NotFound)?;
    seen(tx, person, vec![calendar]).await?.pop().ok_or(Error::NotFound)
}

/// Looks up how the links of the calendars are carried that the person has in view.
async fn look_up_carriers(tx: &mut TenantTx, calendars: &mut [SeenCalendar]) -> Result<(), Error> {
    let in_conflict = tx.links_in_conflict().await?;
    let is_in_view = |calendar: &SeenCalendar| calendar.mine || calendar.at_google.is_some();
    let in_view = || calendars.iter().filter(|calendar| is_in_view(calendar));
    let carriers: HashSet<ConnectionId> =
        in_view().filter_map(SeenCalendar::main_link).map(|link| link.connection_id).collect();
    let carriers = tx.connections_by_ids(&carriers.into_iter().collect::<Vec<_>>()).await?;
    let carriers: HashMap<ConnectionId, Connection> =
        carriers.into_iter().map(|connection| (connection.id, connection)).collect();
    for calendar in calendars.iter_mut().filter(|calendar| is_in_view(calendar)) {
        let Some(link) = calendar.main_link() else { continue };
        let in_conflict = calendar.mine && in_conflict.contains(&link.id);
        calendar.carrier = carriers.get(&link.connection_id).map(|connection| Carried {
            state: connection.state.clone(),
            since: connection.stands_since,
            in_conflict,
        });
    }
    Ok(())
}

/// The calendars that the caller can open, the own ones first; also those of which Google shows no more than time.
pub async fn list(app: &App, caller: &Caller<ReadCalendar>) -> Result<Vec<SeenCalendar>, Error> {
    let mut tx = app.store.tenant_read(caller.tenant).await?;
    let mut calendars = readable(&mut tx, caller).await?;
    let shared = shared_at_google(&mut tx, caller, Access::Busy).await?;
    add_unknown(&mut calendars, shared);
    let mut list = seen(&mut tx, caller, calendars).await?;
    look_up_carriers(&mut tx, &mut list).await?;
    tx.end().await?;
    Ok(list)
}

/// What a person says about a calendar.
#[derive(Clone, Debug, Default)]
pub struct CalendarInput {
    /// Its name.
    pub name: Option<String>,
    /// Its colour, `#rrggbb`.
    pub color: Option<String>,
    /// Its IANA zone.
    pub time_zone: Option<String>,
    /// `busy` or `details`.
    pub sharing: Option<String>,
    /// What of it could not be understood, and is absent here: told with what else is not right.
    pub faults: Vec<FieldError>,
}

/// Writes what the input says; a `new` calendar has to have a name.
fn apply(calendar: &mut Calendar, input: &CalendarInput, new: bool) -> Result<(), Error> {
    let mut errors = Vec::new();
    if new && input.name.is_none() {
        errors.push(FieldError::new("name", "required"));
    }
    if let Some(name) = &input.name {
        match name.trim() {
            "" => errors.push(FieldError::new("name", "required")),
            name if name.len() > 256 => errors.push(FieldError::new("name", "too_long").with(256)),
            name => calendar.name = name.to_owned(),
        }
    }
    if let Some(color) = &input.color {
        let digits = color.strip_prefix('#').unwrap_or_default();
        if digits.len() == 6 && digits.chars().all(|c| c.is_ascii_hexdigit()) {
            calendar.color = color.to_ascii_lowercase();
        } else {
            errors.push(FieldError::new("color", "unknown_value"));
        }
    }
    if let Some(zone) = &input.time_zone {
        match TimeZone::get(zone) {
            Ok(_) => calendar.time_zone.clone_from(zone),
            Err(_) => errors.push(FieldError::new("time_zone", "unknown_zone")),
        }
    }
    if let Some(sharing) = &input.sharing {
        match Sharing::parse(sharing) {
            Some(sharing) => calendar.sharing = sharing,
            None => errors.push(FieldError::new("sharing", "unknown_value")),
        }
    }
    let mut faults = input.faults.clone();
    FieldError::gather(&mut faults, errors);
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}

fn new_calendar(app: &App, owner: EmployeeId, name: &str, time_zone: &str) -> Calendar {
    let now = app.now();
    Calendar {
        id: CalendarId::new(&app.world),
        owner: Some(owner),
        kind: CalendarKind::Personal,
        name: name.to_owned(),
        color: "#3b6ea5".into(),
        time_zone: time_zone.to_owned(),
        sharing: Sharing::Busy,
        is_main: false,
        deleted_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// The employee's main calendar, made when there is none: invitations appear in it.
pub async fn ensure_main(
    app: &App,
    tx: &mut TenantTx,
    employee: EmployeeId,
    name: &str,
    time_zone: &str,
) -> Result<Calendar, Error> {
    let own = tx.calendars_of(employee).await?;
    if let Some(main) = own.into_iter().find(|calendar| calendar.is_main) {
        return Ok(main);
    }
    let calendar = Calendar { is_main: true, ..new_calendar(app, employee, name, time_zone) };
    tx.put_calendar(&calendar).await?;
    Ok(calendar)
}

/// Makes a calendar of the caller's own.
pub async fn create(
    app: &App,
    caller: &Caller<access::Calendar>,
    input: &CalendarInput,
    key: Option<&IdempotencyKey>,
) -> Result<SeenCalendar, Error> {
    let employee = caller.employee()?;
    let mut calendar = new_calendar(app, employee, "", &caller.time_zone);
    apply(&mut calendar, input, true)?;
    let mut tx = app.store.tenant(caller.tenant).await?;
    if let Some(key) = key
        && let Some(made) = key.made_before(app, &mut tx, caller.account).await?
    {
        let id = made.parse().map_err(|_| Error::NotFound)?;
        let seen = match seen_one(&mut tx, caller, id).await {
            Err(Error::NotFound) => return Err(Error::MadeBefore { made }),
            other => other?,
        };
        tx.end().await?;
        return Ok(seen);
    }
    calendar.is_main = tx.calendars_of(employee).await?.is_empty();
    tx.put_calendar(&calendar).await?;
    tx.journal(row(caller, "calendar.created", None, &calendar));
    let seen = seen_one(&mut tx, caller, calendar.id).await?;
    if let Some(key) = key {
        key.keep(&mut tx, caller.account, &calendar.id.to_string()).await?;
    }
    app.commit(tx).await?;
    Ok(seen)
}

/// Changes a calendar of the caller's own.
pub async fn update(
    app: &App,
    caller: &Caller<access::Calendar>,
    id: CalendarId,
    input: &CalendarInput,
) -> Result<SeenCalendar, Error> {
    let mut tx = app.store.tenant(caller.tenant).await?;
    let before = seen_one(&mut tx, caller, id).await?;
    if before.access != Access::Owner {
        return Err(if before.access == Access::Busy {
            Error::NotFound
        } else {
            Error::Conflict { reason: "not_yours" }
        });
    }
    let mut calendar = before.calendar.clone();
    apply(&mut calendar, input, false)?;
    calendar.version += 1;
    calendar.updated_at = app.now();
    tx.put_calendar(&calendar).await?;
    tx.journal(row(caller, "calendar.updated", Some(&before.calendar), &calendar));
    let mut seen = seen_one(&mut tx, caller, id).await?;
    look_up_carriers(&mut tx, std::slice::from_mut(&mut seen)).await?;
    app.commit(tx).await?;
    Ok(seen)
}

fn row(person: &Person, action: &'static str, before: Option<&Calendar>, after: &Calendar) -> JournalRow {
    let says = |calendar: &Calendar| {
        json!({
            "calendar": calendar.id, "name": calendar.name, "color": calendar.color,
            "time_zone": calendar.time_zone, "sharing": calendar.sharing.as_str(),
        })
    };
    JournalRow {
        actor: person.actor(),
        action,
        subject_kind: "calendar",
        subject: after.id.0,
        before: before.map(says),
        after: Some(says(after)),
        why: None,
    }
}
