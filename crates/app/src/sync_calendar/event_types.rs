//! Kinds of Google's events: which of them a link brings, and what leaves when it brings them no more.

use portico_kernel::EntryId;
use portico_store::{EventType, Link, SyncEntry};

use super::hand::{Fact, Hand, Seat};

/// Whether a link brings events of a kind. What is only known to be cancelled says none.
pub(super) fn brings(link: &Link, kind: Option<EventType>) -> bool {
    kind.is_none_or(|kind| link.event_types.contains(&kind))
}

/// An event of a kind that is not brought leaves this calendar, a series with its occurrences, and stays at Google. False
/// where an edit of it waits to go out: it stays until that has arrived.
pub(super) fn leave(hand: &mut Hand, seat: &Seat<'_>, id: EntryId) -> bool {
    let whole = hand.entries.get(&id).map_or(id, |entry| entry.series_entry_id.unwrap_or(id));
    let is_of_it = |entry: &&SyncEntry| entry.id == whole || entry.series_entry_id == Some(whole);
    let waits = |entry: &SyncEntry| entry.is_live() && entry.is_pending();
    if hand.entries.values().filter(is_of_it).any(waits) {
        return false;
    }
    let rows: Vec<EntryId> = hand.entries.values().filter(is_of_it).map(|entry| entry.id).collect();
    for row in rows {
        // A full pull does not miss what it does not bring.
        hand.change(row, |entry| entry.generation = seat.generation);
        if hand.entries[&row].is_live() {
            hand.change(row, |entry| {
                entry.deleted_at = Some(seat.now);
                // Google's copy is looked at anew when it is brought again.
                entry.remote = None;
            });
            hand.note(row, Fact::Deleted);
        }
    }
    true
}
