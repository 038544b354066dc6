use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use serde_json::json;

use crate::{
    Error, GoogleService,
    calendar::{Calendar, DateTime},
    resource::resource,
};

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

resource! {
    /// When people are busy.
    pub struct FreeBusyAnswer {
        /// By the id that was asked for, or by a group's member.
        calendars: BTreeMap<String, FreeBusyCalendar> = "calendars" personal,
        /// Who is in the groups that were asked for.
        groups: BTreeMap<String, FreeBusyGroup> = "groups" personal,
    }
}

resource! {
    /// The members of a group.
    pub struct FreeBusyGroup {
        /// Their calendars' ids.
        calendars: Vec<String> = "calendars" personal,
        /// Why they are not told.
        errors: Vec<FreeBusyProblem> = "errors",
    }
}

resource! {
    /// When one calendar is busy. One that cannot be seen has errors instead and must not be taken for free.
    pub struct FreeBusyCalendar {
        /// The busy times, merged and in order.
        busy: Vec<Busy> = "busy",
        /// Why there is no answer for it.
        errors: Vec<FreeBusyProblem> = "errors",
    }
}

resource! {
    /// A busy time.
    pub struct Busy {
        /// From when on.
        start: DateTime = "start",
        /// Until when, exclusive.
        end: DateTime = "end",
    }
}

resource! {
    /// Why a calendar gave no answer.
    pub struct FreeBusyProblem {
        /// `notFound` (also: not shared), `groupTooBig`, `tooManyCalendarsRequested`, `internalError`.
        reason: String = "reason",
        /// Where the reason comes from.
        domain: String = "domain",
    }
}

impl FreeBusyAnswer {
    /// When the calendar that was asked for under this id is busy; `None` when there is no answer for it, which does not
    /// mean that it is free.
    pub fn busy(&self, id: &str) -> Option<&[Busy]> {
        let calendar = self.calendars.as_ref()?.get(id)?;
        calendar.problem().is_none().then(|| calendar.busy.as_deref().unwrap_or_default())
    }

    /// Why there is no answer for the calendar that was asked for under this id.
    pub fn problem(&self, id: &str) -> Option<&FreeBusyProblem> {
        self.calendars.as_ref()?.get(id)?.problem()
    }
}

impl FreeBusyCalendar {
    /// Why there is no answer for it, if there is none.
    pub fn problem(&self) -> Option<&FreeBusyProblem> {
        self.errors.as_ref()?.first()
    }
}

impl Busy {
    /// Beginning and end, if both are there.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        Some((self.start.as_ref()?.timestamp()?, self.end.as_ref()?.timestamp()?))
    }
}
