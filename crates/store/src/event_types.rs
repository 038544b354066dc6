//! The kinds of Google's events, and which of them a link brings.

use crate::text_enum::text_enum;

text_enum! {
    /// What kind of event Google says it is, in Google's word. It never changes, and everything made here is usual.
    pub enum EventType {
        /// A usual one.
        Default = "default",
        /// Made from a mail by Google.
        FromGmail = "fromGmail",
        /// Somebody is away.
        OutOfOffice = "outOfOffice",
        /// Time for concentrated work.
        FocusTime = "focusTime",
        /// Where somebody works.
        WorkingLocation = "workingLocation",
        /// A birthday, every year.
        Birthday = "birthday",
    }
}

impl EventType {
    /// All kinds, in the order in which they are kept.
    pub const ALL: [Self; 6] =
        [Self::Default, Self::FromGmail, Self::OutOfOffice, Self::FocusTime, Self::WorkingLocation, Self::Birthday];

    /// What a new link brings. A place of work on every day and everybody's birthdays are for who asks for them.
    pub const AT_FIRST: [Self; 4] = [Self::Default, Self::FromGmail, Self::OutOfOffice, Self::FocusTime];

    /// Whether it is of a special kind: Google alone lets it be changed.
    pub fn is_special(self) -> bool {
        self != Self::Default
    }

    /// These kinds once each, in their order.
    pub fn in_order(of: &[Self]) -> Vec<Self> {
        Self::ALL.into_iter().filter(|kind| of.contains(kind)).collect()
    }
}

/// As a row of `links` has it.
pub(crate) fn list(of: &[EventType]) -> String {
    of.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(",")
}

/// Reads what [`list`] writes.
pub(crate) fn parse_list(text: &str) -> Option<Vec<EventType>> {
    text.split(',').map(EventType::parse).collect()
}
