//! Two sample companies for the demo and for tests. A second call changes nothing.

mod calendars;

use std::collections::HashMap;

use jiff::{Span, civil::Date};
use portico_kernel::{AccountId, DepartmentId, EmailAddress, EmployeeId, Locale, RoleId, TenantId};
use portico_store::{Account, Actor, Company, Department, Employee, GrantRow, JournalRow, Role, Tenant, TenantTx};
use portico_world::SecretString;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    App, Calendar, Error,
    calendars::ensure_main,
    email_digest,
    events::{self, AttendeeInput, EventInput},
    passwords, roles,
};

/// Everybody's password in the sample companies.
pub const PASSWORD: &str = "welcome to portico";

/// An account of a sample company, as the demo prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SampleAccount {
    /// The company's slug.
    pub tenant: String,
    /// The address to sign in with.
    pub email: String,
    /// The password.
    pub password: String,
    /// `employee`, `administrator`, or `employee-without-google` for somebody to whom no role grants connecting.
    pub role: String,
    /// The Google account that goes with the person.
    pub google: String,
    /// The person's name.
    #[serde(skip)]
    pub name: String,
    /// The person's language, by its tag.
    #[serde(skip)]
    pub locale: String,
}

struct SampleCompany {
    slug: &'static str,
    name: &'static str,
    time_zone: &'static str,
    locale: Locale,
    week_start: i64,
    /// Key, key of the one above, name.
    departments: &'static [(&'static str, &'static str, &'static str)],
    people: &'static [SamplePerson],
    events: &'static [SampleEvent],
    /// The calendars that are nobody's own.
    calendars: &'static [calendars::SampleCalendar],
}

/// A meeting in the week of the first start.
struct SampleEvent {
    /// Whose it is; of a team's nobody's.
    organizer: &'static str,
    title: &'static str,
    location: &'static str,
    /// 0 is Monday.
    day: i8,
    /// Local time, hour and minute; none for whole days.
    start: Option<(i8, i8)>,
    minutes: i64,
    recurrence: &'static str,
    guests: &'static [&'static str],
}

struct SamplePerson {
    name: &'static str,
    email: &'static str,
    department: &'static str,
    job_title: &'static str,
    locale: Option<Locale>,
    role: SampleRole,
    heads: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SampleRole {
    Employee,
    Administrator,
    WithoutGoogle,
}

impl SampleRole {
    fn as_str(self) -> &'static str {
        match self {
            Self::Employee => "employee",
            Self::Administrator => "administrator",
            Self::WithoutGoogle => "employee-without-google",
        }
    }
}

const fn person(
    name: &'static str,
    email: &'static str,
    department: &'static str,
    job_title: &'static str,
    locale: Option<Locale>,
) -> SamplePerson {
    SamplePerson { name, email, department, job_title, locale, role: SampleRole::Employee, heads: false }
}

impl SamplePerson {
    const fn heading(mut self) -> Self {
        self.heads = true;
        self
    }

    const fn with(mut self, role: SampleRole) -> Self {
        self.role = role;
        self
    }
}

const ZH: Option<Locale> = Some(Locale::ZhTw);
const EN: Option<Locale> = Some(Locale::En);
const JA: Option<Locale> = Some(Locale::Ja);
const KO: Option<Locale> = Some(Locale::Ko);

