use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an account is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserKind {
    /// A person's account of a Workspace domain.
    #[default]
    User,
    /// A group of a Workspace domain: an address without a sign-in.
    Group,
    /// A private account without a domain of its own.
    Consumer,
}

/// A Google account or group.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct User {
    /// The primary address, in lower case.
    pub email: String,
    /// Google's number for the account; never changes.
    pub sub: String,
    /// The full name.
    pub name: String,
    /// The given name.
    pub given_name: String,
    /// The family name; empty when there is none.
    pub family_name: String,
    /// What the account is.
    pub kind: UserKind,
    /// The Workspace domain; absent for private accounts.
    pub domain: Option<String>,
    /// Other addresses of the account.
    #[serde(default)]
    pub aliases: BTreeSet<String>,
    /// The members of a group.
    #[serde(default)]
    pub members: BTreeSet<String>,
    /// Whether an administrator disabled the account.
    #[serde(default)]
    pub disabled: bool,
    /// Whether Google Calendar is turned off for the account.
    #[serde(default)]
    pub without_calendar: bool,
    /// Whether the account administers its domain.
    #[serde(default)]
    pub admin: bool,
    /// The language of the account, as in `en`.
    pub locale: String,
    /// The IANA zone of the account's calendar.
    pub time_zone: String,
    /// When it was made.
    pub created: Timestamp,
}

impl User {
    /// Whether somebody signs in with it.
    pub fn is_person(&self) -> bool {
        self.kind != UserKind::Group
    }
}

/// What kind of application an OAuth client is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKind {
    /// A web server.
    #[default]
    Web,
    /// A program on somebody's machine: always gets a refresh token, any loopback port will do.
    Installed,
}

/// An OAuth client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Client {
    /// As in `….apps.googleusercontent.com`.
    pub client_id: String,
    /// As in `GOCSPX-…`.
    pub client_secret: String,
    /// The name of the app on the consent page.
    pub name: String,
    /// The Google Cloud project that the client belongs to. Grants are given to projects.
    pub project: String,
    /// The callback addresses that were entered for it.
    pub redirect_uris: Vec<String>,
    /// What kind of application it is.
    pub kind: ClientKind,
    /// Whether the project has status *Testing*: refresh tokens live for 7 days.
    #[serde(default)]
    pub testing: bool,
    /// Who may use a project in testing.
    #[serde(default)]
    pub test_users: BTreeSet<String>,
    /// The only domain whose accounts may use it (user type *Internal*).
    #[serde(default)]
    pub internal_to: Option<String>,
    /// Domains whose administrators block it.
    #[serde(default)]
    pub blocked_domains: BTreeSet<String>,
    /// Whether it was deleted.
    #[serde(default)]
    pub deleted: bool,
    /// Whether it was disabled.
    #[serde(default)]
    pub disabled: bool,
    /// Services that are not enabled in its project, as in `calendar`.
    #[serde(default)]
    pub disabled_apis: BTreeSet<String>,
    /// Hosts at which it may not receive push messages.
    #[serde(default)]
    pub foreign_hosts: BTreeSet<String>,
}

/// What an account granted to a project.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Grant {
    /// The granted scopes.
    pub scopes: BTreeSet<String>,
    /// The clients of the project that were allowed to act while the person is away.
    pub offline: BTreeSet<String>,
}

/// An authorization code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Code {
    /// Whom it was given to.
    pub client_id: String,
    /// Whose it is.
    pub sub: String,
    /// The callback address it was sent to.
    pub redirect_uri: String,
    /// What the tokens will be good for.
    pub scopes: BTreeSet<String>,
    /// The PKCE challenge.
    pub challenge: Option<String>,
    /// Whether the challenge is the verifier's SHA-256, else the verifier itself.
    pub challenge_s256: bool,
    /// Goes into the ID token.
    pub nonce: Option<String>,
    /// Whether a refresh token is given for it.
    pub with_refresh_token: bool,
    /// Whether the app asked for access while the person is away.
    pub offline: bool,
    /// When it stops being good.
    pub expires: Timestamp,
    /// Whether it was exchanged.
    pub used: bool,
}

/// An access token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccessToken {
    /// Whom it was given to; of a service account its numeric id.
    pub client_id: String,
    /// The project of the client.
    pub project: String,
    /// Whose data it opens. Of a service account acting for itself, its own number.
    pub sub: String,
    /// The address of that account.
    pub email: String,
    /// What it is good for.
    pub scopes: BTreeSet<String>,
    /// When it stops being good.
    pub expires: Timestamp,
    /// The refresh token behind it.
    pub refresh_token: Option<String>,
    /// Whether the app may act while the person is away.
    pub offline: bool,
    /// The e-mail address of the service account it was given to.
    pub service_account: Option<String>,
}

