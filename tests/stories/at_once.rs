//! Many speak at the same moment of a child whom nobody knew (G2, G7): whoever comes first, one record of
//! each agency comes of it, and one child. Two index processes share the work, so that they meet.

use std::collections::BTreeSet;

use caf::client::{AgencyClient, Outgoing};
use futures::future::join_all;
use serde_json::Value;
use stories::facts::{by_name, child, involvement, nhs_number, practitioner, under};
use stories::{Actor, Kind, World};

/// Who speaks; kinds of services that are not sensitive.
const KINDS: [Kind; 20] = [
    Kind::School,
    Kind::IndependentSchool,
    Kind::FurtherEducation,
    Kind::TrainingProvider,
    Kind::EarlyYears,
    Kind::ChildrensCentre,
    Kind::EducationWelfare,
    Kind::EducationPsychology,
    Kind::Gp,
    Kind::HealthVisiting,
    Kind::SchoolNursing,
    Kind::Midwifery,
    Kind::Hospital,
    Kind::SocialCare,
    Kind::YouthService,
    Kind::Yot,
    Kind::Police,
    Kind::Housing,
    Kind::ThirdSector,
    Kind::SportCulture,
];

/// What an agency says of Ada: half of them know her number, the others name, birth date and postcode.
fn notices(agency: &Actor, at: usize) -> Vec<Outgoing> {
    let number = nhs_number(1);
    let known = at.is_multiple_of(2).then_some(number.as_str());
    let ada = child("Ada", "Example", "2017-03-04", known, "ZZ1 1AA");
    let entry = practitioner("p1", &format!("Worker {}", letter(at)), "other");
    let work = involvement("p1", "team-member", "Support");
    vec![
        agency.message("involvement.recorded", Some("local:c1"), under("i-1", work)),
        agency.message("child.recorded", Some("local:c1"), under("c-1", ada)),
        agency.message("practitioner.recorded", None, under("p-1", entry)),
    ]
}

fn letter(at: usize) -> char {
    char::from(b'A' + u8::try_from(at).expect("few agencies"))
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_agencies_that_speak_at_once_of_an_unknown_child_make_one_child_of_twenty_records() {
    let world = World::start().await;
    let _another = world.another_index().await;
    let mut agencies = Vec::new();
    for (at, kind) in KINDS.into_iter().enumerate() {
        agencies.push(world.agency(&format!("agency-{}", letter(at).to_ascii_lowercase()), kind).await);
    }
    let asker = world.caf_team("borough").await;
    asker.vouches_for("co1", "Cora Okoye", "caf-coordinator").await;
    let said: Vec<Vec<Outgoing>> =
        agencies.iter().enumerate().map(|(at, agency)| notices(agency, at)).collect();

    let sending = agencies.iter().zip(&said).map(|(agency, notices)| agency.send_at_once(notices));
    let references: BTreeSet<String> =
        join_all(sending).await.iter().map(|receipts| one_child(receipts)).collect();
    assert_eq!(references.len(), KINDS.len(), "a reference of its own for each agency");

    let by = by_name("Ada", "Example", "2017-03-04", "ZZ1 1AA");
    for answer in [asker.asks_for("co1", &nhs_number(1)).await, asker.looks_up("co1", by).await] {
        assert_eq!(answer["data"]["outcome"], "match", "one child: {answer}");
        let contacts = answer["data"]["contacts"].as_array().expect("contacts");
        let names: BTreeSet<&str> = contacts.iter().filter_map(|one| one["name"].as_str()).collect();
        assert_eq!((contacts.len(), names.len()), (KINDS.len(), KINDS.len()), "{answer}");
    }
    assert_eq!(records(&world).await, KINDS.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn several_connections_of_one_agency_that_name_one_child_at_once_make_one_record() {
    const CONNECTIONS: usize = 10;
    const CHILDREN: usize = 30;
    let world = World::start().await;
    let _another = world.another_index().await;
    let school = world.agency("school", Kind::School).await;
    let mut systems: Vec<AgencyClient> = Vec::new();
    for _ in 0..CONNECTIONS {
        systems.push(world.system_of(&school.id).await);
    }
    let about = |n: usize, at: usize| {
        let work = involvement(&format!("p{at}"), "team-member", "Support");
        let work = under(&format!("i-{n}-{at}"), work);
        school.message("involvement.recorded", Some(&format!("local:c{n}")), work)
    };
    for n in 0..CHILDREN {
        let said: Vec<Outgoing> = (0..CONNECTIONS).map(|at| about(n, at)).collect();
        for sent in join_all(systems.iter().zip(&said).map(|(system, work)| system.publish(work))).await {
            sent.expect("the broker takes it");
        }
        let receipts = join_all(said.iter().map(|work| school.hears_again(work.id(), 0))).await;
        one_child(&receipts);
    }
    assert_eq!(records(&world).await, CHILDREN);
}

/// The one reference of all receipts that name a child.
fn one_child(receipts: &[Value]) -> String {
    for receipt in receipts {
        assert_eq!(receipt["data"]["state"], "recorded", "{receipt}");
    }
    let references = receipts.iter().filter_map(|receipt| receipt["data"]["childRef"].as_str());
    let references: BTreeSet<&str> = references.collect();
    assert_eq!(references.len(), 1, "{receipts:?}");
    references.first().map(|one| (*one).to_owned()).expect("a reference")
}

async fn records(world: &World) -> usize {
    let mut database = world.database().await;
    let query = sqlx::query_scalar("SELECT count(*) FROM record WHERE local_id IS NOT NULL");
    let count: i64 = query.fetch_one(&mut database).await.expect("an answer");
    usize::try_from(count).expect("a count")
}
