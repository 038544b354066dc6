//! Looks through everything that the tests of a binary log, for what must not be seen: tokens, keys, codes and people.

use std::{
    io,
    sync::{
        Once,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

/// What no test may log, whatever it is about: how tokens, keys and codes begin, and the people of the tests.
pub const NOWHERE: [&str; 13] = [
    "ya29.",
    "1//",
    "GOCSPX",
    "eyJ",
    "4/0A",
    "PRIVATE KEY",
    "@example.com",
    "@example.test",
    "@x.cz",
    "Secret lunch",
    "Divorce",
    "王小明",
    "面試",
];

/// How many pieces have been looked through.
static WATCHED: AtomicUsize = AtomicUsize::new(0);

/// Looks through what is logged from now on, at the finest level. A secret ends the whole run, for what another thread logs
/// cannot fail the test that it belongs to. May be called again and again.
pub fn install() {
    static WATCHING: Once = Once::new();
    WATCHING.call_once(|| {
        let watched = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
        watched.with_writer(|| Watch).init();
    });
}

/// How many pieces of log have been looked through so far.
pub fn watched() -> usize {
    WATCHED.load(SeqCst)
}

/// What of [`NOWHERE`] stands in a text.
pub fn secret_in(text: &str) -> Option<&'static str> {
    NOWHERE.into_iter().find(|secret| text.contains(secret))
}

struct Watch;

impl io::Write for Watch {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WATCHED.fetch_add(1, SeqCst);
        let text = String::from_utf8_lossy(bytes);
        if let Some(secret) = secret_in(&text) {
            // Past what the test harness keeps back.
            let _ = writeln!(io::stderr(), "\n{secret} is in the log: {text}");
            std::process::abort();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_logged_is_looked_through_and_a_secret_is_seen() {
        install();
        install();
        let before = watched();
        tracing::trace!(connection = "c1", "nothing of note");
        assert!(watched() > before);
        assert_eq!(secret_in("refreshed with 1//0g"), Some("1//"));
        assert_eq!(secret_in("a call to Google failed: calendar.events.get"), None);
    }
}
