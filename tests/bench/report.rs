//! The table a person reads and the list that other programs read.

use std::path::Path;

use serde::Serialize;

use crate::measure::Latencies;

/// One line.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) unit: &'static str,
    pub(crate) value: f64,
    pub(crate) p50_ms: Option<f64>,
    pub(crate) p99_ms: Option<f64>,
    /// The same flow with no work, in the same run.
    pub(crate) limit: Option<f64>,
    pub(crate) ratio: Option<f64>,
    /// Within which the value lies 95 times of 100.
    pub(crate) low: Option<f64>,
    pub(crate) high: Option<f64>,
}

impl Line {
    pub(crate) fn new(name: &str, unit: &'static str, value: f64) -> Self {
        let (name, none) = (name.to_owned(), None);
        Self {
            name,
            unit,
            value,
            p50_ms: none,
            p99_ms: none,
            limit: none,
            ratio: none,
            low: none,
            high: none,
        }
    }

    /// A rate, and what it was like to wait at a steadier one.
    pub(crate) fn rate(name: &str, per_second: f64, waits: &Latencies) -> Self {
        Self {
            p50_ms: Some(waits.percentile_ms(50)),
            p99_ms: Some(waits.percentile_ms(99)),
            ..Self::new(name, "1/s", per_second)
        }
    }
}

impl Line {
    /// Small values with more places, and their interval.
    fn shown(&self) -> String {
        match (self.low, self.high) {
            (Some(low), Some(high)) => format!("{:.3} ({low:.3} to {high:.3})", self.value),
            (None, _) | (_, None) if ["ms p50", "µs"].contains(&self.unit) => format!("{:.2}", self.value),
            (None, _) | (_, None) => format!("{:.1}", self.value),
        }
    }
}

/// What was measured so far.
#[derive(Debug, Default)]
pub(crate) struct Report(Vec<Line>);

impl Report {
    pub(crate) fn add(&mut self, line: Line) {
        let waits = line.p99_ms.map_or(String::new(), |p99| format!(", p99 {p99:.1} ms"));
        eprintln!("  {}: {} {}{waits}", line.name, line.shown(), line.unit);
        self.0.push(line);
    }

    pub(crate) fn print(&self) {
        println!(
            "{:<40} {:>24} {:<8} {:>8} {:>8} {:>10} {:>6}",
            "name", "value", "unit", "p50 ms", "p99 ms", "limit", "ratio"
        );
        for line in &self.0 {
            let shown = |value: Option<f64>, digits: usize| {
                value.map_or(String::from("-"), |value| format!("{value:.digits$}"))
            };
            println!(
                "{:<40} {:>24} {:<8} {:>8} {:>8} {:>10} {:>6}",
                line.name,
                line.shown(),
                line.unit,
                shown(line.p50_ms, 2),
                shown(line.p99_ms, 2),
                shown(line.limit, 0),
                shown(line.ratio, 2)
            );
        }
    }

    pub(crate) fn write(&self, path: &Path) {
        let text = serde_json::to_string_pretty(&self.0).expect("numbers and names");
        std::fs::write(path, text + "\n").expect("the file for --json can be written");
    }
}
