//! The course of the measurements on one engine.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use portico_parts::Database;
use portico_store::{Store, StoreConfig};
use portico_world::{ExposeSecret, Rng, SecretString, SeededRng, World};

use crate::{
    Plan,
    events::Seed,
    floor::Rows,
    http_door::{Door, Watch},
    portal::{Person, ready},
    processes::{Memory, Portico, Process, free_port},
    report::{Figure, Report, mb, ms, times},
    sandbox::{CLIENT_ID, CLIENT_SECRET, Sandbox},
};

const TENANT: &str = "bench";
const EMAIL: &str = "ada@bench.example";
const PASSWORD: &str = "a password of the bench";

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }

    async fn fresh(self) -> Option<Database> {
        match self {
            Self::Sqlite => Some(portico_parts::sqlite().await),
            Self::Postgres => portico_parts::postgres().await,
        }
    }
}

/// A company with one person on a database of its own, and a Google for it.
struct Stage {
    portico: Portico,
    address: String,
    database: Database,
    sandbox: Sandbox,
    singles: Vec<String>,
    seed: Seed,
    _folder: tempfile::TempDir,
}

/// Measures one engine into `report`.
pub(crate) async fn measure(plan: &Plan, engine: Engine, report: &mut Report) -> Result<()> {
    let world = World::real();
    let Some(stage) = Stage::set(plan, engine, plan.size.events, &world).await? else {
        report.skip(engine.name(), "it is not installed");
        return Ok(());
    };
    let (person_link, few) = stage.pull(engine, report, &world).await?;
    stage.work(plan, engine, report, person_link).await?;
    drop(stage);
    if plan.many
        && let Some(stage) = Stage::set(plan, engine, plan.size.many_events, &world).await?
    {
        stage.grow(plan, engine, report, few).await?;
    }
    Ok(())
}

impl Stage {
    async fn set(plan: &Plan, engine: Engine, events: usize, world: &World) -> Result<Option<Self>> {
        let Some(database) = engine.fresh().await else { return Ok(None) };
        let folder = tempfile::tempdir()?;
        let port = free_port()?;
        let address = format!("http://127.0.0.1:{port}");
        let callback = format!("{address}/api/v1/auth/google/callback");
        let sandbox = Sandbox::start(&plan.programs, EMAIL, &callback).await?;
        let config = folder.path().join("portico.toml");
        let portico = Portico::new(&plan.programs, config.clone());
        let key = portico.run(&["rekey", "--new"], "")?;
        write_config(&config, port, &address_of(&database), &key, &sandbox.address)?;
        let words = ["admin", "create", "--tenant", TENANT, "--name", "Bench", "--email", EMAIL, "--person", "Ada"];
        portico.run(&words, &format!("{PASSWORD}\n"))?;
        let seed = Seed::new(events, world.now());
        let singles = sandbox.fill(&seed).await.context("the sandbox could not be filled")?;
        Ok(Some(Self { portico, address, database, sandbox, singles, seed, _folder: folder }))
    }

    /// Starts `serve` and waits until it answers; how long that took.
    async fn serve(&self, words: &[&str]) -> Result<(Process, Duration)> {
        let door = Door::new(&self.address)?;
        let watch = Watch::start();
        let mut serve = self.portico.serve(words)?;
        ready(&door, &mut serve).await?;
        Ok((serve, watch.read()))
    }

    async fn connect(&self) -> Result<(Person, Duration, Memory)> {
        let (serve, _) = self.serve(&[]).await?;
        let mut person = Person::sign_in(&self.address, EMAIL, PASSWORD).await?;
        let took = person.connect(&self.sandbox, EMAIL).await?;
        Ok((person, took, serve.memory()?))
    }

