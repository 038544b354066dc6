//! Thousands of random histories, and those that once went wrong.

use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

use portico_sim::Edition;

/// Plays one history on a runtime of its own.
fn play(edition: Edition, seed: u64) -> Result<(), String> {
    judge(edition, seed, "random", || portico_sim::play(edition, seed))
}

/// What is built without optimisation needs more room than a thread has by itself.
const STACK: usize = 16 << 20;

fn judge<F: Future<Output = portico_sim::Outcome>>(
    edition: Edition,
    seed: u64,
    test: &str,
    history: impl FnOnce() -> F + Send,
) -> Result<(), String> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let judged = thread.spawn_scoped(scope, || judge_here(edition, seed, test, history()));
        judged.map_err(|error| error.to_string())?.join().map_err(|_| "a judge panicked".to_owned())?
    })
}

fn judge_here(
    edition: Edition,
    seed: u64,
    test: &str,
    history: impl Future<Output = portico_sim::Outcome>,
) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| runtime.block_on(history)));
    let number = edition as u64;
    let again = format!(
        "SIM_EDITION={number} SIM_SEED={seed} SIM_HISTORIES=1 cargo test -p portico-sim --test histories {test} -- --nocapture"
    );
    match outcome {
        Ok(outcome) if outcome.wrong.is_empty() => {
            // To look into what a seed plays.
            if setting("SIM_LOG").is_some() {
                println!("{}", outcome.log.join("\n"));
            }
            Ok(())
        }
        Ok(outcome) => Err(format!(
            "\nhistory {seed} went wrong:\n  {}\nwhat happened:\n  {}\nreplay it with\n  {again}\n",
            outcome.wrong.join("\n  "),
            outcome.log.join("\n  ")
        )),
        Err(panic) => {
            let text = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
                .unwrap_or_default();
            Err(format!("\nhistory {seed} panicked: {text}\nreplay it with\n  {again}\n"))
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the test's own settings come from the command line")]
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn edition() -> Edition {
    match setting("SIM_EDITION") {
        Some(1) => Edition::First,
        Some(2) => Edition::Second,
        Some(4) => Edition::Fourth,
        Some(5) => Edition::Fifth,
        _ => Edition::Third,
    }
}

/// How many histories the normal run plays; `cargo xtask sim` plays more.
const HISTORIES: u64 = 2000;

/// How many of them are played on PostgreSQL too.
const ON_POSTGRES: u64 = 60;

/// One history of the edition before for so many of this one: they are denser, and reach what is rare in others.
const ONE_IN: u64 = 10;

#[test]
fn random_histories_come_to_rest_with_both_sides_equal() {
    play_all(edition(), setting("SIM_HISTORIES").unwrap_or(HISTORIES));
}

/// How many of the newest editions: they are young, and each takes four times as long as one of the third.
const OF_THE_NEWEST: u64 = 100;

#[test]
fn histories_of_the_newest_edition_come_to_rest_with_both_sides_equal() {
    play_all(Edition::Fifth, setting("SIM_HISTORIES").unwrap_or(HISTORIES).min(OF_THE_NEWEST));
}

#[test]
fn histories_of_second_calendars_come_to_rest_with_both_sides_equal() {
    play_all(Edition::Fourth, setting("SIM_HISTORIES").unwrap_or(HISTORIES).min(OF_THE_NEWEST));
}

#[test]
fn histories_of_the_edition_before_come_to_rest_with_both_sides_equal() {
    play_all(Edition::Second, setting("SIM_HISTORIES").unwrap_or(HISTORIES) / ONE_IN);
}

fn play_all(edition: Edition, count: u64) {
    let first = setting("SIM_SEED").unwrap_or(1);
    let next = AtomicU64::new(0);
    let failures = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::SeqCst);
                    if index >= count || failures.lock().unwrap().len() >= 5 {
                        return;
                    }
                    if let Err(failure) = play(edition, first + index) {
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} histories went wrong{}", failures.len(), failures.join("\n"));
}

/// The same histories as on SQLite: two engines, one behaviour.
#[test]
fn histories_on_postgresql_come_to_rest_with_both_sides_equal() {
    let count = setting("SIM_HISTORIES").unwrap_or(HISTORIES).min(ON_POSTGRES);
    let first = setting("SIM_SEED").unwrap_or(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for seed in first..first + count {
        let Some(database) = runtime.block_on(portico_parts::postgres()) else { return };
        if let Err(failure) = judge(edition(), seed, "postgresql", || portico_sim::play_on(edition(), seed, database)) {
            panic!("on PostgreSQL: {failure}");
        }
    }
}

/// Histories that once went wrong, by what was wrong.
#[test]
fn histories_that_once_went_wrong() {
    for (edition, seed, what) in [
        (Edition::First, 24, "an occurrence that Google has no more stayed in a colleague's calendar"),
        (Edition::First, 85, "an answer to an occurrence of a series that is gone waited for ever"),
        (Edition::First, 129, "an occurrence that a guest removed came back"),
        (Edition::First, 182, "a colleague waited for a copy of what nobody has"),
        (Edition::First, 266, "the deletion of one occurrence by a guest was not sent"),
        (Edition::First, 446, "an occurrence waited for a series that was never read"),
        (Edition::First, 514, "an answer for a series did not reach an occurrence that only Portico had changed"),
        (Edition::First, 1017, "an occurrence that was read once to be written was taken for gone by a full pull"),
        (
            Edition::First,
            1059,
            "a guest who removed a series at Google had still accepted one of its occurrences there",
        ),
        (Edition::First, 1155, "the same, with the answer given in Portico"),
        (Edition::First, 1293, "a page of HTML in answer to a deletion was taken for its success"),
        (Edition::First, 1804, "an occurrence followed its series' answer and not the removal of its copy"),
        (Edition::First, 1985, "an occurrence that a guest removed before the series was read there came back"),
        (
            Edition::Second,
            14,
            "an occurrence that was edited here and called off at Google kept the edit in no conflict",
        ),
        (
            Edition::Second,
            29,
            "a guest who had changed a colour said no, by mail, to an occurrence that its organizer called off",
        ),
        (Edition::Second, 78, "a series that was deleted at Google took an unsent edit of an occurrence along"),
        (Edition::Second, 159, "an answer to an occurrence went out although that of its series had failed"),
        (Edition::Second, 185, "a change of colour mailed the guests of an event that was made without telling them"),
        (Edition::Second, 1407, "an answer to an occurrence of a series that the guest had lost waited for ever"),
        (Edition::Second, 1468, "an occurrence that Google brought outlived its series, which was deleted here"),
        (Edition::Second, 1541, "a colleague waited for a copy of what the first guest had removed and nobody has"),
        (Edition::Second, 1928, "a series that was cut in two mailed once more of an occurrence that it took along"),
        (
            Edition::Third,
            197,
            "an occurrence that one guest had removed was called off for a guest who was connected later",
        ),
        (Edition::Third, 324, "an occurrence that Google does not list did not follow the colour of its series"),
        (Edition::Third, 337, "an occurrence that only a colleague had changed outlived the times of its series"),
        (Edition::Third, 548, "an occurrence that its series brings was taken for a copy that nobody has"),
        (Edition::Third, 560, "an occurrence was sent although its series had failed, and was taken for gone"),
        (
            Edition::Third,
            689,
            "a colleague without Google answered, and the guests were mailed of an event made without telling",
        ),
        (
            Edition::Third,
            841,
            "an occurrence that was declined here before its series was linked was not declined at Google",
        ),
        (Edition::Third, 931, "an answer to an occurrence that its series had no more kept it alive for the organizer"),
        (
            Edition::Second,
            1304,
            "an answer to a series at Google overwrote that to an occurrence of it, which was removed here before",
        ),
        (Edition::Third, 1789, "a colleague who connected kept an outsider's event that was gone by then"),
        (Edition::Third, 1847, "the same, of one who had disconnected"),
        (Edition::Third, 1836, "an answer to an occurrence, given here before Google was connected, was not sent"),
        (
            Edition::Third,
            1886,
            "an occurrence that the first guest had removed did not follow its series for a colleague",
        ),
        (Edition::Third, 2586, "a guest who removed the copy that led left the others with what it had said last"),
        (Edition::Third, 4811, "the same, of a copy that was read before the change"),
        (Edition::Third, 2594, "who removed a whole series had not declined an occurrence that had been changed"),
        (Edition::Third, 4589, "an occurrence stayed away after its series had come back"),
        (
            Edition::Third,
            3871,
            "an occurrence of a series that was made anew at Google was twice in the calendar of a guest who declined it",
        ),
        (
            Edition::Third,
            9158,
            "an occurrence that the first guest had removed was called off for a guest who had read it before",
        ),
        (Edition::Fourth, 2, "a colleague's invitation to a private event was not private before Google had its copy"),
        (Edition::Fourth, 4, "an edit that waited was lost when its event was moved at Google"),
        (Edition::Fourth, 7, "a move that waited was forgotten when Google brought a change of the same event"),
        (Edition::Fourth, 13, "an event that was moved at Google was twice in a guest's calendar"),
        (Edition::Fourth, 26, "a move that waited was forgotten when the connection began anew"),
        (Edition::Fourth, 30, "an event that was moved at Google was missing where its owner is a guest of it"),
        (Edition::Fourth, 73, "a guest's answer to a private event was forgotten, and its time stayed taken"),
        (
            Edition::Fifth,
            26,
            "an edit of an occurrence that waited was forgotten when its series was moved at Google and taken for deleted",
        ),
        (
            Edition::Fifth,
            27,
            "what a guest without Google made of an invitation's privacy was forgotten with Google's copy",
        ),
        (
            Edition::Fifth,
            117,
            "what was the calendar's own, and waited, was forgotten when its event was moved at Google",
        ),
        (
            Edition::Fifth,
            177,
            "a colleague whose invitation had not come yet kept it after its organizer had deleted all by a reset",
        ),
        (
            Edition::Fifth,
            270,
            "a guest whom Google added to one occurrence went with its series, which was deleted here, in no conflict",
        ),
        (
            Edition::Fifth,
            277,
            "a changed occurrence stayed in the calendar from which its series was moved while nothing was connected",
        ),
        (Edition::Fifth, 232, "what Google changed while a link only wrote was not seen when the link read again"),
    ] {
        if let Err(failure) = play(edition, seed) {
            panic!("{what}: {failure}");
        }
    }
}
