//! The table `involvement`: what was recorded and what was ended, side by side.

use schemas::{AgencyId, ChildRef, InvolvementEnded, InvolvementRecorded, LeadKind, LocalRef, Phone};
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::rules::changes::Folded;
use crate::rules::teller::Teller;

type Which = (AgencyId, LocalRef);

/// Writes involvements; a later version that stands there stays.
///
/// # Errors
/// When the database refuses.
pub async fn store_recorded(
    tx: &mut PgConnection,
    involvements: &Folded<Which, (ChildRef, InvolvementRecorded)>,
) -> Result<(), sqlx::Error> {
    if involvements.is_empty() {
        return Ok(());
    }
    let agencies = involvements.column(|(agency, _), _| agency.as_str());
    let refs = involvements.column(|(_, local_ref), _| local_ref.as_str());
    let records = involvements.column(|_, (record, _)| record.as_uuid());
    let services = involvements.column(|_, (_, fact)| fact.service_name.as_str());
    let levels = involvements.column(|_, (_, fact)| fact.level.as_str());
    let people = involvements.column(|_, (_, fact)| fact.practitioner.id.as_str());
    let roles = involvements.column(|_, (_, fact)| fact.practitioner.role_in_case.as_str());
    let leads = involvements.column(|_, (_, fact)| fact.lead_kind.as_ref().map(LeadKind::as_str));
    let phones = involvements.column(|_, (_, fact)| fact.contact_phone.as_ref().map(Phone::as_str));
    let sensitive = involvements.column(|_, (_, fact)| fact.sensitive);
    let key_workers = involvements.column(|_, (_, fact)| fact.key_worker);
    let consents = involvements.column(|_, (_, fact)| fact.consent_ref.as_ref().map(LocalRef::as_str));
    let told_by = involvements.column(|_, (_, fact)| fact.on_behalf_of.as_ref().map(Teller::from).map(Json));
    let started = involvements.column(|_, (_, fact)| fact.started_on.effective_at());
    let (effective, messages) = involvements.moments();
    sqlx::query!(
        "INSERT INTO involvement AS known
             (agency, local_ref, record_id, service_name, level, practitioner_id, role_in_case,
              lead_kind, contact_phone, sensitive, key_worker, consent_ref, told_by, started_at,
              effective_at, message_id)
         SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[],
                              $7::text[], $8::text[], $9::text[], $10::bool[], $11::bool[],
                              $12::text[], $13::jsonb[], $14::timestamptz[], $15::timestamptz[],
                              $16::uuid[])
         ON CONFLICT (agency, local_ref) DO UPDATE
         SET record_id = EXCLUDED.record_id, service_name = EXCLUDED.service_name,
             level = EXCLUDED.level, practitioner_id = EXCLUDED.practitioner_id,
             role_in_case = EXCLUDED.role_in_case, lead_kind = EXCLUDED.lead_kind,
             contact_phone = EXCLUDED.contact_phone, sensitive = EXCLUDED.sensitive,
             key_worker = EXCLUDED.key_worker, consent_ref = EXCLUDED.consent_ref,
             told_by = EXCLUDED.told_by, started_at = EXCLUDED.started_at,
             effective_at = EXCLUDED.effective_at, message_id = EXCLUDED.message_id,
             state_version = known.state_version + 1, changed_in = pg_current_xact_id()
         WHERE known.effective_at IS NULL
            OR (known.effective_at, known.message_id) < (EXCLUDED.effective_at, EXCLUDED.message_id)",
        &agencies as _,
        &refs as _,
        &records,
        &services as _,
        &levels as _,
        &people as _,
        &roles as _,
        &leads as _,
        &phones as _,
        &sensitive,
        &key_workers,
        &consents as _,
        &told_by as _,
        &started,
        &effective,
        &messages,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes endings, whether the involvement is there yet or not; a later one that stands there
/// stays.
///
/// # Errors
/// When the database refuses.
pub async fn store_ended(
    tx: &mut PgConnection,
    endings: &Folded<Which, InvolvementEnded>,
) -> Result<(), sqlx::Error> {
    if endings.is_empty() {
        return Ok(());
    }
    let agencies = endings.column(|(agency, _), _| agency.as_str());
    let refs = endings.column(|(_, local_ref), _| local_ref.as_str());
    let reasons = endings.column(|_, fact| fact.ended_reason.as_str());
    let (ended, messages) = endings.moments();
    sqlx::query!(
        "INSERT INTO involvement AS known (agency, local_ref, ended_reason, ended_at, ended_message_id)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::uuid[])
         ON CONFLICT (agency, local_ref) DO UPDATE
         SET ended_reason = EXCLUDED.ended_reason, ended_at = EXCLUDED.ended_at,
             ended_message_id = EXCLUDED.ended_message_id,
             state_version = known.state_version + 1, changed_in = pg_current_xact_id()
         WHERE known.ended_at IS NULL
            OR (known.ended_at, known.ended_message_id)
               < (EXCLUDED.ended_at, EXCLUDED.ended_message_id)",
        &agencies as _,
        &refs as _,
        &reasons as _,
        &ended,
        &messages,
    )
    .execute(tx)
    .await?;
    Ok(())
}
