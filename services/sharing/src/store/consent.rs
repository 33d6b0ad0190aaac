//! The table `consent_statement`: append-only.

use std::collections::{BTreeSet, HashMap};

use kit::column::{parsed, read};
use schemas::{AgencyId, ChildRef, LocalChildId, MessageId, Subject};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Closet;
use crate::rules::changes::Stated;
use crate::rules::consent::Statement;

/// For what the names and texts of a statement are sealed.
pub const CONTEXT: &str = "consent";

/// Adds statements.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn store(
    tx: &mut PgConnection,
    stated: &[Stated],
    closet: &Closet<'_>,
) -> Result<(), sqlx::Error> {
    if stated.is_empty() {
        return Ok(());
    }
    let versions = || stated.iter().map(|one| &one.statement.version);
    let agencies: Vec<&str> = versions().map(|version| version.agency.as_str()).collect();
    let messages: Vec<Uuid> = versions().map(|version| version.message.as_uuid()).collect();
    let refs: Vec<&str> = versions().map(|version| version.local_ref.as_str()).collect();
    let local: Vec<Option<&str>> = stated
        .iter()
        .map(|one| match &one.subject {
            Subject::Local(id) => Some(id.as_str()),
            Subject::Child(_) => None,
        })
        .collect();
    let records: Vec<Option<Uuid>> = stated
        .iter()
        .map(|one| match &one.subject {
            Subject::Local(_) => None,
            Subject::Child(reference) => Some(reference.as_uuid()),
        })
        .collect();
    let said: Vec<OffsetDateTime> = stated.iter().map(|one| one.statement.said_on.effective_at()).collect();
    let received: Vec<OffsetDateTime> = stated.iter().map(|one| one.statement.received_at).collect();
    let statements: Vec<serde_json::Value> =
        stated.iter().map(|one| serde_json::json!(one.statement)).collect();
    let sealed =
        stated.iter().map(|one| closet.seal(CONTEXT, &one.private)).collect::<Result<Vec<_>, _>>()?;
    sqlx::query!(
        "INSERT INTO consent_statement (agency, message_id, local_ref, local_id, record_id, said_at,
                                        received_at, statement, sealed)
         SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::timestamptz[],
                              $7::timestamptz[], $8::jsonb[], $9::bytea[])",
        &agencies as _,
        &messages,
        &refs as _,
        &local as _,
        &records as _,
        &said,
        &received,
        &statements,
        &sealed,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// These statements, each with the child as its agency names it.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn stated(
    tx: &mut PgConnection,
    of: &BTreeSet<&(AgencyId, MessageId)>,
) -> Result<HashMap<(AgencyId, MessageId), (Subject, Statement)>, sqlx::Error> {
    if of.is_empty() {
        return Ok(HashMap::new());
    }
    let agencies: Vec<&str> = of.iter().map(|(agency, _)| agency.as_str()).collect();
    let messages: Vec<Uuid> = of.iter().map(|(_, message)| message.as_uuid()).collect();
    let rows = sqlx::query!(
        "SELECT s.agency, s.message_id, s.local_id, s.record_id, s.statement
         FROM unnest($1::text[], $2::uuid[]) AS said(agency, message_id)
         JOIN consent_statement s ON s.agency = said.agency AND s.message_id = said.message_id",
        &agencies as _,
        &messages,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .filter_map(|row| {
            let local = || Some(parsed::<LocalChildId>(row.local_id.as_deref()?).map(Subject::Local));
            let subject =
                row.record_id.map(|id| Ok(Subject::Child(ChildRef::from_uuid(id)))).or_else(local)?;
            Some((row.agency, row.message_id, subject, row.statement))
        })
        .map(|(agency, message, subject, statement)| {
            Ok(((parsed(&agency)?, MessageId::from_uuid(message)), (subject?, read(statement)?)))
        })
        .collect()
}