const ACME: SampleCompany = SampleCompany {
    slug: "acme",
    name: "Acme s.r.o.",
    time_zone: "Europe/Prague",
    locale: Locale::Cs,
    week_start: 1,
    departments: &[
        ("management", "", "Vedení"),
        ("people", "management", "Lidé a kultura"),
        ("product", "management", "Produkt"),
        ("engineering", "product", "Vývoj"),
        ("platform", "engineering", "Platforma"),
        ("design", "product", "Design"),
        ("sales", "management", "Obchod"),
        ("asia", "sales", "Asie"),
        ("support", "sales", "Podpora"),
    ],
    people: &[
        person("Anna Nováková", "anna.novakova@acme.example", "engineering", "Software Engineer", EN),
        person("Jan Dvořák", "jan.dvorak@acme.example", "management", "Jednatel", None).heading(),
        person("Eva Horáková", "eva.horakova@acme.example", "people", "HR Director", None)
            .heading()
            .with(SampleRole::Administrator),
        person("Petr Svoboda", "petr.svoboda@acme.example", "people", "Recruiter", None),
        person("Lucie Procházková", "lucie.prochazkova@acme.example", "people", "Payroll Specialist", None)
            .with(SampleRole::WithoutGoogle),
        person("Tomáš Kučera", "tomas.kucera@acme.example", "product", "Product Director", None).heading(),
        person("Markéta Veselá", "marketa.vesela@acme.example", "product", "Product Manager", None),
        person("David Černý", "david.cerny@acme.example", "engineering", "Engineering Manager", None).heading(),
        person("Oliver Wright", "oliver.wright@acme.example", "engineering", "Senior Engineer", EN),
        person("Grace O'Connor", "grace.oconnor@acme.example", "engineering", "Test Engineer", EN),
        person("Ondřej Šťastný", "ondrej.stastny@acme.example", "platform", "Site Reliability Engineer", None)
            .heading(),
        person("王小明", "xiaoming.wang@acme.example", "platform", "Platform Engineer", ZH),
        person("陳怡君", "yijun.chen@acme.example", "engineering", "Frontend Engineer", ZH),
        person("Zuzana Králová", "zuzana.kralova@acme.example", "design", "Design Lead", None).heading(),
        person("佐藤 美咲", "misaki.sato@acme.example", "design", "Product Designer", JA),
        person("Michal Němec", "michal.nemec@acme.example", "sales", "Sales Director", None).heading(),
        person("Kateřina Pokorná", "katerina.pokorna@acme.example", "sales", "Account Executive", None),
        person("Amelia Thompson", "amelia.thompson@acme.example", "sales", "Account Executive", EN),
        person("林志偉", "zhiwei.lin@acme.example", "asia", "Country Manager Taiwan", ZH).heading(),
        person("田中 健一", "kenichi.tanaka@acme.example", "asia", "Country Manager Japan", JA),
        person("鈴木 陽子", "yoko.suzuki@acme.example", "asia", "Sales Representative", JA),
        person("김민준", "minjun.kim@acme.example", "asia", "Country Manager Korea", KO),
        person("이서연", "seoyeon.lee@acme.example", "asia", "Sales Representative", KO),
        person("Václav Marek", "vaclav.marek@acme.example", "support", "Support Lead", None).heading(),
        person("Barbora Jelínková", "barbora.jelinkova@acme.example", "support", "Support Specialist", None)
            .with(SampleRole::WithoutGoogle),
        person("Robin Fischer", "robin.fischer@consulting.example", "management", "Consultant", EN),
    ],
    events: &[
        SampleEvent {
            organizer: "david.cerny@acme.example",
            title: "Stand-up",
            location: "Místnost Vltava",
            day: 0,
            start: Some((9, 30)),
            minutes: 15,
            recurrence: "RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR",
            guests: &[
                "anna.novakova@acme.example",
                "oliver.wright@acme.example",
                "grace.oconnor@acme.example",
                "yijun.chen@acme.example",
            ],
        },
        SampleEvent {
            organizer: "anna.novakova@acme.example",
            title: "Design review: calendar",
            location: "",
            day: 1,
            start: Some((13, 0)),
            minutes: 60,
            recurrence: "",
            guests: &["zuzana.kralova@acme.example", "misaki.sato@acme.example"],
        },
        SampleEvent {
            organizer: "anna.novakova@acme.example",
            title: "Focus time",
            location: "",
            day: 3,
            start: Some((8, 0)),
            minutes: 120,
            recurrence: "RRULE:FREQ=WEEKLY;COUNT=12",
            guests: &[],
        },
        SampleEvent {
            organizer: "zhiwei.lin@acme.example",
            title: "亞洲業務週會",
            location: "",
            day: 2,
            start: Some((8, 30)),
            minutes: 45,
            recurrence: "RRULE:FREQ=WEEKLY",
            guests: &["kenichi.tanaka@acme.example", "minjun.kim@acme.example", "michal.nemec@acme.example"],
        },
        SampleEvent {
            organizer: "eva.horakova@acme.example",
            title: "Pohovor: Backend Engineer",
            location: "Praha, Karlín",
            day: 3,
            start: Some((14, 0)),
            minutes: 60,
            recurrence: "",
            guests: &["petr.svoboda@acme.example", "david.cerny@acme.example"],
        },
        SampleEvent {
            organizer: "jan.dvorak@acme.example",
            title: "Firemní den",
            location: "Průhonice",
            day: 4,
            start: None,
            minutes: 24 * 60,
            recurrence: "",
            guests: &["anna.novakova@acme.example", "eva.horakova@acme.example", "michal.nemec@acme.example"],
        },
    ],
    calendars: calendars::ACME,
};

