//! Who leads the work with a child, as far as what one agency wrote down may be told there (D-A4, D-I6), and the CAF
//! team of its area (D-A3).

use schemas::{AgencyId, LocalRef, ReminderRef, RoleInCase};
use time::OffsetDateTime;

use super::world::{Record, Word, World};

/// The records of those who lead, by whom or by what stands in this one: what a sensitive service wrote down, or what
/// is restricted for safety, is told to nobody else.
#[must_use]
pub fn leads<'w>(world: &'w World, recorded: &Record, now: OffsetDateTime) -> Vec<&'w Record> {
    let hides = world.word_of(recorded) == Word::Hidden;
    let mut found = world.whom_it_governs(recorded);
    found.retain(|record| {
        let own = record.child.record == recorded.child.record;
        (own || !hides) && is_lead(record, now) && world.active(&record.child.agency_id).is_some()
    });
    found
}

impl World {
    /// The CAF team of the area of a record, and what it calls the child, if it knows it.
    #[must_use]
    pub fn caf_team(
        &self,
        record: &Record,
        otherwise: &LocalRef,
        now: OffsetDateTime,
    ) -> Option<(AgencyId, ReminderRef)> {
        let of = self.agencies.get(&record.child.agency_id)?;
        let team = self.area(of, Some(record))?.caf_team.clone()?;
        let own = self.agencies.get(&team).and_then(|team| self.record_of(team, record, now));
        let reference = own.map(|own| ReminderRef::Child(own.child.record));
        Some((team, reference.unwrap_or_else(|| ReminderRef::Statement(otherwise.clone()))))
    }
}

fn is_lead(record: &Record, now: OffsetDateTime) -> bool {
    record.involvements.iter().any(|work| {
        work.role_in_case == RoleInCase::LeadProfessional
            && work.started_at <= now
            && work.ended_at.is_none_or(|ended| ended > now)
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use std::collections::HashMap;

    use schemas::{AgencyNow, InvolvementNow, Sensitivity};
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-21 10:00 UTC);

    fn of(place: u8) -> String {
        format!("child:0b5e8f6a-0c60-4f39-9a57-5d1b6dd1c10{place}")
    }

    /// Agency `a0` keeps the first record of one child, `a1` the next; each works with the child as is said.
    fn world(records: &[(Sensitivity, &str, &str)]) -> World {
        let agency = |place: usize, sensitive: bool| -> AgencyNow {
            serde_json::from_value(json!({
                "agencyId": format!("agency-{place}"), "version": 1, "kind": "school", "sector": "statutory",
                "displayName": "An agency", "shownName": "An agency", "sensitive": sensitive, "state": "active",
                "authorities": [], "dutyDeskPhone": "0116 496 0100", "safeguardingLeadPhone": "0116 496 0101",
            }))
            .unwrap()
        };
        let record = |place: usize, sensitivity: Sensitivity, restriction: &str, role: &str| {
            Record {
            child: serde_json::from_value(json!({
                "record": of(u8::try_from(place).unwrap()), "version": 1, "agencyId": format!("agency-{place}"),
                "hasFacts": true, "restriction": restriction,
                "tokens": {"number": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa="},
            }))
            .unwrap(),
            agency: sensitivity,
            involvements: vec![work(place, role)],
            cafs: Vec::new(),
            statements: Vec::new(),
            confirmed: Vec::new(),
        }
        };
        let agencies: HashMap<_, _> = records
            .iter()
            .enumerate()
            .map(|(place, (sensitivity, ..))| agency(place, *sensitivity == Sensitivity::Sensitive))
            .map(|agency| (agency.agency_id.clone(), agency))
            .collect();
        let records = records.iter().enumerate();
        let records = records
            .map(|(place, (sensitivity, restriction, role))| record(place, *sensitivity, restriction, role));
        World::new(agencies, HashMap::new(), records.collect())
    }

    fn work(place: usize, role: &str) -> InvolvementNow {
        serde_json::from_value(json!({
            "agencyId": format!("agency-{place}"), "localRef": "i-1", "version": 1,
            "record": of(u8::try_from(place).unwrap()), "practitionerId": "p1", "roleInCase": role,
            "leadKind": "practitioner", "sensitive": false, "keyWorker": false, "level": "targeted",
            "startedAt": "2026-09-01T00:00:00Z",
        }))
        .unwrap()
    }

    /// The agencies that lead, by what the first one wrote down.
    fn told(world: &World) -> Vec<String> {
        let first = world.record(serde_json::from_value(json!(of(0))).unwrap()).unwrap();
        leads(world, first, NOW).iter().map(|lead| lead.child.agency_id.to_string()).collect()
    }

    #[test]
    fn whoever_leads_is_told_of_what_another_agency_wrote_down_unless_that_would_tell_too_much() {
        use Sensitivity::{Ordinary, Sensitive};
        let lead = "lead-professional";
        let told = |records: &[_]| told(&world(records));
        assert_eq!(told(&[(Ordinary, "none", "team-member"), (Ordinary, "none", lead)]), ["agency-1"]);
        assert_eq!(told(&[(Ordinary, "none", lead), (Ordinary, "none", "team-member")]), ["agency-0"]);
        assert_eq!(told(&[(Ordinary, "none", "team-member")]), Vec::<String>::new());
        // D-I6: neither of a sensitive service's word, nor of a child who is restricted.
        assert_eq!(
            told(&[(Sensitive, "none", "team-member"), (Ordinary, "none", lead)]),
            Vec::<String>::new()
        );
        assert_eq!(
            told(&[(Ordinary, "address", "team-member"), (Ordinary, "none", lead)]),
            Vec::<String>::new()
        );
        assert_eq!(told(&[(Ordinary, "address", lead)]), ["agency-0"]);
    }
}
