use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use jiff::Timestamp;
use portico_transport::{HttpClient, Transport};
use portico_world::{ExposeSecret, SecretString, World};
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::{
    Credentials, Endpoints, Error, GoogleService, Kind, Quota, Request, RetryPolicy, envelope, quota::QuotaAccount,
};

/// Sends calls to Google's services as one account: gets tokens, waits where Google says to, sends again what may be
/// sent again, and tells the rest apart. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    pub(crate) wire: Wire,
    endpoints: Arc<Endpoints>,
    pub(crate) credentials: Arc<dyn Credentials>,
    quota_user: Option<Arc<str>>,
}

impl Client {
    /// A client with the default [`RetryPolicy`].
    pub fn new(
        transport: Arc<dyn Transport>,
        world: World,
        endpoints: Endpoints,
        credentials: Arc<dyn Credentials>,
    ) -> Self {
        let wire = Wire { transport, world, retry: RetryPolicy::default(), quota: None };
        Self { wire, endpoints: Arc::new(endpoints), credentials, quota_user: None }
    }

    /// A client with the machine's own clock and chance, over the network, that gives up on a silent server after 30 s: what
    /// most programs want. [`Kind::Unsendable`] when the machine has no usable store of certificates.
    pub fn online(endpoints: Endpoints, credentials: impl Credentials + 'static) -> Result<Self, Error> {
        let transport = HttpClient::new(Duration::from_secs(30))
            .map_err(|problem| Error::from_transport(&problem, "client.online"))?;
        Ok(Self::new(Arc::new(transport), World::real(), endpoints, Arc::new(credentials)))
    }

    /// The same client with other patience.
    pub fn with_retry(mut self, retry: RetryPolicy) -> Self {
        self.wire.retry = retry;
        self
    }

    /// The same client with its quota counted for this name instead of the token's account. Under delegation Google
    /// counts all people together as the service account unless told so.
    /// <https://developers.google.com/workspace/calendar/api/guides/quota>
    pub fn with_quota_user(mut self, user: &str) -> Self {
        self.quota_user = Some(user.into());
        self
    }

    /// The same client, waiting before a call until `quota` has room for it. Calls are counted for the project and for the
    /// user: under delegation the subject, else `account`, any name that stays the same and is no address of a person,
    /// unless the credentials say otherwise ([`Credentials::quota_account`]). A wait beyond the [`RetryPolicy`]'s deadline
    /// is [`Kind::RateLimited`] and says when to come back; nothing was sent.
    pub fn with_quota(mut self, quota: Quota, account: impl Into<QuotaAccount>) -> Self {
        self.wire.quota = Some((quota, account.into()));
        self
    }

    /// A service on this client, such as `client.service::<Calendar>()`.
    pub fn service<S: GoogleService>(&self) -> S {
        S::with(self.clone())
    }

    /// Sends `request` and reads the answer as JSON.
    pub async fn json<T: DeserializeOwned>(&self, request: Request) -> Result<T, Error> {
        self.read(request, |body| serde_json::from_slice(body)).await
    }

    /// Sends `request`; a successful answer is empty, or JSON that means nothing. Anything else was said by somebody on the
    /// way, and the call did not reach Google.
    pub async fn no_content(&self, request: Request) -> Result<(), Error> {
        self.read(
            request,
            |body| {
                if body.is_empty() { Ok(()) } else { serde_json::from_slice::<IgnoredAny>(body).map(drop) }
            },
        )
        .await
    }

    /// Sends `request` and reads the answer's body with `read`. Half a body, and what does not call itself JSON, is asked
    /// for again; a whole one of another shape is [`Kind::Unreadable`].
    pub async fn read<T>(
        &self,
        request: Request,
        read: impl Fn(&Bytes) -> Result<T, serde_json::Error> + Send + Sync,
    ) -> Result<T, Error> {
        self.run(request, |answer| read_json(answer, &read)).await
    }

    /// Sends `request` and gives the answer as it came: for what lies in its headers, and for a body that is not JSON.
    pub async fn answer(&self, request: Request) -> Result<Response<Bytes>, Error> {
        self.run(request, |answer| Ok(answer.clone())).await
    }

