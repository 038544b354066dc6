//! Our library beside Google's Python client, both against the same sandbox, each in a process of its own; and how often
//! many callers who need a token ask for one.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use futures::future::try_join_all;
use portico_google::{
    Credentials, Endpoints, HttpClient,
    auth::{OAuth, OAuthClient, OAuthCredentials, StateKey},
};
use portico_world::{SecretString, World};

use crate::{
    Plan,
    http_door::Watch,
    processes::Process,
    report::{Figure, Report, mb, ms, times},
    sandbox::{CLIENT_ID, CLIENT_SECRET, Sandbox},
    scenario::quantile,
};

const NO_DATABASE: &str = "–";
const ACCOUNT: &str = "ada@bench.example";
/// Nobody is sent there.
const REDIRECT: &str = "http://127.0.0.1:9/callback";
const IN_FLIGHT: usize = 16;
/// Each figure is the middle one of so many.
const ROUNDS: usize = 3;

/// What one way of making the events took.
struct Ran {
    took: Duration,
    /// What the sandbox computed meanwhile.
    sandbox: Duration,
    /// The most memory that the process had.
    memory: u64,
}

impl Ran {
    fn told(&self, inserts: usize) -> String {
        let rate = inserts as f64 / self.took.as_secs_f64();
        format!("{}, {rate:.0} a second, of it the sandbox's own {}", ms(self.took), ms(self.sandbox))
    }
}

/// Measures the library into `report`.
pub(crate) async fn measure(plan: &Plan, report: &mut Report) -> Result<()> {
    let sandbox = Sandbox::start(&plan.programs, ACCOUNT, REDIRECT).await?;
    inserts(plan, &sandbox, report).await?;
    one_refresh(plan, &sandbox, report).await
}

async fn inserts(plan: &Plan, sandbox: &Sandbox, report: &mut Report) -> Result<()> {
    if plan.python.is_none() {
        report.skip(
            "Google's Python client",
            "there is no Python with it: name one with --python, or use cargo xtask bench",
        );
    }
    let count = plan.size.inserts;
    for (how, what) in [
        ("one", format!("{count} inserts, one by one")),
        ("batch", format!("{count} inserts, in batches of 50")),
        ("flight", format!("{count} inserts, {IN_FLIGHT} in flight")),
    ] {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(run(Command::new(plan.programs.join("portico-bench-inserts")), sandbox, how, count).await?);
            if let Some(python) = &plan.python {
                let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/inserts.py");
                let mut command = Command::new(python);
                command.arg(script);
                theirs.push(run(command, sandbox, how, count).await?);
            }
        }
        let (ours, theirs) = (middle(ours).context("it was measured")?, middle(theirs));
        let is_judged = how == "flight" && theirs.is_some();
        let ratio = theirs.as_ref().map(|theirs| times(ours.took, theirs.took));
        report.add(Figure {
            engine: NO_DATABASE,
            what: what.clone(),
            measured: ours.told(count),
            floor: theirs.as_ref().map(|theirs| format!("Python: {}", theirs.told(count))).unwrap_or_default(),
            ratio,
            target: if is_judged { "≤ 1/5 of its time".into() } else { String::new() },
            met: ratio.is_some_and(|ratio| ratio <= 0.2),
        });
        if how == "flight" {
            let ratio = theirs.as_ref().map(|theirs| ours.memory as f64 / theirs.memory as f64);
            report.add(Figure {
                engine: NO_DATABASE,
                what: "resident memory of the process that does so, at most".into(),
                measured: mb(ours.memory),
                floor: theirs.as_ref().map(|theirs| format!("Python: {}", mb(theirs.memory))).unwrap_or_default(),
                ratio,
                target: if is_judged { "≤ 1/5 of its memory".into() } else { String::new() },
                met: ratio.is_some_and(|ratio| ratio <= 0.2),
            });
        }
    }
    Ok(())
}

