//! A process that was killed over its work, and the next one.

use std::future::ready;

use portico_app::{Worker, while_claimed};
use portico_kernel::{JobId, LinkId, TenantId, Timestamp};
use serde_json::{Value, json};

use crate::portal::{ANNA, Portal};

/// What a run that is killed leaves behind: its job claimed, its link and its connection leased.
async fn die_over_the_work(portal: &Portal, link: LinkId) {
    let now: Timestamp = portal.app.now();
    let mut tx = portal.app.store.instance().await.unwrap();
    let tenant = tx.tenant_by_slug("acme").await.unwrap().unwrap().id;
    let claimed = tx.claim_jobs(now, 10, now.plus_seconds(30)).await.unwrap();
    assert_eq!(claimed.len(), 1, "one link's sync was due");
    tx.commit().await.unwrap();
    let mut tx = portal.app.store.tenant(tenant).await.unwrap();
    assert!(tx.take_lease(link, now, now.plus_seconds(90)).await.unwrap().is_some());
    portal.app.commit(tx).await.unwrap();
}

#[tokio::test]
async fn what_a_killed_process_was_doing_goes_on() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        anna.connect(ANNA).await;
        portal.work().await;
        let links = anna.get("/calendar/links").await.expect(200);
        let link: LinkId = LinkId(links.json["items"][0]["id"].as_str().unwrap().parse().unwrap());
        let event = json!({"title": "Before the power cut", "start_time": "2026-11-26T10:00:00",
            "end_time": "2026-11-26T11:00:00", "time_zone": "Europe/Prague"});
        anna.post("/calendar/events", event).await.expect(201);
        die_over_the_work(&portal, link).await;

        let next = Worker::new(portal.second_process().await, 4);
        next.take_over().await.unwrap();
        if portal.app.store.is_alone() {
            assert_eq!(next.run_once().await.unwrap(), 1, "nobody else can hold it: it is due at once");
        } else {
            assert_eq!(
                next.run_once().await.unwrap(),
                0,
                "another process may be at work: its leases end by themselves"
            );
            portal.advance(91);
            assert!(next.run_once().await.unwrap() >= 1);
        }
        let state = portal.google("GET", "state", Value::Null).await;
        assert_eq!(state.to_string().matches("Before the power cut").count(), 1);
    }
}

#[tokio::test]
async fn a_claim_is_kept_while_the_work_holds_what_keeping_it_needs() {
    for portal in Portal::each().await {
        let app = &portal.app;
        let (now, tenant) = (app.now(), TenantId::new(&app.world));
        let mut tx = app.store.instance().await.unwrap();
        tx.wake(JobId::new(&app.world), tenant, "some_work", "a", now).await.unwrap();
        let job = tx.claim_jobs(now, 1, now.plus_seconds(30)).await.unwrap().remove(0);
        tx.commit().await.unwrap();
        portal.advance(20);
        // SQLite has one connection that writes, and on PostgreSQL the work has locked the job's own row.
        let work = async {
            let mut tx = app.store.tenant(tenant).await.unwrap();
            tx.wake(JobId::new(&app.world), "some_work", "a", app.now()).await.unwrap();
            for _ in 0..100 {
                tokio::task::yield_now().await;
                tx.journal_head().await.unwrap();
            }
            app.commit(tx).await.unwrap();
            // The beat has its turn now, and the claim is longer than it was.
            loop {
                let mut tx = app.store.instance().await.unwrap();
                let next = tx.next_job_at().await.unwrap().unwrap();
                tx.commit().await.unwrap();
                if next > now.plus_seconds(30) {
                    return next;
                }
                tokio::task::yield_now().await;
            }
        };
        assert_eq!(while_claimed(app, &job, work, || ready(())).await, Some(now.plus_seconds(50)));

        // Another worker takes it when its lease is over: the first one stops.
        portal.advance(60);
        let mut tx = app.store.instance().await.unwrap();
        let later = app.now();
        assert_eq!(tx.claim_jobs(later, 1, later.plus_seconds(30)).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
        assert_eq!(while_claimed(app, &job, std::future::pending::<()>(), || ready(())).await, None);
    }
}
