use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use portico_world::Rng;

use super::{Context, assertion, scopes};
use crate::state::{AccessToken, Client, Code, RefreshToken, State};

/// How long a refresh token of a project in testing lives.
const TESTING: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A refresh token that is not used for so long dies.
const UNUSED: SignedDuration = SignedDuration::from_hours(183 * 24);

/// Random text of URL-safe characters from that many bytes.
pub fn random(rng: &dyn Rng, bytes: usize) -> String {
    let mut random = vec![0; bytes];
    rng.fill(&mut random);
    URL_SAFE_NO_PAD.encode(random)
}

/// Seconds that an access token is good for.
pub fn lifetime(state: &State) -> i64 {
    i64::try_from(state.limit("access_token_seconds")).unwrap_or(3599)
}

/// Gives an access token out.
pub fn give_access(state: &mut State, context: &Context, mut token: AccessToken) -> String {
    let name = format!("ya29.a0{}", random(&*context.rng, 96));
    token.expires = context.now.checked_add(SignedDuration::from_secs(lifetime(state))).unwrap_or(Timestamp::MAX);
    let hour = SignedDuration::from_hours(1);
    state.access_tokens.retain(|_, old| context.now.duration_since(old.expires) < hour);
    state.access_tokens.put(name.clone(), token);
    name
}

/// Gives a refresh token out. The oldest ones of the same account and client die when there are too many.
pub fn give_refresh(state: &mut State, context: &Context, client: &Client, code: &Code) -> String {
    let name = format!("1//0{}", random(&*context.rng, 60));
    let number = state.count("refresh_tokens");
    let forever = !client.testing || code.scopes.iter().all(|scope| scopes::is_sign_in(scope));
    let expires = if forever { None } else { context.now.checked_add(TESTING).ok() };
    let token = RefreshToken {
        client_id: client.client_id.clone(),
        sub: code.sub.clone(),
        scopes: code.scopes.clone(),
        number,
        used: context.now,
        expires,
    };
    state.refresh_tokens.put(name.clone(), token);
    let limit = usize::try_from(state.limit("refresh_tokens_per_account")).unwrap_or(usize::MAX);
    let mut own: Vec<(u64, String)> = state
        .refresh_tokens
        .iter()
        .filter(|(_, token)| token.client_id == client.client_id && token.sub == code.sub)
        .map(|(name, token)| (token.number, name.clone()))
        .collect();
    own.sort_unstable();
    for (_, name) in own.iter().take(own.len().saturating_sub(limit)) {
        state.refresh_tokens.remove(name);
    }
    name
}

/// Whether a refresh token still lives.
pub fn lives(token: &RefreshToken, now: Timestamp) -> bool {
    token.expires.is_none_or(|at| now < at) && now.duration_since(token.used) < UNUSED
}

/// The access token of that name, when it is good now. A service account's own signed JWT is as good as one.
pub fn access(state: &State, now: Timestamp, name: &str, service: &str) -> Option<AccessToken> {
    let token = match state.access_tokens.get(name) {
        Some(token) => token.clone(),
        None => return assertion::self_signed(state, now, name, service),
    };
    let alive = match &token.service_account {
        Some(email) if *email == token.email => state.service_accounts.get(email).is_some_and(|sa| !sa.disabled),
        _ => state.user_by_sub(&token.sub).is_some_and(|user| !user.disabled),
    };
    (alive && now < token.expires).then_some(token)
}

/// Ends what an account granted to a project: its tokens and the grant itself.
pub fn end_grant(state: &mut State, project: &str, sub: &str) {
    let clients: Vec<String> = state
        .clients
        .values()
        .filter(|client| client.project == project)
        .map(|client| client.client_id.clone())
        .collect();
    state
        .access_tokens
        .retain(|_, token| !(token.sub == sub && token.project == project && token.service_account.is_none()));
    state.refresh_tokens.retain(|_, token| !(token.sub == sub && clients.contains(&token.client_id)));
    state.grants.remove(&crate::state::grant_key(project, sub));
}

/// Ends one refresh token and the access tokens that came of it.
pub fn end_refresh(state: &mut State, name: &str) {
    state.refresh_tokens.remove(name);
    state.access_tokens.retain(|_, token| token.refresh_token.as_deref() != Some(name));
}
