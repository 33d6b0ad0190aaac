//! The tables of what went out by the one door, and of what became of it.

use std::collections::{BTreeSet, HashMap};

use kit::column::{parsed, parsed_if_any, read};
use kit::seal::{KeyedHash, Sealer};
use schemas::{Became, ChildRef, MessageId, PracticeBasis, ReferralKind};
use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Closet;
use super::decision::practitioner;
use crate::keys::{ChildKeys, Owner};
use crate::rules::changes::{AskedBack, Plain};
use crate::rules::consent::SaidWhen;
use crate::rules::decision::Delivered;
use crate::rules::delivery::{
    Acknowledged, Again, Origin, Outstanding, Refers, Sent, SentTo, What, Withdrawal, Word,
};

/// For what the content of a delivery is sealed.
pub const CONTEXT: &str = "delivery";

/// Adds deliveries: each with its content, sealed, and with a salted hash of it that stays (G6).
///
/// # Errors
/// When the database refuses.
pub(crate) async fn store(
    tx: &mut PgConnection,
    delivered: &[Delivered],
    closet: &Closet<'_>,
) -> Result<(), sqlx::Error> {
    if delivered.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = delivered.iter().map(|one| one.id).collect();
    let kinds: Vec<&str> = delivered.iter().map(|one| one.kind.name()).collect();
    let decisions: Vec<Uuid> = delivered.iter().map(|one| one.decision).collect();
    let shares: Vec<Uuid> = delivered.iter().map(|one| one.share).collect();
    let suppliers: Vec<&str> = delivered.iter().map(|one| one.supplier.as_str()).collect();
    let refs: Vec<&str> = delivered.iter().map(|one| one.supplier_ref.as_str()).collect();
    let records: Vec<Option<Uuid>> = delivered.iter().map(|one| one.record.map(|id| id.as_uuid())).collect();
    let recipients: Vec<&str> = delivered.iter().map(|one| one.recipient.as_str()).collect();
    let to: Vec<Option<Uuid>> = delivered.iter().map(|one| one.to_child.map(|id| id.as_uuid())).collect();
    let children: Vec<&str> = delivered.iter().map(|one| one.content.child.as_str()).collect();
    let people: Vec<Option<&str>> = delivered.iter().map(|one| practitioner(&one.to)).collect();
    let purposes: Vec<&str> = delivered.iter().map(|one| one.purpose.as_str()).collect();
    let bases: Vec<&str> = delivered.iter().map(|one| one.basis.as_str()).collect();
    let consents: Vec<Value> = delivered.iter().map(|one| serde_json::json!(one.consents)).collect();
    let items: Vec<Value> = delivered.iter().map(|one| serde_json::json!(one.items)).collect();
    let referrals: Vec<Option<&str>> =
        delivered.iter().map(|one| one.referral.as_ref().map(ReferralKind::as_str)).collect();
    let sent: Vec<OffsetDateTime> = delivered.iter().map(|one| one.sent_at).collect();
    let ack_by: Vec<OffsetDateTime> = delivered.iter().map(|one| one.ack_by).collect();
    let commitments: Vec<Vec<u8>> =
        delivered.iter().map(|one| commitment(closet, one.id, &one.content.plain.0).to_vec()).collect();
    let sealed =
        delivered.iter().map(|one| closet.seal(CONTEXT, &one.content)).collect::<Result<Vec<_>, _>>()?;
    sqlx::query!(
        "INSERT INTO delivery (delivery_id, kind, decision_id, share_id, supplier, supplier_ref, record_id,
                               recipient, practitioner, purpose, basis, consents, items, sent_at, ack_by,
                               commitment, content, to_child, child, referral)
         SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::uuid[],
                              $8::text[], $9::text[], $10::text[], $11::text[], $12::jsonb[], $13::jsonb[],
                              $14::timestamptz[], $15::timestamptz[], $16::bytea[], $17::bytea[],
                              $18::uuid[], $19::text[], $20::text[])",
        &ids,
        &kinds as _,
        &decisions,
        &shares,
        &suppliers as _,
        &refs as _,
        &records as _,
        &recipients as _,
        &people as _,
        &purposes as _,
        &bases as _,
        &consents,
        &items,
        &sent,
        &ack_by,
        &commitments,
        &sealed,
        &to as _,
        &children as _,
        &referrals as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// SHA-256 over a salt, which is ours alone, and what was released.
fn commitment(closet: &Closet<'_>, id: Uuid, content: &Value) -> KeyedHash {
    let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    digest.update(&closet.sealer.hash(&[b"salt", id.as_bytes()]));
    digest.update(content.to_string().as_bytes());
    digest.finish().as_ref().try_into().unwrap_or_default()
}

