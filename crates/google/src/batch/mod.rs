//! Many calls in one: a `multipart/mixed` body whose parts are HTTP requests.
//! <https://developers.google.com/workspace/calendar/api/guides/batch>

mod multipart;

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use http::{Method, Response, header};
use portico_world::SecretString;

use crate::{
    Client, Error, Kind, Request, RetryPolicy,
    client::{Wire, read_json, unreadable},
    envelope,
};

/// Calls in one batch. Google takes more of some services, and advises against it.
const CHUNK: usize = 50;

/// Where the batches of a service go: its root, and the discovery document's `batchPath` with a slash before it.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) root: &'static str,
    pub(crate) path: &'static str,
}

/// A call that has no final answer yet.
struct Open {
    /// Its place among the caller's.
    index: usize,
    /// Whether one of its sendings may have been carried out.
    effect: bool,
}

/// What came of one sending of some calls: the answers by the place of their call, or an error for all of them.
type Answers = Result<BTreeMap<usize, Response<Bytes>>, Error>;

impl Client {
    /// The answer to each of `requests`, in their order. Those that failed for a passing reason, and those alone, are sent
    /// again under the same rules as single calls.
    pub(crate) async fn batch<T>(
        &self,
        place: Place,
        requests: Vec<Request>,
        read: fn(&[u8]) -> Result<T, serde_json::Error>,
    ) -> Vec<Result<T, Error>> {
        let requests: Vec<Request> = requests.into_iter().map(|request| self.paid(request)).collect();
        let mut results: Vec<Option<Result<T, Error>>> = requests.iter().map(|_| None).collect();
        let mut open: Vec<Open> = (0..requests.len()).map(|index| Open { index, effect: false }).collect();
        let (world, patience) = (self.world(), self.patience());
        let (started, mut attempts, mut may_refresh) = (world.now(), 0, true);
        while !open.is_empty() {
            attempts += 1;
            let (mut again, mut asked) = (Vec::new(), Duration::ZERO);
            let mut refused: Option<SecretString> = None;
            let mut unauthorized = Vec::new();
            for chunk in open.chunks(CHUNK) {
                let token = self.credentials.access_token().await;
                let mut answers = match &token {
                    Ok(_) => self.send(place, &requests, chunk).await,
                    Err(error) => Err(error.clone()),
                };
                for call in chunk {
                    let request = &requests[call.index];
                    let error = match settle(request, call.index, &mut answers, read, world.now()) {
                        Ok(value) => {
                            results[call.index] = Some(Ok(value));
                            continue;
                        }
                        Err(error) => error.with_attempts(attempts),
                    };
                    let effect = call.effect || error.may_have_taken_effect();
                    let in_part = answers.is_ok() && error.kind() == &Kind::Unauthorized;
                    if in_part && may_refresh {
                        refused = refused.or_else(|| token.as_ref().ok().cloned());
                        unauthorized.push((Open { index: call.index, effect }, error));
                    } else if error.may_repeat(request.repeatable) {
                        asked = asked.max(error.retry_after().unwrap_or_default());
                        again.push((Open { index: call.index, effect }, error));
                    } else {
                        results[call.index] = Some(Err(error.with_effect(effect)));
                    }
                }
            }
            if let Some(refused) = refused {
                may_refresh = false;
                tracing::debug!("401 in a batch: asking for a new access token");
                if let Err(error) = self.credentials.refresh(&refused).await {
                    for (call, part) in unauthorized.drain(..) {
                        let error = error.clone().of_operation(part.operation());
                        results[call.index] = Some(Err(error.with_effect(call.effect)));
                    }
                }
            }
            if !again.is_empty() {
                let wait = patience.backoff.wait(attempts - 1, &*world.rng).max(asked);
                let spent = world.now().duration_since(started).unsigned_abs();
                let in_time = spent.checked_add(wait).is_some_and(|total| total <= patience.deadline);
                tracing::debug!(attempts, calls = again.len(), "calls of a batch to Google failed");
                if attempts >= patience.attempts || !in_time {
                    for (call, error) in again.drain(..) {
                        let error = error.with_effect(call.effect).with_retry_after(Some(wait));
                        results[call.index] = Some(Err(error));
                    }
                } else {
                    world.clock.sleep(wait).await;
                }
            }
            open = unauthorized.into_iter().chain(again).map(|(call, _)| call).collect();
            open.sort_unstable_by_key(|call| call.index);
        }
        results.into_iter().flatten().collect()
    }

    /// Sends the calls of one chunk, once.
    async fn send(&self, place: Place, requests: &[Request], chunk: &[Open]) -> Answers {
        let mut parts = Vec::with_capacity(chunk.len());
        for call in chunk {
            // One that cannot be sent is told of when its answer is looked for.
            if let Ok(part) = requests[call.index].build("", None) {
                parts.push((call.index, part));
            }
        }
        if parts.is_empty() {
            return Ok(BTreeMap::new());
        }
        let boundary = format!("batch_{:016x}{:016x}", self.world().rng.next_u64(), self.world().rng.next_u64());
        let request = Request::new("batch", Method::POST, place.root, place.path, &[]);
        let request =
            request.body(&format!("multipart/mixed; boundary={boundary}"), multipart::write(&boundary, &parts));
        let sent: Vec<usize> = parts.iter().map(|(index, _)| *index).collect();
        // Google counts the calls in a batch and not the batch.
        let started = self.world().now();
        for index in &sent {
            self.wire.wait_for_room(&requests[*index], Some(&*self.credentials), started).await?;
        }
        let wire = Wire { retry: RetryPolicy { attempts: 1, ..*self.patience() }, ..self.wire.clone() };
        let root = self.place(place.root).to_owned();
        wire.exchange(&request, &root, Some(&*self.credentials), envelope::explain, |answer| {
            let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
            Ok(multipart::read(kind.unwrap_or_default(), answer.body(), &sent))
        })
        .await
        .map_err(of_the_batch)
    }
}

/// What a refusal of the batch as a whole means for its calls. That the batch's address is not there, or is in use, says
/// nothing of the things that its calls are about.
fn of_the_batch(error: Error) -> Error {
    match error.kind() {
        Kind::NotFound
        | Kind::Deleted
        | Kind::FullSyncRequired
        | Kind::BadCursor
        | Kind::Duplicate
        | Kind::PreconditionFailed => error.of_kind(Kind::Invalid),
        _ => error,
    }
}

/// The answer to one call.
fn settle<T>(
    request: &Request,
    index: usize,
    answers: &mut Answers,
    read: fn(&[u8]) -> Result<T, serde_json::Error>,
    now: jiff::Timestamp,
) -> Result<T, Error> {
    request.build("", None)?;
    let answers = answers.as_mut().map_err(|error| error.clone().of_operation(request.operation))?;
    let Some(answer) = answers.remove(&index) else {
        let message = "the answer to the batch has no whole part for this call";
        return Err(Error::custom(Kind::Transient, request.operation, message).with_effect(true));
    };
    if !request.accepts(answer.status()) {
        return Err(envelope::explain(request.operation, &answer, now));
    }
    read_json(&answer, |body| read(body)).map_err(|problem| unreadable(request.operation, answer.status(), &problem))
}
