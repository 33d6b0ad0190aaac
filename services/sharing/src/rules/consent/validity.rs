//! Whether what was given is a consent at all (D-C2, D-C3). A refusal always counts.

use kit::calendar::months_after;
use schemas::{ConsentCapacity, Explained, Relationship, UnderstandingJudgement};
use time::Date;

use super::age::{ABLE, ADULT, Ages, GENERALLY_ABLE};
use super::statement::{Evidence, Given, Liaison, PersonKey, Statement};

/// Why what was given covers nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flaw {
    /// D-C3: of a capacity that this person does not have.
    WrongPerson,
    /// D-C3: a child who was not found to understand this decision.
    NotUnderstood,
    /// D-C2
    NotAllExplained,
    /// D-C6: more than 24 months after it was said.
    ReviewTooLate,
    /// Who decides by a document has none to show.
    AuthorityNotShown,
    /// MG 4.15
    LiaisonNotRecorded,
    /// D-C3: whoever gave it was found not able to decide after it.
    NotAbleSince,
}

/// In months (LG 3.7.4).
const REVIEW_WITHIN: u8 = 24;

/// How far a statement of the child is the child's own decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Competence {
    Able,
    /// Advice was asked.
    InDoubt,
    NotYet,
}

/// D-C3: presumed at 16, general from 12, younger where it was judged. The doubt is for the child: what
/// the child refused binds if the child may have been old enough.
pub(super) fn competence(statement: &Statement, ages: Ages) -> Competence {
    let on = statement.said_on.effective_at().date();
    if ages.may_be(ABLE, on) {
        return Competence::Able;
    }
    match statement.judged {
        Some(UnderstandingJudgement::Understands) => Competence::Able,
        Some(UnderstandingJudgement::InDoubtAdviceAsked) | None if ages.may_be(GENERALLY_ABLE, on) => {
            Competence::Able
        }
        Some(UnderstandingJudgement::InDoubtAdviceAsked) => Competence::InDoubt,
        Some(UnderstandingJudgement::DoesNotYet) | None => Competence::NotYet,
    }
}

/// What is wrong with what was given, the first in the order of [`Flaw`].
pub(super) fn flaw(statement: &Statement, given: &Given, ages: Ages) -> Option<Flaw> {
    let all_explained = Explained::ALL.iter().all(|what| given.explained.contains(what));
    let said = statement.said_on.effective_at().date();
    let flaws = [
        (!has_capacity(statement, ages), Flaw::WrongPerson),
        (!understands(statement, ages), Flaw::NotUnderstood),
        (!all_explained, Flaw::NotAllExplained),
        (is_reviewed_too_late(said, given.review_by), Flaw::ReviewTooLate),
        (
            rests_on_document(statement.capacity) && statement.evidence == Evidence::NotSaid,
            Flaw::AuthorityNotShown,
        ),
        (
            statement.capacity == ConsentCapacity::LocalAuthorityCareOrder
                && statement.liaison == Liaison::NotSaid,
            Flaw::LiaisonNotRecorded,
        ),
    ];
    flaws.into_iter().find(|(is_so, _)| *is_so).map(|(_, flaw)| flaw)
}

/// LG 3.7.4: whether it is to be revisited later than a consent may be.
#[must_use]
pub fn is_reviewed_too_late(said: Date, review_by: Date) -> bool {
    review_by > months_after(said, REVIEW_WITHIN)
}

/// A consent of the child needs more than a refusal: that the child surely was old enough, or was judged
/// to understand.
fn understands(statement: &Statement, ages: Ages) -> bool {
    let on = statement.said_on.effective_at().date();
    match (statement.person, statement.judged) {
        (PersonKey::Adult(_), _) | (PersonKey::Child, Some(UnderstandingJudgement::Understands)) => true,
        (PersonKey::Child, None) => ages.is_surely(ABLE, on),
        (
            PersonKey::Child,
            Some(UnderstandingJudgement::DoesNotYet | UnderstandingJudgement::InDoubtAdviceAsked),
        ) => false,
    }
}

/// Whether the person can have the capacity in which the statement was made.
pub(super) fn has_capacity(statement: &Statement, ages: Ages) -> bool {
    let on = statement.said_on.effective_at().date();
    match (statement.person, statement.capacity) {
        (
            PersonKey::Child,
            ConsentCapacity::YoungPerson1617
            | ConsentCapacity::Child1215Understands
            | ConsentCapacity::ChildUnder12Understands
            | ConsentCapacity::Adult18Plus,
        ) => true,
        (PersonKey::Child, _) => false,
        (PersonKey::Adult(who), capacity) => match capacity {
            ConsentCapacity::ParentWithPr => may_have_pr(who.relationship),
            ConsentCapacity::LocalAuthorityCareOrder => who.relationship == Relationship::LocalAuthority,
            ConsentCapacity::PregnantWoman => who.relationship == Relationship::Mother,
            ConsentCapacity::BestInterests => ages.is_surely(ABLE, on),
            ConsentCapacity::AttorneyOrDeputy => ages.is_surely(ADULT, on),
            ConsentCapacity::SpecialGuardian
            | ConsentCapacity::AdoptiveParent
            | ConsentCapacity::DelegatedCarer
            | ConsentCapacity::CourtOrder
            | ConsentCapacity::AdultAboutSelf => true,
            ConsentCapacity::YoungPerson1617
            | ConsentCapacity::Child1215Understands
            | ConsentCapacity::ChildUnder12Understands
            | ConsentCapacity::Adult18Plus => false,
        },
    }
}

/// D-C3: a carer without parental responsibility is told and heard, and cannot consent. Who has it by an
/// order says so by the capacity.
const fn may_have_pr(relationship: Relationship) -> bool {
    match relationship {
        Relationship::Mother
        | Relationship::Father
        | Relationship::StepParent
        | Relationship::Grandparent
        | Relationship::OtherRelative
        | Relationship::AdoptiveParent
        | Relationship::SpecialGuardian
        | Relationship::Guardian
        | Relationship::Other => true,
        Relationship::FosterCarer
        | Relationship::PartnerOfParent
        | Relationship::Sibling
        | Relationship::ChildOf
        | Relationship::LocalAuthority
        | Relationship::Friend => false,
    }
}

const fn rests_on_document(capacity: ConsentCapacity) -> bool {
    match capacity {
        ConsentCapacity::DelegatedCarer
        | ConsentCapacity::CourtOrder
        | ConsentCapacity::BestInterests
        | ConsentCapacity::AttorneyOrDeputy => true,
        ConsentCapacity::YoungPerson1617
        | ConsentCapacity::Child1215Understands
        | ConsentCapacity::ChildUnder12Understands
        | ConsentCapacity::Adult18Plus
        | ConsentCapacity::ParentWithPr
        | ConsentCapacity::SpecialGuardian
        | ConsentCapacity::AdoptiveParent
        | ConsentCapacity::LocalAuthorityCareOrder
        | ConsentCapacity::AdultAboutSelf
        | ConsentCapacity::PregnantWoman => false,
    }
}
