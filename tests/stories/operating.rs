//! The `caf` program as an operator uses it: registers, what was set aside, decisions, the demo.

use caf::ca::Validity;
use caf::clock::now;
use serde_json::{Value, json};
use stories::facts::{caf, child, nhs_number, under};
use stories::trouble::REFUSED_BY_A_RULE;
use stories::{Actor, Kind, Ran, World};
use time::Duration;

fn done(ran: Ran) -> Ran {
    assert_eq!(ran.code, 0, "{ran:?}");
    ran
}

async fn school_of(world: &World) -> Actor {
    let school = world.agency("school", Kind::School).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    school.knows("c1", child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA")).await;
    school
}

/// `caf agency add` with an authority `city` and telephones.
fn add_agency(world: &World, id: &str, kind: &str, more: &[&str]) -> Ran {
    let words = "--sector statutory --authority city --duty-desk-phone 01632960301 \
                 --safeguarding-lead-phone 01632960302";
    let fixed: Vec<&str> = words.split_whitespace().collect();
    let named = ["agency", "add", id, "--kind", kind, "--display-name", "An invented one"];
    world.runs(&[&named, fixed.as_slice(), more].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_adds_authorities_and_agencies_and_sees_them() {
    let world = World::start().await;
    done(world.runs(&[
        "authority",
        "add",
        "city",
        "--name",
        "City Council",
        "--safeguarding-phone",
        "01632 960300",
    ]));
    let shown = done(world.runs(&["authority", "show", "city", "--json"])).json();
    assert_eq!(
        (&shown["name"], &shown["safeguardingPhone"]),
        (&json!("City Council"), &json!("01632 960300"))
    );
    let add = |id: &str, kind: &str, more: &[&str]| add_agency(&world, id, kind, more);
    done(add("nursery@", "early-years", &[]));
    let nameless = add("oakfield@", "sexual-health", &[]);
    assert_eq!(nameless.code, 2, "{nameless:?}");
    done(add("oakfield@", "sexual-health", &["--neutral-display-name", "Oakfield Centre"]));
    let neutral = ["--neutral-display-name", "Oakfield Two", "--name-is-neutral"];
    let telling = add("drug-help@", "substance-misuse-young", &neutral[..2]);
    assert_eq!(telling.code, 2, "{telling:?}");
    assert!(telling.err.contains("--name-is-neutral"), "{telling:?}");
    done(add("drug-help@", "substance-misuse-young", &neutral));
    for refused in ["svc-index", "operator", "guest"] {
        assert_ne!(add(refused, "school", &[]).code, 0, "{refused}");
    }

    let list = done(world.runs(&["agency", "list", "--json"])).json();
    let ids: Vec<&Value> = list.as_array().expect("a list").iter().map(|agency| &agency["id"]).collect();
    assert_eq!(ids, ["drug-help", "nursery", "oakfield"]);
    let sensitive: Vec<&Value> =
        list.as_array().expect("a list").iter().map(|agency| &agency["sensitive"]).collect();
    assert_eq!(sensitive, [true, false, true], "a kind's mark cannot be left out");
    let table = done(world.runs(&["agency", "list"]));
    assert!(table.out.starts_with("ID"), "{}", table.out);

    let shown = done(world.runs(&["agency", "show", "nursery@", "--json"])).json();
    assert_eq!(shown["registered"]["kind"], "early-years", "{shown}");
    assert_eq!(shown["certificates"].as_array().map(Vec::len), Some(1), "{shown}");
    assert_eq!(shown["queues"].as_array().map(Vec::len), Some(2), "{shown}");
    // It was let in whole: it can speak at once.
    let entry = under("p", stories::facts::practitioner("n1", "Nia Field", "nursery-worker"));
    let line = ["send", "--as", "nursery@", "--type", "practitioner.recorded", "-"];
    let mut entry = entry;
    entry["authorities"] = json!(["city"]);
    assert!(done(world.types(&line, &entry.to_string())).out.contains("recorded"));
}

#[tokio::test(flavor = "multi_thread")]
async fn status_tells_of_services_broker_queues_and_what_waits_for_a_person() {
    let world = World::start().await;
    let school = school_of(&world).await;
    let well = done(world.runs(&["status"]));
    assert!(well.out.ends_with("The exchange is well.\n"), "{}", well.out);
    assert!(!well.out.contains(&school.client.access().inbox[..]), "a queue's secret is not shown");

    world.database_refuses("caf", "f-1", REFUSED_BY_A_RULE).await;
    let started = under("f-1", caf(&format!("{}/f-1", school.id), "t1"));
    school.says("caf.started", Some("local:c1"), started).await;
    let status = done(world.runs(&["status", "--json"])).json();
    assert_eq!(status["services"][0]["setAside"], 1, "{status}");
    let warnings = status["warnings"].to_string();
    assert!(warnings.contains("caf set-aside list"), "{warnings}");

    let short = Validity { from: now(), until: now() + Duration::days(20) };
    let out = world.directory.join("short");
    let issued = world.ca().issue_client_valid(world.id("nursery").as_str(), short, &out);
    let number = issued.expect("a certificate").record.number;
    let status = done(world.runs(&["status"]));
    assert!(status.out.contains(&format!("the certificate {number} of nursery expires")), "{}", status.out);
    // The authority is that of the whole test run.
    world.ca().revoke(&number).expect("it was issued");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_ends_what_was_set_aside() {
    let world = World::start().await;
    let school = school_of(&world).await;
    for reference in ["f-1", "f-2", "f-3"] {
        if reference != "f-1" {
            world.database_relents("caf").await;
        }
        world.database_refuses("caf", reference, REFUSED_BY_A_RULE).await;
        let started = under(reference, caf(&format!("{}/{reference}", school.id), "t1"));
        let receipt = school.says("caf.started", Some("local:c1"), started).await;
        assert_eq!(receipt["data"]["state"], "held", "{receipt}");
    }
    let list = done(world.runs(&["set-aside", "list", "--json"])).json();
    let ids: Vec<&str> =
        list.as_array().expect("a list").iter().filter_map(|row| row["id"].as_str()).collect();
    assert_eq!(ids.len(), 3);
    assert!(done(world.runs(&["set-aside", "list"])).out.contains("data-error"));

    let shown = done(world.runs(&["set-aside", "show", ids[0]]));
    assert!(!shown.out.contains("formMedium"), "{}", shown.out);
    assert_eq!(world.runs(&["set-aside", "show", ids[0], "--reveal"]).code, 2, "who looks?");
    let revealed = done(world.runs(&["set-aside", "show", ids[0], "--reveal", "--by", "A. Ndiaye"]));
    assert!(revealed.out.contains("\"formMedium\":\"paper\""), "{}", revealed.out);

    assert!(done(world.runs(&["set-aside", "discard", ids[0]])).out.contains("discarded"));
    // The last one is still refused: all are tried, and the exit code says that not all went well.
    let replayed = world.runs(&["set-aside", "replay", "--all", "--json"]);
    assert_eq!(replayed.code, 1, "{replayed:?}");
    assert_eq!(replayed.json(), json!({"replayed": 1, "left": 1}));
    world.database_relents("caf").await;
    done(world.runs(&["set-aside", "replay", ids[2]]));
    assert_eq!(done(world.runs(&["set-aside", "list", "--json"])).json(), json!([]));
    assert_eq!(world.runs(&["set-aside", "replay", ids[2]]).code, 1, "it is gone");
    assert_eq!(done(world.runs(&["parked", "list", "--json"])).json(), json!([]));
}

/// A message set aside and one parked, neither of which opens.
async fn something_waits_in(world: &World, service: &str, id: uuid::Uuid) {
    let mut database = world.database_of(service).await;
    for row in [
        "INSERT INTO set_aside (set_aside_id, type, reason, set_aside_at, sealed)
         VALUES ($1, 'uk.caf.caf.started.v1', 'data-error', '2026-11-21', '')",
        "INSERT INTO parked (parked_id, destination, type, reason, parked_at, sealed)
         VALUES ($1, 'inbox.nobody', 'uk.caf.receipt.issued.v1', 'returned', '2026-11-21', '')",
    ] {
        sqlx::query(row).bind(id).execute(&mut database).await.expect("a row");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_person_is_found_in_whichever_service_it_is() {
    let mut world = World::start().await;
    world.start_sharing().await;
    let ids = [("index", 1), ("sharing", 2)].map(|(name, n)| (name, uuid::Uuid::from_u128(n)));
    for (service, id) in ids {
        something_waits_in(&world, service, id).await;
    }
    let of_services = |line: &[&str]| {
        let rows = done(world.runs(&[line, &["--json"]].concat())).json();
        let named = |row: &Value| row["service"].as_str().expect("a service").to_owned();
        rows.as_array().expect("a list").iter().map(named).collect::<Vec<_>>()
    };
    for place in ["set-aside", "parked"] {
        assert_eq!(of_services(&[place, "list"]), ["index", "sharing"], "{place}");
        assert_eq!(of_services(&[place, "list", "--limit", "1"]), ["index"], "the oldest of all: {place}");
        assert_eq!(of_services(&[place, "groups"]), ["index", "sharing"], "{place}");
        assert_eq!(of_services(&[place, "list", "--service", "sharing"]), ["sharing"], "{place}");
    }
    let id = ids[1].1.to_string();
    assert!(done(world.runs(&["set-aside", "show", &id])).out.contains("data-error"));
    let kept = world.runs(&["set-aside", "discard", &id]);
    assert_eq!(kept.code, 1);
    assert!(kept.out.contains("does not open"), "in the words of the one that has it: {kept:?}");
    assert!(done(world.runs(&["parked", "discard", &id])).out.contains("discarded"));
    let rest = done(world.runs(&["parked", "discard", "--all", "--json"])).json();
    assert_eq!(rest, json!({"discarded": 1, "left": 0}));
    let nobody = world.runs(&["set-aside", "show", "019ab5d0-1c00-7000-8000-00000000dead"]);
    assert_eq!(nobody.code, 1);
    assert!(nobody.err.contains("no message set aside has this id"), "{nobody:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn status_tells_of_each_service_and_which_one_does_not_answer() {
    let mut world = World::start().await;
    world.start_sharing().await;
    let status = done(world.runs(&["status", "--json"])).json();
    for (at, name) in ["index", "sharing"].into_iter().enumerate() {
        let service = &status["services"][at];
        assert_eq!((&service["service"], &service["ready"]), (&json!(name), &json!(true)), "{status}");
        assert!(service["waiting"].is_u64() && service["certificateUntil"].is_string(), "{status}");
    }
    world.sharing_mut().kill();
    let status = world.runs(&["status"]);
    assert_eq!(status.code, 3, "{status:?}");
    assert!(status.out.contains("NOT WELL: the service sharing does not answer"), "{}", status.out);
    assert!(status.out.contains("index    true"), "of the other it tells still: {}", status.out);
    done(world.runs(&["set-aside", "list", "--service", "index"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_who_looked_up_a_child_and_what_a_practitioner_looked_up() {
    let world = World::start().await;
    let _school = school_of(&world).await;
    let health = world.agency("health", Kind::HealthVisiting).await;
    let housing = world.agency("housing", Kind::Housing).await;
    health.vouches_for("hv1", "Hana Visram", "health-visitor").await;
    health.vouches_for("hv2", "Hal Moss", "health-visitor").await;
    housing.vouches_for("h1", "Huw Cole", "housing-officer").await;
    let answer = health.asks_for("hv1", &nhs_number(1)).await;
    health.asks_for("hv1", &nhs_number(2)).await;
    health.asks_for("hv2", &nhs_number(1)).await;
    housing.asks_for("h1", &nhs_number(1)).await;
    let decisions = |more: &[&str]| {
        done(world.runs(&[&["decisions", "list", "--json"], more].concat()))
            .json()
            .as_array()
            .expect("a list")
            .clone()
    };
    let who = |rows: &[Value]| {
        let mut who: Vec<String> =
            rows.iter().map(|row| row["practitioner"].as_str().unwrap_or_default().to_owned()).collect();
        who.sort();
        who
    };
    // Who looked up this child, by any agency's way of naming it?
    let reference = answer["data"]["childRef"].as_str().expect("a reference");
    for named in [&["--child", reference][..], &["--agency", "school@", "--local", "c1"]] {
        assert_eq!(who(&decisions(named)), ["h1", "hv1", "hv2"], "{named:?}");
    }
    // What did this practitioner look up?
    let rows = decisions(&["--agency", "health@", "--practitioner", "hv1"]);
    assert_eq!(who(&rows), ["hv1", "hv1"]);
    let mut reasons: Vec<&str> = rows.iter().filter_map(|row| row["reason"].as_str()).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ["match", "no-record"]);
    assert_eq!(decisions(&["--limit", "1"]).len(), 1);
    assert_eq!(decisions(&[]).len(), 4);

    let id = rows[0]["id"].as_str().expect("an id");
    let shown = done(world.runs(&["decisions", "show", id]));
    for said in ["hv1", "find-lead-or-key-worker", "index-3", "D-I5"] {
        assert!(shown.out.contains(said), "no {said} in {}", shown.out);
    }
    assert!(!shown.out.contains(&nhs_number(1)), "not what was asked by");
    assert_eq!(world.runs(&["decisions", "show", "019ab5d0-1c00-7000-8000-00000000dead"]).code, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_plays_and_everything_is_as_it_should_be() {
    let mut world = World::today().await;
    world.start_sharing().await;
    let (school, health) =
        (world.agency("school", Kind::School).await, world.agency("health", Kind::HealthVisiting).await);
    let clinic = world.sensitive_agency("oakfield", Kind::SexualHealth).await;
    // The actors would take the receipts from the program.
    drop((school, health, clinic));
    let line = [
        "demo",
        "--school",
        "school@",
        "--health",
        "health@",
        "--clinic",
        "oakfield@",
        "--authority",
        "borough",
    ];
    let played = done(world.runs(&line));
    assert!(played.out.ends_with("Everything was as it should be.\n"), "{}", played.out);
    let again = done(world.runs(&[&line[..], &["--json"]].concat())).json();
    assert_eq!(again["asItShouldBe"], true, "{again}");
    // Without its notices it is not, and says so.
    let wrong = [
        "demo",
        "--school",
        "school@",
        "--health",
        "health@",
        "--clinic",
        "oakfield@",
        "--authority",
        "nowhere",
    ];
    let wrong = world.runs(&wrong);
    assert_eq!(wrong.code, 1, "{}", wrong.out);
    assert!(wrong.out.contains("Not as it should be:"), "{}", wrong.out);
}
