//! Thinking about calendars: meetings, recurrence, free/busy and the three-way merge. No I/O, no async.

mod event;
mod free_busy;
mod merge;
mod moment;
mod recurrence;
mod series;

pub use event::*;
pub use free_busy::{Busy, free_slots, merge_busy};
pub use merge::{Field, FieldConflict, Merged, diff, merge};
pub use moment::*;
pub use recurrence::{
    Occurrence, Recurrence, RecurrenceError, RuleNamesDays, moved_lines, same_rules, split_before, without,
};
pub use series::{Exception, Instance, by_the_rule, exception_follows, instance, instances, parse_occurrence_id};
