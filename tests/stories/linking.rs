//! When two agencies' records are one child, and when they are not. Nothing of it shows in a
//! receipt: an agency is told of its own message only (G5).

use serde_json::{Value, json};
use stories::facts::{by_name, child, nhs_number, under};
use stories::{Actor, Kind, World};

const BORN: &str = "2017-03-04";
const HOME: &str = "ZZ1 1AA";

/// A world with a school and a surgery that know children, and a health visitor who asks.
struct Cast {
    school: Actor,
    surgery: Actor,
    health: Actor,
    _world: World,
}

impl Cast {
    async fn meet() -> Self {
        let world = World::start().await;
        let school = world.agency("school", Kind::School).await;
        let surgery = world.agency("surgery", Kind::Gp).await;
        let health = world.agency("health", Kind::HealthVisiting).await;
        school.vouches_for("t1", "Tess Archer", "teacher").await;
        surgery.vouches_for("gp1", "Gil Powys", "gp").await;
        health.vouches_for("hv1", "Hana Visram", "health-visitor").await;
        Self { school, surgery, health, _world: world }
    }

    /// Both tell of a child; the reference that each gets.
    async fn both_know(&self, local: &str, at_school: Value, at_surgery: Value) -> [String; 2] {
        let references =
            [self.school.knows(local, at_school).await, self.surgery.knows(local, at_surgery).await];
        self.school.works_with(local, "t1", "team-member").await;
        self.surgery.works_with(local, "gp1", "team-member").await;
        references
    }

    /// The names that each of the two sees when it asks by its own id of the child.
    async fn seen_by_both(&self, local: &str) -> [Vec<String>; 2] {
        let subject = format!("local:{local}");
        [
            names(&self.school.looks_up_own("t1", &subject).await),
            names(&self.surgery.looks_up_own("gp1", &subject).await),
        ]
    }

    async fn are_one(&self, local: &str) -> bool {
        match self.seen_by_both(local).await {
            [one, other] if one == ["Gil Powys", "Tess Archer"] && one == other => true,
            [one, other] if one == ["Tess Archer"] && other == ["Gil Powys"] => false,
            seen => panic!("neither one child nor two: {seen:?}"),
        }
    }
}

