//! Whether the time until a request is refused tells what the refusal does not say (G5, D-I6): about children whom the
//! asker knows and nobody else, whom another agency knows but whose record is restricted, whom only a sensitive service
//! knows besides, and of whom there is no record at all.

use serde_json::{Value, json};
use stories::facts::{child, nhs_number, restriction, under};
use stories::shared::request;
use stories::{Actor, Environment, Kind, World};

use crate::flows::{letters, ready};
use crate::load::{self, Ear, Heard, Pace, Ready};
use crate::report::Report;
use crate::sharing::{by, inbox, knows, local, refusal, worker};
use crate::statistics::Random;
use crate::telling::{DELAYED, EACH, SEED, compare};

const ALONE: &str = "alone";
const RESTRICTED: &str = "restricted";
const SENSITIVE_ONLY: &str = "sensitive-only";
const UNKNOWN: &str = "unknown";

/// `EACH` children of each. The asker knows itself what tells an unknown child from those that it recorded.
const CLASSES: [&str; 5] = [ALONE, RESTRICTED, SENSITIVE_ONLY, UNKNOWN, DELAYED];

/// What is compared; the last is the self-check.
const PAIRS: [(&str, &str); 6] = [
    (RESTRICTED, ALONE),
    (SENSITIVE_ONLY, ALONE),
    (RESTRICTED, SENSITIVE_ONLY),
    (RESTRICTED, UNKNOWN),
    (SENSITIVE_ONLY, UNKNOWN),
    (DELAYED, ALONE),
];

pub(crate) async fn measure(environment: Environment, report: &mut Report) {
    let mut world = World::build(environment, "").await;
    world.start_sharing().await;
    let school = worker(&world, "school", Kind::School, "teacher").await;
    let social = worker(&world, "social", Kind::SocialCare, "social-worker").await;
    let mut clinic = world.sensitive_agency("oakfield", Kind::SexualHealth).await;
    clinic.vouches_for("p1", "Pat Worker", "sexual-health-worker").await;
    clinic.stop_listening().await;
    let mut order: Vec<usize> = (0..CLASSES.len() * EACH).collect();
    let by_school: &[&str] = &[ALONE, RESTRICTED, SENSITIVE_ONLY, DELAYED];
    for (agency, classes) in [(&school, by_school), (&social, &[RESTRICTED]), (&clinic, &[SENSITIVE_ONLY])] {
        let its = order.iter().filter(|n| classes.contains(&CLASSES[**n / EACH]));
        let known: Vec<Ready> = its.flat_map(|n| knows(agency, *n, facts(*n))).collect();
        load::run(agency, inbox(agency), &known, Pace::Flat).await;
    }
    let hidden: Vec<Ready> =
        order.iter().filter(|n| CLASSES[**n / EACH] == RESTRICTED).map(|n| hides(&social, *n)).collect();
    load::run(&social, inbox(&social), &hidden, Pace::Flat).await;
    world.sharing_knows().await;
    load::statistics_are_gathered(&world).await;
    Random(SEED).shuffle(&mut order);
    let asked: Vec<Ready> = order.iter().map(|n| asked(&school, *n)).collect();
    let refused = Ear { actor: &school, queue: inbox(&school), answers: refusal };
    let run = load::run_to(&school, &[refused], Heard::Anywhere, &asked, Pace::InFlight(1)).await;
    compare("refusals", &CLASSES, &PAIRS, (&order, run.latencies()), report);
}

/// The children have names of one length, so that questions and answers have one size.
fn facts(n: usize) -> Value {
    let number = nhs_number(u32::try_from(10_000 + n).expect("small"));
    child("Ada", &format!("Family{}", letters(10_000 + n)), "2014-03-05", Some(&number), "ZZ1 1AA")
}

fn hides(agency: &Actor, n: usize) -> Ready {
    let data = under(&format!("r-{n}"), restriction("whole-record"));
    ready(agency, "restriction.set", Some(&local(n)), data)
}

/// Whoever has something of the child is asked: the asker need not know the name.
fn asked(school: &Actor, n: usize) -> Ready {
    let anybody = json!({"holder": {"whoeverTheIndexShows": true}});
    let data = request(&school.id, &["strengths"], "p1", &anybody);
    ready(school, "share.requested", Some(&local(n)), by("team-member", under(&format!("q-{n}"), data)))
}
