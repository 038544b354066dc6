//! `cargo xtask test`: everything that must hold before a change lands.

use anyhow::Result;

use crate::{
    check, setup,
    shell::{cargo, command, step},
};

pub fn run() -> Result<()> {
    setup::test_parts()?;
    let python = setup::python()?;
    setup::node_packages("tests/conformance/node")?;
    setup::node_packages("tests/web")?;
    check::lints()?;
    let mut all = cargo(&["test", "--workspace", "--all-features", "--no-fail-fast"]);
    all.env("TEST_PYTHON", python)
        .envs(["POSTGRES", "MAIL", "CLIENTS"].map(|part| (format!("TEST_REQUIRE_{part}"), "1")));
    step("all Rust tests: units, both databases, 2,000 histories, Google's clients", all)?;
    step("documentation", {
        let mut doc = cargo(&["doc", "--quiet", "--workspace", "--no-deps"]);
        doc.env("RUSTDOCFLAGS", "-D warnings");
        doc
    })?;
    step("build the portal", cargo(&["build", "--package", "portico", "--features", "demo"]))?;
    step("the pages in a real browser", command(&["npm", "run", "--prefix", "tests/web", "--silent", "test"]))
}

/// `cargo xtask sim [HISTORIES] [SEED]`
pub fn simulate(args: &[String]) -> Result<()> {
    let mut run = cargo(&["test", "--release", "--package", "portico-sim", "--", "--nocapture"]);
    run.env("SIM_HISTORIES", args.first().map_or("20000", String::as_str));
    if let Some(seed) = args.get(1) {
        run.env("SIM_SEED", seed);
    }
    step("simulated histories", run)
}

/// `cargo xtask fuzz [TARGET] [MINUTES] [SEED]`
pub fn fuzz(args: &[String]) -> Result<()> {
    let word = |index: usize, usual: &str| args.get(index).cloned().unwrap_or_else(|| usual.to_owned());
    let mut run = cargo(&["run", "--release", "--package", "portico-fuzz", "--"]);
    // Without a seed each run looks elsewhere; a failure names its seed.
    let seed = u64::from(std::process::id()) * 1_000_003;
    run.args([word(0, "all"), word(1, "10"), word(2, &seed.to_string())]);
    step("altered inputs", run)
}
