//! The company: the one record of a tenant.

use portico_kernel::{Locale, Timestamp};

use crate::{StoreError, TenantTx, engine::on, text_enum::text_enum};

/// What holds for the whole company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// Its name.
    pub name: String,
    /// Its IANA zone, for those who chose none.
    pub time_zone: String,
    /// Its language, for those who chose none.
    pub locale: Locale,
    /// The first day of the week: 1 is Monday, 7 is Sunday.
    pub week_start: i64,
}

/// From how many on a run of the sync asks before it deletes or mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuardLimits {
    /// Deletions that never ask, unless they are everything.
    pub deletions: i64,
    /// Above that, the part of the calendar that may go without asking, in hundredths.
    pub percent: i64,
    /// People who may be mailed without asking.
    pub mailed: i64,
}

text_enum! {
    /// What becomes of fields that both sides changed, where nobody has chosen.
    pub enum ConflictPolicy {
        /// Google's version stands until the person chooses.
        Ask = "ask",
        /// What was written here.
        Portico = "portico",
        /// What was written at Google.
        Google = "google",
    }
}

impl TenantTx {
    /// What becomes of the company's conflicts; none in a tenant that is not set up yet.
    pub async fn conflict_policy(&mut self) -> Result<Option<ConflictPolicy>, StoreError> {
        let tenant = self.tenant.0;
        let text: Option<String> = on!(self.tx, conn => sqlx::query_scalar(
            "SELECT conflict_policy FROM companies WHERE tenant_id = $1",
        ).bind(tenant).fetch_optional(conn).await?);
        let damaged = StoreError::Damaged { table: "companies" };
        text.map(|text| ConflictPolicy::parse(&text).ok_or(damaged)).transpose()
    }

    /// Writes what becomes of the company's conflicts.
    pub async fn put_conflict_policy(&mut self, policy: ConflictPolicy, now: Timestamp) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query(
            "UPDATE companies SET conflict_policy = $1, version = version + 1, updated_at = $2 WHERE tenant_id = $3",
        ).bind(policy.as_str()).bind(now.0).bind(tenant).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// The company's limits of the guard; none in a tenant that is not set up yet.
    pub async fn guard_limits(&mut self) -> Result<Option<GuardLimits>, StoreError> {
        let tenant = self.tenant.0;
        let row: Option<(i64, i64, i64)> = on!(self.tx, conn => sqlx::query_as(
            "SELECT guard_deletions, guard_percent, guard_mailed FROM companies WHERE tenant_id = $1",
        ).bind(tenant).fetch_optional(conn).await?);
        Ok(row.map(|(deletions, percent, mailed)| GuardLimits { deletions, percent, mailed }))
    }

    /// Writes the company's limits of the guard.
    pub async fn put_guard_limits(&mut self, limits: &GuardLimits, now: Timestamp) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query(
            "UPDATE companies SET guard_deletions = $1, guard_percent = $2, guard_mailed = $3, version = version + 1,
                    updated_at = $4
              WHERE tenant_id = $5",
        ).bind(limits.deletions).bind(limits.percent).bind(limits.mailed).bind(now.0).bind(tenant).execute(conn)
            .await.map(drop)?);
        Ok(())
    }

    /// The company; none in a tenant that is not set up yet.
    pub async fn company(&mut self) -> Result<Option<Company>, StoreError> {
        let tenant = self.tenant.0;
        let row: Option<(String, String, String, i64)> = on!(self.tx, conn => sqlx::query_as(
            "SELECT name, time_zone, locale, week_start FROM companies WHERE tenant_id = $1",
        ).bind(tenant).fetch_optional(conn).await?);
        Ok(row.map(|(name, time_zone, locale, week_start)| Company {
            name,
            time_zone,
            locale: Locale::from_tag(&locale).unwrap_or_default(),
            week_start,
        }))
    }

    /// Writes the company's record.
    pub async fn put_company(&mut self, company: &Company, now: Timestamp) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query(
            "INSERT INTO companies (tenant_id, name, time_zone, locale, week_start, version, updated_at)
             VALUES ($1, $2, $3, $4, $5, 1, $6)
                 ON CONFLICT (tenant_id) DO UPDATE
                SET name = excluded.name, time_zone = excluded.time_zone, locale = excluded.locale,
                    week_start = excluded.week_start, version = companies.version + 1, updated_at = excluded.updated_at",
        ).bind(tenant).bind(&company.name).bind(&company.time_zone).bind(company.locale.tag())
            .bind(company.week_start).bind(now.0).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// Lets nobody else past this point of the same company until this transaction ends, where something must hold over several
    /// rows. On SQLite one transaction writes at a time anyhow.
    pub async fn hold_company(&mut self) -> Result<(), StoreError> {
        if self.tx.is_postgres() {
            let tenant = self.tenant.0;
            on!(self.tx, conn => sqlx::query("SELECT 1 FROM companies WHERE tenant_id = $1 FOR UPDATE")
                .bind(tenant).execute(conn).await.map(drop)?);
        }
        Ok(())
    }
}
