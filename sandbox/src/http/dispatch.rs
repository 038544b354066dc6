//! From a request to its answer.

use std::{sync::Arc, time::Duration};

use base64::Engine as _;
use bytes::Bytes;
use http::Response;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    ApiError, Call, Method, Reply, batch,
    exchange::{self, Answered, Asked, Ending},
    faults::{self, Refusal},
    fields::Mask,
    quota,
    requests::{Logged, Who},
    service::{self, ErrorForm, Service},
};
use crate::{
    control, oauth,
    sandbox::{Inner, Sandbox},
    state::{AccessToken, Fault, LogError, State},
    uploads,
};

/// Larger bodies are not kept in the list of requests, in bytes.
const LOGGED: usize = 16 * 1024;

/// Who calls an API.
struct Caller {
    token: AccessToken,
}

impl Sandbox {
    /// Answers a request of any kind.
    pub(crate) fn dispatch(&self, inner: &mut Inner, asked: &Asked) -> Answered {
        if asked.path.starts_with("/_sandbox") {
            return control::answer(self, inner, asked).into();
        }
        if let Some(services) = batch_target(asked) {
            return self.batch(inner, asked, &services);
        }
        if let Some(answered) = self.oauth(inner, asked) {
            return answered;
        }
        let services: Vec<_> = service::services().iter().filter(|service| asked.is_for(service.hosts)).collect();
        self.api(inner, asked, &services, false)
    }

    fn oauth(&self, inner: &mut Inner, asked: &Asked) -> Option<Answered> {
        let endpoint = oauth::find(asked)?;
        let now = self.now_for(&inner.state);
        let target = faults::Target { verb: &asked.verb, method: None, path: &asked.path };
        let fault = if endpoint.is_page { None } else { faults::take(&mut inner.state, &target) };
        let refusal = fault.as_ref().and_then(faults::refusal);
        let response = match refusal {
            Some(Refusal::Answer(response)) => response,
            Some(Refusal::Error(error)) => oauth::fault(&error),
            None => {
                let context = oauth::Context { now, rng: self.world().rng.clone(), base: asked.base() };
                (endpoint.handler)(&mut inner.state, &context, asked)
            }
        };
        let response = committed(inner, response);
        log(inner, now, asked, None, None, Bytes::new(), response.status().as_u16(), false);
        Some(ended(response, fault.as_ref()))
    }