const GLOBEX: SampleCompany = SampleCompany {
    slug: "globex",
    name: "Globex Ltd",
    time_zone: "Asia/Taipei",
    locale: Locale::En,
    week_start: 7,
    departments: &[("office", "", "Office")],
    people: &[
        person("Hannah Miller", "hannah.miller@globex.example", "office", "Managing Director", None)
            .heading()
            .with(SampleRole::Administrator),
        person("黃淑芬", "shufen.huang@globex.example", "office", "Office Manager", ZH),
        person("박지호", "jiho.park@globex.example", "office", "Engineer", KO),
        person("Robin Fischer", "robin.fischer@consulting.example", "office", "Consultant", None),
    ],
    events: &[SampleEvent {
        organizer: "hannah.miller@globex.example",
        title: "Weekly planning",
        location: "",
        day: 0,
        start: Some((10, 0)),
        minutes: 30,
        recurrence: "RRULE:FREQ=WEEKLY",
        guests: &["shufen.huang@globex.example", "jiho.park@globex.example"],
    }],
    calendars: calendars::GLOBEX,
};

/// Makes the sample companies where they are not there yet, and names their accounts.
pub async fn ensure(app: &App) -> Result<Vec<SampleAccount>, Error> {
    let mut accounts = Vec::new();
    for company in [&ACME, &GLOBEX] {
        let mut tx = app.store.instance_read().await?;
        let known = tx.tenant_by_slug(company.slug).await?;
        tx.commit().await?;
        if known.is_none() {
            make(app, company).await?;
        }
        accounts.extend(company.people.iter().map(|person| SampleAccount {
            tenant: company.slug.to_owned(),
            email: person.email.to_owned(),
            password: PASSWORD.to_owned(),
            role: person.role.as_str().to_owned(),
            google: person.email.to_owned(),
            name: person.name.to_owned(),
            locale: person.locale.unwrap_or(company.locale).tag().to_owned(),
        }));
    }
    Ok(accounts)
}

/// What the sandbox has to know: the portal's OAuth client and a Google account for each person, as bodies for the paths
/// of its control plane.
pub fn sandbox_seed(
    accounts: &[SampleAccount],
    client_id: &str,
    client_secret: &str,
    redirect_uri: &str,
) -> Vec<(&'static str, Value)> {
    let client = json!({
        "client_id": client_id,
        "client_secret": client_secret,
        "name": "Portico",
        "redirect_uris": [redirect_uri],
    });
    let mut seed = vec![("clients", client)];
    let mut known = Vec::new();
    for account in accounts {
        if known.contains(&&account.google) {
            continue;
        }
        known.push(&account.google);
        let zone = if account.tenant == GLOBEX.slug { GLOBEX.time_zone } else { ACME.time_zone };
        let user = json!({
            "email": account.google, "name": account.name, "kind": "user", "locale": account.locale, "time_zone": zone,
        });
        seed.push(("users", user));
    }
    seed
}

