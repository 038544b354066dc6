//! The sandbox as Google, and a bare client of it: no mirror, no merge, just calls.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use http::{Method, header};
use serde_json::{Value, json};

use crate::{
    events::Seed,
    http_door::{Door, Watch},
    processes::Process,
};

pub(crate) const CLIENT_ID: &str = "bench.apps.googleusercontent.com";
pub(crate) const CLIENT_SECRET: &str = "GOCSPX-bench";
const SCOPE: &str = "https://www.googleapis.com/auth/calendar";
const EVENTS: &str = "/calendar/v3/calendars/primary/events";

/// As many events a page as Portico asks for.
const PAGE: usize = 1000;

/// A sandbox with one account, one OAuth client and quotas out of the way.
pub(crate) struct Sandbox {
    pub(crate) address: String,
    account: String,
    control: Door,
    google: Door,
    process: Process,
}

/// Tokens of the account.
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

/// A calendar read once, page by page.
pub(crate) struct Recording {
    pub(crate) pages: Vec<Bytes>,
    /// From the first request to the last answer.
    pub(crate) took: Duration,
    pub(crate) sync_token: String,
}

impl Sandbox {
    pub(crate) async fn start(programs: &Path, account: &str, redirect_uri: &str) -> Result<Self> {
        let mut command = Command::new(programs.join("portico-sandbox"));
        let mut process = Process::start(command.args(["--port", "0"]).stdout(Stdio::piped()))?;
        let mut line = String::new();
        BufReader::new(process.output()?).read_line(&mut line)?;
        let ready: Value = serde_json::from_str(&line).context("the sandbox does not say where it is")?;
        let address = ready["sandbox"].as_str().context("the sandbox has no address")?.to_owned();
        let control = Door::new(&address)?;
        let quotas = [
            "calendar_per_day",
            "calendar_per_minute",
            "calendar_per_minute_per_user",
            "calendar_invitations",
            "calendar_new_events",
        ];
        let quotas: serde_json::Map<_, _> =
            quotas.into_iter().map(|name| (name.to_owned(), json!(100_000_000))).collect();
        control.ask(Method::PUT, "/_sandbox/quota", &quotas.into()).await?;
        control.ask(Method::POST, "/_sandbox/users", &json!({"email": account, "name": "Bench"})).await?;
        let client = json!({"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uris": [redirect_uri]});
        control.ask(Method::POST, "/_sandbox/clients", &client).await?;
        let google = Door::new(&address)?;
        let mut sandbox = Self { address, account: account.to_owned(), control, google, process };
        let token = sandbox.tokens().await?.access;
        sandbox.google.sign(header::AUTHORIZATION, format!("Bearer {token}"));
        Ok(sandbox)
    }

    /// Fresh tokens of the account, as a consent would have led to.
    pub(crate) async fn tokens(&self) -> Result<Tokens> {
        let wanted = json!({"account": self.account, "client": CLIENT_ID, "scopes": [SCOPE]});
        let given = self.control.json(Method::POST, "/_sandbox/tokens", &wanted).await?;
        let token = |name: &str| given[name].as_str().map(str::to_owned).context("the sandbox gave no token");
        Ok(Tokens { access: token("access_token")?, refresh: token("refresh_token")? })
    }

    /// How long it has computed so far.
    pub(crate) fn computed(&self) -> Result<Duration> {
        self.process.computed()
    }

    /// The number of the last request that reached it.
    pub(crate) async fn last_request(&self) -> Result<u64> {
        let seen =
            self.control.json(Method::GET, &format!("/_sandbox/requests?since={}", u64::MAX), &Value::Null).await?;
        seen["last"].as_u64().context("the sandbox numbers its requests")
    }

    /// How often it was asked for a token after that request.
    pub(crate) async fn token_requests_since(&self, number: u64) -> Result<usize> {
        let seen = self.control.json(Method::GET, &format!("/_sandbox/requests?since={number}"), &Value::Null).await?;
        let all = seen["items"].as_array().context("the sandbox lists its requests")?;
        Ok(all.iter().filter(|request| request["path"] == "/token").count())
    }

    /// Fills the calendar; the ids of its single events.
    pub(crate) async fn fill(&self, seed: &Seed) -> Result<Vec<String>> {
        let insert = |body: Value| async move {
            let made = self.google.json(Method::POST, EVENTS, &body).await?;
            anyhow::Ok(made["id"].as_str().unwrap_or_default().to_owned())
        };
        stream::iter(seed.series()).map(insert).buffer_unordered(4).try_collect::<Vec<_>>().await?;
        stream::iter(seed.exceptions())
            .map(|(id, body)| async move {
                self.google.ask(Method::PATCH, &format!("{EVENTS}/{id}"), &body).await.map(drop)
            })
            .buffer_unordered(4)
            .try_collect::<Vec<_>>()
            .await?;
        stream::iter(seed.singles()).map(insert).buffered(4).try_collect().await
    }

    /// Goes through the consent page; the callback's address.
    pub(crate) async fn consent(&self, auth_url: &str, account: &str) -> Result<String> {
        let body = json!({"auth_url": auth_url, "account": account});
        let answer = self.control.json(Method::POST, "/_sandbox/consent", &body).await?;
        Ok(answer["location"].as_str().context("the consent page leads nowhere")?.to_owned())
    }

    /// Reads the whole calendar as a mirror does, and does nothing with it.
    pub(crate) async fn record(&self) -> Result<Recording> {
        let watch = Watch::start();
        let (mut pages, mut token) = (Vec::new(), String::new());
        loop {
            let page = if token.is_empty() { String::new() } else { format!("&pageToken={token}") };
            let path = format!("{EVENTS}?showDeleted=true&maxResults={PAGE}{page}");
            let answer = self.google.ask(Method::GET, &path, &Value::Null).await?;
            pages.push(answer.into_body());
            let last = pages.last().map_or(&[][..], |page| page.as_ref());
            let end = portico_google::calendar::EventPage::parse(last)?.next;
            match end {
                portico_google::calendar::Cursor::More(next) => token = next,
                portico_google::calendar::Cursor::End(cursor) => {
                    let sync_token = cursor.context("a whole list ends with a sync token")?;
                    return Ok(Recording { pages, took: watch.read(), sync_token });
                }
            }
        }
    }

    /// One increment in which nothing has changed.
    pub(crate) async fn empty_list(&self, sync_token: &str) -> Result<Duration> {
        let watch = Watch::start();
        let path = format!("{EVENTS}?showDeleted=true&maxResults={PAGE}&syncToken={sync_token}");
        let answer = self.google.ask(Method::GET, &path, &Value::Null).await?;
        let took = watch.read();
        let page = portico_google::calendar::EventPage::parse(answer.body())?;
        anyhow::ensure!(page.items.is_empty(), "the increment was to be empty");
        Ok(took)
    }

    /// What has changed at Google since.
    pub(crate) async fn newer(&self, sync_token: &str) -> Result<String> {
        let path = format!("{EVENTS}?showDeleted=true&maxResults=2500&syncToken={sync_token}");
        let page = self.google.json(Method::GET, &path, &Value::Null).await?;
        Ok(page["nextSyncToken"].as_str().context("a list ends with a sync token")?.to_owned())
    }

    pub(crate) async fn rename(&self, id: &str, title: &str) -> Result<()> {
        self.google.ask(Method::PATCH, &format!("{EVENTS}/{id}"), &json!({"summary": title})).await.map(drop)
    }
}
