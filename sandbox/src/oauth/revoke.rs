use bytes::Bytes;
use http::Response;
use serde_json::json;

use super::{Context, OAuthError, outcome::uncached, tokens};
use crate::{
    http::exchange::{Asked, first},
    state::State,
};

/// `POST /revoke`: either token ends what the account granted to the project, with all its tokens.
pub fn revoke(state: &mut State, context: &Context, asked: &Asked) -> Response<Bytes> {
    let form = asked.form();
    let Some(name) = first(&form, "token").or_else(|| first(&asked.query, "token")) else {
        return OAuthError::missing("token").answer();
    };
    let invalid = || OAuthError::new("invalid_token", "Token expired or revoked").answer();
    let (project, sub) = if let Some(token) = state.access_tokens.get(name) {
        if token.service_account.is_some() {
            state.access_tokens.remove(name);
            return uncached(200, &json!({}));
        }
        if context.now >= token.expires {
            return invalid();
        }
        (token.project.clone(), token.sub.clone())
    } else if let Some(token) = state.refresh_tokens.get(name) {
        let project = state.clients.get(&token.client_id).map(|client| client.project.clone());
        (project.unwrap_or_default(), token.sub.clone())
    } else {
        return invalid();
    };
    tokens::end_grant(state, &project, &sub);
    uncached(200, &json!({}))
}
