//! The bench: how fast the exchange is, beside the limit of the same machine in the same run.
//! Started by `tests/bench/run`.

#![expect(clippy::expect_used, reason = "a story that cannot go on fails there and then")]

mod costs;
mod echo;
mod flows;
mod import;
mod load;
mod measure;
mod refusing;
mod report;
mod sharing;
mod statistics;
mod telling;

use std::path::PathBuf;

use report::Report;
use stories::Environment;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("echo") => echo::run(&arguments[1]).await,
        _ => measure_all(&arguments).await,
    }
}

/// What is measured, in this order; each on an exchange of its own.
const PARTS: [&str; 4] = ["index", "telling", "sharing", "deciding"];

async fn measure_all(arguments: &[String]) {
    let value_of = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let only = value_of("--only");
    assert!(only.is_none_or(|only| PARTS.contains(&only.as_str())), "--only takes one of {PARTS:?}");
    let mut report = Report::default();
    for part in PARTS.into_iter().filter(|part| only.is_none_or(|only| only == part)) {
        match part {
            "index" => flows::measure(Environment::read(), &mut report).await,
            "telling" => telling::measure(Environment::read(), &mut report).await,
            "sharing" => {
                Box::pin(sharing::measure(Environment::read(), &mut report)).await;
                refusing::measure(Environment::read(), &mut report).await;
            }
            _ => costs::measure(&mut report),
        }
    }
    report.print();
    if let Some(path) = value_of("--json") {
        report.write(&PathBuf::from(path));
    }
}
