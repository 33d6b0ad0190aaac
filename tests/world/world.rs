//! One world: a virtual host, a database, the index, authorities, agencies.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use caf::agency::{Contact, Contacts, LookedAt, Registration};
use caf::ca::Ca;
use caf::exchange_file::{Endpoint, ExchangeFile};
use caf::management::{Credentials, Management};
use caf::operator::Operator;
use caf::operator_file::{ManagementAccess, OperatorFile};
use schemas::{AgencyId, AgencyKind, AuthorityId, Sector};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::actor::Actor;
use crate::environment::Environment;
use crate::service::ServiceProcess;

/// The kinds of agencies that stories need by name.
pub use schemas::AgencyKind as Kind;

/// The time in every world at its start; it runs on from there.
const NOW: &str = "2026-11-21T10:00:00Z";

/// Everything that one story happens in.
#[derive(Debug)]
pub struct World {
    pub environment: Environment,
    pub index: ServiceProcess,
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
        let operator = open_for_operator(&environment, &name, &directory).await;
        create_database(&environment, &name, &directory).await;
        let ca = operator.ca().expect("the authority");
        ca.issue_client("svc-index", &directory.join("svc-index")).expect("a certificate");
        let config = write_configuration(&environment, &operator, &name, &directory, more);
        migrate(&environment, &config, &directory);
        let index = ServiceProcess::start(
            &environment.bin.join("caf-index"),
            &config,
            &directory.join("index.log"),
            &directory.join("index.sock"),
        );
        let mut world = Self { environment, index, operator, directory, name };
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
        let mut another = ServiceProcess::start(
            &self.environment.bin.join("caf-index"),
            &path,
            &self.directory.join("another.log"),
            &self.directory.join("another.sock"),
        );
        another.ready().await;
        another
    }

    /// Starts the index again, after a stop or a kill, with the clock at another time.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn restart_at(&mut self, now: &str) {
        let path = self.directory.join("index.toml");
        let config = std::fs::read_to_string(&path).expect("the configuration");
        let (before, after) = config.split_once("now = \"").expect("a clock of its own");
        let (_, after) = after.split_once('"').expect("the end of the time");
        std::fs::write(&path, format!("{before}now = \"{now}\"{after}")).expect("a configuration");
        self.index.start_again();
        self.index.ready().await;
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
        let url = self.environment.database_url("postgres", &self.name);
        let mut connection = PgConnection::connect(&url).await.expect("the database answers");
        sqlx::query("SET search_path = index").execute(&mut connection).await.expect("a search path");
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

/// A virtual host with the exchange's exchanges, queues and service users, and an operator's files.
async fn open_for_operator(environment: &Environment, name: &str, directory: &std::path::Path) -> Operator {
    let ca = Ca::open(&environment.ca.directory).expect("the run's authority");
    let management = Management::new(
        &environment.broker.management_url,
        &ca.certificate_path(),
        Credentials::operator(&environment.broker.operator_password_file).expect("the operator's password"),
        name,
    )
    .expect("a management client");
    management.create_vhost().await.expect("a virtual host");
    management.import_definitions(&caf::definitions::document(name)).await.expect("definitions");
    let amqps = Endpoint {
        host: environment.broker.host.clone(),
        port: environment.broker.port,
        vhost: name.to_owned(),
    };
    let exchange_file = directory.join("exchange.json");
    ExchangeFile::new(amqps, ca.certificate_path()).write(&exchange_file).expect("the exchange file");
    let file = OperatorFile {
        version: 1,
        exchange_file,
        ca_directory: environment.ca.directory.clone(),
        management: ManagementAccess {
            url: environment.broker.management_url.clone(),
            password_file: environment.broker.operator_password_file.clone(),
        },
        admin_sockets: [("index".to_owned(), directory.join("index.sock"))].into(),
        agencies_directory: directory.join("agencies"),
        grace_hours: 24,
    };
    let path = directory.join("operator.json");
    file.write(&path).expect("the operator file");
    Operator::open(&path).expect("an operator")
}

async fn create_database(environment: &Environment, name: &str, directory: &std::path::Path) {
    let mut superuser =
        PgConnection::connect(&environment.database.owner_url).await.expect("the database server answers");
    for statement in [
        format!("CREATE DATABASE {name} OWNER caf_owner"),
        format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"),
        format!("GRANT CONNECT ON DATABASE {name} TO svc_index"),
    ] {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut superuser).await.expect("a database");
    }
    for (file, role) in [("owner-url", "caf_owner"), ("index-url", "svc_index")] {
        std::fs::write(directory.join(file), environment.database_url(role, name)).expect("a URL file");
    }
}

fn write_configuration(
    environment: &Environment,
    operator: &Operator,
    vhost: &str,
    directory: &std::path::Path,
    more: &str,
) -> PathBuf {
    let key = directory.join("master-key");
    std::fs::write(&key, "5a".repeat(32)).expect("a key file");
    let ca = operator.ca().expect("the authority").certificate_path();
    let text = format!(
        r#"
[broker]
host = "{host}"
port = {port}
vhost = "{vhost}"
ca_certificate = "{ca}"
certificate = "{own}/svc-index/certificate.pem"
key = "{own}/svc-index/key.pem"
[database]
url_file = "{own}/index-url"
[keys]
master_key_file = "{own}/master-key"
[http]
listen = "127.0.0.1:0"
[admin]
socket = "{own}/index.sock"
{more}
"#,
        host = environment.broker.host,
        port = environment.broker.port,
        ca = ca.display(),
        own = directory.display(),
    );
    let path = directory.join("index.toml");
    std::fs::write(&path, text).expect("a configuration");
    path
}

fn migrate(environment: &Environment, config: &std::path::Path, directory: &std::path::Path) {
    let done = Command::new(environment.bin.join("caf-index"))
        .args(["migrate", "--config"])
        .arg(config)
        .arg("--owner-url-file")
        .arg(directory.join("owner-url"))
        .output()
        .expect("the program was built (tests/run does)");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
