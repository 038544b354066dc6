//! Google's push messages on their way to the portal: most arrive, some twice, some late, some never.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::HeaderMap;
use portico_app::push_channels;
use portico_transport::{Answer, Transport};
use portico_world::Rng as _;

use crate::{edits::Ledger, history::Edition, stage::Stage};

/// Takes what Google pushes and keeps it until it is delivered.
#[derive(Default)]
pub struct Post {
    waiting: Mutex<Vec<HeaderMap>>,
}

impl Post {
    fn take(&self) -> Vec<HeaderMap> {
        std::mem::take(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, message: HeaderMap) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(message);
    }
}

impl Transport for Post {
    fn send(&self, request: http::Request<Bytes>) -> Answer<'_> {
        self.put(request.into_parts().0.headers);
        Box::pin(async { Ok(http::Response::new(Bytes::new())) })
    }
}

/// What Google has pushed until now comes, or does not.
pub async fn deliver(stage: &Stage, ledger: &mut Ledger, step: usize) {
    stage.push().await;
    for message in stage.post.take() {
        let (times, what) = match stage.rng.below(10) {
            0 | 1 => (0, "is lost"),
            2 => (2, "comes twice"),
            3 | 4 => {
                stage.post.put(message);
                continue;
            }
            _ => (1, "comes"),
        };
        for _ in 0..times {
            push_channels::receive_headers(&stage.app, &message).await.expect("a message is taken");
        }
        ledger.log.push(format!("{step}: a push message {what}"));
    }
}

/// Everything that is on its way comes.
pub async fn deliver_all(stage: &Stage) {
    if stage.edition < Edition::Third {
        return;
    }
    stage.push().await;
    for message in stage.post.take() {
        push_channels::receive_headers(&stage.app, &message).await.expect("a message is taken");
    }
}
