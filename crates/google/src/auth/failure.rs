//! What the token endpoint refuses, and what that means for the person.

use std::fmt;

use bytes::Bytes;
use http::Response;
use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    Error, Kind, Next,
    auth::ExpiredReason,
    envelope::{code, without_personal_text},
    retry::{http_date, retry_after},
};

/// Why the token endpoint gives no token. Failures that pass by themselves are [`Kind::Transient`] instead and change
/// no connection's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GrantFailure {
    /// The refresh token is revoked or expired: withdrawn by the person, unused for six months, pushed out by newer ones,
    /// a changed password with Gmail scopes, seven days of a project in testing. Google does not say which.
    Revoked,
    /// The refresh token belongs to another OAuth client than the one that is configured now.
    ClientChanged,
    /// An administrator of the person's domain forbids the app.
    AdminBlocked,
    /// The account is deleted, suspended or unknown.
    AccountDisabled,
    /// The domain wants the person to sign in anew from time to time (`invalid_rapt`).
    ReauthenticationRequired,
    /// The authorization code was used before, is too old or garbled.
    CodeRejected,
    /// The code does not belong to this verifier (PKCE).
    VerifierRejected,
    /// Google does not know the service account's key (yet, or any more), or it is disabled.
    KeyRejected,
    /// The service account does not exist, or is disabled or deleted.
    ServiceAccountDisabled,
    /// The subject's domain has not delegated anything to the service account, or none of the scopes.
    DelegationMissing,
    /// The subject's domain has delegated some of the scopes and not all.
    ScopeNotDelegated,
    /// The subject is no user of a Workspace domain: unknown, a group, or an address of nobody.
    SubjectUnknown,
    /// This machine's clock is too far from Google's.
    ClockSkew,
    /// A scope does not exist, or there is none.
    ScopeInvalid,
    /// The OAuth client is unknown, deleted, disabled, has another secret or another redirect address: an
    /// administrator must correct the set-up; the grants themselves stay good.
    Misconfigured,
}

impl GrantFailure {
    /// What the caller can do.
    pub fn next(self) -> Next {
        match self {
            Self::Misconfigured
            | Self::AdminBlocked
            | Self::KeyRejected
            | Self::ServiceAccountDisabled
            | Self::DelegationMissing
            | Self::ScopeNotDelegated
            | Self::SubjectUnknown
            | Self::ClockSkew
            | Self::ScopeInvalid => Next::FixSetup,
            Self::AccountDisabled => Next::GiveUp,
            Self::Revoked
            | Self::ClientChanged
            | Self::ReauthenticationRequired
            | Self::CodeRejected
            | Self::VerifierRejected => Next::Reauthorize,
        }
    }

    /// The reason with which a connection becomes expired, if this ends it.
    pub fn expired_reason(self) -> Option<ExpiredReason> {
        match self {
            Self::Revoked => Some(ExpiredReason::Revoked),
            Self::ReauthenticationRequired => Some(ExpiredReason::Expired),
            Self::ClientChanged => Some(ExpiredReason::ClientChanged),
            Self::AdminBlocked => Some(ExpiredReason::AdminBlocked),
            Self::AccountDisabled | Self::SubjectUnknown => Some(ExpiredReason::AccountDisabled),
            Self::DelegationMissing | Self::ScopeNotDelegated => Some(ExpiredReason::DelegationMissing),
            Self::CodeRejected
            | Self::VerifierRejected
            | Self::Misconfigured
            | Self::KeyRejected
            | Self::ServiceAccountDisabled
            | Self::ClockSkew
            | Self::ScopeInvalid => None,
        }
    }
}

impl fmt::Display for GrantFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Revoked => "the grant is revoked or expired and the person has to consent again",
            Self::ClientChanged => "the grant belongs to another OAuth client and the person has to consent again",
            Self::AdminBlocked => "an administrator of the domain forbids this app",
            Self::AccountDisabled => "the Google account is deleted or disabled",
            Self::ReauthenticationRequired => "the domain wants the person to sign in again",
            Self::CodeRejected => "the authorization code is used up or too old",
            Self::VerifierRejected => "the authorization code belongs to another attempt",
            Self::KeyRejected => "Google does not accept the service account's key; a new key needs some minutes",
            Self::ServiceAccountDisabled => "the service account does not exist or is disabled",
            Self::DelegationMissing => "the domain has not delegated these scopes to the service account's client id",
            Self::ScopeNotDelegated => "the domain has delegated some of the scopes and not all",
            Self::SubjectUnknown => "the subject is not a user of the domain; a group cannot be one",
            Self::ClockSkew => "this machine's clock differs from Google's",
            Self::ScopeInvalid => "a scope does not exist, or none is asked for",
            Self::Misconfigured => "the OAuth client's id, secret or redirect address is not right",
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: String,
    error_description: String,
    error_subtype: String,
}

