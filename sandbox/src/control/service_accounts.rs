use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Control, Refused, accounts};
use crate::{
    oauth::{keys::RsaKey, scopes, tokens},
    state::{ServiceAccount, ServiceAccountKey, State, UserKind},
};

/// `POST service-accounts`: makes a service account or gives one another key, and delegates scopes to it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    email: Option<String>,
    client_id: Option<String>,
    project: Option<String>,
    /// A key of the caller's own. Without it a key is made and given as the JSON file that Google gives.
    public_key_pem: Option<String>,
    key_id: Option<String>,
    /// The scopes to delegate, replacing those of that domain; none: delegation stays as it is.
    scopes: Option<BTreeSet<String>>,
    /// The domain that delegates; the oldest one when it is not given.
    domain: Option<String>,
    /// Domains whose administrator blocks it.
    blocked_domains: Option<BTreeSet<String>>,
    disabled: Option<bool>,
    /// Gives the key as a P12 file instead of JSON.
    #[serde(default)]
    p12: bool,
    /// The password of the P12 file; `notasecret`, as Google's, when it is not given.
    password: Option<String>,
    /// Whether the P12 file is encrypted in the modern way and not in Google's.
    #[serde(default)]
    modern: bool,
    /// Keys to disable, by id.
    #[serde(default)]
    disable_keys: BTreeSet<String>,
}

/// `GET service-accounts`
pub fn list(control: &mut Control<'_>) -> Value {
    json!({"items": control.inner.state.service_accounts.values().collect::<Vec<_>>()})
}

/// `POST service-accounts`
pub fn put(control: &mut Control<'_>) -> Result<Value, Refused> {
    let wanted: Wanted = control.body()?;
    let rng = control.context.rng.clone();
    let state = &mut control.inner.state;
    let project = wanted.project.unwrap_or_else(|| "sandbox".into());
    let email = wanted
        .email
        .unwrap_or_else(|| format!("robot-{}@{project}.iam.gserviceaccount.com", &accounts::number(&*rng)[1..9]));
    let known = state.service_accounts.get(&email).cloned();
    let changes_only = known.is_some()
        && (wanted.disabled.is_some() || wanted.blocked_domains.is_some() || !wanted.disable_keys.is_empty());
    let mut account = known.unwrap_or_else(|| ServiceAccount {
        email: email.clone(),
        client_id: accounts::number(&*rng),
        project: project.clone(),
        keys: vec![],
        delegation: [].into(),
        blocked_domains: [].into(),
        disabled: false,
    });
    account.client_id = wanted.client_id.unwrap_or(account.client_id);
    account.blocked_domains = wanted.blocked_domains.unwrap_or(account.blocked_domains);
    account.disabled = wanted.disabled.unwrap_or(account.disabled);
    for key in account.keys.iter_mut().filter(|key| wanted.disable_keys.contains(&key.id)) {
        key.disabled = true;
    }
    if let Some(asked) = wanted.scopes {
        let Some(domain) = wanted.domain.or_else(|| oldest_domain(state)) else {
            return Err(Refused::because(
                "there is no domain that could delegate: give `domain`, or make a user first",
            ));
        };
        if let Some(unknown) = asked.iter().find(|scope| scopes::canonical(scope).is_none()) {
            return Err(Refused::because(format!("there is no scope {unknown:?}")));
        }
        account.delegation.insert(domain, asked.iter().filter_map(|scope| scopes::canonical(scope)).collect());
    }

    let mut answer = json!({"email": email, "client_id": account.client_id});
    if let Some(pem) = wanted.public_key_pem {
        if jsonwebtoken::DecodingKey::from_rsa_pem(pem.as_bytes()).is_err() {
            return Err(Refused::because("public_key_pem is not an RSA public key as PEM (BEGIN PUBLIC KEY)"));
        }
        let id = wanted.key_id.unwrap_or_else(|| tokens::random(&*rng, 30));
        answer["key_id"] = json!(id);
        account.keys.retain(|key| key.id != id);
        account.keys.push(ServiceAccountKey { id, public_key_pem: pem, disabled: false });
    } else if !changes_only {
        let key = RsaKey::generate();
        let mut id = [0; 20];
        rng.fill(&mut id);
        let id = wanted.key_id.unwrap_or_else(|| hex::encode(id));
        answer["key_id"] = json!(id);
        if wanted.p12 {
            let password = wanted.password.unwrap_or_else(|| "notasecret".into());
            answer["p12"] = json!(STANDARD.encode(key.p12(&account.client_id, &password, !wanted.modern)));
            answer["password"] = json!(password);
        } else {
            answer["key"] = key_file(&account, &id, &key);
        }
        account.keys.push(ServiceAccountKey { id, public_key_pem: key.public_pem, disabled: false });
    }
    state.service_accounts.put(email, account);
    Ok(answer)
}

/// The JSON file that Google gives.
fn key_file(account: &ServiceAccount, id: &str, key: &RsaKey) -> Value {
    json!({
        "type": "service_account",
        "project_id": account.project,
        "private_key_id": id,
        "private_key": key.private_pem,
        "client_email": account.email,
        "client_id": account.client_id,
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_x509_cert_url": format!("https://www.googleapis.com/robot/v1/metadata/x509/{}", account.email.replace('@', "%40")),
        "universe_domain": "googleapis.com",
    })
}

/// The domain of the account that was made first.
fn oldest_domain(state: &State) -> Option<String> {
    let people = state.users.values().filter(|user| user.kind == UserKind::User && user.domain.is_some());
    people.min_by_key(|user| (user.created, &user.email)).and_then(|user| user.domain.clone())
}
