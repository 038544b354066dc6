use std::sync::Arc;

use bytes::Bytes;
use portico_transport::{Answer, Transport, TransportError};

use crate::{Sandbox, http::exchange::Ending};

/// The sandbox in place of the network: whatever host a request is for, the sandbox answers it, in this process.
///
/// With a seeded world it repeats itself exactly. It sends no push message by itself: see [`Sandbox::deliver_pushes`].
#[derive(Clone)]
pub struct SandboxTransport {
    sandbox: Arc<Sandbox>,
}

impl SandboxTransport {
    /// A transport that leads to `sandbox`.
    pub fn new(sandbox: Arc<Sandbox>) -> Self {
        Self { sandbox }
    }
}

impl Transport for SandboxTransport {
    fn send(&self, request: ::http::Request<Bytes>) -> Answer<'_> {
        Box::pin(async move {
            let Some(host) = request.uri().host().map(str::to_owned) else {
                return Err(TransportError::Unsendable { reason: "the address is not absolute".into() });
            };
            let answered = self.sandbox.answer(request, "https");
            if !answered.delay.is_zero() {
                self.sandbox.world().clock.sleep(answered.delay).await;
            }
            match answered.ending {
                Ending::Whole => Ok(answered.response),
                Ending::Cut | Ending::Lost => Err(TransportError::Cut { host }),
            }
        })
    }
}
