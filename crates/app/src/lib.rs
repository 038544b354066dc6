//! What the product does: one file a noun, plain functions that show their transaction.

pub mod access;
mod audit;
pub mod authorization;
pub mod calendars;
mod carriers;
pub mod changes;
pub mod conflicts;
pub mod connections;
mod discovery;
mod employees;
mod error;
pub mod events;
pub mod features;
pub mod free_busy;
mod google_access;
mod google_clients;
pub mod google_event;
mod holds;
mod idempotency;
pub mod invitations;
pub mod jobs;
mod journal;
mod link_settings;
pub mod links;
mod live;
mod me;
pub mod passwords;
mod private_events;
pub mod push_channels;
mod reach;
pub mod resets;
mod roles;
pub mod samples;
mod seal;
mod sign_in;
pub mod spans;
pub mod sync_calendar;
mod tenants;
mod worker;

pub use access::{Administrator, Calendar, Caller, ConnectGoogle, Function, Person, ReadCalendar, SignedIn};
pub use audit::AuditEntry;
pub use connections::{ConnectionView, FeatureState, Health};
pub use employees::{Colleague, EmployeeView, employee_cursor, employee_cursor_text};
pub use error::{Error, FieldError};
pub use features::Feature;
pub use google_clients::{GoogleClientChange, NewGoogleClient};
pub use idempotency::IdempotencyKey;
pub use journal::OpenedKeys;
pub use link_settings::{LinkCarrier, SeenLink};
pub use live::Live;
pub use me::{Counts, Me, Preferences};
pub use portico_store::{
    Company, ConflictPolicy, ConflictsThat, Direction, EventType, GoogleClient, GrantRow, GuardLimits, Hold, Link,
    LinkRole, LinkState, PrivateRule,
};
pub use roles::GrantInput;
pub use seal::Rekeyed;
pub use sign_in::{ABSOLUTE, SLIDING, SignIn, SignedInNow, email_digest};
pub use tenants::NewTenant;
pub use worker::{Next, Worker, while_claimed};

use std::sync::Arc;

use portico_google::auth::OAuthClient;
use portico_google::{Endpoints, Quota, ScopeSet};
use portico_kernel::Timestamp;
use portico_store::{Store, TenantTx};
use portico_transport::Transport;
use portico_vault::MasterKeys;
use portico_world::World;
use url::Url;

/// Everything that the product's functions work with. Made once for a process and shared.
pub struct App {
    /// The database.
    pub store: Store,
    /// Time and chance.
    pub world: World,
    /// The one door for outbound HTTP.
    pub transport: Arc<dyn Transport>,
    /// Where Google is.
    pub google: Endpoints,
    /// What Google lets its clients do in a minute, and how much of it is left.
    pub google_quota: Quota,
    /// The instance's own Google client, for tenants that have none.
    pub google_client: Option<OAuthClient>,
    /// Scopes that every consent asks for besides those of its features.
    pub google_scopes: ScopeSet,
    /// The keys that seal the tenants' keys.
    pub masters: MasterKeys,
    /// Where people reach the portal.
    pub public_url: Url,
    /// Where Google's push messages reach the portal.
    pub callback_url: Url,
    /// Wake-ups inside the process.
    pub live: Live,
    /// The tenants' keys that this process has opened for the journal.
    pub opened_keys: OpenedKeys,
}

impl App {
    /// The current instant.
    pub fn now(&self) -> Timestamp {
        self.world.now().into()
    }

    /// Commits a tenant's transaction, with its journal sealed, and tells those who wait for it.
    pub async fn commit(&self, mut tx: TenantTx) -> Result<(), Error> {
        let keys = journal::seal(self, &mut tx).await?;
        let committed = tx.commit(self.now()).await?;
        if let Some(keys) = keys {
            self.opened_keys.keep(committed.tenant, keys);
        }
        self.live.committed(committed);
        Ok(())
    }

    /// Tells the worker of this process that there is work.
    pub fn wake_worker(&self) {
        self.live.jobs();
    }

    /// Completes at the next wake-up of the worker.
    pub async fn worker_woken(&self) {
        self.live.job_woken().await;
    }
}
