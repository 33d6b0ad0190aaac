//! The records that a batch of questions may reach: a closure over numbers, keys and aliases.

use std::collections::{BTreeSet, HashMap};

use schemas::{ChildRef, ShowSensitive};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::engagement;
use super::record::level_of;
use super::shown::SupplierColumns;
use crate::handlers::QueryKey;
use crate::rules::demographics::DemographicsKey;
use crate::rules::world::{Facts, KnownAs, Record, Training};
use kit::column::{parsed, parsed_if_any};

/// What the questions of a batch ask by.
#[derive(Default)]
struct Probes<'a> {
    nhs: Vec<&'a str>,
    upn: Vec<&'a str>,
    uln: Vec<&'a str>,
    keys: Vec<&'a str>,
    agencies: Vec<&'a str>,
    local_ids: Vec<&'a str>,
    records: Vec<Uuid>,
}

/// The records in reach, with all that their agencies said.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn records(tx: &mut PgConnection, keys: &BTreeSet<QueryKey>) -> Result<Vec<Record>, sqlx::Error> {
    let probes = Probes::of(keys);
    let rows = reach(tx, &probes).await?;
    with_engagements(tx, rows).await
}

/// The records in reach, without what was said of them.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn bare_records(
    tx: &mut PgConnection,
    keys: &BTreeSet<QueryKey>,
) -> Result<Vec<Record>, sqlx::Error> {
    reach(tx, &Probes::of(keys)).await?.iter().map(Row::parse).collect()
}

/// The records in reach of one record, or of an agency's own id: for operators.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn records_around(
    tx: &mut PgConnection,
    records: Vec<Uuid>,
    local: Option<(&str, &str)>,
) -> Result<Vec<Record>, sqlx::Error> {
    let (agencies, local_ids) = local.into_iter().unzip();
    let rows = reach(tx, &Probes { agencies, local_ids, records, ..Probes::default() }).await?;
    rows.iter().map(Row::parse).collect()
}

/// The records in reach of these records, with all that their agencies said: for timers.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn records_with_cafs(
    tx: &mut PgConnection,
    records: Vec<Uuid>,
) -> Result<Vec<Record>, sqlx::Error> {
    let rows = reach(tx, &Probes { records, ..Probes::default() }).await?;
    with_engagements(tx, rows).await
}

async fn with_engagements(tx: &mut PgConnection, rows: Vec<Row>) -> Result<Vec<Record>, sqlx::Error> {
    let mut records = rows.iter().map(Row::parse).collect::<Result<Vec<Record>, _>>()?;
    // G5: also where nothing was found, so that it takes its time of every answer.
    let ids: Vec<Uuid> = rows.iter().map(|row| row.record_id).collect();
    let places: HashMap<Uuid, usize> = ids.iter().enumerate().map(|(i, id)| (*id, i)).collect();
    for (record, engagement) in engagement::load(tx, &ids).await? {
        if let Some(place) = places.get(&record) {
            engagement.attach_to(&mut records[*place]);
        }
    }
    Ok(records)
}

async fn reach(tx: &mut PgConnection, probes: &Probes<'_>) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_file_as!(
        Row,
        "src/store/lookup.sql",
        &probes.nhs as _,
        &probes.upn as _,
        &probes.uln as _,
        &probes.keys as _,
        &probes.agencies as _,
        &probes.local_ids as _,
        &probes.records,
    )
    .fetch_all(tx)
    .await
}

impl<'a> Probes<'a> {
    fn of(keys: &'a BTreeSet<QueryKey>) -> Self {
        let mut probes = Self::default();
        for key in keys {
            match key {
                QueryKey::Question(..) | QueryKey::Asker(..) | QueryKey::Intended(..) => {}
                QueryKey::Local(agency, id) => {
                    probes.agencies.push(agency.as_str());
                    probes.local_ids.push(id.as_str());
                }
                QueryKey::Child(reference) => probes.records.push(reference.as_uuid()),
                QueryKey::Nhs(number) => probes.nhs.push(number.as_str()),
                QueryKey::Upn(number) => probes.upn.push(number.as_str()),
                QueryKey::Uln(number) => probes.uln.push(number.as_str()),
                QueryKey::Demographics(key) => probes.keys.push(key.as_str()),
            }
        }
        probes
    }
}

struct Row {
    record_id: Uuid,
    agency: String,
    local_id: Option<String>,
    alias_of: Option<Uuid>,
    restriction: i16,
    birth_date: Option<String>,
    nhs_number: Option<String>,
    upn: Option<String>,
    uln: Option<String>,
    child_state: Option<String>,
    synthetic: Option<bool>,
    keys: Vec<String>,
    state: String,
    sensitive: bool,
    shown_name: String,
    duty_desk_phone: String,
    shown: Option<Json<ShowSensitive>>,
}

impl Row {
    fn parse(&self) -> Result<Record, sqlx::Error> {
        let supplier = SupplierColumns {
            agency: &self.agency,
            state: &self.state,
            sensitive: self.sensitive,
            shown_name: &self.shown_name,
            duty_desk: &self.duty_desk_phone,
        };
        let known_as = match (&self.local_id, self.alias_of) {
            (Some(id), _) => KnownAs::Local(parsed(id)?),
            (None, Some(target)) => KnownAs::AliasOf(ChildRef::from_uuid(target)),
            (None, None) => return Err(sqlx::Error::Decode("a record without a name".into())),
        };
        Ok(Record {
            id: ChildRef::from_uuid(self.record_id),
            supplier: supplier.parse()?,
            known_as,
            facts: self.facts()?,
            restriction: level_of(self.restriction),
            shown: self.shown.as_ref().map(|shown| shown.0.clone()),
            involvements: Vec::new(),
            cafs: Vec::new(),
        })
    }

    /// None until `child.recorded` arrived.
    fn facts(&self) -> Result<Option<Facts>, sqlx::Error> {
        let columns = (&self.birth_date, &self.child_state, self.synthetic);
        let (Some(birth), Some(state), Some(synthetic)) = columns else {
            return Ok(None);
        };
        Ok(Some(Facts {
            birth: parsed(birth)?,
            nhs_number: parsed_if_any(self.nhs_number.as_deref())?,
            upn: parsed_if_any(self.upn.as_deref())?,
            uln: parsed_if_any(self.uln.as_deref())?,
            keys: self.keys.iter().cloned().map(DemographicsKey::from_stored).collect(),
            child_state: parsed(state)?,
            training: Training::marked(synthetic),
        }))
    }
}
