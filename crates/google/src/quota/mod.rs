//! Staying within Google's quotas instead of running into them.

mod memory;
mod turns;

pub use memory::MemoryQuotaStore;

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use jiff::Timestamp;

use crate::Error;

/// How many units may be spent in a time, as a token bucket: a fifth of them at once, the rest as the time goes by.
/// So no window of that length, wherever it begins, holds more than Google's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Units in that time.
    pub units: u32,
    /// The time, in seconds.
    pub seconds: u32,
}

impl Rate {
    /// So many units in a minute.
    pub const fn per_minute(units: u32) -> Self {
        Self { units, seconds: 60 }
    }

    /// So many units in a day.
    pub const fn per_day(units: u32) -> Self {
        Self { units, seconds: 24 * 60 * 60 }
    }

    fn burst(self) -> f64 {
        (f64::from(self.units) / 5.0).max(1.0)
    }

    /// Units that come back in a second.
    fn refill(self) -> f64 {
        (f64::from(self.units) - self.burst()).max(1.0) / f64::from(self.seconds.max(1))
    }
}

/// Google's limits of one API for one project. `None`: Google publishes none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiQuota {
    /// The API, as it begins Google's names of its methods: `calendar` in `calendar.events.list`.
    pub api: &'static str,
    /// For the whole project.
    pub project: Option<Rate>,
    /// For each user of the project.
    pub user: Option<Rate>,
    /// For the whole project in a day.
    pub day: Option<Rate>,
}

const fn rate(per_minute: u32) -> Option<Rate> {
    Some(Rate::per_minute(per_minute))
}

/// What Google publishes, or what is known where it does not (People).
/// [Calendar](https://developers.google.com/workspace/calendar/api/guides/quota),
/// [Gmail](https://developers.google.com/workspace/gmail/api/reference/quota),
/// [Drive](https://developers.google.com/workspace/drive/api/guides/limits),
/// [Meet](https://developers.google.com/workspace/meet/api/guides/limits),
/// [Directory](https://developers.google.com/workspace/admin/directory/v1/limits)
///
/// Gmail's are those of projects made after May 2026. Older ones have 15,000 a minute for each user and 1,200,000 for the
/// project: [`Quota::with_api`].
pub const PUBLISHED: [ApiQuota; 6] = [
    ApiQuota { api: "calendar", project: rate(10_000), user: rate(600), day: Some(Rate::per_day(1_000_000)) },
    ApiQuota { api: "gmail", project: None, user: rate(6_000), day: Some(Rate::per_day(80_000_000)) },
    ApiQuota { api: "drive", project: rate(12_000), user: rate(12_000), day: None },
    ApiQuota { api: "people", project: None, user: rate(90), day: None },
    ApiQuota { api: "meet", project: rate(6_000), user: rate(600), day: None },
    ApiQuota { api: "directory", project: None, user: rate(2_400), day: None },
];

/// What a call costs where it is not one unit. Meet counts writes apart, 100 a minute for each user and 10 that make a space;
/// here they are parts of the 600 that there are for reading.
const COSTS: [(&str, u32); 38] = [
    ("calendar.acl.patch", 3),
    ("calendar.calendarList.patch", 3),
    ("calendar.calendars.patch", 3),
    ("calendar.events.patch", 3),
    ("meet.spaces.create", 60),
    ("meet.spaces.patch", 6),
    ("meet.spaces.endActiveConference", 6),
    ("gmail.users.messages.send", 100),
    ("gmail.users.drafts.send", 100),
    ("gmail.users.drafts.update", 15),
    ("gmail.users.drafts.get", 5),
    ("gmail.users.drafts.list", 5),
    ("gmail.users.labels.get", 1),
    ("gmail.users.labels.list", 1),
    ("gmail.users.settings.getVacation", 1),
    ("gmail.users.settings.sendAs.get", 1),
    ("gmail.users.settings.sendAs.list", 1),
    ("gmail.users.settings.sendAs.create", 100),
    ("gmail.users.settings.sendAs.patch", 100),
    ("gmail.users.settings.sendAs.update", 100),
    ("gmail.users.settings.sendAs.verify", 100),
    ("gmail.users.watch", 100),
    ("gmail.users.stop", 50),
    ("gmail.users.messages.delete", 10),
    ("gmail.users.messages.get", 20),
    ("gmail.users.messages.attachments.get", 20),
    ("gmail.users.messages.import", 25),
    ("gmail.users.messages.insert", 25),
    ("gmail.users.messages.batchModify", 50),
    ("gmail.users.messages.batchDelete", 50),
    ("gmail.users.messages", 5),
    ("gmail.users.threads.delete", 20),
    ("gmail.users.threads.get", 40),
    ("gmail.users.threads", 10),
    ("gmail.users.drafts", 10),
    ("gmail.users.history.list", 2),
    ("gmail.users.settings", 5),
    ("gmail.users.labels", 5),
];

/// What one call of `operation` costs, in Google's quota units.
pub fn cost(operation: &str) -> u32 {
    let fits = |name: &str| operation.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    // The longest name that fits is the closest one.
    let found = COSTS.iter().filter(|(name, _)| fits(name)).max_by_key(|(name, _)| name.len());
    found.map_or(1, |(_, cost)| *cost)
}

