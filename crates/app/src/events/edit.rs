//! What every edit does: it changes a meeting, marks what has to go out, tells the journal, wakes the sync.

use std::collections::{BTreeSet, HashMap};

use portico_calendar::{Event, Visibility, diff};
use portico_kernel::{CalendarId, EmailAddress, EntryId, LinkId, MeetingId, Timestamp};
use portico_store::{Entry, EventType, JournalRow, LinkState, Meeting, Shown, TenantTx};
use serde_json::{Map, Value, json};

use super::{event_of, hides_guests, is_busy, omit_guests};
use crate::{
    App, Error,
    access::Person,
    calendars::{self, Rights, SeenCalendar},
    google_event, invitations, links,
    spans::span_of,
};

/// One edit: who, when, in which transaction.
pub(crate) struct Edit<'a> {
    pub app: &'a App,
    pub person: &'a Person,
    pub tx: &'a mut TenantTx,
    pub now: Timestamp,
    /// Whether guests are told.
    pub notify: bool,
    calendars: HashMap<CalendarId, SeenCalendar>,
    rights: Option<Rights>,
    woken: BTreeSet<LinkId>,
}

impl<'a> Edit<'a> {
    pub fn new(app: &'a App, person: &'a Person, tx: &'a mut TenantTx, notify: bool) -> Self {
        let now = app.now();
        Self { app, person, tx, now, notify, calendars: HashMap::new(), rights: None, woken: BTreeSet::new() }
    }

    /// The act that the sync carries out, and that lets guests be told of what `tells` them something: a colour does not.
    /// `version` is the entry's with this edit.
    fn act(&self, tells: bool, version: i64) -> Value {
        json!({"account": self.person.account, "at": self.now.0, "notify": tells && self.notify, "version": version})
    }

    /// The act for an entry that is edited once more. What guests are still to be told of stays to be told.
    fn next_act(&self, entry: &Entry, tells: bool) -> Value {
        let promised = entry.act.clone().filter(|act| entry.is_pending() && act["notify"] == true);
        let new = self.act(tells, entry.local_version + 1);
        promised.filter(|_| new["notify"] != true).unwrap_or(new)
    }

    pub async fn calendar(&mut self, id: CalendarId) -> Result<SeenCalendar, Error> {
        if let Some(known) = self.calendars.get(&id) {
            return Ok(known.clone());
        }
        let found = self.tx.calendar(id).await?.ok_or(Error::NotFound)?;
        let rights = match self.rights.take() {
            Some(known) => known,
            None => Rights::of(self.tx, self.person).await?,
        };
        let seen = calendars::seen_with(self.tx, self.person, vec![found], &rights).await?;
        self.rights = Some(rights);
        let seen = seen.into_iter().next().ok_or(Error::NotFound)?;
        self.calendars.insert(id, seen.clone());
        Ok(seen)
    }

    /// Asks for a run of the link that carries `entry`, once an edit.
    async fn wake(&mut self, calendar: &SeenCalendar, entry: &Entry) -> Result<(), Error> {
        let works = |link: LinkId| calendar.links.iter().any(|known| known.id == link && known.state == LinkState::On);
        if let Some(link) = entry.link_id.filter(|link| works(*link))
            && self.woken.insert(link)
        {
            links::wake(self.app, self.tx, link).await?;
        }
        Ok(())
    }

    fn journal(&mut self, action: &'static str, shown: &Shown, change: Option<(&Event, &Event)>) {
        let ids = json!({"entry": shown.entry.id, "calendar": shown.entry.calendar_id});
        let (mut before, mut after) = (None, ids.clone());
        if let Some((old, new)) = change {
            let hidden = |event: &Event| {
                matches!(event.private.visibility, Some(Visibility::Private | Visibility::Confidential))
            };
            let fields = diff(old, new);
            after["changed"] = json!(fields);
            if !hidden(old) && !hidden(new) {
                let values = |event: &Event| {
                    let pair = |field: &portico_calendar::Field| {
                        let name = serde_json::to_value(field).ok()?.as_str()?.to_owned();
                        Some((name, field.value(event)))
                    };
                    Value::Object(fields.iter().filter_map(pair).collect::<Map<String, Value>>())
                };
                before = Some(values(old));
                after["fields"] = values(new);
            }
        }
        self.tx.journal(JournalRow {
            actor: self.person.actor(),
            action,
            subject_kind: "meeting",
            subject: shown.meeting.id.0,
            before,
            after: Some(after),
            why: None,
        });
    }

