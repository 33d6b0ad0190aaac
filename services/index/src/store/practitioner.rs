//! The table `practitioner`: what was recorded and what was ended, side by side.

use schemas::{AgencyId, Line, PractitionerEnded, PractitionerId, PractitionerRecorded};
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::rules::changes::Folded;

type Who = (AgencyId, PractitionerId);

/// Writes entries; a later one that stands there stays.
///
/// # Errors
/// When the database refuses.
pub async fn store_recorded(
    tx: &mut PgConnection,
    entries: &Folded<Who, PractitionerRecorded>,
) -> Result<(), sqlx::Error> {
    if entries.is_empty() {
        return Ok(());
    }
    let agencies = entries.column(|(agency, _), _| agency.as_str());
    let ids = entries.column(|(_, id), _| id.as_str());
    let names = entries.column(|_, fact| fact.name.as_str());
    let jobs = entries.column(|_, fact| fact.job.as_str());
    let phones = entries.column(|_, fact| fact.work_phone.as_str());
    let secure = entries.column(|_, fact| fact.secure_contact.as_ref().map(Line::as_str));
    let checked = entries.column(|_, fact| Json(&fact.check));
    let training = entries.column(|_, fact| Json(&fact.training));
    let managers = entries.column(|_, fact| fact.line_manager.as_ref().map(PractitionerId::as_str));
    let states = entries.column(|_, fact| fact.state.as_str());
    let deputies = entries.column(|_, fact| fact.deputy.as_ref().map(PractitionerId::as_str));
    let authorities = entries.column(|_, fact| Json(&fact.authorities));
    let (effective, messages) = entries.moments();
    sqlx::query!(
        "INSERT INTO practitioner AS known
             (agency, practitioner_id, name, job, work_phone, secure_contact, checked, training,
              line_manager, state, deputy, authorities, effective_at, message_id)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],
                              $6::text[], $7::jsonb[], $8::jsonb[], $9::text[], $10::text[],
                              $11::text[], $12::jsonb[], $13::timestamptz[], $14::uuid[])
         ON CONFLICT (agency, practitioner_id) DO UPDATE
         SET name = EXCLUDED.name, job = EXCLUDED.job, work_phone = EXCLUDED.work_phone,
             secure_contact = EXCLUDED.secure_contact, checked = EXCLUDED.checked,
             training = EXCLUDED.training, line_manager = EXCLUDED.line_manager,
             state = EXCLUDED.state, deputy = EXCLUDED.deputy, authorities = EXCLUDED.authorities,
             effective_at = EXCLUDED.effective_at, message_id = EXCLUDED.message_id,
             state_version = known.state_version + 1, changed_in = pg_current_xact_id()
         WHERE known.effective_at IS NULL
            OR (known.effective_at, known.message_id) < (EXCLUDED.effective_at, EXCLUDED.message_id)",
        &agencies as _,
        &ids as _,
        &names as _,
        &jobs as _,
        &phones as _,
        &secure as _,
        &checked as _,
        &training as _,
        &managers as _,
        &states as _,
        &deputies as _,
        &authorities as _,
        &effective,
        &messages,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes endings, whether the entry is there yet or not; a later one that stands there stays.
///
/// # Errors
/// When the database refuses.
pub async fn store_ended(
    tx: &mut PgConnection,
    endings: &Folded<Who, PractitionerEnded>,
) -> Result<(), sqlx::Error> {
    if endings.is_empty() {
        return Ok(());
    }
    let agencies = endings.column(|(agency, _), _| agency.as_str());
    let ids = endings.column(|(_, id), _| id.as_str());
    let successors = endings.column(|_, fact| fact.successor.as_ref().map(PractitionerId::as_str));
    let (ended, messages) = endings.moments();
    sqlx::query!(
        "INSERT INTO practitioner AS known
             (agency, practitioner_id, successor, ended_at, ended_message_id)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::uuid[])
         ON CONFLICT (agency, practitioner_id) DO UPDATE
         SET successor = EXCLUDED.successor, ended_at = EXCLUDED.ended_at,
             ended_message_id = EXCLUDED.ended_message_id,
             state_version = known.state_version + 1, changed_in = pg_current_xact_id()
         WHERE known.ended_at IS NULL
            OR (known.ended_at, known.ended_message_id)
               < (EXCLUDED.ended_at, EXCLUDED.ended_message_id)",
        &agencies as _,
        &ids as _,
        &successors as _,
        &ended,
        &messages,
    )
    .execute(tx)
    .await?;
    Ok(())
}
