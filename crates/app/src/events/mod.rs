//! Events as people see and edit them: an entry of a calendar with its meeting, or one occurrence of a series.

mod answer;
mod change;
mod create;
mod delete;
mod edit;
mod input;
mod list;
mod series;

pub use change::change;
pub use create::create;
pub use delete::{Deleted, RemovedCursor, RemovedEvent, delete, removed, undo};
pub use input::{AttendeeInput, EventInput, ReminderInput, RemindersInput};
pub use list::{EventCursor, EventPage, EventQuery, list};
pub use portico_calendar as calendar;

pub(crate) use create::create_in;
pub(crate) use delete::{delete_all, restore};
pub(crate) use edit::Edit;
pub(crate) use list::found_in;

use std::{
    collections::{HashMap, HashSet},
    str::FromStr,
    sync::Arc,
};

use jiff::tz::TimeZone;
use portico_calendar::{Answer, Attendee, Conference, Event, OriginalStart, Private, Shared, Status, Visibility};
use portico_kernel::{ConflictId, EmailAddress, EmployeeId, EntryId, Timestamp};
use portico_store::{Entry, EventType, LinkState, Meeting, Shown, TenantTx};
use sha2::{Digest, Sha256};

use crate::{
    App, Error,
    access::{Caller, Person, ReadCalendar},
    calendars::{self, Access, SeenCalendar},
    employees,
    google_event::redact,
};

/// How much of a series an act concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditScope {
    /// One occurrence.
    This,
    /// One occurrence and all after it.
    Following,
    /// The whole series.
    All,
}

impl EditScope {
    /// Reads the API's word.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "this" => Some(Self::This),
            "following" => Some(Self::Following),
            "all" => Some(Self::All),
            _ => None,
        }
    }
}

/// What a person may do with an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Can {
    /// Change what its people share.
    pub edit: bool,
    /// Remove it from the calendar.
    pub delete: bool,
    /// Answer the invitation.
    pub answer: bool,
    /// Move it to another calendar.
    pub move_away: bool,
}

/// Whose event it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organizer {
    /// The address.
    pub email: String,
    /// The name, where known.
    pub name: Option<String>,
    /// Whether it is the calendar's owner.
    pub is_self: bool,
}

/// A colleague among the guests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownColleague {
    /// The employee.
    pub id: EmployeeId,
    /// Whether the employee has connected Google Calendar.
    pub google_calendar_connected: bool,
}

/// An event as one person sees it.
#[derive(Clone, Debug)]
pub struct EventView {
    /// The entry's id; of an occurrence `{id}_{original start}`.
    pub id: String,
    /// The calendar that shows it.
    pub calendar: portico_kernel::CalendarId,
    /// The series it belongs to.
    pub series: Option<EntryId>,
    /// The start by the rule, for an occurrence.
    pub original_start: Option<OriginalStart>,
    /// What it says; the time alone where details are withheld.
    pub event: Event,
    /// Whether it is a series or an occurrence of one.
    pub is_recurring: bool,
    /// Whether it is an occurrence that was changed by itself.
    pub is_exception: bool,
    /// What special kind of event it is: Google alone lets it be changed.
    pub event_type: Option<EventType>,
    /// Whose event it is.
    pub organizer: Option<Organizer>,
    /// The addresses under which the calendar's owner stands in the guest list.
    pub own_addresses: Vec<EmailAddress>,
    /// The colleagues among the guests.
    pub employees: Arc<HashMap<EmailAddress, KnownColleague>>,
    /// Whether the person is to know which of them have connected Google Calendar: the organizer is.
    pub tells_connected: bool,
    /// What the person may do.
    pub can: Can,
    /// Whether details are withheld.
    pub busy_only: bool,
    /// Whether guests are left out: they are not for the calendar's owner to see.
    pub attendees_omitted: bool,
    /// How it stands with Google, in one word of the API's.
    pub sync: &'static str,
    /// Why it stands still.
    pub sync_reason: Option<String>,
    /// Since when a change waits to go out, or was refused; none where nothing waits.
    pub sync_since: Option<Timestamp>,
    /// The open conflict.
    pub conflict: Option<ConflictId>,
    /// Where Google shows it; only of an event that is asked for by itself.
    pub google_url: Option<String>,
    /// Changes with every change of what is shown.
    pub etag: String,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What an id addresses.
pub(crate) struct Target {
    pub calendar: SeenCalendar,
    /// The row that holds it: a single event, a master, or an occurrence that was changed.
    pub row: Shown,
    /// The series, when an occurrence is addressed.
    pub series: Option<Shown>,
    /// Which occurrence.
    pub start: Option<OriginalStart>,
    /// What it says.
    pub event: Event,
}

impl Target {
    /// Whether the occurrence has a row of its own.
    pub fn is_exception(&self) -> bool {
        self.series.as_ref().is_some_and(|series| series.entry.id != self.row.entry.id)
    }

