//! Conflicts: both versions shown, and the choice between them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use portico_calendar::{Attendee, Field, Status};
use portico_kernel::{AccountId, CalendarId, ConflictId, EntryId, TenantId, Timestamp};
use portico_store::{Actor, Conflict, ConflictField, ConflictPolicy, ConflictsThat, JournalRow, Shown, TenantTx};
use serde_json::{Value, json};

use crate::{
    App, Error, FieldError, Next,
    access::{Calendar, Caller, Person, ReadCalendar},
    calendars::{self, SeenCalendar},
    events::{Edit, delete_all, event_of, hides_guests, omit_guests, organizes, restore},
};

/// The queue's name of the work that lets the company's rule decide a conflict; the key is the conflict's id.
pub const DECIDE: &str = "decide_conflict";

/// One of the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What was written here.
    Portico,
    /// What was written at Google.
    Google,
}

impl Side {
    /// Reads the API's word.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "portico" => Some(Self::Portico),
            "google" => Some(Self::Google),
            _ => None,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Portico => "portico",
            Self::Google => "google",
        }
    }
}

/// What is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// One side for all fields.
    Keep(Side),
    /// A side for each field; Google's where none is named.
    Fields(BTreeMap<String, Side>),
}

impl Choice {
    fn of(&self, field: &str) -> Side {
        match self {
            Self::Keep(side) => *side,
            Self::Fields(sides) => sides.get(field).copied().unwrap_or(Side::Google),
        }
    }
}

/// A conflict as its person sees it.
#[derive(Clone, Debug)]
pub struct ConflictView {
    /// The conflict.
    pub conflict: Conflict,
    /// The entry with its meeting.
    pub shown: Shown,
    /// The name of the person who wrote our version.
    pub portico_by: Option<String>,
}

impl ConflictView {
    /// The event's id in the API.
    pub fn event_id(&self) -> String {
        match (self.shown.entry.series_entry_id, self.shown.meeting.original_start) {
            (Some(series), Some(start)) => format!("{series}_{}", start.compact()),
            _ => self.shown.entry.id.to_string(),
        }
    }
}

/// Where a page of conflicts ends.
pub type ConflictCursor = (Timestamp, ConflictId);

async fn views(tx: &mut TenantTx, person: &Person, conflicts: Vec<Conflict>) -> Result<Vec<ConflictView>, Error> {
    let entries: Vec<EntryId> = conflicts.iter().map(|conflict| conflict.entry_id).collect();
    let rows: HashMap<EntryId, Shown> =
        tx.entries_by_ids(&entries).await?.into_iter().map(|shown| (shown.entry.id, shown)).collect();
    let writers: Vec<AccountId> = conflicts.iter().filter_map(|conflict| conflict.portico_by).collect();
    let names: HashMap<AccountId, String> = tx.account_names(&writers).await?.into_iter().collect();
    let calendars = seen_calendars(tx, person, &conflicts).await?;
    Ok(conflicts
        .into_iter()
        .filter_map(|mut conflict| {
            let shown = rows.get(&conflict.entry_id)?.clone();
            let calendar = calendars.get(&conflict.calendar_id)?;
            if hides_guests(calendar, &shown) {
                let own = calendar.addresses_in(&shown.entry);
                for field in conflict.fields.iter_mut().filter(|field| field.field == "attendees") {
                    for value in [&mut field.base, &mut field.portico, &mut field.google] {
                        let mut guests = guests_in(value);
                        omit_guests(&mut guests, &own, &shown.meeting.organizer_email);
                        *value = json!(guests);
                    }
                }
            }
            let portico_by = conflict.portico_by.and_then(|by| names.get(&by).cloned());
            Some(ConflictView { conflict, shown, portico_by })
        })
        .collect())
}

async fn seen_calendars(
    tx: &mut TenantTx,
    person: &Person,
    conflicts: &[Conflict],
) -> Result<HashMap<CalendarId, SeenCalendar>, Error> {
    let ids: BTreeSet<CalendarId> = conflicts.iter().map(|conflict| conflict.calendar_id).collect();
    let found = tx.calendars_by_ids(&ids.into_iter().collect::<Vec<_>>()).await?;
    let seen = calendars::seen(tx, person, found).await?;
    Ok(seen.into_iter().map(|calendar| (calendar.calendar.id, calendar)).collect())
}

/// The guest list that a conflict holds.
fn guests_in(value: &Value) -> Vec<Attendee> {
    serde_json::from_value(value.clone()).unwrap_or_default()
}

async fn own_calendars(tx: &mut TenantTx, person: &Person) -> Result<Vec<CalendarId>, Error> {
    Ok(tx.calendars_of(person.employee()?).await?.into_iter().map(|calendar| calendar.id).collect())
}

/// The conflicts in the caller's calendars, the newest first.
pub async fn list(
    app: &App,
    caller: &Caller<ReadCalendar>,
    which: ConflictsThat,
    before: Option<ConflictCursor>,
    limit: i64,
) -> Result<Vec<ConflictView>, Error> {
    let mut tx = app.store.tenant_read(caller.tenant).await?;
    let calendars = own_calendars(&mut tx, caller).await?;
    let conflicts = tx.conflicts_of(&calendars, which, before, limit).await?;
    let views = views(&mut tx, caller, conflicts).await?;
    tx.end().await?;
    Ok(views)
}

