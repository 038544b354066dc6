//! Whether a service account can do what it is meant for, found out step by step on the real way.

use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use serde::{Deserialize, Serialize};

use crate::{
    Client, Error, Kind, Listed, Request, ScopeSet,
    auth::{DelegatedCredentials, GrantFailure, ServiceAccount, ServiceAccountKey, Subject},
    calendar, envelope, scopes,
};

/// What a step looks at. The steps run in this order, and what comes after a failure that they all need is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PreflightCheck {
    /// The key file can be read.
    Key,
    /// Google gives the service account a token of its own: the key is known, the clock is right.
    OwnToken,
    /// Google gives it a token in the name of the subject, for all scopes together.
    DelegatedToken,
    /// Google gives it a token in the name of the subject for this scope.
    Scope,
    /// The subject's calendar can be read.
    Calendar,
    /// The subject is a user, and this is the user's primary address. It is skipped when nothing that the scopes show names
    /// that address.
    SubjectIsUser,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PreflightOutcome {
    /// It works.
    Ok,
    /// It does not; [`PreflightStep::said`] and [`PreflightStep::advice`] say why and what to do.
    Failed,
    /// It was not found out, because an earlier step failed or nothing in the scopes allows it. Where an answer stood in
    /// the way, [`PreflightStep::said`] has it.
    Skipped,
}

/// What Google, or this library, said to a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PreflightSaid {
    /// The HTTP status.
    pub status: Option<u16>,
    /// Google's code for it, such as `unauthorized_client`.
    pub reason: Option<String>,
    /// The sentence, without addresses and codes.
    pub message: Option<String>,
    /// What it means, in this library's words.
    pub meaning: String,
}

/// A value that is ready to be pasted where the advice leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PreflightPaste {
    /// The name of the field, such as `client_id` or `scopes`.
    pub field: &'static str,
    /// The value.
    pub value: String,
}

/// What somebody has to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PreflightAdvice {
    /// Which advice it is; it stays the same, so pages can word it in any language.
    pub slug: &'static str,
    /// The page of Google's consoles where it is done.
    pub link: Option<String>,
    /// What to paste there.
    pub paste: Vec<PreflightPaste>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PreflightStep {
    /// What it looked at.
    pub check: PreflightCheck,
    /// The scope, where it is about one.
    pub scope: Option<String>,
    /// How it ended.
    pub outcome: PreflightOutcome,
    /// What was said.
    pub said: Option<PreflightSaid>,
    /// What to do.
    pub advice: Option<PreflightAdvice>,
}

/// All steps. It holds no secret and may be stored and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Preflight {
    /// In the order in which they ran.
    pub steps: Vec<PreflightStep>,
}

impl Preflight {
    /// Whether nothing failed and everything that could be tried was.
    pub fn is_ready(&self) -> bool {
        self.steps.iter().all(|step| step.outcome != PreflightOutcome::Failed)
            && self
                .steps
                .iter()
                .any(|step| step.check == PreflightCheck::DelegatedToken && step.outcome == PreflightOutcome::Ok)
    }

    /// The first step that failed.
    pub fn failure(&self) -> Option<&PreflightStep> {
        self.steps.iter().find(|step| step.outcome == PreflightOutcome::Failed)
    }

    fn ok(&mut self, check: PreflightCheck, scope: Option<&str>) {
        self.push(check, scope, PreflightOutcome::Ok, None, None);
    }

    fn skipped(&mut self, check: PreflightCheck, scope: Option<&str>) {
        self.push(check, scope, PreflightOutcome::Skipped, None, None);
    }

    fn failed(&mut self, check: PreflightCheck, scope: Option<&str>, error: &Error, advice: PreflightAdvice) {
        self.push(check, scope, PreflightOutcome::Failed, Some(said(error)), Some(advice));
    }

