//! The table `sensitive_shown`: to whom a consent shows the work of a sensitive service (D-I6).

use std::collections::BTreeMap;

use schemas::{AgencyId, AgencyKind, ChildRef, ConsentNow, ShowSensitive};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

/// Keeps the highest version of each.
///
/// # Errors
/// When the database refuses.
pub async fn keep<'a>(
    tx: &mut PgConnection,
    consents: impl Iterator<Item = &'a ConsentNow>,
) -> Result<(), sqlx::Error> {
    let mut highest: BTreeMap<ChildRef, &ConsentNow> = BTreeMap::new();
    for consent in consents {
        let known = highest.entry(consent.record).or_insert(consent);
        if known.version < consent.version {
            *known = consent;
        }
    }
    let records: Vec<Uuid> = highest.keys().map(ChildRef::as_uuid).collect();
    let versions: Vec<i64> = highest.values().map(|consent| consent.version.number()).collect();
    let shown = || highest.values().map(|consent| consent.show_sensitive.as_ref());
    let agencies = |of: fn(&ShowSensitive) -> &[AgencyId]| listed(shown(), of, AgencyId::as_str);
    let kinds = |of: fn(&ShowSensitive) -> &[AgencyKind]| listed(shown(), of, AgencyKind::as_str);
    let until: Vec<Option<Date>> = shown().map(|shown| shown.map(|it| it.until.date())).collect();
    sqlx::query!(
        "INSERT INTO sensitive_shown AS known
             (record_id, version, agencies, kinds, excluded_agencies, excluded_kinds, until)
         SELECT record_id, version, string_to_array(agencies, ' '), string_to_array(kinds, ' '),
                string_to_array(excluded_agencies, ' '), string_to_array(excluded_kinds, ' '), until
         FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[])
              AS said(record_id, version, agencies, kinds, excluded_agencies, excluded_kinds, until)
         ON CONFLICT (record_id) DO UPDATE
         SET version = EXCLUDED.version, agencies = EXCLUDED.agencies, kinds = EXCLUDED.kinds,
             excluded_agencies = EXCLUDED.excluded_agencies, excluded_kinds = EXCLUDED.excluded_kinds,
             until = EXCLUDED.until
         WHERE known.version < EXCLUDED.version",
        &records,
        &versions,
        &agencies(|it| &it.agencies),
        &kinds(|it| &it.kinds),
        &agencies(|it| &it.excluded_agencies),
        &kinds(|it| &it.excluded_kinds),
        &until as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Each list as one text: an array of arrays would have to be square.
fn listed<'a, T: 'a>(
    shown: impl Iterator<Item = Option<&'a ShowSensitive>>,
    of: fn(&ShowSensitive) -> &[T],
    written: fn(&T) -> &str,
) -> Vec<String> {
    let text = |list: &'a [T]| list.iter().map(written).collect::<Vec<_>>().join(" ");
    shown.map(|shown| shown.map(|it| text(of(it))).unwrap_or_default()).collect()
}
