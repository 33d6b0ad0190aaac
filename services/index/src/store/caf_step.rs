//! The table `caf_step`: what is said of CAFs after their start.

use schemas::{Day, ReturnCode};
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
    let stored_codes = steps.column(|_, said| said.what.stored().1);
    // An array of arrays would have to be square: the codes travel as one text.
    let codes =
        steps.column(|_, said| said.codes.iter().map(ReturnCode::as_str).collect::<Vec<_>>().join(" "));
    let others = steps.column(|_, said| other(said));
    let due = steps.column(|_, said| said.due_by.map(Day::date));
    let data = steps.column(|_, said| Json(&said.data));
    let teams = steps.column(|_, said| said.team_of.join(" "));
    let happened = steps.column(|_, said| said.happened_at);
    let (effective, messages) = steps.moments();
    sqlx::query!(
        "INSERT INTO caf_step AS known
             (agency, local_ref, caf_ref, record_id, what, code, codes, other, due_by, data,
              team_of, happened_at, effective_at, message_id)
         SELECT agency, local_ref, caf_ref, record_id, what, code, string_to_array(codes, ' '), other,
                due_by, data, string_to_array(team_of, ' '), happened_at, effective_at, message_id
         FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[],
                     $8::text[], $9::date[], $10::jsonb[], $11::timestamptz[], $12::timestamptz[],
                     $13::uuid[], $14::text[])
              AS said(agency, local_ref, caf_ref, record_id, what, code, codes, other, due_by, data,
                      happened_at, effective_at, message_id, team_of)
         ON CONFLICT (agency, what, local_ref) DO UPDATE
         SET caf_ref = EXCLUDED.caf_ref, record_id = EXCLUDED.record_id,
             code = EXCLUDED.code, codes = EXCLUDED.codes, other = EXCLUDED.other,
             due_by = EXCLUDED.due_by, data = EXCLUDED.data, team_of = EXCLUDED.team_of,
             happened_at = EXCLUDED.happened_at,
             effective_at = EXCLUDED.effective_at, message_id = EXCLUDED.message_id
         WHERE (known.effective_at, known.message_id) < (EXCLUDED.effective_at, EXCLUDED.message_id)",
        &agencies as _,
        &local_refs as _,
        &cafs,
        &records,
        &whats as _,
        &stored_codes as _,
        &codes,
        &others as _,
        &due as _,
        &data as _,
        &happened,
        &effective,
        &messages,
        &teams,
    )
    .execute(tx)
    .await?;
    Ok(())
}

fn other(said: &Said) -> Option<String> {
    match &said.what {
        What::Transferred(_, to) => Some(to.to_string()),
        What::Completed | What::Checked(_) | What::Closed(_) | What::Reopened | What::Withdrawn(_) => {
            said.other.clone()
        }
    }
}
