//! `portico demo`: the portal with two sample companies, SQLite in a folder, and the sandbox as Google.

use std::{
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use portico_app::{App, Live, OpenedKeys, samples};
use portico_google::{Endpoints, Quota, auth::OAuthClient, quota::MemoryQuotaStore};
use portico_sandbox::Sandbox;
use portico_store::{Store, StoreConfig};
use portico_transport::HttpClient;
use portico_vault::{MasterKeys, new_master_key};
use portico_world::{ExposeSecret, SecretString, World};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{config::LogFormat, log, serve};

/// Where the demo lives and how it speaks.
#[derive(Args)]
pub struct Options {
    /// The portal's port; 0 takes a free one. A second start in the same folder takes the same ports again.
    #[arg(long)]
    port: Option<u16>,
    /// The folder with the databases of the portal and of the sandbox.
    #[arg(long, default_value = "portico-demo")]
    data: PathBuf,
    /// Print one line of JSON when ready, and nothing else.
    #[arg(long)]
    json: bool,
    /// What is logged.
    #[arg(long, default_value = "warn")]
    log: String,
}

/// What the first start chose and later starts keep: ports, keys and the OAuth client's secret.
#[derive(Serialize, Deserialize)]
struct Kept {
    portal_port: u16,
    sandbox_port: u16,
    master_key: String,
    client_secret: String,
}

/// The line that scripts read.
#[derive(Serialize)]
struct Ready<'a> {
    portal: &'a str,
    sandbox: &'a str,
    accounts: &'a [samples::SampleAccount],
}

const CLIENT_ID: &str = "portico-demo.apps.googleusercontent.com";

/// Runs until the process is asked to stop.
pub async fn run(options: Options) -> Result<()> {
    log::start(&options.log, LogFormat::Text)?;
    std::fs::create_dir_all(&options.data)
        .with_context(|| format!("the folder {} cannot be made", options.data.display()))?;
    let world = World::real();
    let kept_in = options.data.join("demo.json");
    let before = read(&kept_in)?;
    let wanted = options.port.filter(|port| *port != 0).or(before.as_ref().map(|kept| kept.portal_port));
    let portal = listen(wanted, options.port.is_none().then_some(8700)).await?;
    let easy = options.port.is_none().then_some(8790);
    let sandbox = listen(before.as_ref().map(|kept| kept.sandbox_port), easy).await?;
    let kept = Kept {
        portal_port: portal.local_addr()?.port(),
        sandbox_port: sandbox.local_addr()?.port(),
        master_key: before.as_ref().map_or_else(
            || new_master_key(world.rng.as_ref()).expose_secret().to_owned(),
            |kept| kept.master_key.clone(),
        ),
        client_secret: before
            .as_ref()
            .map_or_else(|| format!("GOCSPX-{}", world.new_uuid().simple()), |kept| kept.client_secret.clone()),
    };
    write(&kept_in, &kept)?;

    let portal_url = format!("http://127.0.0.1:{}", kept.portal_port);
    let sandbox_url = format!("http://127.0.0.1:{}", kept.sandbox_port);
    let transport = Arc::new(HttpClient::new(Duration::from_secs(30))?);
    let google = Sandbox::open(Some(&options.data.join("sandbox")), world.clone(), transport.clone())
        .context("the sandbox's data cannot be read")?;
    let serving = tokio::spawn(portico_sandbox::serve(google, sandbox, None));

    let redirect_uri = format!("{portal_url}/api/v1/auth/google/callback");
    let app = app(&options.data, world, transport, &kept, &portal_url, &sandbox_url, &redirect_uri).await?;
    let accounts = samples::ensure(&app).await.context("the sample companies could not be made")?;
    let seed = samples::sandbox_seed(&accounts, CLIENT_ID, &kept.client_secret, &redirect_uri);
    seed_sandbox(&app, &sandbox_url, &seed).await?;

    if options.json {
        let ready = Ready { portal: &portal_url, sandbox: &sandbox_url, accounts: &accounts };
        writeln!(io::stdout(), "{}", serde_json::to_string(&ready)?)?;
    } else {
        say(&mut io::stdout(), &portal_url, &sandbox_url, &accounts)?;
    }
    let stop = CancellationToken::new();
    let worker = tokio::spawn(serve::work(app.clone(), 8, stop.clone()));
    let served = serve::listen(app.clone(), portal, serve::asked_to_stop()).await;
    stop.cancel();
    worker.await.context("the worker ended badly")?;
    serving.abort();
    app.store.close().await;
    served
}