/// The error that an answer of the token endpoint to a code means.
pub(crate) fn of_exchange(operation: &'static str, answer: &Response<Bytes>, now: Timestamp) -> Error {
    explain(operation, answer, now, |refusal| classify(refusal, GrantFailure::CodeRejected))
}

/// The error that an answer of the token endpoint to a service account's assertion means. One about the time has
/// Google's own time with it. <https://developers.google.com/identity/protocols/oauth2/service-account#error-codes>
pub(crate) fn of_assertion(operation: &'static str, answer: &Response<Bytes>, now: Timestamp) -> Error {
    let error = explain(operation, answer, now, of_service_account);
    if *error.kind() != Kind::Grant(GrantFailure::ClockSkew) {
        return error;
    }
    let date = answer.headers().get(http::header::DATE).and_then(|value| value.to_str().ok());
    error.with_server_time(date.and_then(http_date))
}

/// The error that an answer of the token endpoint to a refresh token means.
pub(crate) fn of_refresh(operation: &'static str, answer: &Response<Bytes>, now: Timestamp) -> Error {
    explain(operation, answer, now, |refusal| classify(refusal, GrantFailure::ClientChanged))
}

fn explain(
    operation: &'static str,
    answer: &Response<Bytes>,
    now: Timestamp,
    classify: impl Fn(&Refusal) -> Kind,
) -> Error {
    let status = answer.status();
    let refusal: Option<Refusal> = serde_json::from_slice(answer.body()).ok();
    let refusal = refusal.filter(|refusal| !refusal.error.is_empty());
    let kind = match &refusal {
        _ if status.is_server_error() => Kind::Transient,
        _ if status.as_u16() == 429 => Kind::RateLimited,
        None => Kind::Transient,
        Some(refusal) => classify(refusal),
    };
    let (reason, message) = match refusal {
        Some(refusal) => (refusal.error, Some(without_personal_text(&refusal.error_description, false))),
        None => ("notJson".to_owned(), None),
    };
    Error::new(kind, operation)
        .with_status(status)
        .with_reason(Some(code(&reason)))
        .with_message(message.filter(|message| !message.is_empty()))
        .with_retry_after(retry_after(answer.headers(), now))
        .with_effect(status.is_server_error())
}

/// `bad_request` is what a bare `invalid_grant` "Bad Request" means: it says no more than that the grant does not fit.
fn classify(refusal: &Refusal, bad_request: GrantFailure) -> Kind {
    let description = refusal.error_description.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| description.contains(word));
    Kind::Grant(match refusal.error.as_str() {
        "invalid_grant" if refusal.error_subtype == "invalid_rapt" || says(&["rapt"]) => {
            GrantFailure::ReauthenticationRequired
        }
        "invalid_grant" if says(&["verifier"]) => GrantFailure::VerifierRejected,
        "invalid_grant" if says(&["auth code", "authorization code"]) => GrantFailure::CodeRejected,
        "invalid_grant" if says(&["account", "user"]) && says(&["deleted", "disabled", "suspended", "not found"]) => {
            GrantFailure::AccountDisabled
        }
        "invalid_grant" if says(&["expired", "revoked"]) => GrantFailure::Revoked,
        "invalid_grant" if says(&["bad request"]) => bad_request,
        "invalid_grant" if bad_request != GrantFailure::ClientChanged => bad_request,
        "invalid_grant" => GrantFailure::Revoked,
        "unauthorized_client" => GrantFailure::ClientChanged,
        "admin_policy_enforced" | "org_internal" | "access_denied" => GrantFailure::AdminBlocked,
        "server_error" | "temporarily_unavailable" | "internal_failure" => return Kind::Transient,
        "rate_limit_exceeded" => return Kind::RateLimited,
        _ => GrantFailure::Misconfigured,
    })
}