    /// The master, or the event itself.
    pub fn whole(&self) -> &Shown {
        self.series.as_ref().unwrap_or(&self.row)
    }

    /// Whether what an act of this scope concerns is withheld from the person, who cannot act on what is not shown.
    pub fn is_withheld(&self, scope: EditScope) -> bool {
        let whole = &self.whole().entry;
        is_withheld(&self.calendar, &self.row.entry, &self.event.private)
            || (scope != EditScope::This && is_withheld(&self.calendar, whole, &whole.private))
    }

    /// The scope that an act has: the one asked for, else this occurrence alone, else everything.
    pub fn scope(&self, asked: Option<EditScope>) -> EditScope {
        match (asked, self.start) {
            (_, None) => EditScope::All,
            (Some(scope), Some(_)) => scope,
            (None, Some(_)) => EditScope::This,
        }
    }
}

pub(crate) fn event_of(shown: &Shown) -> Event {
    Event { shared: shown.meeting.shared.clone(), private: shown.entry.private.clone() }
}

/// Finds what an id of the API addresses. What is not there, deleted, or in a calendar of which the person sees no
/// details, is [`Error::NotFound`].
pub(crate) async fn target(tx: &mut TenantTx, person: &Person, id: &str) -> Result<Target, Error> {
    let (base, start) = portico_calendar::parse_occurrence_id(id);
    let id = EntryId::from_str(base).map_err(|_| Error::NotFound)?;
    let shown = tx.entry(id).await?.filter(|shown| shown.entry.deleted_at.is_none()).ok_or(Error::NotFound)?;
    let mut calendar = calendars::seen_one(tx, person, shown.entry.calendar_id).await?;
    if calendar.access == Access::Busy {
        return Err(Error::NotFound);
    }
    let is_master = !shown.meeting.shared.recurrence.is_empty();
    let (series, row, start) = match (start, shown.entry.series_entry_id, shown.meeting.original_start) {
        (Some(start), _, _) if is_master => {
            let known = tx.entries_of_series(id).await?;
            let row = known.into_iter().find(|row| row.meeting.original_start == Some(start));
            (Some(shown), row, Some(start))
        }
        (Some(_), _, _) => return Err(Error::NotFound),
        (None, Some(series), Some(start)) => {
            let series = tx.entry(series).await?.filter(|series| series.entry.deleted_at.is_none());
            if series.is_none() { (None, Some(shown), None) } else { (series, Some(shown), Some(start)) }
        }
        (None, _, _) => (None, Some(shown), None),
    };
    let (row, event) = match (row, &series, start) {
        (Some(row), _, _) => {
            let is_gone = row.entry.deleted_at.is_some() || row.meeting.shared.status == Status::Cancelled;
            if is_gone {
                return Err(Error::NotFound);
            }
            let event = event_of(&row);
            (row, event)
        }
        (None, Some(series), Some(start)) => {
            let event = portico_calendar::instance(&event_of(series), start, &calendar.zone).ok_or(Error::NotFound)?;
            (series.clone(), event)
        }
        (None, _, _) => return Err(Error::NotFound),
    };
    calendar.addresses.extend(row.entry.own_address.clone());
    Ok(Target { calendar, row, series, start, event })
}

/// The guest's line of a calendar's owner.
pub(crate) fn own_line<'a>(shared: &'a Shared, addresses: &[EmailAddress]) -> Option<&'a Attendee> {
    shared.attendees.iter().find(|line| addresses.contains(&line.email))
}

