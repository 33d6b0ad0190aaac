//! The examples of `tests/clients`, run as a supplier runs them; and docs/connect.md, which tells of them.

use std::path::{Path, PathBuf};
use std::process::Command;

use caf::exchange_file::ExchangeFile;
use schemas::AgencyId;
use serde_json::{Value, json};
use stories::{Actor, Kind, Ran, World, until};

/// A path in the checkout.
fn checkout(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn text(path: &str) -> String {
    std::fs::read_to_string(checkout(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"))
}

/// A program that a supplier runs, and the files of ours that it is given.
fn python() -> Command {
    let mut program = Command::new(checkout("tests/clients/.venv/bin/python3"));
    program.arg(checkout("tests/clients/python/notice_and_lookup.py"));
    program
}

fn javascript() -> Command {
    let mut program = Command::new("node");
    program.arg(checkout("tests/clients/javascript/notice_and_lookup.mjs"));
    program
}

/// With the program `caf` on the path.
fn shell(world: &World) -> Command {
    with_caf(world, checkout("tests/clients/cli/notice_and_lookup.sh"))
}

fn with_caf(world: &World, program: impl AsRef<std::ffi::OsStr>) -> Command {
    let path = std::env::var("PATH").expect("a path");
    let mut program = Command::new(program);
    program.env("PATH", format!("{}:{path}", world.environment.bin.display()));
    program.env("CAF_OPERATOR", world.directory.join("operator.json"));
    program
}

fn run(program: &mut Command) -> Ran {
    let ended = program.output().expect("tests/clients/install was run (tests/run does)");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { code: ended.status.code().unwrap_or(-1), out: text(&ended.stdout), err: text(&ended.stderr) }
}

/// A client as an agency of the world, for an authority.
fn run_as(mut program: Command, exchange: &Path, agency: &AgencyId, authority: &str) -> Ran {
    program.arg(exchange).args([agency.as_str(), authority]).arg(checkout("schemas/json"));
    run(&mut program)
}

/// A school whose inbox nobody but its own system reads, and a health visitor.
async fn world_of_a_supplier() -> (World, Actor, Actor) {
    // The clients tell the time by the machine.
    let world = World::today().await;
    let mut school = world.agency("school", Kind::School).await;
    school.stop_listening().await;
    let health = world.agency("health", Kind::HealthVisiting).await;
    health.vouches_for("hv1", "Hana Visram", "health-visitor").await;
    (world, school, health)
}

async fn sees_the_notice(health: &Actor) {
    let data = json!({
        "purpose": "avoid-duplicate-assessment", "practitioner": {"id": "hv1"}, "synthetic": true,
        "by": {"identifiers": [{"kind": "nhs-number", "value": "9990000018"}]},
    });
    let answer = health.says("index.looked-up", None, data).await;
    assert_eq!(answer["data"]["outcome"], "match", "{answer}");
    assert_eq!(answer["data"]["cafMark"], "open", "{answer}");
    assert_eq!(answer["data"]["cafContact"]["name"], "Nadia Penhallow", "{answer}");
}

/// What every client does, whatever it is written in.
async fn a_client_does_its_part(program: impl Fn(&World) -> Command) {
    let (world, school, health) = world_of_a_supplier().await;
    let exchange = world.directory.join("exchange.json");

    let first = run_as(program(&world), &exchange, &school.id, "borough");
    assert_eq!(first.code, 0, "{first:?}");
    assert_eq!(
        first.out.matches("recorded").count() - first.out.matches(".recorded").count(),
        3,
        "{first:?}"
    );
    assert!(first.out.contains("Nadia Penhallow"), "the answer is shown: {first:?}");
    assert!(first.out.contains("This is not proof that nobody is involved."), "{first:?}");
    sees_the_notice(&health).await;

    let again = run_as(program(&world), &exchange, &school.id, "borough");
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.out.contains("duplicate"), "{again:?}");

    let mistaken = run_as(program(&world), &exchange, &school.id, "no-such-authority");
    assert_eq!(mistaken.code, 1, "{mistaken:?}");
    assert!(mistaken.out.contains("rejected") && mistaken.out.contains("unknown-code"), "{mistaken:?}");

    let deceived = run_as(program(&world), &trusting_another(&world, &school), &school.id, "borough");
    assert_ne!(deceived.code, 0, "{deceived:?}");
    assert!(deceived.err.to_lowercase().contains("certificate"), "{deceived:?}");

    let stranger = run_as(program(&world), &exchange, &world.id("stranger"), "borough");
    assert_ne!(stranger.code, 0, "{stranger:?}");
}

/// An exchange file in which the broker's certificate is of an authority that is not to be trusted.
fn trusting_another(world: &World, agency: &Actor) -> PathBuf {
    let mut exchange = world.operator.exchange().expect("the exchange file");
    exchange.ca_certificate.clone_from(&agency.client.access().certificate);
    let path = world.directory.join("deceived.json");
    exchange.write(&path).expect("a file");
    path
}

/// Receipts and answers are acknowledged.
async fn nothing_waits(agency: &Actor) {
    let access = agency.client.access();
    for queue in [&access.inbox, &access.answers] {
        until("the queue is empty", async || (agency.counts(queue).await == 0).then_some(())).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_in_python_sends_a_notice_and_gets_an_answer() {
    a_client_does_its_part(|_| python()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_in_javascript_sends_a_notice_and_gets_an_answer() {
    a_client_does_its_part(|_| javascript()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_with_the_command_line_sends_a_notice_and_gets_an_answer() {
    a_client_does_its_part(shell).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_takes_from_its_queues_what_it_read() {
    let (world, school, _health) = world_of_a_supplier().await;
    for program in [python(), javascript()] {
        let ran = run_as(program, &world.directory.join("exchange.json"), &school.id, "borough");
        assert_eq!(ran.code, 0, "{ran:?}");
        nothing_waits(&school).await;
    }
}

/// The blocks of docs/connect.md in a language.
fn blocks(language: &str) -> Vec<String> {
    let document = text("docs/connect.md");
    let opening = format!("\n```{language}\n");
    let blocks = document.split(&opening).skip(1).map(|rest| rest.split("\n```").next().unwrap_or_default());
    blocks.map(str::to_owned).collect()
}

#[test]
fn what_the_guide_quotes_stands_in_the_clients() {
    for (language, file) in [
        ("python", "tests/clients/python/notice_and_lookup.py"),
        ("javascript", "tests/clients/javascript/notice_and_lookup.mjs"),
        ("bash", "tests/clients/cli/notice_and_lookup.sh"),
    ] {
        let (blocks, program) = (blocks(language), text(file));
        assert!(!blocks.is_empty(), "nothing is quoted in {language}");
        for block in blocks {
            assert!(
                program.contains(&block),
                "docs/connect.md quotes what does not stand in {file}:\n{block}"
            );
        }
    }
}

/// The walk of docs/connect.md: its commands for a key, its file, its first message.
#[tokio::test(flavor = "multi_thread")]
async fn the_guide_leads_from_a_key_to_an_answer() {
    let (world, _school, health) = world_of_a_supplier().await;
    let nursery = world.id("willow-nursery");
    let supplier = world.directory.join("supplier");
    std::fs::create_dir(&supplier).expect("a folder");
    let commands = blocks("sh");
    let command = |begin: &str| {
        let command = commands.iter().find(|block| block.starts_with(begin)).expect("the guide says how");
        command.replace("willow-nursery", nursery.as_str())
    };
    let type_in = |folder: &Path, command: &str| {
        let ran = run(with_caf(&world, "bash").args(["-euc", command]).current_dir(folder));
        assert_eq!(ran.code, 0, "{command}: {ran:?}");
    };
    type_in(&supplier, &command("openssl"));
    type_in(&supplier, &command("caf agency add"));

    let own = handed_over(&world, &nursery, &supplier);
    let ran = run_as(python(), &own, &nursery, "borough");
    assert_eq!(ran.code, 0, "{ran:?}");
    sees_the_notice(&health).await;
}

/// What the operator hands over: the authority's certificate, the agency's, and its part of the exchange file.
fn handed_over(world: &World, agency: &AgencyId, supplier: &Path) -> PathBuf {
    let mut exchange = world.operator.exchange().expect("the exchange file");
    exchange.agencies.retain(|id, _| id == agency.as_str());
    let mut shown: Value = serde_json::to_value(&exchange).expect("JSON");
    let access = &mut shown["agencies"][agency.as_str()];
    assert!(access.get("key").is_none(), "the key stays with the agency: {access}");
    access["key"] = json!(supplier.join("key.pem"));
    let own = supplier.join("exchange.json");
    std::fs::write(&own, shown.to_string()).expect("a file");
    ExchangeFile::read(&own).expect("an exchange file");
    own
}

#[test]
fn the_official_parser_accepts_the_asyncapi_document() {
    let mut node = Command::new("node");
    node.arg(checkout("tests/clients/javascript/check-asyncapi.mjs")).arg(checkout("schemas/asyncapi.json"));
    let ran = run(&mut node);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.starts_with("accepted: "), "{ran:?}");
}

/// Lock files name versions and checksums: where a registry is, each machine knows.
#[test]
fn the_lock_files_of_the_clients_name_no_registry() {
    let lock: Value = serde_json::from_str(&text("tests/clients/package-lock.json")).expect("JSON");
    for (name, package) in lock["packages"].as_object().expect("the packages") {
        assert!(package.get("resolved").is_none(), "{name} says where it came from");
        assert!(name.is_empty() || package.get("integrity").is_some(), "{name} has no checksum");
    }
    let python = text("tests/clients/python/requirements.txt");
    for place in ["://", "--index-url", "--find-links"] {
        assert!(!python.contains(place), "{place}: {python}");
    }
}
