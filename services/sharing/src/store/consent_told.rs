//! The table `consent_told`: append-only.

use std::collections::HashSet;

use kit::column::parsed;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::rules::consent::StatementVersion;
use crate::rules::consent_due::Told;

/// What was told already of these statements.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn load<'s>(
    tx: &mut PgConnection,
    of: impl Iterator<Item = &'s StatementVersion>,
) -> Result<HashSet<Told>, sqlx::Error> {
    let (agencies, refs): (Vec<&str>, Vec<&str>) =
        of.map(|version| (version.agency.as_str(), version.local_ref.as_str())).unzip();
    if agencies.is_empty() {
        return Ok(HashSet::new());
    }
    let rows = sqlx::query!(
        "SELECT DISTINCT told.agency, told.local_ref, told.kind, told.due_on, told.whom
         FROM unnest($1::text[], $2::text[]) AS said(agency, local_ref)
         JOIN consent_told told ON told.agency = said.agency AND told.local_ref = said.local_ref",
        &agencies as _,
        &refs as _,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Told {
                agency: parsed(&row.agency)?,
                local_ref: parsed(&row.local_ref)?,
                kind: parsed(&row.kind)?,
                due: row.due_on,
                whom: parsed(&row.whom)?,
            })
        })
        .collect()
}

/// Takes down what is told now.
///
/// # Errors
/// When the database refuses.
pub async fn store(tx: &mut PgConnection, told: &[(Told, OffsetDateTime)]) -> Result<(), sqlx::Error> {
    if told.is_empty() {
        return Ok(());
    }
    let agencies: Vec<&str> = told.iter().map(|(one, _)| one.agency.as_str()).collect();
    let refs: Vec<&str> = told.iter().map(|(one, _)| one.local_ref.as_str()).collect();
    let kinds: Vec<&str> = told.iter().map(|(one, _)| one.kind.as_str()).collect();
    let due: Vec<Date> = told.iter().map(|(one, _)| one.due).collect();
    let whom: Vec<&str> = told.iter().map(|(one, _)| one.whom.as_str()).collect();
    let at: Vec<OffsetDateTime> = told.iter().map(|(_, at)| *at).collect();
    sqlx::query!(
        "INSERT INTO consent_told (agency, local_ref, kind, due_on, whom, told_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::text[], $6::timestamptz[])
         ON CONFLICT DO NOTHING",
        &agencies as _,
        &refs as _,
        &kinds as _,
        &due,
        &whom as _,
        &at,
    )
    .execute(tx)
    .await?;
    Ok(())
}
