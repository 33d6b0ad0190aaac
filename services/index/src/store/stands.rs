//! How CAFs stand, noted for other services when they are looked at; and what an operator's change of the
//! registers makes other states of.

use schemas::{AgencyId, AuthorityId, CafState};
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::rules::life::{Life, Stage};

/// Notes how these CAFs stand, where they stood otherwise.
///
/// # Errors
/// When the database refuses.
pub async fn note(tx: &mut PgConnection, lives: &[Life]) -> Result<(), sqlx::Error> {
    if lives.is_empty() {
        return Ok(());
    }
    let cafs: Vec<String> = lives.iter().map(|life| life.caf_ref.to_string()).collect();
    let states: Vec<&str> = lives.iter().map(|life| state(&life.stage).as_str()).collect();
    let logs: Vec<&str> = lives.iter().map(|life| life.authority.as_str()).collect();
    let closed: Vec<Option<OffsetDateTime>> = lives.iter().map(|life| closed_at(&life.stage)).collect();
    sqlx::query!(
        "UPDATE caf AS known
         SET stands = said.stands, log_of = said.log_of, closed_at = said.closed_at,
             state_version = known.state_version + 1, changed_in = pg_current_xact_id()
         FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
              AS said(caf_ref, stands, log_of, closed_at)
         WHERE known.caf_ref = said.caf_ref
           AND (known.stands, coalesce(known.log_of, known.authority), known.closed_at)
               IS DISTINCT FROM (said.stands, said.log_of, said.closed_at)",
        &cafs,
        &states as _,
        &logs as _,
        &closed as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

const fn state(stage: &Stage) -> CafState {
    match stage {
        Stage::Started => CafState::Started,
        Stage::Completed { .. } => CafState::Completed,
        Stage::Returned { .. } => CafState::Returned,
        Stage::Checked => CafState::Checked,
        Stage::Reopened => CafState::Reopened,
        Stage::Closed { .. } => CafState::Closed,
        Stage::Withdrawn => CafState::Withdrawn,
    }
}

const fn closed_at(stage: &Stage) -> Option<OffsetDateTime> {
    match stage {
        Stage::Closed { on, .. } => Some(*on),
        Stage::Started
        | Stage::Completed { .. }
        | Stage::Returned { .. }
        | Stage::Checked
        | Stage::Reopened
        | Stage::Withdrawn => None,
    }
}

/// An area is written down, and with it what others know of its agencies and of those that are or were its
/// CAF team.
///
/// # Errors
/// When the database refuses.
pub async fn of_area(
    tx: &mut PgConnection,
    authority: &AuthorityId,
    teams: &[&str],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE agency SET state_version = state_version + 1, changed_in = pg_current_xact_id()
         WHERE $1 = ANY(authorities) OR agency = ANY($2)",
        authority.as_str(),
        &teams as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Another agency keeps the log of an area, or the area asks for the family's agreement, or no more.
///
/// # Errors
/// When the database refuses.
pub async fn of_log(tx: &mut PgConnection, authority: &AuthorityId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE caf SET state_version = state_version + 1, changed_in = pg_current_xact_id()
         WHERE authority = $1 OR log_of = $1",
        authority.as_str(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// An agency became sensitive or ordinary, active or revoked: so is its work, and it may be a CAF team.
///
/// # Errors
/// When the database refuses.
pub async fn of_agency(tx: &mut PgConnection, agency: &AgencyId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE involvement SET state_version = state_version + 1, changed_in = pg_current_xact_id()
         WHERE agency = $1",
        agency.as_str(),
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "UPDATE caf SET state_version = state_version + 1, changed_in = pg_current_xact_id()
         WHERE coalesce(log_of, authority) IN (SELECT u.authority FROM authority u WHERE u.caf_team = $1)",
        agency.as_str(),
    )
    .execute(tx)
    .await?;
    Ok(())
}
