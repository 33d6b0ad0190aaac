//! The tables `decision` and `rule_set`: append-only.

use deciding::{Rules, Stage};
use schemas::To;
use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Closet;
use crate::rules::decision::Decided;

/// For what the reasons of a decision are sealed.
pub const CONTEXT: &str = "decision";

/// Adds decisions, and the rules by which was decided if they are not known yet.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn store(
    tx: &mut PgConnection,
    decided: &[Decided],
    rules: &Rules,
    closet: &Closet<'_>,
) -> Result<(), sqlx::Error> {
    let Some(first) = decided.first() else {
        return Ok(());
    };
    store_rules(tx, rules, first.decided_at).await?;
    let ids: Vec<Uuid> = decided.iter().map(|one| one.id).collect();
    let at: Vec<OffsetDateTime> = decided.iter().map(|one| one.decided_at).collect();
    let stages: Vec<&str> = decided.iter().map(|one| Stage::as_str(&one.stage)).collect();
    let outcomes: Vec<&str> = decided.iter().map(|one| one.outcome.as_str()).collect();
    let shares: Vec<Uuid> = decided.iter().map(|one| one.share).collect();
    let by: Vec<&str> = decided.iter().map(|one| one.message.0.as_str()).collect();
    let messages: Vec<Uuid> = decided.iter().map(|one| one.message.1.as_uuid()).collect();
    let asked: Vec<&str> = decided.iter().map(|one| one.asked_by.as_str()).collect();
    let people: Vec<&str> = decided.iter().map(|one| one.practitioner.as_str()).collect();
    let holders: Vec<Option<&str>> =
        decided.iter().map(|one| one.holder.as_ref().map(|id| id.as_str())).collect();
    let records: Vec<Option<Uuid>> = decided.iter().map(|one| one.record.map(|id| id.as_uuid())).collect();
    let recipients: Vec<&str> = decided.iter().map(|one| one.recipient.as_str()).collect();
    let to: Vec<Option<&str>> = decided.iter().map(|one| practitioner(&one.to)).collect();
    let purposes: Vec<&str> = decided.iter().map(|one| one.purpose.as_str()).collect();
    let bases: Vec<&Value> = decided.iter().map(|one| &one.basis).collect();
    let consents: Vec<Value> = decided.iter().map(|one| serde_json::json!(one.consents)).collect();
    let hashes: Vec<&str> = decided.iter().map(|one| one.rules_hash.as_str()).collect();
    let cases: Vec<&Value> = decided.iter().map(|one| &one.cases).collect();
    let judges: Vec<Option<&str>> =
        decided.iter().map(|one| one.decided_by.as_ref().map(|id| id.as_str())).collect();
    let told: Vec<Option<&str>> =
        decided.iter().map(|one| one.told.as_ref().map(schemas::ToldCode::as_str)).collect();
    let family: Vec<Option<&Value>> = decided.iter().map(|one| one.family_told.as_ref()).collect();
    let sealed = decided
        .iter()
        .map(|one| one.private.as_ref().map(|private| closet.seal(CONTEXT, private)).transpose())
        .collect::<Result<Vec<_>, _>>()?;
    sqlx::query!(
        "INSERT INTO decision (decision_id, decided_at, stage, outcome, share_id, message_agency, message_id,
                               asked_by, practitioner, holder, record_id, recipient, recipient_practitioner,
                               purpose, basis, consents, rules_hash, cases, decided_by, told_code,
                               family_told, sealed)
         SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::uuid[], $6::text[],
                              $7::uuid[], $8::text[], $9::text[], $10::text[], $11::uuid[], $12::text[],
                              $13::text[], $14::text[], $15::jsonb[], $16::jsonb[], $17::text[], $18::jsonb[],
                              $19::text[], $20::text[], $21::jsonb[], $22::bytea[])",
        &ids,
        &at,
        &stages as _,
        &outcomes as _,
        &shares,
        &by as _,
        &messages,
        &asked as _,
        &people as _,
        &holders as _,
        &records as _,
        &recipients as _,
        &to as _,
        &purposes as _,
        &bases as _,
        &consents,
        &hashes as _,
        &cases as _,
        &judges as _,
        &told as _,
        &family as _,
        &sealed as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// None: the duty desk.
pub(super) fn practitioner(to: &To) -> Option<&str> {
    match to {
        To::Practitioner(id) => Some(id.as_str()),
        To::DutyDesk => None,
    }
}

async fn store_rules(tx: &mut PgConnection, rules: &Rules, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    let known = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM rule_set WHERE rules_hash = $1) AS "known!""#,
        rules.hash(),
    )
    .fetch_one(&mut *tx)
    .await?;
    if !known {
        sqlx::query!(
            "INSERT INTO rule_set (rules_hash, loaded_at, policies) VALUES ($1, $2, $3)
             ON CONFLICT (rules_hash) DO NOTHING",
            rules.hash(),
            now,
            serde_json::json!(rules.texts()),
        )
        .execute(tx)
        .await?;
    }
    Ok(())
}
