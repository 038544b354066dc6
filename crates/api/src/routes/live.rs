//! Live updates as server-sent events.

use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::{Stream, stream};
use portico_app::{App, Caller, Error, SignedIn, changes};
use portico_kernel::{TenantId, Timestamp};
use tokio::sync::broadcast::Receiver;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::changes::ChangeItem;
use crate::{Failure, Problem, Reader, Signed};

/// So long a stream goes on without asking anew whether its reader is still signed in, and what for, in seconds.
const TRUSTED: i64 = 15;

/// After this long the browser connects anew, and is asked who it is, in seconds.
const LONGEST: i64 = 15 * 60;

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(follow))
}

struct Following {
    app: Arc<App>,
    caller: Caller<SignedIn>,
    commits: Receiver<(TenantId, i64)>,
    /// The number up to which everything was told.
    after: i64,
    ready: VecDeque<ChangeItem>,
    asked_at: Timestamp,
    until: Timestamp,
}

impl Following {
    /// The next change; none when it is time to connect anew, or to another process because this one ends.
    async fn next(&mut self) -> Option<ChangeItem> {
        let app = self.app.clone();
        tokio::select! {
            biased;
            () = app.live.stopping() => None,
            item = self.next_change() => item,
        }
    }

    async fn next_change(&mut self) -> Option<ChangeItem> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(item);
            }
            let now = self.app.now();
            if now >= self.until {
                return None;
            }
            if now >= self.asked_at.plus_seconds(TRUSTED) {
                match self.app.renew(&self.caller).await {
                    Ok(Some(caller)) => (self.caller, self.asked_at) = (caller, now),
                    Ok(None) => return None,
                    Err(error) => {
                        tracing::warn!(%error, "live updates pause");
                        return None;
                    }
                }
            }
            match changes::list(&self.app, &self.caller, self.after, 200).await {
                Ok(page) => {
                    let moved = page.next > self.after;
                    self.after = page.next;
                    self.ready.extend(page.items.into_iter().map(ChangeItem::from));
                    if moved {
                        continue;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "live updates pause");
                    return None;
                }
            }
            self.told().await;
        }
    }

    /// Waits until this tenant's journal has grown, or a little while: another process may not be heard.
    async fn told(&mut self) {
        let tick = self.app.world.clock.sleep(Duration::from_secs(5));
        tokio::pin!(tick);
        loop {
            tokio::select! {
                told = self.commits.recv() => match told {
                    Ok((tenant, seq)) if tenant == self.caller.tenant && seq > self.after => return,
                    Ok(_) => {}
                    Err(_) => break,
                },
                () = &mut tick => return,
            }
        }
        // Too many at once: the journal has them all.
    }
}

/// Follow changes live
#[utoipa::path(get, path = "/events", operation_id = "follow_changes", tag = "journal",
    params(("Last-Event-ID" = Option<String>, Header, description = "The number of the last change that was received")),
    responses(
    (status = 200, description = "A stream of `change` events; the id of each is its number", content_type = "text/event-stream", body = String),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 422, description = "The number is not one", body = Problem),
))]
async fn follow(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<SignedIn>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let commits = app.live.follow();
    let head = changes::head(&app, &caller).await.map_err(fail)?;
    let after = match headers.get("last-event-id").map(|id| id.to_str().unwrap_or_default()) {
        Some(text) => {
            let last: i64 = text.parse().map_err(|_| fail(Error::field("last-event-id", "unknown")))?;
            // A number that is not there yet is of another database: what comes next is told all the same.
            last.min(head)
        }
        None => head,
    };
    let asked_at = app.now();
    let until = asked_at.plus_seconds(LONGEST);
    let following = Following { app, caller, commits, after, ready: VecDeque::new(), asked_at, until };
    let events = stream::unfold(following, |mut following| async move {
        let item = following.next().await?;
        let event = Event::default().event("change").id(item.seq.to_string());
        let event = event.json_data(&item).unwrap_or_default();
        Some((Ok(event), following))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(20)).text("ping")))
}
