use jiff::Timestamp;
use portico_world::Rng;
use serde_json::{Value, json};

use super::{Control, accounts, clients};
use crate::state::State;

/// `POST defaults`: the accounts and the client that Google's own examples and our scripts expect.
pub fn seed(control: &mut Control<'_>) -> Value {
    into(&mut control.inner.state, &*control.context.rng, control.context.now);
    json!({})
}

/// Makes ann@example.com, bob@example.com and x@other.example and the client `web.apps.googleusercontent.com`, unless
/// they are there.
pub fn into(state: &mut State, rng: &dyn Rng, now: Timestamp) {
    for (email, name) in
        [("ann@example.com", "Ann Example"), ("bob@example.com", "Bob Example"), ("x@other.example", "X Other")]
    {
        if !state.users.contains(email) {
            let wanted =
                accounts::Wanted { email: email.into(), name: Some(name.into()), ..accounts::Wanted::default() };
            // These are good addresses, so it cannot be refused.
            let _ = accounts::store(state, rng, now, wanted);
        }
    }
    let id = "web.apps.googleusercontent.com";
    if !state.clients.contains(id) {
        let wanted = clients::Wanted {
            client_id: Some(id.into()),
            client_secret: Some("GOCSPX-test".into()),
            name: Some("Example app".into()),
            redirect_uris: Some(vec!["http://localhost:9/cb".into()]),
            ..clients::Wanted::default()
        };
        let _ = clients::store(state, rng, wanted);
    }
}
