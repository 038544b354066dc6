//! Series: one occurrence changed by itself, a series cut in two, a series moved in time.

use portico_calendar::{
    Conference, Event, Moment, OriginalStart, Recurrence, Status, When, exception_follows, moved_lines, split_before,
};
use portico_kernel::{EntryId, MeetingId};
use portico_store::{Meeting, Shown};

use super::{Target, edit::Edit, event_of, is_busy, organizes};
use crate::{Error, spans::span_of};

impl Edit<'_> {
    /// Writes an occurrence: into its own row, or into a new one in every calendar that shows the series.
    pub async fn write_occurrence(&mut self, target: &Target, event: &Event) -> Result<(), Error> {
        match (&target.series, target.start) {
            (Some(series), Some(start)) if !target.is_exception() => self.new_exception(series, start, event).await,
            _ => self.write(&target.row, event).await,
        }
    }

    /// Gives an occurrence that was never changed a row of its own. It leads where the series leads.
    pub async fn new_exception(&mut self, series: &Shown, start: OriginalStart, event: &Event) -> Result<(), Error> {
        let calendar = self.calendar(series.entry.calendar_id).await?;
        let before = portico_calendar::instance(&event_of(series), start, &calendar.zone).ok_or(Error::NotFound)?;
        let id = MeetingId::new(&self.app.world);
        let span = span_of(&before.shared, &calendar.zone);
        let mut rows = Vec::new();
        let mut lead = None;
        for master in self.tx.entries_of_meeting(series.meeting.id).await? {
            if master.entry.deleted_at.is_some() {
                continue;
            }
            let place = self.calendar(master.entry.calendar_id).await?;
            let span = span_of(&before.shared, &place.zone);
            let mut entry = master.entry.clone();
            entry.id = EntryId::new(&self.app.world);
            entry.meeting_id = id;
            entry.series_entry_id = Some(master.entry.id);
            (entry.span_start, entry.span_end, entry.wide) = (span.start, span.end, span.wide);
            entry.is_busy = is_busy(&before.shared, &entry.private, &place.addresses_in(&entry));
            (entry.google_id, entry.incarnation, entry.is_known_to_google) = (None, 0, false);
            (entry.local_version, entry.pushed_version) = (0, 0);
            (entry.push_problem, entry.act) = (None, None);
            if Some(master.entry.id) == series.meeting.lead_entry_id {
                lead = Some(entry.id);
            }
            rows.push(entry);
        }
        let own = rows.iter().find(|row| row.series_entry_id == Some(series.entry.id)).ok_or(Error::NotFound)?.clone();
        let meeting = Meeting {
            id,
            original_start: Some(start),
            series_id: Some(series.meeting.id),
            lead_entry_id: Some(lead.unwrap_or(own.id)),
            shared: before.shared.clone(),
            span_start: span.start,
            span_end: span.end,
            version: 1,
            created_at: self.now,
            updated_at: self.now,
            ..series.meeting.clone()
        };
        self.tx.insert_meetings(std::slice::from_ref(&meeting)).await?;
        self.tx.insert_entries(&rows).await?;
        self.write(&Shown { entry: own, meeting }, event).await
    }

    /// Changes a whole series: its occurrences that were changed by themselves follow in what they had not overridden, and
    /// those that the rule does not give any more go.
    pub async fn write_series(&mut self, master: &Shown, event: &Event) -> Result<(), Error> {
        let before = event_of(master);
        let regenerated =
            before.shared.when != event.shared.when || before.shared.recurrence != event.shared.recurrence;
        let exceptions = self.tx.entries_of_series(master.entry.id).await?;
        self.write(master, event).await?;
        let rule = Recurrence::read(&event.shared.recurrence, &event.shared.when);
        for exception in exceptions.iter().filter(|exception| exception.entry.deleted_at.is_none()) {
            let Some(start) = exception.meeting.original_start else { continue };
            if regenerated && !rule.contains(start) {
                self.drop_everywhere(exception).await?;
                continue;
            }
            let known = event_of(exception);
            let followed = exception_follows(&before, event, &known);
            if followed != known && known.shared.status != Status::Cancelled {
                self.follow(exception, &followed).await?;
            }
        }
        Ok(())
    }

    /// Writes what an exception takes over from its series. Google does the same by itself: nothing goes out.
    async fn follow(&mut self, exception: &Shown, event: &Event) -> Result<(), Error> {
        let mut meeting = exception.meeting.clone();
        if meeting.shared != event.shared {
            meeting.shared = event.shared.clone();
            self.tx.update_meeting(&mut meeting, self.now).await?;
        }
        let calendar = self.calendar(exception.entry.calendar_id).await?;
        let mut entry = exception.entry.clone();
        entry.private = event.private.clone();
        entry.is_busy = is_busy(&event.shared, &entry.private, &calendar.addresses_in(&entry));
        self.tx.edit_entry(&mut entry, false).await?;
        self.follow_list(meeting.id, &event_of(exception), event).await
    }

    /// An occurrence that its series has no more goes from every calendar. Google drops it by itself.
    async fn drop_everywhere(&mut self, exception: &Shown) -> Result<(), Error> {
        for row in self.tx.entries_of_meeting(exception.meeting.id).await? {
            if row.entry.deleted_at.is_none() {
                self.delete_entry(&row, false).await?;
            }
        }
        Ok(())
    }

    /// [`Self::split`] by a guest who may modify: the series is its organizer's, and so is what begins there. The first
    /// row of the new part is the guest's, with what was the guest's own, where the guest is still asked. Where no colleague
    /// organizes, it is nobody's to cut here.
    pub async fn split_at_organizers(
        &mut self,
        target: &Target,
        event: &Event,
        rule: Option<Vec<String>>,
    ) -> Result<Option<Shown>, Error> {
        let (Some(series), Some(start)) = (&target.series, target.start) else { return Ok(None) };
        let rows = self.tx.entries_of_meeting(series.meeting.id).await?;
        let leads = |row: &Shown| Some(row.entry.id) == row.meeting.lead_entry_id && row.entry.deleted_at.is_none();
        let refused = || Error::field("scope", "not_for_guests");
        let lead = rows.into_iter().find(leads).ok_or_else(refused)?;
        let calendar = self.calendar(lead.entry.calendar_id).await?;
        if !organizes(&calendar, &lead) || calendar.is_only_read() {
            return Err(refused());
        }
        let exceptions = self.tx.entries_of_series(lead.entry.id).await?;
        let row = exceptions.into_iter().find(|row| row.meeting.original_start == Some(start)).unwrap_or(lead.clone());
        let theirs = Event { shared: event.shared.clone(), private: row.entry.private.clone() };
        let organizers = Target { calendar, row, series: Some(lead), start: Some(start), event: theirs.clone() };
        let Some(new) = self.split(&organizers, &theirs, rule).await? else { return Ok(None) };
        let rows = self.tx.entries_of_meeting(new.meeting.id).await?;
        let Some(own) = rows.into_iter().find(|row| row.entry.calendar_id == target.calendar.calendar.id) else {
            return Ok(Some(new));
        };
        let told = Event { shared: own.meeting.shared.clone(), private: event.private.clone() };
        self.write(&own, &told).await?;
        Ok(Some(own))
    }

    /// Cuts a series before an occurrence. The old part ends there; what begins there says what `event` says, with the rule
    /// that is left or the one given. The first row of the new part; none when the occurrence is the first of all.
    pub async fn split(
        &mut self,
        target: &Target,
        event: &Event,
        rule: Option<Vec<String>>,
    ) -> Result<Option<Shown>, Error> {
        let (Some(series), Some(start)) = (&target.series, target.start) else { return Ok(None) };
        let whole = event_of(series);
        let Some((before, after)) = split_before(&whole.shared.recurrence, &whole.shared.when, start) else {
            return Ok(None);
        };
        let calendar = self.calendar(series.entry.calendar_id).await?;
        let by_rule = portico_calendar::instance(&whole, start, &calendar.zone).ok_or(Error::NotFound)?;
        let mut tail = event.clone();
        tail.shared.recurrence = match rule {
            Some(lines) => lines,
            None => moved_rule(&after, &by_rule.shared.when, &event.shared.when)?,
        };
        if tail.shared.conference.is_some() {
            // A room belongs to one event; the new part asks for its own.
            let request_id = self.app.world.new_uuid().simple().to_string();
            tail.shared.conference = Some(Conference::Wanted { request_id });
        }
        let exceptions = self.tx.entries_of_series(series.entry.id).await?;
        let mut head = whole.clone();
        head.shared.recurrence = before;
        self.write(series, &head).await?;
        let new = self.new_rows(&calendar, &tail);
        self.insert(&calendar, &new).await?;
        let kept = by_rule.shared.when == event.shared.when;
        let new_rule = Recurrence::read(&tail.shared.recurrence, &tail.shared.when);
        // The guests knew of these occurrences before.
        let notify = std::mem::replace(&mut self.notify, false);
        for exception in exceptions {
            let Some(moved) = exception.meeting.original_start.filter(|moved| *moved >= start) else { continue };
            if exception.entry.deleted_at.is_none() {
                self.drop_everywhere(&exception).await?;
                if kept && moved != start && new_rule.contains(moved) {
                    let mut carried = exception_follows(&by_rule, &tail, &event_of(&exception));
                    carried.shared.recurrence.clear();
                    self.new_exception(&new, moved, &carried).await?;
                }
            }
        }
        self.notify = notify;
        Ok(Some(new))
    }
}

