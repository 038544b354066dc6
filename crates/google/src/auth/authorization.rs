use std::{fmt, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use portico_world::{Rng, SecretString, World};

use crate::{
    Endpoints, Error, Kind, ScopeSet,
    auth::{OAuthClient, Pending, StateKey, Verifier},
    scopes,
};

/// What Google does although it has the answer already. By default a person is asked only the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// Show nothing; come back with an error when something would have to be shown.
    None,
    /// Ask for consent again, which also brings a new refresh token.
    Consent,
    /// Let the person choose the account.
    SelectAccount,
}

impl Prompt {
    fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
        }
    }
}

/// What a person is asked to consent to. PKCE (S256), `state`, `access_type=offline` and, with `openid`, a `nonce` come
/// by themselves. <https://developers.google.com/identity/protocols/oauth2/web-server#creatingclient>
#[derive(Clone)]
pub struct AuthorizationRequest {
    /// The scopes.
    pub scopes: ScopeSet,
    /// The e-mail address or `sub` of the account that is expected; Google fills it in.
    pub login_hint: Option<String>,
    /// The Workspace domain that is expected.
    pub hosted_domain: Option<String>,
    /// What to show although it need not be.
    pub prompt: Vec<Prompt>,
    /// Whether the new token shall also cover what was granted to the project before. Default: yes.
    pub include_granted_scopes: bool,
    /// More query parameters, such as `hl`. Those that this library sets cannot be overridden.
    pub extra: Vec<(String, String)>,
    /// The caller's own text, which comes back with the callback and does not leave the [`Pending`] record.
    pub context: String,
    /// How long the person has. Default: ten minutes.
    pub lifetime: Duration,
}

/// Does not show whom it is for.
impl fmt::Debug for AuthorizationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("AuthorizationRequest");
        shown.field("scopes", &self.scopes).field("prompt", &self.prompt).finish_non_exhaustive()
    }
}

impl AuthorizationRequest {
    /// Asks for `scopes`.
    pub fn new(scopes: ScopeSet) -> Self {
        Self {
            scopes,
            login_hint: None,
            hosted_domain: None,
            prompt: Vec::new(),
            include_granted_scopes: true,
            extra: Vec::new(),
            context: String::new(),
            lifetime: Duration::from_secs(600),
        }
    }
}

/// A begun authorization: send the browser to `url` after `pending` is stored.
#[derive(Clone)]
pub struct Started {
    /// Google's consent page for this attempt.
    pub url: String,
    /// What must be stored until the callback.
    pub pending: Pending,
}

/// Does not show the address: it may name the person, and its state opens the attempt.
impl fmt::Debug for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Started").field("pending", &self.pending).finish_non_exhaustive()
    }
}

const OWN_PARAMETERS: [&str; 13] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "access_type",
    "include_granted_scopes",
    "code_challenge",
    "code_challenge_method",
    "login_hint",
    "prompt",
    "hd",
    "nonce",
];

