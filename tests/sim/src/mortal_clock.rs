//! The clock of a process that dies when it looks at it once too often: between any two of its steps, on either side of a
//! commit.

use std::{
    panic::resume_unwind,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use portico_world::{Clock, Sleep, VirtualClock};

/// What the unwinding of a dying process carries.
pub struct Death;

pub struct MortalClock {
    inner: Arc<VirtualClock>,
    /// Looks left. Negative: not armed.
    left: AtomicI64,
}

impl MortalClock {
    pub fn new(inner: Arc<VirtualClock>) -> Arc<Self> {
        Arc::new(Self { inner, left: AtomicI64::new(-1) })
    }

    /// Lets the process die at a look after so many.
    pub fn arm(&self, looks: i64) {
        self.left.store(looks, Ordering::SeqCst);
    }

    pub fn disarm(&self) {
        self.left.store(-1, Ordering::SeqCst);
    }
}

impl Clock for MortalClock {
    fn now(&self) -> Timestamp {
        if self.left.load(Ordering::SeqCst) >= 0 && self.left.fetch_sub(1, Ordering::SeqCst) == 0 {
            resume_unwind(Box::new(Death));
        }
        self.inner.now()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        self.inner.sleep(duration)
    }
}
