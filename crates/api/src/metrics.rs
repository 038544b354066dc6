//! Figures for those who watch the process, in the text form of OpenMetrics: requests of this process and the queue of the
//! instance. They name routes and kinds of work, never a company or a person.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicU64},
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};
use portico_app::{App, connections, jobs};
use portico_kernel::Timestamp;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

/// What was asked, by the route and not by the address: an id would make a line for each thing there is.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    method: String,
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Kind {
    kind: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct InState {
    state: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Limit {
    api: &'static str,
    /// The length of the limit's time.
    seconds: u32,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct KindInState {
    kind: String,
    state: &'static str,
}

/// The figures of this process.
#[derive(Clone)]
pub(crate) struct Metrics {
    app: Arc<App>,
    requests: Family<Answered, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
    shown: Arc<Mutex<Shown>>,
}

/// What is written down when somebody asks, and what is counted all the time, in one registry.
struct Shown {
    registry: Registry,
    database_up: Gauge,
    jobs: Family<KindInState, Gauge>,
    oldest: Family<Kind, Gauge>,
    connections: Family<InState, Gauge>,
    google_quota: Family<Limit, Gauge<f64, AtomicU64>>,
    /// When the connections were counted.
    counted: Option<Timestamp>,
}

/// Connections are counted company by company, and so not each time, in seconds.
const COUNT_AGAIN: i64 = 60;

fn durations() -> Histogram {
    Histogram::new([0.005, 0.02, 0.1, 0.5, 2.0, 10.0])
}

impl Metrics {
    pub(crate) fn new(app: Arc<App>) -> Self {
        let mut registry = Registry::with_prefix("portico");
        let requests = Family::default();
        let seconds = Family::new_with_constructor(durations as fn() -> Histogram);
        let (database_up, jobs, oldest) = (Gauge::default(), Family::default(), Family::default());
        let (connections, google_quota) = (Family::default(), Family::default());
        registry.register("http_requests", "Requests that were answered", requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "How long answers took until their first byte",
            Unit::Seconds,
            seconds.clone(),
        );
        registry.register("database_up", "Whether the database answers: 1 or 0", database_up.clone());
        registry.register("jobs", "Work in the queue: due, running, or dead after too many tries", jobs.clone());
        registry.register_with_unit(
            "jobs_oldest_due",
            "For how long the oldest work that is due has waited",
            Unit::Seconds,
            oldest.clone(),
        );
        let what = "Google connections of the whole instance by state, counted once a minute at most";
        registry.register("connections", what, connections.clone());
        registry.register_with_unit(
            "google_quota_left",
            "Which share is left of what this process may ask of Google at once: at 0 calls wait",
            Unit::Ratios,
            google_quota.clone(),
        );
        let shown = Shown { registry, database_up, jobs, oldest, connections, google_quota, counted: None };
        let shown = Arc::new(Mutex::new(shown));
        Self { app, requests, seconds, shown }
    }

    /// The text of all figures.
    async fn text(&self) -> Result<String, fmt::Error> {
        let now = self.app.now();
        let queue = jobs::queue(&self.app).await;
        let counted = self.shown.lock().unwrap_or_else(PoisonError::into_inner).counted;
        let connections = if counted.is_none_or(|at| at.plus_seconds(COUNT_AGAIN) <= now) {
            connections::figures(&self.app).await.ok()
        } else {
            None
        };
        let left = self.app.google_quota.left(self.app.world.now()).await.unwrap_or_default();
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        for left in left {
            shown.google_quota.get_or_create(&Limit { api: left.api, seconds: left.seconds }).set(left.share);
        }
        shown.database_up.set(i64::from(queue.is_ok()));
        shown.jobs.clear();
        shown.oldest.clear();
        for figures in queue.unwrap_or_default() {
            for (state, count) in [("due", figures.due), ("running", figures.running), ("dead", figures.dead)] {
                shown.jobs.get_or_create(&KindInState { kind: figures.kind.clone(), state }).set(count);
            }
            let waited = figures.oldest_due.map_or(0, |at| (now.0 - at.0) / 1_000_000);
            shown.oldest.get_or_create(&Kind { kind: figures.kind }).set(waited);
        }
        if let Some(figures) = connections {
            shown.counted = Some(now);
            shown.connections.clear();
            for (state, count) in figures {
                shown.connections.get_or_create(&InState { state }).set(count);
            }
        }
        let mut text = String::new();
        encode(&mut text, &shown.registry)?;
        Ok(text)
    }
}

/// Answers with all figures.
pub(crate) async fn answer(metrics: Metrics) -> Response {
    match metrics.text().await {
        Ok(text) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the figures could not be written");
            axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Counts each request and how long its answer took.
pub(crate) async fn measure(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let method = request.method().as_str().to_owned();
    let begun = metrics.app.world.now();
    let response = next.run(request).await;
    let took = metrics.app.world.now().duration_since(begun).as_secs_f64();
    let status = response.status().as_u16();
    metrics.seconds.get_or_create(&Route { method: method.clone(), route: route.clone() }).observe(took);
    metrics.requests.get_or_create(&Answered { method, route, status }).inc();
    response
}
