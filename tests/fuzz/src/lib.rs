//! Garbage for everything that reads what others wrote. It runs on stable Rust: good inputs are altered by chance, from a
//! seed that can be repeated, and a target fails when it panics.
//!
//! A short run of every target is part of the tests; a long one is `cargo xtask fuzz [TARGET] [MINUTES]`.

mod mutate;
mod sandbox;
mod targets;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
};

use portico_world::{Rng, SeededRng};

pub use targets::TARGETS;

/// Something that reads bytes.
pub struct Target {
    /// Its name on the command line.
    pub name: &'static str,
    /// Good inputs, from which the bad ones are made.
    pub good: &'static [&'static [u8]],
    /// Reads an input and panics when something is wrong with how.
    pub read: fn(&[u8]),
}

/// Reads altered inputs of the seeds from `seed` on while `go_on` (which is told how many were read) says so. The first
/// panic ends it: the input is kept in `kept`, and the answer says how to repeat it.
pub fn run(target: &Target, seed: u64, kept: &PathBuf, go_on: &mut dyn FnMut(u64) -> bool) -> Result<u64, String> {
    let mut count = 0;
    for input in target.good {
        attempt(target, input, "as it is", kept)?;
    }
    while go_on(count) {
        let seed = seed + count;
        let rng = SeededRng::new(seed);
        let input = mutate::altered(target.good, &rng as &dyn Rng);
        attempt(target, &input, &format!("of seed {seed}"), kept)?;
        count += 1;
    }
    Ok(count)
}

fn attempt(target: &Target, input: &[u8], which: &str, kept: &PathBuf) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(|| (target.read)(input))).map_err(|_| {
        let path = kept.join(format!("{}.failed", target.name));
        let stored = std::fs::create_dir_all(kept).and_then(|()| std::fs::write(&path, input));
        let place = if stored.is_ok() { path.display().to_string() } else { "nowhere".to_owned() };
        format!("{} panics on the input {which}, kept in {place}", target.name)
    })
}
