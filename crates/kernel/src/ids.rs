use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new time-ordered id from this world's clock and chance.
            pub fn new(world: &portico_world::World) -> Self {
                Self(world.new_uuid())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+ };
}

ids! {
    /// One customer company.
    TenantId,
    /// What signs in.
    AccountId,
    /// A person with a lifecycle.
    EmployeeId,
    /// A signed-in browser.
    SessionId,
    /// A node of the department tree.
    DepartmentId,
    /// A set of grants.
    RoleId,
    /// An OAuth client of a tenant.
    GoogleClientId,
    /// One attempt to get consent from Google.
    AttemptId,
    /// One Google account that an employee or a tenant has connected.
    ConnectionId,
    /// A grant that is to be given back to Google.
    RevocationId,
    /// A Portico calendar.
    CalendarId,
    /// What happens once, whoever sees it.
    MeetingId,
    /// How a meeting appears in one calendar.
    EntryId,
    /// One Google calendar tied to one Portico calendar.
    LinkId,
    /// Fields that both sides changed.
    ConflictId,
    /// A run that the guard stopped.
    HoldId,
    /// A unit of work in the queue.
    JobId,
}
