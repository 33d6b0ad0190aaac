//! What one decision costs by itself: policies and entities are read once, as in the service. *Evaluated* is what Cedar
//! takes for one part and one recipient; *remembered* what it takes where the same facts were decided before, as mostly
//! happens within one request.

use std::path::Path;
use std::time::Instant;

use deciding::{Facts, Rules};
use schemas::FormPart;
use serde_json::json;

use crate::flows::ROUNDS;
use crate::load::per_second;
use crate::measure::median;
use crate::report::{Line, Report};

/// Decisions of one round.
const DECISIONS: usize = 20_000;

pub(crate) fn measure(report: &mut Report) {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("deploy").join("policies");
    let rules = Rules::load(&policies).expect("the policies that are deployed");
    let parts = facts();
    let (mut evaluated, mut remembered) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        evaluated.push(micros(&parts, |facts| rules.decide_anew(facts).policies.len()));
        remembered.push(micros(&parts, |facts| rules.decide(facts).policies.len()));
    }
    report.add(Line::new("decision.evaluated", "µs", median(&mut evaluated)));
    report.add(Line::new("decision.remembered", "µs", median(&mut remembered)));
}

/// Of eight parts: of some the family agreed to the sharing, of some it did not.
fn facts() -> Vec<Facts> {
    let agreed = json!({
        "stage": "request", "recipient": "southgate-housing", "recipientKind": "housing", "standing": "checked",
        "part": "action-plan", "purpose": "refer-for-service", "basis": "consent", "judged": "not-judged",
        "reasons": "yes", "consent": "covered", "about": "child", "aboutConsent": "not-needed",
        "confidential": "yes", "notFor": "no", "informant": "no", "sensitiveService": "not-concerned",
        "restriction": "none", "cleared": "no", "advice": "none", "moreDetrimental": "no"
    });
    let of_part = |(place, part): (usize, &FormPart)| {
        let mut facts = agreed.clone();
        facts["part"] = json!(part);
        if place % 2 == 1 {
            facts["consent"] = json!("excluded-part");
        }
        serde_json::from_value(facts).expect("facts")
    };
    FormPart::ALL.iter().take(8).enumerate().map(of_part).collect()
}

/// So many for one decision, all in turns.
fn micros(parts: &[Facts], decide: impl Fn(&Facts) -> usize) -> f64 {
    let started = Instant::now();
    let named: usize = parts.iter().cycle().take(DECISIONS).map(decide).sum();
    assert!(named >= DECISIONS, "every decision names what decided");
    1e6 / per_second(DECISIONS, started.elapsed())
}