    /// Sends a request with [`Request::if_none_match`]; `None` says that the caller's copy is still the current one.
    pub async fn json_if_changed<T: DeserializeOwned>(&self, request: Request) -> Result<Option<T>, Error> {
        self.read_if_changed(request, |body| serde_json::from_slice(body)).await
    }

    /// As [`Client::json_if_changed`], with the body read by `read`.
    pub async fn read_if_changed<T>(
        &self,
        request: Request,
        read: impl Fn(&Bytes) -> Result<T, serde_json::Error> + Send + Sync,
    ) -> Result<Option<T>, Error> {
        self.run(request, |answer| match answer.status() {
            StatusCode::NOT_MODIFIED => Ok(None),
            _ => read_json(answer, &read).map(Some),
        })
        .await
    }

    async fn run<T>(
        &self,
        request: Request,
        read: impl Fn(&Response<Bytes>) -> Result<T, Misread> + Send + Sync,
    ) -> Result<T, Error> {
        let request = self.paid(request);
        let place = self.place(request.root).to_owned();
        self.wire.exchange(&request, &place, Some(&*self.credentials), envelope::explain, read).await
    }

    /// `request` with what every call says: no white space, and whose quota it is.
    pub(crate) fn paid(&self, request: Request) -> Request {
        let quota_user = self.quota_user.as_deref().or_else(|| self.credentials.quota_user());
        request.query("prettyPrint", "false").query_opt("quotaUser", quota_user)
    }

    /// Where the service at `root` is called.
    pub(crate) fn place<'a>(&'a self, root: &'a str) -> &'a str {
        self.endpoints.service(root)
    }

    /// Clock and chance.
    pub(crate) fn world(&self) -> &World {
        &self.wire.world
    }

    /// How patient it is.
    pub(crate) fn patience(&self) -> &RetryPolicy {
        &self.wire.retry
    }
}

/// The loop under every call, those to the token endpoint too.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) world: World,
    pub(crate) retry: RetryPolicy,
    /// The quota that calls are counted against, and the account's name in it.
    pub(crate) quota: Option<(Quota, QuotaAccount)>,
}

