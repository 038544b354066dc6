//! Accounts: what signs in.

use portico_kernel::{AccountId, EmailAddress, EmployeeId, Locale, TenantId, Timestamp};
use portico_world::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::{InstanceTx, StoreError, TenantTx, engine::on};

/// What signs in.
#[derive(Clone, Debug)]
pub struct Account {
    /// The account.
    pub id: AccountId,
    /// Whose it is.
    pub employee_id: Option<EmployeeId>,
    /// The address that is typed in to sign in.
    pub email: EmailAddress,
    /// The password's argon2id hash (PHC string); none for those who sign in elsewhere.
    pub password_hash: Option<SecretString>,
    /// Whether it may sign in.
    pub active: bool,
    /// The language that the person chose.
    pub locale: Option<Locale>,
    /// The IANA zone that the person chose.
    pub time_zone: Option<String>,
}

/// A tenant in which an address has an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInPlace {
    /// The tenant.
    pub tenant: TenantId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// The account.
    pub account: AccountId,
}

#[derive(sqlx::FromRow)]
struct AccountRow {
    id: Uuid,
    employee_id: Option<Uuid>,
    email: String,
    password_hash: Option<String>,
    state: String,
    locale: Option<String>,
    time_zone: Option<String>,
}

fn account(row: AccountRow) -> Result<Account, StoreError> {
    Ok(Account {
        id: AccountId(row.id),
        employee_id: row.employee_id.map(EmployeeId),
        email: EmailAddress::parse(&row.email).map_err(|_| StoreError::Damaged { table: "accounts" })?,
        password_hash: row.password_hash.map(SecretString::from),
        active: row.state == "active",
        locale: row.locale.as_deref().and_then(Locale::from_tag),
        time_zone: row.time_zone,
    })
}

impl TenantTx {
    /// Adds an account and lists it for sign-in under the digest of its address.
    pub async fn add_account(
        &mut self,
        account: &Account,
        email_digest: &[u8; 32],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        let state = if account.active { "active" } else { "disabled" };
        on!(self.tx, conn => sqlx::query(
            "INSERT INTO accounts (tenant_id, id, employee_id, email, password_hash, state, locale, time_zone, \
             created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        ).bind(tenant).bind(account.id.0).bind(account.employee_id.map(|id| id.0)).bind(account.email.as_str())
            .bind(account.password_hash.as_ref().map(|hash| hash.expose_secret().to_owned())).bind(state)
            .bind(account.locale.map(Locale::tag)).bind(&account.time_zone).bind(now.0)
            .execute(conn).await.map(drop)?);
        on!(self.tx, conn => sqlx::query(
            "INSERT INTO sign_in_index (email_digest, tenant_id, account_id) VALUES ($1, $2, $3)",
        ).bind(&email_digest[..]).bind(tenant).bind(account.id.0).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// One account.
    pub async fn account(&mut self, id: AccountId) -> Result<Option<Account>, StoreError> {
        let tenant = self.tenant.0;
        let row: Option<AccountRow> = on!(self.tx, conn => sqlx::query_as(
            "SELECT id, employee_id, email, password_hash, state, locale, time_zone
               FROM accounts WHERE tenant_id = $1 AND id = $2",
        ).bind(tenant).bind(id.0).fetch_optional(conn).await?);
        row.map(account).transpose()
    }

    /// The account with this address.
    pub async fn account_by_email(&mut self, email: &EmailAddress) -> Result<Option<Account>, StoreError> {
        let tenant = self.tenant.0;
        let row: Option<AccountRow> = on!(self.tx, conn => sqlx::query_as(
            "SELECT id, employee_id, email, password_hash, state, locale, time_zone
               FROM accounts WHERE tenant_id = $1 AND email = $2",
        ).bind(tenant).bind(email.as_str()).fetch_optional(conn).await?);
        row.map(account).transpose()
    }

    /// Writes the language and the zone that the person chose.
    pub async fn set_account_preferences(
        &mut self,
        id: AccountId,
        locale: Option<Locale>,
        time_zone: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query(
            "UPDATE accounts SET locale = $1, time_zone = $2, updated_at = $3 WHERE tenant_id = $4 AND id = $5",
        ).bind(locale.map(Locale::tag)).bind(time_zone).bind(now.0).bind(tenant).bind(id.0)
            .execute(conn).await.map(drop)?);
        Ok(())
    }

    /// Writes a password's hash.
    pub async fn set_password_hash(
        &mut self,
        id: AccountId,
        hash: &SecretString,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query(
            "UPDATE accounts SET password_hash = $1, updated_at = $2 WHERE tenant_id = $3 AND id = $4",
        ).bind(hash.expose_secret()).bind(now.0).bind(tenant).bind(id.0).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// The names behind accounts: the employee's, else none.
    pub async fn account_names(&mut self, ids: &[AccountId]) -> Result<Vec<(AccountId, String)>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let tenant = self.tenant.0;
        let rows: Vec<(Uuid, String)> = on!(self.tx, conn => {
            let mut query = sqlx::QueryBuilder::new(
                "SELECT a.id, e.name FROM accounts a JOIN employees e ON e.tenant_id = a.tenant_id AND e.id = a.employee_id
                  WHERE a.tenant_id = ",
            );
            query.push_bind(tenant).push(" AND a.id IN (");
            let mut list = query.separated(", ");
            for id in ids {
                list.push_bind(id.0);
            }
            list.push_unseparated(")");
            query.build_query_as().fetch_all(conn).await?
        });
        Ok(rows.into_iter().map(|(id, name)| (AccountId(id), name)).collect())
    }
}

impl InstanceTx {
    /// Where the address with this digest has accounts, by the tenant's slug.
    pub async fn sign_in_places(&mut self, email_digest: &[u8; 32]) -> Result<Vec<SignInPlace>, StoreError> {
        let rows: Vec<(Uuid, String, String, Uuid)> = on!(self.tx, conn => sqlx::query_as(
            "SELECT t.id, t.slug, t.name, s.account_id
               FROM sign_in_index s JOIN tenants t ON t.id = s.tenant_id
              WHERE s.email_digest = $1 AND t.state = 'active' ORDER BY t.slug",
        ).bind(&email_digest[..]).fetch_all(conn).await?);
        Ok(rows
            .into_iter()
            .map(|(tenant, slug, name, account)| SignInPlace {
                tenant: TenantId(tenant),
                slug,
                name,
                account: AccountId(account),
            })
            .collect())
    }
}