/// One conflict in the caller's calendars.
pub async fn get(app: &App, caller: &Caller<ReadCalendar>, id: ConflictId) -> Result<ConflictView, Error> {
    let mut tx = app.store.tenant_read(caller.tenant).await?;
    let calendars = own_calendars(&mut tx, caller).await?;
    let conflict = tx.conflict(id).await?.filter(|conflict| calendars.contains(&conflict.calendar_id));
    let view = views(&mut tx, caller, conflict.into_iter().collect()).await?.pop().ok_or(Error::NotFound)?;
    tx.end().await?;
    Ok(view)
}

/// Ends a conflict with what the person chose, also one that the company's rule decided. What stands already stays; the other
/// side's, where it is chosen, is an edit that goes out. A choice that could not be understood is none, and `faults` say why.
pub async fn resolve(
    app: &App,
    caller: &Caller<Calendar>,
    id: ConflictId,
    choice: Option<&Choice>,
    mut faults: Vec<FieldError>,
) -> Result<ConflictView, Error> {
    let mut tx = app.store.tenant(caller.tenant).await?;
    let calendars = own_calendars(&mut tx, caller).await?;
    let conflict = tx.conflict(id).await?.filter(|conflict| calendars.contains(&conflict.calendar_id));
    let conflict = conflict.ok_or(Error::NotFound)?;
    if conflict.resolved_by.is_some() {
        return Err(Error::Conflict { reason: "resolved_already" });
    }
    if let Some(Choice::Fields(sides)) = choice {
        let unknown = sides
            .keys()
            .filter(|name| !conflict.fields.iter().any(|field| field.field == **name))
            .map(|name| FieldError::new(format!("fields.{name}"), "unknown"))
            .collect();
        FieldError::gather(&mut faults, unknown);
    }
    let (Some(choice), true) = (choice, faults.is_empty()) else { return Err(Error::Invalid(faults)) };
    resolve_one(app, &mut tx, Decision { conflict: &conflict, choice, person: caller, notify: true }).await?;
    let conflict = tx.conflict(id).await?.ok_or(Error::NotFound)?;
    let view = views(&mut tx, caller, vec![conflict]).await?.pop().ok_or(Error::NotFound)?;
    app.commit(tx).await?;
    Ok(view)
}

/// Ends all open conflicts of the caller's calendars, or of one of them; how many. Done by the dozen, it mails nobody.
pub async fn resolve_all(
    app: &App,
    caller: &Caller<Calendar>,
    calendar: Option<CalendarId>,
    keep: Side,
) -> Result<usize, Error> {
    let mut count = 0;
    loop {
        let mut tx = app.store.tenant(caller.tenant).await?;
        let mut calendars = own_calendars(&mut tx, caller).await?;
        if let Some(only) = calendar {
            calendars.retain(|id| *id == only);
            if calendars.is_empty() {
                return Err(Error::NotFound);
            }
        }
        let conflicts = tx.conflicts_of(&calendars, ConflictsThat::AreOpen, None, 100).await?;
        if conflicts.is_empty() {
            return Ok(count);
        }
        for conflict in &conflicts {
            let choice = &Choice::Keep(keep);
            resolve_one(app, &mut tx, Decision { conflict, choice, person: caller, notify: false }).await?;
        }
        count += conflicts.len();
        app.commit(tx).await?;
    }
}

/// Lets the company's rule decide a conflict that nobody has decided yet. It stays open where the rule is to ask, and where
/// our version cannot be carried out: nobody who is still here wrote it, or the event is not what it was. May run twice.
pub async fn decide(app: &App, tenant: TenantId, id: ConflictId) -> Result<Next, Error> {
    let mut tx = app.store.tenant(tenant).await?;
    let conflict = tx.conflict(id).await?.filter(|conflict| conflict.resolved_at.is_none());
    let Some(conflict) = conflict else { return Ok(Next::Done) };
    let side = match tx.conflict_policy().await? {
        Some(ConflictPolicy::Portico) => Side::Portico,
        Some(ConflictPolicy::Google) => Side::Google,
        Some(ConflictPolicy::Ask) | None => return Ok(Next::Done),
    };
    let choice = Choice::Keep(side);
    if side == Side::Portico {
        let account = match conflict.portico_by {
            Some(writer) => tx.signed_in_account(writer).await?,
            None => None,
        };
        let Some(writer) = account.and_then(|account| Caller::of(tenant, account, None)) else {
            return Ok(Next::Done);
        };
        let (conflict, choice, notify) = (&conflict, &choice, conflict.portico_notifies);
        match carry_out(app, &mut tx, &Decision { conflict, choice, person: &writer, notify }).await {
            Err(Error::NotFound | Error::Forbidden { .. } | Error::Conflict { .. } | Error::Invalid(_)) => {
                return Ok(Next::Done);
            }
            done => done?,
        }
    }
    note(&mut tx, &conflict, &choice, None, app.now()).await?;
    app.commit(tx).await?;
    Ok(Next::Done)
}

