//! A test that cannot run on this machine says so, loudly, or fails where its part is required.

use std::io::Write as _;

/// Says on the terminal what was not tested and why. With `switch=1` in the environment, as `cargo xtask test` sets it, that
/// is a failure.
#[track_caller]
pub fn skipped(switch: &str, what: &str) {
    #[expect(clippy::disallowed_methods, reason = "the switch of the test command")]
    let required = std::env::var_os(switch).is_some_and(|value| value == "1");
    assert!(!required, "{switch}=1 and yet: {what}");
    // Past the test harness, which keeps back what a passing test prints.
    let _ = writeln!(std::io::stderr(), "\nSKIPPED: {what}\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_required_goes_on() {
        skipped("TEST_REQUIRE_NOTHING_OF_THE_KIND", "nothing; this line is the test of such lines");
    }
}