/// Whether an event takes its calendar's owner's time.
pub(crate) fn is_busy(shared: &Shared, private: &Private, addresses: &[EmailAddress]) -> bool {
    let declined = own_line(shared, addresses).is_some_and(|line| line.answer == Answer::Declined);
    !private.transparent && shared.status != Status::Cancelled && !declined
}

/// Whether the shared fields are this calendar's to change.
pub(crate) fn organizes(calendar: &SeenCalendar, shown: &Shown) -> bool {
    let meeting = &shown.meeting;
    let own = |email: &str| calendar.speaks_as(email);
    let leads = meeting.lead_entry_id == Some(shown.entry.id);
    own(&meeting.organizer_email)
        || (leads
            && (meeting.organizer_email.is_empty() || !shown.entry.is_known_to_google || !meeting_has_guests(meeting)))
}

fn meeting_has_guests(meeting: &Meeting) -> bool {
    !meeting.shared.attendees.is_empty()
}

/// What the person may do with the event that `shown` holds.
pub(crate) fn can(calendar: &SeenCalendar, shown: &Shown) -> Can {
    let writable = calendar.is_writable() && !shown.entry.redacted;
    let organizes = organizes(calendar, shown);
    let is_usual = !shown.entry.event_type.is_special();
    Can {
        edit: writable && is_usual && (organizes || shown.meeting.shared.guests_can_modify),
        delete: writable,
        // An answer is a person's own word: who only sees the calendar at Google gives none for its owner.
        answer: writable
            && !calendar.through_google
            && own_line(&shown.meeting.shared, &calendar.addresses_in(&shown.entry)).is_some(),
        move_away: writable && is_usual && organizes && shown.meeting.original_start.is_none(),
    }
}

/// Whether a person sees no more of an event than that it takes time, and may not know of it where it takes none: it is
/// private and somebody else's, or its calendar shows no more, or Google alone shows the person the calendar and does not have
/// it. Of a calendar that is nobody's own, whoever may write it sees all. The owner of what was kept without its text is told no more either, but it stays theirs to remove.
pub(super) fn is_withheld(calendar: &SeenCalendar, entry: &Entry, private: &Private) -> bool {
    let is_private = matches!(private.visibility, Some(Visibility::Private | Visibility::Confidential));
    let is_for = calendar.mine || (calendar.calendar.owner.is_none() && calendar.access >= Access::Writer);
    calendar.access == Access::Busy
        || (!is_for && (is_private || entry.redacted))
        || (calendar.through_google && !is_at_google(entry))
}

/// Whether Google has an entry, or will as soon as it is sent.
fn is_at_google(entry: &Entry) -> bool {
    entry.is_known_to_google || (entry.link_id.is_some() && entry.is_pending())
}

/// Whether a guest list is not for this calendar's owner to see: the meeting is another's, who hides the guests from each other.
/// Who may change the list sees it.
pub(crate) fn hides_guests(calendar: &SeenCalendar, shown: &Shown) -> bool {
    let shared = &shown.meeting.shared;
    !shared.guests_can_see_other_guests && !shared.guests_can_modify && !organizes(calendar, shown)
}

/// Leaves of a guest list the own lines and the organizer's.
pub(crate) fn omit_guests(guests: &mut Vec<Attendee>, own: &[EmailAddress], organizer: &str) {
    guests.retain(|line| own.contains(&line.email) || line.email.as_str() == organizer);
}

