//! `cargo xtask check`: formats, lints, units and three hundred simulated histories.

use anyhow::Result;

use crate::{
    setup,
    shell::{cargo, command, step},
};

/// Packages whose tests need no server and no browser.
const UNITS: &[&str] = &[
    "portico-world",
    "portico-kernel",
    "portico-calendar",
    "portico-vault",
    "portico-transport",
    "portico-google",
    "portico-app",
    "portico-api",
    "portico-sandbox",
    "portico",
    "xtask",
];

pub fn run() -> Result<()> {
    lints()?;
    let mut units = vec!["test", "--quiet"];
    for package in UNITS {
        units.extend(["--package", package]);
    }
    step("units", cargo(&units))?;
    let mut histories = cargo(&["test", "--quiet", "--package", "portico-sim"]);
    histories.env("SIM_HISTORIES", "300");
    step("300 simulated histories", histories)
}

/// Formats, clippy, the web app's types, lints and units. Builds the web app, which the binary carries inside.
pub fn lints() -> Result<()> {
    step("format", cargo(&["fmt", "--all", "--check"]))?;
    setup::web_packages()?;
    step("lint the web app", command(&["npm", "run", "--prefix", "web", "--silent", "lint"]))?;
    step("build the web app", command(&["npm", "run", "--prefix", "web", "--silent", "build"]))?;
    step("units of the web app", command(&["npm", "run", "--prefix", "web", "--silent", "test"]))?;
    step("clippy", cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}