    fn push(
        &mut self,
        check: PreflightCheck,
        scope: Option<&str>,
        outcome: PreflightOutcome,
        said: Option<PreflightSaid>,
        advice: Option<PreflightAdvice>,
    ) {
        self.steps.push(PreflightStep { check, scope: scope.map(str::to_owned), outcome, said, advice });
    }

    /// Runs every step for `subject` and `scopes`. `read` is what reading the key file gave; `account` makes the service
    /// account of the key, with the caller's endpoints, transport and world.
    pub async fn run(
        read: Result<ServiceAccountKey, Error>,
        account: impl FnOnce(ServiceAccountKey) -> ServiceAccount,
        subject: &Subject,
        scopes: &ScopeSet,
    ) -> Self {
        let mut flight = Self { steps: Vec::new() };
        match read {
            Ok(key) => {
                flight.ok(PreflightCheck::Key, None);
                flight.chain(&account(key), subject, scopes).await;
            }
            Err(error) => {
                flight.failed(PreflightCheck::Key, None, &error, advice_for_key(&error));
                flight.skip_from_own_token(scopes);
            }
        }
        flight
    }

    fn skip_from_own_token(&mut self, scopes: &ScopeSet) {
        self.skipped(PreflightCheck::OwnToken, None);
        self.skip_from_delegated(scopes);
    }

    fn skip_from_delegated(&mut self, scopes: &ScopeSet) {
        self.skipped(PreflightCheck::DelegatedToken, None);
        self.skip_after_delegated(scopes);
    }

    fn skip_after_delegated(&mut self, scopes: &ScopeSet) {
        for scope in scopes.iter() {
            self.skipped(PreflightCheck::Scope, Some(scope));
        }
        self.skipped(PreflightCheck::Calendar, None);
        self.skipped(PreflightCheck::SubjectIsUser, None);
    }

    async fn chain(&mut self, account: &ServiceAccount, subject: &Subject, scopes: &ScopeSet) {
        if let Err(error) = account.fetch(None, scopes).await {
            self.failed(PreflightCheck::OwnToken, None, &error, advice(&error, account, scopes));
            return self.skip_from_delegated(scopes);
        }
        self.ok(PreflightCheck::OwnToken, None);
        let refusal = account.fetch(Some(subject), scopes).await.err();
        if let Some(error) = &refusal {
            self.failed(PreflightCheck::DelegatedToken, None, error, advice(error, account, scopes));
            let subject_is_wrong =
                matches!(error.kind(), Kind::Grant(GrantFailure::SubjectUnknown | GrantFailure::AccountDisabled));
            if subject_is_wrong {
                for scope in scopes.iter() {
                    self.skipped(PreflightCheck::Scope, Some(scope));
                }
                self.skipped(PreflightCheck::Calendar, None);
                return self.failed(PreflightCheck::SubjectIsUser, None, error, advice(error, account, scopes));
            }
            let delegation =
                matches!(error.kind(), Kind::Grant(GrantFailure::DelegationMissing | GrantFailure::ScopeNotDelegated));
            if !delegation {
                return self.skip_after_delegated(scopes);
            }
        } else {
            self.ok(PreflightCheck::DelegatedToken, None);
        }
        let delegated = self.each_scope(account, subject, scopes, refusal.is_none()).await;
        self.look_around(account, subject, &delegated).await;
    }

    /// Which of the scopes are delegated. When all were granted together, each is.
    async fn each_scope(
        &mut self,
        account: &ServiceAccount,
        subject: &Subject,
        scopes: &ScopeSet,
        all: bool,
    ) -> ScopeSet {
        let mut delegated = ScopeSet::default();
        for scope in scopes.iter() {
            let one: ScopeSet = [scope].into_iter().collect();
            match if all { Ok(()) } else { account.fetch(Some(subject), &one).await.map(drop) } {
                Ok(()) => {
                    delegated.insert(scope);
                    self.ok(PreflightCheck::Scope, Some(scope));
                }
                // The advice names all scopes: what is pasted replaces the entry.
                Err(error) => {
                    self.failed(PreflightCheck::Scope, Some(scope), &error, advice(&error, account, scopes));
                }
            }
        }
        delegated
    }

