//! Invented statements for the tests.
#![expect(clippy::unwrap_used, reason = "a test may stop")]

use std::collections::BTreeMap;

use kit::calendar::months_after;
use schemas::{
    AgencyId, AgencyKind, Birth, ConsentAct, ConsentCapacity, DobPrecision, Explained, FormPart, Happened,
    LocalRef, MessageId, PartialDate, Purpose, Relationship, UnderstandingJudgement,
};
use time::macros::datetime;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::*;

pub(super) const NOW: OffsetDateTime = datetime!(2026-11-21 10:00 UTC);

pub(super) fn agency(name: &str) -> AgencyId {
    AgencyId::parse(name).unwrap()
}

pub(super) fn day(written: &str) -> Date {
    schemas::Day::parse(written).unwrap().date()
}

pub(super) fn born(on: &str) -> Ages {
    let birth = Birth::new(PartialDate::parse(on).unwrap(), DobPrecision::Exact);
    Ages::of(Some(birth.unwrap()))
}

pub(super) fn adult(relationship: Relationship) -> PersonKey {
    PersonKey::Adult(key(relationship))
}

pub(super) fn key(relationship: Relationship) -> AdultKey {
    AdultKey { relationship, token: PersonToken([7; 32]) }
}

pub(super) fn mother() -> PersonKey {
    adult(Relationship::Mother)
}

pub(super) fn father() -> PersonKey {
    adult(Relationship::Father)
}

pub(super) fn recipient(name: &str, kind: AgencyKind) -> Recipient {
    Recipient { agency: agency(name), kind, sensitivity: kind.default_sensitivity() }
}

/// Health and housing named, all of the form.
pub(super) fn scope() -> Scope {
    Scope {
        agencies: Agencies {
            named: [agency("housing")].into(),
            kinds: [AgencyKind::HealthVisiting].into(),
            ..Agencies::default()
        },
        parts: Parts { included: Included::All, ..Parts::default() },
        ..Scope::default()
    }
}

fn said(number: u128, person: PersonKey, on: &str, decided: Decided) -> Statement {
    let capacity = match person {
        PersonKey::Child => ConsentCapacity::Child1215Understands,
        PersonKey::Adult(_) => ConsentCapacity::ParentWithPr,
    };
    Statement {
        version: StatementVersion {
            agency: agency("school"),
            local_ref: LocalRef::parse(&format!("s{number}")).unwrap(),
            message: MessageId::from_uuid(Uuid::from_u128(number)),
        },
        received_at: day(on).midnight().assume_utc(),
        said_on: Happened::parse(on).unwrap(),
        person,
        capacity,
        acts: [ConsentAct::StoreAndShare].into(),
        decided,
        judged: None,
        evidence: Evidence::Held,
        ends: None,
        liaison: Liaison::NotSaid,
    }
}

pub(super) fn given(number: u128, person: PersonKey, on: &str) -> Statement {
    let given = Given {
        scope: Some(scope()),
        explained: Explained::ALL.iter().copied().collect(),
        from: day(on),
        review_by: months_after(day(on), 24),
        ends_on: None,
    };
    said(number, person, on, Decided::Given(given))
}

pub(super) fn refused(number: u128, person: PersonKey, on: &str) -> Statement {
    said(number, person, on, Decided::Refused(None))
}

pub(super) fn withdrawn(number: u128, person: PersonKey, on: &str) -> Statement {
    said(number, person, on, Decided::Withdrawn(None))
}

pub(super) fn not_able(number: u128, person: PersonKey, on: &str) -> Statement {
    said(number, person, on, Decided::NotAbleToDecide)
}

impl Statement {
    pub(super) fn by(mut self, name: &str) -> Self {
        self.version.agency = agency(name);
        self
    }

    pub(super) fn with_capacity(self, capacity: ConsentCapacity) -> Self {
        Self { capacity, ..self }
    }

    pub(super) fn judged(self, judged: UnderstandingJudgement) -> Self {
        Self { judged: Some(judged), ..self }
    }

    pub(super) fn understood(self) -> Self {
        self.judged(UnderstandingJudgement::Understands)
    }

    pub(super) fn to(self, act: ConsentAct) -> Self {
        Self { acts: [act].into(), ..self }
    }

    pub(super) fn without_evidence(self) -> Self {
        Self { evidence: Evidence::NotSaid, ..self }
    }

    pub(super) fn received_on(self, on: &str) -> Self {
        Self { received_at: day(on).midnight().assume_utc(), ..self }
    }

    pub(super) fn giving(mut self, change: impl FnOnce(&mut Given)) -> Self {
        if let Decided::Given(given) = &mut self.decided {
            change(given);
        }
        self
    }

    /// Changes what is given, or takes away no more than that.
    pub(super) fn of(mut self, change: impl FnOnce(&mut Scope)) -> Self {
        match &mut self.decided {
            Decided::Given(given) => change(given.scope.as_mut().unwrap()),
            Decided::Refused(scope) | Decided::Withdrawn(scope) => {
                change(scope.get_or_insert_default());
            }
            Decided::NotAbleToDecide | Decided::NotAsked => {}
        }
        self
    }
}

/// The usual question: the school's part about housing, to the housing office, for help.
pub(super) struct Asking {
    pub(super) holder: AgencyId,
    pub(super) recipient: Recipient,
    pub(super) part: FormPart,
    pub(super) about: About,
    pub(super) purpose: Purpose,
}

pub(super) fn asking() -> Asking {
    Asking {
        holder: agency("school"),
        recipient: recipient("housing", AgencyKind::Housing),
        part: FormPart::EnvHousingWorkMoney,
        about: About::Child,
        purpose: Purpose::ReferForService,
    }
}

impl Asking {
    pub(super) fn question(&self) -> Question<'_> {
        Question {
            holder: &self.holder,
            recipient: &self.recipient,
            part: self.part,
            about: &self.about,
            act: act_for(self.purpose),
            purpose: self.purpose,
        }
    }
}

pub(super) fn state(statements: &[Statement], ages: Ages) -> State {
    State::new(statements.to_vec(), ages, BTreeMap::new())
}
