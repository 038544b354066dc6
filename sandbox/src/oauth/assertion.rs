//! Service accounts: the JWT bearer grant, domain-wide delegation and self-signed tokens.

use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::DecodingKey;
use serde_json::{Value, json};

use super::{Context, OAuthError, keys, scopes, token, tokens};
use crate::state::{AccessToken, ServiceAccount, State, User};

/// What Google's own clients write into `aud`, whatever address they ask.
const AUDIENCES: [&str; 4] = [
    "https://oauth2.googleapis.com/token",
    "https://accounts.google.com/o/oauth2/token",
    "https://www.googleapis.com/oauth2/v3/token",
    "https://www.googleapis.com/oauth2/v4/token",
];

/// A token lives for an hour at most; clocks may be this far apart, in seconds.
const LONGEST: i64 = 3600;
const LEEWAY: i64 = 300;

fn unverified(assertion: &str) -> Option<Value> {
    let mut parts = assertion.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?).ok()
}

/// The claims when one of the account's keys signed them. The header need not say which.
fn verified(account: &ServiceAccount, assertion: &str) -> Option<Value> {
    account.keys.iter().filter(|key| !key.disabled).find_map(|key| {
        let key = DecodingKey::from_rsa_pem(key.public_key_pem.as_bytes()).ok()?;
        keys::signed_claims(assertion, &key)
    })
}

/// `grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer`
pub fn exchange(state: &mut State, context: &Context, form: &token::Form) -> Result<Value, OAuthError> {
    let assertion = form.need("assertion")?;
    let invalid = OAuthError::invalid_grant;
    let text = |claims: &Value, name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let claimed = unverified(assertion).ok_or_else(|| invalid("Invalid JWT: Assertion is not a JWT."))?;
    let account = state
        .service_accounts
        .get(&text(&claimed, "iss"))
        .cloned()
        .ok_or_else(|| invalid("Invalid grant: account not found"))?;
    if account.disabled {
        return Err(OAuthError::new("disabled_client", "The OAuth client was disabled."));
    }
    let claims = verified(&account, assertion).ok_or_else(|| invalid("Invalid JWT Signature."))?;
    let audience = text(&claims, "aud");
    if !AUDIENCES.contains(&audience.as_str()) && !audience.starts_with(&format!("{}/", context.base)) {
        return Err(invalid("Invalid JWT: Failed audience check."));
    }
    let seconds = |name: &str| claims.get(name).and_then(Value::as_i64).unwrap_or_default();
    let (from, until, now) = (seconds("iat"), seconds("exp"), context.now.as_second());
    if until <= now - LEEWAY || from > now + LEEWAY || until > from + LONGEST + LEEWAY || until > now + LONGEST + LEEWAY
    {
        return Err(invalid(
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and \
             exp values in the JWT claim.",
        ));
    }
    let scope = text(&claims, "scope");
    let asked: Vec<Option<String>> = scope.split_whitespace().map(scopes::canonical).collect();
    let asked: Option<BTreeSet<String>> = asked.into_iter().collect();
    let Some(asked) = asked.filter(|asked| !asked.is_empty()) else {
        return Err(OAuthError::new("invalid_scope", "Invalid OAuth scope or ID token audience provided."));
    };

    let subject = text(&claims, "sub");
    let mut token = own_token(&account, asked.clone(), context.now);
    if !subject.is_empty() && subject != account.email {
        let user = state.user(&subject).filter(|user| user.is_person());
        let user = user.ok_or_else(|| invalid("Invalid email or User ID"))?;
        if user.disabled {
            return Err(invalid("Account has been disabled"));
        }
        if user.domain.as_ref().is_some_and(|domain| account.blocked_domains.contains(domain)) {
            return Err(OAuthError::new("admin_policy_enforced", "Access to this app is blocked by an administrator."));
        }
        delegated(&account, user, &asked)?;
        token.sub = user.sub.clone();
        token.email = user.email.clone();
    }
    let access_token = tokens::give_access(state, context, token);
    Ok(json!({"access_token": access_token, "expires_in": tokens::lifetime(state), "token_type": "Bearer"}))
}

fn own_token(account: &ServiceAccount, scopes: BTreeSet<String>, now: Timestamp) -> AccessToken {
    AccessToken {
        client_id: account.client_id.clone(),
        project: account.project.clone(),
        sub: account.client_id.clone(),
        email: account.email.clone(),
        scopes,
        expires: now,
        refresh_token: None,
        offline: false,
        service_account: Some(account.email.clone()),
    }
}

/// Whether the person's domain lets the service account act with those scopes.
fn delegated(account: &ServiceAccount, user: &User, asked: &BTreeSet<String>) -> Result<(), OAuthError> {
    let refused = |text: &str| OAuthError::new("unauthorized_client", text).with_status(401);
    let delegation = user.domain.as_ref().and_then(|domain| account.delegation.get(domain));
    match delegation {
        None if !account.delegation.is_empty() => Err(refused("Unauthorized client or scope in request.")),
        Some(scopes) if asked.is_subset(scopes) => Ok(()),
        Some(scopes) if !asked.is_disjoint(scopes) => {
            Err(OAuthError::new("access_denied", "Requested client not authorized."))
        }
        _ => Err(refused(
            "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the \
             scopes requested.",
        )),
    }
}

/// A JWT that a service account signed for itself and uses as an access token of `service`.
pub fn self_signed(state: &State, now: Timestamp, jwt: &str, service: &str) -> Option<AccessToken> {
    let claimed = unverified(jwt)?;
    let issuer = claimed.get("iss")?.as_str()?;
    let account = state.service_accounts.get(issuer).filter(|account| !account.disabled)?;
    let claims = verified(account, jwt)?;
    let until = claims.get("exp").and_then(Value::as_i64)?;
    let scope = claims.get("scope").and_then(Value::as_str).unwrap_or_default();
    let audience = claims.get("aud").and_then(Value::as_str).unwrap_or_default();
    let own = claims.get("sub").and_then(Value::as_str) == Some(issuer);
    let fits = !scope.is_empty() || audience == format!("https://{service}.googleapis.com/");
    if !own || !fits || until <= now.as_second() || until > now.as_second() + LONGEST + LEEWAY {
        return None;
    }
    let granted: BTreeSet<String> = match scope {
        "" => scopes::of_service(service),
        asked => asked.split_whitespace().filter_map(scopes::canonical).collect(),
    };
    let mut token = own_token(account, granted, now);
    token.expires = Timestamp::from_second(until).ok()?;
    Some(token)
}
