use std::{
    path::{Path, PathBuf},
    process::{ChildStdin, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use portico_skipping::skipped;
use portico_store::{Store, StoreConfig};
use portico_world::SecretString;
use sqlx::{Connection, PgConnection};

/// A throw-away PostgreSQL cluster on a free port of loopback.
pub struct Postgres {
    port: u16,
    made: AtomicU32,
    /// The watchman ends the server and removes its folder when this pipe closes: at the latest with our process.
    _watchman: ChildStdin,
}

const PASSWORD: &str = "secret";
const TEMPLATE: &str = "portico_template";

impl Postgres {
    /// Starts a cluster and migrates the template; none where PostgreSQL is not installed.
    pub async fn start() -> Option<Self> {
        let Some(binaries) = binaries() else {
            let what = "PostgreSQL is not installed, so nothing was tested on it. apt-get install postgresql";
            skipped("TEST_REQUIRE_POSTGRES", what);
            return None;
        };
        // Between finding a free port and taking it somebody else may take it.
        let mut started = (0..5).find_map(|_| start_once(&binaries));
        let cluster = started.take().expect("PostgreSQL starts on a free port");
        let owner = cluster.url("postgres", PASSWORD, "postgres");
        let mut connection = connect(&owner).await;
        for statement in [
            "CREATE ROLE portico_app LOGIN PASSWORD 'secret' NOSUPERUSER NOBYPASSRLS",
            "CREATE DATABASE portico_template",
        ] {
            sqlx::query(statement).execute(&mut connection).await.expect("the owner may make roles and databases");
        }
        let config = StoreConfig::Postgres {
            url: cluster.url("portico_app", PASSWORD, TEMPLATE).into(),
            listen_url: None,
            connections: 1,
        };
        let template: SecretString = cluster.url("postgres", PASSWORD, TEMPLATE).into();
        Store::migrate(&config, Some(&template)).await.expect("an empty PostgreSQL database can be migrated");
        Some(cluster)
    }

    /// A fresh, migrated database: the owner's address and the service's.
    pub async fn database(&self) -> (SecretString, SecretString) {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let name = format!("portico_{number}");
        let mut connection = connect(&self.url("postgres", PASSWORD, "postgres")).await;
        sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")))
            .execute(&mut connection)
            .await
            .expect("the template can be copied");
        (self.url("postgres", PASSWORD, &name).into(), self.url("portico_app", PASSWORD, &name).into())
    }

    fn url(&self, user: &str, password: &str, database: &str) -> String {
        format!("postgres://{user}:{password}@127.0.0.1:{}/{database}", self.port)
    }
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.expect("the cluster answers")
}

/// The newest installed version's programs.
fn binaries() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            path.join("bin/initdb").exists().then(|| (version, path.join("bin")))
        })
        .collect();
    versions.sort();
    versions.pop().map(|(_, path)| path)
}

/// A command as a user that PostgreSQL accepts: it refuses root.
fn unprivileged(program: &Path) -> Command {
    let id = Command::new("id").arg("-u").output().expect("id runs");
    let mut command;
    if String::from_utf8_lossy(&id.stdout).trim() == "0" {
        command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
    } else {
        command = Command::new(program);
    }
    command.env("LC_ALL", "C.UTF-8").current_dir("/").stdin(Stdio::null());
    command
}

#[expect(clippy::zombie_processes, reason = "the watchman outlives this process: it cleans up after it")]
fn start_once(binaries: &Path) -> Option<Postgres> {
    let port = std::net::TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
    let made = unprivileged(Path::new("mktemp"))
        .args(["-d", "-p"])
        .arg(std::env::temp_dir())
        .arg("portico-postgres-XXXXXX")
        .output()
        .expect("mktemp runs");
    assert!(made.status.success(), "user postgres cannot write to the folder for temporary files");
    let folder = PathBuf::from(String::from_utf8_lossy(&made.stdout).trim());
    let script = format!(
        "set -e
         cd {folder}
         echo {PASSWORD} > pw
         {bin}/initdb -D data -U postgres -A scram-sha-256 --pwfile=pw -E UTF8 --no-sync --no-instructions
         printf '%s\\n' \"listen_addresses = '127.0.0.1'\" 'port = {port}' \"unix_socket_directories = '{folder}'\" \\
             'fsync = off' 'synchronous_commit = off' 'full_page_writes = off' 'max_connections = 200' >> data/postgresql.conf
         {bin}/pg_ctl -D data -l server.log -w -t 30 start",
        folder = folder.display(),
        bin = binaries.display(),
    );
    let started =
        unprivileged(Path::new("sh")).arg("-c").arg(script).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let pid = std::fs::read_to_string(folder.join("data/postmaster.pid"))
        .ok()
        .and_then(|text| text.lines().next()?.trim().parse::<u32>().ok());
    let stop = pid.map(|pid| format!("kill -QUIT {pid}; ")).unwrap_or_default();
    // Immediate shutdown (SIGQUIT), then the folder: the cluster is thrown away.
    let mut watchman = unprivileged(Path::new("sh"))
        .arg("-c")
        .arg(format!(
            "cat > /dev/null; {stop}while [ -e {0}/data/postmaster.pid ]; do sleep 0.1; done; rm -rf {0}",
            folder.display()
        ))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the watchman starts");
    let pipe = watchman.stdin.take().expect("the pipe was asked for");
    started.ok().filter(std::process::ExitStatus::success)?;
    Some(Postgres { port, made: AtomicU32::new(0), _watchman: pipe })
}
