//! The table `agency`, as operators keep it.

use schemas::{AgencyId, AuthorityId, Line};
use serde::Serialize;
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;

use super::stands;
use crate::rules::register::{AgencyEntry, ContactPoint, Contacts};
use kit::column::{parsed, parsed_if_any};

/// An agency of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Registered {
    pub id: AgencyId,
    #[serde(flatten)]
    pub entry: AgencyEntry,
    /// `active` or `revoked`.
    pub state: String,
    #[serde(
        rename = "certificateUntil",
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub certificate_until: Option<OffsetDateTime>,
}

/// One agency, or all, by id.
///
/// # Errors
/// When the database refuses.
pub async fn list(db: &PgPool, only: Option<&AgencyId>) -> Result<Vec<Registered>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT agency, kind, sector, display_name, sensitive, neutral_display_name, authorities,
                duty_desk_phone, duty_desk_name, safeguarding_lead_phone, safeguarding_lead_name, state,
                certificate_until
         FROM agency WHERE $1::text IS NULL OR agency = $1 ORDER BY agency",
        only.map(AgencyId::as_str),
    )
    .fetch_all(db)
    .await?;
    rows.iter().map(Row::parse).collect()
}

/// Writes an entry; the agency is active from then on.
///
/// # Errors
/// When the database refuses.
pub async fn put(tx: &mut PgConnection, id: &AgencyId, entry: &AgencyEntry) -> Result<(), sqlx::Error> {
    let before = sqlx::query!(
        r#"SELECT sensitive, state = 'active' AS "active!" FROM agency WHERE agency = $1 FOR UPDATE"#,
        id.as_str(),
    );
    let before = before.fetch_optional(&mut *tx).await?;
    let authorities: Vec<&str> = entry.authorities.iter().map(AuthorityId::as_str).collect();
    let Contacts { duty_desk, safeguarding_lead } = &entry.contacts;
    sqlx::query!(
        "INSERT INTO agency AS known (agency, kind, sector, display_name, sensitive, neutral_display_name,
                             authorities, duty_desk_phone, duty_desk_name, safeguarding_lead_phone,
                             safeguarding_lead_name)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (agency) DO UPDATE
         SET kind = EXCLUDED.kind, sector = EXCLUDED.sector, display_name = EXCLUDED.display_name,
             sensitive = EXCLUDED.sensitive, neutral_display_name = EXCLUDED.neutral_display_name,
             authorities = EXCLUDED.authorities, duty_desk_phone = EXCLUDED.duty_desk_phone,
             duty_desk_name = EXCLUDED.duty_desk_name,
             safeguarding_lead_phone = EXCLUDED.safeguarding_lead_phone,
             safeguarding_lead_name = EXCLUDED.safeguarding_lead_name, state = 'active',
             state_version = known.state_version + 1, changed_in = pg_current_xact_id()",
        id.as_str(),
        entry.kind.as_str(),
        entry.sector.as_str(),
        entry.display_name.as_str(),
        entry.is_sensitive(),
        entry.neutral_display_name.as_ref().map(Line::as_str),
        &authorities as _,
        duty_desk.phone.as_str(),
        duty_desk.name.as_ref().map(Line::as_str),
        safeguarding_lead.phone.as_str(),
        safeguarding_lead.name.as_ref().map(Line::as_str),
    )
    .execute(&mut *tx)
    .await?;
    if before.is_none_or(|before| before.sensitive != entry.is_sensitive() || !before.active) {
        stands::of_agency(tx, id).await?;
    }
    Ok(())
}

/// Marks an agency as revoked: its practitioners may look up no more and are named to nobody. What it
/// said of children stands.
///
/// # Errors
/// When the database refuses.
pub async fn revoke(tx: &mut PgConnection, id: &AgencyId, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE agency AS known
         SET state = 'revoked', revoked_at = coalesce(revoked_at, $2),
             state_version = known.state_version + 1, changed_in = pg_current_xact_id()
         WHERE agency = $1",
        id.as_str(),
        now,
    )
    .execute(&mut *tx)
    .await?;
    stands::of_agency(tx, id).await
}

/// Notes until when an agency's certificate is good.
///
/// # Errors
/// When the database refuses.
pub async fn certify(db: &PgPool, id: &AgencyId, until: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE agency SET certificate_until = $2 WHERE agency = $1", id.as_str(), until)
        .execute(db)
        .await?;
    Ok(())
}

/// When the first of the certificates of active agencies ends.
///
/// # Errors
/// When the database refuses.
pub async fn first_certificate_end(db: &PgPool) -> Result<Option<OffsetDateTime>, sqlx::Error> {
    sqlx::query_scalar!("SELECT min(certificate_until) FROM agency WHERE state = 'active'")
        .fetch_one(db)
        .await
}

struct Row {
    agency: String,
    kind: String,
    sector: String,
    display_name: String,
    sensitive: bool,
    neutral_display_name: Option<String>,
    authorities: Vec<String>,
    duty_desk_phone: String,
    duty_desk_name: Option<String>,
    safeguarding_lead_phone: String,
    safeguarding_lead_name: Option<String>,
    state: String,
    certificate_until: Option<OffsetDateTime>,
}

impl Row {
    fn parse(&self) -> Result<Registered, sqlx::Error> {
        let point = |phone: &str, name: Option<&str>| {
            Ok::<_, sqlx::Error>(ContactPoint { phone: parsed(phone)?, name: parsed_if_any(name)? })
        };
        let entry = AgencyEntry {
            kind: parsed(&self.kind)?,
            sector: parsed(&self.sector)?,
            display_name: parsed(&self.display_name)?,
            sensitive: Some(self.sensitive),
            neutral_display_name: parsed_if_any(self.neutral_display_name.as_deref())?,
            authorities: self.authorities.iter().map(|id| parsed(id)).collect::<Result<_, _>>()?,
            contacts: Contacts {
                duty_desk: point(&self.duty_desk_phone, self.duty_desk_name.as_deref())?,
                safeguarding_lead: point(
                    &self.safeguarding_lead_phone,
                    self.safeguarding_lead_name.as_deref(),
                )?,
            },
        };
        let id = parsed(&self.agency)?;
        Ok(Registered { id, entry, state: self.state.clone(), certificate_until: self.certificate_until })
    }
}
