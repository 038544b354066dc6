//! Edits in Portico, through the functions that its pages call.

use jiff::ToSpan;
use portico_app::{
    Caller, ConflictsThat,
    conflicts::{self, Choice, ConflictView, Side},
    events::{self, AttendeeInput, EditScope, EventInput, ReminderInput, RemindersInput},
};
use portico_calendar::{Event, Moment, OriginalStart, Recurrence, Shared, Status, When};
use portico_kernel::{EntryId, Timestamp};
use portico_store::Shown;
use portico_world::Rng as _;

use crate::{
    edits::{self, Act, End, Hand, Ledger, Redraw, Return, tag_of, time_value, values, with_ours},
    history::Edition,
    stage::{OUTSIDER, Person, Stage},
};

/// A time that no other step of the history uses: the minute says the step.
pub fn when(stage: &Stage, step: usize, all_day: bool) -> When {
    let day = stage.scene.first_day + i64::try_from(stage.rng.below(20)).unwrap_or(0).days();
    if all_day {
        return When::AllDay { start: day, end: day + 1.day() };
    }
    let zone = stage.scene.tz();
    let hour = match stage.edition >= Edition::Fifth && stage.chance(30) {
        // Around the hours in which the clocks change.
        true => *stage.pick(&[0, 1, 2, 3, 23]).expect("an hour"),
        false => 8 + i8::try_from(stage.rng.below(8)).unwrap_or(0),
    };
    let minute = i8::try_from(step % 60).unwrap_or(0);
    let start = day.at(hour, minute, 0, 0).to_zoned(zone).expect("a time");
    let end = start.checked_add(30.minutes()).expect("a time");
    When::Timed { start: Moment(start), end: Moment(end) }
}

/// How many of a hundred events are series.
pub fn series_in_a_hundred(stage: &Stage) -> u64 {
    if stage.edition >= Edition::Fifth { 55 } else { 30 }
}

pub fn rule(stage: &Stage) -> Vec<String> {
    let until = (stage.scene.first_day + 16.days()).strftime("RRULE:FREQ=DAILY;UNTIL=%Y%m%dT230000Z").to_string();
    let rules = ["RRULE:FREQ=DAILY;COUNT=5", "RRULE:FREQ=WEEKLY;COUNT=4", "RRULE:FREQ=WEEKLY", &until];
    vec![(*stage.pick(&rules).expect("a rule")).to_owned()]
}

/// What a person's calendar shows.
pub async fn shown(stage: &Stage, person: &Person) -> Vec<Shown> {
    let mut tx = stage.store.tenant_read(stage.tenant).await.expect("a transaction");
    let far = (Timestamp(0), Timestamp(i64::MAX / 2));
    let mut found = tx.entries_in_window(person.calendar, far.0, far.1).await.expect("entries");
    tx.end().await.expect("an end");
    found.sort_by_key(|shown| shown.entry.id);
    found
}

pub async fn caller(stage: &Stage, person: &Person) -> Caller<portico_app::Calendar> {
    let caller = stage.app.caller(stage.tenant, person.account, None).await.expect("a caller").expect("an account");
    caller.permit().expect("a grant")
}

fn organizes(person: &Person, shown: &Shown) -> bool {
    let organizer = &shown.meeting.organizer_email;
    // Before it goes out, an event of a second calendar is its owner's.
    shown.meeting.lead_entry_id == Some(shown.entry.id)
        && (*organizer == person.google || organizer == person.email.as_str())
}

fn set_time(input: &mut EventInput, when: &When) {
    match when {
        When::AllDay { start, end } => {
            input.start_date = Some(start.to_string());
            input.end_date = Some(end.to_string());
        }
        When::Timed { start, end } => {
            input.start_time = Some(start.0.timestamp().to_string());
            input.end_time = Some(end.0.timestamp().to_string());
            input.time_zone = start.0.time_zone().iana_name().map(str::to_owned);
        }
    }
}

fn guests(emails: &[String]) -> Vec<AttendeeInput> {
    emails.iter().map(|email| AttendeeInput { email: email.clone(), optional: false }).collect()
}

