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
    pub(super) kind: Kind,
    /// None: a refusal or withdrawal of all.
    pub(super) scope: Option<(Named, Which)>,
    pub(super) day: u8,
    reviewed_late: bool,
    evidence: bool,
}

pub(super) fn word() -> impl Strategy<Value = Word> {
    let said = (
        select(vec![Person::Child, Person::Mother, Person::Mother, Person::Mother, Person::Father]),
        select(vec![Kind::Given, Kind::Given, Kind::Given, Kind::Refused, Kind::Withdrawn]),
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
        |((person, kind, named, which), (by, again, day, reviewed_late, evidence, whole))| {
            let scope = (kind == Kind::Given || !whole).then_some((named, which));
            Word { by, again, person, kind, scope, day, reviewed_late, evidence }
        },
    )
}

/// A refusal or a withdrawal that stands beside all that was drawn.
pub(super) fn taking() -> impl Strategy<Value = Word> {
    let kind = select(vec![Kind::Refused, Kind::Withdrawn]);
    (word(), kind).prop_map(|(word, kind)| Word { kind, again: false, ..word })
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
            "acts": ["store-and-share"], "saidOn": day,
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
