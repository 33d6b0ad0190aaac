//! The table `advice`.

use std::collections::HashMap;

use deciding::Advice;
use kit::column::{parsed, unreadable};
use schemas::AdviceAnswer;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Closet;
use crate::rules::advice::{Advised, Question, Taken};

/// For what questions and reasons are sealed.
pub const CONTEXT: &str = "advice";

/// What the holders of these requests asked and were told.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn taken(tx: &mut PgConnection, shares: &[Uuid]) -> Result<HashMap<Uuid, Taken>, sqlx::Error> {
    if shares.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        "SELECT a.share_id, a.local_ref, a.answer, a.said_at
         FROM advice a JOIN share s ON s.share_id = a.share_id AND s.holder = a.agency
         WHERE a.share_id = ANY($1) ORDER BY a.received_at, a.message_id",
        shares,
    )
    .fetch_all(tx)
    .await?;
    let mut taken: HashMap<Uuid, Taken> = HashMap::new();
    for row in rows {
        let advice = match row.answer {
            Some(answer) => AdviceAnswer::parse(&answer).map(Advice::from).map_err(unreadable)?,
            None => Advice::Asked,
        };
        let local_ref = parsed(&row.local_ref)?;
        taken.entry(row.share_id).or_default().add(local_ref, row.said_at, advice);
    }
    Ok(taken)
}

/// The questions of these messages that were not answered, nor asked anew, while their requests wait.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn unanswered(
    tx: &mut PgConnection,
    questions: &[Uuid],
) -> Result<HashMap<Uuid, Question>, sqlx::Error> {
    if questions.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        r#"SELECT a.message_id, a.agency, a.local_ref, a.due_at AS "due_at!"
           FROM advice a JOIN share s ON s.share_id = a.share_id AND s.state = 'wanted'
           WHERE a.message_id = ANY($1) AND a.answer IS NULL AND a.due_at IS NOT NULL
             AND NOT EXISTS (SELECT FROM advice later
                             WHERE later.share_id = a.share_id AND later.agency = a.agency
                               AND CASE WHEN later.answer IS NULL
                                   THEN later.local_ref = a.local_ref AND later.received_at > a.received_at
                                   ELSE later.said_at >= a.said_at END)"#,
        questions,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let (agency, local_ref) = (parsed(&row.agency)?, parsed(&row.local_ref)?);
            Ok((row.message_id, Question { agency, local_ref, due_at: row.due_at }))
        })
        .collect()
}

/// Adds questions and answers.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn store(
    tx: &mut PgConnection,
    advised: &[Advised],
    closet: &Closet<'_>,
) -> Result<(), sqlx::Error> {
    for one in advised {
        let answer = match one.advice {
            Advice::None | Advice::Asked => None,
            answer @ (Advice::Share
            | Advice::ShareLimited
            | Advice::DoNotShare
            | Advice::ReferSafeguarding) => Some(answer.as_str()),
        };
        sqlx::query!(
            "INSERT INTO advice (share_id, agency, local_ref, message_id, role, answer, said_at, due_at,
                                 received_at, sealed)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            one.share,
            one.agency.as_str(),
            one.local_ref.as_str(),
            one.message.as_uuid(),
            one.role.as_str(),
            answer,
            one.said_at,
            one.due_at,
            one.received_at,
            closet.seal(CONTEXT, &one.private)?,
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}
