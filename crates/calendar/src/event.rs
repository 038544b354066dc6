//! What an event says: the fields that both sides know and that the merge compares.

use portico_kernel::EmailAddress;
use serde::{Deserialize, Serialize};

use crate::When;

/// An event as one calendar shows it: the shared fields of the meeting with the private fields of the entry.
///
/// A *single* event, the *master* of a series and an *exception* (one changed or cancelled instance) are each an
/// `Event` of their own. This is what base, ours and theirs are in a three-way merge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// What the meeting's people share.
    pub shared: Shared,
    /// What is this calendar's own.
    pub private: Private,
}

/// The fields that flow from the organizer's entry to everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    /// The title; empty when there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The description as it was written, HTML included; empty when there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The place; empty when there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub location: String,
    /// When it happens (for a master: its first occurrence by the rule).
    pub when: When,
    /// RRULE, EXRULE, RDATE and EXDATE lines of a master, as they were written; empty for everything else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recurrence: Vec<String>,
    /// Whether it takes place.
    #[serde(default, skip_serializing_if = "Status::is_confirmed")]
    pub status: Status,
    /// The guests, the organizer's own line included where there is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attendees: Vec<Attendee>,
    /// The online meeting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conference: Option<Conference>,
    /// Whether guests may change the shared fields.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub guests_can_modify: bool,
    /// Whether guests may invite others (Google's default is yes).
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub guests_can_invite_others: bool,
    /// Whether guests see who else is invited (Google's default is yes).
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub guests_can_see_other_guests: bool,
}

/// The fields that stay with one calendar's copy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Private {
    /// Who may see the details; unset follows the calendar's own rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    /// Whether the time counts as free.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub transparent: bool,
    /// The reminders of this calendar's owner.
    #[serde(default, skip_serializing_if = "Reminders::is_default")]
    pub reminders: Reminders,
    /// Google's colour id (`1` … `11`), unset for the calendar's own colour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
}

/// Whether an event takes place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It does.
    #[default]
    Confirmed,
    /// Perhaps.
    Tentative,
    /// It does not: a deleted event, or a cancelled instance of a series.
    Cancelled,
}

impl Status {
    fn is_confirmed(&self) -> bool {
        *self == Self::Confirmed
    }
}

/// One guest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendee {
    /// The guest's address; what identifies the guest.
    pub email: EmailAddress,
    /// The name that came with the invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The guest's answer.
    #[serde(default, skip_serializing_if = "Answer::is_needed")]
    pub answer: Answer,
    /// Whether the guest may stay away.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// Whether this is a room or another resource.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub resource: bool,
    /// What the guest wrote with the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A guest's answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// None yet.
    #[default]
    NeedsAction,
    /// Yes.
    Accepted,
    /// Maybe.
    Tentative,
    /// No.
    Declined,
}

impl Answer {
    fn is_needed(&self) -> bool {
        *self == Self::NeedsAction
    }
}

/// Who may see an event's details.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Whoever may see the calendar.
    Public,
    /// Only its people; others see "busy".
    Private,
    /// The same as private, kept apart because Google keeps it apart.
    Confidential,
}

/// The reminders of one entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reminders {
    /// Those of the calendar.
    #[default]
    Calendar,
    /// These instead: at most five, in no particular order; none at all when empty.
    Own(Vec<Reminder>),
}

impl Reminders {
    fn is_default(&self) -> bool {
        *self == Self::Calendar
    }
}

/// One reminder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reminder {
    /// How it reaches the person.
    pub method: ReminderMethod,
    /// How long before the start, in minutes: 0 to 40,320 (four weeks).
    pub minutes: u32,
}

/// How a reminder reaches a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderMethod {
    /// By mail.
    Email,
    /// On the screen.
    Popup,
}

/// The online meeting of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Conference {
    /// Wanted: Google is to make a room. The request id is the same on every retry, so that no second room is made.
    Wanted {
        /// Unique per event.
        request_id: String,
    },
    /// Google is making the room; it is asked again.
    Pending {
        /// The request that is being worked off.
        request_id: String,
    },
    /// The room is there.
    Ready {
        /// Where to join, such as `https://meet.google.com/abc-mnop-xyz`.
        url: String,
        /// Google's id of the room, where known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
    },
    /// Google could not make the room.
    Failed {
        /// The request that failed.
        request_id: String,
    },
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_yes(value: &bool) -> bool {
    *value
}

impl Event {
    /// An event with nothing but a title and a time.
    pub fn new(title: impl Into<String>, when: When) -> Self {
        Self {
            shared: Shared {
                title: title.into(),
                description: String::new(),
                location: String::new(),
                when,
                recurrence: Vec::new(),
                status: Status::Confirmed,
                attendees: Vec::new(),
                conference: None,
                guests_can_modify: false,
                guests_can_invite_others: true,
                guests_can_see_other_guests: true,
            },
            private: Private::default(),
        }
    }
}
