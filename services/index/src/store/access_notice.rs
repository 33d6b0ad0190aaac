//! The tables `digest` and `access_notice`: which agency was told that what was shown of its records.

use std::collections::BTreeSet;

use schemas::{AccessNoticeKind, AgencyId, AgencyKind, ChildRef, LocalChildId, Purpose};
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use kit::column::{parsed, parsed_if_any};

/// Something that was shown of an agency's record on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub decision: Uuid,
    pub record: ChildRef,
    pub local_id: Option<LocalChildId>,
    pub kind: AccessNoticeKind,
    pub purpose: Purpose,
    /// None where it would name a sensitive service (D-I6).
    pub by: Option<AgencyKind>,
}

/// The days up to `yesterday` of which no agency was told yet, the oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn missing(tx: &mut PgConnection, yesterday: Date) -> Result<Vec<Date>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT missing::date AS "day!"
           FROM generate_series(coalesce((SELECT max(day) + 1 FROM digest),
                                         (SELECT (min(decided_at) AT TIME ZONE 'UTC')::date FROM decision)),
                                $1::date, interval '1 day') AS missing"#,
        yesterday,
    )
    .fetch_all(tx)
    .await
}

/// Has each agency told of a day.
///
/// # Errors
/// When the database refuses.
pub async fn begin_digests(tx: &mut PgConnection, day: Date, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH told AS (INSERT INTO digest (day) VALUES ($1::date) RETURNING day)
         INSERT INTO timer (kind, about, look_at)
         SELECT DISTINCT 'digest', told.day || ' ' || r.agency, $2::timestamptz
         FROM told
         JOIN decision d ON d.decided_at >= told.day::timestamp AT TIME ZONE 'UTC'
                        AND d.decided_at < (told.day + 1)::timestamp AT TIME ZONE 'UTC'
         JOIN decision_record s ON s.decision_id = d.decision_id AND s.shown <> '{}'
         JOIN record r ON r.record_id = s.record_id
         ON CONFLICT (kind, about) DO NOTHING",
        day,
        now,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What was shown of these agencies' records on these days, in an order that says nothing of when; of
/// agencies that were revoked nothing.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn load(
    tx: &mut PgConnection,
    digests: &[(Date, AgencyId)],
) -> Result<Vec<((Date, AgencyId), Shown)>, sqlx::Error> {
    if digests.is_empty() {
        return Ok(Vec::new());
    }
    // A day's decisions are gone through once, however many agencies are told of it.
    let days: Vec<Date> = digests.iter().map(|(day, _)| *day).collect::<BTreeSet<_>>().into_iter().collect();
    let agencies: Vec<&str> = digests.iter().map(|(_, agency)| agency.as_str()).collect();
    let rows = sqlx::query!(
        r#"SELECT said.day AS "day!", r.agency AS "agency!", r.record_id AS "record_id!", r.local_id,
                  d.decision_id AS "decision_id!", d.purpose AS "purpose!", what.shown AS "kind!",
                  CASE WHEN by.sensitive OR EXISTS (SELECT FROM involvement i
                                                    WHERE i.agency = d.agency AND i.sensitive
                                                      AND i.practitioner_id = d.practitioner_id)
                       THEN NULL ELSE by.kind END AS by_kind
           FROM unnest($1::date[]) AS said(day)
           JOIN decision d ON d.decided_at >= said.day::timestamp AT TIME ZONE 'UTC'
                          AND d.decided_at < (said.day + 1)::timestamp AT TIME ZONE 'UTC'
           JOIN decision_record s ON s.decision_id = d.decision_id AND s.shown <> '{}'
           JOIN record r ON r.record_id = s.record_id AND r.agency = ANY($2)
           JOIN agency a ON a.agency = r.agency AND a.state = 'active'
           JOIN agency by ON by.agency = d.agency
           CROSS JOIN LATERAL unnest(s.shown) AS what(shown)
           WHERE NOT EXISTS (SELECT FROM access_notice n
                             WHERE n.decision_id = d.decision_id AND n.record_id = s.record_id
                               AND n.kind = what.shown)
           ORDER BY r.record_id, what.shown, d.purpose, by_kind NULLS LAST, d.decision_id"#,
        &days,
        &agencies as _,
    )
    .fetch_all(tx)
    .await?;
    let of_digests = rows
        .iter()
        .filter(|row| digests.iter().any(|(day, agency)| *day == row.day && agency.as_str() == row.agency));
    of_digests
        .map(|row| {
            let shown = Shown {
                decision: row.decision_id,
                record: ChildRef::from_uuid(row.record_id),
                local_id: parsed_if_any(row.local_id.as_deref())?,
                kind: parsed(&row.kind)?,
                purpose: parsed(&row.purpose)?,
                by: parsed_if_any(row.by_kind.as_deref())?,
            };
            Ok(((row.day, parsed(&row.agency)?), shown))
        })
        .collect()
}

/// Takes down what agencies are told, by the ids of the notices.
///
/// # Errors
/// When the database refuses.
pub async fn store(tx: &mut PgConnection, notices: &[(Uuid, Shown)]) -> Result<(), sqlx::Error> {
    if notices.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = notices.iter().map(|(id, _)| *id).collect();
    let decisions: Vec<Uuid> = notices.iter().map(|(_, shown)| shown.decision).collect();
    let records: Vec<Uuid> = notices.iter().map(|(_, shown)| shown.record.as_uuid()).collect();
    let kinds: Vec<&str> = notices.iter().map(|(_, shown)| shown.kind.as_str()).collect();
    sqlx::query!(
        "INSERT INTO access_notice (notice_id, decision_id, record_id, kind)
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[])",
        &ids,
        &decisions,
        &records,
        &kinds as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}
