//! Who asks, and what they may do. Permission is part of a caller's type: a function that takes a `&Caller<Calendar>`
//! cannot be called for somebody to whom no role grants the calendar.

use std::{marker::PhantomData, ops::Deref, sync::Arc};

use portico_kernel::{AccountId, EmailAddress, EmployeeId, Locale, SessionId, TenantId};
use portico_store::{Actor, GrantRow, SignedInAccount};

use crate::{App, Error};

/// How far a grant reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The person alone.
    OneSelf,
    /// The members of departments that the person heads.
    Team,
    /// The same and everything below.
    Subtree,
    /// Everybody.
    Company,
}

impl Scope {
    /// As the database and the API spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OneSelf => "self",
            Self::Team => "team",
            Self::Subtree => "subtree",
            Self::Company => "company",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::OneSelf, Self::Team, Self::Subtree, Self::Company].into_iter().find(|scope| scope.as_str() == text)
    }
}

/// What can be permitted: the functions and their actions.
pub const FUNCTIONS: [(&str, &[&str]); 3] =
    [("calendar", &["read", "write"]), ("google_connection", &["connect"]), ("administration", &["manage"])];

/// A permission that a caller's type carries.
pub trait Function: Send + Sync + 'static {
    /// The system function and the action; none where being signed in is enough.
    const GRANT: Option<(&'static str, &'static str)>;
}

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident = $grant:expr;)+) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Function for $name {
            const GRANT: Option<(&'static str, &'static str)> = $grant;
        }
    )+ };
}

functions! {
    /// Somebody is signed in; nothing more is needed.
    SignedIn = None;
    /// May see calendars.
    ReadCalendar = Some(("calendar", "read"));
    /// May see and edit calendars.
    Calendar = Some(("calendar", "write"));
    /// May connect a Google account.
    ConnectGoogle = Some(("google_connection", "connect"));
    /// May set up the company: people's roles, Google clients, the journal.
    Administrator = Some(("administration", "manage"));
}

/// A signed-in person.
#[derive(Clone, Debug)]
pub struct Person {
    /// The company.
    pub tenant: TenantId,
    /// What signed in.
    pub account: AccountId,
    /// The employee behind the account.
    pub employee: Option<EmployeeId>,
    /// The browser session; none for jobs and tests that act for somebody.
    pub session: Option<SessionId>,
    /// The account's address.
    pub email: EmailAddress,
    /// The person's name.
    pub name: String,
    /// The language that the person chose; none leaves it to the browser.
    pub chosen_locale: Option<Locale>,
    /// The language: the person's, else the company's.
    pub locale: Locale,
    /// The IANA zone: the person's, else the company's.
    pub time_zone: String,
    /// The slugs of the person's roles.
    pub roles: Vec<String>,
    /// What the roles grant.
    pub grants: Vec<GrantRow>,
}

impl Person {
    /// Whether a role grants this action.
    pub fn may(&self, function: &str, action: &str) -> bool {
        self.grants.iter().any(|grant| grant.function == function && grant.action == action)
    }

    /// Who it is, for the journal.
    pub fn actor(&self) -> Actor {
        Actor::Person(self.account)
    }

    /// The employee behind the account, where the thing asked for belongs to one.
    pub fn employee(&self) -> Result<EmployeeId, Error> {
        self.employee.ok_or(Error::Conflict { reason: "no_employee" })
    }
}

/// A signed-in person who may do `F`. There is no other way to one than [`Caller::permit`].
pub struct Caller<F = SignedIn> {
    person: Arc<Person>,
    function: PhantomData<fn() -> F>,
}

impl<F> Clone for Caller<F> {
    fn clone(&self) -> Self {
        Self { person: self.person.clone(), function: PhantomData }
    }
}

impl<F> Deref for Caller<F> {
    type Target = Person;
    fn deref(&self) -> &Person {
        &self.person
    }
}

impl Caller {
    /// The person behind an account, as the roles stand now; none when the account is disabled.
    pub(crate) fn of(tenant: TenantId, account: SignedInAccount, session: Option<SessionId>) -> Option<Self> {
        if !account.active {
            return None;
        }
        let (employee, name) = account.employee.unzip();
        let person = Person {
            tenant,
            account: account.id,
            employee,
            session,
            name: name.unwrap_or_else(|| account.email.to_string()),
            email: account.email,
            chosen_locale: account.chosen_locale,
            locale: account.locale,
            time_zone: account.time_zone,
            roles: account.roles,
            grants: account.grants,
        };
        Some(Self { person: Arc::new(person), function: PhantomData })
    }
}

impl<F> Caller<F> {
    /// The same person with the permission `G`, if a role grants it.
    pub fn permit<G: Function>(&self) -> Result<Caller<G>, Error> {
        match G::GRANT {
            Some((function, action)) if !self.person.may(function, action) => Err(Error::Forbidden { function }),
            _ => Ok(Caller { person: self.person.clone(), function: PhantomData }),
        }
    }
}

impl App {
    /// The person behind an account, as the roles stand now; none when the account is gone or disabled.
    pub async fn caller(
        &self,
        tenant: TenantId,
        account: AccountId,
        session: Option<SessionId>,
    ) -> Result<Option<Caller>, Error> {
        let mut tx = self.store.tenant_read(tenant).await?;
        let account = tx.signed_in_account(account).await?;
        tx.end().await?;
        Ok(account.and_then(|account| Caller::of(tenant, account, session)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_is_in_the_catalogue() {
        for (function, action) in
            [ReadCalendar::GRANT, Calendar::GRANT, ConnectGoogle::GRANT, Administrator::GRANT].into_iter().flatten()
        {
            assert!(FUNCTIONS.iter().any(|(name, actions)| *name == function && actions.contains(&action)));
        }
        assert!(SignedIn::GRANT.is_none());
    }

    #[test]
    fn scopes_are_spelt_one_way() {
        for scope in [Scope::OneSelf, Scope::Team, Scope::Subtree, Scope::Company] {
            assert_eq!(Scope::parse(scope.as_str()), Some(scope));
        }
        assert_eq!(Scope::parse("everything"), None);
    }
}
