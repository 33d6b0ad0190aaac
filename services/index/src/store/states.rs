//! The rows of the index as other services are told of them: never a child's or carer's name, address or
//! number.

use kit::seal::Sealer;
use schemas::{
    AgencyChanged, AgencyNow, AuthorityNow, Birth, CafChanged, CafNow, Check, CheckNow, ChildChanged,
    ChildNow, ChildRef, ChildTokens, DobPrecision, InvolvementChanged, InvolvementNow, LeadKind, Malformed,
    PartialDate, PractitionerChanged, PractitionerNow, PractitionerStanding, PractitionerState, StateEvent,
    StateVersion, Token,
};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::publication::{Cursor, Page, Raised};
use super::record::level_of;
use kit::column::{parsed, parsed_if_any};
use kit::moment::has_ended;

fn malformed(error: Malformed) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}

impl Raised {
    fn version(self, counted: i64) -> Result<StateVersion, sqlx::Error> {
        StateVersion::new(self.0.saturating_add(counted)).map_err(malformed)
    }
}

/// The states of a page, and the last row's place.
fn page<T>(states: Vec<(T, Cursor)>, event: impl FnOnce(Vec<T>) -> StateEvent) -> Page {
    let (states, mut places): (Vec<T>, Vec<Cursor>) = states.into_iter().unzip();
    places.pop().map(|last| (event(states), last))
}

pub(super) async fn agencies(
    tx: &mut PgConnection,
    from: &Cursor,
    raised: Raised,
) -> Result<Page, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT a.agency, a.state_version, a.changed_in::text AS "changed_in!", a.kind, a.sector, a.display_name,
                  coalesce(a.neutral_display_name, a.display_name) AS "shown_name!", a.sensitive, a.state,
                  a.duty_desk_phone, a.safeguarding_lead_phone,
                  (SELECT coalesce(jsonb_agg(jsonb_build_object(
                       'authority', u.authority, 'name', u.name, 'safeguardingPhone', u.safeguarding_phone,
                       'cafTeam', u.caf_team, 'bankHolidays', to_jsonb(u.bank_holidays))
                       ORDER BY array_position(a.authorities, u.authority)), '[]')
                   FROM authority u WHERE u.authority = ANY(a.authorities))
                      AS "authorities!: Json<Vec<AuthorityNow>>",
                  ARRAY(SELECT u.authority FROM authority u WHERE u.caf_team = a.agency ORDER BY 1) AS "team_of!"
           FROM agency a
           WHERE (a.changed_in, a.agency) > ($1::text::xid8, $2::text)
             AND a.changed_in < pg_snapshot_xmin(pg_current_snapshot())
           ORDER BY a.changed_in, a.agency LIMIT 200"#,
        from.changed_in,
        from.part(0),
    )
    .fetch_all(tx)
    .await?;
    let states = rows.into_iter().map(|row| {
        let now = AgencyNow {
            agency_id: parsed(&row.agency)?,
            version: raised.version(row.state_version)?,
            kind: parsed(&row.kind)?,
            sector: parsed(&row.sector)?,
            display_name: parsed(&row.display_name)?,
            shown_name: parsed(&row.shown_name)?,
            sensitive: row.sensitive,
            state: parsed(&row.state)?,
            authorities: row.authorities.0,
            caf_team_of: row.team_of.iter().map(|id| parsed(id)).collect::<Result<_, _>>()?,
            duty_desk_phone: parsed(&row.duty_desk_phone)?,
            safeguarding_lead_phone: parsed(&row.safeguarding_lead_phone)?,
        };
        Ok((now, Cursor { changed_in: row.changed_in, after: vec![row.agency] }))
    });
    let states = states.collect::<Result<_, sqlx::Error>>()?;
    Ok(page(states, |states| StateEvent::AgencyChanged(AgencyChanged { states })))
}

