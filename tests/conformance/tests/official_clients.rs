//! Google's official Python and Node clients against the sandbox: turned by their options, and unchanged.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The interpreter with Google's clients in it, as `cargo xtask test` prepares it.
#[expect(clippy::disallowed_methods, reason = "the test command says where the interpreter is")]
fn python() -> Option<PathBuf> {
    let named = std::env::var_os("TEST_PYTHON").map(PathBuf::from);
    named.or_else(|| Some(here().join("../../target/python/bin/python"))).filter(|path| path.exists())
}

fn sandbox_program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let folder = tests.parent().unwrap().parent().unwrap();
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "portico-sandbox", "--bin", "portico-sandbox", "--target-dir"])
        .arg(folder.parent().unwrap())
        .status()
        .unwrap();
    assert!(status.success(), "the sandbox builds");
    folder.join("portico-sandbox")
}

/// An example of the library.
fn example(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let folder = tests.parent().unwrap().parent().unwrap();
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "portico-google", "--examples", "--target-dir"])
        .arg(folder.parent().unwrap())
        .status()
        .unwrap();
    assert!(status.success(), "the examples build");
    folder.join("examples").join(name)
}

struct Sandbox {
    child: Child,
    address: String,
}

impl Sandbox {
    fn start() -> Self {
        let mut child = Command::new(sandbox_program()).args(["--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
        Self { child, address: ready["sandbox"].as_str().unwrap().to_owned() }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Runs a script to its end; its last line says how many checks it made.
fn judge(mut command: Command, at_least: usize) {
    command.env_remove("HTTP_PROXY").env_remove("HTTPS_PROXY").env_remove("http_proxy").env_remove("https_proxy");
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let passed: usize = said.lines().filter(|line| line.starts_with("PASS ")).count();
    println!("{said}");
    let failed: Vec<&str> = said.lines().filter(|line| line.starts_with("FAIL ")).collect();
    assert!(output.status.success() && failed.is_empty(), "{failed:#?}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(passed >= at_least, "only {passed} checks ran");
}

macro_rules! needed {
    ($found:expr, $what:literal) => {
        match $found {
            Some(found) => found,
            None => {
                let what = concat!($what, " is not prepared on this machine; `cargo xtask test` prepares it");
                portico_skipping::skipped("TEST_REQUIRE_CLIENTS", what);
                return;
            }
        }
    };
}

fn node() -> Option<PathBuf> {
    here().join("node/node_modules/googleapis").exists().then(|| PathBuf::from("node"))
}

#[test]
fn python_client_turned_by_its_options() {
    let python = needed!(python(), "a Python with Google's clients");
    let sandbox = Sandbox::start();
    let mut command = Command::new(python);
    command.arg(here().join("python/options.py")).arg(&sandbox.address);
    judge(command, 70);
}

#[test]
fn node_client_turned_by_its_options() {
    let node = needed!(node(), "Google's Node client");
    let sandbox = Sandbox::start();
    let mut command = Command::new(node);
    command.arg(here().join("node/options.mjs")).arg(&sandbox.address);
    judge(command, 16);
}

#[test]
fn both_clients_and_ours_unchanged() {
    let python = needed!(python(), "a Python with Google's clients");
    let node = needed!(node(), "Google's Node client");
    let may_unshare = Command::new("unshare").args(["-rmn", "true"]).status().is_ok_and(|s| s.success());
    if !may_unshare {
        let what = "this machine allows no private network (root or user namespaces), so no client ran unchanged";
        return portico_skipping::skipped("TEST_REQUIRE_UNSHARE", what);
    }
    let state = tempfile::tempdir().unwrap();
    let mut command = Command::new("bash");
    command.arg(here().join("unchanged.sh")).arg(sandbox_program()).arg(python).arg(node).arg(example("each_service"));
    command.arg(state.path());
    judge(command, 30);
}