pub async fn create(stage: &Stage, ledger: &mut Ledger, person: &Person, step: usize) {
    let tag = format!("#{step}");
    let mut input =
        EventInput { title: Some(format!("t{step}")), description: Some(tag.clone()), ..EventInput::default() };
    input.calendar_id = Some(person.calendar).filter(|_| stage.edition >= Edition::Fourth);
    set_time(&mut input, &when(stage, step, stage.chance(15)));
    if stage.chance(series_in_a_hundred(stage)) {
        input.recurrence = Some(rule(stage));
    }
    let mut invited = Vec::new();
    for other in stage.people.iter().filter(|other| other.email != person.email) {
        if stage.chance(50) {
            invited.push(other.email.to_string());
        }
    }
    if stage.chance(30) {
        invited.push(OUTSIDER.to_owned());
    }
    input.attendees = Some(guests(&invited));
    input.use_google_meet = Some(stage.chance(20));
    if stage.chance(15) {
        input.visibility = Some("private".into());
    }
    let notify = stage.chance(70);
    input.notify = Some(notify);
    let caller = caller(stage, person).await;
    let made = match events::create(&stage.app, &caller, &input, None).await {
        Ok(made) => made,
        Err(error) => {
            ledger.log.push(format!("{step}: {} cannot make {tag}: {error}", person.google));
            return;
        }
    };
    if notify {
        ledger.acts.push(act(stage, person, &tag, None, None));
    }
    ledger.makes(hand(person, &tag, None), &made.event);
    ledger.log.push(format!("{step}: {} makes {tag} in Portico: {input:?}", person.google));
    ledger.made.push(tag);
}

/// What a person has just done, of which guests may be told.
fn act(stage: &Stage, person: &Person, tag: &str, instance: Option<OriginalStart>, scope: Option<EditScope>) -> Act {
    let cut = scope == Some(EditScope::Following);
    Act {
        at: stage.now(),
        who: person.email.to_string(),
        tag: tag.to_owned(),
        instance: instance.filter(|_| scope == Some(EditScope::This)),
        events: if cut { 2 } else { 1 },
    }
}

/// What a person aims at: a single event, or an occurrence of a series with a scope.
struct Aim {
    id: String,
    scope: Option<EditScope>,
    instance: Option<OriginalStart>,
    before: Event,
}

fn hand<'a>(person: &'a Person, tag: &'a str, instance: Option<OriginalStart>) -> Hand<'a> {
    Hand { side: edits::Side::Portico, place: &person.google, owner: person.email.as_str(), tag, instance }
}

fn event_of(shown: &Shown) -> Event {
    Event { shared: shown.meeting.shared.clone(), private: shown.entry.private.clone() }
}

async fn aim(stage: &Stage, chosen: &Shown) -> Option<Aim> {
    let event = event_of(chosen);
    let whole = &event.shared;
    if whole.recurrence.is_empty() {
        let id = match (chosen.entry.series_entry_id, chosen.meeting.original_start) {
            (Some(series), Some(start)) => format!("{series}_{}", start.compact()),
            _ => chosen.entry.id.to_string(),
        };
        let instance = chosen.meeting.original_start;
        let scope = instance.map(|_| EditScope::This);
        return Some(Aim { id, scope, instance, before: event });
    }
    if stage.chance(30) {
        return Some(Aim { id: chosen.entry.id.to_string(), scope: None, instance: None, before: event });
    }
    let zone = stage.scene.tz();
    let rule = Recurrence::read(&whole.recurrence, &whole.when);
    let occurrences = rule.occurrences(Timestamp(0)..stage.now().plus_seconds(40 * 86_400), &zone);
    let occurrence = stage.pick(&occurrences)?;
    let start = occurrence.original_start;
    let mut tx = stage.store.tenant_read(stage.tenant).await.ok()?;
    let known = tx.entries_of_series(chosen.entry.id).await.ok()?;
    tx.end().await.ok()?;
    let mut before = match known.into_iter().find(|shown| shown.meeting.original_start == Some(start)) {
        Some(exception) => event_of(&exception),
        None => {
            let shared = Shared { when: occurrence.when.clone(), ..whole.clone() };
            Event { shared, private: event.private.clone() }
        }
    };
    before.shared.recurrence = Vec::new();
    if before.shared.status == Status::Cancelled {
        return None;
    }
    let scope = if stage.chance(20) { EditScope::Following } else { EditScope::This };
    Some(Aim {
        id: format!("{}_{}", chosen.entry.id, start.compact()),
        scope: Some(scope),
        instance: Some(start),
        before,
    })
}

