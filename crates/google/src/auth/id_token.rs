use std::{fmt, sync::Mutex, time::Duration};

use bytes::Bytes;
use http::Method;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use portico_world::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::{Endpoints, Error, Kind, Request, client::Wire, envelope};

/// How far the clocks of this machine and of Google may be apart.
const SKEW: Duration = Duration::from_secs(60);
/// How long keys are used before they are fetched again; Google's own keys live for days.
const KEYS_FOR: Duration = Duration::from_secs(3600);
/// An unknown key id makes the keys be fetched anew, but not more often than this.
const NOT_SOONER: Duration = Duration::from_secs(60);

/// Who an ID token speaks of, after its signature and claims were checked.
/// <https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload>
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct IdClaims {
    /// The account, for ever. Know people by this and not by their address.
    pub sub: String,
    /// The address, if the scope `email` was granted.
    pub email: Option<String>,
    /// Whether Google has checked that address.
    #[serde(default)]
    pub email_verified: bool,
    /// The Workspace domain; absent for private accounts.
    #[serde(rename = "hd")]
    pub hosted_domain: Option<String>,
    /// The name, if the scope `profile` was granted.
    pub name: Option<String>,
    /// The address of a picture.
    pub picture: Option<String>,
}

/// Shows the `sub` only: the rest is about a person.
impl fmt::Debug for IdClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdClaims").field("sub", &self.sub).finish_non_exhaustive()
    }
}

/// Why an ID token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdTokenProblem {
    /// It is no token, or lacks a claim.
    Malformed,
    /// It is signed in another way than RS256.
    Algorithm,
    /// Its key is none of Google's.
    UnknownKey,
    /// The signature is not right.
    Signature,
    /// It was not issued by Google.
    Issuer,
    /// It was issued for another client.
    Audience,
    /// Its time is over, or has not begun.
    Expired,
    /// It belongs to another attempt.
    Nonce,
    /// It was promised by the scopes and did not come.
    Missing,
}

impl IdTokenProblem {
    /// What is said of a token, after its name.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Malformed => "is malformed",
            Self::Algorithm => "is not signed with RS256",
            Self::UnknownKey => "is signed with a key that is not Google's",
            Self::Signature => "has a wrong signature",
            Self::Issuer => "was not issued by Google",
            Self::Audience => "was issued for another client",
            Self::Expired => "is expired or not valid yet",
            Self::Nonce => "belongs to another attempt",
            Self::Missing => "is missing",
        }
    }
}

impl fmt::Display for IdTokenProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the ID token {}", self.words())
    }
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: Option<i64>,
    nbf: Option<i64>,
    nonce: Option<String>,
    #[serde(flatten)]
    person: IdClaims,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    pub(crate) fn names(&self, client_id: &str) -> bool {
        match self {
            Self::One(audience) => audience == client_id,
            Self::Several(audiences) => audiences.iter().any(|audience| audience == client_id),
        }
    }
}

/// Google's signing keys, kept for a while.
#[derive(Default)]
pub(crate) struct Keys {
    cached: Mutex<Option<(Timestamp, JwkSet)>>,
}

impl Keys {
    /// The key of Google's that `token` says it is signed with.
    pub(crate) async fn of_token(
        &self,
        wire: &Wire,
        endpoints: &Endpoints,
        token: &str,
        refuse: &(impl Fn(IdTokenProblem) -> Error + Sync),
    ) -> Result<DecodingKey, Error> {
        // A header that names another algorithm, none among them, does not even parse as one that this library knows.
        let header = jsonwebtoken::decode_header(token).map_err(|error| {
            use jsonwebtoken::errors::ErrorKind;
            refuse(match error.kind() {
                ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName | ErrorKind::Json(_) => {
                    IdTokenProblem::Algorithm
                }
                _ => IdTokenProblem::Malformed,
            })
        })?;
        if header.alg != Algorithm::RS256 {
            return Err(refuse(IdTokenProblem::Algorithm));
        }
        let kid = header.kid.ok_or_else(|| refuse(IdTokenProblem::UnknownKey))?;
        self.find(wire, endpoints, &kid).await?.ok_or_else(|| refuse(IdTokenProblem::UnknownKey))
    }

