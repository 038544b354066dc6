//! The outside as parameters: time, chance and secrets.
//!
//! Everything that would make a run unrepeatable comes in through this crate, so that days of two-way sync with faults
//! and crashes can be replayed from a seed. The network is the fourth parameter; it lives in `portico-transport`.

mod clock;
mod rng;
mod secret;

pub use clock::{Clock, Sleep, SystemClock, VirtualClock};
pub use rng::{Rng, SeededRng, SystemRng};
pub use secret::{ExposeSecret, Secret, SecretString};

use std::sync::Arc;

/// The clock and the source of chance, cloned to wherever they are needed.
#[derive(Clone)]
pub struct World {
    /// Where the current time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where chance comes from.
    pub rng: Arc<dyn Rng>,
}

impl World {
    /// The real time and the operating system's randomness.
    pub fn real() -> Self {
        Self { clock: Arc::new(SystemClock), rng: Arc::new(SystemRng) }
    }

    /// A world that starts at `now` and repeats itself for the same `seed`.
    pub fn seeded(now: jiff::Timestamp, seed: u64) -> (Self, Arc<VirtualClock>) {
        let clock = Arc::new(VirtualClock::new(now));
        (Self { clock: clock.clone(), rng: Arc::new(SeededRng::new(seed)) }, clock)
    }

    /// The current instant.
    pub fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// A new time-ordered id (RFC 9562 version 7) from this world's clock and chance.
    pub fn new_uuid(&self) -> uuid::Uuid {
        let mut random = [0; 10];
        self.rng.fill(&mut random);
        let millis = u64::try_from(self.clock.now().as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}