/// The round whose time is the middle one.
fn middle(mut rounds: Vec<Ran>) -> Option<Ran> {
    rounds.sort_by_key(|ran| ran.took);
    let index = rounds.len() / 2;
    (index < rounds.len()).then(|| rounds.swap_remove(index))
}

/// Lets a program make `count` events.
async fn run(mut program: Command, sandbox: &Sandbox, how: &str, count: usize) -> Result<Ran> {
    let token = sandbox.tokens().await?.access;
    program.args([&sandbox.address, &token, how, &count.to_string(), &IN_FLIGHT.to_string()]);
    let before = sandbox.computed()?;
    let mut process = Process::start(program.stdout(Stdio::piped()))?;
    let mut line = String::new();
    BufReader::new(process.output()?).read_line(&mut line)?;
    let seconds: f64 = line.trim().parse().with_context(|| format!("inserts ({how}) ended without a time"))?;
    let sandbox = sandbox.computed()?.saturating_sub(before);
    Ok(Ran { took: Duration::from_secs_f64(seconds), sandbox, memory: process.memory()?.highest })
}

/// Many callers at once who have no token, and the same many whose token was refused: one request each time.
async fn one_refresh(plan: &Plan, sandbox: &Sandbox, report: &mut Report) -> Result<()> {
    let (mut first, mut again, mut alone) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let refresh_token: SecretString = sandbox.tokens().await?.refresh.into();
        let client = OAuthClient {
            client_id: CLIENT_ID.into(),
            client_secret: CLIENT_SECRET.into(),
            redirect_uri: REDIRECT.into(),
        };
        let transport = Arc::new(HttpClient::new(Duration::from_secs(30))?);
        let endpoints = Endpoints::at(&sandbox.address);
        let oauth = OAuth::new(client, endpoints, transport, World::real(), StateKey::new([7; 32]));
        let watch = Watch::start();
        oauth.refresh(&refresh_token).await?;
        alone.push(watch.read());

        let credentials = OAuthCredentials::new(oauth, refresh_token);
        let seen = sandbox.last_request().await?;
        let watch = Watch::start();
        let tokens = together(plan.size.callers, &credentials, None).await?;
        first.push(watch.read());
        let asked = sandbox.token_requests_since(seen).await?;
        ensure!(asked == 1, "{} callers without a token sent {asked} requests for one", plan.size.callers);

        let refused = tokens.into_iter().next().context("there are callers")?;
        let seen = sandbox.last_request().await?;
        let watch = Watch::start();
        together(plan.size.callers, &credentials, Some(&refused)).await?;
        again.push(watch.read());
        let asked = sandbox.token_requests_since(seen).await?;
        ensure!(asked == 1, "{} callers whose token was refused sent {asked} requests", plan.size.callers);
    }
    let alone = quantile(&mut alone, 0.5);
    for (what, mut took) in [("without a token", first), ("whose token was refused", again)] {
        let took = quantile(&mut took, 0.5);
        report.add(Figure {
            engine: NO_DATABASE,
            what: format!("{} callers at once {what}", plan.size.callers),
            measured: format!("1 request, {}", ms(took)),
            floor: format!("{} (one caller)", ms(alone)),
            ratio: Some(times(took, alone)),
            target: "exactly one request".into(),
            met: true,
        });
    }
    Ok(())
}

/// The tokens that as many tasks get, all of the same one.
async fn together(
    callers: usize,
    credentials: &OAuthCredentials,
    refused: Option<&SecretString>,
) -> Result<Vec<SecretString>> {
    let tasks = (0..callers).map(|_| {
        let (credentials, refused) = (credentials.clone(), refused.cloned());
        tokio::spawn(async move {
            match &refused {
                None => credentials.access_token().await,
                Some(refused) => credentials.refresh(refused).await,
            }
        })
    });
    let tokens: Result<Vec<SecretString>, _> = try_join_all(tasks).await?.into_iter().collect();
    Ok(tokens?)
}
