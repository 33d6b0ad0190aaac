//! The table `restriction`: why a record is restricted. The level that counts stands on the record
//! and is only ever raised.

use schemas::{AgencyId, ChildRef, LocalRef, RestrictionReason, RestrictionSet};
use sqlx::PgConnection;

use crate::rules::changes::Folded;

/// Writes restrictions; a later version that stands there stays.
///
/// # Errors
/// When the database refuses.
pub async fn store(
    tx: &mut PgConnection,
    restrictions: &Folded<(AgencyId, LocalRef), (ChildRef, RestrictionSet)>,
) -> Result<(), sqlx::Error> {
    if restrictions.is_empty() {
        return Ok(());
    }
    let agencies = restrictions.column(|(agency, _), _| agency.as_str());
    let refs = restrictions.column(|(_, local_ref), _| local_ref.as_str());
    let records = restrictions.column(|_, (record, _)| record.as_uuid());
    let levels = restrictions.column(|_, (_, fact)| fact.level.as_str());
    let reasons = restrictions.column(|_, (_, fact)| fact.reason.as_ref().map(RestrictionReason::as_str));
    let reviews = restrictions.column(|_, (_, fact)| fact.review_on.date());
    let (effective, messages) = restrictions.moments();
    sqlx::query!(
        "INSERT INTO restriction AS known
             (agency, local_ref, record_id, level, reason, review_on, effective_at, message_id)
         SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::date[],
                              $7::timestamptz[], $8::uuid[])
         ON CONFLICT (agency, local_ref) DO UPDATE
         SET record_id = EXCLUDED.record_id, level = EXCLUDED.level, reason = EXCLUDED.reason,
             review_on = EXCLUDED.review_on, effective_at = EXCLUDED.effective_at,
             message_id = EXCLUDED.message_id
         WHERE (known.effective_at, known.message_id) < (EXCLUDED.effective_at, EXCLUDED.message_id)",
        &agencies as _,
        &refs as _,
        &records,
        &levels as _,
        &reasons as _,
        &reviews,
        &effective,
        &messages,
    )
    .execute(tx)
    .await?;
    Ok(())
}
