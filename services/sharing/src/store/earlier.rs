//! What went out of a share before, and the table `recall`, which is append-only.

use std::collections::{BTreeSet, HashMap};

use kit::column::{parsed, parsed_if_any, read, unreadable};
use schemas::{ChildRef, FormPart, LocalRef, MessageId, PractitionerId, To};
use sqlx::PgConnection;
use uuid::Uuid;

use super::delivery::take_back;
use crate::rules::consent::About;
use crate::rules::earlier::{Earlier, Recalled, Reference, Stands, basis_of};

/// All that went out of what these suppliers name.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn load(
    tx: &mut PgConnection,
    named: &BTreeSet<Reference>,
) -> Result<HashMap<Reference, Vec<Earlier>>, sqlx::Error> {
    if named.is_empty() {
        return Ok(HashMap::new());
    }
    let agencies: Vec<&str> = named.iter().map(|(agency, _)| agency.as_str()).collect();
    let refs: Vec<&str> = named.iter().map(|(_, local_ref)| local_ref.as_str()).collect();
    let rows = sqlx::query!(
        r#"SELECT v.delivery_id, v.kind, v.share_id, v.supplier, v.supplier_ref, v.record_id, v.recipient,
                v.practitioner, v.purpose, v.items, d.basis, d.family_told,
                EXISTS (SELECT FROM recall r
                        WHERE r.agency = v.supplier AND v.delivery_id = ANY(r.deliveries)) AS "recalled!"
         FROM unnest($1::text[], $2::text[]) AS said(agency, local_ref)
         CROSS JOIN LATERAL
             (SELECT * FROM delivery v
              WHERE v.supplier = said.agency AND v.supplier_ref = said.local_ref OFFSET 0) AS v
         JOIN decision d ON d.decision_id = v.decision_id
         ORDER BY v.delivery_id"#,
        &agencies as _,
        &refs as _,
    )
    .fetch_all(tx)
    .await?;
    let mut found: HashMap<Reference, Vec<Earlier>> = HashMap::new();
    for row in rows {
        let supplier = parsed(&row.supplier)?;
        let local_ref = parsed(&row.supplier_ref)?;
        let person: Option<PractitionerId> = parsed_if_any(row.practitioner.as_deref())?;
        let items: Vec<(FormPart, About)> = read(row.items)?;
        let (basis, lawful) = basis_of(&row.basis).map_err(unreadable)?;
        found.entry((supplier, local_ref)).or_default().push(Earlier {
            id: MessageId::from_uuid(row.delivery_id),
            kind: parsed(&row.kind)?,
            share: row.share_id,
            record: row.record_id.map(ChildRef::from_uuid),
            recipient: parsed(&row.recipient)?,
            to: person.map_or(To::DutyDesk, To::Practitioner),
            purpose: parsed(&row.purpose)?,
            basis,
            lawful,
            family_told: row.family_told,
            stands: if row.recalled { Stands::CalledBack } else { Stands::Sent },
            parts: items.into_iter().map(|(part, _)| part).collect(),
        });
    }
    Ok(found)
}

/// Adds recalls.
///
/// # Errors
/// When the database refuses.
pub async fn store_recalls(tx: &mut PgConnection, recalled: &[Recalled]) -> Result<(), sqlx::Error> {
    for Recalled { agency, message, received_at, said, deliveries } in recalled {
        let deliveries: Vec<Uuid> = deliveries.iter().map(MessageId::as_uuid).collect();
        sqlx::query!(
            "INSERT INTO recall (agency, message_id, local_ref, share_ref, reason, instruction, incident,
                                 practitioner, deliveries, recalled_at, received_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            agency.as_str(),
            message.as_uuid(),
            said.local_ref.as_str(),
            said.share.as_str(),
            said.reason.as_str(),
            said.instruction.as_str(),
            said.incident_ref.as_ref().map(LocalRef::as_str),
            said.practitioner.id.as_str(),
            &deliveries,
            said.happened_on.effective_at(),
            received_at,
        )
        .execute(&mut *tx)
        .await?;
        take_back(tx, &deliveries, *received_at).await?;
    }
    Ok(())
}