/// The tenant's row comes last: what an interrupted start has left behind is under an id that nobody knows.
async fn make(app: &App, company: &SampleCompany) -> Result<(), Error> {
    let id = TenantId::new(&app.world);
    let now = app.now();
    let mut tx = app.store.tenant(id).await?;
    let record = Company {
        name: company.name.to_owned(),
        time_zone: company.time_zone.to_owned(),
        locale: company.locale,
        week_start: company.week_start,
    };
    tx.put_company(&record, now).await?;
    let departments = make_departments(app, &mut tx, company).await?;
    let roles = make_roles(app, &mut tx).await?;
    let hash = passwords::hash(&SecretString::from(PASSWORD), app.world.rng.as_ref())?;
    let mut accounts = HashMap::new();
    for person in company.people {
        let account = make_person(app, &mut tx, company, person, &departments, &roles, &hash).await?;
        accounts.insert(person.email, account);
    }
    tx.journal(JournalRow {
        actor: Actor::System,
        action: "company.created",
        subject_kind: "company",
        subject: id.0,
        before: None,
        after: Some(json!({"name": company.name})),
        why: Some("sample".to_owned()),
    });
    app.commit(tx).await?;
    for event in company.events {
        let account = accounts.get(event.organizer).copied().ok_or(Error::NotFound)?;
        make_event(app, id, account, company.time_zone, event).await?;
    }
    let keeper = company.people.iter().find(|person| person.role == SampleRole::Administrator);
    let keeper = keeper.and_then(|person| accounts.get(person.email).copied()).ok_or(Error::NotFound)?;
    for calendar in company.calendars {
        calendars::make(app, id, keeper, company.time_zone, calendar).await?;
    }
    let mut tx = app.store.instance().await?;
    tx.add_tenant(&Tenant { id, slug: company.slug.to_owned(), name: company.name.to_owned() }, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn make_departments(
    app: &App,
    tx: &mut TenantTx,
    company: &SampleCompany,
) -> Result<HashMap<&'static str, DepartmentId>, Error> {
    let domain = company.people[0].email.split_once('@').map(|(_, domain)| domain.to_owned());
    let mut made = HashMap::new();
    for (key, parent, name) in company.departments {
        let id = DepartmentId::new(&app.world);
        let department = Department {
            id,
            parent_id: made.get(parent).copied(),
            name: (*name).to_owned(),
            email_domain: domain.clone().filter(|_| parent.is_empty()),
            head_id: None,
        };
        tx.add_department(&department).await?;
        made.insert(*key, id);
    }
    Ok(made)
}

async fn make_roles(app: &App, tx: &mut TenantTx) -> Result<HashMap<&'static str, RoleId>, Error> {
    let [employee, administrator] = roles::built_in(&app.world);
    let without_google = Role {
        id: RoleId::new(&app.world),
        slug: "employee-without-google".to_owned(),
        name: "Employee without Google".to_owned(),
        grants: employee.grants.iter().filter(|grant: &&GrantRow| grant.function == "calendar").cloned().collect(),
    };
    let made = HashMap::from([
        ("employee", employee.id),
        ("administrator", administrator.id),
        ("employee-without-google", without_google.id),
    ]);
    for role in [&employee, &administrator, &without_google] {
        tx.add_role(role).await?;
    }
    Ok(made)
}

