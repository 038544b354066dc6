//! The network of a history: the sandbox, what goes wrong on the way, and the moment at which the process dies.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use bytes::Bytes;
use portico_sandbox::SandboxTransport;
use portico_transport::{Answer, Transport, TransportError};
use serde_json::json;
use tokio::sync::Notify;

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It takes effect, and its answer never comes.
    Lost,
    /// It takes effect, and half of its answer comes.
    Half,
    /// It is refused with this status and reason, and takes no effect.
    Status(u16, &'static str),
    /// A page of HTML comes instead, and it takes no effect.
    Html,
}

/// Which calls something goes wrong with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    List,
    Get,
    Insert,
    Patch,
    Delete,
    Watch,
}

/// Portico's way to Google; people's own hands at Google do not go through it. Armed, it dies at a call: before it is
/// sent, or after it has taken effect.
pub struct Wire {
    inner: SandboxTransport,
    /// Half calls left: odd ones die after the call took effect. Negative: not armed.
    left: AtomicI64,
    died: Notify,
    troubles: Mutex<Vec<(Call, Trouble, u64)>>,
}

fn call(request: &http::Request<Bytes>) -> Option<Call> {
    let path = request.uri().path();
    let rest = path.split_once("/events")?.1;
    Some(match (request.method().as_str(), rest.is_empty()) {
        ("GET", true) => Call::List,
        ("GET", false) => Call::Get,
        ("POST", true) => Call::Insert,
        ("POST", false) if rest == "/watch" => Call::Watch,
        ("PATCH", _) => Call::Patch,
        ("DELETE", _) => Call::Delete,
        _ => return None,
    })
}

impl Wire {
    pub fn new(inner: SandboxTransport) -> Arc<Self> {
        Arc::new(Self { inner, left: AtomicI64::new(-1), died: Notify::new(), troubles: Mutex::default() })
    }

    /// Lets the process die after so many half calls.
    pub fn arm(&self, half_calls: i64) {
        self.left.store(half_calls, Ordering::SeqCst);
    }

    pub fn disarm(&self) {
        self.left.store(-1, Ordering::SeqCst);
    }

    /// The next `times` such calls go wrong.
    pub fn trouble(&self, call: Call, trouble: Trouble, times: u64) {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner).push((call, trouble, times));
    }

    pub fn no_trouble(&self) {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn next_trouble(&self, request: &http::Request<Bytes>) -> Option<Trouble> {
        let call = call(request)?;
        let mut troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        let index = troubles.iter().position(|(kind, ..)| *kind == call)?;
        let trouble = troubles[index].1;
        troubles[index].2 -= 1;
        if troubles[index].2 == 0 {
            troubles.remove(index);
        }
        Some(trouble)
    }

    /// Completes when the process is dead.
    pub async fn death(&self) {
        self.died.notified().await;
    }

    async fn die_here(&self) {
        if self.left.load(Ordering::SeqCst) >= 0 && self.left.fetch_sub(1, Ordering::SeqCst) == 0 {
            self.died.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

fn answer(status: u16, kind: &str, body: String) -> http::Response<Bytes> {
    let answer = http::Response::builder().status(status).header("content-type", kind).body(Bytes::from(body));
    answer.expect("an answer")
}

impl Transport for Wire {
    fn send(&self, request: http::Request<Bytes>) -> Answer<'_> {
        Box::pin(async move {
            self.die_here().await;
            let host = request.uri().host().unwrap_or_default().to_owned();
            match self.next_trouble(&request) {
                Some(Trouble::Status(status, reason)) => {
                    let error = json!({"error": {"code": status, "message": "Trouble", "errors": [
                        {"domain": "global", "reason": reason, "message": "Trouble"}]}});
                    return Ok(answer(status, "application/json", error.to_string()));
                }
                Some(Trouble::Html) => return Ok(answer(200, "text/html", "<html>something is wrong</html>".into())),
                Some(Trouble::Lost) => {
                    let _lost = self.inner.send(request).await;
                    return Err(TransportError::Cut { host });
                }
                Some(Trouble::Half) => {
                    let whole = self.inner.send(request).await?;
                    let (parts, body) = whole.into_parts();
                    return Ok(http::Response::from_parts(parts, body.slice(..body.len() / 2)));
                }
                None => {}
            }
            let answer = self.inner.send(request).await;
            self.die_here().await;
            answer
        })
    }
}
