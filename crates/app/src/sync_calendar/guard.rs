//! What is gone at Google is removed here, or held until somebody says so.

use std::collections::BTreeSet;

use portico_kernel::EntryId;
use portico_store::{Direction, HoldKind, HoldState, SyncEntry};

use super::{
    Run, Stop,
    gone::unlink_copy,
    occurrences::part_occurrences,
    settle::{bring_back, counts_since, hold_over, judge, remove},
};

impl Run<'_> {
    pub(super) async fn settle_gone(&mut self) -> Result<(), Stop> {
        let mut tx = self.app.store.tenant_read(self.tenant).await?;
        let is_any = !tx.gone_entries(self.link.id).await?.is_empty();
        tx.end().await?;
        if !is_any {
            return Ok(());
        }
        let mut tx = self.write().await?;
        let gone = tx.gone_entries(self.link.id).await?;
        let all = usize::try_from(tx.count_linked(self.link.id).await?).unwrap_or(usize::MAX);
        let mut hand = self.load(&mut tx, gone.clone()).await?;
        if self.link.direction == Direction::ToGoogle {
            // Nothing comes back: it stays here, and goes out as a new event when it is changed here again.
            for id in gone {
                hand.change(id, unlink_copy);
                part_occurrences(&mut hand, id);
                self.rename_uid(&mut hand, id);
            }
            self.save(&mut tx, &mut hand).await?;
            return self.commit(tx).await;
        }
        let hold = tx.latest_hold(self.link.id, HoldKind::DeleteHere).await?;
        let rows: Vec<&SyncEntry> = gone.iter().filter_map(|id| hand.entries.get(id)).collect();
        let since = counts_since(hold.as_ref(), self.now());
        let mut before = tx.guard_counted(self.link.id, HoldKind::DeleteHere, since).await?;
        let open: BTreeSet<String> = rows.iter().map(|row| row.id.to_string()).collect();
        before.retain(|counted| !open.contains(counted));
        let verdict = judge(&rows, all, before.len(), hold.as_ref(), self.guard);
        let counted: BTreeSet<String> = verdict.uncounted.iter().map(EntryId::to_string).collect();
        if !counted.is_empty() {
            tx.count_for_guard(self.link.id, HoldKind::DeleteHere, &counted, since, self.now()).await?;
        }
        let seat = self.seat();
        // Series before their exceptions, which go with them.
        let mut remove_first: Vec<EntryId> = verdict.remove.clone();
        remove_first.sort_by_key(|id| (hand.entries[id].series_entry_id.is_some(), *id));
        for id in remove_first {
            remove(&mut hand, &seat, id);
        }
        for id in verdict.bring_back {
            bring_back(&mut hand, id);
        }
        let waiting = hold.filter(|hold| hold.state == HoldState::Waiting);
        if verdict.held.is_empty() {
            if let Some(hold) = waiting {
                tx.delete_hold(hold.id).await?;
            }
        } else {
            tx.put_hold(&hold_over(&hand, &seat, HoldKind::DeleteHere, &verdict.held, 0, waiting)).await?;
        }
        self.ran.held += verdict.held.len();
        self.save(&mut tx, &mut hand).await?;
        self.commit(tx).await
    }
}
