//! `cargo xtask build`: the binary that is installed on a server.

use anyhow::Result;

use crate::{
    setup,
    shell::{cargo, step},
};

pub fn run() -> Result<()> {
    setup::web_app()?;
    step("build the portal", cargo(&["build", "--release", "--package", "portico"]))?;
    println!("\nThe binary is target/release/portico. It needs no other file of this folder.");
    Ok(())
}
