//! Counters and gauges at `/metrics`, in OpenMetrics text. Labels are types and codes, never
//! people, agencies or ids.

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use time::OffsetDateTime;

/// What was handled, and how it ended.
#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
pub(crate) struct Handled {
    pub(crate) kind: &'static str,
    pub(crate) outcome: &'static str,
}

/// Why an outgoing message was parked.
#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
pub(crate) struct Why {
    pub(crate) reason: &'static str,
}

/// Where messages wait.
#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
pub(crate) struct Place {
    pub(crate) place: &'static str,
}

/// Whose certificates.
#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
pub(crate) struct Whose {
    pub(crate) whose: &'static str,
}

/// The service's metrics.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) handled: Family<Handled, Counter>,
    pub(crate) batch_messages: Histogram,
    pub(crate) transaction_seconds: Histogram,
    pub(crate) parked: Family<Why, Counter>,
    pub(crate) unconfirmed: Counter,
    pub(crate) timers_put_off: Counter,
    pub(crate) consumers: Gauge,
    pub(crate) publishing: Gauge,
    pub(crate) database: Gauge,
    pub(crate) waiting: Family<Place, Gauge>,
    pub(crate) certificate_end: Family<Whose, Gauge>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("caf"),
            handled: Family::default(),
            batch_messages: Histogram::new(exponential_buckets(1.0, 2.0, 9)),
            transaction_seconds: Histogram::new(exponential_buckets(0.0005, 2.0, 14)),
            parked: Family::default(),
            unconfirmed: Counter::default(),
            timers_put_off: Counter::default(),
            consumers: Gauge::default(),
            publishing: Gauge::default(),
            database: Gauge::default(),
            waiting: Family::default(),
            certificate_end: Family::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("messages", "Messages handled, by type and outcome", self.handled.clone());
        registry.register("batch_messages", "Messages in a batch", self.batch_messages.clone());
        registry.register(
            "transaction_seconds",
            "Time of a batch's transaction",
            self.transaction_seconds.clone(),
        );
        registry.register("parked", "Outgoing messages parked, by reason", self.parked.clone());
        registry.register(
            "unconfirmed",
            "Publishes that were not confirmed and are tried again",
            self.unconfirmed.clone(),
        );
        registry.register(
            "timers_put_off",
            "Timers that could not be looked at and were left for an hour",
            self.timers_put_off.clone(),
        );
        registry.register("consumers", "Consumers that take messages now", self.consumers.clone());
        registry.register("publishing", "1 while the publishing connection is up", self.publishing.clone());
        let waiting = "Messages that wait, by place: outbox, retrying, set-aside, parked";
        registry.register("waiting", waiting, self.waiting.clone());
        let ends = "When the first certificate ends, in seconds since 1970, by whose: own, agencies";
        registry.register("certificate_end_seconds", ends, self.certificate_end.clone());
        registry.register("database_up", "1 while the database answers", self.database.clone());
    }

    /// Notes how many messages wait at a place.
    pub(crate) fn wait_at(&self, place: &'static str, messages: i64) {
        self.waiting.get_or_create(&Place { place }).set(messages);
    }

    /// Notes when the first of somebody's certificates ends.
    pub(crate) fn certificates_end(&self, whose: &'static str, at: OffsetDateTime) {
        self.certificate_end.get_or_create(&Whose { whose }).set(at.unix_timestamp());
    }

    /// The text for `/metrics`.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = text::encode(&mut out, &self.registry);
        out
    }
}
