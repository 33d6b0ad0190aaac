//! The table `caf`: the mark that a CAF was started, and by whom.

use std::collections::BTreeSet;

use schemas::{CafRef, CafStarted, ChildRef, Day, LocalRef};
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::rules::changes::Folded;
use crate::rules::teller::Teller;
use kit::column::parsed;

/// Writes CAFs; a later version that stands there stays. Gives those that were not known before.
///
/// # Errors
/// When the database refuses.
pub async fn store(
    tx: &mut PgConnection,
    cafs: &Folded<CafRef, (ChildRef, CafStarted)>,
) -> Result<BTreeSet<CafRef>, sqlx::Error> {
    if cafs.is_empty() {
        return Ok(BTreeSet::new());
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
    let reviews = cafs.column(|_, (_, fact)| fact.review_due_on.map(Day::date));
    let told_by = cafs.column(|_, (_, fact)| fact.on_behalf_of.as_ref().map(Teller::from).map(Json));
    let (effective, messages) = cafs.moments();
    // A row that nobody had locked or changed before us is new (PostgreSQL, system columns).
    let rows = sqlx::query!(
        r#"INSERT INTO caf AS known
             (caf_ref, agency, local_ref, record_id, started_at, practitioner_id, role_in_case,
              authority, form_medium, electronic_recording, intention_ref, consent_ref,
              review_due_on, told_by, effective_at, message_id)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::timestamptz[],
                              $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
                              $11::text[], $12::text[], $13::date[], $14::jsonb[],
                              $15::timestamptz[], $16::uuid[])
         ON CONFLICT (caf_ref) DO UPDATE
         SET local_ref = EXCLUDED.local_ref, record_id = EXCLUDED.record_id,
             started_at = EXCLUDED.started_at, practitioner_id = EXCLUDED.practitioner_id,
             role_in_case = EXCLUDED.role_in_case, authority = EXCLUDED.authority,
             form_medium = EXCLUDED.form_medium, electronic_recording = EXCLUDED.electronic_recording,
             intention_ref = EXCLUDED.intention_ref, consent_ref = EXCLUDED.consent_ref,
             review_due_on = EXCLUDED.review_due_on, told_by = EXCLUDED.told_by,
             effective_at = EXCLUDED.effective_at, message_id = EXCLUDED.message_id,
             state_version = known.state_version + 1, changed_in = pg_current_xact_id()
         WHERE (known.effective_at, known.message_id) < (EXCLUDED.effective_at, EXCLUDED.message_id)
         RETURNING caf_ref, xmax = 0 AS "is_new!""#,
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
        &reviews as _,
        &told_by as _,
        &effective,
        &messages,
    )
    .fetch_all(tx)
    .await?;
    rows.iter().filter(|row| row.is_new).map(|row| parsed(&row.caf_ref)).collect()
}
