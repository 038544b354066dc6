//! `events.list`, whole and incremental, and `events.instances`.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    event::{Event, effective, series, series_of, stored_moment},
    expand::{Window, horizon, instances as expanded},
    get::view as view_of,
    query::{Order, Query, window},
    view::View,
};
use crate::{
    calendar::{
        access::{self, Access, Role},
        calendar_list, errors, params,
        recurrence::Series,
        tables::{CalendarTables, EventRow, FormerRule},
        time::{self, OriginalStart},
        tokens::{self, PageToken, Place, SyncToken},
    },
    http::{ApiError, Call, Reply},
    state::State,
};

/// A page that is being filled.
struct Page {
    items: Vec<Value>,
    size: usize,
    /// Where the last entry stands.
    last: Option<Place>,
    /// Whether another page follows.
    more: bool,
}

impl Page {
    fn new(size: usize) -> Self {
        Self { items: vec![], size, last: None, more: false }
    }

    /// Adds an entry; `false` when it belongs to the next page.
    fn push(&mut self, place: Place, item: impl FnOnce() -> Value) -> bool {
        if self.items.len() == self.size {
            self.more = true;
            return false;
        }
        self.items.push(item());
        self.last = Some(place);
        true
    }
}

/// `GET calendars/{calendarId}/events`.
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let access = access::open_events(state, call, Role::FreeBusyReader)?;
    let view = view_of(call, &access)?;
    let query = Query::read(call)?;
    let size = params::page_size(call, 250, 2500)?;
    let name = format!("events:{}", access.calendar);
    let digest = tokens::query_digest(&name, &call.account, &call.query);
    let page = params::text(call, "pageToken").map(|text| PageToken::read(text, &digest)).transpose()?;
    let sync = params::text(call, "syncToken")
        .map(|text| SyncToken::read(state, text, &name, &call.account, access.role, call.now))
        .transpose()?;
    let newest = state.calendar.last_change(&access.calendar);
    let etag = envelope_etag(state, call, &access, newest);
    if call.header("if-none-match").is_some_and(|tag| tag == etag) {
        return Ok(Reply::not_modified(&etag));
    }
    let snapshot = page.as_ref().map_or_else(|| state.calendar.last_version(), |page| page.snapshot);
    let asked = page.as_ref().map_or(call.now.as_microsecond(), |page| page.asked);
    let at = Timestamp::from_microsecond(asked).unwrap_or(call.now);
    let after = page.map(|page| page.after);
    let mut filled = Page::new(size);
    let kept = sync.as_ref().map_or(query.window, |sync| Window { min: sync.time_min, max: sync.time_max });
    match &sync {
        Some(sync) => {
            let scope = Delta { query: &query, view: &view, window: kept, at };
            scope.fill(&mut state.calendar, &access, sync.since, snapshot, after, &mut filled);
        }
        None => {
            let of_uid = query.ical_uid.as_deref().map(|uid| rows_with_uid(&mut state.calendar, &access.calendar, uid));
            let whole = Whole { tables: &state.calendar, access: &access, query: &query, view: &view, at };
            whole.fill(of_uid, after, &mut filled);
        }
    }
    let mut answer = envelope(state, call, &access, &etag, newest);
    let token_of = |since| SyncToken {
        list: name,
        account: call.account.clone(),
        since,
        given: call.now.as_microsecond(),
        generation: tokens::generation(state),
        role: access.role,
        time_min: kept.min,
        time_max: kept.max,
    };
    match filled.last.filter(|_| filled.more) {
        Some(after) => {
            let since = sync.map(|sync| sync.since);
            let token = PageToken { query: digest, snapshot, asked, since, after };
            answer.insert("nextPageToken".to_owned(), json!(token.write()));
        }
        None if query.can_be_continued() => {
            answer.insert("nextSyncToken".to_owned(), json!(token_of(snapshot).write()));
        }
        None => {}
    }
    answer.insert("items".to_owned(), Value::Array(filled.items));
    Ok(Reply::json(Value::Object(answer)).with_etag(&etag))
}

fn envelope_etag(state: &State, call: &Call, access: &Access, newest: i64) -> String {
    let version = state.calendar.calendars.get(&access.calendar).map_or(0, |row| row.version);
    let digest = tokens::query_digest(&access.calendar, &call.account, &call.query);
    tokens::collection_etag(&[&digest, &newest.to_string(), &version.to_string(), access.role.word()])
}

