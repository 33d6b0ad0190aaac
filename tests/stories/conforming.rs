//! `caf conform`: an agency's own system goes through the script, and is told what it got right.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use stories::facts::{caf, child, nhs_number, under};
use stories::{Actor, Kind, World};

/// The program, which listens once its first line is read.
fn started(world: &World, agency: &Actor) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut program = Command::new(world.environment.bin.join("caf"))
        .args(["conform", agency.id.as_str(), "--wait", "60"])
        .env("CAF_OPERATOR", world.directory.join("operator.json"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program was built (tests/run does)");
    let mut said = BufReader::new(program.stdout.take().expect("piped"));
    let mut line = String::new();
    said.read_line(&mut line).expect("a line");
    assert!(line.starts_with("Now have the system of"), "{line}");
    (program, said)
}

/// The agency's system, up to the notice that it corrected.
async fn does_most(school: &Actor) {
    school.vouches_for("conform-p-1", "Tess Archer", "teacher").await;
    let mut invented = child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA");
    invented["synthetic"] = json!(true);
    school.knows("conform-c-1", invented).await;
    let mut notice = under("f-1", caf(&format!("{}/caf-1", school.id), "conform-p-1"));
    notice["authority"] = json!("no-such-authority");
    let receipt = school.says("caf.started", Some("local:conform-c-1"), notice.clone()).await;
    assert_eq!(receipt["data"]["code"], "unknown-code", "{receipt}");
    notice["authority"] = json!("borough");
    let message = school.message("caf.started", Some("local:conform-c-1"), notice);
    for state in ["recorded", "duplicate"] {
        assert_eq!(school.send(&message).await["data"]["state"], state);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_that_does_all_of_the_script_conforms() {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    let (mut program, mut said) = started(&world, &school);
    does_most(&school).await;
    school.looks_up_own("conform-p-1", "local:conform-c-1").await;
    let mut report = String::new();
    said.read_to_string(&mut report).expect("a report");
    assert_eq!(program.wait().expect("it ends").code(), Some(0), "{report}");
    assert_eq!(report.matches("met  ").count(), 7, "{report}");

    let queues = world.management().queues().await.expect("the broker answers");
    assert!(queues.iter().all(|queue| !queue.name.contains("conform")), "nothing is left behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_system_left_out_is_told_point_by_point() {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    // Before it was asked: that does not count.
    does_most(&school).await;
    let ran = world.runs(&["conform", "school@", "--wait", "0", "--json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let told = ran.json();
    assert_eq!(told["conforms"], false, "{told}");
    let met = |point: &Value| point["met"] == true;
    assert!(!told["points"].as_array().expect("the points").iter().any(met), "{told}");

    let stranger = world.runs(&["conform", "stranger@", "--wait", "0"]);
    assert_eq!(stranger.code, 2, "{stranger:?}");
}
