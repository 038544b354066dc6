use std::collections::BTreeSet;

use crate::{
    http::exchange::first,
    oauth::scopes,
    state::{Client, ClientKind, State, User},
};

/// An authorization request that has passed the checks that need no person.
pub struct AuthRequest {
    /// The client that asks.
    pub client: Client,
    /// Where the browser goes afterwards.
    pub redirect_uri: String,
    /// What is asked, in canonical form.
    pub scopes: BTreeSet<String>,
    /// Echoed in the callback.
    pub state: Option<String>,
    /// Whether access is asked for while the person is away.
    pub offline: bool,
    /// Whether the consent page is wanted again.
    pub prompt_consent: bool,
    /// Whether the account chooser is wanted.
    pub prompt_account: bool,
    /// Whether no page may be shown.
    pub prompt_none: bool,
    /// Whether the token is to cover what was granted earlier, too.
    pub include_granted: bool,
    /// The account that the app expects: an address or a `sub`.
    pub login_hint: Option<String>,
    /// The domain that the app expects.
    pub hd: Option<String>,
    /// Goes into the ID token.
    pub nonce: Option<String>,
    /// The PKCE challenge, and whether it is a SHA-256.
    pub challenge: Option<(String, bool)>,
}

/// Why a request ends on a page of Google's instead of going back to the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// As in `redirect_uri_mismatch`.
    pub error: &'static str,
    /// For a person to read.
    pub message: String,
}

impl Refusal {
    fn new(status: u16, error: &'static str, message: impl Into<String>) -> Self {
        Self { status, error, message: message.into() }
    }
}

impl AuthRequest {
    /// Reads the parameters of an authorization address.
    pub fn read(state: &State, query: &[(String, String)]) -> Result<Self, Refusal> {
        let get = |name: &str| first(query, name).filter(|value| !value.is_empty());
        let invalid = |message: String| Refusal::new(400, "invalid_request", message);
        let required = |name: &str| get(name).ok_or_else(|| invalid(format!("Missing required parameter: {name}")));

        let client_id = required("client_id")?;
        let client = state
            .clients
            .get(client_id)
            .ok_or_else(|| Refusal::new(401, "invalid_client", "The OAuth client was not found."))?;
        if client.deleted {
            return Err(Refusal::new(401, "deleted_client", "The OAuth client was deleted."));
        }
        if client.disabled {
            return Err(Refusal::new(401, "disabled_client", "The OAuth client was disabled."));
        }
        let redirect_uri = required("redirect_uri")?;
        if !is_registered(client, redirect_uri) {
            let message = format!(
                "You can't sign in to this app because it doesn't comply with Google's OAuth 2.0 policy. If you're the app \
                 developer, register the redirect URI in the Google Cloud console. Request details: redirect_uri={redirect_uri}"
            );
            return Err(Refusal::new(400, "redirect_uri_mismatch", message));
        }
        match required("response_type")? {
            "code" => {}
            other => {
                return Err(Refusal::new(400, "unsupported_response_type", format!("Invalid response_type: {other}")));
            }
        }
        let asked: Vec<&str> = required("scope")?.split_whitespace().collect();
        let unknown: Vec<&str> = asked.iter().copied().filter(|scope| scopes::canonical(scope).is_none()).collect();
        if asked.is_empty() || !unknown.is_empty() {
            let message = format!("Some requested scopes were invalid. {{invalid=[{}]}}", unknown.join(", "));
            return Err(Refusal::new(400, "invalid_scope", message));
        }
        let offline = match get("access_type").unwrap_or("online") {
            "offline" => true,
            "online" => false,
            other => {
                return Err(invalid(format!(
                    "Invalid parameter value for access_type: '{other}' is not a valid value."
                )));
            }
        };
        let prompts: Vec<&str> = get("prompt").unwrap_or_default().split_whitespace().collect();
        if let Some(other) = prompts.iter().find(|prompt| !["none", "consent", "select_account"].contains(prompt)) {
            return Err(invalid(format!("Invalid parameter value for prompt: Invalid prompt: {other}")));
        }
        if prompts.contains(&"none") && prompts.len() > 1 {
            return Err(invalid(
                "Invalid parameter value for prompt: none must not be combined with other values".into(),
            ));
        }
        Ok(Self {
            client: client.clone(),
            redirect_uri: redirect_uri.to_owned(),
            scopes: asked.iter().filter_map(|scope| scopes::canonical(scope)).collect(),
            state: get("state").map(str::to_owned),
            offline: offline || client.kind == ClientKind::Installed,
            prompt_consent: prompts.contains(&"consent") || get("approval_prompt") == Some("force"),
            prompt_account: prompts.contains(&"select_account"),
            prompt_none: prompts.contains(&"none"),
            include_granted: get("include_granted_scopes") == Some("true") && client.kind == ClientKind::Web,
            login_hint: get("login_hint").map(str::to_owned),
            hd: get("hd").map(str::to_owned),
            nonce: get("nonce").map(str::to_owned),
            challenge: challenge(get("code_challenge"), get("code_challenge_method")).map_err(invalid)?,
        })
    }