/// Adds the messages by which something is asked back.
///
/// # Errors
/// When the database refuses.
pub async fn store_asked_back(tx: &mut PgConnection, asked: &[AskedBack]) -> Result<(), sqlx::Error> {
    for (id, agency, deliveries, ack_by) in asked {
        let deliveries: Vec<Uuid> = deliveries.iter().map(MessageId::as_uuid).collect();
        sqlx::query!(
            "INSERT INTO asked_back (message_id, agency, deliveries, ack_by) VALUES ($1, $2, $3, $4)",
            id,
            agency.as_str(),
            &deliveries,
            ack_by,
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// Adds that releases rest on consent no more.
///
/// # Errors
/// When the database refuses.
pub async fn store_withdrawals(tx: &mut PgConnection, gone: &[Withdrawal]) -> Result<(), sqlx::Error> {
    if gone.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = gone.iter().map(|one| one.delivery).collect();
    let agencies: Vec<&str> = gone.iter().map(|one| one.statement.agency.as_str()).collect();
    let messages: Vec<Uuid> = gone.iter().map(|one| one.statement.message.as_uuid()).collect();
    let known: Vec<bool> = gone.iter().map(|one| one.when == SaidWhen::BeforeItWasKnown).collect();
    let at: Vec<OffsetDateTime> = gone.iter().map(|one| one.withdrawn_at).collect();
    for one in gone {
        take_back(tx, &[one.delivery], one.withdrawn_at).await?;
    }
    sqlx::query!(
        "INSERT INTO withdrawal (delivery_id, agency, message_id, released_after_it_was_said, withdrawn_at)
         SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bool[], $5::timestamptz[])
         ON CONFLICT DO NOTHING",
        &ids,
        &agencies as _,
        &messages,
        &known,
        &at,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Nothing of these leaves again, and nobody is asked whether they arrived: what is asked back is chased instead.
///
/// # Errors
/// When the database refuses.
pub(super) async fn take_back(
    tx: &mut PgConnection,
    ids: &[Uuid],
    at: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE delivery SET content = NULL, taken_back_at = coalesce(taken_back_at, $2)
         WHERE delivery_id = ANY($1)",
        ids,
        at,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Deletes what rests here of what was released of these records, or was corrected: it is still asked for, and not sent
/// again.
///
/// # Errors
/// When the database refuses.
pub async fn store_not_kept(
    tx: &mut PgConnection,
    records: &BTreeSet<ChildRef>,
    corrected: &BTreeSet<MessageId>,
) -> Result<(), sqlx::Error> {
    if records.is_empty() && corrected.is_empty() {
        return Ok(());
    }
    let records: Vec<Uuid> = records.iter().map(ChildRef::as_uuid).collect();
    let corrected: Vec<Uuid> = corrected.iter().map(MessageId::as_uuid).collect();
    // In the order in which whoever chases them waits for them.
    sqlx::query!(
        "WITH kept AS (
             SELECT delivery_id FROM delivery
             WHERE (record_id = ANY($1) OR delivery_id = ANY($2)) AND content IS NOT NULL
             ORDER BY delivery_id FOR UPDATE)
         UPDATE delivery SET content = NULL FROM kept WHERE delivery.delivery_id = kept.delivery_id",
        &records,
        &corrected,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// To whom these messages went, and of content who sent it.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn sent_to(
    tx: &mut PgConnection,
    ids: &BTreeSet<Uuid>,
) -> Result<HashMap<Uuid, SentTo>, sqlx::Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    let rows = sqlx::query!(
        r#"SELECT delivery_id AS "id!", recipient AS "agency!", share_id, supplier, supplier_ref, record_id,
                  referral IS NOT NULL AS "refers!", acted_at IS NOT NULL AS "acted!",
                  cannot IS NOT NULL AS "cannot!"
           FROM delivery WHERE delivery_id = ANY($1)
           UNION ALL
           SELECT message_id, agency, NULL, NULL, NULL, NULL, false, acted_at IS NOT NULL, cannot IS NOT NULL
           FROM asked_back WHERE message_id = ANY($1)
           UNION ALL
           SELECT reminder_id, agency, NULL, NULL, NULL, NULL, false, false, false
           FROM consent_asked WHERE reminder_id = ANY($1)"#,
        &ids,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let from = match (row.share_id, row.supplier, row.supplier_ref) {
                (Some(share), Some(supplier), Some(local_ref)) => Some(Origin {
                    share,
                    supplier: parsed(&supplier)?,
                    local_ref: parsed(&local_ref)?,
                    record: row.record_id.map(ChildRef::from_uuid),
                    refers: if row.refers { Refers::Somebody } else { Refers::Nobody },
                }),
                _ => None,
            };
            let said = [(row.acted, Word::Acted), (row.cannot, Word::Cannot)];
            let said = said.into_iter().filter_map(|(is_so, word)| is_so.then_some(word)).collect();
            Ok((row.id, SentTo { agency: parsed(&row.agency)?, said, from }))
        })
        .collect()
}

/// What agencies released by consent of these records of theirs.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn by_consent(
    tx: &mut PgConnection,
    records: &[Uuid],
) -> Result<Vec<(ChildRef, Sent)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT record_id AS "record_id!", delivery_id, supplier_ref, recipient, purpose, items, consents,
                  sent_at, taken_back_at
           FROM delivery WHERE record_id = ANY($1) AND basis = $2"#,
        records,
        PracticeBasis::Consent.as_str(),
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let sent = Sent {
                id: row.delivery_id,
                supplier_ref: parsed(&row.supplier_ref)?,
                recipient: parsed(&row.recipient)?,
                purpose: parsed(&row.purpose)?,
                items: read(row.items)?,
                consents: read(row.consents)?,
                sent_at: row.sent_at,
                taken_back_at: row.taken_back_at,
            };
            Ok((ChildRef::from_uuid(row.record_id), sent))
        })
        .collect()
}

