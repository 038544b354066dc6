//! What becomes of the consent page.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::Response;
use jiff::SignedDuration;

use super::{
    AuthRequest, Context,
    authorize::{self, Step},
    pages, scopes, tokens,
};
use crate::{
    http::exchange::{Asked, first, form_pairs, html, redirect},
    state::{ClientKind, Code, Setting, State, User, grant_key},
};

/// Where the consent page sends its form.
pub const PATH: &str = "/signin/oauth/consent";

/// Who signs ID tokens and callbacks.
pub const ISSUER: &str = "https://accounts.google.com";

/// The name of the row with the boxes that stay unticked.
pub const REFUSED: &str = "refused_scopes";

/// The boxes that a person leaves unticked, by `POST /_sandbox/consent {refuse}`.
pub fn refused(state: &State) -> BTreeSet<String> {
    match state.settings.get(REFUSED) {
        Some(Setting::RefusedScopes(scopes)) => scopes.clone(),
        _ => BTreeSet::new(),
    }
}

/// What the account granted to the app's project before.
pub fn granted(state: &State, request: &AuthRequest, user: &User) -> BTreeSet<String> {
    state
        .grants
        .get(&grant_key(&request.client.project, &user.sub))
        .map(|grant| grant.scopes.clone())
        .unwrap_or_default()
}

/// Whether the person must be asked: for something new, for access while being away, or because the app says so.
pub fn is_needed(state: &State, request: &AuthRequest, user: &User) -> bool {
    let Some(grant) = state.grants.get(&grant_key(&request.client.project, &user.sub)) else { return true };
    request.prompt_consent
        || !request.scopes.is_subset(&grant.scopes)
        || (request.offline && !grant.offline.contains(&request.client.client_id))
}

/// The person was not asked, since everything was granted before.
pub fn pass(state: &mut State, context: &Context, request: &AuthRequest, user: &User) -> String {
    let granted = request.scopes.clone();
    let again = request.client.kind == ClientKind::Installed;
    back_with_code(state, context, request, user, granted, again, "none")
}

/// The person pressed *Continue* with these boxes ticked.
pub fn accept(
    state: &mut State,
    context: &Context,
    request: &AuthRequest,
    user: &User,
    ticked: &BTreeSet<String>,
) -> String {
    let given = |scope: &&String| !request.is_granular() || scopes::is_sign_in(scope) || ticked.contains(*scope);
    let granted: BTreeSet<String> = request.scopes.iter().filter(given).cloned().collect();
    if granted.is_empty() {
        return back_with_error(request, "access_denied");
    }
    let key = grant_key(&request.client.project, &user.sub);
    let mut grant = state.grants.get(&key).cloned().unwrap_or_default();
    grant.scopes.extend(granted.clone());
    if request.offline {
        grant.offline.insert(request.client.client_id.clone());
    }
    state.grants.put(key, grant);
    back_with_code(state, context, request, user, granted, request.offline, "consent")
}

fn back_with_code(
    state: &mut State,
    context: &Context,
    request: &AuthRequest,
    user: &User,
    mut scopes: BTreeSet<String>,
    with_refresh_token: bool,
    prompt: &str,
) -> String {
    if request.include_granted {
        scopes.extend(granted(state, request, user));
    }
    let name = format!("4/0A{}", tokens::random(&*context.rng, 48));
    let (challenge, challenge_s256) =
        request.challenge.clone().map_or((None, false), |(text, s256)| (Some(text), s256));
    let code = Code {
        client_id: request.client.client_id.clone(),
        sub: user.sub.clone(),
        redirect_uri: request.redirect_uri.clone(),
        scopes: scopes.clone(),
        challenge,
        challenge_s256,
        nonce: request.nonce.clone(),
        with_refresh_token,
        offline: request.offline,
        expires: context.now.checked_add(SignedDuration::from_mins(10)).unwrap_or(context.now),
        used: false,
    };
    state.codes.retain(|_, code| code.expires.duration_since(context.now) > SignedDuration::from_hours(-1));
    state.codes.put(name.clone(), code);
    let scope = scopes::in_callback(&scopes);
    let mut pairs = vec![("iss", ISSUER), ("code", &name), ("scope", &scope), ("authuser", "0")];
    if let Some(domain) = &user.domain {
        pairs.push(("hd", domain));
    }
    pairs.push(("prompt", prompt));
    back(request, &pairs)
}

/// Back to the app without a code.
pub fn back_with_error(request: &AuthRequest, error: &str) -> String {
    back(request, &[("error", error)])
}

fn back(request: &AuthRequest, pairs: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(state) = &request.state {
        query.append_pair("state", state);
    }
    query.extend_pairs(pairs);
    let joint = if request.redirect_uri.contains('?') { '&' } else { '?' };
    format!("{}{joint}{}", request.redirect_uri, query.finish())
}

/// `POST /signin/oauth/consent`: the form of the consent page.
pub fn decide_form(state: &mut State, context: &Context, asked: &Asked) -> Response<Bytes> {
    let form = asked.form();
    let query = form_pairs(first(&form, "request").unwrap_or_default().as_bytes());
    let user = first(&form, "account").and_then(|email| state.user(email)).cloned();
    match authorize::step(state, context, &query, user) {
        Step::Ask(request, user) => {
            let ticked = form.iter().filter(|(name, _)| name == "scope").map(|(_, scope)| scope.clone()).collect();
            redirect(&match first(&form, "decision") {
                Some("continue") => accept(state, context, &request, &user, &ticked),
                _ => back_with_error(&request, "access_denied"),
            })
        }
        Step::Choose(request) => html(200, pages::chooser(&request, &request.accounts(state), &query)),
        Step::Back(location) => redirect(&location),
        Step::Page(refusal) => html(refusal.status, pages::error(&refusal)),
    }
}
