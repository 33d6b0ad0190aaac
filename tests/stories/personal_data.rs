//! Marked personal data through everything, and then a look for it in every place where it must
//! not be: logs, traces, metrics, receipts, names, error texts, and the database outside of the
//! tables of children and registers (D-I1).

use serde_json::{Value, json};
use stories::facts::{step, under};
use stories::trouble::LOCK_NOT_AVAILABLE;
use stories::{Actor, Collector, Kind, World, until};

use crate::caf_marks::{self, OF_OTHERS};
use crate::marks::{self, ANSWERED, OF_FAMILIES, OF_STAFF};
use crate::places::{self, Place};

/// Short pauses before a message is parked; the longest before one is tried again, so that it is found waiting.
const LIMITS: &str =
    "[limits]\noutbox_grace_ms = 500\noutbox_retry_ms = 20\ntick_ms = 20\nretry_delay_ms = 600000\n";

/// Who does things in this story.
struct Cast {
    school: Actor,
    health: Actor,
    surgery: Actor,
    /// Of the two authorities.
    team: Actor,
    county: Actor,
}

/// The log as talkative as it can be.
async fn open(collector: &Collector) -> (World, Cast) {
    let telemetry = format!("[telemetry]\nlog = \"trace\"\n{}", collector.configuration());
    let world = World::with_configuration(&format!("{telemetry}{LIMITS}")).await;
    let cast = Cast {
        school: world.agency("beaumont-school", Kind::School).await,
        health: world.agency("castle-health-visiting", Kind::HealthVisiting).await,
        surgery: world.agency("northside-surgery", Kind::Gp).await,
        team: world.caf_team("borough").await,
        county: world.caf_team("county").await,
    };
    (world, cast)
}

/// Every type of statement up to the start of a CAF.
async fn everything_is_said(Cast { school, health, surgery, team, county }: &Cast) {
    for (agency, id) in
        [(school, "t1"), (school, "t2"), (health, "hv1"), (surgery, "gp1"), (team, "co1"), (county, "co9")]
    {
        agency.records("practitioner.recorded", None, marks::practitioner(id)).await;
    }
    school.records("child.recorded", Some("local:c1"), marks::child("c-1")).await;
    health.records("child.recorded", Some("local:h1"), marks::child("h-1")).await;
    for right in marks::corrections("k") {
        school.records("child.corrected", Some("local:c1"), right).await;
    }
    school.records("child.recorded", Some("local:c2"), marks::twin("c-2")).await;
    health.records("child.recorded", Some("local:h3"), marks::restricted("h-3")).await;
    school.records("involvement.recorded", Some("local:c1"), marks::involvement("t1", "i-1")).await;
    school.records("involvement.recorded", Some("local:c1"), marks::involvement("t2", "i-2")).await;
    school.records("caf.started", Some("local:c1"), marks::caf(&school.id, "f-1")).await;
    health.records("restriction.set", Some("local:h3"), marks::restriction("r-1")).await;
    health.records("restriction.lifted", Some("local:h3"), marks::restriction_lifted("r-2")).await;
    school.records("involvement.ended", Some("local:c1"), marks::involvement_ended("i-2")).await;
    school.records("practitioner.ended", None, marks::practitioner_ended("t2")).await;
}

/// What CAF teams write down for those who have no system.
async fn everything_is_said_for_others(Cast { team, .. }: &Cast) {
    let at = Some("local:b1");
    let [right, _] = marks::corrections("bk");
    for (kind, data) in [
        ("child.recorded", marks::child("b-1")),
        ("child.corrected", right),
        ("involvement.recorded", marks::involvement("co1", "bi-1")),
        ("caf.started", marks::caf(&team.id, "bf-1")),
        ("involvement.ended", marks::involvement_ended("bi-1")),
    ] {
        team.records(kind, at, caf_marks::for_another(data)).await;
    }
    let started = format!("{}/bf-1", team.id);
    let (kind, more) = caf_marks::endings()[2].clone();
    let over = step(&started, ("co1", "coordinator"), &more);
    team.records(kind, at, caf_marks::for_another(under("bs-1", over))).await;
}

