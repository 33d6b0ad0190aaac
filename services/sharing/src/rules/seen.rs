//! Which records of a child an agency may know of (D-I6, G5): what is hidden is taken away before anything is linked.
//! What a consent shows it is no secret to it; whoever is not covered sees as if there were none of it.

use std::borrow::Cow;

use linking::{group_of, hidden_from};
use schemas::{AgencyNow, Sensitivity};
use time::OffsetDateTime;

use super::consent::{Shown, Statement};
use super::judge::recipient;
use super::world::{Record, World};

impl World {
    /// The records of the child that an agency may know of, if any of its own names the child, each as it shows to it.
    #[must_use]
    pub fn seen_by<'w>(
        &'w self,
        agency: &AgencyNow,
        own: &Record,
        now: OffsetDateTime,
    ) -> Vec<Cow<'w, Record>> {
        let pool: Vec<Cow<'w, Record>> =
            self.pool(own).into_iter().map(|record| self.as_shown(agency, record, now)).collect();
        let records: Vec<&Record> = pool.iter().map(AsRef::as_ref).collect();
        let hidden = hidden_from(&agency.agency_id, agency.kind, &records);
        let visible: Vec<&Record> = records
            .iter()
            .zip(&hidden)
            .filter(|(_, hidden)| hidden.is_none())
            .map(|(record, _)| *record)
            .collect();
        let group = group_of(&visible, own.child.record);
        let seen = |record: &Record| group.iter().any(|seen| seen.child.record == record.child.record);
        let places: Vec<bool> = pool.iter().map(|record| seen(record)).collect();
        pool.into_iter().zip(places).filter(|(_, seen)| *seen).map(|(record, _)| record).collect()
    }

    /// That agency's own record of the same child, as it may itself know.
    #[must_use]
    pub fn record_of(&self, agency: &AgencyNow, child: &Record, now: OffsetDateTime) -> Option<&Record> {
        let own = self.pool(child).into_iter().filter(|record| record.child.agency_id == agency.agency_id);
        let same = |record: &&Record| {
            let seen = self.seen_by(agency, record, now);
            seen.iter().any(|seen| seen.child.record == child.child.record)
        };
        own.filter(same).min_by_key(|record| (record.child.alias_of.is_some(), record.child.record))
    }

    /// A sensitive service's record without its marks where a consent shows it to the agency.
    fn as_shown<'w>(&self, agency: &AgencyNow, record: &'w Record, now: OffsetDateTime) -> Cow<'w, Record> {
        // Most records have none: no consent is folded for them.
        if !record.statements.iter().any(Statement::is_of_showing) {
            return Cow::Borrowed(record);
        }
        match self.consents(record).at(now).shows(&record.child.agency_id, &recipient(agency)) {
            Shown::By(_) => Cow::Owned(without_marks(record)),
            Shown::No => Cow::Borrowed(record),
        }
    }
}

fn without_marks(record: &Record) -> Record {
    let mut shown = Record { agency: Sensitivity::Ordinary, ..record.clone() };
    for work in &mut shown.involvements {
        work.sensitive = false;
    }
    shown
}
