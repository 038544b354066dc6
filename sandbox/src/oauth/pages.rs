//! The pages that a person sees: account chooser, consent, errors. Plain forms that need no script.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{AuthRequest, Refusal, authorize::CHOSEN, consent, scopes};
use crate::state::User;

/// Text inside a page.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

fn page(title: &str, class: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <style>{}</style>\n</head>\n<body>\n<main class=\"{class}\">\n{main}</main>\n\
         <p class=\"soft\">This is a Google sandbox on this machine. Nothing here reaches Google.</p>\n</body>\n</html>\n",
        escape(title),
        include_str!("pages.css"),
    )
}

fn face(user: &User) -> String {
    const COLOURS: [&str; 6] = ["#0b57d0", "#146c2e", "#b3261e", "#7d5260", "#6750a4", "#8c5000"];
    let sum: usize = user.email.bytes().map(usize::from).sum();
    let letter = user.name.chars().next().unwrap_or('?').to_uppercase().to_string();
    format!(
        "<span class=\"face\" aria-hidden=\"true\" style=\"background:{}\">{}</span>",
        COLOURS[sum % 6],
        escape(&letter)
    )
}

/// The account chooser.
pub fn chooser(request: &AuthRequest, accounts: &[&User], query: &[(String, String)]) -> String {
    let app = escape(&request.client.name);
    let mut list = String::new();
    for user in accounts {
        let email = escape(&user.email);
        let _ = writeln!(
            list,
            "<li><button type=\"submit\" name=\"{CHOSEN}\" value=\"{email}\" id=\"account-{email}\" data-email=\"{email}\">{}\
             <span class=\"who\"><span>{}</span><span class=\"soft\">{email}</span></span></button></li>",
            face(user),
            escape(&user.name),
        );
    }
    if accounts.is_empty() {
        list = "<li><p>There is no account here yet. Make one with <code>POST /_sandbox/users</code>.</p></li>".into();
    }
    let hidden: String = query
        .iter()
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape(name), escape(value)))
        .collect();
    page(
        "Choose an account",
        "",
        &format!(
            "<header>\n<div class=\"mark\" aria-hidden=\"true\"></div>\n<h1>Choose an account</h1>\n\
             <p>to continue to <b>{app}</b></p>\n</header>\n\
             <form method=\"get\" action=\"/o/oauth2/v2/auth\">\n{hidden}<ul class=\"accounts\">\n{list}</ul>\n\
             <p class=\"soft\">To continue, the sandbox will share your name, email address, and language preference with {app}.</p>\n</form>\n"
        ),
    )
}

/// The consent page.
pub fn consent(
    request: &AuthRequest,
    user: &User,
    refused: &BTreeSet<String>,
    granted: &BTreeSet<String>,
    query: &[(String, String)],
) -> String {
    let app = escape(&request.client.name);
    let granular = request.is_granular();
    let mut list = String::new();
    for scope in &request.scopes {
        let text = scopes::description(scope).unwrap_or(scope);
        let had = if granted.contains(scope) { " <span class=\"soft\">(already granted)</span>" } else { "" };
        let what = format!("<span>{}{had}<code>{}</code></span>", escape(text), escape(scope));
        let item = if granular && !scopes::is_sign_in(scope) {
            let ticked = if refused.contains(scope) { "" } else { " checked" };
            format!("<label><input type=\"checkbox\" name=\"scope\" value=\"{}\"{ticked}>{what}</label>", escape(scope))
        } else {
            format!("<div class=\"given\"><span aria-hidden=\"true\">\u{2022}</span>{what}</div>")
        };
        let _ = writeln!(list, "<li>{item}</li>");
    }
    let testing = match request.client.testing {
        true => format!(
            "<p class=\"warn\" id=\"testing\"><b>Google hasn\u{2019}t verified this app.</b> {app} is being tested: continue only if \
             you know the developer. Its access ends after 7 days.</p>\n"
        ),
        false => String::new(),
    };
    let heading = match granular {
        true => format!("Select what <b>{app}</b> can access"),
        false => format!("<b>{app}</b> wants access to your Google Account"),
    };
    let raw = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    page(
        &format!("{} wants access", request.client.name),
        "",
        &format!(
            "<header>\n<div class=\"mark\" aria-hidden=\"true\"></div>\n<h1>{heading}</h1>\n\
             <p><span class=\"chip\">{}<span id=\"account\">{}</span></span></p>\n{testing}</header>\n\
             <form method=\"post\" action=\"{}\">\n<input type=\"hidden\" name=\"request\" value=\"{}\">\n\
             <input type=\"hidden\" name=\"account\" value=\"{}\">\n<h2>{app} will be able to:</h2>\n\
             <ul class=\"scopes\">\n{list}</ul>\n\
             <p class=\"soft\">You can always see or remove this access in your Google Account.</p>\n\
             <div class=\"acts\">\n<button type=\"submit\" name=\"decision\" value=\"cancel\" id=\"cancel\">Cancel</button>\n\
             <button class=\"main\" type=\"submit\" name=\"decision\" value=\"continue\" id=\"continue\">Continue</button>\n</div>\n</form>\n",
            face(user),
            escape(&user.email),
            consent::PATH,
            escape(&raw),
            escape(&user.email),
        ),
    )
}

/// A page that does not lead back to the app.
pub fn error(refusal: &Refusal) -> String {
    page(
        "Access blocked",
        "narrow",
        &format!(
            "<header>\n<div class=\"mark\" aria-hidden=\"true\"></div>\n<h1>Access blocked</h1>\n<p>{}</p>\n\
             <p id=\"error\">Error {}: <b>{}</b></p>\n</header>\n",
            escape(&refusal.message),
            refusal.status,
            refusal.error,
        ),
    )
}
