//! The memory of what was received: one row a message, found by id and by fact (G2).

use std::collections::HashMap;

use schemas::codes::{ReceiptCode, ReceiptState};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::intake::Identity;
use crate::outbox::Bundle;
use crate::seal::{KeyedHash, Sealer};

/// What became of a message, as the inbox keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Recorded,
    Rejected,
    Answered,
    Held,
    Retrying,
}

impl State {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Rejected => "rejected",
            Self::Answered => "answered",
            Self::Held => "held",
            Self::Retrying => "retrying",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Recorded, Self::Rejected, Self::Answered, Self::Held, Self::Retrying]
            .into_iter()
            .find(|state| state.as_str() == text)
    }

    /// What a sender is told of it.
    pub(crate) fn receipt_state(self) -> ReceiptState {
        match self {
            Self::Recorded | Self::Answered => ReceiptState::Recorded,
            Self::Rejected => ReceiptState::Rejected,
            Self::Held | Self::Retrying => ReceiptState::Held,
        }
    }
}

/// An earlier message: how it ended and when it came.
#[derive(Clone, Debug)]
pub(crate) struct First {
    pub(crate) state: State,
    pub(crate) code: Option<ReceiptCode>,
    pub(crate) at: OffsetDateTime,
    pub(crate) content: KeyedHash,
}

/// The earlier messages that a batch may repeat.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    pub(crate) by_id: HashMap<(String, Uuid), First>,
    pub(crate) by_fact: HashMap<KeyedHash, First>,
}

/// A row to write.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) source: String,
    pub(crate) identity: Identity,
    pub(crate) received_at: OffsetDateTime,
    pub(crate) state: State,
    pub(crate) code: Option<ReceiptCode>,
}

/// Finds what a batch may repeat: by (source, id), and the latest by fact.
pub(crate) async fn find(
    tx: &mut PgConnection,
    ids: &[(String, Uuid)],
    facts: &[KeyedHash],
) -> Result<Earlier, sqlx::Error> {
    let sources: Vec<&str> = ids.iter().map(|(source, _)| source.as_str()).collect();
    let uuids: Vec<Uuid> = ids.iter().map(|(_, id)| *id).collect();
    let facts: Vec<&[u8]> = facts.iter().map(KeyedHash::as_slice).collect();
    let rows = sqlx::query!(
        r#"SELECT i.source AS "source!", i.message_id AS "message_id!", i.content AS "content!",
                  i.state AS "state!", i.code, i.received_at AS "received_at!", NULL::bytea AS fact
           FROM unnest($1::text[], $2::uuid[]) AS q(source, message_id)
           JOIN inbox i USING (source, message_id)
           UNION ALL
           SELECT l.source, l.message_id, l.content, l.state, l.code, l.received_at, q.fact
           FROM unnest($3::bytea[]) AS q(fact)
           CROSS JOIN LATERAL (
               SELECT * FROM inbox i WHERE i.fact = q.fact AND i.state = 'recorded'
               ORDER BY i.received_at DESC LIMIT 1) l"#,
        &sources as _,
        &uuids,
        &facts as _,
    )
    .fetch_all(tx)
    .await?;
    let mut earlier = Earlier::default();
    for row in rows {
        let first = First {
            state: State::parse(&row.state).unwrap_or(State::Held),
            code: row.code.as_deref().and_then(|code| ReceiptCode::parse(code).ok()),
            at: row.received_at,
            content: row.content.try_into().unwrap_or_default(),
        };
        match row.fact.and_then(|fact| KeyedHash::try_from(fact).ok()) {
            Some(fact) => earlier.by_fact.insert(fact, first),
            None => earlier.by_id.insert((row.source, row.message_id), first),
        };
    }
    Ok(earlier)
}

/// Writes rows, and the bundle of what is said about them, due at `due_at` if nobody has published it
/// by then. A row that waited to be tried again, or for a person, is brought up to date.
pub(crate) async fn write(
    tx: &mut PgConnection,
    sealer: &Sealer,
    rows: &[Row],
    bundle: Option<&Bundle>,
    due_at: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let sources: Vec<&str> = rows.iter().map(|row| row.source.as_str()).collect();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.identity.id.as_uuid()).collect();
    let facts: Vec<Option<&[u8]>> =
        rows.iter().map(|row| row.identity.fact.as_ref().map(KeyedHash::as_slice)).collect();
    let contents: Vec<&[u8]> = rows.iter().map(|row| row.identity.content.as_slice()).collect();
    let received: Vec<OffsetDateTime> = rows.iter().map(|row| row.received_at).collect();
    let states: Vec<&str> = rows.iter().map(|row| row.state.as_str()).collect();
    let codes: Vec<Option<&str>> =
        rows.iter().map(|row| row.code.as_ref().map(ReceiptCode::as_str)).collect();
    // One round trip: a question waits for each.
    let written = sqlx::query_scalar!(
        r#"WITH outgoing AS (
               INSERT INTO outbox (bundle_id, due_at, attempts, alone, messages, sealed)
               SELECT $8::uuid, $9::timestamptz, 0, false, $10::int, $11::bytea WHERE $8 IS NOT NULL),
           written AS (
               INSERT INTO inbox (source, message_id, fact, content, received_at, state, code)
               SELECT * FROM unnest($1::text[], $2::uuid[], $3::bytea[], $4::bytea[], $5::timestamptz[],
                                    $6::text[], $7::text[])
               ON CONFLICT (source, message_id) DO UPDATE
               SET state = EXCLUDED.state, code = EXCLUDED.code, retry_at = NULL, sealed = NULL
               WHERE inbox.state IN ('held', 'retrying')
               RETURNING message_id)
           SELECT count(*) AS "written!" FROM written"#,
        &sources as _,
        &ids,
        &facts as _,
        &contents as _,
        &received,
        &states as _,
        &codes as _,
        bundle.map(|bundle| bundle.id),
        due_at,
        bundle.map(Bundle::count),
        bundle.map(|bundle| bundle.seal(sealer)).transpose()?,
    )
    .fetch_one(tx)
    .await?;
    if usize::try_from(written) == Ok(rows.len()) {
        Ok(())
    } else {
        // Another replica took the same message first: the batch runs again and sees it.
        Err(sqlx::Error::RowNotFound)
    }
}

/// How many messages wait to be tried again.
pub(crate) async fn retrying(db: &sqlx::PgPool) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "n!" FROM inbox WHERE retry_at IS NOT NULL"#)
        .fetch_one(db)
        .await
}
