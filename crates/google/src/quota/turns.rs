use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::Timestamp;

use crate::quota::QuotaAccount;

/// Those who wait keep their place this long after they were to ask again.
const KEPT: Duration = Duration::from_secs(2);
/// More lines than this are looked through for those that mean nothing any more.
const MANY: usize = 256;

/// Whose turn it is at one bucket, when there is not enough for all: each group gets the same, and within a group each user.
///
/// Start-time fair queueing on two floors: everybody has a mark that moves with what they take, and the lowest mark comes
/// first. Who comes anew, or comes back, begins at the mark of whoever was served last: nobody saves up, and nobody pays for
/// what they took while it was in abundance.
#[derive(Default)]
pub(super) struct Turns {
    served: f64,
    groups: BTreeMap<Arc<str>, Group>,
}

#[derive(Default)]
struct Group {
    mark: f64,
    served: f64,
    users: BTreeMap<Arc<str>, User>,
}

#[derive(Default)]
struct User {
    mark: f64,
    waiting: Option<Waiting>,
}

struct Waiting {
    units: f64,
    until: Timestamp,
}

impl Group {
    fn waits(&self) -> bool {
        self.users.values().any(|user| user.waiting.is_some())
    }
}

impl Turns {
    /// How many units those want who come before `account`.
    pub fn before(&mut self, account: &QuotaAccount, now: Timestamp) -> f64 {
        for user in self.groups.values_mut().flat_map(|group| group.users.values_mut()) {
            user.waiting.take_if(|waiting| waiting.until < now);
        }
        let served = self.served;
        let group = self.groups.entry(account.group.clone()).or_default();
        if !group.waits() {
            group.mark = group.mark.max(served);
        }
        let floor = group.served;
        let user = group.users.entry(account.user.clone()).or_default();
        if user.waiting.is_none() {
            user.mark = user.mark.max(floor);
        }
        let own = (group.mark, user.mark);
        let mut units = 0.0;
        for (group_name, group) in &self.groups {
            for (user_name, user) in &group.users {
                let Some(waiting) = &user.waiting else { continue };
                let is_same = *group_name == account.group && *user_name == account.user;
                let is_first = if *group_name == account.group { user.mark < own.1 } else { group.mark < own.0 };
                if !is_same && is_first {
                    units += waiting.units;
                }
            }
        }
        units
    }

    /// `account` waits for `units`, and asks again after `wait`.
    pub fn wait(&mut self, account: &QuotaAccount, units: f64, now: Timestamp, wait: Duration) {
        let until = now.checked_add(wait.saturating_add(KEPT)).unwrap_or(Timestamp::MAX);
        let group = self.groups.entry(account.group.clone()).or_default();
        group.users.entry(account.user.clone()).or_default().waiting = Some(Waiting { units, until });
    }

    /// `account` got `units`.
    pub fn serve(&mut self, account: &QuotaAccount, units: f64) {
        let group = self.groups.entry(account.group.clone()).or_default();
        let user = group.users.entry(account.user.clone()).or_default();
        (self.served, group.served) = (self.served.max(group.mark), group.served.max(user.mark));
        group.mark += units;
        user.mark += units;
        user.waiting = None;
        // While there is enough for all nobody gets ahead of anybody.
        let mark = user.mark;
        if !group.waits() {
            group.served = group.served.max(mark);
        }
        let mark = group.mark;
        if self.is_idle() {
            self.served = self.served.max(mark);
        }
        let Some(group) = self.groups.get_mut(&account.group) else { return };
        // A mark that lies behind is as good as none.
        if group.users.len() > MANY {
            let served = group.served;
            group.users.retain(|_, user| user.waiting.is_some() || user.mark > served);
        }
        if self.groups.len() > MANY {
            let served = self.served;
            self.groups.retain(|_, group| group.mark > served || group.waits());
        }
    }

    /// Whether anybody waits.
    pub fn is_idle(&self) -> bool {
        !self.groups.values().any(Group::waits)
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.groups.len()
    }
}
