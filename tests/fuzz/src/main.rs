//! `portico-fuzz TARGET|all MINUTES SEED`: what `cargo xtask fuzz` runs.

use std::{path::Path, process::ExitCode, time::Duration};

use portico_fuzz::{TARGETS, run};
use portico_world::World;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [name, minutes, seed] = words.as_slice() else {
        eprintln!("portico-fuzz TARGET|all MINUTES SEED");
        return ExitCode::FAILURE;
    };
    let chosen: Vec<_> = TARGETS.iter().filter(|target| name == "all" || name == target.name).collect();
    let (Ok(minutes), Ok(seed), false) = (minutes.parse::<f64>(), seed.parse(), chosen.is_empty()) else {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        eprintln!(
            "There is no such target, or the minutes or the seed are no numbers. Targets: all {}",
            names.join(" ")
        );
        return ExitCode::FAILURE;
    };
    let world = World::real();
    let kept = Path::new("target/fuzz").to_path_buf();
    let share = Duration::from_secs_f64(minutes.max(0.0) * 60.0) / u32::try_from(chosen.len()).unwrap_or(1);
    for target in chosen {
        let begun = world.now();
        let mut go_on = |_| world.now().duration_since(begun).unsigned_abs() < share;
        match run(target, seed, &kept, &mut go_on) {
            Ok(count) => println!("{}: {count} altered inputs, no panic", target.name),
            Err(problem) => {
                eprintln!("{problem}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
