use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use serde_json::json;

use super::{
    ApiError,
    exchange::first,
    service::{ErrorForm, Service},
};
use crate::state::{Setting, State};

/// The limits that hold unless `PUT /_sandbox/quota` says otherwise.
/// [Calendar quotas](https://developers.google.com/workspace/calendar/api/guides/quota)
const DEFAULTS: &[(&str, u64)] = &[
    ("calendar_per_day", 1_000_000),
    ("calendar_per_minute", 10_000),
    ("calendar_per_minute_per_user", 600),
    ("calendar_guests_per_event", 500),
    ("calendar_event_days", 36_525),
    ("calendar_invitations", 10_000),
    ("calendar_external_mails", 2_000),
    ("calendar_new_calendars", 60),
    ("calendar_new_events", 100_000),
    ("calendar_meet_allowed", 1),
    ("calendar_meet_delay_ms", 0),
    ("calendar_meet_failures", 0),
    ("gmail_per_day", 80_000_000),
    ("gmail_per_minute_per_user", 6_000),
    ("people_per_minute_per_user", 600),
    ("people_critical_reads_per_minute_per_user", 90),
    ("people_full_syncs_per_minute_per_user", 30),
    ("people_changes_delay_ms", 10_000),
    ("meet_per_minute", 6_000),
    ("meet_per_minute_per_user", 600),
    ("drive_per_minute_per_user", 12_000),
    ("admin_per_minute_per_user", 2_400),
    ("drive_storage_bytes", 15 * 1024 * 1024 * 1024),
    ("refresh_tokens_per_account", 100),
    ("access_token_seconds", 3599),
];

const SETTING: &str = "quota";

/// All limits by name.
pub fn limits(state: &State) -> BTreeMap<String, u64> {
    let mut limits: BTreeMap<_, _> = DEFAULTS.iter().map(|(name, limit)| ((*name).to_owned(), *limit)).collect();
    if let Some(Setting::Quota(own)) = state.settings.get(SETTING) {
        limits.extend(own.clone());
    }
    limits
}

/// Sets some of the limits. The name of one that there is not is given back.
pub fn set_limits(state: &mut State, wanted: BTreeMap<String, u64>) -> Result<(), String> {
    if let Some(name) = wanted.keys().find(|name| DEFAULTS.iter().all(|(known, _)| known != name)) {
        return Err(name.clone());
    }
    let mut own = match state.settings.get(SETTING) {
        Some(Setting::Quota(own)) => own.clone(),
        _ => BTreeMap::new(),
    };
    own.extend(wanted);
    state.settings.put(SETTING, Setting::Quota(own));
    Ok(())
}

impl State {
    /// The limit of that name; `u64::MAX` when there is none.
    pub fn limit(&self, name: &str) -> u64 {
        if let Some(Setting::Quota(own)) = self.settings.get(SETTING)
            && let Some(limit) = own.get(name)
        {
            return *limit;
        }
        DEFAULTS.iter().find(|(known, _)| *known == name).map_or(u64::MAX, |(_, limit)| *limit)
    }
}

/// What was used in the last minute and day. It is kept in memory: after a start everybody has the whole quota again.
#[derive(Default)]
pub struct Usage {
    windows: BTreeMap<String, Window>,
}

#[derive(Default)]
struct Window {
    calls: VecDeque<(Timestamp, u32)>,
    sum: u64,
}

impl Window {
    /// Calls that are closer to each other than this part of the window are kept as one, so that a million of them a day
    /// do not fill the memory.
    const GRAINS: i32 = 1000;

    /// Counts a call unless the limit is reached within `length`; then it says when there is room again.
    fn fits(&mut self, now: Timestamp, cost: u32, limit: u64, length: SignedDuration) -> Result<(), Timestamp> {
        while let Some((at, cost)) = self.calls.front().copied() {
            if now.duration_since(at) < length && at <= now {
                break;
            }
            self.calls.pop_front();
            self.sum -= u64::from(cost);
        }
        if self.sum + u64::from(cost) > limit {
            let mut left = self.sum;
            let frees = self.calls.iter().find(|(_, used)| {
                left -= u64::from(*used);
                left + u64::from(cost) <= limit
            });
            let last = frees.or(self.calls.back()).map_or(now, |(at, _)| *at);
            return Err(last.checked_add(length).unwrap_or(Timestamp::MAX));
        }
        self.sum += u64::from(cost);
        match self.calls.back_mut() {
            Some((at, used)) if now.duration_since(*at) < length / Self::GRAINS => *used = used.saturating_add(cost),
            _ => self.calls.push_back((now, cost)),
        }
        Ok(())
    }
}

