//! What people run while they work on Portico: `cargo xtask demo | build | test | check | sim | fuzz | bench`.

mod bench;
mod build;
mod check;
mod demo;
mod setup;
mod shell;
mod test;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask demo [--json] [--port N] [--data DIR]   the portal with sample companies and a local Google; nothing else needed
cargo xtask build                                   the portico binary to install, with the web app inside: target/release/portico
cargo xtask test                                    everything: formats, lints, units, both databases, simulation, browser, Google's clients
cargo xtask check                                   the fast part of it, for every day
cargo xtask sim [HISTORIES] [SEED]                  more simulated histories, or the one of a seed
cargo xtask fuzz [TARGET] [MINUTES] [SEED]          garbage for what reads others' files and messages; all targets, ten minutes
cargo xtask bench                                   the measured comparisons, printed as a table";

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    std::env::set_current_dir(shell::root())?;
    match command.as_str() {
        "demo" => demo::run(&rest),
        "build" => build::run(),
        "test" => test::run(),
        "check" => check::run(),
        "sim" => test::simulate(&rest),
        "fuzz" => test::fuzz(&rest),
        "bench" => bench::run(&rest),
        "" | "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => bail!("there is no 'cargo xtask {other}'. There are:\n{HELP}"),
    }
}