    /// A batch. A fault may hit the whole of it, beside those that hit its calls.
    fn batch(&self, inner: &mut Inner, asked: &Asked, services: &[&'static Service]) -> Answered {
        let target = faults::Target { verb: &asked.verb, method: None, path: &asked.path };
        let fault = faults::take(&mut inner.state, &target);
        if fault.is_some()
            && let Err(error) = inner.commit()
        {
            return broken_log(&error).into();
        }
        let refusal = fault.as_ref().and_then(faults::refusal).map(|refusal| match refusal {
            Refusal::Answer(response) => response,
            Refusal::Error(error) => refused(services[0], &error, true),
        });
        let mut answered = match refusal {
            Some(response) => {
                let (now, status) = (self.now_for(&inner.state), response.status().as_u16());
                log(inner, now, asked, None, None, Bytes::new(), status, false);
                response.into()
            }
            None => self.batched(inner, asked, services),
        };
        if let Some(fault) = &fault {
            let own = ended(answered.response, Some(fault));
            answered = Answered {
                response: own.response,
                delay: answered.delay + own.delay,
                ending: if own.ending == Ending::Whole { answered.ending } else { own.ending },
            };
        }
        answered
    }

    /// The answers to the calls of a batch.
    fn batched(&self, inner: &mut Inner, asked: &Asked, services: &[&'static Service]) -> Answered {
        let parts = batch::parts(asked);
        let limit = batch_limit(parts.as_deref().unwrap_or_default(), services);
        let parts = match parts {
            Some(parts) if parts.len() <= limit => parts,
            Some(_) => {
                let message =
                    format!("The batch request could not be processed. Number of calls exceeds the limit of {limit}.");
                return exchange::json(400, &ApiError::new(400, "badRequest", message).legacy_body()).into();
            }
            None => {
                let message = "Failed to parse batch request, error: the body is not multipart/mixed.";
                return exchange::json(400, &ApiError::new(400, "badRequest", message).legacy_body()).into();
            }
        };
        let (mut delay, mut ending, mut answers) = (Duration::ZERO, Ending::Whole, Vec::new());
        for part in parts {
            let answered = match &part.asked {
                Some(asked) if uploads::is_place(&asked.path) => {
                    let message = "Media uploads are not supported in a batch.";
                    exchange::json(400, &ApiError::new(400, "badRequest", message).legacy_body()).into()
                }
                Some(asked) => self.api(inner, asked, services, true),
                None => exchange::json(400, &ApiError::new(400, "badRequest", "Bad Request").legacy_body()).into(),
            };
            delay += answered.delay;
            if ending == Ending::Whole {
                ending = answered.ending;
            }
            answers.push((part.content_id, answered.response));
        }
        let mut random = [0; 18];
        self.world().rng.fill(&mut random);
        let boundary = format!("batch_{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random));
        Answered { response: batch::joined(&boundary, answers), delay, ending }
    }

    /// A call of an API, alone or in a batch.
    fn api(&self, inner: &mut Inner, asked: &Asked, services: &[&'static Service], in_batch: bool) -> Answered {
        let now = self.now_for(&inner.state);
        let (verb, query, body) = overridden(asked);
        // Resumable uploads have a path of their own beside that of all uploads.
        let path = asked.path.strip_prefix("/resumable").filter(|rest| rest.starts_with("/upload/"));
        let path = path.unwrap_or(&asked.path);
        let upload = uploads::named(path, &query).filter(|_| uploads::takes(&verb)).map(str::to_owned);
        let found = match &upload {
            Some(id) => {
                let method = uploads::method_of(&inner.state, id);
                service::find(services, path, |known| method.is_none_or(|id| known.id == id))
            }
            None => service::find(services, path, |known| known.verb == verb),
        };
        let Some((service, method, path_params)) = found else {
            log(inner, now, asked, None, None, Bytes::new(), 404, in_batch);
            return exchange::unknown_path(&asked.path).into();
        };
        let target = faults::Target { verb: &verb, method: Some(method.id), path: &asked.path };
        let fault = faults::take(&mut inner.state, &target);
        if fault.is_some()
            && let Err(error) = inner.commit()
        {
            return broken_log(&error).into();
        }

        let pretty = exchange::first(&query, "prettyPrint") != Some("false");
        let mask = exchange::first(&query, "fields").map(Mask::parse).transpose();
        let caller = caller(&inner.state, now, asked, &query, service, method);
        let json_body = body_of(asked, &body);
        let is_logged = body.len() <= LOGGED && json_body.as_ref().is_ok_and(|body| !body.is_null());
        // A copy: the bytes lie in a buffer that is larger than they are.
        let logged_body = if is_logged { Bytes::copy_from_slice(&body) } else { Bytes::new() };
        let who = caller.as_ref().ok().map(|caller| Who {
            account: Some(caller.token.email.clone()),
            client_id: Some(caller.token.client_id.clone()),
        });
        let result = match fault.as_ref().and_then(faults::refusal) {
            Some(Refusal::Answer(response)) => {
                log(inner, now, asked, Some(method), who, logged_body, response.status().as_u16(), in_batch);
                return ended(response, fault.as_ref());
            }
            Some(Refusal::Error(error)) => Err(error),
            None => (|| {
                let token = caller?.token;
                let mask = mask?;
                allowed_alt(&query)?;
                words_are_known(&query, service)?;
                let payer = exchange::first(&query, "quotaUser")
                    .or_else(|| asked.header("x-goog-quota-user"))
                    .or(token.service_account.as_deref())
                    .unwrap_or(&token.sub);
                // What goes on with an upload was paid for at its beginning.
                let meters = std::iter::once(service.name).chain(quota::further(method.id, &query));
                for meter in meters.filter(|_| upload.is_none()) {
                    let spent = inner.usage.spend(&inner.state, now, meter, &token.project, payer, method.cost);
                    spent.map_err(|exceeded| quota::worded(&exceeded, service))?;
                }
                let call = Call {
                    base: asked.base(),
                    place: asked.path.clone(),
                    now,
                    rng: Arc::clone(&self.world().rng),
                    account: token.email,
                    sub: token.sub,
                    client_id: token.client_id,
                    project: token.project,
                    service_account: token.service_account,
                    scopes: token.scopes,
                    method: method.id,
                    in_batch,
                    path_params,
                    query,
                    headers: asked.headers.clone(),
                    body: json_body?,
                    raw: body,
                    uploaded: None,
                };
                let reply = match &upload {
                    Some(id) => uploads::go_on(&mut inner.state, &call, &verb, id, method),
                    None => (method.handler)(&mut inner.state, &call),
                };
                reply.map(|reply| (reply, mask))
            })(),
        };
        let response = match result {
            Ok((reply, mask)) => committed(inner, success(reply, mask.as_ref(), pretty)),
            Err(error) => {
                inner.state.undo();
                refused(service, &error, pretty)
            }
        };
        log(inner, now, asked, Some(method), who, logged_body, response.status().as_u16(), in_batch);
        ended(response, fault.as_ref())
    }
}

/// The services whose batches go to this path.
fn batch_target(asked: &Asked) -> Option<Vec<&'static Service>> {
    // Each API's batches go to the first of its hosts: there is no batch for all of them.
    let fits = |service: &&Service| service.batch_path == asked.path && asked.is_for(&service.hosts[..1]);
    let services: Vec<_> = service::services().iter().filter(fits).collect();
    (asked.verb == http::Method::POST && !services.is_empty()).then_some(services)
}

/// The most calls in a batch: on an address that several services share, of those that are called in it the least.
fn batch_limit(parts: &[batch::Part], services: &[&'static Service]) -> usize {
    let called = parts.iter().filter_map(|part| {
        let asked = part.asked.as_ref()?;
        service::find(services, &asked.path, |known| known.verb == asked.verb).map(|(service, ..)| service)
    });
    let least = called.map(|service| service.batch_limit).min();
    least.or(services.iter().map(|service| service.batch_limit).max()).unwrap_or(0)
}

/// A GET that was too long for an address comes as a POST with the query as a form.
fn overridden(asked: &Asked) -> (http::Method, Vec<(String, String)>, Bytes) {
    let mut query = asked.query.clone();
    let wanted = asked.header("x-http-method-override").filter(|_| asked.verb == http::Method::POST);
    match wanted.and_then(|verb| http::Method::from_bytes(verb.to_ascii_uppercase().as_bytes()).ok()) {
        Some(http::Method::GET) => {
            query.extend(asked.form());
            (http::Method::GET, query, Bytes::new())
        }
        Some(verb) => (verb, query, asked.body.clone()),
        None => (asked.verb.clone(), query, asked.body.clone()),
    }
}

fn body_of(asked: &Asked, body: &Bytes) -> Result<Value, ApiError> {
    let media = asked.media_type();
    let is_json = media.is_empty() || media == "application/json" || media.ends_with("+json");
    if !is_json || body.trim_ascii().is_empty() {
        return Ok(Value::Null);
    }
    match serde_json::from_slice(body) {
        // What is uploaded may be anything, whatever its type says.
        Err(_) if asked.path.contains("/upload/") => Ok(Value::Null),
        read => read.map_err(|_| ApiError::parse_error()),
    }
}

fn allowed_alt(query: &[(String, String)]) -> Result<(), ApiError> {
    match exchange::first(query, "alt") {
        None | Some("json" | "media") => Ok(()),
        Some(other) => Err(ApiError::invalid_parameter("alt", other)),
    }
}

/// What takes some words alone must be one of them; case does not count.
fn words_are_known(query: &[(String, String)], service: &Service) -> Result<(), ApiError> {
    let fits = |(name, value): &(String, String)| {
        let among = |words: &[&str]| value.is_empty() || words.iter().any(|word| word.eq_ignore_ascii_case(value));
        let words = service.words.iter().find(|(known, _)| known == name);
        words.is_none_or(|(_, words)| among(words))
            && (!service.flags.contains(&name.as_str()) || among(&["true", "false"]))
    };
    match query.iter().find(|pair| !fits(pair)) {
        Some((name, value)) => Err(ApiError::invalid_parameter(name, value)),
        None => Ok(()),
    }
}

/// Whose token it is, and whether it is good for the method.
fn caller(
    state: &State,
    now: Timestamp,
    asked: &Asked,
    query: &[(String, String)],
    service: &Service,
    method: &Method,
) -> Result<Caller, ApiError> {
    let token =
        asked.bearer().or_else(|| exchange::first(query, "access_token")).ok_or_else(ApiError::login_required)?;
    let token = oauth::access(state, now, token, service.name).ok_or_else(ApiError::invalid_credentials)?;
    let by_client =
        state.clients.get(&token.client_id).is_some_and(|client| client.disabled_apis.contains(service.name));
    let in_project =
        state.projects.get(&token.project).is_some_and(|project| project.disabled_apis.contains(service.name));
    if by_client || in_project {
        let message = format!(
            "Google {} API has not been used in project {} before or it is disabled. Enable it in the Cloud console, then retry.",
            capitalized(service.name),
            token.project
        );
        let mut error = ApiError::new(403, "accessNotConfigured", message).in_domain("usageLimits");
        error.rpc_status = Some("PERMISSION_DENIED");
        error.details = vec![json!({
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "SERVICE_DISABLED",
            "domain": "googleapis.com",
            "metadata": {"service": format!("{}.googleapis.com", service.name), "consumer": format!("projects/{}", token.project)},
        })];
        return Err(error);
    }
    if !method.scopes.is_empty() && !method.scopes.iter().any(|scope| token.scopes.contains(*scope)) {
        return Err(ApiError::insufficient_scopes(method.scopes, service.name, method.id));
    }
    if service.name == "calendar" && state.user_by_sub(&token.sub).is_some_and(|user| user.without_calendar) {
        let message = "The user must be signed up for Google Calendar.";
        return Err(ApiError::new(403, "notACalendarUser", message).in_domain("calendar"));
    }
    Ok(Caller { token })
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn success(reply: Reply, mask: Option<&Mask>, pretty: bool) -> Response<Bytes> {
    let mut response = match (reply.json, reply.media) {
        (Some(body), _) => {
            let body = match mask {
                Some(mask) => mask.apply(body),
                None => body,
            };
            exchange::json_as(reply.status, &body, pretty)
        }
        (None, Some((kind, bytes))) => {
            let mut response = exchange::empty(reply.status);
            exchange::set(&mut response, "content-type", &kind);
            *response.body_mut() = bytes;
            response
        }
        (None, None) => exchange::empty(reply.status),
    };
    for (name, value) in reply.headers {
        response.headers_mut().insert(name, value);
    }
    response
}

fn refused(service: &Service, error: &ApiError, pretty: bool) -> Response<Bytes> {
    let body = match service.errors {
        ErrorForm::Legacy => error.legacy_body(),
        ErrorForm::Rpc => error.rpc_body(),
    };
    let mut response = exchange::json_as(error.status, &body, pretty);
    if let Some(challenge) = &error.challenge {
        exchange::set(&mut response, "www-authenticate", challenge);
    }
    if let Some(seconds) = error.retry_after {
        exchange::set(&mut response, "retry-after", &seconds.to_string());
    }
    response
}

/// The answer, once what it says is in the log.
fn committed(inner: &mut Inner, response: Response<Bytes>) -> Response<Bytes> {
    match inner.commit() {
        Ok(()) => response,
        Err(error) => {
            inner.state.undo();
            broken_log(&error)
        }
    }
}

pub(crate) fn broken_log(error: &LogError) -> Response<Bytes> {
    tracing::error!(%error, "a change could not be kept");
    exchange::plain(500, format!("{error}\n"))
}

fn ended(mut response: Response<Bytes>, fault: Option<&Fault>) -> Answered {
    let Some(fault) = fault else { return response.into() };
    for (name, value) in &fault.headers {
        let name = http::HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, http::HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    let ending = if fault.lose_answer {
        Ending::Lost
    } else if fault.cut {
        Ending::Cut
    } else {
        Ending::Whole
    };
    Answered { response, delay: faults::delay(fault), ending }
}

#[expect(clippy::too_many_arguments, reason = "one line of the request log has that many columns")]
fn log(
    inner: &mut Inner,
    at: Timestamp,
    asked: &Asked,
    method: Option<&Method>,
    who: Option<Who>,
    body: Bytes,
    status: u16,
    in_batch: bool,
) {
    inner.requests.note(Logged {
        number: 0,
        at,
        verb: asked.verb.to_string(),
        host: asked.host(),
        path: asked.path.clone(),
        query: asked.query.clone(),
        method: method.map(|method| method.id),
        who: who.unwrap_or_default(),
        in_batch,
        if_match: asked.header("if-match").map(str::to_owned),
        body,
        status,
    });
}
