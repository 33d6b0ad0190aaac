//! The long run of kills; `tests/faults/run --kills N [--seed S]` starts it.

#![expect(clippy::expect_used, reason = "a story that cannot go on fails there and then")]

use stories::Environment;
use stories::faults::{OwnServers, Plan, Shared, Tally, run};

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str, otherwise: u64| {
        let at = arguments.iter().position(|argument| argument == name);
        let given = at.and_then(|at| arguments.get(at + 1));
        given.map_or(otherwise, |text| text.parse().expect("a number"))
    };
    let plan = Plan {
        kills: u32::try_from(number("--kills", 30)).expect("not that many kills"),
        seed: number("--seed", 1),
    };
    let tally = run(OwnServers::start(&Environment::read()), plan).await;
    let Tally { kills, notices, lookups, intentions, checks, transfers, .. } = tally;
    let Tally { refusals, restrictions, reminders, shown, told_again, .. } = tally;
    let Shared { consents, requests, answers, offers, deliveries, acknowledged, withdrawn } = tally.shared;
    println!(
        "{kills} kills: {notices} notices, {lookups} lookups, {intentions} intentions, {checks} checks, \
         {transfers} transfers, {refusals} refusals, {restrictions} restrictions set or lifted, \
         {reminders} reminders and {shown} lookups told of at night; {consents} consents, \
         {requests} requests, {answers} answers by holders, {offers} offers, {deliveries} deliveries, \
         {acknowledged} acknowledgements, {withdrawn} deliveries taken back; nothing lost, nothing twice; \
         {told_again} were told again that they are known"
    );
}
