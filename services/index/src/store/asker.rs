//! Who asks, joined from `agency`, `authority` and `practitioner`.

use std::collections::{BTreeSet, HashMap};

use schemas::{AgencyId, Phone, PractitionerId, SafetyNote};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::shown::{EntryColumns, SupplierColumns, sensitivity};
use crate::handlers::QueryKey;
use crate::rules::answer::Asker;
use kit::column::{parsed, parsed_if_any};

/// Who asks, as far as the agency is on the register.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn load(
    tx: &mut PgConnection,
    keys: &BTreeSet<QueryKey>,
) -> Result<HashMap<(AgencyId, PractitionerId), Asker>, sqlx::Error> {
    let (mut agencies, mut people) = (Vec::new(), Vec::new());
    for key in keys {
        if let QueryKey::Asker(agency, practitioner) = key {
            agencies.push(agency.as_str());
            people.push(practitioner.as_str());
        }
    }
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT a.agency AS "agency!", said.practitioner_id AS "practitioner_id!", a.kind AS "kind!",
                  a.state AS "state!", a.sensitive AS "sensitive!",
                  coalesce(a.neutral_display_name, a.display_name) AS "shown_name!",
                  a.duty_desk_phone AS "duty_desk_phone!", u.name AS "authority_name?",
                  u.safeguarding_phone AS "safeguarding_phone?",
                  p.name AS "name?", p.job AS "job?", p.work_phone AS "work_phone?",
                  p.state AS "practitioner_state?", p.effective_at AS "effective_at?",
                  p.ended_at AS "ended_at?",
                  a.sensitive OR EXISTS (SELECT FROM involvement i
                                         WHERE i.agency = said.agency AND i.sensitive
                                           AND i.practitioner_id = said.practitioner_id)
                      AS "discreet!"
           FROM unnest($1::text[], $2::text[]) AS said(agency, practitioner_id)
           CROSS JOIN LATERAL (SELECT * FROM agency WHERE agency.agency = said.agency OFFSET 0) AS a
           LEFT JOIN authority u ON u.authority = a.authorities[1]
           LEFT JOIN LATERAL
               (SELECT * FROM practitioner p
                WHERE p.agency = said.agency AND p.practitioner_id = said.practitioner_id
                OFFSET 0) AS p ON true"#,
        &agencies as _,
        &people as _,
    )
    .fetch_all(tx)
    .await?;
    rows.iter().map(Row::parse).collect()
}

struct Row {
    agency: String,
    practitioner_id: String,
    kind: String,
    state: String,
    sensitive: bool,
    shown_name: String,
    duty_desk_phone: String,
    authority_name: Option<String>,
    safeguarding_phone: Option<String>,
    name: Option<String>,
    job: Option<String>,
    work_phone: Option<String>,
    practitioner_state: Option<String>,
    effective_at: Option<OffsetDateTime>,
    ended_at: Option<OffsetDateTime>,
    discreet: bool,
}

impl Row {
    fn parse(&self) -> Result<((AgencyId, PractitionerId), Asker), sqlx::Error> {
        let who = (parsed(&self.agency)?, parsed(&self.practitioner_id)?);
        let supplier = SupplierColumns {
            agency: &self.agency,
            state: &self.state,
            sensitive: self.sensitive,
            shown_name: &self.shown_name,
            duty_desk: &self.duty_desk_phone,
        };
        let practitioner = EntryColumns {
            name: self.name.as_deref(),
            job: self.job.as_deref(),
            work_phone: self.work_phone.as_deref(),
            state: self.practitioner_state.as_deref(),
            effective_at: self.effective_at,
            ended_at: self.ended_at,
        };
        let phone: Option<Phone> = parsed_if_any(self.safeguarding_phone.as_deref())?;
        let asker = Asker {
            supplier: supplier.parse()?,
            kind: parsed(&self.kind)?,
            practitioner: practitioner.parse()?,
            sensitivity: sensitivity(self.discreet),
            safety_note: SafetyNote::with_numbers(self.authority_name.as_deref().zip(phone.as_ref())),
        };
        Ok((who, asker))
    }
}
