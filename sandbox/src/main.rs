//! `portico-sandbox`: Google on one port of this machine.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use clap::Parser;
use portico_sandbox::{Sandbox, Tls, serve};
use portico_transport::HttpClient;
use portico_world::World;
use tokio::net::TcpListener;

/// Google on one port of this machine: OAuth with its pages, Calendar, and a control plane under /_sandbox.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The port of 127.0.0.1 to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The folder where everything is kept. Without it nothing outlives the process.
    #[arg(long)]
    data: Option<PathBuf>,
    /// A certificate chain as PEM, so that Google's own host names can be used.
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The key of the certificate as PEM.
    #[arg(long, requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Make the accounts ann@example.com, bob@example.com and x@other.example and the OAuth client
    /// web.apps.googleusercontent.com (secret GOCSPX-test, callback http://localhost:9/cb), unless they are there.
    #[arg(long)]
    defaults: bool,
}

/// A request makes and drops some hundreds of small strings: with the system's allocator they were a fifth of its cost.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .init();
    let arguments = Arguments::parse();
    let tls = match (&arguments.tls_cert, &arguments.tls_key) {
        (Some(certificate), Some(key)) => Some(Tls::from_files(certificate, key)?),
        _ => None,
    };
    let push = HttpClient::new(Duration::from_secs(10)).context("the client for push messages")?;
    let sandbox = Sandbox::open(arguments.data.as_deref(), World::real(), Arc::new(push))?;
    if arguments.defaults {
        sandbox.seed_defaults()?;
    }
    let listener = TcpListener::bind(("127.0.0.1", arguments.port))
        .await
        .with_context(|| format!("port {} of 127.0.0.1 cannot be had", arguments.port))?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    println!("{{\"sandbox\":\"{scheme}://{}\"}}", listener.local_addr()?);
    tokio::select! {
        result = serve(sandbox, listener, tls) => result.context("listening"),
        result = tokio::signal::ctrl_c() => result.context("waiting for the end"),
    }
}