    /// The first pull beside its floor, and the memory after it.
    async fn pull(&self, engine: Engine, report: &mut Report, world: &World) -> Result<(String, Memory)> {
        let recording = self.sandbox.record().await?;
        let mut reading = vec![recording.took];
        for _ in 0..2 {
            reading.push(self.sandbox.record().await?.took);
        }
        let reading = quantile(&mut reading, 0.5);
        let (person, took, memory) = self.connect().await?;
        let store = self.database.open().await;
        let link = person.link.parse().ok().context("a link has an id")?;
        let rows = Rows::read(&store, TENANT, link).await?;
        store.close().await;
        let count = rows.len();
        let fresh = engine.fresh().await.context("a second database can be had")?;
        let empty: Store = fresh.open().await;
        let floor = rows.write_anew(&empty, &recording.pages, world).await?;
        empty.close().await;
        ensure!(count == floor.read, "{} events at Google, {count} entries here", floor.read);

        let ground = floor.parsing + floor.writing;
        let own = took.saturating_sub(reading);
        let ratio = times(own, ground);
        report.add(Figure {
            engine: engine.name(),
            what: format!("first pull of {count} events, without the sandbox's own {}", ms(reading)),
            measured: ms(own),
            floor: format!("{} (parsing {}, writing {})", ms(ground), ms(floor.parsing), ms(floor.writing)),
            ratio: Some(ratio),
            target: "≤ 2 × floor".into(),
            met: ratio <= 2.0,
        });
        report.add(Figure {
            engine: engine.name(),
            what: "resident memory of `serve` after that pull".into(),
            measured: format!("{}, at most {}", mb(memory.resident), mb(memory.highest)),
            floor: String::new(),
            ratio: None,
            target: "≤ 80 MB".into(),
            met: memory.highest <= 80_000_000,
        });
        Ok((person.link, memory))
    }

    /// Start-up, increments, push and windows, on the data that the pull left. No worker, so that nobody but the measured
    /// request runs the sync.
    async fn work(&self, plan: &Plan, engine: Engine, report: &mut Report, link: String) -> Result<()> {
        let mut starts = Vec::new();
        for _ in 0..plan.size.starts {
            let (serve, took) = self.serve(&[]).await?;
            drop(serve);
            starts.push(took);
        }
        let start = quantile(&mut starts, 1.0);
        report.add(Figure {
            engine: engine.name(),
            what: format!("`serve` ready on existing data, the slowest of {}", starts.len()),
            measured: ms(start),
            floor: String::new(),
            ratio: None,
            target: "≤ 500 ms".into(),
            met: start <= Duration::from_millis(500),
        });

        let (_serve, _) = self.serve(&["--web-only"]).await?;
        let mut person = Person::sign_in(&self.address, EMAIL, PASSWORD).await?;
        person.link = link;
        // Whatever the killed processes left to do.
        person.sync().await?;
        self.increments(plan, engine, report, &person).await?;
        let ids = self.windows(plan, engine, report, &person).await?;
        self.push(plan, engine, report, &person, &ids).await
    }

    async fn increments(&self, plan: &Plan, engine: Engine, report: &mut Report, person: &Person) -> Result<()> {
        let (mut ours, mut floors) = (Vec::new(), Vec::new());
        let mut token = self.sandbox.record().await?.sync_token;
        let unmeasured = plan.size.increments / 2;
        for (number, id) in self.singles.iter().step_by(7).take(unmeasured + plan.size.increments).enumerate() {
            self.sandbox.rename(id, &format!("Renamed at Google {number}")).await?;
            let (ran, took) = person.sync().await?;
            ensure!(ran["pulled"] == 1, "an increment of one brought {ran}");
            token = self.sandbox.newer(&token).await?;
            let floor = self.sandbox.empty_list(&token).await?;
            if number >= unmeasured {
                ours.push(took);
                floors.push(floor);
            }
        }
        let (ours, floor) = (quantile(&mut ours, 0.5), quantile(&mut floors, 0.5));
        let ratio = times(ours, floor);
        report.add(Figure {
            engine: engine.name(),
            what: format!("increment of 1, median of {}", floors.len()),
            measured: ms(ours),
            floor: format!("{} (one empty `events.list`)", ms(floor)),
            ratio: Some(ratio),
            target: "≤ 3 × floor".into(),
            met: ratio <= 3.0,
        });
        Ok(())
    }