/// Changes the shared fields of a meeting that this person organizes.
pub async fn edit(stage: &Stage, ledger: &mut Ledger, person: &Person, step: usize) {
    let all = shown(stage, person).await;
    let own: Vec<Shown> =
        all.into_iter().filter(|s| organizes(person, s) && s.meeting.shared.status != Status::Cancelled).collect();
    let Some(chosen) = stage.pick(&own).cloned() else { return };
    let Some(aim) = aim(stage, &chosen).await else { return };
    let mut input = EventInput::default();
    let before = &aim.before.shared;
    let is_series = aim.instance.is_none() && !before.recurrence.is_empty();
    match stage.rng.below(if stage.edition >= Edition::Fifth { 9 } else { 5 }) {
        0 => input.title = Some(format!("t{step}")),
        1 => input.location = Some(format!("p{step}")),
        2 => set_time(&mut input, &when(stage, step, before.when.is_all_day())),
        3 if aim.instance.is_none() => {
            let mut emails: Vec<String> = before.attendees.iter().map(|line| line.email.to_string()).collect();
            if emails.iter().any(|email| email == OUTSIDER) {
                emails.retain(|email| email != OUTSIDER);
            } else {
                emails.push(OUTSIDER.to_owned());
            }
            input.attendees = Some(guests(&emails));
        }
        5 => input.description = Some(format!("{} d{step}", tag_of(before))),
        6 | 7 => input.attendees = Some(guests(&other_guests(stage, before, step))),
        8 if is_series => input.recurrence = Some(other_rule(step)),
        _ => {
            input.title = Some(format!("t{step}"));
            input.location = Some(format!("p{step}"));
        }
    }
    let notify = stage.chance(70);
    input.notify = Some(notify);
    let tag = ledger.tag(&chosen.meeting);
    let caller = caller(stage, person).await;
    let changed = events::change(&stage.app, &caller, &aim.id, &input, aim.scope, None).await;
    let after = match changed {
        Ok(view) => view.event,
        Err(error) => {
            ledger.log.push(format!("{step}: {} cannot edit {}: {error}", person.google, aim.id));
            return;
        }
    };
    if notify {
        ledger.acts.push(act(stage, person, &tag, aim.instance, aim.scope));
    }
    let instance = aim.instance.filter(|_| aim.scope == Some(EditScope::This));
    ledger.changes(hand(person, &tag, instance), &aim.before, &after);
    let after = after.shared;
    let regenerates = (input.touches_time() || input.recurrence.is_some()) && is_series;
    let cut = aim.scope == Some(EditScope::Following);
    if regenerates || cut {
        ledger.redraws.push(Redraw { tag: tag.clone(), from: aim.instance.filter(|_| cut) });
    }
    ledger.cuts.extend(cut.then(|| tag.clone()));
    ledger.log.push(format!(
        "{step}: {} edits {tag} {} {:?} in Portico to {:?} {:?} {} {:?} {:?} guests {:?}",
        person.google,
        name(aim.instance),
        aim.scope,
        after.title,
        after.location,
        time_value(&after.when),
        after.description,
        after.recurrence,
        after.attendees.iter().map(|line| line.email.as_str()).collect::<Vec<_>>()
    ));
}

/// A guest more, or one less. Who comes comes once in a history.
pub fn other_guests(stage: &Stage, shared: &Shared, step: usize) -> Vec<String> {
    let mut emails: Vec<String> = shared.attendees.iter().map(|line| line.email.to_string()).collect();
    let coming: Vec<String> = emails.iter().filter(|email| email.starts_with("guest")).cloned().collect();
    match stage.pick(&coming).filter(|_| stage.chance(50)) {
        Some(gone) => emails.retain(|email| email != gone),
        None => emails.push(format!("guest{step}@other.test")),
    }
    emails
}

/// A rule that no other step of the history gives.
pub fn other_rule(step: usize) -> Vec<String> {
    let often = if step.is_multiple_of(2) { "DAILY" } else { "WEEKLY" };
    vec![format!("RRULE:FREQ={often};COUNT={}", step + 3)]
}

