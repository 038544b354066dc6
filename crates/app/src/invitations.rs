//! Colleagues among the guests see a meeting in their main calendars, whoever is connected to Google.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use portico_calendar::{Answer, Private, Status};
use portico_kernel::{CalendarId, EmailAddress, EntryId, MeetingId};
use portico_store::{Calendar, Direction, Entry, EventType, Link, LinkState, Meeting, Shown, TenantTx};

use crate::{
    App, Error,
    events::is_busy,
    spans::{span_of, zone},
};

/// Lets the calendars of colleagues follow the guest lists of these meetings; the entries that were made. An entry made
/// here is never inserted by the guest's own link: it waits for Google's copy.
pub async fn bring_in_line(app: &App, tx: &mut TenantTx, meetings: &[MeetingId]) -> Result<Vec<Shown>, Error> {
    // Series before their occurrences, which belong to them in each calendar.
    let is_occurrence = |rows: &Vec<Shown>| rows.first().is_some_and(|row| row.meeting.series_id.is_some());
    let (occurrences, whole): (ByMeeting, ByMeeting) =
        by_meeting(tx.entries_of_meetings(meetings).await?).into_iter().partition(|(_, rows)| is_occurrence(rows));
    let mut made = invite(app, tx, whole).await?;
    // Who comes to a series late sees its occurrences as they are by now.
    let is_series = |shown: &&Shown| !shown.meeting.shared.recurrence.is_empty();
    let leads: BTreeSet<EntryId> =
        made.iter().filter(is_series).filter_map(|shown| shown.meeting.lead_entry_id).collect();
    made.extend(invite(app, tx, occurrences).await?);
    let leads: Vec<EntryId> = leads.into_iter().collect();
    let changed = tx.entries_of_all_series(&leads).await?.into_iter().map(|row| row.meeting.id);
    let changed: Vec<MeetingId> = changed.collect();
    follow_occurrences(app, tx, &changed).await?;
    Ok(made)
}

async fn invite(app: &App, tx: &mut TenantTx, rows: ByMeeting) -> Result<Vec<Shown>, Error> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut addresses: Vec<EmailAddress> =
        rows.values().filter_map(|rows| rows.first()).flat_map(|row| invited(&row.meeting)).cloned().collect();
    addresses.sort_unstable();
    addresses.dedup();
    let calendars = tx.main_calendars_by_address(&addresses).await?;
    let of_series: Vec<MeetingId> =
        rows.values().filter_map(|rows| rows.first()?.meeting.series_id).collect::<BTreeSet<_>>().into_iter().collect();
    let series = by_meeting(tx.entries_of_meetings(&of_series).await?);
    let ids: Vec<CalendarId> =
        calendars.values().map(|calendar| calendar.id).collect::<BTreeSet<_>>().into_iter().collect();
    let links = tx.links_of_calendars(&ids).await?;

    let mut made = Vec::new();
    for rows in rows.into_values() {
        let Some(meeting) = rows.first().map(|row| row.meeting.clone()) else { continue };
        let lead = rows.iter().find(|row| Some(row.entry.id) == meeting.lead_entry_id).cloned();
        if meeting.shared.status == Status::Cancelled
            || lead.as_ref().is_some_and(|lead| lead.entry.deleted_at.is_some())
        {
            continue;
        }
        let series = meeting.series_id.and_then(|id| series.get(&id)).map(Vec::as_slice).unwrap_or_default();
        // Who has removed the series, or lost it, is asked to none of its occurrences; who was taken off the series' own list
        // is asked to this one anew.
        let has_lost = |calendar: CalendarId, address: &EmailAddress| {
            let is_gone = |row: &&Shown| row.entry.calendar_id == calendar && row.entry.deleted_at.is_some();
            let lists = |row: &Shown| row.meeting.shared.attendees.iter().any(|line| line.email == *address);
            series.iter().find(is_gone).is_some_and(lists)
        };
        let asked: BTreeMap<CalendarId, (&Calendar, &EmailAddress)> = invited(&meeting)
            .filter_map(|address| Some((calendars.get(address)?, address)))
            .filter(|(calendar, address)| !has_lost(calendar.id, address))
            .map(|(calendar, address)| (calendar.id, (calendar, address)))
            .collect();
        let has_row: BTreeSet<CalendarId> = rows.iter().map(|row| row.entry.calendar_id).collect();
        for mut row in rows {
            // Somebody who was taken off the list and is on it again. What the guest removed stays removed.
            let removed = row.entry.deleted_at.is_some() && row.entry.deleted_by.is_none();
            if removed && asked.contains_key(&row.entry.calendar_id) {
                row.entry.deleted_at = None;
                tx.edit_entry(&mut row.entry, false).await?;
            }
        }
        for (id, (calendar, address)) in asked {
            // The organizer's own line is no invitation.
            if has_row.contains(&id) || address.as_str() == meeting.organizer_email {
                continue;
            }
            let span = span_of(&meeting.shared, &zone(&calendar.time_zone));
            // As private as it is for its organizer, until Google's copy says otherwise.
            let visibility = lead.as_ref().and_then(|lead| lead.entry.private.visibility);
            let private = Private { visibility, ..Private::default() };
            let entry = Entry {
                id: EntryId::new(&app.world),
                calendar_id: id,
                meeting_id: meeting.id,
                series_entry_id: series.iter().find(|row| row.entry.calendar_id == id).map(|row| row.entry.id),
                link_id: links.iter().find(|link| carries(link, id)).map(|link| link.id),
                event_type: EventType::Default,
                is_busy: is_busy(&meeting.shared, &private, std::slice::from_ref(address)),
                private,
                span_start: span.start,
                span_end: span.end,
                wide: span.wide,
                google_id: None,
                incarnation: 0,
                local_version: 0,
                pushed_version: 0,
                push_problem: None,
                act: None,
                deleted_at: None,
                deleted_by: None,
                redacted: false,
                is_known_to_google: false,
                own_address: None,
            };
            made.push(Shown { entry, meeting: meeting.clone() });
        }
    }
    let entries: Vec<Entry> = made.iter().map(|shown| shown.entry.clone()).collect();
    tx.insert_entries(&entries).await?;
    Ok(made)
}

