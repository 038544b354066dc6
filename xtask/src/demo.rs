//! `cargo xtask demo`: build what is needed, then hand over to `portico demo`.

use anyhow::{Result, bail};

use crate::{
    setup,
    shell::{cargo, command, root, step},
};

pub fn run(args: &[String]) -> Result<()> {
    let quiet = args.iter().any(|a| a == "--json");
    if !quiet {
        println!("The first start builds the web app and the server; this takes some minutes.");
    }
    setup::web_app()?;
    step("build the portal", cargo(&["build", "--package", "portico", "--features", "demo"]))?;
    let binary = root().join("target/debug/portico");
    let mut words = vec![binary.display().to_string(), "demo".into()];
    words.extend(args.iter().cloned());
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let status = command(&words).status()?;
    if !status.success() {
        bail!("the demo ended with {status}");
    }
    Ok(())
}
