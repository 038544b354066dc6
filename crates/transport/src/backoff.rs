use std::time::Duration;

use portico_world::Rng;

/// Truncated exponential backoff with jitter: the n-th wait is drawn from ±25 % around `first` × 2ⁿ, at most `longest`.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// The middle of the first wait.
    pub first: Duration,
    /// No wait is longer than this.
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_secs(1), longest: Duration::from_secs(64) }
    }
}

impl Backoff {
    /// How long to wait after the failed try number `attempt`, counted from 0.
    pub fn wait(&self, attempt: u32, rng: &dyn Rng) -> Duration {
        let middle = self.first.saturating_mul(2_u32.saturating_pow(attempt.min(20))).min(self.longest);
        let spread = rng.below(501) as f64 / 1000.0;
        middle.mul_f64(0.75 + spread).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use portico_world::SeededRng;

    use super::*;

    #[test]
    fn waits_grow_stay_within_a_quarter_and_never_pass_the_longest() {
        let (backoff, rng) = (Backoff::default(), SeededRng::new(1));
        for attempt in 0..40 {
            let middle = 2_f64.powi(attempt.min(6)).min(64.0);
            let wait = backoff.wait(attempt as u32, &rng).as_secs_f64();
            assert!(wait >= middle * 0.749 && wait <= (middle * 1.251).min(64.0), "{attempt}: {wait}");
        }
    }
}
