//! The bench: how fast the exchange is, beside the limit of the same machine in the same run.
//! Started by `tests/bench/run`.

#![expect(clippy::expect_used, reason = "a story that cannot go on fails there and then")]

mod echo;
mod flows;
mod import;
mod load;
mod measure;
mod report;
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

async fn measure_all(arguments: &[String]) {
    let json = arguments
        .iter()
        .position(|argument| argument == "--json")
        .and_then(|at| arguments.get(at + 1))
        .map(PathBuf::from);
    let mut report = Report::default();
    let mut bench = flows::Bench::start(Environment::read()).await;
    bench.start_and_memory(&mut report).await;
    let steady = bench.steady().await;
    bench.notices(&steady, &mut report).await;
    bench.lookups(&steady, &mut report).await;
    bench.import(&mut report).await;
    drop(bench);
    telling::measure(Environment::read(), &mut report).await;
    report.print();
    if let Some(path) = json {
        report.write(&path);
    }
}