/// The names of the contacts that an answer shows, sorted.
fn names(answer: &Value) -> Vec<String> {
    assert_eq!(answer["data"]["outcome"], "match", "{answer}");
    let contacts = answer["data"]["contacts"].as_array().expect("contacts");
    let name = |contact: &Value| contact["name"].as_str().unwrap_or_default().to_owned();
    let mut names: Vec<String> = contacts.iter().map(name).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_number_and_birth_date_are_one_child_whatever_the_names() {
    let cast = Cast::meet().await;
    let number = nhs_number(1);
    let [at_school, at_surgery] = cast
        .both_know(
            "c1",
            child("Ada", "Example", BORN, Some(&number), HOME),
            child("Adaline", "Other", BORN, Some(&number), "ZZ9 9ZZ"),
        )
        .await;
    assert!(cast.are_one("c1").await);
    assert_ne!(at_school, at_surgery, "each agency has a reference of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_number_with_another_birth_date_is_not_one_child() {
    let cast = Cast::meet().await;
    let number = nhs_number(1);
    cast.both_know(
        "c1",
        child("Ada", "Example", BORN, Some(&number), HOME),
        child("Ada", "Example", "2017-04-03", Some(&number), HOME),
    )
    .await;
    assert!(!cast.are_one("c1").await);
    let answer = cast.health.asks_for("hv1", &number).await;
    assert_eq!(answer["data"]["outcome"], "ask-for", "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn spelling_does_not_keep_one_child_apart() {
    let cast = Cast::meet().await;
    let mut at_school = child("Zoë", "O'Brien-Smith", BORN, Some(&nhs_number(1)), "zz11aa");
    at_school["names"]["given"] = json!(["Zoë", "Anne-Marie"]);
    let at_surgery = child("ZOE ANNE MARIE", "obrien smith", BORN, None, "ZZ1 1AA");
    cast.both_know("c1", at_school, at_surgery).await;
    assert!(cast.are_one("c1").await);

    let by = by_name("Zoe Annemarie", "O’BRIEN SMITH", BORN, "zz1 1aa");
    let answer = cast.health.looks_up("hv1", by).await;
    assert_eq!(names(&answer), ["Gil Powys", "Tess Archer"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_difference_of_name_birth_date_or_postcode_keeps_two_apart() {
    let cast = Cast::meet().await;
    let others = [
        child("Ava", "Example", BORN, None, HOME),
        child("Ada", "Sample", BORN, None, HOME),
        child("Ada", "Example", "2016-03-04", None, HOME),
        child("Ada", "Example", BORN, None, "ZZ1 1AB"),
    ];
    for (n, other) in others.into_iter().enumerate() {
        let local = format!("c{n}");
        // Each pair lives alone in its street, or the pairs would meet.
        let street = |mut child: Value| {
            let family = child["names"]["family"].as_str().expect("a family").to_owned();
            child["names"]["family"] = json!(format!("{family}{n}"));
            child
        };
        cast.both_know(&local, street(child("Ada", "Example", BORN, None, HOME)), street(other)).await;
        assert!(!cast.are_one(&local).await, "pair {n}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_differing_number_keeps_two_apart_that_agree_in_all_else() {
    let cast = Cast::meet().await;
    cast.both_know(
        "c1",
        child("Ada", "Example", BORN, Some(&nhs_number(1)), HOME),
        child("Ada", "Example", BORN, Some(&nhs_number(2)), HOME),
    )
    .await;
    assert!(!cast.are_one("c1").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn twins_stay_two_children() {
    let cast = Cast::meet().await;
    cast.both_know(
        "ada",
        child("Ada", "Example", BORN, None, HOME),
        child("Ada", "Example", BORN, None, HOME),
    )
    .await;
    cast.both_know(
        "ben",
        child("Ben", "Example", BORN, None, HOME),
        child("Ben", "Example", BORN, None, HOME),
    )
    .await;
    for twin in ["ada", "ben"] {
        assert!(cast.are_one(twin).await);
    }
    let one = cast.health.looks_up("hv1", by_name("Ada", "Example", BORN, HOME)).await;
    let other = cast.health.looks_up("hv1", by_name("Ben", "Example", BORN, HOME)).await;
    assert_ne!(one["data"]["childRef"], other["data"]["childRef"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_two_candidates_every_agency_keeps_its_own_record() {
    let cast = Cast::meet().await;
    // The school has two children whom nothing but its own ids tell apart.
    let same = || child("Ada", "Example", BORN, None, HOME);
    let second = cast.school.knows("c2", same()).await;
    let [first, _] = cast.both_know("c1", same(), same()).await;
    assert_ne!(first, second);
    assert!(!cast.are_one("c1").await);

    let answer = cast.health.looks_up("hv1", by_name("Ada", "Example", BORN, HOME)).await;
    let data = &answer["data"];
    assert_eq!(data["outcome"], "ask-for", "{answer}");
    assert_eq!(data["contacts"], json!([]), "nothing of any of them");
    assert_eq!(data["cafMark"], "none-shown");
    assert_eq!(data.get("childRef"), None);
    let kinds = data["askFor"].as_array().expect("kinds of what would help");
    assert!(kinds.contains(&json!("nhs-number")), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_is_found_by_every_number_id_and_reference_of_the_asker() {
    let cast = Cast::meet().await;
    let (number, upn) = (nhs_number(1), "Z999000000013");
    let mut at_school = child("Ada", "Example", BORN, Some(&number), HOME);
    at_school["identifiers"] =
        json!([{"kind": "nhs-number", "value": number}, {"kind": "upn", "value": upn_of(upn)}]);
    let own = cast.health.knows("h-7", child("Ada", "Example", BORN, None, HOME)).await;
    cast.both_know("c1", at_school, child("Ada", "Example", BORN, Some(&number), HOME)).await;

    let identifiers = |kind: &str, value: &str| json!({"identifiers": [{"kind": kind, "value": value}]});
    let health = &cast.health;
    let answers = [
        health.looks_up("hv1", identifiers("nhs-number", &number)).await,
        health.looks_up("hv1", identifiers("upn", &upn_of(upn))).await,
        health.looks_up("hv1", identifiers("local", "h-7")).await,
        health.looks_up("hv1", by_name("Ada", "Example", BORN, HOME)).await,
        health.looks_up_own("hv1", "local:h-7").await,
        health.looks_up_own("hv1", &own).await,
    ];
    for (n, answer) in answers.iter().enumerate() {
        assert_eq!(names(answer), ["Gil Powys", "Tess Archer"], "question {n}");
        assert_eq!(
            answer["data"]["childRef"],
            json!(own),
            "question {n}: its own reference, always the same"
        );
    }
}

/// A UPN of these digits with its check letter.
fn upn_of(written: &str) -> String {
    let letters = b"ABCDEFGHJKLMNPQRTUVWXYZ";
    let digits = &written[1..];
    let sum: usize = digits.bytes().zip(2..).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum();
    format!("{}{digits}", char::from(letters[sum % letters.len()]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_is_good_for_the_agency_alone_that_it_was_given_to() {
    let cast = Cast::meet().await;
    let number = nhs_number(1);
    let of_school = cast.school.knows("c1", child("Ada", "Example", BORN, Some(&number), HOME)).await;
    cast.school.works_with("c1", "t1", "team-member").await;

    // The health visitor has no record: the answer gives a reference, at every question the same.
    let first = cast.health.asks_for("hv1", &number).await;
    let again = cast.health.asks_for("hv1", &number).await;
    assert_eq!(first["data"]["childRef"], again["data"]["childRef"]);
    let of_health = first["data"]["childRef"].as_str().expect("a reference").to_owned();
    assert_ne!(of_health, of_school);

    // With it both can go on, and what they say is of one child.
    let work = under("i-1", stories::facts::involvement("hv1", "key-worker", "Health visiting"));
    cast.health.records("involvement.recorded", Some(&of_health), work.clone()).await;
    assert_eq!(names(&cast.school.looks_up_own("t1", &of_school).await), ["Hana Visram", "Tess Archer"]);

    // To anybody else it is nothing, whether it exists or not.
    let nobodys = "child:019ab5d0-1c00-7000-8000-00000000dead";
    for foreign in [of_school.as_str(), nobodys] {
        let receipt = cast.health.looks_up_own("hv1", foreign).await;
        assert_eq!(receipt["data"]["state"], "rejected", "{receipt}");
        assert_eq!(receipt["data"]["code"], "unknown-reference");
        let receipt =
            cast.health.says("involvement.recorded", Some(foreign), under("i-2", work.clone())).await;
        assert_eq!(receipt["data"]["code"], "unknown-reference", "{receipt}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn training_children_and_real_ones_never_meet() {
    let cast = Cast::meet().await;
    let number = nhs_number(1);
    let real = child("Ada", "Example", BORN, Some(&number), HOME);
    let mut training = real.clone();
    training["synthetic"] = json!(true);
    cast.both_know("c1", real, training).await;

    let ask = async |synthetic: bool, by: Value| {
        let mut data = json!({"purpose": "assess-need", "practitioner": {"id": "hv1"}, "by": by});
        if synthetic {
            data["synthetic"] = json!(true);
        }
        names(&cast.health.says("index.looked-up", None, data).await)
    };
    let by_number = json!({"identifiers": [{"kind": "nhs-number", "value": number}]});
    for by in [by_number, by_name("Ada", "Example", BORN, HOME)] {
        assert_eq!(ask(false, by.clone()).await, ["Tess Archer"]);
        assert_eq!(ask(true, by).await, ["Gil Powys"]);
    }
}
