//! The tables `intention` and `intention_key`.

use std::collections::BTreeSet;

use schemas::{AgencyId, ChildRef, LocalRef};
use sqlx::PgConnection;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::shown::{EntryColumns, SupplierColumns, sensitivity};
use crate::rules::changes::Folded;
use crate::rules::intention::{Intended, Intention, Key};
use crate::rules::task::TaskKind;
use crate::rules::world::Training;
use kit::column::parsed;

/// The intentions that stand `today` and are about one of the records or keys: not lapsed, and no CAF
/// was started upon them, nor by the same agency of the same record since.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn load(
    tx: &mut PgConnection,
    records: &[Uuid],
    keys: &BTreeSet<Key>,
    today: Date,
) -> Result<Vec<Intention>, sqlx::Error> {
    let keys: Vec<&str> = keys.iter().map(Key::as_str).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT i.local_ref AS "local_ref!", i.record_id, i.synthetic AS "synthetic!",
                  ARRAY(SELECT k.key FROM intention_key k
                        WHERE k.agency = i.agency AND k.local_ref = i.local_ref) AS "keys!",
                  a.agency AS "agency!", a.state AS "agency_state!", a.sensitive AS "sensitive!",
                  coalesce(a.neutral_display_name, a.display_name) AS "shown_name!",
                  a.duty_desk_phone AS "duty_desk_phone!", p.name AS "name?", p.job AS "job?",
                  p.work_phone AS "work_phone?", p.state AS "state?", p.effective_at AS "recorded_at?",
                  p.ended_at AS "ended_at?",
                  a.sensitive OR EXISTS (SELECT FROM involvement v
                                         WHERE v.agency = i.agency AND v.sensitive
                                           AND v.practitioner_id = i.practitioner_id)
                      AS "discreet!"
           FROM (SELECT m.agency, m.local_ref FROM intention m WHERE m.record_id = ANY($1)
                 UNION
                 SELECT k.agency, k.local_ref FROM intention_key k WHERE k.key = ANY($2)) AS met
           JOIN intention i ON i.agency = met.agency AND i.local_ref = met.local_ref
           JOIN agency a ON a.agency = i.agency
           LEFT JOIN practitioner p
                ON p.agency = i.agency AND p.practitioner_id = i.practitioner_id
           WHERE i.lapses_on >= $3
             -- D-I2: a CAF that shows to nobody yet takes nothing away either.
             AND NOT EXISTS (SELECT FROM caf c JOIN authority u ON u.authority = c.authority
                             WHERE c.agency = i.agency AND c.intention_ref = i.local_ref
                               AND (c.consent_ref IS NOT NULL OR NOT u.needs_agreement))
             AND NOT EXISTS (SELECT FROM caf c JOIN authority u ON u.authority = c.authority
                             WHERE c.record_id = i.record_id AND c.agency = i.agency
                               AND c.started_at >= i.effective_at - interval '1 day'
                               AND (c.consent_ref IS NOT NULL OR NOT u.needs_agreement))
           ORDER BY i.effective_at, i.agency, i.local_ref"#,
        records,
        &keys as _,
        today,
    )
    .fetch_all(tx)
    .await?;
    rows.iter().map(Row::parse).collect()
}

struct Row {
    local_ref: String,
    record_id: Option<Uuid>,
    synthetic: bool,
    keys: Vec<String>,
    agency: String,
    agency_state: String,
    sensitive: bool,
    shown_name: String,
    duty_desk_phone: String,
    name: Option<String>,
    job: Option<String>,
    work_phone: Option<String>,
    state: Option<String>,
    recorded_at: Option<OffsetDateTime>,
    ended_at: Option<OffsetDateTime>,
    discreet: bool,
}

impl Row {
    fn parse(&self) -> Result<Intention, sqlx::Error> {
        let supplier = SupplierColumns {
            agency: &self.agency,
            state: &self.agency_state,
            sensitive: self.sensitive,
            shown_name: &self.shown_name,
            duty_desk: &self.duty_desk_phone,
        };
        let practitioner = EntryColumns {
            name: self.name.as_deref(),
            job: self.job.as_deref(),
            work_phone: self.work_phone.as_deref(),
            state: self.state.as_deref(),
            effective_at: self.recorded_at,
            ended_at: self.ended_at,
        };
        Ok(Intention {
            local_ref: parsed(&self.local_ref)?,
            record: self.record_id.map(ChildRef::from_uuid),
            keys: self.keys.iter().cloned().map(Key::from_stored).collect(),
            training: Training::marked(self.synthetic),
            supplier: supplier.parse()?,
            practitioner: practitioner.parse()?,
            sensitivity: sensitivity(self.discreet),
        })
    }
}

