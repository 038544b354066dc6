//! What was done on either side: the ledger against which a history is judged.

use std::collections::BTreeSet;

use portico_calendar::{Event, Field, OriginalStart, Private, Reminders, Shared, When};
use portico_kernel::{MeetingId, Timestamp};
use portico_store::{ConflictField, Meeting};

use crate::{history::Edition, stage::OUTSIDER};

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Portico,
    Google,
}

/// A change of one field of one event. Every value that is written is written once in a history, so that it can be told
/// which of them survived.
#[derive(Clone, Debug)]
pub struct Edit {
    pub side: Side,
    /// In which calendar, by Google's id of it.
    pub place: String,
    /// The event's tag, which never changes.
    pub tag: String,
    /// The instance, for an edit of one occurrence.
    pub instance: Option<OriginalStart>,
    pub field: String,
    pub value: String,
    /// What the editor saw before.
    pub seen: String,
}

/// Something that ends an event, or one occurrence of it.
#[derive(Clone, Debug)]
pub struct End {
    /// On which side.
    pub side: Side,
    pub place: String,
    pub step: usize,
    pub tag: String,
    pub instance: Option<OriginalStart>,
    /// The event in Portico, where it is known there; of an occurrence its series.
    pub meeting: Option<MeetingId>,
    /// Its iCalUID at Google.
    pub uid: String,
    /// The titles, places and times that went, as far as that side knew them.
    pub seen: Vec<String>,
    /// Whether it has to come about: what a connection took along when it ended comes back with the next one.
    pub is_wanted: bool,
}

/// A series was given other times: what was changed of its occurrences goes.
#[derive(Clone, Debug)]
pub struct Redraw {
    pub tag: String,
    /// From which occurrence on.
    pub from: Option<OriginalStart>,
}

/// What was deleted is wanted again.
#[derive(Clone, Debug)]
pub struct Return {
    pub step: usize,
    /// The event; of an occurrence its series.
    pub meeting: MeetingId,
    pub instance: Option<OriginalStart>,
}

impl Return {
    pub fn of(step: usize, meeting: &Meeting) -> Self {
        Self { step, meeting: meeting.series_id.unwrap_or(meeting.id), instance: meeting.original_start }
    }
}

/// Something that a person did in Portico and wanted others to know of.
#[derive(Clone, Debug)]
pub struct Act {
    pub at: Timestamp,
    /// By whom.
    pub who: String,
    pub tag: String,
    /// The occurrence that it was about; none for a whole event.
    pub instance: Option<OriginalStart>,
    /// Of how many events it makes news: a series that is cut in two is two of them.
    pub events: usize,
}

#[derive(Clone, Debug)]
pub struct Ledger {
    edition: Edition,
    pub edits: Vec<Edit>,
    pub ends: Vec<End>,
    pub redraws: Vec<Redraw>,
    /// Events that were cut in two, once for each cut.
    pub cuts: Vec<String>,
    pub returns: Vec<Return>,
    /// Guests who took a copy of theirs away, with what was their own in it: the tag, and whose it was.
    pub left: BTreeSet<(String, String)>,
    /// Who shows an event as any other, however private its organizer made it: the tag, and who.
    pub opened: BTreeSet<(String, String)>,
    /// Calendars that, for some time, Portico wrote at Google without reading them.
    pub unread: BTreeSet<String>,
    /// What people did that Google may mail others about.
    pub acts: Vec<Act>,
    /// Events that were made, by tag.
    pub made: Vec<String>,
    /// Events that somebody outside organizes.
    pub outside: std::collections::BTreeSet<String>,
    /// Events that were private at Google, where Portico may know no more of them than when they are.
    pub hidden: std::collections::BTreeSet<String>,
    /// Tags by iCalUID, of what was made at Google: what Portico knows as busy time has none.
    pub uids: std::collections::BTreeMap<String, String>,
    /// What somebody saw who should not.
    pub leaks: Vec<String>,
    /// What can be taken back: who deleted, the tag, the id.
    pub deleted: Vec<(String, String, String)>,
    /// What happened, to read a failure by.
    pub log: Vec<String>,
}

/// Who edits what.
#[derive(Clone, Copy, Debug)]
pub struct Hand<'a> {
    pub side: Side,
    /// Google's id of the calendar.
    pub place: &'a str,
    /// Whose calendar it is.
    pub owner: &'a str,
    pub tag: &'a str,
    pub instance: Option<OriginalStart>,
}

impl Ledger {
    pub fn new(edition: Edition) -> Self {
        Self {
            edition,
            edits: Vec::new(),
            ends: Vec::new(),
            redraws: Vec::new(),
            cuts: Vec::new(),
            returns: Vec::new(),
            left: BTreeSet::new(),
            opened: BTreeSet::new(),
            unread: BTreeSet::new(),
            acts: Vec::new(),
            made: Vec::new(),
            outside: BTreeSet::new(),
            hidden: BTreeSet::new(),
            uids: std::collections::BTreeMap::new(),
            leaks: Vec::new(),
            deleted: Vec::new(),
            log: Vec::new(),
        }
    }