/// Changes what is the calendar's own.
pub async fn edit_private(stage: &Stage, ledger: &mut Ledger, person: &Person, step: usize) {
    let own = shown(stage, person).await;
    let Some(chosen) = stage.pick(&own).cloned() else { return };
    let Some(aim) = aim(stage, &chosen).await else { return };
    let mut input = EventInput::default();
    match stage.rng.below(3) {
        0 => input.color = Some((1 + stage.rng.below(11)).to_string()),
        1 => {
            let minutes = i64::try_from(step).unwrap_or(5);
            let overrides = vec![ReminderInput { method: "popup".into(), minutes }];
            input.reminders = Some(RemindersInput { use_default: false, overrides });
        }
        _ => input.transparency = Some(if chosen.entry.private.transparent { "opaque" } else { "transparent" }.into()),
    }
    let scope = aim.scope.map(|_| EditScope::This);
    let caller = caller(stage, person).await;
    let tag = ledger.tag(&chosen.meeting);
    match events::change(&stage.app, &caller, &aim.id, &input, scope, None).await {
        Ok(view) => {
            // Nobody else sees it: it is no news for anybody.
            ledger.changes(hand(person, &tag, aim.instance), &aim.before, &view.event);
            ledger.log.push(format!("{step}: {} changes the own of {tag} {}", person.google, name(aim.instance)));
        }
        Err(error) => ledger.log.push(format!("{step}: {} cannot change the own of {tag}: {error}", person.google)),
    }
}

/// Makes an event private, or not any more.
pub async fn hide(stage: &Stage, ledger: &mut Ledger, person: &Person, step: usize) {
    let own = shown(stage, person).await;
    let Some(chosen) = stage.pick(&own).cloned() else { return };
    let visibility = if chosen.entry.private.visibility.is_some() { "default" } else { "private" };
    let input = EventInput { visibility: Some(visibility.into()), ..EventInput::default() };
    let tag = ledger.tag(&chosen.meeting);
    let id = match (chosen.entry.series_entry_id, chosen.meeting.original_start) {
        // An occurrence is as private as its series.
        (Some(series), Some(_)) => series.to_string(),
        _ => chosen.entry.id.to_string(),
    };
    let caller = caller(stage, person).await;
    let said = events::change(&stage.app, &caller, &id, &input, None, None).await;
    let choice = (tag.clone(), person.email.to_string());
    if said.is_ok() && visibility == "default" {
        ledger.opened.insert(choice);
    } else if said.is_ok() {
        ledger.opened.remove(&choice);
    }
    if let Ok(view) = &said
        && chosen.meeting.original_start.is_none()
    {
        ledger.changes(hand(person, &tag, None), &event_of(&chosen), &view.event);
    }
    let outcome = said.map_or_else(|error| error.to_string(), |_| "done".into());
    ledger.log.push(format!("{step}: {} makes {tag} {visibility}: {outcome}", person.google));
}

/// Moves an event to the person's other calendar.
pub async fn relocate(stage: &Stage, ledger: &mut Ledger, person: &Person, step: usize) {
    let all = shown(stage, person).await;
    let own: Vec<Shown> =
        all.into_iter().filter(|s| organizes(person, s) && s.meeting.shared.status != Status::Cancelled).collect();
    let Some(chosen) = stage.pick(&own).cloned() else { return };
    let other = |place: &&Person| place.email == person.email && place.calendar != person.calendar;
    let Some(there) = stage.places.iter().find(other) else { return };
    let tag = ledger.tag(&chosen.meeting);
    let input = EventInput { calendar_id: Some(there.calendar), ..EventInput::default() };
    let caller = caller(stage, person).await;
    match events::change(&stage.app, &caller, &chosen.entry.id.to_string(), &input, None, None).await {
        Ok(_) => {
            // Where it is made anew, the guests are invited anew.
            ledger.acts.push(act(stage, person, &tag, None, None));
            ledger.log.push(format!("{step}: {} moves {tag} to {} in Portico", person.google, there.google));
        }
        Err(error) => ledger.log.push(format!("{step}: {} cannot move {tag}: {error}", person.google)),
    }
}

