//! Where a history is played: a company with two connected employees, an outsider, and their Google.

use std::{collections::BTreeMap, panic::AssertUnwindSafe, sync::Arc};

use bytes::Bytes;
use futures::FutureExt;
use portico_app::{App, Worker, links::LinkPatch};
use portico_google::{
    Client, Endpoints, Quota, StaticToken,
    auth::OAuthClient,
    calendar::{Calendar, CalendarResource},
    quota::MemoryQuotaStore,
};
use portico_kernel::{
    AccountId, CalendarId, ConnectionId, EmailAddress, EmployeeId, Locale, RoleId, TenantId, Timestamp,
};
use portico_parts::Database;
use portico_sandbox::{Sandbox, SandboxTransport};
use portico_store::{
    Account, Actor, Calendar as PorticoCalendar, CalendarKind, Company, Connection, Employee, GrantRow, LinkState,
    Role, SealedTokens, Sharing, Store, Tenant, TenantTx,
};
use portico_transport::Transport as _;
use portico_vault::{MasterKeys, Place};
use portico_world::{Rng as _, SeededRng, VirtualClock, World};
use serde_json::{Value, json};

use crate::{
    history::Edition,
    mortal_clock::{Death, MortalClock},
    post::Post,
    scene::Scene,
    transport::Wire,
};

const SCOPE: &str = "https://www.googleapis.com/auth/calendar";

/// An employee.
#[derive(Clone)]
pub struct Person {
    pub email: EmailAddress,
    pub account: AccountId,
    /// Which of the person's calendars is meant: Google's id of it, and Portico's.
    pub google: String,
    pub calendar: CalendarId,
    pub connection: ConnectionId,
}

pub struct Stage {
    pub edition: Edition,
    pub scene: Scene,
    pub rng: SeededRng,
    pub world: World,
    pub clock: Arc<VirtualClock>,
    pub network: SandboxTransport,
    pub wire: Arc<Wire>,
    sandbox: Arc<Sandbox>,
    pub post: Arc<Post>,
    /// The clock that the portal looks at.
    pub mortal: Arc<MortalClock>,
    database: Database,
    pub store: Store,
    pub app: Arc<App>,
    pub tenant: TenantId,
    pub people: Vec<Person>,
    /// Every calendar there is: people's main ones, and their second ones.
    pub places: Vec<Person>,
    /// A colleague without calendars, who looks at those of the others.
    pub onlooker: AccountId,
    /// With what people edit at Google, by address, and until when it is good.
    hands: BTreeMap<String, (Calendar, Timestamp)>,
}

/// The OAuth client with which people edit at Google.
const HANDS: &str = "hands";

pub const OUTSIDER: &str = "eva@other.test";

async fn control(network: &SandboxTransport, verb: &str, path: &str, body: Value) -> Value {
    let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
    let request = http::Request::builder()
        .method(verb)
        .uri(format!("https://www.googleapis.com/_sandbox/{path}"))
        .header("content-type", "application/json")
        .body(body)
        .expect("a request");
    let answer = network.send(request).await.expect("the control plane answers");
    assert!(answer.status().is_success(), "{path}: {}", String::from_utf8_lossy(answer.body()));
    serde_json::from_slice(answer.body()).unwrap_or(Value::Null)
}

fn app(edition: Edition, store: &Store, world: &World, wire: &Arc<Wire>) -> Arc<App> {
    // Google pushes to https alone: without it no channel is asked for.
    let callback = if edition >= Edition::Third { "https://portal.acme.test/" } else { "http://localhost:9/" };
    let masters =
        MasterKeys::parse(&["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".to_owned().into()]).expect("a key");
    Arc::new(App {
        store: store.clone(),
        world: world.clone(),
        transport: wire.clone(),
        google: Endpoints::google(),
        google_quota: Quota::new(Arc::new(MemoryQuotaStore::new()), "test"),
        google_scopes: portico_google::ScopeSet::default(),
        google_client: Some(OAuthClient {
            client_id: "app".into(),
            client_secret: "secret".to_owned().into(),
            redirect_uri: "http://localhost:9/cb".into(),
        }),
        masters,
        public_url: "http://localhost:9/".parse().expect("an address"),
        callback_url: callback.parse().expect("an address"),
        live: portico_app::Live::default(),
        opened_keys: portico_app::OpenedKeys::default(),
    })
}

