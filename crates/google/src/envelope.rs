//! From an answer that is not a success to an [`Error`]: Google's two error envelopes, and what comes instead of them.

use http::{Response, StatusCode, header};
use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    Error, Kind, ScopeSet,
    retry::{retry_after, retry_after_in},
};

/// Both envelopes at once: the old one has `errors[]`, google.rpc has `status` and `details[]`, many answers have some of
/// each, and every part may be missing.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope {
    error: Body,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    message: String,
    status: String,
    errors: Vec<Item>,
    details: Vec<Item>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Item {
    reason: Option<String>,
    domain: Option<String>,
    message: Option<String>,
    location: Option<String>,
}

/// The error that an API's `answer` means.
pub(crate) fn explain(operation: &'static str, answer: &Response<bytes::Bytes>, now: Timestamp) -> Error {
    let status = answer.status();
    let wait = retry_after(answer.headers(), now);
    let Some(body) = read(answer) else {
        return unexplained(operation, status).with_retry_after(wait);
    };
    let first = body.errors.iter().chain(&body.details).find(|item| item.reason.is_some());
    let reason = first.and_then(|item| item.reason.as_deref()).map(code);
    let kind = match classify(status, reason.as_deref(), first, &body, answer) {
        // At the directory it says that too many calls run at the same time.
        Kind::QuotaExceeded if operation.starts_with("directory.") && reason.as_deref() == Some("quotaExceeded") => {
            Kind::RateLimited
        }
        kind => kind,
    };
    let message = match (body.message.as_str(), first.and_then(|item| item.message.as_deref())) {
        ("", Some(message)) => message,
        (message, _) => message,
    };
    let wait = wait.or_else(|| retry_after_in(message, now));
    let effect = status.is_server_error();
    // A refusal for another reason can quote a value as well.
    let of_values = kind == Kind::Invalid || message.starts_with("Invalid ");
    let message = (!message.is_empty()).then(|| without_personal_text(message, of_values));
    Error::new(kind, operation)
        .with_status(status)
        .with_reason(reason.or((!body.status.is_empty()).then(|| code(&body.status))))
        .with_message(message)
        .with_retry_after(wait)
        .with_effect(effect)
}

/// The error that one part of an answer means, for which the call as a whole was a success: as if `body` had come alone.
pub(crate) fn explain_part(operation: &'static str, status: u16, body: &serde_json::Value) -> Error {
    let mut answer = Response::new(bytes::Bytes::from(body.to_string()));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    explain(operation, &answer, Timestamp::UNIX_EPOCH)
}

/// An answer without an envelope says as much as its status, and a page of HTML less than that: a 404 page comes from a
/// proxy or a wrong path and must not be read as "this event does not exist".
fn unexplained(operation: &'static str, status: StatusCode) -> Error {
    let (kind, reason) = match status.as_u16() {
        401 => (Kind::Unauthorized, "notJson"),
        429 => (Kind::RateLimited, "notJson"),
        400 | 405 | 411 | 413 | 414 | 415 | 431 => (Kind::Invalid, "notJson"),
        412 => (Kind::PreconditionFailed, "notJson"),
        300..400 => (Kind::Unreadable, "redirect"),
        _ => (Kind::Transient, "notJson"),
    };
    Error::new(kind, operation)
        .with_status(status)
        .with_reason(Some(reason.to_owned()))
        .with_effect(status.is_server_error())
}

fn read(answer: &Response<bytes::Bytes>) -> Option<Body> {
    let text = answer.body();
    if !text.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    serde_json::from_slice::<Envelope>(text).ok().map(|envelope| envelope.error)
}

fn classify(
    status: StatusCode,
    reason: Option<&str>,
    item: Option<&Item>,
    body: &Body,
    answer: &Response<bytes::Bytes>,
) -> Kind {
    let reason = reason.unwrap_or("");
    let location = item.and_then(|item| item.location.as_deref()).unwrap_or("");
    match status.as_u16() {
        401 => Kind::Unauthorized,
        403 | 429 => limits(status, reason, item, body, answer),
        400 if reason == "EXPIRED_SYNC_TOKEN" => Kind::FullSyncRequired,
        400 if names_a_cursor(location, &body.message) => Kind::BadCursor,
        400 if body.message.contains("etag is different") => Kind::PreconditionFailed,
        404 => Kind::NotFound,
        409 if matches!(reason, "conflict" | "ABORTED") || body.status == "ABORTED" => Kind::Conflict,
        409 => Kind::Duplicate,
        410 if matches!(reason, "fullSyncRequired" | "updatedMinTooLongAgo") => Kind::FullSyncRequired,
        410 => Kind::Deleted,
        412 => Kind::PreconditionFailed,
        408 | 425 | 500..=599 => Kind::Transient,
        300..400 => Kind::Unreadable,
        _ => Kind::Invalid,
    }
}

