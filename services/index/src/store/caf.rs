//! The table `caf`: the mark that a CAF was started, and by whom.

use std::collections::BTreeSet;

use schemas::{CafRef, CafStarted, ChildRef, LocalRef};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::column::parsed;
use super::shown::agency_state;
use crate::handlers::StatementKey as Key;
use crate::rules::changes::Folded;
use crate::rules::known::{Known, KnownCaf};
use crate::rules::teller::Teller;

/// Writes CAFs; a later version that stands there stays.
///
/// # Errors
/// When the database refuses.
pub async fn store(
    tx: &mut PgConnection,
    cafs: &Folded<CafRef, (ChildRef, CafStarted)>,
) -> Result<(), sqlx::Error> {
    if cafs.is_empty() {
        return Ok(());
    }
    let refs = cafs.column(|caf_ref, _| caf_ref.to_string());
    let agencies = cafs.column(|caf_ref, _| caf_ref.agency().as_str());
    let local_refs = cafs.column(|_, (_, fact)| fact.local_ref.as_str());
    let records = cafs.column(|_, (record, _)| record.as_uuid());
    let started = cafs.column(|_, (_, fact)| fact.started_on.effective_at());
    let assessors = cafs.column(|_, (_, fact)| fact.practitioner.id.as_str());
    let roles = cafs.column(|_, (_, fact)| fact.practitioner.role_in_case.as_str());
    let authorities = cafs.column(|_, (_, fact)| fact.authority.as_str());
    let media = cafs.column(|_, (_, fact)| fact.form_medium.as_str());
    let recordings = cafs.column(|_, (_, fact)| fact.electronic_recording.as_str());
    let intentions = cafs.column(|_, (_, fact)| fact.intention_ref.as_ref().map(LocalRef::as_str));
    let consents = cafs.column(|_, (_, fact)| fact.consent_ref.as_ref().map(LocalRef::as_str));
    let told_by = cafs.column(|_, (_, fact)| fact.on_behalf_of.as_ref().map(Teller::from).map(Json));
    let (effective, messages) = cafs.moments();
    sqlx::query!(
        "INSERT INTO caf AS known
             (caf_ref, agency, local_ref, record_id, started_at, practitioner_id, role_in_case,
              authority, form_medium, electronic_recording, intention_ref, consent_ref,
              told_by, effective_at, message_id)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::timestamptz[],
                              $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
                              $11::text[], $12::text[], $13::jsonb[], $14::timestamptz[],
                              $15::uuid[])
         ON CONFLICT (caf_ref) DO UPDATE
         SET local_ref = EXCLUDED.local_ref, record_id = EXCLUDED.record_id,
             started_at = EXCLUDED.started_at, practitioner_id = EXCLUDED.practitioner_id,
             role_in_case = EXCLUDED.role_in_case, authority = EXCLUDED.authority,
             form_medium = EXCLUDED.form_medium,
             electronic_recording = EXCLUDED.electronic_recording,
             intention_ref = EXCLUDED.intention_ref, consent_ref = EXCLUDED.consent_ref,
             told_by = EXCLUDED.told_by,
             effective_at = EXCLUDED.effective_at, message_id = EXCLUDED.message_id
         WHERE (known.effective_at, known.message_id) < (EXCLUDED.effective_at, EXCLUDED.message_id)",
        &refs,
        &agencies as _,
        &local_refs as _,
        &records,
        &started,
        &assessors as _,
        &roles as _,
        &authorities as _,
        &media as _,
        &recordings as _,
        &intentions as _,
        &consents as _,
        &told_by as _,
        &effective,
        &messages,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Finds the CAFs that the keys name: only a check of a form asks for one.
///
/// # Errors
/// When the database refuses.
pub async fn load_known(
    tx: &mut PgConnection,
    keys: &BTreeSet<Key>,
    known: &mut Known,
) -> Result<(), sqlx::Error> {
    let named = keys.iter().filter_map(|key| match key {
        Key::Caf(caf) => Some(caf.to_string()),
        Key::Sender(_) | Key::Authority(_) | Key::Local(..) | Key::Child(..) | Key::Fact(..) => None,
    });
    let named: Vec<String> = named.collect();
    if named.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query!(
        r#"SELECT c.caf_ref, a.state,
                  ARRAY(SELECT c.authority UNION
                        SELECT s.other FROM caf_step s
                        WHERE s.caf_ref = c.caf_ref AND s.what = 'transferred' AND s.other IS NOT NULL)
                      AS "authorities!"
           FROM caf c JOIN agency a ON a.agency = c.agency WHERE c.caf_ref = ANY($1)"#,
        &named,
    )
    .fetch_all(tx)
    .await?;
    for row in rows {
        let caf = KnownCaf { authorities: row.authorities, assessors: agency_state(&row.state) };
        known.add_caf(parsed(&row.caf_ref)?, caf);
    }
    Ok(())
}