/// Everything that is said of a CAF after its start, and of one that never was.
async fn a_caf_lives_and_moves_and_ends(Cast { school, team, county, .. }: &Cast) {
    let caf = format!("{}/f-1", school.id);
    let says = async |agency: &Actor, who: &str, at: &str, (kind, more): (&str, Value)| {
        let said = under(&agency.new_ref("s"), step(&caf, (who, "coordinator"), &more));
        let mut said = if agency.id == school.id { said } else { caf_marks::for_another(said) };
        if kind == "caf.completed" && agency.id != school.id {
            // The form is the assessor's.
            said["onBehalfOf"]["agencyId"] = json!(school.id);
        }
        agency.records(kind, Some(at), said).await;
    };
    says(school, "t1", "local:c1", caf_marks::completed("2026-11-02")).await;
    says(team, "co1", "local:b1", caf_marks::returned()).await;
    school.is_told("caf.returned").await;
    says(team, "co1", "local:b1", caf_marks::completed("2026-11-06")).await;
    says(team, "co1", "local:b1", caf_marks::checked()).await;
    says(team, "co1", "local:b1", caf_marks::transferred("proposed")).await;
    county.records("child.recorded", Some("local:k1"), marks::child("k-1")).await;
    says(county, "co9", "local:k1", caf_marks::transferred("taken-on")).await;
    for ending in caf_marks::endings() {
        says(county, "co9", "local:k1", ending).await;
    }
    school.records("caf.refused", None, caf_marks::refusal("t1", "ref-1")).await;
    team.records("caf.refused", None, caf_marks::for_another(caf_marks::refusal("co1", "ref-1"))).await;
}

/// Intentions for a child of its own, for one whom nobody knows, for one who is restricted.
async fn everything_is_intended(Cast { school, health, team, .. }: &Cast) {
    let open = school.intends(Some("local:c1"), caf_marks::intention("t1", "int-1")).await;
    assert_eq!(open["data"]["contact"]["name"], "Zyxteacher Archer", "{open}");
    let own = caf_marks::for_another(caf_marks::intention("co1", "int-1"));
    team.intends(Some("local:b1"), own).await;
    school.intends(None, caf_marks::intention_for_unknown("t1", "int-2")).await;
    let second = health.intends(None, caf_marks::intention_for_unknown("hv1", "int-2")).await;
    assert_eq!(second["data"]["code"], "others-intend-too-liaise", "{second}");
    school.is_told("reminder.issued").await;
    let described = caf_marks::for_another(caf_marks::intention_for_unknown("co1", "int-2"));
    team.intends(None, described).await;
    school.intends(None, caf_marks::intention_for_restricted("t1", "int-3")).await;
}

/// Lookups that match, that ask for more, that show nothing, that are refused.
async fn everything_is_asked(Cast { school, health, .. }: &Cast) {
    for (by, outcome) in marks::ways_of_asking() {
        let lookup = marks::lookup("hv1", &by);
        let answer = health.says("index.looked-up", None, lookup).await;
        assert_eq!(answer["data"]["outcome"], outcome, "{by}: {answer}");
    }
    let own = json!({"purpose": "assess-need", "practitioner": {"id": "hv1"}, "reasonText": "Zyxreason"});
    let answer = health.says("index.looked-up", Some("local:h1"), own).await;
    assert_eq!(answer["data"]["outcome"], "match", "{answer}");
    let (by, _) = marks::ways_of_asking().remove(0);
    let refused = school.says("index.looked-up", None, marks::lookup("t2", &by)).await;
    assert_eq!(refused["data"]["code"], "unknown-practitioner", "{refused}");
}

