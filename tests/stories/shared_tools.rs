//! What an operator asks about sharing: decisions, consents, policies, and what would be decided.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use stories::shared::{consent, in_the_public_interest, item, part, request, supplied};
use stories::{Actor, Ran, World};

fn done(ran: Ran) -> Ran {
    assert_eq!(ran.code, 0, "{ran:?}");
    ran
}

/// A school and health visitors who know one child; the mother agrees to two parts.
async fn world_with_consent() -> (World, Actor, Actor) {
    let world = World::with_sharing().await;
    let [school, visitors] = world.school_and_visitors().await;
    let limits = json!({"scope": {"agencies": {"named": [visitors.id]},
                                  "parts": {"included": ["identity", "dev-learning"]}}});
    school.records_consent("c1", "p1", consent(&[&visitors.id], &limits)).await;
    (world, school, visitors)
}

/// What was agreed to is asked for, and what was not; the school gives what it may.
async fn shares_in_part(school: &Actor, visitors: &Actor) -> Value {
    let purpose = json!({"purpose": "assess-need"});
    visitors.requests("c1", "p1", request(&school.id, &["dev-learning", "par-warmth"], "p1", &purpose)).await;
    let wanted = school.is_told("share.wanted").await;
    let given = [part("dev-learning", &[item("Reads well.", &json!({}))])];
    school.supplies(&wanted, "p1", supplied(&given, "p1", "consent", &json!({}))).await;
    visitors.is_told("share.delivered").await
}

