//! What a world's services stand on: a virtual host, databases, certificates, configurations.

use std::path::Path;
use std::process::Command;

use caf::ca::Ca;
use caf::exchange_file::{Endpoint, ExchangeFile};
use caf::management::{Credentials, Management};
use caf::operator::Operator;
use caf::operator_file::{ManagementAccess, OperatorFile};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::environment::Environment;
use crate::service::ServiceProcess;

/// The ground of one world.
pub(crate) struct Ground<'a> {
    pub(crate) environment: &'a Environment,
    pub(crate) operator: &'a Operator,
    /// The virtual host and the database are called as the world is.
    pub(crate) world: &'a str,
    pub(crate) directory: &'a Path,
}

impl Ground<'_> {
    /// A virtual host, a database, and an operator.
    pub(crate) async fn prepare(environment: &Environment, world: &str, directory: &Path) -> Operator {
        let operator = open_for_operator(environment, world, directory).await;
        create_database(environment, world, &["svc_index", "svc_sharing"]).await;
        write_url(environment, ("caf_owner", world), &directory.join("owner-url"));
        operator
    }

    /// The database of the children's keys; what sharing needs besides what every service does.
    pub(crate) async fn own_of_sharing(&self) -> String {
        let keys = format!("{}_keys", self.world);
        create_database(self.environment, &keys, &["svc_sharing_keys"]).await;
        let url = self.directory.join("keys-url");
        write_url(self.environment, ("svc_sharing_keys", &keys), &url);
        let policies = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("deploy").join("policies");
        format!("[service]\nkeys_url_file = \"{}\"\npolicies = \"{}\"\n", url.display(), policies.display())
    }

    /// Starts a service on its own certificate, key and migrated tables; `more` ends its configuration.
    pub(crate) fn service(&self, name: &'static str, more: &str) -> ServiceProcess {
        let Self { environment, operator, world, directory } = *self;
        let user = format!("svc-{name}");
        let ca = operator.ca().expect("the authority");
        ca.issue_client(&user, &directory.join(&user)).expect("a certificate");
        let role = format!("svc_{name}");
        write_url(environment, (&role, world), &directory.join(format!("{name}-url")));
        let key = directory.join(format!("{name}-master-key"));
        std::fs::write(key, "5a".repeat(32)).expect("a key file");
        std::fs::write(directory.join(format!("{name}.toml")), self.configuration(name, more))
            .expect("a configuration");
        self.migrate(name);
        ServiceProcess::start(&environment.bin, name, directory, name)
    }

    fn configuration(&self, name: &str, more: &str) -> String {
        let ca = self.operator.ca().expect("the authority").certificate_path();
        format!(
            r#"
[broker]
host = "{host}"
port = {port}
vhost = "{vhost}"
ca_certificate = "{ca}"
certificate = "{own}/svc-{name}/certificate.pem"
key = "{own}/svc-{name}/key.pem"
[database]
url_file = "{own}/{name}-url"
[keys]
master_key_file = "{own}/{name}-master-key"
[http]
listen = "127.0.0.1:0"
[admin]
socket = "{own}/{name}.sock"
{more}
"#,
            host = self.environment.broker.host,
            port = self.environment.broker.port,
            vhost = self.world,
            ca = ca.display(),
            own = self.directory.display(),
        )
    }

    fn migrate(&self, name: &str) {
        let done = Command::new(self.environment.bin.join(format!("caf-{name}")))
            .args(["migrate", "--config"])
            .arg(self.directory.join(format!("{name}.toml")))
            .arg("--owner-url-file")
            .arg(self.directory.join("owner-url"))
            .output()
            .expect("the program was built (tests/run does)");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

/// A virtual host with the exchange's exchanges, queues and service users, and an operator's files.
async fn open_for_operator(environment: &Environment, name: &str, directory: &Path) -> Operator {
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

/// A database of the tables' owner, into which these roles are let.
async fn create_database(environment: &Environment, name: &str, roles: &[&str]) {
    let mut superuser =
        PgConnection::connect(&environment.database.owner_url).await.expect("the database server answers");
    for statement in [
        format!("CREATE DATABASE {name} OWNER caf_owner"),
        format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"),
        format!("GRANT CONNECT ON DATABASE {name} TO {}", roles.join(", ")),
    ] {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut superuser).await.expect("a database");
    }
}

fn write_url(environment: &Environment, (role, database): (&str, &str), file: &Path) {
    std::fs::write(file, environment.database_url(role, database)).expect("a URL file");
}
