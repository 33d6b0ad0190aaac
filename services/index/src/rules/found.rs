//! What a question reaches, split by what the asker may see: the same for a lookup and for advice.

use std::collections::BTreeSet;

use linking::{Groups, Hidden, groups, hidden_from};
use schemas::{AgencyId, AgencyKind, ChildRef};

use super::answer::{Asker, Question};
use super::decision::Reason;
use super::life::{Lives, lives};
use super::standing::Standing;
use super::world::{AgencyState, KnownAs, Record, Selector, Training, World};
use crate::error::Refusal;

/// D-I5: an agency of the register asks, by one of its active practitioners.
pub(super) fn admitted(asker: Option<&Asker>) -> Result<&Asker, (Refusal, Reason)> {
    let asker = match asker {
        Some(asker) if asker.supplier.state == AgencyState::Active => asker,
        Some(_) | None => return Err((Refusal::UnknownAgency, Reason::UnknownAgency)),
    };
    match asker.practitioner.standing() {
        Standing::Active(_) => Ok(asker),
        Standing::Away | Standing::Unknown => {
            Err((Refusal::UnknownPractitioner, Reason::UnknownPractitioner))
        }
    }
}

/// The records that a question reaches, hidden ones included.
pub(super) fn in_reach<'w>(
    world: &'w World,
    question: &Question,
) -> Result<Vec<&'w Record>, (Refusal, Reason)> {
    let agency = &question.asked.agency;
    if let Selector::Child(reference) = question.selector
        && world.record(reference).is_none_or(|record| record.supplier.agency != *agency)
    {
        return Err((Refusal::UnknownChild, Reason::UnknownReference));
    }
    let reached = world.reach(agency, &question.selector);
    Ok(reached.into_iter().filter(|record| takes_part(world, record, question.training)).collect())
}

/// Training children and real ones never meet. A record without facts has not taken effect (G7); an
/// alias is on its record's side.
fn takes_part(world: &World, record: &Record, training: Training) -> bool {
    match (&record.facts, &record.known_as) {
        (Some(facts), _) => facts.training == training,
        (None, KnownAs::AliasOf(target)) => {
            let target = world.record(*target).and_then(|target| target.facts.as_ref());
            target.is_none_or(|facts| facts.training == training)
        }
        (None, KnownAs::Local(_)) => false,
    }
}

/// The records in reach, split by what the asker may see.
pub(super) struct Found<'a> {
    pool: &'a [&'a Record],
    /// As the index knows them.
    whole: Groups,
    /// As if nothing hidden were there: indices into `visible`.
    seen: Groups,
    visible: Vec<&'a Record>,
    hidden: Vec<Option<Hidden>>,
    /// Which of `pool` the question names.
    named: BTreeSet<usize>,
    /// How the CAFs stand, as if nothing hidden were there.
    pub(super) lives: Lives,
}

impl<'a> Found<'a> {
    pub(super) fn among(
        agency: &AgencyId,
        kind: AgencyKind,
        selector: &Selector,
        pool: &'a [&'a Record],
    ) -> Self {
        let hidden = hidden_from(agency, kind, pool);
        let visible: Vec<&Record> =
            pool.iter().zip(&hidden).filter(|(_, hidden)| hidden.is_none()).map(|(r, _)| *r).collect();
        let named = (0..pool.len()).filter(|i| selector.names(agency, pool[*i])).collect();
        let (whole, seen) = (groups(pool), groups(&visible));
        let of = |group: &Vec<usize>| group.iter().map(|i| visible[*i]).collect::<Vec<&Record>>();
        let lives = seen.iter().flat_map(|group| lives(&of(group)).collect::<Vec<_>>()).collect();
        Self { pool, whole, seen, visible, hidden, named, lives }
    }

    /// The children that match, as the asker may see them.
    pub(super) fn matches(&self) -> Vec<Vec<&'a Record>> {
        let named: BTreeSet<ChildRef> = self.named.iter().map(|i| self.pool[*i].id).collect();
        self.seen
            .iter()
            .map(|group| group.iter().map(|i| self.visible[*i]).collect::<Vec<_>>())
            .filter(|group| group.iter().any(|record| named.contains(&record.id)))
            .collect()
    }

    /// The children that the question was really about, for the record.
    pub(super) fn concerned(&self) -> Vec<ChildRef> {
        let about = |group: &&Vec<usize>| group.iter().any(|i| self.named.contains(i));
        let records = self.whole.iter().filter(about).flatten();
        records
            .filter(|i| self.pool[**i].facts.is_some() || self.named.contains(i))
            .map(|i| self.pool[*i].id)
            .collect()
    }

    pub(super) fn why_nothing(&self) -> Reason {
        let hidden = self.named.iter().filter_map(|i| self.hidden[*i]).max();
        hidden.map_or(Reason::NoRecord, Reason::from)
    }

    /// Why something about the children in question is hidden, if it is.
    pub(super) fn why_hidden(&self) -> Option<Reason> {
        let about = |group: &&Vec<usize>| group.iter().any(|i| self.named.contains(i));
        let hidden = self.whole.iter().filter(about).flatten().filter_map(|i| self.hidden[*i]).max();
        hidden.map(Reason::from)
    }

    /// Whether something about the children in question is kept from the asker.
    pub(super) fn keeps_back(&self) -> bool {
        self.why_hidden().is_some()
    }
}
