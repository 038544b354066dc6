use std::time::Duration;

use http::HeaderMap;
use jiff::{Timestamp, fmt::rfc2822};
use portico_transport::Backoff;

/// How long a call is tried again before its error is handed to the caller.
///
/// What is tried again: answers that say "later" (429, 403 with a quota reason, 5xx), cut connections and halves of
/// bodies, and only where a second sending cannot do a thing twice. <https://developers.google.com/workspace/calendar/api/guides/quota>
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// The waits between tries.
    pub backoff: Backoff,
    /// Tries in all, the first included.
    pub attempts: u32,
    /// From the first try to the start of the last one. A wait that would pass it is not begun; the error then says
    /// when to come back.
    pub deadline: Duration,
}

impl Default for RetryPolicy {
    /// Five tries within two minutes.
    fn default() -> Self {
        Self { backoff: Backoff::default(), attempts: 5, deadline: Duration::from_secs(120) }
    }
}

impl RetryPolicy {
    /// One try: the first answer is the answer.
    pub fn once() -> Self {
        Self { attempts: 1, ..Self::default() }
    }
}

/// Nobody means more than this, and whoever adds a wait to the time must not be led out of the calendar.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// How long the answer asks to wait: `Retry-After` in seconds or as an HTTP date.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim();
    match value.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds).min(LONGEST)),
        Err(_) if value.bytes().all(|byte| byte.is_ascii_digit()) && !value.is_empty() => Some(LONGEST),
        Err(_) => Some(until(http_date(value)?, now)),
    }
}

/// How long a message such as Gmail's "User-rate limit exceeded.  Retry after 2026-07-18T12:00:00.000Z" asks to wait.
pub(crate) fn retry_after_in(message: &str, now: Timestamp) -> Option<Duration> {
    let (_, rest) = message.split_once("Retry after ")?;
    let time = rest.split_whitespace().next()?;
    let time = time.strip_suffix('.').unwrap_or(time);
    Some(until(time.parse().ok()?, now))
}

/// A date as HTTP headers have it: `Sat, 21 Nov 2026 08:00:00 GMT`.
pub(crate) fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

fn until(then: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now)).unwrap_or(Duration::ZERO).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(http::header::RETRY_AFTER, value.parse().unwrap())])
    }

    #[test]
    fn every_form_of_later_is_read() {
        let now: Timestamp = "2026-07-18T11:59:00Z".parse().unwrap();
        let minute = Some(Duration::from_secs(60));
        assert_eq!(retry_after(&headers("60"), now), minute);
        assert_eq!(retry_after(&headers("Sat, 18 Jul 2026 12:00:00 GMT"), now), minute);
        assert_eq!(retry_after(&headers("Sat, 18 Jul 2026 11:00:00 GMT"), now), Some(Duration::ZERO));
        assert_eq!(retry_after(&headers("soon"), now), None);
        for endless in ["18446744073709551615", "99999999999999999999", "Tue, 31 Dec 2999 23:59:59 GMT"] {
            assert_eq!(retry_after(&headers(endless), now), Some(LONGEST), "{endless}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
        let gmail = "User-rate limit exceeded.  Retry after 2026-07-18T12:00:00.000Z";
        assert_eq!(retry_after_in(gmail, now), minute);
        assert_eq!(retry_after_in("Rate Limit Exceeded", now), None);
    }
}