/// Answers an invitation.
pub async fn answer(stage: &Stage, ledger: &mut Ledger, person: &Person, step: usize) {
    let all = shown(stage, person).await;
    let invited: Vec<Shown> = all
        .into_iter()
        .filter(|s| !organizes(person, s) && s.meeting.shared.attendees.iter().any(|line| line.email == person.email))
        .collect();
    let Some(chosen) = stage.pick(&invited).cloned() else { return };
    let Some(aim) = aim(stage, &chosen).await else { return };
    let answer = *stage.pick(&["accepted", "tentative", "declined"]).expect("an answer");
    let scope = aim.scope.map(|_| EditScope::This);
    let caller = caller(stage, person).await;
    let tag = ledger.tag(&chosen.meeting);
    let word = (stage.edition >= Edition::Fifth).then(|| format!("a{step}"));
    let input = EventInput { answer: Some(answer.to_owned()), comment: word, ..EventInput::default() };
    match events::change(&stage.app, &caller, &aim.id, &input, scope, None).await {
        Ok(view) => {
            ledger.changes(hand(person, &tag, aim.instance), &aim.before, &view.event);
            ledger.acts.push(act(stage, person, &tag, aim.instance, scope));
            ledger.log.push(format!("{step}: {} answers {tag} {} with {answer}", person.google, name(aim.instance)));
        }
        Err(error) => ledger.log.push(format!("{step}: {} cannot answer {tag}: {error}", person.google)),
    }
}

/// Deletes an event, an occurrence or a series, and sometimes takes that back.
pub async fn delete(stage: &Stage, ledger: &mut Ledger, person: &Person, step: usize) {
    let all = shown(stage, person).await;
    let there: Vec<Shown> = all.into_iter().filter(|s| s.meeting.shared.status != Status::Cancelled).collect();
    let Some(chosen) = stage.pick(&there).cloned() else { return };
    let Some(aim) = aim(stage, &chosen).await else { return };
    let organizer = organizes(person, &chosen);
    let scope = aim.scope.map(|scope| if organizer { scope } else { EditScope::This });
    let tag = ledger.tag(&chosen.meeting);
    let mut tx = stage.store.tenant_read(stage.tenant).await.expect("a transaction");
    let exceptions = tx.entries_of_series(chosen.entry.id).await.expect("exceptions");
    tx.end().await.expect("an end");
    let caller = caller(stage, person).await;
    let deleted = match events::delete(&stage.app, &caller, &aim.id, scope, true, None).await {
        Ok(deleted) => deleted,
        Err(error) => {
            ledger.log.push(format!("{step}: {} cannot delete {tag}: {error}", person.google));
            return;
        }
    };
    ledger.acts.push(act(stage, person, &tag, aim.instance, scope));
    ledger.log.push(format!("{step}: {} deletes {tag} {} {scope:?} in Portico", person.google, name(aim.instance)));
    ledger.cuts.extend((scope == Some(EditScope::Following)).then(|| tag.clone()));
    if organizer {
        let instance = aim.instance.filter(|_| scope == Some(EditScope::This));
        let gone = row(stage, &deleted.id).await;
        let mut seen = values(&aim.before.shared);
        if gone.entry.id == chosen.entry.id {
            seen.extend(values(&chosen.meeting.shared));
        }
        if instance.is_none() {
            let goes = |shown: &&Shown| shown.meeting.original_start >= aim.instance;
            seen.extend(exceptions.iter().filter(goes).flat_map(|shown| values(&shown.meeting.shared)));
        }
        ledger.ends.push(End {
            side: edits::Side::Portico,
            place: person.google.clone(),
            step,
            tag: tag.clone(),
            instance,
            meeting: Some(gone.meeting.series_id.unwrap_or(gone.meeting.id)),
            uid: gone.meeting.uid.clone(),
            seen,
            is_wanted: true,
        });
    } else {
        ledger.left.insert((tag.clone(), person.email.to_string()));
    }
    ledger.deleted.push((person.google.clone(), tag, deleted.id));
}

/// The row of an event or an occurrence by its id in the API.
async fn row(stage: &Stage, id: &str) -> Shown {
    let (entry, start) = portico_calendar::parse_occurrence_id(id);
    let entry: EntryId = entry.parse().expect("an entry's id");
    let mut tx = stage.store.tenant_read(stage.tenant).await.expect("a transaction");
    let mut row = tx.entry(entry).await.expect("an entry").expect("a row");
    if start.is_some() {
        let rows = tx.entries_of_series(entry).await.expect("occurrences");
        row = rows.into_iter().find(|row| row.meeting.original_start == start).unwrap_or(row);
    }
    tx.end().await.expect("an end");
    row
}

