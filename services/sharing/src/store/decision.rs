//! The tables `decision` and `rule_set`: append-only.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use deciding::Rules;
use kit::column::unreadable;
use schemas::{
    AgencyId, DeclineCode, Happened, MessageId, PractitionerId, Purpose, ShareDecision, To, ToldCode,
};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Closet;
use crate::rules::consent::StatementVersion;
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
    let rows = decided.iter().map(|one| Row::of(one, rules, closet)).collect::<Result<Vec<_>, _>>()?;
    let known = sqlx::query_scalar!(
        r#"WITH kept AS (INSERT INTO decision SELECT * FROM jsonb_populate_recordset(NULL::decision, $1))
           SELECT EXISTS (SELECT FROM rule_set WHERE rules_hash = $2) AS "known!""#,
        Json(&rows) as _,
        rules.hash(),
    )
    .fetch_one(&mut *tx)
    .await?;
    if known {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO rule_set (rules_hash, loaded_at, policies) VALUES ($1, $2, $3)
         ON CONFLICT (rules_hash) DO NOTHING",
        rules.hash(),
        first.decided_at,
        serde_json::json!(rules.texts()),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A row, field by field as the table has it.
#[derive(Serialize)]
struct Row<'a> {
    decision_id: Uuid,
    #[serde(with = "time::serde::rfc3339")]
    decided_at: OffsetDateTime,
    stage: &'static str,
    outcome: ShareDecision,
    share_id: Uuid,
    message_agency: &'a AgencyId,
    message_id: MessageId,
    asked_by: &'a AgencyId,
    practitioner: &'a PractitionerId,
    holder: Option<&'a AgencyId>,
    record_id: Option<Uuid>,
    recipient: &'a AgencyId,
    recipient_practitioner: Option<&'a str>,
    purpose: Purpose,
    basis: &'a Value,
    consents: &'a BTreeSet<StatementVersion>,
    rules_hash: &'a str,
    cases: &'a Value,
    decided_by: Option<&'a PractitionerId>,
    supplied_by: Option<&'a PractitionerId>,
    told_code: Option<ToldCode>,
    family_told: Option<&'a Value>,
    sealed: Option<String>,
}

impl<'a> Row<'a> {
    fn of(one: &'a Decided, rules: &'a Rules, closet: &Closet<'_>) -> Result<Self, sqlx::Error> {
        let sealed = one.private.as_ref().map(|private| closet.seal(CONTEXT, private)).transpose()?;
        let matter = &one.matter;
        Ok(Self {
            decision_id: one.id,
            decided_at: one.decided_at,
            stage: one.stage.as_str(),
            outcome: one.outcome,
            share_id: matter.share,
            message_agency: &matter.message.0,
            message_id: matter.message.1,
            asked_by: &matter.asked_by,
            practitioner: &matter.practitioner,
            holder: matter.holder.as_ref(),
            record_id: matter.record.map(|record| record.as_uuid()),
            recipient: &matter.recipient,
            recipient_practitioner: practitioner(&matter.to),
            purpose: matter.purpose,
            basis: &matter.basis,
            consents: &one.consents,
            rules_hash: rules.hash(),
            cases: &one.cases,
            decided_by: one.decided_by.as_ref(),
            supplied_by: one.supplied_by.as_ref(),
            told_code: one.told,
            family_told: one.family_told.as_ref(),
            sealed: sealed.map(|sealed| in_hex(&sealed)),
        })
    }
}

/// As PostgreSQL reads bytes in a text.
fn in_hex(bytes: &[u8]) -> String {
    bytes.iter().fold("\\x".to_owned(), |mut text, byte| {
        // Writing to a string never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// None: the duty desk.
pub(super) fn practitioner(to: &To) -> Option<&str> {
    match to {
        To::Practitioner(id) => Some(id.as_str()),
        To::DutyDesk => None,
    }
}

/// When the holders of these requests last declined them as doing the child more harm than good.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn detrimental(
    tx: &mut PgConnection,
    shares: &[Uuid],
) -> Result<HashMap<Uuid, OffsetDateTime>, sqlx::Error> {
    if shares.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        "SELECT share_id, decided_at, cases ->> 'declinedOn' AS declined_on FROM decision
         WHERE share_id = ANY($1) AND cases ->> 'declineCode' = $2",
        shares,
        DeclineCode::MoreDetrimentalToChild.as_str(),
    )
    .fetch_all(tx)
    .await?;
    let mut found = HashMap::new();
    for row in rows {
        let said = row.declined_on.as_deref().map(Happened::parse).transpose().map_err(unreadable)?;
        let at = said.map_or(row.decided_at, Happened::ends_at);
        let latest = found.entry(row.share_id).or_insert(at);
        *latest = at.max(*latest);
    }
    Ok(found)
}
