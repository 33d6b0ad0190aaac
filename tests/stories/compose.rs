//! `compose.yaml` and `deploy/images`: the exchange with Docker. No image is run here: the file is read, held against
//! the schema of the Compose specification (tests/vendor/compose-spec), and against what it promises.

use std::collections::BTreeSet;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};

/// What deploy/images/secrets and the task `prepare` make: not in the tree.
const MADE: &str = "./.local/docker";
/// Where the image has the top of the tree.
const IMAGE_ROOT: &str = "/opt/caf/";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace's folder").to_owned()
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"))
}

fn exists(path: &str) -> bool {
    root().join(path).exists()
}

/// The file with its anchors and merges resolved.
fn compose() -> Value {
    serde_saphyr::from_str(&text("compose.yaml")).expect("compose.yaml is YAML")
}

fn services(compose: &Value) -> &Map<String, Value> {
    compose["services"].as_object().expect("services")
}

/// The members of a list of texts; of none where there is no list.
fn words(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().map(|word| word.as_str().expect("a text")).collect()
}

/// One that keeps running, and not a task that ends.
fn lasts(service: &Value) -> bool {
    service["restart"] != "no"
}

/// Says every fault at once, by service.
fn assert_none(what: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{what}: {faults:#?}");
}

#[test]
fn compose_yaml_is_as_the_specification_says() {
    let schema: Value =
        serde_json::from_str(&text("tests/vendor/compose-spec/compose-spec.json")).expect("the schema");
    let validator = jsonschema::draft202012::new(&schema).expect("a schema");
    let mut compose = compose();
    let faults: Vec<_> =
        validator.iter_errors(&compose).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert_none("compose.yaml", &faults);
    compose["services"]["index"]["helthcheck"] = json!({});
    assert!(!validator.is_valid(&compose), "the schema lets anything pass");
}

#[test]
fn ports_are_published_on_loopback_only() {
    let compose = compose();
    let faults: Vec<_> = services(&compose)
        .iter()
        .flat_map(|(name, service)| words(&service["ports"]).into_iter().map(move |port| (name, port)))
        .filter(|(_, port)| !port.starts_with("127.0.0.1:"))
        .map(|(name, port)| format!("{name}: {port}"))
        .collect();
    assert_none("ports that others reach", &faults);
    for name in ["prepare", "database", "roles", "migrate"] {
        assert_eq!(services(&compose)[name]["network_mode"], "none", "{name} needs no network");
    }
    let shared: Vec<_> =
        services(&compose).iter().filter(|(_, service)| service["network_mode"] == "host").collect();
    assert!(shared.is_empty(), "the machine's own network: {shared:?}");
}

#[test]
fn every_secret_is_a_file() {
    let compose = compose();
    let secrets = compose["secrets"].as_object().expect("secrets");
    let mut faults = Vec::new();
    for (name, secret) in secrets {
        if *secret != json!({"file": format!(".local/docker/secrets/{name}")}) {
            faults.push(format!("{name} is {secret}"));
        }
    }
    for (name, service) in services(&compose) {
        let unknown = words(&service["secrets"]).into_iter().filter(|secret| !secrets.contains_key(*secret));
        faults.extend(unknown.map(|secret| format!("{name}: no secret {secret}")));
        let variables = service["environment"].as_object().into_iter().flat_map(Map::keys);
        let telling = variables.filter(|variable| {
            let secret =
                ["PASS", "SECRET", "KEY", "COOKIE", "TOKEN"].iter().any(|word| variable.contains(word));
            secret && !variable.ends_with("_FILE")
        });
        faults.extend(telling.map(|variable| format!("{name}: {variable} in the environment")));
    }
    assert_none("secrets", &faults);
}

/// A tree of its own with `deploy/images/secrets`, which refuses root.
struct Machine(PathBuf);

impl Machine {
    fn new() -> Self {
        let top = std::env::temp_dir()
            .join(format!("caf-compose-{}", caf::random::secret().expect("random numbers")));
        std::fs::create_dir_all(top.join("deploy/images")).expect("a folder");
        std::fs::copy(root().join("deploy/images/secrets"), top.join("deploy/images/secrets"))
            .expect("a copy");
        for folder in ["", "deploy", "deploy/images"] {
            let anybody = std::fs::Permissions::from_mode(0o777);
            std::fs::set_permissions(top.join(folder), anybody).expect("it is ours");
        }
        Self(top)
    }

    fn makes_secrets(&self) -> bool {
        let script = self.0.join("deploy/images/secrets");
        let is_root = std::fs::metadata(&self.0).expect("a folder").uid() == 0;
        let mut command = Command::new(if is_root { "setpriv" } else { "bash" });
        if is_root {
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "bash"]);
        }
        command.arg(script).current_dir(&self.0).output().expect("it runs").status.success()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_script_makes_every_secret_and_folder_once_and_for_their_owner_alone() {
    let machine = Machine::new();
    assert!(machine.makes_secrets());
    let compose = compose();
    let files: Vec<_> = compose["secrets"]
        .as_object()
        .expect("secrets")
        .values()
        .map(|secret| machine.0.join(secret["file"].as_str().expect("a file")))
        .collect();
    let read =
        || files.iter().map(|file| std::fs::read_to_string(file).expect("a secret")).collect::<Vec<_>>();
    let first = read();
    assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), files.len(), "each its own");
    for (file, secret) in files.iter().zip(&first) {
        let mode = std::fs::metadata(file).expect("a secret").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.display());
        assert!(secret.len() >= 48, "{} is short", file.display());
    }
    for service in services(&compose).values() {
        for mount in words(&service["volumes"]).into_iter().filter(|one| one.starts_with(MADE)) {
            let source = mount.split(':').next().expect("a source");
            assert!(machine.0.join(source).is_dir(), "Docker would make {source} as root's");
        }
    }
    let names_user = std::fs::read_to_string(machine.0.join(".env")).expect(".env").starts_with("CAF_USER=");
    assert!(names_user);

    assert!(machine.makes_secrets());
    assert_eq!(read(), first, "another run keeps them");
    std::fs::remove_file(&files[0]).expect("a secret");
    assert!(!machine.makes_secrets(), "a lost one is said, not replaced");
}

