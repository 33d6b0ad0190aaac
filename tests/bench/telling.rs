//! Whether the time of an answer tells what it does not say (G5, D-I6): lookups and advice about children of whom
//! nobody knows, who are restricted, and whom only a sensitive service knows, one after another in a drawn order.
//! It reports; it fails only where it would not notice a millisecond.

use std::time::Duration;

use serde_json::{Value, json};
use stories::facts::{by_name, caf, child, intention, involvement, restriction, under};
use stories::{Actor, Environment, Kind, World};

use crate::flows::{letters, ready};
use crate::load::{self, Pace, Ready};
use crate::measure::median;
use crate::report::{Line, Report};
use crate::statistics::{Effect, Random};

/// Children of each class; each is asked about once by a lookup and once by an intention.
pub(crate) const EACH: usize = 2_000;
const RESAMPLES: usize = 1_000;
pub(crate) const SEED: u64 = 20_261_122;
/// The class that is a self-check.
pub(crate) const DELAYED: &str = "delayed";
/// What the measuring side puts on the answers about it, of whom nobody knows either.
const DELAY: Duration = Duration::from_millis(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Unknown,
    Restricted,
    SensitiveOnly,
    /// The self-check.
    Delayed,
}

const CLASSES: [(Class, &str); 4] = [
    (Class::Unknown, "unknown"),
    (Class::Restricted, "restricted"),
    (Class::SensitiveOnly, "sensitive-only"),
    (Class::Delayed, DELAYED),
];

/// What is compared; the last is the self-check.
const PAIRS: [(&str, &str); 4] = [
    ("restricted", "unknown"),
    ("sensitive-only", "unknown"),
    ("restricted", "sensitive-only"),
    (DELAYED, "unknown"),
];

/// The children have names of one length, so that questions and answers have one size.
fn family(n: usize) -> String {
    format!("Family{}", letters(10_000 + n))
}

fn class_of(n: usize) -> Class {
    CLASSES[n / EACH].0
}

fn facts(n: usize) -> Value {
    child("Ada", &family(n), "2014-03-05", None, "ZZ1 1AA")
}

pub(crate) async fn measure(environment: Environment, report: &mut Report) {
    let world = World::build(environment, "").await;
    let mut social = world.agency("social", Kind::SocialCare).await;
    let mut clinic = world.sensitive_agency("oakfield", Kind::SexualHealth).await;
    let mut health = world.agency("health", Kind::HealthVisiting).await;
    health.vouches_for("hv1", "Hana Visram", "health-visitor").await;
    for agency in [&mut social, &mut clinic] {
        agency.vouches_for("p1", "Pat Marlow", "other").await;
        agency.stop_listening().await;
    }
    health.stop_listening().await;
    for (agency, class) in [(&social, Class::Restricted), (&clinic, Class::SensitiveOnly)] {
        let of_class = (0..CLASSES.len() * EACH).filter(|n| class_of(*n) == class);
        let known: Vec<Ready> = of_class.flat_map(|n| all_of(agency, n)).collect();
        load::run(agency, &agency.client.access().inbox.clone(), &known, Pace::Flat).await;
    }
    let mut order: Vec<usize> = (0..CLASSES.len() * EACH).collect();
    let mut random = Random(SEED);
    for (name, question) in [("lookups", lookup as fn(&Actor, usize) -> Ready), ("advice", intended)] {
        random.shuffle(&mut order);
        let questions: Vec<Ready> = order.iter().map(|n| question(&health, *n)).collect();
        let answers = health.client.access().answers.clone();
        let run = load::run(&health, &answers, &questions, Pace::InFlight(1)).await;
        compare(name, &CLASSES.map(|(_, name)| name), &PAIRS, (&order, run.latencies()), report);
    }
}

/// All that an agency says of a child: it works with the child, leads, and started a CAF.
fn all_of(agency: &Actor, n: usize) -> Vec<Ready> {
    let local = format!("local:c{n}");
    let say =
        |kind: &str, data: Value| ready(agency, kind, Some(&local), under(&format!("{kind}-{n}"), data));
    let mut all = vec![
        say("child.recorded", facts(n)),
        say("involvement.recorded", involvement("p1", "lead-professional", "Support")),
        say("caf.started", caf(&format!("{}/f-{n}", agency.id), "p1")),
    ];
    if class_of(n) == Class::Restricted {
        all.push(say("restriction.set", restriction("whole-record")));
    }
    all
}

fn lookup(health: &Actor, n: usize) -> Ready {
    let by = by_name("Ada", &family(n), "2014-03-05", "ZZ1 1AA");
    let data = json!({"purpose": "assess-need", "practitioner": {"id": "hv1"}, "by": by});
    ready(health, "index.looked-up", None, data)
}

fn intended(health: &Actor, n: usize) -> Ready {
    let mut data = intention("hv1");
    data["child"] = described(facts(n));
    ready(health, "caf.intended", None, under(&format!("int-{}", 10_000 + n), data))
}

/// As an intention describes a child.
pub(crate) fn described(mut child: Value) -> Value {
    for name in ["childState", "authority", "happenedOn"] {
        child.as_object_mut().expect("an object").remove(name);
    }
    child
}

/// Reports on each class, `EACH` children of which bear the numbers in a row, and on what is compared with what.
pub(crate) fn compare(
    name: &str,
    classes: &[&str],
    pairs: &[(&str, &str)],
    (order, waits): (&[usize], &[Duration]),
    report: &mut Report,
) {
    let of = |class: &str| -> Vec<f64> {
        let of_class = order.iter().zip(waits).filter(|(n, _)| classes[**n / EACH] == class);
        let late = if class == DELAYED { DELAY } else { Duration::ZERO };
        of_class.map(|(_, wait)| (*wait + late).as_secs_f64() * 1e3).collect()
    };
    for class in classes {
        report.add(Line::new(&format!("{name}.{class}"), "ms p50", median(&mut of(class))));
    }
    for (one, other) in pairs {
        let effect = Effect::between(&of(one), &of(other), RESAMPLES, SEED);
        let pair = format!("{name}.{one}/{other}");
        report.add(Line {
            low: Some(effect.low),
            high: Some(effect.high),
            ..Line::new(&pair, "delta", effect.delta)
        });
        // The self-check: a report that overlooks a millisecond is worth nothing.
        assert!(*one != DELAYED || (effect.is_seen() && effect.low > 0.0), "{pair}: {effect:?}");
    }
}
