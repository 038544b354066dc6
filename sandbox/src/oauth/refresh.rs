use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Context, OAuthError, keys, scopes, token, tokens};
use crate::{
    http::exchange::Asked,
    state::{AccessToken, State},
};

/// A new access token for a refresh token, which stays as it is.
pub fn refresh(state: &mut State, context: &Context, asked: &Asked, form: &token::Form) -> Result<Value, OAuthError> {
    let client = token::client(state, asked, form)?;
    let name = form.need("refresh_token")?;
    let dead = || OAuthError::invalid_grant("Token has been expired or revoked.");
    let token = state.refresh_tokens.get(name).cloned().ok_or_else(dead)?;
    if token.client_id != client.client_id {
        return Err(OAuthError::invalid_grant("Bad Request"));
    }
    if !tokens::lives(&token, context.now) {
        tokens::end_refresh(state, name);
        return Err(dead());
    }
    let Some(user) = state.user_by_sub(&token.sub).cloned() else {
        return Err(OAuthError::invalid_grant("Account has been deleted"));
    };
    if user.disabled {
        return Err(OAuthError::invalid_grant("Account has been disabled"));
    }
    if user.domain.as_ref().is_some_and(|domain| client.blocked_domains.contains(domain)) {
        return Err(OAuthError::new("admin_policy_enforced", "Access to this app is blocked by an administrator."));
    }
    let wanted = wanted(form.get("scope"), &token.scopes)?;
    state.refresh_tokens.update(name, |token| token.used = context.now);
    let access = AccessToken {
        client_id: client.client_id.clone(),
        project: client.project.clone(),
        sub: user.sub.clone(),
        email: user.email.clone(),
        scopes: wanted.clone(),
        expires: context.now,
        refresh_token: Some(name.to_owned()),
        offline: true,
        service_account: None,
    };
    let access_token = tokens::give_access(state, context, access);
    let mut body = json!({
        "access_token": access_token,
        "expires_in": tokens::lifetime(state),
        "scope": scopes::joined(&wanted),
        "token_type": "Bearer",
    });
    if let Some(expires) = token.expires {
        body["refresh_token_expires_in"] = json!(expires.duration_since(context.now).as_secs());
    }
    if wanted.contains(scopes::OPENID) {
        body["id_token"] = json!(keys::id_token(state, context, &client, &user, &wanted, &access_token, None));
    }
    Ok(body)
}

/// The scopes asked for that were granted: clients repeat what they once asked for, which may be more.
fn wanted(asked: Option<&str>, granted: &BTreeSet<String>) -> Result<BTreeSet<String>, OAuthError> {
    let Some(asked) = asked else { return Ok(granted.clone()) };
    let asked = asked.split_whitespace().filter_map(scopes::canonical);
    let wanted: BTreeSet<String> = asked.filter(|scope| granted.contains(scope)).collect();
    if wanted.is_empty() { Err(OAuthError::new("invalid_scope", "Bad Request")) } else { Ok(wanted) }
}