/// What is rejected at each of the checks.
async fn everything_is_mistaken(Cast { school, team, .. }: &Cast) {
    for (key, change, code) in marks::mistakes() {
        let message = school.message("child.recorded", Some("local:c9"), marks::child(&school.new_ref("c")));
        let body = change(Value::Object(message.envelope().clone()));
        let key = format!("{}.{key}", school.id);
        let properties = school.client.properties(&message);
        let receipt = school.sends_raw(&key, properties, &body, message.id()).await;
        assert_eq!(receipt["data"]["code"], code, "{receipt}");
    }
    for (kind, subject, data, code) in caf_marks::mistakes() {
        let receipt = team.says(kind, subject, data).await;
        assert_eq!(receipt["data"]["code"], code, "{kind}: {receipt}");
    }
    // Only a CAF team may.
    let refused = caf_marks::for_another(caf_marks::refusal("t1", "ref-8"));
    let receipt = school.says("caf.refused", None, refused).await;
    assert_eq!(receipt["data"]["code"], "not-yours", "{receipt}");
    let told = school.says("family.told", Some("local:c1"), marks::child("c-1")).await;
    assert_eq!(told["data"]["code"], "unknown-type", "{told}");
}

/// Three messages are set aside, one waits to be tried again, one answer is parked.
async fn everything_goes_wrong(world: &World, Cast { school, surgery, .. }: &Cast) {
    let mut database = world.database().await;
    // PostgreSQL's own words about this quote the whole row.
    let rule = "ALTER TABLE record ADD CONSTRAINT story CHECK (names::text NOT LIKE '%Zyxheld%')";
    sqlx::raw_sql(rule).execute(&mut database).await.expect("the superuser may");
    let mut held = marks::child("c-7");
    held["names"]["knownAs"] = json!("Zyxheld");
    let receipt = school.says("child.recorded", Some("local:c7"), held).await;
    assert_eq!(receipt["data"]["state"], "held", "{receipt}");

    // Words about these would quote a refused child, and by what a described one is met.
    let rules = "ALTER TABLE refusal ADD CONSTRAINT story CHECK (local_ref <> 'ref-7');
                 ALTER TABLE intention_key ADD CONSTRAINT story CHECK (local_ref <> 'int-7')";
    sqlx::raw_sql(rules).execute(&mut database).await.expect("the superuser may");
    let receipt = school.says("caf.refused", None, caf_marks::refusal("t1", "ref-7")).await;
    assert_eq!(receipt["data"]["state"], "held", "{receipt}");
    let described = caf_marks::intention_for_unknown("t1", "int-7");
    let receipt = school.says("caf.intended", None, described).await;
    assert_eq!(receipt["data"]["state"], "held", "{receipt}");

    world.database_refuses("involvement", "i-late", LOCK_NOT_AVAILABLE).await;
    let late = school.message("involvement.recorded", Some("local:c1"), marks::involvement("t1", "i-late"));
    school.client.publish(&late).await.expect("the broker takes it");

    let gone = &surgery.client.access().answers;
    world.management().delete_queue(gone).await.expect("the operator may");
    let (by, _) = marks::ways_of_asking().remove(0);
    let lookup = surgery.message("index.looked-up", None, marks::lookup("gp1", &by));
    surgery.client.publish(&lookup).await.expect("the broker takes it");
    until("three are held, one waits, one is parked", async || {
        let status: Value = world.index.admin().get("/status", &[]).await.expect("a status");
        let counts = [&status["setAside"], &status["retrying"], &status["parked"]];
        (counts == [3, 1, 1]).then_some(())
    })
    .await;
}

/// What agencies heard: answers tell of staff, everything else of nobody.
fn heard(cast: &Cast) -> Vec<Place> {
    let all = [&cast.school, &cast.health, &cast.surgery, &cast.team, &cast.county];
    let mut found = Vec::new();
    for message in all.iter().flat_map(|agency| agency.heard.all()) {
        let kind = message["type"].as_str().expect("a type");
        if ["uk.caf.index.answered.v1", "uk.caf.caf.advised.v1"].contains(&kind) {
            let answer = Place::new("an answer", message.to_string());
            answer.assert_without(&OF_FAMILIES);
            answer.assert_without(&OF_OTHERS);
        } else {
            found.push(Place::new(kind, message.to_string()));
        }
    }
    found
}

