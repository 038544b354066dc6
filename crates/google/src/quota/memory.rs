use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use crate::quota::{Draw, DrawFuture, LeftFuture, QuotaStore, Rate, turns::Turns};

/// Buckets in this process's memory, fair between groups and between the users of a group: whoever asks for much does not
/// keep those waiting who ask for little. A new process knows nothing of what was spent before: it has a fifth of each
/// limit at once again, that of a day too.
#[derive(Default)]
pub struct MemoryQuotaStore {
    buckets: Mutex<HashMap<String, Bucket>>,
}

struct Bucket {
    units: f64,
    rate: Rate,
    at: Timestamp,
    turns: Turns,
}

impl Bucket {
    /// What is in it at `now`, not more than it holds.
    fn units_at(&self, now: Timestamp, rate: Rate) -> f64 {
        let passed = now.duration_since(self.at).max(SignedDuration::ZERO).as_secs_f64();
        (self.units + passed * rate.refill()).min(rate.burst())
    }
}

impl MemoryQuotaStore {
    /// Buckets that must be full again are forgotten when there are more than this.
    const KEPT: usize = 10_000;

    /// A store whose buckets are all full.
    pub fn new() -> Self {
        Self::default()
    }

    fn take_now(&self, draws: &[Draw], now: Timestamp) -> Duration {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let mut wait = Duration::ZERO;
        for draw in draws {
            let bucket = buckets.entry(draw.bucket.clone()).or_insert_with(|| Bucket {
                units: draw.rate.burst(),
                rate: draw.rate,
                at: now,
                turns: Turns::default(),
            });
            bucket.units = bucket.units_at(now, draw.rate);
            bucket.rate = draw.rate;
            // A clock that was set back must not empty the buckets for the time it lost.
            bucket.at = now;
            // What costs more than a bucket holds goes when the bucket is full, and leaves a debt.
            let needed = f64::from(draw.units).min(draw.rate.burst());
            let missing = bucket.turns.before(&draw.account, now) + needed - bucket.units;
            if missing > 0.0 {
                // Rounded up, so that who waits that long finds the units there.
                let own = Duration::from_secs_f64(missing / draw.rate.refill()) + Duration::from_millis(1);
                bucket.turns.wait(&draw.account, needed, now, own);
                wait = wait.max(own);
            }
        }
        if !wait.is_zero() {
            return wait;
        }
        for draw in draws {
            if let Some(bucket) = buckets.get_mut(&draw.bucket) {
                bucket.units -= f64::from(draw.units);
                bucket.turns.serve(&draw.account, f64::from(draw.units));
            }
        }
        if buckets.len() > Self::KEPT {
            buckets
                .retain(|_, bucket| bucket.units_at(now, bucket.rate) < bucket.rate.burst() || !bucket.turns.is_idle());
        }
        Duration::ZERO
    }
}

impl QuotaStore for MemoryQuotaStore {
    fn take<'a>(&'a self, draws: &'a [Draw], now: Timestamp) -> DrawFuture<'a> {
        let answer = self.take_now(draws, now);
        Box::pin(std::future::ready(Ok(answer)))
    }

