use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use portico_transport::Transport;
use portico_world::World;
use tokio::sync::Notify;

use crate::{
    http::{
        exchange::{Answered, Asked},
        quota::Usage,
        requests::Requests,
    },
    state::{Log, LogError, Setting, State},
};

/// A Google of one's own.
pub struct Sandbox {
    inner: Mutex<Inner>,
    world: World,
    push: Arc<dyn Transport>,
    pushes: Notify,
}

/// What the lock protects.
pub(crate) struct Inner {
    pub state: State,
    pub usage: Usage,
    pub requests: Requests,
    log: Option<Log>,
}

/// The name of the clock's row.
pub(crate) const CLOCK: &str = "clock";

impl Sandbox {
    /// Opens the sandbox that lives in `folder`, or makes one there; without a folder it lives in memory.
    ///
    /// `push` carries the messages of push channels to their receivers.
    pub fn open(folder: Option<&Path>, world: World, push: Arc<dyn Transport>) -> Result<Arc<Self>, LogError> {
        let mut state = State::default();
        let log = folder.map(|folder| Log::open(folder, &mut state)).transpose()?;
        let inner = Inner { state, usage: Usage::default(), requests: Requests::default(), log };
        Ok(Arc::new(Self { inner: Mutex::new(inner), world, push, pushes: Notify::new() }))
    }

    /// The sandbox's time: the world's clock, unless it was set otherwise.
    pub fn now(&self) -> Timestamp {
        self.now_for(&self.lock().state)
    }

    pub(crate) fn now_for(&self, state: &State) -> Timestamp {
        let now = self.world.now();
        match state.settings.get(CLOCK) {
            Some(Setting::ClockOffset(ahead)) => {
                now.checked_add(SignedDuration::from_micros(*ahead)).unwrap_or(Timestamp::MAX)
            }
            Some(Setting::ClockStopped(at)) => *at,
            _ => now,
        }
    }

    /// The clock and chance that it was opened with.
    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    /// What carries push messages.
    pub(crate) fn push_transport(&self) -> Arc<dyn Transport> {
        self.push.clone()
    }

    /// Answers a request. `scheme` is the scheme of requests whose address does not say it.
    pub(crate) fn answer(&self, request: ::http::Request<Bytes>, scheme: &str) -> Answered {
        let asked = Asked::new(request, scheme);
        let mut inner = self.lock();
        let answered = self.dispatch(&mut inner, &asked);
        let has_post = inner.has_post();
        drop(inner);
        if has_post {
            self.pushes.notify_one();
        }
        answered
    }

    /// Carries out a change whole: it is in the log when this returns, or nothing has changed.
    pub(crate) fn transact<R>(&self, change: impl FnOnce(&mut State, Timestamp) -> R) -> Result<R, LogError> {
        let mut inner = self.lock();
        let now = self.now_for(&inner.state);
        let result = change(&mut inner.state, now);
        inner.commit()?;
        Ok(result)
    }

    /// Sends the push messages and security events that are due and gives their number. A simulation calls this; a served sandbox does it
    /// by itself.
    pub async fn deliver_pushes(&self) -> usize {
        crate::risc::deliver(self).await + crate::calendar::channels::deliver(self).await.0
    }

    /// Sends push messages as they become due, for ever.
    pub(crate) async fn keep_delivering(&self) {
        loop {
            crate::risc::deliver(self).await;
            let (_, next) = crate::calendar::channels::deliver(self).await;
            match next {
                Some(at) => {
                    let wait = at.duration_since(self.now()).max(SignedDuration::from_millis(1));
                    tokio::select! {
                        () = self.world.clock.sleep(wait.unsigned_abs()) => {}
                        () = self.pushes.notified() => {}
                    }
                }
                None => self.pushes.notified().await,
            }
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(|poisoned: PoisonError<_>| {
            // A panic in the middle of a change: what it had changed goes.
            self.inner.clear_poison();
            let mut inner = poisoned.into_inner();
            inner.state.undo();
            inner
        })
    }
}

impl Inner {
    /// Writes what changed to the log; when that fails, takes it back.
    pub fn commit(&mut self) -> Result<(), LogError> {
        match &mut self.log {
            Some(log) => log.append(&mut self.state),
            None => {
                self.state.settle();
                Ok(())
            }
        }
    }

    /// Whether something waits to be sent: a push message, a security event, or a Meet request to be worked off.
    fn has_post(&mut self) -> bool {
        crate::calendar::channels::has_post(&mut self.state) || crate::risc::has_post(&self.state)
    }

    /// Empties everything.
    pub fn reset(&mut self) -> Result<(), LogError> {
        self.state.clear();
        self.usage = Usage::default();
        self.requests = Requests::default();
        match &mut self.log {
            Some(log) => log.rewrite(&mut self.state),
            None => Ok(()),
        }
    }
}
