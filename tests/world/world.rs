//! One world: a virtual host, a database, the index, authorities, agencies.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use caf::agency::{Contact, Contacts, LookedAt, Registration};
use caf::ca::Ca;
use caf::management::Management;
use caf::operator::Operator;
use schemas::{AgencyId, AgencyKind, AuthorityId, Sector};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::actor::Actor;
use crate::environment::Environment;
use crate::ground::Ground;
use crate::service::ServiceProcess;

/// The kinds of agencies that stories need by name.
pub use schemas::AgencyKind as Kind;

/// The time in every world at its start; it runs on from there.
pub const NOW: &str = "2026-11-21T10:00:00Z";

/// Everything that one story happens in.
#[derive(Debug)]
pub struct World {
    pub environment: Environment,
    pub index: ServiceProcess,
    /// Runs in the worlds that ask for it ([`World::start_sharing`]).
    pub(crate) sharing: Option<ServiceProcess>,
    pub operator: Operator,
    pub directory: PathBuf,
    name: String,
}

impl World {
    /// A world with the authorities `borough` and `county` and no agencies yet.
    pub async fn start() -> Self {
        Self::with_configuration("").await
    }

    /// A world whose index gets further lines in its configuration.
    ///
    /// # Panics
    /// When the servers of the test run do not do their part.
    pub async fn with_configuration(more: &str) -> Self {
        Self::build(Environment::read(), more).await
    }

    /// A world on given servers, for tests that break them.
    ///
    /// # Panics
    /// When the servers do not do their part.
    pub async fn build(environment: Environment, more: &str) -> Self {
        Self::at_time(environment, &format!("[test]\nnow = \"{NOW}\"\n{more}")).await
    }

    /// A world whose clock is the machine's, as in a deployed exchange.
    pub async fn today() -> Self {
        Self::at_time(Environment::read(), "").await
    }

    async fn at_time(environment: Environment, more: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        caf::tls::install_provider();
        let name = format!("w{}x{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let directory = environment.ca.directory.with_file_name("worlds").join(&name);
        std::fs::create_dir_all(&directory).expect("a folder for the world");
        let operator = Ground::prepare(&environment, &name, &directory).await;
        let ground =
            Ground { environment: &environment, operator: &operator, world: &name, directory: &directory };
        let index = ground.service("index", more);
        let mut world = Self { environment, index, sharing: None, operator, directory, name };
        world.index.ready().await;
        for (id, phone) in [("borough", "01632 960100"), ("county", "01632 960200")] {
            let body = json!({"name": format!("The {id}"), "safeguardingPhone": phone});
            let registers = world.operator.registers().expect("the registers");
            registers.put(&format!("/authorities/{id}"), &body).await.expect("an authority");
        }
        world
    }

    /// The agency `name` of an ordinary kind, connected. Ids are the world's own: the broker's
    /// users are shared by all worlds.
    pub async fn agency(&self, name: &str, kind: AgencyKind) -> Actor {
        self.registered(&self.id(name), &registration(name, kind, false)).await
    }

    /// The CAF team of an authority, connected.
    ///
    /// # Panics
    /// When the registers do not take it.
    pub async fn caf_team(&self, authority: &str) -> Actor {
        let name = format!("{authority}-caf-team");
        let of = AuthorityId::parse(authority).expect("an authority id");
        let registration =
            Registration { authorities: vec![of], ..registration(&name, AgencyKind::CafTeam, false) };
        let team = self.registered(&self.id(&name), &registration).await;
        let (name, phone) = (format!("The {authority}"), "01632 960100");
        let body = json!({"name": name, "safeguardingPhone": phone, "cafTeam": team.id});
        let registers = self.operator.registers().expect("the registers");
        registers.put(&format!("/authorities/{authority}"), &body).await.expect("an authority");
        team
    }

    /// Changes fields of an authority's entry: what the area decides besides.
    ///
    /// # Panics
    /// When the registers do not take it.
    pub async fn decides(&self, authority: &str, fields: &Value) {
        let (registers, path) =
            (self.operator.registers().expect("the registers"), format!("/authorities/{authority}"));
        let mut entry: Value = registers.get(&path, &[]).await.expect("the entry");
        let entry = entry.as_object_mut().expect("an entry");
        entry.remove("id");
        entry.extend(fields.as_object().expect("fields").clone());
        registers.put(&path, &json!(entry)).await.expect("an authority");
    }

    /// An agency whose id begins with the whole id of another.
    ///
    /// # Panics
    /// When the id would be too long.
    pub async fn look_alike_of(&self, id: &AgencyId, kind: AgencyKind) -> Actor {
        let longer = AgencyId::parse(&format!("{id}b")).expect("an agency id");
        self.registered(&longer, &registration("Look-alike", kind, false)).await
    }

    /// An agency of a sensitive service.
    pub async fn sensitive_agency(&self, name: &str, kind: AgencyKind) -> Actor {
        self.registered(&self.id(name), &registration(name, kind, true)).await
    }

    async fn registered(&self, id: &AgencyId, registration: &Registration) -> Actor {
        caf::agency::add(&self.operator, id, registration, None, LookedAt::default())
            .await
            .expect("the agency is added");
        self.connect(id).await
    }

    /// The id that `name` has in this world.
    ///
    /// # Panics
    /// When it is no name.
    #[must_use]
    pub fn id(&self, name: &str) -> AgencyId {
        AgencyId::parse(&format!("{name}-{}", self.name)).expect("an agency id")
    }

    /// What the world's agencies, database and virtual host are told apart by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Another process of the same service, on the same database and queues.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn another_index(&self) -> ServiceProcess {
        let config = std::fs::read_to_string(self.directory.join("index.toml")).expect("the configuration");
        let path = self.directory.join("another.toml");
        std::fs::write(&path, config.replace("/index.sock\"", "/another.sock\"")).expect("a configuration");
        let mut another = ServiceProcess::start(&self.environment.bin, "index", &self.directory, "another");
        another.ready().await;
        another
    }

