//! What is due is told in time, once, and to the right agency (D-I4, D-I7, D-P5), whatever restarts and
//! however many replicas look.

use serde_json::{Value, json};
use stories::facts::{caf, child, intention, involvement, manifest, nhs_number, step, under};
use stories::{Actor, Kind, World, until};

const ADA: &str = "ZZ1 1AA";

fn ada() -> Value {
    child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), ADA)
}

/// Kind, reference, day and role of each reminder that an agency heard, in order.
fn reminders(agency: &Actor) -> Vec<[String; 4]> {
    let heard = agency.heard.all();
    let of = |json: &Value| {
        ["kind", "ref", "due", "role"].map(|name| json["data"][name].as_str().expect("a text").to_owned())
    };
    let mut all: Vec<_> =
        heard.iter().filter(|json| json["type"] == "uk.caf.reminder.issued.v1").map(of).collect();
    all.sort();
    all
}

fn reminder(kind: &str, of: &str, due: &str, role: &str) -> [String; 4] {
    [kind, of, due, role].map(str::to_owned)
}

/// Waits for what an agency is to hear, and that it hears no more.
async fn hears(agency: &Actor, mut expected: Vec<[String; 4]>) {
    expected.sort();
    until("the reminders", async || (reminders(agency).len() >= expected.len()).then_some(())).await;
    assert_eq!(reminders(agency), expected);
}

/// A form without its copy for the CAF team.
fn completed(caf_ref: &str, on: &str) -> Value {
    let form = json!({"completedOn": on, "manifest": manifest(), "consentRefs": ["con-1"]});
    under("f-2", step(caf_ref, ("t1", "assessor"), &form))
}

/// Waits until nothing is due any more.
async fn nothing_is_due(world: &World, now: &str) {
    let mut database = world.database().await;
    until("the timers", async || {
        let due: i64 = sqlx::query_scalar("SELECT count(*) FROM timer WHERE look_at <= $1::timestamptz")
            .bind(now)
            .fetch_one(&mut database)
            .await
            .expect("a count");
        (due == 0).then_some(())
    })
    .await;
    world.outbox_is_empty("index").await;
}

async fn tasks(world: &World) -> Vec<(String, String)> {
    let all: Value = world.index.admin().get("/worklist", &[]).await.expect("the list");
    let text = |matter: &Value, name: &str| matter[name].as_str().expect("a text").to_owned();
    let mut tasks: Vec<_> = all
        .as_array()
        .expect("a list")
        .iter()
        .map(|matter| (text(matter, "kind"), text(matter, "ref")))
        .collect();
    tasks.sort();
    tasks
}

