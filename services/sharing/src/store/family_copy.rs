//! The table `family_copy`: append-only.

use schemas::Subject;
use sqlx::PgConnection;

use super::Closet;
use crate::rules::family_copy::Copied;

/// For what the names of those who got a copy are sealed.
pub const CONTEXT: &str = "family-copy";

/// Adds copies.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn store(
    tx: &mut PgConnection,
    copies: &[Copied],
    closet: &Closet<'_>,
) -> Result<(), sqlx::Error> {
    for one in copies {
        let (local, record) = match &one.subject {
            Subject::Local(id) => (Some(id.as_str()), None),
            Subject::Child(reference) => (None, Some(reference.as_uuid())),
        };
        sqlx::query!(
            "INSERT INTO family_copy (agency, local_ref, local_id, record_id, made, made_at, sealed, message_id,
                                      received_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            one.agency.as_str(),
            one.local_ref.as_str(),
            local,
            record,
            one.made,
            one.made_at,
            closet.seal(CONTEXT, &one.private)?,
            one.message.as_uuid(),
            one.received_at,
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}
