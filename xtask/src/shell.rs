//! Running other programs, with their names and times shown.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

/// The checkout's root folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the checkout").to_path_buf()
}

/// A program to run in the checkout's root, its words given as one list.
pub fn command(words: &[&str]) -> Command {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).current_dir(root());
    command
}

/// `cargo` as this build uses it.
pub fn cargo(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(words).current_dir(root());
    command
}

/// Whether a program is on the PATH.
pub fn has(program: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("command -v {program} >/dev/null 2>&1")])
        .status()
        .is_ok_and(|s| s.success())
}

/// Runs one named step and fails with its name.
#[expect(clippy::disallowed_methods, reason = "shows people how long a step took")]
pub fn step(name: &str, mut command: Command) -> Result<()> {
    println!("\n== {name}");
    let begun = std::time::Instant::now();
    let status =
        command.status().with_context(|| format!("{name}: {:?} could not be started", command.get_program()))?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    println!("== {name}: done in {:.1} s", begun.elapsed().as_secs_f64());
    Ok(())
}
