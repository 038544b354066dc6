use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    process::{ChildStdin, Command, Stdio},
    time::Duration,
};

use portico_skipping::skipped;

/// The domain whose mailboxes the servers hold: each address in it exists.
pub const DOMAIN: &str = "example.com";

/// A Dovecot and a Postfix on loopback that let people in by their tokens (XOAUTH2, OAUTHBEARER) alone.
pub struct MailServers {
    /// Where Dovecot speaks IMAP.
    pub imap: SocketAddr,
    /// Where Postfix takes mail; it hands it to Dovecot.
    pub smtp: SocketAddr,
    /// The watchman ends the servers and removes their folder when this pipe closes: at the latest with our process.
    _watchman: ChildStdin,
}

impl MailServers {
    /// Starts both. `check` is the address that says whose a token is: it is asked with the token as bearer. None where
    /// they are not installed, which it says on the terminal; with `TEST_REQUIRE_MAIL=1` that is a failure.
    pub fn start(check: &str) -> Option<Self> {
        if let Some(missing) = missing() {
            skipped("TEST_REQUIRE_MAIL", &format!("nothing was tested with real mail servers: {missing}"));
            return None;
        }
        // Between finding a free port and taking it somebody else may take it.
        let started = (0..5).find_map(|_| start_once(check));
        Some(started.expect("Dovecot and Postfix start on free ports"))
    }
}

/// What keeps the servers from being started.
fn missing() -> Option<&'static str> {
    let has = |program: &str| {
        Command::new("sh").args(["-c", &format!("command -v {program}")]).output().is_ok_and(|o| o.status.success())
    };
    if !has("/usr/sbin/dovecot") || !has("/usr/sbin/postfix") || !has("/usr/lib/dovecot/lmtp") {
        return Some("apt-get install dovecot-imapd dovecot-lmtpd postfix");
    }
    let id = Command::new("id").arg("-u").output().expect("id runs");
    (id.stdout != b"0\n").then_some("Postfix's master needs root")
}

/// Free ports, each another one: all are held until the last is found.
fn free_ports<const N: usize>() -> Option<[u16; N]> {
    let held: Vec<TcpListener> = (0..N).filter_map(|_| TcpListener::bind("127.0.0.1:0").ok()).collect();
    let ports: Vec<u16> = held.iter().filter_map(|one| Some(one.local_addr().ok()?.port())).collect();
    ports.try_into().ok()
}

#[expect(clippy::zombie_processes, reason = "the watchman outlives this process: it cleans up after it")]
fn start_once(check: &str) -> Option<MailServers> {
    let ports: [u16; 4] = free_ports()?;
    let folder = tempfile::Builder::new().prefix("portico-mail-").tempdir().expect("a temporary folder can be made");
    let folder = folder.keep();
    // Stopping Postfix by its own command waits for seconds; its master ends its children by itself.
    let ending = format!(
        "cat > /dev/null
         for file in {0}/queue/pid/master.pid {0}/dovecot/master.pid; do
             pid=$(tr -d ' ' < $file) && kill -TERM $pid && while kill -0 $pid; do sleep 0.1; done
         done
         rm -rf {0}",
        folder.display()
    );
    let mut watchman = Command::new("sh")
        .args(["-c", &ending])
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the watchman starts");
    let pipe = watchman.stdin.take().expect("the pipe was asked for");
    let started = Command::new("sh")
        .args(["-c", include_str!("mail_servers.sh")])
        .current_dir("/")
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("FOLDER", &folder)
        .env("CHECK", check)
        .env("DOMAIN", DOMAIN)
        .envs(["IMAP", "LMTP", "SASL", "SMTP"].into_iter().zip(ports.map(|port| port.to_string())))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    started.ok().filter(std::process::ExitStatus::success)?;
    let at = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
    let (imap, smtp) = (at(ports[0]), at(ports[3]));
    let answers = |address: SocketAddr| {
        (0..200).any(|_| {
            let up = TcpStream::connect(address).is_ok();
            if !up {
                std::thread::sleep(Duration::from_millis(50));
            }
            up
        })
    };
    (answers(imap) && answers(smtp)).then_some(MailServers { imap, smtp, _watchman: pipe })
}
