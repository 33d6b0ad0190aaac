//! What an agency holds already comes from a file, as messages like all others; a run that is cut short
//! is gone on with, and nothing happens twice (G1, G2).

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use stories::facts::{by_name, nhs_number};
use stories::{Actor, Kind, World, until};

const STAFF: &str = "\
practitioner-id,name,job,work-phone,check-state,authorities,happened-on,check-kind,checked-on,recheck-months,vouched-by
t1,Tess Archer,teacher,01632 960123,held,borough,2026-09-01,enhanced-dbs,2025-09-01,36,Head of service
t2,Lea Okoye,family-worker,01632 960124,held,borough,2026-09-01,enhanced-dbs,2025-09-01,36,Head of service
";

const PUPILS: &str = "\
local-id,given-names,family-name,birth-date,authority,happened-on,address-1,postcode,address-show-to
c1,Ada,Example,2017-03-04,borough,2026-09-01,1 Invented Row,ZZ1 1AA,ordinary
c2,Bea,Sample,2018-05-06,borough,2026-09-01,2 Invented Row,ZZ1 2AB,ordinary
";

const LOG: &str = "\
caf-id,local-id,assessor,authority,started-on,form-medium,electronic-recording,lead,lead-service,lead-level
1,c1,t1,borough,2026-10-01,paper,agreed,t2,Family support,targeted
";

fn write(world: &World, name: &str, content: &str) -> PathBuf {
    let path = world.directory.join(name);
    std::fs::write(&path, content).expect("a file");
    path
}