    /// An event was made.
    pub fn makes(&mut self, hand: Hand<'_>, event: &Event) {
        for (field, value) in self.followed(hand, event) {
            if !value.is_empty() || PLAIN.contains(&field.as_str()) {
                self.put(hand, field, value, String::new());
            }
        }
    }

    /// An event was changed.
    pub fn changes(&mut self, hand: Hand<'_>, before: &Event, after: &Event) {
        let (before, after) = (self.followed(hand, before), self.followed(hand, after));
        let of = |list: &[(String, String)], field: &str| {
            list.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let names: BTreeSet<String> = before.iter().chain(&after).map(|(field, _)| field.clone()).collect();
        for field in names {
            let (seen, value) = (of(&before, &field), of(&after, &field));
            // A rule belongs to a series, and no occurrence shows one.
            if seen != value && (field != "recurrence" || hand.instance.is_none()) {
                self.put(hand, field, value, seen);
            }
        }
    }

    fn put(&mut self, hand: Hand<'_>, field: String, value: String, seen: String) {
        let (side, place) = (hand.side, hand.place.to_owned());
        self.edits.push(Edit { side, place, tag: hand.tag.to_owned(), instance: hand.instance, field, value, seen });
    }

    fn followed(&self, hand: Hand<'_>, event: &Event) -> Vec<(String, String)> {
        let mut fields = fields(&event.shared);
        if self.edition < Edition::Fifth {
            fields.retain(|(field, _)| PLAIN.contains(&field.as_str()));
        } else if hand.owner != OUTSIDER {
            // What is an outsider's own comes to nobody here.
            fields.extend(own_fields(&event.private, hand.owner));
        }
        fields
    }

    /// The tag of a meeting.
    pub fn tag(&self, meeting: &Meeting) -> String {
        let tag = tag_of(&meeting.shared);
        if tag.is_empty() { self.uids.get(&meeting.uid).cloned().unwrap_or_default() } else { tag }
    }
}

/// The time as a value of the ledger.
pub fn time_value(when: &When) -> String {
    match when {
        When::AllDay { start, .. } => start.to_string(),
        When::Timed { start, .. } => start.0.timestamp().to_string(),
    }
}

/// `event` with Portico's side of a conflict in one field.
pub fn with_ours(event: &Event, field: &ConflictField) -> Event {
    let mut ours = event.clone();
    let name = serde_json::from_value::<Field>(field.field.as_str().into());
    name.expect("a field").set_value(&field.portico, &mut ours);
    ours
}

/// What an event of every edition has.
const PLAIN: [&str; 3] = ["title", "location", "when"];

/// The fields that the ledger follows. Each guest who comes and goes is one, and so is what a guest said.
pub fn fields(shared: &Shared) -> Vec<(String, String)> {
    let words = shared.description.split_once(' ').map_or("", |(_, words)| words);
    let mut fields = vec![
        ("title".to_owned(), shared.title.clone()),
        ("location".to_owned(), shared.location.clone()),
        ("when".to_owned(), time_value(&shared.when)),
        ("description".to_owned(), words.to_owned()),
        ("recurrence".to_owned(), shared.recurrence.join(" ")),
    ];
    for line in &shared.attendees {
        if line.email.as_str().starts_with("guest") {
            fields.push((format!("guest {}", line.email), line.email.to_string()));
        }
        if let Some(word) = &line.comment {
            fields.push((format!("answer {}", line.email), word.clone()));
        }
    }
    fields
}

/// What is the calendar's own.
pub fn own_fields(private: &Private, owner: &str) -> Vec<(String, String)> {
    let minutes = match &private.reminders {
        Reminders::Own(own) => own.iter().map(|reminder| reminder.minutes.to_string()).collect::<Vec<_>>().join(","),
        Reminders::Calendar => String::new(),
    };
    let visibility = private.visibility.map(|visibility| format!("{visibility:?}")).unwrap_or_default();
    vec![(format!("reminders {owner}"), minutes), (format!("visibility {owner}"), visibility)]
}

/// Whether a field is a calendar's own: nobody else sees it, and it goes with the copy in that calendar.
pub fn own_of(field: &str) -> Option<&str> {
    field.strip_prefix("reminders ").or_else(|| field.strip_prefix("visibility "))
}

/// The values of what the ledger follows.
pub fn values(shared: &Shared) -> Vec<String> {
    let all = fields(shared).into_iter();
    all.filter(|(field, value)| !value.is_empty() || PLAIN.contains(&field.as_str())).map(|(_, value)| value).collect()
}

/// The tag of an event: the first word of the description, which nobody edits.
pub fn tag_of(shared: &Shared) -> String {
    shared.description.split(' ').next().unwrap_or_default().to_owned()
}