/// A choice that is to be carried out.
struct Decision<'a> {
    conflict: &'a Conflict,
    choice: &'a Choice,
    /// In whose name.
    person: &'a Person,
    /// Whether guests are told of it.
    notify: bool,
}

async fn resolve_one(app: &App, tx: &mut TenantTx, decision: Decision<'_>) -> Result<(), Error> {
    carry_out(app, tx, &decision).await?;
    note(tx, decision.conflict, decision.choice, Some(decision.person), app.now()).await
}

/// The side that stands: Google's, unless the company's rule has decided otherwise.
fn standing(conflict: &Conflict, field: &str) -> Side {
    let decided = conflict.resolution.as_ref().and_then(|sides| sides.get(field)?.as_str());
    decided.and_then(Side::parse).unwrap_or(Side::Google)
}

/// Writes what is chosen and does not stand yet.
async fn carry_out(app: &App, tx: &mut TenantTx, decision: &Decision<'_>) -> Result<(), Error> {
    let Decision { conflict, choice, person, notify } = *decision;
    let shown = tx.entry(conflict.entry_id).await?;
    let wanted = |field: &ConflictField| match choice.of(&field.field) {
        side if side == standing(conflict, &field.field) => None,
        Side::Portico => Some(field.portico.clone()),
        Side::Google => Some(field.google.clone()),
    };
    let changes: Vec<(&str, Value)> =
        conflict.fields.iter().filter_map(|field| Some((field.field.as_str(), wanted(field)?))).collect();
    // What left with its kind is not here to be changed, and stays as it is at Google.
    let has_left = |shown: &Shown| shown.entry.deleted_at.is_some() && shown.entry.event_type.is_special();
    let shown = shown.filter(|shown| !changes.is_empty() && !has_left(shown));
    let Some(shown) = shown else { return Ok(()) };
    let mut edit = Edit::new(app, person, tx, notify);
    let mut event = event_of(&shown);
    let calendar = edit.calendar(shown.entry.calendar_id).await?;
    for (name, value) in changes.iter().filter(|(name, _)| *name != "status") {
        let may_change_list = organizes(&calendar, &shown) || event.shared.guests_can_modify;
        if *name == "attendees" && !may_change_list {
            // The list is its organizer's, and may be another one by now: a guest's conflict is about the own answer.
            let own = calendar.addresses_in(&shown.entry);
            let chosen = guests_in(value);
            for line in event.shared.attendees.iter_mut().filter(|line| own.contains(&line.email)) {
                if let Some(said) = chosen.iter().find(|said| said.email == line.email) {
                    (line.answer, line.comment) = (said.answer, said.comment.clone());
                }
            }
            continue;
        }
        let known: Option<Field> = serde_json::from_value(json!(name)).ok();
        if !known.is_some_and(|known| known.set_value(value, &mut event)) {
            return Err(Error::Internal(format!("a conflict holds no value of {name}")));
        }
    }
    if event.shared.recurrence.is_empty() && shown.meeting.shared.recurrence.is_empty() {
        edit.write(&shown, &event).await?;
    } else {
        edit.write_series(&shown, &event).await?;
    }
    if let Some((_, status)) = changes.iter().find(|(name, _)| *name == "status") {
        let gone = status.as_str() == Some("cancelled");
        let fresh = edit.tx.entry(shown.entry.id).await?.ok_or(Error::NotFound)?;
        let leads = fresh.meeting.lead_entry_id == Some(fresh.entry.id);
        match (gone, fresh.entry.deleted_at) {
            (true, None) if fresh.meeting.original_start.is_none() => delete_all(&mut edit, &fresh, leads).await?,
            (true, None) => edit.delete_entry(&fresh, true).await?,
            (false, Some(at)) => restore(&mut edit, &fresh, at).await?,
            (false, None) if fresh.meeting.shared.status == Status::Cancelled => {
                let mut event = event_of(&fresh);
                event.shared.status = Status::Confirmed;
                edit.write(&fresh, &event).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Notes how a conflict ended, and by whom; by the company's rule where it was nobody.
async fn note(
    tx: &mut TenantTx,
    conflict: &Conflict,
    choice: &Choice,
    person: Option<&Person>,
    now: Timestamp,
) -> Result<(), Error> {
    let resolution: BTreeMap<&str, &str> =
        conflict.fields.iter().map(|field| (field.field.as_str(), choice.of(&field.field).as_str())).collect();
    let resolution = json!(resolution);
    tx.resolve_conflict(conflict.id, &resolution, person.map(|person| person.account), now).await?;
    tx.journal(JournalRow {
        actor: person.map_or(Actor::Sync(conflict.link_id), Person::actor),
        action: "conflict.resolved",
        subject_kind: "conflict",
        subject: conflict.id.0,
        before: None,
        after: Some(json!({"entry": conflict.entry_id, "calendar": conflict.calendar_id, "fields": resolution})),
        why: person.is_none().then(|| "company_rule".to_owned()),
    });
    Ok(())
}
