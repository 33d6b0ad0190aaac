//! What families, practitioners and advisers said in confidence, through every message of sharing, and then a look for it
//! in every place where it must not be: logs, traces, metrics, receipts, refusals, reminders, names of queues, what
//! operators are shown, and, since it rests sealed, all tables (G6, D-S7).

use serde_json::{Value, json};
use stories::facts::{child, nhs_number, under, with};
use stories::shared::{consent, in_the_public_interest, item, offered, part, recipient, request, supplied};
use stories::{Actor, Collector, Kind, World};

use crate::places::{self, Place};

/// Stand in what is shared, and in the words about it. Those who get it read the first, and why it is wanted.
const CONTENT: [&str; 4] = ["Zyxparticular", "Zyxright", "Zyxsister", "Zyxwhy"];
const WORDS: [&str; 11] = [
    "Zyxmother",
    "Zyxgiven",
    "Zyxunderstood",
    "Zyxoral",
    "Zyxbecause",
    "Zyxneed",
    "Zyxquestion",
    "Zyxadviser",
    "Zyxadvised",
    "Zyxdeclined",
    "Zyxmistaken",
];
/// What may tell its receiver of it.
const TELLS: [&str; 3] =
    ["uk.caf.share.wanted.v1", "uk.caf.share.delivered.v1", "uk.caf.share.correction-told.v1"];
const DAY: &str = "2026-11-19";
const PART: &str = "action-plan";

struct Cast {
    school: Actor,
    visitors: Actor,
}

