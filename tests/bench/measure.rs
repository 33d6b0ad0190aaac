//! Small statistics: medians and percentiles of what was measured.

use std::time::Duration;

/// The middle of the values; they are few.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Latencies, to be asked for percentiles.
#[derive(Debug, Default)]
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(crate) fn of(mut values: Vec<Duration>) -> Self {
        values.sort();
        Self(values)
    }

    /// Milliseconds under which `percent` of the values lie.
    pub(crate) fn percentile_ms(&self, percent: usize) -> f64 {
        let at = (self.0.len() * percent / 100).min(self.0.len().saturating_sub(1));
        self.0.get(at).map_or(f64::NAN, |value| value.as_secs_f64() * 1e3)
    }
}
