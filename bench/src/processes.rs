//! The programs that are measured, as processes of their own.

use std::{
    io::Write,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};

/// A child that ends with us.
pub(crate) struct Process {
    child: Child,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Resident memory of a process, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Memory {
    /// Now.
    pub resident: u64,
    /// At its highest since the start.
    pub highest: u64,
}

impl Process {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).spawn().with_context(|| format!("{program} does not start"))?;
        Ok(Self { child })
    }

    pub(crate) fn output(&mut self) -> Result<std::process::ChildStdout> {
        self.child.stdout.take().context("the output was not asked for")
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)) | Err(_))
    }

    /// How long it has been on a processor so far, as Linux counts it: in hundredths of a second.
    pub(crate) fn computed(&self) -> Result<Duration> {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))
            .context("computing time is read from /proc, as Linux has it")?;
        // The program's name, which may hold anything, stands in brackets before the third field.
        let (_, fields) = text.rsplit_once(") ").context("no fields")?;
        let ticks: Option<Vec<u64>> = fields.split(' ').skip(11).take(2).map(|field| field.parse().ok()).collect();
        let ticks = ticks.filter(|ticks| ticks.len() == 2).context("no computing time")?;
        Ok(Duration::from_millis(10 * ticks.iter().sum::<u64>()))
    }

    /// What Linux says of its memory.
    pub(crate) fn memory(&self) -> Result<Memory> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .context("memory is read from /proc, as Linux has it")?;
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim_start_matches(':').trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()
        };
        Ok(Memory {
            resident: field("VmRSS").context("no VmRSS")? * 1024,
            highest: field("VmHWM").context("no VmHWM")? * 1024,
        })
    }
}

/// The program `portico` with its configuration.
pub(crate) struct Portico {
    program: PathBuf,
    config: PathBuf,
}

impl Portico {
    pub(crate) fn new(programs: &Path, config: PathBuf) -> Self {
        Self { program: programs.join("portico"), config }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--config").arg(&self.config).args(words);
        command
    }

    /// Runs a command of it to its end, with this on its standard input; what it printed.
    pub(crate) fn run(&self, words: &[&str], input: &str) -> Result<String> {
        let mut child = self
            .command(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} does not start", self.program.display()))?;
        child.stdin.take().context("a pipe was asked for")?.write_all(input.as_bytes())?;
        let output = child.wait_with_output()?;
        if !output.status.success() {
            bail!("portico {}: {}", words.join(" "), String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Starts `portico serve`.
    pub(crate) fn serve(&self, words: &[&str]) -> Result<Process> {
        let mut all = vec!["serve"];
        all.extend(words);
        Process::start(self.command(&all).stdout(Stdio::null()).stderr(Stdio::inherit()))
    }
}

/// A port of loopback that nobody has just now.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
