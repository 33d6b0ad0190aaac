//! What agencies said of the children in reach: involvements and CAFs, with their practitioners.

use schemas::{Day, LeadKind, MessageId};
use serde::Deserialize;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use super::shown::{EntryColumns, sensitivity};
use crate::rules::life::{Sayer, Step, What};
use crate::rules::world::{Caf, Desk, Involvement, Notice, Record};
use kit::column::{parsed, parsed_if_any};

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
                  said.practitioner_id AS "practitioner_id!", said.role_in_case, said.level,
                  said.lead_kind, said.contact_phone, said.sensitive, said.key_worker,
                  said.started_at AS "started_at!", said.effective_at AS "effective_at!",
                  said.involvement_ended_at, p.name AS "name?", p.job AS "job?",
                  p.work_phone AS "work_phone?", p.state AS "state?",
                  p.effective_at AS "recorded_at?", p.ended_at AS "ended_at?",
                  coalesce(team.neutral_display_name, team.display_name, u.name) AS "team_name?",
                  coalesce(team.duty_desk_phone, u.safeguarding_phone) AS "team_phone?",
                  said.authority, u.reopen_days AS "reopen_days?",
                  u.needs_agreement AND said.consent_ref IS NULL AS awaits_agreement,
                  said.review_due_on,
                  said.steps AS "steps: Json<Vec<StepRow>>"
           FROM unnest($1::uuid[]) AS known(record_id)
           CROSS JOIN LATERAL (
               SELECT i.record_id, i.agency, i.local_ref, NULL AS caf_ref, i.practitioner_id,
                      i.role_in_case, i.level, i.lead_kind, i.contact_phone, i.sensitive, i.key_worker,
                      i.started_at, i.effective_at, i.ended_at AS involvement_ended_at, NULL AS authority,
                      NULL AS consent_ref, NULL::date AS review_due_on, NULL::jsonb AS steps
               FROM involvement i WHERE i.record_id = known.record_id
               UNION ALL
               SELECT c.record_id, c.agency, c.local_ref, c.caf_ref, c.practitioner_id,
                      NULL, NULL, NULL, NULL, NULL, NULL, c.started_at,
                      c.effective_at, NULL, c.authority, c.consent_ref, c.review_due_on,
                      (SELECT jsonb_agg(jsonb_build_object(
                           'agency', s.agency, 'what', s.what, 'code', s.code, 'other', s.other,
                           'backBy', s.data->>'dueBy',
                           'happenedAt', to_char(s.happened_at AT TIME ZONE 'UTC',
                                                 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                           'message', s.message_id,
                           'teamOf', s.team_of,
                           'name', coalesce(a.neutral_display_name, a.display_name),
                           'phone', a.duty_desk_phone))
                       FROM caf_step s JOIN agency a ON a.agency = s.agency
                       -- What others say has no effect (rules/life.rs), and there may be much of it.
                       WHERE s.caf_ref = c.caf_ref
                         AND (s.agency = c.agency OR cardinality(s.team_of) > 0
                              OR EXISTS (SELECT FROM involvement l
                                         WHERE l.record_id = ANY($1) AND l.agency = s.agency
                                           AND l.role_in_case = 'lead-professional')))
               FROM caf c WHERE c.record_id = known.record_id) AS said
           LEFT JOIN LATERAL
               (SELECT * FROM practitioner p
                WHERE p.agency = said.agency AND p.practitioner_id = said.practitioner_id
                OFFSET 0) AS p ON true
           LEFT JOIN LATERAL
               (SELECT * FROM authority u WHERE u.authority = said.authority OFFSET 0) AS u ON true
           LEFT JOIN LATERAL
               (SELECT * FROM agency
                WHERE agency.agency = u.caf_team AND agency.state = 'active' OFFSET 0) AS team ON true
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
    level: Option<String>,
    lead_kind: Option<String>,
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
    authority: Option<String>,
    reopen_days: Option<i32>,
    awaits_agreement: Option<bool>,
    review_due_on: Option<Date>,
    steps: Option<Json<Vec<StepRow>>>,
}

/// A row of `caf_step`, with what the registers say of its sayer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StepRow {
    agency: String,
    what: String,
    code: Option<String>,
    other: Option<String>,
    back_by: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    happened_at: OffsetDateTime,
    message: Uuid,
    team_of: Vec<String>,
    name: String,
    phone: String,
}

impl StepRow {
    fn parse(&self) -> Result<Step, sqlx::Error> {
        let back_by: Option<Day> = parsed_if_any(self.back_by.as_deref())?;
        let (code, other) = (self.code.as_deref(), self.other.as_deref());
        let what = What::from_stored(&self.what, code, other, back_by.map(Day::date));
        Ok(Step {
            by: Sayer {
                agency: parsed(&self.agency)?,
                team_of: self.team_of.iter().map(|authority| parsed(authority)).collect::<Result<_, _>>()?,
                desk: Desk { name: parsed(&self.name)?, phone: parsed(&self.phone)? },
            },
            happened_at: self.happened_at,
            message: MessageId::from_uuid(self.message),
            what: what.map_err(|error| sqlx::Error::Decode(error.into()))?,
        })
    }
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
                authority: parsed(self.authority.as_deref().unwrap_or_default())?,
                notice: if self.awaits_agreement == Some(true) {
                    Notice::AwaitsAgreement
                } else {
                    Notice::Shows
                },
                reopen: Duration::days(self.reopen_days.unwrap_or_default().into()),
                review_due_on: self.review_due_on,
                steps: self
                    .steps
                    .iter()
                    .flat_map(|rows| &rows.0)
                    .map(StepRow::parse)
                    .collect::<Result<_, _>>()?,
            }));
        }
        let role = self.role_in_case.as_deref().unwrap_or_default();
        Ok(Engagement::Involvement(Involvement {
            practitioner_id,
            practitioner,
            role_in_case: parsed(role)?,
            level: parsed(self.level.as_deref().unwrap_or_default())?,
            lead_kind: parsed_if_any(self.lead_kind.as_deref())?.unwrap_or(LeadKind::Practitioner),
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
