//! `POST /token`.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use bytes::Bytes;
use http::Response;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Context, OAuthError, assertion, keys, outcome::uncached, refresh, scopes, tokens};
use crate::{
    http::exchange::{Asked, first},
    state::{AccessToken, Client, ClientKind, Code, State},
};

/// A form of the token endpoint.
pub struct Form(Vec<(String, String)>);

impl Form {
    /// A field that has text.
    pub fn get(&self, name: &str) -> Option<&str> {
        first(&self.0, name).filter(|value| !value.is_empty())
    }

    /// A field that must be there.
    pub fn need(&self, name: &str) -> Result<&str, OAuthError> {
        self.get(name).ok_or_else(|| OAuthError::missing(name))
    }
}

/// Answers every kind of token request.
pub fn exchange(state: &mut State, context: &Context, asked: &Asked) -> Response<Bytes> {
    let form = Form(asked.form());
    let answer = match form.need("grant_type") {
        Ok("authorization_code") => code(state, context, asked, &form),
        Ok("refresh_token") => refresh::refresh(state, context, asked, &form),
        Ok("urn:ietf:params:oauth:grant-type:jwt-bearer") => assertion::exchange(state, context, &form),
        Ok(other) => Err(OAuthError::new("unsupported_grant_type", format!("Invalid grant_type: {other}"))),
        Err(error) => Err(error),
    };
    match answer {
        Ok(body) => uncached(200, &body),
        Err(error) => error.answer(),
    }
}

/// The client that asks, by HTTP Basic or by the form.
pub fn client(state: &State, asked: &Asked, form: &Form) -> Result<Client, OAuthError> {
    let basic = asked.header("authorization").and_then(basic);
    let (id, secret) = match &basic {
        Some((id, secret)) => (id.as_str(), Some(secret.as_str())),
        None => (form.need("client_id")?, form.get("client_secret")),
    };
    let Some(client) = state.clients.get(id) else {
        return Err(OAuthError::new("invalid_client", "The OAuth client was not found.").with_status(401));
    };
    if client.deleted {
        return Err(OAuthError::new("deleted_client", "The OAuth client was deleted."));
    }
    if client.disabled {
        return Err(OAuthError::new("disabled_client", "The OAuth client was disabled."));
    }
    match secret.filter(|secret| !secret.is_empty()) {
        Some(secret) if secret == client.client_secret => Ok(client.clone()),
        Some(_) => Err(OAuthError::new("invalid_client", "The provided client secret is invalid.").with_status(401)),
        None if client.kind == ClientKind::Installed => Ok(client.clone()),
        None => Err(OAuthError::new("invalid_request", "client_secret is missing.")),
    }
}

fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, credentials) = header.split_once(' ')?;
    let bytes = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(credentials.trim()).ok())??;
    let (id, secret) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
    let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    Some((plain(id), plain(secret)))
}

fn code(state: &mut State, context: &Context, asked: &Asked, form: &Form) -> Result<Value, OAuthError> {
    let client = client(state, asked, form)?;
    let name = form.need("code")?;
    let redirect_uri = form.need("redirect_uri")?;
    let code = match state.codes.get(name) {
        Some(code) => code.clone(),
        None if name.starts_with("4/") => return Err(OAuthError::invalid_grant("Bad Request")),
        None => return Err(OAuthError::invalid_grant("Malformed auth code.")),
    };
    if code.client_id != client.client_id {
        return Err(OAuthError::new("unauthorized_client", "Unauthorized").with_status(401));
    }
    if code.used || context.now >= code.expires {
        return Err(OAuthError::invalid_grant("Bad Request"));
    }
    if code.redirect_uri != redirect_uri {
        return Err(OAuthError::new("redirect_uri_mismatch", "Bad Request"));
    }
    verify(&code, form.get("code_verifier"))?;
    let Some(user) = state.user_by_sub(&code.sub).filter(|user| !user.disabled).cloned() else {
        return Err(OAuthError::invalid_grant("Bad Request"));
    };
    state.codes.update(name, |code| code.used = true);

    let refresh_token = code.with_refresh_token.then(|| tokens::give_refresh(state, context, &client, &code));
    let token = AccessToken {
        client_id: client.client_id.clone(),
        project: client.project.clone(),
        sub: user.sub.clone(),
        email: user.email.clone(),
        scopes: code.scopes.clone(),
        expires: context.now,
        refresh_token: refresh_token.clone(),
        offline: code.offline,
        service_account: None,
    };
    let access_token = tokens::give_access(state, context, token);
    let mut body = json!({
        "access_token": access_token,
        "expires_in": tokens::lifetime(state),
        "scope": scopes::joined(&code.scopes),
        "token_type": "Bearer",
    });
    if let Some(name) = &refresh_token {
        body["refresh_token"] = json!(name);
        if let Some(expires) = state.refresh_tokens.get(name).and_then(|token| token.expires) {
            body["refresh_token_expires_in"] = json!(expires.duration_since(context.now).as_secs() - 1);
        }
    }
    if code.scopes.contains(scopes::OPENID) {
        body["id_token"] =
            json!(keys::id_token(state, context, &client, &user, &code.scopes, &access_token, code.nonce.as_deref()));
    }
    Ok(body)
}

/// [RFC 7636](https://www.rfc-editor.org/rfc/rfc7636), which Google enforces for web clients too.
fn verify(code: &Code, verifier: Option<&str>) -> Result<(), OAuthError> {
    match (&code.challenge, verifier) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(OAuthError::new("invalid_request", "code_verifier or verifier is not needed.")),
        (Some(_), None) => Err(OAuthError::invalid_grant("Missing code verifier.")),
        (Some(challenge), Some(verifier)) => {
            let made = match code.challenge_s256 {
                true => URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)),
                false => verifier.to_owned(),
            };
            if made == *challenge { Ok(()) } else { Err(OAuthError::invalid_grant("Invalid code verifier.")) }
        }
    }
}
