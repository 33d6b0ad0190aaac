//! A sample of the fault run: nine kills. `tests/faults/run --kills N` is the long one.

use stories::Environment;
use stories::faults::{OwnServers, Plan, run};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_and_nothing_happens_twice_through_nine_kills() {
    let tally = run(OwnServers::start(&Environment::read()), Plan { kills: 9, seed: 20_261_121 }).await;
    assert_eq!(tally.kills, 9);
    assert!(tally.notices > 100 && tally.lookups > 100, "{tally:?}");
}
