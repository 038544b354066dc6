//! What was done on either side: the ledger against which a history is judged.

use portico_calendar::{OriginalStart, Shared, When};
use portico_kernel::{MeetingId, Timestamp};
use portico_store::Meeting;
use serde_json::Value;

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
    /// On which side; it says in a failure where to look.
    #[expect(dead_code, reason = "read by people, in the text of a failure")]
    pub side: Side,
    /// The event's tag, which never changes.
    pub tag: String,
    /// The instance, for an edit of one occurrence.
    pub instance: Option<OriginalStart>,
    pub field: &'static str,
    pub value: String,
    /// What the editor saw before.
    pub seen: String,
}

/// Something that ends an event, or one occurrence of it.
#[derive(Clone, Debug)]
pub struct End {
    /// On which side.
    pub side: Side,
    pub step: usize,
    pub tag: String,
    pub instance: Option<OriginalStart>,
    /// The event in Portico, where it is known there; of an occurrence its series.
    pub meeting: Option<MeetingId>,
    /// Its iCalUID at Google.
    pub uid: String,
    /// The titles, places and times that went, as far as that side knew them.
    pub seen: Vec<String>,
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

#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub edits: Vec<Edit>,
    pub ends: Vec<End>,
    pub redraws: Vec<Redraw>,
    /// Events that were cut in two, once for each cut.
    pub cuts: Vec<String>,
    pub returns: Vec<Return>,
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

impl Ledger {
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

/// A value of the ledger out of a conflict's.
pub fn value_of(value: &Value) -> Option<String> {
    match serde_json::from_value::<When>(value.clone()) {
        Ok(when) => Some(time_value(&when)),
        Err(_) => value.as_str().map(str::to_owned),
    }
}

/// The fields that the ledger follows.
pub fn fields(shared: &Shared) -> [(&'static str, String); 3] {
    [("title", shared.title.clone()), ("location", shared.location.clone()), ("when", time_value(&shared.when))]
}

/// The values of what the ledger follows.
pub fn values(shared: &Shared) -> Vec<String> {
    fields(shared).into_iter().map(|(_, value)| value).collect()
}

/// The tag of an event: it lies in the description, which nobody edits.
pub fn tag_of(shared: &Shared) -> String {
    shared.description.clone()
}