    /// Windows of random months; the ids of some single events of theirs.
    async fn windows(&self, plan: &Plan, engine: Engine, report: &mut Report, person: &Person) -> Result<Vec<String>> {
        let chance = SeededRng::new(7);
        let (mut all, mut shown, mut ids) = (Vec::new(), 0, Vec::new());
        for _ in 0..plan.size.windows {
            let (from, to) = self.seed.month(chance.next_u64());
            let (items, took) = person.window(from, to).await?;
            shown += items.len();
            all.push(took);
            for item in items {
                if let Some(id) = item["id"].as_str().filter(|id| !id.contains('_') && ids.len() < plan.size.edits)
                    && !ids.iter().any(|known| known == id)
                {
                    ids.push(id.to_owned());
                }
            }
        }
        let (p50, p99) = (quantile(&mut all, 0.5), quantile(&mut all, 0.99));
        report.add(Figure {
            engine: engine.name(),
            what: format!(
                "month window, {} random months, {} events each on average",
                all.len(),
                shown / all.len().max(1)
            ),
            measured: format!("p50 {}, p99 {}", ms(p50), ms(p99)),
            floor: String::new(),
            ratio: None,
            target: "p99 ≤ 20 ms".into(),
            met: p99 <= Duration::from_millis(20),
        });
        Ok(ids)
    }

    async fn push(
        &self,
        plan: &Plan,
        engine: Engine,
        report: &mut Report,
        person: &Person,
        ids: &[String],
    ) -> Result<()> {
        ensure!(ids.len() == plan.size.edits, "only {} single events to edit", ids.len());
        for (number, id) in ids.iter().enumerate() {
            person.rename(id, &format!("Renamed here {number}")).await?;
        }
        let (ran, took) = person.sync().await?;
        ensure!(ran["pushed"] == ids.len(), "{} edits, and the run says {ran}", ids.len());
        let watch = Watch::start();
        for (number, id) in self.singles.iter().rev().take(ids.len()).enumerate() {
            self.sandbox.rename(id, &format!("By a bare client {number}")).await?;
        }
        let floor = watch.read();
        let ratio = times(took, floor);
        report.add(Figure {
            engine: engine.name(),
            what: format!("push of {}", ids.len()),
            measured: ms(took),
            floor: format!("{} (as many calls by a bare client)", ms(floor)),
            ratio: Some(ratio),
            target: String::new(),
            met: true,
        });
        Ok(())
    }

    /// Memory with many events, beside memory with few.
    async fn grow(&self, plan: &Plan, engine: Engine, report: &mut Report, few: Memory) -> Result<()> {
        let (_, took, many) = self.connect().await?;
        let ratio = many.highest as f64 / few.highest as f64;
        report.add(Figure {
            engine: engine.name(),
            what: format!("the same after a pull of {} events ({})", plan.size.many_events, ms(took)),
            measured: format!("{}, at most {}", mb(many.resident), mb(many.highest)),
            floor: format!("{}, at most {}", mb(few.resident), mb(few.highest)),
            ratio: Some(ratio),
            target: "flat (≤ 1.25)".into(),
            met: ratio <= 1.25,
        });
        Ok(())
    }
}

/// The value that this part of the values does not exceed.
pub(crate) fn quantile(values: &mut [Duration], part: f64) -> Duration {
    values.sort_unstable();
    let rank = (values.len() as f64 * part).ceil() as usize;
    values.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

fn address_of(database: &Database) -> SecretString {
    match &database.config {
        StoreConfig::Sqlite { path } => format!("sqlite:{}", path.display()).into(),
        StoreConfig::Postgres { url, .. } => url.clone(),
    }
}

fn write_config(path: &Path, port: u16, database: &SecretString, key: &str, sandbox: &str) -> Result<()> {
    let lines = [
        format!("public_url = 'http://127.0.0.1:{port}'"),
        format!("listen = '127.0.0.1:{port}'"),
        format!("database = '{}'", database.expose_secret()),
        format!("master_keys = ['{key}']"),
        "log = 'warn'".to_owned(),
        "[google]".to_owned(),
        format!("client_id = '{CLIENT_ID}'"),
        format!("client_secret = '{CLIENT_SECRET}'"),
        format!("endpoint = '{sandbox}'"),
        // As at the sandbox: what is measured is the portal and not Google's limits.
        "calls_per_minute = 100000000".to_owned(),
        "calls_per_minute_per_user = 100000000".to_owned(),
    ];
    std::fs::write(path, lines.join("\n"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_were_measured() {
        let mut values: Vec<Duration> = (1..=100).rev().map(Duration::from_millis).collect();
        assert_eq!(quantile(&mut values, 0.5), Duration::from_millis(50));
        assert_eq!(quantile(&mut values, 0.99), Duration::from_millis(99));
        assert_eq!(quantile(&mut values, 1.0), Duration::from_millis(100));
        assert_eq!(quantile(&mut [], 0.5), Duration::ZERO);
    }
}