fn names_a_cursor(location: &str, message: &str) -> bool {
    matches!(location, "syncToken" | "pageToken") || {
        let message = message.to_ascii_lowercase();
        ["sync token", "page token", "synctoken", "pagetoken"].iter().any(|name| message.contains(name))
    }
}

/// 403 and 429. The reason decides and not the status: a rate limit comes as either, and `accessNotConfigured` lies in
/// the domain of the usage limits.
fn limits(status: StatusCode, reason: &str, item: Option<&Item>, body: &Body, answer: &Response<bytes::Bytes>) -> Kind {
    let in_header = answer.headers().get(header::WWW_AUTHENTICATE).and_then(|value| value.to_str().ok()).unwrap_or("");
    match reason {
        "rateLimitExceeded" | "userRateLimitExceeded" | "RATE_LIMIT_EXCEEDED" | "concurrentLimitExceeded" => {
            Kind::RateLimited
        }
        "accessNotConfigured" | "SERVICE_DISABLED" => Kind::ApiDisabled,
        "insufficientPermissions" | "ACCESS_TOKEN_SCOPE_INSUFFICIENT" => {
            Kind::ScopesMissing { needed: scopes_in(in_header) }
        }
        "quotaExceeded" | "dailyLimitExceeded" | "userQuotaExceeded" => Kind::QuotaExceeded,
        _ if in_header.contains("insufficient_scope") => Kind::ScopesMissing { needed: scopes_in(in_header) },
        _ if status == StatusCode::TOO_MANY_REQUESTS || body.status == "RESOURCE_EXHAUSTED" => Kind::RateLimited,
        _ if item.and_then(|item| item.domain.as_deref()) == Some("usageLimits") => Kind::QuotaExceeded,
        _ => Kind::Permission,
    }
}

fn scopes_in(challenge: &str) -> ScopeSet {
    let list = challenge.split_once("scope=\"").and_then(|(_, rest)| rest.split_once('"'));
    list.map_or_else(ScopeSet::default, |(list, _)| ScopeSet::parse(list))
}

/// A code of Google's, such as `conditionNotMet` or `invalid_grant`, and nothing that could be anything else.
pub(crate) fn code(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || "_-.".contains(*c)).take(60).collect()
}

/// Google's sentence without what people wrote: addresses, quoted values and long codes go, and where the sentence
/// complains about a value (`of_values`) so does all after its first colon.
pub(crate) fn without_personal_text(message: &str, of_values: bool) -> String {
    let message = match message.split_once(':') {
        Some((head, _)) if of_values => format!("{head}: …"),
        _ => message.to_owned(),
    };
    let mut clean = String::with_capacity(message.len());
    let mut rest = message.as_str();
    while let Some(start) = rest.find(['"', '\'', '“', '‘']) {
        let (before, quoted) = rest.split_at(start);
        let mark = quoted.chars().next().unwrap_or('"');
        let after = &quoted[mark.len_utf8()..];
        let opens = before.is_empty() || before.ends_with([' ', '(', '=', '[', ':']);
        let close = match mark {
            '“' => '”',
            '‘' => '’',
            same => same,
        };
        clean.push_str(before);
        match after.find(close) {
            Some(end) if opens => {
                clean.push('…');
                rest = &after[end + close.len_utf8()..];
            }
            None if opens => {
                clean.push('…');
                rest = "";
            }
            _ => {
                clean.push(mark);
                rest = after;
            }
        }
    }
    clean.push_str(rest);
    let words: Vec<&str> = clean.split_whitespace().map(|word| if is_private(word) { "…" } else { word }).collect();
    let mut text = words.join(" ");
    if let Some((cut, _)) = text.char_indices().nth(300) {
        text.truncate(cut);
        text.push('…');
    }
    text
}