impl Stage {
    pub async fn new(edition: Edition, seed: u64, database: Database) -> Self {
        let scene = Scene::of(edition, seed);
        let begin = scene.begin;
        let (world, clock) = World::seeded(begin, seed.wrapping_mul(0x9E37_79B9).wrapping_add(1));
        let post = Arc::new(Post::default());
        let sandbox = Sandbox::open(None, world.clone(), post.clone()).expect("a sandbox");
        let network = SandboxTransport::new(sandbox.clone());
        let wire = Wire::new(network.clone());
        let mortal = MortalClock::new(clock.clone());
        let store = database.open().await;
        let app = app(edition, &store, &World { clock: mortal.clone(), rng: world.rng.clone() }, &wire);
        let tenant = TenantId::new(&world);
        let now = Timestamp::from(begin);

        control(
            &network,
            "POST",
            "clients",
            json!({"client_id": "app", "client_secret": "secret", "redirect_uris": ["http://localhost:9/cb"]}),
        )
        .await;
        if edition >= Edition::Third {
            // People's own hands are another project: what ends the portal's grants does not end theirs.
            control(&network, "POST", "clients", json!({"client_id": HANDS, "redirect_uris": []})).await;
        }
        let mut tx = store.instance().await.expect("a transaction");
        let name = Tenant { id: tenant, slug: "acme".into(), name: "Acme".into() };
        tx.add_tenant(&name, now).await.expect("a tenant");
        tx.commit().await.expect("a commit");

        let mut tx = store.tenant(tenant).await.expect("a transaction");
        let company = Company { name: "Acme".into(), time_zone: scene.zone.into(), locale: Locale::En, week_start: 1 };
        tx.put_company(&company, now).await.expect("a company");
        let grant =
            |action: &str| GrantRow { function: "calendar".into(), action: action.into(), scope: "self".into() };
        let role = Role {
            id: RoleId::new(&world),
            slug: "employee".into(),
            name: "Employee".into(),
            grants: vec![grant("read"), grant("write")],
        };
        tx.add_role(&role).await.expect("a role");
        tx.commit(now).await.expect("a commit");

        let mut people = Vec::new();
        for name in ["anna", "bob"] {
            people.push(person(&app, &network, scene.zone, tenant, name, role.id, now).await);
        }
        tokens(&network, scene.zone, OUTSIDER).await;
        let onlooker = match edition >= Edition::Fourth {
            true => employee(&app, tenant, "carl", role.id, now).await.1,
            false => people[0].account,
        };
        Self {
            edition,
            scene,
            rng: SeededRng::new(seed),
            world,
            clock,
            network,
            wire,
            sandbox,
            post,
            mortal,
            database,
            store,
            app,
            tenant,
            places: people.clone(),
            onlooker,
            people,
            hands: BTreeMap::new(),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.world.now().into()
    }

    pub fn chance(&self, of_a_hundred: u64) -> bool {
        self.rng.below(100) < of_a_hundred
    }

    pub fn pick<'a, T>(&self, list: &'a [T]) -> Option<&'a T> {
        list.get(usize::try_from(self.rng.below(list.len() as u64)).unwrap_or(0))
    }

    pub async fn control(&self, verb: &str, path: &str, body: Value) -> Value {
        control(&self.network, verb, path, body).await
    }

    /// The process is started anew on the same database.
    pub async fn restart(&mut self) {
        self.wire.disarm();
        self.mortal.disarm();
        self.store.close().await;
        self.store = self.database.open().await;
        let world = World { clock: self.mortal.clone(), rng: self.world.rng.clone() };
        self.app = app(self.edition, &self.store, &world, &self.wire);
        if self.edition >= Edition::Second {
            Worker::new(self.app.clone(), 1).take_over().await.expect("what the dead process held");
        }
    }

    /// Google sends what it has to push.
    pub async fn push(&self) {
        self.sandbox.deliver_pushes().await;
    }

    /// Runs what is due, until nothing is or the process dies; whether it lived.
    pub async fn work(&mut self) -> bool {
        let worker = Worker::new(self.app.clone(), 1);
        let wire = self.wire.clone();
        let all = async {
            for _ in 0..200 {
                if worker.run_once().await.expect("the queue can be read") == 0 {
                    return;
                }
            }
            panic!("jobs wake each other for ever");
        };
        tokio::select! {
            biased;
            () = wire.death() => false,
            done = AssertUnwindSafe(all).catch_unwind() => match done {
                Ok(()) => true,
                Err(death) if death.is::<Death>() => false,
                Err(fault) => std::panic::resume_unwind(fault),
            },
        }
    }

    /// Each person has a second calendar at Google and links it.
    pub async fn second_calendars(&mut self) {
        for person in self.people.clone() {
            let hands = self.hands(person.email.as_str()).await;
            let wanted: CalendarResource =
                serde_json::from_value(json!({"summary": "second", "timeZone": self.scene.zone})).expect("a calendar");
            let google = hands.calendars().insert(&wanted).await.expect("a calendar").id.expect("an id");
            let mut tx = self.store.tenant(self.tenant).await.expect("a transaction");
            portico_app::links::start_connection(&self.app, &mut tx, person.connection).await.expect("a start");
            self.app.commit(tx).await.expect("a commit");
            self.work().await;
            let mut tx = self.store.tenant(self.tenant).await.expect("a transaction");
            let link = tx.link_of_google_calendar(&google).await.expect("a row").expect("a link");
            let on = LinkPatch { state: Some(LinkState::On), ..LinkPatch::default() };
            let link = portico_app::links::update(&self.app, &mut tx, link, &on, Actor::System).await.expect("a link");
            self.app.commit(tx).await.expect("a commit");
            self.work().await;
            self.places.push(Person { google, calendar: link.calendar_id.expect("a calendar"), ..person });
        }
    }

    /// Somebody's own hands at Google.
    pub async fn hands(&mut self, email: &str) -> Calendar {
        let now = self.now();
        if let Some((calendar, _)) = self.hands.get(email).filter(|(_, until)| *until > now) {
            return calendar.clone();
        }
        let client = if self.edition >= Edition::Third { HANDS } else { "app" };
        let body = json!({"account": email, "client": client, "scopes": [SCOPE]});
        let tokens = self.control("POST", "tokens", body).await;
        let token = tokens["access_token"].as_str().expect("a token").to_owned();
        let credentials = Arc::new(StaticToken::new(token));
        let network = Arc::new(self.network.clone());
        let calendar = Calendar::new(Client::new(network, self.world.clone(), Endpoints::google(), credentials));
        self.hands.insert(email.to_owned(), (calendar.clone(), now.plus_seconds(3000)));
        calendar
    }
}