#[test]
fn what_runs_is_watched_and_limited_and_waited_for() {
    let compose = compose();
    let mut faults = Vec::new();
    for (name, service) in services(&compose) {
        for limit in ["cpus", "memory", "pids"] {
            if service["deploy"]["resources"]["limits"][limit].is_null() {
                faults.push(format!("{name} has no limit of {limit}"));
            }
        }
        if lasts(service) && service["healthcheck"]["test"].is_null() {
            faults.push(format!("{name} has no healthcheck"));
        }
        for (other, wait) in service["depends_on"].as_object().into_iter().flatten() {
            let wanted = match services(&compose).get(other) {
                Some(other) if lasts(other) => "service_healthy",
                Some(_) => "service_completed_successfully",
                None => "(there is no such service)",
            };
            if wait["condition"] != wanted {
                faults.push(format!("{name} waits for {other}: {wait}, not {wanted}"));
            }
        }
    }
    assert_none("compose.yaml", &faults);
}

#[test]
fn no_container_has_more_than_it_needs() {
    let compose = compose();
    let mut faults = Vec::new();
    for (name, service) in services(&compose) {
        let user = service["user"].as_str().unwrap_or_default();
        for (what, holds) in [
            ("is not the user of .env", user.starts_with("${CAF_USER:?")),
            ("may write its image", service["read_only"] == true),
            ("has capabilities", service["cap_drop"] == json!(["ALL"]) && service["cap_add"].is_null()),
            ("may gain privileges", service["security_opt"] == json!(["no-new-privileges:true"])),
            ("is privileged", service["privileged"].is_null()),
            ("sees Docker's socket", !service.to_string().contains("docker.sock")),
        ] {
            if !holds {
                faults.push(format!("{name} {what}"));
            }
        }
        // the authority, whose folder is in the whole
        let sees_all = words(&service["volumes"]).iter().any(|one| one.starts_with("./.local/docker:"));
        if sees_all != ["prepare", "migrate", "keeper"].contains(&name.as_str()) {
            faults.push(format!("{name} sees too much"));
        }
    }
    assert_none("compose.yaml", &faults);
}