/// A school and the health visitors know the child, and one of these leads.
async fn a_child_whom_the_visitors_lead(world: &World) -> (Actor, Actor) {
    let school = world.agency("school", Kind::School).await;
    let visitors = world.agency("visitors", Kind::HealthVisiting).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    visitors.vouches_for("v1", "Vera Noble", "health-visitor").await;
    school.knows("c1", ada()).await;
    visitors.knows("b1", ada()).await;
    let lead = under("i-1", involvement("v1", "lead-professional", "Health visiting"));
    visitors.records("involvement.recorded", Some("local:b1"), lead).await;
    (school, visitors)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_copy_and_the_review_are_called_for_ahead_and_when_their_day_has_passed() {
    let mut world = World::start().await;
    let team = world.caf_team("borough").await;
    let (school, visitors) = a_child_whom_the_visitors_lead(&world).await;
    let caf_ref = format!("{}/f-1", school.id);
    school.records("caf.started", Some("local:c1"), under("f-1", caf(&caf_ref, "t1"))).await;
    // 28 days after 20 November is a Friday; three months after, a Saturday.
    school.records("caf.completed", Some("local:c1"), completed(&caf_ref, "2026-11-20")).await;
    nothing_is_due(&world, "2026-11-21T12:00:00Z").await;
    hears(&school, vec![]).await;

    world.index.stop().await;
    world.restart_at("2026-12-14T06:00:00Z").await;
    nothing_is_due(&world, "2026-12-14T06:00:00Z").await;
    let copy = |role| reminder("copy-28-days", &caf_ref, "2026-12-18", role);
    let review = |role| reminder("first-review", &caf_ref, "2027-02-22", role);
    hears(&school, vec![copy("owner")]).await;
    hears(&visitors, vec![]).await;

    world.index.kill();
    world.restart_at("2027-02-23T06:00:00Z").await;
    nothing_is_due(&world, "2027-02-23T06:00:00Z").await;
    hears(&school, vec![copy("owner"), copy("second-owner")]).await;
    hears(&visitors, vec![review("owner"), review("second-owner")]).await;
    hears(&team, vec![copy("second-owner"), review("second-owner")]).await;
    let overdue = |kind: &str| (kind.to_owned(), caf_ref.clone());
    assert_eq!(tasks(&world).await, [overdue("overdue-copy"), overdue("overdue-review")]);

    // What comes after all takes the matter off the list; nobody is told again.
    let closed =
        json!({"closedOn": "2027-02-23", "closureCode": "needs-met", "familyTold": {"when": "at-the-time"}});
    let closed = under("f-3", step(&caf_ref, ("t1", "assessor"), &closed));
    team.vouches_for("co1", "Cora Okoye", "caf-coordinator").await;
    team.knows("a1", ada()).await;
    team.records("caf.closed", Some("local:a1"), closed).await;
    nothing_is_due(&world, "2027-02-23T08:00:00Z").await;
    assert_eq!(tasks(&world).await, []);
    assert_eq!(reminders(&visitors).len() + reminders(&school).len() + reminders(&team).len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_review_of_a_caf_that_was_imported_is_called_for_on_the_day_that_stands_in_the_older_log() {
    let mut world = World::start().await;
    let team = world.caf_team("borough").await;
    let (school, visitors) = a_child_whom_the_visitors_lead(&world).await;
    // A Friday. The form is not said to be completed.
    let log = "caf-id,local-id,assessor,authority,started-on,form-medium,electronic-recording,review-due-on\n\
               f-1,c1,t1,borough,2026-06-01,paper,agreed,2026-12-18\n";
    std::fs::write(world.directory.join("log.csv"), log).expect("a file");
    let ran = world.runs(&["import", "caf-log", "--as", "school@", "log.csv", "--json"]);
    assert_eq!((ran.code, &ran.json()["recorded"]), (0, &json!(1)), "{ran:?}");
    let caf_ref = format!("{}/f-1", school.id);
    let review = |role| reminder("next-review", &caf_ref, "2026-12-18", role);

    world.index.stop().await;
    world.restart_at("2026-12-04T06:00:00Z").await;
    nothing_is_due(&world, "2026-12-04T06:00:00Z").await;
    hears(&visitors, vec![review("owner")]).await;
    hears(&team, vec![]).await;

    world.index.stop().await;
    world.restart_at("2026-12-21T06:00:00Z").await;
    nothing_is_due(&world, "2026-12-21T06:00:00Z").await;
    hears(&visitors, vec![review("owner"), review("second-owner")]).await;
    hears(&team, vec![review("second-owner")]).await;
    hears(&school, vec![]).await;
    assert_eq!(tasks(&world).await, [("overdue-review".to_owned(), caf_ref)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_version_of_a_start_moves_the_review_that_it_names_or_takes_it_away() {
    let mut world = World::start().await;
    let team = world.caf_team("borough").await;
    let school = world.agency("school", Kind::School).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    school.knows("c1", ada()).await;
    let caf_ref = format!("{}/f-1", school.id);
    let starts = async |review: Option<&str>| {
        let mut start = under("f-1", caf(&caf_ref, "t1"));
        if let Some(day) = review {
            start["reviewDueOn"] = json!(day);
        }
        school.records("caf.started", Some("local:c1"), start).await;
        nothing_is_due(&world, "2026-11-21T12:00:00Z").await;
    };
    starts(Some("2026-11-18")).await;
    let (passed, moved) = (
        |role| reminder("next-review", &caf_ref, "2026-11-18", role),
        reminder("next-review", &caf_ref, "2026-11-27", "owner"),
    );
    hears(&school, vec![passed("owner"), passed("second-owner")]).await;
    hears(&team, vec![passed("second-owner")]).await;
    assert_eq!(tasks(&world).await, [("overdue-review".to_owned(), caf_ref.clone())]);
    starts(Some("2026-11-27")).await;
    hears(&school, vec![passed("owner"), passed("second-owner"), moved.clone()]).await;
    assert_eq!(tasks(&world).await, []);
    starts(None).await;
    world.index.stop().await;
    world.restart_at("2026-12-14T06:00:00Z").await;
    nothing_is_due(&world, "2026-12-14T06:00:00Z").await;
    hears(&school, vec![passed("owner"), passed("second-owner"), moved]).await;
    hears(&team, vec![passed("second-owner")]).await;
    assert_eq!(tasks(&world).await, []);
}

/// The kind and the owner of each open task.
async fn owners(world: &World) -> Vec<(String, String)> {
    let all: Value = world.index.admin().get("/worklist", &[]).await.expect("the list");
    let text = |matter: &Value, name: &str| matter[name].as_str().expect("a text").to_owned();
    all.as_array().expect("a list").iter().map(|it| (text(it, "kind"), text(it, "owner"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overdue_matter_goes_with_its_caf_to_the_next_team_and_ends_with_the_check() {
    let mut world = World::start().await;
    let (team, county) = (world.caf_team("borough").await, world.caf_team("county").await);
    let school = world.agency("school", Kind::School).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    school.knows("c1", ada()).await;
    for team in [&team, &county] {
        team.vouches_for("co1", "Cora Okoye", "caf-coordinator").await;
        team.knows("a1", ada()).await;
    }
    let caf_ref = format!("{}/f-1", school.id);
    school.records("caf.started", Some("local:c1"), under("f-1", caf(&caf_ref, "t1"))).await;
    school.records("caf.completed", Some("local:c1"), completed(&caf_ref, "2026-11-20")).await;
    world.index.stop().await;
    world.restart_at("2026-12-21T06:00:00Z").await;
    let owned = async |kind: &str, by: &Actor| {
        let expected = vec![(kind.to_owned(), by.id.to_string())];
        until("the task", async || (owners(&world).await == expected).then_some(())).await;
    };
    owned("overdue-copy", &team).await;
    let says = async |by: &Actor, kind: &str, more: Value| {
        let said = under(&by.new_ref("s"), step(&caf_ref, ("co1", "coordinator"), &more));
        by.records(kind, Some("local:a1"), said).await;
    };
    for (by, state) in [(&team, "proposed"), (&county, "taken-on")] {
        let to = json!({"fromAuthority": "borough", "toAuthority": "county", "movedOn": "2026-12-19",
            "newAddress": {"kind": "home", "lines": ["7 Invented Lane"], "postcode": "ZZ6 6YX", "showTo": "ordinary"},
            "consentRef": "con-3", "state": state});
        let moved = json!({"on": "2026-12-19", "transfer": to, "familyTold": {"when": "before"}});
        says(by, "caf.transferred", moved).await;
    }
    owned("overdue-copy", &county).await;
    let gaps = json!({"checkedOn": "2026-12-20", "result": "returned", "codes": ["not-signed"], "authority": "county"});
    says(&county, "caf.checked", gaps).await;
    owned("form-returned", &county).await;
    let good = json!({"checkedOn": "2026-12-20", "result": "checked", "authority": "county"});
    says(&county, "caf.checked", good).await;
    until("the list is empty", async || owners(&world).await.is_empty().then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_without_work_moves_what_is_due() {
    let mut world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    let holidays = world.directory.join("holidays");
    std::fs::write(&holidays, "# Ours\n2026-12-18\n2026-12-21\n").expect("a file");
    let file = holidays.to_string_lossy();
    let added = world.caf(&[
        "authority",
        "add",
        "borough",
        "--name",
        "The borough",
        "--safeguarding-phone",
        "01632 960100",
        "--bank-holidays",
        &file,
    ]);
    assert!(added.status.success(), "{added:?}");
    school.knows("c1", ada()).await;
    let caf_ref = format!("{}/f-1", school.id);
    school.records("caf.started", Some("local:c1"), under("f-1", caf(&caf_ref, "t1"))).await;
    school.records("caf.completed", Some("local:c1"), completed(&caf_ref, "2026-11-20")).await;
    // Friday and Monday are holidays: it is due on Tuesday, and called for five working days before.
    world.index.stop().await;
    world.restart_at("2026-12-10T06:00:00Z").await;
    nothing_is_due(&world, "2026-12-10T06:00:00Z").await;
    hears(&school, vec![]).await;
    world.index.stop().await;
    world.restart_at("2026-12-11T06:00:00Z").await;
    nothing_is_due(&world, "2026-12-11T06:00:00Z").await;
    hears(&school, vec![reminder("copy-28-days", &caf_ref, "2026-12-22", "owner")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intention_lapses_and_its_agency_is_told_once_by_one_of_two_replicas() {
    let mut world = World::start().await;
    let _team = world.caf_team("borough").await;
    let school = world.agency("school", Kind::School).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    for number in 1..=40 {
        let name = format!("Child {number}");
        school.knows(&format!("c{number}"), child(&name, "Example", "2017-03-04", None, ADA)).await;
        let intended = under(&format!("n-{number}"), intention("t1"));
        school.intends(Some(&format!("local:c{number}")), intended).await;
    }
    // Another agency may name its intention alike.
    let nursery = world.agency("nursery", Kind::EarlyYears).await;
    nursery.vouches_for("w1", "Wes Long", "nursery-worker").await;
    nursery.knows("b1", child("Deb", "Example", "2022-03-04", None, ADA)).await;
    nursery.intends(Some("local:b1"), under("n-3", intention("w1"))).await;
    let caf_ref = format!("{}/f-1", school.id);
    let mut first = under("f-1", caf(&caf_ref, "t1"));
    first["intentionRef"] = json!("n-1");
    school.records("caf.started", Some("local:c1"), first).await;
    let died = |n: u32| {
        let mut record =
            under(&school.new_ref("c"), child(&format!("Child {n}"), "Example", "2017-03-04", None, ADA));
        record["childState"] = json!("died");
        record["happenedOn"] = json!("2026-11-21");
        record
    };
    school.records("child.recorded", Some("local:c2"), died(2)).await;
    world.index.stop().await;
    // 28 days after 21 November is a Saturday: told on the Monday.
    world.restart_at("2026-12-21T05:59:50Z").await;
    let mut another = world.another_index().await;
    nothing_is_due(&world, "2026-12-21T06:00:00Z").await;
    let mut expected: Vec<_> = (3..=40)
        .map(|number| reminder("intention-lapses", &format!("n-{number}"), "2026-12-19", "owner"))
        .collect();
    expected.sort();
    hears(&school, expected).await;
    assert!(another.stop().await.success());

    // Nobody started one: the CAF team asks, until one is.
    world.index.stop().await;
    world.restart_at("2027-01-05T06:00:00Z").await;
    nothing_is_due(&world, "2027-01-05T06:00:00Z").await;
    let open = tasks(&world).await;
    assert_eq!(open.len(), 39, "{open:?}");
    for agency in [&school, &nursery] {
        assert!(open.contains(&("intention-lapsed".to_owned(), format!("{}/n-3", agency.id))), "{open:?}");
    }
    let mut third = under("f-3", caf(&format!("{}/f-3", school.id), "t1"));
    third["intentionRef"] = json!("n-3");
    school.records("caf.started", Some("local:c3"), third).await;
    // Seen to be so on the next day, and whoever has not asked by then is not forgotten.
    world.index.stop().await;
    world.restart_at("2027-02-01T06:00:00Z").await;
    nothing_is_due(&world, "2027-02-01T06:00:00Z").await;
    assert_eq!(tasks(&world).await.len(), 38);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expected_date_that_passed_is_asked_of_the_midwife_until_the_birth_is_recorded() {
    let mut world = World::start().await;
    let _team = world.caf_team("borough").await;
    let midwives = world.agency("midwives", Kind::Midwifery).await;
    let unborn = |local: &str| {
        let mut child = child("Baby", &format!("Example {local}"), "2026-12-04", None, ADA);
        child["birth"] = json!({"date": "2026-12-04", "precision": "expected"});
        child["childState"] = json!("unborn");
        child
    };
    let first = midwives.knows("b1", unborn("one")).await;
    midwives.knows("b2", unborn("two")).await;
    midwives.knows("b3", unborn("three")).await;
    let mut ended = under("c-ended", unborn("three"));
    ended["childState"] = json!("pregnancy-ended");
    ended["happenedOn"] = json!("2026-11-21");
    midwives.records("child.recorded", Some("local:b3"), ended).await;
    let mut born = under("c-born", child("Bea", "Example two", "2026-11-20", None, ADA));
    born["happenedOn"] = json!("2026-11-21");
    midwives.records("child.recorded", Some("local:b2"), born).await;
    world.index.stop().await;
    world.restart_at("2026-12-07T06:00:00Z").await;
    nothing_is_due(&world, "2026-12-07T06:00:00Z").await;
    let reminder = |role| reminder("expected-date-passed", &first, "2026-12-04", role);
    hears(&midwives, vec![reminder("owner")]).await;

    world.index.stop().await;
    world.restart_at("2026-12-21T06:00:00Z").await;
    nothing_is_due(&world, "2026-12-21T06:00:00Z").await;
    hears(&midwives, vec![reminder("owner"), reminder("second-owner")]).await;
    let task = ("expected-date-passed".to_owned(), format!("{}/{first}", midwives.id));
    assert_eq!(tasks(&world).await, [task]);
    let born = under("c-first", child("Ann", "Example one", "2026-12-06", None, ADA));
    midwives.records("child.recorded", Some("local:b1"), born).await;
    world.index.stop().await;
    world.restart_at("2026-12-22T06:00:10Z").await;
    nothing_is_due(&world, "2026-12-22T06:00:10Z").await;
    assert_eq!(tasks(&world).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_open_cafs_of_one_child_are_told_to_both_whichever_way_they_came_together() {
    let world = World::start().await;
    let team = world.caf_team("borough").await;
    let school = world.agency("school", Kind::School).await;
    let visitors = world.agency("visitors", Kind::HealthVisiting).await;
    let clinic = world.sensitive_agency("oakfield", Kind::SexualHealth).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    visitors.vouches_for("v1", "Vera Noble", "health-visitor").await;
    clinic.vouches_for("n1", "Nan Cole", "sexual-health-worker").await;
    school.knows("c1", ada()).await;
    clinic.knows("p1", ada()).await;
    // The visitors' record has no number yet: another child, as far as can be said.
    visitors.knows("b1", child("Ada", "Exampel", "2017-03-04", None, "ZZ2 2BB")).await;
    school.starts_caf("c1", "t1").await;
    clinic.starts_caf("p1", "n1").await;
    visitors.starts_caf("b1", "v1").await;
    nothing_is_due(&world, "2026-11-21T12:00:00Z").await;
    hears(&school, vec![]).await;
    hears(&visitors, vec![]).await;
    assert_eq!(tasks(&world).await, [], "nor the team");

    // The number ties them together.
    let mut corrected = under("c-2", ada());
    corrected["happenedOn"] = json!("2026-11-21");
    visitors.records("child.recorded", Some("local:b1"), corrected).await;
    nothing_is_due(&world, "2026-11-21T12:00:00Z").await;
    let kind =
        |agency: &Actor| reminders(agency).into_iter().map(|[kind, of, ..]| (kind, of)).collect::<Vec<_>>();
    let second = |agency: &Actor| ("second-caf".to_owned(), format!("{}/f-1", agency.id));
    assert_eq!(kind(&school), [second(&school)]);
    assert_eq!(kind(&visitors), [second(&visitors)]);
    hears(&team, vec![]).await;
    assert!(
        tasks(&world)
            .await
            .iter()
            .all(|(kind, of)| kind == "second-caf" && !of.starts_with(clinic.id.as_str()))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_cafs_whom_only_a_third_agencys_record_ties_together_are_told_to_both() {
    let world = World::start().await;
    world.caf_team("borough").await;
    let school = world.agency("school", Kind::School).await;
    let surgery = world.agency("surgery", Kind::Gp).await;
    let visitors = world.agency("visitors", Kind::HealthVisiting).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    visitors.vouches_for("v1", "Vera Noble", "health-visitor").await;
    school.knows("c1", ada()).await;
    // By the number one with the school's, by name and address with the visitors'.
    surgery.knows("g1", child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ2 2BB")).await;
    visitors.knows("b1", child("Ada", "Example", "2017-03-04", None, "ZZ2 2BB")).await;
    school.starts_caf("c1", "t1").await;
    visitors.starts_caf("b1", "v1").await;
    nothing_is_due(&world, "2026-11-21T12:00:00Z").await;
    for agency in [&school, &visitors] {
        let [kind, of, ..] = &reminders(agency)[0];
        assert_eq!((kind.as_str(), of), ("second-caf", &format!("{}/f-1", agency.id)));
        assert_eq!(reminders(agency).len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_caf_under_the_reference_that_a_lookup_gave_is_told_to_both() {
    let world = World::start().await;
    world.caf_team("borough").await;
    let school = world.agency("school", Kind::School).await;
    let visitors = world.agency("visitors", Kind::HealthVisiting).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    visitors.vouches_for("v1", "Vera Noble", "health-visitor").await;
    school.knows("c1", ada()).await;
    school.starts_caf("c1", "t1").await;
    let by = json!({"identifiers": [{"kind": "nhs-number", "value": nhs_number(1)}]});
    let found = visitors.looks_up("v1", by).await;
    let reference = found["data"]["childRef"].as_str().expect("a reference").to_owned();
    let notice = under("f-1", caf(&format!("{}/f-1", visitors.id), "v1"));
    visitors.records("caf.started", Some(&reference), notice).await;
    nothing_is_due(&world, "2026-11-21T12:00:00Z").await;
    for agency in [&school, &visitors] {
        let told: Vec<String> = reminders(agency).into_iter().map(|[kind, ..]| kind).collect();
        assert_eq!(told, ["second-caf"], "{}", agency.id);
    }
}