async fn app(
    data: &Path,
    world: World,
    transport: Arc<HttpClient>,
    kept: &Kept,
    portal_url: &str,
    sandbox_url: &str,
    redirect_uri: &str,
) -> Result<Arc<App>> {
    let database = StoreConfig::Sqlite { path: data.join("portico.db") };
    Store::migrate(&database, None).await.context("the database could not be migrated")?;
    let store = Store::open(&database).await.context("the database could not be opened")?;
    let public_url: Url = portal_url.parse()?;
    Ok(Arc::new(App {
        store,
        world,
        transport,
        google: Endpoints::at(sandbox_url),
        google_quota: Quota::new(Arc::new(MemoryQuotaStore::new()), "demo"),
        google_scopes: portico_google::ScopeSet::default(),
        google_client: Some(OAuthClient {
            client_id: CLIENT_ID.into(),
            client_secret: SecretString::from(kept.client_secret.clone()),
            redirect_uri: redirect_uri.into(),
        }),
        masters: MasterKeys::parse(&[SecretString::from(kept.master_key.clone())])?,
        callback_url: public_url.clone(),
        public_url,
        live: Live::default(),
        opened_keys: OpenedKeys::default(),
    }))
}

/// A listener on loopback: on the port that was asked for or kept, else on the one that is easy to remember, else on any.
async fn listen(wanted: Option<u16>, easy: Option<u16>) -> Result<TcpListener> {
    let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    if let Some(port) = wanted {
        return TcpListener::bind(at(port))
            .await
            .with_context(|| format!("port {port} is taken: is the demo running already?"));
    }
    if let Some(port) = easy
        && let Ok(listener) = TcpListener::bind(at(port)).await
    {
        return Ok(listener);
    }
    TcpListener::bind(at(0)).await.context("no port of 127.0.0.1 can be had")
}

fn read(path: &Path) -> Result<Option<Kept>> {
    if !path.exists() {
        return Ok(None);
    }
    let text = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let kept = serde_json::from_slice(&text)
        .with_context(|| format!("{} is damaged: remove the folder to start anew", path.display()))?;
    Ok(Some(kept))
}

fn write(path: &Path, kept: &Kept) -> Result<()> {
    let beside = path.with_extension("json.new");
    std::fs::write(&beside, serde_json::to_vec_pretty(kept)?)?;
    std::fs::rename(&beside, path)?;
    Ok(())
}

/// Tells the sandbox of the portal's OAuth client and of the sample people's Google accounts; again on every start.
async fn seed_sandbox(app: &App, sandbox_url: &str, seed: &[(&str, serde_json::Value)]) -> Result<()> {
    for (path, body) in seed {
        let request = axum::http::Request::post(format!("{sandbox_url}/_sandbox/{path}"))
            .header("content-type", "application/json")
            .body(serde_json::to_vec(body)?.into())?;
        let answer = app.transport.send(request).await?;
        if !answer.status().is_success() {
            bail!("the sandbox refused {path}: {}", String::from_utf8_lossy(answer.body()));
        }
    }
    Ok(())
}

fn say(out: &mut impl Write, portal: &str, sandbox: &str, accounts: &[samples::SampleAccount]) -> io::Result<()> {
    writeln!(out, "\nPortico is ready.\n\n  Portal   {portal}\n  Google   {sandbox}   (the sandbox)\n\nSign in as\n")?;
    let mut tenant = "";
    for account in accounts {
        if account.tenant != tenant {
            tenant = &account.tenant;
            writeln!(out, "  {tenant}")?;
        }
        writeln!(out, "    {:<34} {:<18} {}", account.email, account.password, account.role)?;
    }
    writeln!(out, "\nEach person's Google account has the same address. Ctrl-C ends the demo; nothing is lost.\n")
}
