//! An event as it counts: a single event or master as stored, an exception laid over its master, an instance of a rule.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::calendar::{
    recurrence::Series,
    tables::{CalendarTables, EventRow, Version},
    time::{self, Moment, OriginalStart},
};

/// An event with every field that it has or inherits.
#[derive(Clone, Debug)]
pub struct Event {
    /// The calendar that holds it.
    pub calendar: String,
    /// Its id there.
    pub id: String,
    /// All fields, times in UTC.
    pub fields: Map<String, Value>,
    /// The series that it is an instance of.
    pub master: Option<String>,
    /// When it is an instance: the start that the rule gave.
    pub original: Option<Moment>,
    /// When it was made.
    pub created: Timestamp,
    /// When its main data last changed.
    pub updated: Timestamp,
    /// Of the last write.
    pub version: Version,
    /// As in iCalendar.
    pub sequence: i64,
}

impl Event {
    /// A stored row; `master` is the row of its series, if it is an exception and the calendar holds that.
    pub fn of_row(row: &EventRow, master: Option<&EventRow>) -> Self {
        let original = row.original_start();
        let mut event = match (original, master) {
            (Some(start), Some(master)) => {
                let mut event = Self::instance(master, start);
                for (key, value) in &row.fields {
                    if value.is_null() {
                        event.fields.remove(key);
                    } else {
                        event.fields.insert(key.clone(), value.clone());
                    }
                }
                event
            }
            _ => Self {
                calendar: row.calendar.clone(),
                id: row.id.clone(),
                fields: written(row),
                master: row.master.clone(),
                original: original.map(|start| {
                    let zone = row.fields.get("start").and_then(|start| start.get("timeZone")).and_then(Value::as_str);
                    start.moment(zone)
                }),
                created: row.created,
                updated: row.updated,
                version: row.version,
                sequence: row.sequence,
            },
        };
        // Whoever was taken off a series and is asked to one instance alone has the series cancelled, and that one not.
        let stands_alone = row.fields.get("status").is_some_and(|status| status.is_null() || *status == "confirmed");
        if master.is_some_and(EventRow::is_cancelled) && !stands_alone {
            event.fields.insert("status".to_owned(), json!("cancelled"));
        }
        (event.created, event.updated) = (row.created, row.updated);
        event.version = row.version;
        event.sequence = row.sequence;
        event
    }

    /// The instance of a series that starts at `start`, unchanged.
    pub fn instance(master: &EventRow, start: OriginalStart) -> Self {
        let first = stored_moment(master.fields.get("start"));
        let original = start.moment(match &first {
            Some(Moment::At { zone, .. }) => zone.as_deref(),
            _ => None,
        });
        let mut fields = master.fields.clone();
        fields.remove("recurrence");
        if let (Some(first), Some(end)) = (first, stored_moment(master.fields.get("end"))) {
            fields.insert("start".to_owned(), original.store());
            fields.insert("end".to_owned(), end.moved(&first, &original).store());
        }
        Self {
            calendar: master.calendar.clone(),
            id: format!("{}_{}", master.id, start.suffix()),
            fields,
            master: Some(master.id.clone()),
            original: Some(original),
            created: master.created,
            updated: master.updated,
            version: master.version,
            sequence: master.sequence,
        }
    }

    /// A text field.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.fields.get(key).and_then(Value::as_str)
    }

    /// A boolean field, with what it is when absent.
    pub fn flag(&self, key: &str, absent: bool) -> bool {
        self.fields.get(key).and_then(Value::as_bool).unwrap_or(absent)
    }

    /// Its start.
    pub fn start(&self) -> Option<Moment> {
        stored_moment(self.fields.get("start"))
    }

    /// Its exclusive end.
    pub fn end(&self) -> Option<Moment> {
        stored_moment(self.fields.get("end"))
    }

    /// Whether it is cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.text("status") == Some("cancelled")
    }

    /// The organizer's address.
    pub fn organizer(&self) -> &str {
        self.fields.get("organizer").and_then(|o| o.get("email")).and_then(Value::as_str).unwrap_or_default()
    }

    /// The entries of `attendees`.
    pub fn attendees(&self) -> Vec<&Map<String, Value>> {
        attendees(&self.fields)
    }

    /// The guest's entry with that address, or of the account with that address.
    pub fn attendee(&self, email: &str) -> Option<&Map<String, Value>> {
        let is_named = |guest: &&Map<String, Value>| {
            email_of(guest).eq_ignore_ascii_case(email) || account_of(guest).eq_ignore_ascii_case(email)
        };
        self.attendees().into_iter().find(is_named)
    }

    /// The answer of the guest with that address.
    pub fn answer(&self, email: &str) -> Option<&str> {
        self.attendee(email).map(|guest| guest.get("responseStatus").and_then(Value::as_str).unwrap_or("needsAction"))
    }
}

