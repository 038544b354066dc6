//! What colleagues see of each other: busy time, and more only where it is shared and not private.

use std::collections::{BTreeMap, BTreeSet};

use portico_app::{
    Caller, ConflictsThat, ReadCalendar,
    calendars::{self, CalendarInput},
    changes, conflicts,
    events::{self, EventQuery, EventView},
    google_event,
    links::{self, LinkPatch},
};
use portico_calendar::{OriginalStart, Visibility, parse_occurrence_id};
use portico_kernel::{AccountId, EntryId, Timestamp};
use portico_store::{Actor, PrivateRule, Sharing};

use crate::{
    edits::{Ledger, tag_of},
    google_side,
    portico_side::caller,
    stage::{Person, Stage},
};

/// A person shares a calendar's details with colleagues, or not any more.
pub async fn toggle(stage: &Stage, ledger: &mut Ledger, person: &Person, step: usize) {
    let to = if sharing(stage, person).await == Sharing::Busy { Sharing::Details } else { Sharing::Busy };
    let input = CalendarInput { sharing: Some(to.as_str().into()), ..CalendarInput::default() };
    calendars::update(&stage.app, &caller(stage, person).await, person.calendar, &input).await.expect("a change");
    ledger.log.push(format!("{step}: {} shares {}", person.google, to.as_str()));
}

async fn sharing(stage: &Stage, person: &Person) -> Sharing {
    let mut tx = stage.store.tenant_read(stage.tenant).await.expect("a transaction");
    let calendar = tx.calendar(person.calendar).await.expect("a row").expect("a calendar");
    tx.end().await.expect("an end");
    calendar.sharing
}

/// What private events of Google's become here: busy time, or themselves.
pub async fn private_rule(stage: &Stage, ledger: &mut Ledger, person: &Person, step: usize) {
    let mut tx = stage.store.tenant(stage.tenant).await.expect("a transaction");
    let link = tx.link_of_google_calendar(&person.google).await.expect("a row").expect("a link");
    let to = if link.private_rule == PrivateRule::Full { PrivateRule::Busy } else { PrivateRule::Full };
    let patch = LinkPatch { private_rule: Some(to), ..LinkPatch::default() };
    links::update(&stage.app, &mut tx, link, &patch, Actor::System).await.expect("a change");
    stage.app.commit(tx).await.expect("a commit");
    ledger.log.push(format!("{step}: private events of {} become {}", person.google, to.as_str()));
}

/// Occurrences by iCalUID.
type Occurrences = BTreeSet<(String, Option<OriginalStart>)>;

/// Nobody sees more of a colleague's calendar than is shared, and of private events no more than busy time.
pub async fn nobody_sees_too_much(stage: &Stage, ledger: &mut Ledger, step: usize) {
    for place in stage.places.clone() {
        look(stage, ledger, &place, None, &step.to_string()).await;
    }
}

/// At rest, Google's own copies say which events are private.
pub async fn nobody_sees_too_much_at_rest(stage: &mut Stage, ledger: &mut Ledger) {
    let zone = stage.scene.tz();
    for place in stage.places.clone() {
        let hands = stage.hands(place.email.as_str()).await;
        let window = window(stage);
        let all = google_side::instances(&hands, &place.google, window.0, window.1).await;
        let private: Occurrences = all
            .iter()
            .filter_map(|event| google_event::read(event, &zone).ok())
            .filter(|remote| remote.event.as_ref().is_some_and(|event| is_private(event.private.visibility)))
            .map(|remote| (remote.uid, remote.original_start))
            .collect();
        look(stage, ledger, &place, Some(&private), "rest").await;
    }
}

fn is_private(visibility: Option<Visibility>) -> bool {
    matches!(visibility, Some(Visibility::Private | Visibility::Confidential))
}

fn window(stage: &Stage) -> (Timestamp, Timestamp) {
    (stage.now().plus_seconds(-30 * 86_400), stage.now().plus_seconds(60 * 86_400))
}

