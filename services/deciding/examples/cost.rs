//! What one decision costs, with the cache and without: `cargo run --release -p deciding --example cost`.

use std::path::Path;
use std::time::Instant;

use deciding::{Facts, Rules};
use schemas::FormPart;

const ROUNDS: u32 = 20_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rules = Rules::load(Path::new("deploy/policies"))?;
    let agreed: Facts = serde_json::from_value(serde_json::json!({
        "stage": "request", "recipient": "southgate-housing", "recipientKind": "housing", "standing": "checked",
        "part": "action-plan", "purpose": "refer-for-service", "basis": "consent", "judged": "not-judged",
        "reasons": "yes", "consent": "covered", "about": "child", "aboutConsent": "not-needed",
        "confidential": "yes", "notFor": "no", "informant": "no", "sensitiveService": "not-concerned",
        "restriction": "none", "cleared": "no", "advice": "none", "moreDetrimental": "no"
    }))?;
    let parts: Vec<Facts> =
        FormPart::ALL.iter().take(8).map(|part| Facts { part: *part, ..agreed.clone() }).collect();
    measure("evaluated anew", &parts, |facts| rules.decide_anew(facts).policies.len());
    measure("with the cache", &parts, |facts| rules.decide(facts).policies.len());
    println!("{} policies", rules.texts().len());
    Ok(())
}

fn measure(what: &str, parts: &[Facts], decide: impl Fn(&Facts) -> usize) {
    let start = Instant::now();
    let mut policies = 0;
    for _ in 0..ROUNDS {
        policies += parts.iter().map(&decide).sum::<usize>();
    }
    let decisions = f64::from(ROUNDS) * f64::from(u32::try_from(parts.len()).unwrap_or(u32::MAX));
    let each = start.elapsed().as_secs_f64() * 1e6 / decisions;
    println!("{what}: {each:.2} µs a decision ({policies} policies named)");
}