/// The log as talkative as it can be.
async fn open(collector: &Collector) -> (World, Cast) {
    let telemetry = format!("[telemetry]\nlog = \"trace\"\n{}", collector.configuration());
    let mut world = World::with_configuration(&telemetry).await;
    world.start_sharing().await;
    let zyx = child("Zyxgiven", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA");
    let school = world.member("school", Kind::School, "teacher", zyx.clone()).await;
    let visitors = world.member("visitors", Kind::HealthVisiting, "health-visitor", zyx).await;
    world.sharing_knows().await;
    (world, Cast { school, visitors })
}

fn by(reference: &str, data: Value) -> Value {
    with(under(reference, data), &json!({"practitioner": {"id": "p1", "roleInCase": "contributor"}}))
}

fn mother() -> Value {
    json!({"is": "adult", "relationship": "mother", "name": "Zyxmother Example"})
}

fn content(mark: &str) -> [Value; 1] {
    let of_sister = json!({"about": {"is": "sibling", "name": "Zyxsister"}, "identifiesInformant": "yes"});
    [part(PART, &[item(mark, &json!({})), item(mark, &of_sister)])]
}

/// She agrees, and says it anew in other words; a child's own word stands beside it.
async fn agreement_is_given(Cast { school, visitors }: &Cast) {
    let oral = json!({"person": mother(), "manner": {
        "kind": "oral", "signedForBy": "p1", "whyNotWrittenText": "Zyxoral",
    }});
    school.records_consent("c1", "p1", consent(&[&visitors.id], &oral)).await;
    let own = json!({
        "person": {"is": "child"}, "capacity": "child-under-12-understands", "decision": "refused",
        "understanding": {"judgement": "understands", "aboutWhatText": "Zyxunderstood", "by": "p1", "on": DAY},
        "acts": ["discuss-at-forum"], "saidOn": DAY,
    });
    let receipt = school.says("consent.recorded", Some("local:c1"), by("con-9", own)).await;
    assert_eq!(receipt["data"]["state"], "recorded", "{receipt:#}");
}

/// Asked with consent, asked without and declined, advised on, answered, offered, put right, called back.
async fn everything_is_shared(Cast { school, visitors }: &Cast) {
    let why = json!({"whyNecessaryText": "Zyxwhy"});
    visitors.requests("c1", "p1", request(&school.id, &[PART], "p1", &why)).await;
    let wanted = school.is_told("share.wanted").await;
    let of = json!({"request": wanted["data"]["request"], "happenedOn": DAY});
    let asked = json!({"askedOf": {"role": "caldicott-guardian", "nameText": "Zyxadviser"},
                       "dueBy": "2026-11-25", "questionText": "Zyxquestion"});
    school.records("advice.asked", None, by("adv-1", with(asked, &of))).await;
    let given = json!({"role": "caldicott-guardian", "answer": "share", "reasonsText": "Zyxadvised",
                       "answeredOn": DAY, "request": wanted["data"]["request"]});
    school.records("advice.given", None, by("adv-1", given)).await;
    let receipt =
        school.supplies(&wanted, "p1", supplied(&content(CONTENT[0]), "p1", "consent", &json!({}))).await;
    assert_eq!(receipt["data"]["state"], "recorded", "{receipt:#}");
    visitors.is_told("share.delivered").await;

    let mut without = with(in_the_public_interest("reasonable-cause-suffering"), &why);
    without["reasonsText"] = json!("Zyxbecause");
    let mut extract = with(
        request(&school.id, &[], "p1", &without),
        &json!({
            "recordExtract": {"needText": "Zyxneed", "about": {"is": "child"}}, "purpose": "assess-need",
            "practiceBasis": "public-interest",
        }),
    );
    extract.as_object_mut().expect("an object").remove("parts");
    visitors.requests("c1", "p1", extract).await;
    let wanted = school.is_told_again("share.wanted", 1).await;
    let more = json!({"declineText": "Zyxdeclined"});
    let receipt = school.declines(&wanted, "p1", "not-justified-without-consent", &more).await;
    assert_eq!(receipt["data"]["state"], "recorded", "{receipt:#}");

    // Reasons of its own with the release, and what rests while nobody has fetched it.
    without.as_object_mut().expect("an object").remove("whyNecessaryText");
    let to = recipient(&visitors.id, "p1", "public-interest");
    let offer = by("off-1", offered(&[to], &content(CONTENT[0]), "p1", &without));
    school.records("share.offered", Some("local:c1"), offer).await;
    visitors.is_told_again("share.delivered", 1).await;
    let right = json!({"share": "off-1", "parts": content("Zyxright"), "happenedOn": DAY});
    school.records("share.corrected", None, by("cor-1", right)).await;
    visitors.is_told("share.correction-told").await;
    let back = json!({"share": "off-1", "reason": "too-much", "instruction": "destroy-and-confirm",
                      "happenedOn": DAY});
    school.records("share.recalled", None, by("rec-1", back)).await;
    visitors.is_told("share.recall-told").await;
}

/// The family's copy, what is taken back, and acknowledgements of one of two deliveries.
async fn everything_ends(Cast { school, visitors }: &Cast) {
    let copy = json!({"to": mother(), "parts": ["identity"], "marksLeftOut": ["informant"],
                      "language": "English", "howGiven": "read-out", "by": "p1", "on": DAY});
    school.records("family.copy-made", Some("local:c1"), by("copy-1", copy)).await;
    let withdrawn = json!({
        "person": mother(), "capacity": "parent-with-pr", "acts": ["store-and-share"], "decision": "withdrawn",
        "withdrawal": {"effect": "stop-new-use", "riskConsidered": "yes", "wholeCaf": true},
        "saidOn": "2026-11-20",
    });
    school.records("consent.recorded", Some("local:c1"), by("con-8", withdrawn)).await;
    let told = visitors.is_told("consent.withdrawn").await;
    visitors.acknowledges(&told, "received-by-person", &json!({"person": "p1"})).await;
    let first = visitors.is_told_again("share.delivered", 0).await;
    visitors.acknowledges(&first, "received-by-system", &json!({})).await;
    // Refused: after the withdrawal nothing is asked for with consent.
    let why = json!({"whyNecessaryText": "Zyxwhy"});
    visitors.requests("c1", "p1", request(&school.id, &[PART], "p1", &why)).await;
    visitors.is_told("share.refused").await;
}

/// What is rejected quotes nothing of it.
async fn everything_is_mistaken(Cast { school, visitors }: &Cast) {
    for (kind, data) in [
        ("share.requested", request(&school.id, &["Zyxmistaken"], "p1", &json!({}))),
        ("consent.recorded", consent(&[&visitors.id], &json!({"saidOn": "Zyxmistaken"}))),
        ("family.copy-made", json!({"to": mother(), "Zyxmistaken": 1})),
    ] {
        let receipt = school.says(kind, Some("local:c1"), by(&school.new_ref("bad"), data)).await;
        assert_eq!(receipt["data"]["state"], "rejected", "{receipt:#}");
    }
    let unknown = json!({"request": "019ab5d0-1c00-7000-8000-000000000001"});
    let unasked = with(supplied(&content("Zyxmistaken"), "p1", "consent", &json!({})), &unknown);
    let receipt = school.says("share.supplied", None, by("sup-9", unasked)).await;
    assert_eq!(receipt["data"]["code"], "unknown-reference", "{receipt:#}");
}

/// What operators are shown, but for the reasons that they ask for by name.
async fn shown_to_operators(world: &World) -> Vec<Place> {
    let admin = world.sharing().admin();
    let mut paths: Vec<String> =
        ["/status", "/set-aside", "/parked", "/decisions", "/rules"].map(str::to_owned).to_vec();
    let all: Vec<Value> = admin.get("/decisions", &[]).await.expect("a list");
    assert!(all.len() > 4, "{all:#?}");
    paths.extend(all.iter().map(|one| format!("/decisions/{}", one["id"].as_str().expect("an id"))));
    paths.push(format!("/consent?agency={}&local=c1", world.id("school")));
    let mut places = Vec::new();
    for path in paths {
        let shown: Value = admin.get(&path, &[]).await.expect("it is shown");
        places.push(Place::new(format!("the admin API's {path}"), shown.to_string()));
    }
    for line in ["decisions list", "set-aside list", "status"] {
        let ran = world.types(&line.split(' ').collect::<Vec<_>>(), "");
        places.push(Place::new(format!("caf {line}"), format!("{} {}", ran.out, ran.err)));
    }
    places
}

// G6, D-S7
#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_in_confidence_stands_nowhere_but_with_those_who_may_read_it() {
    let collector = Collector::start().await;
    let (mut world, cast) = open(&collector).await;
    agreement_is_given(&cast).await;
    everything_is_shared(&cast).await;
    everything_is_mistaken(&cast).await;
    everything_ends(&cast).await;
    let metrics = places::metrics_text(world.sharing()).await;
    for kind in ["share.requested", "share.supplied", "share.offered", "consent.recorded", "advice.given"] {
        assert!(metrics.contains(&format!("kind=\"uk.caf.{kind}.v1\"")), "{kind}: {metrics}");
    }

    world.outbox_is_empty("sharing").await;
    let mut found = vec![Place::new("the metrics", metrics)];
    found.extend(places::database_of_sharing(&world).await);
    found.extend(places::broker(&world).await);
    found.extend(shown_to_operators(&world).await);
    let mut read = Vec::new();
    for message in cast.school.heard.all().iter().chain(&cast.visitors.heard.all()) {
        let kind = message["type"].as_str().expect("a type");
        let place = Place::new(kind, message.to_string());
        if TELLS.contains(&kind) { read.push(place) } else { found.push(place) }
    }
    for mark in ["Zyxparticular", "Zyxright", "Zyxwhy", "Zyxbecause", "Zyxneed"] {
        assert!(read.iter().any(|place| place.holds(mark)), "{mark} is read by those whom it is for");
    }
    // D-C8: what shows who informed passes on its holder's own judgement alone.
    let asked_for = cast.visitors.is_told("share.delivered").await;
    assert!(asked_for["data"]["request"].is_string(), "{asked_for:#}");
    assert!(!asked_for.to_string().contains("Zyxsister"), "it came by consent");

    assert!(world.sharing_mut().stop().await.success());
    assert!(world.index.stop().await.success());
    found.push(Place::new("the log of sharing", world.sharing().log()));
    found.push(Place::new("the log of the index", world.index.log()));
    found.push(Place::new("the traces", String::from_utf8_lossy(&collector.bytes())));
    found.extend(places::logs_of_the_servers(&world));
    let sent = collector.bytes();
    let has = |part: &[u8]| sent.windows(part.len()).any(|window| window == part);
    assert!(has(b"svc-sharing") && has(b"handle uk.caf.share.supplied.v1"), "traces arrived");
    for place in &found {
        place.assert_without(&CONTENT);
        place.assert_without(&WORDS);
    }
}
