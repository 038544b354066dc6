use std::time::Duration;

use jiff::Timestamp;
use portico_world::SecretString;
use serde::Deserialize;

use crate::ScopeSet;

/// What the token endpoint gave. <https://developers.google.com/identity/protocols/oauth2/web-server#exchange-authorization-code>
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The access token.
    pub access_token: SecretString,
    /// When the access token ends, by this machine's clock.
    pub expires_at: Timestamp,
    /// The refresh token. After an exchange it is absent when the account has consented before (ask with
    /// [`Prompt::Consent`](crate::auth::Prompt::Consent)); after a refresh it is the old one unless Google gave another.
    pub refresh_token: Option<SecretString>,
    /// When the refresh token ends, if Google says so: time-based consent, or seven days for a project in testing.
    pub refresh_token_expires_at: Option<Timestamp>,
    /// The granted scopes as Google returned them; they may be fewer than were asked for, or more.
    pub scopes: Option<ScopeSet>,
    /// A signed statement about the person, when `openid` was granted.
    pub id_token: Option<SecretString>,
}

#[derive(Deserialize)]
pub(crate) struct TokenAnswer {
    access_token: String,
    #[serde(default)]
    expires_in: Seconds,
    refresh_token: Option<String>,
    #[serde(default)]
    refresh_token_expires_in: Seconds,
    scope: Option<String>,
    id_token: Option<String>,
}

/// A lifetime in whatever form: the tokens beside it came for a code that works once, and must not be lost over it.
#[derive(Default, Deserialize)]
#[serde(from = "serde_json::Value")]
struct Seconds(Option<u64>);

impl From<serde_json::Value> for Seconds {
    fn from(value: serde_json::Value) -> Self {
        let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
        // The cast ends at the bounds.
        Self(number.filter(|seconds| *seconds >= 0.0).map(|seconds| seconds as u64))
    }
}

/// What Google's access tokens live for, in seconds. One that ends sooner is noticed by its refusal.
const USUAL: u64 = 3600;

impl TokenAnswer {
    pub(crate) fn at(self, now: Timestamp) -> Tokens {
        let after = |seconds| now.checked_add(Duration::from_secs(seconds)).unwrap_or(Timestamp::MAX);
        Tokens {
            access_token: self.access_token.into(),
            expires_at: after(self.expires_in.0.unwrap_or(USUAL)),
            refresh_token: self.refresh_token.map(Into::into),
            refresh_token_expires_at: self.refresh_token_expires_in.0.map(after),
            scopes: self.scope.as_deref().map(ScopeSet::parse),
            id_token: self.id_token.map(Into::into),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_in_any_form_and_none_at_all() {
        for (lifetime, ends) in [
            (r#""expires_in":3599,"#, 3599),
            (r#""expires_in":"3599","#, 3599),
            (r#""expires_in":3599.5,"#, 3599),
            (r#""expires_in":null,"#, 3600),
            (r#""expires_in":-1,"#, 3600),
            (r#""expires_in":[],"#, 3600),
            ("", 3600),
        ] {
            let text = format!(r#"{{"access_token":"ya29.x",{lifetime}"token_type":"Bearer"}}"#);
            let tokens = serde_json::from_str::<TokenAnswer>(&text).unwrap().at(Timestamp::UNIX_EPOCH);
            assert_eq!(tokens.expires_at.as_second(), ends, "{lifetime}");
            assert_eq!(tokens.refresh_token_expires_at, None);
        }
        let endless = r#"{"access_token":"ya29.x","expires_in":1e300,"refresh_token_expires_in":604799}"#;
        let tokens = serde_json::from_str::<TokenAnswer>(endless).unwrap().at(Timestamp::UNIX_EPOCH);
        assert_eq!(tokens.expires_at, Timestamp::MAX);
        assert_eq!(tokens.refresh_token_expires_at.map(|at| at.as_second()), Some(604_799));
        assert!(serde_json::from_str::<TokenAnswer>(r#"{"expires_in":3599}"#).is_err(), "without a token it is none");
    }
}
