use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use crate::{Error, GoogleService, calendar::Calendar};

/// When to look, and at whom.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FreeBusyQuery {
    /// From when on.
    pub from: Timestamp,
    /// Until when, exclusive. Google looks at about three months at most.
    pub to: Timestamp,
    /// Calendars or groups, by id. Google looks at 50 calendars a call.
    pub ids: Vec<String>,
    /// In how many members of a group at most, up to 100.
    pub group_expansion_max: Option<u32>,
    /// At how many calendars at most, up to 50.
    pub calendar_expansion_max: Option<u32>,
}

/// Shows how many are asked and not whom.
impl fmt::Debug for FreeBusyQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("FreeBusyQuery");
        shown.field("from", &self.from).field("to", &self.to).field("ids", &self.ids.len()).finish_non_exhaustive()
    }
}

impl Calendar {
    /// When people are busy. The scope [`calendar.events`](crate::calendar::scopes::EVENTS) is not enough for it.
    /// <https://developers.google.com/workspace/calendar/api/v3/reference/freebusy/query>
    pub async fn free_busy(&self, query: &FreeBusyQuery) -> Result<FreeBusyAnswer, Error> {
        let mut body = json!({
            "timeMin": query.from.to_string(),
            "timeMax": query.to.to_string(),
            "items": query.ids.iter().map(|id| json!({"id": id})).collect::<Vec<_>>(),
        });
        if let Some(count) = query.group_expansion_max {
            body["groupExpansionMax"] = count.into();
        }
        if let Some(count) = query.calendar_expansion_max {
            body["calendarExpansionMax"] = count.into();
        }
        let request = self.post("calendar.freebusy.query", "/freeBusy", &[]).json(&body).repeatable();
        self.client().json(request).await
    }
}

/// When people are busy.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
pub struct FreeBusyAnswer {
    /// By the id that was asked for, or by a group's member.
    #[serde(default)]
    pub calendars: BTreeMap<String, FreeBusyCalendar>,
    /// Who is in the groups that were asked for.
    #[serde(default)]
    pub groups: BTreeMap<String, FreeBusyGroup>,
}

/// The members of a group.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
pub struct FreeBusyGroup {
    /// Their calendars' ids.
    #[serde(default)]
    pub calendars: Vec<String>,
    /// Why they are not told.
    #[serde(default)]
    pub errors: Vec<FreeBusyProblem>,
}

/// Shows how many members there are and not who.
impl fmt::Debug for FreeBusyGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("FreeBusyGroup");
        shown.field("calendars", &self.calendars.len()).field("errors", &self.errors).finish()
    }
}

/// Shows how many have answered and not who.
impl fmt::Debug for FreeBusyAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FreeBusyAnswer").field("calendars", &self.calendars.len()).finish()
    }
}

/// When one calendar is busy. One that cannot be seen has errors instead and must not be taken for free.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct FreeBusyCalendar {
    /// The busy times, merged and in order.
    #[serde(default)]
    pub busy: Vec<Busy>,
    /// Why there is no answer for it.
    #[serde(default)]
    pub errors: Vec<FreeBusyProblem>,
}

/// A busy time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Busy {
    /// From when on.
    pub start: Timestamp,
    /// Until when, exclusive.
    pub end: Timestamp,
}

/// Why a calendar gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct FreeBusyProblem {
    /// `notFound` (also: not shared), `groupTooBig`, `tooManyCalendarsRequested`, `internalError`.
    pub reason: String,
}
