//! What was done on either side: the ledger against which a history is judged.

use portico_calendar::{OriginalStart, Shared, When};

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

/// Something that ends an event, an occurrence, or what was changed of it.
#[derive(Clone, Debug)]
pub struct End {
    /// On which side.
    #[expect(dead_code, reason = "read by people, in the text of a failure")]
    pub side: Side,
    pub tag: String,
    pub instance: Option<OriginalStart>,
    /// The titles, places and times that the person saw then.
    pub seen: Vec<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub edits: Vec<Edit>,
    pub ends: Vec<End>,
    /// Tags by the number of acts that may have mailed guests.
    pub acts: std::collections::BTreeMap<String, usize>,
    /// Events that were made, by tag.
    pub made: Vec<String>,
    /// Events that somebody outside organizes.
    pub outside: std::collections::BTreeSet<String>,
    /// Events of which a part became an event of its own.
    pub splits: std::collections::BTreeSet<String>,
    /// What can be taken back: who deleted, the tag, the id.
    pub deleted: Vec<(String, String, String)>,
    /// Events that were deleted and brought back.
    pub undone: std::collections::BTreeSet<String>,
    /// What happened, to read a failure by.
    pub log: Vec<String>,
}

/// The time as a value of the ledger.
pub fn time_value(when: &When) -> String {
    match when {
        When::AllDay { start, .. } => start.to_string(),
        When::Timed { start, .. } => start.0.timestamp().to_string(),
    }
}

/// The fields that the ledger follows.
pub fn fields(shared: &Shared) -> [(&'static str, String); 3] {
    [("title", shared.title.clone()), ("location", shared.location.clone()), ("when", time_value(&shared.when))]
}

/// The tag of an event: it lies in the description, which nobody edits.
pub fn tag_of(shared: &Shared) -> String {
    shared.description.clone()
}