/// How an entry stands with Google, and why.
fn sync_of(calendar: &SeenCalendar, row: &Shown, event: &Event, conflict: bool) -> (&'static str, Option<String>) {
    let entry = &row.entry;
    let link = entry.link_id.and_then(|id| calendar.links.iter().find(|link| link.id == id));
    let asking = matches!(event.shared.conference, Some(Conference::Wanted { .. } | Conference::Pending { .. }));
    let waits = entry.is_pending() || asking;
    // Of a colleague's meeting Google makes the copy, once the organizer's calendar has brought the meeting there.
    let is_brought = !entry.is_known_to_google
        && entry.series_entry_id.is_none()
        && row.meeting.lead_entry_id.is_some_and(|lead| lead != entry.id);
    match (&entry.push_problem, link) {
        _ if conflict => ("conflict", None),
        (Some(problem), _) if entry.is_pending() => ("refused", Some(problem.clone())),
        // Another calendar's link carries it until it is moved at Google too.
        (_, None) if entry.link_id.is_some() && entry.is_known_to_google && entry.is_pending() => ("pending", None),
        (_, None) => (if entry.is_known_to_google && !entry.is_pending() { "in_step" } else { "not_connected" }, None),
        (_, Some(link)) if !matches!(link.state, LinkState::On | LinkState::Paused) => ("not_connected", None),
        (_, Some(_)) if is_brought => ("not_connected", Some("organizer".to_owned())),
        (_, Some(link)) if waits && link.state == LinkState::Paused => ("pending", Some("paused".to_owned())),
        (_, Some(link)) if entry.is_pending() && link.reason.as_deref() == Some("held") => ("held", None),
        (_, Some(link)) if waits => ("pending", link.reason.clone()),
        (_, Some(_)) if !entry.is_known_to_google => ("not_connected", None),
        _ => ("in_step", None),
    }
}

/// When the act was done that still waits to go out.
fn waits_since(entry: &Entry) -> Option<Timestamp> {
    let at = entry.act.as_ref().filter(|_| entry.is_pending())?.get("at")?.as_i64()?;
    Some(Timestamp(at))
}

/// A short digest of what is shown.
fn etag(event: &Event, entry: &Entry) -> String {
    let mut digest = Sha256::new();
    digest.update(serde_json::to_vec(event).unwrap_or_default());
    digest.update(entry.calendar_id.0);
    hex::encode(&digest.finalize()[..10])
}

/// What of an event is shown, and how.
pub(crate) struct Showing<'a> {
    pub calendar: &'a SeenCalendar,
    pub row: &'a Shown,
    pub series: Option<EntryId>,
    pub start: Option<OriginalStart>,
    pub event: Event,
    pub conflict: Option<ConflictId>,
}