/// Imports as the school; the summary.
fn import(world: &World, kind: &str, name: &str, content: &str) -> Value {
    write(world, name, content);
    let ran = world.runs(&["import", kind, "--as", "school@", name, "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.json()
}

async fn count(world: &World, query: &str) -> i64 {
    let mut database = world.database().await;
    let counted = sqlx::query_scalar(sqlx::AssertSqlSafe(query.to_owned())).fetch_one(&mut database).await;
    counted.expect("the database answers")
}

/// So many children, each with a number of its own.
fn children(count: u32) -> String {
    let mut file = String::from("local-id,family-name,birth-date,authority,happened-on,nhs-number\n");
    for n in 0..count {
        let _ = writeln!(file, "c{n},Example,2017-03-04,borough,2026-09-01,{}", nhs_number(n));
    }
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn practitioners_children_and_the_log_are_imported_and_others_find_the_lead() {
    let world = World::start().await;
    let mut school = world.agency("school", Kind::School).await;
    school.stop_listening().await;
    // Something of the school's own waits in its inbox.
    let own = school.message("caf.started", None, serde_json::json!({}));
    school.client.publish(&own).await.expect("the broker takes it");
    let inbox = school.client.access().inbox.clone();
    until("it waits", async || (school.counts(&inbox).await == 1).then_some(())).await;

    assert_eq!(import(&world, "practitioners", "staff.csv", STAFF)["recorded"], 2);
    assert_eq!(import(&world, "children", "pupils.csv", PUPILS)["recorded"], 2);
    assert_eq!(import(&world, "caf-log", "log.csv", LOG)["recorded"], 1);

    let health = world.agency("health", Kind::HealthVisiting).await;
    health.vouches_for("hv1", "Hana Visram", "health-visitor").await;
    let answer = health.looks_up("hv1", by_name("Ada", "Example", "2017-03-04", "ZZ1 1AA")).await;
    let data = &answer["data"];
    assert_eq!((&data["outcome"], &data["cafMark"]), (&"match".into(), &"open".into()), "{answer}");
    assert_eq!(data["contacts"][0]["name"], "Lea Okoye", "{answer}");
    assert_eq!(data["contacts"][0]["lead"], true, "{answer}");

    // The import took its own receipts alone.
    until("it is back in its place", async || (school.counts(&inbox).await == 1).then_some(())).await;
    let mut peek = school.client.peek_inbox().await.expect("its own inbox");
    let waiting = peek.next().await.expect("an answer").expect("a message");
    assert_eq!(waiting.json()["data"]["of"], own.id());

    // The same file once more: nothing is left; under another name: all of it is known.
    let again = world.runs(&["import", "practitioners", "--as", "school@", "staff.csv"]);
    assert!(again.code == 0 && again.out.contains("Nothing is left to do."), "{again:?}");
    assert_eq!(import(&world, "children", "again.csv", PUPILS)["duplicate"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caf_team_imports_the_log_of_agencies_without_a_system_and_a_school_may_not() {
    let world = World::start().await;
    let mut team = world.caf_team("borough").await;
    team.vouches_for("t1", "Cora Marlow", "caf-coordinator").await;
    team.vouches_for("t2", "Lea Okoye", "family-worker").await;
    team.stop_listening().await;
    let mut school = world.agency("school", Kind::School).await;
    school.stop_listening().await;
    let manifest =
        "parts-filled,excluded-recorded,safeguarding-considered,safeguarding-acted,single-agency-tried";
    let behalf = "on-behalf-of-agency,on-behalf-of-name,on-behalf-of-phone,on-behalf-of-how";
    let columns = LOG.lines().next().expect("the columns");
    let row = LOG.lines().nth(1).expect("a row");
    let log = format!(
        "{columns},completed-on,{manifest},{behalf},family-name,birth-date,happened-on\n\
         {row},2026-11-02,identity;reason,yes,yes,no,yes,little-acorns,Jo Oakshott,07700 900456,phone,Example,2017-03-04,2026-09-01\n"
    );
    write(&world, "log.csv", &log);
    let ran = world.runs(&["import", "caf-log", "--as", "borough-caf-team@", "log.csv", "--json"]);
    assert_eq!((ran.code, &ran.json()["recorded"]), (0, &1.into()), "{ran:?}");
    assert_eq!(count(&world, "SELECT count(*) FROM caf").await, 1);
    assert_eq!(count(&world, "SELECT count(*) FROM caf_step WHERE what = 'completed'").await, 1);
    assert_eq!(count(&world, "SELECT count(*) FROM involvement").await, 1);

    write(&world, "other.csv", &log);
    let ran = world.runs(&["import", "caf-log", "--as", "school@", "other.csv", "--json"]);
    assert_eq!((ran.code, &ran.json()["codes"]["not-yours"]), (1, &1.into()), "{ran:?}");
    let rejects = std::fs::read_to_string(world.directory.join("other.csv.rejects.csv")).expect("rejects");
    assert!(rejects.contains("not-yours; on-behalf-of-agency: "), "{rejects}");
    assert_eq!(count(&world, "SELECT count(*) FROM caf").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_gets_its_receipts_beside_the_agencys_own_reader_which_gets_all_else_afterwards() {
    const ROWS: u32 = 1_500;
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    write(&world, "pupils.csv", &children(ROWS));
    let mut import = begin(&world, &school, "pupils.csv");
    let journal = world.directory.join("pupils.csv.import-journal");
    until("some rows have an outcome", async || (lines(&journal) > 100).then_some(())).await;
    // Live traffic meanwhile.
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    assert!(import.wait().expect("it was a child").success());
    let heard = school.heard.all();
    assert_eq!(heard.len(), 1, "its own receipt alone");
    assert_eq!(count(&world, "SELECT count(*) FROM record").await, i64::from(ROWS));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_gets_its_receipts_behind_thousands_of_messages_that_wait() {
    const WAITING: u32 = 2_100;
    let world = World::start().await;
    let mut school = world.agency("school", Kind::School).await;
    school.stop_listening().await;
    let mut sent = Vec::new();
    for _ in 0..WAITING {
        let own = school.message("caf.started", None, serde_json::json!({}));
        sent.push(school.client.start(&own).await.expect("the broker is there"));
    }
    for own in sent {
        own.confirmed().await.expect("the broker takes it");
    }
    let inbox = school.client.access().inbox.clone();
    until("they wait", async || (school.counts(&inbox).await == WAITING).then_some(())).await;
    assert_eq!(import(&world, "children", "pupils.csv", PUPILS)["recorded"], 2);
    until("they are back", async || (school.counts(&inbox).await == WAITING).then_some(())).await;
}

/// Begins to import children.
fn begin(world: &World, as_agency: &Actor, file: &str) -> Child {
    Command::new(world.environment.bin.join("caf"))
        .args(["import", "children", "--as", as_agency.id.as_str()])
        .arg(world.directory.join(file))
        .env("CAF_EXCHANGE", world.directory.join("exchange.json"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program was built (tests/run does)")
}

fn lines(journal: &Path) -> usize {
    std::fs::read_to_string(journal).unwrap_or_default().lines().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_half_way_is_gone_on_with_and_each_fact_is_recorded_once() {
    const ROWS: u32 = 1_500;
    let world = World::start().await;
    // Its own reader takes the receipts that come after the kill.
    let school = world.agency("school", Kind::School).await;
    let file = write(&world, "pupils.csv", &children(ROWS));
    let mut first = begin(&world, &school, "pupils.csv");
    let journal = world.directory.join("pupils.csv.import-journal");
    until("some rows have an outcome", async || (lines(&journal) > 100).then_some(())).await;
    first.kill().expect("it runs");
    first.wait().expect("it was a child");
    let before = lines(&journal);
    assert!(before < usize::try_from(ROWS).expect("few"), "killed too late");

    let changed = std::fs::read_to_string(&file).expect("the file");
    write(&world, "pupils.csv", &changed.replace("c7,Example", "c7,Sample"));
    let refused = world.runs(&["import", "children", "--as", "school@", "pupils.csv"]);
    assert!(refused.code == 1 && refused.err.contains("the file has changed"), "{refused:?}");
    write(&world, "pupils.csv", &changed);

    let summary = world.runs(&["import", "children", "--as", "school@", "pupils.csv", "--json"]).json();
    let told = |name: &str| summary[name].as_u64().expect("a number");
    assert_eq!(told("recorded") + told("duplicate"), u64::from(ROWS), "{summary}");
    assert_eq!(told("held") + told("rejected"), 0, "{summary}");
    assert_eq!(count(&world, "SELECT count(*) FROM record").await, i64::from(ROWS));
    // Each message was the same message both times.
    assert_eq!(count(&world, "SELECT count(*) FROM inbox").await, i64::from(ROWS));
    let journal = std::fs::read_to_string(&journal).expect("the journal");
    assert!(!journal.contains("Example") && !journal.contains(&nhs_number(7)), "people in the journal");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_are_not_taken_stand_in_a_file_of_their_own_and_can_be_mended_there() {
    let world = World::start().await;
    let mut school = world.agency("school", Kind::School).await;
    school.stop_listening().await;
    let file = "local-id,family-name,birth-date,authority,happened-on\n\
                c1,Example,2017-03-04,borough,2026-09-01\n\
                c2,Secretname,04/03/2017,borough,2026-09-01\n\
                c3,Secretname,2017-03-04,nowhere,2026-09-01\n\
                c1,Secretname,2017-03-04,borough,2026-09-01\n";
    write(&world, "pupils.csv", file);
    let ran = world.runs(&["import", "children", "--as", "school@", "pupils.csv"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(!ran.out.contains("Secret") && !ran.err.contains("Secret"), "{ran:?}");
    let shown = ran.out.replace(world.directory.to_str().expect("a path"), "");
    insta::assert_snapshot!(shown.trim_end(), @r"
    rows            4
    recorded        1
    there already   0
    held            0
    rejected        3
      bad-form      1
      repeated-row  1
      unknown-code  1
    Rows and reasons: pupils.csv.rejects.csv
    ");
    let rejects = std::fs::read_to_string(world.directory.join("pupils.csv.rejects.csv")).expect("rejects");
    insta::assert_snapshot!(rejects.trim_end(), @r"
    local-id,family-name,birth-date,authority,happened-on,import-row,import-reason
    c2,Secretname,04/03/2017,borough,2026-09-01,3,bad-form; birth-date: not of the form that the schema says
    c3,Secretname,2017-03-04,nowhere,2026-09-01,4,unknown-code; authority: not on the register of authorities
    c1,Secretname,2017-03-04,borough,2026-09-01,5,repeated-row; local-id: an earlier row has the same
    ");

    let again = world.runs(&["import", "children", "--as", "school@", "pupils.csv", "--json"]);
    assert_eq!((again.code, &again.json()["rejected"]), (1, &3.into()), "{again:?}");

    let mended =
        rejects.replace("04/03/2017", "2017-03-04").replace("nowhere", "county").replace("c1,", "c4,");
    assert_eq!(import(&world, "children", "mended.csv", &mended)["recorded"], 3);
}
