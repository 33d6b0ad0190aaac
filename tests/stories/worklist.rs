//! The CAF team's work list: each matter with an owner and a due date, gone when it was seen to
//! (D-A3, D-C7).

use serde_json::{Value, json};
use stories::facts::{
    by_name, caf, child, intention, involvement, manifest, nhs_number, practitioner, step, under,
};
use stories::{Actor, Kind, World, until};

use crate::places;

async fn open(world: &World) -> Vec<(String, String, String)> {
    let all: Value = world.index.admin().get("/worklist", &[]).await.expect("the list");
    let text = |matter: &Value, name: &str| matter[name].as_str().expect("a text").to_owned();
    let row = |matter: &Value| (text(matter, "kind"), text(matter, "ref"), text(matter, "owner"));
    let mut rows: Vec<_> = all.as_array().expect("a list").iter().map(row).collect();
    rows.sort();
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn returned_forms_refusals_leavers_and_the_matters_of_revoked_agencies_wait_for_a_person() {
    let world = World::start().await;
    let team = world.caf_team("borough").await;
    let school = world.agency("school", Kind::School).await;
    team.vouches_for("co1", "Cora Okoye", "caf-coordinator").await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    let ada = || child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA");
    school.knows("c1", ada()).await;
    team.knows("c1", ada()).await;
    let caf_ref = format!("{}/caf-1", school.id);
    school.records("caf.started", Some("local:c1"), under("f-1", caf(&caf_ref, "t1"))).await;
    let lead = under("i-1", involvement("t1", "lead-professional", "Year 5"));
    school.records("involvement.recorded", Some("local:c1"), lead).await;
    let form = json!({"completedOn": "2026-11-03", "manifest": manifest(), "consentRefs": ["con-1"]});
    let form = under("f-2", step(&caf_ref, ("t1", "assessor"), &form));
    school.records("caf.completed", Some("local:c1"), form).await;
    assert_eq!(open(&world).await, []);

    let gaps = json!({"checkedOn": "2026-11-04", "result": "returned", "codes": ["not-signed"], "dueBy": "2026-11-18"});
    let gaps = under("s-1", step(&caf_ref, ("co1", "coordinator"), &gaps));
    team.records("caf.checked", Some("local:c1"), gaps).await;
    school.records("caf.refused", None, under("r-1", refused("t1", "2026-11-12", "borough"))).await;
    let left =
        json!({"practitionerId": "t1", "endedOn": "2026-11-12", "successor": "t2", "localRef": "left-1"});
    school.records("practitioner.ended", None, left).await;
    let (of_team, of_school) = (team.id.to_string(), |reference: &str| format!("{}/{reference}", school.id));
    let kinds = |kind: &str, reference: String| (kind.to_owned(), reference, of_team.clone());
    let expected = vec![
        kinds("family-refusal", of_school("r-1")),
        kinds("form-returned", caf_ref.clone()),
        kinds("leaver-caf", caf_ref.clone()),
        kinds("leaver-lead", of_school("i-1")),
    ];
    until("the list", async || (open(&world).await == expected).then_some(())).await;

    // The lead left: nobody is named, and the desk is the contact (D-A2).
    let shown = world.caf(&["worklist", "list", "--authority", "borough"]);
    assert!(shown.status.success());
    let text = String::from_utf8_lossy(&shown.stdout);
    assert!(text.contains("family-refusal") && !text.contains("Bea"), "{text}");
    let refusal = id_of(&world, "family-refusal").await;
    let read = world.caf(&["worklist", "show", &refusal, "--reveal", "--by", "C. Okoye"]);
    assert!(String::from_utf8_lossy(&read.stdout).contains("Bea"), "{read:?}");
    assert_eq!(reveals(&world).await, 1, "that it was read is recorded");
    for id in [refusal, id_of(&world, "form-returned").await] {
        let done = world.caf(&["worklist", "do", &id, "--by", "C. Okoye"]);
        assert!(done.status.success(), "{done:?}");
    }
    let leaver = id_of(&world, "leaver-lead").await;
    let shown = world.runs(&["worklist", "show", &leaver, "--json"]).json();
    assert_eq!(shown["successor"], "t2", "{shown}");
    let by_itself = world.caf(&["worklist", "do", &leaver, "--by", "C. Okoye"]);
    assert_eq!(by_itself.status.code(), Some(1), "{by_itself:?}");
    let left = [kinds("leaver-caf", caf_ref.clone()), kinds("leaver-lead", of_school("i-1"))];
    assert_eq!(open(&world).await, left);

    let revoke = format!("/agencies/{}/revoke", school.id);
    world.index.admin().post(&revoke, &[]).await.expect("revoked");
    assert_eq!(open(&world).await, [kinds("revoked-caf", caf_ref), kinds("revoked-lead", of_school("i-1"))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_ends_within_30_days_waits_for_the_operator_until_it_is_renewed() {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    let tell = async || caf::agency::tell_register(&world.operator, &world.ca()).await.expect("an answer");
    assert_eq!((tell().await, tell().await), (1, 0), "what the register knows is not told again");
    assert_eq!(open(&world).await, []);

    let certificate = format!("/agencies/{}/certificate", school.id);
    for (until, waits) in [("2026-12-22T10:00:00Z", false), ("2026-12-21T09:00:00Z", true)] {
        world.index.admin().put(&certificate, &json!({"until": until})).await.expect("the register takes it");
        let expected =
            waits.then(|| ("certificate".to_owned(), school.id.to_string(), "operator".to_owned()));
        assert_eq!(open(&world).await, Vec::from_iter(expected), "{until}");
    }
    let metrics = places::metrics_text(&world.index).await;
    for line in ["{whose=\"agencies\"} 1797843600", "{whose=\"own\"} "] {
        assert!(metrics.contains(&format!("caf_certificate_end_seconds{line}")), "{line}: {metrics}");
    }
    let done = world.runs(&["worklist", "do", &format!("certificate:{}", school.id), "--by", "A. Ndiaye"]);
    assert!(done.code == 1 && done.err.contains("caf agency renew"), "{done:?}");

    assert_eq!(world.runs(&["agency", "renew", "school@"]).code, 0);
    assert_eq!(tell().await, 1);
    assert_eq!(open(&world).await, []);
}

// D-A3, D-C7: a pattern in several refusals is seen by a person of the CAF team, also once a task is done.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_shows_a_childs_refusals_from_three_agencies_to_the_caf_team_and_nobody_elses_answer_does() {
    let world = World::start().await;
    let team = world.caf_team("borough").await;
    let school = world.agency("school", Kind::School).await;
    let surgery = world.agency("surgery", Kind::Gp).await;
    let mut told = Vec::new();
    for (agency, name, id, on) in [
        (&school, "school", "t1", "2026-11-12"),
        (&surgery, "surgery", "g1", "2026-11-10"),
        (&team, "borough-caf-team", "co1", "2026-11-14"),
    ] {
        agency.vouches_for(id, "Ana Teller", "family-support-worker").await;
        agency.records("caf.refused", None, under("r-1", refused(id, on, "borough"))).await;
        told.push((on, json!(format!("{name}/r-1"))));
    }
    school.records("caf.refused", None, under("r-2", refused("t1", "2026-11-13", "county"))).await;
    told.sort_by(|(one, _), (other, _)| other.cmp(one));
    let first = id_of(&world, "family-refusal").await;
    assert_eq!(world.runs(&["worklist", "do", &first, "--by", "C. Okoye"]).code, 0);

    let read = ["worklist", "refusals", "--authority", "borough", "--json"];
    assert_eq!(world.runs(&read).code, 2, "who looks is to be said");
    let log = world.runs(&[&read[..], &["--by", "C. Okoye"]].concat()).json();
    let shown: Vec<_> = log.as_array().expect("a list").iter().map(|refusal| &refusal["ref"]).collect();
    assert_eq!(shown, told.iter().map(|(_, reference)| reference).collect::<Vec<_>>());
    let newest = &log[0];
    assert_eq!(
        (&newest["names"]["given"][0], &newest["practitioner"]),
        (&json!("Bea"), &json!("co1")),
        "{newest}"
    );
    assert_eq!(
        (&newest["birthDate"], &newest["keepUntil"]),
        (&json!("2019-05-06"), &json!("2027-11-15")),
        "{newest}"
    );
    assert_eq!(reveals(&world).await, 3, "that each was read is recorded");
    let blank = world.runs(&["worklist", "refusals", "--authority", "borough", "--by", " "]);
    assert_eq!((blank.code, reveals(&world).await), (1, 3), "{blank:?}");

    let by = || by_name("Bea", "Sample", "2019-05-06", "ZZ1 2AB");
    for (agency, id) in [(&school, "t1"), (&surgery, "g1"), (&team, "co1")] {
        let answer = agency.looks_up(id, by()).await;
        assert_eq!(answer["data"]["outcome"], "nothing-to-show", "{answer}");
        assert!(!answer.to_string().contains("efus"), "{answer}");
    }
}

fn refused(practitioner: &str, on: &str, authority: &str) -> Value {
    json!({
        "child": {"names": {"given": ["Bea"], "family": "Sample"},
                  "birth": {"date": "2019-05-06", "precision": "exact"},
                  "address": {"kind": "home", "lines": ["2 Invented Row"], "postcode": "ZZ1 2AB", "showTo": "ordinary"}},
        "practitioner": {"id": practitioner}, "refusedOn": on, "authority": authority,
    })
}

/// A teacher starts CAFs, of which one is closed, works with a child, and intends another CAF.
async fn a_teacher_works(team: &Actor, school: &Actor) {
    team.vouches_for("co1", "Cora Okoye", "caf-coordinator").await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    let children = [("c1", "Ada", "borough"), ("c2", "Bea", "borough"), ("c3", "Cleo", "county")];
    for ((local, given, authority), n) in children.into_iter().zip(1..) {
        let mut child = child(given, "Example", "2017-03-04", Some(&nhs_number(n)), "ZZ1 1AA");
        child["authority"] = json!(authority);
        school.knows(local, child.clone()).await;
        team.knows(local, child).await;
        let mut started = caf(&format!("{}/caf-{n}", school.id), "t1");
        started["authority"] = json!(authority);
        if n == 2 {
            let meant = school.intends(Some("local:c2"), under("n-2", intention("t1"))).await;
            assert_eq!(meant["data"]["code"], "nothing-against-starting", "{meant}");
            started["intentionRef"] = json!("n-2");
        }
        school
            .records("caf.started", Some(&format!("local:{local}")), under(&format!("f-{n}"), started))
            .await;
    }
    school
        .records(
            "involvement.recorded",
            Some("local:c3"),
            under("i-3", involvement("t1", "team-member", "Year 4")),
        )
        .await;
    let closed = json!({"closedOn": "2026-11-12", "closureCode": "family-not-engaging", "familyTold": {"when": "before"}});
    let second = format!("{}/caf-2", school.id);
    let closed = under("s-1", step(&second, ("t1", "assessor"), &closed));
    school.records("caf.closed", Some("local:c2"), closed).await;
    school.intends(Some("local:c1"), under("n-1", intention("t1"))).await;
}

// D-A2, D-A3: each is with the CAF team of its own authority, as long as that team takes part itself.
#[tokio::test(flavor = "multi_thread")]
async fn open_cafs_and_intentions_of_leavers_and_of_revoked_agencies_wait_for_the_caf_team_of_their_area() {
    let mut world = World::start().await;
    let (team, county) = (world.caf_team("borough").await, world.caf_team("county").await);
    let school = world.agency("school", Kind::School).await;
    a_teacher_works(&team, &school).await;
    assert_eq!(open(&world).await, []);

    let mut left = practitioner("t1", "Tess Archer", "teacher");
    (left["state"], left["happenedOn"]) = (json!("left"), json!("2026-11-16"));
    school.records("practitioner.recorded", None, under("left-1", left)).await;
    let row = |kind: &str, reference: &str, owner: &str| {
        (kind.to_owned(), format!("{}/{reference}", school.id), owner.to_owned())
    };
    let (borough, of_county) = (team.id.as_str(), county.id.as_str());
    let mut expected = vec![
        row("leaver", "i-3", of_county),
        row("leaver-caf", "caf-1", borough),
        row("leaver-caf", "caf-3", of_county),
        row("leaver-intention", "n-1", borough),
    ];
    assert_eq!(open(&world).await, expected);

    let (told, second) = (json!({"when": "before"}), format!("{}/caf-2", school.id));
    let again = json!({"reopenedOn": "2026-11-15", "consentRef": "con-2", "familyTold": told});
    let again = under("s-2", step(&second, ("co1", "coordinator"), &again));
    team.records("caf.reopened", Some("local:c2"), again).await;
    expected.insert(2, row("leaver-caf", "caf-2", borough));
    assert_eq!(open(&world).await, expected, "it is open again");

    for agency in [&county, &school] {
        let revoke = format!("/agencies/{}/revoke", agency.id);
        world.index.admin().post(&revoke, &[]).await.expect("revoked");
    }
    let mut expected = vec![
        row("revoked", "i-3", "operator"),
        row("revoked-caf", "caf-1", borough),
        row("revoked-caf", "caf-2", borough),
        row("revoked-caf", "caf-3", "operator"),
        row("revoked-intention", "n-1", borough),
    ];
    assert_eq!(open(&world).await, expected);
    let of_county = world.runs(&["worklist", "list", "--authority", "county", "--json"]).json();
    assert_eq!(of_county.as_array().map(Vec::len), Some(2), "{of_county}");

    assert!(world.index.stop().await.success());
    world.restart_at("2026-12-24T10:00:00Z").await;
    expected.pop();
    assert_eq!(open(&world).await, expected, "the intention lapsed");
}

async fn id_of(world: &World, kind: &str) -> String {
    let all: Value = world.index.admin().get("/worklist", &[]).await.expect("the list");
    let found = all.as_array().expect("a list").iter().find(|matter| matter["kind"] == kind);
    found.expect("such a matter")["id"].as_str().expect("an id").to_owned()
}

async fn reveals(world: &World) -> i64 {
    let mut database = world.database().await;
    sqlx::query_scalar("SELECT count(*) FROM refusal_reveal").fetch_one(&mut database).await.expect("a count")
}
