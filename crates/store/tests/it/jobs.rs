//! The queue: leases, fences, one row for each thing, wake-ups during a run, dead jobs.

use std::collections::BTreeSet;

use portico_kernel::{JobId, TenantId, Timestamp};
use portico_store::{Job, MOST_ATTEMPTS, Store};
use portico_world::World;

use crate::{NOW, tx, world};

async fn wake(store: &Store, world: &World, tenant: TenantId, key: &str, at: Timestamp) {
    let mut tx1 = tx(store, tenant).await;
    tx1.wake(JobId::new(world), "sync_calendar", key, at).await.unwrap();
    tx1.commit(NOW).await.unwrap();
}

async fn claim(store: &Store, now: Timestamp, limit: i64) -> Vec<Job> {
    let mut tx1 = store.instance().await.unwrap();
    let jobs = tx1.claim_jobs(now, limit, now.plus_seconds(60)).await.unwrap();
    tx1.commit().await.unwrap();
    jobs
}

async fn finish(store: &Store, job: &Job, now: Timestamp, next: Option<Timestamp>) {
    let mut tx1 = store.instance().await.unwrap();
    tx1.finish_job(job, now, next).await.unwrap();
    tx1.commit().await.unwrap();
}

#[tokio::test]
async fn a_thing_is_in_the_queue_once_and_runs_at_the_earliest_time_asked_for() {
    for database in portico_parts::databases().await {
        let (store, world) = (database.open().await, world());
        let tenant = TenantId::new(&world);
        for minutes in [30, 10, 20] {
            wake(&store, &world, tenant, "a", NOW.plus_seconds(minutes * 60)).await;
        }
        let name = database.engine;
        assert!(claim(&store, NOW.plus_seconds(9 * 60), 10).await.is_empty(), "{name}");
        assert_eq!(store.instance().await.unwrap().next_job_at().await.unwrap(), Some(NOW.plus_seconds(600)), "{name}");
        let jobs = claim(&store, NOW.plus_seconds(600), 10).await;
        assert_eq!(jobs.len(), 1, "{name}");
        assert_eq!((jobs[0].tenant, jobs[0].key.as_str(), jobs[0].attempts), (tenant, "a", 0), "{name}");
    }
}

