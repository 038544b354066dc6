//! The commands as an operator types them.

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

fn portico(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portico"));
    command.current_dir(folder).env_clear().args(arguments).stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    portico(folder, arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A folder with a configuration of its own: a key, a database in the folder, and a Google that nobody answers for.
fn configured(more: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let key = run(folder.path(), &["rekey", "--new"]);
    let text = format!(
        "public_url = 'https://portal.test'\ndatabase = 'sqlite:{}'\nmaster_keys = ['{}']\n{more}\n\
         [google]\nendpoint = 'http://127.0.0.1:9'",
        folder.path().join("portico.db").display(),
        String::from_utf8_lossy(&key.stdout).trim()
    );
    std::fs::write(folder.path().join("portico.toml"), text).unwrap();
    folder
}

#[test]
fn who_has_read_enough_of_the_output_ends_it_quietly() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = portico(folder.path(), &["openapi"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    assert_eq!(said(&ended), "");
}

#[test]
fn what_is_wrong_in_the_configuration_is_named() {
    let nowhere = tempfile::tempdir().unwrap();
    assert!(said(&run(nowhere.path(), &["serve"])).contains("no portico.toml in this folder"));
    let folder = configured("colour = 'red'");
    for command in ["serve", "worker", "migrate", "rekey", "doctor"] {
        let ended = run(folder.path(), &[command]);
        assert!(!ended.status.success(), "{command}");
        assert!(said(&ended).contains("`colour`"), "{command}: {}", said(&ended));
    }
    let keyless = "public_url = 'https://portal.test'\ndatabase = 'sqlite:portico.db'";
    std::fs::write(folder.path().join("portico.toml"), keyless).unwrap();
    assert!(said(&run(folder.path(), &["serve"])).contains("master_key_file"));
    let addressless = format!("{keyless}\nmaster_keys = ['x']").replace("sqlite:portico.db", "mysql://somewhere");
    std::fs::write(folder.path().join("portico.toml"), addressless).unwrap();
    let ended = run(folder.path(), &["migrate"]);
    assert!(said(&ended).contains("sqlite:PATH or postgres://"), "{}", said(&ended));
}

#[test]
fn a_database_that_cannot_be_opened_says_why_once() {
    let folder = configured("");
    let text = std::fs::read_to_string(folder.path().join("portico.toml")).unwrap();
    std::fs::write(folder.path().join("portico.toml"), text.replace("portico.db", "missing/portico.db")).unwrap();
    let words = said(&run(folder.path(), &["migrate"]));
    assert_eq!(words.matches("cannot be opened").count(), 1, "{words}");
    assert!(words.contains("missing/portico.db"), "{words}");
}

#[test]
fn a_database_without_its_schema_is_not_served() {
    let folder = configured("");
    for command in [&["serve"][..], &["worker"], &["admin", "list"], &["rekey"]] {
        let ended = run(folder.path(), command);
        assert!(!ended.status.success(), "{command:?}");
        assert!(said(&ended).contains("run `portico migrate` first"), "{command:?}: {}", said(&ended));
    }
    assert!(said(&run(folder.path(), &["doctor"])).contains("run `portico migrate`"));
    assert!(!folder.path().join("portico.db").exists(), "none of them made a file");
    std::fs::write(folder.path().join("portico.db"), "").unwrap();
    for command in [&["serve"][..], &["worker"], &["admin", "list"], &["rekey"]] {
        assert!(said(&run(folder.path(), command)).contains("run `portico migrate` first"), "{command:?}");
    }
    assert!(said(&run(folder.path(), &["doctor"])).contains("-> run `portico migrate`"));
    assert!(run(folder.path(), &["migrate"]).status.success());
    assert!(run(folder.path(), &["migrate"]).status.success(), "again");
    assert!(run(folder.path(), &["admin", "list"]).status.success());
    assert!(said(&run(folder.path(), &["doctor"])).contains("ok       schema"));
}

#[test]
fn a_company_is_made_once_and_its_rules_are_said_in_the_words_of_the_command() {
    let folder = configured("");
    assert!(run(folder.path(), &["migrate"]).status.success());
    let create = |tenant: &str, email: &str, zone: &str, password: &str| {
        let arguments = [
            "admin",
            "create",
            "--tenant",
            tenant,
            "--name",
            "Acme",
            "--email",
            email,
            "--person",
            "Eva",
            "--time-zone",
            zone,
        ];
        let mut child = portico(folder.path(), &arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let refused = said(&create("Acme!", "nobody", "Mars/Base", "short\n"));
    for rule in ["--tenant takes", "--email is not", "--time-zone takes", "the password takes 8 to 512"] {
        assert!(refused.contains(rule), "{rule}: {refused}");
    }
    let made = create("acme", "eva@acme.test", "Europe/Prague", "long enough\n");
    assert!(made.status.success(), "{}", said(&made));
    let again = create("acme", "eva@acme.test", "Europe/Prague", "long enough\n");
    assert!(said(&again).contains("is there already"), "{}", said(&again));
    assert!(said(&run(folder.path(), &["admin", "list"])).starts_with("acme"));
}
