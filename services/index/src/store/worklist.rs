//! The CAF team's work list: its tasks, the matters of those who left or were revoked, and what could
//! not be processed or delivered, and certificates that end soon; each with an owner and a due date.

use std::collections::HashMap;

use schemas::{AuthorityId, CafRef};
use serde::Serialize;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::watch;
use crate::rules::due::Areas;
use crate::rules::left_behind::open_cafs;
use kit::column::{parsed, parsed_if_any};

/// One thing to be seen to. It names references, never people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Matter {
    /// A task's own id; of any other matter its kind and reference.
    pub id: String,
    pub kind: String,
    /// Missing where it is the operator's, or the CAF team may not know of it.
    pub authority: Option<AuthorityId>,
    #[serde(rename = "ref")]
    pub about: String,
    #[serde(with = "time::serde::rfc3339")]
    pub opened_at: OffsetDateTime,
    pub due_on: Date,
    /// The agency that sees to it, or `operator`.
    pub owner: String,
    /// Of a leaver's matter: the practitioner of the same agency who was said to take it over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
}

/// What is open, the most urgent first; of one authority, or all.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    tx: &mut PgConnection,
    authority: Option<&AuthorityId>,
    now: OffsetDateTime,
) -> Result<Vec<Matter>, sqlx::Error> {
    let rows = sqlx::query_file_as!(Row, "src/store/worklist.sql", now).fetch_all(&mut *tx).await?;
    let cafs = rows.iter().filter(|row| row.is_caf).map(|row| parsed(&row.about));
    let cafs: Vec<CafRef> = cafs.collect::<Result<_, _>>()?;
    let world = watch::world(tx, &cafs, Vec::new()).await?;
    let areas = watch::areas(tx).await?;
    let open = open_cafs(&world, &cafs, &areas, now);
    let mut matters = Vec::new();
    for row in rows {
        if let Some(matter) = row.matter(&open, &areas)?
            && authority.is_none_or(|wanted| matter.authority.as_ref() == Some(wanted))
        {
            matters.push(matter);
        }
    }
    Ok(matters)
}

struct Row {
    id: String,
    kind: String,
    authority: Option<String>,
    about: String,
    opened_at: OffsetDateTime,
    due_on: Date,
    /// Listed only where it is open, for the authority that it is with by now.
    is_caf: bool,
    successor: Option<String>,
}

impl Row {
    fn matter(
        self,
        open: &HashMap<CafRef, Option<AuthorityId>>,
        areas: &Areas,
    ) -> Result<Option<Matter>, sqlx::Error> {
        let authority = if self.is_caf {
            let Some(authority) = open.get(&parsed::<CafRef>(&self.about)?) else {
                return Ok(None);
            };
            authority.clone()
        } else {
            parsed_if_any(self.authority.as_deref())?
        };
        let area = authority.as_ref().and_then(|authority| areas.get(authority));
        let owner = area.and_then(|area| area.team.as_ref()).map_or("operator", |team| team.as_str());
        Ok(Some(Matter {
            id: self.id,
            kind: self.kind,
            owner: owner.to_owned(),
            authority,
            about: self.about,
            opened_at: self.opened_at,
            due_on: self.due_on,
            successor: self.successor,
        }))
    }
}