/// A refresh token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefreshToken {
    /// Whom it was given to.
    pub client_id: String,
    /// Whose it is.
    pub sub: String,
    /// What its access tokens are good for.
    pub scopes: BTreeSet<String>,
    /// Counts up over all refresh tokens: the oldest goes first.
    pub number: u64,
    /// When it was last used, or given.
    pub used: Timestamp,
    /// When it ends, for projects in testing.
    pub expires: Option<Timestamp>,
}

/// A key of a service account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ServiceAccountKey {
    /// The key's id.
    pub id: String,
    /// The public key as PEM (SubjectPublicKeyInfo).
    pub public_key_pem: String,
    /// Whether it was disabled.
    #[serde(default)]
    pub disabled: bool,
}

/// A service account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ServiceAccount {
    /// As in `name@project.iam.gserviceaccount.com`.
    pub email: String,
    /// The number under which delegation is entered: 21 digits.
    pub client_id: String,
    /// Its project.
    pub project: String,
    /// Its keys.
    pub keys: Vec<ServiceAccountKey>,
    /// Domain-wide delegation: the scopes by domain.
    pub delegation: BTreeMap<String, BTreeSet<String>>,
    /// Domains whose administrator blocks it.
    #[serde(default)]
    pub blocked_domains: BTreeSet<String>,
    /// Whether it was disabled.
    #[serde(default)]
    pub disabled: bool,
}

/// A Google Cloud project.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Project {
    /// Its id.
    pub project: String,
    /// Services that are not enabled in it, as in `calendar`.
    #[serde(default)]
    pub disabled_apis: BTreeSet<String>,
}

/// Something that goes wrong with the next calls that match.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Fault {
    /// A method id (`calendar.events.insert`), the start of one with `*`, or an HTTP verb.
    #[serde(default)]
    pub method: Option<String>,
    /// A part of the path; with `*` a pattern for the whole path.
    #[serde(default)]
    pub path: Option<String>,
    /// How many calls are left.
    pub times: u64,
    /// The status of the answer.
    #[serde(default)]
    pub status: Option<u16>,
    /// The reason in Google's error body.
    #[serde(default)]
    pub reason: Option<String>,
    /// The body instead of Google's: JSON, or text that is sent as HTML when it begins with `<`.
    #[serde(default)]
    pub body: Option<Value>,
    /// Headers to add.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// How long the answer is held back, in milliseconds.
    #[serde(default)]
    pub delay_ms: u64,
    /// The call takes effect, its answer never comes.
    #[serde(default)]
    pub lose_answer: bool,
    /// The call takes effect, half of its answer comes.
    #[serde(default)]
    pub cut: bool,
    /// Whether only calls of an API count, not those of the OAuth endpoints.
    #[serde(default)]
    pub api_only: bool,
}

/// A mail that Google would have sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mail {
    /// The address it goes to.
    pub to: String,
    /// The address on whose behalf it goes.
    pub from: String,
    /// `invitation`, `update`, `cancellation` or `response`; `acl` of a calendar, `share` of a file,
    /// `verification` of an address to send as.
    pub kind: String,
    /// The calendar of the event.
    pub calendar_id: String,
    /// The event.
    pub event_id: String,
    /// The event's iCalendar id.
    pub ical_uid: String,
    /// The event's title.
    pub summary: String,
    /// When it was sent.
    pub at: Timestamp,
}

/// A key that signs ID tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SigningKey {
    /// The private key as PEM (PKCS#8).
    pub private_key_pem: String,
    /// A self-signed certificate as PEM.
    pub certificate_pem: String,
    /// The modulus, base64url.
    pub n: String,
    /// The exponent, base64url.
    pub e: String,
    /// The newest key has the highest number and signs.
    #[serde(default)]
    pub number: u64,
}

/// A switch of the control plane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// The sandbox's clock runs with the world's, this many microseconds ahead.
    ClockOffset(i64),
    /// The sandbox's clock stands still.
    ClockStopped(Timestamp),
    /// The boxes that a person leaves unticked on the consent page.
    RefusedScopes(BTreeSet<String>),
    /// Limits by name.
    Quota(BTreeMap<String, u64>),
}