/// Whose calls compete with whose, where several share a bucket.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QuotaAccount {
    /// The Google Cloud project that the calls count for, by any name; absent: that of the [`Quota`].
    pub project: Option<Arc<str>>,
    /// Whose user it is: a customer of the program's own. A store that is fair gives each group the same when there is not
    /// enough for all, and within a group each user the same.
    pub group: Arc<str>,
    /// The account, by a name that stays the same. No address of a person.
    pub user: Arc<str>,
}

/// A user of no group.
impl From<&str> for QuotaAccount {
    fn from(user: &str) -> Self {
        Self { project: None, group: "".into(), user: user.into() }
    }
}

/// Units to be taken out of one bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// The bucket: API and project, and the user's name for the quota. No address of a person.
    pub bucket: String,
    /// How fast it fills.
    pub rate: Rate,
    /// How many units.
    pub units: u32,
    /// For whom.
    pub account: QuotaAccount,
}

/// A store's answer.
pub type DrawFuture<'a> = Pin<Box<dyn Future<Output = Result<Duration, Error>> + Send + 'a>>;

/// A store's answer: which share of a full bucket is there, from 0 to 1.
pub type LeftFuture<'a> = Pin<Box<dyn Future<Output = Result<f64, Error>> + Send + 'a>>;

/// How much of a limit is left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuotaLeft {
    /// The API, as in [`ApiQuota`].
    pub api: &'static str,
    /// The length of the limit's time, in seconds.
    pub seconds: u32,
    /// Which share is left of what may be spent at once: 1, nothing was spent lately; 0, calls wait.
    pub share: f64,
}

/// Where the buckets are kept. Processes that share a Google Cloud project share its quota, so they need one that is
/// shared too; [`MemoryQuotaStore`] is for one process.
pub trait QuotaStore: Send + Sync {
    /// Takes all of `draws` at once and answers zero, or takes nothing and answers how long to wait before asking again.
    fn take<'a>(&'a self, draws: &'a [Draw], now: Timestamp) -> DrawFuture<'a>;

    /// How full a bucket is; full when nothing was ever taken out of it.
    fn left<'a>(&'a self, bucket: &'a str, rate: Rate, now: Timestamp) -> LeftFuture<'a>;
}

fn whole(api: &str, project: &str) -> String {
    format!("{api}/{project}")
}

fn day(api: &str, project: &str) -> String {
    format!("day/{api}/{project}")
}

/// The quota that a [`Client`](crate::Client) keeps to. Cheap to clone; clients of one project share the store.
#[derive(Clone)]
pub struct Quota {
    store: Arc<dyn QuotaStore>,
    project: Arc<str>,
    apis: Arc<[ApiQuota]>,
}

impl Quota {
    /// Google's published numbers for the calls of `project`.
    pub fn new(store: Arc<dyn QuotaStore>, project: &str) -> Self {
        Self { store, project: project.into(), apis: PUBLISHED.into() }
    }

    /// Another quota for an API, as the Google Cloud console shows it for the project.
    pub fn with_api(mut self, quota: ApiQuota) -> Self {
        let others = self.apis.iter().copied().filter(|known| known.api != quota.api);
        self.apis = others.chain([quota]).collect();
        self
    }

    /// What is kept to for an API, by the first word of Google's names of its methods.
    pub fn of_api(&self, api: &str) -> Option<ApiQuota> {
        self.apis.iter().copied().find(|quota| quota.api == api)
    }

    /// How much is left of the limits of the whole project, for those who watch over it.
    pub async fn left(&self, now: Timestamp) -> Result<Vec<QuotaLeft>, Error> {
        let mut all = Vec::new();
        for quota in self.apis.iter() {
            for (bucket, rate) in
                [(whole(quota.api, &self.project), quota.project), (day(quota.api, &self.project), quota.day)]
            {
                let Some(rate) = rate else { continue };
                let share = self.store.left(&bucket, rate, now).await?;
                all.push(QuotaLeft { api: quota.api, seconds: rate.seconds, share });
            }
        }
        Ok(all)
    }

    /// How long to wait before `operation` may be sent for `account`; zero: it may, and is counted.
    pub(crate) async fn take(
        &self,
        operation: &str,
        account: &QuotaAccount,
        now: Timestamp,
    ) -> Result<Duration, Error> {
        let api = operation.split('.').next().unwrap_or(operation);
        let Some(quota) = self.of_api(api) else { return Ok(Duration::ZERO) };
        let (units, project) = (cost(operation), account.project.as_ref().unwrap_or(&self.project));
        let draw = |bucket, rate| Draw { bucket, rate, units, account: account.clone() };
        let whole = quota.project.map(|rate| draw(whole(api, project), rate));
        let own = quota.user.map(|rate| draw(format!("{api}/{project}/{}", account.user), rate));
        let day = quota.day.map(|rate| draw(day(api, project), rate));
        let draws: Vec<Draw> = whole.into_iter().chain(own).chain(day).collect();
        if draws.is_empty() { Ok(Duration::ZERO) } else { self.store.take(&draws, now).await }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_name_gives_the_cost() {
        for (operation, units) in [
            ("calendar.events.list", 1),
            ("calendar.events.patch", 3),
            ("gmail.users.messages.list", 5),
            ("gmail.users.messages.get", 20),
            ("gmail.users.messages.send", 100),
            ("gmail.users.messages.sendmore", 5),
            ("gmail.users.history.list", 2),
            ("gmail.users.getProfile", 1),
            ("meet.spaces.create", 60),
            ("meet.spaces.get", 1),
        ] {
            assert_eq!(cost(operation), units, "{operation}");
        }
    }
}
