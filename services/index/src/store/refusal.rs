//! The table `refusal`: read for the CAF team's log alone, and each look is taken down (D-C7).

use schemas::{AgencyId, AuthorityId, CafRefused, LocalRef};
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use time::{Date, OffsetDateTime};

use crate::rules::changes::Folded;

/// Writes refusals, each kept for its authority's own period; a later version that stands there stays.
///
/// # Errors
/// When the database refuses.
pub async fn store(
    tx: &mut PgConnection,
    refusals: &Folded<(AgencyId, LocalRef), CafRefused>,
) -> Result<(), sqlx::Error> {
    if refusals.is_empty() {
        return Ok(());
    }
    let agencies = refusals.column(|(agency, _), _| agency.as_str());
    let local_refs = refusals.column(|(_, local_ref), _| local_ref.as_str());
    let authorities = refusals.column(|_, fact| fact.authority.as_str());
    let names = refusals.column(|_, fact| Json(&fact.child.names));
    let birth_dates = refusals.column(|_, fact| fact.child.birth.date().to_text());
    let precisions = refusals.column(|_, fact| fact.child.birth.precision().as_str());
    let addresses = refusals.column(|_, fact| Json(&fact.child.address));
    let people = refusals.column(|_, fact| fact.practitioner.id.as_str());
    let told_by = refusals.column(|_, fact| fact.on_behalf_of.as_ref().map(Json));
    let refused = refusals.column(|_, fact| fact.refused_on.effective_at());
    let (effective, messages) = refusals.moments();
    sqlx::query!(
        "INSERT INTO refusal AS known
             (agency, local_ref, authority, names, birth_date, birth_precision, address,
              practitioner_id, told_by, refused_at, keep_until, effective_at, message_id)
         SELECT said.agency, said.local_ref, said.authority, said.names, said.birth_date,
                said.birth_precision, said.address, said.practitioner_id, said.told_by,
                said.refused_at, (said.refused_at AT TIME ZONE 'UTC')::date + u.refusal_days,
                said.effective_at, said.message_id
         FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::text[], $6::text[],
                     $7::jsonb[], $8::text[], $9::jsonb[], $10::timestamptz[], $11::timestamptz[],
                     $12::uuid[])
              AS said(agency, local_ref, authority, names, birth_date, birth_precision, address,
                      practitioner_id, told_by, refused_at, effective_at, message_id)
         JOIN authority u ON u.authority = said.authority
         ON CONFLICT (agency, local_ref) DO UPDATE
         SET authority = EXCLUDED.authority, names = EXCLUDED.names,
             birth_date = EXCLUDED.birth_date, birth_precision = EXCLUDED.birth_precision,
             address = EXCLUDED.address, practitioner_id = EXCLUDED.practitioner_id,
             told_by = EXCLUDED.told_by, refused_at = EXCLUDED.refused_at,
             keep_until = EXCLUDED.keep_until,
             effective_at = EXCLUDED.effective_at, message_id = EXCLUDED.message_id
         WHERE (known.effective_at, known.message_id) < (EXCLUDED.effective_at, EXCLUDED.message_id)",
        &agencies as _,
        &local_refs as _,
        &authorities as _,
        &names as _,
        &birth_dates,
        &precisions as _,
        &addresses as _,
        &people as _,
        &told_by as _,
        &refused,
        &effective,
        &messages,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Which refusals are shown.
#[derive(Debug)]
pub enum Wanted<'a> {
    /// All of an authority.
    Log(&'a AuthorityId),
    /// One, by the agency that told of it and its reference.
    One(&'a str, &'a str),
}

/// The refusals that are still kept, the newest first. One statement takes down that each was read and
/// reads it, so that none is shown without.
///
/// # Errors
/// When the database refuses.
pub async fn reveal(
    db: &PgPool,
    wanted: &Wanted<'_>,
    by: &str,
    now: OffsetDateTime,
) -> Result<Vec<Value>, sqlx::Error> {
    let (authority, one) = match wanted {
        Wanted::Log(authority) => (Some(authority.as_str()), None),
        Wanted::One(agency, local_ref) => (None, Some((*agency, *local_ref))),
    };
    let (agency, local_ref) = one.unzip();
    let shown = sqlx::query_scalar!(
        r#"WITH shown AS (
               SELECT * FROM refusal
               WHERE (authority = $1 OR (agency = $2 AND local_ref = $3)) AND keep_until >= $5::date),
           read AS (
               INSERT INTO refusal_reveal (agency, local_ref, revealed_by, revealed_at)
               SELECT agency, local_ref, $4::text, $6::timestamptz FROM shown)
           SELECT jsonb_build_object('ref', agency || '/' || local_ref, 'names', names,
                                     'birthDate', birth_date, 'address', address,
                                     'practitioner', practitioner_id, 'onBehalfOf', told_by,
                                     'refusedAt', refused_at, 'keepUntil', keep_until)
                  AS "refusal!: Json<Value>"
           FROM shown ORDER BY refused_at DESC, agency, local_ref"#,
        authority,
        agency,
        local_ref,
        by,
        now.date(),
        now,
    )
    .fetch_all(db)
    .await?;
    Ok(shown.into_iter().map(|Json(refusal)| refusal).collect())
}

/// Forgets the refusals that are kept no longer, and the tasks to look at them.
///
/// # Errors
/// When the database refuses.
pub async fn forget(tx: &mut PgConnection, today: Date) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH gone AS (DELETE FROM refusal WHERE keep_until < $1 RETURNING agency || '/' || local_ref AS ref)
         DELETE FROM task USING gone WHERE task.kind = 'family-refusal' AND task.ref = gone.ref",
        today,
    )
    .execute(tx)
    .await?;
    Ok(())
}
