//! The table.

use std::{fmt, path::Path, process::Command, time::Duration};

use anyhow::{Context, Result};
use portico_world::World;

use crate::Size;

/// One line of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// `SQLite`, `PostgreSQL`, or `none` where no database is in it.
    pub engine: &'static str,
    /// What was measured.
    pub what: String,
    /// Portico's figure.
    pub measured: String,
    /// What it stands beside; empty where the target is absolute.
    pub floor: String,
    /// Portico's figure divided by the floor.
    pub ratio: Option<f64>,
    /// What is to be reached; empty where nothing was set.
    pub target: String,
    /// Whether it was reached.
    pub met: bool,
}

/// Everything that was measured, and where.
#[derive(Clone, Debug)]
pub struct Report {
    /// The lines, in the order in which they were measured.
    pub figures: Vec<Figure>,
    /// What was left out, an engine or Google's client, and why.
    pub skipped: Vec<(&'static str, &'static str)>,
    size: Size,
    machine: String,
    date: String,
    load: (String, String),
}

impl Report {
    pub(crate) async fn begin(size: Size) -> Result<Self> {
        let machine = machine().await.context("the machine cannot be described")?;
        let date = World::real().now().strftime("%Y-%m-%d").to_string();
        Ok(Self { figures: Vec::new(), skipped: Vec::new(), size, machine, date, load: (load()?, String::new()) })
    }

    pub(crate) fn end(&mut self) -> Result<()> {
        self.load.1 = load()?;
        Ok(())
    }

    pub(crate) fn add(&mut self, figure: Figure) {
        eprintln!("{}: {}: {} (ratio {:?})", figure.engine, figure.what, figure.measured, figure.ratio);
        self.figures.push(figure);
    }

    pub(crate) fn skip(&mut self, engine: &'static str, why: &'static str) {
        eprintln!("\nSKIPPED: nothing was measured on {engine}: {why}\n");
        self.skipped.push((engine, why));
    }

    /// Puts the table between the two marks of a document.
    pub fn write(&self, document: &Path) -> Result<()> {
        const BEGIN: &str = "<!-- table -->\n";
        const END: &str = "<!-- end of table -->";
        let text =
            std::fs::read_to_string(document).with_context(|| format!("{} is to be read", document.display()))?;
        let (before, rest) = text.split_once(BEGIN).context("the document has no place for the table")?;
        let (_, after) = rest.split_once(END).context("the document's table has no end")?;
        std::fs::write(document, format!("{before}{BEGIN}{self}{END}{after}"))?;
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, {}.", self.date, self.machine)?;
        writeln!(
            f,
            "Load average before {}, after {} (of which the measurement itself is about 1).",
            self.load.0, self.load.1
        )?;
        if self.size != Size::FULL {
            writeln!(f, "A tenth of the size: these figures say only that everything runs.")?;
        }
        writeln!(
            f,
            "\n| database | what | Portico | floor | ratio | target | reached |\n| --- | --- | --- | --- | --- | --- | --- |"
        )?;
        for figure in &self.figures {
            let ratio = figure.ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
            let met = if figure.target.is_empty() {
                ""
            } else if figure.met {
                "yes"
            } else {
                "**no**"
            };
            let Figure { engine, what, measured, floor, target, .. } = figure;
            writeln!(f, "| {engine} | {what} | {measured} | {floor} | {ratio} | {target} | {met} |")?;
        }
        for (engine, why) in &self.skipped {
            writeln!(f, "\nNothing was measured on {engine}: {why}.")?;
        }
        Ok(())
    }
}

pub(crate) fn ms(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1000.0;
    if milliseconds < 100.0 { format!("{milliseconds:.1} ms") } else { format!("{milliseconds:.0} ms") }
}

pub(crate) fn mb(bytes: u64) -> String {
    format!("{} MB", bytes / 1_000_000)
}

pub(crate) fn times(time: Duration, floor: Duration) -> f64 {
    time.as_secs_f64() / floor.as_secs_f64().max(f64::MIN_POSITIVE)
}

fn load() -> Result<String> {
    let text = std::fs::read_to_string("/proc/loadavg").context("the load is read from /proc, as Linux has it")?;
    Ok(text.split(' ').next().unwrap_or_default().to_owned())
}

async fn machine() -> Result<String> {
    let processor = std::fs::read_to_string("/proc/cpuinfo")?;
    let names: Vec<&str> = processor.lines().filter_map(|line| line.strip_prefix("model name")).collect();
    let name = names.first().map_or("a processor", |name| name.trim_start_matches(['\t', ' ', ':']));
    let memory = std::fs::read_to_string("/proc/meminfo")?;
    let kilobytes =
        memory.lines().find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    let system = std::fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let mut text = format!(
        "{} × {name}, {} GB of memory, Linux {}, Portico {}",
        names.len(),
        kilobytes.unwrap_or_default() / 1_000_000,
        system.trim(),
        env!("CARGO_PKG_VERSION"),
    );
    for (program, words) in
        [("git", ["rev-parse", "--short", "HEAD"].as_slice()), ("psql", &["--version"]), ("rustc", &["--version"])]
    {
        if let Ok(output) = Command::new(program).args(words).output()
            && output.status.success()
        {
            let said = String::from_utf8_lossy(&output.stdout);
            let said = said.lines().next().unwrap_or_default();
            text += &if program == "git" { format!(" ({said})") } else { format!(", {said}") };
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_replaces_the_one_before() {
        let report = Report {
            figures: vec![Figure {
                engine: "SQLite",
                what: "push of 3".into(),
                measured: ms(Duration::from_millis(120)),
                floor: ms(Duration::from_micros(40_250)),
                ratio: Some(times(Duration::from_millis(3), Duration::from_millis(2))),
                target: "≤ 2 × floor".into(),
                met: true,
            }],
            skipped: Vec::new(),
            size: Size::FULL,
            machine: "a machine".into(),
            date: "2026-11-21".into(),
            load: ("0.10".into(), "1.10".into()),
        };
        let folder = tempfile::tempdir().unwrap();
        let document = folder.path().join("benchmarks.md");
        std::fs::write(&document, "# B\n<!-- table -->\nold\n<!-- end of table -->\nafter\n").unwrap();
        report.write(&document).unwrap();
        report.write(&document).unwrap();
        let text = std::fs::read_to_string(&document).unwrap();
        assert!(text.starts_with("# B\n<!-- table -->\n2026-11-21, a machine.\n"), "{text}");
        assert!(text.ends_with("\n<!-- end of table -->\nafter\n"), "{text}");
        assert!(!text.contains("old"), "{text}");
        assert_eq!(
            text.matches("| SQLite | push of 3 | 120 ms | 40.2 ms | 1.50 | ≤ 2 × floor | yes |").count(),
            1,
            "{text}"
        );
    }
}
