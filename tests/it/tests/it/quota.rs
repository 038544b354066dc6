//! The portal keeps to what Google lets its clients do.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use portico_app::Worker;
use portico_google::{
    Quota,
    calendar::Calendar,
    jiff,
    quota::{Draw, DrawFuture, LeftFuture, QuotaStore, Rate},
};

use crate::portal::{ANNA, Portal};

/// A store that notes who asks, and lets everybody wait as long as it is told.
#[derive(Default)]
struct Noting {
    draws: Mutex<Vec<Vec<Draw>>>,
    wait: Mutex<Duration>,
}

impl QuotaStore for Noting {
    fn take<'a>(&'a self, draws: &'a [Draw], _: jiff::Timestamp) -> DrawFuture<'a> {
        self.draws.lock().unwrap().push(draws.to_vec());
        let wait = *self.wait.lock().unwrap();
        Box::pin(async move { Ok(wait) })
    }

    fn left<'a>(&'a self, _: &'a str, _: Rate, _: jiff::Timestamp) -> LeftFuture<'a> {
        Box::pin(async { Ok(1.0) })
    }
}

#[tokio::test]
async fn calls_count_for_the_account_and_the_company_that_it_is_connected_to() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id = anna.connect(ANNA).await.parse().unwrap();
        let tenant = portal.tenant(&anna).await;
        let store = Arc::new(Noting::default());
        let app = portal.with_quota(Quota::new(store.clone(), "test")).await;
        app.google_client(tenant, id).service::<Calendar>().calendar_list().all().await.unwrap();
        let draws = store.draws.lock().unwrap();
        let [project, user, day] = &draws[0][..] else { panic!("{draws:?}") };
        assert_eq!((project.bucket.as_str(), project.rate), ("calendar/test", Rate::per_minute(10_000)));
        let account = &user.account.user;
        assert!(
            account.bytes().all(|byte| byte.is_ascii_digit()) && !account.is_empty(),
            "Google's number of the account"
        );
        let own = format!("calendar/test/{account}");
        assert_eq!((user.bucket.as_str(), user.rate), (own.as_str(), Rate::per_minute(600)));
        assert_eq!((day.bucket.as_str(), day.rate), ("day/calendar/test", Rate::per_day(1_000_000)));
        assert_eq!((&*project.account.group, &project.account), (tenant.to_string().as_str(), &user.account));
    }
}

#[tokio::test]
async fn what_there_is_no_room_for_is_done_later_and_the_person_is_told() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id = anna.connect(ANNA).await;
        portal.work().await;
        let links = || async { anna.get(&format!("/google/connections/{id}")).await.expect(200).json["links"].clone() };
        assert_eq!(links().await[0]["sync"]["state"], "in_step", "{}", links().await);

        let store = Arc::new(Noting::default());
        *store.wait.lock().unwrap() = Duration::from_secs(600);
        let app = portal.with_quota(Quota::new(store.clone(), "test")).await;
        let worker = Worker::new(app, 4);
        portal.advance(16 * 60);
        let before = portal.last_request().await;
        while worker.run_once().await.unwrap() > 0 {}
        assert!(!store.draws.lock().unwrap().is_empty());
        assert_eq!(portal.calls(before, "calendar.events.list").await.len(), 0, "nothing is sent");
        let sync = links().await[0]["sync"].clone();
        assert_eq!((sync["state"].as_str(), sync["reason"].as_str()), (Some("syncing"), Some("quota")), "{sync}");

        // Ten minutes later there is room.
        *store.wait.lock().unwrap() = Duration::ZERO;
        portal.advance(601);
        while worker.run_once().await.unwrap() > 0 {}
        assert_eq!(links().await[0]["sync"]["state"], "in_step");
    }
}
