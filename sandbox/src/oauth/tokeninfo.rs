use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use super::{Context, OAuthError, keys, outcome::uncached, scopes, tokens};
use crate::{
    http::exchange::{Asked, first},
    state::{AccessToken, State},
};

fn invalid() -> Response<Bytes> {
    OAuthError::new("invalid_token", "Invalid Value").answer()
}

/// A field of the query or of the form.
fn field(asked: &Asked, name: &str) -> Option<String> {
    first(&asked.query, name).map(str::to_owned).or_else(|| first(&asked.form(), name).map(str::to_owned))
}

fn found(state: &State, context: &Context, asked: &Asked) -> Option<AccessToken> {
    let name = field(asked, "access_token").or_else(|| asked.bearer().map(str::to_owned))?;
    tokens::access(state, context.now, &name, "")
}

/// `/tokeninfo`: of an access token, also in `Authorization`, or of an ID token.
pub fn current(state: &mut State, context: &Context, asked: &Asked) -> Response<Bytes> {
    if let Some(token) = field(asked, "id_token") {
        return match keys::checked_id_token(state, context.now, &token) {
            Some(claims) => uncached(200, &texts(claims)),
            None => invalid(),
        };
    }
    let Some(token) = found(state, context, asked) else { return invalid() };
    let mut body = json!({
        "azp": token.client_id,
        "aud": token.client_id,
        "scope": scopes::joined(&token.scopes),
        "exp": token.expires.as_second().to_string(),
        "expires_in": token.expires.duration_since(context.now).as_secs().to_string(),
        "access_type": if token.offline { "offline" } else { "online" },
    });
    if token.scopes.iter().any(|scope| scopes::is_sign_in(scope)) {
        body["sub"] = json!(token.sub);
    }
    if token.scopes.contains(scopes::EMAIL) {
        body["email"] = json!(token.email);
        body["email_verified"] = json!("true");
    }
    uncached(200, &body)
}

/// Here every claim of an ID token is text.
fn texts(claims: Value) -> Value {
    let Value::Object(claims) = claims else { return claims };
    let texts = claims.into_iter().map(|(name, value)| match value {
        Value::String(_) => (name, value),
        other => (name, Value::String(other.to_string())),
    });
    let mut texts: serde_json::Map<_, _> = texts.collect();
    texts.insert("alg".into(), json!("RS256"));
    texts.insert("typ".into(), json!("JWT"));
    Value::Object(texts)
}

/// `/oauth2/v2/tokeninfo`, the older form.
pub fn v2(state: &mut State, context: &Context, asked: &Asked) -> Response<Bytes> {
    let Some(token) = found(state, context, asked) else { return invalid() };
    let mut body = json!({
        "issued_to": token.client_id,
        "audience": token.client_id,
        "user_id": token.sub,
        "scope": scopes::joined(&token.scopes),
        "expires_in": token.expires.duration_since(context.now).as_secs(),
    });
    if token.scopes.contains(scopes::EMAIL) {
        body["email"] = json!(token.email);
        body["verified_email"] = json!(true);
    }
    uncached(200, &body)
}
