//! Where log lines go: to standard error, for people or for machines.

use std::io::IsTerminal;

use anyhow::{Context, Result};
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use crate::config::LogFormat;

/// Starts the log with a filter such as `info` or `portico=debug,info`.
pub fn start(filter: &str, format: LogFormat) -> Result<()> {
    let filter = EnvFilter::try_new(filter).with_context(|| format!("log = \"{filter}\" is no filter"))?;
    let registry = tracing_subscriber::registry().with(filter);
    match format {
        LogFormat::Text => {
            let colours = std::io::stderr().is_terminal();
            registry.with(fmt::layer().with_writer(std::io::stderr).with_ansi(colours).compact()).try_init()
        }
        LogFormat::Json => registry.with(fmt::layer().with_writer(std::io::stderr).json()).try_init(),
    }
    .context("the log was started twice")
}