/// Who sees a series without Google sees of these occurrences what the organizer made of them; of one that somebody was taken
/// off, nothing. Who has Google is told by Google.
pub async fn follow_occurrences(app: &App, tx: &mut TenantTx, occurrences: &[MeetingId]) -> Result<(), Error> {
    if occurrences.is_empty() {
        return Ok(());
    }
    let rows = by_meeting(tx.entries_of_meetings(occurrences).await?);
    let of_series: BTreeSet<MeetingId> = rows.values().filter_map(|rows| rows.first()?.meeting.series_id).collect();
    let of_series: Vec<MeetingId> = of_series.into_iter().collect();
    let series = by_meeting(tx.entries_of_meetings(&of_series).await?);
    let ids: BTreeSet<CalendarId> = series.values().flatten().map(|row| row.entry.calendar_id).collect();
    let ids: Vec<CalendarId> = ids.into_iter().collect();
    let links = tx.links_of_calendars(&ids).await?;
    let of_people = |meeting: &Meeting| {
        let guests = meeting.shared.attendees.iter().map(|line| line.email.clone());
        guests.chain(EmailAddress::parse(&meeting.organizer_email).ok()).collect::<Vec<_>>()
    };
    let mut addresses: Vec<EmailAddress> = rows
        .values()
        .chain(series.values())
        .filter_map(|rows| rows.first())
        .flat_map(|row| of_people(&row.meeting))
        .collect();
    addresses.sort_unstable();
    addresses.dedup();
    let calendars = tx.main_calendars_by_address(&addresses).await?;
    let zones: BTreeMap<CalendarId, String> =
        tx.calendars_by_ids(&ids).await?.into_iter().map(|calendar| (calendar.id, calendar.time_zone)).collect();

    let (mut made, mut hidden) = (Vec::new(), Vec::new());
    for rows in rows.values() {
        let Some(meeting) = rows.first().map(|row| &row.meeting) else { continue };
        let Some(lead) = rows.iter().find(|row| Some(row.entry.id) == meeting.lead_entry_id) else { continue };
        // A guest's copy says what became of it for that guest.
        let organizes = meeting.organizer_email.is_empty()
            || links.iter().any(|link| {
                link.calendar_id == Some(lead.entry.calendar_id) && link.google_calendar_id == meeting.organizer_email
            })
            || EmailAddress::parse(&meeting.organizer_email)
                .ok()
                .and_then(|organizer| calendars.get(&organizer))
                .is_some_and(|calendar| calendar.id == lead.entry.calendar_id);
        let Some(series) = meeting.series_id.and_then(|id| series.get(&id)).filter(|_| organizes) else { continue };
        // Whether a calendar stands on a guest list: as its owner's main one, by its id at Google, or under an alias.
        let listed = |row: &Shown, meeting: &Meeting| {
            let calendar = row.entry.calendar_id;
            let is_own = |email: &EmailAddress| {
                row.entry.own_address.as_ref() == Some(email)
                    || calendars.get(email).is_some_and(|main| main.id == calendar)
                    || links
                        .iter()
                        .any(|link| link.calendar_id == Some(calendar) && link.google_calendar_id == email.as_str())
            };
            meeting.shared.attendees.iter().map(|line| &line.email).find(|email| is_own(email)).cloned()
        };
        for row in series.iter().filter(|row| row.entry.deleted_at.is_none()) {
            let calendar = row.entry.calendar_id;
            let has_row = rows.iter().any(|row| row.entry.calendar_id == calendar);
            if has_row || links.iter().any(|link| brings(link, calendar)) {
                continue;
            }
            let span = span_of(&meeting.shared, &zone(zones.get(&calendar).map_or("UTC", String::as_str)));
            let own = listed(row, meeting);
            let entry = Entry {
                id: EntryId::new(&app.world),
                meeting_id: meeting.id,
                series_entry_id: Some(row.entry.id),
                // Not the series' own: this occurrence may be called off or declined.
                is_busy: is_busy(&meeting.shared, &row.entry.private, own.as_slice()),
                span_start: span.start,
                span_end: span.end,
                wide: span.wide,
                google_id: None,
                incarnation: 0,
                local_version: 0,
                pushed_version: 0,
                push_problem: None,
                act: None,
                is_known_to_google: false,
                ..row.entry.clone()
            };
            // Taken off this one. A calendar that shows the series without being asked shows what became of it.
            if own.is_none() && listed(row, &row.meeting).is_some() {
                hidden.push(Entry { deleted_at: Some(app.now()), ..entry.clone() });
            }
            made.push(entry);
        }
    }
    tx.insert_entries(&made).await?;
    for entry in &mut hidden {
        tx.edit_entry(entry, false).await?;
    }
    Ok(())
}

