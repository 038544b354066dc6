//! Tenants: a new customer begins with its record, the built-in roles and one administrator.

use jiff::tz::TimeZone;
use portico_kernel::{AccountId, EmailAddress, EmployeeId, Locale, TenantId};
use portico_store::{Account, Actor, Company, Employee, JournalRow, Tenant};
use portico_world::{ExposeSecret, SecretString};
use serde_json::json;

use crate::{App, Error, FieldError, calendars, email_digest, passwords, roles};

/// What a new tenant begins with.
#[derive(Clone, Debug)]
pub struct NewTenant {
    /// Its name in addresses: lower-case letters, digits and hyphens.
    pub slug: String,
    /// The company's name.
    pub name: String,
    /// The company's IANA zone.
    pub time_zone: String,
    /// The company's language.
    pub locale: Locale,
    /// The address of the first administrator.
    pub email: String,
    /// The name of the first administrator.
    pub administrator: String,
    /// The password of the first administrator.
    pub password: SecretString,
}

impl App {
    /// A company's name in addresses.
    pub async fn company_slug(&self, tenant: TenantId) -> Result<Option<String>, Error> {
        let mut tx = self.store.instance_read().await?;
        let found = tx.tenant(tenant).await?;
        tx.commit().await?;
        Ok(found.map(|tenant| tenant.slug))
    }

    /// Makes a tenant with its administrator. All or nothing: the tenant's row, by which it is found, comes last.
    pub async fn create_tenant(&self, new: &NewTenant) -> Result<TenantId, Error> {
        let mut faults = Vec::new();
        let slug_is_right = (2..=40).contains(&new.slug.len())
            && new.slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !new.slug.starts_with('-');
        if !slug_is_right {
            faults.push(FieldError::new("slug", "slug"));
        }
        if new.name.trim().is_empty() {
            faults.push(FieldError::new("name", "required"));
        }
        if TimeZone::get(&new.time_zone).is_err() {
            faults.push(FieldError::new("time_zone", "unknown_zone"));
        }
        let email = EmailAddress::parse(&new.email);
        if email.is_err() {
            faults.push(FieldError::new("email", "email"));
        }
        let length = new.password.expose_secret().len();
        if !(passwords::SHORTEST..=passwords::LONGEST).contains(&length) {
            faults.push(FieldError::new("password", "length").with(passwords::lengths()));
        }
        let Ok(email) = email else { return Err(Error::Invalid(faults)) };
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let mut tx = self.store.instance_read().await?;
        let taken = tx.tenant_by_slug(&new.slug).await?.is_some();
        tx.commit().await?;
        if taken {
            return Err(Error::Conflict { reason: "exists_already" });
        }
        let hash = passwords::hash(&new.password, self.world.rng.as_ref())?;
        let (id, now) = (TenantId::new(&self.world), self.now());
        let mut tx = self.store.tenant(id).await?;
        let company = Company {
            name: new.name.trim().to_owned(),
            time_zone: new.time_zone.clone(),
            locale: new.locale,
            week_start: 1,
        };
        tx.put_company(&company, now).await?;
        let built_in = roles::built_in(&self.world);
        for role in &built_in {
            tx.add_role(role).await?;
        }
        let employee = Employee {
            id: EmployeeId::new(&self.world),
            department_id: None,
            department: None,
            name: new.administrator.clone(),
            email: email.clone(),
            job_title: None,
            picture: None,
            state: "active".to_owned(),
        };
        tx.add_employee(&employee, now).await?;
        tx.set_employee_roles(employee.id, &built_in.each_ref().map(|role| role.id)).await?;
        let account = Account {
            id: AccountId::new(&self.world),
            employee_id: Some(employee.id),
            email,
            password_hash: Some(hash),
            active: true,
            locale: None,
            time_zone: None,
        };
        tx.add_account(&account, &email_digest(&new.email), now).await?;
        calendars::ensure_main(self, &mut tx, employee.id, &new.administrator, &new.time_zone).await?;
        tx.journal(JournalRow {
            actor: Actor::System,
            action: "company.created",
            subject_kind: "company",
            subject: id.0,
            before: None,
            after: Some(json!({"name": company.name})),
            why: None,
        });
        self.commit(tx).await?;
        let mut tx = self.store.instance().await?;
        tx.add_tenant(&Tenant { id, slug: new.slug.clone(), name: company.name }, now).await?;
        tx.commit().await?;
        Ok(id)
    }
}
