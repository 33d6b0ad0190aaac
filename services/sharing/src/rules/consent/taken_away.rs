//! Which releases rested on a consent that no longer covers them: whom a withdrawal is told.

use deciding::ConsentFact;
use schemas::{AgencyId, ConsentAct, FormPart, Purpose};
use time::OffsetDateTime;

use super::held::Days;
use super::scope::{About, Question, Recipient};
use super::state::Then;
use super::statement::Statement;

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
/// a consent while it was in date is taken back with it afterwards too.
#[must_use]
pub fn taken_away(before: &Then, after: &Then, by: &Statement, deliveries: &[Delivery]) -> Vec<TakenAway> {
    let mut found = Vec::new();
    for (place, delivery) in deliveries.iter().enumerate() {
        let lost = |(part, about): &(FormPart, About)| {
            let Delivery { holder, recipient, act, purpose, .. } = *delivery;
            let question = Question { holder, recipient, part: *part, about, act, purpose };
            for_child(before, &question) && !for_child(after, &question)
                || by_adult(before, &question) && !by_adult(after, &question)
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