fn list(world: &World, more: &[&str]) -> Vec<Value> {
    let line = [&["decisions", "list", "--json"], more].concat();
    done(world.runs(&line)).json().as_array().expect("a list").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_what_was_shared_with_whom_by_which_policies_and_what_was_not() {
    let (world, school, visitors) = world_with_consent().await;
    let delivered = shares_in_part(&school, &visitors).await;
    visitors.acknowledges(&delivered, "received-by-system", &json!({})).await;

    let rows = list(&world, &["--agency", "school@", "--local", "c1"]);
    let outcomes: Vec<(&str, &str)> =
        rows.iter().filter_map(|row| Some((row["service"].as_str()?, row["outcome"].as_str()?))).collect();
    assert_eq!(outcomes, [("sharing", "share"), ("sharing", "share-in-part")], "the latest first");
    assert_eq!(rows[1]["reason"], json!(["no-consent"]), "{rows:#?}");
    assert_eq!(list(&world, &["--practitioner", "visitors@/p1"]).len(), 2);
    assert!(list(&world, &["--practitioner", "visitors@/p2"]).is_empty());

    let id = rows[0]["id"].as_str().expect("an id");
    let shown = done(world.runs(&["decisions", "show", id]));
    for said in ["dev-learning", "share", "RESTS ON", "RECEIVED BY SYSTEM", "rulesHash"] {
        assert!(shown.out.contains(said), "no {said} in {}", shown.out);
    }
    let shown = done(world.runs(&["decisions", "show", id, "--json"])).json();
    assert_eq!(shown["deliveries"][0]["id"], delivered["id"]);
    assert_eq!(shown["deliveries"][0]["contentRestsHere"], false);
    for part in shown["parts"].as_array().expect("parts") {
        let policy = part["policies"][0].as_str().expect("a policy");
        assert!(shown["policies"][policy]["words"].is_string(), "{shown:#}");
    }
    assert!(!shown.to_string().contains("Reads well"), "never the content");
}

#[tokio::test(flavor = "multi_thread")]
async fn reasons_are_read_by_name_and_that_is_recorded() {
    let (world, school, visitors) = world_with_consent().await;
    let purpose = json!({"purpose": "safeguarding-enquiry", "practiceBasis": "public-interest"});
    let without = in_the_public_interest("reasonable-cause-suffering");
    let asked =
        request(&school.id, &["dev-learning"], "p1", &stories::facts::with(without.clone(), &purpose));
    visitors.requests("c1", "p1", asked).await;
    let wanted = school.is_told("share.wanted").await;
    assert_eq!(wanted["data"]["judgementNeeded"], true, "{wanted:#}");
    let given = [part("dev-learning", &[item("Reads well.", &json!({}))])];
    school.supplies(&wanted, "p1", supplied(&given, "p1", "public-interest", &without)).await;
    visitors.is_told("share.delivered").await;

    let rows = list(&world, &["--agency", "school@", "--practitioner", "p1"]);
    let id = rows[0]["id"].as_str().expect("an id");
    assert_eq!(rows[0]["decidedBy"], "p1");
    let reasons = "A child may be harmed, and asking could make it worse.";
    assert!(!done(world.runs(&["decisions", "show", id])).out.contains(reasons), "not unasked");
    let mut database = world.database_of("sharing").await;
    let count = "SELECT count(*) FROM decision_reveal WHERE revealed_by = 'A. Ndiaye'";
    let before: i64 = sqlx::query_scalar(count).fetch_one(&mut database).await.expect("a count");
    let read = done(world.runs(&["decisions", "show", id, "--reveal", "--by", "A. Ndiaye"]));
    assert!(read.out.contains(reasons), "{}", read.out);
    let after: i64 = sqlx::query_scalar(count).fetch_one(&mut database).await.expect("a count");
    assert_eq!((before, after), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_line_of_consent_can_be_read_for_a_past_moment_and_without_a_name() {
    let (world, school, visitors) = world_with_consent().await;
    shares_in_part(&school, &visitors).await;
    let withdrawn = json!({
        "person": stories::shared::mother(), "capacity": "parent-with-pr", "acts": ["store-and-share"],
        "decision": "withdrawn", "saidOn": "2026-11-20",
        "withdrawal": {"effect": "stop-new-use", "riskConsidered": "yes", "wholeCaf": true},
    });
    school.records_consent("c1", "p1", withdrawn).await;
    let show = |more: &[&str]| {
        let line = [&["consent", "show", "--agency", "school@", "--local", "c1"], more].concat();
        done(world.runs(&line))
    };
    let now = show(&["--json"]).json();
    assert_eq!(now["inForce"][0]["person"], "mother", "{now:#}");
    assert_eq!(now["inForce"][0]["takenAwayBy"].as_array().map(Vec::len), Some(1), "{now:#}");
    assert_eq!(now["statements"].as_array().map(Vec::len), Some(2), "{now:#}");
    assert_eq!(now["takenBack"][0]["releasedAfterItWasSaid"], true, "{now:#}");
    let before = show(&["--json", "--at", "2026-11-19"]).json();
    assert_eq!(before["inForce"][0]["takenAwayBy"], json!([]), "{before:#}");
    assert_eq!(show(&["--json", "--known", "2026-11-18"]).json()["statements"], json!([]));
    let text = show(&[]).out;
    assert!(text.contains("mother") && !text.contains("Rosa Example"), "{text}");
    let read = show(&["--reveal", "--by", "A. Ndiaye"]).out;
    assert!(read.contains("Rosa Example"), "{read}");
    let mut database = world.database_of("sharing").await;
    let count = "SELECT count(*) FROM consent_reveal WHERE revealed_by = 'A. Ndiaye'";
    let count: i64 = sqlx::query_scalar(count).fetch_one(&mut database).await.expect("a count");
    assert_eq!(count, 2, "each statement that was read");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_decided_is_told_with_its_policies_and_nothing_is_sent_or_kept() {
    let (world, school, visitors) = world_with_consent().await;
    let purpose = json!({"purpose": "assess-need", "localRef": "req-x",
                         "practitioner": {"id": "p1", "roleInCase": "team-member"}});
    let data = request(&school.id, &["dev-learning", "par-warmth"], "p1", &purpose);
    let message =
        json!({"type": "share.requested", "source": visitors.id, "subject": "local:c1", "data": data});
    std::fs::write(world.directory.join("request.json"), message.to_string()).expect("a file");
    let told = done(world.runs(&["decide", "--explain", "request.json"]));
    for said in ["share-in-part", "no-consent", "D-C5-not-named", "RESTS ON"] {
        assert!(told.out.contains(said), "no {said} in {}", told.out);
    }
    // Again: that it was asked before makes no difference, as nothing was kept.
    assert_eq!(done(world.runs(&["decide", "--explain", "request.json"])).out, told.out);
    assert!(list(&world, &["--agency", "visitors@"]).is_empty());
    let mut faulty = message;
    faulty["data"]["purpose"] = json!("curiosity");
    std::fs::write(world.directory.join("request.json"), faulty.to_string()).expect("a file");
    let refused = world.runs(&["decide", "--explain", "request.json"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.contains("/data/purpose"), "{refused:?}");
}

/// A copy of the policies, in the world's folder.
pub(crate) fn own_policies(world: &World, name: &str) -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("deploy").join("policies");
    let to = world.directory.join(name);
    copy(&from, &to);
    to
}

/// Sharing decides by the policies of this folder from now on.
pub(crate) async fn decide_by(world: &mut World, folder: &Path) {
    let config = world.directory.join("sharing.toml");
    let written = std::fs::read_to_string(&config).expect("the configuration");
    let lines = written.lines().map(|line| {
        if line.starts_with("policies = ") {
            format!("policies = \"{}\"", folder.display())
        } else {
            line.to_owned()
        }
    });
    std::fs::write(&config, lines.collect::<Vec<_>>().join("\n")).expect("the configuration");
    let sharing = world.sharing_mut();
    sharing.stop().await;
    sharing.start_again();
    sharing.ready().await;
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

const LOCAL: &str = r#"
@id("local-no-learning")
@cites("a local agreement")
@says("What the school sees of learning is not shared here.")
@outcome("do-not-share")
@code("consent-excludes-part")
forbid (principal, action, resource == Part::"dev-learning");
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_the_one_decision_that_other_policies_would_flip() {
    let (world, school, visitors) = world_with_consent().await;
    visitors
        .requests(
            "c1",
            "p1",
            request(&school.id, &["dev-learning"], "p1", &json!({"purpose": "assess-need"})),
        )
        .await;
    school.is_told("share.wanted").await;
    visitors.requests("c1", "p1", request(&school.id, &["par-warmth"], "p1", &json!({}))).await;
    visitors.is_told("share.refused").await;
    let folder = own_policies(&world, "other");
    // The examples are of the policies as they are.
    std::fs::remove_dir_all(folder.join("cases")).expect("a folder");
    std::fs::create_dir(folder.join("cases")).expect("a folder");
    let line = ["rules", "dry-run", "--rules", "other", "--since", "2026-01-01", "--json"];
    let same = done(world.runs(&line)).json();
    assert_eq!((&same["lookedAt"], &same["decisions"]), (&json!(2), &json!([])), "{same:#}");
    std::fs::write(folder.join("local").join("learning.cedar"), LOCAL).expect("a policy");
    let rules = std::fs::read_to_string(folder.join("rules.toml")).expect("the switches");
    std::fs::write(folder.join("rules.toml"), switched_on(&rules, "local")).expect("the switches");
    done(world.runs(&["rules", "check", "other"]));
    let flipped = done(world.runs(&line)).json();
    assert_eq!(
        flipped["counts"],
        json!([
            {"was": "share", "becomes": "do-not-share (consent-excludes-part)", "parts": 1}
        ]),
        "{flipped:#}"
    );
    let wanted = list(&world, &["--agency", "school@", "--local", "c1"]);
    let shared: Vec<&Value> = wanted.iter().filter(|row| row["outcome"] == "share").collect();
    assert_eq!(flipped["decisions"][0]["id"], shared[0]["id"]);
    assert_eq!(flipped["decisions"].as_array().map(Vec::len), Some(1));
}

pub(crate) fn switched_on(rules: &str, set: &str) -> String {
    let lines = rules.lines().map(|line| match line.split_once('=') {
        Some((name, _)) if name.trim() == set => format!("{set} = \"on\""),
        Some(_) | None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_with_a_fault_keeps_the_last_good_policies_and_is_shown() {
    let (mut world, ..) = world_with_consent().await;
    let folder = own_policies(&world, "policies");
    decide_by(&mut world, &folder).await;
    let hash = |world: &World| done(world.runs(&["rules", "list", "--json"])).json()["hash"].clone();
    let good = hash(&world);
    let explained = done(world.runs(&["rules", "explain", "D-C5-excluded-part"]));
    for said in ["The family said", "LG 3.7.4", "context.consent == Consent::\"excluded-part\""] {
        assert!(explained.out.contains(said), "no {said} in {}", explained.out);
    }
    assert_eq!(world.runs(&["rules", "explain", "D-none"]).code, 1);

    std::fs::write(folder.join("consent-led").join("more.cedar"), "permit (principal").expect("a file");
    let refused = world.runs(&["rules", "reload"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.contains("consent-led/more.cedar"), "{refused:?}");
    assert_eq!(world.runs(&["rules", "check", "policies"]).code, 1);
    assert_eq!(hash(&world), good, "the last good set");
    for line in [&["rules", "list"][..], &["status"]] {
        let told = world.runs(line).out;
        assert!(told.contains("consent-led/more.cedar"), "{line:?}: {told}");
    }
    std::fs::remove_file(folder.join("consent-led").join("more.cedar")).expect("a file");
    let mended = done(world.runs(&["rules", "reload"]));
    assert!(mended.out.contains("unchanged"), "{mended:?}");
    assert!(!done(world.runs(&["rules", "list"])).out.contains("NOT IN FORCE"));
}
