use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use super::{Context, consent::ISSUER};
use crate::{
    http::exchange::{self, Asked, is_google},
    state::State,
};

/// The OpenID Connect and the RISC document. Under Google's own names the addresses are Google's; elsewhere they are
/// the sandbox's, so that whoever starts from this document stays here.
pub fn document(_: &mut State, context: &Context, asked: &Asked) -> Response<Bytes> {
    let at = |host: &str, path: &str| match is_google(&asked.host()) {
        true => format!("https://{host}{path}"),
        false => format!("{}{path}", context.base),
    };
    let keys = at("www.googleapis.com", "/oauth2/v3/certs");
    let body: Value = if asked.path.ends_with("risc-configuration") {
        json!({
            "issuer": "https://accounts.google.com/",
            "jwks_uri": keys,
            "delivery_methods_supported": ["https://schemas.openid.net/secevent/risc/delivery-method/push"],
            "add_subject_endpoint": at("risc.googleapis.com", "/v1beta/stream/subjects:add"),
            "remove_subject_endpoint": at("risc.googleapis.com", "/v1beta/stream/subjects:remove"),
            "configuration_endpoint": at("risc.googleapis.com", "/v1beta/stream"),
            "status_endpoint": at("risc.googleapis.com", "/v1beta/stream/status"),
            "verification_endpoint": at("risc.googleapis.com", "/v1beta/stream:verify"),
        })
    } else {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": at("accounts.google.com", "/o/oauth2/v2/auth"),
            "token_endpoint": at("oauth2.googleapis.com", "/token"),
            "userinfo_endpoint": at("openidconnect.googleapis.com", "/v1/userinfo"),
            "revocation_endpoint": at("oauth2.googleapis.com", "/revoke"),
            "jwks_uri": keys,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "claims_supported": ["aud", "email", "email_verified", "exp", "family_name", "given_name", "iat", "iss", "name", "picture", "sub"],
            "code_challenge_methods_supported": ["plain", "S256"],
            "grant_types_supported": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:jwt-bearer"],
        })
    };
    let mut response = exchange::json(200, &body);
    exchange::set(&mut response, "cache-control", "public, max-age=3600");
    response
}