/// Takes a deletion back.
pub async fn undo(stage: &Stage, ledger: &mut Ledger, step: usize) {
    let Some((email, tag, id)) = stage.pick(&ledger.deleted).cloned() else { return };
    let Some(person) = stage.places.iter().find(|person| person.google == email).cloned() else { return };
    let caller = caller(stage, &person).await;
    match events::undo(&stage.app, &caller, &id).await {
        Ok(_) => {
            ledger.acts.push(act(stage, &person, &tag, None, None));
            ledger.returns.push(Return::of(step, &row(stage, &id).await.meeting));
            ledger.log.push(format!("{step}: {email} takes the deletion of {tag} ({id}) back"));
        }
        Err(error) => ledger.log.push(format!("{step}: {email} cannot take the deletion of {tag} back: {error}")),
    }
}

/// Chooses in the oldest conflict: one side whole.
pub async fn resolve(stage: &Stage, ledger: &mut Ledger, person: &Person, step: usize) {
    let caller = stage.app.caller(stage.tenant, person.account, None).await.expect("a caller").expect("an account");
    let reader = caller.permit().expect("a grant");
    let open = conflicts::list(&stage.app, &reader, ConflictsThat::AreOpen, None, 100).await.expect("conflicts");
    let side = *stage.pick(&[Side::Portico, Side::Google]).expect("a side");
    let Some(view) = open.last() else { return };
    let tag = ledger.tag(&view.shown.meeting);
    let caller = self::caller(stage, person).await;
    match conflicts::resolve(&stage.app, &caller, view.conflict.id, Some(&Choice::Keep(side)), Vec::new()).await {
        Ok(_) => {
            ledger.acts.push(act(stage, person, &tag, None, None));
            let fields: Vec<_> = view.conflict.fields.iter().map(|field| field.field.as_str()).collect();
            ledger.log.push(format!("{step}: {} keeps {side:?} in {tag}: {fields:?}", person.google));
            if side == Side::Portico {
                chose_portico(ledger, person, view, step);
            }
        }
        Err(error) => ledger.log.push(format!("{step}: {} cannot resolve {tag}: {error}", person.google)),
    }
}

/// Our version of a conflict was chosen: it is an edit of what stood meanwhile.
fn chose_portico(ledger: &mut Ledger, person: &Person, view: &ConflictView, step: usize) {
    let meeting = &view.shown.meeting;
    let tag = ledger.tag(meeting);
    for field in &view.conflict.fields {
        if field.field == "status" {
            if field.portico == "cancelled" {
                ledger.ends.push(End {
                    side: edits::Side::Portico,
                    place: person.google.clone(),
                    step,
                    tag: tag.clone(),
                    instance: meeting.original_start,
                    meeting: Some(meeting.series_id.unwrap_or(meeting.id)),
                    uid: meeting.uid.clone(),
                    seen: values(&meeting.shared),
                    is_wanted: true,
                });
            } else {
                ledger.returns.push(Return::of(step, meeting));
            }
        }
        let before = event_of(&view.shown);
        ledger.changes(hand(person, &tag, meeting.original_start), &before, &with_ours(&before, field));
    }
}

/// Decides what the guard holds back: it goes on, or it is dropped.
pub async fn decide(stage: &Stage, ledger: &mut Ledger, person: &Person, step: usize) {
    let caller = caller(stage, person).await;
    for hold in stage.app.holds(&caller).await.expect("holds") {
        let approve = stage.chance(50);
        let mut tx = stage.store.tenant_read(stage.tenant).await.expect("a transaction");
        for item in &hold.items {
            let shown = tx.entry(EntryId(item.entry)).await.expect("an entry");
            let back = shown.filter(|_| !approve).map(|shown| Return::of(step, &shown.meeting));
            ledger.returns.extend(back);
        }
        tx.end().await.expect("an end");
        stage.app.decide_hold(&caller, hold.id, approve).await.expect("a decision");
        let what = if approve { "approves" } else { "drops" };
        ledger.log.push(format!("{step}: {} {what} a hold of {}", person.google, hold.count));
    }
}

/// The original start of an occurrence, for messages.
pub fn name(original: Option<OriginalStart>) -> String {
    original.map_or_else(String::new, |start| start.compact())
}
