use bytes::Bytes;
use http::Response;
use serde_json::json;

use super::{Context, outcome::uncached, scopes, tokens};
use crate::{
    http::{
        ApiError,
        exchange::{Asked, first, json as answer, set},
    },
    state::{AccessToken, State, User},
};

fn found(state: &State, context: &Context, asked: &Asked) -> Option<(AccessToken, User)> {
    let name = asked.bearer().or_else(|| first(&asked.query, "access_token"))?;
    let token = tokens::access(state, context.now, name, "")?;
    let user = state.user_by_sub(&token.sub)?.clone();
    token.scopes.iter().any(|scope| scopes::is_sign_in(scope)).then_some((token, user))
}

/// The address of an account's picture, a generated monogram.
pub fn picture(user: &User) -> String {
    format!("https://lh3.googleusercontent.com/a/sandbox-{}=s96-c", user.sub)
}

/// `/v1/userinfo`: OpenID Connect claims.
pub fn claims(state: &mut State, context: &Context, asked: &Asked) -> Response<Bytes> {
    let Some((token, user)) = found(state, context, asked) else {
        let body = json!({"error": "invalid_request", "error_description": "Invalid Credentials"});
        let mut response = uncached(401, &body);
        set(
            &mut response,
            "www-authenticate",
            "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"",
        );
        return response;
    };
    let mut body = json!({"sub": user.sub});
    if token.scopes.contains(scopes::PROFILE) {
        body["name"] = json!(user.name);
        body["given_name"] = json!(user.given_name);
        if !user.family_name.is_empty() {
            body["family_name"] = json!(user.family_name);
        }
        body["picture"] = json!(picture(&user));
    }
    if token.scopes.contains(scopes::EMAIL) {
        body["email"] = json!(user.email);
        body["email_verified"] = json!(true);
    }
    if let Some(domain) = &user.domain {
        body["hd"] = json!(domain);
    }
    uncached(200, &body)
}

/// `/oauth2/v2/userinfo`, the older form.
pub fn v2(state: &mut State, context: &Context, asked: &Asked) -> Response<Bytes> {
    let Some((token, user)) = found(state, context, asked) else {
        return answer(401, &ApiError::invalid_credentials().legacy_body());
    };
    let mut body = json!({"id": user.sub});
    if token.scopes.contains(scopes::EMAIL) {
        body["email"] = json!(user.email);
        body["verified_email"] = json!(true);
    }
    if token.scopes.contains(scopes::PROFILE) {
        body["name"] = json!(user.name);
        body["given_name"] = json!(user.given_name);
        if !user.family_name.is_empty() {
            body["family_name"] = json!(user.family_name);
        }
        body["picture"] = json!(picture(&user));
        body["locale"] = json!(user.locale);
    }
    if let Some(domain) = &user.domain {
        body["hd"] = json!(domain);
    }
    uncached(200, &body)
}
