//! Whom a statement widens: agencies that recorded the same person's word of the same act before, and no more than
//! they did would now leave them. They are told, and part with nothing on the strength of it until they, or the CAF
//! team, said that it is so (`held`).

use std::collections::BTreeSet;

use schemas::{AgencyId, AgencyKind, ConsentAct, FormPart, Purpose, Sensitivity};
use time::OffsetDateTime;

use super::held::Held;
use super::scope::{About, Question, Recipient, Scope};
use super::state::{State, Then};
use super::statement::{Decided, PersonKey, Statement, StatementVersion, Whose};

/// Stands for any agency of a kind that no statement names.
const ANY: &str = "any-agency";

impl State {
    /// The agencies whose own record this statement goes beyond, from when it holds. `known`: the agencies of which
    /// something is known, by which a kind that is named is told from an agency that is not.
    #[must_use]
    pub fn widened_by(
        &self,
        version: &StatementVersion,
        known: &[Recipient],
        now: OffsetDateTime,
    ) -> BTreeSet<AgencyId> {
        let Some(statement) = self.statement(version) else {
            return BTreeSet::new();
        };
        let Decided::Given(given) = &statement.decided else {
            return BTreeSet::new();
        };
        let then = self.at(statement.starts_at().max(now));
        let mut widened = BTreeSet::new();
        for act in &statement.acts {
            for whose in Whose::ALL {
                let held = then.held(statement.person, *act, whose);
                // Only what is in force widens anything.
                if held.given.is_some_and(|giving| giving.statement.version == *version) {
                    let reach = Reach { act: *act, given: given.scope.as_ref(), known };
                    widened.extend(reach.widened(&then, held, statement));
                }
            }
        }
        widened
    }
}

/// What a statement names, question by question.
struct Reach<'a> {
    act: ConsentAct,
    given: Option<&'a Scope>,
    known: &'a [Recipient],
}

impl Reach<'_> {
    fn widened(&self, then: &Then, held: &Held<'_>, statement: &Statement) -> BTreeSet<AgencyId> {
        let open = |agency: &&AgencyId| !then.is_confirmed(&statement.version, agency);
        let goes_beyond = |agency: &&AgencyId| {
            held.recorded_before(then, statement, agency).is_some_and(|own| match (self.act, self.given) {
                // D-C7 (b): whatever else the statement is of, what was refused would pass.
                (ConsentAct::RecordElectronically, _) => {
                    held.covers_by_itself(then, None) && own.taken(None).next().is_some()
                }
                // Any other act that lets nobody see anything: nothing is released by it.
                (_, None) => false,
                (_, Some(scope)) => self.covers_more(then, held, &own, (scope, statement, agency)),
            })
        };
        held.recorders().into_iter().filter(open).filter(goes_beyond).cloned().collect()
    }

    fn covers_more(
        &self,
        then: &Then,
        held: &Held<'_>,
        own: &Held<'_>,
        (scope, statement, holder): (&Scope, &Statement, &AgencyId),
    ) -> bool {
        let abouts = abouts(statement, own);
        self.recipients(scope, own).iter().any(|recipient| {
            FormPart::ALL.iter().any(|part| {
                abouts.iter().any(|about| {
                    Purpose::ALL.iter().any(|purpose| {
                        let (part, purpose) = (*part, *purpose);
                        let asked = Question { holder, recipient, part, about, act: self.act, purpose };
                        held.covers_by_itself(then, Some(&asked)) && !own.covers_by_itself(then, Some(&asked))
                    })
                })
            })
        })
    }

    /// Whoever is named, by either, and somebody of each kind that this one names.
    fn recipients(&self, scope: &Scope, own: &Held<'_>) -> Vec<Recipient> {
        let named = scope.agencies.named.iter().chain(own.agencies_listed());
        let mut all: Vec<Recipient> = named.flat_map(|agency| self.known_as(agency, scope)).collect();
        let any = AgencyId::parse(ANY).ok();
        let kinds = scope.agencies.kinds.iter();
        all.extend(
            any.into_iter().flat_map(|any| kinds.clone().map(move |kind| of_kind(any.clone(), *kind))),
        );
        all
    }

    /// Of which kind an agency is; of one that is not known, any that is named.
    fn known_as(&self, agency: &AgencyId, scope: &Scope) -> Vec<Recipient> {
        if let Some(known) = self.known.iter().find(|known| known.agency == *agency) {
            return vec![known.clone()];
        }
        let kinds = scope.agencies.kinds.iter().copied().chain([AgencyKind::School]);
        kinds.map(|kind| of_kind(agency.clone(), kind)).collect()
    }
}

fn of_kind(agency: AgencyId, kind: AgencyKind) -> Recipient {
    Recipient { agency, kind, sensitivity: Sensitivity::Ordinary }
}

