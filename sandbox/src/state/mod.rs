//! Everything the sandbox knows, as tables whose changes go to a log on disk.

mod blob;
mod log;
mod rows;
mod table;

pub use blob::Blob;
pub use log::{Log, LogError};
pub use rows::{
    AccessToken, Client, ClientKind, Code, Fault, Grant, Mail, Project, RefreshToken, ServiceAccount,
    ServiceAccountKey, Setting, SigningKey, User, UserKind,
};
pub use table::{Table, TableLog};

use serde_json::Value;

use crate::{
    calendar::CalendarTables, directory::DirectoryTables, drive::DriveTables, gmail::GmailTables, meet::MeetTables,
    people::PeopleTables, risc::SecurityEventRow, uploads::UploadTables,
};

/// The tables of the sandbox. A service adds its own as one field and to [`State::tables`].
#[derive(Default)]
pub struct State {
    /// Google accounts and groups, by address in lower case.
    pub users: Table<User>,
    /// OAuth clients by client id.
    pub clients: Table<Client>,
    /// What an account granted to a project, by [`grant_key`].
    pub grants: Table<Grant>,
    /// Authorization codes.
    pub codes: Table<Code>,
    /// Access tokens.
    pub access_tokens: Table<AccessToken>,
    /// Refresh tokens.
    pub refresh_tokens: Table<RefreshToken>,
    /// Service accounts by e-mail address.
    pub service_accounts: Table<ServiceAccount>,
    /// Google Cloud projects of which something is said, by id.
    pub projects: Table<Project>,
    /// Messages of Cross-Account Protection, in order.
    pub security_events: Table<SecurityEventRow>,
    /// Faults that wait for their call, in the order they were asked for.
    pub faults: Table<Fault>,
    /// Mails that Google would have sent, in order.
    pub mails: Table<Mail>,
    /// The keys that sign ID tokens, by key id.
    pub signing_keys: Table<SigningKey>,
    /// Switches of the control plane by name.
    pub settings: Table<Setting>,
    /// Counters by name.
    pub counters: Table<u64>,
    /// What the directory knows besides the accounts.
    pub directory: DirectoryTables,
    /// Uploads that come in pieces.
    pub uploads: UploadTables,
    /// Google Drive.
    pub drive: DriveTables,
    /// Google Calendar.
    pub calendar: CalendarTables,
    /// Google People.
    pub people: PeopleTables,
    /// Google Meet.
    pub meet: MeetTables,
    /// Gmail.
    pub gmail: GmailTables,
}

/// The key of a [`Grant`].
pub fn grant_key(project: &str, sub: &str) -> String {
    format!("{project}\u{1f}{sub}")
}

impl State {
    /// Every table with its name in the log.
    pub fn tables(&mut self) -> Vec<(&'static str, &mut dyn TableLog)> {
        let mut tables: Vec<(&'static str, &mut dyn TableLog)> = vec![
            ("users", &mut self.users),
            ("clients", &mut self.clients),
            ("grants", &mut self.grants),
            ("codes", &mut self.codes),
            ("access_tokens", &mut self.access_tokens),
            ("refresh_tokens", &mut self.refresh_tokens),
            ("service_accounts", &mut self.service_accounts),
            ("projects", &mut self.projects),
            ("security_events", &mut self.security_events),
            ("faults", &mut self.faults),
            ("mails", &mut self.mails),
            ("signing_keys", &mut self.signing_keys),
            ("settings", &mut self.settings),
            ("counters", &mut self.counters),
        ];
        tables.extend(self.directory.tables());
        tables.extend(self.uploads.tables());
        tables.extend(self.drive.tables());
        tables.extend(self.calendar.tables());
        tables.extend(self.people.tables());
        tables.extend(self.meet.tables());
        tables.extend(self.gmail.tables());
        tables
    }

    /// Makes the changes so far final: they can no longer be undone.
    pub fn settle(&mut self) {
        for (_, table) in self.tables() {
            table.settle();
        }
    }

    /// Takes back what was changed since it was last settled.
    pub fn undo(&mut self) {
        for (_, table) in self.tables() {
            table.undo();
        }
        self.calendar.undone();
    }

    /// Forgets everything except the keys that sign ID tokens, which clients may have cached.
    pub fn clear(&mut self) {
        for (name, table) in self.tables() {
            if name != "signing_keys" {
                table.clear();
            }
        }
        self.calendar.undone();
    }

    /// All tables as JSON.
    pub fn dump(&mut self) -> serde_json::Result<Value> {
        let mut all = serde_json::Map::new();
        for (name, table) in self.tables() {
            all.insert(name.to_owned(), table.to_json()?);
        }
        Ok(Value::Object(all))
    }

    /// The next number of a counter, from 1.
    pub fn count(&mut self, counter: &str) -> u64 {
        let next = self.counters.get(counter).copied().unwrap_or(0) + 1;
        self.counters.put(counter, next);
        next
    }

    /// The account with that address or alias, in any case. Groups too.
    pub fn user(&self, email: &str) -> Option<&User> {
        let email = email.to_lowercase();
        self.users.get(&email).or_else(|| self.users.values().find(|user| user.aliases.contains(&email)))
    }

    /// The account with that `sub`.
    pub fn user_by_sub(&self, sub: &str) -> Option<&User> {
        self.users.values().find(|user| user.sub == sub)
    }

    /// Whether that address belongs to a person of the sandbox who uses Google Calendar.
    pub fn uses_calendar(&self, email: &str) -> bool {
        self.user(email).is_some_and(|user| user.is_person() && !user.without_calendar)
    }

    /// Whether the account is a member of that group, directly or through other groups.
    pub fn is_member(&self, group: &str, account: &str) -> bool {
        fn within(state: &State, group: &str, account: &str, depth: u8) -> bool {
            let Some(group) = state.user(group).filter(|user| user.kind == UserKind::Group) else { return false };
            group.members.iter().any(|m| m == account || (depth > 0 && within(state, m, account, depth - 1)))
        }
        within(self, group, &account.to_lowercase(), 8)
    }

    /// Puts a mail into the outbox.
    pub fn send_mail(&mut self, mail: Mail) {
        let number = self.count("mails");
        self.mails.put(format!("{number:012}"), mail);
    }
}