/// A user of Google's, and tokens of that account.
async fn tokens(network: &SandboxTransport, zone: &str, email: &str) -> Value {
    let user = json!({"email": email, "name": email, "kind": "user", "time_zone": zone});
    control(network, "POST", "users", user).await;
    control(network, "POST", "tokens", json!({"account": email, "client": "app", "scopes": [SCOPE]})).await
}

/// Tokens as a connection keeps them.
async fn seal(
    app: &App,
    tx: &mut TenantTx,
    tenant: TenantId,
    connection: ConnectionId,
    tokens: &Value,
) -> SealedTokens {
    let mut sealed = tx.data_keys().await.expect("keys");
    if sealed.is_empty() {
        let key = app.masters.new_data_key(tenant, 1, app.world.rng.as_ref()).expect("a key");
        tx.add_data_key(1, &key, app.now()).await.expect("a key");
        sealed = tx.data_keys().await.expect("keys");
    }
    let keys = app.masters.open_data_keys(tenant, sealed.iter().map(|(_, key)| key.as_str())).expect("keys");
    let seal = |column: &'static str, field: &str| {
        let place = Place { table: "connections", column, row: connection.0 };
        let secret = tokens[field].as_str().expect("a token").to_owned().into();
        Some(keys.seal(place, &secret, app.world.rng.as_ref()).expect("sealed"))
    };
    SealedTokens {
        access: seal("access_sealed", "access_token"),
        access_expires_at: Some(app.now().plus_seconds(3500)),
        refresh: seal("refresh_sealed", "refresh_token"),
        ..SealedTokens::default()
    }
}

