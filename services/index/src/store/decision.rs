//! The tables `decision` and `decision_record`: append-only. Reading them is the operators' part:
//! see `admin`.

use std::collections::BTreeSet;

use kit::seal::Sealer;
use schemas::ChildRef;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::rules::decision::{Decision, RULES_VERSION, Reason};

/// For what the practitioner's own words are sealed.
pub const REASON_CONTEXT: &str = "decision.reason";

/// One row to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub id: Uuid,
    pub decided_at: OffsetDateTime,
    pub decision: Decision,
}

/// Adds decisions and what they were about, in one round trip.
///
/// # Errors
/// When the database refuses.
pub async fn store(tx: &mut PgConnection, rows: &[Row], sealer: &Sealer) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let asked = || rows.iter().map(|row| &row.decision.asked);
    let reasons = || rows.iter().map(|row| row.decision.reason);
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let decided: Vec<OffsetDateTime> = rows.iter().map(|row| row.decided_at).collect();
    let agencies: Vec<&str> = asked().map(|asked| asked.agency.as_str()).collect();
    let queries: Vec<Uuid> = asked().map(|asked| asked.query.as_uuid()).collect();
    let people: Vec<&str> = asked().map(|asked| asked.practitioner.as_str()).collect();
    let purposes: Vec<&str> = asked().map(|asked| asked.purpose.as_str()).collect();
    let outcomes: Vec<&str> = reasons().map(|reason| reason.shown().as_str()).collect();
    let codes: Vec<&str> = reasons().map(Reason::as_str).collect();
    // An array of arrays would have to be square: the ids travel as one text.
    let rules: Vec<String> = reasons().map(|reason| reason.rules().join(" ")).collect();
    let texts: Vec<Option<Vec<u8>>> = asked()
        .map(|asked| asked.reason_text.as_ref())
        .map(|text| text.map(|text| sealer.seal(REASON_CONTEXT, text.as_str().as_bytes())))
        .collect();
    let about: Vec<(Uuid, ChildRef, String)> = rows.iter().flat_map(about).collect();
    let records: Vec<Uuid> = about.iter().map(|(_, record, _)| record.as_uuid()).collect();
    let deciding: Vec<Uuid> = about.iter().map(|(decision, ..)| *decision).collect();
    let shown: Vec<&str> = about.iter().map(|(.., shown)| shown.as_str()).collect();
    sqlx::query!(
        "WITH decided AS (
             INSERT INTO decision (decision_id, decided_at, agency, query_id, practitioner_id, purpose,
                                   outcome, reason, rules_version, rules, reason_text_sealed)
             SELECT decision_id, decided_at, agency, query_id, practitioner_id, purpose,
                    outcome, reason, $10, string_to_array(rules, ' '), reason_text
             FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::uuid[], $5::text[], $6::text[],
                         $7::text[], $8::text[], $9::text[], $11::bytea[])
                  AS said(decision_id, decided_at, agency, query_id, practitioner_id, purpose,
                          outcome, reason, rules, reason_text))
         INSERT INTO decision_record (record_id, decision_id, shown)
         SELECT record_id, decision_id, string_to_array(shown, ' ')
         FROM unnest($12::uuid[], $13::uuid[], $14::text[]) AS said(record_id, decision_id, shown)",
        &ids,
        &decided,
        &agencies as _,
        &queries,
        &people as _,
        &purposes as _,
        &outcomes as _,
        &codes as _,
        &rules,
        RULES_VERSION,
        &texts as _,
        &records,
        &deciding,
        &shown as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The records that a decision was about, each with what was shown of it.
fn about(row: &Row) -> Vec<(Uuid, ChildRef, String)> {
    let Decision { records, shown, .. } = &row.decision;
    let all: BTreeSet<ChildRef> =
        records.iter().copied().chain(shown.iter().map(|(record, _)| *record)).collect();
    let of = |record: ChildRef| {
        let kinds: Vec<&str> =
            shown.iter().filter(|(of, _)| *of == record).map(|(_, kind)| kind.as_str()).collect();
        (row.id, record, kinds.join(" "))
    };
    all.into_iter().map(of).collect()
}
