//! Which releases rested on a consent that no longer covers them: whom a withdrawal is told.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use deciding::ConsentFact;
use schemas::{AgencyId, ConsentAct, FormPart, Purpose};
use time::OffsetDateTime;

use super::held::Days;
use super::scope::{About, Question, Recipient};
use super::state::{State, Then};
use super::statement::{Statement, StatementVersion};

/// A release on the basis of consent.
#[derive(Clone, Debug)]
pub struct Delivery<'a> {
    pub holder: &'a AgencyId,
    pub recipient: &'a Recipient,
    pub items: &'a [(FormPart, About)],
    pub act: ConsentAct,
    pub purpose: Purpose,
    pub released_at: OffsetDateTime,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenAway {
    /// Its place among the deliveries given.
    pub delivery: usize,
    /// The items that are covered no more, by their places.
    pub items: Vec<usize>,
    pub when: SaidWhen,
}

/// When the release was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaidWhen {
    BeforeItWasSaid,
    /// Said, and not yet known here.
    BeforeItWasKnown,
}

/// What the statement `by`, which makes `after` of `before`, takes away. Days do not matter: what rested on
/// a consent while it was in date is taken back with it afterwards too, and what went out on the word of somebody who
/// decided then, by whoever decides now.
#[must_use]
pub fn taken_away(before: &Then, after: &Then, by: &Statement, deliveries: &[Delivery]) -> Vec<TakenAway> {
    let mut found = Vec::new();
    for (place, delivery) in deliveries.iter().enumerate() {
        let Delivery { holder, recipient, act, purpose, released_at, .. } = *delivery;
        let at_release = [before, after].map(|one| one.as_on(released_at));
        let lost = |(part, about): &(FormPart, About)| {
            let question = Question { holder, recipient, part: *part, about, act, purpose };
            let loses = |before: &Then, after: &Then| {
                for_child(before, &question) && !for_child(after, &question)
                    || by_adult(before, &question) && !by_adult(after, &question)
            };
            loses(before, after) || loses(&at_release[0], &at_release[1])
        };
        let items: Vec<usize> =
            (0..delivery.items.len()).filter(|item| lost(&delivery.items[*item])).collect();
        if !items.is_empty() {
            let said = delivery.released_at >= by.said_on.effective_at();
            let when = if said { SaidWhen::BeforeItWasKnown } else { SaidWhen::BeforeItWasSaid };
            found.push(TakenAway { delivery: place, items, when });
        }
    }
    found
}

/// What rests on consent no more though nothing took it away when it was said: what was said came before the child was
/// known, or was recorded with a record that was not linked then (G7). By which statement, as far as one of them alone
/// does it; else by the one that came last.
#[must_use]
pub fn lapsed<'s>(
    state: &'s State,
    at: OffsetDateTime,
    rested_on: &BTreeSet<StatementVersion>,
    delivery: &Delivery,
) -> Option<(&'s Statement, TakenAway)> {
    let others = || state.statements().filter(|one| !rested_on.contains(&one.version));
    let mut latest: Vec<&Statement> = others().collect();
    latest.sort_by_key(|one| (Reverse(one.received_at), &one.version));
    let before = state.of(rested_on);
    let lost = |after: &State, by: &Statement| {
        taken_away(&before.at(at), &after.at(at), by, std::slice::from_ref(delivery)).pop()
    };
    let by_all = lost(state, latest.first()?)?;
    let alone = latest.iter().find_map(|one| {
        let mut after = before.clone();
        after.add((*one).clone());
        Some((*one, lost(&after, one)?))
    });
    alone.or(Some((latest.first()?, by_all)))
}

fn for_child(then: &Then, question: &Question) -> bool {
    then.decided(question.act, Some(question), Days::Past).fact == ConsentFact::Covered
}

/// D-C8: what is about a parent and went on that parent's word.
fn by_adult(then: &Then, question: &Question) -> bool {
    match question.about {
        About::Parent(adult) => then.adults_own(*adult, question, Days::Past).fact == ConsentFact::Covered,
        About::Child | About::Sibling | About::OtherPerson => false,
    }
}

#[cfg(test)]
mod tests {
    use schemas::ConsentCapacity;
    use time::Duration;

    use super::super::age::Ages;
    use super::super::invented::{NOW, asking, born, father, given, mother, state, withdrawn};
    use super::super::statement::PersonKey;
    use super::*;

    // D-C3
    #[test]
    fn whoever_decides_now_takes_back_what_went_out_on_the_word_of_who_decided_then() {
        let asking = asking();
        let question = asking.question();
        let Question { holder, recipient, act, purpose, .. } = question;
        let items = [(asking.part, About::Child)];
        let gone = |earlier: Statement, later: Statement, ages: Ages| {
            let released_at = earlier.received_at + Duration::days(1);
            let delivery = Delivery { holder, recipient, items: &items, act, purpose, released_at };
            let (before, after) =
                (state(std::slice::from_ref(&earlier), ages), state(&[earlier, later.clone()], ages));
            taken_away(&before.at(NOW), &after.at(NOW), &later, &[delivery]).len()
        };
        let grown = withdrawn(2, PersonKey::Child, "2026-11-01").with_capacity(ConsentCapacity::Adult18Plus);
        assert_eq!(
            gone(given(1, mother(), "2024-03-01"), grown, born("2008-10-01")),
            1,
            "of age since October"
        );
        let expected = given(1, mother(), "2026-03-01").with_capacity(ConsentCapacity::PregnantWoman);
        assert_eq!(gone(expected, withdrawn(2, mother(), "2026-11-01"), born("2026-06-01")), 1, "born since");
        let other = withdrawn(2, father(), "2026-11-01");
        assert_eq!(
            gone(given(1, mother(), "2026-03-01"), other, born("2008-10-01")),
            0,
            "he decides nothing now"
        );
    }
}