impl Stage {
    /// The person consents anew: the connection has fresh tokens, as after a callback of Google's.
    pub async fn consent(&self, person: &Person) {
        let body = json!({"account": person.email.as_str(), "client": "app", "scopes": [SCOPE]});
        let tokens = self.control("POST", "tokens", body).await;
        let mut tx = self.store.tenant(self.tenant).await.expect("a transaction");
        let mut connection = tx.connection(person.connection).await.expect("a row").expect("a connection");
        connection.tokens = seal(&self.app, &mut tx, self.tenant, person.connection, &tokens).await;
        connection.state = "authorized".into();
        connection.reason = None;
        tx.put_connection(&connection, self.now()).await.expect("a connection");
        portico_app::links::start_connection(&self.app, &mut tx, person.connection).await.expect("a start");
        self.app.commit(tx).await.expect("a commit");
    }
}

/// An employee who may use the calendar, with an account.
async fn employee(app: &App, tenant: TenantId, name: &str, role: RoleId, now: Timestamp) -> (EmployeeId, AccountId) {
    let email = EmailAddress::parse(&format!("{name}@acme.test")).expect("an address");
    let employee = EmployeeId::new(&app.world);
    let mut tx = app.store.tenant(tenant).await.expect("a transaction");
    let row = Employee {
        id: employee,
        department_id: None,
        department: None,
        name: name.into(),
        email: email.clone(),
        job_title: None,
        picture: None,
        state: "active".into(),
    };
    tx.add_employee(&row, now).await.expect("an employee");
    tx.set_employee_roles(employee, &[role]).await.expect("a role");
    let account = AccountId::new(&app.world);
    let row = Account {
        id: account,
        employee_id: Some(employee),
        email: email.clone(),
        password_hash: None,
        active: true,
        locale: None,
        time_zone: None,
    };
    let mut digest = [0; 32];
    app.world.rng.fill(&mut digest);
    tx.add_account(&row, &digest, now).await.expect("an account");
    app.commit(tx).await.expect("a commit");
    (employee, account)
}

async fn person(
    app: &Arc<App>,
    network: &SandboxTransport,
    zone: &str,
    tenant: TenantId,
    name: &str,
    role: RoleId,
    now: Timestamp,
) -> Person {
    let email = EmailAddress::parse(&format!("{name}@acme.test")).expect("an address");
    let tokens = tokens(network, zone, email.as_str()).await;
    let (employee, account) = employee(app, tenant, name, role, now).await;
    let calendar = CalendarId::new(&app.world);
    let connection = ConnectionId::new(&app.world);
    let mut tx = app.store.tenant(tenant).await.expect("a transaction");
    let own = PorticoCalendar {
        id: calendar,
        owner: Some(employee),
        kind: CalendarKind::Personal,
        name: name.into(),
        color: "#3b6ea5".into(),
        time_zone: zone.into(),
        sharing: Sharing::Busy,
        is_main: true,
        deleted_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    tx.put_calendar(&own).await.expect("a calendar");
    let tokens = seal(app, &mut tx, tenant, connection, &tokens).await;
    let row = Connection {
        id: connection,
        employee_id: Some(employee),
        google_client_id: None,
        subject: format!("sub-{name}"),
        email: email.to_string(),
        name: name.into(),
        picture: None,
        state: "authorized".into(),
        reason: None,
        scopes: SCOPE.into(),
        wanted: "calendar".into(),
        tokens,
        fence: 0,
        lease_until: Timestamp(0),
        stands_since: None,
        created_at: now,
    };
    tx.put_connection(&row, now).await.expect("a connection");
    portico_app::links::start_connection(app, &mut tx, connection).await.expect("a start");
    app.commit(tx).await.expect("a commit");
    Person { google: email.to_string(), email, account, calendar, connection }
}