/// What of these was not acknowledged by a person yet, with the content of what no system has.
///
/// # Errors
/// When the database refuses, or holds what does not parse, or a key does not open.
pub async fn outstanding(
    tx: &mut PgConnection,
    ids: &[Uuid],
    keys: &ChildKeys,
    sealer: &Sealer,
) -> Result<HashMap<Uuid, Outstanding>, sqlx::Error> {
    // What is being taken back is waited for: what is read from here on is what stands then (D-C6).
    sqlx::query!("SELECT FROM delivery WHERE delivery_id = ANY($1) ORDER BY delivery_id FOR UPDATE", ids)
        .execute(&mut *tx)
        .await?;
    let rows = sqlx::query!(
        r#"SELECT v.delivery_id AS "id!", v.recipient AS "recipient!", v.ack_by AS "ack_by!",
                  v.chased AS "chased!", v.kind AS "kind?", v.supplier AS "supplier?", v.child AS "child?",
                  v.to_child, v.record_id, v.content, d.cases -> 'facts' ->> 'restriction' AS restriction
           FROM delivery v JOIN decision d ON d.decision_id = v.decision_id
           WHERE v.delivery_id = ANY($1) AND v.by_person_at IS NULL AND v.cannot IS NULL
             AND v.taken_back_at IS NULL
           UNION ALL
           SELECT message_id, agency, ack_by, chased, NULL, NULL, NULL, NULL, NULL, NULL, NULL
           FROM asked_back WHERE message_id = ANY($1) AND by_person_at IS NULL AND cannot IS NULL"#,
        ids,
    )
    .fetch_all(&mut *tx)
    .await?;
    let owner = |supplier: &str, child: &str| Owner::new(sealer, supplier, child);
    let owners = rows.iter().filter_map(|row| Some(owner(row.supplier.as_ref()?, row.child.as_ref()?)));
    let keyring = keys.known(&owners.collect()).await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let what = match (row.kind, row.supplier, row.child) {
            (Some(kind), Some(supplier), Some(child)) => {
                // A key that was destroyed opens nothing: what was erased is not sent again.
                let key = keyring.get(&owner(&supplier, &child));
                let plain = key.zip(row.content).and_then(|(key, sealed)| key.open(CONTEXT, &sealed).ok());
                let kind = parsed(&kind)?;
                let content = plain.and_then(|plain| serde_json::from_slice(&plain).ok()).map(Plain);
                let again = content.map(|content| Again {
                    kind,
                    content,
                    to_child: row.to_child.map(ChildRef::from_uuid),
                    record: row.record_id.map(ChildRef::from_uuid),
                    restriction: parsed_if_any(row.restriction.as_deref()).ok().flatten(),
                });
                What::Delivered { again }
            }
            _ => What::AskedBack,
        };
        let recipient = parsed(&row.recipient)?;
        found.insert(row.id, Outstanding { recipient, ack_by: row.ack_by, chased: row.chased, what });
    }
    Ok(found)
}

/// Notes that these were asked for once more.
///
/// # Errors
/// When the database refuses.
pub async fn store_chased(tx: &mut PgConnection, ids: &[Uuid]) -> Result<(), sqlx::Error> {
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "WITH asked AS (UPDATE asked_back SET chased = chased + 1 WHERE message_id = ANY($1))
         UPDATE delivery SET chased = chased + 1 WHERE delivery_id = ANY($1)",
        ids,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Notes what became of messages; content goes with the first word that a system has it (G6).
///
/// # Errors
/// When the database refuses.
pub async fn store_acknowledged(tx: &mut PgConnection, said: &[Acknowledged]) -> Result<(), sqlx::Error> {
    for Acknowledged { message, by: _, became, at } in said {
        let (system, person, acted, cannot) = match became {
            Became::ReceivedBySystem => (Some(at), None, None, None),
            Became::ReceivedByPerson { .. } => (Some(at), Some(at), None, None),
            Became::Acted => (Some(at), Some(at), Some(at), None),
            Became::Cannot { reason_code } => (Some(at), None, None, Some(reason_code.as_str())),
        };
        sqlx::query!(
            "WITH asked AS (
                 UPDATE asked_back
                 SET by_system_at = coalesce(by_system_at, $2), by_person_at = coalesce(by_person_at, $3),
                     acted_at = coalesce(acted_at, $4), cannot = coalesce($5, cannot)
                 WHERE message_id = $1)
             UPDATE delivery
             SET by_system_at = coalesce(by_system_at, $2), by_person_at = coalesce(by_person_at, $3),
                 acted_at = coalesce(acted_at, $4), cannot = coalesce($5, cannot), content = NULL
             WHERE delivery_id = $1",
            message,
            system,
            person,
            acted,
            cannot,
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}