    /// Tells the journal that an event is in another calendar now.
    pub fn note_move(&mut self, shown: &Shown, to: CalendarId) {
        self.tx.journal(JournalRow {
            actor: self.person.actor(),
            action: "meeting.moved",
            subject_kind: "meeting",
            subject: shown.meeting.id.0,
            before: Some(json!({"calendar": shown.entry.calendar_id})),
            after: Some(json!({"entry": shown.entry.id, "calendar": to})),
            why: None,
        });
    }

    /// The rows of a new event in `calendar`, waiting to go out.
    pub fn new_rows(&self, calendar: &SeenCalendar, event: &Event) -> Shown {
        let id = EntryId::new(&self.app.world);
        let meeting_id = MeetingId::new(&self.app.world);
        let span = span_of(&event.shared, &calendar.zone);
        let outgoing = calendar.outgoing();
        let organizer = outgoing
            .map(|link| link.google_calendar_id.clone())
            .filter(|id| EmailAddress::parse(id).is_ok())
            .or_else(|| calendar.addresses.last().map(ToString::to_string))
            .unwrap_or_else(|| self.person.email.to_string());
        Shown {
            entry: Entry {
                id,
                calendar_id: calendar.calendar.id,
                meeting_id,
                series_entry_id: None,
                link_id: outgoing.map(|link| link.id),
                event_type: EventType::Default,
                private: event.private.clone(),
                span_start: span.start,
                span_end: span.end,
                wide: span.wide,
                is_busy: is_busy(&event.shared, &event.private, &calendar.addresses),
                google_id: None,
                incarnation: 0,
                local_version: 1,
                pushed_version: 0,
                push_problem: None,
                act: Some(self.act(true, 1)),
                deleted_at: None,
                deleted_by: None,
                redacted: false,
                is_known_to_google: false,
                own_address: None,
            },
            meeting: Meeting {
                id: meeting_id,
                uid: google_event::ical_uid(&google_event::google_id(id, 0)),
                original_start: None,
                organizer_email: organizer,
                organizer_name: calendar.owner_name.clone().unwrap_or_else(|| self.person.name.clone()),
                series_id: None,
                lead_entry_id: Some(id),
                shared: event.shared.clone(),
                span_start: span.start,
                span_end: span.end,
                version: 1,
                created_at: self.now,
                updated_at: self.now,
            },
        }
    }

    /// Writes a new event and lets the colleagues among its guests see it.
    pub async fn insert(&mut self, calendar: &SeenCalendar, shown: &Shown) -> Result<(), Error> {
        self.tx.insert_meetings(std::slice::from_ref(&shown.meeting)).await?;
        self.tx.insert_entries(std::slice::from_ref(&shown.entry)).await?;
        self.journal("meeting.created", shown, None);
        self.wake(calendar, &shown.entry).await?;
        self.invite(shown.meeting.id).await
    }

    /// Lets colleagues' calendars follow the guest list.
    pub async fn invite(&mut self, meeting: MeetingId) -> Result<(), Error> {
        let invited = invitations::bring_in_line(self.app, self.tx, &[meeting]).await?;
        for shown in &invited {
            self.journal("meeting.invited", shown, None);
        }
        Ok(())
    }

