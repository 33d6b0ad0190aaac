//! What a person says of consent, drawn by chance, and as it is written down.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::said::AGENCIES;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Person {
    Child,
    Mother,
    Father,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Given,
    Refused,
    Withdrawn,
    NotAble,
}

/// Of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    StoreAndShare,
    RecordElectronically,
}

/// Which agencies a scope names, and leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    All,
    Housing,
    NotHousing,
    NotHealthVisiting,
    HealthVisitingByKind,
}

/// Which parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    All,
    IdentityAlone,
    NotIdentity,
    /// No item about the child of that part.
    NotTheChildsIdentity,
}

/// A statement of consent.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) by: usize,
    /// The agency's one reference for what it says again, or one of this word alone.
    again: bool,
    pub(super) person: Person,
    pub(super) act: Act,
    pub(super) kind: Kind,
    /// None: a refusal or withdrawal of all, or an act that no scope limits.
    pub(super) scope: Option<(Named, Which)>,
    pub(super) day: u8,
    reviewed_late: bool,
    evidence: bool,
}

pub(super) fn word() -> impl Strategy<Value = Word> {
    let said = (
        select(vec![Person::Child, Person::Mother, Person::Mother, Person::Mother, Person::Father]),
        prop_oneof![9 => Just(Act::StoreAndShare), 1 => Just(Act::RecordElectronically)],
        prop_oneof![
            6 => Just(Kind::Given),
            2 => Just(Kind::Refused),
            2 => Just(Kind::Withdrawn),
            1 => Just(Kind::NotAble),
        ],
        select(vec![
            Named::All,
            Named::All,
            Named::Housing,
            Named::NotHousing,
            Named::NotHealthVisiting,
            Named::HealthVisitingByKind,
        ]),
        select(vec![
            Which::All,
            Which::All,
            Which::All,
            Which::IdentityAlone,
            Which::NotIdentity,
            Which::NotTheChildsIdentity,
        ]),
    );
    let how = (
        select(vec![0, 0, 1, 4_usize]),
        any::<bool>(),
        1..6_u8,
        proptest::bool::weighted(0.1),
        any::<bool>(),
        any::<bool>(),
    );
    (said, how).prop_map(
        |((person, act, kind, named, which), (by, again, day, reviewed_late, evidence, whole))| {
            let limits = match kind {
                Kind::Given => true,
                Kind::Refused | Kind::Withdrawn => !whole,
                Kind::NotAble => false,
            };
            let scope = (act == Act::StoreAndShare && limits).then_some((named, which));
            Word { by, again, person, act, kind, scope, day, reviewed_late, evidence }
        },
    )
}

/// A refusal or a withdrawal that stands beside all that was drawn.
pub(super) fn taking() -> impl Strategy<Value = Word> {
    let kind = select(vec![Kind::Refused, Kind::Withdrawn]);
    (word(), kind).prop_map(|(word, kind)| Word { kind, again: false, ..word })
}

/// A refusal or a withdrawal of all, and what another agency writes down of the same person on a later day: that they
/// agree, or cannot decide.
pub(super) fn taken_and_answered() -> impl Strategy<Value = (Word, Word)> {
    let who = select(vec![Person::Child, Person::Mother]);
    let act = select(vec![Act::StoreAndShare, Act::StoreAndShare, Act::RecordElectronically]);
    let kind = select(vec![Kind::Given, Kind::NotAble]);
    (taking(), word(), who, act, kind).prop_map(|(taken, drawn, person, act, kind)| {
        let taken = Word { person, act, scope: None, ..taken };
        let named = drawn.scope.unwrap_or((Named::All, Which::All));
        let scope = (act == Act::StoreAndShare && kind == Kind::Given).then_some(named);
        let (by, day) = (usize::from(taken.by == 0), taken.day + 1);
        (taken, Word { by, again: false, person, act, kind, scope, day, ..drawn })
    })
}

impl Word {
    /// Which statement it is a version of.
    pub(super) fn reference(&self, number: u32) -> (usize, Option<u32>) {
        (self.by, (!self.again).then_some(number))
    }

    pub(super) fn json(&self) -> Value {
        let day = format!("2026-11-{:02}", self.day);
        let mut said = json!({
            "person": match self.person {
                Person::Child => json!({"is": "child"}),
                Person::Mother => json!({"is": "adult", "relationship": "mother", "name": "Rosa Example"}),
                Person::Father => json!({"is": "adult", "relationship": "father", "name": "Max Example"}),
            },
            "capacity": if self.person == Person::Child { "child-12-15-understands" } else { "parent-with-pr" },
            "acts": [match self.act {
                Act::StoreAndShare => "store-and-share",
                Act::RecordElectronically => "record-electronically",
            }],
            "saidOn": day,
        });
        if self.again {
            said["localRef"] = json!("again");
        }
        if self.person == Person::Child {
            said["understanding"] = json!({"judgement": "understands", "by": "p1", "on": day,
                                           "aboutWhatText": "Who may see it."});
        }
        if let Some((named, which)) = self.scope {
            let parts = match which {
                Which::All => json!({"included": "all"}),
                Which::IdentityAlone => json!({"included": ["identity"]}),
                Which::NotIdentity => json!({"included": "all", "excluded": ["identity"]}),
                Which::NotTheChildsIdentity => json!({
                    "included": "all", "itemsExcluded": [{"part": "identity", "about": {"is": "child"}}],
                }),
            };
            let all = ["school", "surgery", "housing", "visitors", "borough-team"];
            let agencies = match named {
                Named::All => json!({"named": all}),
                Named::Housing => json!({"named": ["housing"]}),
                Named::NotHousing => json!({"named": all, "excluded": {"agencies": ["housing"]}}),
                Named::NotHealthVisiting => json!({"named": all, "excluded": {"kinds": ["health-visiting"]}}),
                Named::HealthVisitingByKind => json!({"kinds": ["health-visiting"]}),
            };
            said["scope"] = json!({"agencies": agencies, "parts": parts});
        }
        match self.kind {
            Kind::Given => self.add_given(&mut said, &day),
            Kind::Refused => said["decision"] = json!("refused"),
            Kind::NotAble => said["decision"] = json!("not-able-to-decide"),
            Kind::Withdrawn => {
                said["decision"] = json!("withdrawn");
                let whole = self.scope.is_none();
                said["withdrawal"] =
                    json!({"effect": "stop-new-use", "riskConsidered": "yes", "wholeCaf": whole});
            }
        }
        said
    }

    fn add_given(&self, said: &mut Value, day: &str) {
        said["decision"] = json!("given");
        said["manner"] = json!({"kind": "written"});
        said["explained"] = json!(schemas::Explained::ALL);
        said["from"] = json!(day);
        said["reviewBy"] = json!(if self.reviewed_late { "2026-11-20" } else { "2027-11-01" });
        if self.evidence {
            said["evidence"] =
                json!({"formRef": "f-1", "heldBy": AGENCIES[self.by].0, "signature": "written"});
        }
    }
}