#[tokio::test]
async fn a_claim_is_exclusive_until_its_lease_ends_and_then_fenced_off() {
    for database in portico_parts::databases().await {
        let (store, world) = (database.open().await, world());
        let tenant = TenantId::new(&world);
        wake(&store, &world, tenant, "a", NOW).await;
        let first = claim(&store, NOW, 10).await.remove(0);
        let name = database.engine;
        assert!(claim(&store, NOW.plus_seconds(59), 10).await.is_empty(), "{name}");
        // The first worker has died; or seems to.
        let second = claim(&store, NOW.plus_seconds(61), 10).await.remove(0);
        assert!(second.fence > first.fence, "{name}");
        let mut tx1 = store.instance().await.unwrap();
        assert!(!tx1.extend_job(&first, NOW.plus_seconds(600)).await.unwrap(), "{name}");
        assert!(tx1.extend_job(&second, NOW.plus_seconds(600)).await.unwrap(), "{name}");
        tx1.commit().await.unwrap();
        finish(&store, &first, NOW.plus_seconds(62), None).await;
        assert!(
            claim(&store, NOW.plus_seconds(300), 10).await.is_empty(),
            "{name}: the late one ended the other's claim"
        );
        finish(&store, &second, NOW.plus_seconds(62), None).await;
        assert!(claim(&store, NOW.plus_seconds(3600), 10).await.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn what_is_woken_during_its_run_runs_once_more() {
    for database in portico_parts::databases().await {
        let (store, world) = (database.open().await, world());
        let tenant = TenantId::new(&world);
        for next in [None, Some(NOW.plus_seconds(900))] {
            wake(&store, &world, tenant, "a", NOW).await;
            let job = claim(&store, NOW, 10).await.remove(0);
            wake(&store, &world, tenant, "a", NOW).await;
            assert!(claim(&store, NOW, 10).await.is_empty(), "{}: two runs at once", database.engine);
            finish(&store, &job, NOW, next).await;
            let again = claim(&store, NOW, 10).await;
            assert_eq!(again.len(), 1, "{}: the wake-up was lost", database.engine);
            finish(&store, &again[0], NOW, None).await;
            assert!(claim(&store, NOW.plus_seconds(9999), 10).await.is_empty(), "{}", database.engine);
        }
    }
}

#[tokio::test]
async fn a_job_that_keeps_failing_dies_visibly_and_a_wake_revives_it() {
    for database in portico_parts::databases().await {
        let (store, world) = (database.open().await, world());
        let tenant = TenantId::new(&world);
        wake(&store, &world, tenant, "a", NOW).await;
        let mut now = NOW;
        for attempt in 0..MOST_ATTEMPTS {
            let job = claim(&store, now, 1).await.remove(0);
            assert_eq!(job.attempts, attempt, "{}", database.engine);
            now = now.plus_seconds(60);
            let mut tx1 = store.instance().await.unwrap();
            tx1.fail_job(&job, "google", now, now).await.unwrap();
            tx1.commit().await.unwrap();
        }
        assert!(claim(&store, now.plus_seconds(9999), 1).await.is_empty(), "{}", database.engine);
        wake(&store, &world, tenant, "b", now.plus_seconds(-60)).await;
        wake(&store, &world, tenant, "later", now.plus_seconds(60)).await;
        let figures = store.instance().await.unwrap().queue_figures(now).await.unwrap();
        let (due, running, dead) = (figures[0].due, figures[0].running, figures[0].dead);
        assert_eq!((figures.len(), due, running, dead), (1, 1, 0, 1), "{}", database.engine);
        assert_eq!(figures[0].oldest_due, Some(now.plus_seconds(-60)), "{}", database.engine);
        finish(&store, &claim(&store, now, 1).await[0], now, None).await;
        let dead = store.instance().await.unwrap().dead_jobs(10).await.unwrap();
        assert_eq!(dead.len(), 1, "{}", database.engine);
        assert_eq!((dead[0].key.as_str(), dead[0].last_error.as_deref()), ("a", Some("google")), "{}", database.engine);
        wake(&store, &world, tenant, "a", now).await;
        assert_eq!(claim(&store, now, 1).await.remove(0).attempts, 0, "{}", database.engine);
    }
}

#[tokio::test]
async fn tenants_take_turns() {
    for database in portico_parts::databases().await {
        let (store, world) = (database.open().await, world());
        let (busy, quiet) = (TenantId::new(&world), TenantId::new(&world));
        for number in 0..20 {
            wake(&store, &world, busy, &format!("{number:02}"), NOW.plus_seconds(-3600)).await;
        }
        wake(&store, &world, quiet, "only", NOW).await;
        let jobs = claim(&store, NOW, 2).await;
        let tenants: BTreeSet<TenantId> = jobs.iter().map(|job| job.tenant).collect();
        assert_eq!(tenants, BTreeSet::from([busy, quiet]), "{}", database.engine);
    }
}

#[tokio::test]
async fn what_runs_for_a_tenant_counts_as_its_turn() {
    for database in portico_parts::databases().await {
        let (store, world) = (database.open().await, world());
        let (busy, quiet) = (TenantId::new(&world), TenantId::new(&world));
        for number in 0..20 {
            wake(&store, &world, busy, &format!("{number:02}"), NOW.plus_seconds(-3600)).await;
        }
        // One place at a time becomes free, as with a worker whose places are all taken.
        for _ in 0..3 {
            assert_eq!(claim(&store, NOW, 1).await[0].tenant, busy, "{}", database.engine);
        }
        wake(&store, &world, quiet, "only", NOW).await;
        assert_eq!(claim(&store, NOW, 1).await[0].tenant, quiet, "{}", database.engine);
    }
}

#[tokio::test]
async fn what_is_woken_during_a_run_that_fails_is_tried_again_soon() {
    for database in portico_parts::databases().await {
        let (store, world) = (database.open().await, world());
        let tenant = TenantId::new(&world);
        wake(&store, &world, tenant, "a", NOW).await;
        for attempt in 0..MOST_ATTEMPTS + 3 {
            let now = NOW.plus_seconds(2 * attempt);
            let job = claim(&store, now, 1).await.remove(0);
            wake(&store, &world, tenant, "a", now).await;
            let mut tx = store.instance().await.unwrap();
            tx.fail_job(&job, "google", now.plus_seconds(2), now.plus_seconds(900)).await.unwrap();
            tx.commit().await.unwrap();
            assert!(claim(&store, now.plus_seconds(1), 1).await.is_empty(), "{}: it spins", database.engine);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_workers_claim_each_job_once() {
    for database in portico_parts::databases().await {
        let (store, world) = (database.open().await, world());
        let tenant = TenantId::new(&world);
        for number in 0..60 {
            wake(&store, &world, tenant, &format!("{number}"), NOW).await;
        }
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let store = store.clone();
            workers.spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let jobs = claim(&store, NOW, 4).await;
                    if jobs.is_empty() {
                        return mine;
                    }
                    mine.extend(jobs.into_iter().map(|job| job.key));
                }
            });
        }
        let mut all: Vec<String> = workers.join_all().await.into_iter().flatten().collect();
        assert_eq!(all.len(), 60, "{}", database.engine);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 60, "{}", database.engine);
    }
}
