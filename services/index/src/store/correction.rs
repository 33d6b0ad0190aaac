//! The table `correction`, and the records that it is laid over.
//!
//! A correction marks its record, which locks the row: whoever writes what was recorded of the same
//! child waits, and then sees the mark. What a record comes to is read after that.

use std::collections::BTreeSet;

use schemas::{AgencyId, ChildRef, Correction, LocalRef};
use serde_json::{Map, Value};
use sqlx::PgConnection;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::record::{Facts, Said, write_facts};
use crate::rules::changes::Folded;
use crate::rules::kept::{Kept, fields_of};

/// Writes corrections; a later version that stands there stays. Returns the records that they are
/// about, or were.
///
/// # Errors
/// When the database refuses.
pub async fn store(
    tx: &mut PgConnection,
    corrections: &Folded<(AgencyId, LocalRef), (ChildRef, Correction)>,
) -> Result<BTreeSet<Uuid>, sqlx::Error> {
    if corrections.is_empty() {
        return Ok(BTreeSet::new());
    }
    let agencies = corrections.column(|(agency, _), _| agency.as_str());
    let refs = corrections.column(|(_, local_ref), _| local_ref.as_str());
    let records = corrections.column(|_, (record, _)| record.as_uuid());
    let facts = corrections.column(|_, (_, correction)| Json(fields_of(correction)));
    let (effective, messages) = corrections.moments();
    let before = sqlx::query_scalar!(
        "WITH said AS (
             SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::jsonb[], $5::timestamptz[],
                                  $6::uuid[])
                  AS said(agency, local_ref, record_id, fact, effective_at, message_id)),
         stored AS (
             INSERT INTO correction AS known SELECT * FROM said
             ON CONFLICT (agency, local_ref) DO UPDATE
             SET record_id = EXCLUDED.record_id, fact = EXCLUDED.fact,
                 effective_at = EXCLUDED.effective_at, message_id = EXCLUDED.message_id
             WHERE (known.effective_at, known.message_id)
                 < (EXCLUDED.effective_at, EXCLUDED.message_id))
         SELECT known.record_id FROM said JOIN correction AS known USING (agency, local_ref)",
        &agencies as _,
        &refs as _,
        &records,
        &facts as _,
        &effective,
        &messages,
    )
    .fetch_all(&mut *tx)
    .await?;
    let touched: BTreeSet<Uuid> = records.into_iter().chain(before).collect();
    mark(tx, &touched).await?;
    Ok(touched)
}

/// From now on what was recorded of these is kept apart. The first time that is what the columns hold.
async fn mark(tx: &mut PgConnection, records: &BTreeSet<Uuid>) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> = records.iter().copied().collect();
    sqlx::query!(
        "UPDATE record
         SET corrected = true,
             recorded = CASE
                 WHEN corrected THEN recorded
                 WHEN effective_at IS NOT NULL THEN jsonb_build_object(
                     'names', names,
                     'birth', jsonb_build_object('date', birth_date, 'precision', birth_precision),
                     'gender', gender, 'nhsNumber', nhs_number, 'upn', upn, 'uln', uln,
                     'addresses', addresses, 'carers', carers, 'setting', setting,
                     'gpPractice', gp_practice, 'childState', child_state, 'authority', authority,
                     'synthetic', synthetic, 'toldBy', told_by)
             END
         WHERE record_id = ANY($1)",
        &ids,
    )
    .execute(tx)
    .await?;
    Ok(())
}

struct Row {
    record_id: Uuid,
    recorded: Json<Map<String, Value>>,
    effective_at: OffsetDateTime,
    message_id: Uuid,
    corrections: Vec<Json<Map<String, Value>>>,
}

/// Lays the corrections of these records over what was recorded before them.
///
/// # Errors
/// When the database refuses, or holds what is not of its form.
pub async fn apply(tx: &mut PgConnection, records: &BTreeSet<Uuid>) -> Result<(), sqlx::Error> {
    if records.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = records.iter().copied().collect();
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT r.record_id, r.recorded AS "recorded!: Json<Map<String, Value>>",
                  r.effective_at AS "effective_at!", r.message_id AS "message_id!",
                  ARRAY(SELECT c.fact FROM correction AS c
                        WHERE c.record_id = r.record_id
                          AND (c.effective_at, c.message_id) > (r.effective_at, r.message_id)
                        ORDER BY c.effective_at, c.message_id)
                      AS "corrections!: Vec<Json<Map<String, Value>>>"
           FROM record AS r WHERE r.record_id = ANY($1) AND r.recorded IS NOT NULL"#,
        &ids,
    )
    .fetch_all(&mut *tx)
    .await?;
    let facts = rows.into_iter().map(Row::into_facts).collect::<Result<Vec<Facts>, _>>()?;
    write_facts(tx, &facts, Said::Corrected).await?;
    Ok(())
}

impl Row {
    fn into_facts(self) -> Result<Facts, sqlx::Error> {
        let corrections = self.corrections.into_iter().map(|Json(fields)| fields).collect();
        let kept = Kept::corrected(self.recorded.0, corrections)
            .map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok(Facts {
            record: self.record_id,
            kept,
            effective_at: self.effective_at,
            message_id: self.message_id,
        })
    }
}