    async fn look_around(&mut self, account: &ServiceAccount, subject: &Subject, delegated: &ScopeSet) {
        if delegated.is_empty() {
            self.skipped(PreflightCheck::Calendar, None);
            return self.skipped(PreflightCheck::SubjectIsUser, None);
        }
        let wire = account.wire();
        let credentials = Arc::new(account.delegated(subject.clone(), delegated.clone()));
        let endpoints = account.endpoints().clone();
        let client = Client::new(wire.transport.clone(), wire.world.clone(), endpoints, credentials.clone());
        let client = client.with_retry(wire.retry);
        let mut organizer = None;
        if delegated.contains_any(&TO_READ_EVENTS) {
            let path = "/calendar/v3/calendars/primary/events";
            let request = Request::new("calendar.events.list", Method::GET, WWW, path, &[]).query("maxResults", "20");
            match client.json::<Events>(request).await {
                Ok(events) => {
                    organizer = events.own_address();
                    self.ok(PreflightCheck::Calendar, None);
                }
                Err(error) => {
                    self.failed(PreflightCheck::Calendar, None, &error, advice(&error, account, delegated));
                }
            }
        } else {
            self.skipped(PreflightCheck::Calendar, None);
        }
        // Google gives no token in the name of a group. An alias gets one, and its holder's address comes back.
        match primary_address(&client, account, &credentials, delegated).await.map(|named| named.or(organizer)) {
            Ok(Some(address)) if address.eq_ignore_ascii_case(subject.email()) => {
                self.ok(PreflightCheck::SubjectIsUser, None);
            }
            Ok(Some(address)) => {
                let message = "the address is an alias; use the user's primary address";
                let error = Error::custom(Kind::Grant(GrantFailure::SubjectUnknown), "serviceAccount.subject", message);
                let advice = PreflightAdvice {
                    slug: "use_primary_address",
                    link: Some(USERS_PAGE.to_owned()),
                    paste: vec![PreflightPaste { field: "subject", value: address }],
                };
                self.failed(PreflightCheck::SubjectIsUser, None, &error, advice);
            }
            Ok(None) => self.skipped(PreflightCheck::SubjectIsUser, None),
            // What stands in the way of looking says nothing of the subject.
            Err(error) => {
                self.push(PreflightCheck::SubjectIsUser, None, PreflightOutcome::Skipped, Some(said(&error)), None);
            }
        }
    }
}

fn said(error: &Error) -> PreflightSaid {
    PreflightSaid {
        status: error.status(),
        reason: error.reason().map(str::to_owned),
        message: error.message().map(str::to_owned),
        meaning: error.kind().to_string(),
    }
}

/// Some events of the subject's calendar.
#[derive(Deserialize)]
struct Events {
    #[serde(default)]
    items: Listed<calendar::Event>,
}

impl Events {
    /// The primary address of whose calendar it is: where it is the organizer of an event, Google names it so.
    fn own_address(&self) -> Option<String> {
        let organizers = self.items.iter().filter_map(|event| event.organizer.as_ref());
        organizers.filter(|person| person.is_self == Some(true)).find_map(|person| person.email.clone())
    }
}

const WWW: &str = "https://www.googleapis.com";
const USERS_PAGE: &str = "https://admin.google.com/ac/users";
const TO_READ_EVENTS: [&str; 5] = [
    calendar::scopes::CALENDAR,
    calendar::scopes::CALENDAR_READONLY,
    calendar::scopes::EVENTS,
    calendar::scopes::EVENTS_READONLY,
    calendar::scopes::EVENTS_OWNED,
];

