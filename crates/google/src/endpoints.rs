/// Where Google is: the OAuth addresses, and the hosts of the services.
///
/// [`Endpoints::google`] is the real one. [`Endpoints::at`] sends everything to one other place that serves Google's
/// paths, such as a local sandbox. Tokens go to these addresses and to no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// Where a browser is sent for consent. <https://developers.google.com/identity/protocols/oauth2/web-server>
    pub authorize: String,
    /// Where codes and refresh tokens become access tokens.
    pub token: String,
    /// Where a grant is given back.
    pub revoke: String,
    /// Who an access token belongs to (OpenID Connect claims).
    pub userinfo: String,
    /// Google's public signing keys as a JWKS.
    pub jwks: String,
    /// The issuers that are accepted in a callback's `iss` and in an ID token. Google writes its own in two ways.
    pub issuers: Vec<String>,
    base: Option<String>,
}

impl Endpoints {
    /// Google itself.
    pub fn google() -> Self {
        Self {
            authorize: "https://accounts.google.com/o/oauth2/v2/auth".into(),
            token: "https://oauth2.googleapis.com/token".into(),
            revoke: "https://oauth2.googleapis.com/revoke".into(),
            userinfo: "https://openidconnect.googleapis.com/v1/userinfo".into(),
            jwks: "https://www.googleapis.com/oauth2/v3/certs".into(),
            issuers: vec!["https://accounts.google.com".into(), "accounts.google.com".into()],
            base: None,
        }
    }

    /// Everything at one address, such as `http://127.0.0.1:8790`, which also counts as an issuer.
    pub fn at(base: &str) -> Self {
        let base = base.trim_end_matches('/');
        let mut issuers = Self::google().issuers;
        issuers.push(base.to_owned());
        Self {
            authorize: format!("{base}/o/oauth2/v2/auth"),
            token: format!("{base}/token"),
            revoke: format!("{base}/revoke"),
            userinfo: format!("{base}/v1/userinfo"),
            jwks: format!("{base}/oauth2/v3/certs"),
            issuers,
            base: Some(base.to_owned()),
        }
    }

    /// Where the service is that lives at `root` (such as `https://www.googleapis.com`) with Google.
    pub fn service<'a>(&'a self, root: &'a str) -> &'a str {
        self.base.as_deref().unwrap_or(root)
    }
}

impl Default for Endpoints {
    fn default() -> Self {
        Self::google()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_base_takes_every_call_and_google_keeps_its_hosts() {
        let sandbox = Endpoints::at("http://127.0.0.1:1/");
        assert_eq!(sandbox.service("https://www.googleapis.com"), "http://127.0.0.1:1");
        for address in [&sandbox.authorize, &sandbox.token, &sandbox.revoke, &sandbox.userinfo, &sandbox.jwks] {
            assert!(address.starts_with("http://127.0.0.1:1/"), "{address}");
        }
        assert_eq!(Endpoints::google().service("https://www.googleapis.com"), "https://www.googleapis.com");
    }
}