fn envelope(state: &State, call: &Call, access: &Access, etag: &str, newest: i64) -> Map<String, Value> {
    let row = state.calendar.calendars.get(&access.calendar).cloned().unwrap_or_default();
    let text = |key: &str| row.fields.get(key).and_then(Value::as_str).unwrap_or_default();
    let updated = Timestamp::from_microsecond(newest.max(row.version)).unwrap_or(call.now);
    Map::from_iter([
        ("kind".to_owned(), json!("calendar#events")),
        ("etag".to_owned(), json!(etag)),
        ("summary".to_owned(), json!(text("summary"))),
        ("description".to_owned(), json!(text("description"))),
        ("updated".to_owned(), json!(time::write_millis(updated))),
        ("timeZone".to_owned(), json!(row.zone_name())),
        ("accessRole".to_owned(), json!(access.role.word())),
        ("defaultReminders".to_owned(), calendar_list::default_reminders(state, &call.account, &access.calendar)),
    ])
}

fn rows_with_uid(tables: &mut CalendarTables, calendar: &str, uid: &str) -> Vec<EventRow> {
    let mut rows = Vec::new();
    for id in tables.with_uid(calendar, uid) {
        rows.extend(tables.event(calendar, &id).cloned());
        rows.extend(tables.exceptions_of(calendar, &id).cloned());
    }
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    rows.dedup_by(|a, b| a.id == b.id);
    rows
}

/// A candidate for a list: a row, or an instance of a master.
enum Candidate<'a> {
    Row(&'a EventRow),
    Instance(&'a EventRow, OriginalStart, i64),
}

impl Candidate<'_> {
    fn event(&self, tables: &CalendarTables) -> Event {
        match self {
            Self::Row(row) => effective(tables, row),
            Self::Instance(master, start, _) => Event::instance(master, *start),
        }
    }

    fn place(&self, order: Order) -> Place {
        let (row, id, start, is_instance) = match self {
            Self::Row(row) => (*row, row.id.clone(), row.start, false),
            Self::Instance(master, original, start) => {
                (*master, format!("{}_{}", master.id, original.suffix()), *start, true)
            }
        };
        match order {
            Order::Id => Place(i64::from(is_instance), id),
            Order::StartTime => Place(start, id),
            Order::Updated => Place(row.updated.as_microsecond(), id),
        }
    }
}

/// A list of everything that matches.
struct Whole<'a> {
    tables: &'a CalendarTables,
    access: &'a Access,
    query: &'a Query,
    view: &'a View<'a>,
    at: Timestamp,
}

impl Whole<'_> {
    fn fill(&self, of_uid: Option<Vec<EventRow>>, after: Option<Place>, page: &mut Page) {
        let order = self.query.order;
        if order != Order::Id || of_uid.is_some() {
            let mut all: Vec<(Place, Candidate)> = Vec::new();
            let mut add = |row| self.candidates(row, |candidate| all.push((candidate.place(order), candidate)));
            match &of_uid {
                Some(rows) => rows.iter().for_each(&mut add),
                None => self.tables.events_of(&self.access.calendar, None).for_each(&mut add),
            }
            all.sort_by(|a, b| a.0.cmp(&b.0));
            for (place, candidate) in all {
                let seen = after.as_ref().is_some_and(|after| place <= *after);
                if !seen && !self.offer(place, &candidate, page) {
                    return;
                }
            }
            return;
        }
        // By id nothing need be sorted: the next page starts where this one ends.
        let mut resume = after.as_ref().map(|after| after.1.as_str());
        if let Some(Place(1, id)) = &after
            && let Some((master, start)) = OriginalStart::split_id(id)
        {
            // The page ended within a series.
            resume = Some(master);
            if let Some(row) = self.tables.event(&self.access.calendar, master)
                && !self.offer_row(row, Some(start), page)
            {
                return;
            }
        }
        for row in self.tables.events_of(&self.access.calendar, resume) {
            if !self.offer_row(row, None, page) {
                return;
            }
        }
    }

    fn offer_row(&self, row: &EventRow, after: Option<OriginalStart>, page: &mut Page) -> bool {
        let mut goes_on = true;
        self.candidates(row, |candidate| {
            let seen =
                matches!((&candidate, after), (Candidate::Instance(_, start, _), Some(after)) if *start <= after);
            if goes_on && !seen {
                goes_on = self.offer(candidate.place(Order::Id), &candidate, page);
            }
        });
        goes_on
    }

    fn offer(&self, place: Place, candidate: &Candidate, page: &mut Page) -> bool {
        let event = candidate.event(self.tables);
        !self.query.matches(&event, self.view) || page.push(place, || self.view.event(&event))
    }

    /// What a row contributes to the list, before its inside is looked at.
    fn candidates<'r>(&self, row: &'r EventRow, mut add: impl FnMut(Candidate<'r>)) {
        let query = self.query;
        if !query.may_hold(row) {
            return;
        }
        let deleted = query.with_deleted();
        match &row.master {
            None if row.is_series() && query.single_events => {
                if !row.is_cancelled() {
                    for instance in expanded(self.tables, row, &self.access.zone, query.window, self.at) {
                        add(Candidate::Instance(row, instance.original, instance.start));
                    }
                }
            }
            None => {
                if deleted || !row.is_cancelled() {
                    add(Candidate::Row(row));
                }
            }
            Some(_) => {
                let ended = series_of(self.tables, row).is_some_and(EventRow::is_cancelled)
                    && effective(self.tables, row).is_cancelled();
                let left_out = ended || (query.single_events && row.is_cancelled());
                if deleted || !left_out {
                    add(Candidate::Row(row));
                }
            }
        }
    }
}

