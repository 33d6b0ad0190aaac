//! What agencies said of the children in reach: involvements and CAFs, with their practitioners.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::column::{parsed, parsed_if_any};
use super::shown::{EntryColumns, sensitivity};
use crate::rules::world::{Caf, Desk, Involvement, Record};

/// One of a record's statements.
#[derive(Debug)]
pub(super) enum Engagement {
    Involvement(Involvement),
    Caf(Caf),
}

impl Engagement {
    pub(super) fn attach_to(self, record: &mut Record) {
        match self {
            Self::Involvement(involvement) => record.involvements.push(involvement),
            Self::Caf(caf) => record.cafs.push(caf),
        }
    }
}

/// All of these records, in an order that is the same every time.
pub(super) async fn load(
    tx: &mut PgConnection,
    records: &[Uuid],
) -> Result<Vec<(Uuid, Engagement)>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT said.record_id AS "record_id!", said.caf_ref,
                  said.practitioner_id AS "practitioner_id!", said.role_in_case,
                  said.contact_phone, said.sensitive, said.key_worker,
                  said.started_at AS "started_at!", said.effective_at AS "effective_at!",
                  said.involvement_ended_at, p.name, p.job, p.work_phone, p.state,
                  p.effective_at AS "recorded_at?", p.ended_at,
                  coalesce(team.neutral_display_name, team.display_name) AS team_name,
                  team.duty_desk_phone AS "team_phone?"
           FROM (SELECT record_id, agency, local_ref, NULL AS caf_ref, practitioner_id, role_in_case,
                        contact_phone, sensitive, key_worker, started_at, effective_at,
                        ended_at AS involvement_ended_at, NULL AS authority
                 FROM involvement WHERE record_id = ANY($1)
                 UNION ALL
                 SELECT record_id, agency, local_ref, caf_ref, practitioner_id, NULL,
                        NULL, NULL, NULL, started_at, effective_at, NULL, authority
                 FROM caf WHERE record_id = ANY($1)) AS said
           LEFT JOIN practitioner p USING (agency, practitioner_id)
           LEFT JOIN authority u ON u.authority = said.authority
           LEFT JOIN agency team ON team.agency = u.caf_team
           ORDER BY said.record_id, said.caf_ref, said.local_ref"#,
        records,
    )
    .fetch_all(tx)
    .await?;
    rows.iter().map(|row| Ok((row.record_id, row.parse()?))).collect()
}

struct Row {
    record_id: Uuid,
    caf_ref: Option<String>,
    practitioner_id: String,
    role_in_case: Option<String>,
    contact_phone: Option<String>,
    sensitive: Option<bool>,
    key_worker: Option<bool>,
    started_at: OffsetDateTime,
    effective_at: OffsetDateTime,
    involvement_ended_at: Option<OffsetDateTime>,
    name: Option<String>,
    job: Option<String>,
    work_phone: Option<String>,
    state: Option<String>,
    recorded_at: Option<OffsetDateTime>,
    ended_at: Option<OffsetDateTime>,
    team_name: Option<String>,
    team_phone: Option<String>,
}

impl Row {
    fn parse(&self) -> Result<Engagement, sqlx::Error> {
        let practitioner_id = parsed(&self.practitioner_id)?;
        let practitioner = EntryColumns {
            name: self.name.as_deref(),
            job: self.job.as_deref(),
            work_phone: self.work_phone.as_deref(),
            state: self.state.as_deref(),
            effective_at: self.recorded_at,
            ended_at: self.ended_at,
        };
        let practitioner = practitioner.parse()?;
        if let Some(caf_ref) = &self.caf_ref {
            return Ok(Engagement::Caf(Caf {
                caf_ref: parsed(caf_ref)?,
                started_at: self.started_at,
                practitioner_id,
                practitioner,
                team: self.team()?,
            }));
        }
        let role = self.role_in_case.as_deref().unwrap_or_default();
        Ok(Engagement::Involvement(Involvement {
            practitioner_id,
            practitioner,
            role_in_case: parsed(role)?,
            contact_phone: parsed_if_any(self.contact_phone.as_deref())?,
            // D-I6: what is not known to be ordinary is not shown.
            sensitivity: sensitivity(self.sensitive.unwrap_or(true)),
            key_worker: self.key_worker.unwrap_or_default(),
            started_at: self.started_at,
            effective_at: self.effective_at,
            ended_at: self.involvement_ended_at,
        }))
    }

    fn team(&self) -> Result<Option<Desk>, sqlx::Error> {
        let columns = self.team_name.as_deref().zip(self.team_phone.as_deref());
        let desk = |(name, phone)| Ok(Desk { name: parsed(name)?, phone: parsed(phone)? });
        columns.map(desk).transpose()
    }
}
