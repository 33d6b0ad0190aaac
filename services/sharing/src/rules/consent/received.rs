//! A statement as an agency sent it. Names become tokens here, and free text is left behind.

use schemas::{
    AgencyId, Agreed, ConsentRecorded, ConsentScope, MessageId, PartsIncluded, Person, PersonName,
    Relationship,
};
use time::OffsetDateTime;

use super::scope::{About, Agencies, Included, Parts, Scope};
use super::statement::{
    AdultKey, Decided, Ends, Evidence, Given, Liaison, PersonKey, PersonToken, Statement, StatementVersion,
};

/// Makes the token of a person: the keyed hash of relationship and folded name.
pub type Tokens<'t> = &'t dyn Fn(Relationship, &PersonName) -> PersonToken;

impl Statement {
    #[must_use]
    pub fn received(
        agency: AgencyId,
        message: MessageId,
        received_at: OffsetDateTime,
        said: &ConsentRecorded,
        tokens: Tokens<'_>,
    ) -> Self {
        Self {
            version: StatementVersion { agency, local_ref: said.local_ref.clone(), message },
            received_at,
            said_on: said.said_on,
            person: person(&said.person, tokens),
            capacity: said.capacity,
            acts: said.acts.iter().copied().collect(),
            decided: decided(&said.decided, tokens),
            judged: said.understanding.as_ref().map(|understanding| understanding.judgement),
            evidence: if said.evidence.is_some() { Evidence::Held } else { Evidence::NotSaid },
            ends: ends(&said.decided),
            liaison: if said.liaised_with_parents.is_some() { Liaison::Recorded } else { Liaison::NotSaid },
        }
    }
}

fn decided(said: &schemas::Decided, tokens: Tokens<'_>) -> Decided {
    let of = |agreed: &Agreed| {
        Decided::Given(Given {
            scope: agreed.scope.as_ref().map(|said| scope(said, tokens)),
            explained: agreed.explained.iter().copied().collect(),
            from: agreed.from.date(),
            review_by: agreed.review_by.date(),
            ends_on: agreed.ends_on.map(schemas::Day::date),
        })
    };
    match said {
        schemas::Decided::Given(agreed)
        | schemas::Decided::GivenWithLimits(agreed)
        | schemas::Decided::Renewed(agreed) => of(agreed),
        schemas::Decided::Refused { scope: said, .. } => {
            Decided::Refused(said.as_ref().map(|said| scope(said, tokens)))
        }
        schemas::Decided::Withdrawn { withdrawal, .. } => Decided::Withdrawn(match &withdrawal.of {
            schemas::Withdrawn::WholeCaf => None,
            schemas::Withdrawn::Scope(said) => Some(scope(said, tokens)),
        }),
        schemas::Decided::NotAbleToDecide => Decided::NotAbleToDecide,
        schemas::Decided::NotAsked(_) => Decided::NotAsked,
    }
}

fn ends(said: &schemas::Decided) -> Option<Ends> {
    match said {
        schemas::Decided::Withdrawn { withdrawal, .. } => {
            Some(Ends { effect: withdrawal.effect, risk_considered: withdrawal.risk_considered })
        }
        schemas::Decided::Given(_)
        | schemas::Decided::GivenWithLimits(_)
        | schemas::Decided::Renewed(_)
        | schemas::Decided::Refused { .. }
        | schemas::Decided::NotAbleToDecide
        | schemas::Decided::NotAsked(_) => None,
    }
}

fn person(said: &Person, tokens: Tokens<'_>) -> PersonKey {
    match said {
        Person::Child => PersonKey::Child,
        Person::Adult { relationship, name } => PersonKey::Adult(adult(*relationship, name, tokens)),
    }
}

fn adult(relationship: Relationship, name: &PersonName, tokens: Tokens<'_>) -> AdultKey {
    AdultKey { relationship, token: tokens(relationship, name) }
}

impl About {
    #[must_use]
    pub fn received(said: &schemas::About, tokens: Tokens<'_>) -> Self {
        match said {
            schemas::About::Child => Self::Child,
            schemas::About::Parent { person } => {
                Self::Parent(adult(person.relationship, &person.name, tokens))
            }
            schemas::About::Sibling { .. } => Self::Sibling,
            schemas::About::OtherPerson { .. } => Self::OtherPerson,
        }
    }
}

fn scope(said: &ConsentScope, tokens: Tokens<'_>) -> Scope {
    let excluded = said.agencies.excluded.clone().unwrap_or_default();
    Scope {
        agencies: Agencies {
            named: said.agencies.named.iter().cloned().collect(),
            kinds: said.agencies.kinds.iter().copied().collect(),
            excluded: excluded.agencies.into_iter().collect(),
            excluded_kinds: excluded.kinds.into_iter().collect(),
        },
        parts: Parts {
            included: match &said.parts.included {
                PartsIncluded::All => Included::All,
                PartsIncluded::These(parts) => Included::These(parts.iter().copied().collect()),
            },
            excluded: said.parts.excluded.iter().copied().collect(),
            items_excluded: said
                .parts
                .items_excluded
                .iter()
                .map(|item| (item.part, About::received(&item.about, tokens)))
                .collect(),
        },
        purposes: said.purposes.iter().copied().collect(),
        about: said.about_persons.iter().map(|said| person(said, tokens)).collect(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use uuid::Uuid;

    use super::super::invented::{NOW, agency};
    use super::*;

    /// A test needs no key.
    fn token(relationship: Relationship, _: &PersonName) -> PersonToken {
        PersonToken([relationship as u8; 32])
    }

    fn example(name: &str) -> ConsentRecorded {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/examples/consent.recorded/");
        let read = std::fs::read_to_string(format!("{folder}{name}")).unwrap();
        let message: serde_json::Value = serde_json::from_str(&read).unwrap();
        serde_json::from_value(message["data"].clone()).unwrap()
    }

    #[test]
    fn every_valid_example_of_the_contract_is_understood() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/examples/consent.recorded");
        let mut read = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            if name.starts_with("valid-") {
                let said = example(&name);
                let message = MessageId::from_uuid(Uuid::nil());
                let statement = Statement::received(agency("school"), message, NOW, &said, &token);
                assert_eq!(statement.acts.len(), said.acts.len(), "{name}");
                read += 1;
            }
        }
        assert!(read > 0);
    }
}