/// Everybody but its owner looks at a calendar.
async fn look(stage: &Stage, ledger: &mut Ledger, place: &Person, private: Option<&Occurrences>, step: &str) {
    let is_busy_only = sharing(stage, place).await == Sharing::Busy;
    let colleagues = stage.people.iter().filter(|person| person.email != place.email).map(|person| person.account);
    for account in colleagues.chain([stage.onlooker]).collect::<Vec<AccountId>>() {
        let reader = reader(stage, account).await;
        let window = window(stage);
        let query = EventQuery {
            from: Some(window.0),
            to: Some(window.1),
            calendars: vec![place.calendar],
            limit: 10_000,
            ..EventQuery::default()
        };
        for seen in events::list(&stage.app, &reader, &query).await.expect("a list").items {
            let known = truth(stage, &seen).await;
            let opened = ledger.opened.contains(&(known.tag.clone(), place.email.to_string()));
            let must_hide = is_busy_only
                || known.is_private
                || (known.follows && !opened)
                || private.is_some_and(|private| private.contains(&(known.uid.clone(), seen.original_start)));
            let by_id = events::get(&stage.app, &reader, &seen.id).await;
            if must_hide && !(says_nothing(&seen) && by_id.as_ref().map_or(true, says_nothing)) {
                ledger.leaks.push(format!(
                    "{step}: somebody sees {:?} of {} in the calendar of {} ({})",
                    seen.event.shared.title, seen.id, place.google, known.uid
                ));
            }
            if is_busy_only && by_id.is_ok() {
                ledger.leaks.push(format!("{step}: somebody opens {} of {}", seen.id, place.google));
            }
        }
        let caller = stage.app.caller(stage.tenant, account, None).await.expect("a caller").expect("an account");
        let told = changes::list(&stage.app, &caller, 0, 100_000).await.expect("changes").items;
        // Who did it may know of it.
        if is_busy_only
            && account == stage.onlooker
            && told.iter().any(|change| change.calendar == Some(place.calendar.0))
        {
            ledger.leaks.push(format!("{step}: somebody is told of changes in the calendar of {}", place.google));
        }
        let shown = conflicts::list(&stage.app, &reader, ConflictsThat::AreOpen, None, 100).await.expect("conflicts");
        if shown.iter().any(|view| view.conflict.calendar_id == place.calendar) {
            ledger.leaks.push(format!("{step}: somebody sees a conflict of {}", place.google));
        }
    }
}

async fn reader(stage: &Stage, account: AccountId) -> Caller<ReadCalendar> {
    let caller = stage.app.caller(stage.tenant, account, None).await.expect("a caller").expect("an account");
    caller.permit().expect("a grant")
}

/// Whether a view is busy time and nothing else.
fn says_nothing(view: &EventView) -> bool {
    let shared = &view.event.shared;
    let words = [&shared.title, &shared.description, &shared.location];
    view.busy_only
        && words.iter().all(|word| word.is_empty())
        && shared.attendees.is_empty()
        && shared.conference.is_none()
        && shared.recurrence.is_empty()
        && view.organizer.is_none()
        && view.event.private.color.is_none()
        && view.google_url.is_none()
        && view.conflict.is_none()
}

/// What the rows say, whatever is shown of them.
struct Truth {
    uid: String,
    tag: String,
    is_private: bool,
    /// Whether it is private for its organizer, and no copy at Google says otherwise.
    follows: bool,
}

/// An invitation that no copy at Google has made another is as private as the meeting is for its organizer, unless the guest
/// chose otherwise.
async fn truth(stage: &Stage, view: &EventView) -> Truth {
    let (id, start) = parse_occurrence_id(&view.id);
    let id: EntryId = id.parse().expect("an entry's id");
    let mut tx = stage.store.tenant_read(stage.tenant).await.expect("a transaction");
    let whole = tx.entry(id).await.expect("a row").expect("an entry");
    let mut rows: BTreeMap<EntryId, _> = BTreeMap::new();
    let occurrences = tx.entries_of_series(id).await.expect("occurrences");
    let own = occurrences.into_iter().find(|row| row.meeting.original_start == start && start.is_some());
    let own = own.unwrap_or_else(|| whole.clone());
    for row in tx.entries_of_meeting(own.meeting.id).await.expect("rows") {
        rows.insert(row.entry.id, row);
    }
    tx.end().await.expect("an end");
    let lead = own.meeting.lead_entry_id.and_then(|lead| rows.get(&lead));
    let follows = !own.entry.is_known_to_google && lead.is_some_and(|lead| is_private(lead.entry.private.visibility));
    let tag = tag_of(&whole.meeting.shared);
    Truth { uid: whole.meeting.uid.clone(), tag, is_private: is_private(own.entry.private.visibility), follows }
}