    fn left<'a>(&'a self, bucket: &'a str, rate: Rate, now: Timestamp) -> LeftFuture<'a> {
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let units = buckets.get(bucket).map_or(rate.burst(), |bucket| bucket.units_at(now, rate));
        Box::pin(std::future::ready(Ok((units / rate.burst()).clamp(0.0, 1.0))))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::quota::QuotaAccount;

    fn account(group: &str, user: &str) -> QuotaAccount {
        QuotaAccount { group: group.into(), ..user.into() }
    }

    fn draw(units: u32) -> Draw {
        Draw { bucket: "b".into(), rate: Rate::per_minute(600), units, account: "u".into() }
    }

    #[test]
    fn no_minute_holds_more_than_the_limit() {
        let store = MemoryQuotaStore::new();
        let mut now = Timestamp::UNIX_EPOCH;
        let mut sent = Vec::new();
        while sent.len() < 3_000 {
            let wait = store.take_now(&[draw(1)], now);
            if wait.is_zero() {
                sent.push(now);
            } else {
                now = now.checked_add(wait).unwrap();
            }
        }
        for (index, from) in sent.iter().enumerate() {
            let until = from.checked_add(SignedDuration::from_secs(60)).unwrap();
            let within = sent[index..].iter().take_while(|at| **at < until).count();
            assert!(within <= 601, "{within} within a minute of {from}");
        }
        let took = now.duration_since(Timestamp::UNIX_EPOCH).as_secs();
        assert!((350..=365).contains(&took), "3,000 calls took {took} s");
    }

    #[test]
    fn what_is_left_is_a_share_of_what_may_be_spent_at_once() {
        use futures::FutureExt as _;
        let (store, start) = (MemoryQuotaStore::new(), Timestamp::UNIX_EPOCH);
        let rate = draw(1).rate;
        let left = |now| store.left(&draw(1).bucket, rate, now).now_or_never().unwrap().unwrap();
        assert!((left(start) - 1.0).abs() < 1e-9);
        assert!(store.take_now(&[draw(rate.units / 10)], start).is_zero());
        assert!((left(start) - 0.5).abs() < 0.01, "{}", left(start));
        assert!((left(start + SignedDuration::from_secs(3600)) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn all_draws_or_none() {
        let (store, now) = (MemoryQuotaStore::new(), Timestamp::UNIX_EPOCH);
        let user = |units| Draw { bucket: "u".into(), rate: Rate::per_minute(60), ..draw(units) };
        assert!(store.take_now(&[draw(1), user(12)], now).is_zero());
        for _ in 0..50 {
            assert!(!store.take_now(&[draw(100), user(1)], now).is_zero());
        }
        assert!(store.take_now(&[draw(119)], now).is_zero(), "the refused draws took nothing");
    }

    #[test]
    fn what_is_larger_than_a_bucket_leaves_a_debt_and_a_clock_set_back_does_no_harm() {
        let (store, now) = (MemoryQuotaStore::new(), Timestamp::from_second(10_000).unwrap());
        assert!(store.take_now(&[draw(600)], now).is_zero());
        let wait = store.take_now(&[draw(1)], now);
        assert!(wait > Duration::from_secs(59), "{wait:?}");
        assert!(store.take_now(&[draw(1)], Timestamp::UNIX_EPOCH) <= wait);
    }

    /// What each got of a bucket of 600 a minute in `seconds`, and the longest that each waited for one unit. Everybody
    /// asks for the next unit as soon as the last one came, the eager ones with many calls at once.
    fn compete(calls: &[(&str, &str, usize)], seconds: i64) -> BTreeMap<String, (u32, Duration)> {
        let store = MemoryQuotaStore::new();
        let end = Timestamp::from_second(seconds).unwrap();
        let mut asking: Vec<(Timestamp, usize, Timestamp)> = Vec::new();
        let mut who = Vec::new();
        for (group, user, at_once) in calls {
            for _ in 0..*at_once {
                asking.push((Timestamp::UNIX_EPOCH, who.len(), Timestamp::UNIX_EPOCH));
                who.push(account(group, user));
            }
        }
        let mut got: BTreeMap<String, (u32, Duration)> = BTreeMap::new();
        loop {
            let next = asking.iter().enumerate().min_by_key(|(_, (at, number, _))| (*at, *number)).unwrap().0;
            let (now, number, since) = asking.swap_remove(next);
            if now >= end {
                return got;
            }
            let wait = store.take_now(&[Draw { account: who[number].clone(), ..draw(1) }], now);
            if wait.is_zero() {
                let all = got.entry(format!("{}/{}", who[number].group, who[number].user)).or_default();
                all.0 += 1;
                all.1 = all.1.max(now.duration_since(since).unsigned_abs());
                // The answer takes a while.
                let again = now.checked_add(Duration::from_millis(50)).unwrap();
                asking.push((again, number, again));
            } else {
                asking.push((now.checked_add(wait).unwrap(), number, since));
            }
        }
    }

    #[test]
    fn a_group_of_many_does_not_keep_a_group_of_one_waiting() {
        let many: Vec<String> = (0..40).map(|number| format!("u{number}")).collect();
        let mut calls: Vec<(&str, &str, usize)> = many.iter().map(|user| ("many", user.as_str(), 4)).collect();
        calls.push(("one", "ann", 1));
        let got = compete(&calls, 100);
        let total: u32 = got.values().map(|(units, _)| units).sum();
        let (ann, longest) = got["one/ann"];
        assert!((800..=960).contains(&total), "nothing is left lying: {total}");
        assert!(ann >= total * 2 / 5, "one of two groups got {ann} of {total}");
        assert!(longest < Duration::from_secs(1), "and waited {longest:?} for one call");
        let others: Vec<u32> = got.iter().filter(|(name, _)| name.starts_with("many/")).map(|(_, got)| got.0).collect();
        let (least, most) = (others.iter().min().unwrap(), others.iter().max().unwrap());
        assert!(others.len() == 40 && most - least <= 10, "within a group everybody gets the same: {others:?}");
    }

    #[test]
    fn who_asks_with_many_calls_at_once_gets_no_more_than_who_asks_with_one() {
        let got = compete(&[("a", "eager", 50), ("a", "modest", 2)], 120);
        let (eager, modest) = (got["a/eager"].0, got["a/modest"].0);
        assert!(modest * 10 >= eager * 8, "{modest} and {eager}");
    }

    #[test]
    fn what_was_taken_in_abundance_is_not_paid_for_later_and_nobody_saves_up() {
        let store = MemoryQuotaStore::new();
        let ask =
            |group: &str, units, now| store.take_now(&[Draw { account: account(group, "u"), ..draw(units) }], now);
        // The first takes all there is, for ten minutes, while nobody else asks.
        for number in 0..1_200 {
            assert!(ask("first", 1, Timestamp::from_second(number / 120 * 60).unwrap()).is_zero());
        }
        let then = Timestamp::from_second(540).unwrap();
        // Then both want the same: they take turns, and neither gets everything first.
        let (mut now, mut got) = (then, BTreeMap::from([("first", 0_u32), ("second", 0)]));
        for _ in 0..400 {
            for group in ["second", "first"] {
                if ask(group, 1, now).is_zero() {
                    *got.get_mut(group).unwrap() += 1;
                }
            }
            now = now.checked_add(Duration::from_millis(50)).unwrap();
        }
        assert!(got["first"] > 50 && got["first"].abs_diff(got["second"]) <= 2, "{got:?}");
    }

    #[test]
    fn who_gives_up_keeps_nobody_waiting_for_long() {
        let (store, now) = (MemoryQuotaStore::new(), Timestamp::UNIX_EPOCH);
        let ask =
            |group: &str, units, now| store.take_now(&[Draw { account: account(group, "u"), ..draw(units) }], now);
        assert!(ask("a", 120, now).is_zero());
        let wait = ask("b", 100, now);
        assert!(!ask("a", 1, now).is_zero(), "b comes first");
        let later = now.checked_add(wait + Duration::from_secs(3)).unwrap();
        assert!(ask("a", 1, later).is_zero(), "b did not come back");
    }

    #[test]
    fn a_day_holds_no_more_than_its_limit_and_is_not_forgotten_among_many() {
        let store = MemoryQuotaStore::new();
        let day = |now| store.take_now(&[Draw { bucket: "day".into(), rate: Rate::per_day(1_000), ..draw(1) }], now);
        let start = Timestamp::UNIX_EPOCH;
        for _ in 0..200 {
            assert!(day(start).is_zero());
        }
        assert!(!day(start).is_zero(), "a fifth at once");
        // Enough others for the full ones to be forgotten, twice.
        let later = start.checked_add(SignedDuration::from_mins(20)).unwrap();
        for number in 0..=2 * MemoryQuotaStore::KEPT {
            let bucket = format!("b{number}");
            let at = if number < MemoryQuotaStore::KEPT { start } else { later };
            assert!(store.take_now(&[Draw { bucket, ..draw(1) }], at).is_zero());
        }
        assert!(store.buckets.lock().unwrap().len() < 2 * MemoryQuotaStore::KEPT);
        let (mut now, mut sent) = (later, 200);
        let end = start.checked_add(SignedDuration::from_hours(24)).unwrap();
        while now < end {
            let wait = day(now);
            if wait.is_zero() {
                sent += 1;
            } else {
                now = now.checked_add(wait).unwrap();
            }
        }
        assert!((990..=1_000).contains(&sent), "{sent} in a day");
    }

    #[test]
    fn thousands_that_came_and_went_are_forgotten() {
        let store = MemoryQuotaStore::new();
        let mut now = Timestamp::UNIX_EPOCH;
        for number in 0..5_000 {
            let account = account(&format!("g{number}"), &format!("u{number}"));
            assert!(store.take_now(&[Draw { account, ..draw(1) }], now).is_zero());
            now = now.checked_add(Duration::from_millis(200)).unwrap();
        }
        let kept = store.buckets.lock().unwrap()["b"].turns.len();
        assert!(kept <= 257, "{kept}");
    }
}