/// The subject's primary address, where one of the scopes shows it.
async fn primary_address(
    client: &Client,
    account: &ServiceAccount,
    credentials: &DelegatedCredentials,
    delegated: &ScopeSet,
) -> Result<Option<String>, Error> {
    #[derive(serde::Deserialize)]
    struct Named {
        id: Option<String>,
        email: Option<String>,
    }
    if delegated.contains_any(&[calendar::scopes::CALENDAR, calendar::scopes::CALENDAR_READONLY]) {
        let request = Request::new("calendar.calendars.get", Method::GET, WWW, "/calendar/v3/calendars/primary", &[]);
        let named: Named = client.json(request).await?;
        return Ok(named.id);
    }
    if delegated.contains(scopes::EMAIL) {
        let request = Request::new("oauth2.userinfo", Method::GET, "", "", &[]);
        let (wire, place) = (account.wire(), &account.endpoints().userinfo);
        let read = |body: &Bytes| serde_json::from_slice::<Named>(body);
        let named = wire.run(&request, place, Some(credentials), envelope::explain, read).await?;
        return Ok(named.email);
    }
    Ok(None)
}

fn advice_for_key(error: &Error) -> PreflightAdvice {
    let slug = match error.kind() {
        Kind::Key(problem) => match problem.slug() {
            "wrong_password" => "give_password",
            "email" => "give_account_address",
            _ => "make_new_key",
        },
        _ => "make_new_key",
    };
    let link = Some("https://console.cloud.google.com/iam-admin/serviceaccounts".to_owned());
    PreflightAdvice { slug, link, paste: Vec::new() }
}

fn advice(error: &Error, account: &ServiceAccount, scopes: &ScopeSet) -> PreflightAdvice {
    let project = account.project_id().map(|id| format!("?project={id}")).unwrap_or_default();
    let accounts = format!("https://console.cloud.google.com/iam-admin/serviceaccounts{project}");
    let simple = |slug, link: Option<String>| PreflightAdvice { slug, link, paste: Vec::new() };
    match error.kind() {
        Kind::Grant(failure) => match failure {
            GrantFailure::DelegationMissing | GrantFailure::ScopeNotDelegated => {
                let entry = account.delegation_entry(scopes);
                let mut paste = vec![PreflightPaste { field: "scopes", value: entry.scopes }];
                if let Some(client_id) = entry.client_id {
                    paste.insert(0, PreflightPaste { field: "client_id", value: client_id });
                }
                let slug = match failure {
                    GrantFailure::DelegationMissing => "enter_delegation",
                    _ => "add_scopes_to_delegation",
                };
                PreflightAdvice { slug, link: Some(entry.link.to_owned()), paste }
            }
            GrantFailure::SubjectUnknown => simple("choose_a_user", Some(USERS_PAGE.to_owned())),
            GrantFailure::AccountDisabled => simple("reactivate_user", Some(USERS_PAGE.to_owned())),
            GrantFailure::KeyRejected => simple("make_new_key", Some(accounts)),
            GrantFailure::ServiceAccountDisabled => simple("enable_service_account", Some(accounts)),
            GrantFailure::ClockSkew => simple("set_clock", None),
            GrantFailure::ScopeInvalid => simple("correct_scopes", None),
            GrantFailure::AdminBlocked => {
                let link = "https://admin.google.com/ac/owl/list?tab=configuredApps";
                simple("allow_app", Some(link.to_owned()))
            }
            _ => simple("check_service_account", Some(accounts)),
        },
        Kind::ApiDisabled => {
            let link = format!("https://console.cloud.google.com/apis/library/calendar-json.googleapis.com{project}");
            simple("enable_api", Some(link))
        }
        Kind::Permission | Kind::NotFound => {
            simple("turn_on_calendar_service", Some("https://admin.google.com/ac/appsettings/435070579839".to_owned()))
        }
        Kind::Certificate => simple("trust_certificate", None),
        Kind::Transient | Kind::RateLimited | Kind::QuotaExceeded => simple("try_again_later", None),
        _ => simple("check_service_account", Some(accounts)),
    }
}