    /// Writes what `event` says into the row that `shown` holds, and marks what has to go out.
    ///
    /// Shared fields go out through the leading entry, private ones and a guest's own answer through the calendar's own.
    pub async fn write(&mut self, shown: &Shown, event: &Event) -> Result<(), Error> {
        let before = event_of(shown);
        let shared_changed = before.shared != event.shared;
        if !shared_changed && before.private == event.private {
            return Ok(());
        }
        let mut meeting = shown.meeting.clone();
        let calendar = self.calendar(shown.entry.calendar_id).await?;
        if shared_changed {
            let span = span_of(&event.shared, &calendar.zone);
            meeting.shared = event.shared.clone();
            (meeting.span_start, meeting.span_end) = (span.start, span.end);
            self.tx.update_meeting(&mut meeting, self.now).await?;
        }
        let rows = self.tx.entries_of_meeting(meeting.id).await?;
        let lead = meeting
            .lead_entry_id
            .filter(|lead| rows.iter().any(|row| row.entry.id == *lead && row.entry.deleted_at.is_none()))
            .unwrap_or(shown.entry.id);
        let answers_alone = only_answers(&before, event);
        for row in rows {
            let own = row.entry.id == shown.entry.id;
            if row.entry.deleted_at.is_some() && !own {
                continue;
            }
            let calendar = self.calendar(row.entry.calendar_id).await?;
            let mut entry = row.entry;
            if own {
                entry.private = event.private.clone();
            } else if shown.entry.id == lead
                && !entry.is_known_to_google
                && entry.private.visibility == before.private.visibility
            {
                // A colleague's row without a copy at Google is as private as its organizer's.
                entry.private.visibility = event.private.visibility;
            }
            let span = span_of(&meeting.shared, &calendar.zone);
            (entry.span_start, entry.span_end, entry.wide) = (span.start, span.end, span.wide);
            entry.is_busy = is_busy(&meeting.shared, &entry.private, &calendar.addresses_in(&entry));
            // A colleague with a linked calendar answers through it; one without is spoken for by the organizer.
            let speaks_itself = own && entry.link_id.is_some() && answers_alone;
            let through_lead = shared_changed && entry.id == lead && !(answers_alone && self.spoken(shown, lead));
            let pending =
                through_lead || speaks_itself || (own && (before.private != event.private || lead == entry.id));
            if pending {
                // An answer that the organizer's calendar carries for a colleague is no news of the organizer's.
                entry.act = Some(self.next_act(&entry, shared_changed && (own || !answers_alone)));
            }
            self.tx.edit_entry(&mut entry, pending).await?;
            if pending {
                self.wake(&calendar, &entry).await?;
            }
            let told = Shown { entry, meeting: meeting.clone() };
            let (mut was, mut is) = (before.clone(), event.clone());
            if hides_guests(&calendar, &told) {
                // The journal of a calendar names nobody whom the calendar hides.
                let own = calendar.addresses_in(&told.entry);
                for side in [&mut was, &mut is] {
                    omit_guests(&mut side.shared.attendees, &own, &meeting.organizer_email);
                }
            }
            self.journal("meeting.updated", &told, own.then_some((&was, &is)));
        }
        if shared_changed {
            self.follow_list(meeting.id, &before, event).await?;
        }
        Ok(())
    }

    /// Lets colleagues' calendars follow a guest list that was another one before.
    pub async fn follow_list(&mut self, meeting: MeetingId, before: &Event, after: &Event) -> Result<(), Error> {
        let removed: Vec<EmailAddress> = before
            .shared
            .attendees
            .iter()
            .map(|line| line.email.clone())
            .filter(|email| !after.shared.attendees.iter().any(|line| line.email == *email))
            .collect();
        if !removed.is_empty() {
            for shown in &invitations::remove(self.app, self.tx, meeting, &removed).await? {
                self.journal("meeting.deleted", shown, None);
            }
        }
        self.invite(meeting).await
    }

    /// Whether an answer in `shown` goes out through its own calendar and not through the lead.
    fn spoken(&self, shown: &Shown, lead: EntryId) -> bool {
        shown.entry.id != lead && shown.entry.link_id.is_some()
    }

    /// Hides an entry as deleted by this person; with `pending` Google is told.
    pub async fn delete_entry(&mut self, shown: &Shown, pending: bool) -> Result<(), Error> {
        let calendar = self.calendar(shown.entry.calendar_id).await?;
        let mut entry = shown.entry.clone();
        entry.deleted_at = Some(self.now);
        entry.deleted_by = Some(self.person.account);
        if pending {
            entry.act = Some(self.act(true, entry.local_version + 1));
        }
        self.tx.edit_entry(&mut entry, pending).await?;
        if pending {
            self.wake(&calendar, &entry).await?;
        }
        self.journal("meeting.deleted", &Shown { entry, meeting: shown.meeting.clone() }, None);
        Ok(())
    }

    /// Shows a deleted entry again; with `pending` Google is told.
    pub async fn restore_entry(&mut self, shown: &Shown, pending: bool) -> Result<(), Error> {
        let calendar = self.calendar(shown.entry.calendar_id).await?;
        let mut entry = shown.entry.clone();
        (entry.deleted_at, entry.deleted_by) = (None, None);
        if pending {
            entry.act = Some(self.act(true, entry.local_version + 1));
        }
        self.tx.edit_entry(&mut entry, pending).await?;
        if pending {
            self.wake(&calendar, &entry).await?;
        }
        self.journal("meeting.restored", &Shown { entry, meeting: shown.meeting.clone() }, None);
        Ok(())
    }
}

/// Whether two events differ in answers and what goes with them, and in nothing else that is shared.
fn only_answers(before: &Event, after: &Event) -> bool {
    let mut bare = after.shared.clone();
    for line in &mut bare.attendees {
        if let Some(known) = before.shared.attendees.iter().find(|known| known.email == line.email) {
            (line.answer, line.comment) = (known.answer, known.comment.clone());
        }
    }
    bare == before.shared
}
