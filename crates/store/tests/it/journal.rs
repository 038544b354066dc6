//! The journal: numbered without a gap, in the order of the commits.

use portico_kernel::TenantId;
use portico_store::{Actor, JournalRow};

use crate::{NOW, tx, world};

fn row(subject: uuid::Uuid) -> JournalRow {
    JournalRow {
        actor: Actor::System,
        action: "meeting.updated",
        subject_kind: "meeting",
        subject,
        before: Some("s1.1.before".into()),
        after: Some("s1.1.after".into()),
        why: Some("because".into()),
    }
}

/// Many writers at once; whoever follows with a cursor misses no row.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_at_once_leave_no_gap_and_a_follower_misses_nothing() {
    for database in portico_parts::databases().await {
        let (store, world) = (database.open().await, world());
        let tenant = TenantId::new(&world);
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..8_usize {
            let (store, world) = (store.clone(), world.clone());
            writers.spawn(async move {
                for turn in 0..10_usize {
                    let mut tx1 = tx(&store, tenant).await;
                    for _ in 0..=(writer + turn) % 3 {
                        tx1.journal(row(world.new_uuid()));
                    }
                    if turn % 4 == 3 {
                        drop(tx1);
                    } else {
                        tx1.commit(NOW).await.unwrap();
                    }
                }
            });
        }
        let mut seen = Vec::new();
        let follow = async |seen: &mut Vec<i64>| {
            let mut tx1 = store.tenant_read(tenant).await.unwrap();
            let after = seen.last().copied().unwrap_or(0);
            seen.extend(tx1.journal_after(after, 7).await.unwrap().into_iter().map(|entry| entry.seq));
        };
        while let Some(done) = writers.try_join_next().or(writers.join_next().await) {
            done.unwrap();
            follow(&mut seen).await;
        }
        loop {
            let before = seen.len();
            follow(&mut seen).await;
            if seen.len() == before {
                break;
            }
        }
        let head = tx(&store, tenant).await.journal_head().await.unwrap();
        assert!(head > 80, "{head}");
        assert_eq!(seen, (1..=head).collect::<Vec<_>>(), "{}", database.engine);
    }
}

#[tokio::test]
async fn a_row_comes_back_as_it_was_written() {
    for database in portico_parts::databases().await {
        let (store, world) = (database.open().await, world());
        let tenant = TenantId::new(&world);
        let (one, other) = (world.new_uuid(), world.new_uuid());
        let mut tx1 = tx(&store, tenant).await;
        for subject in [one, other, one] {
            tx1.journal(row(subject));
        }
        let committed = tx1.commit(NOW).await.unwrap();
        assert_eq!((committed.tenant, committed.seq), (tenant, Some(3)));

        let mut tx2 = tx(&store, tenant).await;
        let entries = tx2.journal_after(0, 10).await.unwrap();
        assert_eq!(entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 2, 3]);
        let first = &entries[0];
        assert_eq!((first.subject, first.at, first.actor_kind.as_str()), (one, NOW, "system"));
        let said = (first.before.clone(), first.after.clone(), first.why.as_deref());
        assert_eq!(said, (Some("s1.1.before".into()), Some("s1.1.after".into()), Some("because")));
        let of_one = tx2.journal_before(i64::MAX, Some(one), 10).await.unwrap();
        assert_eq!(of_one.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [3, 1]);
    }
}

#[tokio::test]
async fn a_body_that_is_not_sealed_is_not_written() {
    for database in portico_parts::databases().await {
        let (store, world) = (database.open().await, world());
        let tenant = TenantId::new(&world);
        for open in [serde_json::json!({"title": "a"}), serde_json::json!("a"), serde_json::json!(null)] {
            for before in [true, false] {
                let mut tx1 = tx(&store, tenant).await;
                let mut written = row(world.new_uuid());
                *(if before { &mut written.before } else { &mut written.after }) = Some(open.clone());
                tx1.journal(written);
                let refused = tx1.commit(NOW).await;
                assert!(matches!(refused, Err(portico_store::StoreError::Unsealed)), "{open} {refused:?}");
            }
        }
        assert_eq!(tx(&store, tenant).await.journal_head().await.unwrap(), 0);
    }
}
