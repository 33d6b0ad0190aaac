//! The `caf` program as an agency uses it: send, look up, read the inbox.

use serde_json::{Value, json};
use stories::facts::{caf, child, nhs_number, practitioner, under};
use stories::{Kind, Ran, World};

/// Commands that a person may ask for help with.
const COMMANDS: [&str; 30] = [
    "status",
    "agency add",
    "agency list",
    "agency show",
    "agency renew",
    "agency revoke",
    "authority add",
    "authority show",
    "authority list",
    "send",
    "lookup",
    "inbox",
    "set-aside list",
    "set-aside show",
    "set-aside replay",
    "set-aside discard",
    "parked list",
    "parked replay",
    "parked discard",
    "decisions list",
    "decisions show",
    "consent show",
    "decide",
    "rules list",
    "rules check",
    "rules explain",
    "rules reload",
    "rules dry-run",
    "conform",
    "demo",
];

/// A school that knows a child with a CAF, and a health visitor who may ask; nobody listens.
async fn world_with_a_notice() -> World {
    let world = World::start().await;
    let mut school = world.agency("school", Kind::School).await;
    let mut health = world.agency("health", Kind::HealthVisiting).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    health.vouches_for("hv1", "Hana Visram", "health-visitor").await;
    school.knows("c1", child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA")).await;
    school.works_with("c1", "t1", "lead-professional").await;
    school.starts_caf("c1", "t1").await;
    school.stop_listening().await;
    health.stop_listening().await;
    world
}

/// Puts a file in the world's folder, where the program runs.
fn write(world: &World, name: &str, content: &Value) {
    std::fs::write(world.directory.join(name), content.to_string()).expect("a file");
}

fn expect(ran: &Ran, code: i32, said: &str) {
    assert_eq!(ran.code, code, "{ran:?}");
    assert!(ran.out.contains(said) || ran.err.contains(said), "no {said:?} in {ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_explains_itself_with_an_example() {
    let world = World::start().await;
    let help = world.runs(&["--help"]);
    expect(&help, 0, "Exit codes: 0 done, 1 refused");
    for command in COMMANDS {
        let line: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let ran = world.runs(&line);
        expect(&ran, 0, &format!("caf {command}"));
        assert!(ran.out.contains("Example"), "caf {command} --help shows no example: {}", ran.out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_sends_a_file_and_sees_its_receipt() {
    let world = world_with_a_notice().await;
    let entry = under("p-9", practitioner("t9", "Ned Barlow", "senco"));
    write(&world, "data.json", &entry);
    let sent = world.runs(&["send", "--as", "school@", "--type", "practitioner.recorded", "data.json"]);
    expect(&sent, 0, "recorded");

    // A whole message, whose id makes a second sending the same message.
    let whole = json!({
        "type": "uk.caf.practitioner.recorded.v1", "id": "019ab5d0-1c00-7000-8000-000000000001",
        "data": under("p-10", practitioner("t10", "Nan Orr", "senco")),
    });
    write(&world, "message.json", &whole);
    let first = world.runs(&["send", "--as", "school@", "--json", "message.json"]);
    assert_eq!(first.json()["data"]["state"], "recorded", "{first:?}");
    let second = world.types(&["send", "--as", "school@", "--json", "-"], &whole.to_string());
    assert_eq!(second.code, 0);
    assert_eq!(second.json()["data"]["state"], "duplicate", "{second:?}");
    assert_eq!(second.json()["data"]["of"], whole["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_message_is_told_with_what_is_wrong_and_where() {
    let world = world_with_a_notice().await;
    let mut notice = under("f-9", caf("housing/f-9", "t1"));
    notice["startedOn"] = json!("2026-02-30");
    write(&world, "notice.json", &notice);
    let line = ["send", "--as", "school@", "--type", "caf.started", "--subject", "local:c1", "notice.json"];
    let ran = world.runs(&line);
    expect(&ran, 1, "rejected");
    assert!(ran.out.contains("/data/startedOn"), "{}", ran.out);
    assert!(!ran.out.contains("2026-02-30"), "what was sent is not quoted: {}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_practitioner_looks_a_child_up() {
    let world = world_with_a_notice().await;
    let number = nhs_number(1);
    let asked = ["--as", "health@", "--practitioner", "hv1", "--purpose", "avoid-duplicate-assessment"];
    let line = |more: &[&str]| world.runs(&[&["lookup"], &asked[..], more].concat());

    let by_number = line(&["--nhs-number", &number]);
    assert_eq!(by_number.code, 0, "{by_number:?}");
    let reference = by_number.out.lines().next().and_then(|line| line.strip_prefix("Match: "));
    let reference = reference.expect("a reference").to_owned();
    insta::assert_snapshot!(by_number.out.replace(&reference, "child:…"), @r"
    Match: child:…

    WHO          AGENCY             JOB      TELEPHONE
    Tess Archer  school (invented)  teacher  01632 960123  lead professional

    A CAF is open. Contact: Tess Archer, school (invented), 01632 960123

    This is not proof that nobody is involved. If you think a child may be harmed, follow the area's safeguarding procedure now: The borough 01632 960100.
    ");

    let named = ["--given", "ada", "--family", "EXAMPLE", "--birth", "2017-03-04", "--postcode", "zz11aa"];
    for more in [&["--subject", reference.as_str()][..], &named] {
        let again = line(more);
        assert_eq!(again.out, by_number.out, "{again:?}");
    }
    let nobody = line(&["--nhs-number", &nhs_number(2)]);
    expect(&nobody, 0, "Nothing can be shown; others may be involved.");
    assert!(nobody.out.contains("01632 960100"), "the authority's number: {}", nobody.out);
    let as_json = line(&["--nhs-number", &number, "--json"]).json();
    assert_eq!(as_json["data"]["contacts"][0]["name"], "Tess Archer", "{as_json}");

    let stranger = [
        "lookup",
        "--as",
        "health@",
        "--practitioner",
        "nobody",
        "--purpose",
        "assess-need",
        "--nhs-number",
        &number,
    ];
    expect(&world.runs(&stranger), 1, "unknown-practitioner");
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_an_inbox_takes_nothing_from_it_unless_told_to() {
    let world = world_with_a_notice().await;
    expect(&world.runs(&["inbox", "--as", "school@"]), 0, "The inbox is empty.");
    for n in 0..3 {
        let entry = under(
            &format!("p-{n}x"),
            practitioner("t1", &format!("Tess Archer {}", ["A", "B", "C"][n]), "teacher"),
        );
        let line = ["send", "--as", "school@", "--type", "practitioner.recorded", "--no-wait", "-"];
        expect(&world.types(&line, &entry.to_string()), 0, "Sent: ");
    }
    let read = |more: &[&str]| world.runs(&[&["inbox", "--as", "school@", "--json"], more].concat()).json();
    let all = stories::until("three receipts wait", async || {
        let all = read(&[]);
        (all.as_array().map(Vec::len) == Some(3)).then_some(all)
    })
    .await;
    assert_eq!(read(&[]), all, "everything stayed, in its order");
    let table = world.runs(&["inbox", "--as", "school@"]);
    expect(&table, 0, "receipt.issued");

    assert_eq!(read(&["--ack", "--limit", "1"]).as_array().map(Vec::len), Some(1));
    assert_eq!(read(&[]).as_array().map(Vec::len), Some(2));
    assert_eq!(read(&["--ack"]).as_array().map(Vec::len), Some(2));
    assert_eq!(read(&[]), json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_code_says_how_it_ended() {
    let mut world = world_with_a_notice().await;
    assert_eq!(world.runs(&["status"]).code, 0);
    // 2: wrongly called.
    for line in [
        &["no-such-command"][..],
        &[
            "lookup",
            "--as",
            "health@",
            "--practitioner",
            "hv1",
            "--purpose",
            "curiosity",
            "--nhs-number",
            "9990000018",
        ],
        &[
            "lookup",
            "--as",
            "health@",
            "--practitioner",
            "hv1",
            "--purpose",
            "assess-need",
            "--nhs-number",
            "9990000019",
        ],
        &["lookup", "--as", "health@", "--practitioner", "hv1", "--purpose", "assess-need"],
        &["inbox", "--as", "stranger"],
        &["send", "--as", "school@", "--type", "not a type", "-"],
        &["set-aside", "replay"],
    ] {
        let ran = world.types(line, "{}");
        assert_eq!(ran.code, 2, "{line:?}: {ran:?}");
        assert!(!ran.err.is_empty());
    }
    let no_file = world.runs(&["status", "--operator", "/no/such/file"]);
    assert_eq!(no_file.code, 1, "{no_file:?}");
    // 3: cannot be reached, with a sentence and in JSON alike.
    assert!(world.index.stop().await.success());
    for line in [&["status"][..], &["agency", "list"], &["decisions", "list"], &["set-aside", "list"]] {
        expect(&world.runs(line), 3, "the service index does not answer");
    }
    let told = world.runs(&["agency", "list", "--json"]);
    assert_eq!(told.code, 3);
    assert!(told.json()["error"].as_str().is_some_and(|sentence| sentence.contains("does not answer")));
    let nowhere = std::fs::read_to_string(world.directory.join("exchange.json")).expect("the file");
    let mut nowhere: Value = serde_json::from_str(&nowhere).expect("JSON");
    nowhere["amqps"]["port"] = json!(1);
    write(&world, "nowhere.json", &nowhere);
    expect(
        &world.runs(&["inbox", "--as", "school@", "--exchange", "nowhere.json"]),
        3,
        "does not answer at localhost:1",
    );
}
