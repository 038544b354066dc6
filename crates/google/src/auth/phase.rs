use serde::{Deserialize, Serialize};

/// The four states by which integrators know an authorization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nobody has consented, or the grant was given back.
    WithoutAuthorization,
    /// The first consent is under way.
    AuthorizationPending,
    /// There is a working grant.
    Authorized,
    /// There was one and it does not work any more.
    AuthorizationExpired,
}

/// Where a connection to one Google account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "state", content = "reason", rename_all = "snake_case")]
pub enum ConnectionState {
    /// Nobody has consented yet.
    Unauthorized,
    /// The first consent is under way. A later one leaves the state as it is: `pending` belongs to the attempt.
    Pending,
    /// It works.
    Authorized,
    /// It stopped working; the person, or an administrator, has something to do.
    Expired(ExpiredReason),
    /// It would work, and somebody has switched it off for a while.
    Paused,
    /// It was ended on purpose: grant revoked, channels stopped, secrets destroyed.
    Disconnected,
}

/// Why a connection stopped working. Each has its own next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiredReason {
    /// The grant was withdrawn, or Google ended it.
    Revoked,
    /// The grant's time is over.
    Expired,
    /// A needed scope is not granted.
    ScopeMissing,
    /// The grant belongs to another OAuth client.
    ClientChanged,
    /// The domain's administrator forbids the app.
    AdminBlocked,
    /// The account is deleted or disabled.
    AccountDisabled,
    /// The consent came from another account than the expected one.
    WrongAccount,
    /// The service account is not allowed to act for this person.
    DelegationMissing,
    /// The API is not enabled in the Google Cloud project.
    ApiDisabled,
    /// The calendar is not there or not visible.
    WrongCalendar,
}

/// What happens to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionEvent {
    /// A person was sent to the consent page.
    AttemptStarted,
    /// The attempt ended without consent: denied, closed or too late.
    AttemptFailed,
    /// The person consented and the code was exchanged.
    Granted,
    /// The grant does not work any more.
    Failed(ExpiredReason),
    /// Somebody switched the connection off.
    PausedBy,
    /// Somebody switched it on again.
    Resumed,
    /// Somebody ended it.
    Disconnected,
}

impl ConnectionState {
    /// The state after `event`. An event that means nothing in a state leaves it as it is, so that a late one does no harm.
    pub fn after(self, event: ConnectionEvent) -> Self {
        use ConnectionEvent as On;
        use ConnectionState::{Authorized, Disconnected, Expired, Paused, Pending, Unauthorized};
        match (self, event) {
            (_, On::Disconnected) => Disconnected,
            (Unauthorized | Disconnected, On::AttemptStarted) => Pending,
            (Pending, On::AttemptFailed) => Unauthorized,
            (Unauthorized | Pending | Expired(_) | Authorized, On::Granted) => Authorized,
            (Authorized | Paused | Expired(_), On::Failed(reason)) => Expired(reason),
            (Authorized, On::PausedBy) => Paused,
            (Paused, On::Resumed) => Authorized,
            (state, _) => state,
        }
    }

    /// The state in the four words.
    pub fn phase(self) -> Phase {
        match self {
            Self::Unauthorized | Self::Disconnected => Phase::WithoutAuthorization,
            Self::Pending => Phase::AuthorizationPending,
            Self::Authorized | Self::Paused => Phase::Authorized,
            Self::Expired(_) => Phase::AuthorizationExpired,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_walk_of_a_connection() {
        use ConnectionEvent as On;
        let mut state = ConnectionState::Unauthorized;
        for (event, expected, phase) in [
            (On::AttemptStarted, ConnectionState::Pending, Phase::AuthorizationPending),
            (On::AttemptFailed, ConnectionState::Unauthorized, Phase::WithoutAuthorization),
            (On::AttemptStarted, ConnectionState::Pending, Phase::AuthorizationPending),
            (On::Granted, ConnectionState::Authorized, Phase::Authorized),
            (On::AttemptStarted, ConnectionState::Authorized, Phase::Authorized),
            (On::AttemptFailed, ConnectionState::Authorized, Phase::Authorized),
            (On::PausedBy, ConnectionState::Paused, Phase::Authorized),
            (On::Granted, ConnectionState::Paused, Phase::Authorized),
            (On::Resumed, ConnectionState::Authorized, Phase::Authorized),
            (
                On::Failed(ExpiredReason::Revoked),
                ConnectionState::Expired(ExpiredReason::Revoked),
                Phase::AuthorizationExpired,
            ),
            (On::AttemptFailed, ConnectionState::Expired(ExpiredReason::Revoked), Phase::AuthorizationExpired),
            (On::Granted, ConnectionState::Authorized, Phase::Authorized),
            (On::Disconnected, ConnectionState::Disconnected, Phase::WithoutAuthorization),
            (On::Granted, ConnectionState::Disconnected, Phase::WithoutAuthorization),
        ] {
            state = state.after(event);
            assert_eq!((state, state.phase()), (expected, phase), "{event:?}");
        }
    }

    #[test]
    fn the_names_that_integrators_know() {
        let name = |phase: Phase| serde_json::to_value(phase).unwrap();
        assert_eq!(name(Phase::WithoutAuthorization), "without_authorization");
        assert_eq!(name(Phase::AuthorizationPending), "authorization_pending");
        assert_eq!(name(Phase::Authorized), "authorized");
        assert_eq!(name(Phase::AuthorizationExpired), "authorization_expired");
        let expired = serde_json::to_value(ConnectionState::Expired(ExpiredReason::ScopeMissing)).unwrap();
        assert_eq!(expired, serde_json::json!({"state": "expired", "reason": "scope_missing"}));
    }
}