/// Where marks may stand they do, and the places where they must not are not empty.
async fn the_looking_finds_what_is_there(world: &World, cast: &Cast) {
    let children = places::table(world, "record").await;
    assert!(OF_FAMILIES.iter().filter(|mark| children.holds(mark)).count() >= 14, "{children:?}");
    assert!(cast.health.heard.all().iter().any(|answer| answer.to_string().contains(ANSWERED)));
    for (table, held) in [
        ("correction", &["Zyxlater", "Zyxstepfather"][..]),
        ("restriction_lifted", &["stalking", "r-2"]),
        ("refusal", &["Zyxrefused", "2015-04-29", "Zyxclose", OF_OTHERS[0], OF_OTHERS[1]]),
        ("intention_key", &["Zyxintended", "2014-03-28", "999444336", "ZY8 8YX"]),
        ("caf_step", &["withdrawn", "reopened", "taken-on", "agreedBy"]),
        ("intention", &["parent-or-carer", "int-2"]),
        ("task", &["two-intentions", "restricted-intended"]),
    ] {
        let place = places::table(world, table).await;
        assert!(held.iter().all(|mark| place.holds(mark)), "{held:?}: {place:?}");
    }
}

/// A person of the CAF team reads a refusal, and that is recorded.
async fn a_refusal_is_read(world: &World) {
    let open: Vec<Value> = world.index.admin().get("/worklist", &[]).await.expect("the work list");
    let refusal = open.iter().find(|matter| matter["kind"] == "family-refusal").expect("a refusal");
    let path = format!("/worklist/{}", refusal["id"].as_str().expect("an id"));
    let shown: Value = world.index.admin().get(&path, &[("by", "C. Okoye")]).await.expect("it is shown");
    assert!(shown.to_string().contains("Zyxrefused"), "{shown}");
}

/// Weeks pass: what was shown is told, and intentions lapse.
async fn time_passes(world: &mut World, cast: &Cast) {
    assert!(world.index.stop().await.success());
    world.restart_at("2027-01-05T06:00:00Z").await;
    until("a digest and a lapsed intention", async || {
        let heard = cast.school.heard.all();
        let digest = heard.iter().any(|json| json["type"] == "uk.caf.access.notified.v1");
        let lapsed = heard.iter().any(|json| json["data"]["kind"] == "intention-lapses");
        (digest && lapsed).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn personal_data_stand_nowhere_but_where_they_belong() {
    let collector = Collector::start().await;
    let (mut world, mut cast) = open(&collector).await;
    everything_is_said(&cast).await;
    everything_is_said_for_others(&cast).await;
    everything_is_intended(&cast).await;
    a_caf_lives_and_moves_and_ends(&cast).await;
    everything_is_asked(&cast).await;
    everything_is_mistaken(&cast).await;
    everything_goes_wrong(&world, &cast).await;
    a_refusal_is_read(&world).await;
    let metrics = places::metrics(&world).await;
    time_passes(&mut world, &cast).await;

    let mut found = heard(&cast);
    found.push(metrics);
    found.extend(places::database(&world).await);
    found.extend(places::broker(&world).await);
    found.extend(places::admin(&world).await);
    // From here on the program `caf` reads for them.
    for agency in [&mut cast.school, &mut cast.health] {
        agency.stop_listening().await;
    }
    found.extend(places::command_line(&world));
    // The registers know staff, and involvements their telephones: families have no place there.
    for table in ["authority", "agency", "practitioner", "involvement"] {
        let place = places::table(&world, table).await;
        place.assert_without(&OF_FAMILIES);
        place.assert_without(&OF_OTHERS);
    }
    places::table(&world, "intention_key").await.assert_without(&OF_OTHERS);
    the_looking_finds_what_is_there(&world, &cast).await;

    assert!(world.index.stop().await.success());
    found.push(Place::new("the service's log", world.index.log()));
    found.push(Place::new("the traces", String::from_utf8_lossy(&collector.bytes())));
    found.extend(places::logs_of_the_servers(&world));
    assert!(collector.bytes().windows(6).any(|part| part == b"uk.caf"), "traces arrived");
    for place in &found {
        place.assert_without(&OF_FAMILIES);
        place.assert_without(&OF_STAFF);
        place.assert_without(&OF_OTHERS);
    }
}