fn of_service_account(refusal: &Refusal) -> Kind {
    let description = refusal.error_description.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| description.contains(word));
    Kind::Grant(match refusal.error.as_str() {
        "invalid_grant" if says(&["short-lived", "timeframe", "iat and exp"]) => GrantFailure::ClockSkew,
        "invalid_grant" if says(&["signature", "no valid verifier"]) => GrantFailure::KeyRejected,
        "invalid_grant" if says(&["account not found"]) => GrantFailure::ServiceAccountDisabled,
        "invalid_grant" if says(&["email or user id"]) => GrantFailure::SubjectUnknown,
        "invalid_grant" if says(&["deleted", "disabled", "suspended"]) => GrantFailure::AccountDisabled,
        "unauthorized_client" => GrantFailure::DelegationMissing,
        "access_denied" => GrantFailure::ScopeNotDelegated,
        "disabled_client" | "deleted_client" => GrantFailure::ServiceAccountDisabled,
        "invalid_scope" => GrantFailure::ScopeInvalid,
        _ => return classify(refusal, GrantFailure::Misconfigured),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(of: fn(&'static str, &Response<Bytes>, Timestamp) -> Error, status: u16, body: &str) -> Kind {
        let answer = Response::builder().status(status).body(Bytes::copy_from_slice(body.as_bytes())).unwrap();
        of("oauth2.token", &answer, Timestamp::UNIX_EPOCH).kind().clone()
    }

    fn refusal(error: &str, description: &str) -> String {
        serde_json::json!({"error": error, "error_description": description}).to_string()
    }

    #[test]
    fn each_refusal_of_a_refresh_has_its_meaning() {
        use GrantFailure::*;
        for (status, error, description, failure) in [
            (400, "invalid_grant", "Token has been expired or revoked.", Revoked),
            (400, "invalid_grant", "", Revoked),
            (400, "invalid_grant", "Bad Request", ClientChanged),
            (401, "unauthorized_client", "Unauthorized", ClientChanged),
            (400, "invalid_grant", "Account has been deleted", AccountDisabled),
            (400, "invalid_grant", "Invalid grant: account not found", AccountDisabled),
            (401, "invalid_client", "The OAuth client was not found.", Misconfigured),
            (401, "invalid_client", "The provided client secret is invalid.", Misconfigured),
            (400, "deleted_client", "The OAuth client was deleted.", Misconfigured),
            (400, "invalid_request", "Missing required parameter: refresh_token", Misconfigured),
            (400, "admin_policy_enforced", "", AdminBlocked),
            (400, "org_internal", "", AdminBlocked),
        ] {
            assert_eq!(
                kind(of_refresh, status, &refusal(error, description)),
                Kind::Grant(failure),
                "{error} {description}"
            );
        }
        let rapt =
            r#"{"error":"invalid_grant","error_description":"reauth related error","error_subtype":"invalid_rapt"}"#;
        assert_eq!(kind(of_refresh, 400, rapt), Kind::Grant(ReauthenticationRequired));
    }

    #[test]
    fn each_refusal_of_an_assertion_has_its_meaning() {
        use GrantFailure::*;
        let delegation = "Client is unauthorized to retrieve access tokens using this method, or client not authorized for \
                          any of the scopes requested.";
        let time = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your \
                    iat and exp values in the JWT claim.";
        for (error, description, failure) in [
            ("unauthorized_client", "Unauthorized client or scope in request.", DelegationMissing),
            ("unauthorized_client", delegation, DelegationMissing),
            ("access_denied", "Requested client not authorized.", ScopeNotDelegated),
            ("admin_policy_enforced", "", AdminBlocked),
            ("disabled_client", "The OAuth client was disabled.", ServiceAccountDisabled),
            ("deleted_client", "", ServiceAccountDisabled),
            ("invalid_client", "", Misconfigured),
            ("invalid_grant", "Not a valid email or user ID.", SubjectUnknown),
            ("invalid_grant", "Invalid email or User ID", SubjectUnknown),
            ("invalid_grant", time, ClockSkew),
            ("invalid_grant", "Invalid JWT Signature.", KeyRejected),
            ("invalid_grant", "Invalid JWT: No valid verifier found for issuer", KeyRejected),
            ("invalid_grant", "Invalid grant: account not found", ServiceAccountDisabled),
            ("invalid_grant", "Invalid JWT: Failed audience check.", Misconfigured),
            ("invalid_scope", "Invalid OAuth scope or ID token audience provided.", ScopeInvalid),
        ] {
            let kind = kind(of_assertion, 400, &refusal(error, description));
            assert_eq!(kind, Kind::Grant(failure), "{error} {description}");
        }
    }

    #[test]
    fn each_refusal_of_a_code_has_its_meaning() {
        use GrantFailure::*;
        for (error, description, failure) in [
            ("invalid_grant", "Bad Request", CodeRejected),
            ("invalid_grant", "Malformed auth code.", CodeRejected),
            ("invalid_grant", "", CodeRejected),
            ("invalid_grant", "Missing code verifier.", VerifierRejected),
            ("invalid_grant", "Invalid code verifier.", VerifierRejected),
            ("redirect_uri_mismatch", "Bad Request", Misconfigured),
        ] {
            assert_eq!(
                kind(of_exchange, 400, &refusal(error, description)),
                Kind::Grant(failure),
                "{error} {description}"
            );
        }
    }

    #[test]
    fn what_passes_by_itself_changes_no_state() {
        for (status, body) in [
            (500, r#"{"error":"internal_failure"}"#),
            (503, r#"{"error":"invalid_grant"}"#),
            (400, "<html>"),
            (404, "<html>"),
            (400, "{}"),
            (400, r#"{"error":"inval"#),
            (400, r#"{"error":"temporarily_unavailable"}"#),
        ] {
            assert_eq!(kind(of_refresh, status, body), Kind::Transient, "{status} {body}");
        }
        assert_eq!(kind(of_refresh, 429, ""), Kind::RateLimited);
    }
}
