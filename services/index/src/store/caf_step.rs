//! The table `caf_step`: what is said of CAFs after their start.

use sqlx::PgConnection;
use sqlx::types::Json;

use crate::rules::changes::{Folded, Said, StepKey};
use crate::rules::life::What;

/// Writes statements; a later version that stands there stays.
///
/// # Errors
/// When the database refuses.
pub async fn store(tx: &mut PgConnection, steps: &Folded<StepKey, Said>) -> Result<(), sqlx::Error> {
    if steps.is_empty() {
        return Ok(());
    }
    let agencies = steps.column(|(agency, _, _), _| agency.as_str());
    let local_refs = steps.column(|(_, _, local_ref), _| local_ref.as_str());
    let cafs = steps.column(|_, said| said.caf_ref.to_string());
    let records = steps.column(|_, said| said.record.as_uuid());
    let whats = steps.column(|_, said| said.what.stored().0);
    let codes = steps.column(|_, said| said.what.stored().1);
    let others = steps.column(|_, said| goes_to(said));
    let data = steps.column(|_, said| Json(&said.data));
    // An array of arrays would have to be square: they travel as one text.
    let teams = steps.column(|_, said| said.team_of.join(" "));
    let happened = steps.column(|_, said| said.happened_at);
    let received = steps.column(|_, said| said.received_at);
    let (effective, messages) = steps.moments();
    sqlx::query!(
        "INSERT INTO caf_step AS known
             (agency, local_ref, caf_ref, record_id, what, code, other, data, team_of, happened_at,
              effective_at, message_id, received_at)
         SELECT agency, local_ref, caf_ref, record_id, what, code, other, data,
                string_to_array(team_of, ' '), happened_at, effective_at, message_id, received_at
         FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[],
                     $8::jsonb[], $9::text[], $10::timestamptz[], $11::timestamptz[], $12::uuid[],
                     $13::timestamptz[])
              AS said(agency, local_ref, caf_ref, record_id, what, code, other, data, team_of,
                      happened_at, effective_at, message_id, received_at)
         ON CONFLICT (agency, what, local_ref) DO UPDATE
         SET caf_ref = EXCLUDED.caf_ref, record_id = EXCLUDED.record_id, code = EXCLUDED.code,
             other = EXCLUDED.other, data = EXCLUDED.data, team_of = EXCLUDED.team_of,
             happened_at = EXCLUDED.happened_at,
             effective_at = EXCLUDED.effective_at, message_id = EXCLUDED.message_id,
             received_at = EXCLUDED.received_at
         WHERE (known.effective_at, known.message_id) < (EXCLUDED.effective_at, EXCLUDED.message_id)",
        &agencies as _,
        &local_refs as _,
        &cafs,
        &records,
        &whats as _,
        &codes as _,
        &others as _,
        &data as _,
        &teams,
        &happened,
        &effective,
        &messages,
        &received,
    )
    .execute(tx)
    .await?;
    Ok(())
}

fn goes_to(said: &Said) -> Option<&str> {
    match &said.what {
        What::Transferred(_, to) => Some(to.as_str()),
        What::Completed(_) | What::Checked(..) | What::Closed(_) | What::Reopened | What::Withdrawn(_) => {
            None
        }
    }
}
