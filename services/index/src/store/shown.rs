//! The columns by which agencies and practitioners are shown, joined in several statements.

use schemas::{AgencyId, Sensitivity};
use time::OffsetDateTime;

use crate::rules::standing::{Entry, Recorded};
use crate::rules::world::{AgencyState, Supplier};
use kit::column::parsed;

/// The register's columns of an agency.
pub(super) struct SupplierColumns<'a> {
    pub(super) agency: &'a str,
    pub(super) state: &'a str,
    pub(super) sensitive: bool,
    /// The neutral name, where there is one.
    pub(super) shown_name: &'a str,
    pub(super) duty_desk: &'a str,
}

impl SupplierColumns<'_> {
    pub(super) fn parse(&self) -> Result<Supplier, sqlx::Error> {
        Ok(Supplier {
            agency: parsed::<AgencyId>(self.agency)?,
            state: agency_state(self.state),
            sensitivity: sensitivity(self.sensitive),
            shown_name: parsed(self.shown_name)?,
            duty_desk: parsed(self.duty_desk)?,
        })
    }
}

pub(super) fn agency_state(stored: &str) -> AgencyState {
    match stored {
        "active" => AgencyState::Active,
        _ => AgencyState::Revoked,
    }
}

pub(super) const fn sensitivity(sensitive: bool) -> Sensitivity {
    if sensitive { Sensitivity::Sensitive } else { Sensitivity::Ordinary }
}

/// A practitioner's columns; all null where there is no entry, the first five where there is only
/// an ending.
pub(super) struct EntryColumns<'a> {
    pub(super) name: Option<&'a str>,
    pub(super) job: Option<&'a str>,
    pub(super) work_phone: Option<&'a str>,
    pub(super) state: Option<&'a str>,
    pub(super) effective_at: Option<OffsetDateTime>,
    pub(super) ended_at: Option<OffsetDateTime>,
}

impl EntryColumns<'_> {
    pub(super) fn parse(&self) -> Result<Entry, sqlx::Error> {
        let columns = (self.name, self.job, self.work_phone, self.state, self.effective_at);
        let (Some(name), Some(job), Some(phone), Some(state), Some(effective_at)) = columns else {
            return Ok(Entry { recorded: None, ended_at: self.ended_at });
        };
        let recorded = Recorded {
            name: parsed(name)?,
            job: parsed(job)?,
            work_phone: parsed(phone)?,
            state: parsed(state)?,
            effective_at,
        };
        Ok(Entry { recorded: Some(recorded), ended_at: self.ended_at })
    }
}