    /// Time passes: the services go on with their clocks at another time.
    ///
    /// # Panics
    /// When one does not end or start.
    pub async fn restart_at(&mut self, now: &str) {
        for service in std::iter::once(&mut self.index).chain(&mut self.sharing) {
            service.end().await;
            set_clock(service.config(), now);
            service.start_again();
            service.ready().await;
        }
    }

    /// Another connection of a registered agency, with the certificate that it has now.
    ///
    /// # Panics
    /// When the broker does not let it in.
    pub async fn connect(&self, id: &AgencyId) -> Actor {
        let exchange = self.operator.exchange().expect("the exchange file");
        Actor::connect(&exchange, id).await.expect("the agency is let in")
    }

    /// The world's certificate authority.
    ///
    /// # Panics
    /// When it cannot be opened.
    #[must_use]
    pub fn ca(&self) -> Ca {
        self.operator.ca().expect("the authority")
    }

    /// The world's own management client.
    #[must_use]
    pub fn management(&self) -> &Management {
        &self.operator.management
    }

    /// The superuser's connection to the world's database, its tables in the search path.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn database(&self) -> PgConnection {
        self.database_of("index").await
    }

    /// The same, with the tables of another service in the search path.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn database_of(&self, service: &str) -> PgConnection {
        let url = self.environment.database_url("postgres", &self.name);
        let mut connection = PgConnection::connect(&url).await.expect("the database answers");
        let path = AssertSqlSafe(format!("SET search_path = {service}"));
        sqlx::query(path).execute(&mut connection).await.expect("a search path");
        connection
    }

    /// Runs the `caf` program as this world's operator.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn caf(&self, arguments: &[&str]) -> std::process::Output {
        Command::new(self.environment.bin.join("caf"))
            .args(arguments)
            .env("CAF_EXCHANGE", self.directory.join("exchange.json"))
            .env("CAF_OPERATOR", self.directory.join("operator.json"))
            .output()
            .expect("the program was built (tests/run does)")
    }
}

fn registration(name: &str, kind: AgencyKind, sensitive: bool) -> Registration {
    let contact = |phone: &str| Contact { phone: phone.to_owned(), name: None };
    Registration {
        kind,
        sector: Sector::Statutory,
        display_name: format!("{name} (invented)"),
        sensitive,
        neutral_display_name: sensitive.then(|| name.to_owned()),
        authorities: vec![AuthorityId::parse("borough").expect("an authority id")],
        contacts: Contacts { duty_desk: contact("01632 960001"), safeguarding_lead: contact("01632 960002") },
    }
}

fn set_clock(config: &Path, now: &str) {
    let text = std::fs::read_to_string(config).expect("the configuration");
    let (before, after) = text.split_once("now = \"").expect("a clock of its own");
    let (_, after) = after.split_once('"').expect("the end of the time");
    std::fs::write(config, format!("{before}now = \"{now}\"{after}")).expect("a configuration");
}
