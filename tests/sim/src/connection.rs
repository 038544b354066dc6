//! Connections end and begin anew.

use crate::{
    edits::Ledger,
    stage::{Person, Stage},
};

async fn is_over(stage: &Stage, person: &Person) -> bool {
    let mut tx = stage.store.tenant_read(stage.tenant).await.expect("a transaction");
    let connection = tx.connection(person.connection).await.expect("a row").expect("a connection");
    tx.end().await.expect("an end");
    connection.state != "authorized"
}

/// A person disconnects Google, or connects the same account again. What came from Google stays here.
pub async fn toggle(stage: &Stage, ledger: &mut Ledger, person: &Person, step: usize) {
    if is_over(stage, person).await {
        stage.consent(person).await;
        ledger.log.push(format!("{step}: {} connects again", person.email.as_str()));
        return;
    }
    let caller = stage.app.caller(stage.tenant, person.account, None).await.expect("a caller").expect("an account");
    stage.app.disconnect(&caller, person.connection, false).await.expect("an end");
    ledger.log.push(format!("{step}: {} disconnects", person.email.as_str()));
}

/// Whoever is not connected at the end connects again.
pub async fn begin_anew(stage: &Stage, ledger: &mut Ledger, person: &Person) {
    if is_over(stage, person).await {
        stage.consent(person).await;
        ledger.log.push(format!("rest: {} connects again", person.email.as_str()));
    }
}
