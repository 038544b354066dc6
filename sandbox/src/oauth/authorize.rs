use bytes::Bytes;
use http::Response;

use super::{AuthRequest, Context, consent, pages};
use crate::{
    http::exchange::{Asked, first, html, redirect},
    state::{State, User},
};

/// The parameter by which the account chooser says what was chosen.
pub const CHOSEN: &str = "sandbox_account";

/// What an authorization address leads to.
pub enum Step {
    /// Somebody must say which account it is.
    Choose(Box<AuthRequest>),
    /// That account must be asked.
    Ask(Box<AuthRequest>, Box<User>),
    /// Back to the app at once.
    Back(String),
    /// A page that does not lead back.
    Page(super::Refusal),
}

/// `GET /o/oauth2/v2/auth`: the account chooser, the consent page, or straight back to the app.
pub fn show(state: &mut State, context: &Context, asked: &Asked) -> Response<Bytes> {
    let chosen = first(&asked.query, CHOSEN).and_then(|email| state.user(email)).cloned();
    let query: Vec<_> = asked.query.iter().filter(|(name, _)| name != CHOSEN).cloned().collect();
    match step(state, context, &query, chosen) {
        Step::Choose(request) => html(200, pages::chooser(&request, &request.accounts(state), &query)),
        Step::Ask(request, user) => html(
            200,
            pages::consent(
                &request,
                &user,
                &consent::refused(state),
                &consent::granted(state, &request, &user),
                &query,
            ),
        ),
        Step::Back(location) => redirect(&location),
        Step::Page(refusal) => html(refusal.status, pages::error(&refusal)),
    }
}

/// Goes as far as one can without a person, or with the account `chosen` by one.
pub fn step(state: &mut State, context: &Context, query: &[(String, String)], chosen: Option<User>) -> Step {
    let request = match AuthRequest::read(state, query) {
        Ok(request) => Box::new(request),
        Err(refusal) => return Step::Page(refusal),
    };
    let hinted = request.hinted(state).filter(|_| !request.prompt_account);
    let Some(user) = chosen.or(hinted) else {
        return match request.prompt_none {
            true => Step::Back(consent::back_with_error(&request, "interaction_required")),
            false => Step::Choose(request),
        };
    };
    if let Err(refusal) = request.admits(&user) {
        return Step::Page(refusal);
    }
    if !consent::is_needed(state, &request, &user) {
        return Step::Back(consent::pass(state, context, &request, &user));
    }
    match request.prompt_none {
        true => Step::Back(consent::back_with_error(&request, "interaction_required")),
        false => Step::Ask(request, Box::new(user)),
    }
}
