//! Measured comparisons: each figure of Portico's stands beside its floor, taken in the same run on the same machine.
//!
//! The sandbox and `portico serve` run as processes of their own, so that time and memory are the service's alone.

mod events;
mod floor;
mod google_library;
mod http_door;
mod portal;
mod processes;
mod report;
mod sandbox;
mod scenario;

use std::path::PathBuf;

use anyhow::{Result, bail};
pub use report::{Figure, Report};

/// How large a comparison is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Events of the calendar.
    pub events: usize,
    /// Events of the calendar that shows whether memory grows.
    pub many_events: usize,
    /// Edits in the measured push.
    pub edits: usize,
    /// Increments of one.
    pub increments: usize,
    /// Windows asked for.
    pub windows: usize,
    /// Starts of `serve`.
    pub starts: usize,
    /// Events that our library and Google's Python client make.
    pub inserts: usize,
    /// Callers at once who need a token.
    pub callers: usize,
}

impl Size {
    /// What the targets are about.
    pub const FULL: Self = Self {
        events: 10_000,
        many_events: 100_000,
        edits: 100,
        increments: 30,
        windows: 400,
        starts: 5,
        inserts: 1_000,
        callers: 1_000,
    };
    /// A tenth, to see that everything still runs.
    pub const QUICK: Self = Self {
        events: 1_000,
        many_events: 3_000,
        edits: 10,
        increments: 5,
        windows: 40,
        starts: 2,
        inserts: 100,
        callers: 1_000,
    };
}

/// What to measure, and with which programs.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The folder with `portico`, `portico-sandbox` and `portico-bench-inserts`.
    pub programs: PathBuf,
    /// How large.
    pub size: Size,
    /// Whether to measure on SQLite.
    pub sqlite: bool,
    /// Whether to measure on PostgreSQL, where it is installed.
    pub postgres: bool,
    /// Whether to look at memory with many events, which takes longest.
    pub many: bool,
    /// A Python with Google's client; without one our library is measured alone.
    pub python: Option<PathBuf>,
}

/// Measures everything that `plan` names, one thing after the other.
pub async fn run(plan: &Plan) -> Result<Report> {
    for program in ["portico", "portico-sandbox", "portico-bench-inserts"] {
        if !plan.programs.join(program).exists() {
            bail!(
                "{} is not there: cargo build --release -p portico -p portico-sandbox -p portico-bench",
                plan.programs.join(program).display()
            );
        }
    }
    let mut report = Report::begin(plan.size).await?;
    if plan.sqlite {
        scenario::measure(plan, scenario::Engine::Sqlite, &mut report).await?;
    }
    if plan.postgres {
        scenario::measure(plan, scenario::Engine::Postgres, &mut report).await?;
    }
    google_library::measure(plan, &mut report).await?;
    report.end()?;
    Ok(report)
}
