//! `cargo xtask bench`: the measured comparisons.

use anyhow::Result;

use crate::{
    setup,
    shell::{cargo, step},
};

pub fn run(args: &[String]) -> Result<()> {
    setup::test_parts()?;
    setup::web_app()?;
    step("build the portal", cargo(&["build", "--release", "--package", "portico", "--features", "demo"]))?;
    step("build the sandbox", cargo(&["build", "--release", "--package", "portico-sandbox"]))?;
    step("build the bench", cargo(&["build", "--release", "--package", "portico-bench"]))?;
    let python = setup::python()?.display().to_string();
    let mut words =
        vec!["run", "--release", "--quiet", "--package", "portico-bench", "--", "--python", python.as_str()];
    words.extend(args.iter().map(String::as_str));
    step("measure", cargo(&words))
}
