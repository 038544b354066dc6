//! What waits and may go out: the guard holds back what would delete or mail too much.

use std::collections::BTreeSet;

use portico_kernel::EntryId;
use portico_store::{HoldKind, HoldState, PENDING_AT_ONCE, SyncEntry};

use super::{
    Run, Stop,
    hand::{Fact, Hand, Seat},
    plan::{Step, acted_at, next_step, wants_mail},
    settle::{counts_since, hold_over},
    wanted::pen,
};
use crate::google_event::Pen;

/// An entry that may be sent.
pub(super) struct Sendable {
    pub id: EntryId,
    /// The entry of its series.
    pub series: Option<EntryId>,
    /// The edit that is to be sent.
    pub version: i64,
}

impl Run<'_> {
    /// The pending entries, masters before their exceptions, without those that the guard holds back; and whether there are
    /// no more than were looked at.
    pub(super) async fn sendable(&mut self) -> Result<(Vec<Sendable>, bool), Stop> {
        let mut tx = self.write().await?;
        let ids = tx.pending_entries(self.link.id).await?;
        if ids.is_empty() {
            self.commit(tx).await?;
            return Ok((Vec::new(), true));
        }
        let is_all = ids.len() < PENDING_AT_ONCE;
        let all = usize::try_from(tx.count_linked(self.link.id).await?).unwrap_or(usize::MAX);
        let mut hand = self.load(&mut tx, ids.clone()).await?;
        let pending: Vec<SyncEntry> = ids.iter().filter_map(|id| hand.entries.get(id).cloned()).collect();
        let seat = self.seat();
        let mut held_back = 0;

        let leaving: Vec<EntryId> = pending
            .iter()
            .filter(|e| !e.is_live() && e.base.is_some() && e.series_entry_id.is_none())
            .map(|e| e.id)
            .collect();
        let mut held = BTreeSet::new();
        let hold = tx.latest_hold(self.link.id, HoldKind::DeleteThere).await?;
        let decided = hold.as_ref().and_then(|hold| hold.decided_at);
        let state = hold.as_ref().map(|hold| hold.state);
        let (settled, open): (Vec<EntryId>, Vec<EntryId>) = leaving
            .into_iter()
            .partition(|id| decided.is_some_and(|at| hand.entries[id].deleted_at.is_some_and(|deleted| deleted <= at)));
        if state == Some(HoldState::Dropped) {
            for id in settled {
                hand.change(id, |entry| {
                    (entry.deleted_at, entry.deleted_by, entry.act) = (None, None, None);
                    entry.pushed_version = entry.local_version;
                });
                hand.note(id, Fact::Restored);
                held.insert(id);
            }
        }
        let since = counts_since(hold.as_ref(), seat.now);
        let going: BTreeSet<String> = open.iter().map(EntryId::to_string).collect();
        let before = tx.guard_counted(self.link.id, HoldKind::DeleteThere, since).await?;
        let waiting = hold.filter(|hold| hold.state == HoldState::Waiting);
        if self.guard.asks_to_delete(open.len(), all, before.difference(&going).count()) {
            tx.put_hold(&hold_over(&hand, &seat, HoldKind::DeleteThere, &open, 0, waiting)).await?;
            held_back += open.len();
            held.extend(open);
        } else {
            if let Some(hold) = waiting {
                tx.delete_hold(hold.id).await?;
            }
            if !going.is_empty() {
                tx.count_for_guard(self.link.id, HoldKind::DeleteThere, &going, since, seat.now).await?;
            }
        }

        let hold = tx.latest_hold(self.link.id, HoldKind::Mail).await?;
        let decided = hold.as_ref().and_then(|hold| hold.decided_at);
        let mut mailing = Vec::new();
        for id in pending.iter().map(|entry| entry.id).filter(|id| !held.contains(id)) {
            if !wants_mail(&hand.entries[&id]) || !mails(&next_step(&hand, &seat, id)) {
                continue;
            }
            let is_decided = decided.is_some_and(|at| acted_at(&hand.entries[&id]).is_some_and(|acted| acted <= at));
            match (is_decided, hold.as_ref().map(|hold| hold.state)) {
                (true, Some(HoldState::Approved)) => {}
                (true, Some(HoldState::Dropped)) => {
                    hand.change(id, |entry| entry.act = None);
                }
                _ => mailing.push(id),
            }
        }
        let people: BTreeSet<String> = mailing.iter().flat_map(|id| reached(&hand, &seat, *id)).collect();
        let since = counts_since(hold.as_ref(), seat.now);
        let before = tx.guard_counted(self.link.id, HoldKind::Mail, since).await?;
        let waiting = hold.filter(|hold| hold.state == HoldState::Waiting);
        if self.guard.asks_to_mail(people.len(), before.union(&people).count()) {
            tx.put_hold(&hold_over(&hand, &seat, HoldKind::Mail, &mailing, people.len(), waiting)).await?;
            held_back += mailing.len();
            held.extend(mailing);
        } else {
            if let Some(hold) = waiting {
                tx.delete_hold(hold.id).await?;
            }
            if !people.is_empty() {
                tx.count_for_guard(self.link.id, HoldKind::Mail, &people, since, seat.now).await?;
            }
        }
        self.ran.held += held_back;
        self.save(&mut tx, &mut hand).await?;
        self.commit(tx).await?;

        let mut order: Vec<&SyncEntry> = pending.iter().filter(|entry| !held.contains(&entry.id)).collect();
        order.sort_by_key(|entry| (entry.series_entry_id.is_some(), entry.id));
        let sendable =
            |entry: &SyncEntry| Sendable { id: entry.id, series: entry.series_entry_id, version: entry.local_version };
        Ok((order.into_iter().map(sendable).collect(), is_all))
    }
}

/// Whom Google mails about an entry: a guest's answer goes to the organizer, everything else to the guests.
fn reached(hand: &Hand, seat: &Seat<'_>, id: EntryId) -> Vec<String> {
    let Some(meeting) = hand.meeting_of(id) else { return Vec::new() };
    match pen(hand, seat.link, id) {
        Pen::Guest { .. } => vec![meeting.organizer_email.clone()],
        Pen::Organizer { .. } => meeting.shared.attendees.iter().map(|line| line.email.to_string()).collect(),
    }
}

fn mails(step: &Step) -> bool {
    match step {
        Step::Insert { mails, .. } | Step::Patch { mails, .. } | Step::Delete { mails, .. } => *mails,
        Step::Done | Step::Wait | Step::NoCopy | Step::Read { .. } => false,
    }
}