pub(super) async fn practitioners(
    tx: &mut PgConnection,
    from: &Cursor,
    raised: Raised,
) -> Result<Page, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT agency, practitioner_id, state_version, changed_in::text AS "changed_in!", name, job,
                  work_phone, checked AS "checked: Json<Check>", state, deputy, effective_at, ended_at
           FROM practitioner
           WHERE (changed_in, agency, practitioner_id) > ($1::text::xid8, $2::text, $3::text)
             AND changed_in < pg_snapshot_xmin(pg_current_snapshot())
           ORDER BY changed_in, agency, practitioner_id LIMIT 200"#,
        from.changed_in,
        from.part(0),
        from.part(1),
    )
    .fetch_all(tx)
    .await?;
    let states = rows.into_iter().map(|row| {
        let recorded: Option<PractitionerState> = parsed_if_any(row.state.as_deref())?;
        let ended = row.effective_at.is_some_and(|at| has_ended(at, row.ended_at));
        let now = PractitionerNow {
            agency_id: parsed(&row.agency)?,
            practitioner_id: parsed(&row.practitioner_id)?,
            version: raised.version(row.state_version)?,
            state: standing(recorded, ended),
            name: parsed_if_any(row.name.as_deref())?,
            job: parsed_if_any(row.job.as_deref())?,
            work_phone: parsed_if_any(row.work_phone.as_deref())?,
            check: row.checked.map(|Json(check)| CheckNow {
                state: check.state,
                kind: check.kind,
                checked_on: check.checked_on,
                recheck_policy_months: check.recheck_policy_months,
            }),
            deputy: parsed_if_any(row.deputy.as_deref())?,
        };
        Ok((now, Cursor { changed_in: row.changed_in, after: vec![row.agency, row.practitioner_id] }))
    });
    let states = states.collect::<Result<_, sqlx::Error>>()?;
    Ok(page(states, |states| StateEvent::PractitionerChanged(PractitionerChanged { states })))
}

/// D-A2, G7: as `rules::standing` reads an entry, with the reason why somebody is away.
const fn standing(recorded: Option<PractitionerState>, ended: bool) -> PractitionerStanding {
    match recorded {
        None => PractitionerStanding::Unknown,
        Some(_) if ended => PractitionerStanding::Left,
        Some(PractitionerState::Active) => PractitionerStanding::Active,
        Some(PractitionerState::OnLeave) => PractitionerStanding::OnLeave,
        Some(PractitionerState::Left) => PractitionerStanding::Left,
        Some(PractitionerState::Suspended) => PractitionerStanding::Suspended,
    }
}

pub(super) async fn children(
    tx: &mut PgConnection,
    from: &Cursor,
    raised: Raised,
    sealer: &Sealer,
) -> Result<Page, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT r.record_id, r.state_version, r.changed_in::text AS "changed_in!", r.agency, r.local_id,
                  r.alias_of, r.birth_date, r.birth_precision, r.nhs_number, r.upn, r.uln, r.child_state,
                  r.authority, r.synthetic, r.restriction, r.effective_at IS NOT NULL AS "has_facts!",
                  ARRAY(SELECT k.key FROM record_key k WHERE k.record_id = r.record_id ORDER BY 1) AS "keys!"
           FROM record r
           WHERE (r.changed_in, r.record_id)
                     > ($1::text::xid8, coalesce(nullif($2::text, '')::uuid, '00000000-0000-0000-0000-000000000000'))
             AND r.changed_in < pg_snapshot_xmin(pg_current_snapshot())
           ORDER BY r.changed_in, r.record_id LIMIT 200"#,
        from.changed_in,
        from.part(0),
    )
    .fetch_all(tx)
    .await?;
    let states = rows.into_iter().map(|row| {
        let birth = match (&row.birth_date, &row.birth_precision) {
            (Some(date), Some(precision)) => {
                let (date, precision): (PartialDate, DobPrecision) = (parsed(date)?, parsed(precision)?);
                Some(Birth::new(date, precision).map_err(malformed)?)
            }
            _ => None,
        };
        let token = |parts: &[&str]| {
            let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
            Token::of(&sealer.hash(&parts))
        };
        // A training child never meets a real one: their keys differ as they stand.
        let synthetic = if row.synthetic.unwrap_or_default() { "synthetic" } else { "" };
        let number = row.nhs_number.as_deref().zip(row.birth_date.as_deref());
        let now = ChildNow {
            record: ChildRef::from_uuid(row.record_id),
            version: raised.version(row.state_version)?,
            agency_id: parsed(&row.agency)?,
            local_id: parsed_if_any(row.local_id.as_deref())?,
            alias_of: row.alias_of.map(ChildRef::from_uuid),
            has_facts: row.has_facts,
            birth,
            child_state: parsed_if_any(row.child_state.as_deref())?,
            authority: parsed_if_any(row.authority.as_deref())?,
            synthetic: row.synthetic,
            restriction: level_of(row.restriction),
            tokens: ChildTokens {
                number: number.map(|(number, birth)| token(&["state number", number, birth, synthetic])),
                upn: row.upn.as_deref().map(|upn| token(&["state upn", upn])),
                uln: row.uln.as_deref().map(|uln| token(&["state uln", uln])),
                keys: row.keys.iter().map(|key| token(&["state key", key])).collect(),
            },
        };
        Ok((now, Cursor { changed_in: row.changed_in, after: vec![row.record_id.to_string()] }))
    });
    let states = states.collect::<Result<_, sqlx::Error>>()?;
    Ok(page(states, |states| StateEvent::ChildChanged(ChildChanged { states })))
}

