//! The tables `restriction` (why a record is restricted), `restriction_raised` and
//! `restriction_lifted` (what was said of its level). The level that counts stands on the record.

use std::collections::{BTreeMap, BTreeSet};

use schemas::{
    AgencyId, ChildRef, Day, LocalRef, Restriction, RestrictionLifted, RestrictionReason, RestrictionSet,
};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::record::{level_of, lock, number_of};
use crate::rules::changes::Folded;
use crate::rules::restriction::{Does, Statement, level};

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

/// Writes what raises and what lifts, and brings the records into line with it. Their rows are locked
/// before anything of it is read: of two batches the second sees all.
///
/// # Errors
/// When the database refuses.
pub async fn change(
    tx: &mut PgConnection,
    raised: &BTreeSet<(ChildRef, Restriction, OffsetDateTime)>,
    lifted: &Folded<(AgencyId, LocalRef), (ChildRef, RestrictionLifted)>,
) -> Result<(), sqlx::Error> {
    if raised.is_empty() && lifted.is_empty() {
        return Ok(());
    }
    let mut touched: BTreeSet<Uuid> = raised.iter().map(|(record, ..)| record.as_uuid()).collect();
    store_raised(tx, raised).await?;
    touched.extend(store_lifted(tx, lifted).await?);
    let records: Vec<Uuid> = touched.into_iter().collect();
    lock(tx, &records).await?;
    let levels = levels(tx, &records).await?;
    let (records, levels): (Vec<Uuid>, Vec<i16>) = levels.into_iter().unzip();
    sqlx::query!(
        "UPDATE record AS known
         SET restriction = said.level, state_version = known.state_version + 1, changed_in = pg_current_xact_id()
         FROM unnest($1::uuid[], $2::smallint[]) AS said(record_id, level)
         WHERE known.record_id = said.record_id AND known.restriction <> said.level",
        &records,
        &levels,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn store_raised(
    tx: &mut PgConnection,
    raised: &BTreeSet<(ChildRef, Restriction, OffsetDateTime)>,
) -> Result<(), sqlx::Error> {
    if raised.is_empty() {
        return Ok(());
    }
    let records: Vec<Uuid> = raised.iter().map(|(record, ..)| record.as_uuid()).collect();
    let levels: Vec<i16> = raised.iter().map(|(_, level, _)| number_of(*level)).collect();
    let effective: Vec<OffsetDateTime> = raised.iter().map(|(_, _, at)| *at).collect();
    sqlx::query!(
        "INSERT INTO restriction_raised (record_id, level, effective_at)
         SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::timestamptz[])
         ON CONFLICT DO NOTHING",
        &records,
        &levels,
        &effective,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A later version that stands there stays. Returns the records that they are about, or were.
async fn store_lifted(
    tx: &mut PgConnection,
    lifted: &Folded<(AgencyId, LocalRef), (ChildRef, RestrictionLifted)>,
) -> Result<Vec<Uuid>, sqlx::Error> {
    if lifted.is_empty() {
        return Ok(Vec::new());
    }
    let agencies = lifted.column(|(agency, _), _| agency.as_str());
    let refs = lifted.column(|(_, local_ref), _| local_ref.as_str());
    let mut records = lifted.column(|_, (record, _)| record.as_uuid());
    let levels = lifted.column(|_, (_, fact)| number_of(fact.level));
    let reasons = lifted.column(|_, (_, fact)| fact.reason.as_ref().map(RestrictionReason::as_str));
    let reviews = lifted.column(|_, (_, fact)| fact.review_on.map(Day::date));
    let (effective, messages) = lifted.moments();
    let before = sqlx::query_scalar!(
        "WITH said AS (
             SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::smallint[], $5::text[],
                                  $6::date[], $7::timestamptz[], $8::uuid[])
                  AS said(agency, local_ref, record_id, level, reason, review_on, effective_at, message_id)),
         stored AS (
             INSERT INTO restriction_lifted AS known SELECT * FROM said
             ON CONFLICT (agency, local_ref) DO UPDATE
             SET record_id = EXCLUDED.record_id, level = EXCLUDED.level, reason = EXCLUDED.reason,
                 review_on = EXCLUDED.review_on, effective_at = EXCLUDED.effective_at,
                 message_id = EXCLUDED.message_id
             WHERE (known.effective_at, known.message_id)
                 < (EXCLUDED.effective_at, EXCLUDED.message_id))
         SELECT known.record_id FROM said JOIN restriction_lifted AS known USING (agency, local_ref)",
        &agencies as _,
        &refs as _,
        &records,
        &levels,
        &reasons as _,
        &reviews as _,
        &effective,
        &messages,
    )
    .fetch_all(tx)
    .await?;
    records.extend(before);
    Ok(records)
}

/// What the statements about these records come to.
async fn levels(tx: &mut PgConnection, records: &[Uuid]) -> Result<BTreeMap<Uuid, i16>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT known.record_id AS "record_id!", known.restriction AS "stands!", said.lifts AS "lifts?",
                  said.level AS "level?", said.effective_at AS "effective_at?"
           FROM record AS known LEFT JOIN LATERAL (
               SELECT false AS lifts, r.level, r.effective_at
               FROM restriction_raised AS r WHERE r.record_id = known.record_id
               UNION ALL
               SELECT true, l.level, l.effective_at
               FROM restriction_lifted AS l WHERE l.record_id = known.record_id) AS said ON true
           WHERE known.record_id = ANY($1)"#,
        records,
    )
    .fetch_all(tx)
    .await?;
    let mut known: BTreeMap<Uuid, (i16, Vec<Statement>)> = BTreeMap::new();
    for row in rows {
        let (_, statements) = known.entry(row.record_id).or_insert((row.stands, Vec::new()));
        if let (Some(lifts), Some(level), Some(at)) = (row.lifts, row.level, row.effective_at) {
            let does = if lifts { Does::Lifts } else { Does::Raises };
            statements.push((at, does, level_of(level)));
        }
    }
    let level = |(stands, said): (i16, Vec<Statement>)| number_of(level(level_of(stands), &said));
    Ok(known.into_iter().map(|(record, said)| (record, level(said))).collect())
}