/// Writes intentions with their keys; a later version that stands there stays.
///
/// # Errors
/// When the database refuses.
pub async fn store(
    tx: &mut PgConnection,
    intended: &Folded<(AgencyId, LocalRef), Intended>,
) -> Result<(), sqlx::Error> {
    if intended.is_empty() {
        return Ok(());
    }
    let agencies = intended.column(|(agency, _), _| agency.as_str());
    let local_refs = intended.column(|(_, local_ref), _| local_ref.as_str());
    let records = intended.column(|_, fact| fact.record.map(|record| record.as_uuid()));
    let people = intended.column(|_, fact| fact.practitioner.as_str());
    let authorities = intended.column(|_, fact| fact.authority.as_str());
    let asked_by = intended.column(|_, fact| fact.asked_by.as_str());
    let synthetic = intended.column(|_, fact| fact.training == Training::Synthetic);
    let told_by = intended.column(|_, fact| fact.told_by.as_ref().map(Json));
    let lapses = intended.column(|_, fact| fact.lapses_on);
    let (effective, messages) = intended.moments();
    let written = sqlx::query!(
        "INSERT INTO intention AS known
             (agency, local_ref, record_id, practitioner_id, authority, asked_by, synthetic, told_by,
              lapses_on, effective_at, message_id)
         SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[],
                              $7::bool[], $8::jsonb[], $9::date[], $10::timestamptz[], $11::uuid[])
         ON CONFLICT (agency, local_ref) DO UPDATE
         SET record_id = EXCLUDED.record_id, practitioner_id = EXCLUDED.practitioner_id,
             authority = EXCLUDED.authority, asked_by = EXCLUDED.asked_by,
             synthetic = EXCLUDED.synthetic, told_by = EXCLUDED.told_by, lapses_on = EXCLUDED.lapses_on,
             effective_at = EXCLUDED.effective_at, message_id = EXCLUDED.message_id
         WHERE (known.effective_at, known.message_id) < (EXCLUDED.effective_at, EXCLUDED.message_id)
         RETURNING agency, local_ref",
        &agencies as _,
        &local_refs as _,
        &records as _,
        &people as _,
        &authorities as _,
        &asked_by as _,
        &synthetic,
        &told_by as _,
        &lapses,
        &effective,
        &messages,
    )
    .fetch_all(&mut *tx)
    .await?;
    let written: BTreeSet<(&str, &str)> =
        written.iter().map(|row| (row.agency.as_str(), row.local_ref.as_str())).collect();
    store_keys(tx, intended, &written).await
}

/// Brings the keys of the intentions that were `written` into line with them.
async fn store_keys(
    tx: &mut PgConnection,
    intended: &Folded<(AgencyId, LocalRef), Intended>,
    written: &BTreeSet<(&str, &str)>,
) -> Result<(), sqlx::Error> {
    let keyed =
        intended.column(|(agency, local_ref), fact| ((agency.as_str(), local_ref.as_str()), &fact.keys));
    let keyed: Vec<((&str, &str), &str)> = keyed
        .into_iter()
        .filter(|(which, _)| written.contains(which))
        .flat_map(|(which, keys)| keys.iter().map(move |key| (which, key.as_str())))
        .collect();
    let agencies: Vec<&str> = keyed.iter().map(|((agency, _), _)| *agency).collect();
    let local_refs: Vec<&str> = keyed.iter().map(|((_, local_ref), _)| *local_ref).collect();
    let keys: Vec<&str> = keyed.iter().map(|(_, key)| *key).collect();
    let (written_by, written_refs): (Vec<&str>, Vec<&str>) = written.iter().copied().unzip();
    sqlx::query!(
        "WITH said AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS said(agency, local_ref, key)),
              gone AS (DELETE FROM intention_key AS known
                       USING unnest($4::text[], $5::text[]) AS written(agency, local_ref)
                       WHERE known.agency = written.agency AND known.local_ref = written.local_ref
                         AND NOT EXISTS (SELECT FROM said
                                         WHERE said.agency = known.agency
                                           AND said.local_ref = known.local_ref AND said.key = known.key))
         INSERT INTO intention_key (agency, local_ref, key) SELECT agency, local_ref, key FROM said
         ON CONFLICT DO NOTHING",
        &agencies as _,
        &local_refs as _,
        &keys as _,
        &written_by as _,
        &written_refs as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets the intentions that lapsed before `day`, with their keys; not while a person is to ask about them.
///
/// # Errors
/// When the database refuses.
pub async fn forget(tx: &mut PgConnection, day: Date) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH gone AS (DELETE FROM intention i WHERE lapses_on < $1
                         AND NOT EXISTS (SELECT FROM task t
                                         WHERE t.kind = $2 AND t.ref = i.agency || '/' || i.local_ref
                                           AND t.done_at IS NULL)
                       RETURNING agency, local_ref)
         DELETE FROM intention_key k USING gone
         WHERE k.agency = gone.agency AND k.local_ref = gone.local_ref",
        day,
        TaskKind::IntentionLapsed.as_str(),
    )
    .execute(tx)
    .await?;
    Ok(())
}