pub(super) async fn involvements(
    tx: &mut PgConnection,
    from: &Cursor,
    raised: Raised,
) -> Result<Page, sqlx::Error> {
    // One that was only ended so far says nothing of any child.
    let rows = sqlx::query!(
        r#"SELECT i.agency, i.local_ref, i.state_version, i.changed_in::text AS "changed_in!",
                  i.record_id AS "record_id!", i.practitioner_id AS "practitioner_id!",
                  i.role_in_case AS "role_in_case!", i.lead_kind,
                  i.sensitive OR coalesce(a.sensitive, true) AS "sensitive!", i.key_worker AS "key_worker!",
                  i.level AS "level!", i.consent_ref, i.started_at AS "started_at!",
                  i.effective_at AS "effective_at!", i.ended_at
           FROM involvement i LEFT JOIN agency a ON a.agency = i.agency
           WHERE (i.changed_in, i.agency, i.local_ref) > ($1::text::xid8, $2::text, $3::text)
             AND i.changed_in < pg_snapshot_xmin(pg_current_snapshot()) AND i.record_id IS NOT NULL
           ORDER BY i.changed_in, i.agency, i.local_ref LIMIT 200"#,
        from.changed_in,
        from.part(0),
        from.part(1),
    )
    .fetch_all(tx)
    .await?;
    let states = rows.into_iter().map(|row| {
        let lead_kind = parsed_if_any(row.lead_kind.as_deref())?;
        let now = InvolvementNow {
            agency_id: parsed(&row.agency)?,
            local_ref: parsed(&row.local_ref)?,
            version: raised.version(row.state_version)?,
            record: ChildRef::from_uuid(row.record_id),
            practitioner_id: parsed(&row.practitioner_id)?,
            role_in_case: parsed(&row.role_in_case)?,
            lead_kind: lead_kind.unwrap_or(LeadKind::Practitioner),
            sensitive: row.sensitive,
            key_worker: row.key_worker,
            level: parsed(&row.level)?,
            consent_ref: parsed_if_any(row.consent_ref.as_deref())?,
            started_at: row.started_at,
            ended_at: row.ended_at.filter(|_| has_ended(row.effective_at, row.ended_at)),
        };
        Ok((now, Cursor { changed_in: row.changed_in, after: vec![row.agency, row.local_ref] }))
    });
    let states = states.collect::<Result<_, sqlx::Error>>()?;
    Ok(page(states, |states| StateEvent::InvolvementChanged(InvolvementChanged { states })))
}

pub(super) async fn cafs(tx: &mut PgConnection, from: &Cursor, raised: Raised) -> Result<Page, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT c.caf_ref, c.state_version, c.changed_in::text AS "changed_in!", c.agency, c.record_id,
                  c.practitioner_id, coalesce(c.log_of, c.authority) AS "authority!", t.agency AS "team?",
                  c.started_at, c.stands, c.closed_at, c.electronic_recording, c.consent_ref,
                  c.consent_ref IS NULL AND coalesce(o.needs_agreement, false) AS "awaits_agreement!"
           FROM caf c
           LEFT JOIN authority o ON o.authority = c.authority
           LEFT JOIN authority u ON u.authority = coalesce(c.log_of, c.authority)
           LEFT JOIN agency t ON t.agency = u.caf_team AND t.state = 'active'
           WHERE (c.changed_in, c.caf_ref) > ($1::text::xid8, $2::text)
             AND c.changed_in < pg_snapshot_xmin(pg_current_snapshot())
           ORDER BY c.changed_in, c.caf_ref LIMIT 200"#,
        from.changed_in,
        from.part(0),
    )
    .fetch_all(tx)
    .await?;
    let states = rows.into_iter().map(|row| {
        let now = CafNow {
            caf_ref: parsed(&row.caf_ref)?,
            version: raised.version(row.state_version)?,
            agency_id: parsed(&row.agency)?,
            record: ChildRef::from_uuid(row.record_id),
            practitioner_id: parsed(&row.practitioner_id)?,
            authority: parsed(&row.authority)?,
            caf_team: parsed_if_any(row.team.as_deref())?,
            started_at: row.started_at,
            state: parsed(&row.stands)?,
            closed_at: row.closed_at,
            electronic_recording: parsed(&row.electronic_recording)?,
            consent_ref: parsed_if_any(row.consent_ref.as_deref())?,
            awaits_agreement: row.awaits_agreement,
        };
        Ok((now, Cursor { changed_in: row.changed_in, after: vec![row.caf_ref] }))
    });
    let states = states.collect::<Result<_, sqlx::Error>>()?;
    Ok(page(states, |states| StateEvent::CafChanged(CafChanged { states })))
}