type ByMeeting = BTreeMap<MeetingId, Vec<Shown>>;

fn by_meeting(rows: Vec<Shown>) -> ByMeeting {
    let mut found = ByMeeting::new();
    for row in rows {
        found.entry(row.meeting.id).or_default().push(row);
    }
    found
}

/// The people whose calendars show the meeting: all guests but those who said no.
fn invited(meeting: &Meeting) -> impl Iterator<Item = &EmailAddress> {
    let lines = meeting.shared.attendees.iter();
    lines.filter(|line| !line.resource && line.answer != Answer::Declined).map(|line| &line.email)
}

fn carries(link: &Link, calendar: CalendarId) -> bool {
    link.calendar_id == Some(calendar)
        && matches!(link.state, LinkState::On | LinkState::Paused)
        && link.direction != Direction::FromGoogle
}

/// Whether what Google has of a calendar comes here by itself.
fn brings(link: &Link, calendar: CalendarId) -> bool {
    link.calendar_id == Some(calendar)
        && matches!(link.state, LinkState::On | LinkState::Paused)
        && link.direction != Direction::ToGoogle
}

/// Takes a meeting out of the calendars of people who are guests no more; the entries that went.
pub async fn remove(
    app: &App,
    tx: &mut TenantTx,
    meeting: MeetingId,
    addresses: &[EmailAddress],
) -> Result<Vec<Shown>, Error> {
    let calendars = main_calendars(tx, addresses).await?;
    remove_from(app, tx, meeting, |entry| calendars.contains(&entry.calendar_id)).await
}

/// The same for people whom the organizer has taken off at Google. Who has a copy there is told by Google; who has none any
/// more, or none yet, is told of nothing.
pub async fn remove_without_copy(
    app: &App,
    tx: &mut TenantTx,
    meeting: MeetingId,
    addresses: &[EmailAddress],
) -> Result<Vec<Shown>, Error> {
    let calendars = main_calendars(tx, addresses).await?;
    let links = tx.links_of_calendars(&calendars.iter().copied().collect::<Vec<_>>()).await?;
    let is_told = |entry: &Entry| entry.is_known_to_google && links.iter().any(|link| brings(link, entry.calendar_id));
    remove_from(app, tx, meeting, |entry| calendars.contains(&entry.calendar_id) && !is_told(entry)).await
}

async fn main_calendars(tx: &mut TenantTx, addresses: &[EmailAddress]) -> Result<HashSet<CalendarId>, Error> {
    Ok(tx.main_calendars_by_address(addresses).await?.into_values().map(|calendar| calendar.id).collect())
}

async fn remove_from(
    app: &App,
    tx: &mut TenantTx,
    meeting: MeetingId,
    goes: impl Fn(&Entry) -> bool,
) -> Result<Vec<Shown>, Error> {
    let mut gone = Vec::new();
    for mut shown in tx.entries_of_meeting(meeting).await? {
        let leads = shown.meeting.lead_entry_id == Some(shown.entry.id);
        if leads || shown.entry.deleted_at.is_some() || !goes(&shown.entry) {
            continue;
        }
        shown.entry.deleted_at = Some(app.now());
        tx.edit_entry(&mut shown.entry, false).await?;
        gone.push(shown);
    }
    Ok(gone)
}