    /// The accounts that may be chosen.
    pub fn accounts<'a>(&self, state: &'a State) -> Vec<&'a User> {
        let fits = |user: &&User| match self.hd.as_deref() {
            None => true,
            Some("*") => user.domain.is_some(),
            Some(domain) => user.domain.as_deref() == Some(domain),
        };
        state.users.values().filter(|user| user.is_person()).filter(fits).collect()
    }

    /// The account that the app named.
    pub fn hinted(&self, state: &State) -> Option<User> {
        let hint = self.login_hint.as_deref()?;
        let user = state.user(hint).or_else(|| state.user_by_sub(hint))?;
        self.accounts(state).iter().any(|known| known.sub == user.sub).then(|| user.clone())
    }

    /// Whether that account may use the app at all.
    pub fn admits(&self, user: &User) -> Result<(), Refusal> {
        let client = &self.client;
        if user.disabled {
            let message = "Your account has been disabled by an administrator.";
            return Err(Refusal::new(403, "account_disabled", message));
        }
        if client.internal_to.is_some() && client.internal_to != user.domain {
            let message = format!("{} is restricted to users within its organization.", client.name);
            return Err(Refusal::new(403, "org_internal", message));
        }
        if user.domain.as_ref().is_some_and(|domain| client.blocked_domains.contains(domain)) {
            let message =
                "This app is blocked by your organization's administrator because of the scopes that it asks for.";
            return Err(Refusal::new(400, "admin_policy_enforced", message));
        }
        if client.testing && !client.test_users.contains(&user.email) {
            let message = format!(
                "{} has not completed the Google verification process. The app is currently being tested, and can only be \
                 accessed by developer-approved testers.",
                client.name
            );
            return Err(Refusal::new(403, "access_denied", message));
        }
        Ok(())
    }

    /// Whether the person chooses scope by scope.
    /// [Granular permissions](https://developers.google.com/identity/protocols/oauth2/resources/granular-permissions)
    pub fn is_granular(&self) -> bool {
        let others = self.scopes.iter().filter(|scope| !scopes::is_sign_in(scope)).count();
        others >= 2 || (others == 1 && self.scopes.len() > 1)
    }
}

/// Exactly as it was entered; an installed app may take any port of a loopback address.
fn is_registered(client: &Client, redirect_uri: &str) -> bool {
    if client.redirect_uris.iter().any(|known| known == redirect_uri) {
        return true;
    }
    let loopback = url::Url::parse(redirect_uri)
        .is_ok_and(|url| url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]")));
    client.kind == ClientKind::Installed && loopback
}

fn challenge(challenge: Option<&str>, method: Option<&str>) -> Result<Option<(String, bool)>, String> {
    let Some(challenge) = challenge else { return Ok(None) };
    let legal = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    if !(43..=128).contains(&challenge.len()) || !challenge.chars().all(legal) {
        return Err(
            "Invalid parameter value for code_challenge: it must have 43 to 128 characters of A-Z a-z 0-9 - . _ ~"
                .into(),
        );
    }
    match method.unwrap_or("plain") {
        "S256" => Ok(Some((challenge.to_owned(), true))),
        "plain" => Ok(Some((challenge.to_owned(), false))),
        other => Err(format!("Invalid parameter value for code_challenge_method: '{other}' is not a valid value.")),
    }
}