/// Our services, by deploy/local/places.sh, each with the port of its health.
fn our_services() -> Vec<(String, String)> {
    let say = "source deploy/local/places.sh; for name in $our_services; do \
               echo \"$name ${first_http_port[$name]}\"; done";
    let said = Command::new("bash").args(["-c", say]).current_dir(root()).output().expect("bash runs");
    let lines = String::from_utf8(said.stdout).expect("words");
    let pairs = lines.lines().filter_map(|line| line.split_once(' '));
    pairs.map(|(name, port)| (name.to_owned(), port.to_owned())).collect()
}

#[test]
fn each_of_our_services_runs_beside_the_others_and_sees_its_own_folder_and_key_alone() {
    let compose = compose();
    let dockerfile = text("deploy/images/Dockerfile");
    let ours = our_services();
    assert!(ours.iter().any(|(name, _)| name == "sharing"), "{ours:?}");
    for (name, port) in &ours {
        let service = &compose["services"][name];
        let mount = |place: &str, more: &str| {
            format!("./.local/docker/data/{place}:/opt/caf/.local/data/{place}{more}")
        };
        let own = [mount(name, ":ro"), mount("sockets", ""), mount("database/socket", ":ro")];
        assert_eq!(words(&service["volumes"]), own, "{name}");
        assert_eq!(words(&service["secrets"]), [format!("{name}-master-key")], "{name}");
        assert_eq!(words(&service["ports"]), [format!("127.0.0.1:{port}:{port}")], "{name}");
        assert_eq!(words(&service["healthcheck"]["test"]), ["CMD", "deploy/local/is-ready", port], "{name}");
        let program = format!("caf-{name}");
        let config = format!(".local/data/{name}/{name}.toml");
        assert_eq!(words(&service["command"]), [&program, "run", "--config", &config], "{name}");
        for needed in [format!("--package {name} "), format!("/src/target/release/{program} ")] {
            assert!(dockerfile.contains(&needed), "the image is built without {needed}");
        }
    }
}

#[test]
fn the_password_of_each_role_is_a_secret_of_those_who_log_in_with_it_or_set_it() {
    let compose = compose();
    let roles = text("deploy/postgres/roles.sql");
    for role in roles.lines().filter_map(|line| line.strip_prefix("-- role ")).chain(["postgres"]) {
        for name in ["prepare", "roles"] {
            assert!(words(&compose["services"][name]["secrets"]).contains(&role), "{name}: {role}");
        }
    }
}

/// `name:tag` with a version in the tag.
fn is_pinned(image: &str) -> bool {
    let tag = image.rsplit('/').next().and_then(|name| name.split_once(':')).map_or("", |(_, tag)| tag);
    tag.matches('.').count() > 0 && tag.starts_with(|letter: char| letter.is_ascii_digit())
}

#[test]
fn every_image_is_named_with_its_version() {
    let compose = compose();
    let dockerfile = text("deploy/images/Dockerfile");
    let bases = dockerfile.lines().filter_map(|line| line.strip_prefix("FROM "));
    let bases = bases.filter_map(|line| line.split_whitespace().next());
    let images = services(&compose).values().map(|service| service["image"].as_str().unwrap_or("none"));
    let faults: Vec<_> =
        bases.chain(images).filter(|image| !is_pinned(image)).map(ToOwned::to_owned).collect();
    assert_none("images without a version", &faults);
    assert!(!is_pinned("postgres") && !is_pinned("postgres:latest") && !is_pinned("postgres:18"));
}

/// The files of the tree that a service names: mounts, the Dockerfile, and words of its commands.
fn files_of(service: &Value) -> Vec<String> {
    let mounts = words(&service["volumes"]).into_iter().filter_map(|one| one.split(':').next());
    let mounts = mounts.filter(|source| !source.starts_with(MADE)).map(ToOwned::to_owned);
    let build = service["build"]["dockerfile"].as_str().map(ToOwned::to_owned);
    let commands = ["command", "entrypoint"].map(|part| words(&service[part]));
    let test = words(&service["healthcheck"]["test"]);
    let named = commands.into_iter().flatten().chain(test).filter_map(|word| {
        let inside = word.strip_prefix(IMAGE_ROOT).unwrap_or(word);
        inside.starts_with("deploy/").then(|| inside.to_owned())
    });
    mounts.chain(build).chain(named).collect()
}