/// Whom an item may be about, as far as a statement tells them apart.
fn abouts(statement: &Statement, own: &Held<'_>) -> Vec<About> {
    let mut all = vec![About::Child, About::Sibling, About::OtherPerson];
    if let PersonKey::Adult(adult) = statement.person {
        all.push(About::Parent(adult));
    }
    all.extend(own.items_excluded());
    all
}

#[cfg(test)]
mod tests {
    use schemas::ConsentAct;

    use super::super::invented::{NOW, agency, born, day, father, given, mother, recipient, refused, state};
    use super::*;

    fn widened(earlier: &[Statement], wider: Statement) -> Vec<String> {
        let version = wider.version.clone();
        let all: Vec<Statement> = earlier.iter().cloned().chain([wider]).collect();
        let known = [recipient("housing", AgencyKind::Housing)];
        let widened = state(&all, born("2017-05-01")).widened_by(&version, &known, NOW);
        widened.into_iter().map(|agency| agency.to_string()).collect()
    }

    fn schools() -> Statement {
        given(1, mother(), "2026-03-01")
    }

    fn surgerys() -> Statement {
        given(2, mother(), "2026-04-01").by("surgery")
    }

    #[test]
    fn what_says_the_same_or_less_widens_nobody() {
        assert_eq!(widened(&[schools()], surgerys()), [""; 0]);
        let less = surgerys().of(|scope| scope.agencies.named.clear());
        assert_eq!(widened(&[schools()], less), [""; 0]);
        let sooner = surgerys().giving(|given| given.review_by = day("2026-12-24"));
        assert_eq!(widened(&[schools()], sooner), [""; 0]);
    }

    #[test]
    fn a_further_agency_kind_part_or_purpose_widens_what_another_recorded() {
        let further = surgerys().of(|scope| {
            scope.agencies.named.insert(agency("college"));
        });
        assert_eq!(widened(&[schools()], further), ["school"]);
        let kind = surgerys().of(|scope| {
            scope.agencies.kinds.insert(AgencyKind::Police);
        });
        assert_eq!(widened(&[schools()], kind), ["school"]);
        let without_part = schools().of(|scope| {
            scope.parts.excluded.insert(FormPart::EnvHousingWorkMoney);
        });
        assert_eq!(widened(&[without_part], surgerys()), ["school"]);
        let for_plans = schools().of(|scope| {
            scope.purposes.insert(Purpose::AgreeOrDeliverPlan);
        });
        assert_eq!(widened(&[for_plans], surgerys()), ["school"]);
    }

    #[test]
    fn what_another_recorded_as_excluded_or_refused_is_widened_by_what_covers_it() {
        let without_one = schools().of(|scope| {
            scope.agencies.excluded.insert(agency("clinic"));
        });
        assert_eq!(widened(&[without_one], surgerys()), ["school"], "it may be a health visitors' clinic");
        assert_eq!(widened(&[refused(1, mother(), "2026-03-01")], surgerys()), ["school"]);
        let about_sibling = schools()
            .of(|scope| scope.parts.items_excluded.push((FormPart::EnvHousingWorkMoney, About::Sibling)));
        assert_eq!(widened(&[about_sibling], surgerys()), ["school"]);
    }

    #[test]
    fn what_another_recorded_as_refused_of_electronic_recording_is_widened_by_a_yes() {
        let act = ConsentAct::RecordElectronically;
        let yes = || surgerys().to(act);
        let unlimited = || yes().giving(|given| given.scope = None);
        let no = || refused(1, mother(), "2026-03-01").to(act);
        assert_eq!(widened(&[no()], yes()), ["school"]);
        assert_eq!(widened(&[no()], unlimited()), ["school"]);
        assert_eq!(widened(&[schools().to(act)], unlimited()), [""; 0], "which it had recorded, too");
        assert_eq!(widened(&[refused(1, mother(), "2026-03-01")], unlimited()), [""; 0], "another act");
        let assessed = || unlimited().to(ConsentAct::AssessAndRecord);
        let not = no().to(ConsentAct::AssessAndRecord);
        assert_eq!(widened(&[not], assessed()), [""; 0], "nothing passes by it");
    }

    #[test]
    fn nobody_is_widened_by_another_person_another_act_or_its_own_agency() {
        let narrow = || schools().of(|scope| scope.agencies.named.clear());
        assert_eq!(widened(&[narrow()], surgerys()), ["school"]);
        assert_eq!(widened(&[narrow()], given(2, father(), "2026-04-01").by("surgery")), [""; 0]);
        assert_eq!(widened(&[narrow()], surgerys().to(ConsentAct::HandoverToNewLead)), [""; 0]);
        assert_eq!(widened(&[narrow()], given(2, mother(), "2026-04-01")), [""; 0]);
        assert_eq!(widened(&[narrow()], refused(2, mother(), "2026-04-01").by("surgery")), [""; 0]);
        let before = given(2, mother(), "2026-02-01").by("surgery");
        assert_eq!(widened(&[narrow()], before), [""; 0], "the school's word is the later one");
    }
}
