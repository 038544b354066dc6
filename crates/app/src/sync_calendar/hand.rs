//! The rows that a step of the sync holds in hand, and what it has changed in them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use portico_calendar::OriginalStart;
use portico_kernel::{EmailAddress, EntryId, MeetingId, Timestamp};
use portico_store::{ConflictField, Link, SyncEntry, SyncMeeting};
use portico_world::World;
use serde_json::Value;

/// Whose calendar it is, and when.
pub(super) struct Seat<'a> {
    pub link: &'a Link,
    pub zone: TimeZone,
    pub now: Timestamp,
    pub world: &'a World,
    /// The generation that rows brought now belong to.
    pub generation: i64,
    /// Whether everything is being read anew, so that news is no news.
    pub full: bool,
}

impl Seat<'_> {
    /// The address under which this calendar stands in guest lists.
    pub fn own_address(&self) -> Option<EmailAddress> {
        EmailAddress::parse(&self.link.google_calendar_id).ok()
    }

    /// The address under which it stands in that of an entry.
    pub fn own_address_of(&self, entry: &SyncEntry) -> Option<EmailAddress> {
        let alias = entry.own_address.as_deref().and_then(|alias| EmailAddress::parse(alias).ok());
        alias.or_else(|| self.own_address())
    }
}

/// Fields that both sides changed, on their way to the table of conflicts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NewConflict {
    pub entry: EntryId,
    pub meeting: MeetingId,
    pub fields: Vec<ConflictField>,
    /// The person's act that made our side.
    pub act: Option<Value>,
    pub google_at: Option<Timestamp>,
}

/// What happened to an entry, for the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    Created,
    Updated,
    Deleted,
    Restored,
    Pushed,
    Refused,
}

/// Rows by every way in which a step looks for them.
#[derive(Default)]
pub(super) struct Hand {
    pub entries: BTreeMap<EntryId, SyncEntry>,
    pub meetings: BTreeMap<MeetingId, SyncMeeting>,
    /// Meetings whose entries were read in all calendars.
    pub complete: BTreeSet<MeetingId>,
    by_google: BTreeMap<String, EntryId>,
    by_uid: BTreeMap<(String, Option<OriginalStart>), Vec<MeetingId>>,
    by_meeting: BTreeMap<MeetingId, Vec<EntryId>>,
    pub touched_entries: BTreeSet<EntryId>,
    pub touched_meetings: BTreeSet<MeetingId>,
    pub conflicts: Vec<NewConflict>,
    pub facts: BTreeSet<(EntryId, Fact)>,
    /// Entries that a full pull found as they were: they only move on to its generation.
    pub passed: BTreeSet<EntryId>,
    /// Meetings whose guest list changed, so that colleagues' calendars have to follow.
    pub guests_changed: BTreeSet<MeetingId>,
    /// People who were taken off guest lists.
    pub uninvited: BTreeMap<MeetingId, BTreeSet<EmailAddress>>,
}

impl Hand {
    /// Takes rows in. An entry of `seat`'s link can be found by its Google id from then on.
    pub fn take(&mut self, seat: &Seat<'_>, entries: Vec<SyncEntry>, meetings: Vec<SyncMeeting>) {
        for meeting in meetings {
            self.take_meeting(meeting);
        }
        for entry in entries {
            self.take_entry(seat, entry);
        }
    }

    pub fn take_entry(&mut self, seat: &Seat<'_>, entry: SyncEntry) {
        if let Some(google_id) = &entry.google_id
            && entry.link_id == Some(seat.link.id)
        {
            self.by_google.insert(google_id.clone(), entry.id);
        }
        let siblings = self.by_meeting.entry(entry.meeting_id).or_default();
        if !siblings.contains(&entry.id) {
            siblings.push(entry.id);
        }
        self.entries.insert(entry.id, entry);
    }

    pub fn take_meeting(&mut self, meeting: SyncMeeting) {
        let same = self.by_uid.entry((meeting.uid.clone(), meeting.original_start)).or_default();
        if !same.contains(&meeting.id) {
            same.push(meeting.id);
        }
        self.meetings.insert(meeting.id, meeting);
    }

    /// An id that the entry gave up for another one is nobody's.
    pub fn by_google(&self, google_id: &str) -> Option<EntryId> {
        let id = *self.by_google.get(google_id)?;
        self.entries.get(&id).filter(|entry| entry.google_id.as_deref().is_none_or(|own| own == google_id)).map(|_| id)
    }

    pub fn by_uid(&self, uid: &str, original: Option<OriginalStart>) -> &[MeetingId] {
        self.by_uid.get(&(uid.to_owned(), original)).map_or(&[], Vec::as_slice)
    }

    /// The entries of a meeting in all calendars.
    pub fn of_meeting(&self, meeting: MeetingId) -> Vec<EntryId> {
        self.by_meeting.get(&meeting).cloned().unwrap_or_default()
    }

    pub fn meeting_of(&self, entry: EntryId) -> Option<&SyncMeeting> {
        self.meetings.get(&self.entries.get(&entry)?.meeting_id)
    }

    /// Whether an entry is of the calendar of whoever organizes its meeting.
    pub fn is_organizers(&self, id: EntryId) -> bool {
        let Some((entry, meeting)) = self.entries.get(&id).zip(self.meeting_of(id)) else { return false };
        let organizer = Some(meeting.organizer_email.as_str());
        entry.speaker.as_deref() == organizer || entry.owner.as_deref() == organizer
    }

    /// Changes an entry and notes that it has to be written, if it is another one afterwards.
    pub fn change<T>(&mut self, id: EntryId, change: impl FnOnce(&mut SyncEntry) -> T) -> Option<T> {
        let entry = self.entries.get_mut(&id)?;
        let before = entry.clone();
        let result = change(entry);
        if *entry != before {
            self.touched_entries.insert(id);
        }
        Some(result)
    }

    pub fn change_meeting(&mut self, id: MeetingId, change: impl FnOnce(&mut SyncMeeting)) -> bool {
        let Some(meeting) = self.meetings.get_mut(&id) else { return false };
        let before = meeting.clone();
        change(meeting);
        let changed = *meeting != before;
        if changed {
            meeting.version += 1;
            self.touched_meetings.insert(id);
        }
        changed
    }

    /// Lets an entry be found by the id that Google knows it by.
    pub fn claim(&mut self, id: EntryId, google_id: &str) {
        self.change(id, |entry| entry.google_id = Some(google_id.to_owned()));
        self.by_google.insert(google_id.to_owned(), id);
    }

    /// Events that cannot be read are there all the same: a full pull must not take them for gone.
    pub fn pass_unreadable(&mut self, ids: &[String]) {
        self.passed.extend(ids.iter().filter_map(|id| self.by_google.get(id)));
    }

    /// A conflict, with the act that made our side.
    pub fn clash(&mut self, id: EntryId, fields: Vec<ConflictField>) {
        let Some(entry) = self.entries.get(&id) else { return };
        let new = NewConflict { entry: id, meeting: entry.meeting_id, fields, act: entry.act.clone(), google_at: None };
        self.conflicts.push(new);
    }

    pub fn forget_google_id(&mut self, google_id: &str) {
        self.by_google.remove(google_id);
    }

    pub fn note(&mut self, entry: EntryId, fact: Fact) {
        self.facts.insert((entry, fact));
    }
}
