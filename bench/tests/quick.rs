//! The comparisons run to their end at a tenth of their size; how fast is not judged here.

use std::{path::PathBuf, process::Command};

use portico_bench::{Plan, Size, run};

/// The folder with the programs, built as this test was.
fn programs() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().unwrap().parent().unwrap().to_owned();
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "portico", "--package", "portico-sandbox", "--target-dir"])
        .arg(folder.parent().unwrap())
        .status()
        .unwrap();
    assert!(status.success(), "the programs build");
    folder
}

/// The Python that `cargo xtask` prepares with Google's client, or the one that is named.
#[expect(clippy::disallowed_methods, reason = "a test's switch")]
fn python() -> Option<PathBuf> {
    let prepared = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/python/bin/python"));
    std::env::var_os("TEST_PYTHON").map(PathBuf::from).or_else(|| prepared.exists().then_some(prepared))
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_measured_and_plausible() {
    let plan =
        Plan { programs: programs(), size: Size::QUICK, sqlite: true, postgres: true, many: false, python: python() };
    let report = run(&plan).await.unwrap();
    let engines = 2 - report.skipped.iter().filter(|(what, _)| *what == "PostgreSQL").count();
    assert_eq!(report.figures.len(), 6 + 6 * engines, "{report}");
    for figure in &report.figures {
        assert!(!figure.measured.is_empty() && !figure.measured.contains(" 0 MB"), "{figure:?}");
        assert!(figure.ratio.is_none_or(|ratio| ratio.is_finite() && ratio > 0.0), "{figure:?}");
    }
    let (portal, library) = report.figures.split_at(6 * engines);
    let compared = library.iter().take(4).filter(|figure| figure.floor.starts_with("Python: ")).count();
    assert_eq!(compared, if plan.python.is_some() { 4 } else { 0 }, "{report}");
    let refreshes = library.iter().filter(|figure| figure.measured.starts_with("1 request, ")).count();
    assert_eq!(refreshes, 2, "{report}");
    let pull = &portal[0];
    assert!(pull.what.contains("1000 events"), "{pull:?}");
    assert!(report.to_string().contains("| SQLite | push of 10 |"), "{report}");
}
