//! What a consent shows of a sensitive service, and to whom (D-I6, D-C5).

use std::borrow::Cow;

use schemas::Sensitivity;
use time::Date;

use super::answer::Asker;
use super::world::{Record, Supplier};

/// The records as an agency is to see them on a day: what a consent of the very record shows it is no secret
/// to it. Whoever is not covered is told nothing else than before, and what is restricted stays hidden (G5).
#[must_use]
pub(super) fn as_covered<'a>(asker: &Asker, records: &[&'a Record], day: Date) -> Vec<Cow<'a, Record>> {
    let Supplier { agency, sensitivity, .. } = &asker.supplier;
    let covered = |record: &Record| {
        record.shown.as_ref().is_some_and(|shown| shown.covers(agency, asker.kind, *sensitivity, day))
    };
    let seen = |record: &&'a Record| {
        if covered(record) { Cow::Owned(without_marks(record)) } else { Cow::Borrowed(*record) }
    };
    records.iter().map(seen).collect()
}

fn without_marks(record: &Record) -> Record {
    let mut seen = record.clone();
    seen.supplier.sensitivity = Sensitivity::Ordinary;
    for involvement in &mut seen.involvements {
        involvement.sensitivity = Sensitivity::Ordinary;
    }
    seen
}
