//! Mail: messages from outside, what Gmail published, and the check of tokens by mail servers.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Control, Refused};
use crate::{
    gmail,
    http::exchange::first,
    oauth::{self, scopes},
};

/// The scope without which no mail server lets anybody in.
const MAIL: &str = "https://mail.google.com/";

/// `POST mailbox {account, raw?}` or `{account, from?, to?, subject?, text?, html?, …}`: a message comes in.
pub fn put(control: &mut Control<'_>) -> Result<Value, Refused> {
    let wanted: gmail::post::Wanted = control.body()?;
    let (rng, now) = (control.context.rng.clone(), control.context.now);
    gmail::post::put(&mut control.inner.state, &*rng, now, &wanted).map_err(Refused::because)
}

/// `GET mailbox?account=`
pub fn list(control: &mut Control<'_>) -> Result<Value, Refused> {
    let account = first(&control.asked.query, "account").ok_or_else(|| Refused::because("give `?account=`"))?;
    Ok(gmail::post::list(&control.inner.state, account))
}

/// `GET mail-pushes`: what Gmail published to Pub/Sub.
pub fn pushes(control: &mut Control<'_>) -> Value {
    gmail::watch::published(&control.inner.state)
}

/// `POST mail-history {account?}`: every history id that is out is too old from now on.
pub fn forget(control: &mut Control<'_>) -> Result<Value, Refused> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        account: Option<String>,
    }
    let wanted: Wanted = control.body()?;
    let account = wanted.account.map(|account| account.to_lowercase());
    gmail::forget(&mut control.inner.state, account.as_deref());
    Ok(json!({}))
}

/// `GET mail-token` with the token as bearer or as `?token=`, `POST mail-token` with `token` in a form (RFC 7662): whose
/// mail it opens over IMAP and SMTP. A token that opens none is `{"active": false}`, as a mail server wants to hear it.
pub fn token(control: &mut Control<'_>) -> Value {
    let asked = control.asked;
    let form = asked.form();
    let named = first(&form, "token").or_else(|| first(&asked.query, "token")).or_else(|| asked.bearer());
    let (state, now) = (&control.inner.state, control.context.now);
    match named.and_then(|name| oauth::access(state, now, name, "gmail")).filter(|token| token.scopes.contains(MAIL)) {
        Some(token) => json!({
            "active": true,
            "email": token.email,
            "username": token.email,
            "scope": scopes::joined(&token.scopes),
            "client_id": token.client_id,
            "sub": token.sub,
            "exp": token.expires.as_second(),
        }),
        None => json!({"active": false}),
    }
}