/// Why a call is not counted: which limit it is, and when there is room again.
pub struct Exceeded {
    reason: &'static str,
    until: Timestamp,
}

impl Usage {
    /// Counts a call of `service` by `user` of `project`, or refuses it as Google does.
    pub fn spend(
        &mut self,
        state: &State,
        now: Timestamp,
        service: &str,
        project: &str,
        user: &str,
        cost: u32,
    ) -> Result<(), Exceeded> {
        let (minute, day) = (SignedDuration::from_mins(1), SignedDuration::from_hours(24));
        let checks = [
            (format!("{service}_per_minute_per_user"), user, minute, "userRateLimitExceeded"),
            (format!("{service}_per_minute"), "", minute, "rateLimitExceeded"),
            (format!("{service}_per_day"), "", day, "dailyLimitExceeded"),
        ];
        for (name, user, length, reason) in checks {
            let limit = state.limit(&name);
            if limit == u64::MAX {
                continue;
            }
            let window = self.windows.entry(format!("{name}\u{1f}{project}\u{1f}{user}")).or_default();
            window.fits(now, cost, limit, length).map_err(|until| Exceeded { reason, until })?;
        }
        Ok(())
    }
}

/// A further meter that a call is counted on, besides that of its service: Google limits some calls of People by themselves.
pub fn further(method: &str, query: &[(String, String)]) -> Option<&'static str> {
    let is_absent = |name: &str| first(query, name).is_none_or(str::is_empty);
    match method {
        "people.people.get" | "people.people.updateContact" => Some("people_critical_reads"),
        "people.people.connections.list" | "people.otherContacts.list"
            if first(query, "requestSyncToken") == Some("true") && is_absent("syncToken") && is_absent("pageToken") =>
        {
            Some("people_full_syncs")
        }
        _ => None,
    }
}

/// A refusal by a limit in the words of that service: those of google.rpc answer 429, Gmail says until when.
pub fn worded(exceeded: &Exceeded, service: &Service) -> ApiError {
    let name = service.name;
    if service.errors == ErrorForm::Rpc {
        let message = format!(
            "Quota exceeded for quota metric and limit per minute per user of service '{name}.googleapis.com'."
        );
        let mut refusal = ApiError::new(429, exceeded.reason, message).in_domain("usageLimits");
        refusal.details = vec![json!({
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "RATE_LIMIT_EXCEEDED",
            "domain": "googleapis.com",
            "metadata": {"service": format!("{name}.googleapis.com")},
        })];
        return refusal;
    }
    if name == "gmail" && exceeded.reason == "userRateLimitExceeded" {
        let until = exceeded.until.strftime("%Y-%m-%dT%H:%M:%S.%3fZ");
        let message = format!("User-rate limit exceeded.  Retry after {until}");
        let mut refusal = ApiError::new(403, "rateLimitExceeded", message).in_domain("usageLimits");
        refusal.inner_message = Some("User-rate limit exceeded.");
        return refusal.with_rpc_status("PERMISSION_DENIED");
    }
    ApiError::by_reason(403, exceeded.reason).in_domain("usageLimits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_names_each_limit_with_its_usual_value() {
        let readme = include_str!("../../README.md");
        let text = readme.replace("15 GiB", &(15_u64 << 30).to_string());
        let missing: Vec<&str> = DEFAULTS
            .iter()
            .filter(|(name, usual)| {
                !text.contains(&format!("| `{name}` | {usual} |")) && !text.contains(&format!("`{name}` ({usual}"))
            })
            .map(|(name, _)| *name)
            .collect();
        assert_eq!(missing, [""; 0]);
    }

    #[test]
    fn a_window_slides() {
        let (mut window, minute) = (Window::default(), SignedDuration::from_mins(1));
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!(window.fits(at(0), 1, 2, minute).is_ok());
        assert!(window.fits(at(30), 1, 2, minute).is_ok());
        assert_eq!(window.fits(at(59), 1, 2, minute), Err(at(60)));
        assert_eq!(window.fits(at(59), 2, 2, minute), Err(at(90)));
        assert!(window.fits(at(60), 1, 2, minute).is_ok());
        assert_eq!(window.fits(at(61), 1, 2, minute), Err(at(90)));
    }

    #[test]
    fn a_million_calls_a_day_are_kept_as_some_hundreds() {
        let (mut window, day) = (Window::default(), SignedDuration::from_hours(24));
        for call in 0..1_000_000 {
            let at = Timestamp::from_millisecond(call * 86).unwrap();
            window.fits(at, 1, 1_000_000, day).unwrap();
        }
        assert!(window.calls.len() <= 1000);
        assert!(window.fits(Timestamp::from_second(86_000).unwrap(), 1, 1_000_000, day).is_err());
    }
}
