//! What a signed-in person's pages begin with.

use jiff::tz::TimeZone;
use portico_calendar::{Answer, Attendee};
use portico_google::auth::Phase;
use portico_kernel::{EmailAddress, Locale};
use portico_store::{Company, ConflictsThat, HoldState, Tenant};

use crate::{Administrator, App, Caller, ConnectGoogle, Error, FieldError, connections::is_stopped, links};

/// How many things of a kind are counted at most.
const MOST: i64 = 100;
/// Invitations are counted this far ahead, in seconds.
const AHEAD: i64 = 30 * 24 * 3600;

/// Things that wait for the person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Open conflicts of the person's calendars.
    pub conflicts: usize,
    /// Runs of the person's calendars that the guard stopped.
    pub holds: usize,
    /// Invitations of the next thirty days without an answer.
    pub invitations: usize,
    /// Google accounts of the person's that stand still until somebody does something.
    pub connections: usize,
    /// The same of everybody else in the company; for administrators.
    pub company_connections: usize,
}

/// What a signed-in person's pages begin with.
#[derive(Clone, Debug)]
pub struct Me {
    /// The person.
    pub caller: Caller,
    /// The tenant.
    pub tenant: Tenant,
    /// The company.
    pub company: Company,
    /// How the person's best Google connection stands.
    pub phase: Phase,
    /// Whether a role grants connecting.
    pub can_connect: bool,
    /// What waits.
    pub counts: Counts,
}

/// What a person says about the own account; what is absent stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Preferences {
    /// A language, as its tag.
    pub locale: Option<String>,
    /// An IANA zone.
    pub time_zone: Option<String>,
    /// What of it could not be understood, and is absent here: told with what else is not right.
    pub faults: Vec<FieldError>,
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caller").field("tenant", &self.tenant).field("account", &self.account).finish_non_exhaustive()
    }
}

impl App {
    /// All about the caller.
    pub async fn me(&self, by: &Caller) -> Result<Me, Error> {
        let mut tx = self.store.instance_read().await?;
        let tenant = tx.tenant(by.tenant).await?.ok_or(Error::SignInAgain)?;
        tx.commit().await?;
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let company = tx.company().await?.ok_or(Error::SignInAgain)?;
        let mut phase = Phase::WithoutAuthorization;
        let mut counts = Counts::default();
        if let Some(employee) = by.employee {
            let connections = tx.connections_of(&[employee]).await?;
            let has =
                |states: &[&str]| connections.iter().any(|connection| states.contains(&connection.state.as_str()));
            phase = if has(&["authorized", "paused"]) {
                Phase::Authorized
            } else if has(&["expired"]) {
                Phase::AuthorizationExpired
            } else if tx.has_open_attempt(by.account, self.now()).await? {
                Phase::AuthorizationPending
            } else {
                Phase::WithoutAuthorization
            };
            for connection in connections.iter().filter(|connection| connection.state != "disconnected") {
                let links = tx.links_of_connection(connection.id).await?;
                counts.connections += usize::from(is_stopped(connection, &links, self.now()));
            }
            let calendars = tx.calendars_of(employee).await?;
            let ids: Vec<_> = calendars.iter().map(|calendar| calendar.id).collect();
            counts.conflicts = tx.conflicts_of(&ids, ConflictsThat::AreOpen, None, MOST).await?.len();
            let holds = tx.holds(HoldState::Waiting).await?;
            if !holds.is_empty() {
                let links = tx.links_by_ids(&holds.iter().map(|hold| hold.link_id).collect::<Vec<_>>()).await?;
                let mine =
                    |id| links.iter().any(|link| link.id == id && link.calendar_id.is_some_and(|id| ids.contains(&id)));
                counts.holds = holds.iter().filter(|hold| mine(hold.link_id)).count();
            }
            let mut addresses = vec![by.email.as_str().to_owned()];
            addresses.extend(connections.into_iter().map(|connection| connection.email));
            for calendar in calendars.iter().filter(|calendar| calendar.is_main) {
                let now = self.now();
                let shown = tx.entries_in_window(calendar.id, now, now.plus_seconds(AHEAD)).await?;
                for row in &shown {
                    let own = |email: &EmailAddress| {
                        row.entry.own_address.as_ref() == Some(email) || addresses.contains(&email.to_string())
                    };
                    let waits = |guest: &&Attendee| guest.answer == Answer::NeedsAction && own(&guest.email);
                    counts.invitations += row.meeting.shared.attendees.iter().filter(waits).count();
                }
            }
        }
        if by.permit::<Administrator>().is_ok() {
            let stopped = tx.stopped_connections(by.employee, &links::PASSING).await?;
            counts.company_connections = usize::try_from(stopped).unwrap_or(0);
        }
        tx.end().await?;
        let can_connect = by.permit::<ConnectGoogle>().is_ok();
        Ok(Me { caller: by.clone(), tenant, company, phase, can_connect, counts })
    }

    /// Writes the caller's language and zone.
    pub async fn change_me(&self, by: &Caller, change: &Preferences) -> Result<Me, Error> {
        let mut errors = Vec::new();
        let mut chosen = by.chosen_locale;
        if let Some(tag) = &change.locale {
            chosen = Locale::ALL.into_iter().find(|locale| locale.tag() == tag);
            if chosen.is_none() {
                errors.push(FieldError::new("locale", "unknown"));
            }
        }
        let time_zone = change.time_zone.as_deref();
        if time_zone.is_some_and(|zone| TimeZone::get(zone).is_err()) {
            errors.push(FieldError::new("time_zone", "unknown_zone"));
        }
        let mut faults = change.faults.clone();
        FieldError::gather(&mut faults, errors);
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let mut tx = self.store.tenant(by.tenant).await?;
        let account = tx.account(by.account).await?.ok_or(Error::SignInAgain)?;
        let zone = time_zone.map(str::to_owned).or(account.time_zone);
        tx.set_account_preferences(by.account, chosen, zone.as_deref(), self.now()).await?;
        self.commit(tx).await?;
        let caller = self.caller(by.tenant, by.account, by.session).await?.ok_or(Error::SignInAgain)?;
        self.me(&caller).await
    }
}
