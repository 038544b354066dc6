use std::collections::BTreeSet;

use jiff::Timestamp;
use portico_world::Rng;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Control, Refused};
use crate::{
    oauth::{scopes, tokens},
    state::{State, User, UserKind},
};

/// `POST users`: makes an account, or changes what is given of it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    pub email: String,
    pub name: Option<String>,
    pub kind: Option<UserKind>,
    pub domain: Option<String>,
    pub aliases: Option<BTreeSet<String>>,
    pub members: Option<BTreeSet<String>>,
    pub disabled: Option<bool>,
    pub admin: Option<bool>,
    pub without_calendar: Option<bool>,
    pub locale: Option<String>,
    pub time_zone: Option<String>,
    /// Ends the refresh tokens that can read mail, as a new password does.
    #[serde(default)]
    pub password_changed: bool,
}

/// A number of 21 digits, as Google gives to accounts and clients.
pub fn number(rng: &dyn Rng) -> String {
    let rest: String = (0..20).map(|_| char::from(b'0' + u8::try_from(rng.below(10)).unwrap_or(0))).collect();
    format!("1{rest}")
}

/// Makes or changes an account.
pub fn store(state: &mut State, rng: &dyn Rng, now: Timestamp, wanted: Wanted) -> Result<User, Refused> {
    let email = wanted.email.trim().to_lowercase();
    let Some((local, host)) = email.split_once('@').filter(|(local, host)| !local.is_empty() && host.contains('.'))
    else {
        return Err(Refused::because(format!("{:?} is not an e-mail address", wanted.email)));
    };
    if let Some(zone) = &wanted.time_zone
        && jiff::tz::TimeZone::get(zone).is_err()
    {
        return Err(Refused::because(format!(
            "there is no time zone {zone:?}; use an IANA name such as Europe/Prague"
        )));
    }
    let mut user = state.users.get(&email).cloned().unwrap_or_else(|| User {
        email: email.clone(),
        sub: number(rng),
        name: String::new(),
        given_name: String::new(),
        family_name: String::new(),
        kind: UserKind::User,
        domain: None,
        aliases: BTreeSet::new(),
        members: BTreeSet::new(),
        disabled: false,
        without_calendar: false,
        admin: false,
        locale: "en".into(),
        time_zone: "UTC".into(),
        created: now,
    });
    user.kind = wanted.kind.unwrap_or(user.kind);
    user.domain = match user.kind {
        UserKind::Consumer => None,
        UserKind::User | UserKind::Group => wanted.domain.or(user.domain).or_else(|| Some(host.to_owned())),
    };
    if let Some(name) = wanted.name.or_else(|| user.name.is_empty().then(|| capitalized(local))) {
        let (given, family) = name.split_once(' ').unwrap_or((&name, ""));
        (user.given_name, user.family_name) = (given.to_owned(), family.to_owned());
        user.name = name;
    }
    let lower = |set: BTreeSet<String>| set.iter().map(|email| email.to_lowercase()).collect();
    user.aliases = wanted.aliases.map_or(user.aliases, lower);
    user.members = wanted.members.map_or(user.members, lower);
    user.disabled = wanted.disabled.unwrap_or(user.disabled);
    user.without_calendar = wanted.without_calendar.unwrap_or(user.without_calendar);
    user.admin = wanted.admin.unwrap_or(user.admin);
    user.locale = wanted.locale.unwrap_or(user.locale);
    user.time_zone = wanted.time_zone.unwrap_or(user.time_zone);
    state.users.put(email, user.clone());
    if wanted.password_changed {
        end_mail_tokens(state, &user.sub);
    }
    Ok(user)
}

/// Ends the refresh tokens that can read mail, as a new password does.
pub fn end_mail_tokens(state: &mut State, sub: &str) {
    let dead: Vec<String> = state
        .refresh_tokens
        .iter()
        .filter(|(_, token)| token.sub == sub && token.scopes.iter().any(|scope| scopes::is_gmail(scope)))
        .map(|(name, _)| name.clone())
        .collect();
    for name in dead {
        tokens::end_refresh(state, &name);
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// `GET users`
pub fn list(control: &mut Control<'_>) -> Value {
    json!({"items": control.inner.state.users.values().collect::<Vec<_>>()})
}

/// `POST users`
pub fn put(control: &mut Control<'_>) -> Result<Value, Refused> {
    let wanted = control.body()?;
    let user = store(&mut control.inner.state, &*control.context.rng, control.context.now, wanted)?;
    Ok(json!(user))
}

/// `DELETE users {email}`: the account, its grants and its tokens.
pub fn delete(control: &mut Control<'_>) -> Result<Value, Refused> {
    let wanted: Wanted = control.body()?;
    let state = &mut control.inner.state;
    let Some(user) = state.user(&wanted.email).cloned() else {
        return Err(Refused::because(format!("there is no account {}", wanted.email)));
    };
    state.users.remove(&user.email);
    state.access_tokens.retain(|_, token| token.sub != user.sub);
    Ok(json!({}))
}