/// How Google's tokens, codes and secrets begin.
const SECRETS: [&str; 6] = ["ya29.", "1//", "1/", "4/", "GOCSPX-", "eyJ"];

fn is_private(word: &str) -> bool {
    let long_code = word.len() >= 20 && word.bytes().any(|byte| byte.is_ascii_digit());
    let is_link = word.starts_with("https://console.") && word.len() <= 120;
    let inner = word.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    word.contains('@')
        || word.contains("%40")
        || SECRETS.iter().any(|start| inner.starts_with(start))
        || ((long_code || word.len() > 60) && !is_link)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn answer(status: u16, body: &str) -> Error {
        let answer = Response::builder().status(status).body(bytes::Bytes::copy_from_slice(body.as_bytes())).unwrap();
        explain("calendar.events.list", &answer, "2026-07-18T11:59:00Z".parse().unwrap())
    }

    fn legacy(status: u16, domain: &str, reason: &str, message: &str) -> Error {
        let body = serde_json::json!({"error": {"code": status, "message": message,
            "errors": [{"domain": domain, "reason": reason, "message": message}]}});
        answer(status, &body.to_string())
    }

    #[test]
    fn the_catalogue_of_calendar_errors() {
        let scopes = || Kind::ScopesMissing { needed: ScopeSet::default() };
        for (status, domain, reason, message, kind) in [
            (400, "calendar", "timeRangeEmpty", "The specified time range is empty.", Kind::Invalid),
            (400, "global", "invalid", "Invalid sync token value.", Kind::BadCursor),
            (400, "global", "required", "Missing end time.", Kind::Invalid),
            (400, "global", "channelIdNotUnique", "Channel id X not unique", Kind::Invalid),
            (401, "global", "authError", "Invalid Credentials", Kind::Unauthorized),
            (403, "usageLimits", "rateLimitExceeded", "Rate Limit Exceeded", Kind::RateLimited),
            (403, "usageLimits", "userRateLimitExceeded", "User Rate Limit Exceeded", Kind::RateLimited),
            (403, "usageLimits", "quotaExceeded", "Calendar usage limits exceeded.", Kind::QuotaExceeded),
            (403, "usageLimits", "dailyLimitExceeded", "Daily Limit Exceeded", Kind::QuotaExceeded),
            (403, "usageLimits", "accessNotConfigured", "Calendar API has not been used", Kind::ApiDisabled),
            (403, "global", "insufficientPermissions", "Insufficient Permission", scopes()),
            (403, "calendar", "forbiddenForNonOrganizer", "Shared properties can only …", Kind::Permission),
            (403, "calendar", "requiredAccessLevel", "You need to have writer access", Kind::Permission),
            (403, "global", "forbidden", "Forbidden", Kind::Permission),
            (404, "global", "notFound", "Not Found", Kind::NotFound),
            (409, "global", "duplicate", "The requested identifier already exists.", Kind::Duplicate),
            (409, "global", "conflict", "Conflict", Kind::Conflict),
            (410, "calendar", "fullSyncRequired", "Sync token is no longer valid, …", Kind::FullSyncRequired),
            (410, "global", "fullSyncRequired", "Sync token is no longer valid, …", Kind::FullSyncRequired),
            (410, "calendar", "updatedMinTooLongAgo", "… too far in the past.", Kind::FullSyncRequired),
            (410, "global", "deleted", "Resource has been deleted", Kind::Deleted),
            (412, "global", "conditionNotMet", "Precondition Failed", Kind::PreconditionFailed),
            (429, "usageLimits", "rateLimitExceeded", "Too Many Requests", Kind::RateLimited),
            (500, "global", "backendError", "Backend Error", Kind::Transient),
            (503, "global", "serviceUnavailable", "Service Unavailable", Kind::Transient),
        ] {
            let error = legacy(status, domain, reason, message);
            assert_eq!((error.kind(), error.reason()), (&kind, Some(reason)), "{status} {reason}");
            assert_eq!(error.status(), Some(status));
            assert_eq!(error.may_have_taken_effect(), status >= 500, "{status}");
        }
    }

    #[test]
    fn at_the_directory_a_quota_is_a_matter_of_seconds() {
        let body = r#"{"error":{"code":403,"message":"Quota exceeded","errors":[{"domain":"usageLimits","reason":"quotaExceeded"}]}}"#;
        let answer = Response::builder().status(403).body(bytes::Bytes::from_static(body.as_bytes())).unwrap();
        let kind = |operation| explain(operation, &answer, Timestamp::UNIX_EPOCH).kind().clone();
        assert_eq!(kind("directory.users.insert"), Kind::RateLimited);
        assert_eq!(kind("calendar.events.insert"), Kind::QuotaExceeded);
    }

    #[test]
    fn the_newer_envelope_and_one_without_any_reason() {
        let rpc = |status: u16, name: &str, reason: &str| {
            answer(
                status,
                &serde_json::json!({"error": {"code": status, "message": "m", "status": name, "details": [
                    {"@type": "type.googleapis.com/google.rpc.Help", "links": []},
                    {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com",
                     "metadata": {"service": "people.googleapis.com"}}]}})
                .to_string(),
            )
        };
        assert_eq!(rpc(400, "FAILED_PRECONDITION", "EXPIRED_SYNC_TOKEN").kind(), &Kind::FullSyncRequired);
        assert_eq!(rpc(403, "PERMISSION_DENIED", "SERVICE_DISABLED").kind(), &Kind::ApiDisabled);
        assert!(matches!(
            rpc(403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT").kind(),
            Kind::ScopesMissing { .. }
        ));
        let bare = answer(429, r#"{"error":{"code":429,"message":"Quota","status":"RESOURCE_EXHAUSTED"}}"#);
        assert_eq!((bare.kind(), bare.reason()), (&Kind::RateLimited, Some("RESOURCE_EXHAUSTED")));
        let stale = "Request person.etag is different than the current person.etag.";
        let stale = answer(400, &format!(r#"{{"error":{{"message":"{stale}","status":"FAILED_PRECONDITION"}}}}"#));
        assert_eq!(stale.kind(), &Kind::PreconditionFailed);
    }

    #[test]
    fn the_scopes_that_google_names_are_read_from_the_challenge() {
        let answer = Response::builder()
            .status(403)
            .header("WWW-Authenticate", r#"Bearer realm="x", error="insufficient_scope", scope="https://a https://b""#)
            .body(bytes::Bytes::from_static(br#"{"error":{"code":403,"message":"m"}}"#))
            .unwrap();
        let error = explain("x", &answer, Timestamp::UNIX_EPOCH);
        assert_eq!(error.kind(), &Kind::ScopesMissing { needed: ScopeSet::parse("https://a https://b") });
    }

    #[test]
    fn html_half_json_and_nothing_never_mean_that_a_thing_is_gone() {
        for body in ["<!DOCTYPE html><title>Error 404</title>", "", r#"{"error": {"code": 404, "mess"#, "[]"] {
            for status in [403, 404, 410, 500, 502] {
                let error = answer(status, body);
                assert_eq!(error.kind(), &Kind::Transient, "{status} {body}");
            }
            assert_eq!(answer(400, body).kind(), &Kind::Invalid);
            assert_eq!(answer(302, body).kind(), &Kind::Unreadable);
        }
    }

    #[test]
    fn the_time_in_a_message_is_kept_and_the_message_is_cleaned() {
        let error = legacy(
            403,
            "usageLimits",
            "rateLimitExceeded",
            "User-rate limit exceeded.  Retry after 2026-07-18T12:00:00.000Z",
        );
        assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
        for (message, clean) in [
            ("Delegation denied for ann@example.com", "Delegation denied for …"),
            ("Channel 'abc' not found for project 'p'", "Channel … not found for project …"),
            ("Google's API hasn't been used", "Google's API hasn't been used"),
            ("Not Found", "Not Found"),
            ("Invalid value \"Lunch with Bob", "Invalid value …"),
            ("Token ya29.a0AfH6SMBx8Q2xJ3 refused", "Token … refused"),
            ("Token (1//0g) refused", "Token … refused"),
        ] {
            assert_eq!(without_personal_text(message, false), clean);
        }
        assert_eq!(without_personal_text("Invalid label: Divorce papers", true), "Invalid label: …");
    }
}