/// The view of one event; none where the person may not know of it.
pub(crate) fn view(showing: Showing<'_>, employees: Arc<HashMap<EmailAddress, KnownColleague>>) -> Option<EventView> {
    let Showing { calendar, row, series, start, mut event, conflict } = showing;
    let withheld = row.entry.redacted || is_withheld(calendar, &row.entry, &event.private);
    let mut own_addresses = calendar.addresses_in(&row.entry);
    if withheld && !calendar.mine && !is_busy(&event.shared, &event.private, &own_addresses) {
        return None;
    }
    let hides = hides_guests(calendar, row);
    if hides {
        omit_guests(&mut event.shared.attendees, &own_addresses, &row.meeting.organizer_email);
    }
    if calendar.through_google {
        own_addresses.clear();
    }
    let tag = etag(&event, &row.entry);
    let (sync, sync_reason) = sync_of(calendar, row, &event, conflict.is_some());
    let own = |email: &str| calendar.speaks_as(email);
    let organizer = (!row.meeting.organizer_email.is_empty()).then(|| Organizer {
        email: row.meeting.organizer_email.clone(),
        name: Some(row.meeting.organizer_name.clone()).filter(|name| !name.is_empty()),
        is_self: own(&row.meeting.organizer_email),
    });
    let mut rights = can(calendar, row);
    if withheld {
        redact(&mut event);
        event.shared.recurrence.clear();
        rights = Can { delete: rights.delete && calendar.mine, ..Can::default() };
    }
    Some(EventView {
        id: match (series, start) {
            (Some(series), Some(start)) => format!("{series}_{}", start.compact()),
            _ => row.entry.id.to_string(),
        },
        calendar: row.entry.calendar_id,
        series,
        original_start: start,
        is_recurring: series.is_some() || !row.meeting.shared.recurrence.is_empty(),
        is_exception: series.is_some_and(|series| series != row.entry.id),
        event_type: Some(row.entry.event_type).filter(|kind| kind.is_special() && !withheld),
        organizer: organizer.filter(|_| !withheld),
        own_addresses,
        employees,
        tells_connected: rights.edit && organizes(calendar, row),
        can: rights,
        busy_only: withheld,
        attendees_omitted: hides && !withheld,
        sync,
        sync_reason,
        sync_since: waits_since(&row.entry),
        conflict: conflict.filter(|_| calendar.mine),
        google_url: None,
        etag: tag,
        updated_at: row.meeting.updated_at,
        event,
    })
}

/// The colleagues among these people.
pub(crate) async fn colleagues<'a>(
    tx: &mut TenantTx,
    events: impl Iterator<Item = &'a Shared>,
) -> Result<Arc<HashMap<EmailAddress, KnownColleague>>, Error> {
    let lines = events.flat_map(|shared| &shared.attendees);
    let addresses: HashSet<&EmailAddress> = lines.map(|line| &line.email).collect();
    let mut addresses: Vec<EmailAddress> = addresses.into_iter().cloned().collect();
    addresses.sort_unstable();
    let found = tx.employees_by_emails(&addresses).await?;
    let ids: Vec<EmployeeId> = found.values().map(|employee| employee.id).collect();
    let connected: HashSet<EmployeeId> = employees::calendar_connections(tx, &ids).await?.into_values().collect();
    let known = |id| KnownColleague { id, google_calendar_connected: connected.contains(&id) };
    Ok(Arc::new(found.into_iter().map(|(email, employee)| (email, known(employee.id))).collect()))
}

/// The event that an id addresses, as the person sees it.
pub(crate) async fn view_by_id(tx: &mut TenantTx, person: &Person, id: &str) -> Result<EventView, Error> {
    let target = target(tx, person, id).await?;
    let conflict = tx.open_conflicts_of_entry(target.row.entry.id).await?.first().map(|conflict| conflict.id);
    let employees = colleagues(tx, std::iter::once(&target.event.shared)).await?;
    let showing = Showing {
        calendar: &target.calendar,
        row: &target.row,
        series: target.series.as_ref().map(|series| series.entry.id),
        start: target.start,
        event: target.event,
        conflict,
    };
    let mut view = view(showing, employees).ok_or(Error::NotFound)?;
    if !view.busy_only {
        view.google_url = tx.google_copy(target.row.entry.id).await?.as_deref().and_then(html_link);
    }
    Ok(view)
}

/// The page that Google names for an event, if it is one of Google's.
fn html_link(copy: &str) -> Option<String> {
    let link = serde_json::from_str::<portico_google::calendar::Event>(copy).ok()?.html_link?;
    url::Url::parse(&link).is_ok_and(|url| url.scheme() == "https").then_some(link)
}

/// One event, or one occurrence.
pub async fn get(app: &App, caller: &Caller<ReadCalendar>, id: &str) -> Result<EventView, Error> {
    let mut tx = app.store.tenant_read(caller.tenant).await?;
    let view = view_by_id(&mut tx, caller, id).await?;
    tx.end().await?;
    Ok(view)
}

/// The zone that a person means who names none.
fn zone_of(person: &Person) -> TimeZone {
    crate::spans::zone(&person.time_zone)
}
