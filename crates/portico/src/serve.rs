//! `portico serve` and `portico worker`.

use std::{
    future::{Future, IntoFuture},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result};
use clap::Args;
use portico_app::{App, Worker};
use tokio::{net::TcpListener, signal::unix::SignalKind};
use tokio_util::sync::CancellationToken;

use crate::{config::Config, web, wiring};

/// What of the portal this process is.
#[derive(Args)]
pub struct Options {
    /// Web pages and API without the worker.
    #[arg(long, conflicts_with = "worker_only")]
    web_only: bool,
    /// The worker without web pages and API.
    #[arg(long)]
    worker_only: bool,
    /// Bring the schema up to date first.
    #[arg(long)]
    migrate: bool,
}

/// Runs until the process is asked to stop; work that has begun is finished.
pub async fn run(config: &Config, options: &Options) -> Result<()> {
    if options.migrate {
        wiring::migrate(config).await?;
    }
    let app = wiring::app(config).await?;
    let stop = CancellationToken::new();
    let others = tokio::spawn(follow_others(app.clone(), stop.clone()));
    let worker = (!options.web_only).then(|| tokio::spawn(work(app.clone(), config.jobs, stop.clone())));
    let listening = if options.worker_only {
        asked_to_stop().await
    } else {
        let listener = TcpListener::bind(config.listen)
            .await
            .with_context(|| format!("{} cannot be listened on", config.listen))?;
        tracing::info!(address = %listener.local_addr()?, "ready");
        listen(app.clone(), listener, asked_to_stop()).await
    };
    stop.cancel();
    if let Some(worker) = worker {
        worker.await.context("the worker ended badly")?;
    }
    others.await.context("the listener for other processes ended badly")?;
    app.store.close().await;
    listening
}

/// The worker alone, until the process is asked to stop.
pub async fn worker(config: &Config) -> Result<()> {
    let app = wiring::app(config).await?;
    let stop = CancellationToken::new();
    let others = tokio::spawn(follow_others(app.clone(), stop.clone()));
    let worker = tokio::spawn(work(app.clone(), config.jobs, stop.clone()));
    asked_to_stop().await?;
    stop.cancel();
    worker.await.context("the worker ended badly")?;
    others.await.context("the listener for other processes ended badly")?;
    app.store.close().await;
    Ok(())
}

/// Hears what other processes tell, until `stop`: of work, for the worker, and of changes, for pages that are open. So a process
/// that only serves pages listens as well.
async fn follow_others(app: Arc<App>, stop: CancellationToken) {
    tokio::select! {
        () = app.follow_other_processes() => {}
        () = stop.cancelled() => {}
    }
}

/// The worker, until `stop`.
pub async fn work(app: Arc<App>, jobs: usize, stop: CancellationToken) {
    let worker = Worker::new(app, jobs);
    if let Err(error) = worker.take_over().await {
        tracing::warn!(%error, "what an earlier process held is free only when its leases end");
    }
    worker.run(stop.cancelled()).await;
}

/// How long requests that are under way may take after the process was asked to stop.
const GRACE: Duration = Duration::from_secs(30);

/// Serves pages and API until `stop` completes. Live streams end then, other requests are finished first.
pub async fn listen(
    app: Arc<App>,
    listener: TcpListener,
    stop: impl Future<Output = Result<()>> + Send + 'static,
) -> Result<()> {
    let router = web::with_pages(portico_api::router(app.clone()));
    let ending = app.clone();
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
        if let Err(error) = stop.await {
            tracing::error!(%error, "no signal can be waited for");
        }
        ending.live.stop();
    });
    let too_long = async {
        app.live.stopping().await;
        app.world.clock.sleep(GRACE).await;
    };
    tokio::select! {
        served = serving.into_future() => served.context("listening ended badly"),
        () = too_long => {
            tracing::warn!("requests that did not end in time are cut off");
            Ok(())
        }
    }
}

/// Completes when the process is asked to stop (Ctrl-C, SIGTERM).
pub async fn asked_to_stop() -> Result<()> {
    let mut terminate = tokio::signal::unix::signal(SignalKind::terminate())?;
    tokio::select! {
        asked = tokio::signal::ctrl_c() => asked?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
