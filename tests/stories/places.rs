//! Every place where somebody could look, as text.

use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection, Row};
use stories::{ServiceProcess, World};

/// The tables that are there to hold children and registers.
const BELONGS: [&str; 9] = [
    "authority",
    "agency",
    "practitioner",
    "record",
    "record_key",
    "correction",
    "involvement",
    "intention_key",
    "refusal",
];

/// A place and all that stands there, without blanks and capitals.
#[derive(Debug)]
pub(crate) struct Place {
    name: String,
    text: String,
}

impl Place {
    pub(crate) fn new(name: impl Into<String>, text: impl AsRef<str>) -> Self {
        let name = name.into();
        let text = folded(text.as_ref());
        Self { name, text }
    }

    /// Whether a mark stands here, as text or in hexadecimal.
    pub(crate) fn holds(&self, mark: &str) -> bool {
        self.text.contains(&folded(mark)) || self.text.contains(&caf::random::hex(mark.as_bytes()))
    }

    /// # Panics
    /// When one of the marks stands here.
    pub(crate) fn assert_without(&self, marks: &[&str]) {
        for mark in marks {
            assert!(!self.holds(mark), "{mark} stands in {}", self.name);
        }
    }
}

fn folded(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Every table of the index besides those of children and registers.
pub(crate) async fn database(world: &World) -> Vec<Place> {
    let mut database = world.database().await;
    let tables = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'index'";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut database).await.expect("the tables");
    assert!(BELONGS.iter().all(|name| tables.iter().any(|table| table == name)), "{tables:?}");
    let mut places = Vec::new();
    for table in tables.iter().filter(|table| !BELONGS.contains(&table.as_str())) {
        places.push(in_table(&mut database, table).await);
    }
    places
}

/// Every table of sharing: content, reasons and names rest sealed.
pub(crate) async fn database_of_sharing(world: &World) -> Vec<Place> {
    let mut database = world.database_of("sharing").await;
    let tables = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'sharing'";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut database).await.expect("the tables");
    let mut places = Vec::new();
    for table in &tables {
        places.push(in_table(&mut database, table).await);
    }
    places
}

/// One table.
pub(crate) async fn table(world: &World, table: &str) -> Place {
    in_table(&mut world.database().await, table).await
}

/// Every column as text; bytes in hexadecimal and with what can be read of them.
async fn in_table(database: &mut PgConnection, table: &str) -> Place {
    let columns = "SELECT column_name::text, data_type::text FROM information_schema.columns
                   WHERE table_schema = current_schema AND table_name = $1";
    let columns = sqlx::query(columns).bind(table).fetch_all(&mut *database).await.expect("the columns");
    let mut text = String::new();
    for column in columns {
        let (name, kind): (String, String) = (column.get(0), column.get(1));
        let shown = match kind.as_str() {
            "bytea" => format!("encode({name}, 'hex') || ' ' || encode({name}, 'escape')"),
            _ => format!("{name}::text"),
        };
        let all = format!("SELECT coalesce(string_agg({shown}, ' '), '') FROM {table}");
        let all: String =
            sqlx::query_scalar(AssertSqlSafe(all)).fetch_one(&mut *database).await.expect("a column");
        text += &all;
    }
    Place::new(format!("the table {table}"), text)
}

/// What the broker shows of itself: names of queues, connections, consumers, keys.
pub(crate) async fn broker(world: &World) -> Vec<Place> {
    let vhost = world.name();
    let mut places = Vec::new();
    for parts in [
        &["queues", vhost][..],
        &["bindings", vhost],
        &["exchanges", vhost],
        &["consumers", vhost],
        &["connections"],
        &["channels"],
        &["users"],
        &["policies"],
    ] {
        let shown = world.management().read(parts).await.expect("the broker answers");
        places.push(Place::new(format!("the broker's {}", parts[0]), shown.to_string()));
    }
    places
}

/// What a service shows its operators; no body is revealed.
pub(crate) async fn admin(world: &World) -> Vec<Place> {
    let local = format!("/decisions?agency={}&local=c1", world.id("beaumont-school"));
    let mut paths = vec![
        "/status",
        "/set-aside",
        "/parked",
        "/agencies",
        "/authorities",
        "/decisions",
        "/worklist",
        &local,
    ];
    let admin = world.index.admin();
    let mut one_by_one = Vec::new();
    for list in ["/set-aside", "/decisions", "/worklist"] {
        let all: Vec<Value> = admin.get(list, &[]).await.expect("a list");
        assert!(!all.is_empty(), "{list}");
        one_by_one.extend(all.iter().map(|one| format!("{list}/{}", one["id"].as_str().expect("an id"))));
    }
    paths.extend(one_by_one.iter().map(String::as_str));
    let mut places = Vec::new();
    for path in paths {
        let shown: Value = admin.get(path, &[]).await.expect("it is shown");
        places.push(Place::new(format!("the admin API's {path}"), shown.to_string()));
    }
    places
}

/// The text of `/metrics`.
pub(crate) async fn metrics_text(service: &ServiceProcess) -> String {
    let status: Value = service.admin().get("/status", &[]).await.expect("a status");
    let address = status["http"].as_str().expect("an address");
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let answer = client.get(format!("http://{address}/metrics")).send().await.expect("it answers");
    answer.text().await.expect("a text")
}

/// What `/metrics` tells.
pub(crate) async fn metrics(world: &World) -> Place {
    let text = metrics_text(&world.index).await;
    for kind in ["child.recorded", "caf.intended", "caf.refused", "caf.withdrawn"] {
        assert!(text.contains(&format!("caf_messages_total{{kind=\"uk.caf.{kind}.v1\"")), "{kind}: {text}");
    }
    Place::new("the metrics", text)
}

/// What `caf` prints to an operator, and what it says of mistakes.
pub(crate) fn command_line(world: &World) -> Vec<Place> {
    let shows = [
        "status",
        "agency list",
        "agency show beaumont-school@",
        "authority list",
        "set-aside list",
        "parked list",
        "decisions list",
        "worklist list",
        "decisions list --agency beaumont-school@ --local c1",
        "decisions list --practitioner castle-health-visiting@/hv1",
        "inbox --as beaumont-school@",
    ];
    let ask = "lookup --as castle-health-visiting@ --practitioner hv1 --purpose";
    let mistakes = [
        format!("{ask} assess-need --nhs-number 9994443349"),
        format!("{ask} assess-need --upn Zyxgiven"),
        format!("{ask} assess-need --subject Zyxgiven"),
        format!(
            "{ask} assess-need --given Zyxgiven --family Zyxfamily --birth 2013-02-27 --postcode ZY9.9ZX"
        ),
        format!("{ask} assess-need --given Zyxgiven --family Zyxfamily --birth Zyxborn --postcode ZY99ZX"),
        format!("{ask} Zyxreason"),
        format!("{ask} assess-need Zyxgiven"),
        format!("{ask} assess-need --nhs-nunber=9994443348"),
        "lookup --as Zyxfamily --practitioner Zyxgiven".to_owned(),
        "send --as beaumont-school@ --type child.recorded --subject Zyxgiven -".to_owned(),
        "send --as beaumont-school@ --type Zyxfamily -".to_owned(),
        "send --as beaumont-school@ --type caf.refused -".to_owned(),
        "send --as beaumont-school@ --type caf.intended --subject Zyxintended -".to_owned(),
        "send --as beaumont-school@ --no-wait -".to_owned(),
    ];
    let lines = shows.iter().map(|line| (*line).to_owned()).chain(mistakes);
    let mut places = Vec::new();
    for line in lines {
        for more in [&[][..], &["--json"]] {
            let words: Vec<&str> = line.split(' ').chain(more.iter().copied()).collect();
            let ran = world.types(&words, "{\"names\": {\"family\": \"Zyxfamily\", \"given\": Zyxgiven");
            places.push(Place::new(format!("caf {line}"), format!("{} {}", ran.out, ran.err)));
        }
    }
    places
}

/// The logs of broker and database server.
pub(crate) fn logs_of_the_servers(world: &World) -> Vec<Place> {
    let logs = world.environment.ca.directory.with_file_name("log");
    let logs = std::fs::read_dir(logs).expect("a folder of logs");
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.expect("a file").path();
        let text = std::fs::read(&path).expect("a log");
        Place::new(path.display().to_string(), String::from_utf8_lossy(&text))
    };
    logs.map(read).collect()
}