/// A list of what changed.
struct Delta<'a> {
    query: &'a Query,
    view: &'a View<'a>,
    window: Window,
    at: Timestamp,
}

impl Delta<'_> {
    fn fill(
        &self,
        tables: &mut CalendarTables,
        access: &Access,
        since: i64,
        until: i64,
        after: Option<Place>,
        page: &mut Page,
    ) {
        let from = after.as_ref().map_or(since, |after| after.0 - 1);
        let most = page.size + 2;
        let changes = tables.changes(&access.calendar, from, until, most);
        let all_seen = changes.len() < most;
        for (version, id) in changes {
            let Some(row) = tables.event(&access.calendar, &id) else {
                continue;
            };
            for (id, item) in self.items(tables, row, access, since) {
                let place = Place(version, id);
                let seen = after.as_ref().is_some_and(|after| place <= *after);
                if !seen && !page.push(place, || item) {
                    return;
                }
            }
            // A row without an entry of its own still counts as read.
            let place = Place(version, format!("{id}\u{10ffff}"));
            page.last = page.last.take().max(Some(place));
        }
        page.more = !all_seen;
    }

    fn items(&self, tables: &CalendarTables, row: &EventRow, access: &Access, since: i64) -> Vec<(String, Value)> {
        let event = effective(tables, row);
        if !event.is_cancelled() && !self.query.is_of_type(&event) {
            return vec![];
        }
        let shown = |event: &Event| {
            let hidden = self.view.role == Role::FreeBusyReader && event.text("transparency") == Some("transparent");
            if hidden || (event.is_cancelled() && !self.query.show_deleted) {
                self.view.tombstone(event)
            } else {
                self.view.event(event)
            }
        };
        let was_else = row.former.iter().any(|former| former.until > since);
        if row.master.is_none() && self.query.single_events && (row.is_series() || was_else) {
            let mut items: Vec<_> = Vec::new();
            if !row.is_series() {
                items.push((event.id.clone(), shown(&event)));
            } else if row.former.iter().any(|former| former.until > since && former.recurrence.is_empty()) {
                // It was a single event until it became a series.
                items.push((event.id.clone(), self.view.tombstone(&event)));
            }
            if !event.is_cancelled() && row.is_series() {
                for instance in expanded(tables, row, &access.zone, self.window, self.at) {
                    let event = Event::instance(row, instance.original);
                    items.push((event.id.clone(), shown(&event)));
                }
            }
            items.extend(
                self.lost(row, access, since).iter().map(|event| (event.id.clone(), self.view.tombstone(event))),
            );
            items.sort_by(|a, b| a.0.cmp(&b.0));
            return items;
        }
        if row.dropped {
            return vec![(event.id.clone(), self.view.tombstone(&event))];
        }
        vec![(event.id.clone(), shown(&event))]
    }

    /// The instances that a series gave at `since` and gives no more.
    fn lost(&self, row: &EventRow, access: &Access, since: i64) -> Vec<Event> {
        let now = series(row, &access.zone).filter(|_| !row.is_cancelled());
        let mut former: Vec<Series> =
            row.former.iter().filter(|former| former.until > since).filter_map(|former| read(former, access)).collect();
        if row.is_cancelled() {
            former.extend(series(row, &access.zone));
        }
        let last = horizon(self.window, self.at);
        let present: std::collections::BTreeSet<_> =
            now.map(|series| series.starts_until(last)).unwrap_or_default().into_iter().collect();
        let lost: std::collections::BTreeSet<_> = former
            .iter()
            .flat_map(|series| series.starts_until(last))
            .filter(|start| !present.contains(start))
            .collect();
        lost.into_iter()
            .map(|start| {
                let mut event = Event::instance(row, start);
                event.fields.insert("status".to_owned(), json!("cancelled"));
                event
            })
            .collect()
    }
}

