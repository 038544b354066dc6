//! Portico: an HR portal that keeps people and Google Workspace in step.

mod admin;
mod config;
#[cfg(feature = "demo")]
mod demo;
mod doctor;
mod log;
mod rekey;
mod serve;
mod web;
mod wiring;

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use config::Config;

/// An HR portal that keeps people and Google Workspace in step.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The configuration file; `portico.toml` in this folder when there is one. The environment goes over it.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The portal with two sample companies and a local Google; nothing else needed.
    #[cfg(feature = "demo")]
    Demo(demo::Options),
    /// The portal: web pages, API and worker in one process, or one of them.
    Serve(serve::Options),
    /// The worker alone.
    Worker,
    /// Brings the database's schema up to date.
    Migrate,
    /// Companies and their administrators.
    Admin(admin::Options),
    /// Seals the tenants' keys under the newest master key, or prints a new one.
    Rekey(rekey::Options),
    /// Looks for what is wrong and says what to do.
    Doctor,
    /// Prints the OpenAPI document.
    Openapi,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime does not start")
        .and_then(|runtime| runtime.block_on(run(arguments)));
    match done {
        Ok(code) => code,
        Err(error) if nobody_reads(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Where standard error is closed too, the exit code has to say it.
            let _ = writeln!(io::stderr(), "portico: {}", in_words(&error));
            ExitCode::FAILURE
        }
    }
}

/// The error with its causes. A library whose error says its cause itself is not heard twice.
fn in_words(error: &anyhow::Error) -> String {
    let mut words = String::new();
    for cause in error.chain().map(ToString::to_string).filter(|cause| !cause.is_empty()) {
        if words.is_empty() {
            words = cause;
        } else if !words.contains(&cause) {
            words = format!("{words}: {cause}");
        }
    }
    words
}

/// Whether whoever read the output has read enough and closed it, as `| head` does: no failure of ours.
fn nobody_reads(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

async fn run(arguments: Arguments) -> Result<ExitCode> {
    let config = || Config::read(arguments.config.as_deref());
    match arguments.command {
        #[cfg(feature = "demo")]
        Command::Demo(options) => demo::run(options).await?,
        Command::Serve(options) => {
            let config = config()?;
            log::start(&config.log, config.log_format)?;
            serve::run(&config, &options).await?;
        }
        Command::Worker => {
            let config = config()?;
            log::start(&config.log, config.log_format)?;
            serve::worker(&config).await?;
        }
        Command::Migrate => {
            let config = config()?;
            wiring::migrate(&config).await?;
            writeln!(io::stdout(), "The schema is up to date.")?;
        }
        Command::Admin(options) => admin::run(&config()?, options).await?,
        Command::Rekey(options) => rekey::run(config, &options).await?,
        Command::Doctor => return doctor::run(arguments.config.as_deref()).await,
        Command::Openapi => io::stdout().write_all(portico_api::openapi_json().as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}