pub(crate) fn prepare(
    client: &OAuthClient,
    endpoints: &Endpoints,
    world: &World,
    key: &StateKey,
    request: AuthorizationRequest,
    binding: &str,
) -> Result<Started, Error> {
    let refuse = |message: &str| Error::custom(Kind::Unsendable, "oauth2.authorize", message);
    if request.scopes.is_empty() {
        return Err(refuse("no scope is asked for"));
    }
    if let Some((name, _)) = request.extra.iter().find(|(name, _)| OWN_PARAMETERS.contains(&name.as_str())) {
        return Err(refuse(&format!("the parameter {name} has a field of its own")));
    }
    let now = world.now();
    let expires_at = now.checked_add(request.lifetime).map_err(|_| refuse("the lifetime is too long"))?;
    let verifier = Verifier::new(&*world.rng);
    let id = random_text(&*world.rng);
    let nonce = request.scopes.contains(scopes::OPENID).then(|| random_text(&*world.rng));
    let mut url =
        url::Url::parse(&endpoints.authorize).map_err(|_| refuse("the authorization address is malformed"))?;
    {
        let mut query = url.query_pairs_mut();
        query.append_pair("client_id", &client.client_id);
        query.append_pair("redirect_uri", &client.redirect_uri);
        query.append_pair("response_type", "code");
        query.append_pair("scope", &request.scopes.to_string());
        query.append_pair("access_type", "offline");
        query.append_pair("state", &key.sign(&id, expires_at, binding));
        query.append_pair("code_challenge", &verifier.challenge());
        query.append_pair("code_challenge_method", "S256");
        if request.include_granted_scopes {
            query.append_pair("include_granted_scopes", "true");
        }
        if !request.prompt.is_empty() {
            let prompts: Vec<&str> = request.prompt.iter().map(|prompt| prompt.as_str()).collect();
            query.append_pair("prompt", &prompts.join(" "));
        }
        for (name, value) in [("login_hint", &request.login_hint), ("hd", &request.hosted_domain), ("nonce", &nonce)] {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        query.extend_pairs(&request.extra);
    }
    let pending = Pending {
        id,
        verifier: SecretString::clone(verifier.secret()),
        nonce,
        binding: binding.to_owned(),
        scopes: request.scopes,
        context: request.context,
        expires_at,
    };
    Ok(Started { url: url.into(), pending })
}

fn random_text(rng: &dyn Rng) -> String {
    let mut bytes = [0; 16];
    rng.fill(&mut bytes);
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn start(request: AuthorizationRequest) -> Result<Started, Error> {
        let client = OAuthClient {
            client_id: "id.apps.googleusercontent.com".into(),
            client_secret: "hush".into(),
            redirect_uri: "https://portal.example/cb?x=1".into(),
        };
        let (world, _) = World::seeded(jiff::Timestamp::UNIX_EPOCH, 1);
        prepare(&client, &Endpoints::google(), &world, &StateKey::new([1; 32]), request, "session")
    }

    fn query(url: &str) -> BTreeMap<String, String> {
        let url = url::Url::parse(url).unwrap();
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        let map: BTreeMap<_, _> = pairs.iter().cloned().collect();
        assert_eq!(map.len(), pairs.len(), "a parameter is given twice");
        map
    }

    #[test]
    fn the_address_has_what_google_asks_for() {
        let started = start(AuthorizationRequest {
            login_hint: Some("ann@example.com".into()),
            prompt: vec![Prompt::Consent, Prompt::SelectAccount],
            extra: vec![("hl".into(), "cs".into())],
            ..AuthorizationRequest::new(ScopeSet::parse("openid email https://www.googleapis.com/auth/calendar"))
        })
        .unwrap();
        assert!(started.url.starts_with("https://accounts.google.com/o/oauth2/v2/auth?"));
        let query = query(&started.url);
        let verifier = Verifier::from_secret(started.pending.verifier.clone());
        for (name, value) in [
            ("client_id", "id.apps.googleusercontent.com"),
            ("redirect_uri", "https://portal.example/cb?x=1"),
            ("response_type", "code"),
            ("access_type", "offline"),
            ("include_granted_scopes", "true"),
            ("prompt", "consent select_account"),
            ("login_hint", "ann@example.com"),
            ("code_challenge_method", "S256"),
            ("code_challenge", &verifier.challenge()),
            ("nonce", started.pending.nonce.as_deref().unwrap()),
            ("hl", "cs"),
        ] {
            assert_eq!(query.get(name).map(String::as_str), Some(value), "{name}");
        }
        assert_eq!(ScopeSet::parse(&query["scope"]), started.pending.scopes);
        assert!(!started.url.contains("hush") && !format!("{started:?}").contains("hush"));
        assert_eq!(started.pending.expires_at.as_second(), 600);
    }

    #[test]
    fn no_nonce_without_openid_and_nothing_optional_by_default() {
        let started = start(AuthorizationRequest::new(ScopeSet::parse("https://a"))).unwrap();
        let query = query(&started.url);
        for name in ["nonce", "login_hint", "prompt", "hd"] {
            assert!(!query.contains_key(name), "{name}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let scopes = ScopeSet::parse("openid");
        for request in [
            AuthorizationRequest::new(ScopeSet::default()),
            AuthorizationRequest {
                extra: vec![("state".into(), "x".into())],
                ..AuthorizationRequest::new(scopes.clone())
            },
            AuthorizationRequest { lifetime: Duration::MAX, ..AuthorizationRequest::new(scopes) },
        ] {
            assert_eq!(start(request).unwrap_err().kind(), &Kind::Unsendable);
        }
    }
}
