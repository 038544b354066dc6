//! Portico as a person uses it: over HTTP, signed in.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use http::{Method, header};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    http_door::{Door, Watch, pause},
    processes::Process,
    sandbox::Sandbox,
};

/// Waits until `serve` says that it is ready.
pub(crate) async fn ready(door: &Door, serve: &mut Process) -> Result<()> {
    for _ in 0..30_000 {
        if let Ok(answer) = door.try_ask(Method::GET, "/readyz", &Value::Null).await
            && answer.status().is_success()
        {
            return Ok(());
        }
        if serve.has_ended() {
            bail!("portico serve ended by itself");
        }
        pause(2).await;
    }
    bail!("portico serve does not get ready within a minute")
}

/// Somebody signed in.
pub(crate) struct Person {
    door: Door,
    pub(crate) link: String,
}

impl Person {
    pub(crate) async fn sign_in(address: &str, email: &str, password: &str) -> Result<Self> {
        let mut door = Door::new(address)?;
        let body = json!({"email": email, "password": password});
        let answer = door.ask(Method::POST, "/api/v1/auth/login", &body).await?;
        let cookie = answer.headers().get(header::SET_COOKIE).context("no session came")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        door.sign(header::COOKIE, cookie);
        Ok(Self { door, link: String::new() })
    }

    /// Connects Google and waits for the first pull; from the callback to the link's first success.
    pub(crate) async fn connect(&mut self, sandbox: &Sandbox, account: &str) -> Result<Duration> {
        let begun = self.door.json(Method::GET, "/api/v1/auth/google/authorize?feature=calendar", &Value::Null).await?;
        let auth_url = begun["auth_url"].as_str().context("no address of Google's")?;
        let callback = sandbox.consent(auth_url, account).await?;
        let watch = Watch::start();
        let answer = self.door.ask(Method::GET, &callback, &Value::Null).await?;
        if answer.status() != http::StatusCode::SEE_OTHER {
            bail!("the consent did not end well: {}", answer.status());
        }
        loop {
            let links = self.door.json(Method::GET, "/api/v1/calendar/links", &Value::Null).await?;
            let main = links["items"].as_array().and_then(|all| all.iter().find(|link| link["role"] == "main"));
            if let Some(link) = main
                && link["sync"]["last_success_at"].is_string()
            {
                let took = watch.read();
                link["id"].as_str().unwrap_or_default().clone_into(&mut self.link);
                return Ok(took);
            }
            if let Some(reason) = main.and_then(|link| link["sync"]["reason"].as_str()) {
                bail!("the first pull stopped: {reason}");
            }
            if watch.read() > Duration::from_secs(1200) {
                bail!("the first pull did not end within twenty minutes");
            }
            // Each look costs the service some milliseconds of what is measured.
            pause(40).await;
        }
    }

    /// One run of the sync, asked for by the person; what it did and how long it took.
    pub(crate) async fn sync(&self) -> Result<(Value, Duration)> {
        let path = format!("/api/v1/calendar/links/{}/sync", self.link);
        let watch = Watch::start();
        let answer = self.door.ask(Method::POST, &path, &Value::Null).await?;
        let took = watch.read();
        Ok((serde_json::from_slice(answer.body())?, took))
    }

    /// The events of a window, and how long the answer took.
    pub(crate) async fn window(&self, from: Timestamp, to: Timestamp) -> Result<(Vec<Value>, Duration)> {
        let path = format!("/api/v1/calendar/events?from={from}&to={to}&limit=2500");
        let watch = Watch::start();
        let answer = self.door.ask(Method::GET, &path, &Value::Null).await?;
        let took = watch.read();
        let mut page: Value = serde_json::from_slice(answer.body())?;
        match page["items"].take() {
            Value::Array(items) => Ok((items, took)),
            _ => bail!("a window without items"),
        }
    }

    pub(crate) async fn rename(&self, id: &str, title: &str) -> Result<()> {
        let path = format!("/api/v1/calendar/events/{id}");
        self.door.ask(Method::PATCH, &path, &json!({"title": title})).await.map(drop)
    }
}
