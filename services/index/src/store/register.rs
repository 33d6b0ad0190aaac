//! The tables `agency` and `authority`, as the rules need them. Operators write them: see `admin`.

use std::collections::BTreeSet;

use sqlx::PgConnection;

use crate::handlers::StatementKey as Key;
use crate::rules::known::Known;
use kit::column::parsed;

/// Finds which agencies and authorities among the keys are on the registers. What an agency said before
/// it was revoked was confirmed, and holds: a restriction for safety above all.
///
/// # Errors
/// When the database refuses.
pub async fn load_known(
    tx: &mut PgConnection,
    keys: &BTreeSet<Key>,
    known: &mut Known,
) -> Result<(), sqlx::Error> {
    let mut agencies: Vec<&str> = Vec::new();
    let mut authorities: Vec<&str> = Vec::new();
    for key in keys {
        match key {
            Key::Sender(agency) => agencies.push(agency.as_str()),
            Key::Authority(authority) => authorities.push(authority.as_str()),
            Key::Local(..) | Key::Child(..) | Key::Fact(..) => {}
        }
    }
    let rows = sqlx::query!(
        r#"SELECT a.agency AS "id!", a.kind,
                  ARRAY(SELECT u.authority FROM authority u WHERE u.caf_team = a.agency) AS "team_of!",
                  ARRAY(SELECT u.authority FROM authority u
                        WHERE u.caf_team = a.agency OR a.agency = ANY(u.reopened_by)) AS "reopens_for!"
           FROM agency a WHERE a.agency = ANY($1::text[])
           UNION ALL
           SELECT u.authority, NULL, '{}', '{}' FROM authority u WHERE u.authority = ANY($2::text[])"#,
        &agencies as _,
        &authorities as _,
    )
    .fetch_all(tx)
    .await?;
    for row in rows {
        match row.kind {
            Some(kind) => {
                known.add_team(parsed(&row.id)?, row.team_of);
                known.add_reopening(parsed(&row.id)?, row.reopens_for);
                known.add_agency(parsed(&row.id)?, parsed(&kind)?);
            }
            None => known.add_authority(parsed(&row.id)?),
        }
    }
    Ok(())
}