#[test]
fn every_file_that_is_named_is_there() {
    let compose = compose();
    let mut faults: Vec<_> = services(&compose)
        .iter()
        .flat_map(|(name, service)| files_of(service).into_iter().map(move |file| (name, file)))
        .filter(|(_, file)| !exists(file))
        .map(|(name, file)| format!("{name}: {file}"))
        .collect();
    let dockerfile = text("deploy/images/Dockerfile");
    let ignore = text(".dockerignore");
    let sent: BTreeSet<_> = ignore.lines().filter_map(|line| line.strip_prefix('!')).collect();
    assert!(ignore.lines().any(|line| line == "*"), "all else is left out");
    for line in dockerfile.lines().filter(|line| line.starts_with("COPY ") && !line.contains("--from")) {
        let mut names: Vec<_> = line.split_whitespace().skip(1).collect();
        names.pop();
        let missing = names.into_iter().filter(|name| !exists(name) || !sent.contains(name));
        faults.extend(missing.map(|name| format!("Dockerfile: {name}")));
    }
    assert_none("files that are not there, or that .dockerignore leaves out", &faults);
}

#[test]
fn bash_can_read_every_script() {
    let mut scripts = Vec::new();
    for folder in ["deploy", "deploy/images", "deploy/local"] {
        for entry in std::fs::read_dir(root().join(folder)).expect("a folder") {
            let path = entry.expect("a file").path();
            let begins = std::fs::read_to_string(&path).unwrap_or_default();
            if begins.starts_with("#!/usr/bin/env bash") || path.extension().is_some_and(|end| end == "sh") {
                scripts.push(path);
            }
        }
    }
    assert!(scripts.len() > 15, "{scripts:?}");
    let mut faults = Vec::new();
    for script in scripts {
        let said = Command::new("bash").arg("-n").arg(&script).output().expect("bash runs");
        if !said.status.success() {
            faults.push(String::from_utf8_lossy(&said.stderr).into_owned());
        }
    }
    assert_none("bash", &faults);
}

/// RabbitMQ 4 has no mirrored and, in the end, no transient queues, and limits deliveries to 20 where nothing is said.
#[test]
fn the_definitions_suit_rabbitmq_3_10_and_4() {
    let definitions: Value =
        serde_json::from_str(&text("deploy/rabbitmq/definitions.json")).expect("the definitions");
    let list = |name: &str| definitions[name].as_array().expect("a list").clone();
    let mut queues: Vec<_> = list("queues");
    let of_agencies = [caf::definitions::inbox_arguments(), caf::definitions::answers_arguments()];
    queues.extend(of_agencies.map(|arguments| json!({"name": "an agency's", "durable": true, "auto_delete": false, "arguments": arguments})));
    let mut faults = Vec::new();
    for queue in &queues {
        let arguments = &queue["arguments"];
        let limit = arguments["x-delivery-limit"].as_u64().unwrap_or_default();
        if arguments["x-queue-type"] != "quorum" || limit < 1_000_000 || !is_lasting(queue) {
            faults.push(queue.to_string());
        }
    }
    faults.extend(list("exchanges").iter().filter(|one| !is_lasting(one)).map(Value::to_string));
    for policy in list("policies") {
        let keys = policy["definition"].as_object().expect("a definition").keys();
        faults.extend(keys.filter(|key| key.starts_with("ha-")).map(|key| format!("mirrored: {key}")));
    }
    assert_none("definitions", &faults);
    assert_bounded(&list("queues"), &list("policies"));
}

fn is_lasting(entry: &Value) -> bool {
    entry["durable"] == true && entry["auto_delete"] == false && entry["arguments"]["x-expires"].is_null()
}

/// Each of the services' queues has its limit from the one policy.
fn assert_bounded(queues: &[Value], policies: &[Value]) {
    let [policy] = policies else { panic!("one policy: {policies:?}") };
    assert!(policy["definition"]["max-length-bytes"].is_u64(), "{policy}");
    let pattern = policy["pattern"].as_str().expect("a pattern");
    let schema = json!({"pattern": pattern});
    let covers = jsonschema::validator_for(&schema).expect("a pattern");
    for queue in queues {
        assert!(covers.is_valid(&queue["name"]), "{pattern} leaves out {}", queue["name"]);
    }
}
