//! `portico doctor`: looks for what is wrong, step by step, and says what to do.

use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::Result;
use portico_store::Store;
use portico_world::ExposeSecret;

use crate::{config::Config, in_words, wiring};

/// One step of the diagnosis.
enum Finding {
    Fine(String),
    Wrong {
        what: String,
        to_do: &'static str,
    },
    /// Not looked at, because of an earlier finding or because nothing is configured.
    Skipped(&'static str),
}

/// Looks at the configuration, the keys, the database and Google. Changes nothing. Fails when something is wrong.
pub async fn run(file: Option<&Path>) -> Result<ExitCode> {
    let mut sound = true;
    let mut say = |step: &str, finding: Finding| match finding {
        Finding::Fine(what) => writeln!(io::stdout(), "ok       {step}: {what}"),
        Finding::Skipped(why) => writeln!(io::stdout(), "skipped  {step}: {why}"),
        Finding::Wrong { what, to_do } => {
            sound = false;
            writeln!(io::stdout(), "WRONG    {step}: {what}\n         -> {to_do}")
        }
    };
    let config = match Config::read(file) {
        Ok(config) => {
            say("configuration", Finding::Fine(format!("{} for people", config.public_url)))?;
            config
        }
        Err(error) => {
            let to_do = "mend the named key in portico.toml or in the environment (PORTICO_…)";
            say("configuration", Finding::Wrong { what: in_words(&error), to_do })?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let loopback = config.public_url.host_str().is_some_and(|host| host == "localhost" || host.starts_with("127."));
    if config.public_url.scheme() == "http" && !loopback {
        let what = "people reach the portal over plain http, where sessions can be stolen".to_owned();
        say(
            "address",
            Finding::Wrong { what, to_do: "put a proxy with a certificate before it and use https:// in public_url" },
        )?;
    } else {
        say("address", Finding::Fine(config.public_url.scheme().to_owned()))?;
    }
    let masters = match config.master_keys().and_then(|keys| Ok(portico_vault::MasterKeys::parse(&keys)?)) {
        Ok(masters) => {
            say("master keys", Finding::Fine(format!("the newest is {}", masters.current_id())))?;
            Some(masters)
        }
        Err(error) => {
            let to_do = "`portico rekey --new` prints a key; put it into the file or into master_keys";
            say("master keys", Finding::Wrong { what: in_words(&error), to_do })?;
            None
        }
    };
    let store = match open(&config).await {
        Ok(store) => {
            say("database", Finding::Fine("it answers".into()))?;
            Some(store)
        }
        Err(error) => {
            let to_do = "look at `database` in the configuration, and whether the server runs and knows this role";
            say("database", Finding::Wrong { what: in_words(&error), to_do })?;
            None
        }
    };
    let store = match store {
        Some(store) if !store.is_migrated().await.unwrap_or_default() => {
            let what = "it has no schema yet, or an older one".to_owned();
            say("schema", Finding::Wrong { what, to_do: "run `portico migrate`" })?;
            None
        }
        Some(store) => {
            say("schema", Finding::Fine("up to date".into()))?;
            Some(store)
        }
        None => None,
    };
    match (&store, &masters) {
        (Some(store), Some(masters)) => match keys_open(store, masters).await {
            Ok(0) => say("companies", Finding::Skipped("there is none yet; `portico admin create` makes the first"))?,
            Ok(companies) => say("companies", Finding::Fine(format!("{companies}, and their keys open")))?,
            Err(error) => say(
                "companies",
                Finding::Wrong {
                    what: in_words(&error),
                    to_do: "put the master key that is missing behind the newest",
                },
            )?,
        },
        _ => say("companies", Finding::Skipped("it needs the database with its schema, and the keys"))?,
    }
    if let Some(store) = &store {
        match dead_jobs(store).await {
            Ok(dead) if dead.is_empty() => say("queue", Finding::Fine("no job has given up".into()))?,
            Ok(dead) => say(
                "queue",
                Finding::Wrong {
                    what: format!("{} jobs have given up: {}", dead.len(), dead.join(", ")),
                    to_do: "look for the job's kind in the log; it runs again when its cause wakes it",
                },
            )?,
            Err(error) => {
                let to_do = "look at the database's log; the schema is there, so it is the server that refuses";
                say("queue", Finding::Wrong { what: in_words(&error), to_do })?;
            }
        }
    }
    match config.google.client(&config.public_url) {
        Ok(Some((_, secret, redirect)))
            if !secret.expose_secret().is_empty() && redirect.host() != config.public_url.host() =>
        {
            say(
                "Google client",
                Finding::Wrong {
                    what: format!(
                        "people come back from Google to {redirect}, and are signed in at {} alone",
                        config.public_url
                    ),
                    to_do: "register the address below public_url in Google's console, or name it as google.redirect_uri",
                },
            )?;
        }
        Ok(Some((id, secret, redirect))) if !secret.expose_secret().is_empty() => {
            say("Google client", Finding::Fine(format!("{id}, back to {redirect}")))?;
        }
        Ok(_) => say("Google client", Finding::Skipped("none is configured; companies may bring their own"))?,
        Err(error) => say(
            "Google client",
            Finding::Wrong {
                what: in_words(&error),
                to_do: "name both id and secret, or the file from Google's console",
            },
        )?,
    }
    if let Some(store) = &store {
        match ending_grants(store).await {
            Ok((0, _)) => {}
            Ok((ending, all)) => say(
                "Google grants",
                Finding::Fine(format!(
                    "Google ends {ending} of {all} by itself: it does so after seven days while the project's publishing \
                     status is Testing, or where somebody gave access for a time"
                )),
            )?,
            Err(error) => {
                let to_do = "look at the database's log; the schema is there, so it is the server that refuses";
                say("Google grants", Finding::Wrong { what: in_words(&error), to_do })?;
            }
        }
    }
    match google_answers(&config).await {
        Ok(()) => say("Google", Finding::Fine("it answers".into()))?,
        Err(error) => say(
            "Google",
            Finding::Wrong { what: in_words(&error), to_do: "let this machine reach Google's hosts over https" },
        )?,
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn open(config: &Config) -> Result<Store> {
    Ok(Store::open(&wiring::database(config)?).await?)
}

async fn keys_open(store: &Store, masters: &portico_vault::MasterKeys) -> Result<usize> {
    let tenants = store.instance_read().await?.tenants().await?;
    for tenant in &tenants {
        let keys = store.tenant_read(tenant.id).await?.data_keys().await?;
        if !keys.is_empty() {
            masters.open_data_keys(tenant.id, keys.iter().map(|(_, sealed)| sealed.as_str()))?;
        }
    }
    Ok(tenants.len())
}

/// How many of the grants that work end by themselves, and how many work.
async fn ending_grants(store: &Store) -> Result<(usize, usize)> {
    let (mut ending, mut all) = (0, 0);
    for tenant in store.instance_read().await?.tenants().await? {
        let connections = store.tenant_read(tenant.id).await?.connections(None, None, 10_000).await?;
        let works = connections.iter().filter(|connection| connection.state == "authorized");
        all += works.clone().count();
        ending += works.filter(|connection| connection.tokens.refresh_expires_at.is_some()).count();
    }
    Ok((ending, all))
}

async fn dead_jobs(store: &Store) -> Result<Vec<String>> {
    let dead = store.instance_read().await?.dead_jobs(20).await?;
    Ok(dead.into_iter().map(|job| format!("{} ({})", job.kind, job.last_error.unwrap_or_default())).collect())
}

async fn google_answers(config: &Config) -> Result<()> {
    let endpoints = config
        .google
        .endpoint
        .as_ref()
        .map_or_else(portico_google::Endpoints::google, |at| portico_google::Endpoints::at(at.as_str()));
    let client = portico_transport::HttpClient::new(std::time::Duration::from_secs(10))?;
    let request = axum::http::Request::get(&endpoints.jwks).body(Default::default())?;
    let answer = portico_transport::Transport::send(&client, request).await?;
    anyhow::ensure!(answer.status().is_success(), "it answered {}", answer.status());
    Ok(())
}