/// The fields of a row that has nobody to inherit from.
fn written(row: &EventRow) -> Map<String, Value> {
    let mut fields = row.fields.clone();
    fields.retain(|_, value| !value.is_null());
    fields
}

/// The entries of `attendees` in a map of fields.
pub fn attendees(fields: &Map<String, Value>) -> Vec<&Map<String, Value>> {
    let list = fields.get("attendees").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_object).collect()
}

/// The address of an entry of `attendees`.
pub fn email_of(guest: &Map<String, Value>) -> &str {
    guest.get("email").and_then(Value::as_str).unwrap_or_default()
}

/// In an entry of `attendees`: the account that an alias belongs to. It is never shown.
pub const ACCOUNT: &str = "account";

/// The address of the account that an entry of `attendees` names, by its own address or by an alias.
pub fn account_of(guest: &Map<String, Value>) -> &str {
    guest.get(ACCOUNT).and_then(Value::as_str).unwrap_or_else(|| email_of(guest))
}

/// A `start` or `end` as stored.
pub fn stored_moment(value: Option<&Value>) -> Option<Moment> {
    Moment::read(value?, "start").ok()
}

/// What an id stands for.
#[derive(Clone, Debug)]
pub enum Found {
    /// A stored event.
    Row(EventRow),
    /// An instance that its series' rule gives and nothing has changed.
    Instance(EventRow, OriginalStart),
}

impl Found {
    /// The event as it counts.
    pub fn event(&self, tables: &CalendarTables) -> Event {
        match self {
            Self::Row(row) => effective(tables, row),
            Self::Instance(master, start) => Event::instance(master, *start),
        }
    }
}

/// The series that an exception belongs to, if its calendar holds it.
pub fn series_of<'a>(tables: &'a CalendarTables, row: &EventRow) -> Option<&'a EventRow> {
    tables.event(&row.calendar, row.master.as_deref()?).filter(|master| master.is_series())
}

/// A row with what it inherits.
pub fn effective(tables: &CalendarTables, row: &EventRow) -> Event {
    Event::of_row(row, series_of(tables, row))
}

/// The event of that id, instances of series included.
pub fn find(tables: &CalendarTables, calendar: &str, zone: &str, id: &str) -> Option<Found> {
    if let Some(row) = tables.event(calendar, id).filter(|row| !row.dropped) {
        return Some(Found::Row(row.clone()));
    }
    let (master, start) = OriginalStart::split_id(id)?;
    let master = tables.event(calendar, master)?;
    series(master, zone)?.contains(start).then(|| Found::Instance(master.clone(), start))
}

/// The rule of a master, in a calendar of that zone.
pub fn series(master: &EventRow, zone: &str) -> Option<Series> {
    if !master.is_series() {
        return None;
    }
    let start = stored_moment(master.fields.get("start"))?;
    Series::read(&master.recurrence(), &start, zone).ok()
}

/// The cached bounds of a row in microseconds: its first start and its last end.
pub fn bounds(tables: &CalendarTables, row: &EventRow, zone_name: &str) -> (i64, i64) {
    let zone = time::zone_or_utc(zone_name);
    let micros = |moment: &Moment| moment.instant(&zone).as_microsecond();
    let (start, end) = if row.master.is_some() {
        let event = effective(tables, row);
        (event.start(), event.end())
    } else {
        (stored_moment(row.fields.get("start")), stored_moment(row.fields.get("end")))
    };
    let (Some(start), Some(end)) = (start, end) else {
        return (0, 0);
    };
    if row.master.is_some() || !row.is_series() {
        return (micros(&start), micros(&end));
    }
    let Some(series) = series(row, zone_name) else {
        return (micros(&start), micros(&end));
    };
    let last = match series.last() {
        None if series.is_endless() => i64::MAX,
        None => micros(&end),
        Some(last) => micros(&end.moved(&start, &last.moment(None))),
    };
    // Dates that were added may lie before the start.
    let first = series.starts_until(start.instant(&zone)).first().map(|first| micros(&first.moment(None)));
    (first.unwrap_or(i64::MAX).min(micros(&start)), last.max(micros(&end)))
}