/// Makes an error of an answer that is no success.
pub(crate) type Explain = fn(&'static str, &Response<Bytes>, Timestamp) -> Error;

impl Wire {
    /// As [`Wire::exchange`], for what lies in a body of JSON alone.
    pub(crate) async fn run<T>(
        &self,
        request: &Request,
        place: &str,
        credentials: Option<&dyn Credentials>,
        explain: Explain,
        read: impl Fn(&Bytes) -> Result<T, serde_json::Error> + Send + Sync,
    ) -> Result<T, Error> {
        self.exchange(request, place, credentials, explain, |answer| read_json(answer, &read)).await
    }

    pub(crate) async fn exchange<T>(
        &self,
        request: &Request,
        place: &str,
        credentials: Option<&dyn Credentials>,
        explain: Explain,
        read: impl Fn(&Response<Bytes>) -> Result<T, Misread> + Send + Sync,
    ) -> Result<T, Error> {
        let started = self.world.now();
        let mut attempts = 0;
        let mut effect = false;
        let mut refreshed = None;
        let mut may_refresh = true;
        loop {
            let token = match (credentials, refreshed.take()) {
                (None, _) => None,
                (Some(_), Some(token)) => Some(token),
                (Some(credentials), None) => Some(credentials.access_token().await.map_err(|e| e.with_effect(effect))?),
            };
            self.wait_for_room(request, credentials, started).await.map_err(|e| e.with_effect(effect))?;
            let message = request.build(place, token.as_ref().map(|token| bearer(token, request)).transpose()?)?;
            attempts += 1;
            let error = match self.transport.send(message).await {
                Ok(answer) if request.accepts(answer.status()) => match read(&answer) {
                    Ok(value) => return Ok(value),
                    Err(problem) => unreadable(request.operation, answer.status(), &problem),
                },
                Ok(answer) if answer.status() == StatusCode::UNAUTHORIZED && may_refresh && token.is_some() => {
                    may_refresh = false;
                    if let (Some(credentials), Some(token)) = (credentials, &token) {
                        tracing::debug!(operation = request.operation, "401: asking for a new access token");
                        refreshed = Some(credentials.refresh(token).await.map_err(|e| e.with_effect(effect))?);
                    }
                    continue;
                }
                Ok(answer) => explain(request.operation, &answer, self.world.now()),
                Err(problem) => Error::from_transport(&problem, request.operation),
            };
            effect |= error.may_have_taken_effect();
            let error = error.with_attempts(attempts);
            tracing::debug!(attempts, error = %error, "a call to Google failed");
            if !error.may_repeat(request.repeatable) {
                return Err(error.with_effect(effect));
            }
            let drawn = self.retry.backoff.wait(attempts - 1, &*self.world.rng);
            let wait = error.retry_after().map_or(drawn, |asked| asked.max(drawn));
            let spent = self.world.now().duration_since(started);
            let in_time = spent.unsigned_abs().checked_add(wait).is_some_and(|total| total <= self.retry.deadline);
            if attempts >= self.retry.attempts || !in_time {
                return Err(error.with_effect(effect).with_retry_after(Some(wait)));
            }
            self.world.clock.sleep(wait).await;
        }
    }
}

impl Wire {
    /// Waits until the quota has room for one sending of `request`, though not beyond the deadline.
    pub(crate) async fn wait_for_room(
        &self,
        request: &Request,
        credentials: Option<&dyn Credentials>,
        started: Timestamp,
    ) -> Result<(), Error> {
        let Some((quota, account)) = &self.quota else { return Ok(()) };
        if request.is_paid {
            return Ok(());
        }
        let account = credentials.and_then(Credentials::quota_account).unwrap_or_else(|| {
            match credentials.and_then(Credentials::quota_user) {
                Some(user) => QuotaAccount { user: user.into(), ..account.clone() },
                None => account.clone(),
            }
        });
        loop {
            let now = self.world.now();
            let wait = quota.take(request.operation, &account, now).await?;
            if wait.is_zero() {
                return Ok(());
            }
            let spent = now.duration_since(started).unsigned_abs();
            if spent.checked_add(wait).is_none_or(|total| total > self.retry.deadline) {
                let error = Error::custom(Kind::RateLimited, request.operation, "the quota of this project is used up");
                return Err(error.with_reason(Some("ownQuota".to_owned())).with_retry_after(Some(wait)));
            }
            tracing::debug!(operation = request.operation, ?wait, "waiting for room in the quota");
            self.world.clock.sleep(wait).await;
        }
    }
}

fn bearer(token: &SecretString, request: &Request) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))
        .map_err(|_| Error::custom(Kind::Unsendable, request.operation, "the access token is not one"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Why an answer that is a success cannot be read.
pub(crate) enum Misread {
    /// It says itself that it is something else.
    NotJson,
    /// Its body is not what was expected.
    Body(serde_json::Error),
}

/// Reads the body of `answer`. One that says that it is no JSON is none, whatever lies in it: the page on which a network
/// lets people sign in may well be an object without a single field that is known here.
pub(crate) fn read_json<T>(
    answer: &Response<Bytes>,
    read: impl Fn(&Bytes) -> Result<T, serde_json::Error>,
) -> Result<T, Misread> {
    if !answer.body().is_empty() && !is_json(answer.headers()) {
        return Err(Misread::NotJson);
    }
    read(answer.body()).map_err(Misread::Body)
}

/// Whether the content type is that of JSON. One that is not said does not speak against it.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(said) = headers.get(header::CONTENT_TYPE) else { return true };
    let essence = said.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.ends_with("/json") || essence.ends_with("+json")
}

/// A success whose body cannot be read: cut short or no JSON at all is an accident on the way, another shape is not.
pub(crate) fn unreadable(operation: &'static str, status: StatusCode, problem: &Misread) -> Error {
    let problem = match problem {
        Misread::Body(problem) => problem,
        Misread::NotJson => {
            let error = Error::custom(Kind::Transient, operation, "the answer says that it is not JSON");
            return error.with_reason(Some("notJson".to_owned())).with_status(status).with_effect(true);
        }
    };
    let (kind, message) = match problem.classify() {
        serde_json::error::Category::Data => (Kind::Unreadable, "the answer has another shape than expected"),
        _ => (Kind::Transient, "the answer is not whole JSON"),
    };
    let place = format!("{message} (line {}, column {})", problem.line(), problem.column());
    Error::custom(kind, operation, place).with_status(status).with_effect(true)
}