/// The time of a series after one of its occurrences went from `old` to `new`: the whole series moves alike.
pub(super) fn moved_series(master: &When, old: &When, new: &When) -> Option<When> {
    let days = days_between(old, new);
    match (master, old, new) {
        (When::Timed { start, .. }, When::Timed { .. }, When::Timed { start: to, end }) => {
            let length = end.0.timestamp().duration_since(to.0.timestamp());
            let civil =
                start.0.date().checked_add(jiff::Span::new().try_days(days).ok()?).ok()?.to_datetime(to.0.time());
            let start = civil.to_zoned(to.0.time_zone().clone()).ok()?;
            let end = start.checked_add(length).ok()?;
            Some(When::Timed { start: Moment(start), end: Moment(end) })
        }
        (_, _, When::AllDay { start: to, end }) => {
            let first = match master {
                When::Timed { start, .. } => start.0.date(),
                When::AllDay { start, .. } => *start,
            };
            let start = first.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
            Some(When::AllDay { start, end: start.checked_add(end.since(*to).ok()?).ok()? })
        }
        (When::AllDay { start, .. }, _, When::Timed { start: to, end }) => {
            let length = end.0.timestamp().duration_since(to.0.timestamp());
            let day = start.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
            let start = day.to_datetime(to.0.time()).to_zoned(to.0.time_zone().clone()).ok()?;
            let end = start.checked_add(length).ok()?;
            Some(When::Timed { start: Moment(start), end: Moment(end) })
        }
        (When::Timed { .. }, When::AllDay { .. }, When::Timed { .. }) => None,
    }
}