fn read(former: &FormerRule, access: &Access) -> Option<Series> {
    if former.recurrence.is_empty() {
        return None;
    }
    Series::read(&former.recurrence, &stored_moment(Some(&former.start))?, &access.zone).ok()
}

/// `GET calendars/{calendarId}/events/{eventId}/instances`.
pub fn instances(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let access = access::open_events(state, call, Role::FreeBusyReader)?;
    let view = view_of(call, &access)?;
    let size = params::page_size(call, 250, 2500)?;
    let show_deleted = params::flag(call, "showDeleted")?.unwrap_or(false);
    params::flag(call, "alwaysIncludeEmail")?;
    let mut window = window(call)?;
    // Here the lower bound is inclusive.
    window.min = window.min.map(|min| min - 1);
    let original = params::text(call, "originalStart").map(|text| original_start(call, text, &access)).transpose()?;
    let tables = &state.calendar;
    let master = tables
        .event(&access.calendar, call.path("eventId"))
        .filter(|row| row.master.is_none() && row.is_series())
        .ok_or_else(errors::not_found)?;
    let name = format!("instances:{}:{}", access.calendar, master.id);
    let digest = tokens::query_digest(&name, &call.account, &call.query);
    let token = params::text(call, "pageToken").map(|text| PageToken::read(text, &digest)).transpose()?;
    let asked = token.as_ref().map_or(call.now.as_microsecond(), |token| token.asked);
    let at = Timestamp::from_microsecond(asked).unwrap_or(call.now);
    let mut all: Vec<(Place, Event)> = Vec::new();
    if !master.is_cancelled() {
        for instance in expanded(tables, master, &access.zone, window, at) {
            let event = Event::instance(master, instance.original);
            all.push((Place(instance.start, event.id.clone()), event));
        }
    }
    for row in tables.exceptions_of(&access.calendar, &master.id).filter(|row| !row.dropped) {
        let event = effective(tables, row);
        if window.meets(row.start, row.end) && (show_deleted || !event.is_cancelled()) {
            all.push((Place(row.start, event.id.clone()), event));
        }
    }
    if let Some(original) = original {
        all.retain(|(_, event)| event.original.as_ref().is_some_and(|start| start.original_start() == original));
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    let mut page = Page::new(size);
    for (place, event) in all {
        let seen = token.as_ref().is_some_and(|token| place <= token.after);
        let hidden = access.role == Role::FreeBusyReader && event.text("transparency") == Some("transparent");
        if !seen && !hidden && !page.push(place, || view.event(&event)) {
            break;
        }
    }
    let newest = state.calendar.last_change(&access.calendar);
    let etag = envelope_etag(state, call, &access, newest);
    let mut answer = envelope(state, call, &access, &etag, newest);
    if let Some(after) = page.last.filter(|_| page.more) {
        let token = PageToken { query: digest, snapshot: newest, asked, since: None, after };
        answer.insert("nextPageToken".to_owned(), json!(token.write()));
    }
    answer.insert("items".to_owned(), Value::Array(page.items));
    Ok(Reply::json(Value::Object(answer)).with_etag(&etag))
}

fn original_start(call: &Call, text: &str, access: &Access) -> Result<OriginalStart, ApiError> {
    let wrong = || errors::invalid_parameter("originalStart", "Invalid time.");
    if let Some(day) = time::read_date(text) {
        return Ok(OriginalStart::Day(day));
    }
    let zone = params::zone(call)?.unwrap_or_else(|| time::zone_or_utc(&access.zone));
    let at = time::read_instant(text).or_else(|| time::at_wall_in(text.parse().ok()?, &zone));
    at.map(OriginalStart::At).ok_or_else(wrong)
}
