//! What a command needs on the machine: looked for, installed where possible, and named where not.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::shell::{command, has, root, step};

/// A thing that Debian packages bring.
struct Part {
    /// A program, or a path (with `*`) of a file, that is there when the packages are.
    probe: &'static str,
    packages: &'static [&'static str],
    what_for: &'static str,
}

const TEST_PARTS: &[Part] = &[
    Part { probe: "/usr/lib/postgresql/*/bin/initdb", packages: &["postgresql"], what_for: "the tests on PostgreSQL" },
    Part {
        probe: "/usr/lib/dovecot/lmtp",
        packages: &["dovecot-imapd", "dovecot-lmtpd"],
        what_for: "tokens at a real IMAP server",
    },
    Part { probe: "/usr/sbin/postfix", packages: &["postfix"], what_for: "tokens at a real SMTP server" },
    Part { probe: "chromium", packages: &["chromium"], what_for: "the tests in a real browser" },
    Part {
        probe: "/usr/share/fonts/opentype/noto",
        packages: &["fonts-noto-cjk"],
        what_for: "Chinese, Japanese and Korean text in screenshots",
    },
    Part { probe: "openssl", packages: &["openssl"], what_for: "the certificates of the tests" },
    Part {
        probe: "unshare",
        packages: &["util-linux"],
        what_for: "Google's clients unchanged, in a network of their own",
    },
    Part { probe: "ip", packages: &["iproute2"], what_for: "Google's clients unchanged, in a network of their own" },
];

/// The client's packages make the server's folders too, so a file of the server itself is looked for.
fn is_there(probe: &str) -> bool {
    if !probe.starts_with('/') {
        return has(probe);
    }
    command(&["sh", "-c", &format!("ls {probe} >/dev/null 2>&1")]).status().is_ok_and(|status| status.success())
}

/// The servers and programs that the tests start.
pub fn test_parts() -> Result<()> {
    let missing: Vec<&Part> = TEST_PARTS.iter().filter(|part| !is_there(part.probe)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for part in &missing {
        println!("missing: {} (for {})", part.packages.join(" "), part.what_for);
    }
    let packages: Vec<&str> = missing.iter().flat_map(|part| part.packages).copied().collect();
    install(&packages)
}

/// Installs packages of Debian, or says how where that is not ours to do.
fn install(packages: &[&str]) -> Result<()> {
    let by_hand = format!("apt-get install -y --no-install-recommends {}", packages.join(" "));
    let is_root = command(&["id", "-u"]).output().is_ok_and(|o| o.stdout == b"0\n");
    if !is_root || !has("apt-get") {
        bail!("install them first, as an administrator: {by_hand}");
    }
    // Without a policy the packages would start services that nobody asked for. One that is made here goes again.
    let script = format!(
        "set -e; export DEBIAN_FRONTEND=noninteractive; policy=/usr/sbin/policy-rc.d; \
         [ -e $policy ] || {{ trap 'rm -f $policy' EXIT; printf '#!/bin/sh\\nexit 101\\n' > $policy; chmod +x $policy; }}; \
         apt-get update -qq; {by_hand}"
    );
    step(&format!("install {}", packages.join(" ")), command(&["sh", "-c", &script]))
}

/// The web app's packages.
pub fn web_packages() -> Result<()> {
    node_packages("web")
}

/// The packages of a folder with a `package-lock.json`, installed when they are not there or older than the lock.
pub fn node_packages(folder: &str) -> Result<()> {
    if !has("npm") {
        bail!("Node.js 20 or later with npm is missing; the web app is built with it");
    }
    let version = command(&["node", "--version"]).output()?.stdout;
    let version = String::from_utf8_lossy(&version).trim().to_owned();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < 20) {
        bail!("Node.js {version} is too old: the web app is built with version 20 or later");
    }
    let (lock, mark) =
        (root().join(folder).join("package-lock.json"), root().join(folder).join("node_modules/.package-lock.json"));
    let fresh = match (lock.metadata().and_then(|m| m.modified()), mark.metadata().and_then(|m| m.modified())) {
        (Ok(lock), Ok(mark)) => mark >= lock,
        _ => false,
    };
    if fresh {
        return Ok(());
    }
    step(
        &format!("install the packages of {folder}/"),
        command(&["npm", "ci", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error"]),
    )
}

/// The built web app in `web/dist`, which the binary carries inside.
pub fn web_app() -> Result<()> {
    web_packages()?;
    step("build the web app", command(&["npm", "run", "--prefix", "web", "--silent", "build"]))
}

/// A Python with python-dateutil and Google's official clients; its interpreter's path.
pub fn python() -> Result<PathBuf> {
    let requirements = root().join("tests/conformance/requirements.txt");
    let folder = root().join("target/python");
    let python = folder.join("bin/python");
    let mark = folder.join("requirements.txt");
    let wanted = std::fs::read(&requirements)?;
    if std::fs::read(&mark).is_ok_and(|have| have == wanted) {
        return Ok(python);
    }
    if !has("python3") {
        bail!("Python 3.11 or later is missing; python-dateutil and Google's Python clients judge the tests");
    }
    let at = folder.display().to_string();
    // Debian has what a new environment begins with in a package of its own.
    if !command(&["python3", "-c", "import ensurepip"]).output().is_ok_and(|o| o.status.success()) {
        install(&["python3-venv"])?;
    }
    step("make a Python environment", command(&["python3", "-m", "venv", "--clear", &at]))?;
    let pip = python.display().to_string();
    step(
        "install python-dateutil and Google's Python clients",
        command(&[
            &pip,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
            &requirements.display().to_string(),
        ]),
    )?;
    std::fs::write(mark, wanted)?;
    Ok(python)
}
