//! `cargo xtask bench`: measures, prints a table, and writes it into the documents if asked to.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Parser;
use portico_bench::{Plan, Size, run};

/// Measures Portico beside its floors.
#[derive(Parser)]
struct Arguments {
    /// A tenth of the size: to see that everything still runs.
    #[arg(long)]
    quick: bool,
    /// Only on SQLite.
    #[arg(long, conflicts_with = "postgres")]
    sqlite: bool,
    /// Only on PostgreSQL.
    #[arg(long)]
    postgres: bool,
    /// Without the calendar of 100,000 events.
    #[arg(long)]
    no_many: bool,
    /// Write the table into `docs/benchmarks.md`.
    #[arg(long)]
    write: bool,
    /// A Python with Google's client, to measure our library beside it.
    #[arg(long)]
    python: Option<PathBuf>,
    /// The folder with `portico`, `portico-sandbox` and `portico-bench-inserts`; by default the one that this program is in.
    #[arg(long)]
    programs: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let own = std::env::current_exe().context("where this program is cannot be found out")?;
    let programs = arguments.programs.or_else(|| own.parent().map(Path::to_path_buf));
    let plan = Plan {
        programs: programs.context("name the folder of the programs with --programs")?,
        size: if arguments.quick { Size::QUICK } else { Size::FULL },
        sqlite: !arguments.postgres,
        postgres: !arguments.sqlite,
        many: !arguments.no_many,
        python: arguments.python,
    };
    let report = run(&plan).await?;
    println!("{report}");
    if arguments.write {
        report.write(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/benchmarks.md"))?;
    }
    Ok(())
}