    async fn find(&self, wire: &Wire, endpoints: &Endpoints, kid: &str) -> Result<Option<DecodingKey>, Error> {
        let now = wire.world.now();
        if let Some((fetched, keys)) = self.cached().as_ref() {
            let age = now.duration_since(*fetched).unsigned_abs();
            match keys.find(kid) {
                Some(key) if age < KEYS_FOR => return Ok(DecodingKey::from_jwk(key).ok()),
                None if age < NOT_SOONER => return Ok(None),
                _ => {}
            }
        }
        let request = Request::new("oauth2.certs", Method::GET, "", "", &[]);
        let keys: JwkSet = wire
            .run(&request, &endpoints.jwks, None, envelope::explain, |body: &Bytes| serde_json::from_slice(body))
            .await?;
        let key = keys.find(kid).and_then(|key| DecodingKey::from_jwk(key).ok());
        *self.cached() = Some((now, keys));
        Ok(key)
    }

    fn cached(&self) -> std::sync::MutexGuard<'_, Option<(Timestamp, JwkSet)>> {
        self.cached.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Checks everything that Google's guide asks for, in the order signature, issuer, audience, time, nonce.
pub(crate) async fn verify(
    wire: &Wire,
    endpoints: &Endpoints,
    keys: &Keys,
    client_id: &str,
    token: &SecretString,
    nonce: Option<&str>,
) -> Result<IdClaims, Error> {
    let refuse = |problem| Error::new(Kind::IdToken(problem), "oauth2.idToken");
    let token = token.expose_secret();
    let key = keys.of_token(wire, endpoints, token, &refuse).await?;
    // Times are compared below with the World's clock; jsonwebtoken would ask the machine's.
    let mut only_signature = Validation::new(Algorithm::RS256);
    only_signature.validate_exp = false;
    only_signature.validate_aud = false;
    only_signature.required_spec_claims.clear();
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &only_signature).map_err(|error| {
        use jsonwebtoken::errors::ErrorKind;
        refuse(match error.kind() {
            ErrorKind::InvalidSignature => IdTokenProblem::Signature,
            _ => IdTokenProblem::Malformed,
        })
    })?;
    check(claims.claims, endpoints, client_id, nonce, wire.world.now()).map_err(refuse)
}

fn check(
    claims: Claims,
    endpoints: &Endpoints,
    client_id: &str,
    nonce: Option<&str>,
    now: Timestamp,
) -> Result<IdClaims, IdTokenProblem> {
    if !endpoints.issuers.contains(&claims.iss) {
        return Err(IdTokenProblem::Issuer);
    }
    let for_us = match &claims.aud {
        Audience::One(audience) => audience == client_id,
        // With several audiences only the authorized party is the one that asked.
        Audience::Several(audiences) => {
            audiences.iter().any(|audience| audience == client_id) && (audiences.len() == 1 || claims.azp.is_some())
        }
    };
    if !for_us || claims.azp.is_some_and(|party| party != client_id) {
        return Err(IdTokenProblem::Audience);
    }
    let (now, skew) = (now.as_second(), SKEW.as_secs().cast_signed());
    if now >= claims.exp.saturating_add(skew) {
        return Err(IdTokenProblem::Expired);
    }
    if [claims.iat, claims.nbf].into_iter().flatten().any(|begin| begin > now.saturating_add(skew)) {
        return Err(IdTokenProblem::Expired);
    }
    if nonce.is_some() && nonce != claims.nonce.as_deref() {
        return Err(IdTokenProblem::Nonce);
    }
    Ok(claims.person)
}