async fn make_person(
    app: &App,
    tx: &mut TenantTx,
    company: &SampleCompany,
    person: &SamplePerson,
    departments: &HashMap<&'static str, DepartmentId>,
    roles: &HashMap<&'static str, RoleId>,
    hash: &SecretString,
) -> Result<AccountId, Error> {
    let now = app.now();
    let id = EmployeeId::new(&app.world);
    let email = EmailAddress::parse(person.email).map_err(|_| Error::Internal("a sample address is wrong".into()))?;
    let department_id = departments.get(person.department).copied();
    let employee = Employee {
        id,
        department_id,
        department: None,
        name: person.name.to_owned(),
        email: email.clone(),
        job_title: Some(person.job_title.to_owned()),
        picture: None,
        state: "active".to_owned(),
    };
    tx.add_employee(&employee, now).await?;
    if let Some(department) = department_id.filter(|_| person.heads) {
        tx.set_department_head(department, Some(id)).await?;
    }
    let slugs: &[&str] = match person.role {
        SampleRole::Employee => &["employee"],
        SampleRole::Administrator => &["employee", "administrator"],
        SampleRole::WithoutGoogle => &["employee-without-google"],
    };
    let given: Vec<RoleId> = slugs.iter().filter_map(|slug| roles.get(slug).copied()).collect();
    tx.set_employee_roles(id, &given).await?;
    let account = Account {
        id: AccountId::new(&app.world),
        employee_id: Some(id),
        email,
        password_hash: Some(hash.clone()),
        active: true,
        locale: person.locale,
        time_zone: None,
    };
    tx.add_account(&account, &email_digest(person.email), now).await?;
    ensure_main(app, tx, id, person.name, company.time_zone).await?;
    Ok(account.id)
}

/// The day of the week of the first start; 0 is Monday.
fn on_day(app: &App, zone: &str, day: i8) -> Result<Date, Error> {
    let wrong = |error: jiff::Error| Error::Internal(error.to_string());
    let today = app.now().to_jiff().in_tz(zone).map_err(wrong)?.date();
    let days = i64::from(day) - i64::from(today.weekday().to_monday_zero_offset());
    today.checked_add(Span::new().days(days)).map_err(wrong)
}

/// A sample event on `date`, as somebody would enter it.
fn event_input(sample: &SampleEvent, date: Date, zone: &str) -> Result<EventInput, jiff::Error> {
    let mut input = EventInput {
        title: Some(sample.title.to_owned()),
        location: Some(sample.location.to_owned()),
        attendees: Some(
            sample.guests.iter().map(|guest| AttendeeInput { email: (*guest).to_owned(), optional: false }).collect(),
        ),
        notify: Some(false),
        ..EventInput::default()
    };
    if !sample.recurrence.is_empty() {
        input.recurrence = Some(vec![sample.recurrence.to_owned()]);
    }
    match sample.start {
        Some((hour, minute)) => {
            let start = date.at(hour, minute, 0, 0);
            let end = start.checked_add(Span::new().minutes(sample.minutes))?;
            input.start_time = Some(start.to_string());
            input.end_time = Some(end.to_string());
            input.time_zone = Some(zone.to_owned());
        }
        None => {
            input.start_date = Some(date.to_string());
            input.end_date = Some(date.checked_add(Span::new().days(sample.minutes / (24 * 60)))?.to_string());
        }
    }
    Ok(input)
}

async fn make_event(
    app: &App,
    tenant: TenantId,
    account: AccountId,
    zone: &str,
    sample: &SampleEvent,
) -> Result<(), Error> {
    let caller = app.caller(tenant, account, None).await?.ok_or(Error::NotFound)?.permit::<Calendar>()?;
    let input = event_input(sample, on_day(app, zone, sample.day)?, zone)
        .map_err(|error| Error::Internal(error.to_string()))?;
    events::create(app, &caller, &input, None).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_samples_are_what_the_demo_promises() {
        for company in [&ACME, &GLOBEX] {
            let mut above = vec![""];
            for (key, parent, _) in company.departments {
                assert!(above.contains(parent), "{key} comes before the one above it");
                above.push(key);
            }
            for person in company.people {
                assert!(above.contains(&person.department), "{}", person.name);
                assert!(EmailAddress::parse(person.email).is_ok_and(|email| email.as_str() == person.email));
            }
            assert_eq!(company.people.iter().filter(|person| person.role == SampleRole::Administrator).count(), 1);
        }
        let shared =
            ACME.people.iter().filter(|one| GLOBEX.people.iter().any(|other| other.email == one.email)).count();
        assert_eq!((ACME.people.len(), GLOBEX.people.len(), shared), (26, 4, 1));
        assert!(PASSWORD.len() >= passwords::SHORTEST);
    }
}
