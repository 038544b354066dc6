//! Who asks: what every request wants to know about the account behind it.

use std::collections::BTreeSet;

use portico_kernel::{AccountId, EmailAddress, EmployeeId, Locale, SessionId, TenantId, Timestamp};
use uuid::Uuid;

use crate::{
    GrantRow, Session, Store, StoreError, TenantTx,
    engine::{Pools, on},
};

/// What every request asks about the account behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedInAccount {
    /// The account.
    pub id: AccountId,
    /// The employee behind it, with the name.
    pub employee: Option<(EmployeeId, String)>,
    /// The address that is typed in to sign in.
    pub email: EmailAddress,
    /// Whether it may sign in.
    pub active: bool,
    /// The language that the person chose.
    pub chosen_locale: Option<Locale>,
    /// The person's language, else the company's.
    pub locale: Locale,
    /// The person's IANA zone, else the company's.
    pub time_zone: String,
    /// The slugs of the person's roles.
    pub roles: Vec<String>,
    /// What the roles grant.
    pub grants: Vec<GrantRow>,
}

#[derive(sqlx::FromRow)]
struct SignedInRow {
    account_id: Uuid,
    email: String,
    state: String,
    locale: Option<String>,
    time_zone: Option<String>,
    company_locale: String,
    company_time_zone: String,
    employee_id: Option<Uuid>,
    employee_name: Option<String>,
    slug: Option<String>,
    function: Option<String>,
    action: Option<String>,
    scope: Option<String>,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    session_id: Uuid,
    tenant_id: Uuid,
    created_at: i64,
    last_seen: i64,
    ends_at: i64,
    #[sqlx(flatten)]
    account: SignedInRow,
}

/// What an account's row has beside it: a row for each thing that a role grants.
macro_rules! account_columns {
    () => {
        "a.id AS account_id, a.email, a.state, a.locale, a.time_zone, c.locale AS company_locale,
         c.time_zone AS company_time_zone, e.id AS employee_id, e.name AS employee_name, r.slug, g.function, g.action, g.scope"
    };
}

macro_rules! beside_account {
    () => {
        " JOIN companies c ON c.tenant_id = a.tenant_id
          LEFT JOIN employees e ON e.tenant_id = a.tenant_id AND e.id = a.employee_id
          LEFT JOIN employee_roles er ON er.tenant_id = e.tenant_id AND er.employee_id = e.id
          LEFT JOIN roles r ON r.tenant_id = er.tenant_id AND r.id = er.role_id
          LEFT JOIN role_grants g ON g.tenant_id = er.tenant_id AND g.role_id = er.role_id "
    };
}

const BY_ACCOUNT: &str = concat!(
    "SELECT ",
    account_columns!(),
    " FROM accounts a",
    beside_account!(),
    "WHERE a.tenant_id = $1 AND a.id = $2"
);

const BY_SESSION: &str = concat!(
    "SELECT s.id AS session_id, s.tenant_id, s.created_at, s.last_seen, s.ends_at, ",
    account_columns!(),
    " FROM sessions s JOIN accounts a ON a.tenant_id = s.tenant_id AND a.id = s.account_id",
    beside_account!(),
    "WHERE s.digest = $1"
);

fn signed_in(rows: Vec<SignedInRow>) -> Result<Option<SignedInAccount>, StoreError> {
    let (mut roles, mut grants) = (BTreeSet::new(), BTreeSet::new());
    let mut about = None;
    for mut row in rows {
        roles.extend(row.slug.take());
        let granted = row.function.take().zip(row.action.take()).zip(row.scope.take());
        grants.extend(granted.map(|((function, action), scope)| (function, action, scope)));
        about = Some(row);
    }
    let Some(row) = about else { return Ok(None) };
    let chosen_locale = row.locale.as_deref().and_then(Locale::from_tag);
    Ok(Some(SignedInAccount {
        id: AccountId(row.account_id),
        employee: row.employee_id.map(EmployeeId).zip(row.employee_name),
        email: EmailAddress::parse(&row.email).map_err(|_| StoreError::Damaged { table: "accounts" })?,
        active: row.state == "active",
        chosen_locale,
        locale: chosen_locale.or_else(|| Locale::from_tag(&row.company_locale)).unwrap_or_default(),
        time_zone: row.time_zone.unwrap_or(row.company_time_zone),
        roles: roles.into_iter().collect(),
        grants: grants.into_iter().map(|(function, action, scope)| GrantRow { function, action, scope }).collect(),
    }))
}

impl Store {
    /// The session of a cookie, by the digest of its value, and the account that it stands for; none where there is no such
    /// session, or its account or company is missing. Every request begins with this.
    pub async fn signed_in(&self, digest: &[u8; 32]) -> Result<Option<(Session, SignedInAccount)>, StoreError> {
        let rows: Vec<SessionRow> = match &self.pools {
            Pools::Sqlite { read, .. } => sqlx::query_as(BY_SESSION).bind(&digest[..]).fetch_all(read).await?,
            Pools::Postgres { pool, .. } => {
                // The tenant, which the policies ask for, is the session's. A digest in hexadecimal needs no quoting.
                let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
                let begin = format!(
                    "BEGIN READ ONLY; SELECT set_config('app.tenant_id', \
                     (SELECT tenant_id::text FROM sessions WHERE digest = '\\x{hex}'), true)"
                );
                let mut tx = pool.begin_with(sqlx::AssertSqlSafe(begin)).await?;
                // Dropped, the transaction ends on the connection's way back to the pool, and nobody waits for that.
                sqlx::query_as(BY_SESSION).bind(&digest[..]).fetch_all(&mut *tx).await?
            }
        };
        let Some(first) = rows.first() else { return Ok(None) };
        let session = Session {
            id: SessionId(first.session_id),
            tenant: TenantId(first.tenant_id),
            account: AccountId(first.account.account_id),
            created_at: Timestamp(first.created_at),
            last_seen: Timestamp(first.last_seen),
            ends_at: Timestamp(first.ends_at),
        };
        let account = signed_in(rows.into_iter().map(|row| row.account).collect())?;
        Ok(account.map(|account| (session, account)))
    }
}

impl TenantTx {
    /// What every request asks about the account behind it; none where account or company is missing.
    pub async fn signed_in_account(&mut self, id: AccountId) -> Result<Option<SignedInAccount>, StoreError> {
        let tenant = self.tenant.0;
        signed_in(on!(self.tx, conn => sqlx::query_as(BY_ACCOUNT).bind(tenant).bind(id.0).fetch_all(conn).await?))
    }
}