/// How many days lie between the first days of two times.
fn days_between(old: &When, new: &When) -> i64 {
    let day = |when: &When| match when {
        When::Timed { start, .. } => start.0.date(),
        When::AllDay { start, .. } => *start,
    };
    day(old).until(day(new)).map_or(0, |span| i64::from(span.get_days()))
}

/// The lines of a series that moves: see [`moved_lines`].
pub(super) fn moved_rule(lines: &[String], from: &When, to: &When) -> Result<Vec<String>, Error> {
    moved_lines(lines, from, to).map_err(|_| Error::Conflict { reason: "rule_names_days" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_moves_as_its_occurrence_does() {
        let timed = |start: &str, end: &str| When::Timed {
            start: Moment::parse(start).unwrap(),
            end: Moment::parse(end).unwrap(),
        };
        let master = timed("2026-10-20T09:00:00+02:00[Europe/Prague]", "2026-10-20T10:00:00+02:00[Europe/Prague]");
        // After the clocks have changed: wall time counts.
        let old = timed("2026-11-03T09:00:00+01:00[Europe/Prague]", "2026-11-03T10:00:00+01:00[Europe/Prague]");
        let new = timed("2026-11-04T11:30:00+01:00[Europe/Prague]", "2026-11-04T12:00:00+01:00[Europe/Prague]");
        let expect = timed("2026-10-21T11:30:00+02:00[Europe/Prague]", "2026-10-21T12:00:00+02:00[Europe/Prague]");
        assert_eq!(moved_series(&master, &old, &new), Some(expect));
    }
}
